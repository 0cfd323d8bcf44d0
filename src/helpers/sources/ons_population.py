"""How many people live in each district? ONS population by local authority, 1998 to 2023."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources import account, uk_areas, workbook

KEYS = ("ITL1 Region", "LA code", "LA name")


def read(path: Path) -> pd.DataFrame:
    """Mid-year population of all ages by district.

    Parameters
    ----------
    path : Path
        ``populationestimatesbylocalauthority``, the workbook that goes with the regional accounts.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; persons, districts of
        April 2023. Northern Ireland's of 2023 are marked unavailable: suppressed.

    Raises
    ------
    SourceError
        The file is not a workbook with that table.
    """
    rows = workbook.years_table(path, KEYS[0], KEYS, unit="")
    figures = rows.rename(columns={"LA code": "area_code", "LA name": "area_name"}).drop(columns=KEYS[0])
    uk_areas.refuse_unknown(figures["area_code"], path.name, uk_areas.DISTRICT)
    count = workbook.lines(rows)
    return account.tidy(figures.assign(indicator="population_total"), path, count, count, {})
