"""What does the state spend on transport in each region? HM Treasury, country and regional analysis."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, columns, markers, workbook

TRANSPORT = "4. of which: transport"
# What a function is called: a number and words, or the transactions with the EU, which have no number.
FUNCTION = r"\d+\. .+|EU transactions"
IDENTIFIABLE = "ID"
WHETHER_IDENTIFIABLE = {IDENTIFIABLE, "Non-ID"}
KINDS = {"CAP": "transport_spending_capital", "CUR": "transport_spending_current"}
KEYS = ("HMT Function", "ID/non-ID", "CAP or CUR", "NUTS Region")
YEARS = 5  # in every database
_YEAR = re.compile(r"^(20\d\d)-\d\d$")

# The 2018 database writes Yorkshire and The Humber in two ways: names are compared in lower case.
REGIONS = {
    "england_north east": "TLC",
    "england_north west": "TLD",
    "england_yorkshire and the humber": "TLE",
    "england_east midlands": "TLF",
    "england_west midlands": "TLG",
    "england_east": "TLH",
    "england_london": "TLI",
    "england_south east": "TLJ",
    "england_south west": "TLK",
    "wales": "TLL",
    "scotland": "TLM",
    "northern ireland": "TLN",
}
ELSEWHERE = {"outside uk", "not identifiable", "non-regional"}


def read(path: Path) -> pd.DataFrame:
    """Identifiable public spending on transport by region, whole and by kind.

    Parameters
    ----------
    path : Path
        The database of a country and regional analysis (2014 or 2018), which lists every
        department's spending by region.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; GBP million, current
        prices; ``year`` is that in which the financial year begins (April). ``transport_spending``
        is the sum of ``transport_spending_capital`` and ``transport_spending_current``: central and
        local government and public corporations, all transport functions.

    Raises
    ------
    SourceError
        The workbook or its header is not as expected, a region, kind or amount is not known, or a
        row of transport stands twice.
    """
    database, years = _database(path)
    transport = database[KEYS[0]] == TRANSPORT
    region = database[KEYS[3]].str.lower()
    odd = sorted(set(database.loc[transport, KEYS[1]]) - WHETHER_IDENTIFIABLE)
    if odd:
        raise SourceError(
            f"{path.name}: expected {sorted(WHETHER_IDENTIFIABLE)} as {KEYS[1]!r}, found {odd[:3]}."
        )
    unknown = (
        set(database.loc[transport, KEYS[2]]) - set(KINDS) | set(region[transport]) - set(REGIONS) - ELSEWHERE
    )
    twice = database[transport & database.duplicated()]
    if not twice.empty:
        raise SourceError(
            f"{path.name}: expected each row of {TRANSPORT!r} once, found one of {twice.iloc[0][KEYS[3]]!r} "
            "that stands twice, with the same amounts."
        )
    if unknown or not transport.any():
        raise SourceError(
            f"{path.name}: expected rows of {TRANSPORT!r} for {sorted(KINDS)} and the regions "
            f"{sorted(REGIONS)}, found {int(transport.sum())} rows, among them {sorted(unknown)}."
        )
    identifiable = database[KEYS[1]] == IDENTIFIABLE
    taken = transport & identifiable & region.isin(REGIONS)
    left = {
        "other functions than transport": int((~transport).sum()),
        "transport spending that is not identifiable or outside the UK": int((transport & ~taken).sum()),
    }
    spending = _sum(database[taken], region[taken], years, path)
    return account.tidy(spending, path, len(database), int(taken.sum()), left)


def _database(path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Rows of the database with its keys as text, notes under them apart; and its years."""
    header, *body = workbook.titled_rows(path, "Department")
    names = [workbook.text(cell) for cell in header]
    years = names[-YEARS:]
    first = int(years[0][:4]) if _YEAR.match(years[0]) else 0
    if years != [f"{y}-{(y + 1) % 100:02}" for y in range(first, first + YEARS)] or any(
        names.count(key) != 1 for key in KEYS
    ):
        raise SourceError(
            f"{path.name}: expected each of the columns {list(KEYS)} once and last {YEARS} consecutive "
            f"financial years such as 2017-18, found {names}."
        )
    # A line without anything but its first cell is a note.
    body = [row for row in body if any(workbook.text(cell) for cell in row[1:])]
    database = pd.DataFrame(body, columns=names)
    for key in KEYS:
        database[key] = database[key].map(workbook.text)
    function = database[KEYS[0]]
    odd = function[~function.str.fullmatch(FUNCTION, case=False)]
    other = function[function.str.contains("transport", case=False) & (function != TRANSPORT)]
    if not odd.empty or not other.empty:
        raise SourceError(
            f"{path.name}: expected functions such as {TRANSPORT!r} in the column {KEYS[0]!r}, found "
            f"{sorted({*odd, *other})[:3]}."
        )
    return database, years


def _sum(rows: pd.DataFrame, region: pd.Series, years: list[str], path: Path) -> pd.DataFrame:
    """Spending by region and year: each kind, and both."""
    for year in years:
        figures = columns.numbers(rows[year].astype(str), f"{path.name}, {year}")
        if figures["value"].isna().any():
            raise SourceError(f"{path.name}, {year}: expected an amount in every row, found none in some.")
        rows = rows.assign(**{year: figures["value"]})
    kind = rows[KEYS[2]].map(KINDS)
    by_kind = rows.groupby([kind.rename("indicator"), region.map(REGIONS).rename("area_code")])[years].sum()
    both = by_kind.groupby("area_code").sum()
    both.index = pd.MultiIndex.from_product([["transport_spending"], both.index], names=by_kind.index.names)
    names = {code: name.removeprefix("england_").title() for name, code in REGIONS.items()}
    long = pd.concat([by_kind, both]).reset_index().melt(["indicator", "area_code"], var_name="period")
    return long.assign(
        value=long["value"] / 1000,
        year=long["period"].str[:4].astype(int),
        area_name=long["area_code"].map(names),
        status=markers.PUBLISHED,
    )
