"""How many enterprises of which size are there in each district? UK Business Counts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, columns, markers, rounding, uk_areas
from helpers.sources.workbook import nothing_above, text, titled_rows

# Size band of the enterprise's employment -> our id.
BANDS = {
    "Total": "enterprises_total",
    "Micro": "enterprises_micro",
    "Small": "enterprises_small",
    "Medium": "enterprises_medium",
    "Large": "enterprises_large",
}
NOMIS_TITLE = "UK Business Counts - enterprises by industry and employment size band"
NOMIS_HEADER = [
    "Area",
    "Total",
    "Micro (0 to 9)",
    "Small (10 to 49)",
    "Medium-sized (50 to 249)",
    "Large (250+)",
]
# Table 10 has finer bands, which are added up.
FINE_BANDS = {
    "0-4": "Micro",
    "5-9": "Micro",
    "10-19": "Small",
    "20-49": "Small",
    "50-99": "Medium",
    "100-249": "Medium",
    "250+": "Large",
    "Total": "Total",
}
FINE_TITLE = "Table 10 - Number of VAT and/or PAYE based enterprises in districts"
# In the CSV of 2020 to 2024 these districts have the figures of one of their former parts
# (Allerdale, Barrow-in-Furness, Mendip): in 2020 to 2022 to the last digit, and no nearer in 2024
# to what ONS's workbook gives the whole.
PARTS_ONLY = ("Cumberland", "Westmorland and Furness", "Somerset")
LAST_FROM_NOMIS = 2022
KEY = ["indicator", "area_code", "area_name", "year"]


def read_nomis(path: Path) -> pd.DataFrame:
    """Enterprises by size band in the districts of April 2023, from a workbook drawn from Nomis.

    Parameters
    ----------
    path : Path
        The workbook, one block of rows per year under each other; beside its folder lies the folder
        of look-ups.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; bounds are those of
        rounding to the nearest five. Former districts are added up.

    Raises
    ------
    SourceError
        The title or a block's header is not as expected, or an area is not known.
    """
    year, header, left = 0, False, Counter[str]()
    lines: list[tuple[str, int, list[object], str]] = []
    for number, row in enumerate(titled_rows(path, NOMIS_TITLE), 1):
        first, cells = text(row[0]), row[1 : 1 + len(BANDS)]
        kind, _, name = first.partition(":")
        where = f"{path.name}, row {number}"
        if first == "date":
            if year and not header:
                raise _no_header(year, where)
            year, header = _year(row[1], where), False
        elif first == "Area":
            header = [text(cell) for cell in row[: len(NOMIS_HEADER)]] == NOMIS_HEADER
            if not header or not year:
                raise SourceError(f"{where}: expected {NOMIS_HEADER} after a date, found {row[:6]}.")
        elif kind in (uk_areas.NOMIS_DISTRICT, *uk_areas.NOMIS_KINDS):
            if not header:
                raise _no_header(year, where)
            if kind == uk_areas.NOMIS_DISTRICT:
                lines.append((name, year, cells, where))
            else:
                left[f"level not compared: {uk_areas.NOMIS_KINDS[kind]}"] += 1
        elif header and any(text(cell) for cell in cells):
            raise SourceError(f"{where}: expected a kind of area before a colon, found {first!r}.")
    if not header:
        raise _no_header(year, path.name)
    rows = _by_district(lines, path)
    return account.tidy(rows, path, len(lines) + left.total(), len(lines), left)


def read_tidy(path: Path) -> pd.DataFrame:
    """The same from a CSV with one row per district's name and year.

    Raises
    ------
    SourceError
        The file is no CSV with the columns ``year, lad`` and the size bands, or a district is not
        known or stands twice in a year.
    """
    lines = _csv(path)
    return account.tidy(_by_district(lines, path), path, len(lines), len(lines), {})


def read_recent(path: Path) -> pd.DataFrame:
    """What the CSV of 2020 to 2024 adds to the workbook drawn from Nomis: 2023 and 2024.

    Returns
    -------
    DataFrame
        As `read_nomis`, without the years that the workbook has, and without the districts whose
        figures are those of one former part only (`PARTS_ONLY`).

    Raises
    ------
    SourceError
        As `read_tidy`.
    """
    lines = _csv(path)
    late = [line for line in lines if line[1] > LAST_FROM_NOMIS]
    recent = [line for line in late if line[0] not in PARTS_ONLY]
    left = {
        "years that the workbook drawn from Nomis has": len(lines) - len(late),
        "districts with the figures of one former part only": len(late) - len(recent),
    }
    return account.tidy(_by_district(recent, path), path, len(lines), len(recent), left)


def read_workbook(path: Path) -> pd.DataFrame:
    """Enterprises by size band in districts, regions and the UK, from ONS's workbook of one year.

    Parameters
    ----------
    path : Path
        ``ukbusinessworkbook``, 2024.

    Returns
    -------
    DataFrame
        As `read_nomis`. The counts are control rounded, so that bands add up to the total, and each
        may lie up to four from the count behind it; finer bands are added up with their bounds.

    Raises
    ------
    SourceError
        Table 10 or its header is not as expected, or an area is not known or stands twice.
    """
    contents = titled_rows(path, "UK business, activity, size and location;")
    year = _year(str(contents[0][0]).rpartition(";")[2], f"{path.name}, contents")
    sheet = titled_rows(path, FINE_TITLE)
    headers = [[text(cell) for cell in row] for row in sheet]
    if ["", *FINE_BANDS] not in headers:
        raise SourceError(f"{path.name}, Table 10: expected {list(FINE_BANDS)}, found {headers[3:6]}.")
    at = headers.index(["", *FINE_BANDS])
    nothing_above(sheet, at, lambda row: " : " in text(row[0]), f"{path.name}, Table 10")
    body = [row for row in sheet[at + 1 :] if " : " in text(row[0]) or any(text(c) for c in row[1:])]
    areas = [[part.strip() for part in text(row[0]).partition(" : ")[::2]] for row in body]
    codes, left = uk_areas.ours(pd.Series([code for code, _ in areas], dtype=str), path.name)
    twice = codes[codes.notna() & codes.duplicated()]
    if not twice.empty:  # its bands would be added up
        raise SourceError(f"{path.name}, Table 10: expected each area once, found {twice.iloc[0]} twice.")
    tidy = []
    for row, code, (_, name) in zip(body, codes, areas, strict=True):
        if pd.isna(code):
            continue
        for fine, cell in zip(FINE_BANDS, row[1:], strict=True):
            figure = markers.parse(cell, f"{path.name}, Table 10, {name}, {fine}")
            tidy.append((BANDS[FINE_BANDS[fine]], code, name, year, *figure))
    rows = rounding.bounded(pd.DataFrame(tidy, columns=[*KEY, "value", "status"]), rounding.CONTROLLED)
    # A band with a fine band that has no figure has none; ONS prints all of them.
    sums = rows.groupby([*KEY, "status"], as_index=False)[["value", "lower", "upper"]].sum()
    return account.tidy(sums, path, len(body), int(codes.notna().sum()), left)


def _no_header(year: int, where: str) -> SourceError:
    return SourceError(f"{where}: expected the header {NOMIS_HEADER} above the areas of {year}, found none.")


def _csv(path: Path) -> list[tuple[str, int, list[object], str]]:
    """Name, year, cells in the order of `BANDS`, and where they stand."""
    raw = columns.read(path, ["lad", "year", *BANDS])
    return [
        (name, _year(year, f"{path.name}, line {line}"), cells, f"{path.name}, line {line}")
        for line, (name, year, *cells) in enumerate(raw.itertuples(index=False, name=None), 2)
    ]


def _by_district(lines: list[tuple[str, int, list[object], str]], path: Path) -> pd.DataFrame:
    """Counts of named districts, rounded to the nearest five, by the districts of April 2023."""
    if not lines:
        raise SourceError(f"{path.name}: expected rows of districts under the header, found none.")
    tidy = [
        (indicator, name, year, *markers.parse(cell, where))
        for name, year, cells, where in lines
        for indicator, cell in zip(BANDS.values(), cells, strict=True)
    ]
    rows = pd.DataFrame(tidy, columns=["indicator", "area_name", "year", "value", "status"])
    register = uk_areas.districts(path.absolute().parents[1])
    codes = uk_areas.code_of_names(rows["area_name"], register, path.name)
    rows = rounding.bounded(rows.assign(area_code=codes), rounding.NEAREST_FIVE)
    twice = rows[rows.duplicated(["indicator", "area_code", "year"])]
    if not twice.empty:
        raise SourceError(
            f"{path.name}: expected one row per district and year, found {twice.iloc[0]['area_name']} in "
            f"{twice.iloc[0]['year']}, which stands twice."
        )
    return uk_areas.sum_to_2023(rows[account.TIDY], register, path.name)


def _year(cell: object, where: str) -> int:
    year = re.fullmatch(r"((?:19|20)\d\d)(\.0)?", text(cell))
    if not year:
        raise SourceError(f"{where}: expected a year, found {str(cell)[:60]!r}.")
    return int(year[1])
