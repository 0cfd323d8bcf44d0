"""Does a district's chance to rise or fall depend on how productive its neighbours are?

Spatial Markov chains (Rey 2001, Geographical Analysis 33): moves between classes, apart for each class of
the neighbours' mean.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special  # type: ignore[import-untyped]

from helpers.dynamics.transitions import CLASSES, FEWEST, classify
from helpers.geography import Area
from helpers.space.contiguity import Neighbours

PERMUTATIONS = 999
ALIKE = 5  # groups of districts alike in productivity; fewer where they would hold less than four
COLUMNS = ["area", "neighbours", "from", "to", "probability", "n"]


@dataclass(frozen=True, eq=False)
class BesideNeighbours:
    """Moves by class of the neighbours, and tests that this class does not matter.

    Attributes
    ----------
    table : DataFrame
        Columns `COLUMNS`: ``neighbours`` is the class of the neighbours' mean in the year left;
        ``probability`` is blank where ``n``, the moves from that row, is 0.
    likelihood_ratio, pearson : float
        Statistics of homogeneity (Bickenbach and Bode 2003), with ``degrees`` of freedom.
    p_likelihood_ratio, p_pearson : float
        From the chi-squared distribution, which takes all moves of a district as independent.
    p_permutation : float
        Of the likelihood ratio when whole paths of neighbours are dealt out to the area's districts
        at random, so that a district's years stay together: do neighbours tell anything?
    p_alike : float
        The same, dealt out among districts alike in their own average over all years (`ALIKE` equal
        groups): do neighbours tell more than the district's own standing does?
    reason : str
        Why there are no tests (NaN); empty where there are.
    """

    table: pd.DataFrame
    likelihood_ratio: float
    pearson: float
    degrees: int
    p_likelihood_ratio: float
    p_pearson: float
    p_permutation: float
    p_alike: float
    reason: str


def beside_neighbours(
    area: Area,
    ratio: pd.DataFrame,
    cuts: np.ndarray,
    beside: Neighbours,
    horizon: int = 1,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> BesideNeighbours:
    """Moves of an area's districts, apart by their neighbours' class.

    Parameters
    ----------
    area : Area
    ratio : DataFrame, shape (n, T)
        Productivity relative to the UK of all UK districts, so that neighbours across the area's
        edge count; columns are consecutive years.
    cuts : ndarray, shape (4,)
        Cut points for the districts and for their neighbours' means
        (`helpers.dynamics.transitions.cut_points`).
    beside : Neighbours
        Among the rows of `ratio`, in their order.
    horizon, permutations, seed : int

    Returns
    -------
    BesideNeighbours
        Neighbours without a figure in a year are left out of its mean. Tests by `giddy`; none below
        `FEWEST` districts or where no class occurs beside two classes of neighbours.

    Raises
    ------
    ValueError
        `beside` is not of the rows of `ratio`, in their order.
    """
    lag = classify(neighbour_mean(ratio, beside), cuts)
    here = ratio.index.isin(area.codes)
    own, other = classify(ratio, cuts)[here].to_numpy(), lag[here].to_numpy()
    counts = moves_beside(own, other, horizon)
    rows = _table(area.name, counts)
    nothing = BesideNeighbours(rows, np.nan, np.nan, 0, np.nan, np.nan, np.nan, np.nan, "")
    if here.sum() < FEWEST:
        told = f"{here.sum()} districts have figures; a test needs {FEWEST}."
        return replace(nothing, reason=told)
    from giddy.markov import homogeneity  # type: ignore[import-untyped]

    # Of whole numbers it cuts off the probabilities, and an empty class adds to its degrees of freedom.
    test = homogeneity(counts[:, counts.sum(axis=(0, 2)) > 0].astype(float))
    if test.dof < 1:
        told = "No class occurs beside two classes of neighbours, so there is nothing to compare."
        return replace(nothing, reason=told)
    rank = ratio[here].mean(axis=1).rank(method="first", na_option="bottom").to_numpy() - 1
    alike = (rank * max(1, min(ALIKE, len(rank) // 4)) // len(rank)).astype(int)
    p_any, p_alike = (
        _p_of_dealing(own, other, horizon, group, permutations, seed) for group in (alike * 0, alike)
    )
    return BesideNeighbours(
        rows, float(test.LR), float(test.Q), int(test.dof), float(test.LR_p_value), float(test.Q_p_value),
        p_any, p_alike, "",
    )  # fmt: skip


def neighbour_mean(ratio: pd.DataFrame, beside: Neighbours) -> pd.DataFrame:
    """Mean of each district's neighbours that have a figure, shape (n, T); NaN where none has."""
    if tuple(ratio.index) != beside.codes:
        raise ValueError("the neighbours are not those of the rows, in their order")
    weight = beside.matrix @ ratio.notna().to_numpy(dtype=float)
    total = beside.matrix @ ratio.fillna(0.0).to_numpy()
    mean = np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)
    return pd.DataFrame(mean, index=ratio.index, columns=ratio.columns)


