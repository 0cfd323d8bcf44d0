"""What firm effects go with given firm totals? Preconditioned conjugate gradients on the graph of firms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from helpers.decomposition.approximate_cholesky import NO_FACTOR, Factor, elimination_order, factorise
from helpers.decomposition.compiled_solver import conjugate_gradients
from helpers.decomposition.hashing import LANES, signs
from helpers.decomposition.matches import Floats, Integers
from helpers.decomposition.optional import HAVE_NUMBA
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
    work = tuple(np.empty_like(totals) for _ in range(4))
    worst = conjugate_gradients(
        *(g.indptr, g.indices, data, solver.diagonal, f.start, f.row, f.share, f.pivot),
        *(totals, work, tolerance, most),
    )
    return work[0], float(worst)


def _with_arrays(solver: Solver, totals: Reals, tolerance: float, most: int) -> tuple[Reals, float]:
    """Conjugate gradients with the diagonal as preconditioner, in double precision whatever is asked."""
    scale = 1.0 / solver.diagonal[:, None].astype(np.float64)
    solution = np.zeros(totals.shape)
    residual = _centred(totals.astype(np.float64))
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
