"""What broadband could premises have? Ofcom's fixed coverage by district, one file a year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, columns, markers, uk_areas
from helpers.sources.area_codes import RECODED, SUCCESSOR

PREMISES = "All Premises"
SUPERFAST = "SFBB availability (% premises)"
FIRST_WITH_PREMISES = 2018
FIRST_INCLUSIVE = 2020  # until 2019 "SFBB" stops where ultrafast (300 Mbit/s) begins
FEWEST = 361  # districts of April 2023


def indicators(year: int) -> dict[str, str]:
    """Published column -> indicator, for the file of a year."""
    found = {"% of premises unable to receive 30Mbit/s": "below_30mbit"}
    found[SUPERFAST] = "superfast" if year >= FIRST_INCLUSIVE else "superfast_not_ultrafast"
    if year >= FIRST_WITH_PREMISES:
        found["Full Fibre availability (% premises)"] = "full_fibre"
    if year >= FIRST_INCLUSIVE:
        found["Gigabit availability (% premises)"] = "gigabit"
    return found


def read(path: Path, year: int) -> pd.DataFrame:
    """Share of premises with full fibre, gigabit-capable and superfast lines, and of those below.

    Parameters
    ----------
    path : Path
        A file of fixed coverage by local authority (``..._fixed_laua_...``, ``fixed_la_2017``).
    year : int
        Its year, 2016 to 2023; the state is that of September from 2018.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; percent of premises,
        in district codes of April 2023. A district merged since is the mean of its former districts
        weighted by their premises, rounded to 0.1; before 2018 the files give no premises, so it is
        missing. Full fibre begins in 2018 here: earlier files round to whole percent.

    Raises
    ------
    SourceError
        The file is not such a CSV, lacks a column of its year, has a code that is no district's, a share
        outside 0 to 100 or a district twice, or does not cover every district.
    """
    if not 2016 <= year <= 2023:
        raise SourceError(f"{path.name}: expected a year from 2016 to 2023, found {year}.")
    wanted = indicators(year)
    weigh = year >= FIRST_WITH_PREMISES
    district = "laua_code" if year == 2016 else "laua"
    raw = columns.read(path, [district, "laua_name", *([PREMISES] if weigh else []), *wanted])
    premises = columns.numbers(raw[PREMISES], f"{path.name}, {PREMISES}")["value"] if weigh else np.nan
    uk_areas.refuse_unknown(raw[district], path.name, uk_areas.DISTRICT)
    code = raw[district].replace(RECODED)
    merged = code.isin(SUCCESSOR)
    code = code.replace(SUCCESSOR)
    if raw[district].duplicated().any() or code.nunique() != FEWEST:
        raise SourceError(
            f"{path.name}: expected every district once, {FEWEST} in codes of April 2023, found "
            f"{code.nunique()} from {len(raw)} rows."
        )
    parts = []
    for column, indicator in wanted.items():
        figures = columns.numbers(raw[column], f"{path.name}, {column}")
        if not figures["value"].dropna().between(0, 100).all():
            raise SourceError(f"{path.name}, {column!r}: expected percent from 0 to 100, found others.")
        rows = pd.DataFrame({"area_code": code, "area_name": raw["laua_name"]}).join(figures)
        parts.append(_merge(rows, premises, merged).assign(indicator=indicator, year=year))
    lost = 0 if weigh else int(merged.sum())
    left = {"former districts, merged since, without premises to weigh them by": lost}
    return account.tidy(pd.concat(parts, ignore_index=True), path, len(raw), len(raw) - lost, left)


def _merge(rows: pd.DataFrame, premises: pd.Series | float, merged: pd.Series) -> pd.DataFrame:
    """Unchanged districts as they are; merged ones as the mean weighted by premises."""
    former = rows[merged].assign(weight=premises, part=rows["value"] * premises)
    by = former.groupby("area_code")
    whole = (
        by[["weight", "part"]].sum(min_count=1).where(by[["weight", "part"]].count().eq(by.size(), axis=0))
    )
    mean = (whole["part"] / whole["weight"]).round(1)
    together = pd.DataFrame(
        {
            "area_code": mean.index,
            "area_name": by["area_name"].agg(" + ".join),
            "value": mean,
            "status": np.where(mean.notna(), markers.PUBLISHED, markers.MISSING),
        }
    )
    return pd.concat([rows[~merged], together], ignore_index=True)
