"""An .xls: errors in its cells are seen, and what would fill the memory is refused before it is opened.

`old_workbook_file` writes by the published formats; xlrd, which is not of ours, reads the same.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import old_workbook_file
import pytest
import xlrd
from python_calamine import CalamineWorkbook

from helpers.errors import SourceError
from helpers.sources import old_workbook, ons_income_housing, ons_population, package, workbook

TITLE = "Output per hour"
KEYS = ("Code", "Name")
ROWS = [
    [TITLE],
    [*KEYS, 2019.0, 2020.0],
    ["E06000015", "Derby", 30.5, 31.0],
    ["E07000032", "Amber Valley", 28.5, 29.0],
]
CELLS = {(r, c): value for r, row in enumerate(ROWS) for c, value in enumerate(row)}


def write(folder: Path, **change: float | str) -> Path:
    """The table as an .xls, the last cell of Derby changed."""
    path = folder / "table.xls"
    return old_workbook_file.write(
        path, {"Notes": {(0, 0): "Notes"}, "A1": CELLS | {(2, 3): change.get("to", 31.0)}}
    )


def read(path: Path):
    return workbook.years_table(path, TITLE, KEYS, "")


def test_a_sound_one_is_read(tmp_path):
    found = read(write(tmp_path))
    assert found["value"].tolist() == [30.5, 31.0, 28.5, 29.0]
    assert set(found["status"]) == {"published"}


@pytest.mark.parametrize("error", old_workbook_file.ERRORS)
@pytest.mark.parametrize("formula", ["", "="])
def test_an_error_in_a_cell_is_no_missing_figure(tmp_path, error, formula):
    """It came out as an empty cell: a figure that was not published."""
    path = write(tmp_path, to=f"{formula}{error}")
    theirs = xlrd.open_workbook(path).sheet_by_name("A1").cell(2, 3)
    assert (theirs.ctype, xlrd.error_text_from_code[theirs.value]) == (xlrd.XL_CELL_ERROR, error)
    assert CalamineWorkbook.from_path(path).get_sheet_by_name("A1").to_python()[2][3] == "", "why we look"
    assert package.holes(path) == {"A1": [(2, 3, error)]}
    with pytest.raises(SourceError, match=rf"table.xls.*expected a number.*found '{error[:4]}"):
        read(path)


@pytest.fixture
def unopened(monkeypatch):
    """A reader that is handed the file would make the grid."""
    monkeypatch.setattr(CalamineWorkbook, "from_path", lambda _: pytest.fail("it was opened"))


def test_a_cell_in_the_last_corner_makes_no_grid(tmp_path, unopened):
    path = old_workbook_file.write(tmp_path / "table.xls", {"A1": CELLS | {(65535, 255): 1.0}})
    with pytest.raises(SourceError, match=f"table.xls: expected sheets of at most .* found {65536 * 256:,}"):
        read(path)


def test_a_sheet_that_declares_more_than_it_holds_makes_no_grid(tmp_path, unopened):
    path = old_workbook_file.write(tmp_path / "table.xls", {"A1": CELLS}, declared=(0xFFFFFFFF, 0xFFFF))
    with pytest.raises(SourceError, match=f"found {0xFFFFFFFF * 0xFFFF:,}"):
        read(path)


def test_sheets_count_together(tmp_path, unopened):
    corner = {(65535, 99): 1.0}
    path = old_workbook_file.write(tmp_path / "table.xls", {"A1": corner, "A2": corner})
    with pytest.raises(SourceError, match=f"found {2 * 65536 * 100:,}"):
        read(path)


def circle(content: bytes) -> bytes:
    return content[:512] + struct.pack("<I", 0) * 128 + content[1024:]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda content: content[:700], "cut short"),
        (lambda content: content[:3000], "a sector beyond its end, after 3,000 bytes"),
        (lambda content: content[:8] + bytes(len(content) - 8), "sectors of 2 to the power of 0"),
        (
            lambda content: content.replace("Workbook".encode("utf-16-le"), "Wordbook".encode("utf-16-le")),
            "no stream",
        ),
        (circle, "without an end"),
        (
            lambda content: content.replace(b"\x09\x08\x10\x00\x00\x06", b"\x09\x08\x10\x00\x00\x05"),
            "older than",
        ),
    ],
)
def test_a_broken_one_is_refused_by_name(tmp_path, unopened, spoil: Callable[[bytes], bytes], says):
    path = write(tmp_path)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(
        SourceError, match=rf"table.xls: expected an Excel workbook, found .*{says}.*Fetch it again"
    ):
        read(path)


def test_whatever_its_bytes_only_a_named_error_comes(tmp_path):
    whole, draw = write(tmp_path).read_bytes(), random.Random(1)
    refused = 0
    for _ in range(2000):
        spoilt = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            spoilt[draw.randrange(8, len(spoilt))] = draw.choice((0, 255, draw.randrange(256)))
        try:
            old_workbook.examine(bytes(spoilt))
        except old_workbook.BrokenError:
            refused += 1
    assert 100 < refused < 2000


def test_the_workbooks_of_the_producers_are_read_alike(mirror):
    files = sorted(mirror.rglob("*.xls"))
    assert files
    for path in files:
        theirs = {
            sheet.name: [
                (r, c)
                for r in range(sheet.nrows)
                for c in range(sheet.row_len(r))
                if sheet.cell_type(r, c) == 5
            ]
            for sheet in xlrd.open_workbook(path, ragged_rows=True).sheets()
        }
        cells, holes = old_workbook.examine(path.read_bytes())
        assert 0 < cells < package.MOST_CELLS
        assert {name: [hole[:2] for hole in holes.get(name, [])] for name in theirs} == theirs


@pytest.mark.parametrize(
    ("name", "read"), [("gone.xlsx", ons_population.read), ("gone.csv", ons_income_housing.read_income)]
)
def test_a_file_that_cannot_be_opened_is_named(tmp_path, name, read):
    with pytest.raises(SourceError, match=rf"{name}: expected a file that can be read, found: No such file"):
        read(tmp_path / name)
