"""Every reader on files that are wrong in ways nobody thought of: a sound table, or an error by name.

The cases are drawn by Hypothesis from the faults of `faults`, on small files in each producer's layout and,
where the raw files are at hand, on the smallest of them. What once went wrong stands below as a case of
its own.
"""

from __future__ import annotations

import functools
import json
import re
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import faults
import openpyxl
import pandas as pd
import pytest
import seeds
from hypothesis import given
from hypothesis import strategies as st
from test_reader_faults import BOOKS, CSVS, lines_of, raw, refused

from helpers import catalogue
from helpers.building import plausible
from helpers.errors import SourceError, TableError
from helpers.sources import columns, markers, ons_boundaries, ons_population, package, uk_areas, workbook

SMALL = 80_000  # bytes of a raw file that is quick to read
SEEDS = {seed.name: seed for seed in seeds.all_seeds()}
torture = pytest.mark.torture


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of raw files with the look-ups that some readers need, and one for the spoilt file."""
    root = tmp_path_factory.mktemp("raw")
    (root / "spoilt").mkdir()
    for card, rows in ((uk_areas.LOOKUP, seeds.lookup()), (uk_areas.CHANGES, seeds.changes())):
        path = root / catalogue.get(card).path
        path.parent.mkdir(exist_ok=True)
        seeds.write(path, {"": rows})
    return root / "spoilt"


@functools.cache
def sound(name: str, folder: Path) -> tuple[bytes, pd.DataFrame]:
    """Bytes of a seed, and what its reader makes of it."""
    path = seeds.write(folder / SEEDS[name].file, SEEDS[name].sheets)
    return path.read_bytes(), SEEDS[name].read(path)


def test_every_reader_has_a_seed():
    def bare(read: Callable[[Path], pd.DataFrame]) -> Callable[[Path], pd.DataFrame]:
        return read.func if isinstance(read, partial) else read

    assert {bare(case.read) for case in (*CSVS, *BOOKS)} == {bare(seed.read) for seed in SEEDS.values()}


@torture
@pytest.mark.parametrize("name", SEEDS)
def test_a_spoilt_table_is_refused_or_sound(folder, record_property, name):
    seed, (_, before), tally = SEEDS[name], sound(name, folder), faults.Tally()

    @faults.cases(f"rows of {name}", 5, 90)
    @given(faults.of_rows(seed.sheets))
    def holds(fault: faults.Fault) -> None:
        path = seeds.write(folder / seed.file, fault.sheets)
        faults.judge(seed.read, path, fault.kind, before, tally)

    seeds.write(folder / seed.file, seed.sheets)
    faults.judge(seed.read, folder / seed.file, "harmless", before, faults.Tally())
    holds()
    record_property("cases", str(tally))


@torture
@pytest.mark.parametrize("name", SEEDS)
def test_spoilt_bytes_are_refused_or_sound(folder, record_property, name):
    seed, (whole, before), tally = SEEDS[name], sound(name, folder), faults.Tally()

    @faults.cases(f"bytes of {name}", 3, 40)
    @given(faults.of_bytes(whole, seed.file))
    def holds(fault: tuple[str, str, bytes]) -> None:
        path = folder / seed.file
        path.write_bytes(fault[2])
        faults.judge(seed.read, path, fault[1], before, tally)

    holds()
    record_property("cases", str(tally))


@torture
@pytest.mark.parametrize("case", CSVS, ids=[case.card for case in CSVS])
def test_a_spoilt_raw_file_is_refused_or_sound(mirror, tmp_path, record_property, case):
    path, tally = raw(mirror, case.card), faults.Tally()
    if path.stat().st_size > SMALL:
        pytest.skip("a larger file of the same kind takes too long")
    (tmp_path / "geography").symlink_to(mirror / "geography")
    (tmp_path / "spoilt").mkdir()
    before = case.read(path)

    @faults.cases(f"raw file {case.card}", 2, 20)
    @given(faults.of_rows({"": lines_of(path)}))
    def holds(fault: faults.Fault) -> None:
        spoilt = seeds.write(tmp_path / "spoilt" / path.name, fault.sheets)
        faults.judge(case.read, spoilt, fault.kind, before, tally)

    whole = seeds.write(tmp_path / "spoilt" / path.name, {"": lines_of(path)})
    faults.judge(case.read, whole, "harmless", before, faults.Tally())
    holds()
    record_property("cases", str(tally))


# ---- boundaries ---------------------------------------------------------------------------------

SQUARE = [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]]
SHAPES: list[Any] = [
    *(None, {}, {"type": "Point", "coordinates": [0, 0]}, {"type": "Polygon", "coordinates": []}),
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
    {"type": "Polygon", "coordinates": [[[float("nan")] * 2] * 4]},
    {"type": "Polygon", "coordinates": [[[1e400, 0], [1, 0], [1, 1], [1e400, 0]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
    {"type": "Polygon", "coordinates": "0 0 1 1"},
    {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
    {"type": "GeometryCollection", "geometries": []},
]


def boundaries() -> dict[str, Any]:
    """Three squares in the layout of the Open Geography Portal."""
    shapes = [
        {
            "type": "Feature",
            "properties": {"LAD24CD": code, "LAD24NM": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x + 2 * n, y] for x, y in ring] for ring in SQUARE],
            },
        }
        for n, (code, name) in enumerate(seeds.DISTRICTS)
    ]
    return {"type": "FeatureCollection", "features": shapes}


@torture
@pytest.mark.filterwarnings("ignore")
def test_spoilt_boundaries_are_refused_or_sound(tmp_path, record_property):
    path, tally = tmp_path / "shapes.geojson", faults.Tally()
    whole = json.dumps(boundaries()).encode()

    def read_or_refuse(content: bytes) -> None:
        path.write_bytes(content)
        try:
            found = ons_boundaries.read(path)
        except SourceError as error:
            assert path.name in str(error) and "expected" in str(error)
            tally.ends["refused"] += 1
            return
        assert found["code"].is_unique and found.geometry.notna().all() and found.is_valid.all()
        assert set(found.geom_type) <= {"Polygon", "MultiPolygon"}
        tally.ends["read"] += 1

    @faults.cases("shapes", 8, 150)
    @given(st.integers(0, 2), st.sampled_from(["geometry", "LAD24CD", "LAD24NM", "properties"]), st.data())
    def shapes_hold(number: int, what: str, data: st.DataObject) -> None:
        spoilt = boundaries()
        feature = spoilt["features"][number]
        if what == "geometry":
            feature[what] = data.draw(st.sampled_from(SHAPES))
        elif what == "properties":
            feature[what] = data.draw(st.sampled_from([None, {}, {"LAD24CD": "E06000001"}, []]))
        else:
            feature["properties"][what] = data.draw(st.sampled_from([*faults.JUNK, None, 7, [1], {}]))
        read_or_refuse(json.dumps(spoilt).encode())

    @faults.cases("bytes of boundaries", 6, 150)
    @given(faults.of_bytes(whole, path.name))
    def bytes_hold(fault: tuple[str, str, bytes]) -> None:
        read_or_refuse(fault[2])

    shapes_hold()
    bytes_hold()
    record_property("cases", str(tally))


# ---- archives too large to unpack, and what a library would pass over ----------------------------


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            new.writestr(name, content)
    return path


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


@pytest.fixture
def people(tmp_path) -> Path:
    """A workbook of residents."""
    return seeds.write(tmp_path / SEEDS["population"].file, SEEDS["population"].sheets)


@pytest.fixture
def unopened(monkeypatch):
    """Fails the test if a workbook is opened to be read."""
    monkeypatch.setattr(workbook.CalamineWorkbook, "from_path", lambda _: pytest.fail("it was opened"))


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read(people, unopened):
    bomb = archive(people, {**members_of(people), "xl/media/image1.png": bytes(30_000_000)})
    message = refused(ons_population.read, bomb)
    assert f"at most {package.MOST_TIMES} times the file" in message and "Nothing of it was read" in message


def test_an_archive_that_says_it_holds_more_than_memory_is_refused(people, unopened, monkeypatch):
    monkeypatch.setattr(package, "MOST_BYTES", people.stat().st_size + 1000)
    assert "contents of at most" in refused(ons_population.read, people)


def test_a_file_larger_than_any_of_ours_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = seeds.write(tmp_path / SEEDS["release"].file, SEEDS["release"].sheets)
    with path.open("ab") as file:
        file.truncate(package.MOST_BYTES + 1)  # takes no room on the disk
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    assert f"found {package.MOST_BYTES + 1:,}" in refused(SEEDS["release"].read, path)


def test_a_cell_in_the_last_corner_of_a_sheet_makes_no_grid(people, unopened):
    """Two cells of a few bytes, and a grid of 17 thousand million cells between them."""
    book = openpyxl.load_workbook(people)
    book.active["XFD1048576"] = "corner"
    book.save(people)
    assert f"{1048576 * 16384:,}" in refused(ons_population.read, people)


def test_an_archive_whose_sums_are_wrong_is_refused(people):
    """The library that reads workbooks would take what it finds."""
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(people) as archived:
        files = {name: archived.read(name) for name in archived.namelist()}
    # Not compressed: the changed byte can be read, and only the sum tells
    with zipfile.ZipFile(people, "w") as stored:
        for name, content in files.items():
            stored.writestr(name, content)
    whole = bytearray(people.read_bytes())
    digit = whole.index(files[sheet]) + files[sheet].index(b"</v>") - 1
    whole[digit] ^= 1  # another digit
    people.write_bytes(whole)
    assert "one that is broken (Bad CRC-32" in refused(ons_population.read, people)


@pytest.mark.parametrize("value", ["#REF!", "#N/A", "#DIV/0!", "=D2/0"])
def test_an_error_in_a_cell_is_no_missing_figure(people, value):
    """Both came out as empty cells: figures that were not published."""
    book = openpyxl.load_workbook(people)
    book.active["D2"] = value
    book.save(people)
    found = "a formula without a value" if value.startswith("=") else value
    assert found in refused(ons_population.read, people)


def test_a_formula_that_was_worked_out_is_read(people):
    before = ons_population.read(people)
    members = members_of(people)
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    first = next(m for m in re.finditer(r'(<c r="D2"[^>]*>)<v>', sheet))
    members["xl/worksheets/sheet1.xml"] = sheet.replace(first[0], f"{first[1]}<f>E2*1</f><v>").encode()
    pd.testing.assert_frame_equal(ons_population.read(archive(people, members)), before)


# ---- what was found, each as a case of its own ---------------------------------------------------


def spoilt(folder: Path, name: str, change: Callable[[seeds.Sheets], None]) -> tuple[Any, Path]:
    """Reader and spoilt file of a seed."""
    sheets = {sheet: [list(row) for row in rows] for sheet, rows in SEEDS[name].sheets.items()}
    change(sheets)
    return SEEDS[name].read, seeds.write(folder / SEEDS[name].file, sheets)


@pytest.mark.parametrize("text", ["1,5", "1_000", "1,0000", "12\u00a0000", "\u0661\u0662", "e5", "."])
def test_what_is_a_number_elsewhere_is_none_here(text):
    with pytest.raises(SourceError, match="expected a number"):
        markers.parse(text, "file.csv")


@pytest.mark.parametrize(("text", "value"), [("1,234,567.8", 1234567.8), (".5", 0.5), ("-3e2", -300)])
def test_what_is_a_number_here_stays_one(text, value):
    assert markers.parse(text, "file.csv") == (value, markers.PUBLISHED)


TWICE = {"business-workbook": 4, "capital-outturn": -1, "ages-2023": 1, "spending": 1}


@pytest.mark.parametrize("name", TWICE)
def test_a_row_that_stands_twice_is_not_added_up(folder, name):
    def double(sheets: seeds.Sheets) -> None:
        rows = [*sheets.values()][-1]
        rows.append(list(rows[TWICE[name]]))

    assert "twice" in refused(*spoilt(folder, name, double))


CODES = {"ofcom-2023": 0, "lad-workbook": 0, "itl-workbook": 1, "ca-workbook": 0, "regional-gdp": 1}
CODES |= {"population": 1, "industry": 1, "graduates": 0, "gfcf": 2, "release": 0}


@pytest.mark.parametrize("code", ["#REF!", "E0700", "E99999999"])
@pytest.mark.parametrize("name", CODES)
def test_an_unknown_code_is_refused(folder, name, code):
    def rename(sheets: seeds.Sheets) -> None:
        for rows in sheets.values():
            at = len(rows) - (3 if rows[-1] and str(rows[-1][0]).startswith("Source") else 1)
            if name == "graduates":
                at -= 1  # the last row is of no town
            rows[at][CODES[name]] = code

    assert repr(code) in refused(*spoilt(folder, name, rename))


@pytest.mark.parametrize("year", ["inf", "2018.7", "1e999", "20188"])
def test_what_is_no_year_is_refused(folder, year):
    """Infinity ended in an error without a name, and 2018.7 was read as 2018."""

    def slip(sheets: seeds.Sheets) -> None:
        sheets[""][1][1] = year

    assert repr(year) in refused(*spoilt(folder, "businesses", slip))


def test_a_sheet_that_ends_at_its_header_is_refused(folder):
    def cut(sheets: seeds.Sheets) -> None:
        del sheets["Data"][7:]

    assert "a number with flags" in refused(*spoilt(folder, "bres", cut))


def test_bytes_that_are_no_text_are_refused(folder):
    path = seeds.write(folder / SEEDS["release"].file, SEEDS["release"].sheets)
    path.write_bytes(path.read_bytes()[:-40] + bytes(40) + b"\n")
    assert "no text" in refused(SEEDS["release"].read, path)


@pytest.mark.parametrize("value", [-7, 0, 4300])
def test_productivity_that_cannot_be_is_refused_before_it_becomes_a_table(folder, value):
    def slip(sheets: seeds.Sheets) -> None:
        sheets[""][1][5] = value

    read, path = spoilt(folder, "release", slip)
    with pytest.raises(
        TableError, match=rf"release.csv: expected gva_per_hour between 8 and 150, found {value}"
    ):
        plausible.refuse(read(path), path.name)


def test_two_releases_in_one_file_are_refused(folder):
    def mix(sheets: seeds.Sheets) -> None:
        sheets[""] += [[*row[:5], row[5] + 1, *row[6:]] for row in sheets[""][1:7]]

    assert "stands twice" in refused(*spoilt(folder, "release", mix))


def test_a_cell_of_a_csv_that_is_no_figure_is_refused():
    with pytest.raises(SourceError, match="row 3"):
        columns.numbers(pd.Series(["1", "inf"]), "file.csv")
