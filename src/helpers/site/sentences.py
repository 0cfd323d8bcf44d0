"""What does the page of a district say? Its sentences, with the numbers of its profile."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from helpers.enumeration import listed, listed_names
from helpers.prose.words import area_name, count, percent, pounds
from helpers.site import facts
from helpers.site.facts import Fact
from helpers.site.history import Level
from helpers.site.profile import Profile
from helpers.site.verdicts import BAD, GOOD, UNCLEAR, Beside

SKILLS = (
    "Shares with qualifications come from a sample survey, so each stands with its 95 % interval where that "
    "is published. They count residents, wherever they work; productivity counts what is produced in the "
    "district, by whoever works there."
)
FIRMS = (
    "Counts of enterprises are rounded to five; the ranges show what that rounding allows. Births of 2021 in "
    "some districts are inflated by firms registered in bulk at one address, which also do not survive."
)
FEW_PAIRS = 2  # a band from so few observed revisions is a glimpse, and the reader is told
UNCLEAR_GAP = "we cannot tell these apart"
# By the names that the simulation gives its allocations
ALLOCATIONS = {
    "lagging": "goes to lagging districts",
    "evenly": "is spread over all districts alike",
    "top": "goes to the most productive districts",
}


def lead(profile: Profile) -> str:
    """The answer in one paragraph."""
    now = profile.now
    band = (
        f" (revision may still put that between {pounds(now.lower, 'hour')} and {pounds(now.upper, 'hour')})"
        if np.isfinite(now.lower)
        else ""
    )
    among = (
        "" if profile.area.kind == "uk" else f"{_rank(now.rank, now.of)} of {area_name(profile.area)} and "
    )
    return (
        f"In {now.year} {profile.name} produced {pounds(now.value, 'hour')} per hour worked{band}: "
        f"{among}{_rank(profile.uk_rank, profile.uk_of)} of the UK. "
        f"That is {_gap(now, now.relative_to_uk, 'the UK')}."
    )


def _rank(rank: int, of: int) -> str:
    """``9th of 65 districts``."""
    return f"{ordinal(rank)} of {count(of, 'district')}"


def ordinal(number: int) -> str:
    """``1st``, ``12th``, ``23rd``."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _gap(level: Level, ratio: float, whom: str) -> str:
    """How much more or less than another place, and whether revision leaves them apart."""
    words = f"{percent(abs(ratio - 1))} {'more' if ratio >= 1 else 'less'} than {whom}"
    if ratio * level.relative_lower <= 1 <= ratio * level.relative_upper:
        return f"{words}, but within what revision may change: {UNCLEAR_GAP}"
    return words


def place(profile: Profile) -> list[str]:
    """Distance to area and region, rank with its band, and change over time, one sentence each."""
    now, told = profile.now, []
    regions = [(profile.region, now.relative_to_region)]
    if profile.area.name not in (profile.region, "United Kingdom"):
        regions.insert(0, (area_name(profile.area), now.relative_to_area))
    gaps = [_gap(now, ratio, _the(name)) for name, ratio in regions if np.isfinite(ratio)]
    if gaps:
        told.append(f"Per hour it produced {'; '.join(gaps)}.")
    if profile.area.kind != "uk" and now.of > 1:
        told.append(_rank_band(profile.rank_band, f"of {area_name(profile.area)}"))
    told.append(_rank_band(profile.uk_rank_band, "of the UK"))
    told.append(_change(profile))
    if profile.job:
        job = profile.job
        told.append(
            f"Per filled job it was {pounds(job.value, 'job')} in {job.year}, "
            f"{_rank(job.rank, job.of)} of {area_name(profile.area)}."
        )
    return told


def _the(name: str) -> str:
    """A region as it stands in a sentence."""
    directional = ("North ", "South ", "East ", "West ")
    return f"the {name}" if name.startswith(directional) and not name.startswith("the") else name


def _rank_band(band: tuple[int, int], where: str) -> str:
    if band[0] == band[1]:
        return (
            f"Its rank among the districts {where} would stay {ordinal(band[0])} under revisions like those "
            "seen so far."
        )
    return (
        f"Its rank among the districts {where} is not firm: revisions like those seen so far would put it "
        f"anywhere from {ordinal(band[0])} to {ordinal(band[1])}."
    )


def _change(profile: Profile) -> str:
    change = profile.change
    if change is None:
        return "There is one year of figures, so no change can be told."
    moved = f"from {change.first_year} to {change.last_year} by {change.value * 100:+.1f} points"
    moved = f"Measured by the UK's level (100), it moved {moved}"
    if np.isnan(change.lower):
        return f"{moved}; how far revision may change that is not known."
    ends = f"{change.lower * 100:+.1f} to {change.upper * 100:+.1f}"
    verdict = (
        "we cannot tell whether it gained or lost"
        if change.lower <= 0 <= change.upper
        else "more than revision is likely to undo"
    )
    few = "" if change.pairs > FEW_PAIRS else f", though only {count(change.pairs, 'revision')} could be seen"
    return f"{moved} (band {ends}): {verdict}{few}."


def releases(profile: Profile) -> str:
    """What each release said of the last years of the ones before."""
    order = sorted({level.release for level in profile.levels})
    by_release = {r: {one.year: one for one in profile.levels if one.release == r} for r in order}
    told = []
    for earlier, later in pairwise(order):
        year = max(by_release[earlier])
        before, after = by_release[earlier][year], by_release[later].get(year)
        if after:
            figures = [f"{pounds(one.value, 'hour')} ({ordinal(one.rank)})" for one in (before, after)]
            told.append(
                f"for {year}, {figures[0]} in the release of {earlier} became {figures[1]} in that of {later}"
            )
    if not told:
        return "Only one release has figures for it, so how they are revised cannot be seen."
    where = area_name(profile.area)
    return f"New releases change old years: {'; '.join(told)}. Ranks are among the districts of {where}."


