"""Which districts are the most and which the least productive? Each rule gives one answer.

The guide names districts and no rule; that they are its groups throughout is assumption A11.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import geography
from helpers.errors import ParameterError
from helpers.geography import Area

RULES = ("guide", "start", "end", "rechosen", "mean")
# With rules that serve to see what choosing does, and that no notebook can be asked to follow.
EVERY_RULE = (*RULES, "first", "middle", "split")
START_YEAR = 2010  # the guide measures the widening from 2010 ("from 35% in 2010")
MEAN_YEARS = (2004, 2005, 2006, 2007, 2008)  # the first five years of GVA per hour
FEWEST = 6  # below so many districts, groups would be single districts

RULE_WORDS = {
    "guide": "the groups that the guide names",
    "start": f"groups chosen on the ranking of {START_YEAR}",
    "end": "groups chosen on the ranking of the last year",
    "rechosen": "groups chosen again each year",
    "mean": f"groups chosen on the mean of {MEAN_YEARS[0]} to {MEAN_YEARS[-1]}",
    "first": "groups chosen on the ranking of the first year",
    "middle": "groups chosen on the ranking of the middle year",
    "split": "groups chosen on the mean of the odd years and measured in the even ones",
}


@dataclass(frozen=True)
class Groups:
    """The most and the least productive districts.

    Attributes
    ----------
    rule : str
        One of `EVERY_RULE`.
    size : int
        Districts in each group.
    years : ndarray of int, shape (T,)
    top, bottom : ndarray of int, shape (size, T)
        Row numbers of the members in the panel, year by year, in order of rank.
    ties : tuple of int
        Years whose ranking was decided by code, because districts with equal figures stood on
        both sides of a group's edge.
    """

    rule: str
    size: int
    years: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    ties: tuple[int, ...]


def auto_size(districts: int) -> int | None:
    """The smaller of five and a third of the districts; None below six districts."""
    return None if districts < FEWEST else min(5, districts // 3)


def has_guide(area: Area) -> bool:
    """Whether the guide's groups belong to this area: only to the Midlands as a whole."""
    return geography.same_districts(area, geography.resolve(geography.guide_groups()["area"]))


def candidates(values: pd.DataFrame, rule: str) -> int:
    """How many districts a rule can rank: those with a figure in every year it looks at."""
    if rule == "rechosen":
        return int(values.notna().sum()[values.notna().any()].min())
    return int(_basis(values, rule).notna().sum())


def size_in(values: pd.DataFrame, rule: str | None, size: int | None) -> int | None:
    """Size that a rule's groups have in a panel, or None where the panel cannot give them.

    The guide's groups have the guide's size whatever was asked; the others need two disjoint groups.
    """
    if rule is None or size is None or not values.notna().to_numpy().any():
        return None
    if rule == "guide":
        named = geography.guide_groups()
        there = set(named["top"] + named["bottom"]) <= set(values.index)
        return len(named["top"]) if there else None
    return size if 2 * size <= candidates(values, rule) else None


