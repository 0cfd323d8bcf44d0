"""Do productive districts stand beside productive ones, and where?"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats  # type: ignore[import-untyped]

from helpers.geography import Area
from helpers.space import contiguity
from helpers.space.contiguity import Neighbours

FEWEST = 8  # with fewer, hardly an arrangement of the districts is rare enough to be told from chance
PERMUTATIONS = 999
LOCAL_PERMUTATIONS = 9999  # the smallest p must be able to survive among hundreds
LEVEL = 0.05
QUADRANTS = {1: "high beside high", 2: "low beside high", 3: "low beside low", 4: "high beside low"}
MORAN = ["area", "variable", "year", "statistic", "p"]
LISA = ["area_code", "value", "neighbours", "lag", "statistic", "quadrant", "p", "p_adjusted", "survives"]


@dataclass(frozen=True)
class Moran:
    """Moran's I of one variable: ``statistic``, its ``expected`` value without pattern, ``-1 / (n - 1)``.

    ``p`` is two-sided, from random rearrangements of the districts. All three are NaN where ``reason``
    says why there is no statistic; ``districts`` have a value.
    """

    statistic: float
    expected: float
    p: float
    districts: int
    reason: str


def _esda() -> Any:
    """The library's module on Moran's I: slow to import, and its progress bar complains in a notebook."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")
        from esda import moran  # type: ignore[import-untyped]
    return moran


def moran(values: pd.Series, permutations: int = PERMUTATIONS, seed: int = 0) -> Moran:
    """Moran's I of some districts.

    Parameters
    ----------
    values : Series
        By district code of December 2024. Districts without a value are left out, and the others'
        neighbours are looked for among those that have one.
    permutations, seed : int

    Returns
    -------
    Moran
        Statistic by `esda`; the rearrangements are ours, because those of `esda` draw from NumPy's
        global generator and count one tail only.
    """
    known = values.dropna()
    reason = _none(known)
    if reason:
        return Moran(np.nan, np.nan, np.nan, len(known), reason)
    beside = contiguity.among(tuple(known.index))
    found = _esda().Moran(known.to_numpy(), beside.weights, permutations=0)
    z = known.to_numpy() - known.mean()
    n = len(z)
    rng = np.random.default_rng([seed, 1])
    shuffled = z[rng.permuted(np.tile(np.arange(n), (permutations, 1)), axis=1)]
    by_chance = (shuffled * (beside.matrix @ shuffled.T).T).sum(axis=1) / (z @ z)
    return Moran(float(found.I), -1 / (n - 1), _two_sided(found.I, by_chance), n, "")


def moran_table(
    area: Area,
    levels: Mapping[str, pd.DataFrame],
    first_year: int,
    last_year: int,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> pd.DataFrame:
    """Moran's I of levels, year by year, and of growth over the window.

    Parameters
    ----------
    area : Area
    levels : mapping of str to DataFrame
        Name of a series (``gva_per_hour_unsmoothed``) to its values, above zero; rows are district
        codes of December 2024, columns are years.
    first_year, last_year : int
        The window, both ends included.

    Returns
    -------
    DataFrame
        Columns `MORAN`. ``variable`` is ``log_NAME``, or ``growth_NAME`` (log change a year over the
        window, under its last year). Neighbours are those inside the area. ``statistic`` and ``p``
        are blank where `moran` gives a reason.
    """
    rows = []
    for name, values in levels.items():
        logs = np.log(values[values.index.isin(area.codes)])
        wanted = {("log", year): logs[year] for year in logs.columns if first_year <= year <= last_year}
        growth = (logs[last_year] - logs[first_year]) / (last_year - first_year)
        for (what, year), column in (wanted | {("growth", last_year): growth}).items():
            found = moran(column, permutations, seed)
            rows.append((area.name, f"{what}_{name}", int(year), found.statistic, found.p))
    return pd.DataFrame(rows, columns=MORAN)


def lisa(
    values: pd.Series, permutations: int = LOCAL_PERMUTATIONS, seed: int = 0, level: float = LEVEL
) -> pd.DataFrame:
    """Where high stands beside high or low beside low: local Moran statistics (Anselin 1995).

    Parameters
    ----------
    values : Series
        As in `moran`; logs for productivity.
    permutations, seed : int
        Each district keeps its value while the others are dealt out to its neighbours.
    level : float
        Expected share of false finds among the finds (Benjamini and Hochberg 1995).

    Returns
    -------
    DataFrame
        Columns `LISA`, one row per district with a value. ``neighbours`` is their number, ``lag``
        their mean; ``quadrant`` is one of `QUADRANTS` (against the mean of all), whether or not it
        could be chance; ``p`` is two-sided; ``survives`` says whether ``p_adjusted`` is at most
        `level`. Empty below `FEWEST` districts or where all values are equal.
    """
    known = values.dropna()
    if _none(known):
        return pd.DataFrame(columns=LISA)
    beside = contiguity.among(tuple(known.index))
    with warnings.catch_warnings():  # it changes the filters of the whole process
        found = _esda().Moran_Local(known.to_numpy(), beside.weights, permutations=0)
    p = _local_p(known.to_numpy(), beside, permutations, seed)
    adjusted = stats.false_discovery_control(p, method="bh")
    return pd.DataFrame(
        {
            "area_code": known.index,
            "value": known.to_numpy(),
            "neighbours": [beside.weights.cardinalities[code] for code in known.index],
            "lag": beside.matrix @ known.to_numpy(),
            "statistic": found.Is,
            "quadrant": [QUADRANTS[int(q)] for q in found.q],
            "p": p,
            "p_adjusted": adjusted,
            "survives": adjusted <= level,
        }
    )[LISA]


def _local_p(values: np.ndarray, beside: Neighbours, permutations: int, seed: int) -> np.ndarray:
    """Two-sided p of each district's lag, over random draws of its neighbours from all others.

    Drawn here rather than by `esda`, whose compiled draws take twenty seconds to compile in every
    process.
    """
    n = len(values)
    counts = [beside.weights.cardinalities[code] for code in beside.codes]
    rng = np.random.default_rng([seed, 2])
    dealt = rng.permuted(np.tile(np.arange(n - 1), (permutations, 1)), axis=1)[:, : max(counts)]
    z = values - values.mean()
    observed = z * (beside.matrix @ z)
    found = []
    for i, count in enumerate(counts):
        by_chance = z[i] * np.delete(z, i)[dealt[:, :count]].mean(axis=1)
        found.append(_two_sided(observed[i], by_chance))
    return np.array(found)


def _two_sided(observed: float, by_chance: np.ndarray) -> float:
    """Twice the smaller tail, the observed arrangement counted among the random ones."""
    slack = 1e-12 * max(1.0, abs(observed))  # equal arrangements differ in the last digit
    tail = min((by_chance >= observed - slack).sum(), (by_chance <= observed + slack).sum())
    return min(1.0, 2 * (int(tail) + 1) / (len(by_chance) + 1))


def _none(known: pd.Series) -> str:
    """Why there is no statistic, or an empty string where there is one."""
    if len(known) < FEWEST:
        return f"{len(known)} districts have a value; a spatial pattern needs {FEWEST}."
    if known.nunique() == 1:
        return "All districts have the same value; there is no pattern to measure."
    return ""
