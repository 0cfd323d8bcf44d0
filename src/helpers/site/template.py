"""What does the page of a district look like? One template for all of them, filled from a profile."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from string import Template

import numpy as np

from helpers.enumeration import listed_names
from helpers.prose.words import area_name
from helpers.site import facts, sentences
from helpers.site.facts import Fact
from helpers.site.profile import Profile

FILES = "files"  # pictures and data, beside the pages

TEMPLATE = Template(
    """---
myst:
  html_meta:
    description: $description
---
# $name

$lead

## Where it stands

$place

$way

$releases

## Strong and weak

$strong

$standing

### Districts like it

$neighbours

## Skills

$skills

## People

$people

## Firms

$firms

## Investment

$investment

$invested

## What policy might do

$policy

## How sure is this?

$certainty

[Every figure of this page in one table (CSV)]($facts)
"""
)


def page(profile: Profile, pictures: dict[str, str], slug: str) -> str:
    """The page of a district in MyST Markdown.

    Parameters
    ----------
    profile : Profile
    pictures : dict of str to str
        Markdown of each figure by its name; one that is missing is left out.
    slug : str
        What its files begin with.
    """
    topics = {
        topic: fact_table(profile, [fact for fact in profile.facts if fact.topic == topic])
        for topic in ("skills", "people", "firms", "investment")
    }
    text = TEMPLATE.substitute(
        topics
        | {
            "description": json.dumps(sentences.lead(profile), ensure_ascii=False),
            "name": escape(profile.name),
            "lead": escape(sentences.lead(profile)),
            "place": "\n".join(f"- {escape(line)}" for line in sentences.place(profile)),
            "way": pictures.get("way", ""),
            "releases": escape(sentences.releases(profile)),
            "strong": _strong(profile),
            "standing": pictures.get("standing", ""),
            "neighbours": _neighbours(profile),
            "skills": f"{escape(sentences.SKILLS)}\n\n{topics['skills']}",
            "firms": f"{topics['firms']}\n\n{escape(sentences.FIRMS)}",
            "investment": f"{escape(sentences.investment(profile))}\n\n{topics['investment']}",
            "invested": pictures.get("investment", ""),
            "policy": escape(sentences.policy(profile)),
            "certainty": escape(sentences.certainty(profile)),
            "facts": f"{FILES}/{slug}/{slug}-facts.csv",
        }
    )
    return re.sub(r"\n{3,}", "\n\n", text)


def _strong(profile: Profile) -> str:
    """What strong means, and a list against each of those it is compared with."""
    parts = [escape(sentences.STRONG)]
    for heading, lines in sentences.strong(profile):
        parts += [f"**{escape(heading)}**", "\n".join(f"- {escape(line)}" for line in lines)]
    return "\n\n".join(parts)


def _neighbours(profile: Profile) -> str:
    """The statistical neighbours, linked where they have a page."""
    if not profile.neighbours:
        return escape(sentences.no_neighbours(profile))
    names = [
        f"[{escape(one.name)}]({one.page}.md)" if one.page else escape(one.name) for one in profile.neighbours
    ]
    return f"{escape(sentences.neighbours(profile))} They are {listed_names(names)}."


def fact_table(profile: Profile, shown: Sequence[Fact]) -> str:
    """Indicators as an HTML table: the district, the area's mean and the neighbours' mean, with verdicts.

    Roles stand beside the elements because on a phone each row is laid out as a card (``book.css``), which
    takes an element's own role from it.
    """
    heads = (profile.name, f"mean of {area_name(profile.area)}", "mean of districts like it")
    head = "".join(f'<th role="columnheader" scope="col">{html.escape(text)}</th>' for text in heads)
    rows = "\n".join(_row(fact, heads) for fact in shown)
    return (
        '```{raw} html\n<div class="table-scroll" tabindex="0"><table class="facts" role="table">\n'
        f'<thead role="rowgroup"><tr role="row"><td role="cell"></td>{head}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{rows}\n</tbody></table></div>\n```'
    )


def _row(fact: Fact, heads: Sequence[str]) -> str:
    """One indicator of the table, each cell with what stands above it in a wide window."""
    year = str(fact.year or "")
    what = ", ".join(filter(None, [fact.label, facts.level_words(fact), "" if year in fact.label else year]))
    own = "not published" if fact.year is None else sentences.amount(fact.value, fact.unit)
    cells = [(own, sentences.interval(fact))]
    for beside in (fact.area, fact.neighbours):
        known = np.isfinite(beside.mean)
        cells.append((sentences.amount(beside.mean, fact.unit), beside.verdict) if known else ("", ""))
    told = "".join(
        f'<td role="cell" data-of="{html.escape(head)}">{first}<small>{second}</small></td>'
        for (first, second), head in zip(cells, heads, strict=True)
    )
    told = told.replace(" %", "&nbsp;%")  # a figure and its unit stay on one line
    return f'<tr role="row"><th role="rowheader" scope="row">{html.escape(what)}</th>{told}</tr>'


def escape(text: str) -> str:
    """Text as Markdown shows it, whatever signs are in it."""
    return re.sub(r"([\\`*_{}\[\]<>|#$])", r"\\\1", text)
