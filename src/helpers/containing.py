"""Which areas of another level or code vintage contain these districts?

That they may be compared in the districts' place is assumption A13.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pandas as pd

from helpers import geography
from helpers.area_names import counties
from helpers.building.area_table import PRESENT
from helpers.errors import AreaError

LAD_OF_ITL = {"ITL21": "LAD23", "ITL25": "LAD24"}


@cache
def of_districts(level: str, vintage: str) -> pd.DataFrame:
    """Present districts and the areas of one level and vintage that contain them.

    Parameters
    ----------
    level : str
        ``district``, ``itl3``, ``itl2``, ``itl1``, ``combined_authority`` or ``upper_tier``.
    vintage : str
        Vintage of the areas' codes, as in ``areas.csv``.

    Returns
    -------
    DataFrame
        ``district`` (code of December 2024) and ``area_code``. A district that was made of several
        former ones, or that lies in several areas, has several rows; one that lies in none has none.

    Raises
    ------
    AreaError
        The level is not known.
    """
    lad = vintage if level == "district" else LAD_OF_ITL.get(vintage, PRESENT)
    rows = geography.all_districts(lad).reset_index().rename(columns={"present": "district"})
    if level == "district":
        pairs = rows.assign(area_code=rows["code"])
    elif level in ("itl1", "itl2", "itl3", "combined_authority"):
        pairs = rows.assign(area_code=rows[level].str.split("|")).explode("area_code")
    elif level == "upper_tier":
        pairs = rows.assign(area_code=rows["code"].map(_county_of()).fillna(rows["code"]))
    else:
        raise AreaError(
            f"level {level!r} is not known; expected district, itl3, itl2, itl1, combined_authority or "
            "upper_tier."
        )
    pairs = pairs[pairs["area_code"] != ""]
    return pairs[["district", "area_code"]].drop_duplicates(ignore_index=True)


def areas_of(districts: Iterable[str], level: str, vintage: str) -> list[str]:
    """Codes of the areas of a level that contain any of some districts, each once, sorted."""
    pairs = of_districts(level, vintage)
    return sorted(set(pairs.loc[pairs["district"].isin(list(districts)), "area_code"]))


def outside(districts: Iterable[str], level: str, vintage: str) -> list[str]:
    """The districts that no area of a level contains, such as those outside combined authorities."""
    return sorted(set(districts) - set(of_districts(level, vintage)["district"]))


@cache
def _county_of() -> dict[str, str]:
    """District code -> county code, for districts in two-tier counties."""
    return {district: code for code, county in counties().items() for district in county["districts"]}
