"""Does every figure lie in its indicator's plausible range? A slip of unit or of sign falls outside."""

from __future__ import annotations

import pandas as pd

from helpers import tables
from helpers.errors import TableError


def outside(rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Rows whose figure lies outside its indicator's range.

    Parameters
    ----------
    rows : DataFrame
        With ``indicator`` and ``value``; indicators without a range are passed over.
    indicators : DataFrame
        The table ``indicators``, whose ``low`` and ``high`` are text.
    """
    limits = indicators.set_index("indicator")[["low", "high"]].astype(float)
    low, high = (rows["indicator"].map(limits[end]) for end in ("low", "high"))
    return rows[(rows["value"] < low) | (rows["value"] > high)]


def refuse(rows: pd.DataFrame, file: str) -> None:
    """Refuse figures outside their ranges before they become a table.

    Parameters
    ----------
    rows : DataFrame
        As a reader returned them, or some of them.
    file : str
        The raw file, for the error message.

    Raises
    ------
    TableError
        A figure lies outside; the first is named.
    """
    indicators = tables.load("indicators")
    odd = outside(rows, indicators)
    if odd.empty:
        return
    first = odd.iloc[0]
    low, high = indicators.set_index("indicator").loc[first["indicator"], ["low", "high"]]
    raise TableError(
        f"{file}: expected {first['indicator']} between {low} and {high}, found {first['value']:g} for "
        f"{first['area_code']} in {first['year']} ({len(odd)} outside in all). Look at the file; if the "
        "figure is right, widen the range in data/tables/indicators.csv, if it is a known error, record "
        "it in data/corrections.yml."
    )
