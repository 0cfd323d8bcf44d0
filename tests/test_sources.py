"""Readers on workbooks and CSVs that are right, changed in harmless ways, or wrong."""

import json
import math
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlrd
from raw_cells import cells, figures

from helpers.errors import SourceError
from helpers.sources import (
    account,
    columns,
    flat,
    markers,
    ons_boundaries,
    ons_geography,
    ons_productivity,
    ons_regional_gdp,
    workbook,
)

TITLE = "Table A3: Output per hour"
KEYS = ("LAD_Code", "LAD_Name")


def write(path: Path, rows, sheet="A3"):
    book = openpyxl.Workbook()
    book.active.title = "Contents"
    book.active.append(["Summary"])
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def good():
    return [
        [f"{TITLE}; districts, 2004 - 2005"],
        ["Including UK figures"],
        [],
        ["LAD_Code", "LAD_Name", "Pounds_2004", "Pounds_2005"],
        ["E06000001", "Hartlepool", 18.56, "[x]"],
        ["E06000002", "Middlesbrough", 0, "[c]"],
        [],
        ["Note 1: Data are current price"],
        ["Source: Office for National Statistics"],
    ]


def read(tmp_path, rows, sheet="A3"):
    return workbook.years_table(write(tmp_path / "book.xlsx", rows, sheet), TITLE, KEYS, "Pounds")


def test_values_and_reasons_stay_apart(tmp_path):
    table = read(tmp_path, good()).set_index(["LAD_Code", "year"])
    assert table.loc[("E06000001", 2004), "value"] == 18.56
    assert table.loc[("E06000002", 2004), ["value", "status"]].tolist() == [0, "published"]
    assert table.loc[("E06000001", 2005), "status"] == "missing"
    assert table.loc[("E06000002", 2005), "status"] == "suppressed"
    assert table["value"].isna().sum() == 2


def test_a_renamed_sheet_a_moved_header_and_another_note_do_no_harm(tmp_path):
    rows = good()
    rows.insert(2, ["A new line above the header"])
    rows.append(["Note 9: another footnote"])
    table = read(tmp_path, rows, sheet="Sheet 7")
    assert len(table) == 4


def test_years_may_stand_above_a_row_of_units(tmp_path):
    rows = [[f"{TITLE}"], [None, None, 2004, 2005], ["LAD_Code", "LAD_Name", "£", "£"], ["E1", "A", 1, 2]]
    path = write(tmp_path / "book.xlsx", rows)
    assert workbook.years_table(path, TITLE, KEYS, "£")["year"].tolist() == [2004, 2005]


def swapped(rows):
    rows[3] = ["LAD_Name", "LAD_Code", *rows[3][2:]]


def skipped_year(rows):
    rows[3][3] = "Pounds_2006"


def other_unit(rows):
    rows[3][2:] = ["Index_2004", "Index_2005"]


def unknown_marker(rows):
    rows[4][2] = "n/a yet"


def no_code(rows):
    rows[4][0] = None


def no_rows(rows):
    del rows[4:6]


def no_title(rows):
    rows[0] = ["Table Z9"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (swapped, "expected a header row"),
        (skipped_year, "consecutive years"),
        (other_unit, "'Pounds'"),
        (unknown_marker, "'n/a yet'"),
        (no_code, "with figures or markers"),
        (no_rows, "found none"),
        (no_title, "expected one sheet"),
    ],
)
def test_a_spoilt_workbook_is_refused_by_name(tmp_path, spoil, said):
    rows = good()
    spoil(rows)
    with pytest.raises(SourceError, match=said) as error:
        read(tmp_path, rows)
    assert "book.xlsx" in str(error.value)


@pytest.mark.parametrize("body", [b"<html>not found</html>", b"PK\x03\x04truncated", b""])
def test_what_is_no_workbook_is_refused(tmp_path, body):
    path = tmp_path / "book.xlsx"
    path.write_bytes(body)
    with pytest.raises(SourceError, match=r"book\.xlsx"):
        workbook.titled_rows(path, TITLE)


