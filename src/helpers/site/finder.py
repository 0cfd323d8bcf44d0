"""How does a reader find a district? By a present or former name, on a map, or in the list of all."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from helpers import boundaries, geography, levels, series, tables
from helpers.enumeration import joined_names
from helpers.geography import PRESENT, Area
from helpers.prose.words import area_name, count, percent, pounds
from helpers.site import address
from helpers.site.sentences import ordinal

DATA = Path("book", "_static", "data")  # of the gathered folder
SCRIPT, STYLE = "../_static/finder.js", "../_static/finder.css"  # from a page of book/
WIDTH = 700  # of the map's own units
FIFTHS = ("lowest", "second", "third", "fourth", "highest")


def write(area: Area, seed: int, folder: Path) -> None:
    """Write what the front page and the list of districts show: ``finder.html`` and ``districts.html``.

    Parameters
    ----------
    area : Area
        The area of the book; its districts have pages.
    seed : int
        Not used: nothing here is drawn at random.
    folder : Path
        The gathered folder of the book; the files go into `DATA` of it.
    """
    data = folder / DATA
    data.mkdir(parents=True, exist_ok=True)
    rows = ranking(area)
    (data / "finder.html").write_text(finder(area, rows), encoding="utf-8")
    (data / "districts.html").write_text(list_of_pages(area, rows), encoding="utf-8")


def ranking(area: Area) -> pd.DataFrame:
    """Every district of an area with its last figure, by name.

    Returns
    -------
    DataFrame
        ``code, name, year, value, rank, of, relative_to_uk``; without a figure the last five are empty.
    """
    release = series.releases("hour")[-1]
    panel = series.panel(area, "hour", release)
    rows = levels.table(area)
    here = (rows["release"] == release) & (rows["measure"] == "hour") & (rows["year"] == panel.years[-1])
    present = geography.all_districts(series.vintage("hour", release))["present"]
    own = rows[here].assign(code=rows["area_code"].map(present)).set_index("code")
    own = own.reindex(list(area.codes)).assign(
        name=geography.names()[list(area.codes)], of=own["value"].notna().sum()
    )
    return own.reset_index(names="code")[
        ["code", "name", "year", "value", "rank", "of", "relative_to_uk"]
    ].sort_values("name", ignore_index=True)


def index(area: Area) -> list[dict[str, str]]:
    """Every name by which a district of the UK is or was known.

    Parameters
    ----------
    area : Area
        Its districts have pages.

    Returns
    -------
    list of dict
        ``name``; ``now``, the present district, where that has another name; ``page``, the slug of its page,
        or ``region``, where it lies, when this book has no page of it. Sorted by name.
    """
    areas = tables.load("areas")
    present = geography.all_districts(PRESENT)
    found: dict[tuple[str, str], None] = {
        (str(name), str(code)): None for code, name in present["name"].items()
    }
    districts = areas[areas["level"].isin(["district", "former_district"])]
    forward: dict[str, str] = {}
    for vintage in sorted(set(districts["vintage"]) - {"former"}):
        forward |= geography.all_districts(vintage)["present"].to_dict()
    for row in districts.itertuples(index=False):
        now = str(row.successor) if row.level == "former_district" else forward[str(row.code)]
        now = forward.get(now, now)
        aliases = str(row.aliases).split("|") if row.aliases else []
        for name in (str(row.name), *aliases):
            found[name, now] = None
    entries = []
    for name, code in sorted(found):
        own = str(present.at[code, "name"])
        entry = {"name": name} if name == own else {"name": name, "now": own}
        if code in area.codes:
            entries.append(entry | {"page": address.slug(own)})
        else:
            entries.append(entry | {"region": geography.area_name(str(present.at[code, "itl1"]))})
    return entries


def finder(area: Area, rows: pd.DataFrame) -> str:
    """The search box and the map, as HTML that works without a script as far as links do.

    Parameters
    ----------
    area : Area
    rows : DataFrame
        `ranking`.
    """
    name, number = html.escape(area_name(area)), count(len(rows), "district")
    names = embedded({"area": area_name(area), "names": index(area)})
    return f"""<link rel="stylesheet" href="{STYLE}">
<div class="finder" id="district-finder">
<form class="finder-search" role="search" aria-label="Find your district" hidden>
<label for="finder-name">Name of a district, present or former</label>
<input id="finder-name" type="text" role="combobox" autocomplete="off" spellcheck="false"
 aria-autocomplete="list" aria-expanded="false" aria-controls="finder-list" aria-describedby="finder-hint">
