"""What does an area live from, in the first year of the figures and now, beside the UK?

Shares of GVA at current prices. A share tells where value arises, not where people work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from helpers import derived, geography, indicators
from helpers.errors import AreaError
from helpers.geography import PRESENT, Area

# Sections of SIC 2007 as far as districts have them; together they are all of GVA.
SECTIONS = (
    "agriculture_mining", "manufacturing", "energy_water_waste", "construction", "trade",
    "transport_storage", "accommodation_food", "information_communication", "finance",
    "real_estate_activities", "imputed_rent", "professional", "administrative",
    "public_administration", "education", "health", "arts", "other_services", "households",
)  # fmt: skip
RENT = "imputed_rent"
WITHHELD = "not_published"
# Clusters that the Midlands briefing names (seed 001), and the record of derived.yml that comes closest.
CLUSTERS = {
    "share_advanced_manufacturing": "advanced manufacturing, automotive, aerospace",
    "share_food_textiles": "food production and processing",
    "share_logistics": "logistics",
    "share_digital": "digital technology, creative industries",
    "share_professional_creative": "next-generation services: professional, legal and property technology",
    "share_finance": "financial technology",
    "share_health": "HealthTech",
    "share_energy_water_waste": "smart energy systems, circular economy",
    "share_energy_intensive": "energy-intensive industries",
}
MIX = ["group", "section", "label", "year", "share", "n", "missing"]
QUOTIENTS = [
    "area_code", "group", "cluster", "label", "year", "share", "location_quotient", "n", "missing",
]  # fmt: skip
_ALL = "gva_all"


def clusters() -> pd.DataFrame:
    """The clusters: ``cluster, named, label, compromise``; what the briefing says, what districts have."""
    records = derived.records()
    return pd.DataFrame(
        {
            "cluster": cluster,
            "named": named,
            "label": records[cluster]["label"],
            "compromise": records[cluster]["why"],
        }
        for cluster, named in CLUSTERS.items()
    )


def years() -> tuple[int, int]:
    """First and last year with GVA by industry."""
    published = _gva(_ALL).columns
    return int(published[0]), int(published[-1])


def mix(area: Area, groups: Mapping[str, Iterable[str]] | None = None) -> pd.DataFrame:
    """Shares of the sections in GVA, in the first and in the last year.

    Parameters
    ----------
    area : Area
        Its own mix is the group ``area``; that of all districts is ``uk``.
    groups : mapping of str to codes, optional
        More groups of districts, such as those of `helpers.comparisons.comparison.members`.

    Returns
    -------
    DataFrame
        Columns `MIX`. ``share`` is a fraction: what the section's districts are published to produce,
        over all GVA of the group. ``n`` districts have a figure, ``missing`` have it suppressed; what
        the suppressed cells hold together stands in the row `WITHHELD` (there ``n`` counts districts
        with any), so that shares add up to one but for rounding to GBP million. No share where all are
        suppressed. A negative GVA (a year of losses) is kept: it lowers the sum.
    """
    labels = {name: _label(f"gva_{name}") for name in SECTIONS} | {WITHHELD: "not published by section"}
    rows = []
    for year in years():
        cells = pd.DataFrame({name: _gva(f"gva_{name}")[year] for name in SECTIONS})
        whole = _gva(_ALL)[year]
        for group, codes in _groups(area, groups).items():
            own, total = cells.loc[codes], whole[codes].sum()
            held = own[own.isna().any(axis=1)]
            shares = own.sum(min_count=1) / total
            missing = own.isna().sum()
            rows += [
                (group, name, labels[name], year, shares[name], len(codes) - missing[name], missing[name])
                for name in SECTIONS
            ]
            if len(held):
                rest = (whole[held.index] - held.sum(axis=1)).sum() / total
                rows.append((group, WITHHELD, labels[WITHHELD], year, rest, len(held), 0))
    return pd.DataFrame(rows, columns=MIX)


def structural_change(shares: pd.DataFrame) -> pd.DataFrame:
    """How much of an economy changed section between the first and the last year.

    Parameters
    ----------
    shares : DataFrame
        From `mix`.

    Returns
    -------
    DataFrame
        ``group, first_year, last_year, index, index_without_rent, risen, rise, fallen, fall, withheld``.
        The index is half the sum of the absolute changes of the shares, a fraction between 0 (nothing
        changed) and 1 (everything did); it is known after Michaely (1962) and Stoikov (1966). Without
        rent, shares are those in GVA less owner-occupiers' imputed rent; empty where that is suppressed.
        ``risen`` and ``fallen`` are the published sections whose share rose and fell most. What is
        suppressed counts as one more section; ``withheld`` is its share (the larger of the two years),
        and the index cannot be further than that from the one with everything published.
    """
    rows = []
    for group, own in shares.groupby("group", sort=False):
        wide = own.pivot(index="section", columns="year", values="share")
        first, last = wide.columns[0], wide.columns[-1]
        published = wide.drop(index=WITHHELD, errors="ignore").dropna()
        moved = (published[last] - published[first]).sort_values(kind="stable")
        working = wide.drop(index=RENT) / (1 - wide.loc[RENT])
        rows.append(
            {
                "group": group,
                "first_year": int(first),
                "last_year": int(last),
                "index": half_sum(wide[first], wide[last]),
                "index_without_rent": half_sum(working[first], working[last])
                if RENT in published.index
                else np.nan,
                "risen": moved.index[-1],
                "rise": moved.iloc[-1],
                "fallen": moved.index[0],
                "fall": moved.iloc[0],
                "withheld": float(wide.reindex([WITHHELD]).fillna(0).to_numpy().max()),
            }
        )
    return pd.DataFrame(rows)


def half_sum(before: pd.Series, after: pd.Series) -> float:
    """Half the sum of the absolute differences of two sets of shares; a part that is absent is none."""
    return float((after.fillna(0) - before.fillna(0)).abs().sum() / 2)


def location_quotients(area: Area, groups: Mapping[str, Iterable[str]] | None = None) -> pd.DataFrame:
    """How much more, or less, of its GVA a district or a group has from each cluster than the UK.

    Parameters
    ----------
    area, groups
        As for `mix`.

    Returns
    -------
    DataFrame
        Columns `QUOTIENTS`, for the first and the last year. A row is either a district of the area
        (``area_code``) or a group (``group``), the other being empty. The share of a group is the sum
        of its districts' cluster GVA over the sum of their GVA, of those for which the cluster is
        published (``n``; ``missing`` are not), so it is the mean of their shares weighted by GVA. The
        quotient is this share over that of the UK: 1 where both are the same. No share and no quotient
        where nothing is published; both are negative where GVA is.
    """
    # Every group is a sum over districts, and so is a single district
    single = pd.DataFrame({"area_code": list(area.codes), "group": "", "district": list(area.codes)})
    pooled = [
        pd.DataFrame({"area_code": "", "group": group, "district": codes})
        for group, codes in _groups(area, groups).items()
    ]
    inside = pd.concat([single, *pooled], ignore_index=True)
    parts = []
    for cluster in CLUSTERS:
        record = derived.records()[cluster]
        made = sum(weight * _gva(name) for name, weight in record["numerator"].items())
        whole = sum(_gva(name) for name in record["denominator"]).where(made.notna())
        for year in years():
            own = inside.assign(
                made=inside["district"].map(made[year]), whole=inside["district"].map(whole[year])
            )
            by = own.groupby(["area_code", "group"], sort=False)
            share = by["made"].sum(min_count=1) / by["whole"].sum(min_count=1)
            rows = pd.DataFrame(
                {
                    "share": share,
                    "location_quotient": share / share["", "uk"],
                    "n": by["made"].count(),
                    "missing": by.size() - by["made"].count(),
                }
            )
            parts.append(rows.reset_index().assign(cluster=cluster, label=record["label"], year=year))
    return pd.concat(parts, ignore_index=True)[QUOTIENTS]


def _gva(indicator: str) -> pd.DataFrame:
    """GVA of an industry by present district and year, GBP million; NaN where suppressed."""
    return indicators.published(indicator, "district").values


def _label(indicator: str) -> str:
    text: str = indicators.about(indicator)["label"]
    text = text.removeprefix("GVA: ")
    return text[0].upper() + text[1:]


def _groups(area: Area, groups: Mapping[str, Iterable[str]] | None) -> dict[str, list[str]]:
    """Codes by group, checked; the area and the UK last."""
    known = list(geography.all_districts(PRESENT).index)
    chosen = {name: list(codes) for name, codes in (groups or {}).items()}
    chosen |= {"area": list(area.codes), "uk": known}
    for name, codes in chosen.items():
        unknown = sorted(set(codes) - set(known))
        if unknown or not codes or len(set(codes)) < len(codes):
            raise AreaError(
                f"group {name}: expected codes of districts of December 2024, each once, found "
                f"{unknown or codes}."
            )
    return chosen
