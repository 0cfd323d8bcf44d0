"""How does the gap between ranked groups change, when draws of the figures choose the groups afresh?

Everything is worked out for many draws at once: arrays run over draws, then over districts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers import groups
from helpers.errors import ParameterError
from helpers.study import GUIDE_YEAR

RULES = ("end", "guide_year", "start", "mean", "rechosen")
RULE_WORDS = groups.RULE_WORDS | {
    "guide_year": f"groups chosen on the ranking of {GUIDE_YEAR}, the year of the guide's Figure 1"
}


@dataclass(frozen=True)
class Question:
    """One rule and window.

    Attributes
    ----------
    rule : str
        One of `RULES`.
    first, last : int
        The years between which the gap changes.
    ranked : tuple of int
        Years on whose mean the districts are ranked; none where the groups are chosen in the first
        and again in the last year.
    """

    rule: str
    first: int
    last: int
    ranked: tuple[int, ...]

    @property
    def looked_at(self) -> list[int]:
        """Every year that the change of the gap depends on."""
        return sorted({self.first, self.last, *self.ranked})

    @property
    def needed(self) -> list[int]:
        """Years in which a district must have a figure: also those that reversal puts in their place."""
        return sorted({*self.looked_at, *map(self.reversed_year, self.looked_at)})

    def reversed_year(self, year: int) -> int:
        """The year whose place a year takes when a district's years run backwards."""
        return self.looked_at[0] + self.looked_at[-1] - year


def question(rule: str, first: int, last: int) -> Question:
    """The question of a rule: which years it ranks on.

    Raises
    ------
    ParameterError
        There is no such rule.
    """
    ranked = {
        "end": (last,),
        "guide_year": (GUIDE_YEAR,),
        "start": (groups.START_YEAR,),
        "mean": groups.MEAN_YEARS,
        "rechosen": (),
    }
    if rule not in ranked:
        raise ParameterError(f"rules: {rule!r} is none; expected one of {', '.join(RULES)}.")
    return Question(rule, first, last, ranked[rule])


def tied(levels: dict[int, np.ndarray], asked: Question, size: int) -> bool:
    """Whether equal figures stand on both sides of a group's edge; ``levels`` as in `both_ways`.

    Where the groups are chosen in the year that is measured, it makes no difference who is in.
    """
    if not asked.ranked or len(levels[asked.last]) <= 2 * size:
        return False
    at = np.sort(np.mean([levels[year] for year in asked.ranked], axis=0))
    return bool(at[size - 1] == at[size] or at[-size] == at[-size - 1])


def change(levels: dict[int, np.ndarray], asked: Question, size: int) -> np.ndarray:
    """Change of the gap in each draw: mean log of the top less mean log of the bottom.

    Parameters
    ----------
    levels : dict of int to ndarray, shape (draws, n)
        GBP by year, for the years that are looked at.
    asked : Question
    size : int
        Districts per group.

    Returns
    -------
    ndarray, shape (draws,)
    """
    total = np.zeros(len(levels[asked.last]))
    for measured, basis in _terms(levels, asked):
        total += gap(measured, basis, size)
    return total


def both_ways(levels: dict[int, np.ndarray], asked: Question) -> list[tuple[np.ndarray, np.ndarray]]:
    """What `reversed_change` needs of the districts: each as it is, and with its years running backwards.

    Parameters
    ----------
    levels : dict of int to ndarray, shape (n,)
        GBP by needed year; districts sorted by code.
    asked : Question

    Returns
    -------
    list of (ndarray, ndarray), each of shape (2, n)
        What is measured and the rank by which it is chosen; the change is the sum of these gaps.
        Reversal is relative to the area's mean of each year. Of districts with equal figures the one
        with the lower code ranks higher, as in `helpers.groups.choose`.
    """
    logs = {year: np.log(levels[year]) for year in asked.needed}
    turned = {}
    for year in asked.looked_at:
        other = logs[asked.reversed_year(year)]
        turned[year] = np.stack([levels[year], np.exp(logs[year].mean() + other - other.mean())])
    return [(measured, _distinct(basis)) for measured, basis in _terms(turned, asked)]


def reversed_change(both: list[tuple[np.ndarray, np.ndarray]], turned: np.ndarray, size: int) -> np.ndarray:
    """Change of the gap when some districts' years run backwards.

    Parameters
    ----------
    both : list of (ndarray, ndarray)
        From `both_ways`.
    turned : ndarray of bool, shape (draws, n)
        Whose years are reversed in each draw.
    size : int

    Returns
    -------
    ndarray, shape (draws,)
    """
    total = np.zeros(len(turned))
    for measured, rank in both:
        total += gap(np.where(turned, measured[1], measured[0]), np.where(turned, rank[1], rank[0]), size)
    return total


def gap(measured: np.ndarray, basis: np.ndarray, size: int) -> np.ndarray:
    """Mean of what is measured over the highest on a basis, less that over the lowest.

    Parameters
    ----------
    measured, basis : ndarray, shape (draws, n)
    size : int
        Districts per group, at most n.

    Returns
    -------
    ndarray, shape (draws,)
    """
    order = np.argsort(basis, axis=1)  # twice as fast as a partition at both ends
    top = np.take_along_axis(measured, order[:, basis.shape[1] - size :], axis=1)
    bottom = np.take_along_axis(measured, order[:, :size], axis=1)
    return top.mean(axis=1) - bottom.mean(axis=1)


def _terms(levels: dict[int, np.ndarray], asked: Question) -> list[tuple[np.ndarray, np.ndarray]]:
    """What is measured and what it is ranked by: the change of the gap is the sum of such gaps."""
    first, last = np.log(levels[asked.first]), np.log(levels[asked.last])
    if not asked.ranked:
        return [(last, last), (-first, first)]
    return [(last - first, np.mean([levels[year] for year in asked.ranked], axis=0))]


def _distinct(basis: np.ndarray) -> np.ndarray:
    """Ranks from the lowest up, all different; of equals the earlier column ranks higher."""
    column = np.broadcast_to(np.arange(basis.shape[1]), basis.shape).ravel()
    ranks = np.empty(basis.size, dtype=np.int32)
    ranks[np.lexsort((-column, basis.ravel()))] = np.arange(basis.size)
    return ranks.reshape(basis.shape)
