"""The panel VAR against statsmodels and linearmodels, its radius against theirs, and loops of known strength.

Tolerances: 1e-8 where another library solves the same least squares; for simulated loops the bias bound
stands where it is tested.
"""

import numpy as np
import pandas as pd
import pytest
from linearmodels.panel import PanelOLS
from statsmodels.tsa.api import VAR

from helpers import geography
from helpers.causation import panel_var
from helpers.causation.model import (
    Loop,
    impact_matrix,
    loop_strength,
    spectral_radius,
    transition_matrix,
)

LOOP = Loop(
    rho=0.6,
    b_capital=0.3, g_capital=0.10, d_capital=0.15,
    b_skills=0.4, g_skills=0.08, d_skills=0.20,
    b_business=0.2, g_business=0.06, d_business=0.20,
)  # fmt: skip


def simulated(loop, n, years, rng):
    """Districts whose states are all seen, with permanent effects, after a hundred years."""
    matrix, impact = transition_matrix(loop), impact_matrix(loop)
    state, lasting = np.zeros((n, 4)), rng.normal(0, 0.01, (n, 4))
    path = []
    for _ in range(100 + years):
        state = state @ matrix.T + (rng.normal(0, 0.03, (n, 4)) + lasting) @ impact.T
        path.append(state)
    return np.stack(path[100:], axis=1)


def panels(values, names=("productivity", "capital", "skills", "business")):
    return {
        name: pd.DataFrame(values[:, :, i], columns=range(2001, 2001 + values.shape[1]))
        for i, name in enumerate(names)
    }


@pytest.mark.parametrize("lags", [1, 2])
def test_one_place_is_the_var_of_statsmodels(lags):
    values = simulated(LOOP, 1, 80, np.random.default_rng(1))[:, :, :3]
    other = VAR(values[0]).fit(lags)
    found = panel_var.fit(values, lags, year_effects=False)
    assert found == pytest.approx(other.coefs, abs=1e-8)
    # statsmodels gives the inverse roots' reciprocals: the smallest root of the polynomial is 1 / radius
    assert panel_var.spectral_radius(found) == pytest.approx(1 / np.abs(other.roots).min(), rel=1e-8)


def test_equations_are_those_of_linearmodels():
    values = simulated(LOOP, 12, 10, np.random.default_rng(2))
    frame = pd.concat({k: p.stack() for k, p in panels(values).items()}, axis=1)
    before = frame.groupby(level=0).shift(1).add_suffix("_before").dropna()
    now = frame.loc[before.index]
    found = panel_var.fit(values)[0]
    for row, name in enumerate(now):
        other = PanelOLS(now[name], before, entity_effects=True, time_effects=True).fit()
        assert found[row] == pytest.approx(other.params.to_numpy(), abs=1e-8)


def test_radius_of_triangular_and_turning_matrices():
    assert panel_var.spectral_radius(np.array([[[0.5, 9.0], [0.0, 0.8]]])) == pytest.approx(0.8)
    turning = 0.9 * np.array([[[0.0, -1.0], [1.0, 0.0]]])
    assert panel_var.spectral_radius(turning) == pytest.approx(0.9)
    # x_t = 0.5 x_{t-1} + 0.24 x_{t-2}: roots of z^2 - 0.5 z - 0.24 are 0.8 and -0.3
    assert panel_var.spectral_radius(np.array([[[0.5]], [[0.24]]])) == pytest.approx(0.8)


def test_parameters_come_back_from_the_models_own_matrix():
    found = panel_var.recover(transition_matrix(LOOP))
    assert found.rho == pytest.approx(LOOP.rho)
    for letter in "bgd":
        assert getattr(found, letter) == pytest.approx(LOOP.of(letter))
    assert found.strength == pytest.approx(float(loop_strength(LOOP)))


def test_a_stock_without_past_is_not_told():
    found = panel_var.recover(np.array([[0.5, 0.1], [0.2, 0.0]]))
    assert np.isnan(found.b).all() and np.isnan(found.strength) and found.g == pytest.approx([0.2])


