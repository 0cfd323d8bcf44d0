"""What does a reader's own programme need to be computed from? 500 stored draws of the policy simulation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from helpers import geography, revisions, study
from helpers.causation import model, outcomes, policy, priors, scenarios, simulate
from helpers.causation.history import Start
from helpers.causation.model import STOCKS, Loop
from helpers.causation.scenarios import Simulation
from helpers.dynamics import unsmoothed
from helpers.enumeration import listed_names
from helpers.geography import Area
from helpers.prose.words import area_name, count, percent, sentence_start
from helpers.site import data_files
from helpers.study import Study

NAME = "policy_explorer"
DIGITS = 9  # significant, of every stored number: the page is then equal to the notebook to about 1e-8
STANDING = Loop(0.0, *[0.0, 0.0, 1.0] * len(STOCKS))  # under it a lead passes within the year


def write(area: Area, seed: int, folder: Path) -> None:
    """Write the data of the policy page.

    Parameters
    ----------
    area : Area
    seed : int
        Of the run: the draws are the first of the notebook's.
    folder : Path
        The gathered folder of the book.
    """
    data_files.write(folder, NAME, content(area, seed))


def content(area: Area, seed: int) -> dict[str, Any]:
    """What the page computes from.

    Parameters
    ----------
    area : Area
    seed : int

    Returns
    -------
    dict
        ``area`` and either ``reason``, why there is nothing to simulate, or what `stored` holds and
        ``seen`` (the gap of the same groups so far) and ``assumptions`` (sentences).
    """
    asked = replace(study.choose(area=list(area.codes), seed=seed), area=area)
    one = scenarios.prepare(asked, {"draws": outcomes.STORED, "seed": seed})
    if one is None:
        reason = f"{sentence_start(area)} has too few districts for groups, so there is no gap to simulate."
        return {"area": area_name(area), "reason": reason}
    return {
        "area": area_name(area),
        "groups": _groups(one),
        "seen": _seen(asked, one),
        "assumptions": assumptions(asked, one),
        **stored(one),
    }


def stored(one: Simulation) -> dict[str, Any]:
    """The draws and inputs of a simulation, from which any of its scenarios can be computed again.

    Parameters
    ----------
    one : Simulation
        With the loop on, since a loop that was switched off cannot be scaled.

    Returns
    -------
    dict
        Lists of numbers, arrays flattened in row-major order: ``level``, ``passing`` (draws, members; the
        first ``top`` members are the most productive group), ``hits`` (draws, years: which row of
        ``shocks`` hit all districts), ``shocks`` (years of history, members), the ``loop`` (rho: draws;
        b, g, d: draws, stocks), ``ratios`` by allocation (members; GBP received in a year per GBP of GVA
        at the notebook's budget), and the settings by their names.
    """
    chosen, members = one.settings, np.concatenate([one.region.top, one.region.bottom])
    names = policy.scenarios()
    level, passing, hits = _drawn(one, members)
    known = chosen.deadweight, chosen.deadweight_private
    return {
        "draws": chosen.draws,
        "years": one.years.tolist(),
        "top": len(one.region.top),
        "level": data_files.numbers(level.ravel(), DIGITS),
        "passing": data_files.numbers(passing.ravel(), DIGITS),
        "hits": hits.ravel().tolist(),
        "shocks": data_files.numbers(one.region.start.shocks[:, members].ravel(), DIGITS),
        "loop": {
            "rho": data_files.numbers(one.loop.rho, DIGITS),
            **{letter: data_files.numbers(one.loop.of(letter).ravel(), DIGITS) for letter in "bgd"},
        },
        "strength": float(model.loop_strength(priors.central(one.priors))),
        "ratios": {
            where: data_files.numbers(one.ratios[names.index(f"integrated, {where}"), members], DIGITS)
            for where in policy.ALLOCATIONS
        },
        "gva": float(one.region.gva.sum()),
        "budget": chosen.budget,
        "spending_years": chosen.spending_years,
        "parts": [
            {
                "name": part,
                "stock": STOCKS.index(stock),
                "share": policy.INTERVENTIONS["integrated"][part],
                "deadweight": known[part == "private investment"],
                "delay": chosen.infrastructure_delay if part == "infrastructure" else 0,
            }
            for part, stock in policy.STOCK_OF.items()
        ],
        "multiplier": chosen.multiplier_gdp,
        "displacement": chosen.displacement,
        "productivity_share": chosen.productivity_share,
        "quality": chosen.delivery_quality,
        "quality_joined": chosen.delivery_quality_integrated,
        "point": scenarios.POINT,
        "held": simulate.HELD,
        "ends": list(revisions.LEVEL),
    }


def _drawn(one: Simulation, members: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Levels and passing leads (draws, members) and years that hit (draws, T), as the simulation drew them.

    `simulate.futures` itself is asked, about districts in which one thing alone is there to be seen, so that
    the draws are the same whatever its random streams are.
    """
    start, chosen = one.region.start, one.settings

    def paths(known: Start) -> np.ndarray:
        return simulate.futures(
            known, STANDING, chosen.draws, chosen.horizon_year, chosen.seed, members
        ).paths

    calm = paths(replace(start, shocks=np.zeros_like(start.shocks)))
    level = calm[:, 1]
    none = np.zeros(len(start.codes))
    rows = np.arange(len(start.shocks))[:, None] / len(start.shocks)  # below one, hence below HELD
    empty = replace(start, level=none, passing=none, root=np.zeros_like(start.root), shocks=rows + none)
    hits = np.rint(paths(empty)[:, 1:, 0] * len(start.shocks)).astype(int)
    return level, calm[:, 0] - level, hits


def _groups(one: Simulation) -> str:
    """Who is compared, in a sentence."""
    names = one.region.names.to_numpy()
    top, bottom = (listed_names(sorted(names[group])) for group in (one.region.top, one.region.bottom))
    return (
        f"The gap is by how much GVA per hour is lower in {bottom}, on average, than in {top}, in per cent "
        "of the latter."
    )


def _seen(asked: Study, one: Simulation) -> dict[str, Any]:
    """The gap of the same groups in the unsmoothed figures, year by year, share of the top group."""
    values = unsmoothed.panel(asked.area).values.loc[one.region.start.codes]
    top, bottom = (
        values.iloc[group].mean(axis=0, skipna=False) for group in (one.region.top, one.region.bottom)
    )
    gaps = (1 - bottom / top).dropna()
    return {"years": [int(year) for year in gaps.index], "gap": data_files.numbers(gaps, DIGITS)}


def assumptions(asked: Study, one: Simulation) -> list[str]:
    """What the reader cannot move, and what it is set to: one sentence each."""
    chosen = one.settings
    whose = asked.area if one.persistence in ("", asked.area.name) else geography.resolve("UK")
    lagging = one.ratios[policy.scenarios().index("integrated, lagging")] > 0
    strength = float(model.loop_strength(priors.central(one.priors)))
    paid = (
        "it comes from outside the area, and no other place pays"
        if chosen.financing == "external"
        else "all districts of the area pay for it in proportion to their GVA"
    )
    return [
        f"Money is spent from {chosen.spending_years[0]} to {chosen.spending_years[-1]}, the same every "
        f"year, in prices of {one.years[0]}; {paid}.",
        f"Districts lag (or lead) by their mean over the {count(chosen.policy_pre_years, 'year')} up to "
        f"{one.years[0]}, and not by one year's rank. Where the money is not spread over all, "
        f"{count(int(lagging.sum()), 'district')} share it by hours worked.",
        f"{percent(chosen.deadweight, 0)} of the gain would have come without the programme, of private "
        f"investment {percent(chosen.deadweight_private, 0)}.",
        f"{percent(chosen.productivity_share, 0)} of the added output is more output per hour, the rest is "
        "more work. Halving this share is the same as halving the multiplier.",
        f"Programmes deliver {percent(chosen.delivery_quality, 0)} of what was planned, or "
        f"{percent(chosen.delivery_quality_integrated, 0)} where planning and governance join them up.",
        f"Infrastructure has its first effect after {count(chosen.infrastructure_delay, 'year')}; what was "
        "built and learnt wears out at rates that differ from draw to draw.",
        "Districts that are ahead or behind for a while return to their own lasting level. How fast is "
        f"estimated from the districts of {area_name(whose)}; shocks are whole years of the past, drawn "
        "again.",
        f"The loop has strength {strength:.2f} in the middle of what the notebook holds. The slider "
        "multiplies the feedback in every draw by the same factor, so that the middle takes the value shown "
        "and the spread around it grows or shrinks with it.",
    ]
