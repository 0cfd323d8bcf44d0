"""What does each ITL3 area of Great Britain produce in each industry, and with how many employees?

GVA by district, summed, and employees by ITL3 area, in 2023 and current prices.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd
from scipy.sparse import coo_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from helpers import containing, geography, tables
from helpers.comparisons.industries import RENT, SECTIONS
from helpers.geography import Area
from helpers.indicators import published

YEAR = 2023  # the one year of employees by ITL3 area
VINTAGE = "ITL21"
HOUSEHOLDS = "households"
# Industries of GVA -> sections of employees. Rent of owner-occupiers and households have no employees.
INDUSTRIES: dict[str, tuple[str, ...]] = {
    name: (name,) for name in SECTIONS if name not in (RENT, HOUSEHOLDS)
} | {
    "agriculture_mining": ("agriculture", "mining"),
    "energy_water_waste": ("energy", "water_waste"),
    "real_estate_activities": ("real_estate",),
}
# The same industries in five, to see what a coarser division hides.
BROAD = {
    "production": ("agriculture_mining", "manufacturing", "energy_water_waste", "construction"),
    "trade and transport": ("trade", "transport_storage", "accommodation_food"),
    "information and finance": ("information_communication", "finance"),
    "business services": ("real_estate_activities", "professional", "administrative"),
    "public and personal services": (
        "public_administration",
        "education",
        "health",
        "arts",
        "other_services",
    ),
}


@cache
def units() -> pd.Series:
    """ITL3 area -> the unit it is counted in: itself, or all areas that share districts with it.

    GVA is published by district, and a few districts lie in several ITL3 areas.
    """
    pairs = containing.of_districts("itl3", VINTAGE)
    area, areas = pd.factorize(pairs["area_code"], sort=True)
    district, districts = pd.factorize(pairs["district"])
    size = len(areas) + len(districts)
    links = coo_array((np.ones(len(pairs)), (area, len(areas) + district)), shape=(size, size))
    part = connected_components(links, directed=False)[1][: len(areas)]
    return pd.Series(areas, index=areas).groupby(part).transform("+".join)


@cache
def figures() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """GVA (GBP) and employees by unit of Great Britain and industry; GVA of all that is in the table.

    GVA of an industry that is suppressed in any district of a unit is NaN; the last figure holds it too.
    """
    unit = units()
    pairs = containing.of_districts("itl3", VINTAGE)
    of_district = pairs.assign(unit=pairs["area_code"].map(unit)).drop_duplicates("district")
    of_district = of_district.set_index("district")["unit"]
    names = [*INDUSTRIES, RENT, HOUSEHOLDS, "all"]
    by_district = pd.DataFrame({name: published(f"gva_{name}", "district").values[YEAR] for name in names})
    groups = by_district.reindex(of_district.index).groupby(of_district)
    gva = groups.sum().where(groups.count().eq(groups.size(), axis=0)) * 1e6
    working = gva["all"] - gva[RENT] - gva[HOUSEHOLDS]
    sections = {
        name: sum(published(f"employees_{section}", "itl3").values[YEAR] for section in parts)
        for name, parts in INDUSTRIES.items()
    }
    jobs = pd.DataFrame(sections)
    jobs = jobs.groupby(unit.reindex(jobs.index)).sum()
    return gva.loc[jobs.index, list(INDUSTRIES)], jobs, working[jobs.index]


@cache
def names() -> pd.Series:
    """Unit -> name, or the names of its ITL3 areas."""
    areas = tables.load("areas")
    known = areas[(areas["level"] == "itl3") & (areas["vintage"] == VINTAGE)].set_index("code")["name"]
    return pd.Series({unit: " + ".join(known[code] for code in unit.split("+")) for unit in units().unique()})


def sides(
    units: list[str], others: list[str], detail: str
) -> tuple[list[str], list[str], tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Industries of both sides, those pooled, and GVA and employees of the one and of the other.

    An industry without a published GVA, or without employees, on either side goes into one pool with the
    others like it; what the pool produced is all GVA less that of the published industries.
    """
    one, other = _sums(tuple(units), detail), _sums(tuple(others), detail)
    fine = one["gva"].notna() & other["gva"].notna() & (one["jobs"] > 0) & (other["jobs"] > 0)
    held = list(fine.index[~fine])
    kept = list(fine.index[fine])
    out: list[np.ndarray] = []
    for sums, side in ((one, units), (other, others)):
        made, people = list(sums.loc[kept, "gva"]), list(sums.loc[kept, "jobs"])
        if held:
            made.append(figures()[2][side].sum() - sum(made))
            people.append(sums.loc[held, "jobs"].sum())
        out += [np.array(made, dtype=float), np.array(people, dtype=float)]
    return kept + (["pool"] if held else []), held, (out[0], out[1], out[2], out[3])


@cache
def _sums(units: tuple[str, ...], detail: str) -> pd.DataFrame:
    """``gva`` (NaN where one of the units lacks it) and ``jobs`` of some units by industry."""
    gva, jobs, _ = figures()
    sums = pd.DataFrame({"gva": gva.loc[list(units)].sum(skipna=False), "jobs": jobs.loc[list(units)].sum()})
    if detail == "industries":
        return sums
    return pd.DataFrame({name: sums.loc[list(parts)].sum(skipna=False) for name, parts in BROAD.items()}).T


def units_of(districts: Iterable[str]) -> list[str]:
    """The units that hold any of some districts: ITL3 areas of Great Britain, or joined ones."""
    codes = containing.areas_of(districts, "itl3", VINTAGE)
    known = figures()[1].index
    return sorted(set(units()[codes]) & set(known))


@cache
def _whole() -> tuple[str, ...]:
    gva = figures()[0]
    return tuple(gva.index[gva.notna().all(axis=1)])


def complete() -> list[str]:
    """Units of which every industry is published; together they stand for Great Britain."""
    return list(_whole())


def summable(units: Iterable[str]) -> list[str]:
    """Those of some units of which GVA without rent is known, though single industries may not be."""
    working = figures()[2]
    return [unit for unit in units if not np.isnan(working[unit])]


def outside(area: Area) -> list[str]:
    """Districts of other areas that lie in the area's ITL3 areas: the figures hold them too."""
    codes = {part for unit in units_of(area.codes) for part in unit.split("+")}
    pairs = containing.of_districts("itl3", VINTAGE)
    inside = set(pairs.loc[pairs["area_code"].isin(codes), "district"])
    return [str(geography.names()[code]) for code in sorted(inside - set(area.codes))]
