"""What does one pass over the movers do for a block of draws? Everything at once, without an array of draws.

Of a mover's match m at firm j let delta_m = x_j - (the mover's weighted mean of x) for firm values x. Three
passes are all that random projections need: build a right side from random signs, collect leverages, collect
quadratic forms. Each is written twice, as a compiled loop over workers and with arrays, to the same answers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from helpers.decomposition import compiled_passes as loops
from helpers.decomposition.hashing import LANES, signs
from helpers.decomposition.matches import Floats, Matches, Reals, by_worker
from helpers.decomposition.optional import HAVE_NUMBA

PIECE = 8_192  # workers: few enough for their sums to be held in single precision


def right_side_of_signs(moving: Matches, key: int, use_numba: bool = HAVE_NUMBA) -> Reals:
    """Totals by firm of the signs r: sum of sqrt(n_m) r_m (e_j - shares of the mover), (firms, LANES)."""
    if use_numba:
        totals = np.zeros((moving.firms, LANES), dtype=np.float32)
        loops.signs_to_firms(moving.start, moving.firm, moving.weight, np.uint64(key), totals)
        return totals
    root = np.sqrt(moving.weight)[:, None] * signs(key, len(moving.weight))
    return _firm_totals(root - moving.weight[:, None] * _means(root, moving, weighted=False), moving)


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
        arguments = (moving.start, moving.firm, moving.weight, np.uint64(key), u, sums)
        _in_pieces(loops.add_leverages, arguments, moving.workers, threads)
        return
    root = np.sqrt(moving.weight)[:, None]
    drawn = signs(key, len(moving.weight))
    fitted = root * _deviations(u, moving)
    rest = drawn - root * _means(root * drawn, moving, weighted=False) - fitted
    a, b = fitted**2, rest**2
    for column, squares in enumerate((a, b, a * a, b * b, a * b)):
        sums[:, column] += squares.sum(axis=1)


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
        arguments = (moving.start, moving.firm, moving.weight, s, v, w, sums)
        return np.asarray(_in_pieces(loops.add_forms, arguments, moving.workers, threads))
    deviation = _deviations(v, moving)
    forms = (deviation**2, deviation * _means(w[moving.firm], moving))
    return _collect(forms, moving, s, sums)


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
        arguments = (moving.start, moving.firm, moving.weight, moving.place, s, v, t, w, sums)
        return np.asarray(_in_pieces(loops.add_place_forms, arguments, moving.workers, threads))
    first, second = _deviations(v, moving), _deviations(t, moving)
    mean = _means(w[moving.place], moving)
    forms = (first**2, second * (second - 2 * mean), first * (mean - second))
    return _collect(forms, moving, s, sums)


def _collect(forms: tuple[Floats, ...], moving: Matches, s: Floats, sums: Reals) -> Floats:
    """Add forms per worker-year, (matches, LANES) each, to the sums by match; total them with factors."""
    for column, form in enumerate(forms):
        sums[:, column] += moving.weight * form.sum(axis=1)
    return np.stack([(s * moving.weight) @ form for form in forms])


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
