"""Kitagawa's split by hand and as an identity; industries of ITL3 areas against the published tables."""

import numpy as np
import pandas as pd
import pytest

from helpers import geography, paths
from helpers.decomposition import industry_accounts, industry_mix
from helpers.decomposition.kitagawa import kitagawa
from helpers.errors import ParameterError


@pytest.fixture(scope="module")
def midlands():
    area = geography.resolve("Midlands")
    ends = geography.guide_groups()
    return industry_mix.table(area, {"top": ends["top"], "bottom": ends["bottom"]})


def test_two_industries_by_hand():
    """Shares 3/4 and 1/4 of 40 and 80 against halves of 60 and 100: 50 less 80.

    Mix: 1/4 x 50 - 1/4 x 90 = -10. Within: -20 x 5/8 - 20 x 3/8 = -20.
    """
    found = kitagawa(np.array([120.0, 80]), np.array([3.0, 1]), np.array([60.0, 100]), np.array([1.0, 1]))
    assert (found.gap, found.mix, found.within) == pytest.approx((-30, -10, -20))
    # From the mean of both sides, 65: 1/4 x (50 - 65) and -1/4 x (90 - 65)
    assert found.mix_by_industry == pytest.approx([-3.75, -6.25])
    assert found.within_by_industry == pytest.approx([-12.5, -7.5])
    # At the other's 60 and 100, and at the own 40 and 80
    assert (found.mix_at_other, found.mix_at_own) == pytest.approx((-10, -10))


def test_parts_sum_and_change_sign_with_the_sides():
    """To 1e-12 of the level: rounding alone."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        gva, jobs, other, others = rng.uniform(1, 9, size=(4, 12))
        found, back = kitagawa(gva, jobs, other, others), kitagawa(other, others, gva, jobs)
        assert found.mix + found.within == pytest.approx(found.gap, abs=1e-12)
        assert (back.mix, back.within) == pytest.approx((-found.mix, -found.within), abs=1e-12)
        assert found.mix == pytest.approx((found.mix_at_other + found.mix_at_own) / 2, abs=1e-12)


def test_sides_that_differ_in_one_respect_have_one_part():
    jobs, output = np.array([2.0, 3, 5]), np.array([10.0, 20, 40])
    same_mix = kitagawa(jobs * output, jobs, 7 * jobs * output * 1.1, 7 * jobs)
    assert same_mix.mix == pytest.approx(0, abs=1e-12) and same_mix.within == pytest.approx(-2.8)
    same_output = kitagawa(jobs * output, jobs, jobs[::-1] * output, jobs[::-1])
    assert same_output.within == pytest.approx(0, abs=1e-12) and same_output.mix == pytest.approx(9)


def test_an_industry_without_employees_is_refused():
    with pytest.raises(ParameterError, match="positive number in every industry"):
        kitagawa(np.ones(2), np.array([1.0, 0]), np.ones(2), np.ones(2))


def test_the_parts_of_every_area_sum_to_its_gap(midlands):
    """To 1e-12 of Great Britain's output per employee."""
    for rows in (midlands, industry_mix.every_area(), industry_mix.every_area("broad")):
        known = rows.dropna(subset=["gap"])
        parts = known["relative_mix"] + known["relative_within"]
        assert parts.to_numpy() == pytest.approx(known["relative_gap"].to_numpy(), abs=1e-12)
        gap = known["output_per_employee"] / known["against_value"] - 1
        assert gap.to_numpy() == pytest.approx(known["relative_gap"].to_numpy(), abs=1e-12)


def test_derbys_output_per_employee_from_the_shipped_table(midlands):
    """GVA less imputed rent and households, to GBP 0.5 million for each of 19 rounded industries."""
    table = pd.read_parquet(paths.TABLES / "industry.parquet").query("year == 2023")
    own = table[table["area_code"] == "E06000015"].set_index("indicator")["value"]
    made = own["gva_all"] - own["gva_imputed_rent"] - own["gva_households"]
    sections = table[(table["area_code"] == "TLF11") & table["indicator"].str.startswith("employees_")]
    jobs = sections[sections["indicator"] != "employees_all"]["value"].sum()
    row = midlands.query("area_code == 'TLF11' and detail == 'industries'").iloc[0]
    assert row["output_per_employee"] * jobs == pytest.approx(made * 1e6, abs=19 * 0.5e6)


