"""The specification curve against the single gap, hand computations and the count of all choices.

Tolerances: 1e-9 against the other route to the same number, which sums in another order.
"""

import time

import numpy as np
import pandas as pd
import pytest

from helpers import geography, groups, levels, series
from helpers.gaps import choices, divergence, specification

MIDLANDS = geography.resolve("Midlands")
SEED = 20250801

# GVA per hour of the guide's districts as printed in the release of 2025, and the UK's deflator.
TOP = {2004: [29.35, 26.67, 23.23, 32.61, 31.5], 2023: [41.8, 46.76, 44.66, 42.04, 50.66]}
BOTTOM = {2004: [16.26, 17.8, 15.64, 21.53, 19.24], 2023: [29.54, 27.9, 27.31, 31.49, 32.93]}
DEFLATOR = {2004: 68.6, 2023: 107.6}


@pytest.fixture(scope="module")
def curve():
    began = time.process_time()
    table = specification.specification_curve(MIDLANDS, SEED)
    table.attrs["seconds"] = time.process_time() - began
    return table


def test_thousands_of_specifications_take_seconds(curve):
    assert len(curve) > 2000
    assert curve.attrs["seconds"] < 10


def test_no_specification_stands_twice_and_none_has_a_gap_in_its_figures(curve):
    assert not curve.duplicated(specification.OPTIONS).any()
    assert not curve[["start", "end", "change"]].isna().any().any()
    assert list(curve.columns) == specification.CURVE_COLUMNS


@pytest.mark.parametrize("area", ["Midlands", "Northern Ireland", "TVCA"])
def test_rows_and_what_is_left_out_add_up_to_every_combination(area, curve):
    """Each panel has six sizes by seven rules (and the guide's own), by weights, definitions, windows."""
    where = geography.resolve(area)
    rows = curve if area == "Midlands" else specification.specification_curve(where, SEED)
    left = specification.left_out(where)
    panels = len(levels.panels(where)) + 2
    each = 6 * 7 + (1 if area == "Midlands" else 0)
    assert len(rows) + left["specifications"].sum() == panels * each * 3 * 6 * 5
    assert (left["reason"] != "").all() and (left["specifications"] > 0).all()


def test_a_specification_is_the_change_of_the_single_gap(curve):
    """Other code, same draws: `helpers.gaps.divergence` makes one gap at a time, with all of its years."""
    smoothed = curve[(curve["series"] == "smoothed") & (curve["definition"] != "absolute_deflated")]
    for row in smoothed.sample(60, random_state=1).itertuples(index=False):
        panel = series.panel(MIDLANDS, row.measure, row.release)
        gap = divergence.gap(panel, row.rule, row.group_size, row.weights, row.definition, SEED)
        change = divergence.change(gap, row.first_year, row.last_year)
        for name in ("start", "end", "change", "lower", "upper"):
            assert getattr(row, name) == pytest.approx(getattr(change, name), abs=1e-9), row
        assert row.verdict == change.verdict, row


def guides(curve, definition):
    chosen = curve.query(
        "series == 'smoothed' and measure == 'hour' and release == 2025 and rule == 'guide' and "
        "weights == 'unweighted' and window == '2004 to last'"
    )
    return chosen.set_index("definition").loc[definition]


def test_the_guides_gap_by_hand(curve):
    mean = {name: {y: sum(v) / 5 for y, v in group.items()} for name, group in (("t", TOP), ("b", BOTTOM))}
    share = {y: 1 - mean["b"][y] / mean["t"][y] for y in TOP}
    row = guides(curve, "share_of_top")
    assert (row["first_year"], row["last_year"]) == (2004, 2023)
    assert row["start"] == pytest.approx(share[2004], abs=1e-12)
    assert row["end"] == pytest.approx(share[2023], abs=1e-12)
    pounds = {y: mean["t"][y] - mean["b"][y] for y in TOP}
    dearer = DEFLATOR[2023] / DEFLATOR[2004]
    deflated = guides(curve, "absolute_deflated")
    assert deflated["start"] == pytest.approx(pounds[2004] * dearer, abs=1e-9)
    assert deflated["end"] == guides(curve, "absolute")["end"] == pytest.approx(pounds[2023], abs=1e-9)
    assert deflated["lower"] < deflated["change"] < deflated["upper"]


def test_definitions_that_rise_with_the_ratio_share_the_verdict_and_the_direction(curve):
    relative = curve[curve["definition"].isin(specification.RELATIVE)]
    others = [option for option in specification.OPTIONS if option != "definition"]
    assert (relative.groupby(others)["verdict"].nunique() == 1).all()
    rose = relative.assign(rose=relative["change"] > 0).groupby(others)["rose"].nunique()
    assert (rose == 1).all()
    alone = specification.distinct(curve)
    assert set(alone["definition"]) == {"share_of_top", "absolute", "absolute_deflated"}
    assert len(alone) == len(curve) / 2


