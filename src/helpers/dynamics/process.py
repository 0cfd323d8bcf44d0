"""Which part of a district's lead is permanent, which passes slowly, and which is a year's noise?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls  # type: ignore[import-untyped]

from helpers.errors import ParameterError

GRID = np.arange(0, 1, 0.01)  # of rho


@dataclass(frozen=True)
class Process:
    """Log GVA per hour relative to the area: permanent effect + AR(1) + white noise, all Gaussian.

    Attributes
    ----------
    permanent, persistent, noise : float
        Variances between districts (squared logs) of the permanent effect, of the AR(1) (its
        stationary variance) and of the noise of a single year. They do not change over time.
    rho : float
        Coefficient of the AR(1), from 0 to below 1.
    """

    permanent: float
    persistent: float
    rho: float
    noise: float

    def covariance(self, n_years: int) -> np.ndarray:
        """Covariance of a district's single years, shape (n_years, n_years)."""
        lag = np.abs(np.subtract.outer(np.arange(n_years), np.arange(n_years)))
        return self.permanent + self.persistent * self.rho**lag + self.noise * (lag == 0)


def fit(logs: np.ndarray) -> Process:
    """Fit the process to a panel by minimum distance between autocovariances.

    The autocovariance at lag h is taken between districts, around the mean of each year, and averaged
    over all pairs of years h apart; the process has permanent + persistent rho^h, and noise at lag
    zero. Lags are weighted by their number of pairs of years. For each rho of `GRID` the variances
    are least squares that may not be negative.

    Parameters
    ----------
    logs : ndarray, shape (n, T)
        Log GVA per hour of single years, not smoothed; NaN where there is none. A pair of years uses
        the districts that have both.

    Returns
    -------
    Process
        Over twenty years a permanent effect and a rho near one look much alike, so the parameters
        are less certain than the autocovariances that they reproduce.

    Raises
    ------
    ParameterError
        No pair of years has two districts in common.
    """
    lags, mean, pairs = autocovariances(logs)
    weight = np.sqrt(pairs)
    fits = []
    for rho in GRID:
        parts = np.stack([np.ones(len(lags)), rho**lags, lags == 0], axis=1)
        variances, distance = nnls(parts * weight[:, None], mean * weight)
        fits.append((distance, rho, variances))
    _, rho, (permanent, persistent, noise) = min(fits, key=lambda one: one[0])
    return Process(float(permanent), float(persistent), float(rho), float(noise))


def autocovariances(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lags in years, the mean autocovariance at each, and from how many pairs of years it comes.

    Raises
    ------
    ParameterError
        No pair of years has two districts in common.
    """
    there = ~np.isnan(logs)
    means = np.where(there, logs, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    relative = np.where(there, logs - means, 0.0)
    both = there.T.astype(int) @ there
    usable = both > 1
    if not usable.any():
        raise ParameterError("A process needs two districts with figures in the same years; found none.")
    # Divided by one less than the number, since the mean of the year is estimated.
    covariance = relative.T @ relative / np.maximum(both - 1, 1)
    lag = np.abs(np.subtract.outer(np.arange(len(both)), np.arange(len(both))))
    lags = np.unique(lag[usable])
    cells = [usable & np.triu(lag == h) for h in lags]
    return lags, np.array([covariance[c].mean() for c in cells]), np.array([c.sum() for c in cells])


def simulate(
    truth: Process, common: np.ndarray, shape: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    """Draw single years of GVA per hour.

    Parameters
    ----------
    truth : Process
    common : ndarray, shape (T,)
        Mean log by year.
    shape : tuple of int
        Whatever is to be drawn independently, districts last.
    rng : Generator

    Returns
    -------
    ndarray, shape (*shape, T)
        GBP, not smoothed.
    """
    size, axes = np.linalg.eigh(truth.covariance(len(common)))
    # Where variances are zero, what rounding leaves of a zero direction must not become its root.
    root = axes * np.sqrt(np.where(size > 1e-12 * size[-1], size, 0))
    return np.exp(common + rng.standard_normal((*shape, len(common))) @ root.T)
