"""What do so many pounds, spent on this and in these districts, add to output per hour?

From pounds to log points, step by step. A district with a gross value added of Y GBP million a year
receives S GBP million in a year. The multiplier m says how much GDP a pound adds *in all*, over the life
of what it paid for. Of the gross gain m S, what would have happened anyway (deadweight) and what others in
the same district lose (displacement) is taken off; what is left is scaled by the quality of delivery;
only the productivity share of it is output per hour, the rest is more work:

    gain = m S (1 - deadweight) (1 - displacement) quality productivity_share      GBP million, in all
    lift = d gain / Y                                                              log points, that year

The stock that is paid for loses a share d of its lead each year, so that lifts of d a pound add up to one
over the years, and what a pound adds in all, before any feedback, is m times the shares above and nothing
else. The feedback of the loop comes on top. In the units of the model, policy_k = lift / b_k. Deadweight
and displacement are used as in the Additionality Guide (Homes and Communities Agency 2014, chapters 3 and
4). A gain of more than a tenth of GVA would need more than the first-order approximation of the logarithm.

What a pound adds, what is lost, who pays and what governance does are assumptions A26, A27, A28 and A29.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from helpers import parameters
from helpers.causation.model import STOCKS, Loop
from helpers.errors import ParameterError

# The guide's interventions: what each pays for, and with which share of its money.
INTERVENTIONS: dict[str, dict[str, float]] = {
    "infrastructure": {"infrastructure": 1.0},
    "innovation": {"innovation": 1.0},
    "skills": {"skills": 1.0},
    "private investment": {"private investment": 1.0},
    # The fifth, planning and governance, has no money of its own: it is all four, delivered better.
    "integrated": {
        "infrastructure": 0.25,
        "innovation": 0.25,
        "skills": 0.25,
        "private investment": 0.25,
    },
}
STOCK_OF = {
    "infrastructure": "capital",
    "innovation": "business",
    "skills": "skills",
    "private investment": "capital",
}
ALLOCATIONS = ("lagging", "evenly", "top")
NOTHING = "nothing"
SHARE_OF_GVA = 0.0015  # spent in a year where the budget is `auto`


@dataclass(frozen=True)
class Settings:
    """What the programmes are like; the records of ``data/parameters.yml`` by the same names."""

    loop: str
    draws: int
    horizon_year: int
    policy_budget: str | float
    policy_start: int
    policy_years: int
    policy_targets: str | int
    policy_pre_years: int
    multiplier_gdp: float
    productivity_share: float
    displacement: float
    deadweight: float
    deadweight_private: float
    financing: str
    delivery_quality: float
    delivery_quality_integrated: float
    infrastructure_delay: int
    seed: int

    @property
    def spending_years(self) -> list[int]:
        """Years in which money is spent, up to the horizon."""
        last = min(self.policy_start + self.policy_years - 1, self.horizon_year)
        return list(range(self.policy_start, last + 1))

    @property
    def budget(self) -> float:
        """GBP million that an intervention spends in a year of spending."""
        if self.policy_budget == "auto":
            raise ParameterError("policy_budget: auto means nothing before `sized` has seen the area.")
        return float(self.policy_budget)

    @property
    def total(self) -> float:
        """GBP million spent up to the horizon."""
        return self.budget * len(self.spending_years)

    def sized(self, gva: float) -> Settings:
        """With a budget in GBP million, whatever was asked for; ``gva`` is the area's, GBP million."""
        return replace(self, policy_budget=gva * SHARE_OF_GVA) if self.policy_budget == "auto" else self


def settings(given: Mapping[str, Any] | None = None) -> Settings:
    """The settings that are given, completed by the defaults.

    Parameters
    ----------
    given : mapping, optional
        Values of parameters by name; names that are no field of `Settings` are not looked at.

    Raises
    ------
    ParameterError
        A value is not acceptable, or the spending would begin after the horizon.
    """
    names = [field.name for field in fields(Settings)]
    values = parameters.check({name: value for name, value in (given or {}).items() if name in names})
    chosen = Settings(**{name: values[name] for name in names})  # type: ignore[arg-type]
    if chosen.policy_start > chosen.horizon_year:
        raise ParameterError(
            f"policy_start: {chosen.policy_start} is after horizon_year, {chosen.horizon_year}."
        )
    return chosen


def scenarios() -> list[str]:
    """Names of all scenarios: `NOTHING`, then each intervention in each kind of districts."""
    return [NOTHING] + [f"{one}, {where}" for one in INTERVENTIONS for where in ALLOCATIONS]


