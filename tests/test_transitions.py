"""Transitions by hand, beside giddy, and on the printed results for incomes of 48 US states, 1929-2009.

The printed figures are those of giddy's documentation; the data come with libpysal.
"""

from dataclasses import replace

import libpysal
import numpy as np
import pandas as pd
import pytest
from giddy.ergodic import steady_state
from giddy.markov import Markov, Spatial_Markov
from giddy.mobility import markov_mobility

from helpers import geography
from helpers.dynamics import transitions
from helpers.space import spatial_transitions
from helpers.space.contiguity import Neighbours

MIDLANDS = geography.resolve("Midlands")


@pytest.fixture(scope="module")
def states():
    """Incomes of US states relative to their mean, and who neighbours whom."""
    table = pd.read_csv(libpysal.examples.get_path("usjoin.csv"))
    incomes = table[[str(year) for year in range(1929, 2010)]]
    weights = libpysal.io.open(libpysal.examples.get_path("states48.gal")).read()
    weights.transform = "r"
    return incomes / incomes.mean(), Neighbours(tuple(range(48)), weights, ())


def area_of(codes):
    return replace(MIDLANDS, name="Here", codes=tuple(codes))


def frame(rows, first_year=2004):
    return pd.DataFrame(rows, columns=range(first_year, first_year + len(rows[0])))


def test_classes_by_hand():
    """A figure on a cut point is in the lower class; no figure is in none."""
    ratio = frame([[0.5, 0.8, 0.81], [1.2, 1.21, np.nan]])
    assert transitions.classify(ratio, np.array([0.8, 0.9, 1.0, 1.2])).to_numpy().tolist() == [
        [1, 1, 2],
        [4, 5, 0],
    ]


def test_cut_points_are_fifths_of_all_years_together():
    ratio = frame([[1.0, 2, 3, 4, 5], [6, 7, 8, 9, 10], [np.nan] * 5])
    cuts = transitions.cut_points(ratio)
    assert cuts == pytest.approx([2.8, 4.6, 6.4, 8.2])
    assert np.bincount(transitions.classify(ratio, cuts).to_numpy().ravel())[1:].tolist() == [2] * 5


def test_relative_to_the_uk_by_year():
    ratio = transitions.relative(frame([[20.0, 30.0]]), pd.Series({2005: 40.0, 2004: 40.0, 2003: 1.0}))
    assert ratio.to_numpy().tolist() == [[0.5, 0.75]]


def test_moves_by_hand():
    """1 1 2 . 5: over one year 1-1 and 1-2; over two 1-2 and 2-5, a year without figure breaking the rest."""
    classes = frame([[1, 1, 2, 0, 5]])
    one, two = (transitions.moves(classes, horizon)[0] for horizon in (1, 2))
    assert [(i + 1, j + 1) for i, j in np.argwhere(one)] == [(1, 1), (1, 2)]
    assert [(i + 1, j + 1) for i, j in np.argwhere(two)] == [(1, 2), (2, 5)]
    assert one.sum() == two.sum() == 2


def test_the_printed_moves_of_us_states(states):
    ratio, _ = states
    counts = transitions.moves(transitions.classify(ratio, transitions.cut_points(ratio)), 1)
    found = transitions.chain(counts, 1, draws=50)
    assert found.counts.tolist() == [
        [707, 58, 7, 1, 0],
        [50, 629, 80, 1, 1],
        [4, 79, 610, 73, 2],
        [0, 7, 72, 650, 37],
        [0, 0, 0, 48, 724],
    ]
    assert found.ergodic == pytest.approx(
        [0.17957376, 0.21631443, 0.21499942, 0.21134662, 0.17776576], abs=5e-9
    )
    assert found.reason == ""


