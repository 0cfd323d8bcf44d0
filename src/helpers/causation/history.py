"""Which part of each district's lead is permanent, which is passing, and what hit all of them when?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.dynamics.process import Process
from helpers.errors import ParameterError

NO_HISTORY = "no history: left out"
SEEN = "history"


@dataclass(frozen=True, eq=False)
class Start:
    """What is known of the districts in the last year with figures.

    Attributes
    ----------
    codes : Index
        The n districts that have a history.
    year : int
        The last year with figures.
    level : ndarray, shape (n,)
        Expected permanent log output per hour relative to the UK.
    passing : ndarray, shape (n,)
        Expected passing lead in the last year.
    root : ndarray, shape (n, 2, 2)
        Of the covariance of (level, passing) given the history, times its transpose.
    shocks : ndarray, shape (years, n)
        One row per year of history: what hit all districts in that year.
    status : Series
        Every district asked for: `SEEN` or `NO_HISTORY`.
    """

    codes: pd.Index
    year: int
    level: np.ndarray
    passing: np.ndarray
    root: np.ndarray
    shocks: np.ndarray
    status: pd.Series


def start(logs: pd.DataFrame, process: Process) -> Start:
    """Split each district's history into what is permanent, what is passing and what hit it when.

    Parameters
    ----------
    logs : DataFrame, shape (districts, T)
        Log output per hour relative to the UK, unsmoothed; columns are years, NaN where unknown.
    process : Process
        The variances and rho of the districts: permanent effect + AR(1) + noise.

    Returns
    -------
    Start
        Expectations and covariances given the history under the process, Gaussian, around the mean of
        each year (best linear prediction). Expected passing leads are calmer than true ones, so their
        yearly innovations, less each district's mean, are widened by one factor to the process's
        variance; districts that moved together in a year stay together. A district without any figure
        is left out and told in ``status``.

    Raises
    ------
    ParameterError
        A variance is negative or not a number, rho is not from 0 to below 1, or fewer than two
        districts have figures, or fewer than three years.
    """
    _check(process)
    seen = logs.notna().any(axis=1)
    status = pd.Series(np.where(seen, SEEN, NO_HISTORY), index=logs.index)
    known = logs[seen]
    years = known.columns[known.notna().any()].to_numpy(dtype=int)
    if len(known) < 2 or len(years) < 3:
        raise ParameterError(
            f"A simulation needs two districts and three years with figures; found {len(known)} districts "
            f"and {len(years)} years."
        )
    values = known[years].to_numpy(dtype=float)
    mean = np.nanmean(values, axis=0)
    passing, level, root = _given_history(values - mean, process)
    shocks = passing[:, 1:] - process.rho * passing[:, :-1]
    shocks = (shocks - shocks.mean(axis=1, keepdims=True)).T
    spread = np.sqrt((shocks**2).mean())
    innovation = np.sqrt(process.persistent * (1 - process.rho**2))
    widened = shocks * (innovation / spread) if spread > 0 else np.zeros_like(shocks)
    return Start(known.index, int(years[-1]), mean[-1] + level, passing[:, -1], root, widened, status)


def _check(process: Process) -> None:
    variances = (process.permanent, process.persistent, process.noise)
    if not all(np.isfinite(v) and v >= 0 for v in variances) or sum(variances) == 0:
        raise ParameterError(
            f"The variances of the process are {variances}; expected numbers of 0 or more, not all 0."
        )
    if not 0 <= process.rho < 1:
        raise ParameterError(f"rho is {process.rho}; expected a number from 0 to below 1.")


def _given_history(relative: np.ndarray, process: Process) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Passing leads by year (n, T), permanent levels (n,) and roots (n, 2, 2), given the history."""
    n, years = relative.shape
    lag = np.abs(np.subtract.outer(np.arange(years), np.arange(years)))
    of_passing = process.persistent * process.rho**lag
    prior = np.diag([process.permanent, process.persistent])
    passing, level, root = np.zeros((n, years)), np.zeros(n), np.zeros((n, 2, 2))
    patterns, which = np.unique(~np.isnan(relative), axis=0, return_inverse=True)
    for number, there in enumerate(patterns):
        rows = np.flatnonzero(which.reshape(-1) == number)
        covariance = process.covariance(years)[np.ix_(there, there)]
        inverse = np.linalg.pinv(covariance, hermitian=True)  # singular where a variance is zero
        weights = of_passing[:, there] @ inverse
        passing[rows] = relative[np.ix_(rows, there)] @ weights.T
        with_history = np.stack([np.full(there.sum(), process.permanent), of_passing[-1, there]])
        level[rows] = relative[np.ix_(rows, there)] @ (with_history @ inverse)[0]
        left = prior - with_history @ inverse @ with_history.T
        size, axes = np.linalg.eigh((left + left.T) / 2)
        root[rows] = axes * np.sqrt(np.maximum(size, 0))
    return passing, level, root
