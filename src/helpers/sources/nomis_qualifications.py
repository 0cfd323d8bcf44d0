"""Which qualifications have women, men and each age? Annual Population Survey, table T19 from Nomis."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, markers, uk_areas
from helpers.sources.workbook import Row, text, titled_rows

TITLE = "annual population survey"
CONFIDENCE = "95% confidence interval (+/-)"
GROUPS = {
    "All people aged 16-64": "16_64",
    "Males aged 16-64": "men",
    "Females aged 16-64": "women",
    "All people aged 16-19": "16_19",
    "All people aged 20-24": "20_24",
    "All people aged 25-29": "25_29",
    "All people aged 30-39": "30_39",
    "All people aged 40-49": "40_49",
    "All people aged 50-64": "50_64",
}
KINDS = {
    "None": "nvq_none",
    "NVQ1": "nvq1",
    "NVQ2": "nvq2",
    "Trade Apprenticeships": "trade_apprenticeship",
    "NVQ3": "nvq3",
    "NVQ4+": "nvq4plus",
    "Other Qualifications": "nvq_other",
}
# What Nomis prints instead of an estimate: too few people asked, below 500 persons, missing.
WITHHELD = {"!": markers.SUPPRESSED, "~": markers.SUPPRESSED, "-": markers.MISSING}
NO_INTERVAL = "*"  # the estimate stands, on three to nine people asked

_COLUMN = re.compile(r"T19:(\d+) \(Total - (.+) : (.+) \)")
_PERIOD = re.compile(r"Jan (20\d\d)-Dec \1")


def read(path: Path, register: uk_areas.Districts | None = None) -> pd.DataFrame:
    """People by highest qualification: by sex aged 16 to 64, and by age for both sexes.

    Parameters
    ----------
    path : Path
        A workbook as Nomis gives it, one block of rows per year under each other.
    register : Districts, optional
        Names and codes of districts; by default from the look-ups in the same folder of raw files.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``, in persons, by
        districts of 2021. The indicator is a kind and a group, such as ``nvq4plus_women``. The
        published half-width of the 95 per cent interval is taken from and added to the estimate.

    Raises
    ------
    SourceError
        A header is not as expected, a district is unknown, lacking in a year or there twice, or a
        cell is neither number nor marker.
    """
    tidy: list[tuple[object, ...]] = []
    rows = taken = 0
    left: Counter[str] = Counter()
    districts_of: dict[int, set[str]] = {}
    for year, header, areas in _blocks(titled_rows(path, TITLE), path):
        there = districts_of.setdefault(year, set())
        rows += len(areas)
        for number, row in areas:
            kind, _, name = str(row[0]).partition(":")
            where = f"{path.name}, {year}, row {number}"
            if kind in uk_areas.NOMIS_KINDS:
                left[f"level not compared: {uk_areas.NOMIS_KINDS[kind]}"] += 1
                continue
            if kind != uk_areas.NOMIS_DISTRICT:
                raise SourceError(f"{where}: expected a kind of area before a colon, found {row[0]!r}.")
            there.add(name)
            taken += 1
            for column, indicator in header.items():
                figures = _estimate(row[column], row[column + 2], f"{where}, {indicator}")
                tidy.append((indicator, name, year, *figures))
    every = set().union(*districts_of.values())
    for year, present in districts_of.items():
        if present != every:
            raise SourceError(
                f"{path.name}, {year}: expected the districts of the other years, found no row of "
                f"{sorted(every - present)[:3]}."
            )
    columns = ["indicator", "area_name", "year", "value", "lower", "upper", "status"]
    frame = pd.DataFrame(tidy, columns=columns)
    register = register or uk_areas.districts(path.parents[1])
    frame.insert(1, "area_code", uk_areas.code_of_names(frame["area_name"], register, path.name))
    return account.tidy(frame, path, rows, taken, left)


def _blocks(rows: list[Row], path: Path) -> Iterator[tuple[int, dict[int, str], list[tuple[int, Row]]]]:
    """Year, column to indicator, and numbered rows of areas of every block."""
    starts = [i for i, row in enumerate(rows) if row[0] == "date"]
    if not starts:
        raise SourceError(f"{path.name}: expected a row that begins with 'date' above each year, found none.")
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        where = f"{path.name}, row {start + 1}"
        if end < start + 6:
            raise SourceError(f"{where}: expected a header and areas under the year, found the block's end.")
        period = _PERIOD.fullmatch(str(rows[start][1]))
        if not period or rows[start + 1][:2] != ["confidence", CONFIDENCE]:
            raise SourceError(
                f"{where}: expected a calendar year and the line 'confidence {CONFIDENCE}', found "
                f"{rows[start][:2]} and {rows[start + 1][:2]}."
            )
        header = _header(rows[start + 3], rows[start + 4], where)
        areas: list[tuple[int, Row]] = []
        for number, row in enumerate(rows[start + 5 : end], start=start + 6):
            if any(text(cell) for cell in row[1:]):
                areas.append((number, row))  # anything else is a note
        yield int(period[1]), header, areas


def _header(titles: Row, units: Row, where: str) -> dict[int, str]:
    """Column -> indicator; each has an estimate, a flag and the half-width of its interval."""
    found: dict[int, str] = {}
    numbers: list[int] = []
    for column, title in enumerate(titles[1:], start=1):
        if title == "":
            continue
        match = _COLUMN.fullmatch(str(title))
        if not match or match[2] not in GROUPS or match[3] not in KINDS:
            raise SourceError(f"{where}: expected a group and kind of table T19, found {title!r}.")
        if units[column : column + 3] != ["number", "Flags", "conf"]:
            raise SourceError(
                f"{where}: expected the columns number, Flags, conf under {title!r}, found "
                f"{units[column : column + 3]}."
            )
        found[column] = f"{KINDS[match[3]]}_{GROUPS[match[2]]}"
        numbers.append(int(match[1]))
    expected = {f"{kind}_{group}" for kind in KINDS.values() for group in GROUPS.values()}
    if titles[0] != "Area" or set(found.values()) != expected or len(found) != len(expected):
        lacking = sorted(expected - set(found.values()))
        raise SourceError(
            f"{where}: expected 'Area' and all of table T19, found {titles[:2]}, not {lacking[:3]}."
        )
    if numbers != sorted(numbers):  # an estimate may have been moved away from its interval
        raise SourceError(f"{where}: expected table T19's columns in order, found {numbers[:5]}.")
    return found


def _estimate(cell: object, half_width: object, where: str) -> tuple[float, float, float, str]:
    """Value, bounds and status of one estimate."""
    if isinstance(cell, str) and cell.strip() in WITHHELD:
        return math.nan, math.nan, math.nan, WITHHELD[cell.strip()]
    value, status = markers.parse(cell, where)
    if math.isnan(value):
        raise SourceError(f"{where}: expected an estimate or one of {sorted(WITHHELD)}, found {cell!r}.")
    if half_width == NO_INTERVAL:
        return value, math.nan, math.nan, status
    width, _ = markers.parse(half_width, where)
    if math.isnan(width):
        raise SourceError(f"{where}: expected a half-width or {NO_INTERVAL!r}, found {half_width!r}.")
    return value, value - width, value + width, status
