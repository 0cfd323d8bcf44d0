"""Sentences of 03a_divergence_in_detail: do districts form clubs, change places, or stand in clusters?"""

from __future__ import annotations

import pandas as pd

from helpers import divergence_tables, geography, movement_tables, neighbour_tables
from helpers.dynamics import clubs, transitions
from helpers.dynamics.log_t import CRITICAL
from helpers.enumeration import listed_names
from helpers.geography import Area
from helpers.movement_tables import TOGETHER
from helpers.prose.words import area_name, count, percent, sentence_start
from helpers.space import contiguity, spatial

HORIZON_WORDS = {1: "one year", 5: "five years"}
MOST_NAMES = 12


def p_value(p: float) -> str:
    """``p = 0.020``, ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def last_year(area: Area) -> int:
    """The year of the local statistics."""
    return divergence_tables.panels(area)["unsmoothed"].years[-1]


def named_districts(rows: pd.DataFrame) -> str:
    """Names of districts that stand out, kind by kind: ``Solihull and Warwick (high beside high)``."""
    kinds = [f"{listed_names(part['name'])} ({kind})" for kind, part in rows.groupby("quadrant", sort=False)]
    return "; ".join(kinds)


def moran_counts(data: pd.DataFrame) -> tuple[int, int, int]:
    """Years of the unsmoothed series that stand out alone, that do so among all years, and all."""
    rows = data[data["series"] == "unsmoothed"]
    return int((rows["p"] <= spatial.LEVEL).sum()), int(rows["survives"].sum()), len(rows)


def answer(area: Area, seed: int) -> str:
    """The first paragraph: clubs, changes of place and clusters in one sentence each."""
    here = sentence_start(area)
    start = f"{here} has {count(len(area.codes), 'district')}."
    return " ".join([start, _clubs_short(area), _places_short(area, seed), _clusters_short(area, seed)])


def _clubs_short(area: Area) -> str:
    found = movement_tables.partitions(area)
    if found.reason:
        return f"Too few to look for **clubs** ({clubs.FEWEST_DISTRICTS} are needed)."
    rows = movement_tables.together(area)
    several = rows[rows["set"] > 0]
    every = len(found.settings)
    low, high = int(found.settings["clubs"].min()), int(found.settings["clubs"].max())
    number = count(high, "**club**") if low == high else f"{low} to {high} **clubs**"
    return (
        f"{every} ways to run the test for clubs give {number}, and {len(several)} of "
        f"{len(rows)} districts keep together with another in at least {percent(TOGETHER, 0)} of them."
    )


def _places_short(area: Area, seed: int) -> str:
    both = movement_tables.mobility(area, seed)
    rows = both[(both["horizon"] == 5) & (both["statistic"] == "leaving")].set_index("series")
    ours, published = rows.loc["unsmoothed"], rows.loc["smoothed"]
    who = "it stands" if len(area.codes) == 1 else "a district stands"
    return (
        f"Five years on {who} in another fifth of the UK (**another place**) {percent(ours['value'], 0)} of "
        f"the time by single years{_interval(ours)}, {percent(published['value'], 0)} by the smoothed "
        f"series{_interval(published)}."
    )


def _interval(row: pd.Series) -> str:
    return "" if pd.isna(row["lower"]) else f" ({percent(row['lower'], 0)} to {percent(row['upper'], 0)})"


def _clusters_short(area: Area, seed: int) -> str:
    found = divergence_tables.local_moran(area, seed)
    if found.empty:
        return f"A **cluster** on the map needs {spatial.FEWEST} districts to be told from chance."
    sure = int(found["survives"].sum())
    rows = neighbour_tables.moran_by_year(area, seed)
    rows = rows[rows["series"] == "unsmoothed"]
    row = rows.iloc[-1]
    verb = "stand" if sure > 1 else "stands"
    return (
        f"Likeness of neighbours (Moran's I) was {row['statistic']:.2f} in {int(row['year'])} "
        f"({p_value(row['p'])}; {p_value(row['p_adjusted'])} when {len(rows)} years are asked at once), and "
        f"{sure or 'none'} of {len(found)} districts {verb} in a **cluster** that chance does not easily "
        "give."
    )


def club_sentence(area: Area) -> str:
    """Clubs over all settings, who keeps together, and what the test does not say."""
    found = movement_tables.partitions(area)
    if found.reason:
        return (
            f"There are no clubs to look for: {area_name(area)} has {count(len(found.labels), 'district')} "
            f"with a figure in every year, and the test needs {clubs.FEWEST_DISTRICTS}."
        )
    settings = found.settings
    rejected = int((settings["t"] <= CRITICAL).sum())
    told = (
        f"That all {count(len(found.labels), 'district')} draw together is rejected in {rejected} of "
        f"{len(settings)} settings. "
    )
    sets = movement_tables.sets(area)
    if sets.empty:
        told += f"No two districts share a club in {percent(TOGETHER, 0)} of the settings."
    else:
        largest = sets.loc[sets["number"].idxmax()]
        together = movement_tables.together(area)
        who = (
            "all of them"
            if largest["number"] == len(found.labels)
            else listed_names(together.loc[together["set"] == largest["set"], "name"])
            if largest["number"] <= MOST_NAMES
            else f"{count(largest['number'], 'district')}, named in the table"
        )
        told += (
            f"The largest set of which every two share a club in at least {percent(TOGETHER, 0)} of the "
            f"settings: {who}."
        )
    if found.left_out:
        told += f" Left out, without a figure in some year: {listed_names(_names(found.left_out))}."
    return told


def transition_sentence(area: Area, seed: int) -> str:
    """How often the ends of the distribution are left."""
    table = divergence_tables.chains(area, seed)
    rows = table[(table["series"] == "unsmoothed") & (table["from"] == table["to"])]
    parts = []
    for fifth, word in ((1, "lowest"), (5, "highest")):
        kept = []
        for horizon, name in HORIZON_WORDS.items():
            row = rows[(rows["from"] == fifth) & (rows["horizon"] == horizon)].iloc[0]
            if row["n"]:
                share = f"{percent(row['probability'], 0)}{_interval(row)} of cases"
                kept.append(f"{share} after {name} (n = {int(row['n'])})")
        if kept:
            parts.append(f"when in the {word} fifth of the UK, was there again in {' and in '.join(kept)}")
    who = sentence_start(area) if len(area.codes) == 1 else f"A district of {area_name(area)}"
    if not parts:
        return f"{who} was never in the lowest or the highest fifth of the UK."
    return f"{who}, {'; '.join(parts)}."


def mobility_sentence(area: Area, seed: int) -> str:
    """The index of mobility, in both series, and why the truth lies between."""
    table = movement_tables.mobility(area, seed)
    rows = table[table["statistic"] == "mobility"]
    told = []
    for horizon, name in HORIZON_WORDS.items():
        both = []
        for row in rows[rows["horizon"] == horizon].sort_values("series").itertuples():
            if pd.isna(row.value):
                continue
            band = "no interval" if pd.isna(row.lower) else f"{row.lower:.2f} to {row.upper:.2f}"
            both.append(f"{row.series} {row.value:.2f} ({band})")
        if both:
            told.append(f"after {name} {', '.join(both)}")
    wide = rows.pivot(index="horizon", columns="series", values="value")
    between = "; what is true probably lies between" if (wide["unsmoothed"] > wide["smoothed"]).all() else ""
    if not told:
        return "Some fifth of the UK was never held here, so there is no index of mobility."
    return (
        "The index of mobility is 0 when no district ever changes its fifth and 1 when the fifth left tells "
        f"nothing about the fifth reached: {'; '.join(told)}. Chance in single years makes districts seem to "
        f"move more than they do, and averages over five years less{between}."
    )


def neighbour_sentence(area: Area, seed: int) -> str:
    """Whether a district's moves depend on its neighbours, beyond its own standing."""
    tests = neighbour_tables.neighbour_tests(area, seed)
    known = tests.dropna(subset=["p_any"])
    if known.empty:
        return (
            f"Whether neighbours matter for a district's moves cannot be tested: that takes "
            f"{transitions.FEWEST} districts beside neighbours of more than one kind, and "
            f"{area_name(area)} has {count(len(area.codes), 'district')}."
        )
    told = "; ".join(
        f"over {HORIZON_WORDS[row.horizon]} {p_value(row.p_any)}, and {p_value(row.p_alike)} when dealt "
        "among districts alike in their own average"
        for row in known.itertuples()
    )
    any_matters = (known["p_any"] <= spatial.LEVEL).any()
    alike_matters = (known["p_alike"] <= spatial.LEVEL).any()
    verdict = (
        "neighbours tell something about a district's moves beyond its own standing"
        if alike_matters
        else "neighbours tell something, but no more than a district's own standing does"
        if any_matters
        else "nothing here says that neighbours matter for a district's moves, which with so few "
        "moves is weak evidence that they do not"
    )
    return (
        "Do moves differ by the fifth that the neighbours are in? How often they would differ as much had "
        f"districts been dealt their neighbours at random: {told}. So {verdict}."
    )


