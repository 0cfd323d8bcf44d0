"""GVA by industry and employees: cells and totals against the raw files, chained volumes, spoilt files."""

import math

import openpyxl
import pandas as pd
import pytest

from helpers import tables
from helpers.errors import SourceError
from helpers.recipes import industry
from helpers.sources import account, nomis_bres, ons_industry, volumes

WORKBOOK = "industry/gva_by_industry_lad_{}.xlsx"
MANUFACTURING = ["CA-CB (10-15)", "CC (16-18)", "CD-CG (19-23)", "CH (24-25)", "CI-CL (26-30)", "CM (31-33)"]
SECTIONS = [
    code
    for code in ons_industry.INDUSTRIES
    if code[0].isalpha() and code != "Total" and code not in MANUFACTURING
]


@pytest.fixture(scope="session")
def midlands(mirror):
    """The West Midlands as our reader reads it."""
    return ons_industry.read(mirror / WORKBOOK.format("tlgwestmidlands"))


@pytest.fixture(scope="session")
def districts(mirror):
    """Every district of the UK."""
    return pd.concat([ons_industry.read(mirror / WORKBOOK.format(name)) for name in industry.REGIONS])


def panel(rows, indicator):
    chosen = rows[rows["indicator"] == indicator]
    return chosen.pivot(index="area_code", columns="year", values="value")


def test_gva_against_openpyxl(mirror, midlands):
    found = midlands.set_index(["indicator", "area_code", "year"])["value"]
    book = openpyxl.load_workbook(mirror / WORKBOOK.format("tlgwestmidlands"), read_only=True)
    checked = 0
    for sheet, stem, codes in (
        ("Table 3", "gva_", ons_industry.INDUSTRIES),
        ("Table 2", "gva_volume_", {"Total": "all", "68IMP": "imputed_rent"}),
    ):
        rows = list(book[sheet].iter_rows(min_row=2, values_only=True))
        header = rows[0]
        for row in rows[1::7]:
            name = codes.get(str(row[3]))
            if name is None:
                continue
            for column in (5, 17, 30):
                checked += 1
                assert found[(stem + name, row[1], int(header[column]))] == row[column]
    assert checked > 300


def test_what_is_withheld_is_suppressed_and_totals_are_not(mirror):
    rows = ons_industry.read(mirror / WORKBOOK.format("tlksouthwest"))
    cornwall = rows[rows["area_code"] == "E06000052"]
    rent = cornwall[cornwall["indicator"].isin(["gva_imputed_rent", "gva_volume_without_imputed_rent"])]
    assert set(rent["status"]) == {"suppressed"} and rent["value"].isna().all()
    assert cornwall.loc[cornwall["indicator"] == "gva_all", "value"].notna().all()


def test_the_last_year_is_provisional(midlands):
    by_year = midlands.groupby("year")["status"].agg(set)
    assert by_year[2023] == {"provisional"} and by_year[2022] == {"published"}
    assert (by_year.index.min(), by_year.index.max()) == (1998, 2023)


def test_rows_not_taken_are_counted(mirror, midlands):
    """Two tables of 30 districts and 49 industries under two lines, as openpyxl counts them."""
    book = openpyxl.load_workbook(mirror / WORKBOOK.format("tlgwestmidlands"), read_only=True)
    told = account.of(midlands)
    assert told.rows == sum(book[sheet].max_row - 2 for sheet in ("Table 2", "Table 3")) == 2 * 30 * 49
    chained = (midlands["indicator"] == "gva_volume_without_imputed_rent").sum()
    assert (len(midlands) - chained) / 26 == told.taken == 30 * (31 + 2)
    assert told.left == {
        "industries that no notebook uses": 30 * 18,
        "volumes of single industries": 30 * 47,
    }


def test_every_district_is_there_once(districts):
    known = set(tables.load("areas").query("level == 'district' and vintage == 'LAD24'")["code"])
    per_indicator = districts.groupby("indicator")["area_code"].agg(set)
    assert all(codes == known for codes in per_indicator)
    assert not districts.duplicated(["indicator", "area_code", "year"]).any()


