"""What firm effects go with given firm totals? Preconditioned conjugate gradients on the graph of firms."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from helpers.decomposition import steps
from helpers.decomposition.approximate_cholesky import NO_FACTOR, Factor, elimination_order, factorise
from helpers.decomposition.compiled_solver import conjugate_gradients
from helpers.decomposition.hashing import LANES, signs
from helpers.decomposition.matches import Floats, Integers
from helpers.decomposition.optional import HAVE_NUMBA
from helpers.decomposition.room import TEMPORARY, Room, frozen
from helpers.decomposition.spreading import SIZE, csr, rows, summed
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
    graph: sparse.csr_array,
    use_numba: bool = HAVE_NUMBA,
    neighbourhood: Integers | None = None,
    room: Room = TEMPORARY,
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
    if not use_numba or _settles(graph, local):
        return _ordered(graph, local, room)
    ready = _ordered(graph, order, room)
    return replace(ready, factor=factorise(ready.graph))


def _settles(graph: sparse.csr_array, order: Integers) -> bool:
    """Whether conjugate gradients with the diagonal reach the tolerance soon."""
    diagonal = graph.diagonal().astype(np.float32)
    plain = Solver(graph, np.empty(0, np.float32), order, diagonal)
    trial = np.empty((len(order), LANES))
    trial[order] = signs(1, len(order)) * np.sqrt(diagonal[order])[:, None]
    _, worst = _compiled(plain, trial - trial.mean(axis=0), ROUGH, EASY_STEPS)
    return worst <= ROUGH


def _ordered(graph: sparse.csr_array, order: Integers, room: Room) -> Solver:
    position = np.empty(len(order), dtype=np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    entries = ((position[row], position[column], value) for row, column, value in rows(graph))
    ordered = summed(entries, np.diff(graph.indptr)[order], len(order), room, "graph")
    light = room.result("graph_light", ordered.data.shape, np.float32)
    for first in range(0, len(light), SIZE):
        light[first : first + SIZE] = ordered.data[first : first + SIZE]
    return Solver(ordered, light, order, ordered.diagonal().astype(np.float32))


def save(solver: Solver, folder: Path) -> None:
    """Write what is as long as the firms, beside what `prepare` has left in the folder."""
    steps.save(folder, graph_start=solver.graph.indptr, order=solver.order, diagonal=solver.diagonal)
    if solver.factor is not None:
        steps.save(folder, **{f"factor_{name}": array for name, array in vars(solver.factor).items()})


def load(folder: Path) -> Solver:
    """Map what `prepare` and `save` have left."""
    start, indices, data, light, order, diagonal = (
        steps.load(folder, name)
        for name in ("graph_start", "graph_indices", "graph_data", "graph_light", "order", "diagonal")
    )
    parts = {field.name: folder / f"factor_{field.name}.npy" for field in fields(Factor)}
    there = parts["start"].exists()
    factor = (
        Factor(**{name: steps.load(folder, path.stem) for name, path in parts.items()}) if there else None
    )
    return Solver(csr(start, indices, data, (len(order), len(order))), light, order, diagonal, factor)


def solve(
    solver: Solver,
    totals: Floats,
    rounds: int = REFINED,
    tolerance: float = ROUGH,
    use_numba: bool = HAVE_NUMBA,
) -> Floats:
    """Solutions x of L x = totals, each with mean zero over firms, which stand in the solver's order.

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
        block[:, :width] = wide[:, first : first + width]
        block -= block.mean(axis=0)
        solution = solve_block(solver, block.copy(), tolerance, use_numba)
        for _ in range(rounds - 1):
            solution += solve_block(solver, block - solver.graph @ solution, tolerance, use_numba)
        solved[:, first : first + width] = solution[:, :width]
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
        *frozen(g.indptr, g.indices, data, solver.diagonal, f.start, f.row, f.share, f.pivot),
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
