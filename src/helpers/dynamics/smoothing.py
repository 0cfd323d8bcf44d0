"""How does the producer smooth GVA per hour of districts, and what would it make of other figures?

Inside the series each published figure is a centred average of five years with the weights
1, 2, 3, 2, 1. At the ends, where years lack, the producer uses shorter windows whose weights it does
not publish. They are recovered here from the published figures and our unsmoothed ones
(`helpers.dynamics.unsmoothed`).
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd

from helpers import series
from helpers.dynamics import unsmoothed
from helpers.errors import ParameterError
from helpers.geography import resolve

# Assumption A01: recovered by us, not published
KERNEL = tuple(Fraction(w, 9) for w in (1, 2, 3, 2, 1))
# Weights of the two first years over the series' first years, and of the two last years over its
# last ones. With these, every published figure of every district is ours rounded to the penny.
# The last year but one has (11.1, 26, 37, 26) %, which add up to 100.1 and are scaled to one. The
# second year has the same weights in reverse, but set one year too early: what would fall on the year
# before the first is dropped and the rest scaled to one. So the second figure leans on the first year
# more than on its own. In GVA per job, which begins in 2002, they are in their place.
FIRST = (
    tuple(Fraction(w, 100) for w in (41, 40, 19)),
    tuple(Fraction(w, 741) for w in (370, 260, 111)),
)
LAST = (
    tuple(Fraction(w, 1001) for w in (111, 260, 370, 260)),
    tuple(Fraction(w, 100) for w in (19, 40, 41)),
)
FEWEST_YEARS = len(KERNEL)
REACH = 3  # years to either side that the regressions allow weights on; the windows need two


@cache
def weights_matrix(n_years: int) -> np.ndarray:
    """Weights that turn a series of single years into the published, smoothed one.

    Parameters
    ----------
    n_years : int
        Length of the series, at least `FEWEST_YEARS`. The first and last are those of the producer's
        series: a part of it is smoothed by a part of the matrix, not by a smaller one.

    Returns
    -------
    ndarray, shape (n_years, n_years)
        Row t holds the weights of figure t over the years; each row adds up to one.

    Raises
    ------
    ParameterError
        The series is shorter than the window.
    """
    if n_years < FEWEST_YEARS:
        raise ParameterError(f"n_years: smoothing needs {FEWEST_YEARS} years or more, got {n_years}.")
    matrix = np.zeros((n_years, n_years))
    for t in range(2, n_years - 2):
        matrix[t, t - 2 : t + 3] = KERNEL
    for t, weights in enumerate(FIRST):
        matrix[t, : len(weights)] = weights
    for t, weights in enumerate(LAST, start=n_years - len(LAST)):
        matrix[t, -len(weights) :] = weights
    matrix.setflags(write=False)  # shared by all who ask
    return matrix


def smooth(values: np.ndarray) -> np.ndarray:
    """Smooth ratios in pounds (not their logs) as the producer does.

    Parameters
    ----------
    values : ndarray, shape (..., T)
        GVA per hour of single years; the last axis is the whole of the producer's years.

    Returns
    -------
    ndarray, shape (..., T)
        NaN where a year with a weight is NaN: how the producer would bridge a gap is not known.
    """
    values = np.asarray(values, dtype=float)
    weights = weights_matrix(values.shape[-1])
    unknown = np.isnan(values)
    smoothed = np.where(unknown, 0.0, values) @ weights.T
    lacking = unknown.astype(float) @ (weights > 0).T.astype(float) > 0
    return np.where(lacking, np.nan, smoothed)


def end_weights() -> pd.DataFrame:
    """The weights at the ends: recovered by regression, beside the exact ones they point to.

    For each of the two first and two last years, the published figures of all districts are
    regressed without a constant (least squares) on the unsmoothed figures of the years within
    `REACH`; the weights are free, so their sum and the zeros outside the window are findings. The
    only error is the rounding of the published figures to a penny, of the same size everywhere.

    Returns
    -------
    DataFrame
        One row per ``year`` and ``of_year`` (the year that has the weight): ``estimate,
        standard_error, exact`` (a fraction of `FIRST` and `LAST`, zero outside the window) and, the
        same in all rows of a year, the largest relative error over districts of the fitted and of
        the exact weights, ``error_of_estimate`` and ``error_of_exact``, and the largest error of the
        exact ones in GBP, ``error_in_pounds``. An error up to half a penny is rounding.
    """
    single, published = _both()
    years = single.columns.to_numpy(dtype=int)
    exact = weights_matrix(len(years))
    blocks = []
    for t in (0, 1, len(years) - 2, len(years) - 1):
        near = np.arange(max(0, t - REACH), min(len(years), t + REACH + 1))
        x, y = single.to_numpy()[:, near], published.to_numpy()[:, t]
        estimate, squares, _, _ = np.linalg.lstsq(x, y, rcond=None)
        variance = squares[0] / (len(y) - len(near)) * np.linalg.inv(x.T @ x)
        by_exact = x @ exact[t, near] - y
        blocks.append(
            pd.DataFrame(
                {
                    "year": years[t],
                    "of_year": years[near],
                    "estimate": estimate,
                    "standard_error": np.sqrt(np.diag(variance)),
                    "exact": exact[t, near],
                    "error_of_estimate": np.abs((x @ estimate - y) / y).max(),
                    "error_of_exact": np.abs(by_exact / y).max(),
                    "error_in_pounds": np.abs(by_exact).max(),
                }
            )
        )
    return pd.concat(blocks, ignore_index=True)


def errors() -> pd.DataFrame:
    """How far smoothing our unsmoothed figures is from the published ones.

    Returns
    -------
    DataFrame
        One row per ``year``: the largest ``relative`` error and the largest error in ``pounds`` over
        all ``districts``.
    """
    single, published = _both()
    difference = np.abs(smooth(single.to_numpy()) - published)
    return pd.DataFrame(
        {
            "relative": (difference / published).max(),
            "pounds": difference.max(),
            "districts": difference.notna().sum(),
        }
    ).reset_index(names="year")


def _both() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Unsmoothed and published figures of all districts, rows and columns alike."""
    single = unsmoothed.per_hour("current")
    published = series.panel(resolve("UK"), "hour", unsmoothed.RELEASE).values
    return single.loc[published.index], published[single.columns]