def test_industries_add_up_to_all_industries(districts):
    whole = panel(districts, "gva_all")
    parts = [panel(districts, f"gva_{ons_industry.INDUSTRIES[code]}") for code in SECTIONS]
    off = (sum(parts) - whole).stack()
    assert len(SECTIONS) == 18
    assert off.size > 355 * 26 and off.abs().max() <= 5 and abs(off.mean()) < 0.05
    made = [panel(districts, f"gva_{ons_industry.INDUSTRIES[code]}") for code in MANUFACTURING]
    assert (sum(made) - panel(districts, "gva_manufacturing")).stack().abs().max() <= 3
    land = panel(districts, "gva_imputed_rent") + panel(districts, "gva_real_estate_activities")
    assert (land - panel(districts, "gva_real_estate")).stack().abs().max() <= 1


def test_districts_add_up_to_the_regions_and_to_the_uk(districts):
    """Against the regional accounts, which another workbook publishes."""
    region = (
        tables.load("areas").query("level == 'district' and vintage == 'LAD24'").set_index("code")["itl1"]
    )
    published = tables.load("regions").query("indicator == 'gva_current'")
    published = published.pivot(index="area_code", columns="year", values="value")
    gva = panel(districts, "gva_all")
    sums = gva.groupby(gva.index.map(region)).sum()
    assert len(sums) == 12
    assert (sums - published.loc[sums.index, sums.columns]).abs().to_numpy().max() <= 10
    assert (gva.sum() - published.loc["K99000002", gva.columns]).abs().max() <= 20


@pytest.fixture(scope="session")
def parts(mirror):
    """All industries of the West Midlands in current prices and as chained volume, by code."""
    both = []
    for number, measure in (ons_industry.CURRENT, ons_industry.VOLUME):
        path = mirror / WORKBOOK.format("tlgwestmidlands")
        rows = ons_industry._table(path, number, measure)
        both.append(
            {
                code: part.pivot(index="area_code", columns="year", values="value")
                for code, part in rows.groupby("industry")
            }
        )
    return both


def test_chaining_the_published_parts_gives_the_published_total(parts):
    current, volume = parts
    made = volumes.chained(
        [(current[code], volume[code]) for code in SECTIONS], [1] * len(SECTIONS), reference=2022
    )
    # Three districts have years without agriculture, which cannot be chained.
    off = (made / volume["Total"] - 1).abs().dropna(how="any")
    assert off.shape == (27, 26)
    # What remains is rounding to whole millions, largest in the smallest districts.
    assert off.stack().quantile(0.9) < 0.002 and off.to_numpy().max() < 0.015


def test_volume_without_imputed_rent(parts, midlands):
    """Taking rent off and putting it back returns the published total."""
    current, volume = parts
    total, rent = (current["Total"], volume["Total"]), (current["68IMP"], volume["68IMP"])
    rest = volumes.chained([total, rent], [1, -1], reference=2022)
    back = volumes.chained([(total[0] - rent[0], rest), rent], [1, 1], reference=2022)
    pd.testing.assert_frame_equal(back, volume["Total"], rtol=1e-9)
    made = panel(midlands, "gva_volume_without_imputed_rent")
    assert (made - rest).abs().to_numpy().max() <= 0.05 + 1e-9
    assert (made[2022] == current["Total"][2022] - current["68IMP"][2022]).all()


