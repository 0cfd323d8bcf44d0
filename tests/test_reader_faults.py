"""Every reader on its own raw file, spoilt: refused by name, or read as before; never as something else.

A fault is refused when the error names the file, what was expected and what was found. What does no
harm by design (a sheet under another name, columns of a CSV in another order, one more note under a
table) must give exactly the same figures and the same account. Workbooks are spoilt in their rows as
`helpers.sources.workbook.sheets` returns them, since parsing them takes most of the time.
"""

from __future__ import annotations

import csv
import functools
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers import catalogue
from helpers.errors import SourceError
from helpers.recipes import TABLES
from helpers.sources import (
    els_skills,
    hmt_spending,
    mhclg_capital,
    nesta_innovation,
    nomis_bres,
    nomis_qualifications,
    ofcom_coverage,
    ons_access,
    ons_boundaries,
    ons_business_counts,
    ons_business_demography,
    ons_geography,
    ons_gfcf,
    ons_graduates,
    ons_income_housing,
    ons_industry,
    ons_labour,
    ons_population,
    ons_population_age,
    ons_productivity,
    ons_regional_gdp,
    ons_research,
    ons_trade_investment,
    workbook,
)

Reader = Callable[[Path], pd.DataFrame]
HTML = "<!DOCTYPE html>\n<html><head><title>404</title></head>\n<body>Not found, sorry.</body></html>\n"


@functools.cache
def raw(mirror: Path, card: str) -> Path:
    """The raw file of a card; reading all cards takes a second."""
    return mirror / catalogue.get(card).path


def refused(read: Reader, path: Path) -> str:
    """The message of the error that a reader must raise."""
    with pytest.raises(SourceError) as error:
        read(path)
    message = str(error.value)
    assert path.name in message and "expected" in message and "found" in message.casefold(), message
    return message


def same(found: pd.DataFrame, before: pd.DataFrame) -> None:
    """The same figures in any order of rows, and the same account."""
    by = [*found.columns]
    one, other = (frame.sort_values(by, ignore_index=True) for frame in (found, before))
    pd.testing.assert_frame_equal(one, other)
    assert found.attrs == before.attrs


def refused_or_same(read: Reader, path: Path, before: pd.DataFrame) -> None:
    """Either is right; another table, or an error that does not say what is wrong, is not."""
    try:
        found = read(path)
    except SourceError:
        refused(read, path)
    else:
        same(found, before)


# ---- CSV files --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Csv:
    """A CSV by its card, its reader, the columns that it needs, and pairs whose labels differ in kind."""

    card: str
    read: Reader
    needed: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


