"""Would a release ago have told the same? The gap by release, and what each release says of a statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import groups, revisions, series
from helpers.gaps import divergence
from helpers.gaps.specification import verdicts
from helpers.study import Study

TRIANGLE_COLUMNS = ["release", "year", "value"]
ANSWER_COLUMNS = ["id", "statement", "release", "value", "lower", "upper", "answer"]

# By how much a statement is true of gaps of shape (rows, years): shape (rows,), above zero where it
# is true. None where the gap of a year that it needs is not there. Takes the first year of the window.
Margin = Callable[[np.ndarray, list[int], int], np.ndarray | None]


@dataclass(frozen=True)
class Statement:
    """A statement about the gap that a release bears out or not.

    Attributes
    ----------
    id : str
        Stays the same whichever way the data turn.
    true, false : str
        The sentence where the margin is above zero and where it is below; ``{first}`` stands for the
        first year of the window.
    margin : callable
        A `Margin`.
    measure, rule, definition : str
        ``hour`` or ``job``; a rule of `helpers.groups`, or empty for that of the triangle; a definition.
    """

    id: str
    true: str
    false: str
    margin: Margin
    measure: str = "hour"
    rule: str = ""
    definition: str = "share_of_top"


def change(start: int | None, end: int | None) -> Margin:
    """How much the gap grew; from the first year of the window or to the last of the release if None."""

    def margin(gap: np.ndarray, years: list[int], first_year: int) -> np.ndarray | None:
        first, last = start or first_year, end or years[-1]
        if first >= last or not {first, last} <= set(years):
            return None
        return gap[:, years.index(last)] - gap[:, years.index(first)]

    return margin


def growth_above_prices(gap: np.ndarray, years: list[int], first_year: int) -> np.ndarray | None:
    """How much the gap in pounds grew beyond the UK's deflator, in pounds of the release's last year."""
    if first_year not in years[:-1]:
        return None
    dearer = series.price_ratio(first_year, years[-1])
    return None if np.isnan(dearer) else gap[:, -1] - gap[:, years.index(first_year)] * dearer


def last_above(level: float) -> Margin:
    """How far the gap of the release's last year is above a level."""
    return lambda gap, years, first_year: gap[:, -1] - level


def widest_in(year: int) -> Margin:
    """How far the gap of one year is above that of any other year."""

    def margin(gap: np.ndarray, years: list[int], first_year: int) -> np.ndarray | None:
        if year not in years or len(years) < 2:
            return None
        at = years.index(year)
        return gap[:, at] - np.delete(gap, at, axis=1).max(axis=1)

    return margin


def _moved(
    id: str, where: str, start: int | None, end: int | None, what: str = "The gap", **how: str
) -> Statement:
    """A statement that the gap widened."""
    return Statement(
        id, f"{what} widened from {where}", f"{what} narrowed from {where}", change(start, end), **how
    )


_WINDOW = "{first} to the last year"
STATEMENTS = (
    _moved("since_first", _WINDOW, None, None),
    _moved("since_2010", "2010 to the last year", 2010, None),
    _moved("first_to_2019", "{first} to 2019", None, 2019),
    _moved("2010_to_2019", "2010 to 2019", 2010, 2019),
    _moved("since_2019", "2019 to the last year", 2019, None),
    Statement(
        "widest_2019", "The gap was widest in 2019", "The gap was wider in another year than 2019",
        widest_in(2019),
    ),
    Statement(
        "last_30", "In the last year the gap is at least 30 per cent",
        "In the last year the gap is below 30 per cent", last_above(0.30),
    ),
    Statement(
        "last_nearly_half", "In the last year the gap is nearly 50 per cent (at least 47.5)",
        "In the last year the gap is not nearly 50 per cent (below 47.5)", last_above(0.475),
    ),
    _moved("per_job", _WINDOW, None, None, "Per job the gap", measure="job"),
    _moved("per_job_2010", "2010 to the last year", 2010, None, "Per job the gap", measure="job"),
    _moved("rule_end", _WINDOW, None, None, "Between groups ranked in the last year the gap", rule="end"),
    _moved("rule_start", _WINDOW, None, None, "Between groups ranked in 2010 the gap", rule="start"),
    _moved("rule_mean", _WINDOW, None, None, "Between groups ranked in 2004 to 2008 the gap", rule="mean"),
    _moved("rule_rechosen", _WINDOW, None, None, "Between groups ranked each year the gap", rule="rechosen"),
    _moved("pounds", _WINDOW, None, None, "In pounds the gap", definition="absolute"),
    Statement(
        "pounds_prices", "In pounds the gap grew by more than UK prices from " + _WINDOW,
        "In pounds the gap grew by less than UK prices from " + _WINDOW, growth_above_prices,
        definition="absolute",
    ),
)  # fmt: skip