def test_chaining_by_hand():
    """Two goods: prices 2 and 1; the first doubles in quantity, the second stays, then prices change."""
    years = [2021, 2022]
    first = (pd.DataFrame([[20.0, 60.0]], columns=years), pd.DataFrame([[30.0, 60.0]], columns=years))
    second = (pd.DataFrame([[10.0, 40.0]], columns=years), pd.DataFrame([[40.0, 40.0]], columns=years))
    made = volumes.chained([first, second], [1, 1], reference=2022)
    # In prices of 2021 the sum grows from 30 to 50; 2022 is worth 100 in its own prices.
    assert made.loc[0].tolist() == pytest.approx([60.0, 100.0])
    less = volumes.chained([first, second], [1, -1], reference=2022)
    # The difference grows from 10 to 30 and is worth 20 in 2022.
    assert less.loc[0].tolist() == pytest.approx([20 / 3, 20.0])


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_employees_against_openpyxl(mirror):
    path = mirror / "industry/nomis_bres_employees_section_itl3_2023.xlsx"
    found = nomis_bres.read(path)
    values = found.set_index(["indicator", "area_code"])["value"]
    page = openpyxl.load_workbook(path).worksheets[0]
    rows = list(page.iter_rows(min_row=10, max_row=177, values_only=True))
    assert len(rows) == 168 == found["area_code"].nunique()
    for row in rows[::9]:
        code = row[0][:5]
        for column, letter in ((1, "A"), (5, "C"), (15, "H"), (19, "J"), (25, "M")):
            assert values[(f"employees_{nomis_bres.SECTIONS[letter]}", code)] == row[column]
        assert values[("employees_all", code)] == sum(row[1::2])
    known = tables.load("areas").query("level == 'itl3' and vintage == 'ITL21'").set_index("code")["name"]
    codes = set(found["area_code"])
    assert {code for code in known.index if not code.startswith("TLN")} == codes
    names = found.drop_duplicates("area_code").set_index("area_code")["area_name"]
    assert (names == known[names.index]).mean() > 0.95  # spelling differs here and there


# Small files of our own.
def book(path, sheets):
    made = openpyxl.Workbook()
    made.active.append(["Contents"])
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    made.save(path)
    return path


def gva_sheets():
    codes = [*ons_industry.INDUSTRIES, *sorted(ons_industry.OTHERS)]
    sheets = {}
    for number, measure, prices in ((*ons_industry.VOLUME, 0.5), (*ons_industry.CURRENT, 1.0)):
        rows = [[f"{ons_industry.TITLE.format(number)}: TLG West Midlands, {measure} [note 1]"]]
        rows.append([*ons_industry.KEYS, 2021, 2022, 2023])
        for code in codes:
            cell = int(code) if code.isdigit() else code
            worth = 100 if code == "Total" else 10 if code == "68IMP" else 5
            rows.append(
                ["West Midlands ", "E08000025", "Birmingham", cell, "x", worth * prices, worth, worth * 2]
            )
        sheets[f"Sheet {number}"] = rows
    return sheets


def read_gva(tmp_path, sheets):
    return ons_industry.read(book(tmp_path / "gva.xlsx", sheets))


def test_renamed_sheets_notes_and_blank_lines_do_no_harm(tmp_path):
    sheets = gva_sheets()
    sheets = {f"New {i}": [*rows, [], ["A new footnote"]] for i, rows in enumerate(sheets.values())}
    for rows in sheets.values():
        rows.insert(1, ["A line above the header"])
    found = read_gva(tmp_path, sheets).set_index(["indicator", "year"])["value"]
    assert found["gva_all"].tolist() == [100, 100, 200]
    assert found["gva_real_estate_activities"].tolist() == [5, 5, 10]
    assert found["gva_volume_without_imputed_rent"].tolist() == [45, 90, 180]


def test_a_withheld_industry_is_suppressed(tmp_path):
    sheets = gva_sheets()
    next(row for row in sheets["Sheet 3"] if row[3:4] == ["CH (24-25)"])[5:] = ["[c]", "[u]", 0]
    rows = read_gva(tmp_path, sheets).query("indicator == 'gva_metals'").set_index("year")
    assert rows["status"].to_dict() == {2021: "suppressed", 2022: "suppressed", 2023: "provisional"}
    assert math.isnan(rows.loc[2021, "value"]) and rows.loc[2023, "value"] == 0


def other_measure(sheets):
    sheets["Sheet 3"][0][0] = sheets["Sheet 3"][0][0].replace("current prices", "previous years' prices")


