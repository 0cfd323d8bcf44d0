"""What does a file of ONS Explore Local Statistics say of districts, regions and the UK?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, markers, uk_areas
from helpers.sources.flat import read_flat, tidy_flat

# The day in April to which a year's figure refers; a year is told by it.
REFERENCE_DAY = r"^((?:19|20)\d\d)-04-\d\d$"


def read(path: Path, indicators: Mapping[str, str]) -> pd.DataFrame:
    """Rows of a flat file for the areas that are compared, by our ids and codes.

    Parameters
    ----------
    path : Path
        A CSV of ONS's data repository.
    indicators : mapping of str to str
        The indicator's name in the file to our id; the file must have these and no other.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; rows of other levels
        are left.

    Raises
    ------
    SourceError
        The file is no such CSV, or it has other indicators, unknown areas, periods or marks.
    """
    raw = read_flat(path)
    if set(raw["indicator"]) != set(indicators):
        raise SourceError(
            f"{path.name}: expected the indicators {sorted(indicators)}, found "
            f"{sorted(set(raw['indicator']))}."
        )
    codes, left = uk_areas.ours(raw["areacd"], path.name)
    raw = raw.assign(
        areacd=codes,
        indicator=raw["indicator"].map(indicators),
        period=raw["period"].str.replace(REFERENCE_DAY, r"\1", regex=True),
        status=raw["status"].replace("u", "[u]"),  # unreliable, hence not printed
    )
    figures = tidy_flat(raw[codes.notna()], path)
    return account.tidy(figures, path, len(raw), len(figures), left)


def mark_provisional(rows: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """Rows with the published figures among the chosen ones marked as provisional."""
    marked = chosen & (rows["status"] == markers.PUBLISHED)
    return rows.assign(status=rows["status"].mask(marked, markers.PROVISIONAL))
