"""Which cells of an .xls hold an error, and how large are its sheets? Read record by record.

An .xls is a compound file (Microsoft, [MS-CFB]): sectors, chained by an allocation table into streams. The
stream ``Workbook`` holds one record after another ([MS-XLS], BIFF8): first those of the book, which name its
sheets, then those of each sheet. Only records that say where a cell is, or that it is an error, count here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
LAST_SECTOR = 0xFFFFFFFA  # numbers above it are marks: the end of a chain, a free sector
SMALL = 4096  # streams below this size lie elsewhere; no workbook is so small
ERRORS = {
    **{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!"},
    **{0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"},
}
BOF, EOF, SHEET, DIMENSIONS, PASSWORD = 0x0809, 0x000A, 0x0085, 0x0200, 0x002F
FORMULA, ERROR = 0x0006, 0x0205
CELLS = {FORMULA, ERROR, 0x0201, 0x0203, 0x0204, 0x027E, 0x00D6, 0x00FD}  # each begins with row and column
SEVERAL = {0x00BD, 0x00BE}  # cells side by side: ends with the last column
BIFF8 = 0x0600

Hole = tuple[int, int, str]  # row and column from 0, and what stands there instead of a value


class BrokenError(ValueError):
    """The file is no whole .xls; says what is wrong."""


def examine(content: bytes) -> tuple[int, dict[str, list[Hole]]]:
    """Cells of the grids that hold the sheets, and the cells with an error.

    Parameters
    ----------
    content : bytes
        The whole file.

    Returns
    -------
    int
        Cells of all sheets together, each taken as the smallest grid from A1 that holds every cell, or as the
        grid that it declares where that is larger.
    dict of str to list of (int, int, str)
        By name of the sheet: row and column, from 0, and the error (``#REF!``).

    Raises
    ------
    BrokenError
        Sectors or records lead out of the file or round in circles, the book is protected by a password, or
        older than Excel 97.
    """
    try:
        book = _stream(content, "Workbook")
        found, cells = {}, 0
        for name, at in _sheets(book):
            extent, found[name] = _sheet(book, at)
            cells += extent
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise BrokenError(f"a record or sector is cut short ({error})") from error
    return cells, {name: holes for name, holes in found.items() if holes}


def _stream(content: bytes, wanted: str) -> bytes:
    """One stream of a compound file."""
    (shift,) = struct.unpack_from("<H", content, 30)
    if shift not in (9, 12):
        raise BrokenError(f"sectors of 2 to the power of {shift} bytes")
    size = 1 << shift
    each = struct.Struct(f"<{size // 4}I")

    def sector(number: int) -> bytes:
        if (number + 1) * size >= len(content):
            raise BrokenError(f"a sector beyond its end, after {len(content):,} bytes")
        return content[(number + 1) * size : (number + 2) * size]

    directory, _, _, _, _, more, _ = struct.unpack_from("<7I", content, 48)
    of_table = list(struct.unpack_from("<109I", content, 76))
    most = len(content) // size
    while more <= LAST_SECTOR:
        *further, more = each.unpack(sector(more))
        of_table += further
        if len(of_table) > most + 2 * size:
            raise BrokenError("a chain of sectors without an end")
    table = [entry for number in of_table if number <= LAST_SECTOR for entry in each.unpack(sector(number))]

    def chained(number: int) -> bytes:
        taken = []
        while number <= LAST_SECTOR:
            taken.append(sector(number))
            number = table[number]
            if len(taken) > most:
                raise BrokenError("a chain of sectors without an end")
        return b"".join(taken)

    entries = chained(directory)
    for at in range(0, len(entries) - 127, 128):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        name = entries[at : at + max(length - 2, 0)].decode("utf-16-le")
        start, held = struct.unpack_from("<2I", entries, at + 116)
        if kind == 2 and name.lower() == wanted.lower() and held >= SMALL:
            found = chained(start)[:held]
            if len(found) < held:
                raise BrokenError(f"{len(found):,} of the {held:,} bytes of its book")
            return found
    raise BrokenError(f"no stream {wanted!r}, which holds a book of Excel 97 or later")


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of the records of one part of the book, without those of charts inside it."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<2H", book, at)
        data = book[at + 4 : at + 4 + length]
        if len(data) < length:
            raise BrokenError("a record that is cut short")
        at += 4 + length
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, data


def _sheets(book: bytes) -> Iterator[tuple[str, int]]:
    """Name of each sheet, and where its records begin."""
    for kind, data in _records(book, 0):
        if kind == BOF and struct.unpack_from("<H", data)[0] != BIFF8:
            raise BrokenError("a book older than Excel 97")
        if kind == PASSWORD:
            raise BrokenError("a book that is protected by a password")
        if kind == SHEET:
            at, _, of_kind, length, wide = struct.unpack_from("<I4B", data)
            if of_kind == 0:  # neither a chart nor a macro
                name = data[8 : 8 + (length << (wide & 1))].decode("utf-16-le" if wide & 1 else "latin-1")
                yield name, at


def _sheet(book: bytes, at: int) -> tuple[int, list[Hole]]:
    """Cells of a sheet's grid, and its errors."""
    height = width = 0
    holes = []
    for kind, data in _records(book, at):
        if kind == DIMENSIONS:
            _, last_row, _, last_column = struct.unpack_from("<2I2H", data)
        elif kind in CELLS or kind in SEVERAL:
            row, column = struct.unpack_from("<2H", data)
            last_row, last_column = row + 1, column + 1
            if kind in SEVERAL:
                last_column = struct.unpack_from("<H", data, len(data) - 2)[0] + 1
            elif code := _error(kind, data):
                holes.append((row, column, code))
        else:
            continue
        height, width = max(height, last_row), max(width, last_column)
    return height * width, holes


def _error(kind: int, data: bytes) -> str:
    """The error that a cell holds or that its formula came to; empty where there is none."""
    if kind == ERROR:
        code, is_error = data[6], data[7] == 1
    elif kind == FORMULA:  # a result that is no number ends in FFFF, and begins with its kind: 2 is an error
        code, is_error = data[8], data[12:14] == b"\xff\xff" and data[6] == 2
    else:
        return ""
    return ERRORS.get(code, f"#error {code}") if is_error else ""
