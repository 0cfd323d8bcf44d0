"""What does the simulation know of an area: its districts, their weight, and the two groups?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import groups, series
from helpers.causation import history
from helpers.causation.history import Start
from helpers.dynamics import unsmoothed
from helpers.dynamics.process import Process
from helpers.errors import ParameterError
from helpers.geography import Area
from helpers.study import Study


@dataclass(frozen=True, eq=False)
class Region:
    """The districts of an area as the simulation needs them; arrays follow ``start.codes``.

    Attributes
    ----------
    start : Start
    names : Series
        District names by code.
    before : ndarray, shape (n,)
        Mean log output per hour relative to the UK over the years before the simulation.
    hours, gva : ndarray, shape (n,)
        Hours worked in a week, and gross value added in GBP million, in the last year with figures.
    uk_value : float
        GBP per hour of the UK in that year.
    top, bottom : ndarray of int
        Places of the groups' members.
    observed_gap : float
        The gap between these groups in the unsmoothed figures of that year, noise included.
    """

    start: Start
    names: pd.Series
    before: np.ndarray
    hours: np.ndarray
    gva: np.ndarray
    uk_value: float
    top: np.ndarray
    bottom: np.ndarray
    observed_gap: float


def read(study: Study, process: Process, pre_years: int) -> Region:
    """Read what is known of an area's districts, per hour, unsmoothed, in the latest release.

    Parameters
    ----------
    study : Study
        Its area, grouping rule and group size are used; groups are those of the last year.
    process : Process
        Of log output per hour relative to the UK: see `helpers.causation.history.start`.
    pre_years : int
        Years up to the last one over which districts are ranked as lagging.

    Returns
    -------
    Region

    Raises
    ------
    ParameterError
        The area has no groups, a group's district has no unsmoothed figures, or the process is not one.
    """
    panel = unsmoothed.panel(study.area)
    logs = np.log(panel.values.div(panel.uk_value, axis=1))
    known = history.start(logs, process)
    year = known.year
    before = logs.loc[known.codes, [y for y in logs.columns if year - pre_years < y <= year]].mean(axis=1)
    hours = panel.hours.loc[known.codes, year]
    gva = panel.values.loc[known.codes, year] * hours * unsmoothed.WEEKS / 1e6
    top, bottom = _groups(study, known.codes, year)
    values = panel.values.loc[known.codes, year].to_numpy()
    gap = float(1 - values[bottom].mean() / values[top].mean())
    return Region(
        known,
        panel.names.loc[known.codes],
        before.to_numpy(),
        hours.to_numpy(),
        gva.to_numpy(),
        float(panel.uk_value[year]),
        top,
        bottom,
        gap,
    )


def gap_so_far(area: Area, known: Region) -> pd.Series:
    """The gap between the same groups in the unsmoothed figures, share of the top group by year."""
    values = unsmoothed.panel(area).values.loc[known.start.codes]
    ratio = values.iloc[known.bottom].mean() / values.iloc[known.top].mean()
    return (1 - ratio).dropna()


def has_groups(study: Study) -> bool:
    """Whether the area has two groups in the latest release, which need not be that of the study.

    Districts merge: six of an earlier release may be two of the latest.
    """
    values = series.panel(study.area, "hour", unsmoothed.RELEASE).values
    return study.rule is not None and groups.size_in(values, study.rule, study.size) is not None


def _groups(study: Study, codes: pd.Index, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of the top and bottom group among `codes`, by the study's rule on the latest release."""
    values = series.panel(study.area, "hour", unsmoothed.RELEASE).values
    size = groups.size_in(values, study.rule, study.size)
    if study.rule is None or size is None:
        raise ParameterError(f"area: {study.area.name} has no groups, so there is no gap to simulate.")
    chosen = groups.members(groups.choose(values, study.rule, size), values.index, year)
    top, bottom = (codes.get_indexer(pd.Index(one)) for one in chosen)
    if (top < 0).any() or (bottom < 0).any():
        raise ParameterError("grouping: a district of the groups has no unsmoothed figures.")
    return top, bottom