def test_probabilities_mobility_and_the_long_run_are_those_of_giddy():
    classes = frame(np.random.default_rng(4).integers(1, 6, size=(30, 12)).tolist())
    found = transitions.chain(transitions.moves(classes, 1), 1, draws=50)
    theirs = Markov(classes.to_numpy(), summary=False)
    assert found.probability == pytest.approx(theirs.p, abs=1e-12)
    assert found.mobility == pytest.approx(markov_mobility(theirs.p, measure="P"), abs=1e-12)
    assert found.ergodic == pytest.approx(steady_state(theirs.p), abs=1e-10)


def test_mobility_is_nothing_when_nobody_moves_and_one_when_the_past_tells_nothing():
    assert transitions.mobility(np.eye(5)) == 0
    assert transitions.mobility(np.full((5, 5), 0.2)) == pytest.approx(1)


def test_classes_that_no_move_connects_have_no_long_run():
    """Nobody leaves any class; then nobody leaves {1, 2} or {3, 4, 5}."""
    apart = np.zeros((5, 5))
    apart[:2, :2], apart[2:, 2:] = 1 / 2, 1 / 3
    for probability in (np.eye(5), apart):
        assert np.isnan(transitions.ergodic(probability)).all()
    counts = np.tile(np.eye(5, dtype=int) * 3, (8, 1, 1))
    found = transitions.chain(counts, 1, draws=50)
    assert found.mobility == 0 and "no moves connect" in found.reason


def test_a_class_that_nobody_leaves_takes_all_in_the_long_run():
    probability = np.eye(5, k=-1) * 0.5 + np.eye(5) * 0.5
    probability[0, 0] = 1
    assert transitions.ergodic(probability) == pytest.approx([1, 0, 0, 0, 0], abs=1e-12)


def test_moves_never_seen_have_the_bound_of_clopper_and_pearson():
    """Ten districts move from 1 to 2 once, or over five years with five overlapping moves each."""
    counts = np.zeros((10, 5, 5), dtype=int)
    counts[:, 0, 1] = 1
    found = transitions.chain(counts, 1, draws=50)
    assert (found.probability[0, 1], found.upper[0, 1]) == (1, 1)
    assert found.lower[0, 1] == pytest.approx(0.6915, abs=5e-5)  # 10 of 10: printed in tables
    assert found.upper[0, 2] == pytest.approx(0.3085, abs=5e-5)
    assert found.lower[0, 2] == 0
    overlapping = transitions.chain(counts * 5, 5, draws=50)
    assert overlapping.upper[0, 2] == pytest.approx(found.upper[0, 2], abs=1e-12)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """200 panels of 60 districts, 19 moves each, from a known chain: 95 %, give or take 3.5 points."""
    truth = np.array([[0.8, 0.2], [0.3, 0.7]])
    inside = []
    for seed in range(200):
        rng = np.random.default_rng([seed, 2])
        state = np.zeros((60, 20), dtype=int)
        for t in range(1, 20):
            state[:, t] = rng.random(60) > truth[state[:, t - 1], 0]
        found = transitions.chain(transitions.moves(frame((state + 1).tolist()), 1), 1, draws=300)
        inside.append((found.lower[:2, 0] <= truth[:, 0]) & (truth[:, 0] <= found.upper[:2, 0]))
    assert np.mean(inside) == pytest.approx(0.95, abs=0.035)


def test_a_districts_habit_widens_the_interval():
    """Half of the districts always stay, half always move: as uncertain as 20 throws, not as 20 x 18."""
    counts = np.zeros((20, 5, 5), dtype=int)
    counts[:10, 0, 0] = counts[10:, 0, 1] = 18
    found = transitions.chain(counts, 1)
    assert found.upper[0, 0] - found.lower[0, 0] == pytest.approx(2 * 1.96 * 0.5 / 20**0.5, abs=0.06)


