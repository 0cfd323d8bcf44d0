"""How much of the distance between groups of places goes with each block of their characteristics?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats  # type: ignore[import-untyped]

from helpers.decomposition import shapley


def coefficients(columns: np.ndarray, outcome: np.ndarray, counts: np.ndarray | None = None) -> np.ndarray:
    """Least-squares slopes, shape (k,), or (D, k) for each set of counts; the shortest where several fit."""
    data = np.column_stack([columns, outcome])
    spread = data.std(axis=0)
    spread[spread == 0] = 1.0
    found = shapley.correlations(data / spread, counts)
    scale = np.ones(found.shape[:-1])
    if counts is not None:  # each draw has spreads of its own
        share = counts / counts.sum(axis=1, keepdims=True)
        scale = np.sqrt(np.maximum(share @ (data / spread) ** 2 - (share @ (data / spread)) ** 2, 0))
        scale[scale < shapley.ZERO] = 1.0
    inverse = np.linalg.pinv(found[..., :-1, :-1], rcond=shapley.ZERO, hermitian=True)
    slopes = np.einsum("...ij,...j->...i", inverse, found[..., :-1, -1])
    return slopes * scale[..., -1:] / scale[..., :-1] * spread[-1] / spread[:-1]


def standing(
    columns: np.ndarray,
    outcome: np.ndarray,
    sizes: Sequence[int],
    areas: np.ndarray,
    inside: np.ndarray,
    seed: int,
    against: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How much of a group's distance from others goes with each block, in units of the outcome.

    Parameters
    ----------
    columns, outcome, sizes, areas, seed
        As in `helpers.decomposition.shapley.split`.
    inside : ndarray of bool, shape (n,)
        The places of the group; at least one.
    against : ndarray of bool, shape (n,), optional
        The places it is held against; all otherwise.

    Returns
    -------
    (ndarray, ndarray, ndarray), each of shape (B + 1,)
        Part of each block and, last, what is unexplained: they sum to the difference of the two means.
        Then the ends of their intervals, from slopes in draws of whole areas.
    """
    others = np.ones(len(outcome), dtype=bool) if against is None else against
    apart = columns[inside].mean(axis=0) - columns[others].mean(axis=0)
    gap = outcome[inside].mean() - outcome[others].mean()
    codes, area = np.unique(areas, return_inverse=True)
    rng = np.random.default_rng([seed, 10])
    counts = rng.multinomial(len(codes), np.full(len(codes), 1 / len(codes)), size=shapley.DRAWS)[:, area]
    starts = np.cumsum(sizes) - np.asarray(sizes)

    def parts(slopes: np.ndarray) -> np.ndarray:
        by_block = np.add.reduceat(slopes * apart, starts, axis=-1)
        return np.concatenate([by_block, gap - by_block.sum(axis=-1, keepdims=True)], axis=-1)

    value = parts(coefficients(columns, outcome))
    reach = stats.t.ppf(shapley.TAILS[1], len(codes) - 1) * np.sqrt(len(codes) / (len(codes) - 1))
    margin = reach * parts(coefficients(columns, outcome, counts)).std(axis=0)
    return value, value - margin, value + margin
