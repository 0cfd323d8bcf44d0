"""What is the productivity of these districts, their area and the UK, in this release?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from helpers import tables
from helpers.geography import Area

INDICATORS = {"hour": "gva_per_hour", "job": "gva_per_job"}
UNITS = {"hour": "GBP per hour worked", "job": "GBP per filled job"}
WEIGHTS = {"hour": "hours_per_week", "job": "jobs"}
UK = "K99000002"
_DISTRICT = r"(?:E0[6789]|W06|S12|N09)\d{6}"


@dataclass(frozen=True, eq=False)  # compared and hashed by identity; `panel` caches
class Panel:
    """One measure of one area in one release.

    Attributes
    ----------
    area : Area
    measure : str
        ``hour`` or ``job``.
    release : int
    values : DataFrame
        GBP, current prices, smoothed by ONS; rows are district codes of the release's vintage
        (sorted), columns are years. NaN where nothing is published.
    hours : DataFrame
        Hours worked per week, same rows and columns; NaN where unknown. Releases before 2024
        came without hours: theirs are those of the first workbook with them (assumption A03). A release that
        comes before its workbook has those of the last one, which lacks the newest year.
    area_value, uk_value : Series
        The same measure for the whole area and the UK, by year.
    names : Series
        District names by code.
    """

    area: Area
    measure: str
    release: int
    values: pd.DataFrame
    hours: pd.DataFrame
    area_value: pd.Series
    uk_value: pd.Series
    names: pd.Series

    @property
    def years(self) -> list[int]:
        """Years in which at least one district has a figure."""
        return [int(y) for y in self.values.columns[self.values.notna().any()]]


@cache
def releases(measure: str) -> tuple[int, ...]:
    """Releases that hold a measure by district, oldest first."""
    rows = tables.load("productivity")
    rows = rows[(rows["indicator"] == INDICATORS[measure]) & rows["area_code"].str.fullmatch(_DISTRICT)]
    return tuple(int(r) for r in sorted(rows["release"].unique()))


@cache
def vintage(measure: str, release: int) -> str:
    """Vintage of the district codes of a release."""
    rows = tables.load("productivity")
    here = (rows["indicator"] == INDICATORS[measure]) & (rows["release"] == release)
    districts = rows[here & rows["area_code"].str.fullmatch(_DISTRICT)]
    return str(districts["area_vintage"].iloc[0])


@cache
def panel(area: Area, measure: str, release: int) -> Panel:
    """The districts of an area, the area and the UK, in one measure and release.

    Parameters
    ----------
    area : Area
        From `helpers.geography.resolve`.
    measure : str
        ``hour`` or ``job``.
    release : int
        One of `releases`.

    Returns
    -------
    Panel
        Empty of rows when the release covers none of the districts (Northern Ireland in 2022).
    """
    districts = area.districts(vintage(measure, release))
    values = tables.wide("productivity", INDICATORS[measure], release, districts.index)
    hours = _workbook("hours_per_week", release).reindex(values.index, columns=values.columns)
    return Panel(
        area=area,
        measure=measure,
        release=release,
        values=values,
        hours=hours,
        area_value=_area_value(area, measure, release, values),
        uk_value=_published(measure, release).loc[UK],
        names=districts["name"].reindex(values.index),
    )


@cache
def _published(measure: str, release: int) -> pd.DataFrame:
    """Everything published in one measure and release: codes of all levels by year."""
    return tables.wide("productivity", INDICATORS[measure], release)


@cache
def _workbook(indicator: str, release: int) -> pd.DataFrame:
    """Hours or jobs by district of a release, of the first later one that has them, or of the last."""
    rows = tables.load("hours_jobs")
    having = sorted(rows.loc[rows["indicator"] == indicator, "release"].unique())
    return tables.wide("hours_jobs", indicator, next((r for r in having if r >= release), having[-1]))


def _area_value(area: Area, measure: str, release: int, values: pd.DataFrame) -> pd.Series:
    """The area's own productivity: the fewest published figures that tile it, weighted.

    A published figure is used where the producer gives one for exactly this area. Otherwise
    regions (or, failing those, districts) are averaged with hours (or jobs) as weights; a year in
    which a weight or a value is absent has no figure. Years after the last of the workbook, as in a
    release that comes before its workbook, are weighted as that last year.
    """
    published = _published(measure, release)
    own = _own_code(area)
    if own in published.index:
        return published.loc[own]
    weights = _workbook(WEIGHTS[measure], release)
    if area.regions:
        parts = published.reindex(area.regions)
        # Regions keep their extent through recoding, so present districts give their weights.
        region_of = area.districts("LAD24")["itl1"]
        share = weights.reindex(region_of.index).groupby(region_of).sum(min_count=1)
    else:
        parts, share = values, weights
    by_year = np.minimum(parts.columns.to_numpy(dtype=int), weights.columns[-1])
    share = share.reindex(index=parts.index, columns=by_year).set_axis(parts.columns, axis=1)
    share = share.where(parts.notna())
    both = parts.to_numpy() * share.to_numpy()
    mean = both.sum(axis=0) / share.to_numpy().sum(axis=0) if len(parts) else np.nan
    return pd.Series(mean, index=parts.columns)


def _own_code(area: Area) -> str | None:
    """The code under which the producer publishes a figure for exactly this area, if any."""
    if area.kind == "uk":
        return UK
    if len(area.regions) == 1:
        return area.regions[0]
    if area.kind == "district":
        return area.codes[0]
    if area.kind == "combined_authority":
        areas = tables.load("areas")
        of_type = areas[areas["level"] == "combined_authority"]
        return str(of_type.loc[of_type["name"] == area.name, "code"].iloc[0])
    return None


@cache
def price_ratio(first_year: int, last_year: int) -> float:
    """How many times dearer the UK's output was in the last year than in the first.

    The published implied deflator of GDP. For two years' prices only: the smoothed series of a
    district is not to be divided by it year by year, because smoothing spreads price changes too.
    NaN where the deflator of a year is not published, as after a release that comes before it. That prices
    rise alike everywhere is assumption A04.
    """
    release = int(tables.load("regions").query("indicator == 'gdp_deflator'")["release"].max())
    prices = tables.wide("regions", "gdp_deflator", release).loc[UK].reindex([first_year, last_year])
    return float(prices.iloc[1] / prices.iloc[0])
