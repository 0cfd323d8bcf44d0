"""Sentences and tables of 10_claims: what holds, what changes, and what would settle it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from IPython.display import HTML, display

from helpers import series
from helpers.claims import verdict as verdicts
from helpers.claims.ledger import UNTESTED, VERDICTS, documents
from helpers.claims.measuring import Measurement
from helpers.claims.run import Outcome, number, published, told
from helpers.enumeration import listed
from helpers.prose.words import area_name, count
from helpers.study import Study

WORDS = {
    "reproduced": "reproduced",
    "reproduced_under": "reproduced under another definition",
    "contradicted": "contradicted",
    "indirect": "indirect",
    "not_testable": "not testable",
    "pending": "pending",
}
MEANINGS = {
    "reproduced": "the document's own definition gives the published figure in the latest release",
    "reproduced_under": "another definition, year or an earlier release gives it; the table says which",
    "contradicted": "no definition that was tried gives it",
    "indirect": "there is only something near it: another figure, larger areas, or a model with assumptions",
    "not_testable": "no table at hand is about it; the table names the data that would test it",
    "pending": "a later notebook of this compendium will test it",
}
DOCUMENT_WORDS = {
    "guide": "guide",
    "briefing": "briefing",
    "inequality": "page on inequality",
    "project": "project",
    "lessons": "six lessons",
}
SOURCE_RELEASE = 2024  # the release that the guide names under its Figure 2


@dataclass(frozen=True)
class Story:
    """A few claims that belong together, and what would settle them."""

    ids: tuple[str, ...]
    settled_by: str


STORIES = {
    "gap": Story(
        ("gap-2010-2023", "gap-widened-two-decades", "gap-widened-since-2010", "gap-widened-per-job",
         "gap-twenty-years-ago"),
        "the table behind the published percentages, with the districts, the release and the formula; and "
        "the next releases, because the last two years of each are still revised",
    ),
    "groups": Story(
        ("south-derbyshire-highest", "wyre-forest-lowest", "almost-twice", "top-five-in-figure-1",
         "bottom-five-in-figure-1"),
        "a ranking on several years instead of one, since neighbours in the ranking are closer to each other "
        "than one release is to the next",
    ),
    "level": Story(
        ("below-uk-13", "deficit-widened", "falling-further", "most-below-uk", "weak-districts-drag"),
        "nothing more is needed for the sign; the exact figure moves with each release",
    ),
    "figure_3": Story(
        ("working-age-6", "young-14", "large-firms-twice", "smes-half"),
        "the list of years and sources behind Figure 3; births of enterprises by size are not published for "
        "districts",
    ),
    "investment": Story(
        ("investment-nearly-three-times", "investment-solihull-mansfield", "investment-quoted-ratio",
         "investment-rise-290", "investment-fall-20", "investment-source-date"),
        "gross fixed capital formation by district and after 2020; the producer's microdata could give it, "
        "no public table does",
    ),
    "innovation": Story(
        ("rd-around-5", "rd-5-in-2022", "rd-below-average", "rd-growth-leaders", "rd-growth-laggards"),
        "a statement of which regions and which kinds of R&D the share is of; for districts, the microdata "
        "of the business survey",
    ),
    "skills": Story(
        ("skills-level-3", "skills-most-ahead", "skills-low"),
        "qualifications by place of work, which no public survey of this size gives, and the year and the "
        "districts behind the published shares",
    ),
    "loop": Story(
        ("cumulative-causation", "productive-attract-investment", "productive-keep-talent",
         "targeting-closes-gap", "multiplier-1-60"),
        "capital, skills by place of work and public spending by district, over decades in which they "
        "change; without them figures say what assumptions imply or how areas move together, which neither "
        "bears the claims out nor refutes them",
    ),
    "drivers": Story(
        ("industry-structure", "firms-within-industries", "skilled-workers-cluster", "local-endowments",
         "infrastructure-first-factor"),
        "linked records of workers, firms and places, which the project set out to use; public figures share "
        "out what goes together",
    ),
}  # fmt: skip
# In this order: what holds comes first
HEADINGS = {
    "reproduced": "What holds",
    "reproduced_under": "What holds under some definition or release",
    "contradicted": "What changes",
    "indirect": "What can only be seen from near by",
    "not_testable": "What cannot be tested",
}


def answer(found: Sequence[Outcome]) -> str:
    """The first paragraph: how many claims come out, and the headline one."""
    counts = _counts(found)
    tested = sum(number for verdict, number in counts.items() if verdict not in UNTESTED)
    own = sum(one.claim.topic == "documents" for one in found if one.claim.verdict not in UNTESTED)
    headline = _by_id(found)["gap-2010-2023"]
    waiting = f" and {counts['pending']} wait for a later notebook" if counts["pending"] else ""
    return (
        f"Of {len(found)} published claims, official figures and the documents themselves can speak to "
        f"{tested}: **{counts['reproduced']}** come out as published, **{counts['reproduced_under']}** under "
        f"another definition, year or release, **{counts['contradicted']}** under none that was tried, and "
        f"for **{counts['indirect']}** there is only something near. {counts['not_testable']} cannot be "
        f"tested with public tables at hand{waiting}. {own} of the "
        "tested ones are about the documents themselves. The headline claim, that the gap "
        f"widened from 2010 to 2023, published as {published(headline.claim)}, is "
        f"**{WORDS[headline.decision.verdict]}**: the figures are {told(headline, headline.decision.by)}."
    )


def scope(study: Study) -> str:
    """Which area the claims are about, whatever this run is about."""
    if study.area.name == "Midlands":
        return "The documents speak of the Midlands and of the UK, and so does everything below."
    return (
        f"The documents speak of the Midlands, so their claims are tested there, although this run is about "
        f"{area_name(study.area)}."
    )


def by_document(found: Sequence[Outcome]) -> str:
    """How each document fares, in one sentence each."""
    sentences = []
    for key, words in DOCUMENT_WORDS.items():
        own = [one for one in found if one.claim.document == key]
        counts = {verdict: n for verdict, n in _counts(own).items() if n}
        parts = listed([f"{n} {WORDS[verdict]}" for verdict, n in counts.items()])
        sentences.append(f"*{documents()[key]['title']}* (the {words}): {count(len(own), 'claim')}, {parts}.")
    return "\n".join(f"- {sentence}" for sentence in sentences)


def meanings() -> pd.DataFrame:
    """The verdicts and what they mean."""
    return pd.DataFrame({"verdict": list(WORDS.values()), "meaning": [MEANINGS[v] for v in VERDICTS]})


def story(found: Sequence[Outcome], name: str) -> str:
    """Claims that belong together: first what holds, then what changes, then what would settle it.

    Parameters
    ----------
    found : sequence of Outcome
    name : str
        A key of `STORIES`.
    """
    known = _by_id(found)
    paragraphs = []
    for verdict, heading in HEADINGS.items():
        own = [known[one] for one in STORIES[name].ids if known[one].decision.verdict == verdict]
        if own:
            lines = "\n".join(f"- {sentence(one)}" for one in own)
            paragraphs.append(f"**{heading}**\n\n{lines}")
    return "\n\n".join([*paragraphs, f"**What would settle it**: {STORIES[name].settled_by}."])


def sentence(one: Outcome) -> str:
    """One claim with what was published, what was measured and by which definition."""
    decision, claim = one.decision, one.claim
    start = f"“{claim.claim}”"
    if decision.by is None:
        return f"{start} {WORDS[decision.verdict].capitalize()}: {claim.needs}."
    figures = f"{told(one, decision.by)}{_ends(one)} ({_by(decision.by)})"
    if decision.verdict == "reproduced":
        return f"{start} The figures give {figures}."
    if decision.verdict == "reproduced_under":
        own = ""
        if decision.stated is not None:
            own = f"; by the document's own definition the latest figures give {told(one, decision.stated)}"
            own += (
                f" ({_by(decision.stated)})" if decision.stated.definition != decision.by.definition else ""
            )
        tried = f"{decision.hits} of {count(decision.tried, 'definition')} tried"
        beside = decision.stated.beside if decision.stated else ""
        return f"{start} It comes out with {figures}, as in {tried}{own}{f'; {beside}' if beside else ''}."
    if decision.verdict == "indirect":
        beside = f"; {decision.by.beside}" if decision.by.beside else ""
        return f"{start} The nearest there is: {figures}{beside}."
    tried = (
        f"none of {count(decision.tried, 'definition')} tried gives it" if decision.tried > 1 else "not so"
    )
    return f"{start} The figures give {figures}; {tried}."


def _ends(one: Outcome) -> str:
    """The interval of the part that decides, where it has one."""
    by, at = one.decision.by, one.decision.worst
    if by is None or np.isnan(by.lower[at]):
        return ""
    part = one.claim.parts[at]
    which = f"{part.name}: " if len(one.claim.parts) > 1 else ""
    inside = one.decision.verdict == "contradicted" and verdicts.within_interval(
        part, by.lower[at], by.upper[at]
    )
    reaches = ", which reaches the claim" if inside else ""
    return f", {which}{number(by.lower[at])} to {number(by.upper[at])}{reaches}"


def _by(measured: Measurement) -> str:
    """A definition with its release."""
    return f"{measured.definition}{f', release of {measured.release}' if measured.release else ''}"


def releases(found: Sequence[Outcome]) -> pd.DataFrame:
    """Every claim that rests on releases of productivity, as each release has it.

    Returns
    -------
    DataFrame
        ``id, claim, published``, then a column per release: what the document's own definition gives
        there, and whether that bears the claim out; blank where the release lacks the year.
    """
    rows = []
    for one in found:
        own: dict[int, Measurement] = {}
        for measured in one.measurements:
            if measured.stated and measured.release and not np.isnan(measured.values).any():
                own.setdefault(measured.release, measured)
        if not own:
            continue
        row = {"id": one.claim.id, "claim": one.claim.claim, "published": published(one.claim)}
        for release in series.releases("hour"):
            row[str(release)] = (
                f"{told(one, own[release])}: {_borne_out(one, own[release])}" if release in own else ""
            )
        rows.append(row)
    return pd.DataFrame(rows)


def since_release(found: Sequence[Outcome]) -> str:
    """Which claims the guide's own release bore out and the latest does not, and the other way round."""
    latest = series.releases("hour")[-1]
    table = releases(found).set_index("id")
    before, after = (table[str(r)].str.endswith(": yes") for r in (SOURCE_RELEASE, latest))
    both = (table[str(SOURCE_RELEASE)] != "") & (table[str(latest)] != "")
    lost, won = (list(table.index[both & change]) for change in (before & ~after, ~before & after))
    kept = int((both & before & after).sum())
    return (
        f"The guide names the ONS release of {SOURCE_RELEASE}; the latest is that of {latest}. Of "
        f"{count(int(both.sum()), 'claim')} that both releases can answer by the document's own definition, "
        f"{kept} are borne out by both. Borne out then and no longer: {listed(lost) if lost else 'none'}. "
        f"Borne out only now: {listed(won) if won else 'none'}."
    )


