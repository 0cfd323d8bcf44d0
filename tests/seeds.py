"""A small file in each producer's layout, for tests of faults on machines without the raw files.

The layouts are the producers'; the figures are ours and mean nothing. They lie in each indicator's plausible
range, so that whatever the readers or the build refuse in a spoilt file is owed to what was spoilt.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from helpers import tables
from helpers.sources import (
    els_skills,
    hmt_spending,
    mhclg_capital,
    nesta_innovation,
    nomis_bres,
    nomis_qualifications,
    ofcom_coverage,
    ons_access,
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
)
from helpers.sources.uk_areas import REGIONS

Rows = list[list[Any]]
Sheets = dict[str, Rows]
DISTRICTS = [("E06000015", "Derby"), ("E07000032", "Amber Valley"), ("E08000025", "Birmingham")]
REGION, COUNTY = ("E12000004", "East Midlands"), ("E10000007", "Derbyshire")
AUTHORITY = ("E47000001", "Greater Manchester")
ITL = [("TLF", "East Midlands"), ("TLF1", "Derbyshire and Nottinghamshire"), ("TLF11", "Derby")]
CUMBERLAND = [("E07000026", "Allerdale"), ("E07000028", "Carlisle"), ("E07000029", "Copeland")]
YEARS = [2018, 2019, 2020]


@dataclass(frozen=True)
class Seed:
    """A file by the reader that is asked for it; a CSV if it has one sheet without a name."""

    name: str
    read: Callable[[Path], pd.DataFrame]
    sheets: Sheets

    @property
    def file(self) -> str:
        return f"{self.name}.{'csv' if list(self.sheets) == [''] else 'xlsx'}"


def write(path: Path, sheets: Sheets) -> Path:
    """A CSV, or a workbook of several sheets."""
    if path.suffix == ".csv":
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator="\n").writerows(sheets[""])
        path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
        return path
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows_of(path: Path) -> Rows:
    """Rows of a CSV, every cell as text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@cache
def limits() -> dict[str, tuple[float, float]]:
    """Indicator -> its plausible range."""
    known = tables.load("indicators").set_index("indicator")[["low", "high"]].astype(float)
    return {str(name): (low, high) for name, low, high in known.itertuples(name=None)}


def figure(indicator: str, number: int = 0, digits: int = 1) -> float:
    """A plausible figure; another one for each number."""
    low, high = limits().get(indicator, (10, 1000))
    return round(max(low, 0) + (high - max(low, 0)) * (0.31 + 0.003 * (number % 97)), digits)


# ---- CSV files ----------------------------------------------------------------------------------

FLAT = [
    *("areacd", "areanm", "geography", "indicator", "period", "observation", "measure", "unit"),
    *("lci_95", "uci_95", "status", "notes"),
]
OLD = [
    *("AREACD", "AREANM", "Indicator", "Period", "Value", "Unit", "Lower Confidence Interval (95%)"),
    *("Upper Confidence Interval (95%)", "Observation Status"),
]


def flat(
    name: str,
    read: Callable[[Path], pd.DataFrame],
    indicators: dict[str, str],
    areas: list[tuple[str, str]],
    periods: list[str],
    bounds: bool = False,
) -> Seed:
    """A file of ONS's data repository."""
    rows: Rows = [FLAT]
    for title, indicator in indicators.items():
        for code, area in areas:
            for period in periods:
                value = figure(indicator, len(rows))
                ends = [round(value * 0.98, 2), round(value * 1.02, 2)] if bounds else ["", ""]
                rows.append([code, area, "", title, period, value, "", "", *ends, "", ""])
    rows[-1][FLAT.index("status")] = "p"
    return Seed(name, read, {"": rows})


