"""How does a district stand on an indicator, beside its area and beside the districts most like it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from helpers import containing, geography, revisions, series
from helpers.comparisons import comparison
from helpers.derived import observe
from helpers.indicators import Observed
from helpers.prose.words import LEVEL_WORDS
from helpers.site.verdicts import FEWEST, NOTHING, UNJUDGED, Beside, below, judge

PRODUCTIVITY = "gva_per_hour"

# Topic, indicator, which direction is better for those who live or work there (empty where more is neither
# better nor worse), and what it is called in a list.
SHOWN = (
    ("productivity", PRODUCTIVITY, "higher", "GVA per hour worked"),
    ("skills", "rqf_level3plus", "higher", "residents with level 3 or above"),
    ("skills", "rqf_none", "lower", "residents without qualifications"),
    ("skills", "apprenticeship_achievements", "higher", "apprenticeships achieved"),
    ("people", "population_total", "", "population"),
    ("people", "working_age_share", "", "residents aged 16 to 64"),
    ("people", "residents_65_plus_share", "", "residents aged 65 and over"),
    ("people", "employment_rate", "higher", "employment rate"),
    ("people", "pay_weekly_residence", "higher", "weekly pay of residents"),
    ("people", "gdhi_per_head", "higher", "household income per head"),
    ("people", "housing_affordability", "lower", "house prices over pay"),
    ("firms", "pay_hourly_workplace", "higher", "hourly pay at the place of work"),
    ("firms", "small_enterprises_share", "", "enterprises below 50 employees"),
    ("firms", "large_enterprises_share", "", "enterprises of 250 employees or more"),
    ("firms", "birth_rate", "higher", "births of enterprises"),
    ("firms", "three_year_survival", "higher", "enterprises that lived three years"),
    ("firms", "high_growth_share", "higher", "fast-growing enterprises"),
    ("investment", "gfcf_per_hour", "higher", "investment per hour worked"),
    ("investment", "fdi_inward_per_job", "higher", "foreign investment per job"),
    ("investment", "exports_per_job", "higher", "exports per job"),
    ("investment", "innovate_uk_per_job", "higher", "grants of Innovate UK per job"),
    ("investment", "transport_capital_per_head", "higher", "local capital spending on transport"),
    ("investment", "full_fibre", "higher", "premises with full fibre"),
    ("investment", "gigabit_capable", "higher", "premises with a gigabit line"),
)


@dataclass(frozen=True)
class Fact:
    """One indicator of a district, or of the larger area that holds it.

    Attributes
    ----------
    topic, indicator, label, short, unit, better : str
        As in `SHOWN` and the tables.
    level, where : str
        Level of the figure and, above districts, the name of the area that it is of.
    year, release : int or None
        None where nothing is published.
    value, lower, upper : float
        With the ends of its interval; NaN where there is none.
    interval : str
        ``sampling``, ``rounding``, ``revision`` or empty, as the indicator has.
    area, neighbours : Beside
        Beside the districts of the area of the book, and beside the statistical neighbours.
    neighbours_place : float
        Share of the area's others that lie below the neighbours' mean.
    """

    topic: str
    indicator: str
    label: str
    short: str
    unit: str
    better: str
    level: str
    where: str
    year: int | None
    release: int | None
    value: float
    lower: float
    upper: float
    interval: str
    area: Beside
    neighbours: Beside
    neighbours_place: float


def of_district(code: str, area_codes: Sequence[str], neighbour_codes: Sequence[str]) -> tuple[Fact, ...]:
    """Every shown indicator of a district.

    Parameters
    ----------
    code : str
        Code of December 2024.
    area_codes, neighbour_codes : sequence of str
        Districts of the area of the book, and the statistical neighbours.

    Returns
    -------
    tuple of Fact
        In the order of `SHOWN`. A district in several areas of a level has a fact of each; one that has
        never had a figure has a fact without a year. Each is of the last year with a figure of its own, and
        the others are compared in the same year.
    """
    found = []
    for topic, indicator, better, short in SHOWN:
        own = _observed(indicator)
        held = places(own.level, own.vintage)
        blank = Fact(
            topic, indicator, own.label, short, own.unit, better, own.level, "", None, None,
            np.nan, np.nan, np.nan, own.interval, NOTHING, NOTHING, np.nan,
        )  # fmt: skip
        facts = [
            _fact(blank, own, place, _within(held, area_codes), _within(held, neighbour_codes))
            for place in held.get(code, ())
        ]
        found += facts or [blank]
    return tuple(found)


@cache
def _observed(indicator: str) -> Observed:
    """An indicator; productivity with what revision may do to one district as its interval."""
    if indicator != PRODUCTIVITY:
        return observe(indicator)
    panel = series.panel(geography.resolve("UK"), "hour", series.releases("hour")[-1])
    low, high = own_band(panel)
    # Districts are revised one by one, so the reach of a mean shrinks as that of samples does
    return replace(
        observe(indicator),
        interval="sampling",
        values=panel.values,
        lower=panel.values * low,
        upper=panel.values * high,
    )


def own_band(panel: series.Panel) -> tuple[np.ndarray, np.ndarray]:
    """Factors between which revision may move each figure relative to all districts, (n, T) each."""
    possible = np.moveaxis(revisions.own_paths(panel), 1, 0)
    return revisions.band_of_outcomes(np.exp(np.concatenate([possible, -possible])))


@cache
def places(level: str, vintage: str) -> dict[str, tuple[str, ...]]:
    """District to the codes of the areas of a level that hold it."""
    pairs = containing.of_districts(level, vintage)
    return pairs.groupby("district")["area_code"].agg(tuple).to_dict()


def _within(held: dict[str, tuple[str, ...]], districts: Sequence[str]) -> tuple[str, ...]:
    """Areas that hold any of some districts, each once."""
    return tuple(sorted({code for district in districts for code in held.get(district, ())}))


@cache
def _mean(indicator: str, codes: tuple[str, ...], year: int) -> pd.Series | None:
    """Mean over areas in one year as `helpers.comparisons.comparison.average`, or None."""
    own = _observed(indicator)
    one = {name: getattr(own, name)[[year]] for name in ("values", "lower", "upper")}
    rows = comparison.average(replace(own, **one), codes)
    return None if rows.empty else rows.loc[year]


@cache
def _figures(indicator: str, year: int) -> dict[str, float]:
    """Every area's figure of a year."""
    return _observed(indicator).values[year].dropna().to_dict()


