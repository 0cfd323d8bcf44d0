"""Skills and people: made files that are right or wrong, and the raw files read another way.

Known answers come from elsewhere: the CSV and openpyxl readings of the raw files, totals that ONS
prints in its bulletins, and one producer's file against another's.
"""

import csv
import functools
import warnings
from collections import Counter

import openpyxl
import pytest

from helpers import paths
from helpers.errors import SourceError
from helpers.sources import (
    account,
    els_skills,
    nomis_qualifications,
    ons_graduates,
    ons_population_age,
    uk_areas,
)

NVQ = "skills/nvq3plus_16to64_lad_2004_2021.csv"
NOMIS = "skills/nomis_aps_t19_qualifications_2017_2021.xlsx"
TOWNS = "skills/graduate_mobility_towns.xlsx"
TWO_YEARS = "population/mye_single_year_age_lad_2011_2022.csv"
MID_2023 = "population/mye_single_year_age_lad_2023.csv"
READERS = {
    NVQ: els_skills.read_qualifications,
    NOMIS: nomis_qualifications.read,
    TOWNS: ons_graduates.read,
    TWO_YEARS: ons_population_age.read_two_years,
    MID_2023: ons_population_age.read_2023,
    "els/qualifications-level-3-or-above.csv": els_skills.read_qualifications,
    "els/qualifications-none-gb.csv": els_skills.read_qualifications,
    "els/apprenticeships.csv": els_skills.read_learning,
    "els/further-education-and-skills-participation.csv": els_skills.read_learning,
}


@functools.cache
def rows_of(mirror, name):
    return READERS[name](mirror / name).set_index(["indicator", "area_code", "year"])


