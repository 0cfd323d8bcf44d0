"""How unequal are the districts of an area in a year, and how much of it lies between ITL3 areas?

These are statistics of the districts there are. How surely they change is the matter of
`helpers.dynamics.dispersion`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers import series
from helpers.errors import TableError

STATISTICS = ("sd_log", "cv", "gini", "p90_p10", "theil")
PARTS = ("theil_between", "theil_within")
DEALS = 2000


def measures(
    values: np.ndarray, blocks: np.ndarray | None = None, counts: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """How unequal districts are, by five measures and the parts of one.

    Parameters
    ----------
    values : ndarray, shape (n, T)
        Productivity by district and year, above zero; NaN where there is none.
    blocks : ndarray of str, shape (n,), optional
        The block of each district; without it Theil's T is not split.
    counts : ndarray, shape (D, n), optional
        How often each district counts in each of D draws; once each, in one draw, when not given.
        With blocks, the same for all districts of a block.

    Returns
    -------
    dict of str to ndarray, shape (D, T)
        ``sd_log`` (standard deviation of natural logs), ``cv`` (standard deviation over mean),
        ``gini`` (mean absolute difference of all pairs over twice the mean), ``p90_p10`` (ratio of
        the 90th to the 10th percentile, each interpolated linearly between order statistics, NumPy's
        default) and ``theil`` (Theil's T, natural logs). All are population forms: sums are divided
        by the number of districts, and a district's pair with itself counts in the Gini.
        ``theil_between`` is the sum over blocks of s ln(block's mean / mean), with s the block's share
        of the districts' sum, and ``theil_within`` the sum of s times the block's own T; they add up
        to ``theil`` (Theil 1967, Economics and Information Theory; Shorrocks 1980, Econometrica 48:
        613-625). A block of one district has nothing within. Over the districts with a figure in the
        year; NaN where none has one.

    Raises
    ------
    TableError
        A value is zero or negative and so has no logarithm.
    """
    weight = np.ones((1, len(values))) if counts is None else counts
    there, own, log = _scaled(values)
    with np.errstate(invalid="ignore", divide="ignore"):  # 0/0 where no district is there
        number = weight @ there
        mean = weight @ own / number
        gini, ratio = _ranked(values, weight)
        found = {
            "sd_log": _sd(log, weight, number),
            "cv": _sd(own, weight, number) / mean,
            "gini": gini,
            "p90_p10": ratio,
            "theil": weight @ (own * log) / (number * mean) - np.log(mean),
        }
        if blocks is not None:
            found |= dict(zip(PARTS, _theil_parts(there, own, log, blocks, weight), strict=True))
    return found


def share_between(values: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """Share of Theil's T that lies between blocks; as `measures`, without the other measures.

    Parameters
    ----------
    values : ndarray, shape (n, T)
    blocks : ndarray of str, shape (n,)

    Returns
    -------
    ndarray, shape (T,)
        NaN where there is no inequality to split.
    """
    between, within = (part[0] for part in _theil_parts(*_scaled(values), blocks, np.ones((1, len(values)))))
    whole = between + within
    return np.divide(between, whole, out=np.full_like(whole, np.nan), where=whole > 0)


def blocks_of(panel: series.Panel) -> np.ndarray:
    """ITL3 area of each district of a panel, shape (n,).

    A district that lies in several ITL3 areas belongs to none of them: it is a block of its own,
    together with any other that lies in exactly the same ones.
    """
    districts = panel.area.districts(series.vintage(panel.measure, panel.release))
    return districts["itl3"].loc[panel.values.index].to_numpy(dtype=str)


def between_by_chance(panels: Mapping[str, series.Panel], seed: int) -> pd.DataFrame:
    """Share of Theil's T between ITL3 areas, beside the share if districts were dealt to areas at random.

    An area of one or two districts has a mean of its own by chance alone, so that the share between is
    large, about (B - 1) / (n - 1), wherever areas are small.

    Returns
    -------
    DataFrame
        ``area, series, year, observed, expected, lower, upper``: the share between, and the mean and
        the middle 95 % over `DEALS` random deals. No rows for years without inequality to split.
    """
    rows = []
    for name, panel in panels.items():
        blocks = blocks_of(panel)
        order = np.tile(np.arange(len(blocks))[:, None], DEALS)
        deals = np.random.default_rng([seed, 4]).permuted(order, axis=0)
        for year in panel.years:
            own = panel.values[year].to_numpy(dtype=float)
            observed = share_between(own[:, None], blocks)[0]
            if not np.isnan(observed):
                dealt = share_between(own[deals], blocks)  # a deal takes the place of a year
                middle = np.quantile(dealt, (0.025, 0.975))
                rows.append((panel.area.name, name, year, observed, dealt.mean(), *middle))
    return pd.DataFrame(rows, columns=["area", "series", "year", "observed", "expected", "lower", "upper"])


def _scaled(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where figures are (1 or 0), figures over the year's mean, and their logs; 0 where none is."""
    there = ~np.isnan(values)
    if (values[there] <= 0).any():
        raise TableError("inequality: expected productivity above zero, found zero or a negative figure.")
    own = np.where(there, values, 0.0)
    own = np.divide(own * there.sum(axis=0), own.sum(axis=0), out=np.zeros_like(own), where=there)
    return there.astype(float), own, np.log(np.where(there, own, 1.0))


def _sd(values: np.ndarray, weight: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Population standard deviation; an absent figure is a zero that ``number`` does not count."""
    return np.sqrt(np.maximum(weight @ values**2 / number - (weight @ values / number) ** 2, 0.0))


def _theil_parts(
    there: np.ndarray, own: np.ndarray, log: np.ndarray, blocks: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Theil's T between and within blocks, from the sums of each block and how often it counts."""
    codes, first = np.unique(blocks, return_index=True)
    member = (codes[:, None] == blocks).astype(float)  # (B, n)
    number, total, often = member @ there, member @ own, weight[:, first]
    log_mean = np.log(np.divide(total, number, out=np.ones_like(total), where=number > 0))
    all_own = often @ total
    between = often @ (total * log_mean) / all_own - np.log(all_own / (often @ number))
    return between, often @ (member @ (own * log) - total * log_mean) / all_own


def _ranked(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gini and 90/10 ratio: the two measures that need the districts in order."""
    gini, ratio = np.full((2, len(weight), values.shape[1]), np.nan)
    for year, column in enumerate(values.T):
        order = np.argsort(column)[: np.count_nonzero(~np.isnan(column))]  # NaN stand at the end
        some = weight[:, order].any(axis=1)
        own, often = column[order], weight[some][:, order]
        if some.any():
            upto = often.cumsum(axis=1)
            gini[some, year] = (often * (2 * upto - often)) @ own / (upto[:, -1] * (often @ own)) - 1
            ratio[some, year] = _quantile(own, upto, 0.9) / _quantile(own, upto, 0.1)
    return gini, ratio


def _quantile(ordered: np.ndarray, upto: np.ndarray, share: float) -> np.ndarray:
    """Quantile of ascending figures, shape (n,), of which ``upto`` counts those up to each, (D, n)."""
    last = upto[:, -1] - 1
    place = last * share
    below = np.floor(place)
    ranks = (below, np.minimum(below + 1, last))
    low, high = (ordered[(upto <= rank[:, None]).sum(axis=1)] for rank in ranks)
    return low + (place - below) * (high - low)
