"""What is the slope of growth on the initial level, and how uncertain is it? The regressions themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from linearmodels.iv import AbsorbingLS
from scipy import stats  # type: ignore[import-untyped]

# Not statsmodels.api, whose import costs a second of everything else that there is
from statsmodels.regression.linear_model import OLS  # type: ignore[import-untyped]
from statsmodels.regression.quantile_regression import QuantReg  # type: ignore[import-untyped]
from statsmodels.tools.tools import add_constant  # type: ignore[import-untyped]

FEWEST_CLUSTERS = 20  # clustered errors need many: 20 to 50 (Cameron and Miller 2015, JHR 50: 317-372)


@dataclass(frozen=True)
class Slope:
    """Slope of growth over a window on the initial log level.

    Attributes
    ----------
    beta, se : float
        The slope and its standard error.
    lower, upper : float
        95 % interval by Student's t: clusters less one degrees of freedom where the errors are
        clustered, else districts less coefficients (effects of regions among them).
    n : int
        Districts used.
    errors : str
        ``clustered by ITL3``, ``HC1`` or ``kernel``.
    """

    beta: float
    se: float
    lower: float
    upper: float
    n: int
    errors: str


def ols(initial: np.ndarray, growth: np.ndarray, clusters: np.ndarray) -> Slope:
    """Ordinary least squares of growth on the initial level and a constant.

    Parameters
    ----------
    initial, growth : ndarray, shape (n,)
        Log level at the start; log level at the end less that at the start.
    clusters : ndarray of str, shape (n,)
        ITL3 area of each district.

    Returns
    -------
    Slope
        With `FEWEST_CLUSTERS` areas or more the errors are clustered by ITL3, with the correction
        G / (G - 1) * (n - 1) / (n - k) for G areas and k coefficients; with fewer they are HC1, that is
        robust to unequal variances with the correction n / (n - k), and neighbours count as independent.
    """
    codes, number = np.unique(clusters, return_inverse=True)
    model = OLS(growth, add_constant(initial))
    if len(codes) >= FEWEST_CLUSTERS:
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": number, "use_correction": True})
        return _slope(fit.params[1], fit.bse[1], len(codes) - 1, len(growth), "clustered by ITL3")
    fit = model.fit(cov_type="HC1")
    return _slope(fit.params[1], fit.bse[1], len(growth) - 2, len(growth), "HC1")


def within_regions(
    initial: np.ndarray, growth: np.ndarray, regions: np.ndarray, clusters: np.ndarray
) -> Slope:
    """Growth on the initial level with an effect for each region: do districts of one region converge?

    Parameters
    ----------
    regions : ndarray of str, shape (n,)
        Region of each district; the rest as in `ols`.

    Returns
    -------
    Slope
        Errors as in `ols`; each region's effect counts as a coefficient.

    Notes
    -----
    `AbsorbingLS` regresses a cross-section with effects. `PanelOLS` of the same library would want a
    time index, which one growth rate per district does not have; its slope would be the same.
    """
    codes, number = np.unique(clusters, return_inverse=True)
    effects = pd.DataFrame({"region": pd.Categorical(regions)})
    model = AbsorbingLS(growth, initial[:, None], absorb=effects)
    n, free = len(growth), len(growth) - 1 - len(np.unique(regions))
    if len(codes) >= FEWEST_CLUSTERS:
        fit = model.fit(cov_type="clustered", clusters=number, debiased=True)
        return _slope(fit.params.iloc[0], fit.std_errors.iloc[0], len(codes) - 1, n, "clustered by ITL3")
    fit = model.fit(cov_type="robust", debiased=True)
    return _slope(fit.params.iloc[0], fit.std_errors.iloc[0], free, n, "HC1")


def median(initial: np.ndarray, growth: np.ndarray) -> Slope:
    """Median regression of growth on the initial level: the slope that single odd districts do not bend.

    The standard error rests on a kernel estimate of the density of the errors at the median
    (Epanechnikov, bandwidth of Hall and Sheather), taken as the same at every initial level, and counts
    neighbours as independent.
    """
    # The library's own tolerance stops as much as 0.16 away from the exact slope of few districts.
    fit = QuantReg(growth, add_constant(initial)).fit(q=0.5, p_tol=1e-8, max_iter=50_000)
    return _slope(fit.params[1], fit.bse[1], len(growth) - 2, len(growth), "kernel")


def _slope(beta: float, se: float, df: int, n: int, errors: str) -> Slope:
    width = stats.t.ppf(0.975, df) * se
    return Slope(float(beta), float(se), float(beta - width), float(beta + width), n, errors)
