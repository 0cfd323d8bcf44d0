"""Readers of public capital, transport spending, broadband and travel time, against the raw files.

Figures are compared exactly where the file prints them; within 0.1 where a merged district is a mean of
rounded shares; at 1e-6 GBP million where thousands were summed.
"""

import math
from collections import defaultdict
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from raw_cells import cells, figures, raw, write

from helpers import paths
from helpers.errors import SourceError
from helpers.sources import account, area_codes, hmt_spending, mhclg_capital, ofcom_coverage, ons_access


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    return pd.read_csv(paths.TABLES / "areas.csv", dtype=str, keep_default_na=False)


# Local authorities' capital spending on transport


def test_capital_outturn_against_the_csv(mirror):
    path = raw(mirror, "capital-outturn-2000-2016")
    tidy = mhclg_capital.read(path)
    found = figures(tidy)
    checked = 0
    for row in cells(path):
        key = ("transport_capital", row["ons_code"], int(row["year"][:4]))
        if key in found and row["transport_total_capex_gbp000"]:
            assert found[key] * 1000 == pytest.approx(float(row["transport_total_capex_gbp000"]), abs=1e-6)
            checked += 1
    assert checked > 280
    by_name = {(r["la_name"], r["year"]): r["transport_total_capex_gbp000"] for r in cells(path)}
    for code, name in {
        "E10000031": "Warwickshire",
        "E08000029": "Solihull",
        "E06000019": "Herefordshire UA",
    }.items():
        for year in ("2000-01", "2005-06", "2014-15"):
            value = found["transport_capital", code, int(year[:4])]
            assert value * 1000 == pytest.approx(float(by_name[name, year]))
    # North Yorkshire carries another county's code in 2015-16, 67,616 thousand in the file.
    assert found["transport_capital", "E10000023", 2015] == 67.616


def test_capital_outturn_loses_no_pound_of_an_upper_tier_authority(mirror):
    path = raw(mirror, "capital-outturn-2000-2016")
    tidy = mhclg_capital.read(path)
    kept = tidy.groupby("year")["value"].sum()
    # Without area codes: upper-tier authorities by the last two digits of the ministry's own code
    # (below 30 outside London and the cities), which owes nothing to the reader's way.
    whole: dict[int, float] = defaultdict(float)
    for row in cells(path):
        kind, number = int(row["ecode"][1:3]), int(row["ecode"][3:])
        if (kind <= 40 and number < 30) or 41 <= kind <= 50:
            whole[int(row["year"][:4])] += float(row["transport_total_capex_gbp000"] or 0) / 1000
    for year, amount in whole.items():
        assert kept[year] == pytest.approx(amount, abs=1e-6)
    told = account.of(tidy)
    assert told.taken + sum(told.left.values()) == told.rows == len(cells(path))
    # Three groups of authorities are one area each: nine stood for themselves, before 2009 some as one.
    assert 0 < told.taken - len(tidy) <= 6 * 17


def test_upper_tier_areas_are_those_that_contain_todays_districts(mirror, areas):
    tidy = mhclg_capital.read(raw(mirror, "capital-outturn-2000-2016"))
    counties = yaml.safe_load((paths.DATA / "counties.yml").read_text(encoding="utf-8"))["counties"]
    county_of = {d: code for code, county in counties.items() for d in county["districts"]}
    for vintage in ("LAD21", "LAD23", "LAD24"):
        here = areas[(areas["level"] == "district") & (areas["vintage"] == vintage)]["code"]
        english = here[here.str.startswith("E")]
        assert set(english.map(county_of).fillna(english)) == set(tidy["area_code"])
    assert tidy.groupby("area_code")["year"].count().eq(17).all()


def test_every_shire_district_stands_under_one_county(areas):
    counties = yaml.safe_load((paths.DATA / "counties.yml").read_text(encoding="utf-8"))["counties"]
    listed = [d for county in counties.values() for d in county["districts"]]
    assert len(listed) == len(set(listed))
    shire = areas[(areas["level"] == "district") & areas["code"].str.startswith("E07")]
    assert shire[shire["vintage"] == "LAD21"]["code"].nunique() == 181
    assert shire[shire["vintage"] == "LAD23"]["code"].nunique() == 164
    known = set(shire["code"])
    assert {d for d in listed if d.startswith("E07")} == known
    # ITL3 areas never cross a county's border: a witness that had no part in the derivation.
    county_of = {d: code for code, county in counties.items() for d in county["districts"]}
    for vintage in ("LAD21", "LAD23", "LAD24"):
        here = shire[shire["vintage"] == vintage]
        assert here["code"].map(county_of).groupby(here["itl3"]).nunique().eq(1).all()


