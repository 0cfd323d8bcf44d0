"""Is the gap as wide as published, and did it widen? Tests of claims about the two groups over time."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from helpers import geography, groups, series
from helpers.claims import tests_of_regions as regions
from helpers.claims.ledger import Claim
from helpers.claims.measuring import Measurement, in_percent, measures, midlands, panels
from helpers.dynamics import dispersion
from helpers.gaps import divergence, gap_table, selection
from helpers.geography import PRESENT

SHARES = ("share_of_top", "share_of_bottom", "log")
IN_WORDS = {
    "share_of_top": "as a share of the top group",
    "share_of_bottom": "as a share of the bottom group",
    "log": "in log points",
}
SIZES = (1, 3, 5, 10)
KEYS = ["measure", "release", "rule", "group_size", "weights", "definition"]


@measures("per cent", definitions=SHARES)
def gap_ends(claim: Claim) -> list[Measurement]:
    """The gap in the years that the parts are named after, by every choice of the gap table.

    The document's own: its groups, per hour, unweighted, the first definition.
    """
    years = [int(part.name) for part in claim.parts]
    table = _every_gap()
    table = table[table["definition"].isin(claim.definitions) & table["year"].isin(years)]
    wide = table.pivot(index=KEYS, columns="year", values=["value", "lower", "upper"]).dropna()
    found = []
    for key, row in wide.iterrows():
        measure, release, rule, size, weights, definition = key
        own = ("hour", "guide", "unweighted", claim.definitions[0])
        words = (
            f"per {measure}, {groups.RULE_WORDS[rule]}, {size} a group, "
            f"{'weighted by hours' if weights == 'hours' else weights}, {IN_WORDS[definition]}"
        )
        ends = {end: in_percent([row[(end, year)] for year in years]) for end in ("value", "lower", "upper")}
        found.append(
            Measurement(
                words,
                ends["value"],
                ends["lower"],
                ends["upper"],
                int(release),
                stated=(measure, rule, weights, definition) == own,
            )
        )
    return sorted(found, key=lambda m: (not m.stated, -(m.release or 0)))


@measures("points", definitions=("hour", "job"), arguments=("first", "last"))
def gap_change(claim: Claim) -> list[Measurement]:
    """Change of the gap as a share of the top group between two years of every release.

    The groups as the guide names them, then chosen again by each rule; beside each, what choosing on
    the outcome gives by itself. Years of the claim: ``first``, a year or ``first``; ``last``, a year or
    ``last`` (of the release).
    """
    found = []
    for measure in claim.definitions:
        for rule in ("guide", "end", "rechosen", "start", "mean"):
            for panel in panels(measure):
                first, last = _window(claim, panel)
                if not {first, last} <= set(panel.years) or groups.size_in(panel.values, rule, 5) is None:
                    continue
                gap = divergence.gap(panel, rule, 5, seed=midlands().seed)
                change = divergence.change(gap, first, last)
                value, lower, upper = in_percent([change.change, change.lower, change.upper])
                found.append(
                    Measurement(
                        f"{first} to {last}, per {measure}, {groups.RULE_WORDS[rule]}",
                        (value,),
                        (lower,),
                        (upper,),
                        panel.release,
                        stated=rule == "guide" and measure == claim.definitions[0],
                        beside=_beside(rule, first, last, measure, panel.release),
                    )
                )
    return found


@measures("per cent", arguments=("year",))
def gap_in(claim: Claim) -> list[Measurement]:
    """The gap in one year of every release: of the guide's groups, then of those ranked in that release."""
    year = int((claim.arguments or {})["year"])
    found = []
    for rule in ("guide", "end", "rechosen"):
        for panel in panels(year=year):
            gap = divergence.gap(panel, rule, 5, seed=midlands().seed)
            ends = in_percent([gap.value[year], gap.lower[year], gap.upper[year]])
            found.append(
                Measurement(
                    f"{year}, {groups.RULE_WORDS[rule]}",
                    (ends[0],),
                    (ends[1],),
                    (ends[2],),
                    panel.release,
                    stated=rule == "guide",
                )
            )
    return found


@measures("points", arguments=("middle",))
def gap_faster_lately(claim: Claim) -> list[Measurement]:
    """How much more the gap widened after a middle year than before it, from the first to the last."""
    middle = int((claim.arguments or {})["middle"])
    found = []
    for panel in panels():
        gap = divergence.gap(panel, "guide", 5, seed=midlands().seed)
        first, last = panel.years[0], panel.years[-1]
        at = [gap.value.index.get_loc(year) for year in (first, middle, last)]
        draws = gap.draws[:, at]
        faster = draws[:, 2] - 2 * draws[:, 1] + draws[:, 0]
        value = gap.value[last] - 2 * gap.value[middle] + gap.value[first]
        lower, upper = np.quantile(faster, (0.025, 0.975), method="nearest")
        ends = in_percent([value, lower, upper])
        found.append(
            Measurement(
                f"change {middle} to {last} less change {first} to {middle}, {groups.RULE_WORDS['guide']}",
                (ends[0],),
                (ends[1],),
                (ends[2],),
                panel.release,
                stated=True,
            )
        )
    return found