def moran_sentence(area: Area, seed: int) -> str:
    """In how many years neighbours were alike, alone and among all years."""
    data = neighbour_tables.moran_by_year(area, seed)
    if data.empty:
        return (
            f"Whether neighbours are alike cannot be told from chance with "
            f"{count(len(area.codes), 'district')}; it takes {spatial.FEWEST}."
        )
    alone, among, years = moran_counts(data)
    rows = data[data["series"] == "unsmoothed"]
    least = rows.loc[rows["p"].idxmin()]
    told = (
        f"Of {count(years, 'year')} {alone or 'none'} set neighbours apart from chance when each is taken "
        f"alone (about {spatial.LEVEL * years:.0f} would do so without any pattern) and {among or 'none'} "
        f"when all are asked at once; the least likely to be chance is {int(least['year'])} "
        f"(I = {least['statistic']:.2f}, {p_value(least['p'])}, {p_value(least['p_adjusted'])} among all "
        "years)."
    )
    tied = contiguity.tie_words(contiguity.among(area.codes), geography.names())
    if tied:
        told += f" Districts that touch no other are tied to the nearest: {listed_names(tied)}."
    return told


def cluster_sentence(area: Area, seed: int) -> str:
    """Which districts stand in clusters, with how many would at no control."""
    found = divergence_tables.local_moran(area, seed)
    if found.empty:
        return f"A map of clusters needs {spatial.FEWEST} districts with figures that differ."
    alone, sure = found[found["p"] <= spatial.LEVEL], found[found["survives"].astype(bool)]
    sure = sure.assign(name=_names(tuple(sure["area_code"])))
    who = (
        ""
        if sure.empty
        else f": {named_districts(sure)}"
        if len(sure) <= MOST_NAMES
        else ", named in the table"
    )
    by_chance = f"{spatial.LEVEL * len(found):.0f}"
    return (
        f"Of {count(len(found), 'district')} those that stand out among their neighbours in "
        f"{last_year(area)} are {len(alone) or 'none'} when each is taken alone (about {by_chance} would by "
        f"chance) and {len(sure) or 'none'} when all are asked at once{who}. Neighbours "
        f"outside {area_name(area)} do not count."
    )


def _names(codes: tuple[str, ...]) -> list[str]:
    return [str(geography.names()[code]) for code in codes]
