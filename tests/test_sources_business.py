"""Firms, work, pay, income and housing against the raw files, read by other means, and each other."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from helpers import catalogue
from helpers.errors import SourceError
from helpers.sources import (
    account,
    ons_business_counts,
    ons_business_demography,
    ons_income_housing,
    ons_labour,
    rounding,
    uk_areas,
)

UK = "K99000002"
KEY = ["indicator", "area_code", "year"]


def flat(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def keyed(rows: pd.DataFrame, column: str = "value") -> dict[tuple[str, str, int], float]:
    return rows.set_index(KEY)[column].to_dict()


@pytest.fixture(scope="module")
def demography(mirror):
    return {
        edition: ons_business_demography.read(mirror / f"business/businessdemography_{edition}.xlsx")
        for edition in (2022, 2024)
    }


@pytest.fixture(scope="module")
def counts(mirror):
    folder = mirror / "business"
    return {
        "nomis": ons_business_counts.read_nomis(folder / "nomis_ukbc_sizeband_lad_2018_2022.xlsx"),
        "early": ons_business_counts.read_tidy(folder / "ukbc_sizeband_lad_2018_2022.csv"),
        "late": ons_business_counts.read_tidy(folder / "ukbc_sizeband_lad_2020_2024.csv"),
        "workbook": ons_business_counts.read_workbook(folder / "ukbusinessworkbook2024.xlsx"),
    }


# Enterprises by size.


def test_cells_of_the_workbook_drawn_from_nomis(mirror, counts):
    """Every twentieth district of each year, found with openpyxl by its name."""
    page = openpyxl.load_workbook(mirror / "business/nomis_ukbc_sizeband_lad_2018_2022.xlsx").active
    assert page is not None
    code_of = counts["nomis"].set_index("area_name")["area_code"].to_dict()
    figures, year, seen = keyed(counts["nomis"]), 0, 0
    for number, row in enumerate(page.iter_rows(values_only=True)):
        if row[0] == "date":
            year = int(row[1])
        name = str(row[0]).removeprefix("ladu:")
        if number % 20 == 0 and str(row[0]).startswith("ladu:") and name in code_of:
            for indicator, cell in zip(ons_business_counts.BANDS.values(), row[1:6], strict=True):
                assert figures[(indicator, code_of[name], year)] == cell
                seen += 1
    assert seen > 300


def test_names_of_nomis_are_all_matched_and_the_other_rows_counted(mirror, counts):
    """Rows by the kind before the colon, as openpyxl counts them; every district of 2023 in each year."""
    page = openpyxl.load_workbook(mirror / "business/nomis_ukbc_sizeband_lad_2018_2022.xlsx").active
    assert page is not None
    kinds = Counter(
        str(first).partition(":")[0] for first, *_ in page.iter_rows(values_only=True) if ":" in str(first)
    )
    told = account.of(counts["nomis"])
    assert told == account.Account(
        kinds["ladu"] + kinds["lep"] + kinds["country"] + kinds["User Defined Geography"],
        kinds["ladu"],
        {
            "level not compared: England": kinds["country"],
            "level not compared: areas of skills plans": kinds["User Defined Geography"],
            "level not compared: local enterprise partnerships": kinds["lep"],
        },
    )
    assert counts["nomis"].groupby(["indicator", "year"])["area_code"].nunique().eq(361).all()
    # Year and total of every named row survive: nothing is unmatched.
    whole = sum(row[1] for row in page.iter_rows(values_only=True) if str(row[0]).startswith("ladu:"))
    total = counts["nomis"]["indicator"] == "enterprises_total"
    assert counts["nomis"].loc[total, "value"].sum() == whole


def test_the_three_forms_of_one_series_agree(counts):
    """The CSV of 2018 to 2022 is the workbook; the later one agrees in the years they share."""
    assert keyed(counts["nomis"]) == keyed(counts["early"])
    both = counts["nomis"].merge(counts["late"], on=KEY, suffixes=("", "_late"))
    assert sorted(both["year"].unique()) == [2020, 2021, 2022]
    both = both[~both["area_name"].isin(ons_business_counts.PARTS_ONLY)]
    merged = both["area_name"] == "North Yorkshire"
    assert (both["value"] == both["value_late"])[~merged].all()
    # What was published after the merger lies within the bounds of the sum of the parts.
    assert both[merged].eval("lower <= upper_late and lower_late <= upper").all()


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("Cumberland", "Allerdale"),
        ("Westmorland and Furness", "Barrow-in-Furness"),
        ("Somerset", "Mendip"),
    ],
)
def test_three_districts_of_the_later_csv_are_one_former_part_each(mirror, whole, part):
    """When this fails the file is mended, and the reader need not leave them out."""
    early = flat(mirror / "business/ukbc_sizeband_lad_2018_2022.csv")
    late = flat(mirror / "business/ukbc_sizeband_lad_2020_2024.csv")
    for year in ("2020", "2021", "2022"):
        [one] = [row for row in early if (row["lad"], row["year"]) == (part, year)]
        [other] = [row for row in late if (row["lad"], row["year"]) == (whole, year)]
        assert all(float(one[band]) == float(other[band]) for band in ons_business_counts.BANDS)


def test_what_the_later_csv_adds(mirror):
    recent = ons_business_counts.read_recent(mirror / "business/ukbc_sizeband_lad_2020_2024.csv")
    assert set(recent["year"]) == {2023, 2024} and recent["area_code"].nunique() == 358
    told = account.of(recent)
    assert (told.rows, told.taken) == (361 * 5, 358 * 2)
    assert list(told.left.values()) == [361 * 3, 3 * 2]


def test_the_workbook_of_2024_agrees_with_the_series_within_both_roundings(counts):
    """Great Britain: Northern Ireland's districts are put together from other small areas there."""
    late = counts["late"][counts["late"]["year"] == 2024]
    late = late[~late["area_name"].isin(ons_business_counts.PARTS_ONLY)]
    late = late[~late["area_code"].str.startswith("N")]
    both = late.merge(counts["workbook"], on=KEY, suffixes=("", "_book"))
    assert len(both) == (361 - 11 - 3) * 5
    assert both.eval("lower <= upper_book and lower_book <= upper").all()


