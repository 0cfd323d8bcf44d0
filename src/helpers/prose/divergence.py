"""Sentences and tables of 03_divergence: is the gap widening?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import geography, series
from helpers.enumeration import listed, listed_names
from helpers.gaps import divergence
from helpers.groups import RULE_WORDS, RULES, choose, has_guide, members, size_in
from helpers.prose.words import (
    area_name,
    count,
    group,
    less,
    measure_name,
    percent,
    points,
    pounds,
)
from helpers.study import Study

# Thematic Guide 4, "Cumulative Causation": the gap "widened from 35% in 2010 to nearly 50% in 2023".
# A whole percentage stands for itself half a point either way; "nearly 50" for 47.5 to 50.
GUIDE_START = (2010, 0.345, 0.355)
GUIDE_END = (2023, 0.475, 0.500)


def answer(study: Study) -> str:
    """The first paragraph: the gap at both ends, its widest, the change and its verdict."""
    if study.rule is None:
        return few(study)
    gap = study.gap()
    change = divergence.change(gap, study.first_year, study.last_year)
    window = gap.value.loc[study.first_year : study.last_year]
    widest = int(window.idxmax())
    absolute = divergence.change(study.gap("absolute"), study.first_year, study.last_year)
    size = gap.groups.size
    return (
        f"In {study.last_year} {group(size, 'least')} of {area_name(study.area)} "
        f"({RULE_WORDS[gap.groups.rule]}) had {less(change.end)} {measure_name(study)} than "
        f"{group(size, 'most')}; in {study.first_year} it was {less(change.start)}. The gap was widest in "
        f"{widest}, at {percent(window.max())}. {_judged(change)} {_in_pounds(study, absolute)} All this is "
        f"the release of {study.release}."
    )


def _in_pounds(study: Study, absolute: divergence.Change) -> str:
    """The gap in pounds beside the rise of prices."""
    prices = series.price_ratio(study.first_year, study.last_year)
    told = (
        f"In pounds the gap went from {pounds(absolute.start, study.measure)} to "
        f"{pounds(absolute.end, study.measure)}"
    )
    rose = f"while UK prices rose by {percent(prices - 1, 0)}"
    if np.isnan(prices):
        rose = "and the UK's deflator of these years is not in the tables yet"
    if absolute.start <= 0 or absolute.end <= 0:
        return f"{told}, {rose}."
    grown = absolute.end / absolute.start - 1
    moved = f"{'up' if grown >= 0 else 'down'} {percent(abs(grown), 0)}"
    return f"{told}, {moved}, {rose}."


def _judged(change: divergence.Change) -> str:
    """The verdict on a change as a sentence, with its band."""
    sentence = (
        f"Over the whole window it changed by {points(change.change)}, and revision of the figures may "
        f"still put that anywhere from {points(change.lower)} to {points(change.upper)} (95 % of draws)"
    )
    return {
        "widened": f"{sentence}: the gap **widened**.",
        "narrowed": f"{sentence}: the gap **narrowed**.",
        "within the noise": f"{sentence}: a change **within the noise**.",
        "too close to call": f"{sentence}: **too close to call**.",
        "cannot be known": f"Over the whole window it changed by {points(change.change)}; how far revision "
        "may still move that **cannot be known**, because these figures were never revised.",
    }[change.verdict]


def few(study: Study) -> str:
    """The sentence for an area with too few districts to form groups."""
    values = study.panel.values
    first, last = values[study.first_year], values[study.last_year]
    names = study.panel.names
    start = (
        f"{area_name(study.area)[0].upper()}{area_name(study.area)[1:]} has {count(len(values), 'district')}"
    )
    if len(values) == 1:
        uk = study.panel.uk_value
        return (
            f"{start}, so there is no gap inside it. In the release of {study.release} its "
            f"{measure_name(study)} was {less(1 - first.iloc[0] / uk[study.first_year])} than the UK's in "
            f"{study.first_year} and {less(1 - last.iloc[0] / uk[study.last_year])} in {study.last_year}."
        )
    return (
        f"{start}, too few to form a most and a least productive group, so every district is shown. In the "
        f"release of {study.release}, the highest {measure_name(study)} was "
        f"{first.max() / first.min():.2f} times the lowest in {study.first_year} ({names[first.idxmax()]} "
        f"and {names[first.idxmin()]}) and {last.max() / last.min():.2f} times in {study.last_year} "
        f"({names[last.idxmax()]} and {names[last.idxmin()]})."
    )


def band_sentence(table: pd.DataFrame) -> str:
    """How often the latest release lies inside the bands of the earlier ones."""
    if table.empty:
        return "There is no earlier release to hold the bands against."
    parts = []
    for (release, definition), rows in table.groupby(["release", "definition"]):
        word = "as a share" if definition == "share_of_top" else "in pounds"
        parts.append(f"{release} {word} {int(rows['inside'].sum())} of {len(rows)} years")
    return (
        "Held against the latest release, the band of an earlier one contains the gap of the same districts "
        f"in: {'; '.join(parts)}."
    )


def verdicts(study: Study) -> pd.DataFrame:
    """Start, end, change, band and verdict for every rule and definition of the chosen release.

    Returns
    -------
    DataFrame
        ``rule, weights, definition, first_year, last_year, start, end, change, lower, upper,
        verdict``; empty for an area without groups.
    """
    rows = []
    for rule in _rules(study):
        size = size_in(study.panel.values, rule, study.size) or 1
        for weights in divergence.WEIGHTS:
            for definition in divergence.DEFINITIONS:
                gap = divergence.gap(study.panel, rule, size, weights, definition, study.seed)
                change = divergence.change(gap, study.first_year, study.last_year)
                rows.append({"rule": rule, "weights": weights, "definition": definition, **vars(change)})
    named = ["rule", "weights", "definition", *divergence.Change.__dataclass_fields__]
    return pd.DataFrame(rows, columns=named)


def verdict_sentence(study: Study) -> str:
    """How many of the combinations say what, in words."""
    table = verdicts(study)
    if table.empty:
        return "Without groups there is no gap between groups to judge."
    relative = table[table["definition"] == "share_of_top"]
    counts = relative["verdict"].value_counts()
    spread = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
    pounds_counts = table[table["definition"] == "absolute"]["verdict"].value_counts()
    in_pounds = ", ".join(f"{number} {verdict}" for verdict, number in pounds_counts.items())
    return (
        f"Of the {len(relative)} combinations of rule and weights, the gap as a share of the top group "
        f"gives: {spread}. In pounds, which grow with prices: {in_pounds}."
    )


def membership(study: Study) -> pd.DataFrame:
    """Who is in which group, by rule, in the last year of the window."""
    rows = []
    for rule in _rules(study):
        size = size_in(study.panel.values, rule, study.size) or 1
        chosen = choose(study.panel.values, rule, size)
        top, bottom = members(chosen, study.panel.values.index, study.last_year)
        for end, codes in (("top", top), ("bottom", bottom)):
            rows.append({"rule": rule, "group": end, "districts": listed_names(_names(study, codes))})
    return pd.DataFrame(rows, columns=["rule", "group", "districts"])


def selection(study: Study) -> str:
    """What choosing on the outcome does: the same window by groups chosen early and late."""
    if study.rule is None:
        return "Without groups nothing is chosen on the outcome."
    changes = {}
    for rule in _rules(study):
        size = size_in(study.panel.values, rule, study.size) or 1
        gap = divergence.gap(study.panel, rule, size, seed=study.seed)
        changes[rule] = divergence.change(gap, study.first_year, study.last_year)
    told = "; ".join(f"{RULE_WORDS[rule]}: {points(c.change)} ({c.verdict})" for rule, c in changes.items())
    return (
        "Districts chosen because they stood high or low at one moment tend to look less extreme at "
        "any other moment, so groups chosen at the beginning lean towards convergence and groups "
        f"chosen at the end towards divergence. From {study.first_year} to {study.last_year} the gap "
        f"as a share of the top group moved by: {told}."
    )


def guide_search(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Every combination of the gap table that gives the guide's figure for 2010, for 2023 or both.

    Parameters
    ----------
    study : Study
    table : DataFrame
        `helpers.gaps.gap_table.build` of the Midlands.

    Returns
    -------
    DataFrame
        One row per combination; empty outside the Midlands: ``measure, release, rule,
        group_size, weights, definition, value_2010, value_2023, gives_2010, gives_2023``. Only
        shares can be percentages.
    """
    keys = ["measure", "release", "rule", "group_size", "weights", "definition"]
    if not has_guide(study.area):
        return pd.DataFrame(columns=[*keys, "value_2010", "value_2023", "gives_2010", "gives_2023"])
    shares = table[table["definition"].str.startswith("share")]
    (start, low, high), (end, low_end, high_end) = GUIDE_START, GUIDE_END
    wide = shares[shares["year"].isin([start, end])].pivot(index=keys, columns="year", values="value")
    wide = wide.reindex(columns=[start, end]).set_axis(["value_2010", "value_2023"], axis=1)
    found = wide.reset_index()
    found["gives_2010"] = found["value_2010"].between(low, high)
    found["gives_2023"] = found["value_2023"].between(low_end, high_end)
    return found


