"""Does this CSV have the columns its reader needs, and what do its cells say?"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.errors import SourceError
from helpers.sources import markers, package


def header(path: Path) -> list[str]:
    """Names of the columns of a CSV in UTF-8 with one header row.

    Raises
    ------
    SourceError
        The file is no CSV, or empty.
    """
    return _lines(path, "")[0]


def read(path: Path, needed: Sequence[str], renamed: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The needed columns of a CSV, every cell as text without blanks around it.

    Parameters
    ----------
    path : Path
        A CSV in UTF-8 with one header row.
    needed : sequence of str
        Columns by their published names, found by name wherever they stand.
    renamed : mapping of str to str, optional
        Names in other layouts of the same file to those needed.

    Returns
    -------
    DataFrame
        One row per line of the file, blank lines apart.

    Raises
    ------
    SourceError
        The file is not such a CSV, lacks a column or has one twice, or has no rows; a line has more
        or fewer cells than the header; or a needed last cell may be cut, for want of a line break.

    Notes
    -----
    A file that was cut exactly between two lines looks whole. Its size and hash in the catalogue, and
    the number of areas in the coverage table, tell.
    """
    names, body, whole = _lines(path, f" with the columns {list(needed)}")
    names = [(renamed or {}).get(name, name) for name in names]
    wrong = [column for column in needed if names.count(column) != 1]
    if wrong:
        raise SourceError(
            f"{path.name}: expected the columns {list(needed)}, each once; not so {wrong}. Found a header "
            f"that begins with {[name[:60] for name in names[:5]]}."
        )
    for number, cells in body:
        if len(cells) != len(names):
            raise SourceError(
                f"{path.name}, line {number}: expected {len(names)} cells as in the header, found "
                f"{len(cells)}, the first being {cells[0][:60]!r}. A note, or the file was cut there."
            )
    if not body:
        raise SourceError(f"{path.name}: expected rows under the header, found none.")
    if not whole and names[-1] in needed:
        raise SourceError(
            f"{path.name}: expected a line break after the last line, found none: its last cell "
            f"{body[-1][1][-1][-60:]!r} may be cut. Fetch it again: compendium data fetch."
        )
    rows = pd.DataFrame([cells for _, cells in body], columns=names, dtype=str)[list(needed)]
    return rows.apply(lambda column: column.str.strip())


def numbers(cells: pd.Series, where: str) -> pd.DataFrame:
    """Numbers and reasons for their absence, for a column of cells as text.

    Parameters
    ----------
    cells : Series of str
    where : str
        File and column, for the error message.

    Returns
    -------
    DataFrame
        ``value`` and ``status``, with the index of `cells`.

    Raises
    ------
    SourceError
        A cell is neither a finite number nor a known marker.
    """
    value = pd.to_numeric(cells, errors="coerce")
    status = pd.Series(markers.PUBLISHED, index=cells.index)
    for at in cells.index[~np.isfinite(value)]:
        value[at], status[at] = markers.parse(cells[at], f"{where}, row {at + 2}")
    return pd.DataFrame({"value": value.astype(float), "status": status})


def years(cells: pd.Series, where: str) -> pd.Series:
    """Years as whole numbers, for a column of cells as text.

    Raises
    ------
    SourceError
        A cell is no year.
    """
    odd = cells[~cells.str.fullmatch(r"(19|20)\d\d")]
    if not odd.empty:
        raise SourceError(f"{where}, row {odd.index[0] + 2}: expected a year, found {odd.iloc[0]!r}.")
    return cells.astype(int)


def _lines(path: Path, expected: str) -> tuple[list[str], list[tuple[int, list[str]]], bool]:
    """Header, numbered lines that are not blank, and whether the last one ends in a line break."""
    package.refuse_huge(path)
    with package.readable(path):
        content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        if "\0" in text:
            raise csv.Error("it holds bytes that are no text")
        filled = [(lines.line_num, cells) for cells in lines if cells]
        if not filled:
            raise csv.Error("it is empty")
    except (csv.Error, UnicodeDecodeError) as error:
        raise SourceError(
            f"{path.name}: expected a CSV{expected}, found what cannot be read as one ({error}). Fetch it "
            "again: compendium data fetch."
        ) from error
    return [name.strip() for name in filled[0][1]], filled[1:], text.endswith(("\n", "\r"))
