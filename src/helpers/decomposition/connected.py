"""Whose firms can be compared? The largest connected set, and the largest that survives losing any one match.

Firm effects are identified within a connected set of the worker-firm graph (Abowd, Creecy and Kramarz 2002).
The leave-out correction moreover needs every match's leverage below one: no match may be a bridge of the
graph (Kline, Saggio and Solvsten 2020, whose program drops workers; here matches are
dropped, because a match is what is left out).

Workers pass by in blocks, and what is held of the graph is a forest that spans it: nearly all workers are
leaves of it, so that only firms and the few workers who join two of its parts have to be remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from scipy.sparse import csgraph  # type: ignore[import-untyped]

from helpers.decomposition.hashing import words
from helpers.decomposition.matches import Block, Booleans, Floats, Integers, Matches, blocks, firm_years
from helpers.decomposition.optional import compiled
from helpers.decomposition.room import TEMPORARY, Room
from helpers.errors import DecompositionError

LABELS = 0x5EED  # any fixed key: labels only have to look unrelated


@dataclass(frozen=True)
class LeaveOutSet:
    """The matches that remain, as a mask over those given, and what each step left."""

    keep: Booleans
    log: list[dict[str, float | str]]


@dataclass(frozen=True)
class Forest:
    """A forest that spans the graph of workers and firms, leaves of it left out.

    A worker's first match is an edge of it, and so is any other match that joined two parts when it came.

    Attributes
    ----------
    part : (firms,) int
        Part of the graph that each firm belongs to, named by its first firm.
    match : (edges,) int
        Number of the match that each edge is, of workers with at least two edges; in order.
    worker : (edges,) int
        Its worker, numbered among these.
    firm : (edges,) int
        Its firm.
    """

    part: Integers
    match: Integers
    worker: Integers
    firm: Integers


def leave_match_out(matches: Matches, room: Room = TEMPORARY) -> LeaveOutSet:
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
    if len(matches.firm) == matches.workers:
        raise DecompositionError(
            "No worker is seen at two firms, so firms cannot be told from workers. "
            "Check that the firm's identifier changes when a worker moves, and ask for more years."
        )
    years = firm_years(matches)
    forest = span(matches)
    connected = _largest(forest.part, years)
    bridge = bridges(matches, forest)
    stays = ~np.isin(forest.match, bridge)
    remains = _largest(_parts(forest, stays), np.where(connected, years, 0.0))

    everything, linked, left = (
        _Counts(name, matches.firms) for name in ("all", "largest connected set", "leave-match-out set")
    )
    keep = room.result("keep", (len(matches.firm),), np.bool_)
    for block in blocks(matches):
        firm = block.matches.firm
        kept = remains[firm]
        first, last = np.searchsorted(bridge, [block.pairs.start, block.pairs.stop])
        kept[bridge[first:last] - block.pairs.start] = False
        keep[block.pairs] = kept
        everything.add(block, np.ones(len(firm), dtype=bool))
        linked.add(block, connected[firm])
        left.add(block, kept)
    if left.movers == 0:
        raise DecompositionError(
            "No two firms stay connected when any one match is left out: there are too few movers for the "
            "leave-out correction. Widen the years, or take larger units than these firms."
        )
    return LeaveOutSet(keep, [counts.told() for counts in (everything, linked, left)])


def span(matches: Matches) -> Forest:
    """A spanning forest, in one pass over workers."""
    parent = np.arange(matches.firms, dtype=np.int32)
    match, worker, firm, count = [], [], [], 0
    for block in blocks(matches):
        root, first, at = _roots(parent), block.matches.start[:-1], block.matches.firm
        home = np.repeat(at[first], block.matches.per_worker)
        apart = np.flatnonzero(root[home] != root[at])
        joined = apart[_join(parent, home[apart], at[apart])]
        whose = np.unique(np.searchsorted(block.matches.start, joined, side="right") - 1)
        edges = np.union1d(joined, first[whose])
        match.append(edges + block.pairs.start)
        worker.append(count + np.searchsorted(first[whose], edges, side="right") - 1)
        firm.append(at[edges])
        count += len(whose)
    return Forest(_roots(parent), *(np.concatenate(parts) for parts in (match, worker, firm)))


@compiled
def _join(parent, one, other):  # type: ignore[no-untyped-def]
    """Join the parts of pairs of firms, in place; which were still apart. The root of a part is its first."""
    joined = np.zeros(len(one), dtype=np.bool_)
    for k in range(len(one)):
        a, b = one[k], other[k]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a != b:
            parent[max(a, b)] = min(a, b)
            joined[k] = True
    return joined


def _roots(parent: Integers) -> Integers:
    root = parent[parent]
    while (root != parent).any():
        parent, root = root, root[root]
    return root


def bridges(matches: Matches, forest: Forest) -> Integers:
    """Which matches are bridges of their connected set? Their numbers, in order.

    Each match outside the forest gets a random label of 64 bits, which is added to its worker and taken from
    its firm, round the clock of 64 bits. Within any part of the graph the labels of matches inside it cancel,
    so that a tree edge is a bridge when what is below it sums to zero (as Pritchard and Thurimella 2011,
    "Fast computation of small cuts via cycle space sampling"). A match is mistaken for a bridge with
    probability 2^-64. A worker with one edge in the forest is a leaf of it, whose edge is no bridge: the
    labels of its other matches are at once given to its firm.
    """
    nodes = matches.firms + int(forest.worker.max(initial=-1)) + 1
    value = np.zeros(nodes, dtype=np.uint64)
    for block in blocks(matches):
        first, at = block.matches.start[:-1], block.matches.firm
        low, high = np.searchsorted(forest.match, [block.pairs.start, block.pairs.stop])
        in_forest = np.zeros(len(at), dtype=bool)
        in_forest[forest.match[low:high] - block.pairs.start] = True
        label = words(LABELS, np.arange(block.pairs.start, block.pairs.stop))
        label[in_forest] = label[first] = 0
        np.subtract.at(value, at, label)
        node = at[first]
        node[in_forest[first]] = matches.firms + np.unique(forest.worker[low:high])
        np.add.at(value, node, np.add.reduceat(label, first))
    order, before = _from_the_root(forest, nodes)
    _sum_up_the_tree(value, order, before)
    worker, firm = _ends(forest)
    child = np.where(before[worker] == firm, worker, firm)
    return np.asarray(forest.match[value[child] == 0])


def _from_the_root(forest: Forest, nodes: int) -> tuple[Integers, Integers]:
    """Nodes in breadth-first order from a node put above the first firm of each part; and their parents."""
    roots = np.flatnonzero(forest.part == np.arange(len(forest.part)))
    ends = (np.append(_ends(forest)[0], np.full(len(roots), nodes)), np.append(forest.firm, roots))
    found: tuple[Integers, Integers] = csgraph.breadth_first_order(
        _graph(*ends, nodes + 1), nodes, directed=True
    )
    return found


def _sum_up_the_tree(value: Integers, order: Integers, before: Integers) -> None:
    """Turn each node's label into that of its subtree, from the deepest level upwards, in place."""
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    parent = position[before[order[1:]]]  # of the second node on; never falls in breadth-first order
    levels = [0, 1]
    while levels[-1] < len(order):
        levels.append(1 + int(np.searchsorted(parent, levels[-1])))
    for begin, end in reversed(list(pairwise(levels[2:]))):  # not into the node that was put on top
        np.add.at(value, before[order[begin:end]], value[order[begin:end]])