def _borne_out(one: Outcome, measured: Measurement) -> str:
    return "yes" if verdicts.holds(one.claim.parts, measured, one.claim.clearly) else "no"


def scoreboard(found: Sequence[Outcome]) -> None:
    """Show every claim in one table; in the book a script adds the filters to it.

    Without the script, as in Jupyter, it is a plain table.
    """
    rows = pd.DataFrame(
        {
            "id": html.escape(one.claim.id),
            "claim": html.escape(one.claim.claim),
            "verdict": WORDS[one.decision.verdict],
            "published": html.escape(published(one.claim)),
            "measured": html.escape(told(one, one.decision.by)) if one.decision.by else "",
            "by, or what it needs": html.escape(_by(one.decision.by) if one.decision.by else one.claim.needs),
            "document": DOCUMENT_WORDS[one.claim.document],
            "topic": one.claim.topic,
            "shown in": _link(one.claim.exhibit),
        }
        for one in found
    )
    table = rows.to_html(
        index=False, escape=False, border=0, justify="left", classes="exhibit claims", na_rep=""
    )
    display(HTML(f'{table}<script src="../_static/claims.js" defer></script>'))


def _link(exhibit: str) -> str:
    """A link to the page of the book that shows an exhibit."""
    notebook, _, name = exhibit.partition("/")
    page = html.escape(notebook)
    return f'<a href="{page}.html">{page}</a> {html.escape(name)}' if name else ""


def _counts(found: Sequence[Outcome]) -> dict[str, int]:
    said = [one.decision.verdict for one in found]
    return {verdict: said.count(verdict) for verdict in VERDICTS}


def _by_id(found: Sequence[Outcome]) -> dict[str, Outcome]:
    return {one.claim.id: one for one in found}
