"""How much of a district's lead is left a year later, by regressions on the year before?

Three estimators of rho in p_it = mu_i + rho p_i,t-1 + time effect + error, whose standard errors are
clustered by district. They suppose that the lead is measured without noise. Where it is not, p = mu + s + m
with s an AR(1) of variance b and m white noise of variance c, none of them tends to rho however many
districts there are; in a panel that is long as well,

- `fixed_effects` and `half_panel_jackknife` tend to rho b / (b + c);
- `anderson_hsiao` with the level two years back tends to rho b (1 - rho) / (b (1 - rho) + c), which is
  lower still; with the level three years back to rho itself, but that instrument is weak where rho is
  near one.

`helpers.causation.dynamic_limits` gives what each tends to in a short panel, for any covariance of years.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from linearmodels.iv import IV2SLS
from linearmodels.panel import PanelOLS
from scipy import stats  # type: ignore[import-untyped]

CONFIDENCE = 0.90
FEWEST_DISTRICTS = 10  # errors clustered by district, and covariances between years, need several
FEWEST_YEARS = 6  # each half of the jackknife needs two years beside their years before
WEAK = 10.0  # first-stage F below which an instrument is called weak (Staiger and Stock 1997)
SAME = 1e-12


@dataclass(frozen=True)
class Estimate:
    """An estimate of rho.

    Attributes
    ----------
    rho, se, lower, upper : float
        The estimate, its standard error and its 90 % interval; NaN where `reason` says why.
    n : int
        Districts used.
    reason : str
        Why a figure is missing, else empty.
    first_stage : float or None
        F of the instrument in the first stage, clustered by district; None where there is none.
    """

    rho: float
    se: float
    lower: float
    upper: float
    n: int
    reason: str = ""
    first_stage: float | None = None


def unavailable(n: int, reason: str) -> Estimate:
    """No estimate, and why."""
    return Estimate(np.nan, np.nan, np.nan, np.nan, n, reason)


def complete(logs: np.ndarray) -> tuple[np.ndarray, str]:
    """The districts with a figure in every year, and why they cannot tell rho (empty where they can).

    Parameters
    ----------
    logs : ndarray, shape (n, T)
        NaN where there is no figure. Years before the first and after the last figure of any district
        do not count.

    Returns
    -------
    (ndarray, str)
    """
    seen = np.flatnonzero(np.isfinite(logs).any(axis=0))
    window = logs[:, seen[0] : seen[-1] + 1] if len(seen) else logs
    panel = window[np.isfinite(window).all(axis=1)]
    n, years = panel.shape
    if n < FEWEST_DISTRICTS:
        have = "1 district has" if n == 1 else f"{n} districts have"
        return panel, f"{have} figures in every year and {FEWEST_DISTRICTS} are needed"
    if years < FEWEST_YEARS:
        return panel, f"there are {years} years and {FEWEST_YEARS} are needed"
    if np.ptp(panel - panel.mean(axis=0), axis=0).max() < SAME:
        return panel, "the districts do not differ"
    moves = np.diff(panel, axis=1)
    if np.ptp(moves, axis=0).max() < SAME:
        return panel, "the differences between the districts do not move"
    return panel, ""


def fixed_effects(logs: np.ndarray) -> Estimate:
    """Least squares on the year before, with an effect for each district and each year.

    Parameters
    ----------
    logs : ndarray, shape (n, T)
        As in `complete`.

    Returns
    -------
    Estimate
        By `linearmodels.PanelOLS`, clustered by district with the correction for their number;
        the interval is by Student's t with n - 1 degrees of freedom.

    Notes
    -----
    In a short panel it is too low (Nickell 1981, Econometrica 49: 1417-1426), and noise
    in p lowers it further.
    """
    panel, why = complete(logs)
    if why:
        return unavailable(len(panel), why)
    n, pairs = len(panel), panel.shape[1] - 1
    index = pd.MultiIndex.from_product([range(n), range(pairs)])
    frame = pd.DataFrame({"now": panel[:, 1:].ravel(), "before": panel[:, :-1].ravel()}, index=index)
    model = PanelOLS(frame["now"], frame[["before"]], entity_effects=True, time_effects=True)
    found = model.fit(cov_type="clustered", cluster_entity=True, group_debias=True)
    return _estimate(float(found.params["before"]), float(found.std_errors["before"]), n)


def half_panel_jackknife(logs: np.ndarray) -> Estimate:
    """Twice `fixed_effects` less the mean of the two halves' (Dhaene and Jochmans 2015, REStud 82: 991-1030).

    Removes the part of the bias of a short panel that is inversely proportional to its length, not that
    of noise. With an odd number of pairs of years the halves are weighted by their length and both ways
    to halve are averaged. The standard error is clustered by district over all three regressions.
    """
    panel, why = complete(logs)
    if why:
        return unavailable(len(panel), why)
    rho, influence = jackknife(panel)
    return _estimate(float(rho), float(spread(influence)), len(panel))


def anderson_hsiao(logs: np.ndarray, back: int = 2) -> Estimate:
    """The change on the change of the year before, by an earlier level as instrument.

    Anderson and Hsiao (1981, JASA 76: 598-606): the level ``back`` years before, 2 in their paper.

    Parameters
    ----------
    logs : ndarray, shape (n, T)
        As in `complete`.
    back : int
        2, or 3 for an instrument that noise of a single year does not reach.

    Returns
    -------
    Estimate
        By `linearmodels.IV2SLS` on deviations from each year's mean, clustered by district.
        ``first_stage`` is the F of the instrument; below 10 the normal interval is not to be trusted,
        which ``reason`` says.
    """
    panel, why = complete(logs)
    if why:
        return unavailable(len(panel), why)
    now, before, level = (x.ravel() for x in _changes(panel, back))
    districts = np.repeat(np.arange(len(panel)), panel.shape[1] - back)
    model = IV2SLS(now, None, before, level)
    found = model.fit(cov_type="clustered", clusters=districts, debiased=True)
    strength = float(found.first_stage.diagnostics["f.stat"].iloc[0])  # type: ignore[attr-defined]
    weak = f"weak instrument: first-stage F is {strength:.1f}" if strength < WEAK else ""
    return _estimate(float(found.params.iloc[0]), float(found.std_errors.iloc[0]), len(panel), weak, strength)


def within(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`fixed_effects` of many panels at once: rho and each district's influence on it.

    Parameters
    ----------
    logs : ndarray, shape (..., n, T)

    Returns
    -------
    (ndarray, ndarray)
        Shapes (...) and (..., n).
    """
    now, before = (_centred(x - x.mean(axis=-1, keepdims=True)) for x in (logs[..., 1:], logs[..., :-1]))
    return _ratio(now, before, before)


