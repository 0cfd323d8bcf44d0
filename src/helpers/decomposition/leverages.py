"""How much does each match's own error pull its fitted value? Leverages, exactly or by random projection.

The leverage of match m of a mover is P_m = n_m / N_i + n_m d_m' L^+ d_m, with d_m the firm's unit vector less
the mover's shares. The first part is the mover's own mean; the second, Pi_m, is the diagonal of a projection
and is estimated from random signs (Johnson and Lindenstrauss; Kline, Saggio and Solvsten 2020): a estimates
Pi_m and b what remains, M_m = 1 - P_m, so that a / b is what is needed, freed of the bias of a ratio by the
draws' own variances.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from helpers.decomposition import passes, solver
from helpers.decomposition.hashing import LANES, stream
from helpers.decomposition.laplacian import shares_of_workers
from helpers.decomposition.matches import Floats, Integers, Matches, Reals
from helpers.decomposition.projection import Projection

SIGNS_OF_MATCHES = 1
SLICE = 4_000_000  # entries of a dense slice, movers by firms, that is worked on at a time
TILE = 4_096  # firms: their values in a block of draws fill 256 kB, so that those of two tiles stay in cache


@dataclass(frozen=True)
class Leverages:
    """Leverages of movers' matches.

    Attributes
    ----------
    own : (matches,) float64
        n_m / N_i, the share of the mover's worker-years.
    ratio : (matches,) float64
        Pi_m / M_m.
    ratio_variance : (matches,) float64
        Monte Carlo variance of ``ratio``; zero when exact.
    """

    own: Floats
    ratio: Floats
    ratio_variance: Floats

    @property
    def leverage(self) -> Floats:
        """P_m."""
        return np.asarray(self.own + (1 - self.own) * self.ratio / (1 + self.ratio))

    @property
    def inverse_rest(self) -> Floats:
        """1 / (1 - P_m)."""
        return np.asarray((1 + self.ratio) / (1 - self.own))


def in_order(moving: Matches, graph: solver.Solver) -> tuple[Matches, Integers]:
    """The same matches with firms numbered in the solver's order, and movers between like firms together.

    A pass over movers looks up values of their firms. In the order of their names it would fetch each from
    main memory; by tiles of firms that movers join it finds most in cache.

    Returns
    -------
    Matches
        Movers' matches in the new order.
    (matches,) int
        Where each of them was.
    """
    position = np.empty(moving.firms, dtype=np.int32)
    position[graph.order] = np.arange(moving.firms, dtype=np.int32)
    firm = position[moving.firm]
    least = np.minimum.reduceat(firm, moving.start[:-1]).astype(np.int64)
    most = np.maximum.reduceat(firm, moving.start[:-1])
    tile = least // TILE * (moving.firms // TILE + 1) + most // TILE
    turn = np.argsort(tile * TILE + least % TILE, kind="stable")
    counts = moving.per_worker[turn]
    start = np.concatenate([[0], np.cumsum(counts)])
    at = np.repeat(moving.start[turn] - start[:-1], counts) + np.arange(start[-1])
    place = None if moving.place is None else moving.place[at]
    return replace(moving, start=start, firm=firm[at], weight=moving.weight[at], place=place), at


def as_before(values: Reals, at: Integers) -> Floats:
    """Values by match, in the order that matches had before `in_order`."""
    back = np.empty(len(values))
    back[at] = values
    return back


def leverages(moving: Matches, projection: Projection) -> Leverages:
    """Leverages of movers' matches, in the order they are given in."""
    ordered, at = in_order(moving, projection.graph)
    if projection.inverse is not None:
        found = _exact(ordered, projection.inverse)
    else:
        found = _projected(ordered, projection)
    own, ratio, variance = (as_before(x, at) for x in (found.own, found.ratio, found.ratio_variance))
    return Leverages(own, ratio, variance)


def _projected(moving: Matches, projection: Projection) -> Leverages:
    sums = np.zeros((len(moving.firm), 5), dtype=np.float32)
    use_numba = projection.use_numba

    def one(block: int) -> tuple[int, Reals]:
        key = stream(projection.seed, SIGNS_OF_MATCHES, block)
        return key, projection.solve(passes.right_side_of_signs(moving, key, use_numba))

    for key, u in projection.several(one, projection.draws // LANES):
        passes.add_leverages(moving, key, u, sums, projection.threads, use_numba)
    return _from_sums(sums, _own(moving), projection.draws)


def _exact(moving: Matches, inverse: Floats) -> Leverages:
    own = _own(moving)
    shares = shares_of_workers(moving)
    beyond = np.empty(len(own))
    width = max(1, SLICE // moving.firms)
    for first in range(0, moving.workers, width):
        last = min(first + width, moving.workers)
        part = slice(moving.start[first], moving.start[last])
        rows = shares[first:last]
        averaged = rows @ inverse
        quadratic = np.asarray(rows.multiply(averaged).sum(axis=1)).ravel()
        worker = np.repeat(np.arange(last - first), moving.per_worker[first:last])
        firm = moving.firm[part]
        beyond[part] = inverse[firm, firm] - 2 * averaged[worker, firm] + quadratic[worker]
    beyond *= moving.weight
    return Leverages(own, beyond / (1 - own - beyond), np.zeros(len(own)))


def _own(moving: Matches) -> Floats:
    return np.asarray(moving.weight / np.repeat(moving.worker_years, moving.per_worker))


def _from_sums(sums: Reals, own: Floats, draws: int) -> Leverages:
    """Ratios of means less their bias to second order, and their variance, both from the spread of draws."""
    a, b, aa, bb, ab = (sums[:, column].astype(np.float64) / draws for column in range(5))
    var_a, var_b, cov = ((x - y) / draws for x, y in ((aa, a * a), (bb, b * b), (ab, a * b)))
    plain = a / b
    ratio = plain * (1 - var_b / b**2) + cov / b**2
    variance = (var_a - 2 * plain * cov + plain**2 * var_b) / b**2
    return Leverages(own, np.maximum(ratio, 0.0), np.maximum(variance, 0.0))
