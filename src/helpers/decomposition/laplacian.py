"""Which firms exchange workers, and how strongly? The graph left once worker effects are gone.

Partialling worker effects out of the weighted two-way regression leaves, for the firm effects, the normal
equations L psi = b with L = sum over movers i of (diag(n_i) - n_i n_i' / N_i), n_i the worker-years of i at
each firm and N_i their sum: the Laplacian of a graph in which a mover joins two firms with weight n_ij n_ik /
N_i. Stayers cancel out of L (Abowd, Creecy and Kramarz 2002; the graph as in Jochmans and Weidner 2019).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from helpers.decomposition.matches import Floats, Matches, by_firm, by_worker


def laplacian(moving: Matches) -> sparse.csr_array:
    """L of the movers, shape (firms, firms)."""
    shares = shares_of_workers(moving)
    held = sparse.csr_array((moving.weight, shares.indices, shares.indptr), shape=shares.shape)
    across = held.T.tocsr() @ shares
    across = (across + across.T).tocsr() / 2  # rounding must not make it asymmetric
    return sparse.csr_array(sparse.diags_array(by_firm(moving.weight, moving)) - across)


def shares_of_workers(matches: Matches) -> sparse.csr_array:
    """Share of each worker's years spent at each firm, shape (workers, firms)."""
    shares = matches.weight / np.repeat(matches.worker_years, matches.per_worker)
    return sparse.csr_array(  # a copy: the library may sort what it holds in place
        (shares, matches.firm.copy(), matches.start.astype(np.int32)), shape=(matches.workers, matches.firms)
    )


def right_side(values: Floats, matches: Matches) -> Floats:
    """Right side b of the firm equations for weighted sums of the outcome by match, shape (firms,)."""
    mean = by_worker(values, matches.start) / matches.worker_years
    return by_firm(values, matches) - by_firm(matches.weight * np.repeat(mean, matches.per_worker), matches)
