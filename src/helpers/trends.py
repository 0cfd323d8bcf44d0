"""By how much a year does a series rise, and how well do so few years tell?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats  # type: ignore[import-untyped]

FEWEST_YEARS = 5  # a line through fewer years follows single years
FEWEST_WORTH = 4  # with fewer years' worth of information an interval has no end to speak of
LEVEL = 0.95


@dataclass(frozen=True)
class Trend:
    """A straight line through yearly figures.

    Attributes
    ----------
    slope : float
        Per year, in the unit of the figures; NaN where there is none.
    lower, upper : float
        95 % interval of the slope; NaN where it cannot be had.
    first_year, last_year : int or None
        Of the figures used.
    reason : str
        Why there is no slope or no interval; empty otherwise.
    """

    slope: float
    lower: float
    upper: float
    first_year: int | None
    last_year: int | None
    reason: str


def fit(figures: pd.Series) -> Trend:
    """Least-squares slope, with an interval that allows for neighbouring years being alike.

    Parameters
    ----------
    figures : Series, shape (T,)
        Indexed by year; years without a figure are left out.

    Returns
    -------
    Trend
        The interval takes the residuals' first autocorrelation r, where positive, as making n years
        worth n (1 - r) / (1 + r) of independent ones (Santer et al. 2000, Journal of Geophysical
        Research 105, 7337-7356, "adjusted standard error and adjusted degrees of freedom"). No slope
        from fewer than `FEWEST_YEARS` years; no interval where they are worth fewer than
        `FEWEST_WORTH`.

    Notes
    -----
    The interval holds what moves a series off its line, be it sampling, revision or events. It says
    nothing about whether the line goes on.
    """
    known = figures.dropna()
    n = len(known)
    nan = float("nan")
    if n < FEWEST_YEARS:
        return Trend(
            nan, nan, nan, None, None, f"no trend: {n} of the {FEWEST_YEARS} years needed have a figure"
        )
    years = known.index.to_numpy(dtype=float)
    values = known.to_numpy(dtype=float)
    first, last = int(years[0]), int(years[-1])
    away = years - years.mean()
    slope = float(away @ values / (away @ away))
    residuals = values - values.mean() - slope * away
    square = float(residuals @ residuals)
    if square <= 1e-24 * float(values @ values):  # a line to the last digit
        return Trend(slope, slope, slope, first, last, "")
    alike = max(0.0, float(residuals[1:] @ residuals[:-1]) / square)
    worth = n * (1 - alike) / (1 + alike)
    if worth < FEWEST_WORTH:
        return Trend(
            slope, nan, nan, first, last,
            f"no interval of the trend: its {n} years are so alike that they count as {worth:.1f}",
        )  # fmt: skip
    error = np.sqrt(square / (worth - 2) / (away @ away))
    reach = float(stats.t.ppf((1 + LEVEL) / 2, worth - 2) * error)
    return Trend(slope, slope - reach, slope + reach, first, last, "")
