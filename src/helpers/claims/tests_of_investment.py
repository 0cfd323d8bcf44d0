"""Is investment as unequal as published? Only areas larger than districts can tell, and only to 2020."""

from __future__ import annotations

import pandas as pd

from helpers import containing, geography
from helpers.claims.ledger import Claim
from helpers.claims.measuring import Measurement, measures
from helpers.comparisons import capital


def _of(district: str, table: pd.DataFrame) -> pd.Series:
    """Investment per hour by year of the ITL3 area that contains a district."""
    code = geography.resolve(district).codes[0]
    (area,) = containing.areas_of([code], "itl3", "ITL21")
    return table[table["itl3"] == area].set_index("year")["value"]


@measures("GBP per hour")
def per_hour_of_districts(claim: Claim) -> list[Measurement]:
    """Investment per hour in the ITL3 areas that contain some districts (part by part), latest year first."""
    every = capital.per_hour()
    found = []
    for correction, asset in (("original", "all"), ("corrected", "all"), ("original", "buildings")):
        table = every[(every["correction"] == correction) & (every["asset"] == asset)]
        values = pd.DataFrame({part.name: _of(part.name, table) for part in claim.parts}).dropna()
        for year in reversed(values.index):
            words = f"ITL3 areas that contain them, {year}, assets: {asset}, {correction}"
            found.append(Measurement(words, tuple(values.loc[year].astype(float)), proxy=True))
    return found


@measures("ratio", arguments=("first",))
def pair_over_pair(claim: Claim) -> list[Measurement]:
    """Investment per hour of the areas of Solihull and Warwick over that of Mansfield and Bassetlaw."""
    first = int((claim.arguments or {})["first"])
    last = int(capital.per_hour()["year"].max())
    words = f"ITL3 areas that contain them, mean of {first} to {last}"
    found = [Measurement(words, (capital.mean_ratio(first),), proxy=True)]
    table = capital.per_hour().query("asset == 'all' and correction == 'original'")
    single = _of("Solihull", table) / _of("Mansfield", table)
    found += [
        Measurement(f"Solihull over North Nottinghamshire, {year}", (float(single[year]),), proxy=True)
        for year in reversed(single.index)
        if year >= first
    ]
    return found
