"""How many enterprises are born, die, survive and grow fast in each district? Business demography."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, local_statistics, markers, rounding, uk_areas, workbook
from helpers.sources.workbook import Row, heading, text

# Our id -> how the titles of its tables by district go on after the table's number. Each spans the
# years that share one set of districts, so an indicator has several.
COUNTS = {
    "enterprise_births": "Count Of Births Of New Enterprises",
    "enterprise_deaths": "Count Of Deaths Of (New )?Enterprises",
    "enterprises_active": "Count Of Active Enterprises For",
    "enterprises_high_growth": "Count Of High Growth Enterprises",
    "enterprises_ten_plus": r"Count Of Active Enterprises With 10\+ Employees",
}
SURVIVAL = "Survival Of Newly Born Enterprises"
SURVIVORS = {"3-year survival": "survivors_three_years", "5-year survival": "survivors_five_years"}
SURVIVAL_HEADER = [
    part for years in range(1, 6) for part in (f"{years}-year survival", f"{years}-year per cent")
]  # after the births of the year
UNITS = "Units: Counts (control rounded to base 5)"
NOT_YET = ":"
PROVISIONAL_YEARS = 2  # of deaths, says note 5: reactivations are estimated
# Where it stands, indicator, code, name, year, value, status.
Figure = tuple[str, str, str, str, int, float, str]


def read(path: Path) -> pd.DataFrame:
    """Counts of one edition by the districts of April 2023, regions and the UK.

    Parameters
    ----------
    path : Path
        ``businessdemographyexceltables``; beside its folder lies the folder of look-ups.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``. Survivors stand in
        the year of their birth. Former districts are added up; bounds are those of controlled
        rounding, added up as well.

    Raises
    ------
    SourceError
        A table is missing, or its unit, header, an area or a cell is not as expected; or two tables
        hold the same year.
    """
    tables = list(workbook.sheets(path).values())
    figures: list[Figure] = []
    for indicator, words in COUNTS.items():
        for table in _titled(tables, words, path):
            figures += _counts(table, indicator, path)
    early, born = 0, set()
    for table in _titled(tables, SURVIVAL, path):
        year, survivors, lines = _survivors(table, path)
        figures += survivors
        early += 0 if survivors else lines
        born.add(year)
    fields = ["line", "indicator", "area_code", "area_name", "year", "value", "status"]
    rows = pd.DataFrame(figures, columns=fields)
    _check_years(rows, born, path)
    code_of_line = rows.drop_duplicates("line").set_index("line")["area_code"]
    stray = code_of_line == ""
    codes, left = uk_areas.ours(code_of_line[~stray], path.name)
    left["figures without code or name under a table"] = int(stray.sum())
    left["survivors not known yet"] = early
    rows["area_code"] = rows["line"].map(codes)
    rows = rounding.bounded(rows[rows["area_code"].notna()], rounding.CONTROLLED)[account.TIDY]
    twice = rows[rows.duplicated(account.KEY)]
    if not twice.empty:
        indicator, _, year = twice.iloc[0][account.KEY]
        raise SourceError(
            f"{path.name}: expected each year in one table, found {indicator} of {year} in two tables."
        )
    rows = uk_areas.sum_to_2023(rows, uk_areas.districts(path.absolute().parents[1]), path.name)
    late = rows["year"] > rows["year"].max() - PROVISIONAL_YEARS
    rows = local_statistics.mark_provisional(rows, late & (rows["indicator"] == "enterprise_deaths"))
    return account.tidy(rows, path, len(code_of_line) + early, int(codes.notna().sum()), left)


def _check_years(rows: pd.DataFrame, born: set[int], path: Path) -> None:
    """Every count has the same years, and survival those but the last: else a table was passed over."""
    found = {indicator: set(rows.loc[rows["indicator"] == indicator, "year"]) for indicator in COUNTS}
    every = set(range(rows["year"].min(), rows["year"].max() + 1))
    odd = {i: sorted(years) for i, years in found.items() if years != every}
    if born != every - {max(every)}:
        odd["survival of births"] = sorted(born)
    if odd:
        raise SourceError(
            f"{path.name}: expected tables by district for every count from {min(every)} to {max(every)}, "
            f"and of survival for all these years but the last, found {odd}."
        )


def _titled(tables: list[list[Row]], words: str, path: Path) -> list[list[Row]]:
    """The sheets with tables by district of one count."""
    title = re.compile(rf"Table \d\.\d\w?\s+-\s+{words}\b.*\bDistrict", re.IGNORECASE)
    found = [table for table in tables if title.match(heading(table))]
    if not found:
        raise SourceError(f"{path.name}: expected a sheet titled {words!r} by district, found none.")
    for table in found:
        under = [text(row[0]) for row in table[1:4]]
        if UNITS not in under:
            raise SourceError(
                f"{path.name}, {heading(table)[:60]!r}: expected {UNITS!r} under the title, found {under}."
            )
    return found


def _counts(table: list[Row], indicator: str, path: Path) -> list[Figure]:
    """Figures of one table with a column per year."""
    where = f"{path.name}, {heading(table)[:60]!r}"
    labels, lines = _lines(table, where)
    years = [int(float(label)) for label in labels if re.fullmatch(r"20\d\d(\.0)?", label)]
    if len(years) != len(labels) or years != list(range(years[0], years[0] + len(years))):
        raise SourceError(f"{where}: expected a header of consecutive years, found {labels}.")
    return [
        (line, indicator, code, name, year, *markers.parse(cell, f"{line}, {year}"))
        for line, code, name, cells in lines
        for year, cell in zip(years, cells, strict=True)
    ]


def _survivors(table: list[Row], path: Path) -> tuple[int, list[Figure], int]:
    """Year of birth, the survivors as far as they are known, and how many rows the table has."""
    where = f"{path.name}, {heading(table)[:60]!r}"
    labels, lines = _lines(table, where)
    born = re.fullmatch(r"(20\d\d)(\.0|\s+Births)", labels[0])
    if not born or labels[1:] != SURVIVAL_HEADER:
        raise SourceError(f"{where}: expected births, then {SURVIVAL_HEADER}, found {labels}.")
    figures: list[Figure] = []
    for label, indicator in SURVIVORS.items():
        column = labels.index(label)
        if all(text(cells[column]) == NOT_YET for *_, cells in lines):
            continue
        for line, code, name, cells in lines:
            figure = markers.parse(cells[column], f"{line}, {label!r}")
            figures.append((line, indicator, code, name, int(born[1]), *figure))
    return int(born[1]), figures, len(lines)


def _lines(table: list[Row], where: str) -> tuple[list[str], list[tuple[str, str, str, Row]]]:
    """What the header says after its two blank cells; place, code, name and figures of each area."""
    at, labels = _header(table, where)
    workbook.nothing_above(table, at, lambda row: all(map(text, row[:2])), where)
    found: list[tuple[str, str, str, Row]] = []
    for number, row in enumerate(table[at + 1 :], start=at + 2):
        line, code, name = f"{where}, row {number}", text(row[0]), text(row[1]).rstrip("*").strip()
        if not any(map(text, row[2:])) and not (code and name):
            continue  # note
        under = found and found[-1][1] == ""  # a line without an area ends the table
        if (code or name) and (not code or not name or under):
            raise SourceError(f"{line}: expected a code and a name, found {code!r}, {name!r}.")
        found.append((line, code, name, row[2:]))
    if not any(code for _, code, _, _ in found):
        raise SourceError(f"{where}: expected areas under the header, found none.")
    return labels, found


def _header(table: list[Row], where: str) -> tuple[int, list[str]]:
    """Index of the header row, whose first two cells are blank, and what follows them."""
    for at, row in enumerate(table[:8]):
        labels = [" ".join(text(cell).split()) for cell in row]
        if labels[:2] == ["", ""] and any(labels):
            return at, labels[2:]
    raise SourceError(f"{where}: expected a header after two blank cells, found none.")
