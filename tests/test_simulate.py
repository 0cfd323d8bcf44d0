"""The simulator against the equations, conditional normals written out, and its own brute force.

Tolerances of 1e-10 are rounding; those of moments are four standard errors.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.causation import history as past
from helpers.causation import model, priors, simulate
from helpers.causation.model import Loop
from helpers.causation.priors import Persistence
from helpers.dynamics.process import Process
from helpers.errors import ParameterError

PROCESS = Process(permanent=0.02, persistent=0.01, rho=0.7, noise=0.003)
PLAIN = Loop(0.7, 0.2, 0.03, 0.05, 0.3, 0.02, 0.04, 0.05, 0.06, 0.15)


def history(n=12, years=20, seed=5):
    """A panel drawn from `PROCESS`."""
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(PROCESS.covariance(years))
    codes = [f"E07{i:06}" for i in range(n)]
    return pd.DataFrame(rng.standard_normal((n, years)) @ root.T, codes, range(2004, 2004 + years))


def loops(draws=200, seed=2):
    return priors.draw(priors.priors(Persistence(0.7, 0.05)), draws, seed)


def test_what_is_held_of_a_district_is_the_conditional_normal():
    """Level, last passing lead and their covariance, from the joint normal of all of them."""
    logs = history()
    logs.iloc[3, 4] = np.nan
    known = past.start(logs, PROCESS)
    relative = (logs - logs.mean()).to_numpy()
    lag = np.abs(np.subtract.outer(range(20), range(20)))
    passing = PROCESS.persistent * PROCESS.rho**lag
    seen = PROCESS.permanent + passing + PROCESS.noise * np.eye(20)
    joint = np.vstack([np.full(20, PROCESS.permanent), passing[-1]])
    for i in (0, 3):
        there = ~np.isnan(relative[i])
        inverse = np.linalg.inv(seen[np.ix_(there, there)])
        mean = joint[:, there] @ inverse @ relative[i, there]
        left = np.diag([0.02, 0.01]) - joint[:, there] @ inverse @ joint[:, there].T
        assert known.level[i] - logs.mean().iloc[-1] == pytest.approx(mean[0], abs=1e-10)
        assert known.passing[i] == pytest.approx(mean[1], abs=1e-10)
        np.testing.assert_allclose(known.root[i] @ known.root[i].T, left, atol=1e-10)


def test_shocks_have_the_variance_of_the_process_and_stay_together():
    logs = history(60)
    logs.iloc[1] = logs.iloc[0]
    known = past.start(logs, PROCESS)
    assert (known.shocks**2).mean() == pytest.approx(PROCESS.persistent * (1 - PROCESS.rho**2))
    np.testing.assert_allclose(known.shocks.mean(axis=0), 0, atol=1e-12)
    future = simulate.futures(known, PLAIN.switched_off(), 400, 2060, 1)
    moves = np.diff(future.paths, axis=1)
    np.testing.assert_allclose(moves[:, 20:, 0], moves[:, 20:, 1], atol=1e-3)  # starts differ, shocks do not


def test_without_shocks_a_lead_fades_as_the_impulse_response():
    shock = np.array([0.1, 0, 0, 0])
    path = simulate.run(PLAIN, np.array([[0.1]]), years=30)
    # in year 0 of a run the stocks have not answered yet, as after a shock to output per hour
    np.testing.assert_allclose(path[0, :, 0], model.impulse_response(PLAIN, shock, 30)[:, 0], atol=1e-10)


@pytest.mark.parametrize("stock", [0, 1, 2])
def test_a_lift_is_a_shock_to_the_stock_times_its_elasticity(stock):
    lifts = np.zeros((31, 1, 1, 3))
    lifts[0, 0, 0, stock] = PLAIN.of("b")[stock] * 0.05
    path = simulate.run(PLAIN, np.zeros((1, 1)), lifts=lifts)
    shock = np.zeros(4)
    shock[1 + stock] = 0.05
    np.testing.assert_allclose(path[0, 1:, 0], model.impulse_response(PLAIN, shock, 30)[:, 0], atol=1e-10)


def test_base_and_counterfactual_on_the_same_shocks_differ_by_the_response():
    """What the engine adds in one step, against simulating both worlds in full."""
    rng = np.random.default_rng(4)
    loop, years, n = loops(50), 20, 7
    first, shocks = rng.normal(size=(50, n)), rng.normal(size=(years, 50, n))
    programme = rng.uniform(0, 0.01, (1, years, 3))
    ratios = rng.uniform(-1, 2, n)
    wear = np.moveaxis(programme, 1, 0) * loop.of("d")[None]  # (years, draws, 3)
    lifts = wear[:, :, None, :] * ratios[:, None]
    difference = simulate.run(loop, first, shocks, lifts) - simulate.run(loop, first, shocks)
    ours = simulate.responses(loop, programme) * ratios
    np.testing.assert_allclose(ours, difference, atol=1e-10)


def test_same_seed_same_bytes_however_the_work_is_cut(monkeypatch):
    known = past.start(history(), PROCESS)
    one = simulate.futures(known, loops(), 200, 2043, 7)
    again = simulate.futures(known, loops(), 200, 2043, 7)
    monkeypatch.setattr(simulate, "CELLS", 30)
    cut = simulate.futures(known, loops(), 200, 2043, 7)
    other = simulate.futures(known, loops(), 200, 2043, 8)
    assert one.paths.tobytes() == again.paths.tobytes() == cut.paths.tobytes()
    assert one.ends.tobytes() == cut.ends.tobytes()
    assert one.paths.tobytes() != other.paths.tobytes()
    np.testing.assert_array_equal(one.ends, one.paths[:, -1])


def test_without_the_loop_districts_keep_the_spread_of_the_process():
    """After sixty years passing leads are new: variance persistent, less what nineteen drawn years lose."""
    known = past.start(history(40), PROCESS)
    still = replace(known, level=np.zeros(40), passing=np.zeros(40), root=np.zeros((40, 2, 2)))
    future = simulate.futures(still, PLAIN.switched_off(), 4000, 2083, 1)
    own = (known.shocks**2).mean(axis=0) / (1 - PROCESS.rho**2)
    ratio = future.ends.var(axis=0) / own
    assert ratio == pytest.approx(1.0, abs=4 * np.sqrt(2 / 4000) * 1.5)
    assert own.mean() == pytest.approx(PROCESS.persistent)


def test_explosive_draws_are_kept_counted_and_held():
    known = past.start(history(), PROCESS)
    mild, wild = loops(100), replace(loops(100), g_skills=np.full(100, 2.0))
    future = simulate.futures(known, wild, 100, 2060, 1)
    assert future.explosive == 1.0 and future.held == 1.0
    assert np.isfinite(future.paths).all() and np.abs(future.paths).max() == simulate.HELD
    assert future.paths.shape == simulate.futures(known, mild, 100, 2060, 1).paths.shape
    assert simulate.futures(known, mild, 100, 2060, 1).held == 0


def test_a_district_without_history_is_left_out_and_told():
    logs = history()
    logs.iloc[2] = np.nan
    known = past.start(logs, PROCESS)
    assert len(known.codes) == 11 and logs.index[2] not in known.codes
    assert known.status[logs.index[2]] == past.NO_HISTORY
    assert (known.status.drop(logs.index[2]) == past.SEEN).all()
    assert np.isfinite(known.shocks).all()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"permanent": -0.1}, "variances"),
        ({"noise": np.nan}, "variances"),
        ({"permanent": 0, "persistent": 0, "noise": 0}, "variances"),
        ({"rho": 1.0}, "rho is 1"),
        ({"rho": -0.2}, "rho is -0.2"),
    ],
)
def test_a_process_that_is_none_is_refused_by_name(change, expected):
    with pytest.raises(ParameterError, match=expected):
        past.start(history(), replace(PROCESS, **change))


def test_without_a_passing_part_nothing_moves():
    known = past.start(history(), replace(PROCESS, persistent=0.0))
    assert not known.shocks.any() and not known.passing.any()
    future = simulate.futures(known, PLAIN, 50, 2040, 1)
    np.testing.assert_array_equal(future.paths[:, 0], future.paths[:, -1])


def test_too_little_history_and_no_future_are_refused():
    with pytest.raises(ParameterError, match="found 1 district"):
        past.start(history(1), PROCESS)
    with pytest.raises(ParameterError, match="2 years"):
        past.start(history(years=2), PROCESS)
    with pytest.raises(ParameterError, match="horizon_year"):
        simulate.futures(past.start(history(), PROCESS), PLAIN, 10, 2023, 1)
