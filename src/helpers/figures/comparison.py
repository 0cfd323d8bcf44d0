"""Figures of the comparisons: top against bottom over time, one panel per indicator."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from helpers import tables
from helpers.derived import attributions, observe, published_parts
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.prose.words import LEVEL_WORDS, area_name
from helpers.study import Study

COLOURS = {"top": style.TOP, "bottom": style.BOTTOM, "area": style.MIDDLE, "uk": style.REFERENCE}
STYLES = {"area": "-", "uk": "--"}
NAMES = {"top": "most productive", "bottom": "least productive", "area": "area mean", "uk": "UK mean"}


def over_time(
    study: Study, table: pd.DataFrame, indicators: Sequence[str], name: str, title: str, notebook: str
) -> list[Exhibit]:
    """One panel per indicator: both groups, the area and the UK, with intervals where there are any.

    Nothing where the area has none of the indicators.

    Parameters
    ----------
    study : Study
    table : DataFrame
        `helpers.comparisons.comparison.compare`.
    indicators : sequence of str
        What to draw, in order; those without a figure for the area are left out.
    name, title, notebook : str
        Of the exhibit.
    """
    groups = ["top", "bottom", "area", "uk"] if study.rule else ["area", "uk"]
    data = drawable(table[table["indicator"].isin(indicators) & table["group"].isin(groups)])
    drawn = [i for i in indicators if ((data["indicator"] == i) & (data["group"] == "area")).any()]
    if not drawn:
        return []
    columns = min(3, len(drawn))
    rows = math.ceil(len(drawn) / columns)
    figure, grid = style.canvas(rows, columns, height=2.5 * rows + 0.4, squeeze=False)
    axes_list = list(grid.flat)
    for axes, indicator in zip(axes_list, drawn, strict=False):
        _panel(axes, data[data["indicator"] == indicator], groups)
        observed = observe(indicator)
        label = textwrap.fill(observed.label, 36)
        unit = textwrap.fill(f"{observed.unit}, by {LEVEL_WORDS[observed.level]}", 40)
        axes.set_title(f"{label}\n{unit}", fontsize=7.8)
    for axes in axes_list[len(drawn) :]:
        axes.set_axis_off()
    axes_list[0].legend(fontsize=7)
    style.finish(
        figure,
        title,
        f"Unweighted means of the areas that contain the districts of {area_name(study.area)}",
        [
            *sources(drawn),
            "Shaded: the producer's 95 % interval or the bounds of rounding, where there are any. Means of "
            "fewer than half of a group's areas are not drawn; a UK mean far above all others leaves the "
            "panel.",
        ],
    )
    return [
        Exhibit(
            name,
            figure,
            data.reset_index(drop=True),
            f"Small line charts, one per indicator. {title}.",
            "helpers.figures.comparison.over_time",
            notebook,
            table_pairs(drawn),
        )
    ]


def drawable(rows: pd.DataFrame) -> pd.DataFrame:
    """Means over at least half of a group's areas: of fewer a line would follow who has a figure."""
    return rows[rows["n"] >= rows["missing"]]


def _panel(axes: Axes, rows: pd.DataFrame, groups: Sequence[str]) -> None:
    for group in groups:
        line = rows[rows["group"] == group].sort_values("year")
        if line.empty:
            continue
        look = {"color": COLOURS[group], "ls": STYLES.get(group, "-"), "label": NAMES[group]}
        axes.plot(line["year"], line["value"], lw=2 if group in ("top", "bottom") else 1.1, **look)
        if group in ("top", "bottom") or len(line) == 1:
            axes.plot(line["year"], line["value"], "o", color=COLOURS[group], ms=3)
        if group in ("top", "bottom"):
            axes.fill_between(line["year"], line["lower"], line["upper"], color=COLOURS[group], alpha=0.18)
    _keep_in_sight(axes, rows)
    years = rows["year"]
    if years.min() == years.max():
        axes.set_xlim(years.min() - 1, years.max() + 1)
    style.whole_years(axes, most=4)
    axes.tick_params(labelsize=8)
    axes.yaxis.set_major_formatter("{x:,g}")


def _keep_in_sight(axes: Axes, rows: pd.DataFrame) -> None:
    """Do not let one place far beyond all others (the City of London, in the UK's mean) flatten the rest."""
    others = rows[rows["group"] != "uk"]
    highest = others[["value", "upper"]].max().max()
    if rows["value"].max() > 1.5 * highest > 0:
        axes.set_ylim(top=1.5 * highest)


def table_pairs(indicators: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Table and indicator of every published part, as an exhibit's sources."""
    known = tables.load("indicators").set_index("indicator")["table"]
    return tuple((table, part) for part in published_parts(indicators) for table in known[part].split("|"))


def sources(indicators: Sequence[str]) -> list[str]:
    """Attribution lines of some indicators, each once."""
    return attributions(*indicators)
