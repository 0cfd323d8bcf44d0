"""Which districts are most like a district in structure, and how firm is that list?

Which figures make districts alike, and that all weigh the same, is assumption A17.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from helpers import geography
from helpers.comparisons import structure
from helpers.errors import AreaError, ParameterError
from helpers.geography import Area

ENOUGH = 2 / 3  # of the weights, or two districts are not compared
AT_RANDOM = 2.0  # mean squared difference between two draws from one standardised column
NUMBER = 10  # neighbours per district


def mean_squares(z: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far apart districts are on the indicators that both have, and how many these are.

    Parameters
    ----------
    z : ndarray, shape (n, I)
        Standardised figures; NaN where a district has none.
    weights : ndarray, shape (I,)

    Returns
    -------
    (ndarray, ndarray), each of shape (n, n)
        Weighted mean squared difference, in squared standard deviations; and the share of the weights
        that both districts have. An indicator that either lacks counts as it would between two
        districts taken at random (`AT_RANDOM`): left out of the mean altogether, it would make a
        district with few figures the neighbour of very many, because there is less to differ in.
    """
    squared = np.zeros((len(z), len(z)))
    shared = np.zeros_like(squared)
    for column, weight in zip(z.T, weights / weights.sum(), strict=True):
        apart = (column[:, None] - column[None, :]) ** 2
        both = ~np.isnan(apart)
        squared += weight * np.where(both, apart, AT_RANDOM)
        shared += weight * both
    return squared, shared


def distances(z: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Root of `mean_squares`, shape (n, n), in standard deviations; NaN where `ENOUGH` is not shared."""
    squared, shared = mean_squares(z, weights)
    # A hair's breadth, for weights that are two thirds up to rounding
    return np.sqrt(np.where(shared >= ENOUGH - 1e-9, squared, np.nan))


def nearest(distance: np.ndarray, k: int) -> np.ndarray:
    """Row numbers of the k nearest of each district, nearest first.

    Returns
    -------
    ndarray of int, shape (n, min(k, n - 1))
        A district is not its own neighbour; equal distances are ordered by row. -1 where fewer than
        k can be compared.
    """
    others = np.where(np.isnan(distance), np.inf, distance)
    np.fill_diagonal(others, np.inf)
    order = np.argsort(others, axis=1, kind="stable")[:, : min(k, len(others) - 1)]
    return np.where(np.isfinite(np.take_along_axis(others, order, axis=1)), order, -1)


def stability(z: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """How often one district is among the k nearest of another as each indicator is dropped in turn.

    Returns
    -------
    ndarray, shape (n, n)
        Row: the district, column: the neighbour; fraction of the I lists without one indicator. Pairs
        that share too little of the whole rule are in no list.
    """
    comparable = ~np.isnan(distances(z, weights))
    stays = np.zeros(comparable.shape)
    for dropped in range(z.shape[1]):
        squared, _ = mean_squares(np.delete(z, dropped, axis=1), np.delete(weights, dropped))
        rows = nearest(np.where(comparable, squared, np.nan), k)
        here, rank = np.nonzero(rows >= 0)
        stays[here, rows[here, rank]] += 1
    return stays / z.shape[1]


@cache
def _everyone(k: int) -> pd.DataFrame:
    """The neighbours of every district of the UK."""
    if k < 1:
        raise ParameterError(f"k={k}: a district has at least one neighbour.")
    frame = structure.standard()
    z, weights = frame.to_numpy(), np.array([rule.weight for rule in structure.rules()])
    distance, stays = distances(z, weights), stability(z, weights, k)
    rows = nearest(distance, k)
    here, rank = np.nonzero(rows >= 0)
    there = rows[here, rank]
    lacking = np.isnan(z[here]) | np.isnan(z[there])
    codes = frame.index.to_numpy()
    return pd.DataFrame(
        {
            "area_code": codes[here],
            "rank": rank + 1,
            "neighbour_code": codes[there],
            "neighbour_name": geography.names()[codes[there]].to_numpy(),
            "distance": distance[here, there],
            "stability": stays[here, there],
            "left_out": ["|".join(frame.columns[row]) for row in lacking],
        }
    )


def table(area: Area, k: int = NUMBER) -> pd.DataFrame:
    """The k districts of the UK that are most like each district of an area.

    Returns
    -------
    DataFrame
        ``area_code, rank, neighbour_code, neighbour_name, distance, stability, left_out``: `distances`;
        `stability`; and the indicators that either district lacks, joined by ``|``. A district has fewer
        rows, or none, where fewer than k others share enough with it: `firmness` lists every district.
    """
    rows = _everyone(k)
    return rows[rows["area_code"].isin(area.codes)].reset_index(drop=True)


def neighbours(code: str, k: int = NUMBER) -> pd.DataFrame:
    """The k districts of the UK that are most like one district, as `table`.

    Parameters
    ----------
    code : str
        Code or name of a district.

    Raises
    ------
    AreaError
        It is unknown, or more than one district.
    """
    area = geography.resolve(code)
    if len(area.codes) != 1:
        raise AreaError(f"{area.name} consists of {len(area.codes)} districts; expected a single one.")
    return table(area, k)


def firmness(area: Area, k: int = NUMBER) -> pd.DataFrame:
    """How firm the list of each district of an area is.

    Returns
    -------
    DataFrame
        ``area_code, name, neighbours, mean_stability, always``: how many neighbours it has, their mean
        stability, and how many stay whichever indicator is dropped. A district that shares enough
        indicators with no other has 0 neighbours and no mean.
    """
    stays = table(area, k).groupby("area_code")["stability"]
    codes = list(area.codes)
    found = pd.DataFrame({"neighbours": stays.size(), "always": stays.agg(lambda one: (one == 1).sum())})
    counts = found.reindex(codes).fillna(0).astype(int)
    return pd.DataFrame(
        {
            "area_code": codes,
            "name": geography.names()[codes].to_numpy(),
            "neighbours": counts["neighbours"].to_numpy(),
            "mean_stability": stays.mean().reindex(codes).to_numpy(),
            "always": counts["always"].to_numpy(),
        }
    )
