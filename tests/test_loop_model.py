"""The loop against equations stepped by hand, textbook results and the truncated normal of SciPy.

Tolerances of 1e-10 are rounding over some thousand steps.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import stats

from helpers import parameters
from helpers.causation import model, priors
from helpers.causation.model import STOCKS, Loop
from helpers.causation.priors import Persistence
from helpers.errors import ParameterError
from helpers.figures import loop as figure

PLAIN = Loop(0.8, 0.2, 0.03, 0.05, 0.3, 0.02, 0.04, 0.05, 0.06, 0.15, 0.01)


def step(loop, state, mu=0.0, policy=(0, 0, 0), eps=0.0, u=(0, 0, 0)):
    """One year of the equations as they are written, for plain numbers."""
    p, k, h, n = state
    k = (1 - loop.d_capital) * k + loop.g_capital * p + policy[0] + u[0]
    h = (1 - loop.d_skills) * h + loop.g_skills * p + policy[1] + u[1]
    n = (1 - loop.d_business) * n + loop.g_business * p + policy[2] + u[2]
    allows = mu + loop.b_capital * k + loop.b_skills * h + loop.b_business * n
    return np.array([(1 - loop.rho) * allows + loop.rho * p + eps, k, h, n])


def some(draws, low=0.0, seed=1):
    """Random loops; feedbacks from `low` times the largest, of a size that makes about half explosive."""
    rng = np.random.default_rng(seed)
    d = rng.uniform(0.01, 1, (3, draws))
    b = rng.uniform(low, 1, (3, draws))
    g = rng.uniform(low, 1.5, (3, draws)) * d
    columns = {
        f"{letter}_{stock}": values[i]
        for letter, values in (("b", b), ("g", g), ("d", d))
        for i, stock in enumerate(STOCKS)
    }
    return Loop(rho=rng.uniform(0, 0.99, draws), **columns)


def test_the_matrix_is_the_equations():
    for state in np.eye(4):
        np.testing.assert_allclose(model.transition_matrix(PLAIN) @ state, step(PLAIN, state), atol=1e-15)


def test_the_steady_state_is_where_a_long_simulation_ends():
    policy = np.array([0.01, 0.002, 0.03])
    state = np.zeros(4)
    for _ in range(5000):
        state = step(PLAIN, state, mu=0.1, policy=policy)
    np.testing.assert_allclose(model.steady_state(PLAIN, 0.1, policy), state, atol=1e-10)


def test_impulse_responses_are_shocks_stepped_by_hand():
    for number in range(4):
        shock = np.eye(4)[number]
        path = [step(PLAIN, np.zeros(4), eps=shock[0], u=shock[1:])]
        for _ in range(40):
            path.append(step(PLAIN, path[-1]))
        np.testing.assert_allclose(model.impulse_response(PLAIN, shock, 40), np.array(path), atol=1e-10)


def test_loop_strength_below_one_is_a_radius_below_one_where_nothing_is_negative():
    loop = some(20_000)
    strength, radius = model.loop_strength(loop), model.spectral_radius(loop)
    assert 0.2 < (strength < 1).mean() < 0.8  # both kinds are there
    clear = np.abs(strength - 1) > 1e-6
    assert ((strength < 1) == (radius < 1))[clear].all()


def test_loop_strength_can_mislead_where_a_feedback_is_negative():
    """Capital feeds back by 1.5 and fast, skills by -1 and slowly: L is 0.5 and yet leads grow."""
    loop = replace(PLAIN, rho=0.5, b_capital=1.0, g_capital=0.75, d_capital=0.5)
    loop = replace(loop, b_skills=1.0, g_skills=-0.01, d_skills=0.01, b_business=0.0)
    assert model.loop_strength(loop) == pytest.approx(0.5)
    assert model.spectral_radius(loop) > 1
    state = np.array([1.0, 0, 0, 0])
    size = []
    for _ in range(600):
        state = step(loop, state)
        size.append(np.abs(state).max())
    assert max(size[300:]) > 100 * max(size[:10])


def test_capital_in_proportion_to_output_multiplies_as_in_the_textbook():
    """Solow (1956): with a capital share of a third and K / Y constant, output rises by 1 / (1 - 1/3)."""
    loop = replace(PLAIN.switched_off(), b_capital=1 / 3, g_capital=0.05, d_capital=0.05)
    assert model.multiplier(loop) == pytest.approx(1.5)
    assert model.steady_state(loop, 0.02)[0] == pytest.approx(0.03)
    assert model.steady_state(loop, 0.02)[1] == pytest.approx(0.03)  # capital follows one for one


@pytest.mark.parametrize(
    ("strength", "word", "multiplier"),
    [(0.0, "reversion", 1.0), (0.5, "reversion", 2.0), (1.0, "on the edge", np.inf), (1.5, None, np.inf)],
)
def test_regimes_by_name(strength, word, multiplier):
    loop = replace(PLAIN.switched_off(), b_capital=1.0, g_capital=0.05 * strength, d_capital=0.05)
    assert str(model.regime(loop)) == (word or "cumulative causation")
    assert model.multiplier(loop) == pytest.approx(multiplier)
    assert np.isnan(model.steady_state(loop, 0.1)).all() == (strength >= 1)


def test_the_gain_joins_persistence_and_the_loop():
    assert model.gain(replace(PLAIN.switched_off())) == pytest.approx(0.8)
    explosive = replace(PLAIN, g_skills=1.0)
    assert model.loop_strength(explosive) > 1 and model.gain(explosive) > 1


def test_many_draws_are_each_draw_by_itself():
    loop = some(50, low=-0.5)
    for measure in (model.loop_strength, model.multiplier, model.gain, model.spectral_radius):
        each = [float(measure(loop.draw(i))) for i in range(50)]
        np.testing.assert_allclose(measure(loop), each, rtol=1e-12)


def test_people_follow_and_do_not_feed_back():
    path = np.array([0.1, 0.2, 0.3])
    np.testing.assert_allclose(model.people_response(PLAIN, path), [0, 0.001, 0.003])
    moved = replace(PLAIN, g_people=5.0)
    np.testing.assert_array_equal(model.transition_matrix(PLAIN), model.transition_matrix(moved))


def test_each_arrow_of_the_diagram_is_its_own_entry_of_the_matrices():
    held = priors.priors(Persistence(0.7))
    drawn = figure.arrows(held)
    middle = priors.central(held)
    for arrow in drawn.itertuples():
        if arrow.to == "people":
            continue
        nudged = replace(middle, **{arrow.parameter: arrow.value * 1.1})
        moved = model._coefficients(nudged, arrow.lag) - model._coefficients(middle, arrow.lag)
        at = (model.STATES.index(arrow.to), model.STATES.index(arrow.of))
        assert moved[at] != 0, arrow
        if arrow.parameter != "rho":  # which scales what the stocks do, too
            assert np.count_nonzero(moved) == 1, arrow
        assert (model._coefficients(middle, arrow.lag)[at] > 0) == (arrow.sign == "+")
    entries = sum(np.count_nonzero(model._coefficients(middle, lag)) for lag in (0, 1))
    assert entries == (drawn["to"] != "people").sum()


def test_every_parameter_of_the_loop_says_where_it_comes_from():
    records = parameters.load()
    for field in fields(Loop):
        record = records[field.name]
        assert record.kind in ("estimated", "literature", "assumed") and record.range, field.name
        assert record.sd or record.kind == "estimated", field.name


def test_draws_are_a_normal_cut_off_at_the_range():
    held = priors.priors(Persistence(0.7, 0.05))
    probabilities = np.linspace(0.001, 0.999, 99)
    for name, prior in held.items():
        low, high = (prior.low - prior.mean) / prior.sd, (prior.high - prior.mean) / prior.sd
        theirs = stats.truncnorm(low, high, prior.mean, prior.sd).ppf(probabilities)
        np.testing.assert_allclose(prior.quantile(probabilities), theirs, rtol=1e-8, err_msg=name)
        assert prior.low <= prior.quantile(0.0) and prior.quantile(1.0) <= prior.high


def test_a_given_value_is_taken_as_known_and_leaves_the_other_draws_alone():
    estimate = Persistence(0.7, 0.05)
    before = priors.draw(priors.priors(estimate), 500, seed=3)
    after = priors.draw(priors.priors(estimate, {"b_skills": 0.2, "rho": 0.5}), 500, seed=3)
    assert set(after.b_skills) == {0.2} and set(after.rho) == {0.5}
    for field in fields(Loop):
        if field.name not in ("b_skills", "rho"):
            np.testing.assert_array_equal(getattr(before, field.name), getattr(after, field.name))
    assert before.b_skills.std() > 0.05


@pytest.mark.parametrize("se", [-0.1, np.nan, np.inf])
def test_a_standard_error_that_is_none_is_refused(se):
    with pytest.raises(ParameterError, match="standard error"):
        priors.priors(Persistence(0.7, se))


def test_an_interval_stands_in_for_a_missing_standard_error():
    assert priors.persistence(0.7, np.nan, 0.6, 0.8).se == pytest.approx(0.1 / 1.6449, rel=1e-4)
    assert priors.persistence(0.7, 0.05, 0.6, 0.8).se == 0.05
    assert priors.persistence(0.7, np.nan, np.nan, np.nan).se == 0
