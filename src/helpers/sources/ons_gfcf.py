"""How much is invested in each ITL area? ONS gross fixed capital formation by asset, and corrected."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, columns, markers, uk_areas

AMOUNT = "gfcf_gbp_million_current_prices"
ASSETS = {
    "All assets": "gfcf_all",
    "Buildings and structures": "gfcf_buildings",
    "Transport equipment": "gfcf_transport",
    "ICT equipment": "gfcf_ict",
    "Other tangible assets": "gfcf_other_tangible",
    "Intangible assets": "gfcf_intangible",
}
EXTRA_REGIO = "TLZ"
LEVELS = {"ITL1": 3, "ITL2": 4, "ITL3": 5}  # length of the area codes


def read(path: Path) -> pd.DataFrame:
    """Gross fixed capital formation by asset and ITL area, May 2022 release.

    Parameters
    ----------
    path : Path
        ``regional_gfcf_by_asset_itl_1997_2020.csv``.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; GBP million, current
        prices; one indicator per asset and ``gfcf_all``. A blank cell is a figure that ONS withheld:
        suppressed. Extra-Regio, which stands for each level alike, is left out.

    Raises
    ------
    SourceError
        A column, asset or level is not as expected, or an asset has no rows.
    """
    raw = columns.read(path, ["year", "geography_type", "geography_code", "geography_name", "asset", AMOUNT])
    if set(raw["asset"]) != set(ASSETS):
        raise SourceError(
            f"{path.name}: expected the assets {sorted(ASSETS)}, found {sorted(set(raw['asset']))}."
        )
    outside = raw["geography_code"] == EXTRA_REGIO
    rows = raw[~outside].reset_index(drop=True)
    fits = rows["geography_code"].str.len() == rows["geography_type"].map(LEVELS)
    if not fits.all():
        odd = rows[~fits].iloc[0]
        raise SourceError(
            f"{path.name}: expected codes of 3, 4 or 5 characters for ITL1, ITL2 or ITL3, found "
            f"{odd['geography_code']!r} as {odd['geography_type']!r}."
        )
    uk_areas.refuse_unknown(rows["geography_code"], path.name)
    figures = columns.numbers(rows[AMOUNT], f"{path.name}, {AMOUNT}")
    frame = pd.DataFrame(
        {
            "indicator": rows["asset"].map(ASSETS),
            "area_code": rows["geography_code"],
            "area_name": rows["geography_name"],
            "year": columns.years(rows["year"], path.name),
            "value": figures["value"],
            "status": figures["status"].replace(markers.MISSING, markers.SUPPRESSED),
        }
    )
    left = {"Extra-Regio: no area on land": int(outside.sum())}
    return account.tidy(frame, path, len(raw), len(rows), left)


def read_corrected(path: Path) -> pd.DataFrame:
    """Capital formation in all assets by ITL3 area with the correction of June 2022.

    Parameters
    ----------
    path : Path
        ``regional_gfcf_corrected_itl3_2008_2020.csv``.

    Returns
    -------
    DataFrame
        As `read`, with the one indicator ``gfcf_all_corrected``, for the areas whose codes are the
        same in ITL 2021 and ITL 2025. The file's jobs, hours (of the June 2025 release) and ratios
        are not taken: hours come from the release whose codes match.

    Raises
    ------
    SourceError
        A column is missing, a code is no ITL3 area's, or a cell is no figure.
    """
    raw = columns.read(path, ["code", "year", "name", "gfcf_allassets_corrected_recovered"])
    odd = raw.loc[~raw["code"].str.fullmatch(r"TL[C-N][0-9A-Z]{2}"), "code"]
    if not odd.empty:
        raise SourceError(f"{path.name}: expected codes of ITL3 areas, found {sorted(set(odd))[:3]}.")
    figures = columns.numbers(raw["gfcf_allassets_corrected_recovered"], f"{path.name}, corrected")
    frame = pd.DataFrame(
        {
            "indicator": "gfcf_all_corrected",
            "area_code": raw["code"],
            "area_name": raw["name"],
            "year": columns.years(raw["year"], path.name),
        }
    ).join(figures)
    return account.tidy(frame, path, len(raw), len(frame), {})
