"""How far is each estimator of persistence from a known truth, and how often does its interval hold it?

Panels are drawn from a process with known parameters (`helpers.dynamics.process`), smoothed as the producer
smooths for the contrast, and put through the estimators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from scipy import stats  # type: ignore[import-untyped]

from helpers.causation import covariance_fit, dynamic_limits, dynamic_panel, likelihood_search
from helpers.dynamics import process, smoothing
from helpers.dynamics.process import Process

DISTRICTS = (65, 361)  # of the Midlands and of the UK
YEARS = 20
PANELS = 200
SHORTCUTS: dict[str, Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]] = {
    "fixed_effects": dynamic_panel.within,
    "half_panel_jackknife": dynamic_panel.jackknife,
    "anderson_hsiao": dynamic_panel.instrumented,
    "anderson_hsiao_3": lambda logs: dynamic_panel.instrumented(logs, 3),
}
COLUMNS = [
    "districts", "series", "estimator", "truth", "limit", "median", "bias", "spread", "coverage_90",
    "unavailable", "panels",
]  # fmt: skip


def bias_table(
    truth: Process,
    districts: Iterable[int] = DISTRICTS,
    years: int = YEARS,
    panels: int = PANELS,
    seed: int = 0,
    series: Iterable[str] = ("unsmoothed", "smoothed"),
) -> pd.DataFrame:
    """Bias and coverage of every estimator in drawn panels.

    Parameters
    ----------
    truth : Process
    districts : iterable of int
        Sizes of panel.
    years, panels, seed : int
    series : iterable of str
        ``unsmoothed``, and ``smoothed`` for the contrast.

    Returns
    -------
    DataFrame
        `COLUMNS`. ``limit`` is what the estimator tends to with many districts (of the smoothed series
        nearly, since it is pounds that are smoothed and not logs). ``median`` and the middle half's width
        divided by that of a normal distribution of variance one, ``spread``, describe the estimates;
        ``bias`` is the median less the truth, as instrumental variables have no mean. ``coverage_90`` is
        the share of panels whose 90 % interval holds the truth, ``unavailable`` that of panels without an
        estimate, which do not count in the rest. ``anderson_hsiao_3`` has the level three years back as
        its instrument.
    """
    rows = []
    for number, n in enumerate(districts):
        rng = np.random.default_rng([seed, number])
        pounds = process.simulate(truth, np.zeros(years), (panels, n), rng)
        for name in series:
            logs = np.log(pounds if name == "unsmoothed" else smoothing.smooth(pounds))
            limits = _limits(truth, years, name)
            for estimator, (rho, lower, upper) in _estimates(logs).items():
                there = ~np.isnan(rho)
                own = _summary(rho[there], lower[there], upper[there], truth.rho)
                rows.append(
                    [n, name, estimator, truth.rho, limits[estimator], *own, 1 - there.mean(), panels]
                )
    return pd.DataFrame(rows, columns=COLUMNS)


def coverage(truth: Process, n: int, panels: int, seed: int, tails: int | None = None) -> float:
    """Share of panels of `YEARS` years whose interval of the covariance fit holds the truth.

    Parameters
    ----------
    truth : Process
    n : int
        Districts.
    panels, seed : int
    tails : int, optional
        Degrees of freedom of Student's t, drawn by district, instead of a normal distribution.

    Notes
    -----
    Measured on 500 panels each (standard error 1.3 points) at seven truths, rho from 0.3 to 0.98, among
    them no noise, no permanent effect and the estimates for the UK and the Midlands: with normal figures
    the 90 % intervals hold the truth in 88 to 92 % of panels of 361 districts, 85 to 94 % of 65 and 85 to
    91 % of 20; with five degrees of freedom in 84 to 94, 82 to 91 and 80 to 89 %. So with few districts or
    long tails, which the data have, the intervals are somewhat too narrow. The estimate and 1.645
    standard errors to either side do worse: near rho = 1 they hold it in as few as three quarters.
    """
    rng = np.random.default_rng(seed)
    logs = np.log(process.simulate(truth, np.zeros(YEARS), (panels, n), rng))
    if tails:
        logs *= np.sqrt((tails - 2) / rng.chisquare(tails, (panels, n, 1)))
    _, lower, upper = _covariance(logs)
    return float(((lower <= truth.rho) & (truth.rho <= upper)).mean())


def nickell_table(rhos: Iterable[float] = (0.3, 0.5, 0.7, 0.8, 0.9), years: int = YEARS) -> pd.DataFrame:
    """The bias of fixed effects without noise: Nickell's formula, and what the jackknife leaves of it.

    Returns
    -------
    DataFrame
        ``rho, fixed_effects, half_panel_jackknife``: limits less rho with many districts.
    """
    rows = []
    for rho in rhos:
        limits = dynamic_limits.limits(Process(1.0, 1.0, rho, 0.0).covariance(years))
        rows.append([rho, dynamic_limits.nickell_bias(rho, years - 1), limits["half_panel_jackknife"] - rho])
    return pd.DataFrame(rows, columns=["rho", "fixed_effects", "half_panel_jackknife"])


def _estimates(logs: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Estimate and interval of each panel by estimator; logs of shape (panels, n, T)."""
    found = {"covariance": _covariance(logs)}
    t = stats.t.ppf((1 + dynamic_panel.CONFIDENCE) / 2, logs.shape[1] - 1)
    for name, estimate in SHORTCUTS.items():
        rho, influence = estimate(logs)
        width = t * dynamic_panel.spread(influence)
        found[name] = (rho, rho - width, rho + width)
    return found


def _covariance(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    every = [one.estimate for one in covariance_fit.fit_many(logs)]
    rho, lower, upper = np.array([[one.rho, one.lower, one.upper] for one in every]).T
    return rho, lower, upper


def _limits(truth: Process, years: int, name: str) -> dict[str, float]:
    """What each estimator tends to."""
    covariance = truth.covariance(years)
    if name == "smoothed":
        weights = smoothing.weights_matrix(years)
        covariance = weights @ covariance @ weights.T
    return dynamic_limits.limits(covariance) | {
        "covariance": likelihood_search.likeliest(covariance[None])[0][0].rho
    }


def _summary(
    rho: np.ndarray, lower: np.ndarray, upper: np.ndarray, truth: float
) -> tuple[float, float, float, float]:
    """Median, bias, spread and coverage."""
    if not len(rho):
        return np.nan, np.nan, np.nan, np.nan
    low, middle, high = np.quantile(rho, [0.25, 0.5, 0.75])
    spread = (high - low) / (stats.norm.ppf(0.75) - stats.norm.ppf(0.25))
    holds = (lower <= truth) & (truth <= upper)
    return float(middle), float(middle - truth), float(spread), float(holds.mean())
