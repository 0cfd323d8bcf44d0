"""How many residents work, and what do they earn? Pay, employment, inactivity, unemployment."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, local_statistics, markers, uk_areas, workbook

PAY = {"Gross median weekly pay": "pay_weekly_residence"}
EMPLOYMENT = {"Employment rate": "employment_rate", "Economically inactive": "inactivity_rate"}
UNEMPLOYMENT = {"Modelled unemployment rate": "unemployment_rate_modelled"}

HOURLY_TITLE = "Table 7.5a   Hourly pay - Gross (£) - For all employee jobs"
HOURLY_HEADER = ["Description", "Code", "(thousand)", "Median", "change", "Mean", "change"]
# What the sheet's notes say its marks mean; the general shorthand has another x.
HOURLY_MARKS = {"x": "[u]", "..": "[c]", ":": "[z]"}


def read_pay(path: Path) -> pd.DataFrame:
    """Median gross weekly pay of employees by where they live, GBP, with 95 per cent intervals.

    The last year is provisional in Great Britain, as in every first release of the survey.
    """
    rows = local_statistics.read(path, PAY)
    northern = rows["area_code"].str.fullmatch(r"N09\d{6}|TLN")
    return local_statistics.mark_provisional(rows, (rows["year"] == rows["year"].max()) & ~northern)


def read_employment(path: Path) -> pd.DataFrame:
    """Employment and economic inactivity, per cent of residents aged 16 to 64, with intervals."""
    return local_statistics.read(path, EMPLOYMENT)


def read_unemployment(path: Path) -> pd.DataFrame:
    """Unemployment, per cent of the active aged 16 and over, modelled by ONS, with intervals."""
    return local_statistics.read(path, UNEMPLOYMENT)


def read_workplace_pay(path: Path) -> pd.DataFrame:
    """Median gross hourly pay of employees by where they work, GBP, one year.

    Parameters
    ----------
    path : Path
        Table 7.5a of the Annual Survey of Hours and Earnings, provisional edition.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``. No interval: the
        sheet shows by shading in which class an estimate's coefficient of variation falls, and the
        coefficients themselves stand in another workbook (7.5b).

    Raises
    ------
    SourceError
        No sheet has the title, the header is another one, or a cell is no figure.
    """
    sheet = workbook.titled_rows(path, HOURLY_TITLE)
    title = workbook.heading(sheet)
    found = re.search(r"United Kingdom, (20\d\d)$", title)
    if not found:
        raise SourceError(f"{path.name}: expected a title that ends in a year, found {title!r}.")
    at = workbook.header_row(sheet, HOURLY_HEADER, path.name)
    workbook.nothing_above(sheet, at, lambda row: all(map(workbook.text, row[:2])), path.name)
    tidy, unknown = [], 0
    for number, row in enumerate(sheet[at + 1 :], start=at + 2):
        name, code, _, median, *_ = cells = [workbook.text(cell) for cell in row[: len(HOURLY_HEADER)]]
        if not any(cells[1:]):
            continue  # note or source line
        if name == "Not Classified":
            unknown += 1
            continue
        where = f"{path.name}, {name or f'row {number}'}"
        if not name or not code:
            raise SourceError(f"{where}: expected the name and code of an area, found {name!r}, {code!r}.")
        tidy.append((code, name, *markers.parse(HOURLY_MARKS.get(median, median), where)))
    if not tidy:
        raise SourceError(f"{path.name}: expected areas under the header, found none.")
    rows = pd.DataFrame(tidy, columns=["area_code", "area_name", "value", "status"])
    codes, left = uk_areas.ours(rows["area_code"], path.name)
    left["jobs whose place of work is not known"] = unknown
    taken = rows.assign(area_code=codes, indicator="pay_hourly_workplace", year=int(found[1]))[codes.notna()]
    taken = local_statistics.mark_provisional(taken, taken["value"].notna())
    return account.tidy(taken, path, len(rows) + unknown, len(taken), left)