FLAT = ("areacd", "areanm", "indicator", "period", "observation", "lci_95", "uci_95", "status")
FLAT_PAIRS = (
    ("areacd", "areanm"),
    ("period", "observation"),
    ("indicator", "areanm"),
    ("observation", "lci_95"),
)
OLD = (
    *("AREACD", "AREANM", "Indicator", "Period", "Lower Confidence Interval (95%)"),
    *("Upper Confidence Interval (95%)", "Observation Status"),
)
OLD_PAIRS = (("AREACD", "AREANM"), ("Indicator", "AREACD"))
ELS = {
    "gross-value-added": ons_productivity.read_release,
    "foreign-direct-investment": ons_trade_investment.read_fdi,
    "total-value-of-uk-exports": ons_trade_investment.read_exports,
    "gigabit-capable-broadband": ons_access.read_gigabit,
    "average-travel-time": ons_access.read_travel_time,
    "research-and-development-business": ons_research.read,
    "research-and-development-public-funded": ons_research.read,
    "qualifications-level-3-or-above": els_skills.read_qualifications,
    "apprenticeships": els_skills.read_learning,
    "gross-median-weekly-pay": ons_labour.read_pay,
    "employment-rate": ons_labour.read_employment,
    "modelled-unemployment": ons_labour.read_unemployment,
    "gross-disposable-household-income-per-head": ons_income_housing.read_income,
    "housing-affordability-ratio": ons_income_housing.read_housing,
}
SFBB = "SFBB availability (% premises)"
SEXES = [f"Mid-{year} population ({sex})" for year in (2011, 2022) for sex in ("Female", "Male")]
CODES = tuple(f"ITL{n}21{kind}" for n in "321" for kind in ("CD", "NM"))
CSVS = [
    *(Csv(f"els-{name}", read, FLAT, FLAT_PAIRS) for name, read in ELS.items()),
    Csv(
        *("gva-per-hour-lad-2022", ons_productivity.read_release),
        *((*OLD, "Value"), (*OLD_PAIRS, ("Period", "Value"))),
    ),
    Csv(
        *("gva-per-hour-lad-2025", ons_productivity.read_release),
        *((*OLD, "Observation"), (*OLD_PAIRS, ("Period", "Observation"))),
    ),
    Csv(
        *("nvq3plus-lad-2004-2021", els_skills.read_qualifications),
        *((*OLD, "Value"), (*OLD_PAIRS, ("Value", "Lower Confidence Interval (95%)"))),
    ),
    Csv(
        *("gfcf-itl-2022", ons_gfcf.read),
        ("year", "geography_type", "geography_code", "geography_name", "asset", ons_gfcf.AMOUNT),
        (("year", ons_gfcf.AMOUNT), ("geography_code", "geography_name"), ("asset", "geography_type")),
    ),
    Csv(
        *("gfcf-itl3-corrected", ons_gfcf.read_corrected),
        ("code", "year", "name", "gfcf_allassets_corrected_recovered"),
        (("code", "name"), ("year", "gfcf_allassets_corrected_recovered")),
    ),
    Csv(
        *("capital-outturn-2000-2016", mhclg_capital.read),
        ("year", "ecode", "ons_code", "la_name", mhclg_capital.AMOUNT),
        (("ecode", "ons_code"), ("la_name", mhclg_capital.AMOUNT), ("year", "ecode")),
    ),
    Csv(
        *("ofcom-coverage-2016", partial(ofcom_coverage.read, year=2016)),
        ("laua_code", "laua_name", SFBB),
        (("laua_code", "laua_name"),),
    ),
    Csv(
        *("ofcom-coverage-2023", partial(ofcom_coverage.read, year=2023)),
        (
            *("laua", "laua_name", "All Premises", "Full Fibre availability (% premises)"),
            *(SFBB, "Gigabit availability (% premises)"),
            "% of premises unable to receive 30Mbit/s",
        ),
        (("laua", "laua_name"), ("All Premises", "Full Fibre availability (% premises)")),
    ),
    Csv(
        *("berd-nuts2-eur-csv", nesta_innovation.read_business_research),
        ("year", "nuts_id", "nuts_year_spec", "eurostat_berd_data"),
        (("year", "eurostat_berd_data"), ("nuts_id", "year")),
    ),
    Csv(
        *("innovate-uk-nuts3", nesta_innovation.read_innovate_uk),
        ("year", "nuts_id", "nuts_year_spec", "gbp_innovate_uk_funding"),
        (("year", "gbp_innovate_uk_funding"), ("nuts_id", "year")),
    ),
    Csv(
        *("mye-age-2011-2022", ons_population_age.read_two_years),
        ("Area code", "Area name", "Age", *SEXES),
        (("Area code", "Area name"), ("Age", SEXES[0])),
    ),
    Csv(
        *("mye-age-2023", ons_population_age.read_2023),
        ("code", "name", "all", "0", "45", "90+"),
        (("code", "name"), ("all", "0")),
    ),
    Csv(
        *("ukbc-2018-2022", ons_business_counts.read_tidy),
        ("year", "lad", *ons_business_counts.BANDS),
        (("year", "lad"), ("year", "Total")),
    ),
    Csv(
        *("ukbc-2020-2024", ons_business_counts.read_recent),
        ("year", "lad", *ons_business_counts.BANDS),
        (("year", "lad"), ("year", "Total")),
    ),
    Csv(
        *("lookup-lad23-itl21", ons_geography.read_itl_lookup),
        ("LAD23CD", "LAD23NM", "LAU121CD", *CODES),
        (("LAD23CD", "LAD23NM"), ("ITL321CD", "ITL221CD"), ("ITL121CD", "ITL121NM")),
    ),
    Csv(
        *("lookup-lad25-ca25", ons_geography.read_authority_lookup),
        ("LAD25CD", "LAD25NM", "CAUTH25CD", "CAUTH25NM"),
        (("LAD25CD", "LAD25NM"), ("CAUTH25CD", "CAUTH25NM")),
    ),
    Csv(
        *("lad-changes", ons_geography.read_changes),
        ("oldcd", "oldnm", "newcd", "newnm", "type", "start"),
        (("oldcd", "oldnm"), ("newcd", "newnm"), ("type", "start")),
    ),
]
IDS = [case.card for case in CSVS]


