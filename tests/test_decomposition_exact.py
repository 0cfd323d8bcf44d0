"""The reduced formulas against dense linear algebra on small graphs, and what must not change an answer.

Tolerances: effects 1e-10, leverages and components 1e-8, which is far above rounding and far below any use.
Projections are compared with exact answers in units of their own Monte Carlo error.
"""

from dataclasses import replace

import numpy as np
import pytest
from decomposition_truth import dense, engine, outcome, panel
from scipy import sparse

from helpers.decomposition import arrangement, components, laplacian, projection, solver
from helpers.decomposition.matches import Matches
from helpers.errors import DecompositionError

CASES = {"random": {}, "chain": {"chain": True, "workers": 400}, "few firms": {"firms": 4, "workers": 40}}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_effects_leverages_and_components_are_those_of_dense_algebra(case):
    matches = panel(**case)
    data = outcome(matches)
    tables, effects, pulled, errors = engine(matches, data)
    fitted, leverage, expected = dense(matches, data, errors)
    found = effects.alpha[matches.worker] + effects.psi[matches.firm]
    np.testing.assert_allclose(found, fitted, atol=1e-10)
    theirs = len(matches.moving.firm)
    np.testing.assert_allclose(pulled.leverage, leverage[:theirs], atol=1e-8)
    np.testing.assert_allclose(leverage[theirs:], 1, atol=1e-8)  # a stayer's match cannot be left out
    for table, rows in zip(tables, expected, strict=True):
        columns = ["plug_in", "homoskedastic", "leave_out"]
        np.testing.assert_allclose(table[columns].iloc[:3], rows, atol=1e-8)
        assert (table["mc_se"] == 0).all()


def test_error_variances_are_those_of_really_leaving_a_match_out():
    """n (y - mean) times the prediction error of a fit without the match."""
    matches = panel(workers=60, firms=6)
    data = outcome(matches)
    _, _, _, errors = engine(matches, data)
    count = len(matches.firm)
    centred = data.mean - np.average(data.mean, weights=matches.weight)
    design = np.zeros((count, matches.workers + matches.firms))
    design[np.arange(count), matches.worker] = 1
    design[np.arange(count), matches.workers + matches.firm] = 1
    for m in range(20):
        rest = np.arange(count) != m
        root = np.sqrt(matches.weight[rest])[:, None]
        found = np.linalg.lstsq(root * design[rest], root[:, 0] * data.mean[rest])[0]
        expected = matches.weight[m] * centred[m] * (data.mean[m] - design[m] @ found)
        assert errors.leave_out[m] == pytest.approx(expected, abs=1e-8)


def test_parts_sum_to_the_variance_of_pay():
    matches = panel()
    data = outcome(matches)
    tables, *_ = engine(matches, data)
    share = matches.weight / matches.weight.sum()
    total = share @ (data.mean - share @ data.mean) ** 2 + data.within.sum() / matches.weight.sum()
    for column in ("plug_in", "homoskedastic", "leave_out"):
        worker, firm, both, rest = tables[0][column]
        assert worker + firm + 2 * both + rest == pytest.approx(total, abs=1e-12)


def test_stayers_error_variance_by_hand():
    """A stayer with 4 years and squares about the mean of 0.6: 0.6 / 3; plus 4 times what matches share."""
    matches = panel()
    data = outcome(matches)
    stayer = int(np.flatnonzero((matches.per_worker == 1) & (matches.worker_years == 4))[0])
    at = matches.start[stayer]
    data.within[at] = 0.6
    alone = engine(matches, data, stayers="within")[3]
    shared = engine(matches, data, stayers="match")[3]
    assert alone.leave_out[at] == pytest.approx(0.2)
    assert shared.leave_out[at] == pytest.approx(0.2 + 4 * shared.shared)


def test_projections_agree_with_exact_answers_and_tell_their_error(monkeypatch):
    matches = panel(workers=600, firms=60, places=20)
    data = outcome(matches)
    exact = [table["leave_out"].to_numpy() for table in engine(matches, data)[0]]
    monkeypatch.setattr(projection, "EXACT_UP_TO", 0)
    runs = [engine(matches, data, draws=16, seed=seed)[0] for seed in range(40)]
    for k in (0, 1):
        found = np.array([run[k]["leave_out"] for run in runs])
        told = np.array([run[k]["mc_se"] for run in runs]).mean(axis=0)
        spread = found.std(axis=0, ddof=1)
        # 40 runs know a standard deviation to about 11 %; the error told leaves out links between movers
        assert (np.abs(found.mean(axis=0) - exact[k]) < 3.5 * spread / np.sqrt(40)).all()
        assert ((told > 0.5 * spread) & (told < 1.6 * spread)).all()


