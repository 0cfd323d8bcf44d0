"""Which districts are there in each code vintage, what contains them, and what is a set of them?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
import yaml

from helpers import paths, tables
from helpers.building.area_table import PRESENT
from helpers.errors import AreaError


@dataclass(frozen=True)
class Area:
    """A set of districts with a name.

    Attributes
    ----------
    name : str
        How the text calls it.
    kind : str
        One of `CHOOSABLE`, or ``list``.
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


@cache
def ours() -> dict[str, Any]:
    """Names and sets of areas that no look-up gives: ``data/geography.yml``."""
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
    short = short_names()
    frame = rows.assign(
        present=now, name=[short.get(c, n) for c, n in zip(rows["code"], rows["name"], strict=True)]
    )
    columns = ["code", "name", "itl3", "itl2", "itl1", "combined_authority", "forum", "present"]
    return frame[columns].set_index("code").sort_index()


@cache
def short_names() -> dict[str, str]:
    """Code to name, where the published name is turned round (``Bristol, City of``)."""
    rows = tables.load("areas")
    turned = rows[rows["name"].str.contains(", (?:City|County) of$") & (rows["level"] == "district")]
    return {code: name.split(", ")[0] for code, name in zip(turned["code"], turned["name"], strict=True)}


def regions_of(codes: set[str]) -> tuple[str, ...]:
    """The ITL1 regions whose districts together are exactly these codes, else nothing."""
    districts = all_districts(PRESENT)
    touched = sorted(set(districts.loc[sorted(codes), "itl1"]))
    return tuple(touched) if set(districts.index[districts["itl1"].isin(touched)]) == codes else ()
