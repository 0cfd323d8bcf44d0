"""Do two models forecast a panel of districts equally well, or is the difference more than chance?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats  # type: ignore[import-untyped]

FEWEST_CLUSTERS = 5  # with fewer districts or years a clustered error says little


@dataclass(frozen=True)
class Comparison:
    """A test of equal squared errors.

    Attributes
    ----------
    difference : float
        Mean squared error of the benchmark less the model's: positive where the model is better.
    se, statistic, p : float
        NaN where `reason` says why.
    reason : str
    """

    difference: float
    se: float
    statistic: float
    p: float
    reason: str = ""


def diebold_mariano(difference: np.ndarray, districts: np.ndarray, years: np.ndarray) -> Comparison:
    """Are two models' squared errors equal in the mean? Errors clustered by district and by target year.

    Diebold and Mariano (1995, JBES 13: 253-263) for a panel, with the two-way variance of Cameron, Gelbach
    and Miller (2011, JBES 29: 238-249, eq. 2.8): by district plus by year less by both.

    Parameters
    ----------
    difference : ndarray, shape (n,)
        Squared error of the benchmark less the model's, one per forecast.
    districts, years : ndarray, shape (n,)
        The clusters.

    Returns
    -------
    Comparison
        ``p`` is two-sided by Student's t with the smaller number of clusters less one. Without p where
        there are fewer than `FEWEST_CLUSTERS` of either, and no statistic with only one. Where the two-way
        variance is smaller than both one-way ones or not positive, as it can be with few clusters, the
        larger of those is taken, which ``reason`` says.

    Notes
    -----
    Forecasts over several years overlap, so errors of neighbouring target years share shocks that
    reach other districts too. Neither way of clustering takes these up: beyond one year p is too small.
    """
    mean = float(difference.mean())
    number = [len(np.unique(labels)) for labels in (districts, years)]
    if min(number) < 2:
        what = "district" if number[0] < 2 else "target year"
        return Comparison(mean, np.nan, np.nan, np.nan, f"no test: one {what}")
    by_district, by_year = (one_way_variance(difference, labels) for labels in (districts, years))
    both = one_way_variance(difference, np.arange(len(difference)))
    variance, reasons = by_district + by_year - both, []
    if variance < min(by_district, by_year) or variance <= 0:
        variance = max(by_district, by_year)
        reasons.append("the two-way variance is too small, so the larger of the one-way ones is taken")
    if variance <= 0:
        return Comparison(mean, 0.0, np.nan, np.nan, "no test: the errors do not differ")
    se = float(np.sqrt(variance))
    p = float(2 * stats.t.sf(abs(mean / se), min(number) - 1))
    if min(number) < FEWEST_CLUSTERS:
        short = f"{number[0]} districts" if number[0] < number[1] else f"{number[1]} target years"
        reasons.append(f"no p: {short} are too few clusters")
        p = np.nan
    return Comparison(mean, se, mean / se, p, "; ".join(reasons))


def one_way_variance(values: np.ndarray, labels: np.ndarray) -> float:
    """Of a mean, clustered: (G / (G - 1)) sum over G clusters of (sum of deviations)^2 / n^2."""
    _, cluster = np.unique(labels, return_inverse=True)
    sums = np.bincount(cluster, weights=values - values.mean())
    return float(len(sums) / (len(sums) - 1) * (sums**2).sum() / len(values) ** 2)
