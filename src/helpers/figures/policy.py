"""Figures of 08_policy: where the gap may go under each intervention, and what the effect hangs on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers import revisions
from helpers.causation import policy, region, tornado
from helpers.causation.scenarios import Simulation
from helpers.dynamics import unsmoothed
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.prose.words import area_name, percent
from helpers.study import Study

SOURCES = (("industry", "gva_all"), ("hours_jobs", "hours_per_week"))
SHOWN = (*(f"{one}, lagging" for one in policy.INTERVENTIONS), "integrated, top")
BARS = 14
NAMES = {
    "rho": "part of a lead left after a year",
    "b_capital": "capital: effect on output per hour",
    "g_capital": "capital: drawn by output per hour",
    "d_capital": "capital: share lost a year",
    "b_skills": "skills: effect on output per hour",
    "g_skills": "skills: drawn by output per hour",
    "d_skills": "skills: share lost a year",
    "b_business": "firms: effect on output per hour",
    "g_business": "firms: drawn by output per hour",
    "d_business": "firms: share lost a year",
    "g_people": "people: drawn by output per hour",
    "multiplier_gdp": "pounds of GDP per pound",
    "productivity_share": "share that is output per hour",
    "displacement": "share lost to others nearby",
    "deadweight": "share that would have come anyway",
    "deadweight_private": "come anyway, private investment",
    "delivery_quality": "share delivered",
    "delivery_quality_integrated": "share delivered, integrated",
    "infrastructure_delay": "years until infrastructure works",
}


def fan(study: Study, one: Simulation | None) -> list[Exhibit]:
    """The gap so far and its fan without policy; beside it what each intervention changes."""
    if one is None:
        return []
    data = pd.concat([_so_far(study, one), _fan(one), _effects(one)], ignore_index=True)
    figure, (left, right) = style.canvas(1, 2, height=4.2)
    _draw_fan(left, data)
    _draw_effects(right, data)
    end = int(one.years[-1])
    band = data[(data["panel"] == "gap") & (data["year"] == end)].iloc[0]
    integrated = data[(data["scenario"] == "integrated, lagging") & (data["year"] == end)].iloc[0]
    title = (
        f"Without any policy the gap of {end} lies between {band['lower']:.0f} and {band['upper']:.0f} %; "
        + (
            f"GBP {one.settings.total / 1000:.1f} billion in lagging districts changes it by "
            f"{round(-integrated['value'], 2) + 0.0:+.2f} points"
            if one.settings.total
            else "nothing is spent, so nothing changes it"
        )
    )
    style.finish(
        figure,
        title,
        f"Gap as a share of the top group's GVA per hour in {area_name(study.area)}, and points by which an "
        "intervention narrows it",
        style.footer(
            unsmoothed.RELEASE,
            "Unsmoothed series and simulation: ours, not ONS's. Bands: 95 % of "
            f"{one.settings.draws:,} draws; in the right panel the multiplier and the other inputs of the "
            "scenario are held fixed.",
        ),
    )
    return [
        Exhibit(
            "figure_policy_fan",
            figure,
            data,
            f"Left a line that opens into a fan, right lines near zero. {title}.",
            "helpers.figures.policy.fan",
            "08_policy",
            SOURCES,
        )
    ]


def _so_far(study: Study, one: Simulation) -> pd.DataFrame:
    """The gap of the same groups in the unsmoothed figures."""
    gaps = 100 * region.gap_so_far(study.area, one.region)
    return pd.DataFrame({"panel": "so far", "scenario": "seen", "year": gaps.index, "value": gaps.to_numpy()})


def _banded(panel: str, scenario: str, years: np.ndarray, draws: np.ndarray) -> pd.DataFrame:
    """Median and 95 % of draws by year, in points."""
    ends = (revisions.LEVEL[0], 0.5, revisions.LEVEL[1])
    lower, middle, upper = 100 * np.quantile(draws, ends, axis=0, method="nearest")
    columns = {"value": middle, "lower": lower, "upper": upper}
    return pd.DataFrame({"panel": panel, "scenario": scenario, "year": years, **columns})


def _fan(one: Simulation) -> pd.DataFrame:
    return _banded("gap", policy.NOTHING, one.years, one.gaps[0])


def _effects(one: Simulation) -> pd.DataFrame:
    names = policy.scenarios()
    blocks = [_banded("effect", name, one.years, one.effects[names.index(name)]) for name in SHOWN]
    return pd.concat(blocks, ignore_index=True)


def _draw_fan(axes: Axes, data: pd.DataFrame) -> None:
    seen, future = data[data["panel"] == "so far"], data[data["panel"] == "gap"]
    axes.plot(seen["year"], seen["value"], color=style.REFERENCE, lw=1.5, label="seen, single years")
    axes.plot(future["year"], future["value"], color=style.TOP, lw=2, label="without policy, median")
    axes.fill_between(future["year"], future["lower"], future["upper"], color=style.TOP, alpha=0.18)
    axes.set_ylim(bottom=min(0, future["lower"].min()))
    axes.set_ylabel("Gap, %")
    axes.legend(loc="lower left", fontsize=8)
    style.whole_years(axes, most=5)


def _draw_effects(axes: Axes, data: pd.DataFrame) -> None:
    colours = [*style.SERIES[:4], style.REFERENCE, style.SERIES[5]]
    ends = []
    dashes = [*style.LINES[:4], "-", style.LINES[4]]
    for colour, dash, (name, rows) in zip(
        colours, dashes, data[data["panel"] == "effect"].groupby("scenario", sort=False), strict=True
    ):
        width = 2 if "integrated" in str(name) else 1.3
        axes.plot(rows["year"], rows["value"], color=colour, ls=dash, lw=width)
        if "integrated" in str(name):
            axes.fill_between(rows["year"], rows["lower"], rows["upper"], color=colour, alpha=0.12)
        last = rows.iloc[-1]
        ends.append((float(last["year"]), float(last["value"]), str(name), colour))
    axes.axhline(0, color=style.REFERENCE, lw=0.8)
    axes.set_ylabel("Points by which the gap is narrower")
    style.whole_years(axes, most=5)
    style.label_lines(axes, ends)


def hangs_on(study: Study, one: Simulation | None, table: pd.DataFrame) -> list[Exhibit]:
    """A tornado: the effect between the low and the high value of each parameter in turn."""
    moved = table[table["effect_low"] != table["effect_high"]].head(BARS).reset_index(drop=True)
    if one is None or moved.empty:
        return []
    middle = tornado.middle_effect(one)
    figure, axes = style.canvas(height=0.3 * len(moved) + 0.8)
    at = np.arange(len(moved))
    for end, colour in (("low", style.TOP), ("high", style.BOTTOM)):
        axes.barh(at, moved[f"effect_{end}"] - middle, left=middle, color=colour, label=f"{end} value")
    axes.axvline(middle, color=style.REFERENCE, lw=1)
    labels = [f"{NAMES[r.parameter]} ({r.low:.3g} to {r.high:.3g})" for r in moved.itertuples()]
    axes.set_yticks(at, labels, fontsize=8.5)
    axes.set_ylim(len(moved) - 0.5, -0.5)
    axes.set_xlabel(f"Points by which the gap of {one.years[-1]} is narrower")
    axes.legend(loc="lower right", fontsize=8)
    first = moved.iloc[0]
    title = (
        f"The effect hangs most on “{NAMES[first['parameter']]}”: {first['effect_low']:.2f} points at "
        f"{first['low']:.3g} and {first['effect_high']:.2f} at {first['high']:.3g}"
    )
    style.finish(
        figure,
        title,
        f"{tornado.SCENARIO}, {area_name(study.area)}; one parameter moved at a time, all else at the middle "
        f"({middle:.2f} points)",
        style.footer(
            unsmoothed.RELEASE,
            f"Ends: 5 and {percent(0.95, 0)} of the prior, or the range of a scenario's input. Simulation: "
            "ours, not ONS's.",
        ),
    )
    return [
        Exhibit(
            "figure_policy_tornado",
            figure,
            moved,
            f"Bars to both sides of a line, longest on top. {title}.",
            "helpers.figures.policy.hangs_on",
            "08_policy",
            SOURCES,
        )
    ]
