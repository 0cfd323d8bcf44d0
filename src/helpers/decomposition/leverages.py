"""How much does each match's own error pull its fitted value? Leverages, exactly or by random projection.

The leverage of match m of a mover is P_m = n_m / N_i + n_m d_m' L^+ d_m, with d_m the firm's unit vector less
the mover's shares. The first part is the mover's own mean; the second, Pi_m, is the diagonal of a projection
and is estimated from random signs (Johnson and Lindenstrauss; Kline, Saggio and Solvsten 2020): a estimates
Pi_m and b what remains, M_m = 1 - P_m, so that a / b is what is needed, freed of the bias of a ratio by the
draws' own variances.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from helpers.decomposition import passes
from helpers.decomposition.hashing import LANES, stream
from helpers.decomposition.laplacian import shares_of_workers
from helpers.decomposition.matches import Block, Floats, Matches, Reals, blocks
from helpers.decomposition.projection import Projection
from helpers.decomposition.room import TEMPORARY, Room

SIGNS_OF_MATCHES = 1
SLICE = 4_000_000  # entries of a dense slice, movers by firms, that is worked on at a time


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

    def part(self, pairs: slice) -> Leverages:
        """Of some matches that stand side by side; those beyond the movers' have none."""
        return Leverages(self.own[pairs], self.ratio[pairs], self.ratio_variance[pairs])


def leverages(moving: Matches, projection: Projection, room: Room = TEMPORARY) -> Leverages:
    """Leverages of movers' matches, firms in the solver's order.

    Parameters
    ----------
    room : Room
        Receives ``own``, ``ratio`` and ``ratio_variance``.
    """
    shape = moving.firm.shape
    made = Leverages(*(room.result(field.name, shape, np.float64) for field in fields(Leverages)))
    for block, found in (
        _exact(moving, projection) if projection.exact else _projected(moving, projection, room)
    ):
        made.own[block.pairs], made.ratio[block.pairs] = found.own, found.ratio
        made.ratio_variance[block.pairs] = found.ratio_variance
    return made


def _projected(moving: Matches, projection: Projection, room: Room) -> Iterator[tuple[Block, Leverages]]:
    sums = room.scratch((len(moving.firm), 5), np.float32)
    use_numba = projection.use_numba

    def one(block: int) -> tuple[int, Reals]:
        key = stream(projection.seed, SIGNS_OF_MATCHES, block)
        return key, projection.solve(passes.right_side_of_signs(moving, key, use_numba))

    for key, u in projection.several(one, projection.draws // LANES):
        passes.add_leverages(moving, key, u, sums, projection.threads, use_numba)
    for block in blocks(moving):
        yield block, _from_sums(sums[block.pairs], _own(block.matches), projection.draws)


def _exact(moving: Matches, projection: Projection) -> Iterator[tuple[Block, Leverages]]:
    inverse = np.asarray(projection.inverse)
    for block in blocks(moving, max(1, SLICE // moving.firms)):
        own, firm = _own(block.matches), block.matches.firm
        shares = shares_of_workers(block.matches)
        averaged = shares @ inverse
        quadratic = np.asarray(shares.multiply(averaged).sum(axis=1)).ravel()
        worker = block.matches.worker
        beyond = inverse[firm, firm] - 2 * averaged[worker, firm] + quadratic[worker]
        beyond *= block.matches.weight
        yield block, Leverages(own, beyond / (1 - own - beyond), np.zeros(len(own)))


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
