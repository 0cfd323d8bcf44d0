"""Regressions on the year before: against dummies by hand, a formula of 1981, a known panel and known truth.

Tolerance 1e-8 against other code on the same data (least squares of a few hundred dummies loses digits).
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.datasets import munnell
from linearmodels.panel import PanelOLS

from helpers.causation import dynamic_limits, dynamic_panel
from helpers.dynamics.process import Process, simulate

TRUTH = Process(permanent=0.03, persistent=0.01, rho=0.8, noise=0.002)


def drawn(n=30, years=12, truth=TRUTH, seed=4):
    return np.log(simulate(truth, np.linspace(3, 4, years), (n,), np.random.default_rng(seed)))


def dummies(logs):
    """Least squares with a dummy for each district and year; clustered errors by statsmodels."""
    n, years = logs.shape
    frame = pd.DataFrame({"now": logs[:, 1:].ravel(), "before": logs[:, :-1].ravel()})
    district, year = np.repeat(np.arange(n), years - 1), np.tile(np.arange(years - 1), n)
    x = pd.concat(
        [
            frame[["before"]],
            pd.get_dummies(district, prefix="d", dtype=float),
            pd.get_dummies(year, prefix="y", drop_first=True, dtype=float),
        ],
        axis=1,
    )
    kwds = {"groups": district, "use_correction": False}
    return sm.OLS(frame["now"], x).fit(cov_type="cluster", cov_kwds=kwds)


def test_fixed_effects_against_dummies():
    logs = drawn()
    by_hand, found = dummies(logs), dynamic_panel.fixed_effects(logs)
    assert found.rho == pytest.approx(by_hand.params["before"], abs=1e-8)
    # The library's corrections, N / (N - effects) and G / (G - 1) (N - 1) / N, by hand.
    n, rows = len(logs), logs[:, 1:].size
    effects = n + logs.shape[1] - 2
    scale = rows / (rows - effects - 1) * n / (n - 1) * (rows - 1) / rows
    assert found.se == pytest.approx(by_hand.bse["before"] * scale**0.5, rel=1e-8)
    assert found.n == n and not found.reason


def test_the_fast_versions_are_the_estimators():
    """Many panels at once against the library, one by one; standard errors but for the dummies' degrees."""
    panels = np.stack([drawn(seed=s) for s in range(3)])
    for fast, slow in (
        (dynamic_panel.within, dynamic_panel.fixed_effects),
        (dynamic_panel.jackknife, dynamic_panel.half_panel_jackknife),
        (dynamic_panel.instrumented, dynamic_panel.anderson_hsiao),
    ):
        rho, influence = fast(panels)
        each = [slow(panel) for panel in panels]
        assert rho == pytest.approx([one.rho for one in each], abs=1e-8)
        assert dynamic_panel.spread(influence) == pytest.approx([one.se for one in each], rel=0.08)


@pytest.mark.parametrize("years", [13, 12])
def test_the_jackknife_is_twice_the_whole_less_the_halves(years):
    """With 12 pairs of years two halves of six; with 11, five and six in either order."""
    logs = drawn(years=years)

    def rho(first, last):
        return dummies(logs[:, first : last + 1]).params["before"]

    whole = rho(0, years - 1)
    if years == 13:
        expected = 2 * whole - (rho(0, 6) + rho(6, 12)) / 2
    else:
        one = rho(0, 5) * 5 / 11 + rho(5, 11) * 6 / 11
        other = rho(0, 6) * 6 / 11 + rho(6, 11) * 5 / 11
        expected = 2 * whole - (one + other) / 2
    assert dynamic_panel.half_panel_jackknife(logs).rho == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("back", [2, 3])
def test_anderson_hsiao_by_hand(back):
    """Sums over districts and years, the level as instrument; the first stage by statsmodels."""
    logs = drawn(n=80)
    top = bottom = 0.0
    for t in range(back, logs.shape[1]):
        z = logs[:, t - back] - logs[:, t - back].mean()
        top += (z * (logs[:, t] - logs[:, t - 1])).sum()
        bottom += (z * (logs[:, t - 1] - logs[:, t - 2])).sum()
    found = dynamic_panel.anderson_hsiao(logs, back)
    assert found.rho == pytest.approx(top / bottom, abs=1e-8)
    relative = logs - logs.mean(axis=0)
    level = relative[:, :-back].ravel()
    change = np.concatenate([relative[:, back - 1 : -1] - relative[:, back - 2 : -2]]).ravel()
    groups = np.repeat(np.arange(80), logs.shape[1] - back)
    first = sm.OLS(change, level).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True})
    assert found.first_stage == pytest.approx(float(first.tvalues[0]) ** 2, rel=0.02)  # the small corrections


