"""The gap against hand computations from published figures, and its bands against known revisions."""

import math

import numpy as np
import pandas as pd
import pytest

from helpers import geography, groups, revisions, series, study
from helpers.gaps import band_check, divergence, gap_table

MIDLANDS = geography.resolve("Midlands")

# GVA per hour of the guide's districts as printed in the releases' files, GBP.
TOP_2010_RELEASE_2024 = [35.4, 29.1, 29.5, 30.1, 36.1]
BOTTOM_2010_RELEASE_2024 = [19.8, 21.7, 18.5, 23.2, 20.1]
TOP_2023_RELEASE_2025 = [41.8, 46.76, 44.66, 42.04, 50.66]
BOTTOM_2023_RELEASE_2025 = [29.54, 27.9, 27.31, 31.49, 32.93]
DEFLATOR_2004, DEFLATOR_2023 = 68.6, 107.6


@pytest.mark.parametrize(
    ("release", "year", "top", "bottom"),
    [
        (2024, 2010, TOP_2010_RELEASE_2024, BOTTOM_2010_RELEASE_2024),
        (2025, 2023, TOP_2023_RELEASE_2025, BOTTOM_2023_RELEASE_2025),
    ],
)
def test_the_guides_gap_by_each_definition(release, year, top, bottom):
    t, b = sum(top) / 5, sum(bottom) / 5
    by_hand = {
        "share_of_top": (t - b) / t,
        "share_of_bottom": (t - b) / b,
        "ratio": t / b,
        "absolute": t - b,
        "log": math.log(t) - math.log(b),
    }
    panel = series.panel(MIDLANDS, "hour", release)
    for definition, expected in by_hand.items():
        gap = divergence.gap(panel, "guide", 5, definition=definition)
        assert gap.value[year] == pytest.approx(expected, abs=1e-12)


def test_median_and_hours_weights():
    values = np.array([[10.0], [20.0], [60.0]])
    hours = np.array([[1.0], [1.0], [2.0]])
    assert divergence.average(values, hours, "unweighted") == pytest.approx([30])
    assert divergence.average(values, hours, "median") == pytest.approx([20])
    assert divergence.average(values, hours, "hours") == pytest.approx([37.5])


def test_weighting_by_hours_takes_the_hours_of_the_release():
    """South Derbyshire against Wyre Forest alone, so that weights must cancel; then all five."""
    panel = series.panel(MIDLANDS, "hour", 2025)
    codes = geography.guide_groups()["top"]
    hours = panel.hours.loc[codes, 2023]
    expected = sum(v * h for v, h in zip(TOP_2023_RELEASE_2025, hours, strict=True)) / hours.sum()
    assert divergence.gap(panel, "guide", 5, "hours").top[2023] == pytest.approx(expected, rel=1e-12)


def test_the_table_holds_every_choice_once_and_agrees_with_the_single_gap():
    table = gap_table.build(MIDLANDS, [5], seed=1)
    keys = gap_table.GAP_COLUMNS[:-3]
    assert list(table.columns) == gap_table.GAP_COLUMNS
    assert not table.duplicated(keys).any()
    assert set(table["rule"]) == set(groups.RULES)
    assert set(table["weights"]) == set(divergence.WEIGHTS)
    assert set(table["definition"]) == set(divergence.DEFINITIONS)
    assert {m: set(t["release"]) for m, t in table.groupby("measure")} == {
        "hour": {2022, 2023, 2024, 2025},
        "job": {2024, 2025},
    }
    gap = divergence.gap(series.panel(MIDLANDS, "job", 2024), "end", 5, "median", "log", seed=1)
    rows = table.query(
        "measure == 'job' and release == 2024 and rule == 'end' "
        "and weights == 'median' and definition == 'log'"
    ).set_index("year")
    for column in ("value", "lower", "upper"):
        pd.testing.assert_series_equal(rows[column], getattr(gap, column), check_names=False)


def test_a_band_holds_its_value_and_a_share_lies_between_nothing_and_all():
    table = gap_table.build(MIDLANDS, [3, 5], seed=1).dropna()
    assert (table["lower"] <= table["value"] + 1e-9).all()
    assert (table["value"] <= table["upper"] + 1e-9).all()
    shares = table[table["definition"] == "share_of_top"]["value"]
    assert shares.between(0, 1).all()


def test_an_area_below_six_districts_has_no_gap():
    assert gap_table.build(geography.resolve("TVCA"), [2, 3, 5], seed=1).empty


def test_a_year_without_figures_has_no_gap():
    """ONS has no jobs for Northern Ireland's districts in 2023."""
    table = gap_table.build(geography.resolve("Northern Ireland"), [3], seed=1)
    here = table.query("measure == 'job' and release == 2025 and weights == 'unweighted'")
    assert here[here["year"] == 2023]["value"].isna().all()
    assert here[here["year"] == 2022]["value"].notna().all()


def invented(values, hours=None):
    frame = pd.DataFrame(values, dtype=float)
    ones = frame * 0 + 1
    blank = pd.Series(np.nan, index=frame.columns)
    return series.Panel(MIDLANDS, "hour", 2025, frame, ones, blank, blank, pd.Series(dtype=str))


