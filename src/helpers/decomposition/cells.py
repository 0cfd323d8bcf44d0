"""How do worker-years become matches? One pass over sorted records, piece by piece."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from helpers.decomposition.components import Outcome
from helpers.decomposition.fixed_effects import Slopes
from helpers.decomposition.matches import Floats, Matches
from helpers.decomposition.sorting import read_sorted
from helpers.errors import DecompositionError


def collapse(path: Path, firms: int, places: int) -> tuple[Matches, float]:
    """Collapse sorted records to matches.

    Parameters
    ----------
    path : Path
        As `sorting.sort_records` writes it.
    places : int
        Number of places; 0 without.

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
    counts, firm, weight, place, elsewhere = [], [], [], [], 0.0
    for piece in read_sorted(path, names):
        _no_worker_twice(piece)
        first = _first_of_matches(piece)
        counts.append(np.bincount(piece["run"][first], minlength=piece["run"][-1] + 1))
        firm.append(piece["firm"][first])
        weight.append(np.add.reduceat(piece["weight"], first))
        if places:
            chosen, other = _main_place(piece["place"], piece["weight"], first, places)
            place.append(chosen)
            elsewhere += other
    start = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    where = np.concatenate(place) if places else None
    return Matches(start, np.concatenate(firm), np.concatenate(weight), firms, where, places), elsewhere


def within_workers(
    path: Path, controls: int, years: tuple[int, ...], matches: Matches, keep: np.ndarray
) -> tuple[Floats, Floats, Floats]:
    """Years, controls and pay, each less its mean over the worker's records: products and totals by firm.

    Parameters
    ----------
    controls : int
        Number of controls of the column map; a dummy of each year from the second goes before them: of age,
        years and workers, which explain each other, it is then age that is not identified.
    years : tuple of int
        Years with an effect of their own; empty for none.
    matches : Matches
        Those that are kept.
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
    products, totals, squares = np.zeros((k + 1, k + 1)), np.zeros((matches.firms, k + 1)), np.zeros(k + 1)
    done = at = 0
    names = ["year", "firm", "pay", "weight", *(f"x{c}" for c in range(controls))]
    for piece in read_sorted(path, names):
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
        here = slice(at, at + len(begin))
        at += len(begin)
        run = piece["run"][first[kept]]
        worker = np.flatnonzero(np.concatenate([[True], np.diff(run) != 0]))
        of_worker = np.add.reduceat(sums, worker, axis=1)
        means = of_worker / np.add.reduceat(matches.weight[here], worker)
        products -= means @ of_worker.T
        sums -= matches.weight[here] * np.repeat(means, np.diff(np.append(worker, len(run))), axis=1)
        for c in range(k + 1):
            totals[:, c] += np.bincount(matches.firm[here], sums[c], matches.firms)
    return products, totals, squares


def adjusted(path: Path, controls: int, years: tuple[int, ...], slopes: Slopes, keep: np.ndarray) -> Outcome:
    """Pay less the effect of controls and years: mean and spread within each kept match."""
    effect_of_year = np.zeros(max(years, default=0) + 1)
    before = max(0, len(years) - 1)
    effect_of_year[list(years[1:])] = slopes.b[:before]
    names = ["year", "firm", "pay", "weight", *(f"x{c}" for c in range(controls))]
    means, spreads, rows, done = [], [], [], 0
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
