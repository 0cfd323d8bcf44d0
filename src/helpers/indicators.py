"""What does a published indicator say of each area, and on which level does it exist?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from helpers import tables
from helpers.errors import TableError, nearest

# Levels by how close they come to a district; an indicator is compared on the first that it has.
LEVELS = ("district", "upper_tier", "itl3", "itl2", "combined_authority", "itl1")


@dataclass(frozen=True, eq=False)
class Observed:
    """One indicator on one level.

    Attributes
    ----------
    id, label, unit, level, vintage : str
        ``vintage`` is that of the area codes in the latest release.
    kind : str
        ``rate`` (percentages, ratios, pounds per something) or ``total`` (counts, sums).
    interval : str
        What `lower` and `upper` are: ``sampling`` (the producer's 95 % interval), ``rounding`` (the
        values that are rounded to the published one) or empty where there are none.
    values, lower, upper : DataFrame
        Rows are area codes of `vintage`, columns are years; NaN where nothing is published. Each
        year is taken from the latest release that has it.
    releases : dict of int to int
        Year to the release it is taken from.
    """

    id: str
    label: str
    unit: str
    level: str
    vintage: str
    kind: str
    interval: str
    values: pd.DataFrame
    lower: pd.DataFrame
    upper: pd.DataFrame
    releases: dict[int, int]


def about(indicator: str) -> pd.Series:
    """Its row of ``indicators.csv``.

    Raises
    ------
    TableError
        There is no such indicator; the nearest are named.
    """
    known = tables.load("indicators").set_index("indicator")
    if indicator not in known.index:
        raise TableError(f"There is no indicator {indicator!r}. {nearest(indicator, known.index)}")
    return known.loc[indicator]


@cache
def published(indicator: str, level: str | None = None) -> Observed:
    """Every figure of one indicator on one level.

    Parameters
    ----------
    indicator : str
        Id of ``indicators.csv``.
    level : str, optional
        One of `LEVELS`; the closest to a district that the indicator has otherwise.

    Returns
    -------
    Observed

    Raises
    ------
    TableError
        The indicator is unknown or does not exist on the level.
    """
    row = about(indicator)
    rows = pd.concat([tables.load(name) for name in row["table"].split("|")])
    rows = rows[rows["indicator"] == indicator]
    areas = tables.load("areas")[["code", "vintage", "level"]]
    rows = rows.merge(areas, left_on=["area_code", "area_vintage"], right_on=["code", "vintage"])
    level = level or next((one for one in LEVELS if (rows["level"] == one).any()), "")
    rows = rows[rows["level"] == level]
    if rows.empty:
        raise TableError(
            f"{indicator} does not exist on level {level!r}; it has {row['geography'].replace('|', ', ')}."
        )
    latest = rows.loc[rows["release"].idxmax(), "area_vintage"]
    rows = rows[rows["area_vintage"].map(lambda v: _same_codes(v, latest, level))]
    newest = rows.groupby("year")["release"].transform("max")
    rows = rows[rows["release"] == newest]
    wide = {
        name: rows.pivot(index="area_code", columns="year", values=name)
        for name in ("value", "lower", "upper")
    }
    releases = rows.groupby("year")["release"].max()
    return Observed(
        indicator, row["label"], row["unit"], level, latest, row["kind"], row["interval"],
        wide["value"], wide["lower"], wide["upper"], {int(y): int(r) for y, r in releases.items()},
    )  # fmt: skip


def _same_codes(vintage: str, latest: str, level: str) -> bool:
    """Whether codes of two vintages name the same areas: districts of 2023 and 2024 do."""
    same = {"LAD23", "LAD24"}
    return vintage == latest or (level == "district" and {vintage, latest} <= same)
