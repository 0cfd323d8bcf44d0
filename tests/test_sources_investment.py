"""Readers of capital formation, foreign investment, exports and population, against the raw files.

Figures are compared exactly: the readers take them as the files print them.
"""

import math

import openpyxl
import pandas as pd
import pytest
from raw_cells import cells, figures, raw, write

from helpers import catalogue, paths
from helpers.errors import SourceError
from helpers.recipes import infrastructure, investment
from helpers.sources import account, columns, ons_access, ons_gfcf, ons_population, ons_trade_investment


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    return pd.read_csv(paths.TABLES / "areas.csv", dtype=str, keep_default_na=False)


# Capital formation


def test_capital_formation_is_the_files_cell_by_cell(mirror):
    path = raw(mirror, "gfcf-itl-2022")
    found = figures(ons_gfcf.read(path))
    taken = [row for row in cells(path) if row["geography_code"] != "TLZ"]
    assert len(found) == len(taken)
    for row in taken:
        value = found[ons_gfcf.ASSETS[row["asset"]], row["geography_code"], int(row["year"])]
        printed = row["gfcf_gbp_million_current_prices"]
        assert value == float(printed) if printed else math.isnan(value)
    assert found["gfcf_all", "TLC", 1997] == 5635.88


def test_withheld_capital_formation_is_suppressed_and_extra_regio_is_reported(mirror):
    rows = ons_gfcf.read(raw(mirror, "gfcf-itl-2022"))
    assert (rows["status"] == "suppressed").sum() == rows["value"].isna().sum() == 5
    assert account.of(rows).left == {"Extra-Regio: no area on land": 432}


def test_subregions_add_up_to_their_regions(mirror):
    rows = ons_gfcf.read(raw(mirror, "gfcf-itl-2022"))
    rows = rows[rows["indicator"] == "gfcf_all"]
    by_length = rows.groupby([rows["area_code"].str[:3], "year", rows["area_code"].str.len()])["value"].sum()
    sums = by_length.unstack()
    # Two decimals each, over at most 33 areas.
    assert (sums[3] - sums[4]).abs().max() < 0.2
    assert (sums[3] - sums[5]).abs().max() < 0.2


def test_the_correction_moves_five_years_only_and_by_what_ons_said(mirror):
    before = figures(ons_gfcf.read(raw(mirror, "gfcf-itl-2022")))
    path = raw(mirror, "gfcf-itl3-corrected")
    after = ons_gfcf.read_corrected(path)
    rows = cells(path)
    assert len(after) == len(rows) == 122 * 13
    for row, value in list(zip(rows, after["value"], strict=True))[::150]:
        assert value == float(row["gfcf_allassets_corrected_recovered"])
    moved = {
        (code, year): value / before["gfcf_all", code, year] - 1
        for (_, code, year), value in figures(after).items()
    }
    years = {year for (_, year), change in moved.items() if abs(change) > 1e-6}
    assert years == {2010, 2011, 2015, 2016, 2017}
    assert 0.018 < max(moved.values()) < 0.0195  # "at most 1.9 per cent"


# Foreign investment and exports


@pytest.mark.parametrize(
    ("card", "read", "names"),
    [
        ("els-foreign-direct-investment", ons_trade_investment.read_fdi, ons_trade_investment.FDI),
        ("els-total-value-of-uk-exports", ons_trade_investment.read_exports, ons_trade_investment.EXPORTS),
    ],
)
def test_foreign_investment_and_exports_against_the_csv(mirror, card, read, names):
    path = raw(mirror, card)
    tidy = read(path)
    found = figures(tidy)
    all_rows = cells(path)
    told = account.of(tidy)
    assert len(tidy) + sum(told.left.values()) == told.rows == len(all_rows)
    checked = 0
    for row in all_rows:
        key = (names[row["indicator"]], row["areacd"], int(row["period"][:4]))
        if key in found and not row["notes"]:
            printed = row["observation"]
            assert found[key] == float(printed) if printed else math.isnan(found[key])
            checked += 1
    assert checked > 900
    assert (tidy["value"].isna() == (tidy["status"] == "suppressed")).all()


def test_regions_foreign_investment_stays_below_the_uk_which_holds_the_unallocated(mirror):
    rows = ons_trade_investment.read_fdi(raw(mirror, "els-foreign-direct-investment"))
    inward = rows[rows["indicator"] == "fdi_inward"].pivot(index="year", columns="area_code", values="value")
    regions = inward[[code for code in inward if len(code) == 3]]
    share = regions.sum(axis=1) / inward["K99000002"]
    assert regions.shape[1] == 12
    assert share.between(0.88, 1).all()


def test_exports_keep_no_code_that_was_given_up(mirror, areas):
    rows = ons_trade_investment.read_exports(raw(mirror, "els-total-value-of-uk-exports"))
    itl = rows[rows["area_code"].str.startswith("TL")]
    # Northern Ireland is one area on all three levels and stands as ITL1 and by its ITL3 areas.
    assert set(itl["area_code"]) == set(areas.loc[areas["vintage"] == "ITL25", "code"]) - {"TLN0"}
    of_both = areas[areas["vintage"].isin(["ITL21", "ITL25"])].groupby("code")["vintage"].nunique() == 2
    fresh = itl[~itl["area_code"].map(of_both)]
    assert set(fresh["year"]) == {2023}
    assert not itl[itl["year"] == 2023].empty


