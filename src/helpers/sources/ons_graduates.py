"""Where do graduates stay and go? ONS on the mobility of young people across English towns."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, markers, uk_areas, workbook

YEAR = 2018  # where they lived in the tax year that began in April 2018
KEYS = ("Town and City Code", "Town and City Name")
REGION = "Region"
# The head of each sheet in order, exactly as published (spelling included), up to the last column
# of figures; those without an indicator are not taken.
GRADUATES: dict[str, str | None] = {
    "GCSE Cohort 2008 to 2011": "pupils_of_2008_2011",
    "Number of graduates": "graduates",
    "Proportion of graduates": "graduate_share",
    "Share of graduates who moved for HE and stayed afterwards": None,
    "Share of graduates who moved for HE and returned afterwads": "graduates_left_and_returned",
    "Share of graduates who moved for HE and moved elsewhere afterwards": None,
    "Share of graduates who stayed during HE but moved elsewhere afterwards": None,
    "Share of graduates who remained in town or city during and afterwards": None,
    "Share of graduates who moved town or city by 2018-19 (movers)": None,
    "Share of graduates who moved TTWA for HE": None,
    "Share of graduate movers who moved TTWA by 2018-19": None,
    "Share of graduate movers who moved town or city but remained in the same TTWA by 2018-19": None,
    "Share of graduate movers who moved region by 2018-19": "graduate_movers_left_region",
    "Graduate retention rate": "graduate_retention",
    "Graduate inward-migration rate": "graduate_inward_rate",
    "Graduate net gain rate": "graduate_net_gain",
}
NON_GRADUATES: dict[str, str | None] = {
    "GCSE Cohort 2008 to 2011": None,
    "Number of L3 to L5 non-graduates": "level3to5",
    "Proportion of L3 to L5 non-graduates": "level3to5_share",
    "Share of L3 to L5 non-graduates who moved town or city by 2018-19 (movers)": None,
    "Share of L3 to L5 non-graduate movers who moved TTWA by 2018-19": None,
    "Share of L3 to L5 non-graduate movers who moved town or city but remained in the same TTWA"
    " by 2018-19": None,
    "Share of L3 to L5 non-graduate movers who moved region by 2018-18": None,
    "L3 to L5 non-graduates retention rate": "level3to5_retention",
    "L3 to L5 non-graduates inward migration rate": "level3to5_inward_rate",
    "L3 to L5 non-graduates net gain rate": "level3to5_net_gain",
}
REGIONS = {
    "North East": "TLC",
    "North West": "TLD",
    "Yorkshire and The Humber": "TLE",
    "East Midlands": "TLF",
    "West Midlands": "TLG",
    "East of England": "TLH",
    "London": "TLI",
    "South East": "TLJ",
    "South West": "TLK",
}
TOWN = re.compile(r"(E3[45]|K06)\d{6}|(Inner|Outer) London BUA")
NO_TOWN = ("Not_BUA", "Other Small BUAs")  # each gathers what is no town, all over England


def read(path: Path) -> pd.DataFrame:
    """Graduates, and people with level 3 to 5, by the town where they finished school.

    Parameters
    ----------
    path : Path
        The workbook of ONS's article of March 2024.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status`` and ``itl1``, the
        region that holds most of the town; counts in persons, shares and rates as fractions. The
        producer gives no interval.

    Raises
    ------
    SourceError
        There is no sheet with the expected header, a region is unknown, a town stands twice, or a
        cell is neither number nor marker.
    """
    sheets = workbook.sheets(path)
    tidy: list[tuple[Any, ...]] = []
    towns: list[set[str]] = []
    count = taken = left = 0
    for columns in (GRADUATES, NON_GRADUATES):
        rows, at, region_column = _table(sheets, columns, path)
        towns.append(set())
        for number, row in enumerate(rows[at + 1 :], start=at + 2):
            if not any(workbook.text(cell) for cell in row[1:]):
                continue  # note or blank line
            count += 1
            code, name = (workbook.text(cell) for cell in row[: len(KEYS)])
            where = f"{path.name}, {name} in row {number}"
            if not code or not name:
                raise SourceError(f"{where}: expected the code and name of a town, found {code!r}, {name!r}.")
            if code in NO_TOWN:
                left += 1
                continue
            taken += 1
            towns[-1].add(code)
            region = _region(row[region_column], where)
            for column, indicator in enumerate(columns.values(), start=len(KEYS)):
                if indicator:
                    value, status = markers.parse(row[column], f"{where}, {indicator}")
                    tidy.append((indicator, code, name, YEAR, value, status, region))
    if towns[0] != towns[1]:
        odd = sorted(towns[0] ^ towns[1])
        raise SourceError(f"{path.name}: expected the same towns in both tables, found in one {odd[:3]}.")
    uk_areas.refuse_unknown(pd.Series([row[1] for row in tidy], dtype=str), path.name, TOWN)
    names = ["indicator", "area_code", "area_name", "year", "value", "status", "itl1"]
    frame = pd.DataFrame(tidy, columns=names)
    return account.tidy(frame, path, count, taken, {"rows that gather what is no town": left})


def _table(
    sheets: dict[str, list[workbook.Row]], columns: dict[str, str | None], path: Path
) -> tuple[list[workbook.Row], int, int]:
    """Rows of the one sheet with a header, the header's index, and the column of the region."""
    expected = [*KEYS, *columns]
    found = [
        (rows, at)
        for rows in sheets.values()
        for at, row in enumerate(rows)
        if [str(cell).strip() for cell in row[: len(expected)]] == expected
    ]
    if len(found) != 1:
        tops = [str(cell).strip() for rows in sheets.values() for cell in (rows[0][2:5] if rows else ())]
        raise SourceError(
            f"{path.name}: expected one table with the header {expected[:4]} and so on to "
            f"{expected[-1]!r}, found {len(found)}. Sheets begin with {[top for top in tops if top]}."
        )
    rows, at = found[0]
    workbook.nothing_above(rows, at, lambda row: all(map(workbook.text, row[: len(KEYS)])), path.name)
    header = [workbook.text(cell) for cell in rows[at]]
    if header.count(REGION) != 1:
        raise SourceError(f"{path.name}: expected a column {REGION!r}, found {header[len(expected) :]}.")
    return rows, at, header.index(REGION)


def _region(cell: object, where: str) -> str:
    """ITL1 code of a region; one row writes "the Humber" with a small letter."""
    by_name = {name.casefold(): code for name, code in REGIONS.items()}
    code = by_name.get(str(cell).strip().casefold())
    if code is None:
        raise SourceError(f"{where}: expected one of the regions {list(REGIONS)}, found {cell!r}.")
    return code