@functools.cache
def lines_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@functools.cache
def sound(read: Reader, path: Path) -> pd.DataFrame:
    """What the reader makes of the file as it is."""
    return read(path)


@pytest.fixture
def spoilt(mirror, tmp_path):
    """Writes a spoilt copy of a raw file into a folder that has the look-ups beside it."""
    (tmp_path / "geography").symlink_to(mirror / "geography")

    def write(case: Csv, content: list[list[str]] | str) -> Path:
        path = tmp_path / "spoilt" / raw(mirror, case.card).name
        path.parent.mkdir(exist_ok=True)
        if not isinstance(content, str):
            buffer = io.StringIO(newline="")
            csv.writer(buffer, lineterminator="\n").writerows(content)
            content = buffer.getvalue()
        path.write_text(content, encoding="utf-8", newline="")
        return path

    return write


@pytest.mark.parametrize("case", CSVS, ids=IDS)
def test_columns_of_a_csv_in_another_order_and_a_blank_line_do_no_harm(mirror, spoilt, case):
    path = raw(mirror, case.card)
    mirrored = [row[::-1] for row in lines_of(path)]
    mirrored = [[*row, "" if number else "a new column"] for number, row in enumerate(mirrored)]
    same(case.read(spoilt(case, [*mirrored, []])), sound(case.read, path))


@pytest.mark.parametrize("case", CSVS, ids=IDS)
def test_a_csv_with_a_column_renamed_or_twice_is_refused(mirror, spoilt, case):
    header, *body = lines_of(raw(mirror, case.card))[:20]
    for column in case.needed:
        at = header.index(column)
        renamed = [*header[:at], f"{column} (revised)", *header[at + 1 :]]
        assert "expected" in refused(case.read, spoilt(case, [renamed, *body]))
        doubled = [[*row, row[at]] for row in (header, *body)]
        refused(case.read, spoilt(case, doubled))


@pytest.mark.parametrize("case", CSVS, ids=IDS)
def test_a_csv_whose_labels_change_places_is_refused(mirror, spoilt, case):
    """The columns stay, and two labels go over the wrong ones: codes, names, years and values differ."""
    header, *body = lines_of(raw(mirror, case.card))
    for one, other in case.pairs:
        swapped = [{one: other, other: one}.get(label, label) for label in header]
        refused(case.read, spoilt(case, [swapped, *body]))


@pytest.mark.parametrize("case", CSVS, ids=IDS)
def test_a_csv_with_a_line_that_is_none_of_its_own_is_refused(mirror, spoilt, case):
    """Lines above the header; a note under the last line, as one cell or filled up with commas."""
    header, *body = lines_of(raw(mirror, case.card))
    note = "Source: Office for National Statistics"
    blanks = [""] * (len(header) - 1)
    refused(case.read, spoilt(case, [["A title"], [], header, *body]))
    refused(case.read, spoilt(case, [["A title", *blanks], header, *body]))
    refused(case.read, spoilt(case, [header, *body, [note]]))
    refused(case.read, spoilt(case, [header, *body, [note, *blanks]]))


