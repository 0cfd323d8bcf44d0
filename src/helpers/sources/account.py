"""How many rows of a file were taken, how many were left, and why? The account of every reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.errors import SourceError
from helpers.sources import markers

TIDY = ["indicator", "area_code", "area_name", "year", "value", "lower", "upper", "status"]
KEY = ["indicator", "area_code", "year"]


@dataclass(frozen=True)
class Account:
    """What became of the rows of one raw file.

    Attributes
    ----------
    rows : int
        Lines of a CSV under its header, or rows with an area or figures in the tables of a workbook
        that are read. Notes, blank lines and tables that nobody asks for are no rows.
    taken : int
        Rows that went into the reader's result, as they are or as parts of sums.
    left : dict of str to int
        Reason in words to the number of rows left for it.
    """

    rows: int
    taken: int
    left: dict[str, int]


def tidy(frame: pd.DataFrame, path: Path, rows: int, taken: int, left: Mapping[str, int]) -> pd.DataFrame:
    """Figures in the one shape that every reader returns, with the account of the file's rows.

    Parameters
    ----------
    frame : DataFrame
        Columns `TIDY`; ``lower`` and ``upper`` may be absent where the producer gives no interval.
        Further columns stay.
    path : Path
        The file, for the error message.
    rows, taken, left
        The `Account`, each part counted by itself.

    Returns
    -------
    DataFrame
        With a fresh index; `of` returns its account.

    Raises
    ------
    SourceError
        There is no figure, an area has no code, an indicator, area and year stand twice, a figure is not
        finite or contradicts its status, it does not lie between its own bounds, or a row of the file is
        neither taken nor left.
    """
    blank = {end: np.nan for end in ("lower", "upper") if end not in frame}
    figures = frame.assign(**blank).reset_index(drop=True)
    figures = figures[[*TIDY, *(column for column in figures if column not in TIDY)]]
    if figures.empty:
        raise SourceError(f"{path.name}: expected figures, found none in the rows that were taken.")
    twice = figures[figures.duplicated(KEY)]
    if not twice.empty:
        indicator, code, year = twice.iloc[0][KEY]
        raise SourceError(
            f"{path.name}: expected one figure per indicator, area and year, found {indicator} of {code} in "
            f"{year}, which stands twice."
        )
    value, lower, upper = figures["value"], figures["lower"], figures["upper"]
    absent = figures["status"].isin([markers.MISSING, markers.SUPPRESSED])
    blank_code = figures["area_code"].isna() | (figures["area_code"] == "")
    wrong = figures[(value.isna() != absent) | np.isinf(value) | blank_code]
    if not wrong.empty:
        first = wrong.iloc[0]
        raise SourceError(
            f"{path.name}: expected a code, and a finite figure or a reason why there is none, found "
            f"{first['value']} marked {first['status']} as {first['indicator']} of {first['area_code']!r} in "
            f"{first['year']}."
        )
    bounds = lower.notna() | upper.notna()
    outside = figures[bounds & ~(value.ge(lower) & value.le(upper))]
    if not outside.empty:
        first = outside.iloc[0]
        raise SourceError(
            f"{path.name}: expected {first['indicator']} of {first['area_code']} in {first['year']} "
            f"between both its bounds, found {first['value']} beside {first['lower']} and {first['upper']}."
        )
    reasons = {reason: int(count) for reason, count in left.items() if count}
    if rows != taken + sum(reasons.values()):
        raise SourceError(
            f"{path.name}: expected every row to be taken or left for a reason, found {rows} rows, of "
            f"which {taken} were taken and {sum(reasons.values())} left: {reasons}."
        )
    figures.attrs["account"] = {"rows": int(rows), "taken": int(taken), "left": reasons}
    return figures


def of(figures: pd.DataFrame) -> Account:
    """The account that came with a reader's result.

    Raises
    ------
    KeyError
        The frame is not as a reader returned it.
    """
    return Account(**figures.attrs["account"])