HEADER = "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes"
LINE = "E06000001,Hartlepool,x,Gross value added per hour worked,2004-01-01/P1Y,18.56,Pounds,£,,,,"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html><body>Forbidden</body></html>\n", "expected the columns"),
        (HEADER + "\n", "found none"),
        (HEADER + "\n" + LINE.replace("18.56", "eighteen"), "line 2.*'eighteen'"),
        (HEADER + "\n" + LINE.replace("2004-01-01/P1Y", "2004-04-01/P1Y"), "expected a year"),
        (HEADER + "\n" + LINE + "\n" + LINE, "stands twice"),
        (HEADER + "\n" + LINE.replace("per hour worked", "per head"), "per head"),
        (HEADER + "\n" + LINE.replace(",,,,", ",,,??,"), "status"),
        ("", "cannot be read"),
    ],
)
def test_a_spoilt_csv_is_refused_by_name(tmp_path, text, said):
    path = tmp_path / "release.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=said) as error:
        ons_productivity.read_release(path)
    assert "release.csv" in str(error.value)


def test_a_marked_absence_in_a_csv_is_missing_not_zero(tmp_path):
    path = tmp_path / "release.csv"
    path.write_text(HEADER + "\n" + LINE.replace("18.56", "").replace(",,,,", ",,,x,"), encoding="utf-8")
    row = ons_productivity.read_release(path).iloc[0]
    assert math.isnan(row["value"]) and row["status"] == "missing"


def made(**changes):
    row = {"indicator": "i", "area_code": "A", "area_name": "a", "year": 2020, "value": 5.0}
    return pd.DataFrame([row | {"lower": 4.0, "upper": 6.0, "status": "published"} | changes])


def test_an_account_tells_what_became_of_the_rows(tmp_path):
    rows = account.tidy(made(region="TLF"), tmp_path / "f.csv", 3, 1, {"counties": 2, "none of these": 0})
    assert account.of(rows) == account.Account(3, 1, {"counties": 2})
    assert list(rows.columns) == [*account.TIDY, "region"]
    bare = account.tidy(made().drop(columns=["lower", "upper"]), tmp_path / "f.csv", 1, 1, {})
    assert bare[["lower", "upper"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("frame", "rows", "left", "said"),
    [
        (made(), 3, {"counties": 1}, "taken or left for a reason.*found 3 rows, of which 1"),
        (pd.concat([made(), made()]), 1, {}, "i of A in 2020, which stands twice"),
        (made(value=7.0), 1, {}, "between both its bounds"),
        (made(value=math.nan), 1, {}, "found nan marked published as i of 'A' in 2020"),
        (made(lower=math.nan), 1, {}, "between both its bounds"),
        (made().head(0), 1, {}, "found none"),
    ],
)
def test_figures_that_cannot_be_are_refused_whatever_the_reader(tmp_path, frame, rows, left, said):
    with pytest.raises(SourceError, match=said) as error:
        account.tidy(frame, tmp_path / "f.csv", rows, 1, left)
    assert "f.csv" in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n3\n", "line 3: expected 2 cells"),
        ("a,b\n1,2,3\n", "line 2: expected 2 cells"),
        ("a,b\n1,2\n3,4", "'4' may be cut"),
        ('a,b\n1,"2\n', "cannot be read"),
    ],
)
def test_a_csv_that_was_cut_is_refused(tmp_path, text, said):
    path = tmp_path / "f.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        columns.read(path, ["a", "b"])


