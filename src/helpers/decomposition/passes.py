"""What does one pass over the movers do for a block of draws? Everything at once, without an array of draws.

Of a mover's match m at firm j let delta_m = x_j - (the mover's weighted mean of x) for firm values x. Three
passes are all that random projections need: build a right side from random signs, collect leverages, collect
quadratic forms. Each is written twice, as a compiled loop over workers and with arrays, to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

from helpers.decomposition import compiled_passes as loops
from helpers.decomposition.hashing import LANES, signs
from helpers.decomposition.matches import BLOCK, Block, Floats, Matches, Reals, blocks, by_worker
from helpers.decomposition.optional import HAVE_NUMBA
from helpers.decomposition.room import frozen

PIECE = 8_192  # workers: few enough for their sums to be held in single precision


def right_side_of_signs(moving: Matches, key: int, use_numba: bool = HAVE_NUMBA) -> Reals:
    """Totals by firm of the signs r: sum of sqrt(n_m) r_m (e_j - shares of the mover), (firms, LANES)."""
    if use_numba:
        light = np.zeros((moving.firms, LANES), dtype=np.float32)
        loops.signs_to_firms(*_held(moving), np.uint64(key), light)
        return light
    totals = np.zeros((moving.firms, LANES))
    for block in _small_blocks(moving):
        own = block.matches
        root = np.sqrt(own.weight)[:, None] * _signs_at(block, key)
        totals += _firm_totals(root - own.weight[:, None] * _means(root, own, weighted=False), own)
    return totals


def add_leverages(
    moving: Matches, key: int, u: Reals, sums: Reals, threads: int, use_numba: bool = HAVE_NUMBA
) -> None:
    """Add a block's squares to the sums by match, in place.

    Parameters
    ----------
    u : (firms, LANES) float64
        Solutions for the signs of this key.
    sums : (matches, 5) float32
        Of a = n delta^2 (leverage beyond the mover's own mean), b = the square of the sign's remainder,
        and of a^2, b^2 and a b.
    """
    if use_numba:
        arguments = (*_held(moving), np.uint64(key), *frozen(u), sums)
        _in_pieces(loops.add_leverages, arguments, moving.workers, threads)
        return
    for block in _small_blocks(moving):
        own = block.matches
        root = np.sqrt(own.weight)[:, None]
        drawn = _signs_at(block, key)
        fitted = root * _deviations(u, own)
        rest = drawn - root * _means(root * drawn, own, weighted=False) - fitted
        a, b = fitted**2, rest**2
        for column, squares in enumerate((a, b, a * a, b * b, a * b)):
            sums[block.pairs, column] += squares.sum(axis=1)


def add_forms(
    moving: Matches,
    s: Floats,
    v: Reals,
    w: Reals,
    sums: Reals,
    threads: int,
    use_numba: bool = HAVE_NUMBA,
) -> Floats:
    """Add f = n delta(v)^2 and g = n delta(v) mean(w) of a block to the sums by match, shape (matches, 2).

    Returns
    -------
    (2, LANES) float64
        Sums of f and g over matches with the factors ``s``, draw by draw.
    """
    if use_numba:
        arguments = (*_held(moving), *frozen(s, v, w), sums)
        return np.asarray(_in_pieces(loops.add_forms, arguments, moving.workers, threads))
    totals = np.zeros((2, LANES))
    for block in _small_blocks(moving):
        deviation = _deviations(v, block.matches)
        forms = (deviation**2, deviation * _means(w[block.matches.firm], block.matches))
        totals += _collect(forms, block, s, sums)
    return totals


def add_place_forms(
    moving: Matches,
    s: Floats,
    v: Reals,
    t: Reals,
    w: Reals,
    sums: Reals,
    threads: int,
    use_numba: bool = HAVE_NUMBA,
) -> Floats:
    """Add a block's between-place forms to the sums by match, shape (matches, 3).

    With x the mover's mean of the place values ``w``: n delta(v)^2; n delta(t) (delta(t) - 2 x);
    n delta(v) (x - delta(t)).

    Returns
    -------
    (3, LANES) float64
        Their sums over matches with the factors ``s``, draw by draw.
    """
    if use_numba:
        arguments = (*_held(moving), *frozen(moving.where, s, v, t, w), sums)
        return np.asarray(_in_pieces(loops.add_place_forms, arguments, moving.workers, threads))
    totals = np.zeros((3, LANES))
    for block in _small_blocks(moving):
        own = block.matches
        first, second = _deviations(v, own), _deviations(t, own)
        mean = _means(w[own.where], own)
        forms = (first**2, second * (second - 2 * mean), first * (mean - second))
        totals += _collect(forms, block, s, sums)
    return totals


def _held(moving: Matches) -> tuple[Any, ...]:
    return frozen(moving.start, moving.firm, moving.weight)


def _small_blocks(moving: Matches) -> Iterator[Block]:
    """Blocks with as many numbers in all lanes as others have in one."""
    return blocks(moving, BLOCK // LANES)


def _signs_at(block: Block, key: int) -> Floats:
    return signs(key, len(block.matches.firm), block.pairs.start)


def _collect(forms: tuple[Floats, ...], block: Block, s: Floats, sums: Reals) -> Floats:
    """Add forms per worker-year, (matches, LANES) each, to the sums by match; total them with factors."""
    weight = block.matches.weight
    for column, form in enumerate(forms):
        sums[block.pairs, column] += weight * form.sum(axis=1)
    return np.stack([(s[block.pairs] * weight) @ form for form in forms])


def _means(values: Reals, moving: Matches, weighted: bool = True) -> Floats:
    """Each mover's weighted mean (or sum of weighted values, over the worker-years), at each match."""
    totals = by_worker(moving.weight[:, None] * values if weighted else values, moving.start)
    return np.repeat(totals / moving.worker_years[:, None], moving.per_worker, axis=0)


def _deviations(firm_values: Reals, moving: Matches) -> Floats:
    at_match = firm_values[moving.firm]
    return np.asarray(at_match - _means(at_match, moving))


def _firm_totals(values: Floats, moving: Matches) -> Floats:
    columns = (np.bincount(moving.firm, values[:, k], moving.firms) for k in range(values.shape[1]))
    return np.stack(list(columns), axis=1)


def _in_pieces(work, arguments, workers: int, threads: int):  # type: ignore[no-untyped-def]
    """Total of a compiled pass over stretches of workers, several at a time: no two write to the same match.

    The stretches do not depend on the number of threads, so neither does the total.
    """
    ends = [*range(0, workers, PIECE), workers]
    nothing = np.zeros(1)  # double precision, so that the total is
    if threads == 1:
        return sum((work(*arguments, a, b) for a, b in pairwise(ends)), nothing)
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(lambda a, b: work(*arguments, a, b), ends[:-1], ends[1:]), nothing)
