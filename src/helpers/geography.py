"""Which districts does an area's name stand for? Regions, authorities, forums and lists of districts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
import yaml

from helpers import paths, tables
from helpers.building.area_table import PRESENT
from helpers.errors import AreaError, nearest

# Levels that a plain name may mean, in order: a region before a forum of the same districts.
CHOOSABLE = ("itl1", "forum", "combined_authority", "uk", "district")


@dataclass(frozen=True)
class Area:
    """A set of districts with a name.

    Attributes
    ----------
    name : str
        How the text calls it.
    kind : str
        ``itl1``, ``forum``, ``combined_authority``, ``uk``, ``district`` or ``list``.
    codes : tuple of str
        Its districts by their codes of December 2024 (LAD24), sorted.
    regions : tuple of str
        The ITL1 regions it consists of exactly, or empty when it is no union of regions.
    """

    name: str
    kind: str
    codes: tuple[str, ...]
    regions: tuple[str, ...]

    def districts(self, vintage: str = PRESENT) -> pd.DataFrame:
        """Its districts in the codes of one vintage.

        Parameters
        ----------
        vintage : str
            ``LAD21``, ``LAD23``, ``LAD24`` or ``LAD25``.

        Returns
        -------
        DataFrame
            ``name, itl3, itl2, itl1, combined_authority, forum``, indexed by ``code``, sorted by
            code. In LAD21 a district that was merged later is replaced by those it was made of.
        """
        rows = all_districts(vintage)
        return rows[rows["present"].isin(self.codes)].drop(columns="present")


def resolve(area: str | Iterable[str]) -> Area:
    """The area that a name, a code or a list of them stands for.

    Parameters
    ----------
    area : str or list of str
        An ITL1 region, a forum, a combined authority (with the words "Combined Authority" or its
        acronym), the UK, a district, or several of these, as a list or joined by ``;`` or ``+``
        (or by commas where the whole is no name itself).

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
        found = _by_name().get(_folded(area))
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
        part = _by_name().get(_folded(item))
        if part is None:
            raise _unknown(item)
        parts.append(part)
    if len(parts) == 1:
        return parts[0]
    codes = {code for part in parts for code in part.codes}
    return Area(_joined_name(parts, len(codes)), "list", tuple(sorted(codes)), _regions_of(codes))


def same_districts(one: Area, other: Area) -> bool:
    """Whether two areas consist of the same districts, whatever their names."""
    return one.codes == other.codes


def guide_groups() -> dict[str, Any]:
    """The guide's groups: ``area``, and the codes of ``top`` and ``bottom`` (Thematic Guide 4)."""
    return _ours()["guide_groups"]


def names(vintage: str = PRESENT) -> pd.Series:
    """District code -> name as a reader knows it (``Herefordshire``, not ``Herefordshire, County of``)."""
    return all_districts(vintage)["name"]


def area_name(code: str) -> str:
    """Name of a region, authority, city region or the UK by its code."""
    rows = tables.load("areas")
    return str(rows.loc[rows["code"] == code, "name"].iloc[0])


@cache
def _ours() -> dict[str, Any]:
    return yaml.safe_load((paths.DATA / "geography.yml").read_text(encoding="utf-8"))


@cache
def all_districts(vintage: str = PRESENT) -> pd.DataFrame:
    """All districts of a vintage and what contains them.

    Returns
    -------
    DataFrame
        ``name, itl3, itl2, itl1, combined_authority, forum, present``, indexed by ``code``;
        ``present`` is the code of December 2024 of the district it is, or became part of.
    """
    areas = tables.load("areas")
    rows = areas[(areas["level"] == "district") & (areas["vintage"] == vintage)]
    if rows.empty:
        raise AreaError(f"There are no districts of vintage {vintage!r} in areas.csv.")
    present = areas[(areas["level"] == "district") & (areas["vintage"] == PRESENT)]
    forward = dict(zip(rows["code"], rows["successor"], strict=True))
    back = {new: old for old, new in zip(present["code"], present["successor"], strict=True) if new}
    known = set(present["code"])
    now = [c if c in known else (back.get(c) or forward[c]) for c in rows["code"]]
    short = _short_names()
    frame = rows.assign(
        present=now, name=[short.get(c, n) for c, n in zip(rows["code"], rows["name"], strict=True)]
    )
    columns = ["code", "name", "itl3", "itl2", "itl1", "combined_authority", "forum", "present"]
    return frame[columns].set_index("code").sort_index()


@cache
def _short_names() -> dict[str, str]:
    """Codes whose published name is turned round (``Bristol, City of``) -> the name people use."""
    rows = tables.load("areas")
    turned = rows[rows["name"].str.contains(", (?:City|County) of$") & (rows["level"] == "district")]
    return {code: name.split(", ")[0] for code, name in zip(turned["code"], turned["name"], strict=True)}


@cache
def _by_name() -> dict[str, Area]:
    """Every name, alias and code that may be chosen, folded -> the area."""
    rows = tables.load("areas")
    rows = rows[rows["level"].isin(CHOOSABLE) & ~rows["vintage"].isin(["ITL21"])]
    known: dict[str, Area] = {}
    for level in CHOOSABLE:
        chosen = rows[rows["level"] == level]
        if level == "district":
            chosen = chosen[chosen["vintage"].isin([PRESENT, "LAD25"])]
        for row in chosen.itertuples(index=False):
            area = _area(row)
            aliases = str(row.aliases).split("|") if row.aliases else []
            for name in [area.name, str(row.name), str(row.code), *aliases]:
                known.setdefault(_folded(name), area)
    return known


def _area(row: Any) -> Area:
    districts = all_districts(PRESENT)
    if row.level == "district":
        codes = set(all_districts(row.vintage).loc[[row.code], "present"])
        return Area(_short_names().get(row.code, row.name), "district", tuple(codes), ())
    if row.level == "uk":
        codes = set(districts.index)
        return Area("United Kingdom", "uk", tuple(sorted(codes)), _regions_of(codes))
    column = row.name if row.level == "forum" else row.code
    codes = set(districts.index[districts[row.level] == column])
    return Area(row.name, row.level, tuple(sorted(codes)), _regions_of(codes))


def _regions_of(codes: set[str]) -> tuple[str, ...]:
    """The ITL1 regions whose districts together are exactly these codes, else nothing."""
    districts = all_districts(PRESENT)
    touched = sorted(set(districts.loc[sorted(codes), "itl1"]))
    return tuple(touched) if set(districts.index[districts["itl1"].isin(touched)]) == codes else ()


def _joined_name(parts: list[Area], number: int) -> str:
    listed = list(dict.fromkeys(part.name for part in parts))
    if len(listed) == 1:
        return listed[0]
    return f"{', '.join(listed[:-1])} and {listed[-1]}" if len(listed) <= 4 else f"{number} chosen districts"


def _folded(name: str) -> str:
    text = re.sub(r"\s+", " ", name.replace("&", " and ").casefold()).strip()
    return re.sub(r"^the ", "", text)


def _unknown(name: str) -> AreaError:
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
    aliases = [alias for cell in chosen["aliases"] for alias in cell.split("|") if alias]
    hint = nearest(name, {*chosen["name"], *aliases})
    hint = f"{hint} " if hint else ""
    return AreaError(
        f"area: {name!r} is not known. {hint}An area is an ITL1 region (North West), a forum "
        "(Midlands), a combined authority (WMCA), the UK, or a list of districts by code or name."
    )
