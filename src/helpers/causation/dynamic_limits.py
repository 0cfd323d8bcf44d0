"""What do regressions on the year before tend to, in a short panel of many districts?

Nickell's bias, and the limits of the estimators of `helpers.causation.dynamic_panel` for any covariance
between years: with permanent effects, with noise, or smoothed.
"""

from __future__ import annotations

import numpy as np

from helpers.causation.dynamic_panel import halved


def nickell_bias(rho: float, pairs: int) -> float:
    """Limit of the fixed-effects estimate less rho, many districts, no noise (Nickell 1981, eq. 18).

    Parameters
    ----------
    rho : float
        Above -1 and below 1.
    pairs : int
        Pairs of a year and the year before.
    """
    part = 1 - (1 - rho**pairs) / (pairs * (1 - rho))
    return -(1 + rho) / (pairs - 1) * part / (1 - 2 * rho * part / ((1 - rho) * (pairs - 1)))


def limits(covariance: np.ndarray) -> dict[str, float]:
    """What each estimator tends to as districts become many.

    Parameters
    ----------
    covariance : ndarray, shape (T, T)
        Of a district's years around the mean of each year: a population's gives the limits, a sample's the
        estimates themselves.
    """
    pairs = len(covariance) - 1

    def within(first: int, last: int) -> float:
        """Least squares over the pairs from first to last, that one not included."""
        centre = np.eye(last - first) - 1 / (last - first)
        before = covariance[first:last, first:last]
        after = covariance[first:last, first + 1 : last + 1]
        return float(np.trace(centre @ after) / np.trace(centre @ before))

    return {
        "fixed_effects": within(0, pairs),
        "half_panel_jackknife": float(halved(within, pairs)),
        "anderson_hsiao": _hsiao(covariance, 2),
        "anderson_hsiao_3": _hsiao(covariance, 3),
    }


def _hsiao(covariance: np.ndarray, back: int) -> float:
    rows, columns = np.arange(back, len(covariance)), np.arange(len(covariance) - back)
    now, before, earlier = (covariance[rows - k, columns].sum() for k in range(3))
    return float((now - before) / (before - earlier))
