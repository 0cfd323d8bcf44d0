"""How to solve with the graph of firms when it is a long chain or falls nearly apart? By sampled elimination.

Firms are eliminated one by one. Exact elimination of a firm joins all its neighbours with each other; instead
a random tree among them, right on average, is put in. The factor is as sparse as the graph and nearly its
inverse, whatever the graph (Kyng and Sachdeva 2016; Gao, Kyng and Spielman 2023, "Robust and practical
solution of Laplacian equations by approximate elimination"). On a tree it is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from helpers.decomposition.matches import Integers
from helpers.decomposition.optional import compiled


@dataclass(frozen=True)
class Factor:
    """Columns of the factor in the order of elimination.

    Attributes
    ----------
    start : (firms + 1,) int64
        Where each column begins.
    row : (entries,) int32
        Later firms.
    share : (entries,) float32
        Share of the eliminated firm's weight that goes to each of them; sums to 1 within a column.
    pivot : (firms,) float32
        Weight of each firm when its turn came; zero for the last.
    """

    start: Integers
    row: Integers
    share: NDArray[np.float32]
    pivot: NDArray[np.float32]


_NOTHING = np.empty(0, dtype=np.float32)
NO_FACTOR = Factor(_NOTHING.astype(np.int64), _NOTHING.astype(np.int32), _NOTHING, _NOTHING)


def elimination_order(graph: sparse.csr_array) -> Integers:
    """Firms by their number of neighbours, fewest first: the order that the factor expects them in."""
    return np.argsort(np.diff(graph.indptr), kind="stable").astype(np.int32)


def factorise(graph: sparse.csr_array, seed: int = 1) -> Factor:
    """Approximate factor of a Laplacian whose firms stand in the order of elimination.

    Parameters
    ----------
    graph : (firms, firms) sparse
        Laplacian.
    seed : int
        Of the sampling. The solution does not depend on it, only the number of steps to it.
    """
    above = sparse.triu(graph, k=1, format="csr")
    start, row, share, pivot = _eliminate(above.indptr, above.indices, -above.data, np.uint64(seed))
    return Factor(start, row, share.astype(np.float32), pivot.astype(np.float32))


@compiled
def _eliminate(indptr, indices, weights, seed):  # type: ignore[no-untyped-def]
    firms = len(indptr) - 1
    edges = len(indices)
    head = np.full(firms, -1, dtype=np.int64)
    following = np.empty(edges, dtype=np.int64)
    to = np.empty(edges, dtype=np.int32)
    value = np.empty(edges, dtype=np.float64)
    for u in range(firms):  # each edge waits at the end that is eliminated first
        for e in range(indptr[u], indptr[u + 1]):
            to[e], value[e] = indices[e], weights[e]
            following[e] = head[u]
            head[u] = e

    start = np.zeros(firms + 1, dtype=np.int64)
    row = np.empty(edges, dtype=np.int32)
    share = np.empty(edges, dtype=np.float64)
    pivot = np.zeros(firms, dtype=np.float64)
    total = np.zeros(firms, dtype=np.float64)  # weight from the current firm to each neighbour
    neighbours = np.empty(firms, dtype=np.int32)
    freed = np.empty(edges, dtype=np.int64)
    state = seed
    filled = 0
    for u in range(firms):
        count = 0
        spare = 0
        e = head[u]
        while e >= 0:  # several edges to one neighbour become one
            if total[to[e]] == 0.0:
                neighbours[count] = to[e]
                count += 1
            total[to[e]] += value[e]
            freed[spare] = e
            spare += 1
            e = following[e]
        if filled + count > len(row):
            room = max(2 * len(row), filled + count)
            wider_row = np.empty(room, dtype=np.int32)
            wider_row[:filled] = row[:filled]
            row = wider_row
            wider_share = np.empty(room, dtype=np.float64)
            wider_share[:filled] = share[:filled]
            share = wider_share
        found = neighbours[:count]
        weight = np.empty(count, dtype=np.float64)
        for k in range(count):
            weight[k] = total[found[k]]
            total[found[k]] = 0.0
        rank = np.argsort(weight)
        ahead = np.cumsum(weight[rank])
        all_weight = ahead[count - 1] if count else 0.0
        pivot[u] = all_weight
        for k in range(count):
            row[filled + k] = found[rank[k]]
            share[filled + k] = weight[rank[k]] / all_weight
        filled += count
        start[u + 1] = filled
        for k in range(count - 1):
            rest = all_weight - ahead[k]
            state += np.uint64(0x9E3779B97F4A7C15)
            mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            mixed = mixed ^ (mixed >> np.uint64(31))
            aim = ahead[k] + rest * (np.float64(mixed >> np.uint64(11)) * 2.0**-53)
            other = k + 1 + np.searchsorted(ahead[k + 1 : count - 1], aim)
            a, b = found[rank[k]], found[rank[other]]
            if a > b:
                a, b = b, a
            spare -= 1
            e = freed[spare]
            to[e], value[e] = b, weight[rank[k]] * rest / all_weight
            following[e] = head[a]
            head[a] = e
    return start, row[:filled].copy(), share[:filled].copy(), pivot
