"""Who is ahead, by how much, and where is the UK? Tests of claims about output per hour in one year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers import geography, levels, series
from helpers.claims.ledger import Claim
from helpers.claims.measuring import Measurement, measures, midlands, panels
from helpers.comparisons import ranks
from helpers.derived import observe


def _years(panel: series.Panel, wanted: int | str) -> list[int]:
    """The year that a claim names where the release has it, then the last of the release."""
    years = [int(wanted)] if wanted != "last" and int(wanted) in panel.years else []
    return list(dict.fromkeys([*years, panel.years[-1]]))


def _year(claim: Claim) -> int | str:
    found: int | str = (claim.arguments or {})["year"]
    return found


@measures("districts", arguments=("year", "end"))
def members_found(claim: Claim) -> list[Measurement]:
    """How many of the guide's named districts are among as many highest or lowest of a year.

    ``end``: ``top`` or ``bottom``. The stated year first, in every release that has it; then the last
    year of each release.
    """
    year, end = _year(claim), str((claim.arguments or {})["end"])
    named = geography.guide_groups()[end]
    found = []
    for panel in panels():
        for one in _years(panel, year):
            ranked = panel.values[one].sort_values(ascending=end == "bottom", kind="stable").index
            words = f"ranking of {one}"
            value = float(len(set(ranked[: len(named)]) & set(named)))
            found.append(Measurement(words, (value,), release=panel.release, stated=one == year))
    return found


@measures("rank", arguments=("year", "district", "end"))
def rank_of(claim: Claim) -> list[Measurement]:
    """Rank of a district in the Midlands, counted from the top or the bottom, in every release."""
    asked = claim.arguments or {}
    code = geography.resolve(asked["district"]).codes[0]
    found = []
    for panel in panels():
        for one in _years(panel, asked["year"]):
            ranked = panel.values[one].rank(ascending=asked["end"] == "bottom", method="min")
            words = f"ranking of {one}"
            value = float(ranked[code])
            found.append(Measurement(words, (value,), release=panel.release, stated=one == asked["year"]))
    return found


@measures("ratio", arguments=("year", "high", "low"))
def pair_ratio(claim: Claim) -> list[Measurement]:
    """Output per hour of one district over that of another, with the widest revision seen either way.

    Then of the highest district over the lowest, whichever they are.
    """
    asked = claim.arguments or {}
    high, low = (geography.resolve(asked[end]).codes[0] for end in ("high", "low"))
    bands = levels.bands(midlands().area).query("measure == 'hour'")
    bands = bands.set_index(["release", "year", "area_code"])[["lower", "upper"]]
    found = []
    for panel in panels():
        for one in _years(panel, asked["year"]):
            top, bottom = (bands.loc[(panel.release, one, code)] for code in (high, low))
            found.append(
                Measurement(
                    f"{one}",
                    (float(panel.values.loc[high, one] / panel.values.loc[low, one]),),
                    (float(top["lower"] / bottom["upper"]),),
                    (float(top["upper"] / bottom["lower"]),),
                    panel.release,
                    stated=one == asked["year"],
                )
            )
            ranked = panel.values[one].sort_values(kind="stable")
            words = (
                f"{one}, highest and lowest: {panel.names[ranked.index[-1]]}, {panel.names[ranked.index[0]]}"
            )
            extremes = float(ranked.iloc[-1] / ranked.iloc[0])
            found.append(Measurement(words, (extremes,), release=panel.release))
    return found


@measures("per cent", definitions=("hour", "job"), arguments=("year",))
def below_uk(claim: Claim) -> list[Measurement]:
    """How far the Midlands' productivity lies below the UK's: in a stated or the last year of releases."""
    found = []
    for measure in claim.definitions:
        for panel in panels(measure):
            for one in _years(panel, _year(claim)):
                value = 100 * (1 - panel.area_value[one] / panel.uk_value[one])
                stated = measure == claim.definitions[0] and one in (_year(claim), panel.years[-1])
                words = f"{one}, per {measure}"
                found.append(Measurement(words, (float(value),), release=panel.release, stated=stated))
    return found


@measures("points", definitions=("hour", "job"), arguments=("years",))
def below_uk_change(claim: Claim) -> list[Measurement]:
    """By how many points the Midlands fell further below the UK over some years up to the last.

    ``years``: how many, or ``all`` since the first.
    """
    asked = (claim.arguments or {})["years"]
    found = []
    for measure in claim.definitions:
        for panel in panels(measure):
            relative = (panel.area_value / panel.uk_value).dropna()
            last = int(relative.index[-1])
            first = max(int(relative.index[0]), 2004) if asked == "all" else last - int(asked)
            value = 100 * (relative[first] - relative[last])
            stated = measure == claim.definitions[0]
            words = f"{first} to {last}, per {measure}"
            found.append(Measurement(words, (float(value),), release=panel.release, stated=stated))
    return found


@measures("per cent", definitions=("hour", "job"))
def districts_below_uk(claim: Claim) -> list[Measurement]:
    """Share of the Midlands' districts whose productivity is below the UK's, last year of each release."""
    found = []
    for measure in claim.definitions:
        for panel in panels(measure):
            last = panel.years[-1]
            below = (panel.values[last] < panel.uk_value[last]).mean()
            words = f"{last}, per {measure}, {len(panel.values)} districts"
            stated = measure == claim.definitions[0]
            found.append(Measurement(words, (float(100 * below),), release=panel.release, stated=stated))
    return found


@measures("GBP per hour worked", arguments=("ahead", "behind"))
def cities_ahead(claim: Claim) -> list[Measurement]:
    """Output per hour of each city less the highest of some other places.

    ``behind`` is a mapping of a name to districts, which are averaged with hours worked as weights.
    """
    asked = claim.arguments or {}
    codes = [geography.resolve(name).codes[0] for name in asked["ahead"]]
    found = []
    for panel in panels():
        last = panel.years[-1]
        hours = panel.hours.ffill(axis=1)[last]
        others = []
        for names in asked["behind"].values():
            inside = [geography.resolve(name).codes[0] for name in names]
            others.append(float(np.average(panel.values.loc[inside, last], weights=hours[inside])))
        values = tuple(float(panel.values.loc[code, last] - max(others)) for code in codes)
        found.append(Measurement(f"{last}, {' and '.join(asked['behind'])}", values, release=panel.release,
                                 stated=True))  # fmt: skip
    return found


@measures("per cent", definitions=("guide", "end"))
def weak_districts_drag(claim: Claim) -> list[Measurement]:
    """The part of the Midlands' shortfall in hourly output that lies in its five least productive districts.

    What the Midlands would gain if they produced what the UK does per hour, over what it lacks.
    """
    found = []
    for rule in claim.definitions:
        for panel in panels():
            last = panel.years[-1]
            hours = panel.hours.ffill(axis=1)[last]
            bottom: Sequence[str] = geography.guide_groups()["bottom"]
            if rule == "end":
                bottom = list(panel.values[last].sort_values(kind="stable").index[:5])
            lacking = hours * (panel.uk_value[last] - panel.values[last])
            share = lacking[list(bottom)].sum() / (
                hours.sum() * (panel.uk_value[last] - panel.area_value[last])
            )
            words = f"{last}, {'the guide' if rule == 'guide' else 'the ranking'}'s five least productive"
            stated = rule == claim.definitions[0]
            found.append(Measurement(words, (float(100 * share),), release=panel.release, stated=stated))
    return found


@measures("rank correlation", definitions=("midlands", "uk"))
def goes_with_productivity(claim: Claim) -> list[Measurement]:
    """Rank correlation of an indicator with output per hour over the districts, with its interval."""
    observed = observe(claim.indicator)
    year = int(observed.values.columns[-1])
    found = []
    for scope in claim.definitions:
        area = midlands().area if scope == "midlands" else geography.resolve("UK")
        both = ranks.beside_productivity(observed, area.codes, year)
        value = ranks.correlation(observed, area.codes, year)
        lower, upper = ranks.ends(value, len(both))
        words = f"{len(both)} areas of {'the Midlands' if scope == 'midlands' else 'the UK'}, {year}"
        found.append(Measurement(words, (value,), (lower,), (upper,), stated=scope == claim.definitions[0]))
    return found