<ul id="finder-list" role="listbox" aria-label="Districts" hidden></ul>
<p id="finder-hint">Type a few letters, choose with the arrow keys, open with Enter; or choose on the map.</p>
<p class="finder-status" role="status" aria-live="polite"></p>
</form>
<p><a href="districts.html">All {number} of {name} in a list</a> ·
<a href="#after-finder">Skip the map</a></p>
{atlas(area, rows)}
<p class="finder-pointed" aria-hidden="true">Point at a district, or touch it, to open its page.</p>
{_legend(rows)}
<p id="after-finder" class="origin" tabindex="-1">Contains OS data © Crown copyright and database right
2024. Source: Office for National Statistics licensed under the Open Government Licence v.3.0.</p>
<script type="application/json" id="finder-index">{names}</script>
<script src="{SCRIPT}" defer></script>
</div>
"""


def embedded(value: object) -> str:
    """JSON that can stand inside a script element: no ``<`` in it could close that."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def atlas(area: Area, rows: pd.DataFrame) -> str:
    """The area as SVG: one link per district, in the order of names, shaded by fifths of productivity.

    Parameters
    ----------
    area : Area
    rows : DataFrame
        `ranking`.
    """
    shapes = boundaries.load(area.codes)
    west, south, east, north = shapes.total_bounds
    scale = WIDTH / (east - west)
    fifth = _fifths(rows["value"])
    links = []
    for row, step in zip(rows.itertuples(index=False), fifth, strict=True):
        path = _path(shapes.geometry[row.code], west, north, scale)
        rank = None if pd.isna(row.rank) else int(row.rank)
        title = html.escape(_told(row.name, row.value, rank, row.of))
        links.append(
            f'<a href="{address.FOLDER}/{address.slug(row.name)}.html" class="fifth-{step}">'
            f'<title>{title}</title><path d="{path}"/></a>'
        )
    height = round((north - south) * scale)
    label = html.escape(f"Map of the districts of {area_name(area)}; each opens its page")
    box = f"-4 -4 {WIDTH + 8} {height + 8}"
    return (
        f'<svg class="finder-map" viewBox="{box}" role="group" aria-label="{label}">\n'
        + "\n".join(links)
        + "\n</svg>"
    )


def _told(name: str, value: float, rank: int | None, of: int) -> str:
    """What a district on the map is called: name, figure and rank."""
    if rank is None:
        return f"{name}: no figure"
    return f"{name}: {pounds(value, 'hour')} per hour, {ordinal(rank)} of {of}"


def _fifths(values: pd.Series) -> list[int]:
    """0 for no figure, else 1 (lowest) to 5; equal figures share the lower fifth."""
    place = values.rank(pct=True, method="max")
    return [0 if np.isnan(share) else min(5, int(np.ceil(share * 5 - 1e-9))) for share in place]


def _path(shape: shapely.Geometry, west: float, north: float, scale: float) -> str:
    """Outline in the map's units, relative to the point before, in tenths."""
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    drawn = []
    for ring in rings:
        points = np.asarray(ring.coords)[:-1]
        at = np.round(np.column_stack([points[:, 0] - west, north - points[:, 1]]) * scale * 10).astype(int)
        steps = np.diff(at, axis=0)
        steps = steps[(steps != 0).any(axis=1)]
        first = f"M{at[0, 0] / 10:g} {at[0, 1] / 10:g}"
        drawn.append(first + "l" + " ".join(f"{x / 10:g} {y / 10:g}" for x, y in steps) + "z")
    return re.sub(r" -", "-", "".join(drawn))


def _legend(rows: pd.DataFrame) -> str:
    """What the shades mean."""
    fifth = pd.Series(_fifths(rows["value"]), rows.index)
    keys = []
    for step, name in enumerate(FIFTHS, start=1):
        own = rows.loc[fifth == step, "value"]
        if len(own):
            ends = " to ".join(dict.fromkeys(pounds(end, "hour") for end in (own.min(), own.max())))
            keys.append(f'<li><span class="finder-key fifth-{step}"></span>{name} fifth: {ends}</li>')
    year = "" if rows["year"].isna().all() else f" in {int(rows['year'].max())}"
    return (
        f'<p>GVA per hour worked{year}, current prices:</p>\n<ul class="finder-legend">{"".join(keys)}</ul>'
    )


def list_of_pages(area: Area, rows: pd.DataFrame) -> str:
    """Every page of the area's districts as a table, former names with them.

    Parameters
    ----------
    area : Area
    rows : DataFrame
        `ranking`.
    """
    former: dict[str, list[str]] = {}
    for entry in index(area):
        if "page" in entry and "now" in entry and not entry["name"].endswith(" of"):
            former.setdefault(entry["now"], []).append(entry["name"])
    body = []
    for row in rows.itertuples(index=False):
        link = f'<a href="{address.FOLDER}/{address.slug(row.name)}.html">{html.escape(row.name)}</a>'
        also = html.escape(joined_names(former.get(row.name, [])))
        known = np.isfinite(row.value)
        cells = (
            pounds(row.value, "hour") if known else "no figure",
            str(row.rank) if known else "",
            percent(row.relative_to_uk).replace(" ", "&nbsp;") if known else "",
        )
        told = "".join(f"<td>{cell}</td>" for cell in cells)
        body.append(f'<tr><th scope="row">{link}{f"<small>{also}</small>" if also else ""}</th>{told}</tr>')
    heads = ("District, other and former names", "GVA per hour", f"Rank of {len(rows)}", "Of the UK's")
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return (
        '<div class="table-scroll" tabindex="0"><table class="facts districts"><thead><tr>'
        + head
        + "</tr></thead><tbody>\n"
        + "\n".join(body)
        + "\n</tbody></table></div>\n"
    )
