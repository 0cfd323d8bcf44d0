"""Which public series stand for the variables of the loop, how far back do they go, and for which places?

All are logs relative to the UK, one row per place and one column per year. Places are districts, or ITL3
areas where a series exists for no smaller ones. Totals are never divided by the hours or jobs of their
year, which stand below the line of output per hour already, but by the hours of one year for all, so that
large and small places can be compared; where places have effects of their own that divisor drops out.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from helpers import containing, geography, series, tables
from helpers.dynamics import unsmoothed
from helpers.errors import ParameterError
from helpers.geography import Area
from helpers.indicators import published

LEVELS = ("itl3", "district")
EDITIONS = {"original": "gfcf_all", "corrected": "gfcf_all_corrected"}
BASE = 2004  # the year of the hours that totals are divided by: the first
FIRST_STOCK_YEAR = 1998  # first year of the deflator
START_YEARS = 5  # investment of these stands for the years before (assumption A23)


@cache
def places() -> pd.DataFrame:
    """Districts of today and the ITL3 area, in codes of 2021, whose figures can be made of theirs.

    Returns
    -------
    DataFrame
        Indexed by district; ``itl3`` joins with ``+`` the codes of areas that share a district, because
        figures of districts can only be summed to all of them together; ``itl1`` is the region.
    """
    pairs = containing.of_districts("itl3", "ITL21")
    district, districts = pd.factorize(pairs["district"])
    area, areas = pd.factorize(pairs["area_code"])
    size = len(districts) + len(areas)
    links = coo_matrix((np.ones(len(pairs)), (district, len(districts) + area)), shape=(size, size))
    _, part = connected_components(links, directed=False)
    joined = pd.Series(areas).groupby(part[len(districts) :]).agg(lambda codes: "+".join(sorted(codes)))
    table = pd.DataFrame({"itl3": joined[part[: len(districts)]].to_numpy()}, index=districts)
    table["itl1"] = geography.all_districts().loc[table.index, "itl1"]
    return table.sort_index()


def of_area(area: Area, level: str) -> tuple[list[str], int]:
    """Places of a level that lie wholly in an area, and how many lie in it only partly.

    Raises
    ------
    ParameterError
        The level is neither ``district`` nor ``itl3``.
    """
    if level == "district":
        return sorted(area.codes), 0
    if level != "itl3":
        raise ParameterError(f"level: {level!r} is none; expected one of {', '.join(LEVELS)}.")
    inside = places().index.isin(area.codes)
    whole = pd.Series(inside, index=places()["itl3"]).groupby(level=0).agg(["all", "any"])
    return sorted(whole.index[whole["all"]]), int((whole["any"] & ~whole["all"]).sum())


def clusters(codes: pd.Index, level: str) -> pd.Series:
    """What errors are clustered by: the ITL3 area of each place."""
    if level == "itl3":
        return pd.Series(codes, index=codes)
    return places()["itl3"].reindex(codes)


def regions(codes: pd.Index, level: str) -> pd.Series:
    """ITL1 region of each place."""
    if level == "district":
        return places()["itl1"].reindex(codes)
    return places().groupby("itl3")["itl1"].first().reindex(codes)


@cache
def productivity(level: str) -> pd.DataFrame:
    """Unsmoothed GVA per hour worked, current prices, relative to the UK, 2004 to 2023.

    ITL3 areas: summed GVA over summed hours of their districts, both of the release of 2025.
    """
    gva = _summed(tables.wide("industry", "gva_all", unsmoothed.RELEASE), level)
    hours = _summed(tables.wide("hours_jobs", "hours_per_week", unsmoothed.RELEASE), level)
    return (_relative(gva) - _relative(hours)).dropna(axis=1, how="all")


@cache
def output(level: str) -> pd.DataFrame:
    """GVA in current prices, relative to the UK, 1998 to 2023."""
    return _relative(_summed(tables.wide("industry", "gva_all", unsmoothed.RELEASE), level))


@cache
def investment(edition: str = "original") -> pd.DataFrame:
    """Gross fixed capital formation by ITL3 area per hour worked in `BASE`, relative to the UK.

    Parameters
    ----------
    edition : str
        ``original`` (release of May 2022, 1997 to 2020, all areas) or ``corrected`` (after the
        correction of June 2022, totals of 2008 to 2020 for the areas it was published for; relative to
        the UK of the original).

    Raises
    ------
    ParameterError
        There is no such edition.
    """
    if edition not in EDITIONS:
        raise ParameterError(f"edition: {edition!r} is none; expected one of {', '.join(EDITIONS)}.")
    whole = np.log(published(EDITIONS["original"], "itl3").values.sum())
    values = np.log(_joined(published(EDITIONS[edition], "itl3").values))
    return (values - whole[values.columns]).sub(_size("itl3").reindex(values.index), axis=0)


@cache
def capital(depreciation: float) -> pd.DataFrame:
    """Stock of capital by ITL3 area per hour worked in `BASE`, relative to the UK, 2004 to 2020.

    Ours, by perpetual inventory.

    Parameters
    ----------
    depreciation : float
        Share of the stock lost in a year, above 0 and below 1: assumed, the same everywhere.

    Notes
    -----
    K_t = (1 - d) K_{t-1} + I_t, with investment in prices of 2022 by the UK's deflator of GDP. The stock
    of the first year is the mean investment of the first five over d: by 2004 a share (1 - d)^6 of that
    guess is left, which the effects of places take up only in part.
    """
    if not 0 < depreciation < 1:
        raise ParameterError(f"depreciation: expected above 0 and below 1, found {depreciation}.")
    prices = tables.wide("regions", "gdp_deflator", unsmoothed.RELEASE).loc[series.UK]
    values = _joined(published(EDITIONS["original"], "itl3").values)
    values = values.loc[:, FIRST_STOCK_YEAR:]
    values = values * 100 / prices[values.columns]
    stock = {FIRST_STOCK_YEAR: values.iloc[:, :START_YEARS].mean(axis=1) / depreciation}
    for year in values.columns[1:]:
        stock[year] = (1 - depreciation) * stock[year - 1] + values[year]
    found = _relative(pd.DataFrame(stock)).loc[:, productivity("itl3").columns[0] :]
    return found.sub(_size("itl3"), axis=0)


@cache
def skills(level: str) -> pd.DataFrame:
    """Share of residents of 16 to 64 with NVQ level 3 or more, relative to the UK, 2004 to 2021.

    Great Britain; the series on the later framework of qualifications does not continue it. Former
    districts that became one are averaged, ITL3 areas are averages of their districts with residents as
    weights. A place without a figure of one of its districts in a year has none in that year.
    """
    values = published("nvq_level3plus", "district").values
    now = geography.all_districts("LAD21").loc[values.index, "present"]
    values = values.groupby(now).agg(lambda column: column.mean(skipna=False))
    people = tables.wide("population_total", "population_total", unsmoothed.RELEASE)[values.columns]
    people = people.loc[values.index]
    whole = (values * people).sum() / people.where(values.notna()).sum()
    return np.log(_summed(values * people, level) / _summed(people, level)) - np.log(whole)


@cache
def people(level: str) -> pd.DataFrame:
    """Residents of all ages relative to the UK, 1998 to 2022: working ages have no annual series."""
    values = tables.wide("population_total", "population_total", unsmoothed.RELEASE)
    return _relative(_summed(values.dropna(axis=1), level))


@cache
def working_age(level: str) -> pd.DataFrame:
    """Residents of 16 to 64 relative to the UK, in 2011 and 2022 only."""
    return _relative(_summed(published("population_16_64", "district").values.dropna(axis=1), level))


@cache
def business(level: str) -> pd.DataFrame:
    """Active enterprises per hour worked in `BASE`, relative to the UK, 2017 to 2024.

    Counts of districts are rounded to 5.
    """
    values = _relative(_summed(published("enterprises_active", "district").values, level))
    return values.sub(_size(level), axis=0)


def panel(name: str, level: str) -> pd.DataFrame:
    """A series of this module by its name; ``investment`` is the original edition, by ITL3 area only."""
    if name == "investment":
        return investment()
    return SERIES[name](level)


def _size(level: str) -> pd.Series:
    """Log of a place's hours in `BASE`, relative to the UK: one fixed figure for its size."""
    hours = _summed(tables.wide("hours_jobs", "hours_per_week", unsmoothed.RELEASE), level)
    return _relative(hours)[BASE]