@pytest.mark.parametrize(
    ("below_zero", "verdict"),
    [
        (0, "widened"),
        (10, "widened"),
        (50, "too close to call"),  # 2.5 % of 2000 draws, give or take 14
        (100, "within the noise"),
        (1950, "too close to call"),
        (1995, "narrowed"),
    ],
)
def test_the_verdict_follows_the_draws_of_the_change(below_zero, verdict):
    gap = divergence.gap(series.panel(MIDLANDS, "hour", 2025), "guide", 5)
    draws = np.zeros((2000, 20))
    draws[:, -1] = np.where(np.arange(2000) < below_zero, -0.1, 0.1)
    again = divergence.Gap(**{**vars(gap), "draws": draws})
    assert divergence.change(again, 2004, 2023).verdict == verdict


def test_the_verdict_does_not_hang_on_the_seed():
    """The closest case at hand: the Midlands' end-ranked groups."""
    panel = series.panel(MIDLANDS, "hour", 2025)
    told = {divergence.change(divergence.gap(panel, "end", 5, seed=s), 2004, 2023).verdict for s in range(6)}
    assert not {"widened", "within the noise"} <= told


def test_revisions_are_relative_to_all_districts_and_counted_from_the_end():
    """South Derbyshire 2022: 54.5 in the release of 2024, 52.73 in that of 2025 (printed figures)."""
    revision = revisions.observed("hour")[-1]
    assert (revision.earlier, revision.later) == (2024, 2025)
    uk = geography.resolve("UK")
    before, after = (series.panel(uk, "hour", r).values[2022] for r in (2024, 2025))
    common = np.mean([math.log(after[c] / before[c]) for c in before.index])
    assert revision.common[0] == pytest.approx(common, abs=1e-12)
    assert revision.own.loc["E07000039", 0] == pytest.approx(math.log(52.73 / 54.5) - common, abs=1e-12)
    assert revision.own.mean().abs().max() < 1e-12


def pretend(monkeypatch, common=(0.0, 0.0), **own):
    """One pair of releases with given revisions, by years from the end."""
    revision = revisions.Revision(
        2024, 2025, pd.Series(common), pd.DataFrame.from_dict(own, orient="index", dtype=float)
    )
    monkeypatch.setattr(revisions, "observed", lambda measure: (revision,))


def test_draws_are_the_observed_paths_with_either_sign(monkeypatch):
    """One district revised by 10 % at the end, all alike by 2 %: the draws are just those."""
    pretend(monkeypatch, common=(np.log(1.02), 0.0), a=[np.log(1.1), 0.0], b=[0.0, 0.0])
    panel = invented({2022: {"a": 100, "b": 100}, 2023: {"a": 100, "b": 100}})
    own = revisions.own_factors(panel, 1)
    assert set(np.round(own[:, 0, 1], 12)) == {round(1.1, 12), round(1 / 1.1, 12)}
    assert (own[:, 1] == 1).all() and (own[:, 0, 0] == 1).all()
    common = revisions.common_factors(panel, 1)
    assert set(np.round(common[:, 1], 12)) == {round(1.02, 12), round(1 / 1.02, 12)}
    low, high = revisions.band_of_outcomes(revisions.outcomes(panel))
    assert high[0, 1] == pytest.approx(1.1 * 1.02) and low[0, 1] == pytest.approx(1 / (1.1 * 1.02))
    assert high[1, 0] == 1


def test_a_district_never_revised_has_no_band(monkeypatch):
    pretend(monkeypatch, a=[0.1, 0.1])
    panel = invented({2023: {"a": 100, "new": 100}})
    low, high = revisions.band(revisions.own_factors(panel, 1))
    assert np.isnan(low[1, 0]) and np.isnan(high[1, 0])
    assert not np.isnan(low[0, 0])


def test_a_gap_in_pounds_has_the_common_revision_too(monkeypatch):
    """Nothing moves by itself and all move by 2 %: a relative gap has no band, pounds have 2 %."""
    codes = geography.guide_groups()["top"] + geography.guide_groups()["bottom"]
    pretend(monkeypatch, common=(np.log(1.02), np.log(1.02)), **{code: [0.0, 0.0] for code in codes})
    values = {2023: dict.fromkeys(codes[:5], 50) | dict.fromkeys(codes[5:], 30)}
    panel = invented(values)
    share = divergence.gap(panel, "guide", 5)
    assert share.lower[2023] == share.upper[2023] == pytest.approx(0.4)
    pounds = divergence.gap(panel, "guide", 5, definition="absolute")
    assert pounds.upper[2023] == pytest.approx(20 * 1.02)
    assert pounds.lower[2023] == pytest.approx(20 / 1.02)


def test_prices_rose_as_the_published_deflator_says():
    """UK less Extra-Regio, implied deflator of GDP, 2022 = 100, as printed: 2004 and 2023."""
    assert series.price_ratio(2004, 2023) == pytest.approx(DEFLATOR_2023 / DEFLATOR_2004)


def test_the_band_backtest_holds_the_same_districts_against_the_latest_release():
    """The guide's groups in 2020: 44.7 % in the release of 2022; 43.0 % in that of 2025."""
    held = band_check.backtest(study.choose()).query("definition == 'share_of_top'")
    row = held.query("release == 2022 and year == 2020").iloc[0]
    top = [series.panel(MIDLANDS, "hour", 2025).values.at[c, 2020] for c in geography.guide_groups()["top"]]
    bottom = [
        series.panel(MIDLANDS, "hour", 2025).values.at[c, 2020] for c in geography.guide_groups()["bottom"]
    ]
    assert row["later"] == pytest.approx(1 - sum(bottom) / sum(top))
    assert set(held["release"]) == {2022, 2023, 2024}
    assert (
        held["inside"].tolist()
        == ((held["lower"] <= held["later"]) & (held["later"] <= held["upper"])).tolist()
    )