def swapped(sheets):
    sheets["Sheet 3"][1][1:3] = ["LA name", "LA code"]


def no_column(sheets):
    for row in sheets["Sheet 2"][1:]:
        del row[3]


def unknown_industry(sheets):
    sheets["Sheet 3"][5][3] = "CN (99)"


def no_industry(sheets):
    del sheets["Sheet 3"][-1]


def twice(sheets):
    sheets["Sheet 3"].append(sheets["Sheet 3"][-1])


def no_table(sheets):
    del sheets["Sheet 2"]


def marker(sheets):
    sheets["Sheet 3"][4][6] = "n/a yet"


def year_left_out(sheets):
    sheets["Sheet 3"][1][5] = 2020


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (other_measure, "current prices"),
        (swapped, "expected a header row"),
        (no_column, "expected a header row"),
        (unknown_industry, r"CN \(99\)"),
        (no_industry, "expected 49 industries for E08000025"),
        (twice, "stands twice"),
        (no_table, "expected one sheet"),
        (marker, "'n/a yet'"),
        (year_left_out, "consecutive years"),
    ],
)
def test_a_spoilt_workbook_of_gva_is_refused_by_name(tmp_path, spoil, said):
    sheets = gva_sheets()
    spoil(sheets)
    with pytest.raises(SourceError, match=said) as error:
        read_gva(tmp_path, sheets)
    assert "gva.xlsx" in str(error.value)


def bres_rows():
    header = [nomis_bres.AREA]
    for letter, name in nomis_bres.SECTIONS.items():
        header += [f"{letter} : {name}", "Flags"]
    return [
        [f"{nomis_bres.TITLE} : open access"],
        [],
        ["date", 2023],
        ["employment status", "Employees"],
        ["measure", "Count"],
        [],
        header,
        [None, *["number", "Flags"] * 21],
        ["TLG31 Birmingham", *[100, None] * 21],
        [],
        ["The level of rounding applied varies by estimate."],
    ]


def read_bres(tmp_path, rows):
    return nomis_bres.read(book(tmp_path / "bres.xlsx", {"Data": rows}))


def test_employees_of_a_small_file(tmp_path):
    rows = bres_rows()
    rows[8][3] = "*"  # mining
    found = read_bres(tmp_path, rows).set_index("indicator")
    assert found.loc["employees_manufacturing", ["area_code", "value"]].tolist() == ["TLG31", 100]
    assert found.loc["employees_mining", "status"] == "suppressed"
    assert found.loc["employees_all", "status"] == "missing"  # no sum with a part unknown
    assert read_bres(tmp_path, bres_rows()).set_index("indicator").loc["employees_all", "value"] == 2100


@pytest.mark.parametrize(
    ("row", "column", "text", "said"),
    [
        (2, 1, 2022, "expected date '2023'"),
        (3, 1, "Employment", "expected employment status"),
        (4, 1, "Percentage", "expected measure"),
        (6, 0, "local authorities: district", "expected the header"),
        (6, 3, "C : Manufacturing", "expected the header"),
        (7, 1, "per cent", "expected the header"),
        (8, 0, "Birmingham", "expected an ITL3 code"),
        (8, 2, "!", "without flags"),
        (8, 1, "n/a yet", "'n/a yet'"),
        (0, 0, "Annual Population Survey", "expected one sheet"),
    ],
)
def test_a_spoilt_download_of_employees_is_refused_by_name(tmp_path, row, column, text, said):
    rows = bres_rows()
    rows[row][column] = text
    with pytest.raises(SourceError, match=said) as error:
        read_bres(tmp_path, rows)
    assert "bres.xlsx" in str(error.value)


def test_a_page_instead_of_a_workbook_is_refused(tmp_path):
    path = tmp_path / "gva.xlsx"
    path.write_text("<html>not found</html>")
    for read in (ons_industry.read, nomis_bres.read):
        with pytest.raises(SourceError, match=r"gva\.xlsx"):
            read(path)
