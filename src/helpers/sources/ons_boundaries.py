"""What shape is each district? ONS ultra-generalised boundaries."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

from helpers.errors import SourceError
from helpers.sources import package
from helpers.sources.uk_areas import DISTRICT

UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    shapely.errors.GEOSException,
)


def read(path: Path) -> gpd.GeoDataFrame:
    """Boundaries of the districts of one vintage.

    Parameters
    ----------
    path : Path
        A GeoJSON file of the Open Geography Portal with ``LADyyCD`` and ``LADyyNM``.

    Returns
    -------
    GeoDataFrame
        ``code, name, geometry`` in the file's coordinate system.

    Raises
    ------
    SourceError
        The file is not GeoJSON, a code is missing, doubled or no district's, or a shape is missing,
        no polygon or crosses itself.
    """
    package.refuse_huge(path)
    try:
        raw = gpd.read_file(path)
    except (*UNREADABLE, ValueError) as error:
        raise SourceError(
            f"{path.name}: expected GeoJSON boundaries, found what cannot be read as such ({error}). "
            "Fetch it again: compendium data fetch."
        ) from error
    codes = [column for column in raw.columns if re.fullmatch(r"LAD\d\dCD", column)]
    names = [code.replace("CD", "NM") for code in codes]
    if len(codes) != 1 or names[0] not in raw.columns:
        raise SourceError(
            f"{path.name}: expected one column LADyyCD and its LADyyNM, found {list(raw.columns)}."
        )
    frame = raw.rename(columns={codes[0]: "code", names[0]: "name"})[["code", "name", "geometry"]]
    odd = frame[~frame["code"].astype(str).str.fullmatch(DISTRICT.pattern) | frame["code"].duplicated()]
    if not odd.empty:
        raise SourceError(
            f"{path.name}: expected the code of each district once, found {odd['code'].tolist()[:3]}."
        )
    if (
        not isinstance(frame, gpd.GeoDataFrame)
        or frame.geometry.isna().any()
        or frame.geometry.is_empty.any()
    ):
        raise SourceError(f"{path.name}: expected a shape for every district, found some without.")
    sound = frame.geom_type.isin(["Polygon", "MultiPolygon"]) & frame.is_valid
    if not sound.all():
        code = frame.loc[~sound, "code"].iloc[0]
        raise SourceError(
            f"{path.name}: expected polygons that do not cross themselves, found none for {code}."
        )
    return frame