def test_industries_are_all_of_gva_and_all_employees():
    """GVA adds up but for rounding to GBP million; each section of employees is used once."""
    gva, jobs, working = industry_accounts.figures()
    whole = gva.loc[industry_accounts.complete()]
    assert (whole.sum(axis=1) - working[whole.index]).abs().max() <= 17 * 20 * 0.5e6  # 20 districts at most
    table = pd.read_parquet(paths.TABLES / "industry.parquet")
    everyone = table.query("indicator == 'employees_all'")["value"].sum()
    assert jobs.to_numpy().sum() == pytest.approx(everyone)
    assert sorted(i for parts in industry_accounts.BROAD.values() for i in parts) == sorted(gva.columns)


def test_areas_that_share_a_district_are_counted_together():
    """Cumberland lies in West and East Cumbria; the Highlands, Argyll and Ayrshire hang together."""
    unit = industry_accounts.units()
    assert unit["TLD11"] == unit["TLD12"] == "TLD11+TLD12"
    assert unit["TLM61"] == "TLM61+TLM62+TLM63+TLM81+TLM93"
    assert unit["TLF11"] == "TLF11"
    joined = industry_mix.every_area().set_index("area_code")["employees"]
    table = pd.read_parquet(paths.TABLES / "industry.parquet").query("indicator == 'employees_all'")
    cumbria = table.set_index("area_code")["value"][["TLD11", "TLD12"]].sum()
    assert joined["TLD11+TLD12"] == pytest.approx(cumbria)


def test_suppressed_industries_are_pooled_and_cornwall_has_a_reason():
    rows = industry_mix.every_area().set_index("area_code")
    hertfordshire = rows.loc["TLH23"]
    assert (
        hertfordshire["pooled"] == "agriculture_mining|energy_water_waste"
        and hertfordshire["industries"] == 16
    )
    assert rows.at["TLK30", "reason"] == "no split: imputed rent is suppressed"
    assert np.isnan(rows.at["TLK30", "gap"])
    assert (rows["reason"] != "").sum() == 1


def test_northern_ireland_has_a_reason():
    area = geography.resolve("Northern Ireland")
    rows = industry_mix.table(area, {})
    assert rows["gap"].isna().all()
    assert rows["reason"].str.contains("survey of employees does not cover Northern Ireland").all()
    assert industry_mix.by_industry(area, {}).empty


def test_groups_keep_only_areas_of_their_own(midlands):
    """Derbyshire Dales (top) and Erewash share South and West and East Derbyshire with nobody below."""
    rows = midlands.query("detail == 'industries'").set_index("scope")
    top, bottom = (set(rows.at[end, "area_code"].split("+")) for end in ("top", "bottom"))
    assert not top & bottom
    districts = geography.resolve("Midlands").codes
    shared = {"top": list(districts[:3]), "bottom": list(districts[:3])}
    empty = industry_mix.table(geography.resolve("Midlands"), shared).query("scope == 'top_against_bottom'")
    assert empty["reason"].str.contains("holds districts of this group alone").all()


def test_by_industry_sums_to_the_area(midlands):
    rows = industry_mix.by_industry(geography.resolve("Midlands"), {})
    whole = midlands.query("scope == 'area' and detail == 'industries'").iloc[0]
    assert rows["mix"].sum() == pytest.approx(whole["relative_mix"], abs=1e-12)
    assert rows["within"].sum() == pytest.approx(whole["relative_within"], abs=1e-12)


def test_parts_of_the_spread_sum_to_one():
    for detail in ("industries", "broad"):
        assert industry_mix.spread(detail)["share"].sum() == pytest.approx(1, abs=1e-12)


def test_a_district_outside_great_britain_is_named_beside_others():
    rows = industry_mix.table(geography.resolve(["Belfast", "Derby"]), {}).query("scope == 'area'")
    assert rows["reason"].str.startswith("without Belfast: the survey of employees").all()
    alone = industry_mix.table(geography.resolve("Derby"), {}).query("scope == 'area'")
    assert rows["relative_gap"].tolist() == pytest.approx(alone["relative_gap"].tolist())
