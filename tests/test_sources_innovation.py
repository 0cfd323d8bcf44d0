"""R&D and grants for innovation: cells against the raw files, regions across versions, spoilt files."""

import csv

import pytest

from helpers import tables
from helpers.errors import SourceError
from helpers.recipes import innovation
from helpers.sources import account, nesta_innovation, nuts, ons_research

BUSINESS = "innovation/eurostat_berd_data.nuts2.csv"
GRANTS = "innovation/innovate_uk_nuts3_2010_2020.csv"


def cells(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def indexed(frame):
    return frame.set_index(["area_code", "year"])["value"]


@pytest.mark.parametrize(
    ("name", "indicator"),
    [
        ("research-and-development-business", "rd_business"),
        ("research-and-development-public-funded", "rd_public_funded"),
    ],
)
def test_regions_are_those_of_the_raw_file_and_add_up_to_the_uk(mirror, name, indicator):
    path = mirror / f"els/{name}.csv"
    tidy = ons_research.read(path)
    raw = {(row["areanm"], int(row["period"][:4])): float(row["observation"]) for row in cells(path)}
    found = {(n, y): v for n, y, v in tidy[["area_name", "year", "value"]].itertuples(index=False)}
    england = {key: value for key, value in raw.items() if key[0] == "England"}
    assert len(found) >= 26 and {**found, **england} == raw
    assert account.of(tidy).left == {"England, which is no ITL1 region": len(england)}
    assert set(tidy["indicator"]) == {indicator}
    panel = tidy.pivot(index="year", columns="area_code", values="value")
    off = panel.filter(regex="^TL").sum(axis=1) - panel["K99000002"]
    assert panel.shape[1] == 13 and off.abs().max() <= 6  # twelve figures rounded to a million


def test_regions_carry_the_code_of_their_name(mirror):
    areas = tables.load("areas").query("level == 'itl1' and vintage == 'ITL25'").set_index("code")["name"]
    tidy = ons_research.read(mirror / "els/research-and-development-business.csv")
    pairs = tidy[tidy["area_code"] != "K99000002"].drop_duplicates("area_code")
    assert len(pairs) == 12
    assert {c: areas[c] for c in pairs["area_code"]} == dict(
        zip(pairs["area_code"], pairs["area_name"], strict=True)
    )


def test_figures_of_the_published_bulletins(mirror):
    """ONS, November 2025: UK 55.6 billion in 2024, Wales 884 million, Scotland 5.1 per cent of the UK;
    June 2024: 51.0 per cent of the public funds of 2021/22 in London, the South East and the East."""
    found = indexed(ons_research.read(mirror / "els/research-and-development-business.csv"))
    assert round(found[("K99000002", 2024)] / 1000, 1) == 55.6
    assert found[("TLL", 2024)] == 884
    assert round(100 * found[("TLM", 2024)] / found[("K99000002", 2024)], 1) == 5.1
    public = indexed(ons_research.read(mirror / "els/research-and-development-public-funded.csv"))
    south = sum(public[(code, 2021)] for code in ("TLI", "TLJ", "TLH"))
    assert round(100 * south / public[("K99000002", 2021)], 1) == 51.0


def test_business_research_against_the_raw_file(mirror):
    tidy = nesta_innovation.read_business_research(mirror / BUSINESS)
    found = indexed(tidy)
    raw = {(r["nuts_id"], int(r["year"])): float(r["eurostat_berd_data"]) for r in cells(mirror / BUSINESS)}
    for ours, theirs, year in (
        ("TLC1", "UKC1", 2007), ("TLG1", "UKG1", 2018), ("TLG3", "UKG3", 2016), ("TLF1", "UKF1", 2011),
        ("TLI3", "UKI3", 2011), ("TLM7", "UKM7", 2014), ("TLM6", "UKM6", 2011), ("UKM6", "UKM6", 2010),
        ("UKM2", "UKM2", 2013), ("TLN0", "UKN0", 2012), ("TLH1", "UKH1", 2009),
    ):  # fmt: skip
        assert found[(ours, year)] * 1e6 == pytest.approx(raw[(theirs, year)], rel=1e-12)
    told = account.of(tidy)
    assert told.left == {"old codes beside the new ones, the same spending twice": 8}
    assert len(tidy) + 8 == told.rows == len(raw)


def test_scotland_counts_once(mirror):
    """The old codes beside the new ones hold the same spending, and are left out."""
    raw = {(r["nuts_id"], int(r["year"])): float(r["eurostat_berd_data"]) for r in cells(mirror / BUSINESS)}
    for year in range(2014, 2018):
        new = sum(raw[(code, year)] for code in ("UKM7", "UKM8", "UKM9"))
        assert raw[("UKM2", year)] + raw[("UKM3", year)] == pytest.approx(new, rel=1e-4)
    tidy = nesta_innovation.read_business_research(mirror / BUSINESS)
    assert tidy.loc[tidy["area_code"].isin(["UKM2", "UKM3"]), "year"].max() == 2013
    # ONS's UK totals of the time: 22.2 billion pounds in 2016, at the year's mean rate.
    total = tidy.loc[tidy["year"] == 2016, "value"].sum() * 0.81948
    assert total == pytest.approx(22_200, abs=50)


def test_grants_against_the_raw_file(mirror):
    tidy = nesta_innovation.read_innovate_uk(mirror / GRANTS)
    raw = {
        (r["nuts_id"], int(r["year"])): float(r["gbp_innovate_uk_funding"]) for r in cells(mirror / GRANTS)
    }
    found = indexed(tidy)
    for ours, theirs, year in (
        ("TLC11", "UKC11", 2010), ("TLG13", "UKG13", 2018), ("TLG33", "UKG33", 2017),
        ("TLE11", "UKE11", 2010), ("TLM71", "UKM21", 2010), ("TLM71", "UKM71", 2016),
        ("TLM81", "UKM31", 2015), ("UKM31", "UKM31", 2012), ("TLN0A", "UKN10", 2018),
        ("UKN01", "UKN01", 2013), ("UKI11", "UKI11", 2012), ("UKK22", "UKK22", 2019),
    ):  # fmt: skip
        assert found[(ours, year)] == raw[(theirs, year)]
    assert tidy["value"].sum() == sum(raw.values())
    assert tidy["value"].notna().sum() == len(raw)
    assert set(tidy.loc[tidy["value"].isna(), "status"]) == {"missing"}
    assert (tidy["value"] == 0).sum() == sum(value == 0 for value in raw.values()) > 0


def test_every_code_is_an_itl_area_or_a_named_former_region(mirror):
    known = set(tables.load("areas").query("vintage == 'ITL21'")["code"])
    for part in innovation.TABLES["innovation"][2:]:
        path = mirror / (BUSINESS if part.card.startswith("berd") else GRANTS)
        rows = part.read(path)
        codes = set(rows.loc[rows["area_code"].str.fullmatch(part.areas), "area_code"])
        assert codes <= (set(nuts.FORMER) if part.level else known)
        patterns = [p.areas for p in innovation.TABLES["innovation"] if p.card == part.card]
        assert rows["area_code"].str.fullmatch("|".join(patterns)).all()


@pytest.mark.parametrize(
    ("code", "version", "area"),
    [
        ("UKG31", 2010, "TLG31"),  # Birmingham, the same throughout
        ("UKM25", 2013, "TLM75"),  # Edinburgh, another code
        ("UKM24", 2010, "TLM91"),  # Scottish Borders, another code
        ("UKN16", 2016, "TLN0G"),  # Fermanagh and Omagh, another code
        ("UKM63", 2010, "UKM63"),  # with Helensburgh and Lomond until 2013
        ("UKM63", 2013, "TLM63"),
        ("UKK21", 2016, "UKK21"),  # Bournemouth and Poole, without Christchurch
        ("UKI11", 2010, "UKI11"),  # Inner London - West, four areas today
    ],
)
def test_a_region_keeps_its_identity_across_versions(code, version, area):
    assert nuts.itl(code, version) == area


@pytest.mark.parametrize(
    ("code", "version"), [("UKX11", 2016), ("FRA1", 2013), ("UKG31", 2021), ("UK", 2016)]
)
def test_what_is_no_region_of_the_uk_is_refused(code, version):
    with pytest.raises(ValueError, match=code):
        nuts.itl(code, version)


HEADER = "year,nuts_id,nuts_year_spec,gbp_innovate_uk_funding"


def grants(tmp_path, *lines, header=HEADER):
    path = tmp_path / "grants.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return nesta_innovation.read_innovate_uk(path)


def test_a_year_without_a_row_is_missing_and_a_zero_is_a_zero(tmp_path):
    rows = grants(tmp_path, "2014,UKG31,2013,5", "2016,UKG31,2016,0", "2016,UKG32,2016,7")
    birmingham = rows[rows["area_code"] == "TLG31"].set_index("year")
    assert birmingham["status"].to_dict() == {2014: "published", 2015: "missing", 2016: "published"}
    assert birmingham.loc[2016, "value"] == 0
    assert rows[rows["area_code"] == "TLG32"]["year"].tolist() == [2016]


def test_columns_are_found_by_name(tmp_path):
    header = "nuts_id,year,gbp_innovate_uk_funding,nuts_year_spec"
    assert grants(tmp_path, "UKG31,2016,5,2016", header=header)["value"].tolist() == [5]


@pytest.mark.parametrize(
    ("lines", "header", "said"),
    [
        (["<html><body>Forbidden</body></html>"], "<!doctype html>", "expected the columns"),
        ([], HEADER, "expected rows under the header"),
        (["UKG31,2016,2016,5"], "nuts_id,year,nuts_year,gbp_innovate_uk_funding", "expected the columns"),
        (["2016,UKG31,2016,*"], HEADER, r"line 2.*'\*'"),
        (["2016,UKG31,2016,"], HEADER, "line 2"),
        (["2016/17,UKG31,2016,5"], HEADER, "expected a number as year"),
        (["2016,FRK21,2016,5"], HEADER, "FRK21"),
        (["2016,UKG31,2021,5"], HEADER, "2021"),
        (["2016,UKM21,2013,5", "2016,UKM71,2016,5"], HEADER, "stands twice"),
    ],
)
def test_a_spoilt_file_is_refused_by_name(tmp_path, lines, header, said):
    with pytest.raises(SourceError, match=said) as error:
        grants(tmp_path, *lines, header=header)
    assert "grants.csv" in str(error.value)


ELS = "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes"
NAME = "Public-funded expenditure on research and development"
PUBLIC = f"E12000004,East Midlands,Region,{NAME},2020-04-01/P1Y,651,,,,,,"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (PUBLIC.replace("Public-funded", "Charity-funded"), "Charity-funded"),
        (PUBLIC.replace("E12000004", "E12000010"), "E12000010"),
        (PUBLIC.replace("2020-04-01", "2020-01-01"), "expected a year that ends in '-04-01/P1Y'"),
        (PUBLIC.replace("651", "n/a yet"), "'n/a yet'"),
        (f"{PUBLIC}\n{PUBLIC}", "stands twice"),
    ],
)
def test_a_spoilt_csv_of_regions_is_refused_by_name(tmp_path, line, said):
    path = tmp_path / "research.csv"
    path.write_text(f"{ELS}\n{line}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=said) as error:
        ons_research.read(path)
    assert "research.csv" in str(error.value)
    path.write_text(f"{ELS}\n{PUBLIC}\n", encoding="utf-8")
    assert ons_research.read(path)[["area_code", "year", "value"]].values.tolist() == [["TLF", 2020, 651.0]]
