"""Between which whole numbers does a rounded count lie? Bounds of rounding, not of sampling.

That it may lie anywhere between them is assumption A15.
"""

from __future__ import annotations

import pandas as pd

NEAREST_FIVE = 2  # to the nearest five: 10 stands for 8 to 12
CONTROLLED = 4  # controlled rounding goes to the five above or below: 10 stands for 6 to 14


def bounded(rows: pd.DataFrame, widest: int) -> pd.DataFrame:
    """Counts with the least and the greatest whole number that each may stand for.

    Parameters
    ----------
    rows : DataFrame
        With a column ``value``.
    widest : int
        How far a count may lie from its rounded value: `NEAREST_FIVE` or `CONTROLLED`.

    Returns
    -------
    DataFrame
        The rows with ``lower`` and ``upper``; nothing lies below 0, which may be a rounded count
        too.
    """
    value = rows["value"]
    return rows.assign(lower=(value - widest).clip(lower=0), upper=value + widest)