def choose(values: pd.DataFrame, rule: str, size: int) -> Groups:
    """The two groups by one rule.

    Parameters
    ----------
    values : DataFrame, shape (n, T)
        Productivity; rows are district codes, columns are years, NaN where none is published.
    rule : str
        ``guide``, ``start`` (ranked in 2010), ``end`` (in the last year with figures),
        ``rechosen`` (in each year), ``mean`` (of 2004 to 2008), ``first`` (ranked in the first year
        with figures), ``middle`` (in the middle one, the earlier of two) or ``split`` (on the mean of
        the odd years with figures; see `measured`).
    size : int
        Districts in each group.

    Returns
    -------
    Groups
        Districts with equal figures are ranked by code. A district without a figure in a year
        that the rule looks at is not ranked.

    Raises
    ------
    ParameterError
        The rule is unknown, the guide's districts are not among the rows, or there are fewer than
        ``2 * size`` districts to rank.
    """
    years = values.columns.to_numpy(dtype=int)
    if rule == "guide":
        return _guide(values, years, size)
    if rule not in EVERY_RULE:
        raise ParameterError(f"grouping: {rule!r} is no rule; expected one of {', '.join(EVERY_RULE)}.")
    with_figures = values.columns[values.notna().any()]
    if candidates(values, rule) < 2 * size:
        raise ParameterError(
            f"group_size: two groups of {size} need {2 * size} districts with figures, there are "
            f"{candidates(values, rule)}; choose at most {candidates(values, rule) // 2}."
        )
    if rule == "rechosen":
        bases: Sequence[pd.Series] = [values[y] for y in with_figures]
        ranked = {y: _ends(basis, size) for y, basis in zip(with_figures, bases, strict=True)}
        # A year in which nobody has a figure borrows the last ranking; its gap is empty anyway.
        per_year = [ranked.get(y, ranked[with_figures[-1]]) for y in values.columns]
    else:
        per_year = [_ends(_basis(values, rule), size)] * len(years)
    tied = tuple(int(y) for y, (_, _, tie) in zip(years, per_year, strict=True) if tie)
    return Groups(
        rule,
        size,
        years,
        np.stack([top for top, _, _ in per_year], axis=1),
        np.stack([bottom for _, bottom, _ in per_year], axis=1),
        tied,
    )


def members(groups: Groups, codes: pd.Index, year: int) -> tuple[list[str], list[str]]:
    """Codes of the top and of the bottom group in one year, in order of rank."""
    at = int(np.flatnonzero(groups.years == year)[0])
    return list(codes[groups.top[:, at]]), list(codes[groups.bottom[:, at]])


def measured(rule: str, years: Iterable[int]) -> list[int]:
    """The years in which a rule's groups may be measured: all, or for ``split`` the even ones.

    In a split sample the years that choose and the years that measure do not meet, so chance in the
    one does not carry over to the other; smoothing over neighbouring years weakens that.
    """
    return [year for year in years if rule != "split" or year % 2 == 0]


def _basis(values: pd.DataFrame, rule: str) -> pd.Series:
    """What a rule with fixed groups ranks by."""
    with_figures = values.columns[values.notna().any()]
    at = {"first": 0, "middle": (len(with_figures) - 1) // 2, "end": -1}
    if rule in at:
        return values[with_figures[at[rule]]]
    if rule == "start":
        return values[START_YEAR]
    chosen = [y for y in with_figures if y % 2] if rule == "split" else list(MEAN_YEARS)
    return values[chosen].mean(axis=1, skipna=False)


def _ends(basis: pd.Series, size: int) -> tuple[np.ndarray, np.ndarray, bool]:
    """Row numbers of the highest and the lowest, and whether a tie stood at an edge."""
    by_code = basis.index.argsort()
    figures = basis.to_numpy(dtype=float)
    ranked = by_code[np.argsort(-figures[by_code], kind="stable")]
    ranked = ranked[~np.isnan(figures[ranked])]
    at = figures[ranked]
    tie = len(ranked) > 2 * size and bool(at[size - 1] == at[size] or at[-size] == at[-size - 1])
    return ranked[:size], ranked[::-1][:size], tie


def _guide(values: pd.DataFrame, years: np.ndarray, size: int) -> Groups:
    named = geography.guide_groups()
    if size != len(named["top"]):
        raise ParameterError(
            f"group_size: the guide names {len(named['top'])} districts per group, not {size}; "
            "choose another grouping (mean, start, end, rechosen) for other sizes."
        )
    numbers = pd.Series(np.arange(len(values)), index=values.index)
    ends = []
    for end in ("top", "bottom"):
        lacking = [code for code in named[end] if code not in numbers.index]
        if lacking:
            raise ParameterError(
                f"grouping: the guide's districts {lacking} are not in this area; `guide` is for "
                "the Midlands, elsewhere choose mean, start, end or rechosen."
            )
        ends.append(np.tile(numbers[named[end]].to_numpy()[:, None], len(years)))
    return Groups("guide", size, years, ends[0], ends[1], ())
