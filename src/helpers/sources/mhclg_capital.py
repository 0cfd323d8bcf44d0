"""What did local authorities invest in transport? MHCLG capital outturn, upper-tier authorities."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, columns, markers

AMOUNT = "transport_total_capex_gbp000"
UPPER_TIER = r"E06\d{6}|E08\d{6}|E09\d{6}|E10\d{6}"
_YEAR = re.compile(r"^((?:19|20)\d\d)-(\d\d)$")

# Counties that became one unitary authority in 2009, by the ministry's own code.
BECAME_UNITARY = {
    "E0820": "E06000052",  # Cornwall
    "E1321": "E06000047",  # County Durham
    "E2920": "E06000057",  # Northumberland
    "E3221": "E06000051",  # Shropshire
    "E3921": "E06000054",  # Wiltshire
}
# In the file of 2015-16 North Yorkshire carries the code of another county.
MISCODED = {("E2721", "E10000022"): "E10000023"}
# Authorities whose borders with one another have moved since 2000: only together are they one area
# in every year and in the districts of today. Amounts are summed.
TOGETHER = {
    "upper_tier:Bedford and Central Bedfordshire": ("E0221", "E0202", "E0203"),
    "upper_tier:Bournemouth, Dorset and Poole": ("E1201", "E1202", "E1221"),
    "upper_tier:Cheshire": ("E0621", "E0603", "E0604"),
}


def read(path: Path) -> pd.DataFrame:
    """Capital spending on transport by upper-tier authority and financial year.

    Parameters
    ----------
    path : Path
        ``capital_outturn_transport_la_2000_2016.csv``.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; GBP million, current
        prices; ``year`` is that in which the financial year begins (April). Counties, unitary
        authorities, metropolitan districts and London boroughs; three groups of authorities
        (`TOGETHER`) stand as one area. Not included: shire districts (which have no highways
        function) and the joint authorities that run public transport in London and the
        metropolitan counties.

    Raises
    ------
    SourceError
        A column is missing, a year is not a financial year, or an authority has two area codes or stands
        twice in a year.
    """
    raw = columns.read(path, ["year", "ecode", "ons_code", "la_name", AMOUNT])
    years = raw["year"].str.extract(_YEAR)
    if (years[0].isna() | ((years[0].astype(float) + 1) % 100 != years[1].astype(float))).any():
        raise SourceError(f"{path.name}: expected financial years such as 2000-01, found others.")
    twice = raw[raw.duplicated(["year", "ecode"])]
    if not twice.empty:  # those that are summed would be counted twice
        raise SourceError(
            f"{path.name}: expected one row per authority and year, found {twice.iloc[0]['la_name']!r} in "
            f"{twice.iloc[0]['year']}, which stands twice."
        )
    figures = columns.numbers(raw[AMOUNT], f"{path.name}, {AMOUNT}")
    code = raw["ecode"].map(_codes(raw, path)).fillna("")
    taken = code.str.fullmatch(rf"{UPPER_TIER}|upper_tier:.+")
    rows = pd.DataFrame(
        {
            "indicator": "transport_capital",
            "area_code": code,
            "area_name": raw["la_name"],
            "year": years[0].astype(int),
            "value": figures["value"] / 1000,
            "status": figures["status"],
        }
    )[taken]
    joint = rows["area_code"].str.startswith("upper_tier:")
    districts = ~taken & (raw["ecode"].str[:3] < "E51")
    lost = raw.loc[~taken & _upper_tier(raw["ecode"], path), "la_name"]
    if not lost.empty:
        raise SourceError(
            f"{path.name}: expected an area code for every upper-tier authority in some year, found none "
            f"for {sorted(set(lost))[:3]}."
        )
    left = {
        "districts in two-tier counties: no highways function": int(districts.sum()),
        "joint and regional authorities: transport, police, fire, waste, parks": int(
            (~taken & ~districts).sum()
        ),
    }
    whole = pd.concat([rows[~joint], _sum(rows[joint])], ignore_index=True)
    return account.tidy(whole, path, len(raw), int(taken.sum()), left)


def _upper_tier(ecodes: pd.Series, path: Path) -> pd.Series:
    """Whether the ministry's own code is that of an upper-tier authority.

    Two digits stand for the county, two for the authority: below 30 it is the county itself or a
    unitary authority. From 41 on the counties are metropolitan and have districts only; 50 is London,
    and what follows are joint authorities.
    """
    parts = ecodes.str.extract(r"^E(\d\d)(\d\d)$").astype(float)
    if parts.isna().any(axis=None):
        odd = ecodes[parts.isna().any(axis=1)].iloc[0]
        raise SourceError(f"{path.name}: expected codes of authorities such as E1021, found {odd!r}.")
    county, number = parts[0], parts[1]
    return ((county <= 40) & (number < 30)) | county.between(41, 50)


def _codes(raw: pd.DataFrame, path: Path) -> dict[str, str]:
    """The ministry's code of an authority -> area code, from the years in which the file has both."""
    given = raw.loc[raw["ons_code"].str.fullmatch(UPPER_TIER), ["ecode", "ons_code"]].drop_duplicates()
    keys = zip(given["ecode"], given["ons_code"], strict=True)
    given = given.assign(ons_code=[MISCODED.get(key, key[1]) for key in keys]).drop_duplicates()
    for column in ("ecode", "ons_code"):
        twice = given[given.duplicated(column, keep=False)]
        if not twice.empty:
            found = twice.iloc[:2].to_numpy().tolist()
            raise SourceError(f"{path.name}: expected one area code per authority, found {found}.")
    joint = {ecode: area for area, ecodes in TOGETHER.items() for ecode in ecodes}
    return dict(zip(given["ecode"], given["ons_code"], strict=True)) | BECAME_UNITARY | joint


def _sum(rows: pd.DataFrame) -> pd.DataFrame:
    """Authorities that are counted together: their amounts summed, by year; none if one has none."""
    by = rows.groupby(["indicator", "area_code", "year"])["value"]
    together = by.agg(lambda amounts: amounts.sum(skipna=False)).reset_index()
    status = together["value"].notna().map({True: markers.PUBLISHED, False: markers.MISSING})
    name = together["area_code"].str.removeprefix("upper_tier:")
    return together.assign(area_name=name, status=status)