@pytest.mark.parametrize("on", [True, False])
def test_loops_come_back_from_panels_whose_states_are_seen(on):
    """361 places, 20 years, L = 0.42 or 0: within 0.05, where plain least squares misses 0.42 by 0.2."""
    loop = LOOP if on else LOOP.switched_off()
    rng = np.random.default_rng(3)
    cubes = [simulated(loop, 361, 20, rng) for _ in range(12)]
    corrected = [panel_var.recover(panel_var.half_panel(cube)) for cube in cubes]
    strength = float(loop_strength(loop))
    assert np.mean([one.strength for one in corrected]) == pytest.approx(strength, abs=0.05)
    assert np.mean([one.rho for one in corrected]) == pytest.approx(0.6, abs=0.02)
    assert np.mean([one.g for one in corrected], axis=0) == pytest.approx(loop.of("g"), abs=0.02)
    radii = [panel_var.spectral_radius(panel_var.half_panel(cube)[None]) for cube in cubes]
    assert np.mean(radii) == pytest.approx(float(spectral_radius(loop)), abs=0.02)
    if on:
        plain = np.mean([panel_var.recover(panel_var.fit(cube)[0]).strength for cube in cubes])
        assert plain < strength - 0.15


def test_intervals_cover_a_known_radius():
    """40 panels of 80 places and 17 years: the middle 90 % holds the radius in 30 or more."""
    rng = np.random.default_rng(4)
    truth, inside = float(spectral_radius(LOOP)), 0
    for seed in range(40):
        frames = panels(simulated(LOOP, 80, 17, rng))
        var = panel_var.estimate(frames, pd.Series(range(80)), seed, draws=60)
        row = panel_var.radii(var, "x").set_index("quantity").loc["radius with cross terms"]
        inside += row["lower"] <= truth <= row["upper"]
    assert inside >= 30


def test_cross_terms_add_what_they_add():
    """Alone the stocks keep 0.85 and 0.8 of their lead; together the loop keeps more."""
    frames = panels(simulated(LOOP, 200, 60, np.random.default_rng(5)))
    var = panel_var.estimate(frames, pd.Series(range(200)), seed=1, draws=40)
    rows = panel_var.radii(var, "x").set_index("quantity")["value"]
    here, alone = rows["radius with cross terms"], rows["radius without cross terms"]
    assert rows["what the cross terms add"] == pytest.approx(here - alone)
    assert here == pytest.approx(float(spectral_radius(LOOP)), abs=0.02)


def test_gaps_few_places_and_few_years_are_told():
    frames = panels(simulated(LOOP, 15, 12, np.random.default_rng(6)))
    frames["skills"].iloc[3, 2] = np.nan
    frames["capital"] = frames["capital"].loc[:, 2003:]
    var = panel_var.estimate(frames, pd.Series(range(15)), seed=1, draws=5)
    assert (var.places, var.left_out, var.first_year, var.last_year) == (14, 1, 2003, 2012)
    few = panel_var.estimate(frames, pd.Series([1] * 15), seed=1, draws=5)
    assert "fewer than 10" in few.reason and panel_var.radii(few, "x").empty
    short = {name: panel.loc[:, 2005:] for name, panel in frames.items()}
    assert "fewer than 8 years" in panel_var.estimate(short, pd.Series(range(15)), seed=1).reason


def test_same_seed_same_figures():
    frames = panels(simulated(LOOP, 20, 12, np.random.default_rng(7)))
    one, two = (panel_var.estimate(frames, pd.Series(range(20)), seed=9, draws=10) for _ in range(2))
    assert np.array_equal(one.draws, two.draws)


def test_systems_of_the_midlands_and_of_one_district():
    area = geography.resolve("Midlands")
    var = panel_var.system("investment", area, seed=1, depreciation=0.07, draws=20)
    assert (var.places, var.first_year, var.last_year, var.reason) == (25, 2004, 2020, "")
    lone = panel_var.system("people", geography.resolve("Solihull"), 1, 0.07, draws=5)
    assert lone.reason and np.isnan(lone.matrix).all()
