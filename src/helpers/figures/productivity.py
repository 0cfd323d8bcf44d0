"""Figures of 02_productivity: who is ahead, by how much, and what revision did to it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from helpers import boundaries, levels, series
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.groups import choose, members, size_in
from helpers.prose.words import area_name, count, measure_name, pounds
from helpers.study import Study

GUIDE_RELEASE = 2024  # the release of Thematic Guide 4, Figure 1
MOST_BARS = 80  # beyond, only both ends are drawn
END_BARS = 25


def shown_panels(study: Study) -> list[series.Panel]:
    """The guide's release and, last, the chosen one, where both hold the year that is shown."""
    releases = [study.release]
    if GUIDE_RELEASE in series.releases(study.measure) and study.release != GUIDE_RELEASE:
        releases.insert(0, GUIDE_RELEASE)
    panels = [series.panel(study.area, study.measure, r) for r in releases]
    return [panel for panel in panels if study.shown_year in panel.years]


def ranking(study: Study) -> Exhibit:
    """Every district as a bar, ranked, in the guide's release and in the chosen one (Figure 1)."""
    year, panels = study.shown_year, shown_panels(study)
    data = pd.concat([_ranked(study, panel, year) for panel in panels], ignore_index=True)
    bars = min(len(panels[-1].values), MOST_BARS if len(panels[-1].values) <= MOST_BARS else 50)
    figure, grid = style.canvas(1, len(panels), height=max(3.0, 0.165 * bars), squeeze=False, sharex=True)
    for axes, panel in zip(grid[0], panels, strict=True):
        _bars(axes, data[data["release"] == panel.release], panel, year, study)
    last = data[data["release"] == panels[-1].release].sort_values("rank", kind="stable")
    first, least = last.iloc[0], last.iloc[-1]
    highest = pounds(first["value"], study.measure)
    title = f"{first['name']} made {highest} of output per {study.measure} in {year}"
    if len(last) > 1:
        title += (
            f", {least['name']} {pounds(least['value'], study.measure)}: "
            f"{first['value'] / least['value']:.1f} times as much"
        )
    title += f" (release of {study.release})"
    notes = [style.bands(study.measure)]
    if len(panels[-1].values) > MOST_BARS:
        notes.append(f"Only the {END_BARS} highest and lowest districts are drawn; all are in the data.")
    style.finish(
        figure,
        title,
        f"{series.UNITS[study.measure]}, {year}, current prices, smoothed by ONS; dashed: the UK"
        + ("; blue and vermilion: the two groups" if study.rule else ""),
        style.footer([p.release for p in panels], *notes),
    )
    alt = (
        f"Ranked bars of {measure_name(study)} in {year} for the districts of "
        f"{area_name(study.area)}, one panel per release. {title}."
    )
    return Exhibit(
        "figure_1_ranking",
        figure,
        data,
        alt,
        "helpers.figures.productivity.ranking",
        "02_productivity",
        (("productivity", series.INDICATORS[study.measure]),),
    )


def _ranked(study: Study, panel: series.Panel, year: int) -> pd.DataFrame:
    """Districts of one panel in one year, best first, with bands and groups."""
    rows = levels.table(study.area)
    bands = levels.bands(study.area)
    both = rows.merge(bands, on=["area_code", "year", "release", "measure"])
    here = both[
        (both["release"] == panel.release) & (both["measure"] == study.measure) & (both["year"] == year)
    ].dropna(subset=["value"])
    group = pd.Series("", index=panel.values.index)
    size = size_in(panel.values, study.rule, study.size)
    if study.rule and size:
        top, bottom = members(choose(panel.values, study.rule, size), panel.values.index, year)
        group[top], group[bottom] = "top", "bottom"
    here = here.assign(group=here["area_code"].map(group))
    return here.sort_values(["rank", "area_code"], ignore_index=True)


def _bars(axes: Axes, rows: pd.DataFrame, panel: series.Panel, year: int, study: Study) -> None:
    if len(rows) > MOST_BARS:
        rows = pd.concat([rows.head(END_BARS), rows.tail(END_BARS)])
    colours = rows["group"].map({"top": style.TOP, "bottom": style.BOTTOM, "": style.MIDDLE})
    at = np.arange(len(rows))
    axes.barh(at, rows["value"], color=list(colours), height=0.75)
    axes.hlines(at, rows["lower"], rows["upper"], color="#333333", lw=1)
    axes.axvline(panel.uk_value[year], color=style.REFERENCE, ls="--", lw=1)
    axes.set_yticks(at, rows["name"], fontsize=7.5 if len(rows) > 30 else 9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.set_title(f"Release of {panel.release}")


def atlas(study: Study) -> Exhibit:
    """A map of output relative to the UK, in the guide's release and in the chosen one."""
    year, panels = study.shown_year, shown_panels(study)
    figure, grid = style.canvas(1, len(panels), height=4.4, squeeze=False)
    shapes = boundaries.load(study.area.codes)
    relative = {p.release: (p.values[year] / p.uk_value[year]) for p in panels}
    limits = pd.concat(list(relative.values()))
    scale = Normalize(min(0.6, limits.min()), max(1.3, limits.quantile(0.98)))
    parts = []
    for axes, panel in zip(grid[0], panels, strict=True):
        drawn = shapes.assign(relative_to_uk=relative[panel.release].reindex(shapes.index))
        drawn.plot(
            column="relative_to_uk",
            cmap=style.MAP,
            norm=scale,
            ax=axes,
            edgecolor="white",
            linewidth=0.4,
            missing_kwds={"color": style.NO_DATA},
        )
        axes.set_axis_off()
        axes.set_title(f"Release of {panel.release}")
        parts.append(
            pd.DataFrame(
                {
                    "area_code": drawn.index,
                    "name": drawn["name"],
                    "year": year,
                    "release": panel.release,
                    "relative_to_uk": drawn["relative_to_uk"],
                }
            )
        )
    bar = figure.colorbar(
        ScalarMappable(scale, style.MAP), ax=grid[0].tolist(), shrink=0.7, aspect=30, extend="max"
    )
    bar.set_label("UK = 1")
    data = pd.concat(parts, ignore_index=True)
    last = data[data["release"] == panels[-1].release]["relative_to_uk"].dropna()
    title = (
        f"{(last < 1).sum()} of {count(len(last), 'district')} of {area_name(study.area)} made less per "
        f"{study.measure} than the UK in {year} (release of {study.release})"
    )
    style.finish(
        figure,
        title,
        f"{measure_name(study)} relative to the UK (UK = 1), {year}; grey: no figure under today's code",
        style.footer([p.release for p in panels], map_year=2024),
    )
    alt = f"Map of the districts of {area_name(study.area)} shaded by output relative to the UK. {title}."
    return Exhibit(
        "figure_1_map",
        figure,
        data,
        alt,
        "helpers.figures.productivity.atlas",
        "02_productivity",
        (("productivity", series.INDICATORS[study.measure]),),
    )
