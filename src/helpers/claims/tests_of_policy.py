"""What would an intervention do to the gap? Tests of claims about policy, by the simulation of 08_policy."""

from __future__ import annotations

from functools import cache

import numpy as np

from helpers import revisions
from helpers.causation import policy, scenarios
from helpers.causation.scenarios import POINT, Simulation
from helpers.claims.ledger import Claim
from helpers.claims.measuring import Measurement, measures, midlands

PLACES = {"lagging": "lagging districts", "evenly": "all districts", "top": "the most productive districts"}


@cache
def _simulation() -> Simulation | None:
    """The default programmes of the Midlands."""
    return scenarios.prepare(midlands())


@measures("points", definitions=policy.ALLOCATIONS, arguments=("intervention",))
def gap_after(claim: Claim) -> list[Measurement]:
    """By how much an intervention changes the gap of the last simulated year, with 95 % of the draws.

    A proxy: what a pound adds is put in, not found; the simulation carries it to the places and years.
    """
    one = _simulation()
    if one is None:
        return []
    found = []
    for where in claim.definitions:
        name = f"{(claim.arguments or {})['intervention']}, {where}"
        change = -100 * one.effects[policy.scenarios().index(name), :, -1]
        lower, middle, upper = np.quantile(
            change, (revisions.LEVEL[0], 0.5, revisions.LEVEL[1]), method="nearest"
        )
        words = (
            f"simulated for {one.years[-1]}: GBP {one.settings.total:,.0f} million in {PLACES[where]}, "
            f"GBP {one.settings.multiplier_gdp:g} of output per pound taken as given"
        )
        clear = float((change < -100 * POINT).mean())
        beside = f"narrower by more than one point in {100 * clear:.0f} % of the draws"
        ends = ((float(lower),), (float(upper),))
        found.append(Measurement(words, (float(middle),), *ends, proxy=True, beside=beside))
    return found
