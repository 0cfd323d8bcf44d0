"""Forecasts against hand computations, statsmodels and the conditional normal; the test against statsmodels.

Tolerances: 1e-10 where both sides are exact; coverage and simulated variances by their own sampling error.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

from helpers import geography
from helpers.causation import backtest, forecasts, simulate
from helpers.causation import history as histories
from helpers.causation.diebold_mariano import diebold_mariano
from helpers.causation.model import Loop
from helpers.dynamics import process, unsmoothed
from helpers.dynamics.process import Process
from helpers.prose import backtest as sentences

LOOP = Loop(0.7, 0.12, 0.015, 0.03, 0.35, 0.02, 0.05, 0.04, 0.05, 0.15)
TRUTH = Process(permanent=0.02, persistent=0.006, rho=0.75, noise=0.001)
MIDLANDS = geography.resolve("Midlands")


def test_random_walk_and_mean_by_hand():
    """Changes 1, 1, -1 and 2, 0, 1: their mean square is 8/6. Deviations from means 1.25 and 2.25 by hand."""
    history = np.array([[0.0, 1, 2, 1], [0.0, 2, 2, 3]])
    walk = forecasts.random_walk(history, 3)
    assert walk.mean.tolist() == [[1, 1, 1], [3, 3, 3]]
    np.testing.assert_allclose(walk.variance, np.tile(np.array([1, 2, 3]) * 8 / 6, (2, 1)), rtol=1e-12)
    assert walk.degrees == 6
    # (1 + 0 + 1 + 0) and (1.75^2 + .25^2 + .25^2 + 1.25^2), six degrees of freedom; one more year's mean.
    mean = forecasts.district_mean(history, 2)
    spread = (2 + 4.75) / 6
    np.testing.assert_allclose(mean.mean, [[1, 1], [1.75, 1.75]], rtol=1e-12)
    np.testing.assert_allclose(mean.variance, np.full((2, 2), spread * 1.25), rtol=1e-12)
    assert mean.degrees == 6


def test_own_trend_is_that_of_statsmodels_with_its_prediction_interval():
    years = np.arange(12.0)
    figures = 0.3 * years + np.random.default_rng(1).standard_normal(12)
    figures[4] = np.nan
    there = np.isfinite(figures)
    fitted = sm.OLS(figures[there], sm.add_constant(years[there])).fit()
    expected = fitted.get_prediction(sm.add_constant(np.arange(12.0, 19)))
    frame = expected.summary_frame(alpha=0.1)
    one = forecasts.own_trend(figures[None], 7)
    low, high = one.interval(0.9)
    np.testing.assert_allclose(one.mean[0], frame["mean"], rtol=1e-10)
    np.testing.assert_allclose(low[0], frame["obs_ci_lower"], rtol=1e-10)
    np.testing.assert_allclose(high[0], frame["obs_ci_upper"], rtol=1e-10)


def _history(districts=8, years=11, seed=2):
    values = np.log(process.simulate(TRUTH, np.zeros(years), (districts,), np.random.default_rng(seed)))
    return pd.DataFrame(values, columns=range(2003, 2003 + years))


def test_the_process_is_the_normal_given_the_history_also_with_gaps():
    history = _history()
    history.iloc[0, 3] = history.iloc[5, 0] = np.nan
    horizons, years = 7, history.shape[1]
    one = forecasts.fitted_process(history, TRUTH, horizons)
    centre = history.mean()
    common = (centre.diff().dropna() ** 2).mean()
    whole = TRUTH.covariance(years + horizons)
    for row in range(len(history)):
        seen = np.flatnonzero(history.iloc[row].notna())
        later = np.arange(years, years + horizons)
        weights = whole[np.ix_(later, seen)] @ np.linalg.inv(whole[np.ix_(seen, seen)])
        mean = centre.iloc[-1] + weights @ (history.iloc[row] - centre).to_numpy()[seen]
        variance = np.diag(whole[np.ix_(later, later)] - weights @ whole[np.ix_(seen, later)])
        np.testing.assert_allclose(one.mean[row], mean, rtol=0, atol=1e-10)
        expected = variance + common * np.arange(1, horizons + 1)
        np.testing.assert_allclose(one.variance[row], expected, rtol=1e-8)


def test_the_loop_on_is_the_simulations_path_and_spread():
    """Mean exactly that of the simulator; variance that of 40,000 of its paths (2 % is three errors)."""
    history, horizons, draws = _history(), 7, 40_000
    loop = Loop(TRUTH.rho, 0.3, 0.05, 0.05, 0.3, 0.05, 0.05, 0.3, 0.05, 0.05)
    one = forecasts.fitted_process(history, TRUTH, horizons, loop)
    known = histories.start(history, TRUTH)
    path = known.level + simulate.run(loop, known.passing[None], years=horizons)[0]
    np.testing.assert_allclose(one.mean, path[1:].T, atol=1e-12)
    rng = np.random.default_rng(3)
    drawn = rng.standard_normal((draws, 2)) @ known.root[0].T
    size = np.sqrt(TRUTH.persistent * (1 - TRUTH.rho**2))
    hits = size * rng.standard_normal((horizons, draws, 1))
    moves = simulate.run(loop, drawn[:, 1:], hits)[:, 1:, 0] + drawn[:, :1]
    common = (history.mean().diff().dropna() ** 2).mean() * np.arange(1, horizons + 1)
    np.testing.assert_allclose(one.variance[0], moves.var(axis=0) + TRUTH.noise + common, rtol=0.03)


def test_a_loop_switched_off_changes_nothing():
    history = _history()
    off = forecasts.fitted_process(history, TRUTH, 5, LOOP.switched_off())
    plain = forecasts.fitted_process(history, TRUTH, 5)
    np.testing.assert_allclose(off.mean, plain.mean, atol=1e-12)
    np.testing.assert_allclose(off.variance, plain.variance, rtol=1e-10)


def test_intervals_hold_the_truth_they_were_made_for():
    """2,000 districts drawn from the process, one year ahead and seven: binomial error is 0.7 points.

    The process holds 90 %. Told of a random walk, a trend and a mean, the truth is held too often or too
    seldom, as each of them deserves.
    """
    logs = _history(districts=2000, years=20, seed=4)
    found = backtest.at_origin(logs, 2015, logs, TRUTH)
    shares = {model: found.groupby("horizon")[f"{model}_inside"].mean() for model in backtest.MODELS[:4]}
    assert shares["process"].between(0.88, 0.92).all()
    assert shares["random_walk"][7] > 0.92
    assert shares["own_trend"][7] < 0.80
    squares = {model: ((found[model] - found["actual"]) ** 2).mean() for model in backtest.MODELS[:4]}
    assert min(squares, key=squares.get) == "process"


def test_no_forecast_looks_beyond_its_origin():
    logs = _history(years=16)
    later = logs.copy()
    later.loc[:, 2014:] += 5
    before = backtest.at_origin(logs, 2013, logs, TRUTH, LOOP)
    after = backtest.at_origin(later, 2013, later, TRUTH, LOOP)
    pd.testing.assert_frame_equal(before[list(backtest.MODELS)], after[list(backtest.MODELS)])
    np.testing.assert_allclose(after["actual"] - before["actual"], 5)


def test_districts_without_an_origin_and_targets_without_a_figure_are_left_out_for_all():
    logs = _history(years=14)
    logs.iloc[0, logs.columns.get_loc(2013)] = np.nan
    logs.iloc[1, :8] = np.nan  # figures of 2011 to 2013 before the origin: enough
    logs.iloc[2, :9] = np.nan  # of 2012 and 2013: not enough
    logs.iloc[3, logs.columns.get_loc(2015)] = np.nan
    found = backtest.at_origin(logs, 2013, logs, TRUTH)
    assert sorted(found["area_code"].unique()) == [1, 3, 4, 5, 6, 7]
    assert found[found["area_code"] == 3]["target"].tolist() == [2014, 2016]
    assert found[list(backtest.MODELS[:4])].notna().all(axis=None)


def _losses(districts, years, seed=5):
    rng = np.random.default_rng(seed)
    which, when = (x.ravel() for x in np.indices((districts, years)))
    size = rng.standard_normal(districts)[which] + rng.standard_normal(years)[when]
    return 0.3 + size + rng.standard_normal(districts * years), which, when


def test_diebold_mariano_has_the_two_way_variance_of_statsmodels():
    difference, districts, years = _losses(30, 8)
    one = diebold_mariano(difference, districts, years)
    fitted = sm.OLS(difference, np.ones(len(difference))).fit()
    both, *_ = cov_cluster_2groups(fitted, districts, years)
    assert one.reason == ""
    assert one.difference == pytest.approx(fitted.params[0], rel=1e-12)
    assert one.se == pytest.approx(np.sqrt(both[0, 0]), rel=1e-10)
    assert one.statistic == pytest.approx(one.difference / one.se)


def test_diebold_mariano_says_why_it_does_not_answer():
    difference, districts, years = _losses(30, 8)
    alone = districts == 0
    assert diebold_mariano(difference[alone], districts[alone], years[alone]).reason == (
        "no test: one district"
    )
    few = years < 4
    short = diebold_mariano(difference[few], districts[few], years[few])
    assert np.isnan(short.p) and np.isfinite(short.statistic)
    assert "no p: 4 target years are too few clusters" in short.reason
    same = diebold_mariano(np.zeros(240), districts, years)
    assert same.reason == "no test: the errors do not differ" and np.isnan(same.statistic)
    # Opposite errors within each cluster cancel: both one-way variances are nought, and less both negative.
    checker = np.where((districts + years) % 2, 1.0, -1.0)
    assert diebold_mariano(checker, districts, years).reason.startswith("no test")


def test_the_random_walks_errors_in_the_midlands_by_hand():
    """Seven years on: the change of the log ratio to the UK over seven years, from 2013 to 2016."""
    panel = unsmoothed.panel(MIDLANDS)
    logs = np.log(panel.values) - np.log(panel.uk_value)
    changes = np.concatenate([logs[year + 7] - logs[year] for year in range(2013, 2017)])
    table = backtest.table([MIDLANDS, MIDLANDS])
    row = table.query("model == 'random_walk' and horizon == 7").squeeze()
    assert row["rmse"] == pytest.approx(np.sqrt((changes**2).mean()), rel=1e-12)
    assert (row["n"], row["districts"], row["target_years"]) == (260, 65, 4)
    assert list(table.columns[:6]) == [
        "area", "model", "horizon", "rmse", "relative_to_random_walk", "coverage_90",
    ]  # fmt: skip
    assert not table.duplicated(["area", "model", "horizon"]).any()
    assert len(table) == 4 * 7
    walk = table[table["model"] == "random_walk"]
    assert (walk["relative_to_random_walk"] == 1).all() and (walk["p"].isna()).all()


def test_the_years_kept_aside_make_up_the_rest_of_the_squares():
    table = backtest.table([MIDLANDS])
    row = table.query("model == 'process' and horizon == 3").squeeze()
    early, late = 65 * 4, 65 * 4  # targets 2016 to 2019 and 2020 to 2023
    whole = (early * row["rmse_to_2019"] ** 2 + late * row["rmse_from_2020"] ** 2) / (early + late)
    assert row["rmse"] ** 2 == pytest.approx(whole, rel=1e-12)
    long = table[table["horizon"] == 7]
    assert long["rmse_to_2019"].isna().all()
    assert long["reason"].str.contains("no target years up to 2019").all()


def test_one_district_borrows_the_uks_process_and_has_no_test():
    table = backtest.table([geography.resolve("Warwick")])
    assert set(table["persistence_of"]) == {"United Kingdom"}
    others = table[table["model"] != "random_walk"]
    assert others["reason"].str.contains("no test: one district").all() and others["p"].isna().all()
    assert table[["rmse", "relative_to_random_walk", "coverage_90"]].notna().all(axis=None)


def test_a_model_is_chosen_on_the_years_before_2020_alone():
    rows = pd.DataFrame(
        {
            "area": "A",
            "model": ["random_walk", "district_mean", "process"],
            "horizon": 1,
            "relative_to_2019": [1.0, 0.8, 0.9],
            "relative_from_2020": [1.0, 2.0, 0.5],
        }
    )
    assert backtest.chosen(rows, "A") == "district_mean"
    assert backtest.chosen(rows.assign(relative_to_2019=[1.0, 1.2, 1.1]), "A") == "random_walk"
    assert backtest.chosen(rows.assign(relative_to_2019=[1.0, 1.0, 1.0]), "A") == "random_walk"


def test_sentences_say_better_worse_and_both():
    assert sentences.compared(pd.Series([0.9, 0.84])) == "10 to 16 % less"
    assert sentences.compared(pd.Series([1.2, 1.2])) == "20 % more"
    assert sentences.compared(pd.Series([0.9, 1.2])) == "from 10 % less to 20 % more"
    told = sentences.test_sentence(backtest.table([geography.resolve("Warwick")]), "Warwick")
    assert "cannot be tested (no test: one district)" in told
