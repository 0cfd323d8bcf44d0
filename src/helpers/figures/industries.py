"""Figures of 06_skills_and_people: which clusters the groups live from, and where graduates stay and go."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.ticker import NullFormatter

from helpers.comparisons import comparison, graduates, industries
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.comparison import COLOURS, NAMES, sources, table_pairs
from helpers.groups import RULE_WORDS
from helpers.prose.words import area_name, percent, sentence_start
from helpers.study import Study


def groups(study: Study) -> dict[str, list[str]]:
    """The groups whose industries are shown: top and bottom, where the area has them."""
    return {end: codes for end, codes in comparison.members(study).items() if end in ("top", "bottom")}


def clusters(study: Study) -> Exhibit:
    """Location quotients of the briefing's clusters, then and now, of both groups and the area."""
    quotients = industries.location_quotients(study.area, groups(study))
    ends = [*groups(study), "area"]
    data = quotients[quotients["group"].isin(ends)].drop(columns="area_code").reset_index(drop=True)
    first, last = industries.years()
    figure, axes = style.canvas(height=0.5 * len(industries.CLUSTERS) + 0.5)
    names = list(data.drop_duplicates("cluster")["label"])
    shift = dict(zip(ends, (-0.22, 0, 0.22) if len(ends) > 1 else (0,), strict=True))
    for end in ends:
        wide = data[data["group"] == end].pivot(index="label", columns="year", values="location_quotient")
        wide = wide.reindex(names)
        at = pd.Series(range(len(names)), index=names) + shift[end]
        axes.hlines(at, wide[first], wide[last], color=COLOURS[end], lw=1.6, alpha=0.6)
        mark = style.MARKS[end]
        axes.plot(wide[first], at, mark, mfc="white", mec=COLOURS[end], ms=6)
        axes.plot(wide[last], at, mark, color=COLOURS[end], ms=7, label=NAMES[end])
    axes.axvline(1, color=style.REFERENCE, lw=1)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticks([t for t in (0.1, 0.2, 0.5, 1, 2, 5) if _within(t, data["location_quotient"])])
    axes.set_yticks(range(len(names)), [textwrap.fill(name, 42) for name in names], fontsize=8.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlabel("Share of GVA over the UK's share (1: the same as the UK)")
    axes.legend(loc="best", fontsize=8)
    title = _clusters_title(study, data, last)
    style.finish(
        figure,
        title,
        f"Hollow: {first}; filled: {last}; sums over districts"
        + (f"; {RULE_WORDS[study.rule]}" if study.rule else ""),
        [
            *sources(["gva_all"]),
            "Clusters as fine as districts have them; no interval is published. Districts with a suppressed "
            "figure are left out of both sides.",
        ],
    )
    return Exhibit(
        "figure_clusters",
        figure,
        data,
        f"Pairs of dots, one row per cluster. {title}.",
        "helpers.figures.industries.clusters",
        "06_skills_and_people",
        table_pairs(list(industries.CLUSTERS)),
    )


def _within(tick: float, values: pd.Series) -> bool:
    """Whether a tick lies near the drawn values."""
    known = values[values > 0]
    return bool(known.min() * 0.8 <= tick <= known.max() * 1.25)


def _clusters_title(study: Study, data: pd.DataFrame, year: int) -> str:
    """What the area has most of, relative to the UK."""
    own = data[(data["group"] == "area") & (data["year"] == year)].dropna(subset=["location_quotient"])
    most = own.loc[own["location_quotient"].idxmax()]
    name = most["label"].removesuffix(" in GVA")
    if study.area.kind == "uk":
        return "Which clusters the most and the least productive districts live from"
    return (
        f"{sentence_start(study.area)} has {most['location_quotient']:.1f} times the UK's share of output in "
        f"{name[0].lower()}{name[1:]}"
    )


def mobility(study: Study) -> list[Exhibit]:
    """Where graduates stay and go, region by region; nothing outside England."""
    answer = graduates.stay_and_go(study.area)
    data = answer.means[answer.means["measure"] != "movers_left_region"].reset_index(drop=True)
    if data.empty:
        return []
    names = list(dict.fromkeys(data["name"]))
    figure, grid = style.canvas(1, 3, height=0.34 * len(names) + 0.6, sharey=True)
    for axes, (_, rows) in zip(grid, data.groupby("measure", sort=False), strict=True):
        own = rows.set_index("name")["value"].reindex(names) * 100
        colours = [style.REFERENCE if name.startswith("England") else style.TOP for name in names]
        axes.hlines(range(len(names)), 0, own, color=style.NO_DATA, lw=2)
        axes.scatter(own, range(len(names)), color=colours, s=46, zorder=2)
        axes.axvline(0, color=style.REFERENCE, lw=1)
        axes.set_title(textwrap.fill(f"{rows['label'].iloc[0]}, %", 34), fontsize=8.5)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
    title = _mobility_title(data)
    style.finish(
        figure,
        title,
        f"Regions that hold {area_name(study.area)}; people who finished school in English towns in 2008 to "
        "2011, in the tax year from April 2018",
        [
            *sources(["graduate_retention"]),
            "Means over towns weighted by graduates; suppressed small towns are left out. No interval is "
            "published.",
        ],
    )
    return [
        Exhibit(
            "figure_graduates",
            figure,
            data,
            f"Dots, one row per region. {title}.",
            "helpers.figures.industries.mobility",
            "06_skills_and_people",
            table_pairs(list(graduates.RATES)),
        )
    ]


def _mobility_title(data: pd.DataFrame) -> str:
    """How many graduates left the region, beside England."""
    wide = data.pivot(index="group", columns="measure", values="value")["left_region"]
    first = data.iloc[0]
    own = "regions" if "regions" in wide.index else first["group"]
    if own == "england" or len(wide) == len(graduates.ENGLAND) + 2:
        return "Where graduates live ten years after school differs by region"
    whose = "these regions'" if own == "regions" else f"{first['name']}'s"
    return (
        f"{percent(wide[own], 0)} of {whose} graduates live in another region, of England's "
        f"{percent(wide['england'], 0)}, without London {percent(wide['england_without_london'], 0)}"
    )
