"""What exactly is asked of a notebook? Its parameters, checked against what the data hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helpers import geography, groups, parameters, series
from helpers.errors import ParameterError
from helpers.gaps import divergence
from helpers.geography import Area

GUIDE_YEAR = 2022  # Thematic Guide 4, Figure 1


@dataclass(frozen=True)
class Study:
    """The resolved choices of one run.

    Attributes
    ----------
    area : Area
    measure : str
        ``hour`` or ``job``.
    release : int
    rule : str or None
        One of `helpers.groups.RULES`; None when the area has too few districts for groups.
    size : int or None
        Districts per group.
    first_year, last_year : int
        The window that text and figures tell, both ends included.
    seed : int
    """

    area: Area
    measure: str
    release: int
    rule: str | None
    size: int | None
    first_year: int
    last_year: int
    seed: int

    @property
    def panel(self) -> series.Panel:
        """The districts, in the chosen measure and release."""
        return series.panel(self.area, self.measure, self.release)

    @property
    def years(self) -> list[int]:
        """The window, year by year."""
        return list(range(self.first_year, self.last_year + 1))

    @property
    def shown_year(self) -> int:
        """The year of the guide's Figure 1 where the window holds it, else the last year."""
        return GUIDE_YEAR if GUIDE_YEAR in self.years else self.last_year

    @property
    def sizes(self) -> list[int]:
        """Group sizes that the result tables hold: the chosen one, and a smaller and larger one."""
        return sorted({3, 5, 10, self.size or 5})

    def gap(self, definition: str = "share_of_top", weights: str = "unweighted") -> divergence.Gap:
        """The gap between the chosen groups; only for areas with groups."""
        if self.rule is None or self.size is None:
            raise ParameterError(
                f"area: {self.area.name} has {len(self.area.codes)} districts; groups need {groups.FEWEST}."
            )
        return divergence.gap(self.panel, self.rule, self.size, weights, definition, self.seed)


def choose(
    area: str | Sequence[str] = "Midlands",
    measure: str = "hour",
    release: str | int = "latest",
    grouping: str = "auto",
    group_size: str | int = "auto",
    first_year: int | None = None,
    last_year: str | int = "latest",
    seed: int | None = None,
) -> Study:
    """Resolve the parameters of a notebook, or say what would be right.

    Parameters
    ----------
    area, measure, release, grouping, group_size, first_year, last_year, seed
        As in ``data/parameters.yml``; what is not given takes its default from there.

    Returns
    -------
    Study

    Raises
    ------
    ParameterError
        A value is of the wrong type or out of range, or asks for what the data do not hold: an
        unknown area (`AreaError`, with the nearest names), a release without the measure or
        without the area, years outside the release, the guide's groups outside the Midlands, or
        groups larger than half of the districts.
    """
    given: dict[str, Any] = {
        "area": list(area) if isinstance(area, tuple) else area,
        "measure": measure,
        "release": release,
        "grouping": grouping,
        "group_size": group_size,
        "first_year": first_year,
        "last_year": last_year,
        "seed": seed,
    }
    values: dict[str, Any] = parameters.check({k: v for k, v in given.items() if v is not None})
    where = geography.resolve(values["area"])
    chosen = _release(values["release"], values["measure"])
    panel = series.panel(where, values["measure"], chosen)
    if not panel.years:
        having = [
            r for r in series.releases(values["measure"]) if series.panel(where, values["measure"], r).years
        ]
        raise ParameterError(
            f"release: the release of {chosen} has no figures for {where.name}; choose one of "
            f"{', '.join(map(str, having))}."
        )
    first, last = _window(values, panel)
    rule, size = _grouping(values, panel)
    return Study(where, values["measure"], chosen, rule, size, first, last, values["seed"])


def _release(asked: str | int, measure: str) -> int:
    known = series.releases(measure)
    if asked == "latest":
        return known[-1]
    if not str(asked).isdecimal() or int(asked) not in known:
        raise ParameterError(
            f"release: {asked!r} has no GVA per {measure} by district; choose latest or one of "
            f"{', '.join(map(str, known))}."
        )
    return int(asked)


def _window(values: dict[str, Any], panel: series.Panel) -> tuple[int, int]:
    """First and last year, within the years that have figures."""
    first = values["first_year"]
    last = panel.years[-1] if values["last_year"] == "latest" else values["last_year"]
    for name, year in (("first_year", first), ("last_year", last)):
        if not str(year).isdecimal() or int(year) not in panel.years:
            raise ParameterError(
                f"{name}: {year} is outside the release of {panel.release}, which has GVA per "
                f"{panel.measure} of {panel.area.name} for {panel.years[0]} to {panel.years[-1]}."
            )
    if int(first) >= int(last):
        raise ParameterError(
            f"first_year: {first} is not before last_year, {last}; a change needs two years."
        )
    return int(first), int(last)


def _grouping(values: dict[str, Any], panel: series.Panel) -> tuple[str | None, int | None]:
    """Rule and group size, or nothing where the area has too few districts for groups."""
    rule, size = values["grouping"], values["group_size"]
    if rule == "guide" and not groups.has_guide(panel.area):
        raise ParameterError(
            f"grouping: the guide's groups are districts of the Midlands and cannot stand for "
            f"{panel.area.name}; choose auto, mean, start, end or rechosen."
        )
    automatic = groups.auto_size(len(panel.values))
    if automatic is None:
        return None, None
    guide_size = len(geography.guide_groups()["top"])
    if rule == "auto":
        # Another size than the guide's five can only be ranked on data.
        guide = groups.has_guide(panel.area) and size in ("auto", guide_size)
        rule = "guide" if guide else "mean"
    if size == "auto":
        size = guide_size if rule == "guide" else automatic
    groups.choose(panel.values, rule, int(size))  # refuses sizes the data cannot give
    return rule, int(size)
