"""What can a reader look up of every district? The data of the explorer, one file per indicator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import geography, levels, paths, series, tables
from helpers.derived import attributions, observe, published_parts, records
from helpers.figures import style
from helpers.geography import Area
from helpers.indicators import about, published
from helpers.site import data_files, explorer_charts

FOLDER = "explorer"
LETTERS = {"published": "p", "provisional": "v", "suppressed": "s", "missing": "m"}  # of a status
AGAINST = "rqf_level3plus"  # what productivity is first set against, where the area has it
NO_ROW = "-"  # the release has no such cell
BAND = "revision"
INTERVALS = {
    "sampling": "95 % sampling interval, from the producer's figures",
    "rounding": "values that are rounded to the published one",
    BAND: "what revision may still do, from the revisions seen between releases: ours, not the producer's",
}
TOPICS = {
    "productivity": "Productivity",
    "hours_jobs": "Productivity",
    "industry": "Industries",
    "business": "Firms",
    "business_recent": "Firms",
    "business_demography": "Firms",
    "skills": "Skills",
    "qualifications_by_group": "Skills",
    "population_total": "People",
    "population_age": "People",
    "labour": "Work and income",
    "income_housing": "Work and income",
    "broadband": "Connections",
    "travel_time": "Connections",
}
# Indicators that are one question asked several ways: beginning of the id -> what they are called together
FAMILIES = {
    "gva_per_": "GVA, productivity",
    "gva_": "GVA by industry",
    "share_": "Share of GVA by industry",
    "nvq_none_": "Highest qualification: none",
    "nvq_other_": "Highest qualification: other",
    "nvq1_": "Highest qualification: NVQ level 1",
    "nvq2_": "Highest qualification: NVQ level 2",
    "nvq3_": "Highest qualification: NVQ level 3",
    "nvq4plus_": "Highest qualification: NVQ level 4 or above",
    "trade_apprenticeship_": "Highest qualification: trade apprenticeship",
    "level3plus_": "NVQ level 3 or above, by group",
    "without_qualification_": "Without qualifications (NVQ), by group",
}


@dataclass(frozen=True)
class Entry:
    """One indicator of the explorer.

    Attributes
    ----------
    id, topic, label, unit, source, note : str
        ``note`` says what the figure is made of where it is ours.
    interval : str
        A key of `INTERVALS`, or empty where none is published.
    """

    id: str
    topic: str
    label: str
    unit: str
    source: str
    note: str
    interval: str


def entries() -> list[Entry]:
    """Every indicator that exists for districts, published or derived, by topic."""
    found: list[Entry] = []
    for name in TOPICS:
        # An indicator that continues in a second table has its topic from the first
        for indicator in _ids(name):
            if indicator not in {entry.id for entry in found}:
                found.append(_entry(indicator, TOPICS[name]))
    topic_of = {entry.id: entry.topic for entry in found}
    for name, record in records().items():
        if record["level"] == "district":
            found.append(_entry(name, topic_of[next(iter(record["numerator"]))]))
    order = list(dict.fromkeys(TOPICS.values()))
    return sorted(found, key=lambda entry: order.index(entry.topic))


def _ids(table: str) -> list[str]:
    """Indicators of a table that exist for districts, in the order of ``indicators.csv``."""
    known = tables.load("indicators")
    here = known["table"].str.split("|").map(lambda names: table in names)
    return list(
        known.loc[here & known["geography"].str.split("|").map(lambda g: "district" in g), "indicator"]
    )


def _entry(indicator: str, topic: str) -> Entry:
    source = " ".join(f"{line.rstrip('.')}." for line in attributions(indicator))
    record = records().get(indicator)
    if record is None:
        row = about(indicator)
        interval = BAND if indicator in series.INDICATORS.values() else row["interval"]
        basis = "" if row["price_basis"] == "not a price" else f"{_opened(row['price_basis'])}."
        return Entry(indicator, topic, row["label"], row["unit"], source, basis, interval)
    parts = "; ".join(about(part)["label"] for part in published_parts([indicator]))
    note = f"Ours, made of published figures: {parts}."
    return Entry(indicator, topic, record["label"], record["unit"], source, note, observe(indicator).interval)


def _opened(words: str) -> str:
    """Words as they begin a sentence."""
    return words[:1].upper() + words[1:]


def figures(indicator: str, area: Area) -> pd.DataFrame:
    """Every figure of an indicator for the districts of an area, in every release.

    Parameters
    ----------
    indicator : str
        Of `entries`.
    area : Area

    Returns
    -------
    DataFrame
        The columns of a shipped table, and ``name`` and ``present``: the district of today that the row
        belongs to. Productivity has our band as ``lower`` and ``upper``. A figure of ours is ``suppressed``
        where a part of it is, ``missing`` where one is, ``provisional`` where one is, else ``published``.
    """
    rows = _derived(indicator) if indicator in records() else _published(indicator)
    parts = []
    for vintage, part in rows.groupby("area_vintage"):
        districts = geography.all_districts(str(vintage))
        districts = districts[districts["present"].isin(area.codes)]
        parts.append(part.merge(districts[["name", "present"]], left_on="area_code", right_index=True))
    found = pd.concat(parts, ignore_index=True)
    if indicator in series.INDICATORS.values():
        measure = next(key for key, value in series.INDICATORS.items() if value == indicator)
        bands = levels.bands(area)
        bands = bands[bands["measure"] == measure].drop(columns="measure")
        found = found.drop(columns=["lower", "upper"]).merge(
            bands, on=["area_code", "year", "release"], how="left"
        )
    return found.sort_values(tables.KEY, ignore_index=True)[[*tables.COLUMNS, "name", "present"]]


def _published(indicator: str) -> pd.DataFrame:
    rows = pd.concat([tables.load(name) for name in about(indicator)["table"].split("|")])
    rows = rows[rows["indicator"] == indicator]
    areas = tables.load("areas")
    districts = areas[areas["level"] == "district"][["code", "vintage"]]
    return rows.merge(districts, left_on=["area_code", "area_vintage"], right_on=["code", "vintage"])[
        tables.COLUMNS
    ]


def _derived(indicator: str) -> pd.DataFrame:
    """A derived indicator in the shape of a shipped table, with the status of its parts."""
    own = observe(indicator)
    parts = {part: _latest_status(part) for part in published_parts([indicator])}
    # A district without any figure of its own has a reason, too
    codes = sorted(set.union(*(set(of.index.get_level_values("area_code")) for of in parts.values())))
    cells = {
        name: getattr(own, frame).reindex(codes).stack(future_stack=True)
        for name, frame in (("value", "values"), ("lower", "lower"), ("upper", "upper"))
    }
    frame = pd.DataFrame(cells).rename_axis(["area_code", "year"])
    status = pd.Series("published", frame.index).where(frame["value"].notna(), "missing")
    for of_part in parts.values():
        there = of_part.reindex(frame.index)
        status = status.mask((there == "provisional") & (status == "published"), "provisional")
        status = status.mask(frame["value"].isna() & (there == "suppressed"), "suppressed")
    frame = frame.assign(status=status).reset_index()
    frame["release"] = frame["year"].map(own.releases).astype(int)
    return frame.assign(indicator=indicator, area_vintage=own.vintage)[tables.COLUMNS]


def _latest_status(indicator: str) -> pd.Series:
    """Status by district and year, each year from the latest release that has it."""
    rows = _published(indicator)
    taken = rows["year"].map(published(indicator, "district").releases)
    return rows[rows["release"] == taken].set_index(["area_code", "year"])["status"]


def packed(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Figures as the page loads them: one record per release, one list of years per district.

    Parameters
    ----------
    rows : DataFrame
        From `figures`.

    Returns
    -------
    list of dict
        ``release, vintage, years``; ``areas``, one ``[code, name, present]`` per district; ``value``,
        ``lower`` and ``upper``, one list per district (or None where no cell has an end); ``status``, one
        text of `LETTERS` per district.
    """
    found = []
    for (release, vintage), part in rows.groupby(["release", "area_vintage"]):
        wide = part.pivot(index=["area_code", "name", "present"], columns="year", values=["value", "status"])
        status = wide["status"].replace(LETTERS).fillna(NO_ROW)
        record: dict[str, Any] = {
            "release": int(release),
            "vintage": str(vintage),
            "years": [int(year) for year in status.columns],
            "areas": [list(key) for key in status.index],
            "value": [data_files.numbers(row) for row in wide["value"].to_numpy()],
            "status": ["".join(row) for row in status.to_numpy()],
        }
        for end in ("lower", "upper"):
            ends = part.pivot(index=["area_code", "name", "present"], columns="year", values=end)
            empty = part[end].isna().all()
            record[end] = None if empty else [data_files.numbers(row, 8) for row in ends.to_numpy()]
        found.append(record)
    return found