def csv_seeds() -> list[Seed]:
    """One of every CSV."""
    here, plain = [*DISTRICTS, REGION], [str(year) for year in YEARS]
    spans = [f"{year}-01-01/P1Y" for year in YEARS]
    nations = [(code, code) for code in REGIONS]
    april = [f"{year}-04-01" for year in YEARS]
    academic = [f"{year}-08-01/P1Y" for year in YEARS]
    rd = {title: ours for title, (ours, _) in ons_research.INDICATORS.items()}
    business, public = ({title: ours} for title, ours in rd.items())
    modes = ons_access.MODES | dict.fromkeys(ons_access.OTHER_MODES, "")
    every = [*here, COUNTY, AUTHORITY]
    itl = [*ITL, AUTHORITY, (ons_trade_investment.NO_CODE, "A city region"), ("K02000001", "UK")]
    seeds = [
        flat(
            "release",
            ons_productivity.read_release,
            ons_productivity.RELEASE_INDICATORS,
            [*DISTRICTS, AUTHORITY],
            plain,
        ),
        flat("fdi", ons_trade_investment.read_fdi, ons_trade_investment.FDI, itl, spans),
        flat("exports", ons_trade_investment.read_exports, ons_trade_investment.EXPORTS, itl, plain),
        flat(
            "gigabit",
            ons_access.read_gigabit,
            {ons_access.GIGABIT: "gigabit_capable"},
            [*here, AUTHORITY, ("E92000001", "England")],
            [ons_access.POINT_IN_TIME],
        ),
        flat("travel", ons_access.read_travel_time, modes, [*here, CUMBERLAND[0]], [plain[0], plain[2]]),
        flat("rd-business", ons_research.read, business, [*nations, ("E92000001", "England")], spans),
        flat("rd-public", ons_research.read, public, nations, [f"{y}-04-01/P1Y" for y in YEARS]),
        flat(
            "qualifications",
            els_skills.read_qualifications,
            {"No qualifications": "rqf_none"},
            [*every, (els_skills.GREATER_LONDON, "Greater London")],
            spans,
            bounds=True,
        ),
        flat("learning", els_skills.read_learning, els_skills.LEARNING, [*every, CUMBERLAND[0]], academic),
        flat("pay", ons_labour.read_pay, ons_labour.PAY, [*here, COUNTY], april, bounds=True),
        flat("employment", ons_labour.read_employment, ons_labour.EMPLOYMENT, here, spans, bounds=True),
        flat("unemployment", ons_labour.read_unemployment, ons_labour.UNEMPLOYMENT, here, spans, bounds=True),
        flat("income", ons_income_housing.read_income, ons_income_housing.INCOME, [*here, COUNTY], spans),
        flat("housing", ons_income_housing.read_housing, ons_income_housing.HOUSING, here, spans),
    ]
    old = [
        [code, area, title, year, figure(ours, n), "", "", "", ""]
        for title, ours in ons_productivity.RELEASE_INDICATORS.items()
        for code, area in DISTRICTS
        for n, year in enumerate(YEARS)
    ]
    others: list[tuple[str, Callable[[Path], pd.DataFrame], Rows]] = [
        ("release-old", ons_productivity.read_release, [OLD, *old]),
        ("gfcf", ons_gfcf.read, _gfcf()),
        ("gfcf-corrected", ons_gfcf.read_corrected, _corrected()),
        ("capital-outturn", mhclg_capital.read, _outturn()),
        ("ofcom-2016", partial(ofcom_coverage.read, year=2016), _ofcom(2016)),
        ("ofcom-2023", partial(ofcom_coverage.read, year=2023), _ofcom(2023)),
        ("berd", nesta_innovation.read_business_research, _nuts("eurostat_berd_data", 1e6, ["UKF1", "UKM2"])),
        (
            "grants",
            nesta_innovation.read_innovate_uk,
            _nuts("gbp_innovate_uk_funding", 1, ["UKF11", "UKI11"]),
        ),
        ("ages-two-years", ons_population_age.read_two_years, _ages_down()),
        ("ages-2023", ons_population_age.read_2023, _ages_across()),
        ("businesses", ons_business_counts.read_tidy, _businesses(YEARS)),
        ("businesses-recent", ons_business_counts.read_recent, _businesses([2022, 2023, 2024])),
        ("lookup", ons_geography.read_itl_lookup, lookup()),
        ("authorities", ons_geography.read_authority_lookup, _authorities()),
        ("changes", ons_geography.read_changes, changes()),
    ]
    return [*seeds, *(Seed(name, read, {"": rows}) for name, read, rows in others)]