@pytest.mark.parametrize("case", CSVS, ids=IDS)
def test_a_page_or_half_a_file_instead_of_a_csv_is_refused(mirror, spoilt, case):
    refused(case.read, spoilt(case, HTML))
    refused(case.read, spoilt(case, HTML.replace("\n", "")))
    refused(case.read, spoilt(case, ""))
    text = raw(mirror, case.card).read_text(encoding="utf-8-sig")
    half = text[: text.index("\n", len(text) // 2)]
    refused(case.read, spoilt(case, half[: half.rindex(",")]))  # the last line lacks its last cell
    last = lines_of(raw(mirror, case.card))[0][-1]
    if last in case.needed:  # all cells are there, and the last may be half a number
        assert "may be cut" in refused(case.read, spoilt(case, half))


# A column of figures of every CSV that has any.
FIGURES = {
    *("observation", "Observation", "Value", "Total", "45", SEXES[0], SFBB),
    *(ons_gfcf.AMOUNT, "gfcf_allassets_corrected_recovered", mhclg_capital.AMOUNT),
    *("eurostat_berd_data", "gbp_innovate_uk_funding"),
}
WITH_FIGURES = [case for case in CSVS if FIGURES & set(case.needed)]


@pytest.mark.parametrize("case", WITH_FIGURES, ids=[case.card for case in WITH_FIGURES])
def test_a_csv_with_words_for_figures_is_refused(mirror, spoilt, case):
    header, *body = lines_of(raw(mirror, case.card))
    [at] = [header.index(column) for column in case.needed if column in FIGURES]
    words = [[*row[:at], "n/a yet", *row[at + 1 :]] for row in body]
    assert "n/a yet" in refused(case.read, spoilt(case, [header, *words]))


# ---- workbooks --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Book:
    """One table of a workbook, with rows and columns counted from 0 as a spreadsheet shows them.

    ``title`` begins a cell of the sheet's first row, ``first`` is the row of the first area that is
    taken, ``values`` are two columns of figures, ``keys`` two columns that say what they are of; ``top``
    is how many rows of each sheet are enough, to save time.
    """

    card: str
    read: Reader
    title: str
    header: int
    first: int
    values: tuple[int, int]
    keys: tuple[int, int] | None = (0, 1)
    top: int | None = None


BOOKS = [
    Book(
        *("productivity-lad-workbook-2025", ons_productivity.read_lad_workbook, "Table A3:", 4, 5, (2, 3)),
    ),
    Book(
        *("productivity-lad-workbook-2025", ons_productivity.read_lad_workbook, "Productivity Jobs"),
        *(4, 5, (2, 3)),
    ),
    Book(
        *("productivity-itl-workbook-2024", ons_productivity.read_itl_workbook, "Table A4:", 4, 5),
        *((3, 4), (1, 2)),
    ),
    Book(
        *("productivity-itl-workbook-2023", ons_productivity.read_itl_workbook, "Table A4:", 4, 5),
        *((3, 4), (1, 2)),
    ),
    Book(
        *("productivity-ca-workbook-2025", ons_productivity.read_authority_workbook, "Table A3:", 4, 5),
        (2, 3),
    ),
    Book("regional-gdp-2025", ons_regional_gdp.read, "Table 8:", 1, 2, (3, 4), (1, 2)),
    Book("population-lad-1998-2023", ons_population.read, "ITL1 Region", 0, 1, (3, 4), (1, 2)),
    Book(
        *("gva-by-industry-lad-tlcnortheast", ons_industry.read, "Table 3:", 1, 2, (5, 6), (1, 2)),
        top=2 + 3 * 49,
    ),
    Book("nomis-bres-itl3-2023", nomis_bres.read, nomis_bres.TITLE, 7, 9, (1, 3), None),
    Book("cra-2014", hmt_spending.read, "Department", 0, 3589, (12, 13), (2, 10)),
    Book("cra-2018", hmt_spending.read, "Department", 0, 6540, (14, 15), (5, 12)),
    Book("graduate-mobility-towns", ons_graduates.read, "Number of graduates", 0, 1, (3, 4)),
    Book(
        *("nomis-ukbc-2018-2022", ons_business_counts.read_nomis, ons_business_counts.NOMIS_TITLE),
        *(7, 57, (2, 3), None),
    ),
    Book("ukbusiness-2024", ons_business_counts.read_workbook, "Table 10 ", 4, 5, (1, 2), None),
    Book("business-demography-2024", ons_business_demography.read, "Table 1.1c", 3, 4, (2, 3)),
    Book("business-demography-2024", ons_business_demography.read, "Table 5.1b", 3, 4, (7, 11)),
    Book("ashe-workplace-2024", ons_labour.read_workplace_pay, ons_labour.HOURLY_TITLE, 4, 5, (3, 5)),
    Book(
        *("nomis-aps-t19", nomis_qualifications.read, nomis_qualifications.TITLE, 6, 95, (1, 4), None),
        top=2 * 468,
    ),
]
BOOK_IDS = [f"{case.card}, {case.title.partition(':')[0][:30]}" for case in BOOKS]
Rows = list[list[Any]]


@functools.cache
def parsed(path: Path, top: int | None) -> dict[str, Rows]:
    return {name: rows[:top] for name, rows in workbook.sheets(path).items()}


@pytest.fixture
def with_rows(mirror, monkeypatch):
    """Lets the readers find spoilt rows in a workbook; returns its path."""

    def replace(case: Book, spoil: Callable[[Rows], Rows] = lambda rows: rows) -> Path:
        path = raw(mirror, case.card)
        sheets = dict(parsed(path, case.top))
        name = sheet_of(case, sheets)
        sheets[name] = spoil(sheets[name])
        monkeypatch.setattr(workbook, "sheets", lambda _: sheets)
        return path

    return replace


def sheet_of(case: Book, sheets: dict[str, Rows]) -> str:
    """Name of the sheet with the table."""

    def begins(rows: Rows) -> bool:
        return any(workbook.text(cell).startswith(case.title) for cell in (rows[0] if rows else []))

    [name] = [name for name, rows in sheets.items() if begins(rows)]
    return name


def row(table: Rows, *cells: object) -> list[Any]:
    """A row as wide as the table."""
    return [*cells, *[""] * (len(table[0]) - len(cells))]


def exchanged(table: Rows, one: int, other: int) -> Rows:
    """Two columns change places, headers and all, under a title that stays."""
    order = list(range(len(table[0])))
    order[one], order[other] = other, one
    titled = not any(map(workbook.text, table[0][1:]))
    return table[:titled] + [[line[at] for at in order] for line in table[titled:]]


def with_cell(table: Rows, at: int, column: int, value: object) -> Rows:
    line = [*table[at][:column], value, *table[at][column + 1 :]]
    return [*table[:at], line, *table[at + 1 :]]


def with_column(table: Rows, at: int) -> Rows:
    return [[*line[:at], "", *line[at:]] for line in table]


def without_column(table: Rows, at: int) -> Rows:
    return [[*line[:at], *line[at + 1 :]] for line in table]


@functools.cache
def sound_book(case: Book, path: Path) -> pd.DataFrame:
    """What the reader makes of the rows as they are; to be asked for while nothing is spoilt."""
    return case.read(path)


@pytest.mark.parametrize("case", BOOKS, ids=BOOK_IDS)
def test_sheets_under_other_names_in_another_order_and_one_more_note_do_no_harm(with_rows, monkeypatch, case):
    before = sound_book(case, with_rows(case))
    path = with_rows(case, lambda table: [*table, row(table), row(table, "Note 9: one more footnote")])
    same(case.read(path), before)
    sheets = [*workbook.sheets(path).values()][::-1]
    monkeypatch.setattr(workbook, "sheets", lambda _: {f"Tabelle{n}": s for n, s in enumerate(sheets)})
    same(case.read(path), before)


@pytest.mark.parametrize("case", BOOKS, ids=BOOK_IDS)
def test_a_moved_header_is_refused_or_found(with_rows, case):
    """Under a new line it is found or refused; below an area, which would be lost, it is refused."""
    before = sound_book(case, with_rows(case))
    lower = with_rows(
        case, lambda table: [*table[: case.header], row(table, "A new line"), *table[case.header :]]
    )
    refused_or_same(case.read, lower, before)

    def below(table: Rows) -> Rows:
        order = list(range(len(table)))
        order[case.header], order[case.first] = case.first, case.header
        return [table[at] for at in order]

    refused(case.read, with_rows(case, below))


Fault = Callable[[Book, Rows], Rows]
# Where columns are found by their names, the first of these do no harm.
PERHAPS_HARMLESS: dict[str, Fault] = {
    "two columns exchanged": lambda case, table: exchanged(table, *case.values),
    "code and name exchanged": lambda case, table: exchanged(table, *(case.keys or case.values)),
    "an empty column among the figures": lambda case, table: with_column(table, case.values[1]),
    "an area without a name": lambda case, table: with_cell(table, case.first, (case.keys or (0, 0))[1], ""),
    "a header renamed": lambda case, table: with_cell(
        table, case.header, case.values[0], f"{table[case.header][case.values[0]]} (revised)"
    ),
}
FAULTS: dict[str, Fault] = {
    "another title": lambda case, table: with_cell(table, 0, 0, "Another table"),
    "a header blank": lambda case, table: with_cell(table, case.header, case.values[1], ""),
    "an empty column before all": lambda case, table: with_column(table, 0),
    "a column lost": lambda case, table: without_column(table, case.values[1]),
    "words for a figure": lambda case, table: with_cell(table, case.first, case.values[0], "n/a yet"),
    "a note in the columns of figures": lambda case, table: [
        *table,
        row(table, *["Note 9"] * case.values[1]),
    ],
    "no areas": lambda case, table: table[: case.first],
}


@pytest.mark.parametrize("fault", PERHAPS_HARMLESS)
@pytest.mark.parametrize("case", BOOKS, ids=BOOK_IDS)
def test_a_changed_workbook_is_refused_or_gives_the_same(with_rows, case, fault):
    before = sound_book(case, with_rows(case))
    refused_or_same(case.read, with_rows(case, lambda table: PERHAPS_HARMLESS[fault](case, table)), before)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("case", BOOKS, ids=BOOK_IDS)
def test_a_spoilt_workbook_is_refused(with_rows, case, fault):
    refused(case.read, with_rows(case, lambda table: FAULTS[fault](case, table)))


@pytest.mark.parametrize("case", BOOKS, ids=BOOK_IDS)
def test_a_table_that_is_there_twice_is_refused(with_rows, monkeypatch, case):
    path = with_rows(case)
    sheets = workbook.sheets(path)
    monkeypatch.setattr(workbook, "sheets", lambda _: {**sheets, "copy": sheets[sheet_of(case, sheets)]})
    refused(case.read, path)


@pytest.mark.parametrize("case", BOOKS, ids=BOOK_IDS)
def test_a_page_or_half_a_file_instead_of_a_workbook_is_refused(mirror, tmp_path, case):
    path = tmp_path / raw(mirror, case.card).name
    for body in (HTML.encode(), b"", raw(mirror, case.card).read_bytes()[:-20_000]):
        path.write_bytes(body)
        refused(case.read, path)


# ---- boundaries, and the list of readers --------------------------------------------------------


@pytest.fixture
def boundaries(mirror):
    return json.loads(raw(mirror, "lad-boundaries-2024").read_text(encoding="utf-8"))


def relabelled(shapes, change):
    """The boundaries with other properties of each district."""
    features = [f | {"properties": change(dict(f["properties"]))} for f in shapes["features"]]
    return shapes | {"features": features}


BOUNDARY_FAULTS = {
    "code renamed": lambda b: relabelled(b, lambda p: {"code" if k == "LAD24CD" else k: p[k] for k in p}),
    "name renamed": lambda b: relabelled(b, lambda p: {"name" if k == "LAD24NM" else k: p[k] for k in p}),
    "code and name exchanged": lambda b: relabelled(
        b, lambda p: p | {"LAD24CD": p["LAD24NM"], "LAD24NM": p["LAD24CD"]}
    ),
    "a district twice": lambda b: b | {"features": [*b["features"], b["features"][0]]},
    "a district without a shape": lambda b: (
        b | {"features": [b["features"][0] | {"geometry": None}, *b["features"][1:]]}
    ),
}


@pytest.mark.filterwarnings("ignore:Several features with id")
@pytest.mark.parametrize("fault", BOUNDARY_FAULTS)
def test_spoilt_boundaries_are_refused(boundaries, tmp_path, fault):
    path = tmp_path / "shapes.geojson"
    path.write_text(json.dumps(BOUNDARY_FAULTS[fault](boundaries)), encoding="utf-8")
    refused(ons_boundaries.read, path)


def test_a_page_or_half_a_file_instead_of_boundaries_is_refused(mirror, tmp_path):
    path = tmp_path / "shapes.geojson"
    whole = raw(mirror, "lad-boundaries-2024").read_text(encoding="utf-8")
    for text in (HTML, "", whole[: len(whole) // 2]):
        path.write_text(text, encoding="utf-8")
        refused(ons_boundaries.read, path)


def test_every_reader_of_the_recipes_is_here():
    def bare(read):
        return read.func if isinstance(read, partial) else read

    here = {bare(case.read) for case in (*CSVS, *BOOKS)}
    assert {bare(part.read) for parts in TABLES.values() for part in parts} <= here