def target_count(chosen: Settings, districts: int, group_size: int | None) -> int:
    """How many districts share a budget that is not spread evenly.

    Raises
    ------
    ParameterError
        There is no district, or more targets are asked for than there are districts.
    """
    if districts == 0:
        raise ParameterError("policy_targets: there is no district with a history to spend on.")
    if chosen.policy_targets == "auto":
        return min(districts, max(group_size or 1, round(districts / 5)))
    if int(chosen.policy_targets) > districts:
        raise ParameterError(
            f"policy_targets: {chosen.policy_targets} districts are asked for, {districts} have figures."
        )
    return int(chosen.policy_targets)


def targets(before: np.ndarray, allocation: str, count: int) -> np.ndarray:
    """Which districts receive money.

    Parameters
    ----------
    before : ndarray, shape (n,)
        Mean log output per hour over the years before the simulation.
    allocation : str
        One of `ALLOCATIONS`.
    count : int
        Districts chosen where the money is not spread evenly; of equal ones the first are taken.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    if allocation not in ALLOCATIONS:
        raise ParameterError(f"{allocation!r} is no allocation; expected one of {', '.join(ALLOCATIONS)}.")
    chosen = np.ones(len(before), dtype=bool)
    if allocation != "evenly":
        order = np.argsort(before if allocation == "lagging" else -before, kind="stable")
        chosen[order[count:]] = False
    return chosen


def spending(chosen: Settings, receives: np.ndarray, hours: np.ndarray, gva: np.ndarray) -> np.ndarray:
    """GBP million that each district gains (or, where it pays, loses) in a year of spending.

    Parameters
    ----------
    chosen : Settings
    receives : ndarray of bool, shape (n,)
        From `targets`.
    hours, gva : ndarray, shape (n,)
        Hours worked, by which the receiving districts share the budget, and gross value added, by
        which all districts pay where the financing is ``within``.

    Returns
    -------
    ndarray, shape (n,)
        Sums to the budget, or to zero where the area pays for itself.

    Raises
    ------
    ParameterError
        No district receives, or a receiving district has no hours or no GVA.
    """
    if not receives.any():
        raise ParameterError("policy_targets: the group that is to receive the budget is empty.")
    if not ((hours > 0) & (gva > 0)).all():
        raise ParameterError("A district without hours worked or without GVA cannot be given a budget.")
    share = np.where(receives, hours, 0.0)
    received = chosen.budget * share / share.sum()
    if chosen.financing == "within":
        return received - chosen.budget * gva / gva.sum()
    return received


def programme(chosen: Settings, intervention: str, years: np.ndarray) -> np.ndarray:
    """What an intervention lifts, per GBP that it spends in a year and GBP of yearly GVA.

    Parameters
    ----------
    chosen : Settings
    intervention : str
        A key of `INTERVENTIONS`.
    years : ndarray of int, shape (T,)
        Consecutive years of the simulation, without the one it starts from.

    Returns
    -------
    ndarray, shape (T, 3)
        ``gain / S`` of the module's text, by year and stock: zero outside the years of spending
        (infrastructure: moved back by its delay), and nothing of what comes after the last year.
    """
    quality = chosen.delivery_quality_integrated if intervention == "integrated" else chosen.delivery_quality
    lifted = np.zeros((len(years), len(STOCKS)))
    for part, share in INTERVENTIONS[intervention].items():
        wasted = chosen.deadweight_private if part == "private investment" else chosen.deadweight
        delay = chosen.infrastructure_delay if part == "infrastructure" else 0
        when = np.isin(years, np.array(chosen.spending_years) + delay)
        gain = chosen.multiplier_gdp * chosen.productivity_share * (1 - wasted) * (1 - chosen.displacement)
        lifted[when, STOCKS.index(STOCK_OF[part])] += share * gain * quality
    return lifted


def programmes(chosen: Settings, years: np.ndarray) -> np.ndarray:
    """`programme` of every intervention, shape (interventions, T, 3)."""
    return np.stack([programme(chosen, one, years) for one in INTERVENTIONS])


def implied_multiplier(loop: Loop, stock_per_gva: float) -> np.ndarray:
    """GBP of output in all per GBP spent, if the elasticities of the loop held for spending as well.

    A stock worth K loses d of a pound added to it each year, and a pound is 1 / K of it in logs; with
    K = `stock_per_gva` times GVA it adds b / (d `stock_per_gva`) pounds of output in all, before any
    feedback. To be held against ``multiplier_gdp``: the two readings of what a pound does need not agree.

    Returns
    -------
    ndarray, shape (..., 3)
        Capital, skills, business.
    """
    return loop.of("b") / (loop.of("d") * stock_per_gva)