def records(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# ---- made files -------------------------------------------------------------------------------

FLAT = "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes\n"
STARTS = "Apprenticeship starts (England)"


def flat(tmp_path, *lines):
    path = tmp_path / "made.csv"
    path.write_text(FLAT + "".join(f"{line}\n" for line in lines), encoding="utf-8-sig")
    return path


def test_bounds_are_those_of_the_producer_and_an_absent_one_stays_absent(tmp_path):
    path = flat(
        tmp_path,
        "E07000171,Bassetlaw ,x,No qualifications,2022-01-01/P1Y,7.5,P,%,4.1,10.9,,",
        "E07000172,Broxtowe,x,No qualifications,2022-01-01/P1Y,3.2,P,%,,,,Estimate unreliable",
        "E07000175,Newark,x,No qualifications,2022-01-01/P1Y,,P,%,,,x,",
    )
    rows = els_skills.read_qualifications(path).set_index("area_name")
    assert rows.loc["Bassetlaw", ["lower", "value", "upper"]].tolist() == [4.1, 7.5, 10.9]
    assert rows.loc["Broxtowe", "value"] == 3.2 and rows.loc["Broxtowe", ["lower", "upper"]].isna().all()
    assert rows.loc["Newark", "status"] == "missing"


def test_the_two_scales_are_two_indicators():
    assert len(set(els_skills.QUALIFICATIONS.values())) == len(els_skills.QUALIFICATIONS)


def test_a_year_that_nobody_has_is_left_out_and_counted(tmp_path):
    name = "Aged 16 to 64 years level 3 or above qualifications"
    path = flat(tmp_path, f"E07000001,A,x,{name},2021,50,P,%,45,55,,", f"E07000002,B,x,{name},2022,,P,%,,,x,")
    rows = els_skills.read_qualifications(path)
    assert rows["year"].tolist() == [2021]
    assert account.of(rows) == account.Account(2, 1, {"years without any figure": 1})


def test_an_abolished_district_is_left_out_and_a_suppressed_rate_is_no_number(tmp_path):
    path = flat(
        tmp_path,
        f"E07000026,Allerdale,x,{STARTS},2019-08-01/P1Y,900,R,R,,,,Obsolete",
        f"E06000053,Isles of Scilly,x,{STARTS},2019-08-01/P1Y,,R,R,,,u,Suppressed",
        f"E06000053,Isles of Scilly,x,{STARTS},2024-08-01/P1Y,700,R,R,,,,",
    )
    rows = els_skills.read_learning(path)
    assert set(rows["area_code"]) == {"E06000053"}
    assert account.of(rows).left == {"areas abolished before the latest year": 1}
    assert rows.set_index("year")["status"].to_dict() == {2019: "suppressed", 2024: "published"}


@pytest.mark.parametrize(
    ("read", "line", "said"),
    [
        (els_skills.read_learning, f"E07000001,A,x,{STARTS},2024-01-01/P1Y,9,R,R,,,,", "academic years"),
        (els_skills.read_learning, "E07000001,A,x,Traineeships,2024-08-01/P1Y,9,R,R,,,,", "Traineeships"),
        (els_skills.read_learning, f"E07000001,A,x,{STARTS},2024-08-01/P1Y,low,R,R,,,,", "'low'"),
        (els_skills.read_qualifications, "E07000001,A,x,Level 4,2022-01-01/P1Y,9,P,%,,,,", "Level 4"),
        (
            els_skills.read_qualifications,
            "E07000001,A,x,No qualifications,2022-08-01/P1Y,9,P,%,,,,",
            "expected a year",
        ),
    ],
)
def test_spoilt_flat_files_are_refused_by_name(tmp_path, read, line, said):
    with pytest.raises(SourceError, match=said) as error:
        read(flat(tmp_path, line))
    assert "made.csv" in str(error.value)


@pytest.mark.parametrize("read", [*dict.fromkeys(READERS.values())])
def test_a_page_instead_of_a_file_is_refused_by_name(tmp_path, read):
    path = tmp_path / "made.csv"
    path.write_text("<html><body>404: Not Found</body></html>\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"made\.csv"):
        read(path)


def nomis(tmp_path, spoil=lambda block: None, sheet="Data"):
    """A workbook of one year with one district, as Nomis lays it out."""
    titles: list[object] = ["Area"]
    units: list[object] = [None]
    for group in nomis_qualifications.GROUPS:
        for kind in nomis_qualifications.KINDS:
            titles += [f"T19:{len(titles) // 3 + 1} (Total - {group} : {kind} )", None, None]
            units += ["number", "Flags", "conf"]
    england = ["country:England", *[1000, None, 100] * (len(titles) // 3)]
    bolsover = ["ladu:Bolsover", *[1000, None, 100] * (len(titles) // 3)]
    bolsover[1:10] = [2600, None, 700, 300, None, "*", "!", None, "!"]
    block = [
        [nomis_qualifications.TITLE],
        ["ONS Crown Copyright Reserved"],
        [None],
        ["date", "Jan 2021-Dec 2021"],
        ["confidence", nomis_qualifications.CONFIDENCE],
        [None],
        titles,
        units,
        england,
        ["lep:D2N2", *england[1:]],
        bolsover,
        [None],
        ["! Estimate not available"],
    ]
    spoil(block)
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in block:
        book.active.append(row)
    book.save(tmp_path / "nomis.xlsx")
    register = uk_areas.Districts(frozenset({"E07000033"}), {"Bolsover": "E07000033"}, {})
    return nomis_qualifications.read(tmp_path / "nomis.xlsx", register)


def test_half_widths_become_bounds_and_marks_become_reasons(tmp_path):
    rows = nomis(tmp_path, sheet="Tabelle1").set_index(["area_code", "indicator"])
    none, nvq1, nvq2 = (rows.loc[("E07000033", f"{kind}_16_64")] for kind in ("nvq_none", "nvq1", "nvq2"))
    assert none[["lower", "value", "upper", "year"]].tolist() == [1900, 2600, 3300, 2021]
    assert nvq1["value"] == 300 and nvq1[["lower", "upper"]].isna().all()
    assert nvq2["status"] == "suppressed" and nvq2[["value", "lower", "upper"]].isna().all()
    assert account.of(nomis(tmp_path)).rows == 3
    assert list(account.of(nomis(tmp_path)).left.values()) == [1, 1]


def half_year(block):
    block[3][1] = "Jul 2020-Jun 2021"


def other_confidence(block):
    block[4][1] = "90% confidence interval (+/-)"


def swapped_columns(block):
    block[7][1:4] = ["conf", "Flags", "number"]


def lacking_column(block):
    for row in block[6:11]:
        del row[-3:]


def unknown_district(block):
    block[10][0] = "ladu:Bolsover and Shirebrook"


def lacking_district(block):
    block += [list(row) for row in [*block[:10], [None]]]
    block[16][1] = "Jan 2022-Dec 2022"


def district_twice(block):
    block.insert(11, list(block[10]))


def year_twice(block):
    block += [list(row) for row in [*block[:11], [None]]]


def unknown_mark(block):
    block[10][1] = "?"


def number_without_width(block):
    block[10][3] = None


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (half_year, "calendar year"),
        (other_confidence, "confidence"),
        (swapped_columns, "number, Flags, conf"),
        (lacking_column, "all of table T19"),
        (unknown_district, "Shirebrook"),
        (lambda block: block[10].__setitem__(0, "gor:Wales"), "gor:Wales"),
        (lacking_district, "Bolsover"),
        (district_twice, "stands twice"),
        (year_twice, "stands twice"),
        (unknown_mark, r"'\?'"),
        (number_without_width, "half-width"),
        (lambda block: block.__setitem__(0, ["annual business survey"]), "expected one sheet"),
        (lambda block: block.__delitem__(slice(6, None)), "block's end"),
    ],
)
def test_a_spoilt_nomis_workbook_is_refused_by_name(tmp_path, spoil, said):
    with pytest.raises(SourceError, match=said) as error:
        nomis(tmp_path, spoil)
    assert "nomis.xlsx" in str(error.value)


def towns(tmp_path, spoil=lambda tables: None, names=("Graduates", "L3 to L5")):
    """A workbook of two tables, each with a town, and a row that gathers what is no town."""
    tables = []
    for columns in (ons_graduates.GRADUATES, ons_graduates.NON_GRADUATES):
        head = [*ons_graduates.KEYS, *columns, "Population_2011", "Region"]
        row = ["E34000007", "Ashby BUA", *[0.5] * len(columns), 12000, "East Midlands"]
        rest = ["Not_BUA", "Not_BUA", *[0.5] * len(columns), "N/A", "N/A"]
        tables.append([head, row, rest])
    tables[0][1][tables[0][0].index("Graduate retention rate")] = "*"
    spoil(tables)
    book = openpyxl.Workbook()
    book.active.append(["Contents"])
    for name, table in zip(names, tables, strict=True):
        page = book.create_sheet(name)
        for line in table:
            page.append(line)
    book.save(tmp_path / "towns.xlsx")
    return ons_graduates.read(tmp_path / "towns.xlsx")


def test_towns_are_found_by_their_header_and_suppression_is_no_number(tmp_path):
    rows = towns(tmp_path, names=("A", "B")).set_index("indicator")
    assert rows.loc["graduate_retention", "status"] == "suppressed"
    assert rows.loc["level3to5_retention", "value"] == 0.5
    assert set(rows["itl1"]) == {"TLF"} and set(rows["area_code"]) == {"E34000007"}
    assert account.of(towns(tmp_path)) == account.Account(4, 2, {"rows that gather what is no town": 2})
    assert len(towns(tmp_path, lambda tables: tables[0].insert(0, ["A line above"]))) == len(rows)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda tables: tables[0][0].__setitem__(slice(2, 4), tables[0][0][3:1:-1]), "header"),
        (lambda tables: tables[1][0].__delitem__(-3), "header"),
        (lambda tables: tables[1][0].__setitem__(-1, "Area"), "Region"),
        (lambda tables: tables[0][1].__setitem__(-1, "Mercia"), "Mercia"),
        (lambda tables: tables[0][1].__setitem__(3, "many"), "'many'"),
        (lambda tables: tables[0].append(tables[0][1]), "stands twice"),
    ],
)
def test_a_spoilt_workbook_of_towns_is_refused_by_name(tmp_path, spoil, said):
    with pytest.raises(SourceError, match=said) as error:
        towns(tmp_path, spoil)
    assert "towns.xlsx" in str(error.value)


def two_years(tmp_path, spoil=lambda lines: None):
    """One district with as many of each sex as their age in 2011, one more in 2022."""
    head = "Area code,Area name,Age," + ",".join(
        f"Mid-{year} population ({sex})" for sex in ("Female", "Male") for year in (2011, 2022)
    )
    lines = [head, *(f"E07000033,Bolsover,{a},{a},{a + 1},{a},{a + 1}" for a in range(91))]
    spoil(lines)
    path = tmp_path / "ages.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ons_population_age.read_two_years(path)


def test_bands_are_sums_of_single_years_and_both_sexes(tmp_path):
    value = two_years(tmp_path).set_index(["indicator", "year"])["value"]
    assert value[("population_0_15", 2011)] == 2 * (15 * 16 / 2)
    assert value[("population_16_24", 2022)] == 2 * sum(range(17, 26))
    assert value[("population_65_plus", 2011)] == 2 * sum(range(65, 91))
    for year in (2011, 2022):
        young, working, old = (value[(f"population_{b}", year)] for b in ("0_15", "16_64", "65_plus"))
        assert young + working + old == value[("population_all_ages", year)]
        assert value[("population_16_24", year)] + value[("population_25_64", year)] == working


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda lines: lines.__setitem__(0, lines[0].replace("2011", "2012")), "expected the columns"),
        (lambda lines: lines.__setitem__(0, lines[0].replace("Age", "Sex")), "expected the columns"),
        (lambda lines: lines.__delitem__(40), "each age"),
        (lambda lines: lines.append(lines[5]), "each age"),
        (lambda lines: lines.__setitem__(5, lines[5] + "c"), "whole number"),
        (lambda lines: lines.__setitem__(5, lines[5] + ".5"), "whole number"),
        (lambda lines: lines.__delitem__(slice(1, None)), "found none"),
    ],
)
def test_spoilt_ages_are_refused_by_name(tmp_path, spoil, said):
    with pytest.raises(SourceError, match=said) as error:
        two_years(tmp_path, spoil)
    assert "ages.csv" in str(error.value)


