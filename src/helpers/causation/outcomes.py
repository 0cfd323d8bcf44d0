"""What do the simulated scenarios say: the gap by year, two probabilities, cost, and the loop's share?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers import revisions
from helpers.causation import model, policy, priors, scenarios
from helpers.causation.model import STOCKS, Loop
from helpers.causation.policy import ALLOCATIONS, NOTHING
from helpers.causation.priors import Prior
from helpers.causation.scenarios import POINT, Simulation
from helpers.dynamics import unsmoothed

BY_YEAR = ("scenario", "year", "gap", "lower", "upper", "p_effect_above_1", "p_gap_below_today")
BY_DISTRICT = (
    *("allocation", "area_code", "name", "status"),
    *("value", "spent_a_year", "effect", "lower", "upper", "pounds"),
)
NORMAL = 1.645  # 90 % of a normal lie within so many standard errors
STORED = 500  # draws kept for a page that lets readers look at single futures
NO_GAIN = "no gain to divide by"


def by_year(one: Simulation | None) -> pd.DataFrame:
    """The gap under each scenario, year by year: table ``policy``.

    Returns
    -------
    DataFrame
        ``scenario, year, gap`` (median of the draws, share of the top group), ``lower, upper`` (95 % of
        the draws), ``p_effect_above_1`` (share of draws in which the scenario narrows that year's gap by
        more than one point) and ``p_gap_below_today`` (in which the gap is below the same draw's gap in
        the last year with figures). The gap is that of the expected figures without a year's noise.
        Without rows where there is no simulation, because the area has no groups.
    """
    if one is None:
        return pd.DataFrame(columns=list(BY_YEAR))
    lower, middle, upper = np.quantile(
        one.gaps, (revisions.LEVEL[0], 0.5, revisions.LEVEL[1]), axis=1, method="nearest"
    )
    above = (one.effects > POINT).mean(axis=1)
    below = (one.gaps < one.gaps[:, :, :1]).mean(axis=1)
    names = policy.scenarios()
    columns = (middle, lower, upper, above, below)
    data = dict(zip(BY_YEAR[2:], (column.reshape(-1) for column in columns), strict=True))
    years = np.tile(one.years, len(names))
    return pd.DataFrame({"scenario": np.repeat(names, len(one.years)), "year": years, **data})


def summary(one: Simulation | None, off: Simulation | None) -> pd.DataFrame:
    """Each scenario in the last year: effect, the two probabilities, cost, and the loop's share.

    Parameters
    ----------
    one : Simulation
    off : Simulation
        `helpers.causation.scenarios.without_loop` of it.

    Returns
    -------
    DataFrame
        One row per scenario: ``effect`` (points by which the gap narrows, median) with ``effect_lower,
        effect_upper`` (95 %), ``p_effect_above_1, p_gap_below_today, spent`` (GBP million in all),
        ``budget_for_a_point`` (GBP million a year that would narrow the gap by one point, in proportion;
        none where the scenario does not narrow it),
        ``cost`` (GBP million spent per GBP of output per hour, on average over the hours worked in the
        districts that receive money) with ``cost_lower, cost_upper``, ``cost_per_yearly_pound`` (GBP
        spent per GBP of output in the last year), ``cost_reason`` where there is none; ``loop_share``
        (of the effect, median over draws in which there is one) with ``loop_lower, loop_upper`` and
        ``loop_reason``. An upper cost is infinite where some of the 95 % of draws gain nothing.
    """
    names = policy.scenarios()
    if one is None or off is None:
        return pd.DataFrame(columns=["scenario"])
    rows = []
    for number, name in enumerate(names):
        effect, gap = one.effects[number, :, -1], one.gaps[number]
        low, middle, high = _quantiles(effect)
        rows.append(
            {
                "scenario": name,
                "effect": middle * 100,
                "effect_lower": low * 100,
                "effect_upper": high * 100,
                "p_effect_above_1": float((effect > POINT).mean()),
                "p_gap_below_today": float((gap[:, -1] < gap[:, 0]).mean()),
                "spent": 0.0 if name == NOTHING else one.settings.total,
                "budget_for_a_point": one.settings.budget * POINT / middle if middle > 0 else None,
                **_cost(one, number),
                **_loop_share(effect, off.effects[number, :, -1]),
            }
        )
    return pd.DataFrame(rows)


def _quantiles(draws: np.ndarray) -> tuple[float, float, float]:
    low, middle, high = np.quantile(draws, (revisions.LEVEL[0], 0.5, revisions.LEVEL[1]), method="nearest")
    return float(low), float(middle), float(high)


def _cost(one: Simulation, scenario: int) -> dict[str, object]:
    """What a pound of output per hour costs in the districts that a scenario pays."""
    nothing = {"cost": None, "cost_lower": None, "cost_upper": None, "cost_per_yearly_pound": None}
    receives = one.ratios[scenario] > 0
    if scenario == 0 or not receives.any() or one.settings.total == 0:
        return {**nothing, "cost_reason": NO_GAIN}
    weights = one.region.hours[receives]
    level = one.region.uk_value * np.exp(one.region.start.level + one.region.start.passing)[receives]
    answer = one.responses[:, -1, scenarios.intervention_of(scenario)]
    added = level * np.expm1(np.outer(answer, one.ratios[scenario, receives]))  # GBP per hour
    gain = added @ weights / weights.sum()
    low, middle, high = _quantiles(gain)
    if middle <= 0:
        return {**nothing, "cost_reason": NO_GAIN}
    spent = one.settings.total
    return {
        "cost": spent / middle,
        "cost_lower": spent / high,
        "cost_upper": spent / low if low > 0 else np.inf,
        "cost_per_yearly_pound": spent * 1e6 / (middle * weights.sum() * unsmoothed.WEEKS),
        "cost_reason": "",
    }


def _loop_share(on: np.ndarray, off: np.ndarray) -> dict[str, object]:
    """The part of an effect that is gone when the loop is switched off, draw by draw."""
    there = on != 0
    if not there.any():
        return {"loop_share": None, "loop_lower": None, "loop_upper": None, "loop_reason": "no effect"}
    low, middle, high = _quantiles(1 - off[there] / on[there])
    return {"loop_share": middle, "loop_lower": low, "loop_upper": high, "loop_reason": ""}


def by_district(one: Simulation | None, intervention: str = "integrated") -> pd.DataFrame:
    """What an intervention does to each district in the last year, by allocation.

    Returns
    -------
    DataFrame
        One row per ``allocation`` and district: ``area_code, name, status`` (whether it has a
        history), ``value`` (GBP per hour in the last year with figures, without a year's noise),
        ``spent_a_year`` (GBP million), ``effect`` (per cent of output per hour, median)
        with ``lower, upper`` (95 %) and ``pounds`` (of output per hour, at the value's prices). A
        district without history has no figures.
    """
    if one is None:
        return pd.DataFrame(columns=list(BY_DISTRICT))
    known = one.region
    value = known.uk_value * np.exp(known.start.level + known.start.passing)
    names = policy.scenarios()
    blocks = []
    for allocation in ALLOCATIONS:
        number = names.index(f"{intervention}, {allocation}")
        ratio = one.ratios[number]
        answer = one.responses[:, -1, scenarios.intervention_of(number)]
        ends = [np.expm1(ratio * quantile) for quantile in _quantiles(answer)]
        low, middle, high = np.sort(ends, axis=0)  # who pays for others loses where they gain
        block = pd.DataFrame(
            {
                "value": value,
                "spent_a_year": ratio * known.gva,
                "effect": middle * 100,
                "lower": low * 100,
                "upper": high * 100,
                "pounds": value * middle,
            },
            index=known.start.codes,
        ).reindex(known.start.status.index)
        block.insert(0, "allocation", allocation)
        block.insert(1, "area_code", block.index)
        block.insert(2, "name", known.names.reindex(block.index).to_numpy())
        block.insert(3, "status", known.start.status.to_numpy())
        blocks.append(block)
    return pd.concat(blocks, ignore_index=True)


def loop_table(held: Mapping[str, Prior], draws: int, seed: int) -> pd.DataFrame:
    """The four numbers that tell how strong the loop is, and what they are made of: table ``loop``.

    Parameters
    ----------
    held : mapping of str to Prior
        From `helpers.causation.priors.priors`, or ``Simulation.priors``.
    draws, seed : int
        As of the simulation, for the same draws.

    Returns
    -------
    DataFrame
        ``quantity, value, lower, upper, kind``: value at the middle of the priors, 90 % of the draws.
        What rests on any assumed parameter is ``assumed``. The loop is as the priors have it, whether
        or not a simulation switches it off. A multiplier is infinite where the loop is explosive,
        and ``share_explosive`` says in what share of draws it is, with the Monte Carlo error as ends.
    """
    drawn = priors.draw(held, draws, seed)
    middle = priors.central(held)
    rows: list[tuple[str, float, float, float, str]] = []
    for name, measure in _MEASURES.items():
        low, high = np.quantile(measure(drawn), priors.LEVEL, method="nearest")
        rows.append((name, float(measure(middle)), float(low), float(high), "assumed"))
    explosive = float((model.spectral_radius(drawn) > 1 + model.LIMIT).mean())
    error = float(np.sqrt(explosive * (1 - explosive) / draws)) * NORMAL
    ends = (max(explosive - error, 0.0), min(explosive + error, 1.0))
    rows.append(("share_explosive", explosive, *ends, "assumed"))
    for at, stock in enumerate(STOCKS):
        parts = drawn.of("b") * drawn.of("g") / drawn.of("d")
        own = middle.of("b") * middle.of("g") / middle.of("d")
        low, high = np.quantile(parts[..., at], priors.LEVEL, method="nearest")
        rows.append((f"loop_strength_{stock}", float(own[at]), float(low), float(high), "assumed"))
    for name, prior in held.items():
        low, high = prior.quantile(np.array(priors.LEVEL))
        rows.append((name, prior.mean, float(low), float(high), prior.kind))
    return pd.DataFrame(rows, columns=["quantity", "value", "lower", "upper", "kind"])


def _radius_without_cross_terms(loop: Loop) -> np.ndarray:
    """The spectral radius if nothing fed back: the slowest of all leads by itself."""
    return model.spectral_radius(loop.switched_off())


_MEASURES = {
    "loop_strength": model.loop_strength,
    "multiplier": model.multiplier,
    "gain": model.gain,
    "spectral_radius": model.spectral_radius,
    "spectral_radius_without_loop": _radius_without_cross_terms,
}


def single_futures(one: Simulation | None, draws: int = STORED) -> pd.DataFrame:
    """The first draws of the gap under every scenario, for a page that shows single futures.

    Returns
    -------
    DataFrame
        ``scenario, draw`` and one column per year, share of the top group to four digits.
    """
    if one is None:
        return pd.DataFrame(columns=["scenario", "draw"])
    names = policy.scenarios()
    some = one.gaps[:, :draws].round(4)
    frame = pd.DataFrame(some.reshape(-1, some.shape[2]), columns=[str(year) for year in one.years])
    frame.insert(0, "scenario", np.repeat(names, some.shape[1]))
    frame.insert(1, "draw", np.tile(np.arange(some.shape[1]), len(names)))
    return frame