STRONG = (
    "Strong (or weak) means here: better (or worse) than three quarters of the others, and with an interval, "
    "where one is published, that keeps clear of that of their mean. No allowance is made for the number of "
    "things compared: among so many, some look strong by chance."
)


def strong(profile: Profile) -> list[tuple[str, list[str]]]:
    """What is strong and weak, against the area and against the neighbours: a heading and lines of each."""
    own = [fact for fact in profile.facts if fact.level == "district" and fact.better and fact.year]
    told = []
    if len(profile.area.codes) > 1:
        lines = _verdicts(own, [fact.area for fact in own])
        told.append((f"Against {area_name(profile.area)}", lines))
    if profile.neighbours:
        lines = _verdicts(own, [fact.neighbours for fact in own])
        told.append(("Against the districts most like it", lines))
    return told


def _verdicts(own: Sequence[Fact], beside: Sequence[Beside]) -> list[str]:
    by: dict[str, list[str]] = {}
    for fact, one in zip(own, beside, strict=True):
        by.setdefault(one.verdict, []).append(fact.short)
    words = {GOOD: "Strong", BAD: "Weak", UNCLEAR: "We cannot tell it from their mean"}
    return [
        f"{word}: {'; '.join(by.get(verdict, ['nothing compared here']))}." for verdict, word in words.items()
    ]


def neighbours(profile: Profile) -> str:
    """How the neighbours are chosen, and how productive they are."""
    own = next(fact for fact in profile.facts if fact.indicator == facts.PRODUCTIVITY)
    firm = sum(one.stability == 1 for one in profile.neighbours)
    told = (
        f"These are the {len(profile.neighbours)} districts of the UK most alike in size, age, work, firms "
        f"and industries, not in how well they do; {firm} stay on the list whichever indicator is left out."
    )
    if own.year is None or np.isnan(own.neighbours.mean):
        return told
    verdict = f"; {UNCLEAR_GAP}" if own.neighbours.verdict == UNCLEAR else ""
    return (
        f"{told} They produced {pounds(own.neighbours.mean, 'hour')} per hour on average in {own.year}, "
        f"{profile.name} {pounds(own.value, 'hour')}{verdict}."
    )


def no_neighbours(profile: Profile) -> str:
    """Why there are none."""
    return f"Too few figures are published of {profile.name} to say which districts are most like it."


def investment(profile: Profile) -> str:
    """On which level investment is published, and what that means for the district."""
    wider = [f for f in profile.facts if f.topic == "investment" and f.where]
    places = list(dict.fromkeys(facts.level_words(fact) for fact in wider))
    if not places:
        return "Apart from broadband no figure of investment covers it."
    return (
        "Apart from broadband, investment is not published by district. The figures here are of the "
        f"{listed_names(places)}, of which {profile.name} is the whole or a part; they cannot say what was "
        "invested in the district alone. Grants count where the firm is registered."
    )


def policy(profile: Profile) -> str:
    """What the simulation gives for the district, or that it does not cover it."""
    if not profile.policy:
        return (
            f"The simulation of policies made for {area_name(profile.area)} does not cover {profile.name}, "
            "so there is no figure for it. An effect on the gap between groups of districts says nothing of "
            "a single one."
        )
    told = []
    for one in profile.policy:
        unsure = ", which we cannot tell from nothing" if one.lower <= 0 <= one.upper else ""
        where = ALLOCATIONS.get(one.allocation, f"goes to {one.allocation}")
        told.append(
            f"{one.effect:+.1f} % ({one.lower:+.1f} to {one.upper:+.1f}) if the money {where}{unsure}"
        )
    return (
        f"With all interventions together, output per hour of {profile.name} would differ at the end of the "
        f"simulation by {'; '.join(told)}. The bands are those of the draws. This rests on assumptions that "
        "the chapter on policy lists, and is no forecast."
    )


def certainty(profile: Profile) -> str:
    """What the intervals mean, in plain words."""
    own = [fact for fact in profile.facts if fact.year]
    unclear = sum(fact.area.verdict == UNCLEAR for fact in own)
    without = sum(not np.isfinite(fact.lower) for fact in own)
    never = [fact.short for fact in profile.facts if fact.year is None]
    told = (
        f"In {unclear} of the {len(own)} comparisons with {area_name(profile.area)} the ranges overlap: "
        f"{UNCLEAR_GAP}, and a difference in the table may be chance or revision. {without} of the figures "
        "are published without any interval, which does not make them exact. Bands of productivity are ours, "
        "from what later releases did to earlier ones; the producer publishes none."
    )
    missing = f" Nothing is published of {profile.name} for {listed(never)}." if never else ""
    return told + missing


def interval(fact: Fact) -> str:
    """The interval of a figure in its unit; empty without one."""
    if not np.isfinite(fact.lower):
        return ""
    return f"{amount(fact.lower, fact.unit)} to {amount(fact.upper, fact.unit)}"


def amount(value: float, unit: str) -> str:
    """``£41.80``, ``67.7 %``, ``218,793``: decimals by size, as many as are worth reading."""
    if unit.startswith("GBP"):
        return f"£{value:,.{0 if abs(value) >= 100 else 2}f}"
    if unit.startswith(("per cent", "%")):
        return f"{value:.1f} %"
    return f"{value:,.{0 if abs(value) >= 100 else 1}f}"
