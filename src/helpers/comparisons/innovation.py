"""Does the area get its share of the UK's R&D, and where inside it does R&D grow?"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import containing, geography, tables
from helpers.indicators import published
from helpers.study import Study

RESEARCH = ("rd_business", "rd_public_funded")
# What a region's share of R&D is held against: totals by region, or summed over its districts.
YARDSTICKS = {"population": "population_total", "gva": "gva_current", "jobs": "jobs"}
WHOLE = "together"
# Inner and Outer London are in the European file from 2011 on: only then do its regions make the UK.
UK_FROM = 2011
WINDOWS = ((2011, 2018), (2015, 2018))  # all years with a sum for the UK; since 2015, as the guide says
# Guide, "Innovation Capacity Differences": annual growth of R&D spending since 2015.
GUIDE_GROWTH = {"E07000222": 0.05, "E08000029": 0.04}  # Warwick, Solihull
GUIDE_BELOW = {"E07000171": 0.01, "E06000019": 0.01}  # Bassetlaw, Herefordshire


def shares(study: Study) -> pd.DataFrame:
    """The share of the UK's R&D of the regions that hold the area, beside their shares of other things.

    Returns
    -------
    DataFrame
        One row per kind of R&D, year and region, and one for the regions ``together`` where there
        are several: ``indicator, year, region, name, value`` (GBP million), ``share`` (a fraction of
        the UK) and ``share_population, share_gva, share_jobs`` in the same year, empty where a year
        has none. A financial year goes by its first year.
    """
    regions = containing.areas_of(study.area.codes, "itl1", "ITL25")
    parts = []
    for indicator in RESEARCH:
        research = published(indicator, "itl1").values
        for year in research.columns:
            frame = pd.DataFrame({"value": research[year], "share": _share(research[year])})
            for name, yardstick in YARDSTICKS.items():
                frame[f"share_{name}"] = _share(_by_region(yardstick, int(year)))
            own = frame.loc[regions]
            if len(regions) > 1:
                own = pd.concat([own, own.sum(skipna=False).rename(WHOLE).to_frame().T])
            parts.append(own.rename_axis("region").reset_index().assign(indicator=indicator, year=year))
    table = pd.concat(parts, ignore_index=True)
    table["name"] = [WHOLE if code == WHOLE else geography.area_name(code) for code in table["region"]]
    columns = ["indicator", "year", "region", "name", "value", "share"]
    return table[[*columns, *(f"share_{name}" for name in YARDSTICKS)]]


def growth(itl2: Sequence[str]) -> pd.DataFrame:
    """How fast business R&D grew in some ITL2 areas, in euros and against the UK.

    Euros of each year hold that year's exchange rate, which is the same for all areas: it cancels
    in the growth against the UK, and not in the growth in euros.

    Parameters
    ----------
    itl2 : sequence of str
        Codes of 2021.

    Returns
    -------
    DataFrame
        ``itl2, name, first_year, last_year, growth_eur, growth_uk_eur, growth_against_uk``: mean
        annual rates (0.05 is 5 % a year) over each of `WINDOWS`. The UK is the sum of all regions.
    """
    values, uk = by_area(), uk_total()
    rows = []
    for code in itl2:
        for first, last in WINDOWS:
            own = _annual(values.at[code, first], values.at[code, last], last - first)
            whole = _annual(uk[first], uk[last], last - first)
            against = (1 + own) / (1 + whole) - 1
            rows.append((code, geography.area_name(code), first, last, own, whole, against))
    columns = ["itl2", "name", "first_year", "last_year", "growth_eur", "growth_uk_eur", "growth_against_uk"]
    return pd.DataFrame(rows, columns=columns)


def guide_growth() -> pd.DataFrame:
    """The guide's four districts and the ITL2 areas that hold them.

    Returns
    -------
    DataFrame
        Rows of `growth` since 2015 with ``district, district_name`` and ``guide`` (annual growth; an
        upper end for the two that the guide calls lagging).
    """
    stated = GUIDE_GROWTH | GUIDE_BELOW
    rows = []
    for district, rate in stated.items():
        grown = growth(containing.areas_of([district], "itl2", "ITL21"))
        rows.append(
            grown[grown["first_year"] == WINDOWS[-1][0]].assign(
                district=district, district_name=geography.names()[district], guide=rate
            )
        )
    return pd.concat(rows, ignore_index=True)


def areas_inside(study: Study) -> list[str]:
    """The ITL2 areas that hold the area and that the file of business R&D knows under the codes of 2021."""
    known = by_area().index
    return [c for c in containing.areas_of(study.area.codes, "itl2", "ITL21") if c in known]


def by_area() -> pd.DataFrame:
    """Business R&D in EUR million by ITL2 area of 2021 and year."""
    return published("rd_business_eur", "itl2").values


def uk_total() -> pd.Series:
    """Business R&D of the UK in EUR million from `UK_FROM` on: the sum of all regions of the file."""
    rows = tables.load("innovation")
    total = rows[rows["indicator"] == "rd_business_eur"].groupby("year")["value"].sum()
    return total[total.index >= UK_FROM]


def grants(study: Study) -> pd.DataFrame:
    """Innovate UK's grants to the ITL3 areas that hold the area, summed over the whole years at hand.

    Single awards make a year, and 2010 and 2020 are not whole, so the sum of 2011 to 2019 is given.

    Returns
    -------
    DataFrame
        ``itl3, name, grants`` (GBP), ``per_job`` (GBP per job of 2015, the middle year) and
        ``years_missing``; largest per job first.
    """
    codes = containing.areas_of(study.area.codes, "itl3", "ITL21")
    offered = published("innovate_uk_grants", "itl3").values.reindex(codes)[list(range(2011, 2020))]
    jobs = _sum_of_jobs(codes)
    frame = pd.DataFrame(
        {
            "itl3": codes,
            "name": [geography.area_name(code) for code in codes],
            "grants": offered.sum(axis=1, min_count=1).to_numpy(),
            "per_job": (offered.sum(axis=1, min_count=1) / jobs).to_numpy(),
            "years_missing": offered.isna().sum(axis=1).to_numpy(),
        }
    )
    return frame.sort_values("per_job", ascending=False, kind="stable", ignore_index=True)


def _sum_of_jobs(codes: Sequence[str]) -> pd.Series:
    """Jobs of 2015 by ITL3 area; NaN where a district lies in several."""
    pairs = containing.of_districts("itl3", "ITL21")
    shared = set(pairs.loc[pairs.duplicated("district", keep=False), "area_code"])
    jobs = pairs["district"].map(published("jobs", "district").values[2015])
    total = jobs.groupby(pairs["area_code"]).sum(min_count=1)
    return total.where(~total.index.isin(shared)).reindex(codes)


def _by_region(indicator: str, year: int) -> pd.Series:
    """A total by ITL1 region in a year; empty where a region's part is missing or there is no such year."""
    regions = sorted(set(containing.of_districts("itl1", "ITL25")["area_code"]))
    if indicator == "gva_current":
        values = published(indicator, "itl1").values
        return values[year].reindex(regions) if year in values else pd.Series(index=regions, dtype=float)
    values = published(indicator, "district").values
    if year not in values:
        return pd.Series(index=regions, dtype=float)
    pairs = containing.of_districts("itl1", "ITL25")
    own = pairs["district"].map(values[year]).groupby(pairs["area_code"])
    return own.sum(min_count=1).where(own.count() == own.size())


def _share(totals: pd.Series) -> pd.Series:
    """Each region's fraction of the sum of all; NaN for all where one is missing."""
    return totals / totals.sum(skipna=False)


def _annual(first: float, last: float, years: int) -> float:
    return float((last / first) ** (1 / years) - 1)
