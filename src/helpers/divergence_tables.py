"""Which tables does the account of divergence rest on, beside the gap itself?

All are of GVA per hour: smoothed as published in the latest release, and unsmoothed as rebuilt here.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from helpers import containing, geography, groups, series
from helpers.dynamics import clubs, convergence, dispersion, inequality, transitions, unsmoothed
from helpers.gaps import choices, divergence, selection, specification
from helpers.geography import Area
from helpers.space import spatial
from helpers.study import Study

SINCE = (2004, 2010)  # beginnings of the windows of beta: of the figures, and of the guide's widening
GAP_COLUMNS = [
    "area",
    "series",
    "year",
    "rule",
    "group_size",
    "top",
    "bottom",
    "gap",
    "lower",
    "upper",
    "reason",
]


@cache
def panels(area: Area) -> dict[str, series.Panel]:
    """Both series of an area, by name."""
    return {
        "smoothed": series.panel(area, "hour", series.releases("hour")[-1]),
        "unsmoothed": unsmoothed.panel(area),
    }


@cache
def selection_nulls(area: Area, size: int | None, seed: int) -> pd.DataFrame:
    """`helpers.gaps.selection.table` of an area and of every region of the UK, for comparison."""
    regions = [geography.resolve(code) for code in containing.areas_of(_uk().codes, "itl1", "ITL25")]
    parts = [selection.table(area, size, seed=seed)]
    parts += [_null_of_region(one, seed) for one in regions if not geography.same_districts(one, area)]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]


@cache
def _null_of_region(region: Area, seed: int) -> pd.DataFrame:
    return selection.table(region, None, seed=seed)


def betas(area: Area) -> pd.DataFrame:
    """`helpers.dynamics.convergence.table` of an area and the UK, over both windows."""
    last = panels(area)["smoothed"].years[-1]
    areas = [area] if area.kind == "uk" else [area, _uk()]
    return pd.concat(
        [convergence.table(panels(one), first, last) for one in areas for first in SINCE], ignore_index=True
    )


def spreads(area: Area, seed: int) -> pd.DataFrame:
    """`helpers.dynamics.dispersion.table` of an area."""
    return dispersion.table(panels(area), seed=seed)


def window(study: Study) -> tuple[int, int]:
    """First and last year of the window for which there is output per hour.

    Output per hour begins later than output per job: a window before it is answered over all its years.
    """
    years = panels(study.area)["smoothed"].years
    first, last = max(study.first_year, years[0]), min(study.last_year, years[-1])
    return (first, last) if first < last else (years[0], years[-1])


def spread_changes(study: Study) -> pd.DataFrame:
    """`helpers.dynamics.dispersion.changes` of both series over `window`."""
    return dispersion.changes(panels(study.area), *window(study), study.seed)


def theil_parts(area: Area, seed: int) -> pd.DataFrame:
    """Theil's index between and within an area's ITL3 areas (`helpers.dynamics.dispersion.estimates`)."""
    rows = dispersion.estimates(panels(area), seed=seed)
    return rows[rows["statistic"].str.startswith("theil_")].reset_index(drop=True)


def variance_tests(study: Study) -> pd.DataFrame:
    """Pitman-Morgan on the variance of logs between the ends of the window, for both series.

    Returns
    -------
    DataFrame
        ``area, series, first_year, last_year, variance_ratio, correlation, t, p, n``; no row where there
        is no test (fewer than three districts).
    """
    first, last = window(study)
    rows = []
    for name, panel in panels(study.area).items():
        logs = np.log(panel.values)
        test = dispersion.pitman_morgan(logs[first].to_numpy(), logs[last].to_numpy())
        if test is not None:
            ends = {"area": study.area.name, "series": name, "first_year": first, "last_year": last}
            rows.append(ends | vars(test))
    columns = ["area", "series", "first_year", "last_year", "variance_ratio", "correlation", "t", "p", "n"]
    return pd.DataFrame(rows, columns=columns)


def spread_without_each(study: Study) -> pd.DataFrame:
    """`helpers.dynamics.dispersion.leave_one_out` over the window: does the change hang on one district?"""
    return dispersion.leave_one_out(panels(study.area), *window(study))


def unsmoothed_gaps(study: Study) -> pd.DataFrame:
    """The gap as a share of the top group with the smoothing left and undone, between the same districts.

    Returns
    -------
    DataFrame
        `GAP_COLUMNS`, all years of output per hour, latest release. ``series`` is ``smoothed`` as
        published, ``unsmoothed`` or ``unsmoothed_without_rent`` (both ours, current prices). The groups
        are those of the study's rule, chosen on the smoothed series for all three, so that nothing but
        the smoothing (and rent) differs. ``top, bottom`` are unweighted means in GBP; ``lower, upper``
        the revision band of ``gap``, which only the smoothed series can have; ``reason`` says why
        a band or a gap is blank. No rows where the latest release cannot form the groups.
    """
    panel = panels(study.area)["smoothed"]
    size = groups.size_in(panel.values, study.rule, study.size)
    if study.rule is None or size is None:
        return pd.DataFrame(columns=GAP_COLUMNS)
    published = divergence.gap(panel, study.rule, size, seed=study.seed)
    frame = pd.DataFrame({"top": published.top, "bottom": published.bottom, "gap": published.value})
    blank = np.where(frame["gap"].isna(), "a district has no figure", "a district was never revised")
    reason = np.where(published.lower.isna(), blank, "")
    parts = [frame.assign(series="smoothed", lower=published.lower, upper=published.upper, reason=reason)]
    for name, variant in choices.UNSMOOTHED.items():
        values = unsmoothed.panel(study.area, variant).values.loc[panel.values.index, panel.values.columns]
        year = np.arange(values.shape[1])
        top, bottom = (
            values.to_numpy()[rows, year].mean(axis=0)
            for rows in (published.groups.top, published.groups.bottom)
        )
        gap = divergence.DEFINITIONS["share_of_top"](top, bottom)
        told = {"top": top, "bottom": bottom, "gap": gap, "lower": np.nan, "upper": np.nan}
        reason = np.where(np.isnan(gap), "a district has no figure", specification.NEVER)
        parts.append(pd.DataFrame({**told, "reason": reason}, index=frame.index).assign(series=name))
    rows = pd.concat(parts).rename_axis("year").reset_index()
    return rows.assign(area=study.area.name, rule=study.rule, group_size=size)[GAP_COLUMNS]


@cache
def local_moran(area: Area, seed: int) -> pd.DataFrame:
    """`helpers.space.spatial.lisa` of log output per hour, unsmoothed, in the last year."""
    values = panels(area)["unsmoothed"].values
    return spatial.lisa(np.log(values[values.columns[-1]]), seed=seed)


def co_membership(area: Area) -> pd.DataFrame:
    """`helpers.dynamics.clubs.co_membership` of an area's unsmoothed series."""
    return clubs.co_membership(panels(area)["unsmoothed"].values)


