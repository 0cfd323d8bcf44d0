"""How do worker-years become matches? One pass over sorted records, piece by piece."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from helpers.decomposition.components import Outcome
from helpers.decomposition.fixed_effects import Slopes
from helpers.decomposition.matches import Floats, Integers, Matches
from helpers.decomposition.room import TEMPORARY, Room
from helpers.decomposition.sorting import read_sorted
from helpers.decomposition.spreading import Placed
from helpers.errors import DecompositionError

WIDE = 1 << 20  # numbers in a piece with a column for every year and control


def collapse(path: Path, firms: int, places: int, room: Room = TEMPORARY) -> tuple[Matches, float]:
    """Collapse sorted records to matches.

    Parameters
    ----------
    path : Path
        As `sorting.sort_records` writes it.
    places : int
        Number of places; 0 without.
    room : Room
        Receives ``start``, ``firm``, ``weight`` and ``place``.

    Returns
    -------
    Matches
        All worker-firm pairs. The place of a pair is the one with most of its worker-years; of equals, the
        first.
    float
        Worker-years whose place is not that of their pair.

    Raises
    ------
    DecompositionError
        When a worker has two records in a year.
    """
    names = ["year", "firm", "weight", *(["place"] if places else [])]
    start, firm = room.growing("start", np.int64), room.growing("firm", np.int32)
    weight = room.growing("weight", np.float64)
    place = room.growing("place", np.int32) if places else None
    start.append(np.zeros(1))
    pairs, elsewhere = 0, 0.0
    for piece in read_sorted(path, names):
        _no_worker_twice(piece)
        first = _first_of_matches(piece)
        start.append(pairs + np.cumsum(np.bincount(piece["run"][first])))
        pairs += len(first)
        firm.append(piece["firm"][first])
        weight.append(np.add.reduceat(piece["weight"], first))
        if place is not None:
            chosen, other = _main_place(piece["place"], piece["weight"], first, places)
            place.append(chosen)
            elsewhere += other
    made = Matches(start.whole(), firm.whole(), weight.whole(), firms)
    return made if place is None else replace(made, place=place.whole(), places=places), elsewhere


def within_workers(
    path: Path, controls: int, years: tuple[int, ...], number: Integers, keep: np.ndarray
) -> tuple[Floats, Floats, Floats]:
    """Years, controls and pay, each less its mean over the worker's records: products and totals by firm.

    Parameters
    ----------
    controls : int
        Number of controls of the column map; a dummy of each year from the second goes before them: of age,
        years and workers, which explain each other, it is then age that is not identified.
    years : tuple of int
        Years with an effect of their own; empty for none.
    number : (all firms,) int
        Number of each firm among those whose matches are kept.
    keep : (all matches,) bool
        Which are kept, in the order of `collapse`.

    Returns
    -------
    (k + 1, k + 1) float64
        Weighted cross products over records.
    (firms, k + 1) float64
        Weighted totals.
    (k + 1,) float64
        Weighted squares before the mean is taken off.
    """
    k = controls + max(0, len(years) - 1)
    firms = int(number.max()) + 1
    products, totals, squares = np.zeros((k + 1, k + 1)), np.zeros((firms, k + 1)), np.zeros(k + 1)
    done = 0
    names = ["year", "firm", "pay", "weight", *(f"x{c}" for c in range(controls))]
    for piece in read_sorted(path, names, WIDE // (k + 1)):
        first = _first_of_matches(piece)
        kept = keep[done : done + len(first)]
        done += len(first)
        if not kept.any():
            continue
        size = np.diff(np.append(first, len(piece["run"])))
        rows = np.repeat(kept, size)
        columns = [(piece["year"] == year).astype(float) for year in years[1:]]
        columns += [piece[f"x{c}"] for c in range(controls)]
        x = np.stack([column[rows] for column in [*columns, piece["pay"]]])
        weighted = x * piece["weight"][rows]
        crossed = weighted @ x.T
        products += crossed
        squares += np.diag(crossed)

        begin = np.concatenate([[0], np.cumsum(size[kept])[:-1]])
        sums = np.add.reduceat(weighted, begin, axis=1)
        weight = np.add.reduceat(piece["weight"], first)[kept]
        run = piece["run"][first[kept]]
        worker = np.flatnonzero(np.concatenate([[True], np.diff(run) != 0]))
        of_worker = np.add.reduceat(sums, worker, axis=1)
        means = of_worker / np.add.reduceat(weight, worker)
        products -= means @ of_worker.T
        sums -= weight * np.repeat(means, np.diff(np.append(worker, len(run))), axis=1)
        firm = number[piece["firm"][first[kept]]]
        for c in range(k + 1):
            np.add.at(totals[:, c], firm, sums[c])
    return products, totals, squares


def adjusted(
    path: Path,
    controls: int,
    years: tuple[int, ...],
    slopes: Slopes,
    keep: np.ndarray,
    position: Integers,
    room: Room = TEMPORARY,
) -> Outcome:
    """Pay less the effect of controls and years: mean and spread within each kept match.

    Parameters
    ----------
    keep : (all matches,) bool
        Which are kept, in the order of `collapse`.
    position : (matches,) int
        Where each of those that are kept stands, see `arrangement`.
    room : Room
        Receives ``mean``, ``within`` and ``rows``.
    """
    effect_of_year = np.zeros(max(years, default=0) + 1)
    before = max(0, len(years) - 1)
    effect_of_year[list(years[1:])] = slopes.b[:before]
    names = ["year", "firm", "pay", "weight", *(f"x{c}" for c in range(controls))]
    kinds: dict[str, DTypeLike] = {"mean": np.float64, "within": np.float64, "rows": np.int32}
    placed, done, begin = Placed(len(position), kinds, room), 0, 0
    for piece in read_sorted(path, names):
        first = _first_of_matches(piece)
        inside = keep[done : done + len(first)]
        done += len(first)
        left = piece["pay"] - sum(
            (piece[f"x{c}"] * slopes.b[before + c] for c in range(controls)), np.float64(0)
        )
        left = left - effect_of_year[piece["year"]] if years else left
        w = piece["weight"]
        size = np.diff(np.append(first, len(w)))
        mean = np.add.reduceat(w * left, first) / np.add.reduceat(w, first)
        spread = np.add.reduceat(w * (left - np.repeat(mean, size)) ** 2, first)
        here = position[begin : begin + int(inside.sum())]
        begin += len(here)
        placed.add(here, mean=mean[inside], within=spread[inside], rows=size[inside])
    made = {name: room.result(name, position.shape, kind) for name, kind in kinds.items()}
    placed.into(**made)
    return Outcome(**made)


def _first_of_matches(piece: dict[str, np.ndarray]) -> np.ndarray:
    """Where each match begins in a piece."""
    changes = (np.diff(piece["run"]) != 0) | (np.diff(piece["firm"]) != 0)
    return np.flatnonzero(np.concatenate([[True], changes]))


def _no_worker_twice(piece: dict[str, np.ndarray]) -> None:
    year = piece["year"].astype(np.int64)
    key = np.sort(piece["run"] * (year.max() + 1) + year)
    same = key[1:][np.diff(key) == 0]
    if len(same):
        raise DecompositionError(
            f"{len(same):,} worker-years or more occur twice, the first in {same[0] % (year.max() + 1)}. "
            "Keep one record for each worker and year, the main job for example."
        )


def _main_place(
    place: np.ndarray, weight: Floats, first: np.ndarray, places: int
) -> tuple[np.ndarray, float]:
    """Place of each match with most worker-years, and the worker-years that are elsewhere."""
    begin = np.zeros(len(place), dtype=np.int64)
    begin[first] = 1
    match = np.cumsum(begin) - 1
    chosen = place[first]
    if (chosen[match] == place).all():
        return chosen.astype(np.int32), 0.0
    keys, inverse = np.unique(match * places + place, return_inverse=True)
    years = np.bincount(inverse, weights=weight)
    best = np.lexsort((keys, -years, keys // places))
    _, start = np.unique(keys[best] // places, return_index=True)
    chosen = (keys[best] % places)[start].astype(np.int32)
    return chosen, float(weight[chosen[match] != place].sum())
