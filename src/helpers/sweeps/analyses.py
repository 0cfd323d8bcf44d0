"""Which named analysis functions can a sweep run, and which parameters does each of them read?

Each gives rows of one form, so that the results of all of them make one tidy table. The functions
themselves are those that the notebooks call; nothing is computed here. Each imports what it needs when it
is called: a run of the gap alone must not wait for the estimators of the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers import parameters, study

# What is measured, of which series or scenario, in which unit, the number, its interval, what it says
COLUMNS = ("quantity", "of", "unit", "value", "lower", "upper", "verdict")
GROUPS = ("grouping", "group_size")
WINDOW = ("first_year", "last_year")
MODEL = tuple(name for name, one in parameters.load().items() if one.kind != "choice")


@dataclass(frozen=True)
class Analysis:
    """A function that a sweep can call by name.

    Attributes
    ----------
    what : str
        What it measures, for the list of functions.
    takes : tuple of str
        The parameters that it reads.
    headline : str
        The quantity that variants are compared by first.
    rows : callable
        From the values of these parameters to a DataFrame of `COLUMNS`.
    """

    what: str
    takes: tuple[str, ...]
    headline: str
    rows: Callable[[Mapping[str, Any]], pd.DataFrame]


def gap(values: Mapping[str, Any]) -> pd.DataFrame:
    """The gap as a share of the top group at both ends of the window, and its change."""
    from helpers.gaps import divergence

    asked = study.choose(**values)
    one = asked.gap()
    change = divergence.change(one, asked.first_year, asked.last_year)
    ends = {"start": asked.first_year, "end": asked.last_year}
    rows = [
        (f"gap at the {end}", "", "share", one.value[year], one.lower[year], one.upper[year], "")
        for end, year in ends.items()
    ]
    rows.append(("change", "", "share", change.change, change.lower, change.upper, change.verdict))
    return _frame(rows)


def selection_null(values: Mapping[str, Any]) -> pd.DataFrame:
    """The change of the gap in logs, observed and as choosing on the outcome gives it, by every null."""
    from helpers.gaps import selection

    asked = study.choose(**values)
    found = selection.table(asked.area, asked.size, seed=asked.seed)
    of = found["null"] + ", " + found["window"] + ", " + found["rule"]
    about = pd.DataFrame({"of": of, "unit": "log points", "verdict": ""})
    observed = about.assign(quantity="observed change", value=found["observed"])
    expected = about.assign(quantity="expected change", value=found["expected"])
    expected = expected.assign(lower=found["lower"], upper=found["upper"])
    chance = about.assign(quantity="p", unit="probability", value=found["p"])
    return pd.concat([observed, expected, chance], ignore_index=True).reindex(columns=COLUMNS)


def sigma(values: Mapping[str, Any]) -> pd.DataFrame:
    """The change of the spread of all districts over the window, by statistic and series."""
    from helpers import divergence_tables
    from helpers.dynamics import dispersion

    found = divergence_tables.spread_changes(study.choose(**values))
    found = found[found["statistic"].isin(dispersion.STATISTICS)]
    quantity, of = "change of " + found["statistic"], found["series"]
    return _as_rows(found, quantity=quantity, of=of, unit="of the statistic", value=found["change"])


def beta(values: Mapping[str, Any]) -> pd.DataFrame:
    """The slope of growth on the initial level over the window, by series and specification."""
    from helpers import divergence_tables
    from helpers.dynamics import convergence

    asked = study.choose(**values)
    found = convergence.estimates(divergence_tables.panels(asked.area), *divergence_tables.window(asked))
    of = found["series"] + ", " + found["specification"]
    return _as_rows(found, quantity="beta", of=of, unit="slope", value=found["beta"], verdict=found["note"])


def rho(values: Mapping[str, Any]) -> pd.DataFrame:
    """How much of a passing lead is left after a year, by series and estimator."""
    from helpers.causation import persistence

    asked = study.choose(**values)
    found = persistence.persistence_table(asked.area)
    found = found[found["area"] == asked.area.name]
    of = found["series"] + ", " + found["estimator"]
    return _as_rows(found, quantity="rho", of=of, unit="share", value=found["rho"], verdict=found["reason"])


def policy_effect(values: Mapping[str, Any]) -> pd.DataFrame:
    """By how much each scenario narrows the gap by the horizon, and what the loop has to do with it."""
    from helpers.causation import outcomes, scenarios

    asked = study.choose(**{name: value for name, value in values.items() if name not in MODEL})
    simulated = scenarios.prepare(asked, values)
    found = outcomes.summary(simulated, scenarios.without_loop(simulated))
    if found.empty:
        return _frame([])
    of = found["scenario"]
    found = found.rename(columns={"effect_lower": "lower", "effect_upper": "upper"})
    effect = _as_rows(found, quantity="effect", of=of, unit="points", value=found["effect"])
    without = found.drop(columns=["lower", "upper"])
    quantity, value = "effect above one point", found["p_effect_above_1"]
    chance = _as_rows(without, quantity=quantity, of=of, unit="probability", value=value)
    of_loop = without.rename(columns={"loop_lower": "lower", "loop_upper": "upper", "loop_reason": "verdict"})
    share = _as_rows(of_loop, quantity="share of the loop", of=of, unit="share", value=found["loop_share"])
    return pd.concat([effect, chance, share], ignore_index=True)


FUNCTIONS = {
    "gap": Analysis(
        "the gap of the chosen groups as a share of the top, and its change over the window",
        ("area", "measure", "release", *GROUPS, *WINDOW, "seed"),
        "change",
        gap,
    ),
    "selection": Analysis(
        "the change of the gap beside what choosing on the outcome gives by itself",
        ("area", "group_size", "seed"),
        "expected change",
        selection_null,
    ),
    "sigma": Analysis(
        "the change of the spread of all districts over the window",
        ("area", *WINDOW, "seed"),
        "change of sd_log",
        sigma,
    ),
    "beta": Analysis("the slope of growth on the initial level", ("area", *WINDOW), "beta", beta),
    "persistence": Analysis("how much of a passing lead is left after a year", ("area",), "rho", rho),
    "policy": Analysis(
        "by how much each scenario narrows the gap by the horizon",
        ("area", "release", *GROUPS, "seed", *MODEL),
        "effect",
        policy_effect,
    ),
}


def _as_rows(found: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Rows of `COLUMNS`: intervals and verdicts that `found` has are taken over."""
    taken = found.assign(**columns).reindex(columns=COLUMNS)
    return taken.assign(verdict=taken["verdict"].fillna("")).reset_index(drop=True)


def _frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)