def mid_2023(tmp_path, *lines):
    path = tmp_path / "mid.csv"
    head = ",".join(["code", "name", "all", *map(str, range(90)), "90+"])
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return ons_population_age.read_2023(path)


def test_what_is_no_official_estimate_is_left_out_and_counted(tmp_path):
    rows = mid_2023(tmp_path, "E06000001,A,91.0" + ",1.0" * 91, "S12000005,B,45.5" + ",0.5" * 91)
    assert set(rows["area_code"]) == {"E06000001"}
    assert list(account.of(rows).left.values()) == [1]
    assert rows.set_index("indicator")["value"]["population_65_plus"] == 26


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("E06000001,A,90" + ",1" * 91, "to add up"),
        ("E06000001,A,91.5" + ",1" * 91, "whole number"),
        ("E1,A,91" + ",1" * 91, "codes of districts"),
    ],
)
def test_ages_that_contradict_their_total_are_refused(tmp_path, line, said):
    with pytest.raises(SourceError, match=said):
        mid_2023(tmp_path, line)


# ---- the raw files, read another way ----------------------------------------------------------

FLAT_FILES = {
    NVQ: "Value",
    "els/qualifications-level-3-or-above.csv": "observation",
    "els/qualifications-none-gb.csv": "observation",
    "els/apprenticeships.csv": "observation",
    "els/further-education-and-skills-participation.csv": "observation",
}


