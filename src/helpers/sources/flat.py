"""How are ONS's flat CSV files read? One row per area and period, in two layouts over the years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import columns, markers
from helpers.sources.account import TIDY

# Column of the older layouts -> column of the present one.
RENAMED = {
    "AREACD": "areacd",
    "AREANM": "areanm",
    "Indicator": "indicator",
    "Period": "period",
    "Value": "observation",
    "Observation": "observation",
    "Unit": "unit",
    "Lower Confidence Interval (95%)": "lci_95",
    "Upper Confidence Interval (95%)": "uci_95",
    "Observation Status": "status",
    "Notes": "notes",
}
COLUMNS = ("areacd", "areanm", "indicator", "period", "observation", "lci_95", "uci_95", "status")
_PERIOD = re.compile(r"^((?:19|20)\d\d)(?:-01-01/P1Y)?$")


def read_flat(path: Path, also: Sequence[str] = ()) -> pd.DataFrame:
    """A flat CSV with the column names of the present layout; every cell as text.

    Parameters
    ----------
    path : Path
        A CSV of ONS's data repository.
    also : sequence of str
        Further columns, by their present names.

    Raises
    ------
    SourceError
        The file is not a CSV in one of the known layouts, or it is empty.
    """
    return columns.read(path, [*COLUMNS, *also], RENAMED)


def tidy_flat(raw: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Figures of a flat file whose ``indicator`` and ``areacd`` columns already hold our ids.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``.

    Raises
    ------
    SourceError
        A period is not a year, a value is neither number nor marker, or a value has a mark that is
        not known.
    """
    rows = []
    fields = ["indicator", "areacd", "areanm", "period", "observation", "lci_95", "uci_95", "status"]
    for index, *record, mark in raw[fields].itertuples(name=None):
        indicator, code, name, period, value, lower, upper = record
        where = f"{path.name}, line {index + 2}"
        matched = _PERIOD.match(period)
        if not matched:
            raise SourceError(f"{where}: expected a year as period, found {period!r}.")
        number, status = markers.parse(value, where)
        if mark:
            status = _marked(mark, number, where)
        bounds = [markers.parse(bound, where)[0] for bound in (lower, upper)]
        rows.append((indicator, code, name, int(matched[1]), number, *bounds, status))
    return pd.DataFrame(rows, columns=TIDY)


def _marked(mark: str, number: float, where: str) -> str:
    """Status that the file's own status column gives."""
    text = mark.lower()
    if text in ("p", "[p]"):
        return markers.PROVISIONAL
    if text in markers.MARKERS and pd.isna(number):
        return markers.MARKERS[text]
    raise SourceError(f"{where}: expected a known status, found {mark!r} with the value {number}.")