@measures("ratio")
def gap_elsewhere(_: Claim) -> list[Measurement]:
    """The gap of the median other region over that of the Midlands, groups ranked in the last year."""
    every = sorted(set(geography.all_districts(PRESENT)["itl1"]))
    others = [code for code in every if code not in midlands().area.regions]
    found = []
    for rule in ("end", "mean"):
        values = {}
        for code in others:
            panel = series.panel(geography.resolve(code), "hour", series.releases("hour")[-1])
            if (size := groups.auto_size(len(panel.values))) is not None:
                values[code] = _last_gap(panel, rule, size)
        own = _last_gap(midlands().panel, rule, 5)
        found.append(
            Measurement(
                f"{len(values)} other regions, {groups.RULE_WORDS[rule]}, gap as a share of the top group",
                (float(np.median(list(values.values())) / own),),
                (min(values.values()) / own,),
                (max(values.values()) / own,),
                midlands().release,
                stated=rule == "end",
            )
        )
    return found


@measures("per cent", definitions=("districts", "regions"))
def uk_spread(claim: Claim) -> list[Measurement]:
    """Change of the spread of output per hour in the UK (standard deviation of logs), first to last year."""
    country = geography.resolve("UK")
    found = []
    for over in claim.definitions:
        for release in reversed(series.releases("hour")):
            panel = series.panel(country, "hour", release)
            first, last = panel.years[0], panel.years[-1]
            words = f"standard deviation of logs over {over}, {first} to {last}"
            if over == "districts":
                rows = dispersion.changes({"smoothed": panel}, first, last, midlands().seed)
                row = rows.set_index("statistic").loc["sd_log"]
                start, ends = row["start"], row[["change", "lower", "upper"]]
            else:
                sd = np.log(regions.by_year(release)[[first, last]]).std(ddof=0)
                start, ends = sd[first], pd.Series([sd[last] - sd[first], np.nan, np.nan])
            change, lower, upper = in_percent((ends / start).tolist())
            found.append(
                Measurement(
                    words, (change,), (lower,), (upper,), release, stated=over == claim.definitions[0]
                )
            )
    return found


@measures("rank correlation")
def regions_persist(_: Claim) -> list[Measurement]:
    """Rank correlation of the regions' output per hour between the first and the last year."""
    found = []
    for release in reversed(series.releases("hour")):
        values = regions.by_year(release).dropna(axis=1)
        first, last = int(values.columns[0]), int(values.columns[-1])
        value = values[first].corr(values[last], method="spearman")
        words = f"{len(values)} regions, {first} and {last}"
        found.append(Measurement(words, (float(value),), release=release, stated=True))
    return found


@cache
def _every_gap() -> pd.DataFrame:
    return gap_table.build(midlands().area, SIZES, midlands().seed)


def _last_gap(panel: series.Panel, rule: str, size: int) -> float:
    gap = divergence.gap(panel, rule, size, seed=midlands().seed)
    return float(gap.value[panel.years[-1]])


def _window(claim: Claim, panel: series.Panel) -> tuple[int, int]:
    """First and last year that a claim asks for in a release."""
    asked = claim.arguments or {}
    first = panel.years[0] if asked["first"] == "first" else int(asked["first"])
    return first, panel.years[-1] if asked["last"] == "last" else int(asked["last"])


@cache
def selection_nulls() -> pd.DataFrame:
    """`helpers.gaps.selection.table` of the Midlands."""
    return selection.table(midlands().area, 5, seed=midlands().seed)


def _beside(rule: str, first: int, last: int, measure: str, release: int) -> str:
    """What choosing on the outcome gives by itself, for groups ranked in the latest figures."""
    if measure != "hour" or release != series.releases("hour")[-1]:
        return ""
    null = "guide_year" if rule == "guide" else rule
    rows = selection_nulls()
    rows = rows[
        (rows["window"] == f"{first}-{last}") & (rows["rule"] == null) & (rows["null"] == "exchangeability")
    ]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    who = "groups ranked in the year of Figure 1" if rule == "guide" else "the same choice"
    return (
        f"where nothing pulls apart, {who} would change in logs by {row['expected']:+.3f} "
        f"({row['lower']:+.3f} to {row['upper']:+.3f}); observed for that choice {row['observed']:+.3f}, "
        f"p {row['p']:.3f}"
    )
