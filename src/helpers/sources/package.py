"""Can this file be held in memory, is its archive whole, and which cells of a workbook hold no value?

An .xlsx is a zip archive of XML. A small archive can unpack to more than any memory, and one cell in the
last row of a sheet makes a grid of thousands of millions of cells, in an .xls as well. Both are refused
here, before anything is unpacked into memory.
"""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from helpers.errors import SourceError
from helpers.sources import old_workbook
from helpers.sources.old_workbook import Hole

# Our largest raw file unpacks to 17 million bytes, 32 times its size at most, and has 0.45 million cells.
MOST_BYTES = 300_000_000
MOST_TIMES = 200
MOST_CELLS = 10_000_000
CHUNK = 1 << 20
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, EOFError)

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["'](\d+)["']""")
_COLUMN = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3})\d""")
_CELL = re.compile(rb"""<(?:\w+:)?c\s([^>]*[^>/])>(.*?)</(?:\w+:)?c>""", re.DOTALL)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d+)["']""")
_ERROR = re.compile(rb"""\bt=["']e["']""")
_TEXT = re.compile(rb"""\bt=["']str["']""")  # what a formula came to, which may be an empty text
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]+)<")


def refuse_huge(path: Path) -> None:
    """Refuse a file that is too large to be a raw file of ours, before it is read.

    Raises
    ------
    SourceError
        It has more than `MOST_BYTES` bytes, or cannot be looked at.
    """
    with readable(path):
        found = path.stat().st_size
    if found > MOST_BYTES:
        raise _too_large(path, f"a file of at most {MOST_BYTES:,} bytes", f"{found:,}")


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Name the file where the system does not let it be read.

    Raises
    ------
    SourceError
        In the place of an OSError of the block.
    """
    try:
        yield
    except OSError as error:
        raise SourceError(
            f"{path.name}: expected a file that can be read, found: {error.strerror or error} ({path}). "
            "Fetch it again (compendium data fetch), or make it readable."
        ) from error


def holes(path: Path) -> dict[str, list[Hole]]:
    """Cells of a workbook that hold an error, or a formula that was never worked out, by name of the sheet.

    The library that reads workbooks gives both as empty cells, which would pass for figures that were
    not published.

    Parameters
    ----------
    path : Path
        An .xlsx or .xls; of a file that is neither, only the size is looked at.

    Returns
    -------
    dict of str to list of (int, int, str)
        Row and column, from 0, and the error (``#REF!``) or ``a formula without a value``, which only an
        .xlsx can hold.

    Raises
    ------
    SourceError
        The file cannot be opened, is too large or would unpack to too much, a sheet has too many cells, or
        the archive is broken.
    """
    refuse_huge(path)
    cells = 0
    found: dict[str, list[Hole]] = {}
    try:
        with readable(path), path.open("rb") as file:
            head = file.read(len(old_workbook.MAGIC))
            if head == old_workbook.MAGIC:
                cells, found = old_workbook.examine(head + file.read())
            elif head.startswith(b"PK"):
                with zipfile.ZipFile(file) as archive:
                    cells, found = _examined(archive, path)
    except (*BROKEN, ElementTree.ParseError, old_workbook.BrokenError) as error:
        raise SourceError(
            f"{path.name}: expected an Excel workbook, found one that is broken ({error!s:.200}). "
            "Fetch it again: compendium data fetch."
        ) from error
    if cells > MOST_CELLS:
        raise _too_large(path, f"sheets of at most {MOST_CELLS:,} cells together", f"{cells:,}")
    return found


def _examined(archive: zipfile.ZipFile, path: Path) -> tuple[int, dict[str, list[Hole]]]:
    """Cells of all sheets of an open archive together, and what `holes` gives."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_BYTES:
        raise _too_large(path, f"contents of at most {MOST_BYTES:,} bytes", f"{unpacked:,}")
    if unpacked > MOST_TIMES * path.stat().st_size:
        times = unpacked / path.stat().st_size
        raise _too_large(path, f"contents of at most {MOST_TIMES} times the file", f"{times:,.0f} times")
    found: dict[str, list[Hole]] = {}
    cells = 0
    for member in members:
        if _SHEET.fullmatch(member.filename):
            xml = archive.read(member)  # checks the sum of the contents as it goes
            cells += _extent(xml)
            if _ERROR.search(xml) or _FORMULA.search(xml):
                found[member.filename] = _holes(xml)
            continue
        with archive.open(member) as contents:
            while contents.read(CHUNK):
                pass
    return cells, {name: found[part] for name, part in _parts(archive).items() if found.get(part)}


def _extent(xml: bytes) -> int:
    """Cells of the smallest grid that begins at A1 and holds every cell of a sheet."""
    rows = max(map(int, _ROW.findall(xml)), default=0)
    return rows * max(map(_number, set(_COLUMN.findall(xml))), default=0)


def _number(letters: bytes) -> int:
    """Number of a column, from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _holes(xml: bytes) -> list[Hole]:
    found: list[Hole] = []
    for attributes, content in _CELL.findall(xml):
        place, value = _PLACE.search(attributes), _VALUE.search(content)
        error = _ERROR.search(attributes)
        unworked = _FORMULA.search(content) and not value and not _TEXT.search(attributes)
        if not place or not (error or unworked):
            continue
        says = value[1].decode("utf-8", "replace") if error and value else "a formula without a value"
        found.append((int(place[2]) - 1, _number(place[1]) - 1, says))
    return found


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet -> its part of the archive."""
    names = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
    if not names <= set(archive.namelist()):
        return {}
    targets = {
        element.get("Id"): element.get("Target", "")
        for element in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 (as below)
    }
    parts = {}
    # ElementTree follows no reference out of the file, and expat refuses entities that grow without end
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if element.tag.rpartition("}")[2] == "sheet":
            key = next((value for name, value in element.items() if name.endswith("}id")), None)
            target = PurePosixPath("/xl") / targets.get(key, "")
            parts[element.get("name", "")] = str(target).removeprefix("/")
    return parts


def _too_large(path: Path, expected: str, found: str) -> SourceError:
    return SourceError(
        f"{path.name}: expected {expected}, found {found}. Nothing of it was read. Fetch it again: "
        "compendium data fetch; if the producer's file really is so large, raise the limit in "
        "helpers.sources.package."
    )
