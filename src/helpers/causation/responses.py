"""How does one variable of the loop move in the year after another was high? Three regressions, one range.

    y_it = a x_i,t-1 + (1 - d) y_i,t-1 + effects + e     for a stock (`past`),
    y_it - y_i,t-1 = a x_i,t-1 + effects + e             for people, who have no place of rest (`change`),
    y_it = a x_i,t-1 + effects + e                       for investment, a flow (`level`).

No version is an effect by itself; each errs in a way of its own:

- ``between``: effects of the years of each region, and never an own past, which would hold whatever is
  permanent: the slope in rest, not that of a year. Places that differ for good, for whatever reason, count
  as if one difference had made the other: tilted towards the loop.
- ``within``: effects of places and years, corrected by the half-panel jackknife. Only what changes within
  the years at hand counts, and noise in the figures draws it to zero: tilted away from the loop.
- ``instrumented``: as ``within``, with x_i,t-1 told by x_i,t-2, which takes off noise that lasts one year;
  not corrected for the shortness of the panel.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from linearmodels.iv import IV2SLS
from scipy import stats  # type: ignore[import-untyped]

from helpers.causation import projections
from helpers.causation.dynamic_panel import CONFIDENCE, WEAK
from helpers.causation.projections import FEWEST_PLACES, FEWEST_YEARS, SAME, Slope

TILTS = {"between": "towards", "within": "away", "instrumented": ""}
COLUMNS = [
    "specification", "tilt", "estimate", "lower", "upper", "places", "first_year", "last_year", "n", "reason",
]  # fmt: skip


def rows_of(outcome: pd.DataFrame, driver: pd.DataFrame, form: str) -> pd.DataFrame:
    """Rows of place and year t: ``y``, ``x`` a year before, ``z`` two years before, ``own`` a year before.

    Parameters
    ----------
    outcome, driver : DataFrame
        Places by consecutive years.
    form : str
        ``past`` holds the outcome's own past constant; with ``change`` ``y`` is its change, with ``level``
        it stands as it is, and there is no ``own``.

    Returns
    -------
    DataFrame
        Years that both have, and places with a figure in all of them.
    """
    codes = outcome.index.intersection(driver.index)
    before = driver.set_axis(driver.columns + 1, axis=1)
    earlier = driver.set_axis(driver.columns + 2, axis=1)
    past = outcome.set_axis(outcome.columns + 1, axis=1)
    years = sorted(set(outcome.columns) & set(before.columns) & set(earlier.columns) & set(past.columns))
    parts = {"y": outcome, "x": before, "z": earlier, "own": past}
    parts = {name: part.reindex(index=codes, columns=years) for name, part in parts.items()}
    whole = np.logical_and.reduce([part.notna().all(axis=1) for part in parts.values()])
    frame = pd.DataFrame({name: part[whole].stack() for name, part in parts.items()})
    if form == "change":
        frame["y"] = frame["y"] - frame["own"]
    return frame if form == "past" else frame.drop(columns="own")


def responses(
    outcome: pd.DataFrame,
    driver: pd.DataFrame,
    clusters: pd.Series,
    regions: pd.Series,
    form: str = "past",
) -> pd.DataFrame:
    """The response of an outcome to a driver a year before, in all three versions.

    Parameters
    ----------
    outcome, driver : DataFrame
        Logs, places by years.
    clusters, regions : Series
        ITL3 area and ITL1 region of each place.
    form : str
        As in `rows_of`.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row per version, with 90 % intervals: log points per log point, of a stock those of
        a year except ``between``, which is what they come to in rest.
        ``reason`` says why there is no estimate, or what it lacks.
    """
    frame = rows_of(outcome, driver, form)
    at_rest = frame[["y", "x"]]
    slopes = {
        "between": projections.fixed_effects(at_rest, clusters, places=False, cells=regions),
        "within": projections.half_panel(frame.drop(columns="z"), clusters)[0],
        "instrumented": instrumented(frame, clusters),
    }
    year = frame.index.get_level_values(1)
    ends = (int(year.min()), int(year.max())) if len(frame) else (pd.NA, pd.NA)
    places = frame.index.get_level_values(0).nunique()
    rows = [
        (name, TILTS[name], slope.estimate, slope.lower, slope.upper, places, *ends, slope.n, slope.reason)
        for name, slope in slopes.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def instrumented(frame: pd.DataFrame, clusters: pd.Series) -> Slope:
    """Slope of ``y`` on ``x`` told by ``z``, other columns held constant, with effects of places and years.

    Parameters
    ----------
    frame : DataFrame
        Balanced panel from `rows_of`.
    clusters : Series
        Cluster of each place.

    Returns
    -------
    Slope
        ``reason`` says so where the instrument is weak (F below 10); there is then no estimate.
    """
    group = clusters.reindex(frame.index.get_level_values(0))
    number, years = group.nunique(), frame.index.get_level_values(1).nunique()
    none = (np.nan, np.nan, np.nan, np.nan, number, len(frame))
    if number < FEWEST_PLACES:
        return Slope(*none, f"no estimate: fewer than {FEWEST_PLACES} ITL3 areas")
    if years < FEWEST_YEARS:
        return Slope(*none, f"no estimate: fewer than {FEWEST_YEARS} years")
    flat = frame - frame.groupby(level=0).transform("mean") - frame.groupby(level=1).transform("mean")
    flat += frame.mean()
    if np.ptp(flat[["x", "z"]].to_numpy(), axis=0).min() < SAME:
        return Slope(*none, "no estimate: the effects leave nothing of the regressor")
    held = flat[["own"]] if "own" in flat else None
    options = {"cov_type": "clustered", "clusters": pd.factorize(group)[0], "debiased": True}
    told = flat[["z"]] if held is None else flat[["z", "own"]]
    first = IV2SLS(flat["x"], told, None, None).fit(**options)
    strength = (first.params["z"] / first.std_errors["z"]) ** 2
    if strength < WEAK:
        return Slope(*none, f"no estimate: weak instrument (F {strength:.1f})")
    fit = IV2SLS(flat["y"], held, flat[["x"]], flat[["z"]]).fit(**options)
    slope, se = float(fit.params["x"]), float(fit.std_errors["x"])
    width = float(stats.t.ppf((1 + CONFIDENCE) / 2, number - 1)) * se
    return Slope(slope, se, slope - width, slope + width, number, len(frame))
