"""Which districts does an area's name stand for? Regions, authorities, forums and lists of districts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import pandas as pd

from helpers import tables
from helpers.area_names import CHOOSABLE, by_name, folded, named
from helpers.building.area_table import PRESENT
from helpers.districts import Area, all_districts, ours, regions_of
from helpers.enumeration import listed_names
from helpers.errors import AreaError, nearest

__all__ = [
    "PRESENT",
    "Area",
    "all_districts",
    "area_name",
    "forum_parts",
    "guide_groups",
    "names",
    "resolve",
    "same_districts",
]


def resolve(area: str | Iterable[str]) -> Area:
    """The area that a name, a code or a list of them stands for.

    Parameters
    ----------
    area : str or list of str
        An ITL1 region, a forum, a combined authority (with the words "Combined Authority" or its
        acronym), the UK, Great Britain, England, a shire county (as of 2016, without the unitary
        authorities inside its old borders), a district, or several of these, as a list or joined by ``;``
        or ``+`` (or by commas where the whole is no name itself).

    Returns
    -------
    Area

    Raises
    ------
    AreaError
        A name is unknown (the nearest names are given), ambiguous, or stands for a district that
        no longer exists (its successor is given).
    """
    if isinstance(area, str):
        found = by_name().get(folded(area))
        if found is not None:
            return found
        items = [part.strip() for part in re.split(r"[;+]", area) if part.strip()]
        if len(items) < 2:
            items = [part.strip() for part in area.split(",") if part.strip()]
        if len(items) < 2:
            raise _unknown(area)
    else:
        items = [str(item) for item in area]
    if not items:
        raise AreaError("area: expected the name of an area or a list of names, found nothing.")
    parts = []
    for item in items:
        part = by_name().get(folded(item))
        if part is None:
            raise _unknown(item)
        parts.append(part)
    if len(parts) == 1:
        return parts[0]
    codes = {code for part in parts for code in part.codes}
    return Area(_joined_name(parts, len(codes)), "list", tuple(sorted(codes)), regions_of(codes))


def same_districts(one: Area, other: Area) -> bool:
    """Whether two areas consist of the same districts, whatever their names."""
    return one.codes == other.codes


def forum_parts(forum: str) -> list[str]:
    """What a forum is made of in words: regions, or a part of one with its code (assumption A18)."""
    parts = []
    for part in ours()["forums"][forum]:
        code = part.removeprefix("rest of ")
        parts.append(f"{part.removesuffix(code)}{area_name(code)} ({code})")
    return parts


def guide_groups() -> dict[str, Any]:
    """The guide's groups: ``area``, and the codes of ``top`` and ``bottom`` (Thematic Guide 4)."""
    return ours()["guide_groups"]


def names(vintage: str = PRESENT) -> pd.Series:
    """District code -> name as a reader knows it (``Herefordshire``, not ``Herefordshire, County of``)."""
    return all_districts(vintage)["name"]


def area_name(code: str) -> str:
    """Name of a region, authority, city region or the UK by its code."""
    return _name_by_code()[code]


@cache
def _name_by_code() -> dict[str, str]:
    rows = tables.load("areas").drop_duplicates("code")
    return dict(zip(rows["code"], rows["name"], strict=True))


def _joined_name(parts: list[Area], number: int) -> str:
    names = list(dict.fromkeys(part.name for part in parts))
    return listed_names(names) if len(names) <= 4 else f"{number} chosen districts"


def _unknown(name: str) -> AreaError:
    # Bytes of a command line that are no text arrive as characters that no table can be asked for
    name = name.encode("utf-8", "backslashreplace").decode()
    rows = tables.load("areas")
    former = rows[rows["level"] == "former_district"]
    gone = former[(former["code"] == name) | (former["name"].str.casefold() == name.strip().casefold())]
    if not gone.empty:
        row = gone.iloc[0]
        now = all_districts(PRESENT).loc[row["successor"], "name"]
        was = f"{row['name']} ({row['code']}) was {row['mapping']}"
        return AreaError(f"area: {was} into {now} ({row['successor']}); choose that district.")
    chosen = rows[rows["level"].isin(CHOOSABLE)]
    bare = chosen[
        (chosen["level"] == "combined_authority")
        & chosen["name"].str.casefold().str.startswith(f"{name.casefold()} combined")
    ]
    if not bare.empty:
        row = bare.iloc[0]
        return AreaError(
            f"area: a combined authority is named in full: {row['name']!r}, or "
            f"{row['aliases'].split('|')[0]!r}; plain names mean regions."
        )
    hint = nearest(name, {known for _, known in named()})
    hint = f"{hint} " if hint else ""
    return AreaError(
        f"area: {name!r} is not known. {hint}An area is an ITL1 region (North West), a forum "
        "(Midlands), a combined authority (WMCA), a county, England, Great Britain, the UK, or a list of "
        "districts by code or name; `compendium areas` lists them."
    )
