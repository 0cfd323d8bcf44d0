"""What moved, by hand from printed figures, and parts that sum to the whole.

Tolerance 1e-12: the same few sums and logarithms.
"""

from math import log

import numpy as np
import pandas as pd
import pytest

from helpers import series, study
from helpers.gaps import divergence, what_moved

# The guide's groups, release of 2025: GVA per hour (GBP); GVA (GBP million) and hours worked per week.
TOP = {2004: [29.35, 26.67, 23.23, 32.61, 31.5], 2023: [41.8, 46.76, 44.66, 42.04, 50.66]}
BOTTOM = {2004: [16.26, 17.8, 15.64, 21.53, 19.24], 2023: [29.54, 27.9, 27.31, 31.49, 32.93]}
UK = {2004: 25.52, 2023: 41.87}
TOP_GVA = {2004: [5028, 3263, 1579, 1135, 1545], 2023: [10722, 8514, 3684, 2481, 3112]}
TOP_HOURS = {
    2004: [3364351, 2476366, 1270821, 664531, 991729],
    2023: [4560646, 3033278, 1418531, 1140437, 1141759],
}
UK_GVA = {2004: 1170387, 2023: 2434400}  # the sum of all districts
UK_HOURS = {2004: 907931111, 2023: 1055637266}


def grown(totals):
    return log(np.sum(totals[2023]) / np.sum(totals[2004]))


@pytest.fixture(scope="module")
def midlands():
    return study.choose()


def test_the_sides_by_hand(midlands):
    sides = what_moved.sides(midlands).set_index("group")
    assert sides.at["top", "change"] == pytest.approx(grown(TOP) - grown(UK), abs=1e-12)
    assert sides.at["bottom", "change"] == pytest.approx(grown(BOTTOM) - grown(UK), abs=1e-12)


@pytest.mark.parametrize(
    "asked", [{}, {"measure": "job"}, {"grouping": "rechosen"}, {"area": "Wales", "first_year": 2010}]
)
def test_parts_sum_to_the_whole(asked):
    chosen = study.choose(**asked)
    sides = what_moved.sides(chosen).set_index("group")["change"]
    assert sides["top"] - sides["bottom"] == pytest.approx(sides["gap"], abs=1e-12)
    change = divergence.change(chosen.gap("log"), chosen.first_year, chosen.last_year)
    assert sides["gap"] == pytest.approx(change.change, abs=1e-12)
    parts = what_moved.output_and_work(chosen).pivot(index="group", columns="part", values="change")
    whole = (parts["output"] - parts["work"]).to_numpy()
    assert whole == pytest.approx(parts["productivity"].to_numpy(), abs=1e-12)
    gap = (parts.loc["top"] - parts.loc["bottom"]).to_numpy()
    assert gap == pytest.approx(parts.loc["gap"].to_numpy(), abs=1e-12)


def test_the_band_of_the_gap_is_that_of_the_log_gap(midlands):
    row = what_moved.sides(midlands).set_index("group").loc["gap"]
    change = divergence.change(midlands.gap("log"), 2004, 2023)
    assert row["lower"] == pytest.approx(change.lower, abs=1e-12)
    assert row["upper"] == pytest.approx(change.upper, abs=1e-12)


def test_output_and_work_by_hand(midlands):
    table = what_moved.output_and_work(midlands)
    change = table.set_index(["group", "part"])["change"]
    assert set(zip(table["first_year"], table["last_year"], strict=True)) == {(2004, 2023)}
    assert change["uk", "output"] == pytest.approx(grown(UK_GVA), abs=1e-12)
    assert change["uk", "work"] == pytest.approx(grown(UK_HOURS), abs=1e-12)
    assert change["top", "output"] == pytest.approx(grown(TOP_GVA) - grown(UK_GVA), abs=1e-12)
    assert change["top", "work"] == pytest.approx(grown(TOP_HOURS) - grown(UK_HOURS), abs=1e-12)
    assert table[["lower", "upper"]].isna().all().all() and (table["reason"] == what_moved.NEVER).all()


def test_the_window_ends_where_the_totals_do():
    """ONS has no jobs for Northern Ireland's districts in 2023."""
    asked = study.choose("Northern Ireland", measure="job")
    table = what_moved.output_and_work(asked)
    assert set(table["last_year"]) == {2022}
    assert table["change"].notna().all()


def test_a_district_merged_since_stands_for_what_it_became():
    """Craven, Ryedale and others of the release of 2022 are North Yorkshire today."""
    asked = study.choose("Yorkshire and The Humber", release=2022)
    assert what_moved.output_and_work(asked)["change"].notna().all()


def test_leaving_one_out_by_hand(midlands):
    """Without Bolsover, the fourth of the guide's top group, four districts are left."""
    table = what_moved.leave_one_out(midlands)
    assert len(table) == 10 and set(table["group"]) == {"top", "bottom"}
    code = "E07000033"
    share = {}
    for year in (2004, 2023):
        others = TOP[year][:3] + TOP[year][4:]
        share[year] = 1 - np.mean(BOTTOM[year]) / np.mean(others)
    row = table.set_index("area_code").loc[code]
    assert row["change_without"] == pytest.approx(share[2023] - share[2004], abs=1e-12)
    change = divergence.change(midlands.gap(), 2004, 2023)
    assert row["change"] == pytest.approx(change.change, abs=1e-12)
    assert row["effect"] == pytest.approx(row["change"] - row["change_without"], abs=1e-12)
    assert table["effect"].abs().is_monotonic_decreasing
    assert (table["lower"] < table["change_without"]).all() and (
        table["change_without"] < table["upper"]
    ).all()


def test_groups_chosen_again_each_year_lose_a_member_only_where_it_is_one():
    asked = study.choose(grouping="rechosen")
    table = what_moved.leave_one_out(asked)
    panel = series.panel(asked.area, "hour", 2025).values
    ends = {y: panel[y].sort_values(ascending=False) for y in (2004, 2023)}
    code = ends[2023].index[0]  # first in 2023
    top = {y: ends[y].head(5).drop(code, errors="ignore").mean() for y in ends}
    share = {y: 1 - ends[y].tail(5).mean() / top[y] for y in ends}
    row = table[(table["area_code"] == code) & (table["group"] == "top")].iloc[0]
    assert row["change_without"] == pytest.approx(share[2023] - share[2004], abs=1e-12)


def test_an_area_without_groups_has_empty_tables():
    few = study.choose("TVCA")
    assert list(what_moved.sides(few).columns) == what_moved.SIDES_COLUMNS
    assert list(what_moved.output_and_work(few).columns) == what_moved.PARTS_COLUMNS
    assert list(what_moved.leave_one_out(few).columns) == what_moved.LEFT_COLUMNS
    for table in (what_moved.sides(few), what_moved.output_and_work(few), what_moved.leave_one_out(few)):
        assert isinstance(table, pd.DataFrame) and table.empty