def test_regions_add_up_to_the_united_kingdom(counts):
    """Controlled rounding keeps sums; ONS's bulletin of September 2024 says 2.725 million."""
    book = counts["workbook"].pivot(index="area_code", columns="indicator", values="value")
    regions = book[book.index.str.startswith("TL")].sum()
    districts = book[book.index.str.fullmatch(uk_areas.DISTRICT.pattern)].sum()
    assert (regions - book.loc[UK]).abs().max() <= 12 * 5
    assert (districts - book.loc[UK]).abs().max() <= 361 * 5
    assert round(book.loc[UK, "enterprises_total"] / 1e6, 3) == 2.725
    bands = book.drop(columns="enterprises_total").sum(axis=1)
    assert (bands == book["enterprises_total"]).all()


def test_cells_of_table_10(mirror, counts):
    page = openpyxl.load_workbook(mirror / "business/ukbusinessworkbook2024.xlsx", read_only=True)[
        "Table 10 "
    ]
    figures = keyed(counts["workbook"])
    for number, row in enumerate(page.iter_rows(min_row=6, max_row=411, values_only=True)):
        code = str(row[0])[:9]
        if number % 40 == 20 and uk_areas.DISTRICT.fullmatch(code):
            assert figures[("enterprises_micro", code, 2024)] == row[1] + row[2]
            assert figures[("enterprises_medium", code, 2024)] == row[5] + row[6]
            assert figures[("enterprises_large", code, 2024)] == row[7]


