"""Figures of 09_people_firms_places: simulated countries, shares of blocks, one area's distance."""

from __future__ import annotations

import textwrap

import pandas as pd

from helpers.decomposition import example
from helpers.decomposition.public_blocks import BLOCKS, OUTCOME_YEARS
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.comparison import sources, table_pairs
from helpers.prose import people_firms_places as prose
from helpers.study import Study

NOTEBOOK = "09_people_firms_places"
ROOM = "helpers.figures.people_firms_places"
ESTIMATORS = {"plug_in": ("plug-in", style.BOTTOM), "leave_out": ("corrected (leave-out)", style.TOP)}
COLOURS = dict(zip(BLOCKS, (style.SERIES[0], style.SERIES[1], style.SERIES[3], style.SERIES[2]), strict=True))
USED = [
    "gva_all", "hours_per_week", "rqf_level3plus", "residents_16_24_share", "small_enterprises_share",
    "birth_rate", "high_growth_share", "employees_all", "population_total", "full_fibre", "below_30mbit",
]  # fmt: skip


def countries(shown: pd.DataFrame) -> Exhibit:
    """Estimates less the truth in simulated countries, by how often people change firm.

    Parameters
    ----------
    shown : DataFrame
        From `helpers.decomposition.example.countries`.
    """
    told = example.errors(shown)
    figure, grid = style.canvas(1, len(example.COMPONENTS), height=3.2, sharey=True)
    levels = list(example.MOBILITY)
    for axes, (component, label) in zip(grid, example.COMPONENTS.items(), strict=True):
        own = shown[shown["component"] == component]
        for shift, (estimator, (name, colour)) in zip((-0.15, 0.15), ESTIMATORS.items(), strict=True):
            off = (own[estimator] - own["true"]) * 100
            at = own["mobility"].map(levels.index) + shift
            axes.plot(at, off, "o", color=colour, ms=3.5, alpha=0.35)
            mean = told[(told["component"] == component) & (told["estimator"] == estimator)]
            axes.plot(
                mean["mobility"].map(levels.index) + shift, mean["error"] * 100, "_", color=colour, ms=18,
                mew=3, label=name,
            )  # fmt: skip
        axes.axhline(0, color=style.REFERENCE, lw=1)
        axes.set_xticks(range(len(levels)), [f"{level:.0%}" for level in levels])
        axes.set_xlim(-0.5, len(levels) - 0.5)
        axes.set_title(textwrap.fill(label, 24), fontsize=9.5)
        axes.set_xlabel("change firm in a year", fontsize=9)
    grid[0].set_ylabel("estimate less truth, points", fontsize=9)
    grid[-1].legend(loc="lower right", fontsize=8)
    title = prose.countries_title(told)
    style.finish(
        figure,
        title,
        f"Shares in the variance of pay, points; {example.COUNTRIES} simulated countries of "
        f"{example.WORKERS:,} workers per level; bars: their mean",
        ["Simulated records with known truth, no official statistics. Sorting is the covariance, twice."],
    )
    return Exhibit(
        "figure_countries", figure, shown, f"Four panels of dots around zero. {title}.",
        f"{ROOM}.countries", NOTEBOOK, (),
    )  # fmt: skip


