"""Do places with more of something also produce more per hour? Rank correlations with productivity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
import pandas as pd

from helpers import containing, geography, series
from helpers.derived import observe
from helpers.indicators import Observed

FEWEST = 5  # a rank correlation over fewer areas says nothing


def beside_productivity(observed: Observed, districts: Iterable[str], year: int) -> pd.DataFrame:
    """An indicator and GVA per hour of the areas that hold some districts.

    Returns
    -------
    DataFrame
        Indexed by area code: ``indicator`` and ``productivity`` (in the same year, or the nearest
        that is published); areas without either are left out.
    """
    areas = containing.areas_of(districts, observed.level, observed.vintage)
    return pd.DataFrame(
        {
            "indicator": observed.values[year].reindex(areas),
            "productivity": productivity(observed.level, observed.vintage, year).reindex(areas),
        }
    ).dropna()


def correlation(observed: Observed, districts: Iterable[str], year: int) -> float:
    """Spearman's correlation of an indicator with GVA per hour over the areas that hold districts.

    Returns
    -------
    float
        NaN with fewer than `FEWEST` areas, or where either does not vary.
    """
    both = beside_productivity(observed, districts, year)
    if len(both) < FEWEST or (both.nunique() < 2).any():
        return float("nan")
    return float(both["indicator"].corr(both["productivity"], method="spearman"))


def ends(correlation: float, n: int) -> tuple[float, float]:
    """95 % interval of Spearman's correlation: how far chance may move it over so many places.

    Parameters
    ----------
    correlation : float
    n : int
        Number of areas.

    Returns
    -------
    (float, float)
        Fisher's z with the variance ``(1 + r**2 / 2) / (n - 3)`` of Bonett and Wright (2000,
        Psychometrika 65, equation 7). NaN below five areas, and for a perfect order.

    Notes
    -----
    The areas are all there, not a sample, and neighbours are alike: the interval says what as many
    unrelated places would give, and is too narrow where they are not. Ours, not the producer's.
    """
    if n < FEWEST or not abs(correlation) < 1:
        return float("nan"), float("nan")
    reach = 1.959964 * np.sqrt((1 + correlation**2 / 2) / (n - 3))
    z = np.arctanh(correlation)
    return float(np.tanh(z - reach)), float(np.tanh(z + reach))


def table(contrasted: pd.DataFrame, groups: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """The rank correlations of a contrast with their number of areas and intervals.

    Parameters
    ----------
    contrasted : DataFrame
        `helpers.comparisons.comparison.contrast`.
    groups : mapping of str to iterable of str
        ``area`` and ``uk`` to their districts (`helpers.comparisons.comparison.members`).

    Returns
    -------
    DataFrame
        ``indicator, level, scope, year, n, correlation, lower, upper``.
    """
    rows = []
    for row in contrasted.itertuples(index=False):
        observed = observe(str(row.indicator))
        year = int(row.last_year if pd.notna(row.last_year) else observed.values.columns[-1])
        for scope in ("area", "uk"):
            n = len(beside_productivity(observed, groups[scope], year))
            correlated = float(getattr(row, f"rank_correlation_{scope}"))
            rows.append((row.indicator, row.level, scope, year, n, correlated, *ends(correlated, n)))
    columns = ["indicator", "level", "scope", "year", "n", "correlation", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns)


@cache
def productivity(level: str, vintage: str, year: int) -> pd.Series:
    """GVA per hour of the areas of a level, from the latest release, in a year or the nearest.

    Above districts it is the mean of the districts' figures weighted by hours worked; a district in
    several areas counts in each.
    """
    panel = series.panel(geography.resolve("UK"), "hour", series.releases("hour")[-1])
    nearest = min(panel.years, key=lambda published: abs(published - year))
    value, hours = panel.values[nearest], panel.hours[nearest]
    pairs = containing.of_districts(level, vintage)
    own = pairs["district"].map(value * hours).groupby(pairs["area_code"]).sum()
    return own / pairs["district"].map(hours).groupby(pairs["area_code"]).sum()
