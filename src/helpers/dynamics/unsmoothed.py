"""What was GVA per hour worked of each district before the producer smoothed it?

The producer publishes districts only as moving averages over five years. The figures here are
rebuilt from two of its other releases, GVA by industry and hours worked. They are ours, not the
producer's, who holds single years of a district to be less reliable than the average (assumption A02).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd

from helpers import geography, series, tables
from helpers.errors import ParameterError, TableError
from helpers.geography import Area

RELEASE = 2025  # GVA by industry and hours worked that were published together
WEEKS = 52  # the producer's hours are those of a week

# Variant -> indicators of table `industry`: GVA, and what is taken off it, in GBP million.
VARIANTS: dict[str, tuple[str, str | None]] = {
    "current": ("gva_all", None),
    "current_without_rent": ("gva_all", "gva_imputed_rent"),
    "volume": ("gva_volume_all", None),
    "volume_without_rent": ("gva_volume_without_imputed_rent", None),
}
VARIANT_WORDS = {
    "current": "current prices, all industries",
    "current_without_rent": "current prices, without owner-occupiers' imputed rent",
    "volume": "chained volume in prices of 2022, all industries",
    "volume_without_rent": "chained volume in prices of 2022, without owner-occupiers' imputed rent",
}


@cache
def table() -> pd.DataFrame:
    """Unsmoothed GVA per hour worked of every district, year and variant: ours, not the producer's.

    Returns
    -------
    DataFrame
        ``area_code`` (codes of December 2024), ``name, year, variant, value, status``, sorted by
        variant, code and year. ``value`` is in GBP per hour: GVA over 52 times the hours of a week.
        ``status`` is that of the GVA: the last year is ``provisional``; where imputed rent is
        ``suppressed`` (Cornwall and Isles of Scilly) the variants without it have no value. The
        frame is shared: do not change it in place.
    """
    names = geography.names(_vintage())
    blocks = []
    for variant in VARIANTS:
        rows = per_hour(variant).stack(future_stack=True).rename("value").reset_index()
        rows = rows.merge(_statuses(variant), on=["area_code", "year"], how="left")
        blocks.append(rows.assign(variant=variant, name=rows["area_code"].map(names)))
    columns = ["area_code", "name", "year", "variant", "value", "status"]
    return pd.concat(blocks, ignore_index=True)[columns]


@cache
def panel(area: Area, variant: str = "current") -> series.Panel:
    """The districts of an area as in `helpers.series.panel`, unsmoothed: ours, not the producer's.

    Parameters
    ----------
    area : Area
        From `helpers.geography.resolve`.
    variant : str
        A key of `VARIANTS`.

    Returns
    -------
    Panel
        ``values`` in GBP per hour worked, with the districts and years of the release of `RELEASE`.
        ``area_value`` is the districts' summed GVA over their summed hours, ``uk_value`` the same
        over all districts of the UK; a district without a figure is left out of both sums.
        Chained volumes do not add up exactly outside the year of their prices, so sums of
        ``volume`` are an approximation. Bands from revisions (`helpers.revisions`) belong to the
        smoothed series and do not hold for this one.

    Raises
    ------
    ParameterError
        There is no such variant.
    """
    smoothed = series.panel(area, "hour", RELEASE)
    values = per_hour(variant).reindex(smoothed.values.index)
    return replace(
        smoothed,
        values=values,
        area_value=_pooled(values.index, variant),
        uk_value=_pooled(per_hour(variant).index, variant),
    )


@cache
def per_hour(variant: str) -> pd.DataFrame:
    """One variant for all districts: codes by years, GBP per hour worked; NaN where suppressed."""
    return _gva(variant) * 1e6 / (WEEKS * _hours())


def _pooled(codes: pd.Index, variant: str) -> pd.Series:
    """Summed GVA over summed hours, by year, of those districts that have both."""
    gva = _gva(variant).loc[codes]
    hours = _hours().loc[codes].where(gva.notna())
    return gva.sum(min_count=1) * 1e6 / (WEEKS * hours.sum(min_count=1))


@cache
def _gva(variant: str) -> pd.DataFrame:
    """GVA in GBP million of the districts and years that have hours."""
    if variant not in VARIANTS:
        raise ParameterError(f"variant: {variant!r} is none; expected one of {', '.join(VARIANTS)}.")
    whole, less = VARIANTS[variant]
    gva = tables.wide("industry", whole, RELEASE)
    if less is not None:
        gva = gva - tables.wide("industry", less, RELEASE)
    hours = _hours()
    if set(gva.index) != set(hours.index):
        odd = sorted(set(gva.index) ^ set(hours.index))
        raise TableError(
            f"industry and hours_jobs, release {RELEASE}: expected the same districts, but {odd[:5]} "
            "stand in one alone."
        )
    return gva.reindex(index=hours.index, columns=hours.columns)


@cache
def _hours() -> pd.DataFrame:
    """Hours worked per week, districts by years."""
    hours = tables.wide("hours_jobs", "hours_per_week", RELEASE)
    return hours.loc[hours.index.isin(geography.names(_vintage()).index)]


def _vintage() -> str:
    """Vintage of the district codes, which both releases must share."""
    found = {}
    for name, indicator in (("industry", "gva_all"), ("hours_jobs", "hours_per_week")):
        rows = tables.load(name)
        rows = rows[(rows["indicator"] == indicator) & (rows["release"] == RELEASE)]
        found[name] = sorted(set(rows["area_vintage"]) - {"UK"})
    if found["industry"] != found["hours_jobs"] or len(found["industry"]) != 1:
        raise TableError(f"Release {RELEASE}: expected one vintage of district codes, found {found}.")
    return found["industry"][0]


def _statuses(variant: str) -> pd.DataFrame:
    """Status of the GVA behind each figure: of imputed rent where that is taken off."""
    whole, less = VARIANTS[variant]
    rows = tables.load("industry")
    rows = rows[(rows["indicator"] == (less or whole)) & (rows["release"] == RELEASE)]
    return rows[["area_code", "year", "status"]]
