"""Sentences of the two-page brief: what is certain, what is not, and what would settle it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.enumeration import listed_names
from helpers.gaps import divergence
from helpers.groups import choose, members
from helpers.prose.policy import REFERENCE
from helpers.prose.words import area_name, count, group, measure_name, percent, points, pounds
from helpers.study import Study

SEEN = ("widened", "narrowed")  # verdicts that revision would not undo
WHY = (
    "**Why districts differ.** Public figures show what goes together. They do not follow workers and firms, "
    "so they cannot say what causes what."
)


def question(study: Study) -> str:
    """The title, as a question."""
    if study.rule is None:
        return f"How productive is {area_name(study.area)}?"
    return f"Why do places inside {area_name(study.area)} pull apart?"


def whom(study: Study) -> str:
    """Who is in the groups in the last year; empty without groups."""
    if study.rule is None or study.size is None:
        return ""
    panel = study.panel
    chosen = choose(panel.values, study.rule, study.size)
    ends = members(chosen, panel.values.index, study.last_year)
    top, bottom = (listed_names(sorted(str(panel.names[code]) for code in codes)) for codes in ends)
    return f"Compared are {group(study.size, 'most')} ({top}) and {group(study.size, 'least')} ({bottom})."


def certain(study: Study, levels: pd.DataFrame) -> list[str]:
    """What no revision on record would undo.

    Parameters
    ----------
    study : Study
    levels : DataFrame
        Districts of the study's release and measure in its last year: ``value, lower, upper``.
    """
    told = [_beside_uk(study, levels)]
    if study.rule is None:
        return told
    gap = study.gap()
    least = gap.lower.loc[study.first_year : study.last_year].min()
    if least > 0:
        told.insert(
            0,
            f"**The groups are apart.** In every year from {study.first_year} to {study.last_year} the least "
            f"productive group made at least {percent(least, 0)} less per {study.measure} than the most "
            "productive, even at the lower end of what revision may do (95 % of draws).",
        )
    change = divergence.change(gap, study.first_year, study.last_year)
    if change.verdict in SEEN:
        told.append(
            f"**The gap {change.verdict}.** From {change.first_year} to {change.last_year} it changed by "
            f"{points(change.change)} ({points(change.lower)} to {points(change.upper)})."
        )
    return told


def _beside_uk(study: Study, levels: pd.DataFrame) -> str:
    """How many districts surely lie below the UK, or where the only one lies."""
    uk = pounds(study.panel.uk_value[study.last_year], study.measure)
    if len(levels) == 1:
        own, where = levels.iloc[0], area_name(study.area)
        value, low, high = (pounds(own[name], study.measure) for name in ("value", "lower", "upper"))
        return (
            f"**Beside the UK.** In {study.last_year} {where} made {value} per {study.measure} "
            f"(with what revision may do, {low} to {high}), the UK {uk}."
        )
    below = int((levels["upper"] < study.panel.uk_value[study.last_year]).sum())
    return (
        f"**Beside the UK.** In {study.last_year} {below} of {count(len(levels), 'district')} made less per "
        f"{study.measure} than the UK's {uk}, even at the upper end of what revision may do."
    )


def unknown(study: Study, specifications: pd.DataFrame) -> list[str]:
    """What these figures cannot tell.

    Parameters
    ----------
    study : Study
    specifications : DataFrame
        `helpers.gaps.specification.summary`.
    """
    told = []
    if study.rule is not None:
        change = divergence.change(study.gap(), study.first_year, study.last_year)
        if change.verdict not in SEEN:
            told.append(
                f"**Whether the gap is wider or narrower than in {change.first_year}.** It changed by "
                f"{points(change.change)}, "
                + (
                    "and revision may put that anywhere from "
                    f"{points(change.lower)} to {points(change.upper)}."
                    if np.isfinite(change.lower)
                    else "and how far revision may move that is not known."
                )
            )
    of_share = specifications[specifications["option"] == "share_of_top"]
    known = int(of_share[["widened", "narrowed", "within the noise", "too close to call"]].to_numpy().sum())
    if known:
        wider, narrower = (of_share[verdict].sum() / known for verdict in SEEN)
        told.append(
            f"**One answer for every way of asking.** Of {known:,} ways to choose groups, years, weights and "
            f"release, {percent(wider, 0)} say that the gap as a share widened and {percent(narrower, 0)} "
            "that it narrowed."
        )
    return [*told, WHY]


def policy(study: Study, fan: pd.DataFrame, summary: pd.DataFrame, used: Mapping[str, Any]) -> list[str]:
    """What the simulation says of the interventions; one sentence why not where there is none.

    Parameters
    ----------
    study : Study
    fan, summary : DataFrame
        ``figure_policy_fan`` and ``policy_summary`` of 08_policy; without rows where nothing was simulated.
    used : mapping
        Parameters of that run.
    """
    if summary.empty or fan.empty:
        return [
            f"Nothing was simulated: {area_name(study.area)} has too few districts for groups, so there "
            "is no gap that policy could narrow."
        ]
    rows = summary.set_index("scenario")
    row = rows.loc[REFERENCE]
    future = fan[fan["panel"] == "gap"].sort_values("year").iloc[-1]
    told = [
        f"**With nothing done** the gap of {int(future['year'])} lies between "
        f"{percent(future['lower'] / 100, 0)} and {percent(future['upper'] / 100, 0)} in 95 % of "
        f"{used['draws']:,} simulated futures."
    ]
    if not row["spent"]:
        return [*told, "The run was asked to spend nothing, so nothing changes it."]
    told.append(
        f"**With £{row['spent']:,.0f} million** spent over {count(used['policy_years'], 'year')} on "
        "infrastructure, innovation, skills and private investment in lagging districts, that gap is "
        f"{_by(row)}."
    )
    if pd.notna(row["budget_for_a_point"]):
        told.append(
            f"**To narrow it by one point** would take £{row['budget_for_a_point']:,.0f} million in each of "
            "those years."
        )
    told.append(
        f"**The same money elsewhere**: spread evenly, the gap is {_by(rows.loc['integrated, evenly'])}; in "
        f"the most productive districts, {_by(rows.loc['integrated, top'])}."
    )
    return told


def _by(row: pd.Series) -> str:
    """``0.09 points narrower (0.06 to 0.12)``, or wider, with 95 % of draws."""
    sign, word = (1, "narrower") if row["effect"] >= 0 else (-1, "wider")
    low, high = sorted((sign * row["effect_lower"], sign * row["effect_upper"]))
    return f"{abs(row['effect']):.2f} points {word} ({low + 0.0:.2f} to {high + 0.0:.2f})"


def assumed(used: Mapping[str, Any]) -> str:
    """What the simulation takes as given."""
    paid = (
        "the money comes from outside"
        if used["financing"] == "external"
        else "the area's own districts pay for it"
    )
    return (
        f"These are assumptions, not findings: a pound adds £{used['multiplier_gdp']:.2f} of output in all, "
        f"{percent(used['productivity_share'], 0)} of it as output per hour; "
        f"{percent(used['deadweight'], 0)} would have come anyway (of private investment "
        f"{percent(used['deadweight_private'], 0)}), {percent(used['displacement'], 0)} is lost to others "
        f"nearby; {paid}. The ranges leave these out. Whether any programme works is not known from it. The "
        "policy page of the book lets you change them."
    )


def settle(study: Study) -> list[str]:
    """What would answer the open questions, and how large a change would have to be to be seen."""
    return [
        "**Later releases.** Each revises earlier years, the last two most." + _visible(study),
        "**A margin of error from the producer.** None is published for a district's productivity; the bands "
        "here are ours, made from past revisions, and a lower bound of what is not known.",
        "**Records that follow workers and firms**, linked over the years in a secure lab. They alone can "
        "tell people, firms and places apart; the book has the estimator for them.",
        "**Programmes that can be judged**: districts, money by year and the measure of success named in "
        "advance, and like districts that wait.",
    ]


def _visible(study: Study) -> str:
    """The change that stands out from revision; empty where that is not known."""
    if study.rule is None:
        return ""
    change = divergence.change(study.gap(), study.first_year, study.last_year)
    half = (change.upper - change.lower) / 2
    if not np.isfinite(half):
        return ""
    return (
        " As far as past revisions tell, the gap would have to change by about "
        f"{points(half).lstrip('+')} before one could tell."
    )


def measured(study: Study) -> str:
    """What is measured, and its smoothing."""
    return (
        f"{measure_name(study)}: what firms and public services produce, less what they buy in (gross value "
        f"added, GVA), by where the work is done. Figures to {study.last_year}, in current prices, averaged "
        "over five years by ONS. It is not pay and not income."
    )