def _gfcf() -> Rows:
    levels = {3: "ITL1", 4: "ITL2", 5: "ITL3"}
    header = ["year", "geography_type", "geography_code", "geography_name", "asset", ons_gfcf.AMOUNT]
    rows: Rows = [header]
    for code, name in [*ITL, (ons_gfcf.EXTRA_REGIO, "Extra-Regio")]:
        for asset, indicator in ons_gfcf.ASSETS.items():
            rows += [[y, levels[len(code)], code, name, asset, figure(indicator, len(rows))] for y in YEARS]
    rows[5][-1] = ""
    return rows


def _corrected() -> Rows:
    areas = [ITL[2], ("TLF12", "East Derbyshire")]
    header = ["code", "year", "name", "jobs", "gfcf_allassets_corrected_recovered"]
    return [header, *([c, y, n, "", figure("gfcf_all_corrected", y)] for c, n in areas for y in YEARS)]


def _outturn() -> Rows:
    areas = [
        *(("E1001", "E06000015", "Derby"), ("E1021", "E10000007", "Derbyshire")),
        *(("E1031", "", "Amber Valley"), ("E0202", "E06000055", "Bedford"), ("E5101", "", "Police of A")),
        ("E0203", "E06000056", "Central Bedfordshire"),
    ]
    rows: Rows = [["year", "ecode", "ons_code", "la_name", mhclg_capital.AMOUNT]]
    for ecode, code, name in areas:
        rows += [
            [y, ecode, code, name, 1000 * figure("transport_capital", 0, 3)] for y in ("2013-14", "2014-15")
        ]
    return rows


def _ofcom(year: int) -> Rows:
    wanted = ofcom_coverage.indicators(year)
    premises = [ofcom_coverage.PREMISES] if year >= ofcom_coverage.FIRST_WITH_PREMISES else []
    rows: Rows = [["laua_code" if year == 2016 else "laua", "laua_name", *premises, *wanted]]
    areas = [*CUMBERLAND, *((f"W06{n:06}", f"District {n}") for n in range(1, ofcom_coverage.FEWEST))]
    for number, (code, name) in enumerate(areas):
        share = [figure(indicator, number) for indicator in wanted.values()]
        rows.append([code, name, *([40_000 + number] if premises else []), *share])
    return rows


def _nuts(measure: str, unit: float, codes: list[str]) -> Rows:
    indicator = "rd_business_eur" if unit > 1 else "innovate_uk_grants"
    years = [2010, 2011, 2013]
    header = ["year", "nuts_id", "nuts_year_spec", measure]
    return [header, *([y, c, 2010, unit * figure(indicator, y, 0)] for c in codes for y in years)]


def _ages_down() -> Rows:
    keys = ["Area code", "Area name", "Age"]
    counts = [f"Mid-{y} population ({sex})" for y in ons_population_age.YEARS for sex in ("Female", "Male")]
    rows: Rows = [[*keys, *counts]]
    for code, name in [DISTRICTS[0], REGION]:
        rows += [[code, name, age, 900, 800 + age, 950, 850 + age] for age in range(91)]
    return rows


def _ages_across() -> Rows:
    ages = [*map(str, range(90)), "90+"]
    rows: Rows = [["code", "name", "all", *ages]]
    for number, (code, name) in enumerate([*DISTRICTS, ("S12000049", "Glasgow City")]):
        counts = [1000 + number + age for age in range(91)]
        rows.append([code, name, sum(counts), *counts])
    return rows


def _businesses(years: list[int]) -> Rows:
    rows: Rows = [["lad", "year", *ons_business_counts.BANDS]]
    for _, name in [*DISTRICTS, *CUMBERLAND]:
        rows += [[name, y, *(_fives(i, y) for i in ons_business_counts.BANDS.values())] for y in years]
    return rows


