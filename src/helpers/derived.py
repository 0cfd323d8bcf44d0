"""Indicators of our own: published ones divided by others, as ``data/derived.yml`` says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, reduce
from typing import Any

import pandas as pd
import yaml

from helpers import containing, paths, tables
from helpers.errors import TableError
from helpers.indicators import Observed, published

FIELDS = {"label", "unit", "kind", "level", "numerator", "denominator", "scale", "why"}
_OTHER = {"lower": "upper", "upper": "lower"}


@cache
def records() -> dict[str, dict[str, Any]]:
    """Every derived indicator: id to its record of ``data/derived.yml``.

    Raises
    ------
    TableError
        A record lacks a field or has one too many, has no numerator, or takes the id of a published
        indicator.
    """
    found = yaml.safe_load((paths.DATA / "derived.yml").read_text(encoding="utf-8")) or {}
    taken = set(tables.load("indicators")["indicator"])
    for name, record in found.items():
        if set(record) != FIELDS:
            raise TableError(
                f"derived.yml, {name}: expected the fields {sorted(FIELDS)}, found {sorted(record)}."
            )
        if not isinstance(record["numerator"], dict) or not record["numerator"]:
            raise TableError(
                f"derived.yml, {name}: expected a weight for each numerator, such as {{jobs: 1}}."
            )
        if name in taken:
            raise TableError(f"derived.yml: {name} is a published indicator already.")
    return found


@cache
def observe(indicator: str) -> Observed:
    """An indicator by its id, published or derived.

    Parameters
    ----------
    indicator : str
        Id of ``indicators.csv`` or of ``data/derived.yml``.

    Returns
    -------
    Observed
        A derived one has the areas and years that all its parts have. Its interval comes from the
        numerators' where all of them have one of the same kind (the denominator is taken as exact),
        else it has none.

    Raises
    ------
    TableError
        There is no such indicator, or its parts do not share a level.
    """
    record = records().get(indicator)
    return published(indicator) if record is None else _derive(indicator, record)


def _derive(name: str, record: dict[str, Any]) -> Observed:
    level, scale = record["level"], record["scale"]
    first = published(next(iter(record["numerator"])), level)
    parts = [(_on(part, level, first.vintage), weight) for part, weight in record["numerator"].items()]
    kinds = {own.interval for own, _ in parts}
    if len(kinds) > 1:
        raise TableError(f"derived.yml, {name}: its numerators have different intervals: {sorted(kinds)}.")
    interval = kinds.pop()
    value = _sum([weight * own.values for own, weight in parts])
    lower, upper = _bounds(parts, value, interval)
    if record["denominator"]:
        below = _sum([_on(part, level, first.vintage).values for part in record["denominator"]])
        value, lower, upper = value / below, lower / below, upper / below
    value = (value * scale).dropna(how="all").dropna(axis=1, how="all")
    same = {"index": value.index, "columns": value.columns}
    return Observed(
        name, record["label"], record["unit"], level, first.vintage, record["kind"], interval,
        value, lower.mul(scale).reindex(**same), upper.mul(scale).reindex(**same), first.releases,
    )  # fmt: skip


def _bounds(
    parts: list[tuple[Observed, float]], value: pd.DataFrame, interval: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ends of a weighted sum: samples err independently, so squares add; rounding may always add up."""
    power = 2 if interval == "sampling" else 1
    reach = {}
    for end, sign in (("lower", -1), ("upper", 1)):
        # A part that is taken off reaches the other way
        away = [
            abs(weight) * (getattr(own, end if weight > 0 else _OTHER[end]) - own.values).abs()
            for own, weight in parts
        ]
        reach[end] = value + sign * _sum([frame**power for frame in away]) ** (1 / power)
    return reach["lower"], reach["upper"]


def _sum(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Sum cell by cell; a cell that any frame lacks has none."""
    return reduce(lambda total, frame: total + frame, frames)


def _on(indicator: str, level: str, vintage: str) -> Observed:
    """A published total on a level and vintage, summed over districts where it has no other."""
    levels = tables.load("indicators").set_index("indicator").loc[indicator, "geography"].split("|")
    if level in levels:
        own = published(indicator, level)
        if own.vintage == vintage or {own.vintage, vintage} <= {"LAD23", "LAD24"}:
            return own
    return _summed(published(indicator, "district"), level, vintage)


def _summed(own: Observed, level: str, vintage: str) -> Observed:
    """Sum of districts by the area that contains them; an area with a missing district has none.

    A district that lies in several areas of the level cannot be shared out: those areas have none.
    """
    if own.kind != "total":
        raise TableError(f"{own.id} is a rate; rates of districts cannot be summed to {level}.")
    inside = containing.of_districts("district", own.vintage).merge(
        containing.of_districts(level, vintage), on="district", suffixes=("", "_of")
    )
    shared = inside[inside.duplicated("area_code", keep=False)]["area_code_of"]
    inside = inside[~inside["area_code_of"].isin(shared)]
    count = inside.groupby("area_code_of")["area_code"].count()

    def add(frame: pd.DataFrame) -> pd.DataFrame:
        rows = frame.reindex(inside["area_code"])
        by_area = rows.groupby(inside["area_code_of"].to_numpy())
        return by_area.sum().where(by_area.count().eq(count, axis=0))

    return Observed(
        own.id, own.label, own.unit, level, vintage, own.kind, own.interval,
        add(own.values), add(own.lower), add(own.upper), own.releases,
    )  # fmt: skip


def published_parts(indicators: Sequence[str]) -> list[str]:
    """The published indicators behind some indicators, each once."""
    found: list[str] = []
    for indicator in indicators:
        record = records().get(indicator)
        parts = [indicator] if record is None else [*record["numerator"], *record["denominator"]]
        found += [part for part in parts if part not in found]
    return found


def attributions(*indicators: str) -> list[str]:
    """The lines that name the producers of some indicators, each once."""
    known = tables.load("indicators").set_index("indicator")["attribution"]
    return sorted({known[part] for part in published_parts(indicators)})
