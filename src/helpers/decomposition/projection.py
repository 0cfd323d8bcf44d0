"""How are traces of the firm graph's inverse had? Exactly for few firms, otherwise by random signs.

The trace of a quadratic form is the mean of the form over vectors of random signs (Hutchinson 1990), or its
sum over all unit vectors. Both are worked out eight vectors at a time by the same passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from helpers.decomposition import solver
from helpers.decomposition.hashing import LANES, signs, stream
from helpers.decomposition.matches import Floats, Reals
from helpers.decomposition.optional import HAVE_NUMBA
from helpers.errors import DecompositionError

EXACT_UP_TO = 1_000  # firms: a dense inverse of 8 MB
LIMIT_OF_EXACT = 10_000  # firms: 0.8 GB
Result = TypeVar("Result")


@dataclass(frozen=True)
class Projection:
    """How traces are worked out.

    Attributes
    ----------
    graph : Solver
        Of the movers' Laplacian.
    draws : int
        Random draws, a multiple of `LANES`.
    seed : int
        Of the signs.
    threads : int
        Blocks of draws that are worked on at a time. Results do not depend on it.
    use_numba : bool
        Compiled passes, or those with arrays.
    inverse : (firms, firms) float64 or None
        Dense inverse, firms in the solver's order: everything is then exact and no draws are made.
    """

    graph: solver.Solver
    draws: int
    seed: int
    threads: int = 1
    use_numba: bool = HAVE_NUMBA
    inverse: Floats | None = None

    @property
    def exact(self) -> bool:
        """Whether there is no Monte Carlo error."""
        return self.inverse is not None

    def solve(self, totals: Reals) -> Reals:
        """Firm values for a block of totals, firms in the solver's order."""
        if self.inverse is not None:
            return np.asarray(self.inverse @ totals)
        return solver.solve_block(self.graph, totals.astype(np.float32), solver.ROUGH, self.use_numba)

    def by_units(self, count: int) -> bool:
        """Whether unit vectors, which are exact, are no more work than the draws."""
        return self.exact or count <= self.draws

    def blocks(self, count: int) -> int:
        """Number of blocks of vectors of this length."""
        return -(-count // LANES) if self.by_units(count) else self.draws // LANES

    def vectors(self, count: int, purpose: int, block: int) -> Floats:
        """One block of vectors, shape (count, LANES)."""
        if not self.by_units(count):
            return signs(stream(self.seed, purpose, block), count)
        units = np.zeros((count, LANES))
        here = np.arange(block * LANES, min((block + 1) * LANES, count))
        units[here, here - block * LANES] = 1.0
        return units

    def trace(self, forms: Floats, count: int) -> Floats:
        """Traces from forms by vector, the last axis: their sum over unit vectors, by draw otherwise."""
        return forms.sum(axis=-1, keepdims=True) if self.by_units(count) else forms

    def several(self, work: Callable[[int], Result], blocks: int) -> Iterator[Result]:
        """Results of blocks in their order, as many at a time as there are threads."""
        if self.threads == 1:
            yield from map(work, range(blocks))
            return
        with ThreadPoolExecutor(self.threads) as pool:
            for first in range(0, blocks, self.threads):
                yield from list(pool.map(work, range(first, min(first + self.threads, blocks))))


def plan(
    graph: solver.Solver,
    draws: int,
    seed: int,
    threads: int = 1,
    use_numba: bool = HAVE_NUMBA,
) -> Projection:
    """Decide how traces are worked out.

    Parameters
    ----------
    graph : Solver
        Of the movers' Laplacian.
    draws : int
        Random draws, made a multiple of `LANES` upwards; 0 asks for exact answers.

    Raises
    ------
    DecompositionError
        When exact answers are asked for with too many firms.
    """
    firms = len(graph.order)
    if draws == 0 and firms > LIMIT_OF_EXACT:
        raise DecompositionError(
            f"Exact leverages of {firms:,} firms need a dense matrix of that size; the most is "
            f"{LIMIT_OF_EXACT:,}. Ask for random projections, such as --projections 200."
        )
    exact = draws == 0 or firms <= EXACT_UP_TO
    inverse = _pseudo_inverse(graph.graph) if exact else None
    return Projection(graph, -(-draws // LANES) * LANES, seed, threads, use_numba, inverse)


def _pseudo_inverse(graph: sparse.csr_array) -> Floats:
    """Dense pseudo-inverse of a connected Laplacian."""
    dense = graph.toarray()
    level = np.trace(dense) / len(dense) ** 2  # any positive constant will do; this one is of a like size
    return np.asarray(np.linalg.inv(dense + level) - 1 / (level * len(dense) ** 2))