def test_a_split_sample_is_measured_in_even_years_only(curve):
    split = curve[curve["rule"] == "split"]
    assert (split[["first_year", "last_year"]] % 2 == 0).all().all()
    own = split.query("release == 2025 and measure == 'hour' and window == '2010 to 2019'")
    assert set(zip(own["first_year"], own["last_year"], strict=True)) == {(2010, 2018)}


def test_a_window_that_repeats_another_is_left_out_with_its_reason():
    """The release of 2022 ends in 2020: its last ten years are those since 2010."""
    left = specification.left_out(MIDLANDS)
    same = left[left["reason"] == "the same years as 2010 to last"]
    assert set(same["release"]) == {2022}


def test_our_own_series_has_no_band_and_says_why(curve):
    ours = curve[curve["series"] != "smoothed"]
    assert set(ours["series"]) == set(choices.UNSMOOTHED)
    assert ours[["lower", "upper"]].isna().all().all()
    assert set(ours["verdict"]) == {"cannot be known"}
    assert set(ours["reason"]) == {specification.NEVER}
    published = curve[curve["series"] == "smoothed"]
    assert published[["lower", "upper"]].notna().all().all() and set(published["reason"]) == {""}


def test_too_large_groups_are_told():
    left = specification.left_out(geography.resolve("Northern Ireland")).query("group_size == 8")
    assert "two groups of 8 need 16 districts with figures; there are 11" in set(left["reason"])


def test_a_year_without_a_deflator_leaves_out_the_deflated_gap_alone(monkeypatch):
    real = series.price_ratio
    monkeypatch.setattr(series, "price_ratio", lambda a, b: float("nan") if b == 2023 else real(a, b))
    where = geography.resolve("Wales")
    left = specification.left_out(where)
    told = left[left["reason"].str.startswith("no deflator")]
    assert len(told) and set(told["release"]) == {2025}
    rows = specification.specification_curve(where, SEED).query("last_year == 2023")
    assert set(rows["definition"]) == {*divergence.DEFINITIONS}


@pytest.mark.parametrize(
    ("below_zero", "verdict"),
    [(0, "widened"), (50, "too close to call"), (100, "within the noise"), (1995, "narrowed")],
)
def test_verdicts_follow_the_draws(below_zero, verdict):
    """2.5 % of 2000 draws are 50, give or take 14."""
    draws = np.where(np.arange(2000) < below_zero, -0.1, 0.1)
    both = specification.verdicts(np.stack([draws, -draws], axis=1))
    mirrored = {"widened": "narrowed", "narrowed": "widened"}
    assert list(both) == [verdict, mirrored.get(verdict, verdict)]
    draws[3] = np.nan
    assert specification.verdicts(draws) == "cannot be known"


def test_the_summary_counts_by_every_choice():
    said = ["widened", "narrowed", "narrowed", "within the noise", "cannot be known"]
    rows = pd.DataFrame(dict.fromkeys(specification.OPTIONS, "one"), index=range(5)).assign(
        rule=["end", "end", "mean", "mean", "first"], change=[1, -1, -1, 2, 3], verdict=said
    )
    table = specification.summary(rows).set_index(["choice", "option"])
    everything = table.loc[("all", "all")]
    assert everything["specifications"] == 5
    assert everything[list(specification.VERDICTS)].tolist() == [1, 2, 1, 0, 1]
    assert everything["share narrowed"] == 2 / 4  # of those that can be known
    assert everything["share rose"] == 3 / 5
    assert table.loc[("rule", "end"), "share widened"] == 1 / 2
    assert np.isnan(table.loc[("rule", "first"), "share widened"])


def test_groups_chosen_late_widen_more_often_than_groups_chosen_early(curve):
    """Regression to the mean: the curve must show the same spread with the signs the theory gives."""
    rose = specification.summary(curve).query("choice == 'rule'").set_index("option")["share rose"]
    assert rose["first"] < rose["split"] < rose["end"]
    assert set(rose.index) == set(groups.EVERY_RULE)


def test_groups_without_a_figure_at_an_end_are_left_out_with_the_reason():
    """Three districts of Northern Ireland have no output per job in 2023, and are the lowest before."""
    where = geography.resolve(
        ["Belfast", "Mid Ulster", "Derry City and Strabane", "Coventry", "Solihull", "Warwick", "Rugby"]
    )
    left = specification.left_out(where)
    why = left[left["reason"].str.contains("2004 or 2023")]
    assert set(why["reason"]) == {
        "a district has no figure in 2004 or 2023",
        "a district or its hours has no figure in 2004 or 2023",
    }
    assert set(why["measure"]) == {"job"} and set(why["release"]) == {2025}
    curve = specification.specification_curve(where, SEED)
    lost = curve.query("measure == 'job' and release == 2025 and window == '2004 to last'")
    assert set(zip(why["rule"], why["group_size"], strict=True)).isdisjoint(
        zip(lost["rule"], lost["group_size"], strict=True)
    )
