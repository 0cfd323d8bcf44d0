"""Figures of 03a_divergence_in_detail: are neighbours alike, and where do clusters stand?"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from helpers import boundaries, divergence_tables, neighbour_tables, series
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.spread import SOURCES
from helpers.geography import Area
from helpers.prose.dynamics import last_year, moran_counts, named_districts
from helpers.prose.words import area_name, count
from helpers.space.spatial import LEVEL, QUADRANTS

COLOURS = {
    "high beside high": style.TOP,
    "low beside high": style.SERIES[3],
    "low beside low": style.BOTTOM,
    "high beside low": style.SERIES[2],
}
UNSURE = 0.3  # opacity of what could be chance when all districts are asked at once
MOST_NAMES = 12


def moran(area: Area, seed: int) -> list[Exhibit]:
    """Likeness of neighbours by year with its p; nothing where there is no statistic."""
    data = neighbour_tables.moran_by_year(area, seed)
    if data.empty:
        return []
    figure, (above, below) = style.canvas(2, 1, height=5.0, sharex=True, height_ratios=[1.6, 1])
    looks = zip((style.TOP, style.BOTTOM), style.LINES, strict=False)
    for (colour, dash), (name, rows) in zip(looks, data.groupby("series"), strict=False):
        above.plot(rows["year"], rows["statistic"], color=colour, ls=dash, lw=1.8, label=str(name))
        sure = rows["survives"].to_numpy(dtype=bool)
        for here, fill in ((sure, colour), (~sure, "white")):
            above.plot(rows["year"][here], rows["statistic"][here], "o", color=colour, mfc=fill, ms=6)
        below.plot(rows["year"], rows["p"], color=colour, ls=dash, lw=1.2, marker=".", ms=7)
    expected = data.drop_duplicates("year")
    above.plot(
        expected["year"], expected["expected"], color=style.REFERENCE, ls=":", lw=1.2, label="no pattern"
    )
    above.set_ylabel("Moran's I")
    above.legend(loc="upper left", ncols=3, fontsize=8.5)
    above.margins(y=0.2)
    below.axhline(LEVEL, color=style.REFERENCE, ls=":", lw=1.2)
    below.set_yscale("log")
    below.set_yticks([0.001, 0.01, 0.05, 0.2, 1], ["0.001", "0.01", "0.05", "0.2", "1"])
    below.minorticks_off()
    below.set_ylim(0.0009, 1.3)
    below.set_ylabel("p of the year alone")
    style.whole_years(below)
    title = _moran_title(data)
    style.finish(
        figure,
        title,
        f"Moran's I of log GVA per hour over the districts of {area_name(area)}; filled: stands out among "
        "all years",
        style.footer(
            series.releases("hour")[-1],
            "p: two-sided, from random rearrangements of the districts. Filled: false discovery rate "
            f"over the years of {LEVEL}. Unsmoothed series: ours, not ONS's.",
        ),
    )
    return [
        Exhibit(
            "figure_moran",
            figure,
            data,
            f"Two lines of Moran's I by year above two lines of p. {title}.",
            "helpers.figures.space.moran",
            "03a_divergence_in_detail",
            SOURCES,
        )
    ]


def _moran_title(data: pd.DataFrame) -> str:
    alone, among, years = moran_counts(data)
    return (
        f"Unsmoothed, neighbours differ from a chance pattern in {alone or 'none'} of {count(years, 'year')} "
        f"taken alone, and in {among or 'none'} when all years are asked at once"
    )


def clusters(area: Area, seed: int) -> list[Exhibit]:
    """Map of districts that stand among such neighbours more than by chance; nothing without statistics."""
    found = divergence_tables.local_moran(area, seed)
    if found.empty:
        return []
    shapes = boundaries.load(area.codes)
    data = shapes[["code", "name"]].rename(columns={"code": "area_code"}).reset_index(drop=True)
    data = data.merge(found, on="area_code", how="left")
    figure, (axes, side) = style.canvas(1, 2, height=7.6 if len(shapes) > 150 else 5.0, width_ratios=[2.6, 1])
    legend = _painted(axes, shapes, data)
    axes.set_axis_off()
    side.set_axis_off()
    side.legend(handles=legend, loc="center", fontsize=8.5)
    sure = data[data["survives"].eq(True)]
    if len(sure) <= MOST_NAMES:
        for code, name in zip(sure["area_code"], sure["name"], strict=True):
            at = shapes.geometry[code].representative_point()
            halo = [withStroke(linewidth=2.5, foreground="white")]
            axes.annotate(name, (at.x, at.y), ha="center", fontsize=8, path_effects=halo)
    year = last_year(area)
    verb = "stand" if len(sure) > 1 else "stands"
    title = (
        f"{len(sure) or 'None'} of {count(len(found), 'district')} of {area_name(area)} {verb} out among "
        f"their neighbours in {year} more than chance easily gives"
    )
    if 0 < len(sure) <= 4:
        title += f": {named_districts(sure)}"
    style.finish(
        figure,
        title,
        f"Local Moran statistics of log GVA per hour, unsmoothed, {year}; neighbours inside the area",
        style.footer(
            series.releases("hour")[-1],
            "Full colour: false discovery rate over all districts of "
            f"{LEVEL}. Pale: p of the district alone at most {LEVEL}, which could be chance among so many. "
            "Unsmoothed series: ours, not ONS's.",
            map_year=2024,
        ),
    )
    return [
        Exhibit(
            "figure_clusters",
            figure,
            data,
            f"Map of the districts, coloured where they stand out among their neighbours. {title}.",
            "helpers.figures.space.clusters",
            "03a_divergence_in_detail",
            SOURCES,
        )
    ]


def _painted(axes: Axes, shapes: object, data: pd.DataFrame) -> list[Patch]:
    """Draw each kind of district and return its entry of the legend."""
    sure, alone = data["survives"].eq(True), data["p"].le(LEVEL)
    kinds = [
        (f"{kind}{word}", data["quadrant"].eq(kind) & here, COLOURS[kind], opacity)
        for here, word, opacity in ((sure, "", 1.0), (alone & ~sure, ", could be chance", UNSURE))
        for kind in QUADRANTS.values()
    ]
    kinds.append(("not told from chance", data["p"].gt(LEVEL) & ~sure, style.NO_DATA, 1.0))
    kinds.append(("no figure", data["p"].isna(), "white", 1.0))
    legend = []
    for label, here, colour, opacity in kinds:
        if here.any():
            part = shapes.loc[data.loc[here, "area_code"]]  # type: ignore[attr-defined]
            part.plot(ax=axes, color=colour, alpha=opacity, edgecolor="none")
            legend.append(Patch(fc=colour, alpha=opacity, ec="#999999", label=f"{label} ({int(here.sum())})"))
    shapes.boundary.plot(ax=axes, color="#999999", linewidth=0.4)  # type: ignore[attr-defined]
    return legend
