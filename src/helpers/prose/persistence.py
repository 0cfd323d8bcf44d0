"""Sentences of 07_cumulative_causation on how fast leads fade, and on what the data cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.causation import persistence
from helpers.causation.dynamic_panel import WEAK
from helpers.enumeration import listed
from helpers.prose.words import area_name, percent, sentence_start
from helpers.study import Study

NAMES = {
    "covariance": "covariances between years",
    "fixed_effects": "fixed effects",
    "half_panel_jackknife": "half-panel jackknife",
    "anderson_hsiao": "Anderson and Hsiao's instrument",
}


def answer_sentence(study: Study, table: pd.DataFrame, components: pd.DataFrame) -> str:
    """What is left of a lead a year later, by the preferred estimator, in the area and the UK."""
    told = []
    for name in _areas(study):
        row = _row(table, name, "unsmoothed", "covariance")
        if np.isnan(row["rho"]):
            continue
        half = components[(components["area"] == name) & (components["component"] == "half_life")].iloc[0]
        until = "or more, without an upper end" if half["reason"] else f"to {half['upper']:.1f}"
        told.append(
            f"{_inside(study, name)} {row['rho']:.2f} is left a year later (90 % interval "
            f"{row['lower']:.2f} to {row['upper']:.2f}), so that half is gone after {half['value']:.1f} "
            f"years ({half['lower']:.1f} {until})"
        )
    return (
        f"A district's lead in output per hour is partly permanent and partly passing. Of the passing part, "
        f"{'; '.join(told)}.{_missing(study, table)}"
    )


def parts_sentence(study: Study, components: pd.DataFrame) -> str:
    """How much of the differences is permanent, and why that word is no verdict on a slow loop."""
    told = []
    for name in _areas(study):
        rows = components[components["area"] == name].set_index("component")
        if np.isnan(rows.at["permanent_share", "value"]):
            continue
        parts = [
            f"{percent(rows.at[f'{part}_share', 'value'], 0)} {word} "
            f"({percent(rows.at[f'{part}_share', 'lower'], 0)} to "
            f"{percent(rows.at[f'{part}_share', 'upper'], 0)})"
            for part, word in (
                ("permanent", "does not fade"),
                ("persistent", "passes"),
                ("noise", "is a single year's noise"),
            )
        ]
        told.append(f"{_inside(study, name)} {listed(parts)}")
    return (
        f"Of the variance between districts in one year, {'; '.join(told)}. What does not fade within "
        "twenty years may be permanent, or may be held up or slowly widened by a loop that works over "
        "decades: the two look alike here, and on which of them it is these estimates are silent. Nor is a "
        "passing lead evidence against a loop; it says that a shock to output per hour alone does not feed "
        "on itself from one year to the next."
    )


def estimators_sentence(study: Study, table: pd.DataFrame) -> str:
    """Why the regressions on the year before lie where they do."""
    name = _told(study, table)
    rows = table[(table["area"] == name) & (table["series"] == "unsmoothed")].set_index("estimator")
    values = listed([f"{rows.at[e, 'rho']:.2f} by {NAMES[e]}" for e in list(NAMES)[1:]])
    strength = rows.at["anderson_hsiao", "first_stage"]
    word = "weak" if strength < WEAK else "strong enough"
    return (
        f"Regressions on the year before give, {_inside(study, name)}, {values}, against "
        f"{rows.at['covariance', 'rho']:.2f} by {NAMES['covariance']}. They take the noise of a single year "
        "for a lead that has faded, and fixed effects are biased downwards in a short panel besides, so they "
        f"are not bounds to be averaged with it. The instrument is {word} (first-stage F {strength:.0f}), "
        "but noise makes it invalid, which no F shows."
    )


def contrast_sentence(study: Study, table: pd.DataFrame) -> str:
    """What the smoothed series would have said."""
    name = _told(study, table)
    rows = table[table["area"] == name].set_index(["series", "estimator"])["rho"]
    told = listed([f"{rows['smoothed', e]:.2f} by {NAMES[e]}" for e in NAMES])
    return (
        f"On the published series, whose years are averages over five, the same estimators give {told} "
        f"{_inside(study, name)}. That is a contrast and no finding: the averaging makes each year resemble "
        "the next, and it breaks what the instrument supposes."
    )


def check_sentence(checks: pd.DataFrame) -> str:
    """Bias and coverage in panels with known truth."""
    told = []
    for n, rows in checks.groupby("districts"):
        own = rows.set_index(["series", "estimator"])
        parts = [
            f"{NAMES[e]} {_signed(own.at[('unsmoothed', e), 'bias'])} "
            f"({percent(own.at[('unsmoothed', e), 'coverage_90'], 0)})"
            for e in NAMES
        ]
        contrast = (
            f"; on the smoothed series even {NAMES['covariance']} "
            f"{_signed(own.at[('smoothed', 'covariance'), 'bias'])} "
            f"({percent(own.at[('smoothed', 'covariance'), 'coverage_90'], 0)})"
            if ("smoothed", "covariance") in own.index
            else ""
        )
        told.append(f"with {n} districts {listed(parts)}{contrast}")
    first = checks.iloc[0]
    return (
        f"In {first['panels']} drawn panels whose rho is known to be {first['truth']:.2f}, the median "
        "estimate is off by (and the 90 % interval holds the truth in) "
        f"{'. And '.join(told)}."
    )


def sensitivity_sentence(study: Study, choices: pd.DataFrame) -> str:
    """How far the answer hangs on what was chosen."""
    told = []
    for name in _areas(study):
        rows = choices[choices["area"] == name]
        fits = rows[rows["lower"].notna() & ~rows["choice"].str.contains("Anderson")]
        if fits.empty:
            continue
        low, high = fits.loc[fits["rho"].idxmin()], fits.loc[fits["rho"].idxmax()]
        alone = fits[
            fits["choice"].str.startswith("without ") & ~fits["choice"].isin([low["choice"], high["choice"]])
        ]
        one = f"; {alone['choice'].iloc[0]} it is {alone['rho'].iloc[0]:.2f}" if len(alone) else ""
        told.append(
            f"{_inside(study, name)} from {low['rho']:.2f} ({low['choice']}) to {high['rho']:.2f} "
            f"({high['choice']}){one}"
        )
    if not told:
        return ""
    return (
        f"Other choices with the same estimator give {'. And '.join(told)}. The interval of the main "
        "estimate holds the chance of the draw and not these choices."
    )


def _signed(value: float) -> str:
    """Two decimals with a sign; what rounds to nothing has none below zero."""
    return f"{round(value, 2) + 0.0:+.2f}"


def _areas(study: Study) -> list[str]:
    """Names of the area and the UK in the frames."""
    return [persistence.UK] if study.area.kind == "uk" else [study.area.name, persistence.UK]


def _told(study: Study, table: pd.DataFrame) -> str:
    """The area where it has estimates, else the UK."""
    own = _areas(study)[0]
    return persistence.UK if np.isnan(_row(table, own, "unsmoothed", "covariance")["rho"]) else own


def _inside(study: Study, name: str) -> str:
    return "in the UK" if name == persistence.UK else f"in {area_name(study.area)}"


def _row(table: pd.DataFrame, area: str, series: str, estimator: str) -> pd.Series:
    here = (table["area"] == area) & (table["series"] == series) & (table["estimator"] == estimator)
    return table[here].iloc[0]


def _missing(study: Study, table: pd.DataFrame) -> str:
    """Why the area has no estimate of its own."""
    row = _row(table, _areas(study)[0], "unsmoothed", "covariance")
    if not np.isnan(row["rho"]):
        return ""
    return f" {sentence_start(study.area)} has no estimate of its own: {row['reason']}."