def guide_sentence(study: Study, table: pd.DataFrame) -> str:
    """Whether the guide's "35% in 2010 to nearly 50% in 2023" comes out under some definition; else empty."""
    if not has_guide(study.area):
        return ""
    found = guide_search(study, table)
    later = found.dropna(subset=["value_2023"])
    both = later[later["gives_2010"] & later["gives_2023"]]
    plain = found[
        (found["rule"] == "guide") & (found["weights"] == "unweighted") & (found["measure"] == "hour")
        & (found["definition"] == "share_of_top")
    ].set_index("release")  # fmt: skip
    first = listed([f"{percent(row.value_2010)} (release of {year})" for year, row in plain.iterrows()])
    last = plain["value_2023"].dropna()
    ending = listed([f"{percent(value)} (release of {year})" for year, value in last.items()])
    nearest = later[later["gives_2023"]]
    return (
        f"The guide says that the gap “widened from 35% in 2010 to nearly 50% in 2023”. For its own "
        f"groups, per hour, as a share of the top group, the published figures give {first} for 2010 "
        f"and {ending} for 2023. Over all measures, releases, rules, sizes, weights and both ways of "
        f"writing the gap as a share, {int(found['gives_2010'].sum())} of {len(found)} combinations "
        f"give 35 % in 2010 and {len(nearest)} of {len(later)} give nearly 50 % in 2023; "
        + (
            "none gives both."
            if both.empty
            else f"{len(both)} give both: "
            + listed(
                [
                    f"{r.rule}, {r.definition}, {r.weights}, size {r.group_size}, per {r.measure}, "
                    f"release of {r.release}"
                    for r in both.itertuples(index=False)
                ]
            )
            + "."
        )
    )


def _rules(study: Study) -> list[str]:
    """The rules that can form groups of the chosen size in the chosen panel."""
    possible = [rule for rule in RULES if rule != "guide" or has_guide(study.area)]
    return [rule for rule in possible if study.rule and size_in(study.panel.values, rule, study.size)]


def _names(study: Study, codes: list[str]) -> list[str]:
    return [str(geography.names(series.vintage(study.measure, study.release))[c]) for c in codes]
