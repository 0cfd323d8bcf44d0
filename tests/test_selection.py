"""Selection nulls against full enumeration, groups chosen elsewhere, and panels with known truth."""

import itertools
import time

import numpy as np
import pandas as pd
import pytest

from helpers import geography, groups, series
from helpers.dynamics import process, smoothing
from helpers.errors import ParameterError
from helpers.gaps import rechoosing, selection, selection_check

YEARS = list(range(2004, 2024))
MIDLANDS = geography.resolve("Midlands")
TRUTH = process.Process(permanent=0.017, persistent=0.0075, rho=0.89, noise=0.0021)


def invented(n, seed=3, truth=TRUTH):
    """Single years and smoothed figures of n districts named a, b, ..."""
    single = process.simulate(truth, np.log(np.linspace(20, 40, 20)), (n,), np.random.default_rng(seed))
    codes = [chr(ord("a") + i) for i in range(n)]
    smoothed = smoothing.smooth(single)
    return (pd.DataFrame(x, index=codes, columns=YEARS) for x in (smoothed, single))


def log_gap(values, rule, size, year):
    """By `helpers.groups`, which shares no code with the nulls; the guide's year is ranked by hand."""
    logs = np.log(values[year])
    if rule == "guide_year":
        ranked = values[2022].sort_values().index
        return logs[ranked[-size:]].mean() - logs[ranked[:size]].mean()
    top, bottom = groups.members(groups.choose(values, rule, size), values.index, year)
    return logs[top].mean() - logs[bottom].mean()


def reversed_panel(values, codes, first, last):
    """Some districts' years run backwards between two years, relative to the mean of each year."""
    logs = np.log(values)
    relative = logs - logs.mean()
    turned = relative.copy()
    span = list(range(first, last + 1))
    turned.loc[codes, span] = relative.loc[codes, span[::-1]].to_numpy()
    return np.exp(turned + logs.mean())


SPANS = {  # of the window 2010 to 2023
    "end": (2010, 2023),
    "guide_year": (2010, 2023),
    "start": (2010, 2023),
    "mean": (2004, 2023),
    "rechosen": (2010, 2023),
}


@pytest.mark.parametrize("rule", rechoosing.RULES)
@pytest.mark.parametrize("null", selection.NULLS[:2])
def test_reversals_against_all_patterns_one_by_one(rule, null):
    """Six districts, 64 patterns (three blocks: 8), each built and ranked with pandas.

    Means within five standard errors of 4,000 draws; the share beyond within 0.04 (five of them).
    """
    values, single = invented(6)
    blocks = pd.Series(list("xxyyzz"), index=values.index)
    found = selection.nulls(values, single, blocks, 2, rules=[rule], draws=4000, seed=5)
    row = found[(found["null"] == null) & (found["window"] == "2010-2023")].iloc[0]
    units = [[c] for c in values.index] if null == "exchangeability" else [["a", "b"], ["c", "d"], ["e", "f"]]
    changes = []
    for pattern in itertools.product((False, True), repeat=len(units)):
        codes = [c for unit, turn in zip(units, pattern, strict=True) if turn for c in unit]
        panel = reversed_panel(values, codes, *SPANS[rule])
        changes.append(log_gap(panel, rule, 2, 2023) - log_gap(panel, rule, 2, 2010))
    changes = np.array(changes)
    assert row["observed"] == pytest.approx(changes[0], abs=1e-12)
    assert row["expected"] == pytest.approx(changes.mean(), abs=5 * changes.std() / 4000**0.5 + 1e-12)
    beyond = min((changes >= changes[0] - 1e-9).mean(), (changes <= changes[0] + 1e-9).mean())
    assert row["p"] == pytest.approx(min(1, 2 * beyond), abs=2 * 0.04)
    assert np.abs(changes - row["lower"]).min() < 1e-9 and np.abs(changes - row["upper"]).min() < 1e-9


@pytest.mark.parametrize("rule", rechoosing.RULES)
def test_what_is_observed_is_the_gap_of_the_chosen_groups(rule):
    values = series.panel(MIDLANDS, "hour", 2025).values
    found = selection.table(MIDLANDS, draws=20).query("rule == @rule")
    for window, first in (("2004-2023", 2004), ("2010-2023", 2010)):
        expected = log_gap(values, rule, 5, 2023) - log_gap(values, rule, 5, first)
        assert found.loc[found["window"] == window, "observed"].to_numpy() == pytest.approx(
            expected, abs=1e-12
        )


