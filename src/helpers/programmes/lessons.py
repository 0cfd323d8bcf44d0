"""Does a described programme keep the six lessons? One verdict per criterion, with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import paths
from helpers.enumeration import listed
from helpers.errors import nearest
from helpers.programmes.describe import COMPUTED, FIELDS, FLAG, LIST, NUMBER, Programme, mapping, refuse

FILE = paths.DATA / "lessons.yml"
MET, NOT_MET, OPEN = "met", "not met", "cannot be judged"
COLUMNS = [
    "programme", "number", "lesson", "criterion", "field", "verdict", "reason", "evidence", "threshold_ours",
]  # fmt: skip
SUMMARY = ["programme", "number", "lesson", "verdict", "met", "not_met", "cannot_be_judged"]
PARTS = {"field", "expects", "asks", "ours", "why"}


@dataclass(frozen=True)
class Criterion:
    """One question that a lesson puts to a programme.

    Attributes
    ----------
    field : str
        Of a description, or the computed amount per resident and year.
    test : str
        ``at_least``, ``is``, ``one_of`` or ``named``.
    bound : object
        What the test compares with.
    asks : str
        The criterion as a sentence.
    ours : bool
        Whether the threshold or the reading is ours rather than the source's.
    why : str
        The words it rests on, or where our threshold comes from.
    """

    field: str
    test: str
    bound: Any
    asks: str
    ours: bool
    why: str


@dataclass(frozen=True)
class Lesson:
    """A lesson and its criteria; ``number`` is None for what stands beside the six."""

    id: str
    number: int | None
    lesson: str
    source: str
    criteria: tuple[Criterion, ...]


@cache
def load(file: Path = FILE) -> tuple[Lesson, ...]:
    """The lessons with their criteria, in the order of the file.

    Raises
    ------
    helpers.programmes.describe.ProgrammeError
        A lesson or a criterion is incomplete, or asks what a description cannot answer.
    """
    found = []
    for name, record in mapping(file).items():
        wanted = {"number", "lesson", "source", "criteria"}
        if not isinstance(record, dict) or set(record) != wanted or not record["criteria"]:
            refuse(file, name, "is incomplete", f"the parts {sorted(wanted)}", "fill them in")
        criteria = tuple(_criterion(file, name, one) for one in record["criteria"])
        found.append(Lesson(name, record["number"], record["lesson"], record["source"], criteria))
    return tuple(found)


def judge(programme: Programme, criterion: Criterion) -> tuple[str, str]:
    """Verdict on one criterion and the sentence that gives its reason.

    Returns
    -------
    (str, str)
        ``met``, ``not met`` or ``cannot be judged``: the last whenever the documents do not say.
    """
    lacking = programme.lacking(criterion.field)
    if lacking:
        return OPEN, f"The documents do not give: {listed(field.replace('_', ' ') for field in lacking)}."
    says, bound = programme.says(criterion.field), criterion.bound
    if criterion.test == "at_least":
        met = says >= bound
        return _verdict(met), f"It is {says:,.4g}; asked for is {bound:,} or more."
    if criterion.test == "one_of":
        return _verdict(says in bound), f"The documents say: {says}; asked for is {' or '.join(bound)}."
    if criterion.test == "named":
        return MET, f"The documents name {', '.join(says)}."
    return _verdict(says is bound), f"The documents say {'so' if says else 'that this is not so'}."


def table(programmes: Iterable[Programme], file: Path = FILE) -> pd.DataFrame:
    """Every criterion of every lesson for every programme.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; ``number`` is empty for the conditions that stand beside the six lessons.
        ``evidence`` is the document, place and words; ``threshold_ours`` tells where the bar, or the
        reading, is ours.
    """
    rows = []
    for programme in programmes:
        for lesson in load(file):
            for criterion in lesson.criteria:
                verdict, reason = judge(programme, criterion)
                rows.append(
                    {
                        "programme": programme.name,
                        "number": lesson.number,
                        "lesson": lesson.lesson,
                        "criterion": criterion.asks,
                        "field": criterion.field,
                        "verdict": verdict,
                        "reason": reason,
                        "evidence": _evidence(programme, criterion.field),
                        "threshold_ours": criterion.ours,
                    }
                )
    return pd.DataFrame(rows, columns=COLUMNS).astype({"number": "Int64"})


def summary(judged: pd.DataFrame) -> pd.DataFrame:
    """One verdict per lesson and programme.

    Parameters
    ----------
    judged : DataFrame
        `table`.

    Returns
    -------
    DataFrame
        Columns `SUMMARY`. A lesson is ``not met`` where any criterion is not, else ``cannot be
        judged`` where any cannot be, else ``met``; the last three columns count its criteria.
    """
    rows = []
    for (programme, lesson), own in judged.groupby(["programme", "lesson"], sort=False):
        counts = own["verdict"].value_counts()
        met, failed, unsure = (int(counts.get(verdict, 0)) for verdict in (MET, NOT_MET, OPEN))
        verdict = NOT_MET if failed else OPEN if unsure else MET
        rows.append((programme, own["number"].iloc[0], lesson, verdict, met, failed, unsure))
    return pd.DataFrame(rows, columns=SUMMARY).astype({"number": "Int64"})


def notes(programmes: Iterable[Programme]) -> pd.DataFrame:
    """What a reader should know of each description: ``programme, documents, note``."""
    rows = [(one.name, "; ".join(one.documents.values()), one.note) for one in programmes]
    return pd.DataFrame(rows, columns=["programme", "documents", "note"])


def thresholds(file: Path = FILE) -> pd.DataFrame:
    """What each criterion asks for and on which words it rests: ``number, lesson, criterion, ours, why``."""
    rows = [(one.number, one.lesson, c.asks, c.ours, c.why) for one in load(file) for c in one.criteria]
    columns = ["number", "lesson", "criterion", "ours", "why"]
    return pd.DataFrame(rows, columns=columns).astype({"number": "Int64"})


def _verdict(met: bool) -> str:
    return MET if met else NOT_MET


def _evidence(programme: Programme, field: str) -> str:
    """Where the documents say it: each fact behind a verdict once."""
    fields = ("amount", "years", "residents") if field == COMPUTED else (field,)
    facts = [programme.facts[name] for name in fields if name in programme.facts]
    cited = [f"{programme.documents[f.document]}, {f.place}: “{f.words}”" for f in facts]
    return "; ".join(dict.fromkeys(cited))


def _criterion(file: Path, lesson: str, record: Any) -> Criterion:
    """One criterion, or a sentence about what is wrong with it."""
    if not isinstance(record, dict) or set(record) != PARTS:
        refuse(file, lesson, "has an incomplete criterion", f"the parts {sorted(PARTS)}", "fill them in")
    texts = all(isinstance(record[part], str) and record[part].strip() for part in ("asks", "why"))
    if not texts or not isinstance(record["ours"], bool):
        refuse(file, lesson, f"has {record!r}", "texts for asks and why, yes or no for ours", "correct it")
    field, expects = record["field"], record["expects"]
    known = {**FIELDS, COMPUTED: NUMBER}
    if field not in known:
        hint = nearest(str(field), known) or f"the fields are {', '.join(known)}"
        refuse(file, lesson, f"asks for {field!r}", "a field of a programme", hint.rstrip("."))
    kind = known[field]
    fitting = {NUMBER: "at_least", FLAG: "is", LIST: "named"}
    test = fitting.get(kind) if isinstance(kind, str) else "one_of"
    if test is None or not isinstance(expects, dict) or list(expects) != [test]:
        refuse(file, lesson, f"expects {expects!r} of {field}", f"{{{test}: ...}}", "use that test")
    bound = expects[test]
    fits = {
        "at_least": isinstance(bound, int | float) and not isinstance(bound, bool),
        "is": isinstance(bound, bool),
        "named": bound is True,
        "one_of": isinstance(bound, list) and bool(bound) and set(bound) <= set(kind),
    }
    if not fits[test]:
        refuse(file, lesson, f"compares {field} with {bound!r}", "a value that it may take", "correct it")
    return Criterion(field, test, bound, record["asks"], record["ours"], record["why"])
