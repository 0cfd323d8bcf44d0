"""Sentences of 05_innovation: is more research done where more is produced?"""

from __future__ import annotations

import pandas as pd

from helpers import containing
from helpers.comparisons import comparison, innovation
from helpers.enumeration import listed
from helpers.groups import RULE_WORDS, has_guide
from helpers.prose.words import area_name, count, percent, sentence_start
from helpers.study import Study

INDICATORS = (
    "rd_business_per_job",
    "rd_public_per_resident",
    "rd_business_eur_per_job",
    "innovate_uk_per_job",
    "exports_per_job",
)
KINDS = {"rd_business": "business R&D", "rd_public_funded": "public-funded R&D"}


def answer(study: Study, contrast: pd.DataFrame) -> str:
    """The first paragraph: the area's share of R&D, and the two groups where R&D can tell them apart."""
    told = f"Research and development (R&D) is not published for districts. {share_sentence(study)}"
    row = contrast.set_index("indicator").loc["rd_business_eur_per_job"]
    if pd.isna(row["ratio_last"]):
        return told
    chosen = comparison.members(study)
    top, bottom = (set(containing.areas_of(chosen[end], "itl2", "ITL21")) for end in ("top", "bottom"))
    both = len(top & bottom)
    shared = f", {both} of them in both," if both else ""
    return (
        f"{told} The smallest areas with business R&D are ITL2 areas, up to {row['last_year']}: those "
        f"that contain the most productive districts ({RULE_WORDS[study.rule or 'mean']}; "
        f"{count(len(top), 'area')}{shared} against {len(bottom)}) had {row['ratio_last']:.2f} times the "
        f"business R&D per job of those that contain the least productive, after "
        f"{row['ratio_first']:.2f} times in {row['first_year']}. No interval is published."
    )


def share_sentence(study: Study) -> str:
    """The area's regions' share of the UK's R&D beside their share of people, output and jobs."""
    table = innovation.shares(study).dropna(subset=["share_gva"])
    if study.area.kind == "uk":
        return "For the UK as a whole the table below gives the share of each region."
    # The last year in which all yardsticks are known: Northern Ireland's come later
    whole = table.dropna(subset=["share_population", "share_jobs"])
    last = whole.groupby("indicator").last()
    parts = [
        f"{percent(last.at[indicator, 'share'])} of the UK's {words} in {last.at[indicator, 'year']}"
        for indicator, words in KINDS.items()
    ]
    row = last.loc[innovation.RESEARCH[0]]
    yard = [
        f"{percent(row[f'share_{name}'])} of its {word}"
        for name, word in (("population", "people"), ("gva", "output"), ("jobs", "jobs"))
    ]
    return f"{_whose(study)} had {listed(parts)}, beside {listed(yard)} in {row['year']}."


def _whose(study: Study) -> str:
    """The regions that stand for the area."""
    if study.area.regions:
        return sentence_start(study.area)
    names = list(innovation.shares(study).query("region != @innovation.WHOLE")["name"].unique())
    return f"{listed(names)}, of which {area_name(study.area)} is a part,"


def exchange_sentence(study: Study) -> str:
    """What euros do to growth, shown on the sum of all regions."""
    uk = innovation.uk_total()
    fell = uk.pct_change().idxmin()
    first, last = innovation.WINDOWS[-1]
    return (
        "The figures by ITL2 area are in euros of each year, so their growth mixes research with the "
        f"exchange rate. The UK's sum was €{uk[first] / 1000:.1f} billion in {first}, "
        f"{percent(abs(uk[fell] / uk[fell - 1] - 1))} {'less' if uk[fell] < uk[fell - 1] else 'more'} in "
        f"{fell} than the year before, and €{uk[last] / 1000:.1f} billion in {last}. What the rate does "
        "is the same for every area and cancels in an area's share of the UK: that share, and not the "
        "growth in euros, says who gained."
    )


def guide_sentence(study: Study) -> str:
    """The guide's growth of R&D spending in four districts, and the level that exists; elsewhere nothing."""
    if not has_guide(study.area):
        return ""
    rows = innovation.guide_growth()
    grew, lagged = (
        rows[rows["district"].isin(part)] for part in (innovation.GUIDE_GROWTH, innovation.GUIDE_BELOW)
    )
    stated = [f"{percent(r.guide, 0)} a year in {r.district_name}" for r in grew.itertuples()]
    below = [r.district_name for r in lagged.itertuples()]
    found = [
        f"{name} {percent(part['growth_eur'].iloc[0])} in euros and "
        f"{percent(part['growth_against_uk'].iloc[0])} against the UK (it holds "
        f"{listed(list(part['district_name']))})"
        for name, part in rows.groupby("name", sort=False)
    ]
    return (
        f"The guide says that R&D spending has grown by {listed(stated)} since "
        f"{rows['first_year'].iloc[0]}, and by less than {percent(lagged['guide'].max(), 0)} in "
        f"{listed(below)}. There is no public series of R&D by district, so this cannot be tested as it "
        f"stands. By ITL2 area, from {rows['first_year'].iloc[0]} to {rows['last_year'].iloc[0]}, the "
        f"yearly growth was: {'; '.join(found)}. Warwick and Herefordshire lie in the same area, so the "
        "published level cannot set one against the other."
    )


def grants_sentence(study: Study) -> str:
    """Where Innovate UK's grants went, and why that is not where the work was done."""
    table = innovation.grants(study).dropna(subset=["per_job"])
    if table.empty:
        return f"No grants of Innovate UK are recorded in {area_name(study.area)}."
    first, last = table.iloc[0], table.iloc[-1]
    compared = f", and least in {last['name']}, £{last['per_job']:,.0f}" if len(table) > 1 else ""
    return (
        f"From 2011 to 2019 Innovate UK offered most per job in {first['name']}, "
        f"£{first['per_job']:,.0f}{compared}. Grants are counted at the registered address of the "
        "receiver, and a few large awards make an area's sum."
    )


def growth_title(study: Study, growth: pd.DataFrame) -> str:
    """The finding of the figure on growth: who gained against the UK since 2015."""
    rows = growth[growth["first_year"] == innovation.WINDOWS[0][0]].dropna(subset=["growth_against_uk"])
    if rows.empty:
        return "Business R&D by ITL2 area"
    gained = int((rows["growth_against_uk"] > 0).sum())
    return (
        f"From {rows['first_year'].iloc[0]} to {rows['last_year'].iloc[0]} business R&D grew faster than "
        f"the UK's in {gained} of {count(len(rows), 'ITL2 area')}"
    )
