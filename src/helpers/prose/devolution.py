"""Sentences of 08_policy on who could act: combined authorities and the districts that lag."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import devolution, geography, groups
from helpers.enumeration import listed, listed_names
from helpers.groups import MEAN_YEARS
from helpers.prose.words import area_name, count, percent, sentence_start
from helpers.study import Study

MOST_LISTED = 6  # authorities; beyond, they are summed up

# Decimals shown of the table of authorities
DIGITS = {"population": 0, "population_share": 3, "hours_share": 3, "gva_share": 3}


def title(study: Study) -> str:
    """The finding as a figure's title."""
    table = devolution.authorities(study)
    where = area_name(study.area)
    if devolution.lagging(study).reason:
        covered = int(table.loc[table["kind"] == devolution.AUTHORITY, "districts"].sum())
        lie = "lies" if covered == 1 else "lie"
        if len(study.area.codes) == 1:
            own = next(table.itertuples(index=False))
            return f"{sentence_start(study.area)} lies in {_place(own)}"
        every = count(int(table["districts"].sum()), "district")
        return f"{covered} of the {every} of {where} {lie} in a combined authority"
    lags = int(table["lagging"].sum())
    inside = int(table.loc[table["kind"] == devolution.AUTHORITY, "lagging"].sum())
    if not (table["kind"] == devolution.AUTHORITY).any():
        return f"No combined authority could act for the {count(lags, 'lagging district')} of {where}"
    lie = "lies" if inside == 1 else "lie"
    return f"{inside} of the {count(lags, 'lagging district')} of {where} {lie} in a combined authority"


def who_could_act(study: Study) -> str:
    """Which authorities there are, what lies outside all of them, and where the lagging districts lie."""
    table = devolution.authorities(study)
    by_kind = dict(iter(table.groupby("kind", sort=False)))
    texts = [_authorities(study, by_kind[devolution.AUTHORITY])] if devolution.AUTHORITY in by_kind else []
    if not texts:
        texts = [f"{sentence_start(study.area)} has no combined authority."]
    for row in by_kind.get(devolution.NONE, table.iloc[:0]).itertuples(index=False):
        lie = "lies" if row.districts == 1 else "lie"
        texts.append(f"{_with_shares(row)} {lie} in none.")
    for row in by_kind.get(devolution.LONDON, table.iloc[:0]).itertuples(index=False):
        come = "comes" if row.districts == 1 else "come"
        texts.append(f"{_with_shares(row)} {come} under the Greater London Authority, which is not one.")
    nations = by_kind.get(devolution.ELSEWHERE, table.iloc[:0])
    if len(nations):
        parts = [f"{row.short_name} has {_with_shares(row)}" for row in nations.itertuples(index=False)]
        texts.append(f"Combined authorities exist in England only: {listed(parts)}.")
    return " ".join([*texts, f"Shares are of {int(table['year'].iloc[0])}."])


def where_they_lag(study: Study) -> str:
    """In which authority, or in none, the lagging districts lie, and how far that rests on their number."""
    chosen = devolution.lagging(study)
    if chosen.reason:
        return f"No lagging districts are chosen here. {chosen.reason}"
    table = devolution.authorities(study)
    holding = table[table["lagging"] > 0]
    named = devolution.membership(study).query("lagging").groupby("group")["name"]
    parts = [
        f"{listed_names(named.get_group(row.group))} in {_place(row)}"
        for row in holding.itertuples(index=False)
    ]
    empty = table[(table["kind"] == devolution.AUTHORITY) & (table["lagging"] == 0)]["name"]
    none = f" None lies in {listed_or(empty)}." if 0 < len(empty) <= 4 else ""
    texts = (
        f"The {count(len(chosen.codes), 'district')} with the lowest mean GVA per {study.measure} of "
        f"{MEAN_YEARS[0]} to {MEAN_YEARS[-1]} are {'; '.join(parts)}.{none}",
        _by_size(study),
        _by_release(study),
        _against_guide(study, chosen.codes),
    )
    return " ".join(text for text in texts if text)


def listed_or(names: pd.Series) -> str:
    """``WMCA or EMCCA``."""
    return " or ".join([", ".join(names[:-1]), names.iloc[-1]]) if len(names) > 1 else str(names.iloc[0])


def _authorities(study: Study, own: pd.DataFrame) -> str:
    """The combined authorities of the area, one by one where they are few."""
    number = "1 combined authority" if len(own) == 1 else f"{len(own)} combined authorities"
    start = f"As of {devolution.AS_OF} {area_name(study.area)} has districts in {number}"
    if len(own) > MOST_LISTED:
        total = own[["districts", "population_share", "gva_share"]].sum()
        return (
            f"{start}, which hold {int(total['districts'])} districts with "
            f"{percent(total['population_share'], 0)} of its residents and "
            f"{percent(total['gva_share'], 0)} of its GVA."
        )
    parts = [
        f"{row.name} ({_with_shares(row, f', and {row.districts_elsewhere} elsewhere')})"
        if row.districts_elsewhere
        else f"{row.name} ({_with_shares(row)})"
        for row in own.itertuples(index=False)
    ]
    return f"{start}: {listed(parts)}."


def _with_shares(row: Any, more: str = "") -> str:
    """``17 districts with 20 % of the residents and 20 % of GVA``."""
    residents, gva = percent(row.population_share, 0), percent(row.gva_share, 0)
    return f"{count(int(row.districts), 'district')} with {residents} of the residents and {gva} of GVA{more}"


def _place(row: Any) -> str:
    kind = row.kind
    if kind == devolution.NONE:
        return "no combined authority"
    return str(row.short_name if kind == devolution.ELSEWHERE else row.name)


def _by_size(study: Study) -> str:
    """How many lagging districts lie in authorities when more or fewer count as lagging."""
    sizes = devolution.by_size(study)
    rows = devolution.authorities(study).set_index("group")["kind"]
    inside = sizes[sizes["group"].map(rows) == devolution.AUTHORITY]
    if inside.empty or sizes["size"].nunique() < 2:
        return ""
    both = inside.groupby("size")[["lagging", "expected"]].sum()
    parts = [f"{int(row.lagging)} of {size} ({row.expected:.1f})" for size, row in both.iterrows()]
    return (
        f"As more count as lagging, combined authorities hold {listed(parts)}; in brackets, how many they "
        "would hold if lagging districts were spread as all districts are."
    )


def _by_release(study: Study) -> str:
    """Whether other releases name other districts."""
    rows = devolution.by_release(study)
    if len(rows) < 2:
        return ""
    if rows["names"].nunique() == 1:
        return "Every release names the same districts."
    parts = [
        f"{r.in_authorities} of {r.lagging} in that of {r.release}" for r in rows.itertuples(index=False)
    ]
    return f"Releases name different districts: in combined authorities lie {listed(parts)}."


def _against_guide(study: Study, codes: tuple[str, ...]) -> str:
    """How many of the guide's least productive five these are."""
    if not groups.has_guide(study.area):
        return ""
    named = set(geography.guide_groups()["bottom"])
    return f"Of the guide's least productive {len(named)}, {len(named & set(codes))} are among them."
