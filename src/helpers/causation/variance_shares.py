"""How much of the differences between districts is permanent, how much passes, how much is a year's noise?

Intervals as in `helpers.causation.covariance_fit`: by profile likelihood, widened where the figures are not
normal. Over some twenty years a permanent effect and one that fades over decades imply nearly the same
covariances, which shows in the width of these intervals; that a third kind of path, such as a slow loop,
lies behind what is called permanent here, they cannot exclude at all.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize  # type: ignore[import-untyped]

from helpers.causation.covariance_fit import CovarianceFit, critical_value
from helpers.causation.likelihood_search import LARGEST
from helpers.errors import ParameterError

SHARES = ("permanent", "persistent", "noise")
COLUMNS = ["component", "value", "lower", "upper", "unit", "reason"]
EDGE = 1e-4  # nearest to 0 and 1 that a share is tried


def components(fit: CovarianceFit) -> pd.DataFrame:
    """The parts of the variance between districts in a single year, and how long the passing part lasts.

    Returns
    -------
    DataFrame
        `COLUMNS`; ``component`` is ``permanent_share``, ``persistent_share`` or ``noise_share`` (of the
        variance of logs between districts in a single year), ``half_life`` (years until half of a passing
        lead is left, log(1/2) / log(rho)) or ``spread`` (standard deviation of logs between districts in
        a single year, by the fitted process, without interval). 90 % intervals. ``reason`` says why a
        value is missing or an interval has no end.
    """
    process, estimate = fit.process, fit.estimate
    if process is None or np.isnan(estimate.rho):
        names = [*(f"{name}_share" for name in SHARES), "half_life", "spread"]
        return pd.DataFrame(
            [[n, np.nan, np.nan, np.nan, "", estimate.reason] for n in names], columns=COLUMNS
        )
    rows: list[list[object]] = [
        [f"{name}_share", *interval(fit, position), "share", ""] for position, name in enumerate(SHARES)
    ]
    life = [_half_life(rho) for rho in (estimate.rho, estimate.lower, estimate.upper)]
    endless = "" if np.isfinite(life[2]) else "no upper end: the interval of rho reaches 1"
    rows.append(["half_life", *life[:2], life[2] if not endless else np.nan, "years", endless])
    total = process.permanent + process.persistent + process.noise
    rows.append(["spread", total**0.5, np.nan, np.nan, "log points", "no interval is computed"])
    return pd.DataFrame(rows, columns=COLUMNS)


def _half_life(rho: float) -> float:
    """Years until half is left: 0 at rho = 0, without end at 1."""
    if rho <= 0:
        return 0.0
    return float(np.log(0.5) / np.log(rho)) if rho < 1 else np.inf


def interval(fit: CovarianceFit, position: int) -> tuple[float, float, float]:
    """A share of `SHARES` and its interval, whose end is 0 or 1 where the likelihood does not end it before.

    Raises
    ------
    ParameterError
        The fit has no process.
    """
    process = fit.process
    if process is None:
        raise ParameterError(f"There are no shares: {fit.estimate.reason}.")
    parts = np.array([process.permanent, process.persistent, process.noise])
    total = parts.sum()
    shares = parts / total
    gradient = (np.eye(3)[position] - shares[position]) / total
    ratio = fit.inflation(np.array([gradient[0], gradient[1], 0.0, gradient[2]]))
    n = fit.estimate.n
    height = fit.deviance / (n - 1) + critical_value(n) * ratio / (n - 1)
    others = np.delete(shares, position)
    start = (process.rho, others[0] / others.sum() if others.sum() > 0 else 0.5)

    def above(share: float) -> float:
        return _profile(fit.covariance, position, share, start) - height

    value = float(shares[position])
    return value, _end(above, value, EDGE, 0.0), _end(above, value, 1 - EDGE, 1.0)


def _end(above: Callable[[float], float], value: float, last: float, bound: float) -> float:
    """Where the profile rises above its height between the estimate and the bound."""
    if abs(value - bound) <= EDGE or above(last) <= 0:
        return bound
    return float(brentq(above, value, last, xtol=1e-4))


def _profile(covariance: np.ndarray, position: int, share: float, start: tuple[float, float]) -> float:
    """Least log det Sigma + tr(Sigma^-1 S) over rho, the scale and the split of the other two shares."""
    years = len(covariance)
    lag = np.abs(np.subtract.outer(np.arange(years), np.arange(years)))

    def distance(at: np.ndarray) -> float:
        rest = (1 - share) * np.array([at[1], 1 - at[1]])
        permanent, persistent, noise = np.insert(rest, position, share)
        sigma = permanent + persistent * at[0] ** lag + noise * (lag == 0)
        sign, log_det = np.linalg.slogdet(sigma)
        if sign <= 0:
            return np.inf
        scale = np.trace(np.linalg.solve(sigma, covariance)) / years
        return float(log_det + years * np.log(scale) + years)

    rho, split = np.clip(start, 0.02, 0.98)
    simplex = [[rho, split], [rho - 0.02, split], [rho, split + (0.02 if split < 0.5 else -0.02)]]
    found = minimize(
        distance,
        [rho, split],
        method="Nelder-Mead",
        bounds=((0, LARGEST), (EDGE, 1 - EDGE)),
        options={"initial_simplex": simplex, "xatol": 1e-5, "fatol": 1e-8},
    )
    return float(found.fun)
