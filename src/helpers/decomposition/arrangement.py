"""In which order are matches stored? Movers first, those between like firms together; then the stayers.

A pass over movers looks up values of their firms. In the order of their names it would fetch each from main
memory; by tiles of firms that movers join it finds most in cache. Firms are numbered as the solver has them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.decomposition import laplacian, solver
from helpers.decomposition.matches import Block, Integers, Matches, blocks, movers
from helpers.decomposition.optional import HAVE_NUMBA
from helpers.decomposition.room import TEMPORARY, Array, Room
from helpers.decomposition.spreading import Placed, Spread

TILE = 4_096  # firms: their values in a block of draws fill 256 kB, so that those of two tiles stay in cache
BINS = 1 << 16
MATCH = np.dtype(
    [
        ("key", np.int64),
        ("begins", np.bool_),
        ("was", np.int64),
        ("firm", np.int32),
        ("weight", np.float64),
        ("place", np.int32),
    ]
)


@dataclass(frozen=True)
class Arranged:
    """Matches in the order in which they are worked on.

    Attributes
    ----------
    matches : Matches
        Movers first, firms in the solver's order.
    graph : Solver
        Of the movers' Laplacian.
    position : (matches,) int64
        Where each of the matches given has gone.
    """

    matches: Matches
    graph: solver.Solver
    position: Integers


def arrange(matches: Matches, use_numba: bool = HAVE_NUMBA, room: Room = TEMPORARY) -> Arranged:
    """Number firms for the solver and put matches in order.

    Parameters
    ----------
    matches : Matches
        Connected.
    room : Room
        Receives ``start``, ``firm``, ``weight``, ``place`` and ``position``, and of the graph what
        `solver.prepare` leaves.
    """
    neighbourhood = None
    if matches.place is not None:  # any of the firm's places will do
        neighbourhood = np.empty(matches.firms, dtype=np.int32)
        for block in blocks(matches):
            neighbourhood[block.matches.firm] = block.matches.where
    scratch = Room(spill=room.spill)
    graph = solver.prepare(laplacian.laplacian(matches, scratch), use_numba, neighbourhood, room)
    number = np.empty(matches.firms, dtype=np.int32)
    number[graph.order] = np.arange(matches.firms, dtype=np.int32)
    made = _Target(matches, room)
    for part in _movers_in_order(matches, number, room):
        made.add(part["begins"], part["firm"], part["weight"], part["place"], part["was"])
    moving = made.workers
    for block in blocks(matches):
        _, theirs = movers(block.matches)
        own = block.matches
        place = own.place[~theirs] if own.place is not None else None
        was = block.pairs.start + np.flatnonzero(~theirs)
        made.add(np.ones(len(was), dtype=bool), number[own.firm[~theirs]], own.weight[~theirs], place, was)
    position = room.result("position", (len(matches.firm),), np.int64)
    made.placed.into(position=position)
    arranged = Matches(
        made.start, made.firm, made.weight, matches.firms, made.place, matches.places, movers=moving
    )
    return Arranged(arranged, graph, position)


class _Target:
    """Matches as they are put down one behind the other."""

    def __init__(self, matches: Matches, room: Room) -> None:
        pairs = len(matches.firm)
        self.start = room.result("start", (matches.workers + 1,), np.int64)
        self.firm = room.result("firm", (pairs,), np.int32)
        self.weight = room.result("weight", (pairs,), np.float64)
        self.place = None if matches.place is None else room.result("place", (pairs,), np.int32)
        self.placed = Placed(pairs, {"position": np.int64}, room)
        self.workers = self._pairs = 0

    def add(self, begins: Array, firm: Array, weight: Array, place: Array | None, was: Array) -> None:
        """Put down the pairs of whole workers, who begin where it is said; where they stood before."""
        here = slice(self._pairs, self._pairs + len(firm))
        self.firm[here], self.weight[here] = firm, weight
        if self.place is not None:
            self.place[here] = place
        first = np.flatnonzero(begins)
        self.start[self.workers : self.workers + len(first)] = here.start + first
        self.placed.add(was, position=np.arange(here.start, here.stop))
        self.workers, self._pairs = self.workers + len(first), here.stop
        self.start[self.workers] = here.stop


def _movers_in_order(matches: Matches, number: Integers, room: Room):  # type: ignore[no-untyped-def]
    """Movers' pairs, by the tiles of their first and last firm; of equals, as they stood."""
    tiles = matches.firms // TILE + 1
    width = tiles * tiles * TILE // BINS + 1  # of the key, in a bin
    counts = np.zeros(BINS, dtype=np.int64)
    for block in blocks(matches):
        key = _keys(block, number, tiles)[0]
        counts += np.bincount(key // width, minlength=BINS)
    spread = Spread(counts, MATCH, room)
    for block in blocks(matches):
        key, moving, theirs = _keys(block, number, tiles)
        begins = np.zeros(len(key), dtype=bool)
        begins[moving.start[:-1]] = True
        was = block.pairs.start + np.flatnonzero(theirs)
        place = np.zeros(len(key)) if moving.place is None else moving.place
        told = {"begins": begins, "was": was, "firm": number[moving.firm], "weight": moving.weight}
        spread.add(key // width, key=key, place=place, **told)
    for part in spread:
        yield part[np.argsort(part["key"], kind="stable")]


def _keys(block: Block, number: Integers, tiles: int) -> tuple[Array, Matches, Array]:
    """Key of each pair of the block's movers, alike for all of a mover's; the pairs, and which they are."""
    moving, theirs = movers(block.matches)
    firm = number[moving.firm].astype(np.int64)
    if not len(firm):
        return firm, moving, theirs
    least = np.minimum.reduceat(firm, moving.start[:-1])
    most = np.maximum.reduceat(firm, moving.start[:-1])
    key = (least // TILE * tiles + most // TILE) * TILE + least % TILE
    return np.repeat(key, moving.per_worker), moving, theirs
