"""Where in this workbook is the table with this title, and does it look as expected?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from helpers.errors import SourceError
from helpers.sources import markers, package

Row = list[Any]

_YEAR = re.compile(r"^(?:[A-Za-z]+_)?((?:19|20)\d\d)(?:\.0)?$")


def sheets(path: Path) -> dict[str, list[Row]]:
    """Every sheet of a workbook, by name, each as rows of cells.

    A cell with an error, or with a formula that was never worked out, holds a text that says so.

    Raises
    ------
    SourceError
        The file is not a workbook, or too large to be read (`helpers.sources.package`).
    """
    holes = package.holes(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        found = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
    except BaseException as error:
        # An .xls that was cut can make the library panic, which is no Exception and has no name to import.
        if not isinstance(error, CalamineError | OSError) and type(error).__name__ != "PanicException":
            raise
        raise SourceError(
            f"{path.name}: expected an Excel workbook, found what cannot be read as one ({error}). "
            "Fetch it again: compendium data fetch."
        ) from error
    return {name: _filled(rows, holes.get(name, [])) for name, rows in found.items()}


def _filled(rows: list[Row], holes: list[package.Hole]) -> list[Row]:
    """Rows with what stands in cells that the library left empty, or left out at the edge."""
    height = max((row + 1 for row, _, _ in holes), default=0)
    width = max([len(row) for row in rows] + [column + 1 for _, column, _ in holes], default=0)
    if holes:
        rows = [[*row, *[""] * (width - len(row))] for row in [*rows, *[[]] * (height - len(rows))]]
    for row, column, says in holes:
        rows[row][column] = says
    return rows


def text(cell: object) -> str:
    """What a cell says, without blanks around it; nothing for an empty one."""
    return "" if cell is None else str(cell).strip()


def heading(rows: list[Row]) -> str:
    """What the first cell of a sheet says."""
    return text(rows[0][0]) if rows and rows[0] else ""


def titled_rows(path: Path, title: str) -> list[Row]:
    """Rows of the one sheet whose first cell begins with a title.

    Parameters
    ----------
    path : Path
        An .xls or .xlsx file.
    title : str
        How the sheet's first cell begins. Sheets are never found by their name or number.

    Returns
    -------
    list of list
        The sheet's cells, row by row.

    Raises
    ------
    SourceError
        The file is not a workbook, or no sheet or several sheets begin with the title.
    """
    every = list(sheets(path).values())
    hits = [rows for rows in every if heading(rows).startswith(title)]
    if len(hits) != 1:
        raise SourceError(
            f"{path.name}: expected one sheet whose first cell begins with {title!r}, found "
            f"{len(hits)}. The sheets begin with: {'; '.join(repr(heading(r)[:60]) for r in every)}."
        )
    return hits[0]


def header_row(rows: list[Row], labels: Sequence[str], where: str) -> int:
    """Index of the row that begins with some labels.

    Parameters
    ----------
    rows : list of list
        A sheet.
    labels : sequence of str
        Exactly as published, in order.
    where : str
        File and table, for the error message.

    Raises
    ------
    SourceError
        No row begins so.
    """
    for at, row in enumerate(rows):
        if [text(cell) for cell in row[: len(labels)]] == list(labels):
            return at
    shown = " | ".join(text(c) for row in rows[1:7] for c in row[: len(labels)] if text(c))
    raise SourceError(f"{where}: expected a header row {list(labels)}, found {shown!r}.")


def nothing_above(rows: list[Row], at: int, is_area: Callable[[Row], bool], where: str) -> None:
    """Make sure that a header stands above all areas: those over it would be lost without a word.

    Parameters
    ----------
    rows : list of list
        A sheet.
    at : int
        Index of the header row.
    is_area : callable
        Whether a row looks like that of an area.
    where : str
        File and table, for the error message.

    Raises
    ------
    SourceError
        A row above the header looks like that of an area.
    """
    above = [row for row in rows[:at] if is_area(row)]
    if above:
        found = [text(cell) for cell in above[0][:4]]
        raise SourceError(f"{where}: expected areas below the header only, found {found} above it.")


def years_table(path: Path, title: str, keys: Sequence[str], unit: str) -> pd.DataFrame:
    """A titled table with one row per area and one column per year, in tidy form.

    Parameters
    ----------
    path : Path
        The workbook.
    title : str
        How the sheet's first cell begins.
    keys : sequence of str
        The header of the columns before the first year, in order, exactly as published.
    unit : str
        What each year's header says besides the year: a prefix (``Pounds_2004``) or a second
        header row under the years (``£``); empty when it says nothing.

    Returns
    -------
    DataFrame
        Columns ``*keys, year, value, status``; one row per area and year.

    Raises
    ------
    SourceError
        The header is not where or what it should be, an area stands above it, a year is missing or
        doubled, a row has figures but no key or keys but no cell filled, a cell is neither number
        nor marker, or there is no row at all.
    """
    where = f"{path.name}, {title!r}"
    rows = titled_rows(path, title)
    at = header_row(rows, keys, where)
    nothing_above(rows, at, lambda row: all(text(cell) for cell in row[: len(keys)]), where)
    years = _years(rows, at, len(keys), unit, where)
    tidy: list[tuple[Any, ...]] = []
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        key = tuple(text(cell) for cell in row[: len(keys)])
        cells = row[len(keys) :]
        filled = any(text(cell) for cell in cells)
        if not filled and not all(key):
            continue  # blank line, note or source line
        if not filled or not all(key):
            raise SourceError(
                f"{where}, row {number}: expected {', '.join(keys)} with figures or markers, found "
                f"{'figures' if filled else 'no figures'} beside {key!r}."
            )
        for year, cell in zip(years, cells, strict=True):
            tidy.append((*key, year, *markers.parse(cell, f"{where}, row {number}, {year}")))
    if not tidy:
        raise SourceError(f"{where}: expected rows under the header, found none.")
    return pd.DataFrame(tidy, columns=[*keys, "year", "value", "status"])


def lines(table: pd.DataFrame) -> int:
    """How many rows of the sheet a table of `years_table` came from."""
    return len(table) // table["year"].nunique()


def _years(rows: list[Row], at: int, keys: int, unit: str, where: str) -> list[int]:
    """The years of a header row, in order."""
    labels = [text(cell) for cell in rows[at][keys:]]
    if unit and all(label == unit for label in labels):  # years stand one row above the units
        labels = [text(cell) for cell in rows[at - 1][keys:]]
    elif unit and not all(label.startswith(f"{unit}_") for label in labels):
        raise SourceError(f"{where}: expected columns of {unit!r} by year, found {labels[:3]}.")
    matches = [_YEAR.match(label) for label in labels]
    years = [int(match[1]) for match in matches if match]
    if not years or len(years) != len(labels) or years != list(range(years[0], years[0] + len(years))):
        raise SourceError(f"{where}: expected consecutive years in the header, found {labels}.")
    return years
