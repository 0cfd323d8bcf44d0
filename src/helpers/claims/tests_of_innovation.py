"""Do R&D and its growth stand as published? Regions have shares; districts have no figures of their own."""

from __future__ import annotations

import pandas as pd

from helpers import geography
from helpers.claims.ledger import Claim
from helpers.claims.measuring import Measurement, in_percent, measures, midlands
from helpers.comparisons import innovation

WHO = {innovation.WHOLE: "East and West Midlands together", "TLF": "East Midlands", "TLG": "West Midlands"}
KINDS = {"both": "business and public-funded R&D", "rd_business": "business R&D",
         "rd_public_funded": "public-funded R&D"}  # fmt: skip


@measures("per cent a year")
def growth_of_districts(claim: Claim) -> list[Measurement]:
    """Yearly growth of business R&D in the ITL2 areas that contain some districts (part by part)."""
    rows = innovation.guide_growth().set_index("district")
    codes = [geography.resolve(part.name).codes[0] for part in claim.parts]
    first, last = int(rows["first_year"].iloc[0]), int(rows["last_year"].iloc[0])
    ways = (("growth_against_uk", "against the UK"), ("growth_eur", "in euros"))
    return [
        Measurement(
            f"ITL2 areas that contain them, business R&D, {first} to {last}, {words}",
            in_percent(rows.loc[codes, column].tolist()),
            proxy=True,
        )
        for column, words in ways
    ]


@measures("per cent", definitions=tuple(KINDS), arguments=("year",))
def share_of_uk(claim: Claim) -> list[Measurement]:
    """The Midlands' share of the UK's R&D, for both regions together and for each.

    ``both`` adds the years nearest to the claim's in which each kind is published.
    """
    table = innovation.shares(midlands())
    year = int((claim.arguments or {})["year"])
    found = []
    for region, words in WHO.items():
        own = table[table["region"] == region]
        for kind in claim.definitions:
            stated = region == innovation.WHOLE and kind == claim.definitions[0]
            if kind == "both":
                near = [_nearest(own[own["indicator"] == one], year) for one in innovation.RESEARCH]
                share = sum(r["value"] for r in near) / sum(r["value"] / r["share"] for r in near)
                years = " and ".join(str(r["year"]) for r in near)
                found.append(
                    Measurement(f"{KINDS[kind]}, {years}, {words}", (float(100 * share),), stated=stated)
                )
                continue
            rows = own[own["indicator"] == kind].sort_values("year")
            nearest = _nearest(rows, year)["year"]
            for row in rows.itertuples(index=False):
                what = f"{KINDS[kind]}, {row.year}, {words}"
                found.append(
                    Measurement(what, (100 * float(row.share),), stated=stated and row.year == nearest)
                )
    return found


@measures("ratio", definitions=("gva", "population", "jobs"))
def share_against(claim: Claim) -> list[Measurement]:
    """The Midlands' share of R&D over its share of output, people or jobs; parts name the kinds of R&D."""
    table = innovation.shares(midlands())
    whole = table[table["region"] == innovation.WHOLE]
    found = []
    for against in claim.definitions:
        known = whole.dropna(subset=[f"share_{against}"]).groupby("indicator").last()
        values = [
            known.at[part.name, "share"] / known.at[part.name, f"share_{against}"] for part in claim.parts
        ]
        words = f"share of R&D over share of {against}, last years with both"
        found.append(Measurement(words, tuple(map(float, values)), stated=against == claim.definitions[0]))
    return found


def _nearest(rows: pd.DataFrame, year: int) -> pd.Series:
    """The row of the year nearest to one."""
    return rows.loc[(rows["year"] - year).abs().idxmin()]