def contents(area: Area) -> dict[str, Any]:
    """What the page needs before any figure: districts, shapes, and the list of indicators.

    Parameters
    ----------
    area : Area

    Returns
    -------
    dict
        ``area, districts, topics, against, intervals, shapes, charts, tones, plain``. A topic holds
        indicators, each with one or more measures, which carry what `Entry` holds.
    """
    topics: dict[str, dict[str, Any]] = {}
    for entry in entries():
        family = next((begin for begin in FAMILIES if entry.id.startswith(begin)), None)
        indicators = topics.setdefault(entry.topic, {})
        words = FAMILIES[family] if family else entry.label
        measure = {
            "id": entry.id,
            "label": _measure_words(entry.label) if family else entry.unit,
            "full": entry.label,
            "unit": entry.unit,
            "source": entry.source,
            "note": entry.note,
            "interval": entry.interval,
        }
        # A count and the share that is made of it have one label
        indicators.setdefault(words, {"label": words, "measures": []})["measures"].append(measure)
    names = geography.names()[list(area.codes)].sort_values()
    return {
        "area": area.name,
        "districts": [[code, name] for code, name in names.items()],
        "topics": [{"label": topic, "indicators": list(of.values())} for topic, of in topics.items()],
        "against": _against(area),
        "intervals": INTERVALS,
        "shapes": _shapes(area),
        "charts": explorer_charts.specifications(),
        "tones": [colour for colour in style.SERIES if colour != style.BOTTOM],
        "plain": style.MIDDLE,
    }


