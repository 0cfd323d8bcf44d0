"""How much of the spread between places goes with each block of their characteristics?

The worth of some blocks is the R2 of a least-squares regression on all their columns. A block's
Shapley value is what it adds to R2, averaged over all orders in which the blocks could be entered,
so that the values add up to the R2 of all blocks. It shares out a fit, and tells no cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
from scipy import stats  # type: ignore[import-untyped]

from helpers.errors import ParameterError

DRAWS = 1000
TAILS = (0.025, 0.975)
FEWEST_PER_COLUMN = 3  # districts; with fewer, most of the fit is chance
FEWEST_BLOCKS = 5  # ITL3 areas; below it a bootstrap over them says nothing
ZERO = 1e-10  # a column, or a direction of a block, with less than this of its variance left is none


@dataclass(frozen=True, eq=False)
class Split:
    """A fit shared out over blocks, all arrays of shape (B,) unless said otherwise.

    Attributes
    ----------
    r2 : float
    value, lower, upper : ndarray
        Shapley values, which sum to ``r2``, and their intervals.
    share, share_lower, share_upper : ndarray
        The same over ``r2``.
    chance, chance_upper, p_chance : ndarray
        Mean and 97.5 % point of the values when each block's rows are dealt to the places at random,
        and how often such a value is at least as large.
    size_share, size_lower, size_upper, p_size : ndarray
        The same for shares of R2 when the real columns are dealt at random to blocks of these sizes;
        ``p_size`` is two-sided.
    """

    r2: float
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    share: np.ndarray
    share_lower: np.ndarray
    share_upper: np.ndarray
    chance: np.ndarray
    chance_upper: np.ndarray
    p_chance: np.ndarray
    size_share: np.ndarray
    size_lower: np.ndarray
    size_upper: np.ndarray
    p_size: np.ndarray


def shapley_values(worth: np.ndarray) -> np.ndarray:
    """Shapley values of a game in which every set of players has a worth (Shapley 1953).

    Parameters
    ----------
    worth : ndarray, shape (..., 2**B)
        Worth of the set whose members are the bits of the position: player 0 alone at position 1,
        player 1 alone at 2, both at 3.

    Returns
    -------
    ndarray, shape (..., B)
        They sum to ``worth[..., -1] - worth[..., 0]``.
    """
    players = int(worth.shape[-1]).bit_length() - 1
    if worth.shape[-1] != 1 << players:
        raise ParameterError(f"worth: expected one figure per set of players, found {worth.shape[-1]}.")
    values = np.zeros((*worth.shape[:-1], players))
    for chosen in range(1 << players):
        size = chosen.bit_count()
        for player in range(players):
            if not chosen >> player & 1:
                weight = factorial(size) * factorial(players - size - 1) / factorial(players)
                values[..., player] += weight * (worth[..., chosen | 1 << player] - worth[..., chosen])
    return values


def correlations(
    data: np.ndarray, counts: np.ndarray | None = None, noise: np.ndarray | None = None
) -> np.ndarray:
    """Correlation matrix of some columns, or one for each set of weights.

    Parameters
    ----------
    data : ndarray, shape (..., n, k)
    counts : ndarray, shape (D, n), optional
        How often each row counts.
    noise : ndarray, shape (k,), optional
        Variance of the measurement error of each column, taken off its variance.

    Returns
    -------
    ndarray, shape (..., k, k) or (D, k, k)
        A column that does not vary, or not beyond its noise, is uncorrelated with all: it explains
        nothing.
    """
    if counts is None:
        centred = data - data.mean(axis=-2, keepdims=True)
        covariance = np.swapaxes(centred, -1, -2) @ centred / data.shape[-2]
    else:
        share = counts / counts.sum(axis=1, keepdims=True)
        mean = share @ data
        covariance = np.einsum("dn,ni,nj->dij", share, data, data, optimize=True)
        covariance -= mean[:, :, None] * mean[:, None, :]
    variance = np.diagonal(covariance, axis1=-2, axis2=-1).copy()
    size = np.mean(data**2, axis=-2)
    left = variance - (0.0 if noise is None else noise)
    varies = left > ZERO * np.maximum(size, np.finfo(float).tiny)
    scale = np.sqrt(np.where(varies, left, np.inf))
    found = covariance / scale[..., :, None] / scale[..., None, :]
    one = np.arange(found.shape[-1])
    found[..., one, one] = 1.0
    return found


def r2_of_sets(correlation: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """R2 of the last column on every set of blocks of the columns before it.

    Parameters
    ----------
    correlation : ndarray, shape (..., k + 1, k + 1)
        The k columns ordered by block, the outcome last.
    sizes : sequence of int
        Columns per block; they sum to k.

    Returns
    -------
    ndarray, shape (..., 2**B)
        Ordered as `shapley_values` takes it. Columns that repeat each other count once.
    """
    if sum(sizes) != correlation.shape[-1] - 1:
        raise ParameterError(
            f"sizes: blocks of {list(sizes)} columns, but {correlation.shape[-1] - 1} are there."
        )
    block_of = np.repeat(np.arange(len(sizes)), sizes)
    # No set of columns is closer to a line than all of them together
    flat = np.linalg.eigvalsh(correlation[..., :-1, :-1])[..., 0] < ZERO
    found = np.zeros((*correlation.shape[:-2], 1 << len(sizes)))
    for chosen in range(1, 1 << len(sizes)):
        columns = np.flatnonzero(chosen >> block_of & 1)
        inside = correlation[..., columns[:, None], columns]
        outcome = correlation[..., columns, -1]
        if flat.any():
            inverse = np.linalg.pinv(inside, rcond=ZERO, hermitian=True)
            slopes = np.einsum("...ij,...j->...i", inverse, outcome)
        else:  # the same, and several times as fast
            slopes = np.linalg.solve(inside, outcome[..., None])[..., 0]
        found[..., chosen] = np.einsum("...i,...i->...", outcome, slopes)
    return found


def why_not(columns: int, districts: int, areas: int) -> str:
    """Why places are too few to share out a fit among so many columns; empty where they are not."""
    if districts < FEWEST_PER_COLUMN * columns:
        return (
            f"{districts} district{'' if districts == 1 else 's'} with all figures is too few for {columns} "
            f"columns; at least {FEWEST_PER_COLUMN} per column are needed"
        )
    if areas < FEWEST_BLOCKS:
        return f"{areas} ITL3 areas are too few for an interval; at least {FEWEST_BLOCKS} are needed"
    return ""


def split(
    columns: np.ndarray,
    outcome: np.ndarray,
    sizes: Sequence[int],
    areas: np.ndarray,
    seed: int,
    noise: np.ndarray | None = None,
) -> Split:
    """Share out R2 over blocks, with intervals and two placebos.

    Parameters
    ----------
    columns : ndarray, shape (n, k)
        Ordered by block, without gaps.
    outcome : ndarray, shape (n,)
    sizes : sequence of int
        Columns per block.
    areas : ndarray, shape (n,)
        The larger area of each place; these are drawn, whole, in the bootstrap.
    seed : int
    noise : ndarray, shape (k,), optional
        Variance of the measurement error of each column. Without it an imprecise column explains
        too little.

    Returns
    -------
    Split
        Intervals are value -+ t se, cut off at 0 (and shares at 1), with se from `DRAWS` draws and one
        degree of freedom less than there are areas: percentiles of the draws would lie too high, because
        a fit to places drawn twice is closer.

    Raises
    ------
    ParameterError
        There are too few places (`why_not`), the outcome does not vary, or the errors are larger than
        figures that are so alike could have.
    """
    codes, area = np.unique(areas, return_inverse=True)
    reason = why_not(columns.shape[1], len(columns), len(codes))
    if reason or not np.ptp(outcome) > 0:
        raise ParameterError(f"columns: {reason or 'the outcome is the same everywhere'}.")
    rng = np.random.default_rng([seed, 9])
    data = np.column_stack([columns, outcome])
    noises = None if noise is None else np.append(noise, 0.0)
    correlation = correlations(data, noise=noises)
    if np.linalg.eigvalsh(correlation)[0] < -ZERO:
        raise ParameterError("noise: larger than what is left of the columns beside each other.")
    value = shapley_values(r2_of_sets(correlation, sizes))
    r2 = float(value.sum())
    counts = rng.multinomial(len(codes), np.full(len(codes), 1 / len(codes)), size=DRAWS)[:, area]
    drawn = shapley_values(r2_of_sets(correlations(data, counts, noises), sizes))
    reach = stats.t.ppf(TAILS[1], len(codes) - 1) * np.sqrt(len(codes) / (len(codes) - 1))
    margin = reach * drawn.std(axis=0)
    share_margin = reach * (drawn / drawn.sum(axis=1, keepdims=True)).std(axis=0)
    share = value / r2
    null = permuted(data, sizes, rng)
    dealt = relabelled(correlation, sizes, rng)
    tail = np.minimum((dealt >= share).sum(axis=0), (dealt <= share).sum(axis=0))
    return Split(
        r2, value, np.maximum(value - margin, 0), value + margin,
        share, np.maximum(share - share_margin, 0), np.minimum(share + share_margin, 1),
        null.mean(axis=0), np.quantile(null, TAILS[1], axis=0),
        (1 + (null >= value).sum(axis=0)) / (1 + DRAWS),
        dealt.mean(axis=0), np.quantile(dealt, TAILS[0], axis=0), np.quantile(dealt, TAILS[1], axis=0),
        np.minimum(2 * (1 + tail) / (1 + DRAWS), 1),
    )  # fmt: skip


def permuted(data: np.ndarray, sizes: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    """Shapley values when each block's rows are dealt to the places at random, shape (DRAWS, B).

    Columns of a block stay together, so that they are as alike as they are. What is left is chance: a
    block of m columns has about m / (n - 1). Neighbouring places are alike, which a deal over all places
    undoes, so that chance is understated where the outcome and the columns run in regions.
    """
    n, k = data.shape
    spread = data.std(axis=0)
    z = (data - data.mean(axis=0)) / np.where(spread > 0, spread, np.inf)
    ends = np.cumsum(sizes)
    found = np.empty((DRAWS, k, k))
    for draw in range(DRAWS):
        shuffled = z.copy()
        for start, end in zip(ends - np.asarray(sizes), ends, strict=True):
            shuffled[:, start:end] = z[rng.permutation(n), start:end]
        found[draw] = shuffled.T @ shuffled / n
    one = np.arange(k)
    found[:, one, one] = 1.0  # of a column that does not vary too
    return shapley_values(r2_of_sets(found, sizes))


def relabelled(correlation: np.ndarray, sizes: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    """Shares of R2 when the real columns are dealt at random to blocks of these sizes, shape (DRAWS, B)."""
    k = correlation.shape[0] - 1
    order = np.array([np.append(rng.permutation(k), k) for _ in range(DRAWS)])
    dealt = shapley_values(r2_of_sets(correlation[order[:, :, None], order[:, None, :]], sizes))
    return dealt / dealt.sum(axis=1, keepdims=True)
