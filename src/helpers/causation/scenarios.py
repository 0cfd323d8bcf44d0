"""What becomes of the gap under each intervention, on the same random numbers as without any?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from helpers import geography
from helpers.causation import persistence, policy, priors, region, simulate
from helpers.causation.model import Loop
from helpers.causation.policy import ALLOCATIONS, INTERVENTIONS, NOTHING, Settings
from helpers.causation.priors import Persistence, Prior
from helpers.causation.region import Region
from helpers.causation.simulate import Futures
from helpers.dynamics.process import Process
from helpers.errors import ParameterError
from helpers.geography import Area
from helpers.study import Study

POINT = 0.01  # an effect "above one point" narrows the gap by more than this share of the top group


@dataclass(frozen=True, eq=False)
class Simulation:
    """All scenarios on the same draws.

    Attributes
    ----------
    region : Region
    settings : Settings
    priors : dict of str to Prior
    loop : Loop
        Draws of the parameters, as used (switched off where the settings say so).
    futures : Futures
        Of the group members and, in the last year, of all districts; without any policy.
    ratios : ndarray, shape (scenarios, n)
        GBP received in a year of spending per GBP of yearly GVA.
    responses : ndarray, shape (draws, T + 1, interventions)
        Log points of output per hour per unit of these ratios.
    persistence : str
        Whose districts the estimate of rho is of; empty where the caller gave it.
    """

    region: Region
    settings: Settings
    priors: dict[str, Prior]
    loop: Loop
    futures: Futures
    ratios: np.ndarray
    responses: np.ndarray
    persistence: str = ""

    @property
    def years(self) -> np.ndarray:
        """Years of the paths; the first is the last with figures."""
        return self.futures.years

    @cached_property
    def gaps(self) -> np.ndarray:
        """The gap as a share of the top group, shape (scenarios, draws, T + 1)."""
        return np.stack([self._gap(number) for number in range(len(self.ratios))])

    def _gap(self, scenario: int) -> np.ndarray:
        size = len(self.region.top)
        members = np.concatenate([self.region.top, self.region.bottom])
        added = self.responses[:, :, [intervention_of(scenario)]] * self.ratios[scenario, members]
        path = np.exp(np.clip(self.futures.paths + added, -simulate.HELD, simulate.HELD))
        return 1 - path[:, :, size:].mean(axis=2) / path[:, :, :size].mean(axis=2)

    @cached_property
    def effects(self) -> np.ndarray:
        """By how much each scenario narrows the gap, same shape: without policy less with it."""
        return self.gaps[:1] - self.gaps


def intervention_of(scenario: int) -> int:
    """Which intervention a scenario pays for, by number; that of `NOTHING` spends nothing."""
    return max(scenario - 1, 0) // len(ALLOCATIONS)


def prepare(study: Study, given: Mapping[str, Any] | None = None) -> Simulation | None:
    """Everything from an area's name to its simulation; None where the area has no groups.

    Persistence is the covariance fit of the area's own districts, or of all of the UK's where they are
    too few (``Simulation.persistence`` says whose). Where ``rho`` is given, the history is split with it
    too.

    Parameters
    ----------
    study : Study
    given : mapping, optional
        Parameters of the notebook by name.
    """
    if not region.has_groups(study):
        return None
    whose, estimate, process = _persistence(study.area)
    rho = priors.priors(estimate, given)["rho"].mean
    known = region.read(study, replace(process, rho=rho), policy.settings(given).policy_pre_years)
    return replace(simulation(known, estimate, given), persistence=whose)


def held(area: Area, given: Mapping[str, Any] | None = None) -> dict[str, Prior]:
    """What is held of each parameter of the loop in an area: persistence as estimated, unless given."""
    return priors.priors(_persistence(area)[1], given)


def _persistence(area: Area) -> tuple[str, Persistence, Process]:
    """Whose persistence it is (the UK's where the area has too few districts), estimate and process."""
    fitted, whose = persistence.preferred(area), area.name
    if fitted.process is None:
        country = geography.resolve("UK")
        fitted, whose = persistence.preferred(country), country.name
    one, process = fitted.estimate, fitted.process
    if process is None:
        raise ParameterError(f"area: no persistence can be fitted: {one.reason}.")
    return whose, priors.persistence(process.rho, one.se, one.lower, one.upper), process


def simulation(known: Region, estimate: Persistence, given: Mapping[str, Any] | None = None) -> Simulation:
    """Draw the parameters and the futures, and add what every scenario adds.

    Parameters
    ----------
    known : Region
        From `helpers.causation.region.read`.
    estimate : Persistence
        Of rho, with its standard error.
    given : mapping, optional
        Parameters of the notebook by name; those it does not hold keep their defaults.

    Returns
    -------
    Simulation

    Raises
    ------
    ParameterError
        A value is not acceptable, spending begins before the simulation, or nobody would receive it.
    """
    chosen = policy.settings(given).sized(float(known.gva.sum()))
    if chosen.policy_start <= known.start.year:
        raise ParameterError(
            f"policy_start: {chosen.policy_start} is not after {known.start.year}, the last year with "
            "figures."
        )
    held = priors.priors(estimate, given)
    drawn = priors.draw(held, chosen.draws, chosen.seed)
    loop = drawn if chosen.loop == "on" else drawn.switched_off()
    members = np.concatenate([known.top, known.bottom])
    drawn_futures = simulate.futures(
        known.start, loop, chosen.draws, chosen.horizon_year, chosen.seed, members
    )
    answers = simulate.responses(loop, policy.programmes(chosen, drawn_futures.years[1:]))
    return Simulation(known, chosen, held, loop, drawn_futures, _ratios(known, chosen), answers)


def without_loop(one: Simulation | None) -> Simulation | None:
    """The same draws and programmes with the loop switched off."""
    if one is None:
        return None
    off = replace(one.settings, loop="off")
    loop = one.loop.switched_off()
    members = np.concatenate([one.region.top, one.region.bottom])
    quiet = simulate.futures(one.region.start, loop, off.draws, off.horizon_year, off.seed, members)
    answers = simulate.responses(loop, policy.programmes(off, quiet.years[1:]))
    return replace(one, settings=off, loop=loop, futures=quiet, responses=answers)


def _ratios(known: Region, chosen: Settings) -> np.ndarray:
    """GBP received in a year per GBP of GVA, by scenario and district; shape (scenarios, n)."""
    count = policy.target_count(chosen, len(known.before), len(known.top))
    rows = [np.zeros(len(known.before))]
    for _ in INTERVENTIONS:
        for where in ALLOCATIONS:
            receives = policy.targets(known.before, where, count)
            rows.append(policy.spending(chosen, receives, known.hours, known.gva) / known.gva)
    return np.stack(rows)


def central_effect(known: Region, chosen: Settings, loop: Loop, scenario: str) -> float:
    """By how much a scenario narrows the gap in the last year, without chance.

    Districts start from their expected places and meet no shocks.

    Parameters
    ----------
    known : Region
        With groups.
    chosen : Settings
    loop : Loop
        Plain numbers.
    scenario : str
        One of `helpers.causation.policy.scenarios`.

    Returns
    -------
    float
        Share of the top group's output per hour.
    """
    if scenario == NOTHING:
        return 0.0
    number = policy.scenarios().index(scenario)
    used = loop if chosen.loop == "on" else loop.switched_off()
    years = np.arange(known.start.year + 1, chosen.horizon_year + 1)
    base = known.start.level + simulate.run(used, known.start.passing[None], years=len(years))[0, -1]
    answer = simulate.responses(used, policy.programmes(chosen, years))[0, -1, intervention_of(number)]
    gaps = []
    for added in (0.0, _ratios(known, chosen)[number] * answer):
        path = np.exp(np.clip(base + added, -simulate.HELD, simulate.HELD))
        gaps.append(1 - path[known.bottom].mean() / path[known.top].mean())
    return float(gaps[0] - gaps[1])
