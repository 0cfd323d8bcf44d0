"""What is a match? A worker's years at one firm, held as arrays sorted by worker, without any identifier."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Reals = NDArray[np.floating]
Integers = NDArray[np.integer]
Booleans = NDArray[np.bool_]


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
    """

    start: Integers
    firm: Integers
    weight: Floats
    firms: int
    place: Integers | None = None
    places: int = 0

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


def by_worker(values: Reals, start: Integers) -> Floats:
    """Sum over each worker's pairs; every worker has at least one. Shape (matches,) or (matches, k)."""
    return np.asarray(np.add.reduceat(values, start[:-1], axis=0), dtype=np.float64)


def by_firm(values: Floats, matches: Matches) -> Floats:
    """Sum over each firm's pairs, shape (firms,)."""
    return np.bincount(matches.firm, weights=values, minlength=matches.firms).astype(np.float64)


def by_place(values: Floats, matches: Matches) -> Floats:
    """Sum over each place's pairs, shape (places,)."""
    assert matches.place is not None  # noqa: S101 (tells mypy what callers see to)
    return np.bincount(matches.place, weights=values, minlength=matches.places).astype(np.float64)


def subset(matches: Matches, keep: Booleans) -> Matches:
    """The pairs that are kept, with workers who keep none left out and firms and places numbered anew.

    The order of workers, firms and places stays; `numbered` gives the new numbers of firms.
    """
    counts = np.add.reduceat(keep.astype(np.int64), matches.start[:-1])
    start = np.concatenate([[0], np.cumsum(counts[counts > 0])])
    firms, firm = numbered(matches.firm[keep], matches.firms)
    kept = Matches(start, firm, matches.weight[keep], len(firms))
    if matches.place is None:
        return kept
    places, place = numbered(matches.place[keep], matches.places)
    return replace(kept, place=place, places=len(places))


def numbered(codes: Integers, most: int) -> tuple[Integers, Integers]:
    """Codes that occur, in order, and each given code's position among them."""
    seen = np.zeros(most, dtype=bool)
    seen[codes] = True
    position = np.cumsum(seen, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(seen), position[codes]


def movers(matches: Matches) -> tuple[Matches, Booleans]:
    """Pairs of workers with more than one, firms and places as numbered, and which pairs these are."""
    several = matches.per_worker > 1
    theirs = np.repeat(several, matches.per_worker)
    start = np.concatenate([[0], np.cumsum(matches.per_worker[several])])
    place = None if matches.place is None else matches.place[theirs]
    return replace(
        matches, start=start, firm=matches.firm[theirs], weight=matches.weight[theirs], place=place
    ), theirs
