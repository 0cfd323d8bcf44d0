"""Sentences of 08_policy and of the loop in 07: what the simulation says, and what it cannot say."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.causation import history, model, policy, priors, region
from helpers.causation.priors import Prior
from helpers.causation.scenarios import Simulation
from helpers.prose.words import area_name, count, percent, sentence_start
from helpers.study import Study

REFERENCE = "integrated, lagging"
PERHAPS = 0.05  # below this share of draws an outcome is called unlikely, above one less it likely


def answer(study: Study, one: Simulation | None, summary: pd.DataFrame) -> str:
    """First paragraph: what the interventions do to the gap, beside how far it may move anyway."""
    if one is None:
        return (
            f"{sentence_start(study.area)} has too few districts for groups, so there is no gap to simulate."
        )
    rows = summary.set_index("scenario")
    row, nothing = rows.loc[REFERENCE], one.gaps[0, :, -1]
    low, high = np.quantile(nothing, (0.025, 0.975), method="nearest")
    start = (
        f"With nothing done the gap of {one.years[-1]} in {area_name(study.area)} lies between "
        f"{percent(low, 0)} and {percent(high, 0)} in 95 % of {one.settings.draws:,} futures, and below "
        f"today's in {percent(rows.loc[policy.NOTHING, 'p_gap_below_today'], 0)}."
    )
    if one.settings.total == 0:
        return f"{start} Nothing is spent, so no intervention changes it."
    best = rows["effect"].idxmax()
    most = (
        f"; the largest narrowing, {rows.loc[best, 'effect']:.2f} points, is that of: {best}"
        if rows.loc[best, "effect"] > 0
        else "; no intervention narrows it"
    )
    above = row["p_effect_above_1"]
    return (
        f"{start} GBP {one.settings.total:,.0f} million spent over "
        f"{count(len(one.settings.spending_years), 'year')} on all interventions together in lagging "
        f"districts changes it by {_signed(-row['effect'])} points ({_signed(-row['effect_upper'])} to "
        f"{_signed(-row['effect_lower'])}){most}. With the programme the effect is above one point in "
        f"{percent(above) if above else 'none'} of the futures, and the gap below today's in "
        f"{percent(row['p_gap_below_today'], 0)}. All futures take what a pound adds as given, so how "
        "uncertain that is stands only in the figure of what the answer hangs on."
    )


def _signed(value: float, places: int = 2) -> str:
    """A number with its sign; what rounds to nothing has none below zero."""
    return f"{round(value, places) + 0.0:+.{places}f}"


def comparison(one: Simulation | None, summary: pd.DataFrame) -> str:
    """Targeting against spreading evenly and against the top, and what a pound buys."""
    if one is None:
        return ""
    rows = summary.set_index("scenario")
    told = ", ".join(
        f"{rows.loc[f'integrated, {where}', 'effect']:+.3f} {words}"
        for where, words in (
            ("lagging", "in lagging districts"),
            ("evenly", "spread evenly"),
            ("top", "in the most productive"),
        )
    )
    row = rows.loc[REFERENCE]
    cost = (
        f"In the last year a pound of yearly output has cost GBP {row['cost_per_yearly_pound']:,.0f} in all, "
        f"and one point of the gap would take GBP {row['budget_for_a_point']:,.0f} million a year. "
        if pd.notna(row["budget_for_a_point"]) and pd.notna(row["cost_per_yearly_pound"])
        else "There is no gain to divide the cost by. "
    )
    if one.settings.financing == "within":
        cost += "Only districts that gain more than they pay count in this; what the others lose does not. "
    share = (
        f"Of the effect {_share(row['loop_share'])} ({_share(row['loop_lower'])} to "
        f"{_share(row['loop_upper'])}) is due to the loop."
        if pd.notna(row["loop_share"])
        else "There is no effect of which the loop could have a share."
    )
    return f"Points by which the same money narrows the gap: {told}. {cost}{share}"


def _share(value: float) -> str:
    """A share in whole per cent, without a sign where it rounds to nothing."""
    return percent(round(value, 2) + 0.0, 0)


def compact(summary: pd.DataFrame) -> pd.DataFrame:
    """The summary as readers meet it: effect with its ends, probabilities and cost, in fixed digits.

    Parameters
    ----------
    summary : DataFrame
        `helpers.causation.outcomes.summary`.
    """
    rows = [
        {
            "scenario": row["scenario"],
            "points_narrower": f"{_signed(row['effect'], 3)} ({_signed(row['effect_lower'], 3)} to "
            f"{_signed(row['effect_upper'], 3)})",
            "effect_above_one_point": percent(row["p_effect_above_1"]),
            "gap_below_today": percent(row["p_gap_below_today"], 0),
            "GBP_million_spent": f"{row['spent']:,.0f}",
            "GBP_million_per_GBP_of_hourly_output": "none"
            if pd.isna(row["cost"])
            else f"{row['cost']:,.0f} ({row['cost_lower']:,.0f} to {row['cost_upper']:,.0f})",
            "due_to_the_loop": "none" if pd.isna(row["loop_share"]) else _share(row["loop_share"]),
        }
        for _, row in summary.iterrows()
    ]
    return pd.DataFrame(rows)


def receiving(districts: pd.DataFrame) -> pd.DataFrame:
    """The lagging districts and what all interventions together do to each, as readers meet it.

    Parameters
    ----------
    districts : DataFrame
        `helpers.causation.outcomes.by_district`.
    """
    paid = districts[(districts["allocation"] == "lagging") & (districts["spent_a_year"] > 0)]
    return pd.DataFrame(
        {
            "district": paid["name"],
            "GBP_per_hour_today": paid["value"].map("{:.2f}".format),
            "GBP_million_a_year": paid["spent_a_year"].map("{:,.1f}".format),
            "per_cent_more_in_the_last_year": [
                f"{row.effect:.2f} ({row.lower:.2f} to {row.upper:.2f})" for row in paid.itertuples()
            ],
        }
    )


def loop_sentence(held: Mapping[str, Prior], table: pd.DataFrame) -> str:
    """The four numbers of the loop, and the share of draws in which it never settles."""
    rows = table.set_index("quantity")
    told = "; ".join(
        f"{words} {rows.loc[name, 'value']:.2f} ({rows.loc[name, 'lower']:.2f} to "
        f"{rows.loc[name, 'upper']:.2f})"
        for name, words in (
            ("loop_strength", "loop strength L"),
            ("multiplier", "long-run multiplier"),
            ("gain", "loop gain G"),
            ("spectral_radius", "spectral radius"),
        )
    )
    without = rows.loc["spectral_radius_without_loop", "value"]
    kind = str(model.regime(priors.central(held)))
    return (
        f"At the middle of what is held the loop gives {kind}: {told}; in brackets 90 % of the draws. "
        f"Without any feedback the radius would be {without:.2f} already, because stocks last. In "
        f"{percent(rows.loc['share_explosive', 'value'])} of the draws leads grow without end; these draws "
        "are kept. All of this rests on assumed feedbacks: it says what they would imply, not that they "
        "are there."
    )


def limits(study: Study, one: Simulation | None) -> str:
    """What the simulation cannot say."""
    if one is None:
        return ""
    implied = policy.implied_multiplier(priors.central(one.priors), 1.0)[0]
    left_out = int((one.region.start.status != history.SEEN).sum())
    absent = f" {count(left_out, 'district')} without figures had to be left out." if left_out else ""
    given = one.priors["rho"].sd == 0
    whose = (
        " Persistence is as asked for; the variances beside it are those of the estimate, so that today's "
        "gap without a year's noise, where the fan begins, moves with it."
        if given
        else f" Persistence is that of {one.persistence}, since the area's own districts are too few."
        if one.persistence not in ("", study.area.name)
        else ""
    )
    explosive = float((model.spectral_radius(one.loop) > 1 + model.LIMIT).mean())
    without_end = (
        f" In {percent(explosive)} of the futures the loop is so strong that leads grow without end; these "
        "futures are kept."
        if explosive > 0
        else ""
    )
    seen, middle = region.gap_so_far(study.area, one.region), float(np.median(one.gaps[0, :, -1]))
    unseen = (
        ""
        if seen.min() <= middle <= seen.max()
        else f" The median of the fan ends at {percent(middle, 0)}, outside of all that was seen from "
        f"{seen.index[0]} to {seen.index[-1]} ({percent(seen.min(), 0)} to {percent(seen.max(), 0)}): it "
        "follows from counting nearly all of today's leads as passing, and is not to be relied on."
    )
    return (
        "What it cannot say: whether any intervention works. What a pound adds is put in by the multiplier, "
        "the share that is output per hour, deadweight, displacement and delivery. Interventions differ in "
        "these inputs, in delay, in how long their effect lasts and in what the loop returns; that does not "
        "rank them by merit. If instead the elasticity of capital held and the capital "
        f"were worth one year's output, a pound would add {implied:.1f} pounds in all and not "
        f"{one.settings.multiplier_gdp:g}: the two readings differ, and the data decide between them no more "
        "than they decide on the loop. The districts' resting places are their estimated permanent levels, "
        "so no history speaks for or against the loop here, and the fan comes from shocks like those of the "
        f"past.{unseen}{without_end}{whose}{absent}"
    )
