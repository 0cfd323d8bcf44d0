"""The map of 08_policy that shows who could act: combined authorities and the lagging districts."""

from __future__ import annotations

import textwrap
from typing import Any

import seaborn as sns
from matplotlib.patches import Patch

from helpers import boundaries, devolution, series
from helpers.enumeration import joined_names
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.groups import MEAN_YEARS
from helpers.prose.devolution import title
from helpers.prose.words import area_name, count
from helpers.study import Study

MOST_NAMED = 12  # lagging districts; beyond, names would fill the page
MOST_BELOW = 6  # groups in a legend under the map; more stand beside it
PALE = 0.7  # so that the hatching shows
NO_AUTHORITY = {"outside": "#d9d9d9", "london": "#bdbdbd", "W": "#efefef", "S": "#efefef", "N": "#efefef"}


def atlas(study: Study) -> Exhibit:
    """Districts coloured by combined authority, the lagging ones hatched and, if few, named."""
    rows = devolution.membership(study)
    table = devolution.authorities(study)
    colours = _colours([str(group) for group in table["group"]])
    few = len(table) <= MOST_BELOW
    figure, axes = style.canvas(1, 1, height=6.6 if few else 7.6)
    drawn = boundaries.load(rows["area_code"]).merge(
        rows.drop(columns="name").set_index("area_code"), left_index=True, right_index=True
    )
    fill = [colours[group] for group in drawn["group"]]
    drawn.plot(ax=axes, color=fill, alpha=PALE, edgecolor="white", linewidth=0.6)
    lags = drawn[drawn["lagging"]]
    named = len(lags) <= MOST_NAMED
    if len(lags):
        lags.plot(ax=axes, facecolor="none", edgecolor=style.REFERENCE, linewidth=1.1, hatch="////")
    for number, row in enumerate(lags.itertuples() if named else (), start=1):
        point = row.geometry.representative_point()
        axes.text(
            point.x, point.y, str(number), ha="center", va="center", fontsize=8, fontweight="bold",
            bbox={"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": style.REFERENCE},
        )  # fmt: skip
    axes.set_axis_off()
    entries = [
        Patch(color=colours[row.group], alpha=PALE, label=_entry(row))
        for row in table.itertuples(index=False)
    ]
    if len(lags):
        names = joined_names(f"{number}\u00a0{name}" for number, name in enumerate(lags["name"], start=1))
        label = textwrap.fill(f"lagging: {names}", 40) if named else "lagging districts"
        entries.append(Patch(facecolor="white", edgecolor=style.REFERENCE, hatch="////", label=label))
    if few:
        axes.legend(handles=entries, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2, fontsize=9)
    else:
        axes.legend(handles=entries, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
    units = f"Districts by combined authority as of {devolution.AS_OF}"
    if len(lags):
        units += f"; lagging: lowest mean of {MEAN_YEARS[0]} to {MEAN_YEARS[-1]}, GVA per {study.measure}"
    heading = title(study)
    style.finish(figure, heading, units, style.footer(study.release, map_year=2024))
    alt = f"Map of the districts of {area_name(study.area)} coloured by combined authority. {heading}."
    data = rows.sort_values("area_code", ignore_index=True)
    return Exhibit(
        "map_devolution",
        figure,
        data,
        alt,
        "helpers.figures.devolution.atlas",
        "08_policy",
        (("productivity", series.INDICATORS[study.measure]),),
    )


def _entry(row: Any) -> str:
    """Legend text of a group: its name, its districts here and how many of them lag."""
    name = str(row.short_name)
    if row.kind == devolution.NONE:
        name = "in no combined authority"
    elif row.kind == devolution.LONDON:
        name = "Greater London Authority"
    elif row.kind == devolution.ELSEWHERE:
        name = f"{name} (has none)"
    return f"{name}: {count(row.districts, 'district')}"


def _colours(groups: list[str]) -> dict[str, str]:
    """A colour for each authority, greys for what lies outside all of them."""
    own = [group for group in groups if group not in NO_AUTHORITY]
    palette = sns.color_palette("colorblind" if len(own) <= 8 else "tab20", max(len(own), 1)).as_hex()
    if len(own) <= 8:
        palette = [one for one in sns.color_palette("colorblind", 10).as_hex() if one != "#949494"]
    return dict(zip(own, palette, strict=False)) | NO_AUTHORITY
