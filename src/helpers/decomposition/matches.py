"""What is a match? A worker's years at one firm, held as arrays sorted by worker, without any identifier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from helpers.decomposition.room import TEMPORARY, Room

Floats = NDArray[np.float64]
Reals = NDArray[np.floating]
Integers = NDArray[np.integer]
Booleans = NDArray[np.bool_]
BLOCK = 1 << 20  # matches that are worked on at a time


@dataclass(frozen=True)
class Matches:
    """The worker-firm pairs of a panel: the pairs of worker ``i`` are ``start[i]:start[i + 1]``.

    Attributes
    ----------
    start : (workers + 1,) int64
        Where each worker's pairs begin.
    firm : (matches,) int32
        Firm of each pair, 0 to ``firms`` - 1.
    weight : (matches,) float64
        Worker-years of each pair, above zero.
    firms : int
        Number of firms.
    place : (matches,) int32 or None
        Place of each pair, 0 to ``places`` - 1.
    places : int
        Number of places; 0 without places.
    movers : int
        Number of workers with more than one pair, where these come first (see `arrangement`).
    """

    start: Integers
    firm: Integers
    weight: Floats
    firms: int
    place: Integers | None = None
    places: int = 0
    movers: int = 0

    @property
    def workers(self) -> int:
        """Number of workers."""
        return len(self.start) - 1

    @property
    def per_worker(self) -> Integers:
        """Number of pairs of each worker."""
        return np.diff(self.start)

    @property
    def worker(self) -> Integers:
        """Worker of each pair."""
        return np.repeat(np.arange(self.workers, dtype=np.int32), self.per_worker)

    @property
    def worker_years(self) -> Floats:
        """Worker-years of each worker."""
        return by_worker(self.weight, self.start)

    @property
    def where(self) -> Integers:
        """Place of each pair, asked for only with places."""
        assert self.place is not None  # noqa: S101 (tells mypy what callers see to)
        return self.place

    @property
    def moving(self) -> Matches:
        """Pairs of the movers, where these come first."""
        return _stretch(self, slice(0, self.movers))


@dataclass(frozen=True)
class Block:
    """Whole workers, few enough for their pairs to be worked on in memory.

    Attributes
    ----------
    matches : Matches
        Of these workers, with firms and places as numbered in all.
    workers, pairs : slice
        Where they stand among all.
    """

    matches: Matches
    workers: slice
    pairs: slice


def blocks(matches: Matches, most: int | None = None) -> Iterator[Block]:
    """All workers in their order, with `BLOCK` pairs, or so many, at a time."""
    begin = 0
    while begin < matches.workers:
        end = int(np.searchsorted(matches.start, matches.start[begin] + (most or BLOCK), side="right")) - 1
        workers = slice(begin, max(begin + 1, end))
        pairs = slice(int(matches.start[workers.start]), int(matches.start[workers.stop]))
        yield Block(_stretch(matches, workers), workers, pairs)
        begin = workers.stop


def _stretch(matches: Matches, workers: slice) -> Matches:
    """Some workers that stand side by side: views, but for their beginnings."""
    begin, end = int(matches.start[workers.start]), int(matches.start[workers.stop])
    start = matches.start[workers.start : workers.stop + 1]
    return replace(
        matches,
        start=start - begin if begin else start,
        firm=matches.firm[begin:end],
        weight=matches.weight[begin:end],
        place=None if matches.place is None else matches.place[begin:end],
        movers=min(max(0, matches.movers - workers.start), workers.stop - workers.start),
    )


def by_worker(values: Reals, start: Integers) -> Floats:
    """Sum over each worker's pairs; every worker has at least one. Shape (matches,) or (matches, k)."""
    return np.asarray(np.add.reduceat(values, start[:-1], axis=0), dtype=np.float64)


def by_firm(values: Floats, matches: Matches) -> Floats:
    """Sum over each firm's pairs, shape (firms,)."""
    return np.bincount(matches.firm, weights=values, minlength=matches.firms).astype(np.float64)


def by_place(values: Floats, matches: Matches) -> Floats:
    """Sum over each place's pairs, shape (places,)."""
    return np.bincount(matches.where, weights=values, minlength=matches.places).astype(np.float64)


def firm_years(matches: Matches) -> Floats:
    """Worker-years of each firm."""
    return np.asarray(sum(by_firm(block.matches.weight, block.matches) for block in blocks(matches)))


def place_years(matches: Matches) -> Floats:
    """Worker-years of each place."""
    return np.asarray(sum(by_place(block.matches.weight, block.matches) for block in blocks(matches)))


def subset(matches: Matches, keep: Booleans, room: Room = TEMPORARY) -> tuple[Matches, Integers, Integers]:
    """The pairs that are kept, with workers who keep none left out and firms and places numbered anew.

    Returns
    -------
    Matches
        In the same order of workers, firms and places.
    (firms,) int
        The number that each of its firms had.
    (places,) int
        The number that each of its places had.
    """
    pairs = workers = 0
    firm_seen, place_seen = np.zeros(matches.firms, dtype=bool), np.zeros(matches.places, dtype=bool)
    for block in blocks(matches):
        kept = keep[block.pairs]
        pairs += int(kept.sum())
        workers += int(np.logical_or.reduceat(kept, block.matches.start[:-1]).sum())
        firm_seen[block.matches.firm[kept]] = True
        if block.matches.place is not None:
            place_seen[block.matches.place[kept]] = True
    start = room.scratch((workers + 1,), np.int64)
    firm, weight = room.scratch((pairs,), np.int32), room.scratch((pairs,), np.float64)
    place = None if matches.place is None else room.scratch((pairs,), np.int32)
    firm_number, place_number = (np.cumsum(seen, dtype=np.int32) - 1 for seen in (firm_seen, place_seen))
    pairs = workers = 0
    for block in blocks(matches):
        kept = keep[block.pairs]
        counts = np.add.reduceat(kept, block.matches.start[:-1], dtype=np.int64)
        counts = counts[counts > 0]
        here = slice(pairs, pairs + int(counts.sum()))
        start[workers + 1 : workers + 1 + len(counts)] = pairs + np.cumsum(counts)
        firm[here] = firm_number[block.matches.firm[kept]]
        weight[here] = block.matches.weight[kept]
        if place is not None and block.matches.place is not None:
            place[here] = place_number[block.matches.place[kept]]
        pairs, workers = here.stop, workers + len(counts)
    firms, places = np.flatnonzero(firm_seen), np.flatnonzero(place_seen)
    made = Matches(start, firm, weight, len(firms), place, len(places))
    return made, firms, places


def movers(matches: Matches) -> tuple[Matches, Booleans]:
    """Pairs of workers with more than one, firms and places as numbered, and which pairs these are.

    In memory: for a block of workers, or where movers do not come first and pairs are few.
    """
    several = matches.per_worker > 1
    theirs = np.repeat(several, matches.per_worker)
    start = np.concatenate([[0], np.cumsum(matches.per_worker[several])])
    place = None if matches.place is None else matches.place[theirs]
    return replace(
        matches, start=start, firm=matches.firm[theirs], weight=matches.weight[theirs], place=place, movers=0
    ), theirs