@pytest.mark.parametrize(("name", "value"), FLAT_FILES.items())
def test_flat_cells_against_the_csv_module(mirror, name, value):
    tidy = rows_of(mirror, name)
    old = value == "Value"
    ours = els_skills.QUALIFICATIONS | els_skills.LEARNING
    compared = 0
    for record in records(mirror / name)[::67]:
        code, year = record["AREACD" if old else "areacd"], record["Period" if old else "period"][:4]
        code = uk_areas.REGIONS.get(code, code)
        key = (ours[record["Indicator" if old else "indicator"]], code, int(year))
        if not record[value] or key not in tidy.index:
            continue
        assert tidy.loc[key, "value"] == float(record[value])
        lower = record["Lower Confidence Interval (95%)" if old else "lci_95"]
        if lower:
            upper = record["Upper Confidence Interval (95%)" if old else "uci_95"]
            assert tidy.loc[key, ["lower", "upper"]].tolist() == [float(lower), float(upper)]
        compared += 1
    assert compared >= 10


@pytest.fixture(scope="module")
def nomis_page(mirror):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the workbook has no default style
        page = openpyxl.load_workbook(mirror / NOMIS, read_only=True)["Data"]
    page.reset_dimensions()  # the file claims to be one cell large
    return list(page.iter_rows(values_only=True))