def jackknife(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`half_panel_jackknife` of many panels at once, as `within`."""
    pairs = logs.shape[-1] - 1

    def part(which: int) -> Callable[[int, int], np.ndarray]:
        return lambda first, last: within(logs[..., first : last + 1])[which]

    return np.asarray(halved(part(0), pairs)), np.asarray(halved(part(1), pairs))


def instrumented(logs: np.ndarray, back: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """`anderson_hsiao` of many panels at once, as `within`."""
    return _ratio(*_changes(logs, back))


def spread(influence: np.ndarray) -> np.ndarray:
    """Standard error from the districts' influences, shape (..., n), with n / (n - 1)."""
    n = influence.shape[-1]
    return np.sqrt((influence**2).sum(axis=-1) * n / (n - 1))


def halved(over: Callable[[int, int], np.ndarray | float], pairs: int) -> np.ndarray | float:
    """Twice the whole less the halves, weighted by length; both cuts of an odd number averaged."""
    cuts = sorted({pairs // 2, pairs - pairs // 2})
    halves = [over(0, cut) * (cut / pairs) + over(cut, pairs) * (1 - cut / pairs) for cut in cuts]
    return 2 * over(0, pairs) - sum(halves) / len(cuts)


def _ratio(now: np.ndarray, before: np.ndarray, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Instrumental variables with one regressor: the slope and each district's influence."""
    slope = (level * before).sum(axis=(-2, -1))
    rho = (level * now).sum(axis=(-2, -1)) / slope
    error = now - rho[..., None, None] * before
    return rho, (level * error).sum(axis=-1) / slope[..., None]


def _changes(logs: np.ndarray, back: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Change, change of the year before and level ``back`` years before, less each year's mean."""
    moves = np.diff(logs, axis=-1)
    level = logs[..., :-back]
    return _centred(moves[..., back - 1 :]), _centred(moves[..., back - 2 : -1]), _centred(level)


def _centred(values: np.ndarray) -> np.ndarray:
    """Less the mean of each year over districts."""
    return values - values.mean(axis=-2, keepdims=True)


def _estimate(rho: float, se: float, n: int, reason: str = "", first_stage: float | None = None) -> Estimate:
    width = stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) * se
    return Estimate(rho, se, float(rho - width), float(rho + width), n, reason, first_stage)
