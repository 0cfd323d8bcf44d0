"""Graduates' means by hand on three towns, and from the workbook read with another library.

Tolerance 1e-12 where both sides are the same sum in floating point, else as printed.
"""

import openpyxl
import pandas as pd
import pytest

from helpers import geography, tables
from helpers.comparisons import graduates
from helpers.errors import ParameterError, TableError
from helpers.sources.ons_graduates import REGIONS

NAN = float("nan")
HEADERS = {
    "code": "Town and City Code",
    "name": "Town and City Name",
    "graduates": "Number of graduates",
    "movers_left_region": "Share of graduate movers who moved region by 2018-19",
    "retention": "Graduate retention rate",
    "net_gain": "Graduate net gain rate",
    "inward": "Graduate inward-migration rate",
    "pupils": "GCSE Cohort 2008 to 2011",
    "region": "Region",
}


@pytest.fixture(scope="module")
def workbook(mirror):
    """The producer's sheet, read cell by cell; suppressed cells are NaN."""
    book = openpyxl.load_workbook(mirror / "skills" / "graduate_mobility_towns.xlsx", read_only=True)
    rows = list(book["Graduates"].iter_rows(values_only=True))
    at = [rows[0].index(header) for header in HEADERS.values()]
    frame = pd.DataFrame([[row[i] for i in at] for row in rows[1:] if row[0]], columns=list(HEADERS))
    frame = frame[~frame["code"].isin(["Not_BUA", "Other Small BUAs"])].replace("*", NAN)
    by_name = {name.casefold(): code for name, code in REGIONS.items()}
    frame["region"] = frame["region"].str.casefold().map(by_name)
    return frame.set_index("code")


def test_means_of_three_towns_by_hand():
    """100, 200 and 50 graduates; 60, 100 and an unknown number stay; 40 and 100 leave.

    Of the leavers of the first town a half (20) leave the region; the second's are suppressed. The
    towns gain 10, lose 40 and gain 25.
    """
    towns = pd.DataFrame(
        {
            "graduates": [100.0, 200, 50],
            "retention": [0.6, 0.5, NAN],
            "movers_left_region": [0.5, NAN, NAN],
            "net_gain": [0.1, -0.2, 0.5],
        }
    )
    found = graduates.weighted(towns).set_index("measure")
    assert found["value"].to_dict() == pytest.approx(
        {"retention": 160 / 300, "movers_left_region": 0.5, "left_region": 0.2, "net_gain": -5 / 350}
    )
    assert found["n"].to_dict() == {"retention": 2, "movers_left_region": 1, "left_region": 1, "net_gain": 3}
    assert found["missing"].tolist() == [1, 2, 2, 0]
    assert found["covered"].tolist() == pytest.approx([300 / 350, 100 / 350, 100 / 350, 1])


def test_leavers_are_weighted_by_leavers():
    """40 leave of 100 and 100 of 200: a half and a tenth of them out of the region are 30 of 140."""
    towns = pd.DataFrame(
        {
            "graduates": [100.0, 200],
            "retention": [0.6, 0.5],
            "movers_left_region": [0.5, 0.1],
            "net_gain": 0.0,
        }
    )
    found = graduates.weighted(towns).set_index("measure")["value"]
    assert found["movers_left_region"] == pytest.approx(30 / 140)
    assert found["left_region"] == pytest.approx(30 / 300)


def test_nothing_published_has_no_mean():
    towns = pd.DataFrame({"graduates": [100.0], "retention": NAN, "movers_left_region": NAN, "net_gain": NAN})
    found = graduates.weighted(towns)
    assert found["value"].isna().all() and (found["n"] == 0).all() and (found["missing"] == 1).all()


def test_midlands_from_the_workbook(workbook):
    """Retained over all graduates of the two regions, summed from the raw sheet; and what is suppressed."""
    found = graduates.stay_and_go(geography.resolve("Midlands")).means.set_index(["group", "measure"])
    for group, regions in {"TLF": ["TLF"], "TLG": ["TLG"], "regions": ["TLF", "TLG"]}.items():
        own = workbook[workbook["region"].isin(regions)]
        known = own.dropna(subset="retention")
        kept = sum(g * r for g, r in zip(known["graduates"], known["retention"], strict=True))
        row = found.loc[(group, "retention")]
        assert row["value"] == pytest.approx(kept / known["graduates"].sum(), rel=1e-12)
        assert (row["n"], row["missing"]) == (len(known), len(own) - len(known))
    everywhere = found.loc[("england", "retention")]
    assert everywhere["n"] + everywhere["missing"] == 1102
    assert found.loc[("england_without_london", "retention"), "n"] == everywhere["n"] - 2


def test_leavers_of_the_net_gain_are_all_not_retained(workbook):
    """Arrivals (inward rate of pupils) less those not retained, over own graduates, is the published net
    gain: on average over towns of more than 1,000 graduates within 0.001, far below the 0.017 by which
    the workbook's share of known movers falls short of one less retention."""
    large = workbook[workbook["graduates"] > 1000].astype({"net_gain": float})
    built = large["inward"] * large["pupils"] / large["graduates"] - (1 - large["retention"])
    assert len(large) > 90
    assert abs((built - large["net_gain"]).mean()) < 0.001


def test_largest_towns_and_what_is_suppressed(workbook):
    answer = graduates.stay_and_go(geography.resolve("Mansfield"), most=200)
    assert answer.towns["name"].tolist()[:4] == ["Leicester", "Derby", "Northampton", "Nottingham"]
    assert answer.towns["graduates"].is_monotonic_decreasing
    assert set(answer.towns["region"]) == {"TLF"} and len(answer.towns) == (workbook["region"] == "TLF").sum()
    suppressed = answer.towns.set_index("code")["suppressed"]
    raw = workbook[workbook["region"] == "TLF"]["net_gain"].isna()
    assert (suppressed.str.contains("net_gain") == raw[suppressed.index]).all()


def test_areas_outside_england_have_a_reason():
    answer = graduates.stay_and_go(geography.resolve("Wales"))
    assert answer.means.empty and answer.towns.empty
    assert "Wales" in answer.reason and "England" in answer.reason


def test_areas_across_a_border_have_the_english_part():
    answer = graduates.stay_and_go(geography.resolve(["Herefordshire", "Powys"]))
    assert set(answer.means["group"]) == {"TLG", "england", "england_without_london"}
    assert "Wales" in answer.reason


def test_towns_without_a_region_are_refused(monkeypatch):
    areas = tables.load("areas").copy()
    areas.loc[areas["level"] == "town", "itl1"] = ""
    load = tables.load
    monkeypatch.setattr(tables, "load", lambda name: areas if name == "areas" else load(name))
    graduates.of_towns.cache_clear()
    with pytest.raises(TableError, match="1102 towns have no region"):
        graduates.of_towns()


def test_at_least_one_town_is_asked_for():
    with pytest.raises(ParameterError, match="most"):
        graduates.stay_and_go(geography.resolve("Wales"), most=0)
