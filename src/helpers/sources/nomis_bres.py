"""Where do employees work? Business Register and Employment Survey by industry section, from Nomis."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, markers, workbook

TITLE = "Business Register and Employment Survey"
AREA = "international territorial levels - level 3 (as of Jan 2021)"
CHOSEN = {"date": "2023", "employment status": "Employees", "measure": "Count"}
# Section of SIC 2007 -> ours.
SECTIONS = {
    "A": "agriculture",
    "B": "mining",
    "C": "manufacturing",
    "D": "energy",
    "E": "water_waste",
    "F": "construction",
    "G": "trade",
    "H": "transport_storage",
    "I": "accommodation_food",
    "J": "information_communication",
    "K": "finance",
    "L": "real_estate",
    "M": "professional",
    "N": "administrative",
    "O": "public_administration",
    "P": "education",
    "Q": "health",
    "R": "arts",
    "S": "other_services",
    "T": "households",
    "U": "extraterritorial",
}
_AREA = re.compile(r"(TL[C-N][0-9A-Z]{2}) (\S.*)")


def read(path: Path) -> pd.DataFrame:
    """Employees by industry section and ITL3 area of Great Britain in 2023.

    Parameters
    ----------
    path : Path
        A Nomis download of the survey with the sections side by side.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; counts as rounded
        by the producer. ``employees_all`` is the sum of the rounded sections, made here.

    Raises
    ------
    SourceError
        The sheet is another choice of year, status or measure, its header is not as expected, or a
        figure carries a flag.
    """
    rows = workbook.titled_rows(path, TITLE)
    texts = [[workbook.text(cell) for cell in row] for row in rows]
    at = next((i for i, row in enumerate(texts) if row[0] == AREA), None)
    expected = [name for letter in SECTIONS for name in (letter, "Flags")]
    found = [] if at is None else [cell.split(" : ")[0] for cell in texts[at][1:]]
    units = [] if at is None else [row[1::2] for row in texts[at + 1 : at + 2]]
    if at is None or found != expected or units != [["number"] * len(SECTIONS)]:
        raise SourceError(
            f"{path.name}: expected the header {AREA!r} with the sections A to U, each a number with "
            f"flags, found {found[:6]}."
        )
    workbook.nothing_above(rows, at, lambda row: bool(_AREA.fullmatch(workbook.text(row[0]))), path.name)
    chosen = {row[0]: row[1].removesuffix(".0") for row in texts[:at]}
    for name, wanted in CHOSEN.items():
        if chosen.get(name) != wanted:
            raise SourceError(f"{path.name}: expected {name} {wanted!r}, found {chosen.get(name)!r}.")
    tidy: list[tuple[Any, ...]] = []
    for number, (row, text) in enumerate(zip(rows[at + 2 :], texts[at + 2 :], strict=True), start=at + 3):
        area = _AREA.fullmatch(text[0])
        if not any(text[1:]) and not area:
            continue  # note or blank line
        where = f"{path.name}, row {number}"
        if not area or any(text[2::2]):
            raise SourceError(
                f"{where}: expected an ITL3 code with its name and figures without flags, found "
                f"{text[0]!r} and {[flag for flag in text[2::2] if flag][:3]}."
            )
        figures = [markers.parse(cell, where) for cell in row[1::2]]
        for name, figure in zip(SECTIONS.values(), figures, strict=True):
            tidy.append((f"employees_{name}", area[1], area[2], *figure))
        whole = sum(value for value, _ in figures)
        status = markers.PUBLISHED if whole == whole else markers.MISSING
        tidy.append(("employees_all", area[1], area[2], whole, status))
    if not tidy:
        raise SourceError(f"{path.name}: expected rows of areas under the header, found none.")
    frame = pd.DataFrame(tidy, columns=["indicator", "area_code", "area_name", "value", "status"])
    count = len(tidy) // (len(SECTIONS) + 1)
    return account.tidy(frame.assign(year=int(CHOSEN["date"])), path, count, count, {})
