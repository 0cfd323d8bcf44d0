"""Do the shares of workers and firms change over the years? The estimate over rolling windows of years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from helpers import writing
from helpers.decomposition import validate
from helpers.decomposition.columns import ColumnMap
from helpers.decomposition.estimate import Settings, estimate
from helpers.errors import DecompositionError


def rolling(
    records: Path,
    columns: ColumnMap,
    out: Path,
    length: int,
    settings: Settings | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> pd.DataFrame:
    """Components of each window of so many years, each with its own leave-match-out set and effects.

    Parameters
    ----------
    out : Path
        Receives a folder per window, such as ``2004-2008``, and ``windows.csv``.
    length : int
        Years in a window, two at least.

    Returns
    -------
    DataFrame
        ``first_year, last_year`` and the columns of `components.COLUMNS`.

    Raises
    ------
    DecompositionError
        When the records have fewer years than a window, or as `estimate.estimate`: a window that cannot be
        estimated is not passed over.
    """
    settings = settings or Settings()
    years = validate.check(validate.open_records(records, columns), columns, settings.threads).years
    if length < 2 or length > years[-1] - years[0] + 1:
        raise DecompositionError(
            f"A window of {length} years does not fit into {years[0]} to {years[-1]}; two are the least."
        )
    tables = []
    for first in range(years[0], years[-1] - length + 2):
        window = (first, first + length - 1)
        tell(f"{window[0]} to {window[1]}")
        folder = out / f"{window[0]}-{window[1]}"
        found = estimate(records, columns, folder, replace(settings, window=window), tell)
        found.insert(0, "last_year", window[1])
        found.insert(0, "first_year", window[0])
        tables.append(found)
    table = pd.concat(tables, ignore_index=True)
    with writing.whole(out / "windows.csv") as half:
        table.to_csv(half, index=False)
    return table
