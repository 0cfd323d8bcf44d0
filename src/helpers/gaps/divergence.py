"""Is the gap between the most and the least productive districts widening? Every definition of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import revisions, series
from helpers.groups import Groups, choose

WEIGHTS = ("unweighted", "hours", "median")
DEFINITIONS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "share_of_top": lambda top, bottom: (top - bottom) / top,
    "share_of_bottom": lambda top, bottom: (top - bottom) / bottom,
    "ratio": lambda top, bottom: top / bottom,
    "absolute": lambda top, bottom: top - bottom,
    "log": lambda top, bottom: np.log(top / bottom),
}


@dataclass(frozen=True)
class Gap:
    """One definition of the gap over time.

    Attributes
    ----------
    panel : Panel
        The districts behind it.
    groups : Groups
        Who is compared.
    weights, definition : str
        One of `WEIGHTS`, one of `DEFINITIONS`.
    top, bottom : Series
        Average productivity of the two groups by year, GBP.
    top_band, bottom_band : tuple of ndarray
        Lower and upper end of the revision bands of the two averages.
    value, lower, upper : Series
        The gap by year, and the revision band (ours); in the unit of the definition.
    draws : ndarray, shape (draws, T)
        The gap in each revision draw.
    """

    panel: series.Panel
    groups: Groups
    weights: str
    definition: str
    top: pd.Series
    bottom: pd.Series
    top_band: tuple[np.ndarray, np.ndarray]
    bottom_band: tuple[np.ndarray, np.ndarray]
    value: pd.Series
    lower: pd.Series
    upper: pd.Series
    draws: np.ndarray


@dataclass(frozen=True)
class Change:
    """How much a gap changed between two years, beside what revision alone may do.

    ``verdict`` is ``widened`` or ``narrowed`` when the whole band of the change lies on one side of
    zero, ``within the noise`` when zero lies inside, ``too close to call`` when the number of draws
    does not settle on which side of zero the band ends, and ``cannot be known`` without a band.
    """

    first_year: int
    last_year: int
    start: float
    end: float
    change: float
    lower: float
    upper: float
    verdict: str


def gap(
    panel: series.Panel,
    rule: str,
    size: int,
    weights: str = "unweighted",
    definition: str = "share_of_top",
    seed: int = 0,
) -> Gap:
    """The gap between two groups of one panel by one definition.

    Parameters
    ----------
    panel : Panel
    rule, size : str, int
        How the groups are chosen (`helpers.groups.choose`).
    weights : str
        ``unweighted`` mean of the members, mean weighted by ``hours`` worked, or ``median``.
    definition : str
        A key of `DEFINITIONS`; shares are fractions, ``absolute`` is in GBP.
    seed : int
        Seed of the revision draws.

    Returns
    -------
    Gap
        A year in which a member (or, with weights ``hours``, its hours) has no figure has no gap.
        The groups are the same in every draw: the band is that of the gap between these
        districts, not of who they are.
    """
    groups = choose(panel.values, rule, size)
    top, bottom, top_draws, bottom_draws = averages(panel, groups, weights, seed)
    measure = DEFINITIONS[definition]
    common = revisions.common_factors(panel, seed)
    draws = measure(top_draws, bottom_draws) * (common if definition == "absolute" else 1)
    low, high = revisions.band(draws)
    years = panel.values.columns
    return Gap(
        panel,
        groups,
        weights,
        definition,
        top=pd.Series(top, index=years),
        bottom=pd.Series(bottom, index=years),
        top_band=revisions.band(top_draws * common),
        bottom_band=revisions.band(bottom_draws * common),
        value=pd.Series(measure(top, bottom), index=years),
        lower=pd.Series(low, index=years),
        upper=pd.Series(high, index=years),
        draws=draws,
    )


def change(gap: Gap, first_year: int, last_year: int) -> Change:
    """Change of a gap between two years, with its band from the same draws in both years."""
    years = gap.value.index
    draws = gap.draws[:, years.get_loc(last_year)] - gap.draws[:, years.get_loc(first_year)]
    low, high = revisions.band(draws)
    start, end = float(gap.value[first_year]), float(gap.value[last_year])
    return Change(first_year, last_year, start, end, end - start, float(low), float(high), _verdict(draws))


def _verdict(draws: np.ndarray) -> str:
    """What draws of a change say, allowing for their number.

    The share of draws on the far side of zero is known to two standard errors of a binomial.
    """
    if np.isnan(draws).any():
        return "cannot be known"
    tail = revisions.LEVEL[0]
    error = 2 * np.sqrt(tail * (1 - tail) / len(draws))
    below, above = (draws <= 0).mean(), (draws >= 0).mean()
    for share, verdict in ((below, "widened"), (above, "narrowed")):
        if share < tail - error:
            return verdict
    return "within the noise" if min(below, above) > tail + error else "too close to call"


def averages(
    panel: series.Panel, groups: Groups, weights: str, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Averages of both groups, published, shape (T,), and in every draw, shape (draws, T).

    The draws leave out what revision does to all districts alike: it cancels in a relative gap.
    """
    values, hours = panel.values.to_numpy(), panel.hours.to_numpy()
    factors = revisions.own_factors(panel, seed)
    across = np.arange(values.shape[1])
    published, drawn = [], []
    for chosen in (groups.top, groups.bottom):
        own, weight = values[chosen, across], hours[chosen, across]
        published.append(average(own, weight, weights))
        drawn.append(average(own * factors[:, chosen, across], weight, weights))
    return published[0], published[1], drawn[0], drawn[1]


def average(values: np.ndarray, hours: np.ndarray, weights: str) -> np.ndarray:
    """Average of a group's members.

    Parameters
    ----------
    values : ndarray, shape (..., size, T)
        Productivity of the members.
    hours : ndarray, shape (size, T)
        Hours worked of the members.
    weights : str
        One of `WEIGHTS`.

    Returns
    -------
    ndarray, shape (..., T)
        NaN where any member (or, for ``hours``, any weight) is NaN.
    """
    if weights == "unweighted":
        return values.mean(axis=-2)
    if weights == "median":
        return np.median(values, axis=-2)
    return (values * hours).sum(axis=-2) / hours.sum(axis=-2)
