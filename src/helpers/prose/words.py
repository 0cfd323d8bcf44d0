"""How are numbers and names written in a sentence? `helpers.enumeration` lists several."""

from __future__ import annotations

from helpers.geography import Area
from helpers.study import Study

MEASURES = {"hour": "GVA per hour worked", "job": "GVA per filled job"}

LEVEL_WORDS = {
    "district": "district",
    "upper_tier": "county or unitary authority",
    "itl3": "ITL3 area",
    "itl2": "ITL2 area",
    "combined_authority": "combined authority",
    "itl1": "region",
}


def pounds(value: float, measure: str) -> str:
    """``£35.84`` per hour, ``£57,123`` per job."""
    sign = "-" if value < 0 else ""
    return f"{sign}£{abs(value):,.2f}" if measure == "hour" else f"{sign}£{abs(value):,.0f}"


def percent(share: float, places: int = 1) -> str:
    """``34.0 %`` from 0.34."""
    return f"{share * 100:.{places}f} %"


def less(share: float) -> str:
    """``34.0 % less`` from 0.34, ``5.0 % more`` from -0.05."""
    return f"{percent(abs(share))} {'less' if share >= 0 else 'more'}"


def group(size: int, which: str) -> str:
    """``the 5 least productive districts``, ``the least productive district``."""
    return f"the {which} productive district" if size == 1 else f"the {size} {which} productive districts"


def points(share: float, places: int = 1) -> str:
    """``-1.7 points`` from -0.017."""
    return f"{share * 100:+.{places}f} points"


def area_name(area: Area) -> str:
    """An area as it stands inside a sentence: ``the Midlands``, ``Wales``."""
    directional = ("North ", "South ", "East ", "West ", "Midlands", "United K")
    if area.kind in ("district", "county", "list") and "chosen districts" not in area.name:
        return area.name
    if area.name == "East Anglia":
        return area.name
    takes = area.name.startswith(directional) or "Combined" in area.name
    return f"the {area.name}" if takes or "chosen districts" in area.name else area.name


def sentence_start(area: Area) -> str:
    """The same at the beginning of a sentence: ``The Midlands``."""
    name = area_name(area)
    return name[0].upper() + name[1:]


def measure_name(study: Study) -> str:
    """The measure as a noun phrase."""
    return MEASURES[study.measure]


def count(number: int, noun: str) -> str:
    """``1 district``, ``3 districts``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
