"""Which public figures of districts stand for people, firms and places, and which are tainted?

A figure is tainted where it shares the outcome's numerator (an industry's share of GVA) or is an
outcome itself (house prices). Nothing per hour or per job is used: errors of hours, the outcome's
denominator, would stand on both sides of the equation. That figures of residents, firms and surroundings
stand for people, firms and places is assumption A30.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from helpers import boundaries, containing, geography
from helpers.comparisons.structure import DENSITY, TRANSFORMS, present
from helpers.derived import observe
from helpers.dynamics import unsmoothed
from helpers.geography import PRESENT
from helpers.indicators import published

BLOCKS = ("people", "firms", "industry", "places")  # industry is a part of firms but where it stands apart
OUTCOME_YEARS = {"latest year": (2023,), "mean of five years": tuple(range(2019, 2024))}
# Industries -> sections of employees (by ITL3 area), and industries of GVA (by district).
INDUSTRIES = {
    "manufacturing": (("manufacturing",), ("manufacturing",)),
    "information": (("information_communication",), ("information_communication",)),
    "finance": (("finance",), ("finance",)),
    "professional": (("professional",), ("professional",)),
    "public": (
        ("public_administration", "education", "health"),
        ("public_administration", "education", "health"),
    ),
}
POTENTIAL = "population_potential"
SURVEYED = ("level3",)  # columns from a sample survey with published intervals; none is transformed


@dataclass(frozen=True)
class Column:
    """One characteristic: mean of an indicator over some years, transformed."""

    name: str
    block: str
    label: str
    indicator: str
    years: tuple[int, ...]
    transform: str = "none"
    tainted: str = ""


_JOBS = [
    Column(
        f"jobs_{name}", "firms", f"employees in {name}, share (ITL3)", f"employees_{name}", (2023,), "sqrt"
    )
    for name in INDUSTRIES
]
_GVA = [
    Column(
        f"gva_{name}", "firms", f"GVA from {name}, share", f"gva_{name}", (2023,), "sqrt",
        "shares the outcome's numerator",
    )
    for name in INDUSTRIES
]  # fmt: skip
COLUMNS = (
    Column("level3", "people", "residents with RQF level 3 or above", "rqf_level3plus", (2022, 2023)),
    Column("young", "people", "residents aged 16 to 24, share", "residents_16_24_share", (2022,)),
    Column("old", "people", "residents aged 65 and over, share", "residents_65_plus_share", (2022,)),
    Column("small", "firms", "enterprises with fewer than 50 employees", "small_enterprises_share", (2024,)),
    Column("large", "firms", "enterprises with 250 or more employees", "large_enterprises_share", (2024,)),
    Column("births", "firms", "births of enterprises, rate", "birth_rate", (2022, 2023)),
    Column("high_growth", "firms", "enterprises growing fast, share", "high_growth_share", (2022, 2023)),
    *_JOBS,
    *_GVA,
    Column("density", "places", "residents per square kilometre", DENSITY, (2022,), "log"),
    Column("potential", "places", "residents near by, all over distance", POTENTIAL, (2022,), "log"),
    Column("full_fibre", "places", "premises that could have full fibre", "full_fibre", (2023,)),
    Column("slow_lines", "places", "premises that could not have 30 Mbit/s", "below_30mbit", (2023,), "sqrt"),
    Column("car", "places", "travel time to an employment centre by car", "travel_time_car", (2019,), "log"),
    Column(
        "public_transport", "places", "travel time to an employment centre by public transport or on foot",
        "travel_time_public", (2019,), "log",
    ),
    Column(
        "house_prices", "places", "median house price over residents' median pay", "housing_affordability",
        (2023,), "log", "is an outcome of productivity",
    ),
)  # fmt: skip
_TRAVEL = ("car", "public_transport")
CLEAN = tuple(c.name for c in COLUMNS if not c.tainted and c.name not in _TRAVEL)
_WITH_GVA = tuple(name.replace("jobs_", "gva_") for name in CLEAN)
APART = "clean, industry apart"
SETS: dict[str, tuple[str, ...]] = {
    "clean": CLEAN,
    APART: CLEAN,
    "with travel times": (*CLEAN, *_TRAVEL),
    "with GVA shares": _WITH_GVA,
    "with house prices": (*CLEAN, "house_prices"),
    "with both": (*_WITH_GVA, "house_prices"),
}
LONDON = "TLI"


@dataclass(frozen=True)
class Sample:
    """Districts of some nations that have every figure of some sets, so that the sets can be compared."""

    nations: str
    sets: tuple[str, ...]
    without: str = ""


SAMPLES = {
    "Great Britain": Sample("EWS", ("clean", APART)),
    "Great Britain without London": Sample("EWS", ("clean",), LONDON),
    "England": Sample("E", ("clean", "with travel times")),
    "England and Wales": Sample("EW", ("clean", "with GVA shares", "with house prices", "with both")),
}


def columns(name: str) -> list[Column]:
    """Columns of one of `SETS`, ordered by block."""
    chosen = [column for column in COLUMNS if column.name in SETS[name]]
    if name == APART:
        chosen = [replace(c, block="industry") if c.name.startswith("jobs_") else c for c in chosen]
    return sorted(chosen, key=lambda column: BLOCKS.index(column.block))


@cache
def characteristics() -> pd.DataFrame:
    """Every column of `COLUMNS` by district of December 2024; NaN where a figure or its transform lacks."""
    return pd.DataFrame({c.name: TRANSFORMS[c.transform](_values(c)) for c in COLUMNS})


@cache
def noise() -> pd.Series:
    """Variance of the sampling error of each column, mean over districts; 0 where no interval is published.

    From the widths of the producer's 95 % intervals. Years are taken as independent samples, although the
    survey asks some people twice, so that the variance of a mean of years is understated. Rounding of
    counts of enterprises is not in it.
    """
    found = {column.name: 0.0 for column in COLUMNS}
    for column in COLUMNS:
        if column.name in SURVEYED:
            own, years = observe(column.indicator), list(column.years)
            errors = (own.upper[years] - own.lower[years]) / 2 / 1.959964
            number = errors.notna().sum(axis=1)
            found[column.name] = float(((errors**2).sum(axis=1) / number.where(number > 0) ** 2).mean())
    return pd.Series(found)


@cache
def outcome(period: str) -> pd.Series:
    """Log of unsmoothed GVA per hour over that of the UK, mean over years of `OUTCOME_YEARS`, by district."""
    panel = unsmoothed.panel(geography.resolve("UK"))
    years = list(OUTCOME_YEARS[period])
    return np.log(panel.values[years].div(panel.uk_value[years])).mean(axis=1, skipna=False)


def sample(name: str) -> pd.Index:
    """Districts of one of `SAMPLES` with an outcome and every figure: codes of December 2024, sorted."""
    return _considered(name).dropna().index


def left_out(name: str) -> pd.Series:
    """Districts that a sample would have but for a figure: code -> what lacks, joined by ``|``."""
    lacking = _considered(name).isna()
    lacking = lacking[lacking.any(axis=1)]
    return pd.Series({code: "|".join(row.index[row]) for code, row in lacking.iterrows()}, dtype=str)


def names_left_out(name: str) -> list[str]:
    """Names of the districts of `left_out`, in the order of their codes."""
    return [str(geography.names()[code]) for code in left_out(name).index]


def _considered(name: str) -> pd.DataFrame:
    """All figures that a sample needs, of every district of its nations."""
    asked = SAMPLES[name]
    needed = sorted({column for chosen in asked.sets for column in SETS[chosen]})
    frame = characteristics()[needed].assign(outcome=outcome("mean of five years"))
    region = geography.all_districts(PRESENT)["itl1"].reindex(frame.index)
    return frame[frame.index.str[0].isin(list(asked.nations)) & (region != asked.without)]


def _values(column: Column) -> pd.Series:
    """Mean over the years that have a figure; none where no year has."""
    if column.indicator in (DENSITY, POTENTIAL):
        return _settlement()[column.indicator]
    if column.name.startswith("jobs_"):
        return _employees()[column.name]
    if column.name.startswith("gva_"):
        parts = INDUSTRIES[column.name.removeprefix("gva_")][1]
        made = sum(published(f"gva_{part}", "district").values[2023] for part in parts)
        share = made / published("gva_all", "district").values[2023]
        return share.reindex(geography.all_districts(PRESENT).index)
    own = observe(column.indicator)
    return pd.DataFrame({year: present(own, year) for year in column.years}).mean(axis=1)


@cache
def _settlement() -> pd.DataFrame:
    """Density, and Harris's (1954) potential: residents of all districts over the distance to them.

    Distances are those of centres; within a district it is that of a disc of its size, on average two
    thirds of the radius. Both from simplified boundaries.
    """
    people = present(published("population_total"), 2022)
    shapes = boundaries.load().loc[people.index]
    centre = shapes.geometry.centroid
    x, y = centre.x.to_numpy() / 1000, centre.y.to_numpy() / 1000
    apart = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    size = shapes.geometry.area.to_numpy() / 1e6
    np.fill_diagonal(apart, 2 / 3 * np.sqrt(size / np.pi))
    near = (people.to_numpy()[None, :] / apart).sum(axis=1)
    return pd.DataFrame({DENSITY: people / size, POTENTIAL: near}, index=people.index)


@cache
def _employees() -> pd.DataFrame:
    """Shares of industries in employees of the ITL3 area, or areas, that a district lies in."""
    pairs = containing.of_districts("itl3", "ITL21")
    everyone = published("employees_all", "itl3").values[2023]
    found = {}
    for name, (sections, _) in INDUSTRIES.items():
        own = sum(published(f"employees_{section}", "itl3").values[2023] for section in sections)
        by = pd.DataFrame(
            {"own": pairs["area_code"].map(own), "all": pairs["area_code"].map(everyone)}
        ).groupby(pairs["district"])
        found[f"jobs_{name}"] = by["own"].sum(min_count=1) / by["all"].sum(min_count=1)
    return pd.DataFrame(found).reindex(geography.all_districts(PRESENT).index)