def test_the_munnell_panel():
    """48 states, 1970 to 1986: log gross product on that of the year before, with state and year effects."""
    data = munnell.load()
    logs = np.log(data.pivot(index="STATE", columns="YR", values="GSP"))
    assert logs.shape == (48, 17)
    found = dynamic_panel.fixed_effects(logs.to_numpy())
    by_hand = dummies(logs.to_numpy())
    assert found.rho == pytest.approx(by_hand.params["before"], abs=1e-8)


def test_the_munnell_production_function_as_published():
    """Baltagi and Pinnoi (1995) print the within estimates of Munnell's equation on these data.

    Log product on log public capital -0.026, private capital 0.292, employment 0.768, and unemployment
    -0.005, to three decimals: the library that the estimators here rest on gives them.
    """
    data = munnell.load()
    logs = np.log(data[["GSP", "P_CAP", "PC", "EMP"]]).assign(UNEMP=data["UNEMP"])
    logs.index = pd.MultiIndex.from_frame(data[["STATE", "YR"]])
    found = PanelOLS(logs["GSP"], logs[["P_CAP", "PC", "EMP", "UNEMP"]], entity_effects=True).fit()
    assert found.params.round(3).to_dict() == {"P_CAP": -0.026, "PC": 0.292, "EMP": 0.768, "UNEMP": -0.005}


@pytest.mark.parametrize("rho", [0.2, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("years", [6, 20])
def test_limits_without_noise_are_nickells(rho, years):
    limits = dynamic_limits.limits(Process(2.0, 1.0, rho, 0.0).covariance(years))
    expected = rho + dynamic_limits.nickell_bias(rho, years - 1)
    assert limits["fixed_effects"] == pytest.approx(expected, abs=1e-12)
    assert limits["anderson_hsiao"] == pytest.approx(rho, abs=1e-9)
    # The jackknife removes most of the bias, not all.
    left = abs(limits["half_panel_jackknife"] - rho)
    assert left < abs(dynamic_limits.nickell_bias(rho, years - 1)) / 2


def test_limits_with_noise_are_the_formulas_of_the_docstring():
    """Instrument at any length; the regressions in a panel of 1,500 years, where what is left is 1 / T."""
    b, c, rho = TRUTH.persistent, TRUTH.noise, TRUTH.rho
    limits = dynamic_limits.limits(TRUTH.covariance(20))
    assert limits["anderson_hsiao"] == pytest.approx(rho * b * (1 - rho) / (b * (1 - rho) + c), abs=1e-10)
    assert limits["anderson_hsiao_3"] == pytest.approx(rho, abs=1e-9)
    long = dynamic_limits.limits(TRUTH.covariance(1500))
    assert long["fixed_effects"] == pytest.approx(rho * b / (b + c), abs=2e-3)
    assert long["half_panel_jackknife"] == pytest.approx(rho * b / (b + c), abs=1e-4)


def test_limits_of_a_sample_are_the_estimates():
    logs = drawn()
    limits = dynamic_limits.limits(np.cov(logs.T))
    assert limits["fixed_effects"] == pytest.approx(dynamic_panel.fixed_effects(logs).rho, abs=1e-8)
    assert limits["half_panel_jackknife"] == pytest.approx(
        dynamic_panel.half_panel_jackknife(logs).rho, abs=1e-8
    )
    for back, name in ((2, "anderson_hsiao"), (3, "anderson_hsiao_3")):
        assert limits[name] == pytest.approx(dynamic_panel.anderson_hsiao(logs, back).rho, abs=1e-8)


def test_what_cannot_be_estimated_says_why():
    logs = drawn()
    late = logs.copy()
    late[:, :2] = np.nan  # years that nobody has
    late[3, 5] = np.nan  # a district with a gap
    known = dynamic_panel.fixed_effects(np.delete(logs[:, 2:], 3, axis=0))
    assert dynamic_panel.fixed_effects(late) == known and known.n == 29
    constant = np.repeat(logs[:, :1], 12, axis=1)
    hole = logs.copy()
    hole[:, 6] = np.nan
    cases = {
        "5 districts have figures in every year and 10 are needed": logs[:5],
        "1 district has": logs[:1],
        "there are 5 years and 6 are needed": logs[:, :5],
        "the districts do not differ": np.zeros((30, 12)),
        "the differences between the districts do not move": constant,
        "0 districts have figures in every year": hole,
    }
    for why, panel in cases.items():
        for estimate in (
            dynamic_panel.fixed_effects,
            dynamic_panel.half_panel_jackknife,
            dynamic_panel.anderson_hsiao,
        ):
            found = estimate(panel)
            assert np.isnan(found.rho) and np.isnan(found.se) and why in found.reason
    assert "0 districts" in dynamic_panel.fixed_effects(np.full((3, 12), np.nan)).reason


def test_a_weak_instrument_is_told():
    walk = np.cumsum(np.random.default_rng(0).standard_normal((40, 12)), axis=1)
    found = dynamic_panel.anderson_hsiao(walk)
    assert found.first_stage < 10 and "weak instrument" in found.reason and np.isfinite(found.rho)
