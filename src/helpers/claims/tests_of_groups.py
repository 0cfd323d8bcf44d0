"""Do the two groups differ as published on anything beside productivity? On the guide's and on today's."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from helpers.claims.ledger import Claim
from helpers.claims.measuring import (
    GROUP_ENDS,
    GROUP_WORDS,
    OF_INDICATOR,
    Measurement,
    in_percent,
    measures,
    midlands,
)
from helpers.comparisons import changes, comparison, guide_figure
from helpers.derived import observe
from helpers.indicators import Observed

WHO = tuple(GROUP_ENDS)


def _wide(observed: Observed, group: str) -> pd.DataFrame:
    """Means of a group of the Midlands in the years in which it is whole."""
    rows = comparison.group_mean(observed, comparison.members(midlands())[group])
    return rows[rows["missing"] == 0]


def _both(indicator: str, who: str) -> tuple[Observed, pd.DataFrame, pd.DataFrame, list[int]]:
    """An indicator, both groups' means, and the years that both have, the latest first."""
    observed = observe(indicator)
    top, bottom = (_wide(observed, group) for group in GROUP_ENDS[who])
    return observed, top, bottom, sorted(top.index.intersection(bottom.index), reverse=True)


def _others(claim: Claim) -> Iterator[str]:
    """The indicator of a claim, and others that it says to look at."""
    yield claim.indicator
    yield from (claim.arguments or {}).get("also", [])


@measures(OF_INDICATOR, definitions=WHO, arguments=("also",))
def levels_of_groups(claim: Claim) -> list[Measurement]:
    """The means of both groups (parts ``top`` and ``bottom``) in every year, the latest first."""
    found = []
    for indicator in _others(claim):
        for who in claim.definitions:
            observed, top, bottom, years = _both(indicator, who)
            ends = {"top": top, "bottom": bottom}
            for number, year in enumerate(years):
                rows = [ends[part.name].loc[year] for part in claim.parts]
                values, lower, upper = (
                    tuple(float(row[end]) for row in rows) for end in ("value", "lower", "upper")
                )
                found.append(
                    Measurement(
                        f"{observed.label}, {year}, {GROUP_WORDS[who]}",
                        values,
                        lower,
                        upper,
                        stated=(indicator, who, number) == (claim.indicator, claim.definitions[0], 0),
                        proxy=observed.level != "district",
                    )
                )
    return found


@measures("per cent", definitions=WHO, arguments=("group",))
def change_of_group(claim: Claim) -> list[Measurement]:
    """Relative change of a group's mean over ten years, the latest first, and from first to last year.

    The documents speak of "the past decade": the last ten years are theirs, or all years where there are
    no two that lie ten apart.
    """
    group = str((claim.arguments or {})["group"])
    observed = observe(claim.indicator)
    found = []
    for who in claim.definitions:
        rows = _wide(observed, GROUP_ENDS[who][group == "bottom"])
        years = [int(year) for year in rows.index]
        decades = [(y, y + guide_figure.YEARS) for y in years if y + guide_figure.YEARS in years]
        windows = dict.fromkeys([*reversed(decades), (years[0], years[-1])])
        for number, (first, last) in enumerate(windows):
            change = changes.relative(rows.loc[first], rows.loc[last], observed.interval)
            value, lower, upper = in_percent(change)
            found.append(
                Measurement(
                    f"{observed.label}, {first} to {last}, {GROUP_WORDS[who]}{_level(observed)}",
                    (value,),
                    (lower,),
                    (upper,),
                    stated=(who, number) == (claim.definitions[0], 0),
                    proxy=observed.level != "district",
                )
            )
    return found


@measures("ratio", definitions=("change", "sum", "level"), arguments=("over", "also", "proxy"))
def ratio_of_groups(claim: Claim) -> list[Measurement]:
    """One group over the other: in how much their number changed, in its sum, or in its level in every year.

    ``over``: ``top/bottom`` or ``bottom/top``. ``proxy``: whether the indicator stands for another thing.
    """
    asked = claim.arguments or {}
    upside_down = asked["over"] == "bottom/top"
    found = []
    for indicator in _others(claim):
        for definition in claim.definitions:
            for who in WHO:
                observed, top, bottom, years = _both(indicator, who)
                above, below = (bottom, top) if upside_down else (top, bottom)
                stated = (indicator, definition, who) == (claim.indicator, claim.definitions[0], "guide")
                proxy = bool(asked["proxy"]) or observed.level != "district"
                if definition == "change":
                    moved = [
                        rows.at[years[0], "value"] - rows.at[years[-1], "value"] for rows in (above, below)
                    ]
                    words = f"growth of {observed.label}, {years[-1]} to {years[0]}, {GROUP_WORDS[who]}"
                    value = changes.ratio(moved[0], moved[1])
                    found.append(Measurement(words, (value,), stated=stated, proxy=proxy))
                    continue
                if definition == "sum":
                    over, under = (_total(rows, years) for rows in (above, below))
                    value, lower, upper = changes.ratio_ends(over, under, observed.interval)
                    words = f"{observed.label}, sum of {years[-1]} to {years[0]}, {GROUP_WORDS[who]}"
                    found.append(Measurement(words, (value,), (lower,), (upper,), stated=stated, proxy=proxy))
                    continue
                for number, year in enumerate(years):
                    over, under = above.loc[year], below.loc[year]
                    value, lower, upper = changes.ratio_ends(over, under, observed.interval)
                    words = f"{observed.label}, {year}, {GROUP_WORDS[who]}{_level(observed)}"
                    found.append(
                        Measurement(
                            words, (value,), (lower,), (upper,), stated=stated and number == 0, proxy=proxy
                        )
                    )
    return found


def _total(rows: pd.DataFrame, years: list[int]) -> pd.Series:
    """Sum over the years of a mean and of its ends; no ends where a year has none."""
    return rows.loc[years, ["value", "lower", "upper"]].sum(skipna=False)


def _level(observed: Observed) -> str:
    return "" if observed.level == "district" else f", areas of level {observed.level} that contain them"
