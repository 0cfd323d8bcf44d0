"""How much do foreign firms own in each area, and how much does it export? ONS flat files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account
from helpers.sources.flat import read_flat, tidy_flat
from helpers.sources.uk_areas import REGIONS, other_levels

FDI = {"Inward foreign direct investment": "fdi_inward", "Outward foreign direct investment": "fdi_outward"}
EXPORTS = {"Value of UK exports": "exports"}
NO_CODE = "na"
TAKEN = r"TL[C-N][0-9A-Z]{0,2}|E47\d{6}|K99000002"


def read_fdi(path: Path) -> pd.DataFrame:
    """Stock of inward and outward foreign direct investment by ITL1, ITL2 and combined authority.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; GBP million, current
        prices, end of year. The UK's figure includes what ONS could not give to a region.

    Raises
    ------
    SourceError
        The file is not such a CSV, or names an indicator that is not known.
    """
    return _read(path, FDI)


def read_exports(path: Path) -> pd.DataFrame:
    """Exports of goods and services by ITL1, ITL2, ITL3 and combined authority.

    Returns
    -------
    DataFrame
        As `read_fdi`, GBP million, current prices. Areas in codes that ITL 2025 gave up are left
        out; codes that it introduced have the year 2023 only.
    """
    return _read(path, EXPORTS)


def _read(path: Path, indicators: dict[str, str]) -> pd.DataFrame:
    raw = read_flat(path, also=["notes"])
    if set(raw["indicator"]) != set(indicators):
        raise SourceError(
            f"{path.name}: expected the indicators {sorted(indicators)}, found "
            f"{sorted(set(raw['indicator']))}."
        )
    raw = raw.assign(indicator=raw["indicator"].map(indicators), areacd=raw["areacd"].replace(REGIONS))
    obsolete = raw["notes"].str.startswith("Obsolete code").to_numpy()
    elsewhere = ~raw["areacd"].str.fullmatch(TAKEN).to_numpy()
    taken = ~(obsolete | elsewhere)
    other = raw.loc[elsewhere & ~obsolete, "areacd"]
    left = other_levels(other[other != NO_CODE], path.name) | {
        "codes that are no longer in use": int(obsolete.sum()),
        "city regions without a code": int((other == NO_CODE).sum()),
    }
    return account.tidy(tidy_flat(raw[taken], path), path, len(raw), int(taken.sum()), left)
