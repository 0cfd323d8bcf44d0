"""How fast does a district's lead over the others fade, by every estimator and on both series?

The lead is the log of output per hour relative to the UK, less the mean of each year over the districts, in
which all that districts have in common cancels. The answer is that of the unsmoothed series. The published
one is a contrast: each of its years holds parts of its neighbours, so it persists by construction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cache

import numpy as np
import pandas as pd

from helpers import series
from helpers.causation import covariance_fit, variance_shares
from helpers.causation.dynamic_panel import (
    Estimate,
    anderson_hsiao,
    fixed_effects,
    half_panel_jackknife,
)
from helpers.dynamics import process, unsmoothed
from helpers.errors import TableError
from helpers.geography import Area, resolve

SERIES = ("unsmoothed", "smoothed")
ESTIMATORS: dict[str, Callable[[np.ndarray], Estimate]] = {
    "covariance": lambda logs: covariance_fit.fit(logs).estimate,
    "fixed_effects": fixed_effects,
    "half_panel_jackknife": half_panel_jackknife,
    "anderson_hsiao": anderson_hsiao,
}
COLUMNS = ["series", "estimator", "area", "rho", "se", "n"]
DETAIL = ["lower", "upper", "first_stage", "reason"]
UK = "UK"
BEFORE_THE_PANDEMIC = 2019


@cache
def leads(area: Area, name: str = "unsmoothed", variant: str = "current") -> pd.DataFrame:
    """Log output per hour of each district relative to the UK.

    Parameters
    ----------
    area : Area
    name : str
        ``unsmoothed`` or ``smoothed``.
    variant : str
        Of the unsmoothed figures, a key of `helpers.dynamics.unsmoothed.VARIANTS`.

    Returns
    -------
    DataFrame
        Codes by years; NaN where there is no figure. The frame is shared: do not change it in place.

    Raises
    ------
    TableError
        A figure is zero or negative.
    """
    panel = (
        unsmoothed.panel(area, variant)
        if name == "unsmoothed"
        else series.panel(area, "hour", unsmoothed.RELEASE)
    )
    if (panel.values <= 0).any(axis=None):
        raise TableError("persistence: expected output per hour above zero, found zero or a negative figure.")
    return np.log(panel.values).sub(np.log(panel.uk_value), axis=1)


def persistence_table(area: Area) -> pd.DataFrame:
    """Persistence by every estimator, on both series, of an area and the UK.

    Returns
    -------
    DataFrame
        `COLUMNS`, then `DETAIL`; one row per ``series``, ``estimator`` and ``area`` (the area's name, and
        ``UK``). ``lower`` and ``upper`` are the 90 % interval, ``n`` the districts with figures in every
        year. ``reason`` says why a figure is missing, or that an instrument is weak; ``first_stage`` is
        the F of Anderson and Hsiao's instrument and empty for the others. ``smoothed`` is a contrast.
    """
    rows = [
        {"series": of, "estimator": estimator, "area": name} | asdict(found)
        for where, name in _areas(area)
        for of in SERIES
        for estimator, found in _estimates(where, of).items()
    ]
    frame = pd.DataFrame(rows)[[*COLUMNS, *DETAIL]]
    return frame.astype({"first_stage": float})


def components(area: Area) -> pd.DataFrame:
    """Permanent, passing and noise parts with half-life, of an area and the UK, on the unsmoothed series.

    Returns
    -------
    DataFrame
        ``area``, then the columns of `helpers.causation.variance_shares.components`.
    """
    blocks = []
    for where, name in _areas(area):
        blocks.append(variance_shares.components(preferred(where)).assign(area=name))
    frame = pd.concat(blocks, ignore_index=True)
    return frame[["area", *variance_shares.COLUMNS]]


def sensitivity(area: Area) -> pd.DataFrame:
    """What becomes of the preferred estimate if one choice is made otherwise.

    Returns
    -------
    DataFrame
        ``area, choice, rho, se, n, lower, upper, reason``. The first choice of each area is that of
        `persistence_table`; then the other unsmoothed series; without the one district whose absence would
        move rho most (to first order); the years before the pandemic; the parameters that lie nearest to
        the autocovariances instead of the likeliest (`helpers.dynamics.process.fit`, without interval),
        which weights slow movements more; and Anderson and Hsiao's estimate by the level three years back,
        which noise does not reach.
    """
    rows = []
    for where, name in _areas(area):
        rows += [
            {"area": name, "choice": choice} | asdict(found) for choice, found in _choices(where).items()
        ]
    return pd.DataFrame(rows)[["area", "choice", "rho", "se", "n", "lower", "upper", "reason"]]


def fitted(area: Area) -> process.Process | None:
    """The process that is likeliest on an area's unsmoothed figures; None where there is no estimate."""
    found = preferred(area)
    return None if np.isnan(found.estimate.rho) else found.process


@cache
def _estimates(area: Area, name: str) -> dict[str, Estimate]:
    """Every estimator on one series of one area."""
    logs = leads(area, name).to_numpy()
    return {estimator: estimate(logs) for estimator, estimate in ESTIMATORS.items()}


@cache
def preferred(area: Area) -> covariance_fit.CovarianceFit:
    """The preferred fit, by covariances between years, to an area's unsmoothed series."""
    return covariance_fit.fit(leads(area).to_numpy())


def _choices(area: Area) -> dict[str, Estimate]:
    """Estimates by what was chosen."""
    logs = leads(area)
    base = preferred(area)
    found = {"as in the table": base.estimate}
    for variant, words in unsmoothed.VARIANT_WORDS.items():
        if variant != "current":
            found[words] = covariance_fit.fit(leads(area, variant=variant).to_numpy()).estimate
    if np.isfinite(base.influence).all() and len(base.influence):
        kept = logs.dropna(axis=1, how="all").dropna()
        code = kept.index[np.abs(base.influence[:, 2]).argmax()]
        district = unsmoothed.panel(area).names[code]
        found[f"without {district}"] = covariance_fit.fit(kept.drop(code).to_numpy()).estimate
    early = logs.loc[:, :BEFORE_THE_PANDEMIC]
    found[f"years to {BEFORE_THE_PANDEMIC}"] = covariance_fit.fit(early.to_numpy()).estimate
    found["minimum distance between autocovariances"] = _nearest(logs.to_numpy(), base.estimate)
    found["Anderson and Hsiao, level three years back"] = anderson_hsiao(logs.to_numpy(), back=3)
    return found


def _nearest(logs: np.ndarray, base: Estimate) -> Estimate:
    """Persistence by minimum distance, where the likelihood has an estimate too."""
    if np.isnan(base.rho):
        return base
    rho = process.fit(logs).rho
    return Estimate(rho, np.nan, np.nan, np.nan, base.n, "no interval is computed")


def _areas(area: Area) -> list[tuple[Area, str]]:
    """The area and the UK, once where they are the same."""
    own = [] if area.kind == "uk" else [(area, area.name)]
    return [*own, (resolve(UK), UK)]