def test_a_class_that_nobody_was_in_is_blank_and_said():
    counts = np.zeros((7, 5, 5), dtype=int)
    counts[:, :4, :4] = 1
    found = transitions.chain(counts, 1, draws=50)
    assert found.n.tolist() == [28, 28, 28, 28, 0]
    for numbers in (found.probability, found.lower, found.upper):
        assert np.isnan(numbers[4]).all() and not np.isnan(numbers[:4]).any()
    assert "class 5" in found.reason and np.isnan(found.mobility)


@pytest.mark.parametrize("districts", [0, 5])
def test_few_districts_have_no_interval(districts):
    found = transitions.chain(np.ones((districts, 5, 5), dtype=int), 1, draws=50)
    assert np.isnan(found.lower).all() and np.isnan(found.upper).all() and np.isnan(found.mobility_lower)
    assert np.isnan(found.probability).all() == (districts == 0)


def test_the_table_holds_every_move_once():
    rng = np.random.default_rng(1)
    codes = [*MIDLANDS.codes, *(f"X{i}" for i in range(30))]
    ratio = pd.DataFrame(rng.lognormal(size=(95, 20)), index=codes, columns=range(2004, 2024))
    table = transitions.table(MIDLANDS, {"unsmoothed": ratio, "smoothed": ratio}, draws=50)
    assert list(table.columns) == transitions.COLUMNS
    assert len(table) == 2 * 2 * 25 and not table.duplicated(transitions.COLUMNS[:5]).any()
    assert table.groupby(["series", "horizon", "from"])["probability"].sum().to_numpy() == pytest.approx(1)
    n = table.drop_duplicates(["series", "horizon", "from"]).groupby("horizon")["n"].sum()
    assert n.to_dict() == {1: 2 * 65 * 19, 5: 2 * 65 * 15}
    cuts = transitions.cut_points(ratio)  # of all rows, not of the area's
    classes = transitions.classify(ratio, cuts).loc[list(MIDLANDS.codes)]
    by_hand = ((classes[2004] == 2) & (classes[2005] == 4)).sum()
    by_hand += sum(((classes[y] == 2) & (classes[y + 1] == 4)).sum() for y in range(2005, 2023))
    row = table.query("series == 'smoothed' and horizon == 1 and `from` == 2 and to == 4").iloc[0]
    assert row["probability"] * row["n"] == pytest.approx(by_hand)


def test_the_printed_moves_beside_neighbours(states):
    """Classes cut at 0.8, 0.9, 1 and 1.2 for states and their neighbours' means."""
    ratio, beside = states
    found = spatial_transitions.beside_neighbours(
        area_of(range(48)), ratio, np.array([0.8, 0.9, 1, 1.2]), beside, permutations=19
    )
    p = found.table["probability"].to_numpy().reshape(5, 5, 5)
    assert p[0, :3, :3] == pytest.approx(
        np.array(
            [[0.96703297, 0.03296703, 0], [0.10638298, 0.68085106, 0.21276596], [0, 0.14285714, 0.77551020]]
        ),
        abs=5e-9,
    )
    assert p[3, 2] == pytest.approx([0.00295858, 0.06213018, 0.82248521, 0.10946746, 0.00295858], abs=5e-9)
    assert np.isnan(p[0, 4]).all() and (found.table.query("neighbours == 1 and `from` == 5")["n"] == 0).all()
    assert found.reason == ""


def test_the_tests_are_those_of_giddy(states):
    ratio, beside = states
    cuts = np.array([0.8, 0.9, 1, 1.2])
    found = spatial_transitions.beside_neighbours(area_of(range(48)), ratio, cuts, beside, permutations=1)
    theirs = Spatial_Markov(ratio.to_numpy(), beside.weights, cutoffs=cuts, lag_cutoffs=cuts)
    assert found.likelihood_ratio == pytest.approx(theirs.LR, rel=1e-9)
    assert (found.pearson, found.degrees) == (pytest.approx(theirs.Q, rel=1e-9), theirs.dof_hom)
    assert found.p_likelihood_ratio == pytest.approx(theirs.LR_p_value, rel=1e-6)
    assert spatial_transitions.likelihood_ratio(theirs.T) == pytest.approx(theirs.LR, rel=1e-9)


