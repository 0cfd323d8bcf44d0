"""Do these districts converge, all together? The log-t test of Phillips and Sul.

Phillips and Sul (2007, Econometrica 75, 1771-1855; 2009, Journal of Applied Econometrics 24, 1153-1185).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

CRITICAL = -1.65  # one-sided 5 % point: convergence is rejected at or below it
SMALLEST = 1e-12  # two districts that cross in a year have no variance there, and its log must exist


@dataclass(frozen=True)
class LogT:
    """The log-t regression of a set of districts.

    ``b`` is the slope, twice the speed of convergence; ``se`` its Newey-West standard error; ``t``
    their ratio. Convergence is rejected where ``t`` is at or below `CRITICAL`. The regression runs
    over ``years`` years from ``first_year``.
    """

    b: float
    se: float
    t: float
    first_year: int
    years: int


def log_t(values: pd.DataFrame, smoothing: float = 6.25, trimming: float = 0.3) -> LogT:
    """Test that all districts converge.

    ``log(H_1 / H_t) - 2 log(log t) = a + b log t + u_t`` (Phillips and Sul 2009).

    Parameters
    ----------
    values : DataFrame, shape (n, T)
        Productivity in levels, without holes; columns are years.
    smoothing : float
        Lambda of the Hodrick-Prescott filter; 0 leaves the series as it is, 6.25 is for annual data.
    trimming : float
        The regression begins in year ``[trimming * T]``; 0.3 is for T up to 50.

    Returns
    -------
    LogT
        A rejection says that dispersion has not shrunk as fast as ``1 / log(t) ** 2``, not that it
        has grown: districts at constant distances, or equal ones with noise of constant size, are
        rejected as surely as those that part.
    """
    years = values.columns.to_numpy(dtype=int)
    first = first_period(len(years), trimming)
    variance = cross_variance(smooth(relative_paths(values.to_numpy()), smoothing))
    b, se, t = slopes(variance[None], first)
    return LogT(float(b[0]), float(se[0]), float(t[0]), int(years[first - 1]), len(years) - first + 1)


def relative_paths(values: np.ndarray) -> np.ndarray:
    """Transition paths h, each district over the mean of all in its year, shape (n, T).

    The relative transition of Phillips and Sul (2007), on levels. On levels a path depends neither on
    the unit nor on prices; the ratio of logs depends on both, and draws together whenever prices rise.
    """
    return values / values.mean(axis=0)


def cross_variance(paths: np.ndarray) -> np.ndarray:
    """H, the mean square distance of the relative paths from one, shape (T,)."""
    return ((relative_paths(paths) - 1) ** 2).mean(axis=0)


def first_period(years: int, trimming: float) -> int:
    """Number, from 1, of the first year of the regression: ``[rT]``, never 1, whose log log is infinite."""
    return max(2, int(trimming * years + 1e-9))


def smooth(paths: np.ndarray, smoothing: float) -> np.ndarray:
    """Trend of each path by Hodrick and Prescott, shape (n, T)."""
    return paths if smoothing == 0 else paths @ _filter(paths.shape[1], smoothing)


@cache
def _filter(years: int, smoothing: float) -> np.ndarray:
    """The filter, which is linear, as one matrix, shape (T, T): row j is its response to year j alone."""
    from statsmodels.tsa.filters.hp_filter import hpfilter  # type: ignore[import-untyped]

    return np.array([hpfilter(unit, smoothing)[1] for unit in np.eye(years)])


def slopes(variance: np.ndarray, first: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slopes of many log-t regressions at once.

    Parameters
    ----------
    variance : ndarray, shape (m, T)
        H of m sets of districts.
    first : int
        Number of the first year of the regression, from 1.

    Returns
    -------
    (ndarray, ndarray, ndarray), each of shape (m,)
        b, its Newey-West standard error with ``4 (n / 100) ** (2 / 9)`` lags, and their ratio.
    """
    logs = np.log(np.maximum(variance, SMALLEST))
    log_of_t = np.log(np.arange(first, variance.shape[1] + 1))
    y = logs[:, :1] - logs[:, first - 1 :] - 2 * np.log(log_of_t)
    x = log_of_t - log_of_t.mean()
    influence = x / (x @ x)
    b = y @ influence
    residual = y - y.mean(axis=1, keepdims=True) - b[:, None] * x
    scores = residual * influence
    lags = int(4 * (len(x) / 100) ** (2 / 9))
    spread = (scores**2).sum(axis=1)
    for lag in range(1, lags + 1):
        weight = 1 - lag / (lags + 1)
        spread += 2 * weight * (scores[:, lag:] * scores[:, :-lag]).sum(axis=1)
    se = np.sqrt(spread)
    return b, se, b / np.maximum(se, SMALLEST)
