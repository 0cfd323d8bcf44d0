"""Which tables does the account of divergence rest on, beside the gap itself?

All are of GVA per hour: smoothed as published in the latest release, and unsmoothed as rebuilt here.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from helpers import (
    clubs,
    containing,
    convergence,
    dispersion,
    geography,
    selection,
    series,
    spatial,
    transitions,
    unsmoothed,
)
from helpers.geography import Area
from helpers.study import Study

SINCE = (2004, 2010)  # beginnings of the windows of beta: of the figures, and of the guide's widening


@cache
def panels(area: Area) -> dict[str, series.Panel]:
    """Both series of an area, by name."""
    return {
        "smoothed": series.panel(area, "hour", series.releases("hour")[-1]),
        "unsmoothed": unsmoothed.panel(area),
    }


@cache
def selection_nulls(area: Area, size: int | None, seed: int) -> pd.DataFrame:
    """`helpers.selection.table` of an area and of every region of the UK, for comparison."""
    regions = [geography.resolve(code) for code in containing.areas_of(_uk().codes, "itl1", "ITL25")]
    parts = [selection.table(area, size, seed=seed)]
    parts += [_null_of_region(one, seed) for one in regions if not geography.same_districts(one, area)]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]


@cache
def _null_of_region(region: Area, seed: int) -> pd.DataFrame:
    return selection.table(region, None, seed=seed)


def betas(area: Area) -> pd.DataFrame:
    """`helpers.convergence.table` of an area and the UK, over both windows."""
    last = panels(area)["smoothed"].years[-1]
    areas = [area] if area.kind == "uk" else [area, _uk()]
    return pd.concat(
        [convergence.table(panels(one), first, last) for one in areas for first in SINCE], ignore_index=True
    )


def spreads(area: Area, seed: int) -> pd.DataFrame:
    """`helpers.dispersion.table` of an area."""
    return dispersion.table(panels(area), seed=seed)


def spread_changes(study: Study) -> pd.DataFrame:
    """`helpers.dispersion.changes` of both series over the years of the window that they have."""
    years = panels(study.area)["smoothed"].years
    first, last = max(study.first_year, years[0]), min(study.last_year, years[-1])
    return dispersion.changes(panels(study.area), first, last, study.seed)


def co_membership(area: Area) -> pd.DataFrame:
    """`helpers.clubs.co_membership` of an area's unsmoothed series."""
    return clubs.co_membership(panels(area)["unsmoothed"].values)


def chains(area: Area, seed: int) -> pd.DataFrame:
    """`helpers.transitions.table` of an area, in classes of the whole UK."""
    ratios = {
        name: transitions.relative(panel.values, panel.uk_value) for name, panel in panels(_uk()).items()
    }
    return transitions.table(area, ratios, seed=seed)


def moran(area: Area, seed: int) -> pd.DataFrame:
    """`helpers.spatial.moran_table` of an area: levels of each year, and growth over all years."""
    both = {f"gva_per_hour_{name}": panel.values for name, panel in panels(area).items()}
    years = panels(area)["smoothed"].years
    return spatial.moran_table(area, both, years[0], years[-1], seed=seed)


def _uk() -> Area:
    return geography.resolve("UK")