def test_exports_add_up_where_nothing_is_withheld(mirror):
    """ITL3 areas of 2023 to their region; regions to most of the UK, which holds the unallocated."""
    rows = ons_trade_investment.read_exports(raw(mirror, "els-total-value-of-uk-exports"))
    panel = rows.pivot(index="area_code", columns="year", values="value")
    regions, parts = (panel[panel.index.str.fullmatch(p)] for p in ("TL.", "TL..."))
    assert (regions.sum() / panel.loc["K99000002"]).between(0.9, 0.97).all()
    by_region = parts[2023].groupby(parts.index.str[:3])
    lacking = regions[2023] - by_region.sum()
    whole = by_region.count() == by_region.size()
    assert whole.sum() == 6 and lacking[whole].abs().max() <= 16.5 and lacking[~whole].min() > 100


# Population


def test_population_against_openpyxl(mirror, areas):
    path = raw(mirror, "population-lad-1998-2023")
    found = figures(ons_population.read(path))
    header, *body = openpyxl.load_workbook(path, read_only=True)["Population data"].values
    for row in [r for r in body if r[1]][::30]:
        for column in (3, 12, 25, 27):
            assert found["population_total", row[1], int(header[column])] == row[column]
    districts = areas[(areas["level"] == "district") & (areas["vintage"] == "LAD23")]
    assert {code for _, code, _ in found} == set(districts["code"])


def test_population_of_northern_ireland_in_2023_is_not_a_number(mirror):
    rows = ons_population.read(raw(mirror, "population-lad-1998-2023"))
    absent = rows[rows["value"].isna()]
    assert set(absent["area_code"].str[:3]) == {"N09"} and set(absent["year"]) == {2023}
    assert len(absent) == 11
    # Mid-2022 estimate of the UK in the regional accounts of 2025: 67.6 to 67.8 million.
    assert 67.5e6 < rows.loc[rows["year"] == 2022, "value"].sum() < 67.9e6


# Files that are not as they should be

GFCF_HEADER = "year,geography_type,geography_code,geography_name,asset,gfcf_gbp_million_current_prices"
GFCF_ROWS = [f"2020,ITL3,TLF11,Derby,{asset},10.5" for asset in ons_gfcf.ASSETS]


def test_columns_may_stand_in_any_order_and_more_may_come(tmp_path):
    rows = columns.read(write(tmp_path, "b,c,a\n1,2,3\n"), ["a", "b"])
    assert rows.to_dict("records") == [{"a": "3", "b": "1"}]


@pytest.mark.parametrize("text", ["", "<!doctype html><html></html>", "a\n1\n", "a,b,b\n1,2,3\n", "a,b\n"])
def test_a_csv_without_its_columns_or_rows_is_refused(tmp_path, text):
    with pytest.raises(SourceError, match=r"file\.csv: expected"):
        columns.read(write(tmp_path, text), ["a", "b"])


@pytest.mark.parametrize("cell", ["about 3", "inf", "nan", "1e999"])
def test_a_cell_that_is_neither_number_nor_marker_is_refused(cell):
    with pytest.raises(SourceError, match="row 3"):
        columns.numbers(pd.Series(["1", cell]), "file.csv")


def test_markers_and_thousands_are_read_apart():
    read = columns.numbers(pd.Series(["1,234", "", "c", "0"]), "file.csv")
    assert read["value"].fillna(-1).tolist() == [1234, -1, -1, 0]
    assert read["status"].tolist() == ["published", "missing", "suppressed", "published"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (GFCF_ROWS[1:], "expected the assets"),
        ([*GFCF_ROWS, GFCF_ROWS[0]], "stands twice"),
        ([row.replace("ITL3", "ITL2") for row in GFCF_ROWS], "expected codes of 3, 4 or 5"),
        ([row.replace("10.5", "ten") for row in GFCF_ROWS], "'ten'"),
    ],
)
def test_spoilt_capital_formation_is_refused(tmp_path, rows, said):
    path = write(tmp_path, "\n".join([GFCF_HEADER, *rows, ""]))
    with pytest.raises(SourceError, match=said):
        ons_gfcf.read(path)


ELS_HEADER = "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes"


@pytest.mark.parametrize(
    ("read", "line", "said"),
    [
        (ons_trade_investment.read_exports, "TLF,x,,Value of UK imports,2020,1,,,,,,", "indicators"),
        (ons_trade_investment.read_exports, "TLF,x,,Value of UK exports,2020,,,,,,,", None),
        (ons_access.read_gigabit, "TLF,x,,Gigabit capable broadband,2027-01-01,1,,,,,,", "period"),
        (ons_access.read_gigabit, "TLF,x,,Broadband,2026-01-01,1,,,,,,", "indicator"),
        (ons_access.read_travel_time, "E12000004,x,,Fly to work,2019,1,,,,,,", "modes"),
    ],
)
def test_a_spoilt_flat_file_is_refused(tmp_path, read, line, said):
    path = write(tmp_path, f"{ELS_HEADER}\n{line}\n")
    if said is None:
        assert read(path)["status"].tolist() == ["missing"]
        return
    with pytest.raises(SourceError, match=said) as error:
        read(path)
    assert "file.csv" in str(error.value)


def test_every_part_of_the_recipes_has_a_card():
    cards = catalogue.load()
    parts = [part for t in (investment.TABLES, infrastructure.TABLES) for ps in t.values() for part in ps]
    assert {part.card for part in parts} <= set(cards)
