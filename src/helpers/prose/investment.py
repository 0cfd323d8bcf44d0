"""Sentences and titles of 04_investment: is more invested where more is produced?"""

from __future__ import annotations

import pandas as pd

from helpers.comparisons import capital
from helpers.enumeration import listed
from helpers.groups import RULE_WORDS, has_guide
from helpers.prose.words import LEVEL_WORDS, area_name, count, pounds, sentence_start
from helpers.study import Study

CAPITAL = (
    "gfcf_per_hour",
    "gfcf_per_hour_corrected",
    "gfcf_per_hour_without_buildings",
    "gfcf_buildings_per_hour",
    "gfcf_transport_per_hour",
    "gfcf_ict_per_hour",
    "gfcf_other_tangible_per_hour",
    "gfcf_intangible_per_hour",
    "fdi_inward_per_job",
    "fdi_inward_per_job_authority",
)
INFRASTRUCTURE = (
    "transport_capital_per_head",
    "transport_spending_per_head",
    "full_fibre",
    "gigabit",
    "gigabit_capable",
    "below_30mbit",
    "travel_time_car",
    "travel_time_public",
)
INDICATORS = (*CAPITAL, *INFRASTRUCTURE)


def answer(study: Study, contrast: pd.DataFrame, comparison: pd.DataFrame) -> str:
    """The first paragraph: investment per hour in the areas that contain the two groups."""
    row = contrast.set_index("indicator").loc["gfcf_per_hour"]
    if pd.isna(row["ratio_last"]):
        return (
            f"{sentence_start(study.area)} cannot be split into a most and a least productive group of the "
            "areas that investment is published for; what was invested in it stands below, beside the UK."
        )
    last = comparison[
        (comparison["indicator"] == "gfcf_per_hour") & (comparison["year"] == row["last_year"])
    ].set_index("group")
    top, bottom = last.loc["top"], last.loc["bottom"]
    return (
        f"Investment is not published for districts. In the {LEVEL_WORDS['itl3']}s that contain the most "
        f"productive districts of {area_name(study.area)} ({RULE_WORDS[study.rule or 'mean']}), "
        f"{pounds(top['value'], 'hour')} was invested per hour worked in {row['last_year']}, the last year "
        f"published; in those that contain the least productive it was {pounds(bottom['value'], 'hour')}. "
        f"That is {row['ratio_last']:.2f} times as much, after {row['ratio_first']:.2f} times in "
        f"{row['first_year']}. The groups are {count(int(top['n']), 'area')} and "
        f"{count(int(bottom['n']), 'area')}; no interval is published, and the figures of so few areas move "
        "with single projects. Over all areas of the UK, investment per hour and output per hour have a rank "
        f"correlation of {row['rank_correlation_uk']:.2f}."
    )


def guide_sentence(study: Study) -> str:
    """What the guide says of four districts, and what the closest published level shows; elsewhere empty."""
    if not has_guide(study.area):
        return ""
    pairs = capital.guide_pairs().query("asset == 'all'").set_index("name")
    year = int(pairs["year"].iloc[0])
    solihull, mansfield = pairs.loc[["Solihull", "Mansfield"], "guide_2023"]
    areas = pairs.groupby("itl3_name", sort=False)["value"].first()
    parts = [f"{name} {pounds(value, 'hour')}" for name, value in areas.items()]
    return (
        "The guide says that Solihull and Warwick received “nearly three times more capital” per hour worked "
        "from 2010 to 2023 than Mansfield and Bassetlaw, and gives "
        f"{pounds(solihull, 'hour')} for Solihull and {pounds(mansfield, 'hour')} for Mansfield in 2023. "
        "That cannot be rebuilt: there is no public series of investment by district, and none of "
        f"any area after {year}. The closest published level is the ITL3 area: in {year} {listed(parts)}. "
        "Solihull is an area by itself, Warwick is one of five districts of Warwickshire, and Mansfield and "
        "Bassetlaw share one area, so these figures cannot tell the last two apart. On average since 2010 "
        f"the areas of the first pair had {capital.mean_ratio(2010):.2f} times the investment per hour of "
        "the area of the second."
    )


def correction_sentence(study: Study, contrast: pd.DataFrame) -> str:
    """What the correction of June 2022 changes."""
    rows = contrast.set_index("indicator")
    before, after = rows.loc["gfcf_per_hour"], rows.loc["gfcf_per_hour_corrected"]
    if pd.isna(before["ratio_last"]) or pd.isna(after["ratio_last"]):
        return "The correction of June 2022 was published for some areas only, not for all needed here."
    return (
        "The release of May 2022 was corrected a month later. With the corrected totals, which begin in "
        f"{after['first_year']}, the ratio in {after['last_year']} is {after['ratio_last']:.3f}; without the "
        f"correction it is {before['ratio_last']:.3f}."
    )


def distance_sentence(study: Study) -> str:
    """How far the groups lie from London and Birmingham."""
    table = capital.distances(study)
    means = table[table["group"] != ""].groupby("group")[["km_to_london", "km_to_birmingham"]].mean()
    if means.empty:
        whole = table[["km_to_london", "km_to_birmingham"]].mean()
        return (
            f"The districts lie {whole['km_to_london']:.0f} km from London and "
            f"{whole['km_to_birmingham']:.0f} km from Birmingham on average, as the crow flies."
        )
    top, bottom = means.loc["top"], means.loc["bottom"]
    return (
        f"As the crow flies, the most productive districts lie {top['km_to_london']:.0f} km from London and "
        f"{top['km_to_birmingham']:.0f} km from Birmingham on average, the least productive "
        f"{bottom['km_to_london']:.0f} and {bottom['km_to_birmingham']:.0f} km."
    )