def _against(area: Area) -> str:
    """What productivity may go with, and has a figure in the area: not every series covers every nation."""
    others = [entry.id for entry in entries() if entry.topic not in ("Productivity", "Industries")]
    return next(one for one in [AGAINST, *others] if figures(one, area)["value"].notna().any())


def _measure_words(label: str) -> str:
    """What sets one measure of a family apart: ``per hour worked``, ``women aged 16 to 64``."""
    for opening in ("GVA per ", "GVA: "):
        if label.startswith(opening):
            return label.removeprefix("GVA: ").replace("GVA per ", "per ")
    words = label.split(", ", 1)[-1] if label.startswith("Highest") else label
    return words[0].lower() + words[1:] if words[:2].istitle() else words


def _shapes(area: Area) -> list[dict[str, Any]]:
    """Outlines in whole metres on the British National Grid, as GeoJSON features."""
    collection = json.loads((paths.TABLES / "boundaries.geojson").read_text(encoding="utf-8"))
    return [shape for shape in collection["features"] if shape["properties"]["code"] in area.codes]


def write(area: Area, seed: int, folder: Path) -> None:
    """Write the explorer's data below the gathered folder.

    Parameters
    ----------
    area : Area
    seed : int
        Unused: the bands of single districts need no chance.
    folder : Path
        The gathered folder of the book.
    """
    data_files.write(folder, FOLDER, contents(area))
    for entry in entries():
        data_files.write(folder, f"{FOLDER}/{entry.id}", packed(figures(entry.id, area)))
