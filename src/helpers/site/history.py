"""How productive is a district, in every year and release, and how firm are its rank and its change?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from helpers import geography, levels, revisions, series
from helpers.geography import Area
from helpers.site.facts import own_band


@dataclass(frozen=True)
class Level:
    """GVA per hour (or job) of the district in one release and year.

    Attributes
    ----------
    measure : str
    release, year : int
    value, lower, upper : float
        GBP, with the band of what revision may still do to it.
    relative_lower, relative_upper : float
        Factors of what revision may do to it relative to all districts.
    rank, of : int
        Among the districts of the area with a figure, 1 being the most productive.
    relative_to_area, relative_to_region, relative_to_uk : float
        Ratios; NaN where the area has no figure of its own.
    """

    measure: str
    release: int
    year: int
    value: float
    lower: float
    upper: float
    relative_lower: float
    relative_upper: float
    rank: int
    of: int
    relative_to_area: float
    relative_to_region: float
    relative_to_uk: float


@dataclass(frozen=True)
class Change:
    """Change of GVA per hour relative to the UK, in the latest release, as fractions of the UK's.

    ``pairs`` counts the pairs of releases that show its revisions: the band rests on them.
    """

    first_year: int
    last_year: int
    value: float
    lower: float
    upper: float
    pairs: int


@cache
def rank_bands(panel: series.Panel, seed: int) -> dict[str, tuple[int, int]]:
    """Ranks that each district may have in the panel's last year, given what revision may still do.

    Returns
    -------
    dict of str to (int, int)
        Best and worst rank of the middle 95 % of draws of `helpers.revisions.own_factors`. A district
        without any observed revision keeps its figure in every draw.
    """
    year = panel.years[-1]
    at = list(panel.values.columns).index(year)
    values = panel.values[year].dropna()
    factors = revisions.own_factors(panel, seed)[:, panel.values.index.get_indexer(values.index), at]
    drawn = values.to_numpy() * np.nan_to_num(factors, nan=1.0)
    ranks = (-drawn).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") + 1
    low, high = revisions.band(ranks)
    return {code: (int(a), int(b)) for code, a, b in zip(values.index, low, high, strict=True)}


@cache
def of_districts(area: Area, measure: str) -> dict[str, tuple[Level, ...]]:
    """Levels of every district of an area by its present code, releases and years in order."""
    rows = levels.table(area).merge(levels.bands(area), on=["area_code", "year", "release", "measure"])
    rows = rows[(rows["measure"] == measure) & rows["value"].notna()]
    region_of = geography.all_districts()["itl1"]
    found: dict[str, list[Level]] = {code: [] for code in area.codes}
    for release, part in rows.groupby("release"):
        panel = series.panel(area, measure, int(release))
        present = geography.all_districts(series.vintage(measure, int(release)))["present"]
        # A district that was merged since has former ones here, whose figures are not its own
        whole = ~present.duplicated(keep=False)
        low, high = (pd.DataFrame(end, panel.values.index, panel.values.columns) for end in own_band(panel))
        of = panel.values.notna().sum()
        for row in part.sort_values(["area_code", "year"]).itertuples(index=False):
            if not whole[row.area_code]:
                continue
            code = present[row.area_code]
            region = _region_value(region_of[code], measure, int(release))
            found[code].append(
                Level(
                    measure,
                    int(release),
                    int(row.year),
                    float(row.value),
                    float(row.lower),
                    float(row.upper),
                    float(low.at[row.area_code, row.year]),
                    float(high.at[row.area_code, row.year]),
                    int(row.rank),
                    int(of[row.year]),
                    float(row.relative_to_area),
                    float(row.value / region.get(row.year, np.nan)),
                    float(row.relative_to_uk),
                )
            )
    return {code: tuple(own) for code, own in found.items()}


@cache
def _region_value(region: str, measure: str, release: int) -> pd.Series:
    """Published productivity of a region by year."""
    return series.panel(geography.resolve(region), measure, release).area_value


def change(code: str, area: Area, release: int) -> Change | None:
    """Change relative to the UK between the ends of the latest release, whole revision paths at a time."""
    panel = series.panel(area, "hour", release)
    own = (panel.values.loc[code] / panel.uk_value).dropna()
    if len(own) < 2:
        return None
    first, last = own.index[0], own.index[-1]
    at = [list(panel.values.columns).index(year) for year in (first, last)]
    paths = revisions.own_paths(panel)[panel.values.index.get_loc(code)][:, at]
    factors = np.exp(np.concatenate([paths, -paths]))
    drawn = factors[:, 1] * own[last] - factors[:, 0] * own[first]
    low, high = revisions.band_of_outcomes(drawn[:, None])
    seen = int((~np.isnan(paths)).all(axis=1).sum())
    moved = float(own[last] - own[first])
    return Change(int(first), int(last), moved, float(low[0]), float(high[0]), seen)