def shares(study: Study, splits: pd.DataFrame) -> Exhibit:
    """Every block's share of what is explained, with its interval, over what its size alone would give.

    Parameters
    ----------
    study : Study
    splits : DataFrame
        From `helpers.decomposition.district_split.table`.
    """
    data = splits[(splits["reason"] == "") & (splits["block"] != "industry")]
    data = data[data["set"] != "clean, industry apart"].reset_index(drop=True)
    names = list(dict.fromkeys(zip(data["sample"], data["set"], data["survey_error"], strict=True)))
    figure, grid = style.canvas(1, 3, height=0.36 * len(names) + 0.5, sharey=True, sharex=True)
    last, mean = OUTCOME_YEARS
    for axes, block in zip(grid, ("people", "firms", "places"), strict=True):
        for row, name in enumerate(names):
            is_it = (data["sample"] == name[0]) & (data["set"] == name[1]) & (data["survey_error"] == name[2])
            own = data[is_it & (data["block"] == block)].set_index("period")
            axes.barh(
                row, own.at[mean, "size_upper"] - own.at[mean, "size_lower"],
                left=own.at[mean, "size_lower"], height=0.62, color=style.NO_DATA, lw=0,
            )  # fmt: skip
            axes.hlines(
                row, own.at[mean, "share_lower"], own.at[mean, "share_upper"], color=COLOURS[block], lw=2
            )
            axes.plot(own.at[mean, "share"], row, "o", color=COLOURS[block], ms=7)
            axes.plot(own.at[last, "share"], row, "o", mfc="none", mec=COLOURS[block], ms=9)
        axes.set_title(block)
        axes.xaxis.set_major_formatter(lambda x, _: f"{x * 100:.0f} %")
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.25, 0.5, 0.75])
    grid[0].set_yticks(range(len(names)), [_variant(*name) for name in names], fontsize=8)
    grid[0].set_ylim(len(names) - 0.5, -0.5)
    title = prose.shares_title(splits)
    style.finish(
        figure,
        title,
        f"Share of R2 of log output per hour. Filled: {OUTCOME_YEARS[mean][0]}-{OUTCOME_YEARS[mean][-1]}; "
        f"hollow: {OUTCOME_YEARS[last][0]}; grey: blocks made at random",
        [
            *sources(USED),
            "Lines: 95 % intervals, bootstrap of ITL3 areas. Grey: middle 95 % of deals of the same columns "
            "to blocks of the same sizes. Unsmoothed output per hour and density are ours, not ONS's.",
            *prose.no_own_split(study, splits),
        ],
    )
    columns = ["sample", "set", "survey_error", "period", "block", "columns", "districts", "r2", "share"]
    columns += ["share_lower", "share_upper", "size_lower", "size_upper"]
    return Exhibit(
        "figure_shares", figure, data[columns],
        f"Three panels of points with intervals over grey bands, a row per set of districts. {title}.",
        f"{ROOM}.shares", NOTEBOOK, table_pairs(USED),
    )  # fmt: skip


def _variant(sample: str, chosen: str, survey_error: str) -> str:
    text = sample if chosen == "clean" else f"{sample}, {chosen}"
    return textwrap.fill(f"{text}, survey error taken off" if survey_error == "taken off" else text, 32)


def standing(study: Study, parts: pd.DataFrame) -> list[Exhibit]:
    """Parts of an area's distance from Great Britain, and of that between its groups; none without figures.

    Parameters
    ----------
    study : Study
    parts : DataFrame
        From `helpers.decomposition.district_split.standing`.
    """
    known = parts[parts["reason"] == ""]
    if known.empty:
        return []
    pairs = list(dict.fromkeys(zip(known["group"], known["against"], strict=True)))
    figure, grid = style.canvas(1, len(pairs), height=3.0, squeeze=False, sharey=True)
    last, mean = OUTCOME_YEARS
    for axes, (group, against) in zip(grid[0], pairs, strict=True):
        own = known[(known["group"] == group) & (known["against"] == against)]
        names = list(dict.fromkeys(own["part"]))
        wide = own[own["period"] == mean].set_index("part").reindex(names)
        colours = [COLOURS.get(name, style.MIDDLE if name != "gap" else style.REFERENCE) for name in names]
        axes.barh(range(len(names)), wide["value"] * 100, color=colours, height=0.6)
        axes.hlines(
            range(len(names)), wide["lower"] * 100, wide["upper"] * 100, color=style.REFERENCE, lw=1.4
        )
        latest = own[own["period"] == last].set_index("part").reindex(names)["value"] * 100
        axes.plot(latest, range(len(names)), "o", mfc="white", mec=style.REFERENCE, ms=6)
        axes.axvline(0, color=style.REFERENCE, lw=1)
        axes.set_yticks(range(len(names)), names)
        axes.set_title(textwrap.fill(prose.pair_words(study, group, against), 46), fontsize=9.5)
        axes.set_xlabel("log points x 100")
    grid[0][0].invert_yaxis()
    title = prose.standing_title(study, parts)
    style.finish(
        figure,
        title,
        f"Parts of the difference of mean log output per hour; bars: mean of {OUTCOME_YEARS[mean][0]}-"
        f"{OUTCOME_YEARS[mean][-1]}, hollow: {OUTCOME_YEARS[last][0]}",
        [
            *sources(USED),
            "Slopes of all districts of Great Britain. Lines: 95 % intervals from a bootstrap of ITL3 "
            "areas. What goes with a block need not be due to it.",
        ],
    )
    return [Exhibit(
        "figure_standing", figure, known.reset_index(drop=True),
        f"Bars by block with intervals. {title}.", f"{ROOM}.standing", NOTEBOOK, table_pairs(USED),
    )]  # fmt: skip
