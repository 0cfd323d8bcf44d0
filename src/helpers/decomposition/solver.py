"""What firm effects go with given firm totals? Preconditioned conjugate gradients on the graph of firms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from helpers.decomposition.approximate_cholesky import NO_FACTOR, Factor, elimination_order, factorise
from helpers.decomposition.hashing import LANES, signs
from helpers.decomposition.matches import Floats, Integers
from helpers.decomposition.optional import HAVE_NUMBA, compiled
from helpers.errors import DecompositionError

Reals = NDArray[Any]  # float32 or float64
ROUGH = 1e-5  # of random projections, whose own error is far larger at any number of draws
REFINED = 3  # rounds, each on what the one before left over: 1e-15, so down to rounding
MOST_STEPS = 5_000
EASY_STEPS = 60  # a step with the diagonal costs a quarter of one with the factor


@dataclass(frozen=True)
class Solver:
    """A connected graph of firms, ready to be solved with.

    Attributes
    ----------
    graph : (firms, firms) sparse
        Laplacian, firms in an order of our own.
    light : (entries,) float32
        Its entries in single precision, for random projections.
    order : (firms,) int32
        Firm at each place of that order.
    diagonal : (firms,) float32
        Of the Laplacian: the preconditioner of well-connected graphs.
    factor : Factor or None
        Approximate factor, the preconditioner of the others; None without numba.
    """

    graph: sparse.csr_array
    light: NDArray[np.float32]
    order: Integers
    diagonal: NDArray[np.float32]
    factor: Factor | None = None


def prepare(
    graph: sparse.csr_array, use_numba: bool = HAVE_NUMBA, neighbourhood: Integers | None = None
) -> Solver:
    """Order a Laplacian, and factorise it if a trial with its diagonal does not settle soon.

    Parameters
    ----------
    neighbourhood : (firms,) int or None
        Numbers that firms which exchange workers tend to share, such as their place: side by side in memory
        they are found faster. Solutions do not depend on it.
    """
    order = elimination_order(graph)
    local = order if neighbourhood is None else order[np.argsort(neighbourhood[order], kind="stable")]
    ready = _ordered(graph, local)
    if not use_numba:
        return ready
    trial = signs(1, len(order)) * np.sqrt(ready.diagonal)[:, None]
    _, worst = _compiled(ready, trial - trial.mean(axis=0), ROUGH, EASY_STEPS)
    if worst <= ROUGH:
        return ready
    ready = _ordered(graph, order)
    return replace(ready, factor=factorise(ready.graph))


def _ordered(graph: sparse.csr_array, order: Integers) -> Solver:
    ordered = sparse.csr_array(graph[order][:, order])
    ordered.sort_indices()
    return Solver(ordered, ordered.data.astype(np.float32), order, ordered.diagonal().astype(np.float32))


def solve(
    solver: Solver,
    totals: Floats,
    rounds: int = REFINED,
    tolerance: float = ROUGH,
    use_numba: bool = HAVE_NUMBA,
) -> Floats:
    """Solutions x of L x = totals, each with mean zero over firms.

    Parameters
    ----------
    totals : (firms,) or (firms, k) float64
        Right sides. Each must sum to zero over firms but for rounding, which is taken off.
    rounds : int
        How often to solve for what is left over of the right side (iterative refinement).
    tolerance : float
        Of each round, see `solve_block`.

    Raises
    ------
    DecompositionError
        When the first round does not reach its tolerance.
    """
    wide = totals[:, None] if totals.ndim == 1 else totals
    solved = np.empty_like(wide)
    for first in range(0, wide.shape[1], LANES):
        block = np.zeros((len(wide), LANES))
        width = min(LANES, wide.shape[1] - first)
        block[:, :width] = wide[solver.order, first : first + width]
        block -= block.mean(axis=0)
        solution = solve_block(solver, block.copy(), tolerance, use_numba)
        for _ in range(rounds - 1):
            solution += solve_block(solver, block - solver.graph @ solution, tolerance, use_numba)
        solved[solver.order, first : first + width] = solution[:, :width]
    return solved[:, 0] if totals.ndim == 1 else solved


def solve_block(
    solver: Solver, totals: Reals, tolerance: float = ROUGH, use_numba: bool = HAVE_NUMBA
) -> Reals:
    """One round for exactly LANES right sides whose firms stand in the solver's order; overwrites ``totals``.

    Parameters
    ----------
    totals : (firms, LANES) float32 or float64
        Right sides; the solution has their precision.
    tolerance : float
        Of the residual, in the norm of the preconditioner, relative to that of the right side.
    """
    totals -= totals.mean(axis=0)
    run = _compiled if use_numba else _with_arrays
    solution, worst = run(solver, totals, tolerance, MOST_STEPS)
    if not worst <= max(10 * tolerance, 1e-3):
        raise DecompositionError(
            f"The firm effects did not settle in {MOST_STEPS} steps (relative residual {worst:.1e}). "
            "The graph of firms is nearly in pieces: look at the weights, or ask for more years."
        )
    return solution


def _compiled(solver: Solver, totals: Reals, tolerance: float, most: int) -> tuple[Reals, float]:
    g, f = solver.graph, solver.factor or NO_FACTOR
    data = g.data if totals.dtype == np.float64 else solver.light
    found: tuple[Reals, float] = _conjugate_gradients(
        *(g.indptr, g.indices, data, solver.diagonal, f.start, f.row, f.share, f.pivot),
        *(totals, tolerance, most),
    )
    return found


def _with_arrays(solver: Solver, totals: Reals, tolerance: float, most: int) -> tuple[Reals, float]:
    """Conjugate gradients with the diagonal as preconditioner, in double precision whatever is asked."""
    scale = 1.0 / solver.diagonal[:, None].astype(np.float64)
    solution = np.zeros(totals.shape)
    residual = totals.astype(np.float64)
    ready = _centred(residual * scale)
    direction = ready.copy()
    product = (residual * ready).sum(axis=0)
    began = product.copy()
    for _ in range(most):
        if (product <= tolerance**2 * began).all():
            break
        image = solver.graph @ direction
        bend = (direction * image).sum(axis=0)
        step = np.divide(product, bend, out=np.zeros_like(bend), where=bend > 0)
        solution += step * direction
        residual = residual - step * image
        ready = _centred(residual * scale)
        before, product = product, (residual * ready).sum(axis=0)
        direction = (
            ready + np.divide(product, before, out=np.zeros_like(before), where=before > 0) * direction
        )
    worst = np.sqrt(np.divide(product, began, out=np.zeros_like(began), where=began > 0).max())
    return _centred(solution).astype(totals.dtype), float(worst)


def _centred(values: Floats) -> Floats:
    return np.asarray(values - values.mean(axis=0))


@compiled
def _conjugate_gradients(  # type: ignore[no-untyped-def]
    indptr, indices, data, diagonal, start, row, share, pivot, residual, tolerance, most
):
    firms = len(indptr) - 1
    solution = np.zeros_like(residual)
    ready = np.empty_like(residual)
    product = _precondition(diagonal, start, row, share, pivot, residual, ready)
    direction = ready.copy()
    image = np.empty_like(residual)
    began = product.copy()
    step = np.zeros_like(residual[0])
    for _ in range(most):
        done = True
        for k in range(LANES):
            done = done and product[k] <= tolerance * tolerance * began[k]
        if done:
            break
        bend = _apply(indptr, indices, data, direction, image)
        for k in range(LANES):
            step[k] = product[k] / bend[k] if bend[k] > 0 and product[k] > 0 else 0.0
        for u in range(firms):
            for k in range(LANES):
                solution[u, k] += step[k] * direction[u, k]
                residual[u, k] -= step[k] * image[u, k]
        before = product
        product = _precondition(diagonal, start, row, share, pivot, residual, ready)
        for k in range(LANES):
            step[k] = product[k] / before[k] if before[k] > 0 else 0.0
        for u in range(firms):
            for k in range(LANES):
                direction[u, k] = ready[u, k] + step[k] * direction[u, k]
    worst = 0.0
    for k in range(LANES):
        if began[k] > 0:
            worst = max(worst, np.sqrt(max(product[k], 0.0) / began[k]))
    _centre(solution)
    return solution, worst


@compiled
def _apply(indptr, indices, data, direction, image):  # type: ignore[no-untyped-def]
    bend = np.zeros(LANES)
    line = np.empty_like(direction[0])
    for u in range(len(indptr) - 1):
        for k in range(LANES):
            line[k] = 0.0
        for e in range(indptr[u], indptr[u + 1]):
            v, weight = np.uint64(indices[e]), data[e]
            for k in range(LANES):
                line[k] += weight * direction[v, k]
        for k in range(LANES):
            image[u, k] = line[k]
            bend[k] += line[k] * direction[u, k]
    return bend


@compiled
def _precondition(diagonal, start, row, share, pivot, residual, ready):  # type: ignore[no-untyped-def]
    firms = len(diagonal)
    if len(pivot) == 0:
        for u in range(firms):
            scale = np.float32(1.0) / diagonal[u]
            for k in range(LANES):
                ready[u, k] = residual[u, k] * scale
    else:
        _eliminate_and_back(start, row, share, pivot, residual, ready)
    _centre(ready)
    product = np.zeros(LANES)
    for u in range(firms):
        for k in range(LANES):
            product[k] += ready[u, k] * residual[u, k]
    return product


@compiled
def _eliminate_and_back(start, row, share, pivot, residual, ready):  # type: ignore[no-untyped-def]
    line = np.empty_like(ready[0])
    for u in range(len(pivot)):
        for k in range(LANES):
            ready[u, k] = residual[u, k]
    for u in range(len(pivot)):
        for k in range(LANES):
            line[k] = ready[u, k]
        for e in range(start[u], start[u + 1]):
            v, part = np.uint64(row[e]), share[e]
            for k in range(LANES):
                ready[v, k] += part * line[k]
        scale = np.float32(1.0) / pivot[u] if pivot[u] > 0 else np.float32(0.0)
        for k in range(LANES):
            ready[u, k] = line[k] * scale
    for u in range(len(pivot) - 1, -1, -1):
        for k in range(LANES):
            line[k] = ready[u, k]
        for e in range(start[u], start[u + 1]):
            v, part = np.uint64(row[e]), share[e]
            for k in range(LANES):
                line[k] += part * ready[v, k]
        for k in range(LANES):
            ready[u, k] = line[k]


@compiled
def _centre(values):  # type: ignore[no-untyped-def]
    mean = np.zeros(LANES)
    for u in range(len(values)):
        for k in range(LANES):
            mean[k] += values[u, k]
    for k in range(LANES):
        mean[k] /= len(values)
    level = np.empty_like(values[0])
    for k in range(LANES):
        level[k] = mean[k]
    for u in range(len(values)):
        for k in range(LANES):
            values[u, k] -= level[k]
