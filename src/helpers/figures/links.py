"""Figures of 07_cumulative_causation on the links: local projections, and every link's estimates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.causation import evidence
from helpers.causation import links as estimated
from helpers.causation.model import Loop
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.comparison import sources, table_pairs
from helpers.prose.links import INVESTMENT, PRODUCTIVITY
from helpers.prose.words import area_name, count
from helpers.study import Study

NOTEBOOK = "07_cumulative_causation"
INTERVALS = (
    "Bars and bands: 90 % intervals, clustered by ITL3 area. Unsmoothed output per hour is ours, not ONS's."
)
MARKS = {
    "between": ("s", "between places of a region (tilted towards the loop)"),
    "within": ("o", "within places (tilted away from it)"),
    "instrumented": ("D", "within places, a year's noise taken off"),
    "original edition": ("^", f"{estimated.HORIZON} years after investment, edition of May 2022"),
    "corrected edition": ("v", f"{estimated.HORIZON} years after investment, corrected edition"),
}
SIDES = 4.0  # how far the axis of sizes reaches, in sizes needed
USED = ["gva_all", "hours_per_week", "gfcf_all"]


def local_projections(study: Study, here: pd.DataFrame, uk: pd.DataFrame) -> Exhibit:
    """Output per hour after investment, and investment after output per hour, by years since.

    Parameters
    ----------
    study : Study
    here, uk : DataFrame
        From `projections.both_ways`, of the study's area and of the UK. An area without estimates is not
        drawn, and the footer says why.
    """
    parts = [uk] if study.area.kind == "uk" else [here, uk]
    data = pd.concat(parts, ignore_index=True)
    drawn = data.dropna(subset=["estimate"]).reset_index(drop=True)
    figure, both = style.canvas(1, 2, height=3.6)
    for axes, direction, label in (
        (both[0], INVESTMENT, "Output per hour after 1 % more investment"),
        (both[1], PRODUCTIVITY, "Investment after 1 % more per hour"),
    ):
        lines = drawn[drawn["direction"] == direction]
        for colour, (name, line) in zip(
            (style.TOP, style.REFERENCE), lines.groupby("area", sort=False), strict=False
        ):
            shade = style.REFERENCE if name == "United Kingdom" else colour
            axes.fill_between(line["horizon"], line["lower"], line["upper"], color=shade, alpha=0.15, lw=0)
            dash = "--" if name == "United Kingdom" else "-"
            axes.plot(line["horizon"], line["estimate"], "o", ls=dash, ms=4, color=shade, label=name)
        axes.axhline(0, color=style.MIDDLE, lw=1)
        axes.set_title(label)
        axes.set_xlabel("years later")
        axes.set_ylabel("%")
        style.whole_years(axes)
    both[0].legend(loc="best", fontsize=8)
    title = _projections_title(study, drawn)
    why = (
        ""
        if len(parts) == 1 or here["estimate"].notna().any()
        else f"{study.area.name}: {here['reason'].iloc[0]}."
    )
    style.finish(
        figure,
        title,
        f"Local projections over ITL3 areas, {drawn['first_year'].min()} to {drawn['last_year'].max()}, "
        "effects of areas and years, half-panel jackknife",
        [
            *sources(USED),
            INTERVALS,
            "Order in time, no effect: ONS shares investment out to ITL3 areas partly by employment.",
            *([why] if why else []),
        ],
    )
    return Exhibit(
        "figure_local_projections",
        figure,
        drawn[["area", "direction", "horizon", "estimate", "lower", "upper", "places", "n", "reason"]],
        f"Two panels of lines by years since, with bands. {title}.",
        "helpers.figures.links.local_projections",
        NOTEBOOK,
        table_pairs(USED),
    )


def link_estimates(study: Study, here: pd.DataFrame, uk: pd.DataFrame, loop: Loop) -> Exhibit:
    """Every link's estimates as multiples of the size that the loop claimed would need.

    Parameters
    ----------
    study : Study
    here, uk : DataFrame
        From `helpers.causation.links.versions`, of the study's area and of the UK.
    loop : Loop
        The middle of the priors.
    """
    parts = [("UK", uk)] if study.area.kind == "uk" else [(study.area.name, here), ("UK", uk)]
    parts = [(name, part) for name, part in parts if part["estimate"].notna().any()]
    sizes = {name: size for name, size in evidence.needed(loop).items() if 0 < size < np.inf}
    data = pd.concat([part.assign(area=name) for name, part in parts], ignore_index=True)
    data = data[data["parameter"].isin(list(sizes))].dropna(subset=["estimate"]).reset_index(drop=True)
    need = data["parameter"].map(sizes)
    for column in ("estimate", "lower", "upper"):
        data[f"{column}_of_needed"] = data[column] / need
    links = [link.name for link in estimated.LINKS if link.name in set(data["link"])]
    figure, panels = style.canvas(1, len(parts), height=0.58 * len(links) + 2.2, sharey=True, squeeze=False)
    for axes, (name, _) in zip(panels[0], parts, strict=True):
        _forest(axes, data[data["area"] == name], links)
        axes.set_title(style.panel_title(name, len(parts)))
        axes.set_xlabel("multiples of the size needed (dashed)")
    panels[0][0].set_yticks(range(len(links)), links)
    panels[0][0].set_ylim(len(links) - 0.5, -0.5)
    panels[0][0].legend(loc="upper left", bbox_to_anchor=(0, -0.14), fontsize=8)
    told = here if here["estimate"].notna().any() else uk
    title = _links_title(area_name(study.area) if told is here else "the United Kingdom", told, loop)
    used = [*USED, "nvq_level3plus", "enterprises_active"]
    style.finish(
        figure,
        title,
        "In units of the size at which a link would bring a third of L = 1; intervals are cut at the edge",
        [
            *sources(used),
            INTERVALS,
            "Not drawn, as no size is claimed: people, who do not feed back, and Verdoorn's law.",
        ],
    )
    return Exhibit(
        "figure_links",
        figure,
        data,
        f"Dots with intervals, one row per link. {title}.",
        "helpers.figures.links.link_estimates",
        NOTEBOOK,
        table_pairs(used),
    )


def _forest(axes: style.Axes, rows: pd.DataFrame, links: list[str]) -> None:
    """One area's estimates, versions of a link one below the other; marks beyond the axis sit on its edge."""
    colours = dict(zip(MARKS, style.SERIES, strict=False))
    axes.axvline(0, color=style.MIDDLE, lw=1)
    axes.axvline(1, color=style.REFERENCE, lw=1.2, ls="--")
    axes.set_xlim(-SIDES - 0.1, SIDES + 0.1)
    labelled = set()
    for at, link in enumerate(links):
        own = rows[rows["link"] == link]
        steps = np.linspace(-0.22, 0.22, len(own)) if len(own) > 1 else np.zeros(len(own))
        for step, row in zip(steps, own.itertuples(), strict=True):
            shape, label = MARKS[row.specification]
            ends = np.clip([row.lower_of_needed, row.upper_of_needed], -SIDES, SIDES)
            colour = colours[row.specification]
            axes.hlines(at + step, *ends, color=colour, lw=1.6)
            axes.plot(
                np.clip(row.estimate_of_needed, -SIDES, SIDES),
                at + step,
                shape,
                color=colour,
                ms=6,
                ls="none",
                label=None if label in labelled else label,
            )
            labelled.add(label)


