"""Measures of inequality against hand computations, brute force, NumPy and SciPy.

Tolerances: 1e-12 where two ways of computing the same sums differ in rounding alone; elsewhere the reason
stands beside the number.
"""

import math

import numpy as np
import pandas as pd
import pytest
from panels import PANEL, invented, random_values
from scipy import stats

from helpers import geography, series
from helpers.dynamics import dispersion, inequality
from helpers.errors import TableError


def one(values, blocks=None):
    """All measures of one year."""
    found = inequality.measures(np.asarray(values, dtype=float)[:, None], blocks)
    return {name: value.item() for name, value in found.items()}


def test_four_districts_by_hand():
    found = one([1, 2, 3, 4])
    # pairs: 3 * 1 + 2 * 2 + 1 * 3 = 10 apart, twice 10 over 16 pairs, over twice the mean of 2.5
    assert found["gini"] == pytest.approx(0.25)
    assert found["cv"] == pytest.approx(math.sqrt(1.25) / 2.5)
    assert found["p90_p10"] == pytest.approx(3.7 / 1.3)
    shares = [0.1, 0.2, 0.3, 0.4]
    assert found["theil"] == pytest.approx(sum(s * math.log(4 * s) for s in shares))
    logs = [0, math.log(2), math.log(3), math.log(4)]
    mean = math.log(24) / 4
    assert found["sd_log"] == pytest.approx(math.sqrt(sum((x - mean) ** 2 for x in logs) / 4))


def test_every_measure_by_brute_force_with_districts_absent():
    values = random_values((30, 6), absent=0.2)
    found = inequality.measures(values)
    for year, column in enumerate(values.T):
        y = column[~np.isnan(column)]
        pairs = np.abs(y[:, None] - y[None, :]).mean()
        expected = {
            "sd_log": np.std(np.log(y)),
            "cv": stats.variation(y),
            "gini": pairs / (2 * y.mean()),
            "p90_p10": np.quantile(y, 0.9) / np.quantile(y, 0.1),
            "theil": np.mean(y / y.mean() * np.log(y / y.mean())),
        }
        for name, value in expected.items():
            assert found[name][0, year] == pytest.approx(value, rel=1e-12), name


def test_counting_a_district_is_repeating_it():
    values = random_values((12, 3), absent=0.1)
    blocks = np.repeat(list("abcd"), 3)
    counts = np.repeat([[1, 0, 2, 1], [3, 1, 0, 0]], 3, axis=1)
    found = inequality.measures(values, blocks, counts)
    for draw, often in enumerate(counts):
        repeated = inequality.measures(np.repeat(values, often, axis=0), np.repeat(blocks, often))
        for name in (*inequality.STATISTICS, *inequality.PARTS):
            np.testing.assert_allclose(found[name][draw], repeated[name][0], rtol=1e-10, atol=1e-14)


def test_theil_between_and_within_by_hand():
    """Blocks (1, 3) and (4, 8): means 2 and 6, of 4 altogether; shares of the sum 1/4 and 3/4."""
    found = one([1, 3, 4, 8], np.array(list("aabb")))
    between = 1 / 4 * math.log(2 / 4) + 3 / 4 * math.log(6 / 4)
    a = 1 / 4 * math.log(1 / 2) + 3 / 4 * math.log(3 / 2)
    b = 1 / 3 * math.log(4 / 6) + 2 / 3 * math.log(8 / 6)
    assert found["theil_between"] == pytest.approx(between)
    assert found["theil_within"] == pytest.approx(a / 4 + 3 * b / 4)


def test_the_parts_of_theil_add_up():
    values = random_values((30, 6), absent=0.2)
    blocks = np.random.default_rng(2).choice(list("abcdefg"), size=30)
    found = inequality.measures(values, blocks, dispersion.block_counts(blocks, 1))
    whole = found["theil_between"] + found["theil_within"]
    np.testing.assert_allclose(whole, found["theil"], rtol=1e-10, atol=1e-14)
    assert (found["theil_within"] > -1e-14).all() and (found["theil_between"] > -1e-14).all()


def test_prices_change_nothing_and_equality_is_nothing():
    values = random_values((20, 2))
    for name, value in inequality.measures(values).items():
        np.testing.assert_allclose(value, inequality.measures(values * [1, 37.5])[name], rtol=1e-10)
    for name, value in one([7.3] * 5, np.array(list("aabbc"))).items():
        assert value == pytest.approx(1.0 if name == "p90_p10" else 0.0, abs=1e-12)


def test_a_figure_without_a_logarithm_is_refused():
    with pytest.raises(TableError, match="above zero"):
        one([1, 0, 2])


def test_a_district_in_several_areas_is_a_block_of_its_own():
    scotland = series.panel(geography.resolve("Scotland"), "hour", 2025)
    blocks = pd.Series(inequality.blocks_of(scotland), index=scotland.values.index)
    assert (blocks == blocks["S12000021"]).sum() == 1  # North Ayrshire: TLM20 and TLM93
    # Before ITL 2025 Cumberland and Westmorland and Furness lay in the same two areas.
    england = series.panel(geography.resolve("North West"), "hour", 2024)
    blocks = pd.Series(inequality.blocks_of(england), index=england.values.index)
    assert blocks["E06000063"] == blocks["E06000064"]


def test_small_areas_differ_by_chance():
    """Dealt at random, (B - 1) / (n - 1) of a variance lies between B areas: 24 / 64.

    Theil's T is half the squared coefficient of variation where that is small (here 0.05; the next term
    is of its size). 2000 deals with a spread of 0.08 know the mean to 0.002; tolerance three of those.
    """
    values = np.exp(np.random.default_rng(8).normal(0, 0.05, size=(65, 1)))
    found = inequality.between_by_chance({"x": invented(values)}, seed=1).iloc[0]
    assert found["expected"] == pytest.approx(24 / 64, abs=0.006)
    assert found["lower"] < found["observed"] < found["upper"]
    blocks = inequality.blocks_of(PANEL)
    alike = np.unique(blocks, return_inverse=True)[1][:, None] + 10.0
    found = inequality.between_by_chance({"x": invented(alike)}, seed=1).iloc[0]
    assert found["observed"] == pytest.approx(1) and found["upper"] < 1


def test_the_share_between_is_that_of_the_parts_and_blank_without_inequality():
    values = random_values((30, 6), absent=0.2)
    blocks = np.random.default_rng(2).choice(list("abcdefg"), size=30)
    found = inequality.measures(values, blocks)
    assert inequality.share_between(values, blocks) == pytest.approx(
        found["theil_between"][0] / found["theil"][0], abs=1e-10
    )
    assert np.isnan(inequality.share_between(np.full((30, 1), 8.0), blocks)).all()
