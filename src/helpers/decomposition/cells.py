"""How do worker-years become matches? One pass over sorted records, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.decomposition.components import Outcome
from helpers.decomposition.fixed_effects import Slopes
from helpers.decomposition.matches import Floats, Matches
from helpers.decomposition.sorting import read_sorted
from helpers.errors import DecompositionError


@dataclass(frozen=True)
class Cells:
    """Matches and their sums.

    Attributes
    ----------
    matches : Matches
        All worker-firm pairs. The place of a pair is the one with most of its worker-years; of equals, the
        first.
    pay : (matches,) float64
        Weighted sum of pay.
    controls : (matches, k) float64
        Weighted sums of controls: those of the column map, then one per year from the second.
    elsewhere : float
        Worker-years whose place is not that of their pair.
    """

    matches: Matches
    pay: Floats
    controls: Floats
    elsewhere: float


def collapse(path: Path, firms: int, places: int, controls: int, years: tuple[int, ...]) -> Cells:
    """Collapse sorted records to matches.

    Parameters
    ----------
    path : Path
        As `sorting.sort_records` writes it.
    places : int
        Number of places; 0 without.
    controls : int
        Number of controls of the column map.
    years : tuple of int
        Years with an effect of their own; empty for none.

    Raises
    ------
    DecompositionError
        When a worker has two records in a year.
    """
    names = [
        "year",
        "firm",
        "pay",
        "weight",
        *(["place"] if places else []),
        *(f"x{k}" for k in range(controls)),
    ]
    counts, firm, weight, place, pay, sums, elsewhere = [], [], [], [], [], [], 0.0
    for piece in read_sorted(path, names):
        _no_worker_twice(piece)
        first = _first_of_matches(piece)
        run, w = piece["run"], piece["weight"]
        counts.append(np.bincount(run[first], minlength=run[-1] + 1))
        firm.append(piece["firm"][first])
        weight.append(np.add.reduceat(w, first))
        pay.append(np.add.reduceat(w * piece["pay"], first))
        columns = [w * piece[f"x{k}"] for k in range(controls)]
        columns += [w * (piece["year"] == year) for year in years[1:]]
        sums.append(
            np.stack([np.add.reduceat(column, first) for column in columns], axis=1)
            if columns
            else np.empty((len(first), 0))
        )
        if places:
            chosen, other = _main_place(piece["place"], w, first, places)
            place.append(chosen)
            elsewhere += other
    start = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    matches = Matches(
        start,
        np.concatenate(firm),
        np.concatenate(weight),
        firms,
        np.concatenate(place) if places else None,
        places,
    )
    return Cells(matches, np.concatenate(pay), np.concatenate(sums), elsewhere)


def products(path: Path, controls: int, years: tuple[int, ...], keep: np.ndarray) -> tuple[Floats, Floats]:
    """Weighted cross products of controls, (k, k), and of controls with pay, (k,), in kept matches.

    Parameters
    ----------
    keep : (matches,) bool
        In the order of `collapse`.
    """
    k = controls + max(0, len(years) - 1)
    left, right, done = np.zeros((k, k)), np.zeros(k), 0
    names = ["year", "firm", "pay", "weight", *(f"x{c}" for c in range(controls))]
    for piece in read_sorted(path, names):
        first = _first_of_matches(piece)
        matches = len(first)
        kept = np.repeat(keep[done : done + matches], np.diff(np.append(first, len(piece["run"]))))
        done += matches
        w, year = piece["weight"][kept], piece["year"][kept]
        x = np.stack(
            [piece[f"x{c}"][kept] for c in range(controls)] + [(year == t).astype(float) for t in years[1:]]
        )
        left += (x * w) @ x.T
        right += (x * w) @ piece["pay"][kept]
    return left, right


def adjusted(path: Path, controls: int, years: tuple[int, ...], slopes: Slopes, keep: np.ndarray) -> Outcome:
    """Pay less the effect of controls and years: mean and spread within each kept match."""
    effect_of_year = np.zeros(max(years, default=0) + 1)
    effect_of_year[list(years[1:])] = slopes.b[controls:]
    names = ["year", "firm", "pay", "weight", *(f"x{c}" for c in range(controls))]
    means, spreads, rows, done = [], [], [], 0
    for piece in read_sorted(path, names):
        first = _first_of_matches(piece)
        inside = keep[done : done + len(first)]
        done += len(first)
        left = piece["pay"] - sum((piece[f"x{c}"] * slopes.b[c] for c in range(controls)), np.float64(0))
        left = left - effect_of_year[piece["year"]] if years else left
        w = piece["weight"]
        size = np.diff(np.append(first, len(w)))
        mean = np.add.reduceat(w * left, first) / np.add.reduceat(w, first)
        spread = np.add.reduceat(w * (left - np.repeat(mean, size)) ** 2, first)
        means.append(mean[inside])
        spreads.append(spread[inside])
        rows.append(size[inside].astype(np.int32))
    return Outcome(np.concatenate(means), np.concatenate(spreads), np.concatenate(rows))


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