def _graph(one: Integers, other: Integers, nodes: int) -> sparse.csr_array:
    """Both directions of every edge."""
    ends = (np.concatenate([one, other]), np.concatenate([other, one]))
    return sparse.csr_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(nodes, nodes))


def _parts(forest: Forest, which: Booleans) -> Integers:
    """Connected part of each firm, by these edges alone."""
    worker, firm = (end[which] for end in _ends(forest))
    nodes = len(forest.part) + int(forest.worker.max(initial=-1)) + 1
    return csgraph.connected_components(_graph(worker, firm, nodes), directed=False)[1][: len(forest.part)]


def _ends(forest: Forest) -> tuple[Integers, Integers]:
    """Ends of each edge in a graph of firms, then workers."""
    return forest.worker + len(forest.part), forest.firm


def _largest(part: Integers, years: Floats) -> Booleans:
    """Firms of the part that has the most worker-years; of equals, the one with the first firm."""
    size = np.bincount(part, weights=years)[part]
    return np.asarray(part == part[int(np.argmax(size))])


class _Counts:
    """How much a step leaves."""

    def __init__(self, step: str, firms: int) -> None:
        self.step = step
        self.worker_years, self.workers, self.movers, self.matches = 0.0, 0, 0, 0
        self.firm = np.zeros(firms, dtype=bool)

    def add(self, block: Block, kept: Booleans) -> None:
        """Count the pairs of a block that are kept."""
        per_worker = np.add.reduceat(kept, block.matches.start[:-1], dtype=np.int64)
        self.worker_years += float(block.matches.weight[kept].sum())
        self.workers += int((per_worker > 0).sum())
        self.movers += int((per_worker > 1).sum())
        self.matches += int(per_worker.sum())
        self.firm[block.matches.firm[kept]] = True

    def told(self) -> dict[str, float | str]:
        """The counts by their names."""
        counted: dict[str, float | str] = {"set": self.step, "worker_years": self.worker_years}
        return counted | {
            "workers": self.workers,
            "movers": self.movers,
            "firms": int(self.firm.sum()),
            "matches": self.matches,
        }
