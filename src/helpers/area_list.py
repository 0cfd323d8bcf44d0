"""Which areas can be chosen? One line each, searched by the names of areas and of the districts in them."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import geography, tables
from helpers.area_names import choosable, folded
from helpers.enumeration import listed
from helpers.errors import nearest
from helpers.geography import PRESENT, Area
from helpers.prose.words import count

KINDS = {
    "forum": "forum",
    "itl1": "region (ITL1)",
    "uk": "country",
    "country": "country",
    "combined_authority": "combined authority",
    "county": "county",
    "district": "district",
}
HOW = """
Forums are those of The Productivity Institute; which districts belong to which is our reading of its page.
An area is given by any name or code above, several joined by `;`:   --area "Wales; Herefordshire"
Districts of your own choice, one code or name a line, are given in a file:   --area @my_districts.txt
Counties are shire counties as of 2016, without unitary authorities inside their old borders; counties that
are one district today are found as districts."""


def listing(search: str = "") -> str:
    """Lay out the areas that can be chosen, or those that a search finds.

    Parameters
    ----------
    search : str
        Part of a name, an acronym or a code; capitals and accents do not count. Empty lists all areas
        above districts.

    Returns
    -------
    str
        A line per area: kind, name, number of districts, other names, and what it is made of. A district
        that is found is followed by the areas that contain it.
    """
    known = [(area, other) for area, other in choosable() if area.kind != "district" and len(area.codes) > 1]
    known.sort(key=lambda pair: list(KINDS).index(pair[0].kind))
    if not search.strip():
        return f"{_lines(known)}\n{HOW}"
    wanted = folded(search)
    districts = geography.all_districts(PRESENT)["name"]
    found = [
        (area, other) for area, other in known if any(wanted in folded(name) for name in (area.name, *other))
    ]
    parts = [_lines(found)] if found else []
    for code in _districts(wanted):
        holding = [(area, other) for area, other in known if code in area.codes]
        parts.append(f"{districts[code]} ({code}), a district, is in\n{_lines(holding)}")
    if parts:
        return "\n\n".join(parts)
    hint = nearest(search, [*districts, *(name for area, other in known for name in (area.name, *other))])
    return f"No area and no district has {search!r} in its name. {hint}".strip()


def _districts(wanted: str) -> list[str]:
    """Present codes of the districts that are, or were, called so, or have the code."""
    present = geography.all_districts(PRESENT)
    found = {
        code
        for area, other in choosable()
        for code in area.codes[:1]
        if area.kind == "district" and any(wanted in folded(n) for n in (area.name, *other))
    }
    former = tables.load("areas")
    former = former[former["level"] == "former_district"]
    found |= {
        code for name, code in zip(former["name"], former["successor"], strict=True) if wanted in folded(name)
    }
    return sorted(found & set(present.index), key=lambda code: str(present.at[code, "name"]))


def _lines(rows: Sequence[tuple[Area, tuple[str, ...]]]) -> str:
    """One line per area, in columns."""
    width = max(len(area.name) for area, _ in rows)
    columns = [
        (KINDS[area.kind], area.name, count(len(area.codes), "district"), _made(area, other))
        for area, other in rows
    ]
    return "\n".join(
        f"{kind:20}{name:{width + 2}}{number:>13}  {made}".rstrip() for kind, name, number, made in columns
    )


def _made(area: Area, other: Sequence[str]) -> str:
    """Other names by which it may be chosen, or what a forum is made of."""
    if area.kind == "forum":
        return f"mapping: {listed(geography.forum_parts(area.name))}"
    return ", ".join(name for name in other if not name.endswith("(England)"))