# Public spending on transport


@pytest.mark.parametrize(("release", "first"), [(2014, 2009), (2018, 2013)])
def test_transport_spending_against_openpyxl(mirror, release, first):
    path = raw(mirror, f"cra-{release}")
    tidy = hmt_spending.read(path)
    found = figures(tidy)
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[1]
    header, *body = sheet.values
    at = {name: header.index(name) for name in hmt_spending.KEYS}
    names = {"TLF": "ENGLAND_East Midlands", "TLI": "ENGLAND_London", "TLM": "SCOTLAND"}
    sums: dict[tuple[str, str, int], float] = defaultdict(float)
    for row in body:
        if "transport" in str(row[at["HMT Function"]]) and row[at["ID/non-ID"]] == "ID":
            for column in range(len(header) - 5, len(header)):
                year = int(header[column][:4])
                sums[row[at["NUTS Region"]].upper(), row[at["CAP or CUR"]], year] += row[column] / 1000
    for code, region in names.items():
        for year in (first, first + 2, first + 4):
            capital, current = (sums[region.upper(), kind, year] for kind in ("CAP", "CUR"))
            assert found["transport_spending_capital", code, year] == pytest.approx(capital, abs=1e-6)
            assert found["transport_spending_current", code, year] == pytest.approx(current, abs=1e-6)
            assert found["transport_spending", code, year] == pytest.approx(capital + current, abs=1e-6)
    yorkshire = sum(v for (r, _, y), v in sums.items() if "YORKSHIRE" in r and y == first + 4)
    assert found["transport_spending", "TLE", first + 4] == pytest.approx(yorkshire, abs=1e-6)
    inside = sum(v for (r, _, y), v in sums.items() if r != "OUTSIDE UK" and y == first)
    assert tidy[(tidy["indicator"] == "transport_spending") & (tidy["year"] == first)][
        "value"
    ].sum() == pytest.approx(inside)


# Broadband


@pytest.mark.parametrize("year", range(2016, 2024))
def test_broadband_of_unchanged_districts_is_the_files(mirror, year):
    path = raw(mirror, f"ofcom-coverage-{year}")
    found = figures(ofcom_coverage.read(path, year))
    checked = 0
    for row in cells(path):
        code = row["laua_code" if year == 2016 else "laua"]
        for column, indicator in ofcom_coverage.indicators(year).items():
            if (indicator, code, year) in found:
                assert found[indicator, code, year] == float(row[column])
                checked += 1
    assert checked >= 346 * len(ofcom_coverage.indicators(year))


@pytest.mark.parametrize("year", range(2018, 2024))
def test_broadband_of_merged_districts_agrees_with_the_files_counts(mirror, year):
    path = raw(mirror, f"ofcom-coverage-{year}")
    found = figures(ofcom_coverage.read(path, year))
    rows = {row["laua"]: row for row in cells(path)}
    for new, former in area_codes.MERGED.items():
        there = [rows[code] for code in former if code in rows]
        if new in rows:
            continue
        premises = sum(int(row["All Premises"]) for row in there)
        fibre = sum(int(row["Number of premises with Full Fibre availability"]) for row in there)
        # Shares rounded to 0.1 each, then once more: at most 0.1 off.
        assert found["full_fibre", new, year] == pytest.approx(100 * fibre / premises, abs=0.1001)


def test_broadband_names_every_district_each_year(mirror, areas):
    districts = areas[(areas["level"] == "district") & (areas["vintage"] == "LAD23")]["code"]
    for year in range(2016, 2024):
        rows = ofcom_coverage.read(raw(mirror, f"ofcom-coverage-{year}"), year)
        for _, there in rows.groupby("indicator"):
            assert set(there["area_code"]) == set(districts)
        # Only shares that cannot be weighed are absent.
        assert rows["value"].isna().any() == (year < 2018)


def test_superfast_changes_its_meaning_in_2020(mirror):
    """Until 2019 the column stops at ultrafast, as a district full of ultrafast lines shows."""
    hull = "E06000010"
    before = figures(ofcom_coverage.read(raw(mirror, "ofcom-coverage-2019"), 2019))
    after = figures(ofcom_coverage.read(raw(mirror, "ofcom-coverage-2020"), 2020))
    assert before["superfast_not_ultrafast", hull, 2019] < 10 < 90 < before["full_fibre", hull, 2019]
    assert after["superfast", hull, 2020] > 90
    assert not {key for key in before if key[0] == "superfast"}