def _fives(indicator: str, number: int) -> int:
    """A plausible count in fives, small enough for a sum of several."""
    return 5 * round(figure(indicator, number) / 50)


def lookup() -> Rows:
    """Districts of 2023 and their ITL areas; Cumberland is one of them."""
    header = ["LAD23CD", "LAD23NM", "LAU121CD", "LAU121NM"]
    header += [f"ITL{level}21{kind}" for level in "321" for kind in ("CD", "NM")]
    above = [cell for pair in ITL[::-1] for cell in pair]
    return [header, *([c, n, "E05000001", n, *above] for c, n in [*DISTRICTS, ("E06000063", "Cumberland")])]


def _authorities() -> Rows:
    header = ["LAD25CD", "LAD25NM", "CAUTH25CD", "CAUTH25NM"]
    return [header, *([*district, *AUTHORITY] for district in DISTRICTS)]


def changes() -> Rows:
    """What became of three former districts."""
    header = ["oldcd", "oldnm", "newcd", "newnm", "type", "start"]
    return [header, *([c, n, "E06000063", "Cumberland", "merger", 2023] for c, n in CUMBERLAND)]


# ---- workbooks ----------------------------------------------------------------------------------


def by_year(
    title: str, keys: list[str], areas: list[tuple[str, ...]], indicator: str, unit: str, row_of_units: bool
) -> Rows:
    """A sheet with one row per area and one column per year."""
    rows: Rows = [[title], [], ["A note"]]
    if row_of_units:
        rows += [[*[""] * len(keys), *YEARS], [*keys, *[unit] * len(YEARS)]]
    else:
        rows.append([*keys, *(f"{unit}_{year}" if unit else year for year in YEARS)])
    rows += [[*area, *(figure(indicator, n + y) for y in YEARS)] for n, area in enumerate(areas)]
    return [*rows, [], ["Source: Office for National Statistics"]]


def workbook_seeds() -> list[Seed]:
    """One of every workbook."""
    lads, named = ons_productivity.LAD_TABLES, ons_productivity.ITL_TABLES
    levels = [(level, *area) for level, area in zip(("ITL1", "ITL2", "ITL3"), ITL, strict=True)]
    cities: list[tuple[str, ...]] = [AUTHORITY, (ons_productivity.NO_CODE, "A city region")]

    def productivity(
        which: dict[str, tuple[str, str]], keys: list[str], areas: Any, old: bool = False
    ) -> Sheets:
        units = ons_productivity.UNITS_UNTIL_2023
        return {
            f"T{n}": by_year(title, keys, areas, indicator, units[unit] if old else unit, old)
            for n, (title, (indicator, unit)) in enumerate(which.items())
        }

    gdp = {
        f"T{n}": by_year(title, ["ITL", "ITL code", "Region name"], levels, indicator, "", False)
        for n, (title, indicator) in enumerate(ons_regional_gdp.TABLES.items())
    }
    people = by_year(
        "", list(ons_population.KEYS), [("TLF", *d) for d in DISTRICTS], "population_total", "", False
    )
    return [
        Seed(
            "lad-workbook",
            ons_productivity.read_lad_workbook,
            productivity(lads, ["LAD_Code", "LAD_Name"], DISTRICTS),
        ),
        Seed(
            "itl-workbook",
            ons_productivity.read_itl_workbook,
            productivity(named, ["ITL_level", "ITL_code", "Region_name"], levels),
        ),
        Seed(
            "itl-workbook-2023",
            ons_productivity.read_itl_workbook,
            productivity(named, ["ITL level", "ITL code", "Region name"], levels, old=True),
        ),
        Seed(
            "ca-workbook",
            ons_productivity.read_authority_workbook,
            productivity(named, ["area_code", "area_name"], cities),
        ),
        Seed("regional-gdp", ons_regional_gdp.read, gdp),
        Seed("population", ons_population.read, {"Data": people[3:]}),
        Seed("industry", ons_industry.read, _industry()),
        Seed("bres", nomis_bres.read, {"Data": _bres()}),
        Seed("spending", hmt_spending.read, {"Database": _spending()}),
        Seed("graduates", ons_graduates.read, _graduates()),
        Seed("nomis-businesses", ons_business_counts.read_nomis, {"Data": _nomis_businesses()}),
        Seed("business-workbook", ons_business_counts.read_workbook, _business_workbook()),
        Seed("demography", ons_business_demography.read, _demography()),
        Seed("hourly-pay", ons_labour.read_workplace_pay, {"All": _hourly_pay()}),
        Seed("aps", nomis_qualifications.read, {"Data": _aps()}),
    ]