def chains(area: Area, seed: int) -> pd.DataFrame:
    """`helpers.dynamics.transitions.table` of an area, in classes of the whole UK."""
    return transitions.table(area, ratios_to_uk(), seed=seed)


def ratios_to_uk() -> dict[str, pd.DataFrame]:
    """Every district's ratio to the UK in both series, shape (districts, years)."""
    return {name: transitions.relative(panel.values, panel.uk_value) for name, panel in panels(_uk()).items()}


def slope_and_spread(study: Study) -> convergence.BetaSigma | None:
    """Beta beside the change of the spread, unsmoothed, over `window`."""
    panel = panels(study.area)["unsmoothed"]
    return convergence.beta_and_sigma(panel, *window(study), study.seed)


def theil_by_chance(study: Study) -> pd.DataFrame:
    """`helpers.dynamics.inequality.between_by_chance` of both series."""
    return inequality.between_by_chance(panels(study.area), study.seed)


@cache
def moran(area: Area, seed: int) -> pd.DataFrame:
    """`helpers.space.spatial.moran_table` of an area: levels of each year, and growth over all years."""
    both = {f"gva_per_hour_{name}": panel.values for name, panel in panels(area).items()}
    years = panels(area)["smoothed"].years
    return spatial.moran_table(area, both, years[0], years[-1], seed=seed)


def _uk() -> Area:
    return geography.resolve("UK")