def test_codes_of_former_districts_are_those_of_the_change_history(mirror):
    history = {r["oldcd"]: r["newcd"] for r in cells(raw(mirror, "lad-changes")) if int(r["start"]) <= 2023}
    district = {old: new for old, new in history.items() if new and new[:3] in ("E06", "E07", "E08", "S12")}
    ours = area_codes.RECODED | area_codes.SUCCESSOR
    for old, new in district.items():
        while new in district:  # Taunton Deane: merged in 2019 and again in 2023
            new = district[new]
        assert ours[old] == new
    notes = {r["areacd"]: r["notes"] for r in cells(raw(mirror, "els-average-travel-time")) if r["notes"]}
    for old, new in area_codes.RECODED.items():
        assert old.startswith("S12") or f"replaced by {new}" in notes[old]


def test_gigabit_of_2026_against_the_csv(mirror, areas):
    path = raw(mirror, "els-gigabit-capable-broadband")
    tidy = ons_access.read_gigabit(path)
    found = figures(tidy)
    rows = {row["areacd"]: float(row["observation"]) for row in cells(path)}
    for code, value in rows.items():
        assert found.get(("gigabit_capable", code, 2026), value) == value
    assert len({code for _, code, _ in found} & set(rows)) == 361 + 15
    assert found["gigabit_capable", "TLF", 2026] == rows["E12000004"] == 89.3
    assert found["gigabit_capable", "K99000002", 2026] == rows["K02000001"] == 87.8
    districts = areas[(areas["level"] == "district") & (areas["vintage"] == "LAD25")]["code"]
    assert set(districts) <= set(tidy["area_code"])
    told = account.of(tidy)
    assert len(tidy) + sum(told.left.values()) == told.rows == len(rows)


# Travel time


def test_travel_time_against_the_csv(mirror, areas):
    path = raw(mirror, "els-average-travel-time")
    tidy = ons_access.read_travel_time(path)
    found = figures(tidy)
    rows = {
        (row["indicator"], row["areacd"], int(row["period"][:4])): float(row["observation"])
        for row in cells(path)
    }
    for ours, theirs in {
        "E07000239": "E07000239",
        "E06000060": "E10000002",
        "E06000065": "E10000023",
        "E08000037": "E08000020",
        "TLG": "E12000005",
    }.items():
        for year in (2014, 2019):
            assert found["travel_time_car", ours, year] == rows["Drive to work", theirs, year]
            public = rows["Public transport or walk to work", theirs, year]
            assert found["travel_time_public", ours, year] == public
    told = account.of(tidy)
    assert sum(told.left.values()) + tidy["value"].notna().sum() == told.rows == len(rows)
    assert set(tidy.loc[tidy["value"].isna(), "year"]) == {2018}
    english = areas[(areas["vintage"] == "LAD23") & areas["code"].str.match(r"E0[6-9]")]["code"]
    absent = set(english) - set(tidy["area_code"])
    assert absent == set(area_codes.MERGED) - set(area_codes.COUNTY_NOW_DISTRICT.values())
    assert set(tidy["area_code"]) <= set(english) | {f"TL{letter}" for letter in "CDEFGHIJK"}


# Files that are not as they should be

OUTTURN = "year,ecode,ons_code,la_name,transport_total_capex_gbp000\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2016-18,E1021,E10000007,Derbyshire,1\n", "financial years"),
        ("2016,E1021,E10000007,Derbyshire,1\n", "financial years"),
        ("2015-16,E1021,E10000007,A,1\n2016-17,E1021,E10000008,A,1\n", "one area code per authority"),
        ("2015-16,E1021,E10000007,A,1\n2016-17,E1121,E10000007,B,1\n", "one area code per authority"),
        ("2016-17,E1021,E10000007,Derbyshire,much\n", "'much'"),
    ],
)
def test_spoilt_capital_outturn_is_refused(tmp_path, line, said):
    with pytest.raises(SourceError, match=said):
        mhclg_capital.read(write(tmp_path, OUTTURN + line))


def test_authorities_counted_together_have_no_sum_when_one_is_absent(tmp_path):
    lines = ["E1201,E06000029,Poole,1000", "E1221,E10000009,Dorset,", "E1021,E10000007,Derbyshire,5"]
    text = OUTTURN + "".join(f"2016-17,{line}\n" for line in lines)
    rows = mhclg_capital.read(write(tmp_path, text)).set_index("area_code")
    joint = rows.loc["upper_tier:Bournemouth, Dorset and Poole"]
    assert math.isnan(joint["value"]) and joint["status"] == "missing"
    assert rows.loc["E10000007", "value"] == 0.005


