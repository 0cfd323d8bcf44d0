"""Do districts that start behind grow faster? Regressions of growth on the initial level.

A negative slope does not by itself say that districts come together: chance carries the extremes towards
the middle even while the spread stays as it is (Galton's fallacy: Quah 1993, Scandinavian Journal of
Economics 95: 427-443). `beta_and_sigma` puts the slope beside the change of the spread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm  # type: ignore[import-untyped]
from linearmodels.iv import AbsorbingLS
from scipy import stats  # type: ignore[import-untyped]

from helpers import series
from helpers.dynamics import dispersion
from helpers.errors import ParameterError, TableError

SPECIFICATIONS = ("unconditional", "region_effects", "quantile", "endpoint_means")
COLUMNS = ["area", "series", "specification", "window", "beta", "se", "n"]
DETAIL = ["lower", "upper", "errors", "effects", "left_out", "note"]
ENDPOINT_YEARS = 3
FEWEST_DISTRICTS = 10
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
    model = sm.OLS(growth, sm.add_constant(initial))
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
    fit = sm.QuantReg(growth, sm.add_constant(initial)).fit(q=0.5, p_tol=1e-8, max_iter=50_000)
    return _slope(fit.params[1], fit.bse[1], len(growth) - 2, len(growth), "kernel")


def estimates(panels: Mapping[str, series.Panel], first_year: int, last_year: int) -> pd.DataFrame:
    """Every specification for every series over one window, with what stands behind it.

    Parameters
    ----------
    panels : mapping of str to Panel
        Name of a series (``smoothed``, ``unsmoothed``) to its districts.
    first_year, last_year : int
        The window, both ends included.

    Returns
    -------
    DataFrame
        `COLUMNS`, then ``lower, upper, errors`` as in `Slope`, ``effects`` (level of the regions),
        ``left_out`` (districts of the panel not used: without a figure at an end, or, with region
        effects, alone in their region) and ``note`` (why there is no estimate, else empty).

    Raises
    ------
    ParameterError
        The panel has no such years, or the window is empty.
    TableError
        A figure is zero or negative.

    Notes
    -----
    Growth is that of the whole window, not per year: one plus beta is the part of an initial difference
    (in logs) that is left at its end, on average; beta of an AR(1) is rho^T - 1. ``unconditional`` is
    `ols` from the first year to the last, ``region_effects`` `within_regions`, ``quantile`` `median`.
    ``endpoint_means`` is `ols` from the mean log of the first three years to that of the last three:
    an error in the initial level alone lowers beta, because it enters growth with the opposite sign, and
    the mean of three years has less of it. Its span is two years shorter.
    Regions are ITL1 for the UK; elsewhere ITL2, or ITL3 where no two ITL2 areas hold two districts each.
    """
    rows = []
    for name, panel in panels.items():
        if not {first_year, last_year} <= set(panel.values.columns) or first_year >= last_year:
            raise ParameterError(f"window: {first_year} to {last_year} does not lie in the series {name!r}.")
        for specification in SPECIFICATIONS:
            about = (panel.area.name, name, specification, f"{first_year}-{last_year}")
            slope, told = _estimate(panel, specification, first_year, last_year)
            found = asdict(slope) if slope else {"errors": ""}
            rows.append(dict(zip(COLUMNS[:4], about, strict=True)) | found | told)
    frame = pd.DataFrame(rows, columns=[*COLUMNS, *DETAIL])
    return frame.astype(dict.fromkeys(("beta", "se", "lower", "upper"), float))


def table(panels: Mapping[str, series.Panel], first_year: int, last_year: int) -> pd.DataFrame:
    """`COLUMNS` of `estimates`: ``beta`` and ``se`` are empty where there is no estimate."""
    return estimates(panels, first_year, last_year)[COLUMNS]


@dataclass(frozen=True)
class BetaSigma:
    """Slope and spread of the same districts between the same two years.

    The two are tied: 1 + beta = ``correlation`` * ``sd_last`` / ``sd_first``. So beta is negative
    whenever the correlation of the two years' logs falls short of sd_first / sd_last, be the spread
    smaller or not; with an unchanged spread it says only that districts changed places.

    Attributes
    ----------
    beta, beta_lower, beta_upper : float
        Unconditional slope and its 95 % interval.
    sd_first, sd_last : float
        Standard deviation of logs in the two years.
    sd_lower, sd_upper : float
        95 % interval of the change of the standard deviation (`dispersion.changes`); NaN, with the
        verdict ``cannot be known``, where there are too few ITL3 areas.
    verdict : str
        On the spread: ``widened``, ``narrowed``, ``within the noise``, ``too close to call`` or ``cannot
        be known``.
    correlation : float
        Of the logs in the two years.
    n : int
    """

    beta: float
    beta_lower: float
    beta_upper: float
    sd_first: float
    sd_last: float
    sd_lower: float
    sd_upper: float
    verdict: str
    correlation: float
    n: int


def beta_and_sigma(panel: series.Panel, first_year: int, last_year: int, seed: int) -> BetaSigma | None:
    """The slope beside the change of the spread; None below `FEWEST_DISTRICTS` districts."""
    slope, _ = _estimate(panel, "unconditional", first_year, last_year)
    if slope is None:
        return None
    changes = dispersion.changes({"": panel}, first_year, last_year, seed)
    spread = changes[changes["statistic"] == "sd_log"].iloc[0]
    logs = np.log(panel.values[[first_year, last_year]].dropna())
    return BetaSigma(
        beta=slope.beta,
        beta_lower=slope.lower,
        beta_upper=slope.upper,
        sd_first=float(spread["start"]),
        sd_last=float(spread["end"]),
        sd_lower=float(spread["lower"]),
        sd_upper=float(spread["upper"]),
        verdict=spread["verdict"],
        correlation=float(np.corrcoef(logs[first_year], logs[last_year])[0, 1]),
        n=slope.n,
    )


def _estimate(
    panel: series.Panel, specification: str, first_year: int, last_year: int
) -> tuple[Slope | None, dict[str, object]]:
    """One slope, or None; and ``n, effects, left_out, note``."""
    years = ENDPOINT_YEARS if specification == "endpoint_means" else 1
    frame = _growth(panel, first_year, last_year, years)
    effects = ""
    if specification == "region_effects":
        effects, frame["region"] = _regions(panel, frame.index)
        frame = frame[frame["region"].duplicated(keep=False)]
    note = _why_not(frame, effects, specification, last_year - first_year + 1 < 2 * years)
    told = {"n": len(frame), "effects": effects, "left_out": len(panel.values) - len(frame), "note": note}
    if note:
        return None, told
    x, y, clusters = (frame[column].to_numpy() for column in ("initial", "growth", "itl3"))
    if specification == "region_effects":
        return within_regions(x, y, frame["region"].to_numpy(), clusters), told
    return median(x, y) if specification == "quantile" else ols(x, y, clusters), told


def _growth(panel: series.Panel, first_year: int, last_year: int, years: int) -> pd.DataFrame:
    """Initial log level, growth and ITL3 area of the districts with a figure in every year used.

    The ends are means over so many years.
    """
    ends = panel.values.loc[:, first_year:last_year]
    first, last = ends.iloc[:, :years], ends.iloc[:, -years:]
    if (first <= 0).any(axis=None) or (last <= 0).any(axis=None):
        raise TableError("convergence: expected productivity above zero, found zero or a negative figure.")
    initial, final = (np.log(end).mean(axis=1, skipna=False) for end in (first, last))
    blocks = dispersion.blocks_of(panel)
    return pd.DataFrame({"initial": initial, "growth": final - initial, "itl3": blocks}).dropna()


def _regions(panel: series.Panel, codes: pd.Index) -> tuple[str, np.ndarray]:
    """The level whose regions get effects, and the region of each district; no level where none will do.

    A district that lies in several regions of the level is in a region of its own.
    """
    districts = panel.area.districts(series.vintage(panel.measure, panel.release)).loc[codes]
    for level in ("itl1",) if panel.area.kind == "uk" else ("itl2", "itl3"):
        if (districts[level].value_counts() >= 2).sum() >= 2:
            return level.upper(), districts[level].to_numpy(dtype=str)
    return "", codes.to_numpy(dtype=str)


def _why_not(frame: pd.DataFrame, effects: str, specification: str, overlap: bool) -> str:
    """Why these districts cannot tell a slope; empty when they can."""
    if overlap:
        return f"no estimate: the window is shorter than twice {ENDPOINT_YEARS} years"
    if specification == "region_effects" and not effects:
        return "no estimate: no two regions hold two districts each"
    if len(frame) < FEWEST_DISTRICTS:
        return f"no estimate: fewer than {FEWEST_DISTRICTS} districts"
    common = frame.groupby("region")["initial"].transform("mean") if effects else 0.0
    return "no estimate: all districts start alike" if np.ptp(frame["initial"] - common) < 1e-9 else ""


def _slope(beta: float, se: float, df: int, n: int, errors: str) -> Slope:
    width = stats.t.ppf(0.975, df) * se
    return Slope(float(beta), float(se), float(beta - width), float(beta + width), n, errors)