def _summed(values: pd.DataFrame, level: str) -> pd.DataFrame:
    """Figures of districts on a level; NaN where one of an area's districts has none."""
    values = values.loc[values.index.isin(places().index)]
    if level == "district":
        return values
    if level != "itl3":
        raise ParameterError(f"level: {level!r} is none; expected one of {', '.join(LEVELS)}.")
    area = places()["itl3"]
    short = area.value_counts()[area.unique()]
    total = values.groupby(area.reindex(values.index)).agg(lambda column: column.sum(skipna=False))
    whole = area.reindex(values.index).value_counts().reindex(total.index) == short.reindex(total.index)
    return total[whole]


def _joined(values: pd.DataFrame) -> pd.DataFrame:
    """Figures of ITL3 areas, areas that share a district summed; only where all of them have figures."""
    of = {code: joined for joined in places()["itl3"].unique() for code in joined.split("+")}
    area = pd.Series(values.index.map(of), index=values.index)
    whole = area.map(area.value_counts()) == area.map(lambda joined: joined.count("+") + 1)
    return values[whole].groupby(area[whole]).agg(lambda column: column.sum(skipna=False))


def _relative(values: pd.DataFrame) -> pd.DataFrame:
    """Logs less the log of the sum over all places."""
    return np.log(values) - np.log(values.sum(min_count=1))


SERIES = {
    "productivity": productivity,
    "output": output,
    "skills": skills,
    "people": people,
    "working_age": working_age,
    "business": business,
}