def revision_triangle(study: Study) -> pd.DataFrame:
    """The gap of each year as each release has it.

    Per hour, unweighted, as a share of the top group; the guide's groups where the area is the
    Midlands, else groups by the study's rule and size, chosen on each release's own figures.

    Returns
    -------
    DataFrame
        ``release, year, value``; a year without a gap, or a release that cannot form the groups, has
        no row.
    """
    rows = []
    for release in series.releases("hour"):
        gap = _gap(study, release, "hour", "", "share_of_top")
        if gap is not None:
            rows += [(release, int(year), value) for year, value in gap.value.dropna().items()]
    return pd.DataFrame(rows, columns=TRIANGLE_COLUMNS)


def answers(study: Study) -> pd.DataFrame:
    """What every release says of every statement.

    Parameters
    ----------
    study : Study
        Its area, rule, size, first year and seed; all measures and releases are looked at.

    Returns
    -------
    DataFrame
        Columns `ANSWER_COLUMNS`, a row per statement and release of its measure. A statement is put the
        way the latest release with figures has it. ``value`` is the margin by which it is true
        (below zero, untrue) in the unit of its definition, ``lower`` and ``upper`` its revision band.
        ``answer`` is ``holds`` or ``does not hold`` when the whole band is on one side of zero,
        allowing for the number of draws, and ``too close`` otherwise; where the figures were never
        revised there is no band and the sign decides. ``no figures`` when the release cannot form the
        groups or lacks a year. No rows for an area without groups.
    """
    if study.rule is None:
        return pd.DataFrame(columns=ANSWER_COLUMNS)
    found: list[tuple[object, ...]] = []
    for statement in STATEMENTS:
        margins = [
            (release, *_margin(study, release, statement)) for release in series.releases(statement.measure)
        ]
        known = [value for _, value, _ in margins if not np.isnan(value)]
        side = -1 if known and known[-1] < 0 else 1
        text = (statement.false if side < 0 else statement.true).format(first=study.first_year)
        for release, value, draws in margins:
            low, high = revisions.band(side * draws)
            answer = _answer(side * value, side * draws)
            found.append((statement.id, text, release, side * value, float(low), float(high), answer))
    return pd.DataFrame(found, columns=ANSWER_COLUMNS)


def table(study: Study) -> pd.DataFrame:
    """A verdict over the releases on every statement.

    Returns
    -------
    DataFrame
        ``id, statement``, one column per release with its answer (see `answers`; ``not published``
        where the release has not got the measure), and ``verdict``: ``holds`` when every release with
        figures bears the statement out, ``flips`` when one does and another bears out the opposite,
        ``too close`` when neither, because some band lies across zero; ``cannot be known`` when no
        release has figures.
    """
    found = answers(study)
    releases = sorted({release for measure in series.INDICATORS for release in series.releases(measure)})
    if found.empty:
        return pd.DataFrame(columns=["id", "statement", *map(str, releases), "verdict"])
    wide = found.pivot(index=["id", "statement"], columns="release", values="answer")
    wide = wide.reindex(found.drop_duplicates("id").set_index(["id", "statement"]).index, columns=releases)
    wide = wide.fillna("not published").rename(columns=str).rename_axis(columns=None)
    return wide.assign(verdict=[_over_releases(set(row)) for row in wide.to_numpy()]).reset_index()


def _over_releases(said: set[str]) -> str:
    clear = said - {"no figures", "not published"}
    if {"holds", "does not hold"} <= clear:
        return "flips"
    if not clear:
        return "cannot be known"
    return "holds" if clear == {"holds"} else "too close"


def _answer(value: float, draws: np.ndarray) -> str:
    if np.isnan(value):
        return "no figures"
    if np.isnan(draws).any():
        return "holds" if value > 0 else "does not hold" if value < 0 else "too close"
    said = str(verdicts(draws))
    return {"widened": "holds", "narrowed": "does not hold"}.get(said, "too close")


def _margin(study: Study, release: int, statement: Statement) -> tuple[float, np.ndarray]:
    """Margin of a statement in a release and in every draw, shape (draws,); NaN without figures."""
    gap = _gap(study, release, statement.measure, statement.rule, statement.definition)
    nothing = (float("nan"), np.full(revisions.DRAWS, np.nan))
    if gap is None:
        return nothing
    there = gap.value.notna().to_numpy()
    years = [int(year) for year in gap.value.index[there]]
    value = statement.margin(gap.value.to_numpy()[None, there], years, study.first_year)
    draws = statement.margin(gap.draws[:, there], years, study.first_year)
    return nothing if value is None or draws is None else (float(value[0]), draws)


def _gap(study: Study, release: int, measure: str, rule: str, definition: str) -> divergence.Gap | None:
    """The gap in a release, by a rule or that of the triangle; None where there are no such groups."""
    panel = series.panel(study.area, measure, release)
    rule = rule or ("guide" if groups.has_guide(study.area) else study.rule or "")
    size = groups.size_in(panel.values, rule or None, study.size)
    if size is None or groups.auto_size(len(panel.values)) is None:
        return None
    return divergence.gap(panel, rule, size, definition=definition, seed=study.seed)