def test_bounds_of_rounding():
    rows = pd.DataFrame({"value": [0.0, 5.0, 430.0]})
    near = rounding.bounded(rows, rounding.NEAREST_FIVE)
    assert near["lower"].tolist() == [0, 3, 428] and near["upper"].tolist() == [2, 7, 432]
    for count in range(0, 200):  # no other count rounds into the bounds, and each count into its own
        shown = rounding.bounded(pd.DataFrame({"value": [5.0 * ((count + 2) // 5)]}), 2).iloc[0]
        assert shown["lower"] <= count <= shown["upper"]
    assert rounding.bounded(rows, rounding.CONTROLLED)["upper"].tolist() == [4, 9, 434]


# Births, deaths, survival, growth.


def test_counts_give_the_rates_that_ons_publishes_elsewhere(mirror, demography):
    """ONS's own percentages by district, to the last digit, from another file of the same release."""
    ours = keyed(demography[2024])
    ratios = {
        "Business births": ("enterprise_births", "enterprises_active"),
        "Business deaths": ("enterprise_deaths", "enterprises_active"),
        "High growth businesses": ("enterprises_high_growth", "enterprises_ten_plus"),
        "Three-year survival rate": ("survivors_three_years", "enterprise_births"),
        "Five-year survival rate": ("survivors_five_years", "enterprise_births"),
    }
    seen = dict.fromkeys([*ratios, "Active businesses"], 0)
    for row in flat(mirror / "els/business-demography.csv"):
        code, year = uk_areas.REGIONS.get(row["areacd"], row["areacd"]), int(row["period"][:4])
        if row["indicator"] not in seen or ("enterprises_active", code, year) not in ours:
            continue
        published = float(row["observation"])
        if row["indicator"] == "Active businesses":
            assert ours[("enterprises_active", code, year)] == published
        else:
            above, below = (ours[(part, code, year)] for part in ratios[row["indicator"]])
            assert 100 * above / below == pytest.approx(published, abs=1e-9)
        seen[row["indicator"]] += 1
    assert seen["Business births"] > 6 * 357 and seen["Five-year survival rate"] > 350


@pytest.mark.parametrize(("edition", "sheet"), [(2022, "Table 1.1a"), (2024, "Table 1.1c")])
def test_cells_of_births(mirror, demography, edition, sheet):
    path = mirror / f"business/businessdemography_{edition}.xlsx"
    rows = list(openpyxl.load_workbook(path, read_only=True)[sheet].iter_rows(min_row=4, values_only=True))
    figures, seen = keyed(demography[edition]), 0
    years = [int(year) for year in rows[0] if year is not None and str(year).strip()]
    for row in rows[1::30]:
        code = str(row[0]).strip()
        code = uk_areas.REGIONS.get(code, code)
        if ("enterprise_births", code, years[0]) in figures:
            for year, cell in zip(years, row[2:], strict=False):
                assert figures[("enterprise_births", code, year)] == cell
                seen += 1
    assert seen >= 10


def test_merged_districts_by_hand(demography):
    """Births of 2019: Corby 580, East Northamptonshire 500, Kettering 895, Wellingborough 940."""
    row = demography[2024].set_index(KEY).loc[("enterprise_births", "E06000061", 2019)]
    assert row[["value", "lower", "upper"]].tolist() == [2915, 2915 - 16, 2915 + 16]
    assert row["area_name"] == "North Northamptonshire"


def test_deaths_of_the_united_kingdom_as_the_workbook_prints_them_in_thousands(mirror, demography):
    """Table 9: the final estimate of deaths of 2019 to 2022, the second of 2023, the first of 2024."""
    ours = keyed(demography[2024])
    page = openpyxl.load_workbook(mirror / "business/businessdemography_2024.xlsx", read_only=True)["Table 9"]
    rows = {int(r[0]): r for r in page.iter_rows(min_row=8, values_only=True) if r[0] is not None}
    last_column = {2019: 9, 2020: 9, 2021: 9, 2022: 9, 2023: 7, 2024: 3}
    for year, column in last_column.items():
        assert ours[("enterprise_deaths", UK, year)] / 1000 == pytest.approx(rows[year][column], abs=0.51)


def test_all_districts_of_2023_in_every_year(demography, counts):
    for rows in [*demography.values(), counts["nomis"], counts["late"]]:
        districts = rows[rows["area_code"].str.fullmatch(uk_areas.DISTRICT.pattern)]
        assert (districts.groupby(["indicator", "year"])["area_code"].nunique() == 361).all()
        assert districts["area_name"].notna().all()


@pytest.mark.parametrize("edition", [2022, 2024])
def test_districts_and_regions_add_up(demography, edition):
    """Within a thousandth: the producer rounds districts, regions and the UK so that they add up."""
    rows = demography[edition]
    totals = rows[rows["area_code"] == UK].set_index(["indicator", "year"])["value"]
    for pattern in (uk_areas.DISTRICT.pattern, "TL[C-N]"):
        part = rows[rows["area_code"].str.fullmatch(pattern)]
        sums = part.groupby(["indicator", "year"])["value"].sum()
        assert ((sums - totals).abs() / totals).max() < 0.001


def test_only_deaths_are_revised(demography):
    both = demography[2022].merge(demography[2024], on=KEY, suffixes=("", "_later"))
    changed = both[both["value"] != both["value_later"]]
    assert set(changed["indicator"]) == {"enterprise_deaths"}
    assert set(changed["year"]) == {2021, 2022}
    # and these are the years that the earlier edition gave as provisional
    assert set(demography[2022].query("status == 'provisional'")["year"]) == {2021, 2022}


# Work and pay, income and housing.

FLAT = [
    ("gross-median-weekly-pay", ons_labour.read_pay, "Gross median weekly pay", "pay_weekly_residence"),
    ("employment-rate", ons_labour.read_employment, "Employment rate", "employment_rate"),
    ("employment-rate", ons_labour.read_employment, "Economically inactive", "inactivity_rate"),
    (
        "modelled-unemployment",
        ons_labour.read_unemployment,
        "Modelled unemployment rate",
        "unemployment_rate_modelled",
    ),
    (
        "gross-disposable-household-income-per-head",
        ons_income_housing.read_income,
        "Gross disposable household income",
        "gdhi_per_head",
    ),
    (
        "housing-affordability-ratio",
        ons_income_housing.read_housing,
        "Housing affordability ratio (residence-based)",
        "housing_affordability",
    ),
]


@pytest.mark.parametrize(("name", "reader", "published", "indicator"), FLAT, ids=[f[3] for f in FLAT])
def test_cells_of_the_flat_files(mirror, name, reader, published, indicator):
    """Every hundredth row of the file, and every row is taken or counted as left."""
    path = mirror / f"els/{name}.csv"
    tidy = reader(path)
    raw = flat(path)
    told = account.of(tidy)
    assert len(tidy) == told.taken and told.taken + sum(told.left.values()) == told.rows == len(raw)
    rows, seen = tidy.set_index(KEY), 0
    for line in [r for r in raw if r["indicator"] == published][::100]:
        key = (indicator, uk_areas.REGIONS.get(line["areacd"], line["areacd"]), int(line["period"][:4]))
        if key not in rows.index:
            assert line["areacd"][:3] in uk_areas.OTHER_LEVELS or line["areacd"].startswith("TL")
            continue
        row = rows.loc[key]
        for column, cell in (("value", "observation"), ("lower", "lci_95"), ("upper", "uci_95")):
            if line[cell] == "":
                assert pd.isna(row[column])
            else:
                assert row[column] == float(line[cell])
        assert (line["status"] == "") == (row["status"] in ("published", "provisional"))
        seen += 1
    assert seen >= 10


def test_regions_stand_twice_in_the_incomes_and_agree(mirror):
    raw = {
        (r["areacd"], r["period"]): r["observation"]
        for r in flat(mirror / "els/gross-disposable-household-income-per-head.csv")
    }
    pairs = [(o, t) for o, t in uk_areas.REGIONS.items() if t != UK]
    for old, itl in pairs:
        for year in (1997, 2010, 2023):
            assert raw[(old, f"{year}-01-01/P1Y")] == raw[(itl, f"{year}-01-01/P1Y")]


def test_workplace_pay_against_openpyxl(mirror):
    path = mirror / "labour/ashe_table7_5a_workplace_hourly_pay_2024.xlsx"
    tidy = ons_labour.read_workplace_pay(path)
    figures = tidy.set_index("area_code")
    page = openpyxl.load_workbook(path, read_only=True)["All"]
    seen = 0
    for row in page.iter_rows(min_row=6, max_row=400, values_only=True):
        code = uk_areas.REGIONS.get(str(row[1]).strip(), str(row[1]).strip())
        if code in figures.index:
            shown = figures.loc[code]
            if row[3] == "x":
                assert (pd.isna(shown["value"]), shown["status"]) == (True, "suppressed")
            else:
                assert (shown["value"], shown["status"]) == (row[3], "provisional")
            seen += 1
    assert seen == len(tidy) == 350 + 12 + 1
    assert figures.loc[UK, "value"] == 17.09


def test_codes_are_of_the_vintage_of_the_card(mirror):
    """Each district of the vintage is named, or is in a country that the source leaves out."""
    lookups = {"LAD23": "lad23_itl21", "LAD24": "lad24_itl25", "LAD25": "lad25_itl25"}
    readers = {f"els-{name}": reader for name, reader, *_ in FLAT}
    abroad = {"els-housing-affordability-ratio": "NS"}
    for id, reader in readers.items():
        card = catalogue.get(id)
        vintage = str(card.geography_vintage)
        names = flat(mirror / f"geography/{lookups[vintage]}_lookup.csv")
        known = {row[f"{vintage}CD"] for row in names}
        rows = reader(mirror / card.path)
        here = set(rows["area_code"][rows["area_code"].str.fullmatch(uk_areas.DISTRICT.pattern)])
        assert here <= known
        lacking = {code[0] for code in known - here}
        assert lacking <= set(abroad.get(id, "N")), id


# Files that are not as they should be; made here, small.

LOOKUP = "LAD23CD,LAD23NM,LAU121CD,LAU121NM,ITL321CD,ITL321NM,ITL221CD,ITL221NM,ITL121CD,ITL121NM"
CHANGED = """oldcd,oldnm,newcd,newnm,type,start
E07000190,Taunton Deane,E07000246,Somerset West and Taunton,merger,2019
E07000187,Mendip,E06000066,Somerset,merger,2023
E07000246,Somerset West and Taunton,E06000066,Somerset,merger,2023
E06000066,Somerset,E47000099,Wessex,new_geo,2024
E08000016,Barnsley,E08000038,Barnsley,new_code,2025
"""


@pytest.fixture
def raw(tmp_path):
    """A raw folder with small look-ups and a folder for the file that is tried."""
    cards = catalogue.load()
    lookup, changes = (tmp_path / cards[card].path for card in (uk_areas.LOOKUP, uk_areas.CHANGES))
    lookup.parent.mkdir()
    districts = [("E06000066", "Somerset"), ("E08000016", "Barnsley"), ("W06000016", "Rhondda Cynon Taf")]
    lines = [f"{c},{n},{c},{n},TLK23,x,TLK2,x,TLK,x" for c, n in districts]
    lookup.write_text("\n".join([LOOKUP, *lines]) + "\n", encoding="utf-8")
    changes.write_text(CHANGED, encoding="utf-8")
    (tmp_path / "business").mkdir()
    uk_areas.districts.cache_clear()
    yield tmp_path
    uk_areas.districts.cache_clear()


def book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        page = workbook.create_sheet(name)
        for row in rows:
            page.append(row)
    workbook.save(path)
    return path


def nomis_block(year: object, *districts: list[object]) -> list[list[object]]:
    return [
        [ons_business_counts.NOMIS_TITLE],
        ["ONS Crown Copyright Reserved"],
        [],
        ["date", year],
        ["industry", "Total"],
        [],
        list(ons_business_counts.NOMIS_HEADER),
        ["country:England", 100, 50, 30, 15, 5],
        *districts,
        [],
        ["All figures are rounded"],
    ]


MENDIP: list[object] = ["ladu:Mendip", 20, 10, 5, 5, 0]
TAUNTON: list[object] = ["ladu:Somerset West and Taunton", 15, 10, 5, 0, 0]
RHONDDA: list[object] = ["ladu:Rhondda Cynon Taff", 10, 5, 5, 0, 0]


def test_former_districts_and_odd_spellings(raw):
    rows = nomis_block(2018, MENDIP, TAUNTON) + nomis_block(2019, MENDIP, TAUNTON, RHONDDA)
    tidy = ons_business_counts.read_nomis(book(raw / "business/n.xlsx", {"Any name": rows}))
    found = tidy.set_index(KEY)
    assert found.loc[("enterprises_total", "E06000066", 2018)][["value", "lower", "upper"]].tolist() == [
        35,
        31,
        39,
    ]
    # nobody is known to be there: none or one or two, twice
    assert found.loc[("enterprises_large", "E06000066", 2018)][["value", "lower", "upper"]].tolist() == [
        0,
        0,
        4,
    ]
    assert found.loc[("enterprises_total", "W06000016", 2019), "value"] == 10
    assert set(tidy["area_name"]) == {"Somerset", "Rhondda Cynon Taff"}
    assert account.of(tidy) == account.Account(7, 5, {"level not compared: England": 2})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (nomis_block(2018, MENDIP), "found a part of it"),
        (nomis_block(2018, ["ladu:Somerset", 1, 1, 1, 1, 1], MENDIP, TAUNTON), "a part of it"),
        (nomis_block(2018, RHONDDA, RHONDDA), "stands twice"),
        (nomis_block(2018, ["ladu:Atlantis", 1, 1, 1, 1, 1]), "Atlantis"),
        (nomis_block(2018, ["moon:Rhondda", 1, 1, 1, 1, 1]), "kind of area"),
        (nomis_block(2018, ["ladu:Barnsley", "many", 1, 1, 1, 1]), "'many'"),
        (nomis_block("last year", RHONDDA), "expected a year"),
        (nomis_block(2018), "found none"),
        ([[ons_business_counts.NOMIS_TITLE], ["Area", "Total"], RHONDDA], "after a date"),
        (
            [["date", 2018] if r[:1] == ["date"] else r[:1] + r[:0:-1] for r in nomis_block(2018, RHONDDA)],
            "expected one sheet|after a date",
        ),
        ([["Something else"]], "expected one sheet"),
    ],
)
def test_a_spoilt_nomis_workbook_is_refused(raw, rows, said):
    with pytest.raises(SourceError, match=said):
        ons_business_counts.read_nomis(book(raw / "business/n.xlsx", {"Data": rows}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html><body>no</body></html>\n", "expected the columns"),
        ("year,lad,Total,Micro,Small,Medium\n2020,Barnsley,1,1,0,0\n", "expected the columns"),
        ("year,lad,Total,Micro,Small,Medium,Large\n", "found none"),
        ("year,lad,Total,Micro,Small,Medium,Large\n2020,Atlantis,1,1,0,0,0\n", "Atlantis"),
        ("year,lad,Total,Micro,Small,Medium,Large\n2020,Barnsley,1,1,0,0,few\n", "line 2.*few"),
        ("", "cannot be read"),
    ],
)
def test_a_spoilt_csv_of_enterprises_is_refused(raw, text, said):
    path = raw / "business/e.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        ons_business_counts.read_tidy(path)


def test_without_the_look_ups_the_error_names_them(tmp_path):
    path = tmp_path / "business/e.csv"
    path.parent.mkdir()
    path.write_text("year,lad,Total,Micro,Small,Medium,Large\n2020,Barnsley,1,1,0,0,0\n", encoding="utf-8")
    with pytest.raises(SourceError, match=f"fetch {uk_areas.LOOKUP}"):
        ons_business_counts.read_tidy(path)


def demography_book(path: Path, spoil=lambda sheets: None) -> Path:
    """A workbook with one table of each kind, by three districts; Somerset by its parts."""
    places = [
        ["E07000187", "Mendip*"],
        ["E07000246 ", "Somerset West and Taunton"],
        ["E08000016", "Barnsley"],
    ]
    titles = {
        "births": "Count Of Births Of New Enterprises For 2019",
        "deaths": "Count Of Deaths Of New Enterprises For 2019",
        "active": "Count Of Active Enterprises For 2019",
        "fast": "Count Of High Growth Enterprises For 2019",
        "ten": "Count Of Active Enterprises With 10+ Employees For 2019",
    }
    sheets: dict[str, list[list[object]]] = {
        name: [
            [f"Table {n}.1a - {title} By District, Counties And Unitary Authorities"],
            ["This worksheet contains one table"],
            ["Units: Counts (control rounded to base 5)"],
            ["", "", 2018, 2019],
            *([*place, 10 * n, 5] for place in places),
        ]
        for n, (name, title) in enumerate(titles.items(), 1)
    }
    sheets["lives"] = [
        ["Table 5.1a - Survival Of Newly Born Enterprises District, Counties And Unitary Authorities"],
        ["This worksheet contains one table"],
        ["Units: Counts (control rounded to base 5)"],
        ["", "", "2018 Births", *ons_business_demography.SURVIVAL_HEADER],
        *([*place, 10, 5, 50, 5, 50, 5, 50, ":", ":", ":", ":"] for place in places),
    ]
    sheets["industry"] = [["Table 1.2 - Count Of Births Of New Enterprises For 2019 by industry group"]]
    spoil(sheets)
    return book(path, sheets)


def test_a_small_demography_workbook(raw):
    def stray(sheets):
        sheets["fast"].append(["", "", 0, 10])
        sheets["fast"].append(["Footnotes:"])

    tidy = ons_business_demography.read(demography_book(raw / "business/d.xlsx", stray))
    found = tidy.set_index(KEY)
    somerset = found.loc[("enterprise_births", "E06000066", 2018)]
    assert somerset[["value", "lower", "upper"]].tolist() == [20, 12, 28]
    assert found.loc[("enterprise_deaths", "E08000016", 2019), "status"] == "provisional"
    assert found.loc[("enterprise_births", "E08000016", 2019), "status"] == "published"
    assert found.loc[("survivors_three_years", "E08000016", 2018), "value"] == 5
    assert "survivors_five_years" not in set(tidy["indicator"])
    # Three districts in six tables and a line without a name; survival is known after three years.
    assert account.of(tidy) == account.Account(19, 18, {"figures without code or name under a table": 1})


def rename(name, to):
    def spoil(sheets):
        sheets[to] = sheets.pop(name)

    return spoil


def test_a_renamed_sheet_does_no_harm(raw):
    path = demography_book(raw / "business/d.xlsx", rename("births", "Sheet 9"))
    assert set(ons_business_demography.COUNTS) < set(ons_business_demography.read(path)["indicator"])


def put(name, row, column, value):
    def spoil(sheets):
        sheets[name][row][column] = value

    return spoil


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (put("births", 0, 0, "Table 1.1a - Something else"), "Births.*found none"),
        (put("births", 2, 0, "Units: thousands"), "under the title"),
        (put("births", 3, 3, "change"), "consecutive years"),
        (put("births", 3, 0, "Code"), "two blank cells"),
        (put("births", 4, 0, ""), "a code and a name"),
        (put("births", 4, 0, "Z99000001"), "Z99000001"),
        (put("births", 4, 0, "E08000099"), "found a part"),
        (put("births", 4, 3, "lots"), "'lots'"),
        (put("lives", 3, 3, "2-year survival"), "expected births, then"),
        (lambda sheets: sheets.update(again=sheets["births"]), "two tables"),
    ],
)
def test_a_spoilt_demography_workbook_is_refused(raw, spoil, said):
    path = demography_book(raw / "business/d.xlsx", spoil)
    with pytest.raises(SourceError, match=said) as error:
        ons_business_demography.read(path)
    assert "d.xlsx" in str(error.value)


HOURLY = [
    [f"{ons_labour.HOURLY_TITLE}a: United Kingdom, 2024"],
    [],
    list(ons_labour.HOURLY_HEADER),
    ["United Kingdom ", "K02000001", 27882, 17.09, 6.8, 21.65, 6.9],
    ["Barnsley", "E08000016", 90, "x", "", 16.1, 3],
    ["Not Classified", None, ":", None, None, None, None],
    ["a  Employees on adult rates"],
]


def test_a_small_table_of_hourly_pay(tmp_path):
    tidy = ons_labour.read_workplace_pay(book(tmp_path / "a.xlsx", {"Whatever": HOURLY}))
    assert tidy["area_code"].tolist() == [UK, "E08000016"]
    assert tidy["status"].tolist() == ["provisional", "suppressed"]
    assert account.of(tidy) == account.Account(3, 2, {"jobs whose place of work is not known": 1})


@pytest.mark.parametrize(
    ("row", "column", "value", "said"),
    [
        (0, 0, "Table 7.1a   Weekly pay", "expected one sheet"),
        (0, 0, f"{ons_labour.HOURLY_TITLE}a: United Kingdom", "expected a title that ends in a year"),
        (2, 3, "Mean", "expected a header row"),
        (4, 1, None, "name and code of an area"),
        (4, 3, "high", "'high'"),
        (4, 1, "Q99000001", "Q99000001"),
    ],
)
def test_a_spoilt_table_of_hourly_pay_is_refused(tmp_path, row, column, value, said):
    rows = [list(line) for line in HOURLY]
    rows[row][column] = value
    with pytest.raises(SourceError, match=said):
        ons_labour.read_workplace_pay(book(tmp_path / "a.xlsx", {"All": rows}))


FLAT_HEADER = "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes"
PAY = "E08000016,Barnsley,x,Gross median weekly pay,2025-04-30,500,Pounds,£,480,520,,"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PAY.replace("weekly", "daily"), "expected the indicators"),
        (PAY.replace("E08000016", "Q99000001"), "Q99000001"),
        (PAY.replace("2025-04-30", "2025-05-30"), "expected a year"),
        (PAY.replace("500", "lots"), "'lots'"),
        (PAY + "\n" + PAY, "stands twice"),
        ("", "found none"),
    ],
)
def test_a_spoilt_file_of_pay_is_refused(tmp_path, text, said):
    path = tmp_path / "pay.csv"
    path.write_text(f"{FLAT_HEADER}\n{text}\n" if text else f"{FLAT_HEADER}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        ons_labour.read_pay(path)


def test_unreliable_pay_is_suppressed_and_the_last_year_provisional(tmp_path):
    lines = [
        PAY,
        PAY.replace("2025-04-30", "2024-04-17"),
        PAY.replace("E08000016", "E09000001").replace("500", "").replace("480,520,", ",,u"),
        PAY.replace("E08000016", "E47000002"),
    ]
    path = tmp_path / "pay.csv"
    path.write_text("\n".join([FLAT_HEADER, *lines]) + "\n", encoding="utf-8")
    tidy = ons_labour.read_pay(path)
    assert tidy["status"].tolist() == ["provisional", "published", "suppressed"]
    assert account.of(tidy).left == {"level not compared: combined authorities": 1}