def test_a_csv_may_end_without_a_line_break_where_its_last_column_is_not_needed(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("\ufeffa, b\r\n 1 ,2\r\n\r\n3,4", encoding="utf-8")
    assert columns.read(path, ["a"])["a"].tolist() == ["1", "3"]


@pytest.mark.parametrize("cell", [math.inf, True, "1e999", object()])
def test_a_cell_that_is_no_finite_number_is_refused(cell):
    with pytest.raises(SourceError, match="here"):
        markers.parse(cell, "here")


def test_a_lookup_without_its_column_and_boundaries_that_are_none(tmp_path):
    path = tmp_path / "lookup.csv"
    path.write_text("LAD24CD,LAD24NM\nE06000001,Hartlepool\n")
    with pytest.raises(SourceError, match=r"lookup\.csv"):
        ons_geography.read_itl_lookup(path)
    shapes = tmp_path / "shapes.geojson"
    shapes.write_text("<html>")
    with pytest.raises(SourceError, match=r"shapes\.geojson"):
        ons_boundaries.read(shapes)


def test_flat_files_of_the_older_layout_give_the_same(tmp_path):
    old = (
        "AREACD,AREANM,Geography,Variable Name,Indicator,Period,Value,Measure,Unit,"
        "Lower Confidence Interval (95%),Upper Confidence Interval (95%),Observation Status,Polarity,Notes\n"
        "E06000001,Hartlepool,x,y,Gross value added per hour worked,2004,18.56,Pounds,£,17,20,,1,\n"
    )
    path = tmp_path / "old.csv"
    path.write_text(old, encoding="utf-8")
    row = ons_productivity.read_release(path).iloc[0]
    assert row[["area_code", "year", "value", "lower", "upper"]].tolist() == [
        "E06000001",
        2004,
        18.56,
        17,
        20,
    ]
    assert set(flat.COLUMNS) <= set(flat.read_flat(path).columns)


# Cells of the raw workbooks, found with another library by row and column.
@pytest.mark.parametrize("release", [2024, 2025])
def test_district_workbooks_against_xlrd(mirror, release):
    path = mirror / f"productivity/labourproductivitylad_{release}.xls"
    tidy = ons_productivity.read_lad_workbook(path).set_index(["indicator", "area_code", "year"])["value"]
    book = xlrd.open_workbook(path)
    for sheet, indicator in (
        ("A3", "gva_per_hour"),
        ("B3", "gva_per_job"),
        ("Productivity Hours", "hours_per_week"),
        ("Productivity Jobs", "jobs"),
    ):
        page = book.sheet_by_name(sheet)
        header = page.row_values(4)
        for row in (5, 6, 40, 111, 222, 366):
            for column in (2, 10, len(header) - 1):
                code, year = page.cell_value(row, 0), int(header[column][-4:])
                assert tidy[(indicator, code, year)] == page.cell_value(row, column)


@pytest.mark.parametrize("release", [2022, 2023, 2024, 2025])
def test_releases_against_the_csv_module(mirror, release):
    """Every ninetieth row, and how many rows there are."""
    path = mirror / f"productivity/lad_gva_per_hour_release_{release}.csv"
    tidy, every = ons_productivity.read_release(path), cells(path)
    found = figures(tidy)
    assert account.of(tidy).rows == len(found) == len(every)
    column = "Value" if release < 2024 else "Observation"
    for line in every[::90]:
        assert found["gva_per_hour", line["AREACD"], int(line["Period"])] == float(line[column])


def test_the_latest_indicators_against_the_csv_module(mirror):
    path = mirror / "els/gross-value-added.csv"
    every = cells(path)
    found = figures(ons_productivity.read_release(path))
    assert len(found) == len(every)
    for line in every[::90]:
        indicator = ons_productivity.RELEASE_INDICATORS[line["indicator"]]
        assert found[indicator, line["areacd"], int(line["period"][:4])] == float(line["observation"])


def test_regional_workbook_of_2024_against_xlrd(mirror):
    path = mirror / "productivity/labourproductivityitl_2024.xls"
    found = figures(ons_productivity.read_itl_workbook(path))
    book, compared = xlrd.open_workbook(path), 0
    for sheet, indicator in (
        ("A4", "gva_per_hour_unsmoothed"),
        ("A5", "gva_per_hour_volume"),
        ("B3", "gva_per_job"),
        ("Productivity Hours", "hours_per_week"),
    ):
        page = book.sheet_by_name(sheet)
        years = [int(str(label)[-4:]) for label in page.row_values(4)[3:]]
        for row in range(5, 238, 33):
            values = page.row_values(row)
            for at in (0, 7, len(years) - 1):
                assert found[indicator, values[1].strip(), years[at]] == float(values[3 + at])
                compared += 1
    assert compared == 4 * 8 * 3


def test_workbook_of_authorities_against_openpyxl(mirror):
    path = mirror / "productivity/labourproductivityca_2025.xlsx"
    found = figures(ons_productivity.read_authority_workbook(path))
    page = openpyxl.load_workbook(path, read_only=True)["A3"]
    header, *rows = page.iter_rows(min_row=5, max_row=40, values_only=True)
    rows = [row for row in rows if row[1]]
    assert len(rows) == 34
    for row in rows:
        code = row[1] if row[0] == "Not available" else row[0]
        for column in (2, 12, 21):
            assert found["gva_per_hour", code, int(header[column][-4:])] == row[column]


def test_regional_accounts_against_openpyxl(mirror):
    path = mirror / "national/regionalgdp_allitl_2025.xlsx"
    found = figures(ons_regional_gdp.read(path))
    book = openpyxl.load_workbook(path, read_only=True)
    for sheet, indicator in (
        ("Table 1", "gva_current"),
        ("Table 8", "gdp_deflator"),
        ("Table 10", "gdp_volume"),
    ):
        header, *rows = book[sheet].iter_rows(min_row=2, values_only=True)
        for row in rows[::40]:
            for column in (3, 15, 28):
                assert found[indicator, row[1], int(header[column])] == row[column]


def test_parts_add_up_to_the_regions_and_the_united_kingdom(mirror):
    """GVA, jobs and hours by ITL level: each figure is rounded to one, over at most 33 areas.

    Of Northern Ireland's hours up to a fifteenth are given to no ITL3 area (note 2 of the sheet).
    """
    book = ons_productivity.read_itl_workbook(mirror / "productivity/labourproductivityitl_2024.xls")
    rows = pd.concat([book, ons_regional_gdp.read(mirror / "national/regionalgdp_allitl_2025.xlsx")])
    for indicator in ("gva_current", "hours_per_week", "jobs"):
        panel = rows[rows["indicator"] == indicator].pivot(index="area_code", columns="year", values="value")
        regions = panel[panel.index.str.fullmatch("TL[C-N]")]
        assert (regions.sum() - panel.loc["UKX"]).abs().max() <= 6
        for pattern in ("TL[C-N].", "TL[C-N].."):
            parts = panel[panel.index.str.fullmatch(pattern)]
            lacking = regions - parts.groupby(parts.index.str[:3]).sum()
            assert len(lacking) == 12
            if (indicator, pattern) == ("hours_per_week", "TL[C-N].."):
                assert (lacking.loc["TLN"] / regions.loc["TLN"]).between(0.01, 1 / 15).all()
                lacking = lacking.drop(index="TLN")
            assert lacking.abs().max(axis=None) <= 16.5


LOOKUPS = {"lad23_itl21": ("LAD23", "21"), "lad24_itl25": ("LAD24", "25"), "lad25_itl25": ("LAD25", "25")}


@pytest.mark.parametrize("name", LOOKUPS)
def test_look_ups_are_the_files_cell_by_cell(mirror, name):
    path = mirror / f"geography/{name}_lookup.csv"
    vintage, itl = LOOKUPS[name]
    found = ons_geography.read_itl_lookup(path)
    assert found.attrs["vintage"] == vintage
    names = {f"{vintage}CD": "code", f"{vintage}NM": "name", f"LAU1{itl}CD": "lau1"}
    names |= {f"ITL{n}{itl}CD": f"itl{n}" for n in "123"} | {f"ITL{n}{itl}NM": f"itl{n}_name" for n in "123"}
    expected = [{ours: line[theirs].strip() for theirs, ours in names.items()} for line in cells(path)]
    assert found.to_dict("records") == [{key: row[key] for key in found} for row in expected]


def test_authorities_and_changes_are_the_files_cell_by_cell(mirror):
    path = mirror / "geography/lad25_ca25_lookup.csv"
    found = ons_geography.read_authority_lookup(path).to_numpy().tolist()
    assert found == [[*line.values()][:4] for line in cells(path)]
    path = mirror / "geography/lad_changes_2018_2025.csv"
    found = ons_geography.read_changes(path).astype(str).to_numpy().tolist()
    assert found == [[*line.values()] for line in cells(path)]


def test_boundaries_are_the_shapes_of_the_file(mirror):
    path = mirror / "geography/lad_dec_2024_buc.geojson"
    shapes = {
        feature["properties"]["LAD24CD"]: (feature["properties"]["LAD24NM"], feature["geometry"])
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]
    }
    found = ons_boundaries.read(path).set_index("code")
    assert len(shapes) == 361 and set(shapes) == set(found.index)
    for code in sorted(shapes)[::30]:
        name, geometry = shapes[code]
        parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        lons = [lon for part in parts for lon, _ in part[0]]
        assert found.loc[code, "name"] == name
        assert found.loc[code, "geometry"].bounds[::2] == pytest.approx((min(lons), max(lons)))


def test_regional_workbooks_against_openpyxl(mirror):
    path = mirror / "productivity/itlproductivity_2023.xlsx"
    tidy = ons_productivity.read_itl_workbook(path).set_index(["indicator", "area_code", "year"])["value"]
    page = openpyxl.load_workbook(path, read_only=True)["A4"]
    rows = list(page.iter_rows(min_row=4, max_row=60, values_only=True))
    years = rows[0]
    for row in (rows[2], rows[4], rows[20], rows[50]):
        for column in (3, 9, 20):
            assert tidy[("gva_per_hour_unsmoothed", row[1], int(years[column]))] == row[column]
