"""By which panels, rules, sizes and windows can the gap of an area be measured, and by which not?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from helpers import groups, levels, series
from helpers.dynamics import unsmoothed
from helpers.enumeration import joined_names
from helpers.geography import Area

SIZES = (3, 5, 8, 10, 15, 20)
# First and last year; None is the last year with figures, and -10 is ten years before the last.
WINDOWS: dict[str, tuple[int, int | None]] = {
    "2004 to last": (2004, None),
    "2010 to last": (2010, None),
    "last ten years": (-10, None),
    "2004 to 2019": (2004, 2019),
    "2010 to 2019": (2010, 2019),
}
# Series of ours beside the published ones -> variant of `helpers.dynamics.unsmoothed`.
UNSMOOTHED = {"unsmoothed": "current", "unsmoothed_without_rent": "current_without_rent"}


@dataclass(frozen=True)
class Window:
    """A window in one panel: its years, or the reason why it has none."""

    label: str
    first_year: int
    last_year: int
    reason: str


@dataclass(frozen=True, eq=False)
class Choice:
    """One panel, rule and size: the groups and windows they give, or the reason why they give none."""

    kind: str  # of the series: ``smoothed`` as published, or a name of ours
    panel: series.Panel
    rule: str
    size: int
    groups: groups.Groups | None
    windows: tuple[Window, ...]
    reason: str

    @property
    def spans(self) -> dict[str, tuple[int, int]]:
        """First and last year of each window that it gives a gap for."""
        possible = [window for window in self.windows if not (self.reason or window.reason)]
        return {window.label: (window.first_year, window.last_year) for window in possible}


@cache
def choices(area: Area) -> tuple[Choice, ...]:
    """Every panel, rule and size of an area.

    Parameters
    ----------
    area : Area

    Returns
    -------
    tuple of Choice
        Panel by panel. The guide's groups are a choice in the Midlands alone.
    """
    found = []
    for kind, panel in _sources(area):
        for rule in groups.EVERY_RULE:
            if rule == "guide" and not groups.has_guide(area):
                continue
            for size in (5,) if rule == "guide" else SIZES:
                reason = _impossible(panel, rule, size)
                chosen = None if reason else groups.choose(panel.values, rule, size)
                found.append(Choice(kind, panel, rule, size, chosen, tuple(_windows(panel, rule)), reason))
    return tuple(found)


def notes(area: Area) -> list[str]:
    """How many choices broke a tie by code, or could not rank every district, in sentences."""
    formed = [choice for choice in choices(area) if choice.groups is not None]
    tied = sum(bool(choice.groups.ties) for choice in formed if choice.groups)
    unranked = sum(
        groups.candidates(choice.panel.values, choice.rule) < len(choice.panel.values)
        for choice in formed
        if choice.rule != "guide"
    )
    told = []
    if tied:
        told.append(
            f"In {tied} of {len(formed)} combinations of series, release, rule and size districts with equal "
            "figures stood at the edge of a group; the one with the lower code ranks higher."
        )
    if unranked:
        told.append(
            f"In {unranked} of {len(formed)} such combinations a district without a figure in a year that "
            "the rule looks at is not ranked."
        )
    return told


def ranking_notes(panel: series.Panel, rule: str, size: int) -> list[str]:
    """What one panel's groups rest on less than fully: ties, unranked districts, years without a gap.

    Parameters
    ----------
    panel : Panel
    rule, size
        As in `helpers.groups.choose`, which must be able to form the groups.

    Returns
    -------
    list of str
        Sentences; none where every district is ranked on figures of its own and no two are equal at
        an edge.
    """
    values, chosen, told = panel.values, groups.choose(panel.values, rule, size), []
    if chosen.ties:
        when = f" in {', '.join(map(str, chosen.ties))}" if rule == "rechosen" else ""
        told.append(
            f"Districts with equal figures stood at the edge of a group{when}; the one with the lower code "
            "ranks higher."
        )
    if rule != "guide" and (there := groups.candidates(values, rule)) < len(values):
        when = "in some years " if rule == "rechosen" else ""
        told.append(
            f"Of {len(values)} districts {when}only {there} are ranked: the others have no figure in a year "
            "that the rule looks at."
        )
    year = range(values.shape[1])
    members = values.to_numpy()[[*chosen.top, *chosen.bottom], year]
    blank = [int(values.columns[at]) for at in year if np.isnan(members[:, at]).any()]
    if blank:
        lacking = values.index[np.unique([*chosen.top, *chosen.bottom])]
        names = panel.names[lacking[values.loc[lacking].isna().any(axis=1)]]
        told.append(
            f"There is no gap in {', '.join(map(str, blank))}, when districts of the groups have no figure: "
            f"{joined_names(names)}."
        )
    return told


def _sources(area: Area) -> list[tuple[str, series.Panel]]:
    """Every panel, with the name of its series; places are compared in current prices, not volumes."""
    ours = {name: unsmoothed.panel(area, variant) for name, variant in UNSMOOTHED.items()}
    return [*(("smoothed", panel) for panel in levels.panels(area)), *ours.items()]


def _impossible(panel: series.Panel, rule: str, size: int) -> str:
    """Why a panel has no groups of a rule and size, or nothing."""
    if not panel.years:
        return "the release has no figures for the area"
    if groups.auto_size(len(panel.values)) is None:
        return f"the area has {len(panel.values)} districts; groups need {groups.FEWEST}"
    if groups.size_in(panel.values, rule, size) is not None:
        return ""
    if rule == "guide":
        return "the release does not name the guide's districts"
    there = groups.candidates(panel.values, rule)
    return f"two groups of {size} need {2 * size} districts with figures; there are {there}"


def _windows(panel: series.Panel, rule: str) -> Iterator[Window]:
    """The windows in one panel; their ends move inwards to years in which the rule measures."""
    seen: dict[tuple[int, int], str] = {}
    years = panel.years or [0]
    for label, (start, stop) in WINDOWS.items():
        last = years[-1] if stop is None else stop
        first = last + start if start < 0 else start
        inside = [year for year in groups.measured(rule, years) if first <= year <= last]
        if first < years[0] or last > years[-1] or len(inside) < 2:
            yield Window(label, first, last, f"the figures are for {years[0]} to {years[-1]}")
            continue
        twin = seen.setdefault((inside[0], inside[-1]), label)
        yield Window(label, inside[0], inside[-1], "" if twin == label else f"the same years as {twin}")
