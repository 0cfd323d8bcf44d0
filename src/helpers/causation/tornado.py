"""On which parameter does the effect of an intervention hang most?"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pandas as pd

from helpers import parameters
from helpers.causation import priors, scenarios
from helpers.causation.model import Loop
from helpers.causation.policy import Settings
from helpers.causation.scenarios import Simulation

SCENARIO = "integrated, lagging"
COLUMNS = ("parameter", "low", "high", "effect_low", "effect_high")


def table(one: Simulation | None, scenario: str = SCENARIO) -> pd.DataFrame:
    """Move one parameter at a time: table ``tornado``.

    Parameters
    ----------
    one : Simulation
    scenario : str
        One of `helpers.causation.policy.scenarios`.

    Returns
    -------
    DataFrame
        ``parameter, low, high``: between 5 % and 95 % of its prior, or over its ``sensitivity`` in
        ``data/parameters.yml``; ``effect_low, effect_high``: points by which the scenario narrows the
        gap in the last year at these values, all else at the middle and without chance. Sorted by the
        distance of the two, largest first. A parameter that is taken as known (without spread) is
        left out; so is all where there is no simulation. With the loop switched off its parameters
        move nothing but wear and rho.
    """
    if one is None:
        return pd.DataFrame(columns=list(COLUMNS))
    middle = priors.central(one.priors)
    rows: list[dict[str, Any]] = []
    for name, prior in one.priors.items():
        if prior.sd > 0:
            low, high = (float(prior.quantile(probability)) for probability in priors.LEVEL)
            rows.append(_row(one, scenario, name, (low, high), middle))
    for field in fields(Settings):
        sensitivity = parameters.load()[field.name].sensitivity
        if sensitivity:
            rows.append(_row(one, scenario, field.name, sensitivity, middle))
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    distance = (found["effect_high"] - found["effect_low"]).abs()
    return found.loc[distance.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def middle_effect(one: Simulation, scenario: str = SCENARIO) -> float:
    """The effect that the bars start from, in points: every parameter at its middle, without chance."""
    return 100 * scenarios.central_effect(one.region, one.settings, priors.central(one.priors), scenario)


def _row(
    one: Simulation, scenario: str, name: str, ends: tuple[float, float], middle: Loop
) -> dict[str, Any]:
    """The effect at both ends of one parameter."""
    effects = []
    for value in ends:
        changed: dict[str, Any] = {name: value}
        in_loop = name in one.priors
        loop = replace(middle, **changed) if in_loop else middle
        chosen = one.settings if in_loop else replace(one.settings, **changed)
        effects.append(100 * scenarios.central_effect(one.region, chosen, loop, scenario))
    return {
        "parameter": name,
        "low": ends[0],
        "high": ends[1],
        "effect_low": effects[0],
        "effect_high": effects[1],
    }
