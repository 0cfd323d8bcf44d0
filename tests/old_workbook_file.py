"""An .xls as Excel 97 wrote it, from cells: by the published formats, for tests of readers."""

from __future__ import annotations

import struct
from pathlib import Path

ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}
SECTOR, FREE, END, TABLE = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

Cells = dict[tuple[int, int], float | str]


def write(path: Path, sheets: dict[str, Cells], declared: tuple[int, int] | None = None) -> Path:
    """Write a book; `declared` is the height and width that its sheets claim to have.

    A text that begins with ``=`` is a formula that came to the error behind it.
    """
    parts = [_sheet(cells, declared) for cells in sheets.values()]
    names = [name.encode("latin-1") for name in sheets]
    begin = _record(0x809, struct.pack("<4H2I", 0x600, 5, 0, 0, 0, 6))
    at = len(begin) + sum(12 + len(name) for name in names) + 4
    listed = b""
    for name, part in zip(names, parts, strict=True):
        listed += _record(0x85, struct.pack("<I4B", at, 0, 0, len(name), 0) + name)
        at += len(part)
    path.write_bytes(_compound((begin + listed + _record(0x0A) + b"".join(parts)).ljust(4096, b"\0")))
    return path


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<2H", kind, len(data)) + data


def _sheet(cells: Cells, declared: tuple[int, int] | None) -> bytes:
    height, width = declared or (max(r for r, _ in cells) + 1, max(c for _, c in cells) + 1)
    whole = _record(0x809, struct.pack("<4H2I", 0x600, 0x10, 0, 0, 0, 6))
    whole += _record(0x200, struct.pack("<2I3H", 0, height, 0, width, 0))
    for (row, column), value in cells.items():
        place = struct.pack("<3H", row, column, 0)
        if not isinstance(value, str):
            whole += _record(0x203, place + struct.pack("<d", value))
        elif value in ERRORS:
            whole += _record(0x205, place + bytes([ERRORS[value], 1]))
        elif value.startswith("="):
            result = bytes([2, 0, ERRORS[value[1:]], 0, 0, 0, 0xFF, 0xFF])
            tokens = bytes([0x1C, ERRORS[value[1:]]])
            whole += _record(0x06, place + result + struct.pack("<HIH", 0, 0, len(tokens)) + tokens)
        else:
            whole += _record(0x204, place + struct.pack("<HB", len(value), 0) + value.encode("latin-1"))
    return whole + _record(0x0A)


def _compound(book: bytes) -> bytes:
    """One stream in a compound file: allocation table, directory, then the stream, sector by sector."""
    sectors = -(-len(book) // SECTOR)
    assert sectors <= 126, "one sector of the table"
    table = [TABLE, END, *range(3, 2 + sectors), END]
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    directory = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, 2, len(book))
    return b"".join(
        [
            head,
            struct.pack("<128I", *table, *[FREE] * (128 - len(table))),
            directory.ljust(SECTOR, b"\0"),
            book.ljust(sectors * SECTOR, b"\0"),
        ]
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<H2B3I", len(written) + 2, kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