def _industry() -> Sheets:
    found = {}
    # The year of reference is the last but one
    years = [2021, 2022, 2023]
    for number, measure in (ons_industry.CURRENT, ons_industry.VOLUME):
        rows: Rows = [[f"{ons_industry.TITLE.format(number)}, {measure}"], [*ons_industry.KEYS, *years]]
        for code, name in DISTRICTS[:2]:
            for sic in [*ons_industry.INDUSTRIES, *sorted(ons_industry.OTHERS)]:
                indicator = f"gva_{ons_industry.INDUSTRIES.get(sic, '')}"
                value = [figure(indicator, n) for n in range(3)]
                rows.append(
                    ["East Midlands", code, name, int(sic) if sic.isdecimal() else sic, "A name", *value]
                )
        found[f"Table {number}"] = rows
    return found


def _bres() -> Rows:
    rows: Rows = [[nomis_bres.TITLE], [], *([name, value] for name, value in nomis_bres.CHOSEN.items()), []]
    rows[2][1] = 2023
    rows.append([nomis_bres.AREA, *(c for s in nomis_bres.SECTIONS for c in (f"{s} : Section", "Flags"))])
    rows.append(["", *["number", "Flags"] * len(nomis_bres.SECTIONS)])
    for area in ("TLF11 Derby", "TLF12 East Derbyshire", "TLG31 Birmingham"):
        counts = [round(figure(f"employees_{name}")) for name in nomis_bres.SECTIONS.values()]
        rows.append([area, *(cell for count in counts for cell in (count, ""))])
    return rows


def _spending() -> Rows:
    years = [f"{y}-{(y + 1) % 100:02}" for y in range(2013, 2018)]
    rows: Rows = [["Department Name", *hmt_spending.KEYS, *years]]
    for region in ("ENGLAND_North East", "WALES", "OUTSIDE UK"):
        for kind, indicator in hmt_spending.KINDS.items():
            amounts = [round(500 * figure(indicator, n)) for n in range(5)]
            rows.append(["Transport", hmt_spending.TRANSPORT, "ID", kind, region, *amounts])
    rows.append(["Health", "7. Health", "ID", "CUR", "WALES", 1, 2, 3, 4, 5])
    return rows


def _graduates() -> Sheets:
    towns = [("E34004321", "Derby BUA", "East Midlands"), ("E35001205", "Abingdon BUASD", "South East")]
    towns.append((ons_graduates.NO_TOWN[0], "No town", "London"))
    found = {}
    for name, columns in (("G", ons_graduates.GRADUATES), ("N", ons_graduates.NON_GRADUATES)):
        rows: Rows = [[*ons_graduates.KEYS, *columns, ons_graduates.REGION]]
        for code, town, region in towns:
            rows.append(
                [code, town, *(figure(ours or "graduate_share", 1, 3) for ours in columns.values()), region]
            )
        found[name] = rows
    return found


def _nomis_businesses() -> Rows:
    rows: Rows = [[ons_business_counts.NOMIS_TITLE], []]
    for year in YEARS:
        rows += [["date", year], ["industry", "Total"], [], ons_business_counts.NOMIS_HEADER]
        for area in ("country:England", *(f"ladu:{name}" for _, name in [*DISTRICTS, *CUMBERLAND])):
            rows.append([area, *(_fives(i, year) for i in ons_business_counts.BANDS.values())])
    return rows


