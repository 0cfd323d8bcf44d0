"""How does a stranger read the shipped tables? Their Frictionless description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers import tables
from helpers.catalogue import Card, sha256

_TYPES = {
    "release": "year",
    "year": "year",
    "value": "number",
    "lower": "number",
    "upper": "number",
}
_FORMATS = {
    ".csv": {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"},
    ".parquet": {"format": "parquet", "mediatype": "application/vnd.apache.parquet"},
}
_MEANINGS = {
    "indicator": "Id of what is measured; see indicators.csv",
    "release": "Year in which the producer published the figure",
    "area_code": "Official code of the area; see areas.csv",
    "area_vintage": "Vintage of the code; with the code the key of areas.csv",
    "year": "Year that the figure is about",
    "value": "The figure as published; empty when there is none",
    "lower": "Lower end of the producer's 95 % interval; empty when none is published",
    "upper": "Upper end of the producer's 95 % interval; empty when none is published",
    "status": "published, provisional, suppressed or missing; a zero is a published figure",
}


def describe(folder: Path, sources: Mapping[str, Sequence[str]], cards: Mapping[str, Card]) -> dict[str, Any]:
    """Frictionless data package of a folder of tables.

    Parameters
    ----------
    folder : Path
        Where the tables are.
    sources : mapping of str to sequence of str
        Table to the ids of the cards it was built from.
    cards : mapping of str to Card
        The catalogue.

    Returns
    -------
    dict
        The content of ``datapackage.json``: for each file its bytes, hash, fields, key and sources.
    """
    resources = [
        _table(tables.file(name, folder), text, [cards[c] for c in sources.get(name, ())])
        for name, text in tables.DESCRIPTIONS.items()
    ]
    shapes = folder / "boundaries.geojson"
    resources.append(
        {
            "name": "boundaries",
            "path": shapes.name,
            "title": "Simplified boundaries of the districts of December 2024",
            "format": "geojson",
            "mediatype": "application/geo+json",
            "bytes": shapes.stat().st_size,
            "hash": f"sha256:{sha256(shapes)}",
            "sources": _sources([cards[c] for c in sources["boundaries"]]),
        }
    )
    return {
        "name": "place-productivity-tables",
        "title": "Tables behind the compendium on productivity gaps between places",
        "licenses": [
            {
                "name": "OGL-UK-3.0",
                "title": "Open Government Licence v3.0",
                "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            }
        ],
        "resources": resources,
    }


def _table(path: Path, title: str, cards: Sequence[Card]) -> dict[str, Any]:
    fields = [
        {"name": c, "type": _TYPES.get(c, "string")}
        | ({"description": _MEANINGS[c]} if c in _MEANINGS else {})
        for c in tables.header(path)
    ]
    keys = {"areas": ["code", "vintage"], "indicators": ["indicator"]}
    resource: dict[str, Any] = {
        "name": path.stem.replace("_", "-"),
        "path": path.name,
        "title": title,
        **_FORMATS[path.suffix],
        # Frictionless counts no bytes of a Parquet file, and would call any number wrong.
        **({} if path.suffix == ".parquet" else {"bytes": path.stat().st_size}),
        "hash": f"sha256:{sha256(path)}",
        "schema": {
            "fields": fields,
            "missingValues": [""],
            "primaryKey": keys.get(path.stem, tables.KEY),
        },
    }
    return resource | ({"sources": _sources(cards)} if cards else {})


def _sources(cards: Sequence[Card]) -> list[dict[str, str]]:
    return [
        {"title": f"{card.title} ({card.attribution})", "path": card.url or card.official_page}
        for card in cards
    ]
