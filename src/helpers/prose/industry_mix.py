"""Sentences of 09_people_firms_places on industries: mix, or output within each of them?"""

from __future__ import annotations

import pandas as pd

from helpers.decomposition import industry_accounts
from helpers.enumeration import listed_names
from helpers.prose.words import area_name, count, less, percent, points, sentence_start
from helpers.study import Study

MOST_NAMES = 5  # districts that a sentence can name


def mix_sentence(study: Study, mixed: pd.DataFrame) -> str:
    """The area's output per employee against Great Britain, in two parts; or why there is none."""
    rows = mixed[mixed["detail"] == "industries"].set_index("scope")
    scope = "top_against_bottom" if study.area.kind == "uk" else "area"
    if scope not in rows.index:
        return ""
    row = rows.loc[scope]
    year = industry_accounts.YEAR
    if pd.isna(row["gap"]):
        return f"{sentence_start(study.area)} has no split by industry: {row['reason'].split(': ')[1]}."
    who, others = f"in {area_name(study.area)}", "in Great Britain"
    if scope == "top_against_bottom":
        who = "in the ITL3 areas of the most productive districts"
        others = "in those of the least productive"
    text = (
        f"In {year} output per employee {who} was {less(-row['relative_gap'])} than {others}: "
        f"{points(row['relative_mix'])} by which industries employ people and "
        f"{points(row['relative_within'])} within the same industries."
    )
    if scope == "area" and not pd.isna(rows.at["area_without_london", "gap"]):
        other = rows.loc["area_without_london"]
        text += (
            f" Against Great Britain without London the two parts are {points(other['relative_mix'])} and "
            f"{points(other['relative_within'])}."
        )
    return text + (f" That is {row['reason']}." if row["reason"] else "")


def mix_title(study: Study, mixed: pd.DataFrame) -> str:
    """The area's two parts; for the UK, how the ITL3 areas differ."""
    rows = mixed[mixed["detail"] == "industries"]
    area = rows[rows["scope"] == "area"]
    if len(area) and area["gap"].notna().all():
        row = area.iloc[0]
        return (
            f"{sentence_start(study.area)}: {points(row['relative_mix'])} of output per employee by "
            f"industry mix, {points(row['relative_within'])} within industries"
        )
    own = rows[(rows["scope"] == "itl3") & rows["gap"].notna()]
    larger = (own["relative_within"].abs() > own["relative_mix"].abs()).mean()
    return f"In {percent(larger, 0)} of ITL3 areas the part within industries is the larger one"


def industry_title(study: Study, data: pd.DataFrame) -> str:
    """Which industry weighs most."""
    most = data.loc[(data["mix"] + data["within"]).abs().idxmax()]
    label = most["label"][0].upper() + most["label"][1:]
    return f"{label} weigh most in the distance of {whose(study)}: {points(most['mix'] + most['within'])}"


def spread_sentence(fine: pd.DataFrame, coarse: pd.DataFrame) -> str:
    """How much of the spread of ITL3 areas each part makes up, by how finely industries are told apart."""
    share = fine.set_index("part")["share"]
    few = coarse.set_index("part")["share"]
    return (
        f"Over {count(int(fine['n'].iloc[0]), 'ITL3 area')} of Great Britain the mix of "
        f"{len(industry_accounts.INDUSTRIES)} industries makes up {percent(share['mix'])} of the spread of "
        f"output per employee, and what is produced within them {percent(share['within'])}. With only "
        f"{len(industry_accounts.BROAD)} industries the mix makes up {percent(few['mix'])}; what it would "
        "make up with finer ones is not published."
    )


def whose(study: Study) -> str:
    """Whose industries are shown."""
    return "the most productive group" if study.area.kind == "uk" else area_name(study.area)


def coverage_sentence(study: Study) -> str:
    """What the figures hold that is not the area's, and which ITL3 areas are counted together."""
    told = []
    others = industry_accounts.outside(study.area)
    if others:
        told.append(
            f"The ITL3 areas that hold {area_name(study.area)} also hold {listed_names(others[:MOST_NAMES])}"
            + (f" and {len(others) - MOST_NAMES} more districts." if len(others) > MOST_NAMES else ".")
        )
    here = set(industry_accounts.units_of(study.area.codes))
    joined = [unit.count("+") + 1 for unit in here if "+" in unit]
    if joined:
        told.append(
            f"{sum(joined)} ITL3 areas are counted as {len(joined)}: some districts lie in several of them."
        )
    return " ".join(told)
