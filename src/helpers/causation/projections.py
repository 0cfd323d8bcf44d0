"""Does investment come before productivity, or productivity before investment? Local projections.

Jorda (2005, American Economic Review 95: 161-182) in a panel of ITL3 areas: one regression for each
horizon h,

    y_{i,t+h} = a_i + c_t + theta_h x_it + sum over l of (phi_l y_{i,t-l} + psi_l x_{i,t-l}) + e,

with y output per hour and x investment, and the other way round. What the theta_h are not: effects. Only
the order in time is used, and ONS shares investment out to ITL3 areas partly by employment, so that hours
which are counted too high raise investment and lower output per hour at once. In the equation for output
per hour that pulls theta_0 down; in the equation for investment likewise. They are bounds on an effect.

Investment enters as the log of a total, never per hour or job, which would put the denominator of output
per hour on both sides. Lagged output per hour is there as the lagged outcome; hours of later years are not
on the right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS
from scipy import stats  # type: ignore[import-untyped]

from helpers.causation import states
from helpers.causation.dynamic_panel import CONFIDENCE
from helpers.geography import Area

HORIZONS = tuple(range(7))
LAGS = 2
FEWEST_PLACES = 10
FEWEST_YEARS = 4
SAME = 1e-10
COLUMNS = [
    "horizon",
    "estimate",
    "se",
    "lower",
    "upper",
    "uncorrected",
    "places",
    "first_year",
    "last_year",
    "n",
    "reason",
]


@dataclass(frozen=True)
class Slope:
    """One coefficient of a panel regression.

    Attributes
    ----------
    estimate, se, lower, upper : float
        ``lower`` and ``upper`` are the 90 % interval by Student's t, clusters less one degrees of
        freedom; NaN where `reason` says why there is none.
    clusters, n : int
        Clusters and observations used.
    reason : str
    """

    estimate: float
    se: float
    lower: float
    upper: float
    clusters: int
    n: int
    reason: str = ""


def fixed_effects(
    frame: pd.DataFrame, clusters: pd.Series, places: bool = True, cells: pd.Series | None = None
) -> Slope:
    """Slope of ``y`` on ``x`` in a panel, other columns held constant.

    Parameters
    ----------
    frame : DataFrame
        Indexed by place and year; ``y``, ``x`` and any other regressors, without gaps in a row.
    clusters : Series
        Cluster of each place.
    places : bool
        Whether each place has an effect of its own. Years always have.
    cells : Series, optional
        Region of each place: each region then has effects of years of its own.

    Returns
    -------
    Slope
        Clustered errors with the correction G / (G - 1) * (n - 1) / (n - k), effects counting among the k
        coefficients (Cameron and Miller 2015, JHR 50: 317-372).
        No estimate from fewer than `FEWEST_PLACES` clusters or `FEWEST_YEARS` years, or where the
        effects leave nothing of ``x``.
    """
    of = frame.index.get_level_values(0)
    groups, years = clusters.reindex(of).nunique(), frame.index.get_level_values(1).nunique()
    if groups < FEWEST_PLACES:
        return _none(groups, len(frame), f"fewer than {FEWEST_PLACES} ITL3 areas")
    if years < (FEWEST_YEARS if places else 1):
        return _none(groups, len(frame), f"fewer than {FEWEST_YEARS} years")
    year = frame.index.get_level_values(1)
    if cells is not None:
        # Effects of cells are taken off here: as dummies they would be as many as regions times years.
        frame = frame - frame.groupby([cells.reindex(of).to_numpy(), year]).transform("mean")
    left = frame["x"] - frame["x"].groupby(year).transform("mean")
    if places:
        left = left - left.groupby(level=0).transform("mean")
    if np.abs(left).max() < SAME:
        return _none(groups, len(frame), "the effects leave nothing of the regressor")
    # Numbers as labels: the library's look-ups are slow on text.
    numbers = pd.MultiIndex.from_arrays([pd.factorize(of)[0], year])
    frame = frame.set_axis(numbers)
    model = PanelOLS(
        frame["y"],
        frame.drop(columns="y"),
        entity_effects=places,
        time_effects=cells is None,
        check_rank=False,
    )
    fit = model.fit(
        cov_type="clustered",
        clusters=pd.DataFrame({"cluster": pd.factorize(clusters.reindex(of))[0]}, index=frame.index),
        group_debias=True,
    )
    slope, se = float(fit.params["x"]), float(fit.std_errors["x"])
    width = float(stats.t.ppf((1 + CONFIDENCE) / 2, groups - 1)) * se
    return Slope(slope, se, slope - width, slope + width, groups, len(frame))


def half_panel(frame: pd.DataFrame, clusters: pd.Series) -> tuple[Slope, float]:
    """`fixed_effects` with places' effects, and the same corrected for the shortness of the panel.

    Parameters
    ----------
    frame : DataFrame
        As in `fixed_effects`, balanced: every place has every year.
    clusters : Series
        Cluster of each place.

    Returns
    -------
    slope : Slope
        Twice the whole panel's estimate less the mean of its two halves' (Dhaene and Jochmans 2015,
        Review of Economic Studies 82: 991-1030), its interval the whole panel's moved there. Local
        projections with effects need it even without a lagged outcome (Mei, Sheng and Shi 2026,
        Journal of International Economics 160: 104210). Where a half has too few years the whole panel's
        estimate stands and ``reason`` says so.
    uncorrected : float
        The whole panel's estimate.
    """
    whole = fixed_effects(frame, clusters)
    if whole.reason:
        return whole, np.nan
    year = frame.index.get_level_values(1)
    known = np.unique(year)
    cut = known[len(known) // 2]
    halves = [frame[part] for part in (year < cut, year >= cut)]
    if len(known) < 2 * FEWEST_YEARS:
        return replace(whole, reason="not corrected: a half has too few years"), whole.estimate
    move = whole.estimate - sum(_within_slope(half) for half in halves) / 2
    moved = {name: getattr(whole, name) + move for name in ("estimate", "lower", "upper")}
    return replace(whole, **moved), whole.estimate


def stacked(outcome: pd.DataFrame, impulse: pd.DataFrame, horizon: int, lags: int) -> pd.DataFrame:
    """Rows of place and year t of one projection: ``y`` at t + horizon, ``x`` at t, lags of both.

    Places with a gap in the years that any place has are left out.
    """
    columns = {"y": outcome.shift(-horizon, axis=1), "x": impulse}
    for lag in range(1, lags + 1):
        columns[f"outcome_{lag}"] = outcome.shift(lag, axis=1)
        columns[f"impulse_{lag}"] = impulse.shift(lag, axis=1)
    rows = pd.DataFrame({name: part.stack() for name, part in columns.items()}).dropna()
    number = rows.groupby(level=0)["y"].transform("size")
    return rows[number == number.max()]


def project(
    outcome: pd.DataFrame,
    impulse: pd.DataFrame,
    clusters: pd.Series,
    horizons: Iterable[int] = HORIZONS,
    lags: int = LAGS,
) -> pd.DataFrame:
    """Local projections of one log on another.

    Parameters
    ----------
    outcome, impulse : DataFrame
        Places by consecutive years.
    clusters : Series
        Cluster of each place.
    horizons : iterable of int
    lags : int
        Years before that both enter with.

    Returns
    -------
    DataFrame
        `COLUMNS`: per cent by which the outcome of year t + horizon differs per per cent of the impulse in
        year t; ``estimate``, ``lower`` and ``upper`` as `half_panel` corrects them; ``first_year`` and
        ``last_year`` of t.
    """
    years = range(
        min(outcome.columns.min(), impulse.columns.min()),
        max(outcome.columns.max(), impulse.columns.max()) + 1,
    )
    codes = outcome.index.intersection(impulse.index)
    y, x = (frame.reindex(index=codes, columns=years) for frame in (outcome, impulse))
    rows = []
    for horizon in horizons:
        frame = stacked(y, x, horizon, lags)
        slope, uncorrected = half_panel(frame, clusters)
        year = frame.index.get_level_values(1)
        ends = (int(year.min()), int(year.max())) if len(year) else (pd.NA, pd.NA)
        places = frame.index.get_level_values(0).nunique()
        figures = (slope.estimate, slope.se, slope.lower, slope.upper, uncorrected)
        rows.append((horizon, *figures, places, *ends, slope.n, slope.reason))
    return pd.DataFrame(rows, columns=COLUMNS)


def both_ways(
    area: Area, edition: str = "original", horizons: Iterable[int] = HORIZONS, lags: int = LAGS
) -> pd.DataFrame:
    """Output per hour after investment, and investment after output per hour, in an area's ITL3 areas.

    Parameters
    ----------
    area : Area
    edition : str
        Of investment, as in `states.investment`.

    Returns
    -------
    DataFrame
        ``area, edition, direction, left_out`` and `COLUMNS`. ``direction`` is ``investment to
        productivity`` or ``productivity to investment``; ``left_out`` counts ITL3 areas partly outside.
    """
    codes, left_out = states.of_area(area, "itl3")
    productivity = states.productivity("itl3").reindex(codes)
    invested = states.investment(edition)
    invested = invested.loc[invested.index.isin(codes)]
    group = states.clusters(productivity.index, "itl3")
    parts = []
    for direction, outcome, impulse in (
        ("investment to productivity", productivity, invested),
        ("productivity to investment", invested, productivity),
    ):
        found = project(outcome, impulse, group, horizons, lags)
        parts.append(found.assign(area=area.name, edition=edition, direction=direction, left_out=left_out))
    return pd.concat(parts, ignore_index=True)[["area", "edition", "direction", "left_out", *COLUMNS]]


def _within_slope(frame: pd.DataFrame) -> float:
    """Slope of ``y`` on ``x`` in a balanced panel with effects of places and years, without its error."""
    flat = frame - frame.groupby(level=0).transform("mean") - frame.groupby(level=1).transform("mean")
    flat = flat + frame.mean()
    regressors = flat.drop(columns="y")
    found = np.linalg.lstsq(regressors.to_numpy(), flat["y"].to_numpy(), rcond=None)[0]
    return float(found[regressors.columns.get_loc("x")])


def _none(clusters: int, n: int, why: str) -> Slope:
    return Slope(np.nan, np.nan, np.nan, np.nan, clusters, n, f"no estimate: {why}")
