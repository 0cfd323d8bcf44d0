"""How much R&D is done in each region? Business and public-funded, from ONS's data repository."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account
from helpers.sources.flat import read_flat, tidy_flat
from helpers.sources.uk_areas import REGIONS

# The producer's name of the indicator -> ours, and how its years are written.
INDICATORS = {
    "Business expenditure on research and development": ("rd_business", "-01-01/P1Y"),
    "Public-funded expenditure on research and development": ("rd_public_funded", "-04-01/P1Y"),
}
ENGLAND = "E92000001"


def read(path: Path) -> pd.DataFrame:
    """Expenditure on R&D by ITL1 region and in the UK.

    Parameters
    ----------
    path : Path
        ``research-and-development-business.csv`` or ``research-and-development-public-funded.csv``.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; GBP million,
        current prices. A financial year goes by the year in which it begins.

    Raises
    ------
    SourceError
        The file is not such a CSV, or holds another indicator, period or region.
    """
    raw = read_flat(path)
    unknown = (set(raw["indicator"]) - set(INDICATORS)) or (set(raw["areacd"]) - set(REGIONS) - {ENGLAND})
    if unknown:
        raise SourceError(
            f"{path.name}: expected one of the indicators {sorted(INDICATORS)} for the regions and "
            f"countries of the UK, found {sorted(unknown)}."
        )
    ending = raw["indicator"].map({name: end for name, (_, end) in INDICATORS.items()})
    odd = raw[[not period.endswith(end) for period, end in zip(raw["period"], ending, strict=True)]]
    if not odd.empty:
        raise SourceError(
            f"{path.name}, line {odd.index[0] + 2}: expected a year that ends in "
            f"{ending[odd.index[0]]!r}, found {odd.iloc[0]['period']!r}."
        )
    england = raw["areacd"] == ENGLAND
    rows = raw[~england].assign(
        indicator=raw["indicator"].map({name: ours for name, (ours, _) in INDICATORS.items()}),
        areacd=raw["areacd"].map(REGIONS),
        period=raw["period"].str[:4],
    )
    left = {"England, which is no ITL1 region": int(england.sum())}
    return account.tidy(tidy_flat(rows, path), path, len(raw), len(rows), left)
