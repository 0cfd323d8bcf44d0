"""Where is business R&D done, and where do Innovate UK's grants go? Two files of Nesta by NUTS region."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, columns, nuts
from helpers.sources.markers import MISSING, PUBLISHED

# From 2014 on the file of business R&D has Scotland's south under its old codes and, with the
# same spending, under its new ones.
OLD_CODES, NEW_CODES = ("UKM2", "UKM3"), ("UKM7", "UKM8", "UKM9")


def read_business_research(path: Path) -> pd.DataFrame:
    """Business expenditure on R&D by region, as Eurostat has it.

    Parameters
    ----------
    path : Path
        ``eurostat_berd_data.nuts2.csv``.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; EUR million in
        current prices and exchange rates. Codes are those of ITL 2021 where the area is the same
        (`helpers.sources.nuts`), else those of NUTS.

    Raises
    ------
    SourceError
        The file is not such a CSV, or names an unknown region.
    """
    raw = _rows(path, "eurostat_berd_data")
    there = raw.groupby("year")["nuts_id"].transform(lambda codes: set(NEW_CODES) <= set(codes))
    again = raw["nuts_id"].isin(OLD_CODES) & there
    rows = _tidy(raw[~again], "rd_business_eur", path)
    left = {"old codes beside the new ones, the same spending twice": int(again.sum())}
    return account.tidy(rows.assign(value=rows["value"] / 1e6), path, len(raw), int((~again).sum()), left)


def read_innovate_uk(path: Path) -> pd.DataFrame:
    """Grants that Innovate UK offered, by the region of the receiver's registered address.

    Parameters
    ----------
    path : Path
        ``gbp_innovate_uk_funding.nuts3.csv``.

    Returns
    -------
    DataFrame
        As `read_business_research`, in GBP, by the year in which the competition's financial year
        begins. A year in which a region has no row, between years in which it has, is missing.
    """
    raw = _rows(path, "gbp_innovate_uk_funding")
    return account.tidy(_tidy(raw, "innovate_uk_grants", path), path, len(raw), len(raw), {})


def _rows(path: Path, measure: str) -> pd.DataFrame:
    """The file with numbers as numbers."""
    raw = columns.read(path, ["year", "nuts_id", "nuts_year_spec", measure])
    for column, pattern in (
        ("year", r"20\d\d"),
        ("nuts_year_spec", r"20\d\d"),
        (measure, r"\d+(\.\d+)?"),
    ):
        odd = raw.loc[~raw[column].str.fullmatch(pattern), column]
        if not odd.empty:
            raise SourceError(
                f"{path.name}, line {odd.index[0] + 2}: expected a number as {column}, found {odd.iloc[0]!r}."
            )
    return raw.astype({"year": int, "nuts_year_spec": int, measure: float}).rename(columns={measure: "value"})


def _tidy(raw: pd.DataFrame, indicator: str, path: Path) -> pd.DataFrame:
    """Rows by ITL or NUTS code, with a missing row for every year without one inside a series."""
    try:
        codes = [nuts.itl(*key) for key in zip(raw["nuts_id"], raw["nuts_year_spec"], strict=True)]
    except ValueError as error:
        raise SourceError(f"{path.name}: expected NUTS codes of the UK, found {error}.") from error
    rows = raw.assign(area_code=codes)
    twice = rows[rows.duplicated(["area_code", "year"])]
    if not twice.empty:
        raise SourceError(
            f"{path.name}: expected one row per region and year, found {twice.iloc[0]['nuts_id']} in "
            f"{twice.iloc[0]['year']}, which stands twice."
        )
    spans = rows.groupby("area_code")["year"].agg(["min", "max"])
    every = [
        (code, year) for code, first, last in spans.itertuples(name=None) for year in range(first, last + 1)
    ]
    whole = rows.set_index(["area_code", "year"])["value"].reindex(pd.MultiIndex.from_tuples(every))
    tidy = whole.rename_axis(["area_code", "year"]).reset_index()
    return tidy.assign(
        indicator=indicator,
        area_name=tidy["area_code"].map(nuts.FORMER).fillna(tidy["area_code"]),
        status=tidy["value"].isna().map({True: MISSING, False: PUBLISHED}),
    )
