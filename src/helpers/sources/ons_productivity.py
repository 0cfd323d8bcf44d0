"""How productive is each area? ONS subregional productivity: releases as CSV and as workbooks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, uk_areas, workbook
from helpers.sources.flat import read_flat, tidy_flat

# Title in the workbook -> (indicator, unit in the header).
LAD_TABLES = {
    "Table A3: Current Price (smoothed) GVA (B) per hour worked (£)": ("gva_per_hour", "Pounds"),
    "Table B3: Current Price (smoothed) GVA (B) per filled job (£)": ("gva_per_job", "Pounds"),
    "Productivity Hours Worked per Week": ("hours_per_week", "Hours"),
    "Productivity Jobs": ("jobs", "Jobs"),
}
UNSMOOTHED_TABLES = {
    "Table A4: Current Price (unsmoothed) GVA (B) per hour worked (£)": (
        "gva_per_hour_unsmoothed",
        "Pounds",
    ),
    "Table A5: Chained Volume (unsmoothed) GVA (B) per hour worked indices": (
        "gva_per_hour_volume",
        "Index",
    ),
}
ITL_TABLES = LAD_TABLES | UNSMOOTHED_TABLES
# Until the release of 2023 the units stand in a row of their own, with other words.
UNITS_UNTIL_2023 = {"Pounds": "£", "Hours": "hours", "Jobs": "jobs", "Index": "index"}

NO_CODE = "Not available"  # of a city region that has none

RELEASE_INDICATORS = {
    "Gross value added per hour worked": "gva_per_hour",
    "Gross value added per filled job": "gva_per_job",
}


def read_release(path: Path) -> pd.DataFrame:
    """One release of GVA per hour (and per job) by district, ITL1 region and authority.

    Parameters
    ----------
    path : Path
        A CSV of ONS's data repository, in its older layout (``AREACD``) or the present one
        (``areacd``).

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``, in GBP, current
        prices, smoothed by ONS.

    Raises
    ------
    SourceError
        The file is not such a CSV, or names an indicator that is not known.
    """
    raw = read_flat(path)
    unknown = set(raw["indicator"]) - set(RELEASE_INDICATORS)
    if unknown:
        raise SourceError(
            f"{path.name}: expected the indicators {sorted(RELEASE_INDICATORS)}, found also "
            f"{sorted(unknown)}."
        )
    uk_areas.refuse_unknown(raw["areacd"], path.name)
    figures = tidy_flat(raw.assign(indicator=raw["indicator"].map(RELEASE_INDICATORS)), path)
    return account.tidy(figures, path, len(raw), len(figures), {})


def read_lad_workbook(path: Path) -> pd.DataFrame:
    """Productivity, hours and jobs by district from the workbook of one release.

    Parameters
    ----------
    path : Path
        ``labourproductivitylad``, June 2024 or later.

    Returns
    -------
    DataFrame
        As `read_release`, with the indicators ``gva_per_hour``, ``gva_per_job`` (GBP, current
        prices, smoothed), ``hours_per_week`` (hours) and ``jobs`` (count), the latter two not
        smoothed.
    """
    return _tables(path, LAD_TABLES, ("LAD_Code", "LAD_Name"))


def read_itl_workbook(path: Path) -> pd.DataFrame:
    """Productivity, hours and jobs by ITL1, ITL2 and ITL3 area, smoothed and unsmoothed.

    Parameters
    ----------
    path : Path
        ``labourproductivityitls`` (2024) or ``itlproductivity`` (2023).

    Returns
    -------
    DataFrame
        As `read_lad_workbook`, and ``gva_per_hour_unsmoothed`` (GBP, current prices) and
        ``gva_per_hour_volume`` (chained volume index, base year as in the release).
    """
    try:
        return _tables(path, ITL_TABLES, ("ITL_level", "ITL_code", "Region_name"))
    except SourceError as newer:
        older = {title: (i, UNITS_UNTIL_2023[u]) for title, (i, u) in ITL_TABLES.items()}
        try:
            return _tables(path, older, ("ITL level", "ITL code", "Region name"))
        except SourceError:
            raise newer from None


def read_authority_workbook(path: Path) -> pd.DataFrame:
    """Productivity of combined authorities and city regions from the workbook of one release.

    Parameters
    ----------
    path : Path
        ``labourproductivityca``, June 2025.

    Returns
    -------
    DataFrame
        As `read_itl_workbook`. City regions without a code in the workbook
        (``Not available``) get their name as code.
    """
    return _tables(path, ITL_TABLES, ("area_code", "area_name"))


def _tables(path: Path, tables: dict[str, tuple[str, str]], keys: tuple[str, ...]) -> pd.DataFrame:
    """The named tables of one workbook, stacked; the last two keys are code and name."""
    parts, count = [], 0
    for title, (indicator, unit) in tables.items():
        rows = workbook.years_table(path, title, keys, unit)
        rows = rows.rename(columns={keys[-2]: "area_code", keys[-1]: "area_name"})
        uk_areas.refuse_unknown(rows.loc[rows["area_code"] != NO_CODE, "area_code"], path.name)
        rows["area_code"] = rows["area_code"].mask(rows["area_code"] == NO_CODE, rows["area_name"])
        parts.append(rows.drop(columns=list(keys[:-2])).assign(indicator=indicator))
        count += workbook.lines(rows)
    return account.tidy(pd.concat(parts, ignore_index=True), path, count, count, {})
