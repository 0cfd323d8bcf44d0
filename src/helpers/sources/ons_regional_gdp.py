"""How large is each region's economy, and how have prices moved? ONS regional GDP, all ITL areas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources import account, uk_areas, workbook

TABLES = {
    "Table 1: Gross value added (Balanced) at current basic prices": "gva_current",
    "Table 8: Gross domestic product (GDP) implied deflators": "gdp_deflator",
    "Table 10: Gross domestic product (GDP) chained volume measures": "gdp_volume",
}


def read(path: Path) -> pd.DataFrame:
    """Gross value added, implied deflators and chained volume GDP by ITL area.

    Parameters
    ----------
    path : Path
        ``regionalgrossdomesticproductgdpallitlregions``, April 2025.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; GBP million,
        index with 2022 = 100, and GBP million in prices of 2022.
    """
    keys = ("ITL", "ITL code", "Region name")
    parts, count = [], 0
    for title, indicator in TABLES.items():
        rows = workbook.years_table(path, title, keys, unit="")
        rows = rows.rename(columns={"ITL code": "area_code", "Region name": "area_name"})
        uk_areas.refuse_unknown(rows["area_code"], path.name)
        parts.append(rows.drop(columns=keys[0]).assign(indicator=indicator))
        count += workbook.lines(rows)
    return account.tidy(pd.concat(parts, ignore_index=True), path, count, count, {})
