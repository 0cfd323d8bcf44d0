"""How far may a published figure still move? Draws from the revisions seen between releases.

The producer gives no interval for district productivity. Ours comes from the one thing that can be
seen from outside: what later releases did to the figures of earlier ones. That they are a guide to what
is to come, up as likely as down, each district by itself, are assumptions A08, A09 and A10.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd

from helpers import geography, series

DRAWS = 2000
LEVEL = (0.025, 0.975)


@dataclass(frozen=True, eq=False)
class Revision:
    """What one later release did to the figures of one earlier release.

    Attributes
    ----------
    earlier, later : int
        The two releases.
    common : Series
        Mean log change of all districts, by years counted back from the end of the earlier release.
    own : DataFrame
        Log change of each district less the common one; rows are codes, columns as in `common`.
    """

    earlier: int
    later: int
    common: pd.Series
    own: pd.DataFrame


@cache
def observed(measure: str) -> tuple[Revision, ...]:
    """Revisions between every earlier and later release of a measure (``hour`` or ``job``)."""
    country = geography.resolve("UK")
    panels = {r: series.panel(country, measure, r).values for r in series.releases(measure)}
    found = []
    for earlier, later in combinations(panels, 2):
        before, after = panels[earlier], panels[later]
        codes = before.index.intersection(after.index)
        change = np.log(after.loc[codes, before.columns]) - np.log(before.loc[codes])
        change.columns = before.columns[-1] - before.columns
        change = change[sorted(change.columns)]
        found.append(Revision(earlier, later, change.mean(), change - change.mean()))
    return tuple(found)


def own_paths(panel: series.Panel) -> np.ndarray:
    """Revision paths that each district of a panel has seen, relative to all districts.

    Returns
    -------
    ndarray, shape (n, P, T)
        Log revisions by district, pair of releases and year of the panel; NaN where the district
        is not in both releases. Years further from the end than the pair reaches take the pair's
        oldest year.
    """
    return np.stack(
        [
            revision.own.reindex(panel.values.index).to_numpy()[:, _back(panel, revision)]
            for revision in observed(panel.measure)
        ],
        axis=1,
    )


def common_paths(panel: series.Panel) -> np.ndarray:
    """Revisions common to all districts, shape (P, T); years as in `own_paths`."""
    return np.stack([r.common.to_numpy()[_back(panel, r)] for r in observed(panel.measure)])


def _back(panel: series.Panel, revision: Revision) -> np.ndarray:
    """Column of a revision for each year of a panel."""
    years = panel.values.columns.to_numpy(dtype=int)
    return np.minimum(years[-1] - years, len(revision.common) - 1)


@cache
def own_factors(panel: series.Panel, seed: int) -> np.ndarray:
    """Draws of what revision may still do to each figure relative to all others.

    Each draw takes for each district one of the paths it has seen, whole (the years of a path move
    together), with a random sign (relative to the mean, revisions go up as often as down).

    Returns
    -------
    ndarray, shape (DRAWS, n, T)
        Factors to multiply the figures with; NaN for a district without any observed revision.
    """
    possible = own_paths(panel)
    n = len(possible)
    seen = ~np.isnan(possible).all(axis=2)  # (n, P)
    order = np.argsort(~seen, axis=1, kind="stable")  # pairs that exist come first
    count = np.maximum(seen.sum(axis=1), 1)
    rng = np.random.default_rng([seed, 1])
    pick = order[np.arange(n), (rng.random((DRAWS, n)) * count).astype(int)]
    sign = rng.choice((-1.0, 1.0), size=(DRAWS, n))
    return np.exp(sign[:, :, None] * possible[np.arange(n), pick])


@cache
def common_factors(panel: series.Panel, seed: int) -> np.ndarray:
    """Draws of what revision may still do to all figures alike: for amounts in pounds.

    Returns
    -------
    ndarray, shape (DRAWS, T)
        One observed common path per draw with a random sign. Common revisions have mostly been
        upward; the band does not lean on that and allows either way.
    """
    possible = common_paths(panel)
    rng = np.random.default_rng([seed, 2])
    sign = rng.choice((-1.0, 1.0), size=DRAWS)
    return np.exp(sign[:, None] * possible[rng.integers(len(possible), size=DRAWS)])


def outcomes(panel: series.Panel) -> np.ndarray:
    """Every equally likely factor of a single figure in pounds: its own and the common revision.

    For one district there are only as many outcomes as paths and signs, so its band needs no chance.

    Returns
    -------
    ndarray, shape (4 * P * P, n, T)
        NaN where the district was not in a pair of releases.
    """
    own = np.moveaxis(own_paths(panel), 1, 0)
    common = common_paths(panel)
    signed = [a[None] + b[:, None, None] for a in (own, -own) for b in (common, -common)]
    return np.exp(np.stack(signed).reshape(4 * len(own) * len(common), *own.shape[1:]))


def band(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end of the middle 95 % of draws.

    Parameters
    ----------
    draws : ndarray, shape (draws, ...)

    Returns
    -------
    (ndarray, ndarray)
        Observed draws, not interpolated, so that a monotone transform of the draws has the
        transformed band. NaN where any draw is NaN.
    """
    low, high = np.quantile(draws, LEVEL, axis=0, method="nearest")
    return low, high


def band_of_outcomes(possible: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As `band`, over equally likely outcomes of which some do not exist (NaN)."""
    seen = ~np.isnan(possible).all(axis=0)
    low, high = np.full((2, *seen.shape), np.nan)
    if seen.any():  # NumPy's quantile of nothing has no shape
        low[seen], high[seen] = np.nanquantile(possible[:, seen], LEVEL, axis=0, method="nearest")
    return low, high
