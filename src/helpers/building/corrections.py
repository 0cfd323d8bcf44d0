"""Which figures of the sources are known to be wrong, and are they still? Corrections as data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from helpers import paths
from helpers.errors import TableError

FIELDS = {"id", "provider", "card", "reason", "status", "where", "expect", "becomes"}


@dataclass(frozen=True)
class Correction:
    """One known error: where it stands, what the source says today, what it becomes."""

    id: str
    provider: str
    card: str
    reason: str
    status: str
    where: dict[str, Any]
    expect: dict[str, Any]
    becomes: dict[str, Any]


def load(path: Path = paths.DATA / "corrections.yml") -> list[Correction]:
    """All corrections.

    Raises
    ------
    TableError
        A record lacks a field or has one too many.
    """
    records = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    for record in records:
        if set(record) != FIELDS:
            raise TableError(
                f"{path.name}, {record.get('id', '?')}: expected the fields {sorted(FIELDS)}, "
                f"found {sorted(record)}."
            )
    return [Correction(**record) for record in records]


def apply(rows: pd.DataFrame, card: str, corrections: list[Correction]) -> pd.DataFrame:
    """Rows of one raw file with its known errors corrected.

    Parameters
    ----------
    rows : DataFrame
        What the reader of the file returned.
    card : str
        Id of the file's card.
    corrections : list of Correction
        All corrections; those of other cards are left alone.

    Returns
    -------
    DataFrame
        A corrected copy.

    Raises
    ------
    TableError
        The source no longer says what the correction expects: the correction must go.
    """
    rows = rows.copy()
    for fix in corrections:
        if fix.card != card:
            continue
        where = fix.where
        hit = (
            rows["indicator"].isin(where["indicator"])
            & rows["area_code"].str.startswith(where["area_code_begins"])
            & (rows["year"] == where["year"])
        )
        still = hit & (rows["value"] == fix.expect["value"])
        if still.sum() != fix.expect["rows"] or hit.sum() != still.sum():
            raise TableError(
                f"correction {fix.id}: expected {fix.expect['rows']} figures equal to "
                f"{fix.expect['value']} in {card}, found {still.sum()} of {hit.sum()}. The source "
                "has changed: look at it, then mend or remove the record in data/corrections.yml."
            )
        rows.loc[hit, "value"] = float("nan")
        rows.loc[hit, "status"] = fix.becomes["status"]
    return rows
