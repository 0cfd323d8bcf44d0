"""What do the notebooks show of each argument in the documents? The evidence map, read and checked.

`data/evidence.yml` holds one record per challenge, recommendation, structural factor, intervention, case
study, hypothesis and lesson. It holds words only: figures come from the exhibits that a record names.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from helpers import paths
from helpers.errors import CompendiumError, nearest
from helpers.typed_figures import typed_figures

FILE = paths.DATA / "evidence.yml"
MANIFEST = paths.ROOT / "codecheck.yml"
REFERENCES = paths.BOOK / "references.bib"

GROUPS = {
    "challenge": "Challenges",
    "recommendation": "Recommendations",
    "factor": "Structural factors",
    "intervention": "Interventions",
    "case_study": "Case studies",
    "hypothesis": "Hypotheses",
    "lesson": "Lessons",
}
# What the figures say of a statement; of a proposal, what they say of what it takes for granted
VERDICTS = {
    "borne_out": "borne out",
    "in_part": "borne out in part",
    "not_borne_out": "not borne out",
    "silent": "cannot tell",
    "not_testable": "not testable",
}
# How far public figures can carry an answer, whichever it is
STRENGTHS = {"strong": "strong", "moderate": "moderate", "weak": "weak", "none": "none"}
# Notebooks that a record may wait for
PLANNED = ("07_cumulative_causation", "08_policy", "09_people_firms_places", "10_claims")


class EvidenceError(CompendiumError):
    """A record of the evidence map is incomplete, or names what does not exist."""


@dataclass(frozen=True)
class Item:
    """One argument of a document and what the notebooks show of it.

    Attributes
    ----------
    id, group, title : str
        ``group`` is a key of `GROUPS`.
    source : str
        The document, as a key of ``book/references.bib``.
    says : str
        The argument in our words.
    verdict, strength : str
        Keys of `VERDICTS` and `STRENGTHS`.
    shows : str
        What the exhibits show, without figures.
    exhibits : tuple of str
        ``notebook/name`` of each figure or table; none where nothing public can show it.
    needs : str or None
        Which data would settle it; required where the verdict is open.
    later : str or None
        The notebook that will have more to say.
    """

    id: str
    group: str
    title: str
    source: str
    says: str
    verdict: str
    strength: str
    shows: str
    exhibits: tuple[str, ...] = ()
    needs: str | None = None
    later: str | None = None


_REQUIRED = ("id", "group", "title", "source", "says", "verdict", "strength", "shows")
_TEXTS = ("title", "says", "shows", "needs")


def load(file: Path = FILE, manifest: Path = MANIFEST, references: Path = REFERENCES) -> list[Item]:
    """Every record of the evidence map, checked.

    Parameters
    ----------
    file : Path
        The records.
    manifest : Path
        ``codecheck.yml``: the exhibits that exist.
    references : Path
        The bibliography: the documents that exist.

    Returns
    -------
    list of Item
        In the order of the file.

    Raises
    ------
    EvidenceError
        Naming record and field, when a field is missing, unknown or empty, an id comes twice, a group,
        verdict, strength, source, notebook or exhibit is unknown, a figure is typed, or verdict, strength,
        exhibits and needs contradict each other.
    """
    known = findings(manifest)
    sources = re.findall(r"^@\w+\{([^,]+),", references.read_text(encoding="utf-8"), re.M)
    items: dict[str, Item] = {}
    for record in yaml.safe_load(file.read_text(encoding="utf-8")) or []:
        item = _item(record)
        if item.id in items:
            raise _wrong(item.id, "id", "it comes twice; expected an id of its own")
        _check_names(item, known, sources)
        _check_sense(item)
        items[item.id] = item
    return list(items.values())


def findings(manifest: Path = MANIFEST) -> dict[str, str]:
    """What each exhibit of the committed notebooks says, as computed.

    Returns
    -------
    dict of str to str
        By ``notebook/name``. A figure's text says first how it is drawn, then what is found: here stands
        the second. A table finds nothing in words: its text is empty.
    """
    entries = yaml.safe_load(manifest.read_text(encoding="utf-8"))["manifest"]
    found = {}
    for entry in entries:
        notebook, kind, name = entry["file"].split("/")
        finding = entry["comment"].partition(". ")[2] if kind == "figures" else ""
        found[f"{notebook}/{name.rpartition('.')[0]}"] = finding
    return found


def _item(record: dict[str, Any]) -> Item:
    """Build an item of a record that has the right fields."""
    name = record.get("id", "a record without id")
    allowed = [field.name for field in fields(Item)]
    for field in record:
        if field not in allowed:
            raise _wrong(name, field, f"unknown field. {nearest(field, allowed)}")
    for field in _REQUIRED:
        if not str(record.get(field) or "").strip():
            raise _wrong(name, field, "missing; expected text")
    return Item(**{**record, "exhibits": tuple(record.get("exhibits", ()))})


def _check_names(item: Item, known: Collection[str], sources: Collection[str]) -> None:
    """Refuse what does not exist."""
    closed = {"group": GROUPS, "verdict": VERDICTS, "strength": STRENGTHS}
    for field, choices in closed.items():
        value = getattr(item, field)
        if value not in choices:
            raise _wrong(item.id, field, f"{value!r} is not one of {', '.join(choices)}")
    if item.source not in sources:
        raise _wrong(
            item.id, "source", f"{item.source!r} is not in references.bib. {_near(item.source, sources)}"
        )
    notebooks = {name.partition("/")[0] for name in known}
    for exhibit in item.exhibits:
        notebook = exhibit.partition("/")[0]
        if notebook not in notebooks:
            raise _wrong(
                item.id, "exhibits", f"there is no notebook {notebook!r}. {_near(notebook, notebooks)}"
            )
        if exhibit not in known:
            raise _wrong(item.id, "exhibits", f"there is no exhibit {exhibit!r}. {_near(exhibit, known)}")
    if item.later is not None and item.later not in PLANNED:
        raise _wrong(item.id, "later", f"{item.later!r} is not one of {', '.join(PLANNED)}")


def _check_sense(item: Item) -> None:
    """Refuse a typed figure, and a verdict that the rest of the record contradicts."""
    for field in _TEXTS:
        for found in typed_figures(getattr(item, field) or ""):
            raise _wrong(
                item.id, field, f"the figure {found.figure!r} is typed; name the exhibit that shows it"
            )
    untested = item.verdict == "not_testable"
    if untested != (item.strength == "none"):
        raise _wrong(item.id, "strength", "`none` goes with the verdict `not_testable`, and only with it")
    if untested == bool(item.exhibits):
        expected = "none where nothing can be tested" if untested else "at least one"
        raise _wrong(item.id, "exhibits", f"found {len(item.exhibits)}, expected {expected}")
    if item.verdict == "silent" and item.strength != "weak":
        raise _wrong(item.id, "strength", "figures that cannot tell are `weak`")
    if item.verdict in ("silent", "not_testable") and not item.needs:
        raise _wrong(item.id, "needs", "missing; expected the data that would settle it")


def _near(word: str, known: Collection[str]) -> str:
    return nearest(word, known) or f"Known: {', '.join(sorted(known))}."


def _wrong(record: str, field: str, what: str) -> EvidenceError:
    return EvidenceError(f"data/evidence.yml, {record}, field `{field}`: {what.strip()}")