def moves_beside(own: np.ndarray, other: np.ndarray, horizon: int) -> np.ndarray:
    """Number of moves by neighbours' class in the year left, class left and class reached.

    Parameters
    ----------
    own, other : ndarray of int, shape (n, T)
        Classes of the districts and of their neighbours, 1 to 5; 0 where there is no figure.
    horizon : int

    Returns
    -------
    ndarray of int, shape (5, 5, 5)
        Neighbours' class first.
    """
    beside, start, end = other[:, :-horizon], own[:, :-horizon], own[:, horizon:]
    seen = (beside > 0) & (start > 0) & (end > 0)
    cells = ((beside[seen] - 1) * CLASSES + start[seen] - 1) * CLASSES + end[seen] - 1
    return np.bincount(cells, minlength=CLASSES**3).reshape(CLASSES, CLASSES, CLASSES)


def likelihood_ratio(counts: np.ndarray) -> np.ndarray:
    """Likelihood ratio statistic of one matrix of moves for all neighbours, shape (...).

    Parameters
    ----------
    counts : ndarray, shape (..., 5, 5, 5)
        As from `moves_beside`.
    """

    def entropy(part: np.ndarray) -> np.ndarray:
        return special.xlogy(part, part).reshape(*counts.shape[:-3], -1).sum(axis=-1)

    rows, pooled = counts.sum(axis=-1), counts.sum(axis=-3)
    return 2 * (entropy(counts) - entropy(rows) - entropy(pooled) + entropy(pooled.sum(axis=-1)))


def _p_of_dealing(
    own: np.ndarray, other: np.ndarray, horizon: int, group: np.ndarray, permutations: int, seed: int
) -> float:
    """How often the likelihood ratio is as large when neighbours' paths change hands within groups."""
    rng = np.random.default_rng([seed, 3])
    holders = np.argsort(group, kind="stable")
    found = []
    for _ in range(permutations):
        dealt = np.empty_like(other)
        dealt[holders] = other[np.lexsort((rng.random(len(group)), group))]
        found.append(moves_beside(own, dealt, horizon))
    observed = likelihood_ratio(moves_beside(own, other, horizon))
    at_least = (likelihood_ratio(np.array(found)) >= observed - 1e-9).sum()
    return (int(at_least) + 1) / (permutations + 1)


def _table(area: str, counts: np.ndarray) -> pd.DataFrame:
    n = np.broadcast_to(counts.sum(axis=2, keepdims=True), counts.shape)
    probability = np.divide(counts, n, out=np.full(counts.shape, np.nan), where=n > 0)
    beside, left, reached = (side.ravel() + 1 for side in np.indices(counts.shape))
    columns = (area, beside, left, reached, probability.ravel(), n.ravel())
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
