"""By which names, acronyms and codes can areas be chosen?"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

import yaml

from helpers import paths, tables
from helpers.building.area_table import PRESENT
from helpers.districts import Area, all_districts, ours, regions_of, short_names

# What a plain name may mean, in order: a region before a forum of the same districts, a district before the
# county that it was made of (Somerset).
CHOOSABLE = ("itl1", "forum", "combined_authority", "uk", "country", "district", "county")


def choosable() -> list[tuple[Area, tuple[str, ...]]]:
    """Every area that has a name, each with its other names and its code, in the order of `CHOOSABLE`."""
    names: dict[int, list[str]] = {}
    known = {id(area): area for area, _ in named()}
    for area, name in named():
        names.setdefault(id(area), []).append(name)
    return [
        (area, tuple(dict.fromkeys(name for name in names[key] if name != area.name)))
        for key, area in known.items()
    ]


def folded(name: str) -> str:
    """A name as it is compared: without capitals, accents, spare spaces, ``&`` and a leading ``the``."""
    name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    text = re.sub(r"\s+", " ", name.replace("&", " and ").casefold()).strip()
    return re.sub(r"^the ", "", text)


@cache
def counties() -> dict[str, dict[str, Any]]:
    """Shire counties and groups of authorities of 2016-17 by code: ``name, districts`` (LAD21 and LAD23)."""
    return yaml.safe_load((paths.DATA / "counties.yml").read_text(encoding="utf-8"))["counties"]


@cache
def by_name() -> dict[str, Area]:
    """Every name, alias and code that may be chosen, folded -> the area."""
    known: dict[str, Area] = {}
    for area, name in named():
        known.setdefault(folded(name), area)
    return known


@cache
def named() -> list[tuple[Area, str]]:
    """Areas that may be chosen, once with each name, alias and code, in the order of `CHOOSABLE`."""
    rows = tables.load("areas")
    rows = rows[rows["level"].isin(CHOOSABLE) & ~rows["vintage"].isin(["ITL21"])]
    pairs: list[tuple[Area, str]] = []
    for level in CHOOSABLE:
        if level in ("country", "county"):
            for area, *names in _countries() if level == "country" else _shires():
                pairs += [(area, name) for name in names]
            continue
        chosen = rows[rows["level"] == level]
        if level == "district":
            chosen = chosen[chosen["vintage"].isin([PRESENT, "LAD25"])]
        for row in chosen.itertuples(index=False):
            area = _area(row)
            aliases = str(row.aliases).split("|") if row.aliases else []
            pairs += [(area, name) for name in (area.name, str(row.name), str(row.code), *aliases)]
    return pairs


def _countries() -> list[tuple[Any, ...]]:
    """England and Great Britain, each with its names: unions of regions."""
    districts = all_districts(PRESENT)
    found: list[tuple[Any, ...]] = []
    for name, record in ours()["countries"].items():
        codes = set(districts.index[districts["itl1"].isin(record["regions"])])
        area = Area(name, "country", tuple(sorted(codes)), regions_of(codes))
        found.append((area, name, *record["aliases"]))
    return found


def _shires() -> list[tuple[Any, ...]]:
    """Shire counties, each with its name and code; in the districts of today."""
    forward: dict[str, str] = {}
    for vintage in ("LAD21", "LAD23"):
        forward |= all_districts(vintage)["present"].to_dict()
    found: list[tuple[Any, ...]] = []
    for code, county in counties().items():
        if code.startswith("E10"):  # the others are groups that are only counted together
            codes = {forward[district] for district in county["districts"]}
            area = Area(county["name"], "county", tuple(sorted(codes)), regions_of(codes))
            found.append((area, county["name"], code))
    return found


def _area(row: Any) -> Area:
    districts = all_districts(PRESENT)
    if row.level == "district":
        codes = _present(row.vintage)[row.code]
        return Area(short_names().get(row.code, row.name), "district", tuple(sorted(codes)), ())
    if row.level == "uk":
        codes = set(districts.index)
        return Area("United Kingdom", "uk", tuple(sorted(codes)), regions_of(codes))
    column = row.name if row.level == "forum" else row.code
    codes = set(districts.index[districts[row.level] == column])
    return Area(row.name, row.level, tuple(sorted(codes)), regions_of(codes))


@cache
def _present(vintage: str) -> dict[str, set[str]]:
    """The districts of today that each district of a vintage is, or has become part of."""
    found: dict[str, set[str]] = {}
    for code, present in all_districts(vintage)["present"].items():
        found.setdefault(str(code), set()).add(present)
    return found
