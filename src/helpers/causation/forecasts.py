"""What would each model have said of the years to come, and how sure would it have been?

Every model sees the years up to its origin only, and gives a mean and a variance for each district and
horizon. Intervals are those that the model itself implies, not ones adjusted to its past errors, so that
how often they hold says whether the model is right about its own doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats  # type: ignore[import-untyped]

from helpers.causation import history as histories
from helpers.causation.model import STATES, Loop, impulse_response
from helpers.dynamics.process import Process

FEWEST_YEARS = 3  # of a district's own: its trend needs two, and its spread around it one more


@dataclass(frozen=True)
class Forecast:
    """Of the years after an origin.

    Attributes
    ----------
    mean, variance : ndarray, shape (n, H)
        Horizons 1 to H; logs.
    degrees : float
        Degrees of freedom of the Student's t whose quantiles make the interval; infinite where the
        parameters are taken as known.
    """

    mean: np.ndarray
    variance: np.ndarray
    degrees: float = np.inf

    def interval(self, confidence: float) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper end, each of shape (n, H)."""
        width = stats.t.ppf((1 + confidence) / 2, self.degrees) * np.sqrt(self.variance)
        return self.mean - width, self.mean + width


def random_walk(history: np.ndarray, horizons: int) -> Forecast:
    """The last year goes on; the variance of a year's change, one for all districts, adds up.

    Parameters
    ----------
    history : ndarray, shape (n, T)
        Logs; NaN where there is no figure, none in the last year. Each district has `FEWEST_YEARS`
        figures or more, and some district two in a row.
    horizons : int

    Returns
    -------
    Forecast
    """
    moves = np.diff(history, axis=1)
    ahead = np.arange(1, horizons + 1)
    variance = np.nanmean(moves**2) * ahead
    mean = np.repeat(history[:, -1:], horizons, axis=1)
    return Forecast(mean, np.broadcast_to(variance, mean.shape), float(np.isfinite(moves).sum()))


def district_mean(history: np.ndarray, horizons: int) -> Forecast:
    """The mean of a district's own years; single years lie around it independently.

    Parameters and result as in `random_walk`.
    """
    number = np.isfinite(history).sum(axis=1, keepdims=True)
    mean = np.nanmean(history, axis=1, keepdims=True)
    degrees = float((number - 1).sum())
    spread = np.nansum((history - mean) ** 2) / degrees
    variance = np.broadcast_to(spread * (1 + 1 / number), (len(history), horizons))
    return Forecast(np.repeat(mean, horizons, axis=1), variance, degrees)


def own_trend(history: np.ndarray, horizons: int) -> Forecast:
    """A straight line through a district's own years (least squares), carried on.

    Parameters and result as in `random_walk`.
    """
    years = np.arange(history.shape[1], dtype=float)
    there = np.isfinite(history)
    number = there.sum(axis=1, keepdims=True)
    middle = (there * years).sum(axis=1, keepdims=True) / number
    level = np.nanmean(history, axis=1, keepdims=True)
    moved = np.where(there, years - middle, 0.0)
    squares = (moved**2).sum(axis=1, keepdims=True)
    slope = (moved * np.where(there, history - level, 0.0)).sum(axis=1, keepdims=True) / squares
    degrees = float((number - 2).sum())
    spread = np.nansum((history - level - slope * (years - middle)) ** 2) / degrees
    away = years[-1] + np.arange(1, horizons + 1) - middle
    return Forecast(level + slope * away, spread * (1 + 1 / number + away**2 / squares), degrees)


def fitted_process(
    history: pd.DataFrame, process: Process, horizons: int, loop: Loop | None = None
) -> Forecast:
    """Permanent effect, fading lead and noise: the optimal linear predictor, given the parameters.

    Parameters
    ----------
    history : DataFrame, shape (n, T)
        Logs; columns are years. Two districts and three years or more, each district with a figure.
    process : Process
        Its rho is used in place of the loop's.
    horizons : int
    loop : Loop, optional
        Plain numbers. With it the fading lead is carried round the loop, as the simulation does: the
        stocks are where they tend in the origin year, and answer from then on.

    Returns
    -------
    Forecast
        Districts are told apart around the mean of the year, which goes on as in the last year and
        whose own yearly changes add up as those of a random walk. Without a loop this is the mean and
        variance of the normal given the history. That parameters are estimated is left out of the
        variance.
    """
    known = histories.start(history, process)
    answer = process.rho ** np.arange(horizons + 1)
    if loop is not None:
        shock = np.eye(len(STATES))[0]
        answer = impulse_response(replace(loop, rho=process.rho), shock, horizons)[:, 0]
    ahead = np.stack([np.ones(horizons), answer[1:]])  # of the permanent level and of the lead
    mean = np.stack([known.level, known.passing], axis=1) @ ahead
    unknown = ((np.swapaxes(known.root, 1, 2) @ ahead) ** 2).sum(axis=1)
    innovation = process.persistent * (1 - process.rho**2)
    common = np.nanmean(np.diff(history.mean(axis=0).to_numpy()) ** 2)
    later = innovation * np.cumsum(answer[:-1] ** 2) + process.noise + common * np.arange(1, horizons + 1)
    return Forecast(mean, unknown + later)