def ring(n):
    """n districts in a circle."""
    beside = {i: [(i - 1) % n, (i + 1) % n] for i in range(n)}
    weights = libpysal.weights.W(beside, id_order=list(range(n)))
    weights.transform = "r"
    return Neighbours(tuple(range(n)), weights, ())


def test_a_mean_of_neighbours_passes_over_missing_ones():
    ratio = frame([[1.0, 1.0], [2.0, np.nan], [4.0, np.nan], [6.0, 8.0]])
    mean = spatial_transitions.neighbour_mean(ratio, ring(4))
    assert mean[2004].tolist() == [4, 2.5, 4, 2.5]
    assert mean[2005].iloc[[0, 1, 3]].tolist() == [8, 1, 1]
    assert mean[2005].iloc[2] == 8
    alone = frame([[1.0], [np.nan], [2.0], [np.nan]])
    assert np.isnan(spatial_transitions.neighbour_mean(alone, ring(4)).iloc[0, 0])
    with pytest.raises(ValueError, match="order"):
        spatial_transitions.neighbour_mean(ratio.iloc[::-1], ring(4))


def test_neighbours_across_the_edge_of_the_area_count():
    """Two districts in the area, in class 1 beside class 5 outside it."""
    ratio = frame([[0.1, 0.1], [9.0, 9.0], [0.1, 0.1], [9.0, 9.0]])
    found = spatial_transitions.beside_neighbours(area_of([0, 2]), ratio, np.array([1, 2, 3, 4]), ring(4))
    seen = found.table[found.table["n"] > 0]
    assert seen[["neighbours", "from", "n"]].drop_duplicates().to_numpy().tolist() == [[5, 1, 2]]
    assert "2 districts" in found.reason and np.isnan(found.p_permutation)


def test_one_class_of_neighbours_leaves_nothing_to_compare():
    ratio = frame([[0.1, 0.1]] * 8)
    found = spatial_transitions.beside_neighbours(area_of(range(8)), ratio, np.array([1, 2, 3, 4]), ring(8))
    assert "nothing to compare" in found.reason


def test_a_class_without_districts_adds_no_degrees_of_freedom():
    """Two classes left beside two classes of neighbours, two reached from each: 2 x (2 - 1) x (2 - 1)."""
    rng = np.random.default_rng(5)
    ratio = frame(rng.choice([0.5, 1.5], size=(30, 12)).tolist())
    found = spatial_transitions.beside_neighbours(area_of(range(30)), ratio, np.array([1, 2, 3, 4]), ring(30))
    assert set(found.table.query("n > 0")["neighbours"]) == {1, 2}
    assert found.degrees == 2


def test_an_effect_of_neighbours_is_found_and_none_is_not():
    """On a circle of 60, districts drift to their neighbours' mean, or each to nothing but its own past."""
    cuts, p = np.array([-1.0, -0.3, 0.3, 1.0]), {}
    for pull in (0.0, 0.8):
        p[pull] = []
        for seed in range(12):
            rng = np.random.default_rng([seed, 3])
            x = np.zeros((60, 40))
            x[:, 0] = rng.standard_normal(60)
            for t in range(1, 40):
                near = (np.roll(x[:, t - 1], 1) + np.roll(x[:, t - 1], -1)) / 2
                x[:, t] = 0.9 * ((1 - pull) * x[:, t - 1] + pull * near) + 0.5 * rng.standard_normal(60)
            found = spatial_transitions.beside_neighbours(
                area_of(range(60)), frame(x[:, 20:].tolist()), cuts, ring(60), permutations=99, seed=seed
            )
            p[pull].append((found.p_permutation, found.p_alike))
    assert (np.array(p[0.8]) <= 0.05).all()
    assert (np.array(p[0.0]) <= 0.05).mean() <= 0.2