@pytest.mark.parametrize("other", [{"use_numba": False}, {"threads": 2}])
def test_compiled_or_not_and_any_number_of_threads_give_the_same(monkeypatch, other):
    """To 1e-7: draws are solved to 1e-5 of their size, differently but for the same signs."""
    monkeypatch.setattr(projection, "EXACT_UP_TO", 0)
    matches = panel(workers=600, firms=60)
    data = outcome(matches)
    for one, two in zip(
        engine(matches, data, draws=32)[0], engine(matches, data, draws=32, **other)[0], strict=True
    ):
        np.testing.assert_allclose(one.iloc[:, 1:], two.iloc[:, 1:], atol=1e-7)


def test_names_of_workers_and_firms_do_not_matter():
    matches = panel()
    data = outcome(matches)
    rng = np.random.default_rng(2)
    turned = rng.permutation(matches.workers)
    order = np.concatenate([np.arange(matches.start[i], matches.start[i + 1]) for i in turned])
    start = np.concatenate([[0], np.cumsum(matches.per_worker[turned])])
    firm = rng.permutation(matches.firms).astype(np.int32)[matches.firm[order]]
    renamed = replace(
        matches, start=start, firm=firm, weight=matches.weight[order], place=matches.place[order], movers=0
    )
    arranged = arrangement.arrange(renamed)
    order = order[np.argsort(arranged.position)]
    moved = components.Outcome(data.mean[order], data.within[order], data.rows[order])
    for one, two in zip(engine(matches, data)[0], engine(arranged.matches, moved)[0], strict=True):
        np.testing.assert_allclose(one.iloc[:, 1:], two.iloc[:, 1:], atol=1e-10)


def test_a_long_chain_is_solved_and_trees_are_factored_exactly():
    """Of a path of unit weights L x = e_0 - e_last has steps of one: x falls by 1 from firm to firm."""
    firms = 3_000
    moving = Matches(
        np.arange(0, 2 * firms - 1, 2),
        np.stack([np.arange(firms - 1), np.arange(1, firms)], axis=1).ravel().astype(np.int32),
        np.full(2 * firms - 2, 2.0),  # 2 x 2 / (2 + 2) = 1
        firms,
    )
    graph = solver.prepare(laplacian.laplacian(moving))
    assert graph.factor is not None
    totals, x = np.zeros(firms), np.empty(firms)
    totals[[0, -1]] = 1, -1
    x[graph.order] = solver.solve(graph, totals[graph.order])
    np.testing.assert_allclose(np.diff(x), -1, atol=1e-8)


def test_right_sides_that_sum_to_zero_only_roughly_are_solved_in_single_precision():
    """Rounding leaves such a sum; carried along, it used to outgrow the solution after some dozen steps."""
    rng = np.random.default_rng(5)
    firms = 2_000
    one, other = rng.integers(0, firms, (2, 12 * firms))
    apart = one != other
    joined = sparse.coo_array(
        (np.ones(apart.sum()), (one[apart], other[apart])), shape=(firms, firms)
    ).tocsr()
    joined = joined + joined.T
    ready = solver.prepare(sparse.csr_array(sparse.diags_array(joined.sum(axis=1)) - joined))
    assert ready.factor is None
    totals = rng.normal(size=(firms, 16))
    totals -= totals.mean(axis=0)
    found, worst = solver._compiled(ready, (totals + 1e-4).astype(np.float32), solver.ROUGH, 200)
    assert worst <= solver.ROUGH
    # Residuals of 1e-5 in the norm of the preconditioner, over firms whose weights are about 24
    np.testing.assert_allclose(ready.graph @ found.astype(float), totals, atol=1e-3)


def test_exact_leverages_of_too_many_firms_are_refused(monkeypatch):
    monkeypatch.setattr(projection, "LIMIT_OF_EXACT", 10)
    with pytest.raises(DecompositionError, match="--projections"):
        engine(panel(), outcome(panel()), draws=0)