def test_the_midlands_in_full_and_in_time():
    """At least 20,000 draws of each null; processor time, as the machine may be busy."""
    started = time.process_time()
    found = selection.table(MIDLANDS, draws=20_000, seed=1)
    assert time.process_time() - started < 5
    assert list(found.columns) == [
        "area", "null", "window", "rule", "observed", "expected", "lower", "upper", "p"
    ]  # fmt: skip
    assert len(found) == 3 * 2 * 5 and not found.isna().any(axis=None)
    assert set(found["area"]) == {"Midlands"} and found["p"].between(0, 1).all()
    assert (found["lower"] < found["expected"]).all() and (found["expected"] < found["upper"]).all()
    by_rule = found.groupby("rule")["expected"]
    # Chosen at the end a gap widens by itself, chosen at the start it narrows, chosen anew neither.
    assert by_rule.min()["end"] > 0.1 and by_rule.max()["start"] < 0
    assert found.query("rule == 'rechosen' and window == '2004-2023'")["expected"].abs().max() < 0.005
    outside = (found["observed"] < found["lower"]) | (found["observed"] > found["upper"])
    assert (outside == (found["p"] < 0.05)).all()


def test_a_seed_gives_the_same_table_again():
    one, again, other = (selection.table(MIDLANDS, draws=50, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert (one["expected"] != other["expected"]).all()


def test_the_p_counts_the_observed_change_among_the_draws():
    """Permanent effects alone cannot change a gap: every draw is zero, and what is seen lies beyond."""
    values, single = invented(12)
    fixed = process.Process(0.02, 0.0, 0.0, 0.0)
    blocks = pd.Series(values.index, index=values.index)
    found = selection.nulls(values, single, blocks, 3, truth=fixed, draws=99)
    fitted = found[found["null"] == "fitted_process"]
    # Growth common to all does not reach the draws either: they are relative to it.
    assert fitted[["expected", "lower", "upper"]].abs().max(axis=None) < 1e-9
    assert (fitted["p"] == 2 / 100).all()
    constant = values[[2010]].to_numpy() * np.ones(20)  # nothing seen, nothing beyond
    still = pd.DataFrame(constant, values.index, YEARS)
    assert (selection.nulls(still, still, blocks, 3, truth=fixed, draws=99)["p"] == 1).all()


@pytest.mark.parametrize(("smoothed", "rule"), [(True, "end"), (False, "rechosen"), (True, "mean")])
def test_the_fitted_null_against_panels_drawn_and_ranked_one_by_one(smoothed, rule):
    """100 panels through `helpers.groups`; two means within five standard errors of their difference."""
    values, single = invented(20)
    blocks = pd.Series(values.index, index=values.index)
    found = selection.nulls(
        values, single, blocks, 4, truth=TRUTH, rules=[rule], draws=4000, smoothed=smoothed
    )
    row = found.query("null == 'fitted_process' and window == '2010-2023'").iloc[0]
    rng = np.random.default_rng(8)
    permanent, persistent = (
        v**0.5 * rng.standard_normal((100, 20)) for v in (TRUTH.permanent, TRUTH.persistent)
    )
    changes = []
    path = []
    for _ in YEARS:
        path.append(permanent + persistent + TRUTH.noise**0.5 * rng.standard_normal((100, 20)))
        shock = (TRUTH.persistent * (1 - TRUTH.rho**2)) ** 0.5
        persistent = TRUTH.rho * persistent + shock * rng.standard_normal((100, 20))
    pounds = np.linspace(20, 40, 20) * np.exp(np.stack(path, axis=2))
    for one in smoothing.smooth(pounds) if smoothed else pounds:
        panel = pd.DataFrame(one, values.index, YEARS)
        changes.append(log_gap(panel, rule, 4, 2023) - log_gap(panel, rule, 4, 2010))
    error = np.std(changes) * (1 / 100 + 1 / 4000) ** 0.5
    assert row["expected"] == pytest.approx(np.mean(changes), abs=5 * error)


def test_the_nulls_reject_in_one_of_twenty_where_dispersion_is_constant():
    """500 smoothed panels with 499 draws each; the binomial's standard error is one point."""
    found = selection_check.rejections(TRUTH, 20, 3, rules=["end"], seed=1)
    assert len(found) == 3 * 2
    assert found["rejected"].between(0.03, 0.08).all(), found
    # The end-ranked gap does widen in such panels; that is what the nulls have to see through.
    values, single = invented(30)
    blocks = pd.Series(values.index, index=values.index)
    expected = selection.nulls(values, single, blocks, 4, truth=TRUTH, rules=["end"], draws=499)["expected"]
    assert (expected > 0.05).all()


def test_blocks_matter_where_neighbours_move_together():
    """150 panels of pairs that share most of their path: unblocked rejects too often, blocked does not.

    Too often is more than three binomial standard errors above 5 %.
    """
    rng = np.random.default_rng(0)
    shared = process.simulate(process.Process(0.01, 0.01, 0.8, 0.002), np.zeros(20), (150, 15), rng)
    own = process.simulate(process.Process(0.002, 0.001, 0.5, 0.001), np.zeros(20), (150, 15, 2), rng)
    single = (shared[:, :, None] * own).reshape(150, 30, 20)
    told = []
    for seed, one in enumerate(single):
        frame = pd.DataFrame(one, columns=YEARS)
        smoothed = pd.DataFrame(smoothing.smooth(one), columns=YEARS)
        blocks = pd.Series(np.arange(30) // 2)
        told.append(
            selection.nulls(
                smoothed, frame, blocks, 4, truth=TRUTH, rules=["rechosen"], draws=199, seed=seed
            ).query("window == '2004-2023'")
        )
    rate = (pd.concat(told).set_index("null")["p"] <= 0.05).groupby("null").mean()
    too_often = 0.05 + 3 * (0.05 * 0.95 / len(single)) ** 0.5
    assert rate["exchangeability_blocked"] < too_often < rate["exchangeability"]


def test_the_fit_recovers_a_known_process():
    """5,000 districts: variances within 0.001, rho within 0.03, about four standard errors."""
    known = process.Process(permanent=0.02, persistent=0.01, rho=0.7, noise=0.005)
    logs = np.log(process.simulate(known, np.linspace(3, 4, 20), (5000,), np.random.default_rng(2)))
    for panel in (logs, np.where(np.random.default_rng(3).random(logs.shape) < 0.1, np.nan, logs)):
        found = process.fit(panel)
        assert found.rho == pytest.approx(0.7, abs=0.03)
        for part in ("permanent", "persistent", "noise"):
            assert getattr(found, part) == pytest.approx(getattr(known, part), abs=0.001)


def test_autocovariances_by_hand():
    """Two districts at a distance of 2, 4 and 6 around each year's mean: covariance is half the product."""
    logs = np.array([[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]]) + 5
    lags, mean, pairs = process.autocovariances(logs)
    assert lags.tolist() == [0, 1, 2] and pairs.tolist() == [3, 2, 1]
    assert mean == pytest.approx([2 * (1 + 4 + 9) / 3, 2 * (2 + 6) / 2, 2 * 3])
    with pytest.raises(ParameterError, match="two districts"):
        process.fit(np.array([[1.0, np.nan], [np.nan, 1.0]]))


def test_a_combined_authority_of_five_has_no_groups_and_says_so():
    found = selection.table(geography.resolve("TVCA"), draws=9)
    assert found.empty and list(found.columns) == selection.COLUMNS
    assert found.attrs["notes"] == [
        "Tees Valley Combined Authority has fewer than 6 districts, too few for groups."
    ]


def test_groups_too_large_for_the_districts_are_not_asked():
    values, single = invented(6)
    found = selection.nulls(values, single, pd.Series(dtype=object), 4, draws=9)
    assert found.empty and len(found.attrs["notes"]) == 10
    assert all("need 8 districts" in note and "there are 6" in note for note in found.attrs["notes"])


def test_a_district_that_appears_mid_series_takes_part_where_it_can():
    values, single = invented(12)
    values.loc["c", :2008] = np.nan
    single.loc["c", :2008] = np.nan
    blocks = pd.Series(values.index, index=values.index)
    found = selection.nulls(values, single, blocks, 3, draws=50)
    assert len(found) == 30 and not found.isna().any(axis=None)
    without = selection.nulls(values.drop("c"), single.drop("c"), blocks, 3, draws=50)
    key = ["null", "window", "rule"]
    both = found.merge(without, on=key, suffixes=("", "_without"))
    alike = both["observed"] == both["observed_without"]
    assert alike[both["window"] == "2004-2023"].all()
    logs = np.log(values)
    ranked = values[2023].sort_values().index
    top, bottom = ranked[-3:], ranked[:3]
    by_hand = (logs[2023] - logs[2010])[top].mean() - (logs[2023] - logs[2010])[bottom].mean()
    assert found.query("window == '2010-2023' and rule == 'end'")["observed"].to_numpy() == pytest.approx(
        by_hand
    )
    left = [note for note in found.attrs["notes"] if "c left out" in note]
    # Of the later window only the rule that ranks on 2004 to 2008 has to do without it.
    assert len(left) == 6 and sum(note.startswith("2010-2023, mean") for note in left) == 1


def test_a_year_without_figures_stops_only_the_rules_that_look_at_it():
    """2022 is the guide's year; 2011 takes its place when the years since 2010 run backwards."""
    for year, stopped in ((2022, {"2004-2023", "2010-2023"}), (2011, {"2010-2023"})):
        values, single = invented(12)
        values[year], single[year] = np.nan, np.nan
        blocks = pd.Series(values.index, index=values.index)
        found = selection.nulls(values, single, blocks, 3, draws=50, rules=["end", "guide_year"])
        assert not found.isna().any(axis=None)
        assert (found["rule"] == "end").sum() == 6
        assert not set(found.query("rule == 'guide_year'")["window"]) & stopped
        notes = [note for note in found.attrs["notes"] if "not asked" in note]
        assert {note[:9] for note in notes} == stopped and all("there are 0" in note for note in notes)


def test_ties_at_the_edge_are_ranked_by_code_in_every_draw_and_told():
    values, single = invented(8)
    ranked = values[2023].sort_values(ascending=False).index
    values.loc[ranked[2], 2023] = values.at[ranked[1], 2023]  # second and third, with groups of two
    blocks = pd.Series(values.index, index=values.index)
    asked = {"rules": ["end"], "draws": 500}
    found = selection.nulls(values, single, blocks, 2, **asked)
    expected = log_gap(values, "end", 2, 2023) - log_gap(values, "end", 2, 2004)
    assert found.query("window == '2004-2023'")["observed"].to_numpy() == pytest.approx(expected, abs=1e-12)
    assert [n for n in found.attrs["notes"] if "equal figures" in n] == [
        "2004-2023, end: equal figures at the edge of a group were ranked by code.",
        "2010-2023, end: equal figures at the edge of a group were ranked by code.",
    ]
    shuffled = selection.nulls(values[::-1], single[::-1], blocks, 2, **asked)
    pd.testing.assert_frame_equal(found, shuffled)


def test_few_blocks_are_told():
    values, single = invented(10)
    blocks = pd.Series(list("xxxxxyyyyy"), index=values.index)
    found = selection.nulls(values, single, blocks, 3, draws=199)
    assert "The districts lie in 2 blocks, so the blocked p cannot come below 5 %." in found.attrs["notes"]
    assert (found.loc[found["null"] == "exchangeability_blocked", "p"] > 0.05).all()


@pytest.mark.parametrize("name", ["North East", "East Midlands", "London", "Scotland", "Northern Ireland"])
def test_other_regions_have_every_row_and_no_blank(name):
    found = selection.table(geography.resolve(name), draws=50)
    assert len(found) == 30 and not found.isna().any(axis=None) and set(found["area"]) == {name}


def test_an_unknown_rule_is_refused():
    values, single = invented(8)
    with pytest.raises(ParameterError, match="guide_year"):
        selection.nulls(values, single, pd.Series(dtype=object), 2, rules=["middling"])


def test_the_guides_named_groups_are_told_beside_the_rule_of_its_year():
    """Their ranks in 2022: 1, 3, 4, 5, 9 from the top, and 1, 2, 3, 7, 15 from the bottom."""
    note = selection.table(MIDLANDS, draws=9).attrs["notes"][-1]
    assert "4 are among the 5 highest of 2022 and 3 among the 5 lowest" in note
    assert "-0.045 from 2004 to 2023" in note  # 0.415 less 0.460
