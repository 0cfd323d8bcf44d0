"""Power on worlds of known strength, and placebos by hand; the Wald test against statsmodels.

Simulated shares are held to three of their standard errors, so that a fixed seed that passes is no luck.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers import study
from helpers.causation import model, placebo, power, worlds
from helpers.causation.model import STOCKS, Loop
from helpers.dynamics.process import Process
from helpers.errors import ParameterError

LOOP = Loop(0.7, 0.122, 0.015, 0.03, 0.35, 0.02, 0.05, 0.04, 0.05, 0.15)
MIDLANDS = Process(permanent=0.019, persistent=0.0067, rho=0.724, noise=0.00075)
SHOCKS = np.array([0.016, 0.054, 0.037])


@pytest.mark.parametrize("strength", power.STRENGTHS)
def test_the_loop_gets_the_strength_asked_for_and_keeps_its_shares(strength):
    one = worlds.with_strength(LOOP, strength)
    assert model.loop_strength(one) == pytest.approx(strength, abs=1e-12)
    parts = one.of("b") * one.of("g") / one.of("d")
    before = LOOP.of("b") * LOOP.of("g") / LOOP.of("d")
    np.testing.assert_allclose(parts, strength * before / before.sum(), atol=1e-12)


def test_a_loop_switched_off_is_shared_equally_and_one_without_effects_cannot_be_made():
    one = worlds.with_strength(LOOP.switched_off(), 0.3)
    np.testing.assert_allclose(one.of("b") * one.of("g") / one.of("d"), [0.1, 0.1, 0.1])
    with pytest.raises(ParameterError, match="no stock raises"):
        worlds.with_strength(Loop(0.7, 0, 0.1, 0.1, 0, 0.1, 0.1, 0, 0.1, 0.1), 0.3)


def test_an_explosive_loop_has_no_world():
    with pytest.raises(ParameterError, match="explosive"):
        worlds.world(MIDLANDS, LOOP, SHOCKS, 1.0)


@pytest.mark.parametrize("strength", [0.0, 0.6])
def test_panels_are_stationary_with_the_covariance_that_the_world_says(strength):
    """Sample covariances of 20,000 districts, standard error about 1 % of the variance."""
    one = worlds.world(MIDLANDS, LOOP, SHOCKS, strength)
    seen = worlds.panels(one, 1, 20_000, 12, np.random.default_rng(1))[0]
    output = seen[..., 0] + np.sqrt(one.noise) * np.random.default_rng(2).standard_normal(seen.shape[:2])
    expected = one.covariance(12)
    np.testing.assert_allclose(np.cov(output.T), expected, atol=0.04 * expected[0, 0])
    total = MIDLANDS.permanent + MIDLANDS.persistent
    assert one.covariance(1)[0, 0] == pytest.approx(total + MIDLANDS.noise, rel=1e-9)


def test_panels_obey_the_models_equations():
    """Without shocks a panel rests; output follows p = (1 - rho)(mu + b x) + rho p exactly."""
    one = worlds.world(MIDLANDS, LOOP, SHOCKS, 0.6)
    still = worlds.World(one.move, one.impact, one.shocks * 0, one.passing * 0, 0.02, one.rest, 0.0)
    seen = worlds.panels(still, 1, 5, 6, np.random.default_rng(3))[0]
    np.testing.assert_allclose(seen, np.repeat(seen[:, :1], 6, axis=1), atol=1e-12)
    loop = worlds.with_strength(Loop(**{**vars(LOOP), "rho": MIDLANDS.rho}), 0.6)
    g, d = loop.of("g"), loop.of("d")
    np.testing.assert_allclose(seen[:, 0, 1:], seen[:, 0, :1] * g / d, rtol=1e-10)


@pytest.mark.parametrize("effects", [False, True])
def test_the_wald_test_is_statsmodels_on_the_three_equations_stacked(effects):
    n, years = 40, 9
    one = worlds.world(MIDLANDS, LOOP, SHOCKS, 0.3)
    seen = worlds.panels(one, 1, n, years, np.random.default_rng(4))
    values = seen[0] - seen[0].mean(axis=0)
    now, before = values[:, 1:], values[:, :-1]
    if effects:
        now, before = now - now.mean(axis=1, keepdims=True), before - before.mean(axis=1, keepdims=True)
    rows = n * (years - 1)
    regressors = np.zeros((3 * rows, 6))
    for stock in range(3):
        at = slice(stock * rows, (stock + 1) * rows)
        regressors[at, stock] = before[..., 0].ravel()
        regressors[at, 3 + stock] = before[..., 1 + stock].ravel()
    outcome = np.concatenate([now[..., 1 + stock].ravel() for stock in range(3)])
    districts = np.tile(np.repeat(np.arange(n), years - 1), 3)
    fitted = sm.OLS(outcome, regressors).fit(
        cov_type="cluster", cov_kwds={"groups": districts, "use_correction": False}
    )
    statistic = float(np.squeeze(fitted.wald_test(np.eye(6)[:3], use_f=False, scalar=True).statistic))
    # Districts' scores are divided by n - 1 rather than n, and the statistic made Hotelling's.
    expected = statistic * (n - 1) / n * (n - 3) / (3 * (n - 1))
    assert power.wald(seen, effects)[0] == pytest.approx(expected, rel=1e-8)


@pytest.fixture(scope="module")
def table():
    return power.table(MIDLANDS, LOOP, SHOCKS, seed=5, draws=150, calibration=300)


def test_the_table_has_every_cell_once(table):
    assert list(table.columns[:4]) == ["loop_strength", "districts", "years", "power"]
    assert not table.duplicated(["loop_strength", "districts", "test"]).any()
    assert len(table) == 5 * 2 * 3
    assert table["power"].between(0, 1).all() and (table["mc_se"] > 0).all()


def test_without_a_loop_one_is_seen_in_one_case_in_twenty(table):
    """Draws and critical values both vary: three of sqrt(0.05 0.95 (1/150 + 1/300))."""
    error = np.sqrt(power.LEVEL * (1 - power.LEVEL) * (1 / 150 + 1 / 300))
    none = table[table["loop_strength"] == 0]
    assert (np.abs(none["power"] - power.LEVEL) < 3 * error).all()


def test_a_strong_loop_is_seen_in_stocks_and_hardly_in_output_alone(table):
    strong = table[table["loop_strength"] == 0.6].set_index(["test", "districts"])["power"]
    assert (strong[power.SEEN] == 1).all() and (strong[power.SEEN_EFFECTS] > 0.95).all()
    assert (strong[power.ALONE] < 0.5).all()
    seen = table[(table["test"] == power.SEEN) & (table["districts"] == 65)]
    assert seen.sort_values("loop_strength")["power"].is_monotonic_increasing


def test_the_same_seed_gives_the_same_table():
    few = {"draws": 20, "calibration": 20}
    first, again = (power.table(MIDLANDS, LOOP, SHOCKS, seed=6, **few) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_stocks_have_shocks_of_the_size_that_public_series_show():
    shocks = worlds.stock_shocks(0.03)
    assert shocks.shape == (len(STOCKS),)
    assert ((shocks > 0.005) & (shocks < 0.1)).all()


def test_a_placebo_by_hand():
    """Four districts, groups of one: twelve ordered pairs, all equally likely.

    Gains 0, 1, 2 and 4: of the twelve differences +-4, +-3, +-2 twice, +-1 twice, that of 4 - 0 is the
    largest, so one in twelve is as large, and p tends to 2/12.
    """
    ends = np.array([[0.0, 0], [0, 1], [0, 2], [0, 4]])
    members = np.repeat(np.array([[[3]], [[0]]]), 2, axis=2)
    one = placebo.against_random(ends, members, 20_000, np.random.default_rng(7), share=False)
    assert (one.observed, one.n, one.reason) == (4.0, 4, "")
    assert (one.lower, one.upper) == (-4.0, 4.0)
    assert one.p == pytest.approx(2 / 12, abs=3 * 2 * np.sqrt(1 / 12 * 11 / 12 / 20_000))


def test_a_placebo_of_shares_is_the_change_of_the_gap():
    """Top mean 20 to 30, bottom mean 10 to 12: the gap goes from 1/2 to 3/5."""
    ends = np.array([[18.0, 25], [22, 35], [9, 11], [11, 13], [15, 16]])
    members = np.repeat(np.array([[[0], [1]], [[2], [3]]]), 2, axis=2)
    one = placebo.against_random(ends, members, 50, np.random.default_rng(8), share=True)
    assert one.observed == pytest.approx(0.1, abs=1e-12)


def test_a_placebo_leaves_out_districts_without_figures_and_cannot_do_without_a_member():
    ends = np.array([[0.0, 0], [0, 1], [0, np.nan], [0, 4]])
    members = np.repeat(np.array([[[3]], [[0]]]), 2, axis=2)
    rng = np.random.default_rng(9)
    assert placebo.against_random(ends, members, 50, rng, share=False).n == 3
    ends[3, 1] = np.nan
    gone = placebo.against_random(ends, members, 50, rng, share=False)
    assert gone.reason == "without figures: 1 of the groups' 2 districts" and np.isnan(gone.observed)


def test_the_guides_gap_in_the_placebo_is_that_of_the_notebooks():
    asked = study.choose("Midlands", first_year=2010)
    gap = asked.gap().value
    table = placebo.table(asked, draws=50).set_index("statistic")
    assert table.loc["gap", "observed"] == pytest.approx(gap[2023] - gap[2010], abs=1e-12)
    assert (table["n"] == 65).all() and (table["reason"] == "").all()


def test_a_single_district_has_no_groups_to_draw():
    table = placebo.table(study.choose("Warwick"))
    assert table["observed"].isna().all()
    assert table["reason"].str.startswith("too few districts for groups: 1").all()