def _business_workbook() -> Sheets:
    bands, fine = ons_business_counts.BANDS, ons_business_counts.FINE_BANDS
    rows: Rows = [[ons_business_counts.FINE_TITLE], ["A note"], [], ["", *fine]]
    for code, name in [*DISTRICTS, REGION, COUNTY]:
        rows.append([f"{code} : {name}", *(_fives(bands[fine[band]], 1) // 2 for band in fine)])
    return {"Contents": [["UK business, activity, size and location; 2024"]], "Table 10": rows}


def _demography() -> Sheets:
    titles = {
        "enterprise_births": "Count Of Births Of New Enterprises",
        "enterprise_deaths": "Count Of Deaths Of Enterprises",
        "enterprises_active": "Count Of Active Enterprises For",
        "enterprises_high_growth": "Count Of High Growth Enterprises",
        "enterprises_ten_plus": "Count Of Active Enterprises With 10+ Employees",
    }
    under: Rows = [["This worksheet contains one table"], [ons_business_demography.UNITS]]
    areas = [*DISTRICTS, *CUMBERLAND, REGION, ("K02000001", "UNITED KINGDOM"), COUNTY]
    found: Sheets = {}
    for number, (indicator, title) in enumerate(titles.items(), 1):
        rows: Rows = [[f"Table {number}.1a - {title} By District"], *under, ["", "", *YEARS]]
        rows += [[*area, *(_fives(indicator, y) for y in YEARS)] for area in areas]
        found[f"Table {number}.1a"] = rows
    for letter, year in zip("ab", YEARS, strict=False):
        header = ["", "", f"{year} Births", *ons_business_demography.SURVIVAL_HEADER]
        rows = [[f"Table 8.1{letter} - {ons_business_demography.SURVIVAL} By District"], *under, header]
        late = ons_business_demography.NOT_YET if year > YEARS[0] else 30
        cells = [100, 90, 90.0, 80, 80.0, late, late, late, late, late, late]
        found[f"Table 8.1{letter}"] = [*rows, *([*area, *cells] for area in areas)]
    return found


def _hourly_pay() -> Rows:
    title = f"{ons_labour.HOURLY_TITLE}: United Kingdom, 2024"
    rows: Rows = [[title], [], [], [*ons_labour.HOURLY_HEADER, 10]]
    for number, (code, name) in enumerate([("K02000001", "United Kingdom"), REGION, COUNTY, *DISTRICTS]):
        rows.append([name, code, 5, figure("pay_hourly_workplace", number, 2), 1.1, 20.5, 1.2, 11.5])
    rows[-1][3] = "x"
    return [*rows, ["Not Classified", "", 5, "x", "x", "x", "x", "x"], ["a  A note"]]


def _aps() -> Rows:
    titles = [
        f"T19:{n} (Total - {group} : {kind} )"
        for n, (group, kind) in enumerate(
            (g, k) for g in nomis_qualifications.GROUPS for k in nomis_qualifications.KINDS
        )
    ]
    rows: Rows = [[nomis_qualifications.TITLE], []]
    for year in YEARS[:2]:
        rows += [["date", f"Jan {year}-Dec {year}"], ["confidence", nomis_qualifications.CONFIDENCE], []]
        rows.append(["Area", *(cell for title in titles for cell in (title, "", ""))])
        rows.append(["", *["number", "Flags", "conf"] * len(titles)])
        for area in ("country:England", *(f"ladu:{name}" for _, name in DISTRICTS[:2])):
            rows.append([area, *(cell for n in range(len(titles)) for cell in (9000 + 100 * n, "", 1000))])
        rows[-1][1:4] = ["!", "", "!"]
    return rows


@cache
def all_seeds() -> list[Seed]:
    """Every seed; at least one for every reader of the recipes."""
    return [*csv_seeds(), *workbook_seeds()]
