"""How fast does a district's lead fade, told from the covariances between its years?

The preferred estimator of persistence. The process of `helpers.dynamics.process`, a permanent effect, an
AR(1) in its stationary state and white noise, implies the covariance between any two years; the parameters
are those under which the covariances seen are likeliest. Unlike regressions on the year before it is not
misled by permanent effects in a short panel, nor by the noise of single years. The form of the process is
assumption A19.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats  # type: ignore[import-untyped]

from helpers.causation.dynamic_panel import CONFIDENCE, Estimate, complete, unavailable
from helpers.causation.likelihood_search import RHO, likeliest
from helpers.dynamics.process import Process

LEAST = 0.001  # rho below which it is noise
OF_RHO = np.array([0.0, 0.0, 1.0, 0.0])  # gradient of rho among the four parameters
AT_BOUND = 1e-6


@dataclass(frozen=True)
class CovarianceFit:
    """The fitted process and what is known of it.

    Attributes
    ----------
    estimate : Estimate
        Of rho.
    process : Process or None
        None where there is no estimate.
    covariance : ndarray, shape (T, T)
        Between districts, around the mean of each year, divided by one less than their number.
    deviance : float
        (n - 1) (log det Sigma + tr(Sigma^-1 S)) at the estimate.
    gaussian : ndarray, shape (4, 4)
        Variances of (permanent, persistent, rho, noise) if all were normal; not numbers where they do not
        exist (`Estimate.reason`).
    influence : ndarray, shape (n, 4)
        What each district adds to the four parameters, to first order.
    """

    estimate: Estimate
    process: Process | None
    covariance: np.ndarray
    deviance: float
    gaussian: np.ndarray
    influence: np.ndarray

    @property
    def robust(self) -> np.ndarray:
        """The sandwich: variances of the four parameters that do not need the figures to be normal."""
        n = len(self.influence)
        return self.influence.T @ self.influence * n / (n - 1)

    def inflation(self, gradient: np.ndarray) -> float:
        """How many times the variance of a function of the parameters exceeds the normal one's."""
        ratio = (gradient @ self.robust @ gradient) / (gradient @ self.gaussian @ gradient)
        return float(ratio) if np.isfinite(ratio) else 1.0


def fit(logs: np.ndarray) -> CovarianceFit:
    """Fit the process by maximum likelihood, with errors that do not need it to be normal.

    Parameters
    ----------
    logs : ndarray, shape (n, T)
        Log GVA per hour of single years; NaN where there is none. Districts without a figure in one of
        the years are left out, and years before the first and after the last figure do not count.

    Returns
    -------
    CovarianceFit
        ``estimate.se`` is a sandwich over districts: the covariances must have the process's form, the
        figures need not be normal, districts count as independent. It does not use that variances
        cannot be negative. ``lower`` and ``upper`` are the 90 % interval of the profile likelihood, its
        critical value (Student's t squared, n - 1 degrees of freedom) multiplied by the ratio of the
        sandwich to the normal variance (Kent 1982, Biometrika 69: 19-27). It is seldom symmetrical.
        ``upper`` is 1 where the likelihood cannot rule out that leads never fade. How often the interval
        holds the truth is measured in `helpers.causation.estimator_check`.

        Of one year's covariance the mean takes one degree of freedom, so the likelihood is the
        restricted one, of n - 1 districts.

    Notes
    -----
    ``reason`` says why there is no estimate (too few districts or years, districts that do not differ,
    no passing part) or no standard error (rho at 0, where it is noise, or at 1).
    """
    panel, why = complete(logs)
    n, years = panel.shape
    if why:
        empty = np.full((years, years), np.nan)
        return CovarianceFit(unavailable(n, why), None, empty, np.nan, *_nothing(n))
    return fit_many(panel[None])[0]


def fit_many(panels: np.ndarray) -> list[CovarianceFit]:
    """`fit` of many panels of one shape, (number, n, T), without a missing figure; faster than one by one."""
    n = panels.shape[-2]
    relative = panels - panels.mean(axis=-2, keepdims=True)
    covariances = np.swapaxes(relative, -2, -1) @ relative / (n - 1)
    found = zip(*likeliest(covariances), strict=True)
    return [_known(*one) for one in zip(relative, covariances, found, strict=True)]


def _known(
    relative: np.ndarray, covariance: np.ndarray, found: tuple[Process, float, np.ndarray]
) -> CovarianceFit:
    """Standard error and interval around the likeliest process."""
    n, years = relative.shape
    process, minimum, profile = found
    deviance = float((n - 1) * minimum)
    if process.persistent <= AT_BOUND * np.trace(covariance) / years:
        why = "no passing part is found beside permanent effects and noise, so there is no rho"
        return CovarianceFit(unavailable(n, why), process, covariance, deviance, *_nothing(n))
    at_bound = not LEAST < process.rho < RHO[-1]
    variances = _nothing(n) if at_bound else _variances(process, relative)
    reason = f"no standard error: the estimate lies at the bound, {round(process.rho)}" if at_bound else ""
    fit = CovarianceFit(unavailable(n, reason), process, covariance, deviance, *variances)
    cut = critical_value(n) * fit.inflation(OF_RHO) / (n - 1)
    lower, upper = _interval(process.rho, np.maximum(profile - minimum, 0), cut)
    se = float(np.sqrt(fit.robust[2, 2]))
    return replace(fit, estimate=Estimate(process.rho, se, lower, upper, n, reason))


def _nothing(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Variances and influences that do not exist."""
    return np.full((4, 4), np.nan), np.full((n, 4), np.nan)


def critical_value(n: int) -> float:
    """Of a likelihood ratio of one parameter: Student's t squared."""
    return float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) ** 2)


def _interval(rho: float, above: np.ndarray, cut: float) -> tuple[float, float]:
    """Where the profile crosses a height above its minimum: its root is nearly a straight line.

    The outermost crossings, should there be several; 0 and 1 where there is none.
    """
    nodes = np.append(RHO, rho)
    order = np.argsort(nodes, kind="stable")
    nodes, root = nodes[order], np.sqrt(np.append(above, 0.0)[order])
    inside = np.flatnonzero(root <= np.sqrt(cut))
    ends = [0.0, 1.0]
    for side, (edge, beyond) in enumerate(((inside[0], inside[0] - 1), (inside[-1], inside[-1] + 1))):
        if 0 <= beyond < len(nodes):
            part = (np.sqrt(cut) - root[edge]) / (root[beyond] - root[edge])
            ends[side] = float(nodes[edge] + part * (nodes[beyond] - nodes[edge]))
    return ends[0], ends[1]


def _variances(process: Process, relative: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Normal variances of (permanent, persistent, rho, noise), and each district's influence on them."""
    n, years = relative.shape
    lag = np.abs(np.subtract.outer(np.arange(years), np.arange(years)))
    slope = process.persistent * lag * process.rho ** np.maximum(lag - 1, 0)
    parts = np.stack([np.ones((years, years)), process.rho**lag, slope, np.eye(years)])
    inverse = np.linalg.inv(process.covariance(years))
    weighted = inverse @ parts
    information = (n - 1) / 2 * np.einsum("jab,kba->jk", weighted, weighted)
    standard = relative @ inverse
    scores = np.einsum("ia,jab,ib->ij", standard, parts, standard, optimize=True) / 2
    # Parts differ in size by orders; scaled, the inverse keeps its digits.
    size = 1 / np.sqrt(np.diag(information))
    gaussian = np.linalg.inv(information * np.outer(size, size)) * np.outer(size, size)
    return gaussian, (scores - scores.mean(axis=0)) @ gaussian