def _others(indicator: str, year: int, codes: Sequence[str], place: str) -> np.ndarray:
    """Figures of a year of some areas but one, those without a figure left out."""
    known = _figures(indicator, year)
    return np.array([known[code] for code in codes if code != place and code in known])


def _fact(blank: Fact, own: Observed, place: str, area: tuple[str, ...], alike: tuple[str, ...]) -> Fact:
    where = "" if own.level == "district" else geography.area_name(place)
    known = own.values.loc[place].dropna() if place in own.values.index else pd.Series(dtype=float)
    if known.empty:
        return replace(blank, where=where)
    year = int(known.index[-1])
    value, lower, upper = (float(frame.at[place, year]) for frame in (own.values, own.lower, own.upper))
    ends = (value, lower, upper)
    fact = replace(
        blank,
        where=where,
        year=year,
        release=own.releases[year],
        value=value,
        lower=lower,
        upper=upper,
        interval="revision" if own.id == PRODUCTIVITY else own.interval,
        area=_beside(blank, own, place, ends, area, year),
        neighbours=_beside(blank, own, place, ends, alike, year),
    )
    others = _others(own.id, year, area, place)
    return replace(fact, neighbours_place=below(others, fact.neighbours.mean))


def _beside(
    blank: Fact, own: Observed, place: str, ends: tuple[float, ...], codes: tuple[str, ...], year: int
) -> Beside:
    """The figure beside the mean and the places of others."""
    mean = _mean(own.id, codes, year)
    if mean is None:
        return NOTHING
    others = _others(own.id, year, codes, place)
    ranks = [below(others, end) for end in ends]
    found = Beside(float(mean["value"]), int(mean["n"]), (ranks[0], ranks[1], ranks[2]), UNJUDGED)
    if len(others) < FEWEST or (own.interval and np.isnan(ends[1])):
        return found  # too few others, or an interval that other districts have and this one lacks
    spread = mean[["lower", "upper"]].fillna(mean["value"])
    return replace(found, verdict=judge(found, blank.better, (ends[1], ends[2]), tuple(spread)))


def level_words(fact: Fact) -> str:
    """``ITL3 area Solihull``; empty for a figure of the district itself."""
    return f"{LEVEL_WORDS[fact.level]} {fact.where}" if fact.where else ""