def _projections_title(study: Study, drawn: pd.DataFrame) -> str:
    """How many later years answer, by their intervals, in the area or, failing it, in the UK."""
    here = study.area.name in set(drawn["area"])
    where = area_name(study.area) if here else "the United Kingdom"
    later = drawn[(drawn["area"] == (study.area.name if here else "United Kingdom")) & (drawn["horizon"] > 0)]
    up, down = (int(sure.sum()) for sure in (later["lower"] > 0, later["upper"] < 0))
    if not up + down:
        return (
            f"In {where} neither output per hour nor investment surely follows the other: all "
            f"{len(later)} intervals of later years hold zero"
        )
    return (
        f"In {where} {up or 'none'} of {len(later)} intervals of later years {'say' if up > 1 else 'says'} "
        f"that output per hour or investment follows the other upwards, and {down or 'none'} downwards"
    )


def _links_title(where: str, found: pd.DataFrame, loop: Loop) -> str:
    """How many links figures speak for, against, or are silent on."""
    table = evidence.evidence_table(found, loop)
    table = table[table["parameter"].isin(list(evidence.needed(loop)))]
    number = table["verdict"].value_counts().reindex(list(evidence.VERDICTS), fill_value=0)
    return (
        f"Of {count(len(table), 'link')} that a self-feeding loop needs, figures of {where} speak for "
        f"{number['for'] or 'none'}, against {number['against'] or 'none'}, and are silent on "
        f"{number['silent'] or 'none'}"
    )
