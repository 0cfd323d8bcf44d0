"""Whose firms can be compared? The largest connected set, and the largest that survives losing any one match.

Firm effects are identified within a connected set of the worker-firm graph (Abowd, Creecy and Kramarz 2002).
The leave-out correction moreover needs every match's leverage below one: no match may be a bridge of the
graph (Kline, Saggio and Solvsten 2020, whose program drops workers; here matches are
dropped, because a match is what is left out).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from scipy.sparse import csgraph  # type: ignore[import-untyped]

from helpers.decomposition.hashing import words
from helpers.decomposition.matches import Booleans, Floats, Integers, Matches, by_firm, movers, subset
from helpers.errors import DecompositionError

LABELS = 0x5EED  # any fixed key: labels only have to look unrelated


@dataclass(frozen=True)
class LeaveOutSet:
    """The matches that remain, as a mask over those given, and what each step left."""

    keep: Booleans
    log: list[dict[str, float | str]]


def leave_match_out(matches: Matches) -> LeaveOutSet:
    """Largest leave-match-out connected set, by worker-years.

    The largest connected set of firms and movers is found first. Within it all matches that are bridges are
    dropped at once, and of the parts that remain the one with the most worker-years is kept: no part without
    bridges gains one by dropping others, so that nothing has to be repeated. Workers seen at one firm only
    stay with their firm. A worker all but one of whose matches were dropped would have lost the last as well:
    of a worker's matches in a part without bridges there are at least two, or none.

    Raises
    ------
    DecompositionError
        With one firm, no movers, or when no two firms remain.
    """
    if matches.firms < 2:
        raise DecompositionError("There is only one firm: nothing tells its pay from its workers'.")
    moving, theirs = movers(matches)
    if moving.workers == 0:
        raise DecompositionError(
            "No worker is seen at two firms, so firms cannot be told from workers. "
            "Check that the firm's identifier changes when a worker moves, and ask for more years."
        )
    worker = np.full(len(theirs), -1, dtype=np.int32)
    worker[theirs] = moving.worker
    log = [_counts("all", matches, np.ones(len(theirs), dtype=bool))]

    firm_years = by_firm(matches.weight, matches)
    part = _parts(moving.worker, moving.firm, moving.workers, matches.firms)
    connected = _largest(part, firm_years, matches)
    log.append(_counts("largest connected set", matches, connected))

    inside = connected[theirs]
    bridge = np.zeros(len(inside), dtype=bool)
    bridge[inside] = bridges(moving.worker[inside], moving.firm[inside], moving.workers, matches.firms)
    stays = inside & ~bridge
    part = _parts(moving.worker[stays], moving.firm[stays], moving.workers, matches.firms)
    firm_part = part[: matches.firms]
    keep = connected & (firm_part[matches.firm] == firm_part[_biggest(part, firm_years, matches, connected)])
    keep[np.flatnonzero(theirs)[~stays]] = False
    log.append(_counts("leave-match-out set", matches, keep))
    if not (subset(matches, keep).per_worker > 1).any():
        raise DecompositionError(
            "No two firms stay connected when any one match is left out: there are too few movers for the "
            "leave-out correction. Widen the years, or take larger units than these firms."
        )
    return LeaveOutSet(keep, log)


def bridges(worker: Integers, firm: Integers, workers: int, firms: int) -> Booleans:
    """Which edges of a connected bipartite graph are bridges?

    Each edge outside a spanning tree gets a random label of 64 bits, and each tree edge the exclusive or of
    the labels of the edges that bridge the cut it makes: it is a bridge when that is zero (Pritchard and
    Thurimella 2011, "Fast computation of small cuts via cycle space sampling"). An edge is
    mistaken for a bridge with probability 2^-64.

    Parameters
    ----------
    worker, firm : (edges,) int
        Ends of each edge; sorted by worker, each pair once.
    """
    ends = worker.astype(np.int32) + np.int32(firms)
    graph = _graph(ends, firm, workers + firms)
    order, before = csgraph.breadth_first_order(graph, int(firm[0]), directed=True)
    del graph
    in_tree = (before[ends] == firm) | (before[firm] == ends)
    label = words(LABELS, np.arange(len(ends)))
    label[in_tree] = 0

    value = np.zeros(workers + firms, dtype=np.uint64)
    for end in (ends, firm):
        by_end = np.argsort(end, kind="stable")
        sorted_end = end[by_end]
        first = np.flatnonzero(np.concatenate([[True], sorted_end[1:] != sorted_end[:-1]]))
        value[sorted_end[first]] = np.bitwise_xor.reduceat(label[by_end], first)
    _sum_up_the_tree(value, order, before)
    child = np.where(before[ends] == firm, ends, firm)
    return in_tree & (value[child] == 0)


def _sum_up_the_tree(value: Integers, order: Integers, before: Integers) -> None:
    """Turn each node's label into that of its subtree, from the deepest level upwards, in place."""
    position = np.empty(len(value), dtype=np.int64)
    position[order] = np.arange(len(order))
    parent = position[before[order[1:]]]  # of the second node on; never falls in breadth-first order
    levels = [0, 1]
    while levels[-1] < len(order):
        levels.append(1 + int(np.searchsorted(parent, levels[-1])))
    for begin, end in reversed(list(pairwise(levels[1:]))):
        above = parent[begin - 1 : end - 1]
        first = np.flatnonzero(np.concatenate([[True], above[1:] != above[:-1]]))
        value[order[above[first]]] ^= np.bitwise_xor.reduceat(value[order[begin:end]], first)


def _graph(ends: Integers, firm: Integers, nodes: int) -> sparse.csr_array:
    """Both directions of every edge."""
    ones = np.ones(2 * len(ends), dtype=np.float64)
    rows, columns = np.concatenate([ends, firm]), np.concatenate([firm, ends])
    return sparse.csr_array((ones, (rows, columns)), shape=(nodes, nodes))


def _parts(worker: Integers, firm: Integers, workers: int, firms: int) -> Integers:
    """Connected part of each firm, then of each worker."""
    graph = _graph(worker.astype(np.int32) + np.int32(firms), firm, workers + firms)
    return csgraph.connected_components(graph, directed=True, connection="weak")[1]


def _biggest(part: Integers, firm_years: Floats, matches: Matches, inside: Booleans) -> int:
    """A firm of the part that has the most worker-years; of equals, the one with the first firm."""
    firm_inside = np.zeros(matches.firms, dtype=bool)
    firm_inside[matches.firm[inside]] = True
    size = np.bincount(part[: matches.firms], weights=np.where(firm_inside, firm_years, 0.0))
    return int(np.argmax(size[part[: matches.firms]]))


def _largest(part: Integers, firm_years: Floats, matches: Matches) -> Booleans:
    """Matches of the part that has the most worker-years."""
    everything = np.ones(len(matches.firm), dtype=bool)
    firm_part = part[: matches.firms]
    return firm_part[matches.firm] == firm_part[_biggest(part, firm_years, matches, everything)]


def _counts(step: str, matches: Matches, keep: Booleans) -> dict[str, float | str]:
    """How much a step leaves."""
    kept = subset(matches, keep)
    return {
        "set": step,
        "worker_years": float(kept.weight.sum()),
        "workers": kept.workers,
        "movers": int((kept.per_worker > 1).sum()),
        "firms": kept.firms,
        "matches": len(kept.firm),
    }
