"""What is each district made of? The figures on which districts are compared, made comparable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from helpers import boundaries, containing, geography, paths
from helpers.derived import observe
from helpers.errors import TableError
from helpers.geography import PRESENT
from helpers.indicators import Observed

FILE = paths.DATA / "neighbours.yml"
TRANSFORMS: dict[str, Callable[[pd.Series], pd.Series]] = {
    "none": lambda values: values,
    "log": lambda values: np.log(values.where(values > 0)),
    "sqrt": lambda values: np.sqrt(values.where(values >= 0)),
}
DENSITY = "residents_per_km2"  # ours: residents over the area within the simplified boundaries


@dataclass(frozen=True)
class Rule:
    """One row of ``data/neighbours.yml``: what districts are compared on, and how much it counts."""

    indicator: str
    year: str | int
    transform: str
    weight: float
    reason: str


@cache
def rules(file: Path = FILE) -> tuple[Rule, ...]:
    """The indicators that make districts alike, in the order of the file.

    Raises
    ------
    TableError
        A row lacks a field or has one too many, its transform is unknown, its weight is not above
        zero, or an indicator stands twice.
    """
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))
    fields = set(Rule.__annotations__)
    for row in rows:
        if set(row) != fields:
            raise TableError(f"{file.name}: expected the fields {sorted(fields)}, found {sorted(row)}.")
        if row["transform"] not in TRANSFORMS or not row["weight"] > 0:
            raise TableError(
                f"{file.name}, {row['indicator']}: expected a transform among {', '.join(TRANSFORMS)} and "
                f"a weight above zero, found {row['transform']} and {row['weight']}."
            )
    if len({row["indicator"] for row in rows}) < len(rows):
        raise TableError(f"{file.name}: an indicator stands twice.")
    return tuple(Rule(**row) for row in rows)


def present(observed: Observed, year: int) -> pd.Series:
    """One year of an indicator by district of December 2024.

    Returns
    -------
    Series
        Indexed by all present districts. The total of a district that was made of several is their
        sum, if all have a figure; a rate of several has no value, because it needs weights.
    """
    pairs = containing.of_districts("district", observed.vintage)
    parts = observed.values[year].reindex(pairs["area_code"]).groupby(pairs["district"].to_numpy())
    whole = parts.count().eq(parts.size()) & (observed.kind == "total" or parts.size().eq(1))
    return parts.sum().where(whole).reindex(geography.all_districts(PRESENT).index)


@cache
def _figures(rule: Rule) -> tuple[pd.Series, int]:
    """Figures of one row of the rule by present district, and their year."""
    observed = observe("population_total" if rule.indicator == DENSITY else rule.indicator)
    covered = observed.values.notna().sum()
    year = int(covered[covered == covered.max()].index[-1]) if rule.year == "latest" else int(rule.year)
    if year not in covered.index:
        raise TableError(f"{FILE.name}: {rule.indicator} has no figures for {year}.")
    values = present(observed, year)
    if rule.indicator == DENSITY:
        square_metres = boundaries.load().area
        values = values / (square_metres.reindex(values.index) / 1e6)
    return values, year


def definition() -> pd.DataFrame:
    """The rule as it was applied: ``indicator, label, year, transform, weight, districts, reason``.

    ``districts`` is how many have a figure that can be used.
    """
    own = {DENSITY: "Residents per square kilometre"}
    return pd.DataFrame(
        {
            "indicator": rule.indicator,
            "label": own.get(rule.indicator) or observe(rule.indicator).label,
            "year": _figures(rule)[1],
            "transform": rule.transform,
            "weight": rule.weight,
            "districts": int(standard()[rule.indicator].notna().sum()),
            "reason": rule.reason,
        }
        for rule in rules()
    )


@cache
def standard() -> pd.DataFrame:
    """Every district of the UK on every indicator of the rule, standardised.

    Returns
    -------
    DataFrame
        Rows are districts of December 2024, columns indicators (`standardised` after the transform).
        NaN where nothing is published, or where the transform has no value (the logarithm of zero, the
        root of a negative figure).

    Raises
    ------
    TableError
        An indicator does not vary.
    """
    return pd.DataFrame(
        {r.indicator: standardised(TRANSFORMS[r.transform](_figures(r)[0]), r.indicator) for r in rules()}
    )


def standardised(values: pd.Series, name: str) -> pd.Series:
    """Less the mean, over the standard deviation: both of all districts that have a figure.

    The deviation is that of a population (over n), so the mean squared difference of two at random is 2.
    """
    spread = values.std(ddof=0)
    if not spread > 0:
        raise TableError(f"neighbours.yml: {name} does not vary between districts.")
    return (values - values.mean()) / spread