YEARS = ("2013-14", "2014-15", "2015-16", "2016-17", "2017-18")


def database(tmp_path: Path, *rows, header=(*hmt_spending.KEYS, *YEARS), sheet="CRA") -> Path:
    book = openpyxl.Workbook()
    book.active.append(["", "About"])
    page = book.create_sheet(sheet)
    page.append(["Department Name", *header])
    for row in rows:
        page.append(["DfT", *row])
    path = tmp_path / "cra.xlsx"
    book.save(path)
    return path


LONDON = ("4. of which: transport", "ID", "CAP", "ENGLAND_London", 2000, 2000, 2000, 2000, 3000)


def test_spending_adds_kinds_and_both_spellings_and_leaves_the_rest(tmp_path):
    path = database(
        tmp_path,
        ("4. of which: transport", "ID", "CAP", "ENGLAND_Yorkshire and the Humber", *[1000] * 5),
        ("4. of which: transport", "ID", "CUR", "ENGLAND_Yorkshire and The Humber", *[500] * 5),
        ("4. of which: transport", "Non-ID", "CUR", "NON-REGIONAL", *[9] * 5),
        ("9. Education", "ID", "CUR", "WALES", *[9] * 5),
        sheet="Sheet 9",
    )
    rows = hmt_spending.read(path)
    assert figures(rows)["transport_spending", "TLE", 2016] == 1.5
    assert (account.of(rows).taken, sum(account.of(rows).left.values())) == (2, 2)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((*LONDON[:3], "ENGLAND_Middlesex", *LONDON[4:]), "england_middlesex"),
        ((*LONDON[:2], "CAPITAL", *LONDON[3:]), "CAPITAL"),
        (("4. transport", *LONDON[1:]), "4. transport"),
        (("5. Health", *LONDON[1:]), "found 0 rows"),
        (("", *LONDON[1:]), "in the column 'HMT Function'"),
        ((*LONDON[:4], "?", *LONDON[5:]), "'\\?'"),
        ((*LONDON[:4], None, *LONDON[5:]), "found none in some"),
    ],
)
def test_a_spoilt_spending_database_is_refused(tmp_path, row, said):
    with pytest.raises(SourceError, match=said):
        hmt_spending.read(database(tmp_path, row))


def test_a_spending_database_with_another_header_or_none_is_refused(tmp_path):
    for wrong in (
        ("HMT Function", "ID/non-ID", "CAP or CUR", "Region", *YEARS),
        (*hmt_spending.KEYS, *YEARS[:3], *YEARS[:2:-1]),  # two years change places
        (*hmt_spending.KEYS[:3], *YEARS),
    ):
        with pytest.raises(SourceError, match="expected each of the columns"):
            hmt_spending.read(database(tmp_path, LONDON[: len(wrong)], header=wrong))
    path = tmp_path / "cra.xlsx"
    path.write_text("<html></html>")
    with pytest.raises(SourceError, match=r"cra\.xlsx"):
        hmt_spending.read(path)


def coverage(tmp_path: Path, change=lambda lines: lines) -> Path:
    header = ["laua", "laua_name", "All Premises", *ofcom_coverage.indicators(2023)]
    lines = [",".join(header), *(f"E07{n:06d},Place {n},100,1,2,3,4" for n in range(300, 661))]
    return write(tmp_path, "\n".join(change(lines)) + "\n")


def test_merged_districts_are_weighted_by_premises(tmp_path):
    def former(lines):
        return [*lines[:-1], "E07000205,A,300,1,2,10.0,4", "E07000206,B,100,1,2,20.0,4"]

    rows = figures(ofcom_coverage.read(coverage(tmp_path, former), 2023))
    assert rows["full_fibre", "E07000244", 2023] == 12.5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[:-1], "361"),
        (lambda lines: [*lines, lines[-1]], "every district once"),
        (lambda lines: [*lines[:-1], lines[-1].replace(",3,4", ",300,4")], "0 to 100"),
        (lambda lines: [lines[0].replace("Full Fibre", "FTTP"), *lines[1:]], "Full Fibre"),
        (lambda lines: [*lines[:-1], lines[-1].replace(",3,4", ",most,4")], "'most'"),
    ],
)
def test_spoilt_coverage_is_refused(tmp_path, change, said):
    with pytest.raises(SourceError, match=said):
        ofcom_coverage.read(coverage(tmp_path, change), 2023)
