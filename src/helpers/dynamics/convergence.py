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

from helpers import series
from helpers.dynamics import dispersion, inequality
from helpers.dynamics.slope import Slope, median, ols, within_regions
from helpers.errors import ParameterError, TableError

SPECIFICATIONS = ("unconditional", "region_effects", "quantile", "endpoint_means")
COLUMNS = ["area", "series", "specification", "window", "beta", "se", "n"]
DETAIL = ["lower", "upper", "errors", "effects", "left_out", "note"]
ENDPOINT_YEARS = 3
FEWEST_DISTRICTS = 10


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


def notes(found: pd.DataFrame) -> list[str]:
    """Which slopes of `estimates` do not exist, or leave districts out, and why; in sentences."""
    whose: dict[tuple[str, str], list[str]] = {}  # what it is about and why -> series
    for (area, window, name), rows in found.groupby(["area", "window", "series"], sort=False):
        left = [
            f"{gone} of {gone + n} districts are left out, with no figure at an end or alone in their region"
            * bool(gone)
            for gone, n in zip(rows["left_out"], rows["n"], strict=True)
        ]
        why = rows["note"].where(rows["note"] != "", pd.Series(left, rows.index, dtype=object))
        for reason, some in rows[why != ""].groupby(why, sort=False):
            about = f"Beta of {area}, {window} ({', '.join(some['specification'])};"
            whose.setdefault((about, str(reason)), []).append(str(name))
    return [f"{about} {' and '.join(names)}): {reason}." for (about, reason), names in whose.items()]


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
    blocks = inequality.blocks_of(panel)
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