# Rows and columns of the sheet, counted by hand from one as a spreadsheet shows them.
NOMIS_ROWS = {
    173: ("ladu:Bolsover", "E07000033", 2017),
    203: ("ladu:Herefordshire, County of", "E06000019", 2017),
    224: ("ladu:Solihull", "E08000029", 2017),
    2042: ("ladu:Bolsover", "E07000033", 2021),
    2072: ("ladu:Herefordshire, County of", "E06000019", 2021),
    2093: ("ladu:Solihull", "E08000029", 2021),
}
NOMIS_COLUMNS = {23: "nvq_none_men", 59: "nvq4plus_women", 182: "nvq3_50_64"}
ENGLAND_ROWS = {9: 2017, 477: 2018, 945: 2019, 1413: 2020, 1878: 2021}


@pytest.mark.parametrize("row", NOMIS_ROWS)
def test_nomis_cells_against_openpyxl(mirror, nomis_page, row):
    tidy = rows_of(mirror, NOMIS)
    name, code, year = NOMIS_ROWS[row]
    cells = nomis_page[row - 1]
    assert cells[0] == name
    for column, indicator in NOMIS_COLUMNS.items():
        found, half_width = tidy.loc[(indicator, code, year)], cells[column + 1]
        assert found["value"] == cells[column - 1]
        if half_width == "*":
            assert found[["lower", "upper"]].isna().all()
        else:
            assert found["value"] - found["lower"] == found["upper"] - found["value"] == half_width


def test_town_cells_against_openpyxl(mirror):
    tidy = rows_of(mirror, TOWNS)["value"].droplevel("year")
    book = openpyxl.load_workbook(mirror / TOWNS, read_only=True)
    for sheet, columns in (
        ("Graduates", {4: "graduates", 16: "graduate_retention", 18: "graduate_net_gain"}),
        ("L3 to L5 non-graduates", {4: "level3to5", 10: "level3to5_retention", 12: "level3to5_net_gain"}),
    ):
        for row in book[sheet].iter_rows(min_row=500, max_row=504, values_only=True):
            for column, indicator in columns.items():
                found, cell = tidy[(indicator, row[0])], row[column - 1]
                assert (found != found) if cell == "*" else found == cell


def test_ages_against_the_csv_module(mirror):
    tidy = rows_of(mirror, TWO_YEARS)["value"]
    bands = {"population_16_24": range(16, 25), "population_16_64": range(16, 65)}
    wanted = {code: code for code in ("E07000033", "E08000029", "E06000019")}
    wanted |= {"E12000005": "TLG", "K02000001": "K99000002"}
    sums = dict.fromkeys(
        [(i, code, year) for i in bands for code in wanted.values() for year in (2011, 2022)], 0
    )
    for record in records(mirror / TWO_YEARS):
        for indicator, ages in bands.items():
            if record["Area code"] in wanted and int(record["Age"]) in ages:
                for year in (2011, 2022):
                    sums[(indicator, wanted[record["Area code"]], year)] += sum(
                        int(record[f"Mid-{year} population ({sex})"]) for sex in ("Female", "Male")
                    )
    assert {key: tidy[key] for key in sums} == sums
    single = {r["code"]: r for r in records(mirror / MID_2023)}
    latest = rows_of(mirror, MID_2023)["value"]
    for code in ("E07000033", "E08000029", "E06000019", "W06000015", "E09000033"):
        for indicator, ages in bands.items():
            assert latest[(indicator, code, 2023)] == sum(float(single[code][str(age)]) for age in ages)


