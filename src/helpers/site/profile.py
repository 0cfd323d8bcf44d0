"""What is known of one district? Everything that its page and figures show, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import geography, series
from helpers.comparisons import neighbours
from helpers.comparisons.comparison import group_mean
from helpers.derived import observe
from helpers.errors import AreaError
from helpers.geography import Area
from helpers.site import facts, history
from helpers.site.address import slug
from helpers.site.facts import Fact
from helpers.site.history import Change, Level

INVESTMENT = "gfcf_per_hour"
POLICY_TABLE = Path("08_policy", "tables", "policy_districts.csv")


@dataclass(frozen=True)
class Neighbour:
    """A district alike in structure; ``page`` is the slug of its page in this book, or empty."""

    name: str
    distance: float
    stability: float
    page: str


@dataclass(frozen=True)
class Invested:
    """Investment per hour worked in a larger area that holds the district, GBP of the year."""

    where: str
    year: int
    value: float
    area_mean: float
    uk_mean: float


@dataclass(frozen=True)
class Effect:
    """What all interventions together do to output per hour, per cent, by where the money goes."""

    allocation: str
    effect: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Profile:
    """One district of one area.

    Attributes
    ----------
    code, name, region, area, authority : str
        ``area`` is that of the book, ``authority`` the combined authority or empty.
    levels : tuple of Level
        GVA per hour in every release and year, latest release last.
    job : Level or None
        GVA per job in the last year of the latest release.
    rank_band, uk_rank_band : (int, int)
        Ranks in the last year that 95 % of draws of revision allow, among the area and the UK.
    uk_rank, uk_of : int
    change : Change or None
        None where the latest release has fewer than two years.
    facts : tuple of Fact
    neighbours : tuple of Neighbour
    invested : tuple of Invested
    policy : tuple of Effect or None
        None where the simulation of the area has no table of districts.
    """

    code: str
    name: str
    region: str
    area: Area
    authority: str
    levels: tuple[Level, ...]
    job: Level | None
    rank_band: tuple[int, int]
    uk_rank: int
    uk_of: int
    uk_rank_band: tuple[int, int]
    change: Change | None
    facts: tuple[Fact, ...]
    neighbours: tuple[Neighbour, ...]
    invested: tuple[Invested, ...]
    policy: tuple[Effect, ...] | None

    @property
    def now(self) -> Level:
        """Its last year in the latest release."""
        return self.levels[-1]


def profile(code: str, area: Area, seed: int, runs: Path | None = None) -> Profile:
    """Everything that is shown of one district.

    Parameters
    ----------
    code : str
        Code of December 2024.
    area : Area
        The area of the book, of which it is a district.
    seed : int
        Of the draws behind the bands of ranks.
    runs : Path, optional
        Folder of runs, for the simulation of policies.

    Raises
    ------
    AreaError
        It is no district of the area.
    """
    if code not in area.codes:
        raise AreaError(f"{code} is no district of {area.name}.")
    row = geography.all_districts().loc[code]
    release = series.releases("hour")[-1]
    uk_panel = series.panel(geography.resolve("UK"), "hour", release)
    last = uk_panel.years[-1]
    alike = neighbours.neighbours(code)
    own = history.of_districts(area, "hour")
    job = [level for level in history.of_districts(area, "job").get(code, ()) if level.release == release]
    return Profile(
        code=code,
        name=str(row["name"]),
        region=geography.area_name(row["itl1"]),
        area=area,
        authority=geography.area_name(row["combined_authority"]) if row["combined_authority"] else "",
        levels=own[code],
        job=job[-1] if job else None,
        rank_band=history.rank_bands(series.panel(area, "hour", release), seed)[code],
        uk_rank=int(uk_panel.values[last].rank(ascending=False, method="min")[code]),
        uk_of=int(uk_panel.values[last].notna().sum()),
        uk_rank_band=history.rank_bands(uk_panel, seed)[code],
        change=history.change(code, area, release),
        facts=facts.of_district(code, area.codes, tuple(alike["neighbour_code"])),
        neighbours=tuple(
            Neighbour(
                one.neighbour_name,
                float(one.distance),
                float(one.stability),
                slug(one.neighbour_name) if one.neighbour_code in area.codes else "",
            )
            for one in alike.itertuples(index=False)
        ),
        invested=_invested(code, area),
        policy=_policy(code, runs),
    )


def _invested(code: str, area: Area) -> tuple[Invested, ...]:
    """Investment per hour of the larger areas that hold a district, beside the means of areas."""
    observed = observe(INVESTMENT)
    here, everywhere = (
        group_mean(observed, codes)["value"] for codes in (area.codes, geography.resolve("UK").codes)
    )
    found = []
    for place in facts.places(observed.level, observed.vintage).get(code, ()):
        for year, value in observed.values.loc[place].dropna().items():
            means = float(here.get(year, np.nan)), float(everywhere.get(year, np.nan))
            found.append(Invested(geography.area_name(place), int(year), float(value), *means))
    return tuple(found)


def _policy(code: str, runs: Path | None) -> tuple[Effect, ...] | None:
    """Rows of the simulation's table of districts, or None where it has none of this district."""
    table = None if runs is None else _policy_table(runs / POLICY_TABLE)
    if table is None:
        return None
    rows = table[table["area_code"] == code].dropna(subset=["effect", "lower", "upper"])
    found = [
        Effect(str(row.allocation), float(row.effect), float(row.lower), float(row.upper))
        for row in rows.itertuples(index=False)
    ]
    return tuple(found) or None


@cache
def _policy_table(path: Path) -> pd.DataFrame | None:
    return pd.read_csv(path) if path.is_file() else None


def all_profiles(area: Area, seed: int, runs: Path | None = None) -> Sequence[Profile]:
    """Every district of an area, by name."""
    names = geography.names()[list(area.codes)].sort_values()
    return [profile(code, area, seed, runs) for code in names.index]
