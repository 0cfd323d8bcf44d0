"""Which firms exchange workers, and how strongly? The graph left once worker effects are gone.

Partialling worker effects out of the weighted two-way regression leaves, for the firm effects, the normal
equations L psi = b with L = sum over movers i of (diag(n_i) - n_i n_i' / N_i), n_i the worker-years of i at
each firm and N_i their sum: the Laplacian of a graph in which a mover joins two firms with weight n_ij n_ik /
N_i. Stayers cancel out of L (Abowd, Creecy and Kramarz 2002; the graph as in Jochmans and Weidner 2019).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from helpers.decomposition.matches import Floats, Integers, Matches, blocks, by_firm, by_worker, movers
from helpers.decomposition.room import TEMPORARY, Room
from helpers.decomposition.spreading import summed


def laplacian(matches: Matches, room: Room = TEMPORARY) -> sparse.csr_array:
    """L, shape (firms, firms). Stayers may be among the matches: they add nothing."""
    counts = np.zeros(matches.firms, dtype=np.int64)
    for block in blocks(matches):
        moving, _ = movers(block.matches)
        times = np.repeat(moving.per_worker, moving.per_worker)
        counts += np.bincount(moving.firm, times, matches.firms).astype(np.int64)
    return summed((_entries(block.matches) for block in blocks(matches)), counts, matches.firms, room)


def _entries(matches: Matches) -> tuple[Integers, Integers, Floats]:
    """What the movers of a block add, as (row, column, value)."""
    moving, _ = movers(matches)
    shares = shares_of_workers(moving)
    held = sparse.csr_array((moving.weight, shares.indices, shares.indptr), shape=shares.shape)
    across = held.T.tocsr() @ shares
    across = (across + across.T).tocsr() / 2  # rounding must not make it asymmetric
    made = sparse.csr_array(sparse.diags_array(by_firm(moving.weight, moving)) - across).tocoo()
    there = made.data != 0  # the diagonal has all firms
    return made.row[there], made.col[there], made.data[there]


def shares_of_workers(matches: Matches) -> sparse.csr_array:
    """Share of each worker's years spent at each firm, shape (workers, firms)."""
    shares = matches.weight / np.repeat(matches.worker_years, matches.per_worker)
    return sparse.csr_array(  # a copy: the library may sort what it holds in place
        (shares, matches.firm.copy(), matches.start.astype(np.int32)), shape=(matches.workers, matches.firms)
    )


def right_side(totals: Floats, matches: Matches) -> Floats:
    """Right side b of the firm equations for weighted sums of the outcome by match, shape (firms,).

    Of any whole workers: those of stayers cancel.
    """
    mean = by_worker(totals, matches.start) / matches.worker_years
    return by_firm(totals, matches) - by_firm(matches.weight * np.repeat(mean, matches.per_worker), matches)