def test_population_has_the_totals_that_ons_prints(mirror):
    """Bulletins of March 2024 (mid-2022) and July 2024 (mid-2023)."""
    every = rows_of(mirror, TWO_YEARS)["value"]["population_all_ages"]
    printed = {"K99000002": 67_596_281, "TLL": 3_131_640, "TLM": 5_447_700, "TLN": 1_910_543}
    assert {code: every[(code, 2022)] for code in printed} == printed
    districts = every[every.index.get_level_values(0).str.match(r"E0[6-9]|W06|S12|N09")]
    regions = every[every.index.get_level_values(0).str.match("TL[C-N]")]
    english = regions[~regions.index.get_level_values(0).isin(["TLL", "TLM", "TLN"])]
    assert english.xs(2022, level="year").sum() == 57_106_398
    for year in (2011, 2022):
        assert regions.xs(year, level="year").sum() == every[("K99000002", year)]
        assert districts.xs(year, level="year").sum() == every[("K99000002", year)]
    latest = rows_of(mirror, MID_2023)["value"]["population_all_ages"].droplevel("year")
    assert latest[latest.index.str.startswith("E")].sum() == 57_690_323
    assert latest[latest.index.str.startswith("W")].sum() == 3_164_404


def test_groups_add_up_to_the_whole_and_districts_to_england(mirror, nomis_page):
    """Estimates are rounded to 100: a sum of n may be off by 50 n, and the whole by 50."""
    tidy = rows_of(mirror, NOMIS)["value"]
    for kind, column in (("nvq3", 14), ("nvq4plus", 17)):
        both = tidy[f"{kind}_women"] + tidy[f"{kind}_men"]
        assert (both - tidy[f"{kind}_16_64"]).abs().max() <= 150
        by_district = tidy[f"{kind}_16_64"].unstack()
        english = by_district[by_district.index.str.match(r"E0[6-9]")]
        for row, year in ENGLAND_ROWS.items():
            assert nomis_page[row - 1][0] == "country:England"
            # City of London and Isles of Scilly are suppressed in some years: ten thousand people.
            off = english[year].sum() - nomis_page[row - 1][column - 1]
            assert abs(off) <= 50 * len(english) + 10_000


def test_counts_give_the_share_that_the_other_file_prints(mirror):
    """Level 3 or above is NVQ3, NVQ4+ and half the trade apprenticeships; this proves every code."""
    counts = rows_of(mirror, NOMIS)["value"]
    kinds = {kind: counts[f"{kind}_16_64"] for kind in nomis_qualifications.KINDS.values()}
    ours = kinds["nvq3"] + kinds["nvq4plus"] + kinds["trade_apprenticeship"] / 2
    ours = (100 * ours / sum(kinds.values())).dropna()
    printed = rows_of(mirror, NVQ)["value"]["nvq_level3plus"].reindex(ours.index)
    assert len(ours) > 1300 and printed.notna().all()
    assert (ours - printed).abs().max() < 1


def test_the_departments_rates_for_england_lie_among_those_of_the_regions(mirror):
    """Apprenticeships, Department for Education, academic year 2023/24: 937 starts and 492
    achievements per 100,000. The file's own row for England is 1 per cent lower (a later estimate
    of the population); a shifted year or a swapped indicator would not fit."""
    name = "els/apprenticeships.csv"
    tidy = rows_of(mirror, name)["value"]
    for indicator, label, printed in (
        ("apprenticeship_starts", "Apprenticeship starts (England)", 937),
        ("apprenticeship_achievements", "Apprenticeship achievements (England)", 492),
    ):
        england = [
            float(record["observation"])
            for record in records(mirror / name)
            if (record["areacd"], record["indicator"]) == ("E92000001", label)
            and record["period"].startswith("2023")
        ]
        assert england == [pytest.approx(printed, rel=0.01)]
        regions = [tidy[(indicator, f"TL{letter}", 2023)] for letter in "CDEFGHIJK"]
        assert min(regions) < england[0] < max(regions)


def test_names_of_nomis_are_the_districts_of_2021(mirror, nomis_page):
    """Codes against areas.csv; every district of Great Britain, none unmatched."""
    ours = set(rows_of(mirror, NOMIS).index.get_level_values("area_code"))
    known = {
        row["code"]
        for row in records(paths.TABLES / "areas.csv")
        if row["level"] == "district" and row["vintage"] == "LAD21" and not row["code"].startswith("N")
    }
    assert ours == known
    told = account.of(READERS[NOMIS](mirror / NOMIS))
    kinds = Counter(str(row[0]).partition(":")[0] for row in nomis_page if len(row) > 1 and row[0])
    assert told.taken == kinds["ladu"] == 5 * len(known)
    assert list(told.left.values()) == [kinds[kind] for kind in ("country", "User Defined Geography", "lep")]
