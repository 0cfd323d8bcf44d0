"""What shape is each district on a map? A small file of the project's own, from ONS boundaries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import shapely
from shapely.geometry import mapping

from helpers import paths, writing
from helpers.errors import TableError
from helpers.sources import ons_boundaries

BRITISH_NATIONAL_GRID = 27700
TOLERANCE = 1200.0  # metres; about a pixel when Great Britain fills a page
GRID = 10.0  # metres; coordinates are rounded to it
SMALLEST_PART = 4e6  # square metres; islets below it vanish, except a district's largest part


def simplify(path: Path) -> gpd.GeoDataFrame:
    """Districts simplified as one coverage, so that neighbours keep sharing their border.

    Parameters
    ----------
    path : Path
        Raw boundaries (`helpers.sources.ons_boundaries`).

    Returns
    -------
    GeoDataFrame
        ``code, name, geometry`` on the British National Grid, in metres, sorted by code.
    """
    raw = ons_boundaries.read(path).to_crs(BRITISH_NATIONAL_GRID).sort_values("code")
    coverage = shapely.coverage_simplify(raw.geometry.to_numpy(), TOLERANCE)
    shapes = [shapely.set_precision(_without_islets(shape), GRID) for shape in coverage]
    frame = raw.assign(geometry=shapes).reset_index(drop=True)
    if frame.geometry.is_empty.any() or not frame.geometry.is_valid.all():
        raise TableError("boundaries: simplifying lost or broke a district; lower the tolerance.")
    return frame


def _without_islets(shape: shapely.Geometry) -> shapely.Geometry:
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    kept = [part for i, part in enumerate(parts) if i == 0 or part.area >= SMALLEST_PART]
    return shapely.MultiPolygon(kept) if len(kept) > 1 else kept[0]


def write(shapes: gpd.GeoDataFrame, path: Path) -> None:
    """Write boundaries as GeoJSON with whole metres, equal bytes for equal shapes."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": row.code, "name": row.name},
            "geometry": _whole(mapping(shapely.normalize(row.geometry))),
        }
        for row in shapes[["code", "name", "geometry"]].itertuples(index=False)
    ]
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{BRITISH_NATIONAL_GRID}"}}
    text = json.dumps(
        {"type": "FeatureCollection", "crs": crs, "features": features},
        separators=(",", ":"),
        ensure_ascii=False,
    )
    writing.text(path, text + "\n")


def _whole(part: object) -> object:
    """The same nested coordinates as integers."""
    if isinstance(part, dict):
        return {key: _whole(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_whole(value) for value in part]
    return round(part) if isinstance(part, float) else part


def load(codes: Iterable[str] | None = None, folder: Path = paths.TABLES) -> gpd.GeoDataFrame:
    """Simplified boundaries of districts (codes of December 2024).

    Parameters
    ----------
    codes : iterable of str, optional
        Which districts; all 361 otherwise.
    folder : Path
        Where the tables are.

    Returns
    -------
    GeoDataFrame
        ``code, name, geometry``, indexed by code, in metres on the British National Grid.
    """
    with (folder / "boundaries.geojson").open("rb") as file:  # by Python, so that a run can note the reading
        frame = gpd.read_file(file).set_index("code", drop=False)
    return frame if codes is None else frame.loc[list(codes)]
