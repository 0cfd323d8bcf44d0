"""What does a document say of a programme? A small YAML file, read strictly; what it omits is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from helpers import paths
from helpers.errors import CompendiumError, nearest

FOLDER = paths.DATA / "programmes"
UNKNOWN = "unknown"

FLAG, NUMBER, TEXT, LIST = "yes or no", "a number greater than zero", "text", "a list of texts"
LEAD_KINDS = (
    "subnational government",
    "partnership with subnational government",
    "central government",
    "universities",
    "private body",
)
SELECTIONS = ("competitive", "negotiated", "allocated by formula", "open to all")
CURRENCIES = ("GBP", "USD", "EUR")

# Every field of a description and what it holds: a kind, or the words to choose from.
FIELDS: dict[str, str | tuple[str, ...]] = {
    "places": LIST,
    "lead_body": TEXT,
    "lead_kind": LEAD_KINDS,
    "amount": NUMBER,  # public money over the whole programme
    "currency": CURRENCIES,
    "pounds_per_unit": NUMBER,  # exchange rate, not needed for GBP
    "years": NUMBER,
    "residents": NUMBER,
    "good_jobs_goal": FLAG,
    "horizontal_measures": LIST,
    "sectors": LIST,
    "capacity_building": FLAG,
    "partners_convened": FLAG,
    "research_capacity": FLAG,
    "evaluation": FLAG,
    "evaluation_feeds_back": FLAG,
    "employers_in_skills": FLAG,
    "providers_in_skills": FLAG,
    "universities_in_skills": FLAG,
    "private_coordination": FLAG,
    "obstacles_identified": FLAG,
    "obstacles_removed": FLAG,
    "selection": SELECTIONS,
    "selection_stages": NUMBER,
    "support_for_unsuccessful": FLAG,
    "shared_identity": FLAG,
    "civic_leadership": FLAG,
    "strong_institutions": FLAG,
    "central_partnership": FLAG,
    "pipeline": FLAG,
}
COMPUTED = "pounds_per_resident_and_year"
FACT = ("says", "document", "place", "words")


class ProgrammeError(CompendiumError):
    """A description of a programme, or the list of lessons, is not as expected."""


@dataclass(frozen=True)
class Fact:
    """One thing that a document says.

    Attributes
    ----------
    says : object
        The value, of the kind that `FIELDS` names.
    document, place, words : str
        Key of the document, where in it, and a few of its words as evidence.
    """

    says: Any
    document: str
    place: str
    words: str


@dataclass(frozen=True)
class Programme:
    """A programme as some documents describe it.

    Attributes
    ----------
    file, name, note : str
    documents : dict of str to str
        Key to full reference.
    facts : dict of str to Fact
        By field; a field that is unknown has none.
    """

    file: str
    name: str
    note: str
    documents: dict[str, str]
    facts: dict[str, Fact]

    def says(self, field: str) -> Any:
        """Value of a field, of `COMPUTED` too; None where it is unknown."""
        if self.lacking(field):
            return None
        if field != COMPUTED:
            return self.facts[field].says
        rate = 1 if self.says("currency") == "GBP" else self.says("pounds_per_unit")
        return float(self.says("amount") * rate / self.says("years") / self.says("residents"))

    def lacking(self, field: str) -> list[str]:
        """The fields that are unknown and without which this one cannot be judged."""
        if field != COMPUTED:
            return [] if field in self.facts else [field]
        needed = ["amount", "currency", "years", "residents"]
        if self.says("currency") not in (None, "GBP"):
            needed.append("pounds_per_unit")
        return [name for name in needed if name not in self.facts]


def load(file: Path) -> Programme:
    """Read and check one description.

    Parameters
    ----------
    file : Path
        YAML with ``name``, ``documents`` (key to reference), an optional ``note``, and the fields of
        `FIELDS`. Each field is ``unknown`` (or left out), or a mapping of ``says``, ``document``,
        ``place`` and ``words``.

    Returns
    -------
    Programme

    Raises
    ------
    ProgrammeError
        The file cannot be read, or a field is unknown to us, repeated, incomplete, of the wrong kind
        or cites a document that is not listed. The message names file, field, what was expected and
        what to do.
    """
    content = mapping(file)
    for name in ("name", "documents"):
        if name not in content:
            refuse(file, name, "is missing", "a value", f"add a line `{name}: ...`")
    known = ("name", "documents", "note", *FIELDS)
    for name in content:
        if name not in known:
            hint = nearest(str(name), known) or f"The fields are: {', '.join(known)}."
            refuse(file, name, "is no field of a programme", "one that is", hint.rstrip("."))
    name, note, documents = content["name"], content.get("note", ""), content["documents"]
    for label, text in (("name", name), ("note", note)):
        if not isinstance(text, str) or (label == "name" and not text.strip()):
            refuse(file, label, f"is {text!r}", "text", "write it in quotation marks")
    if not isinstance(documents, dict) or not documents or not _texts(documents.values()):
        refuse(file, "documents", f"is {documents!r}", "a reference per key", "write `key: author, title`")
    facts = {
        field: _fact(file, field, content[field], documents)
        for field in FIELDS
        if content.get(field, UNKNOWN) != UNKNOWN
    }
    return Programme(file.name, name, note, documents, facts)


def load_all(folder: Path = FOLDER) -> list[Programme]:
    """Every description of a folder, in the order of their file names.

    Raises
    ------
    ProgrammeError
        The folder holds none, or one is not as expected.
    """
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise ProgrammeError(f"{folder} holds no description of a programme; expected NAME.yml files.")
    return [load(file) for file in files]


def mapping(file: Path) -> dict[str, Any]:
    """Content of a YAML file that maps names to values, each name once."""
    try:
        text = file.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ProgrammeError(f"{file.name} cannot be read as YAML in UTF-8: {reason}") from error
    if not isinstance(node, yaml.MappingNode):
        raise ProgrammeError(f"{file.name} holds no fields; expected `name: value` lines.")
    _refuse_repeated(file, node)
    return content


def _refuse_repeated(file: Path, node: yaml.Node) -> None:
    """Of two equal names YAML would silently let the last one win, on any depth."""
    if isinstance(node, yaml.MappingNode):
        written = [key.value for key, _ in node.value]
        for name in written:
            if written.count(name) > 1:
                refuse(file, name, "is given twice", "one value", "remove one")
    if isinstance(node, yaml.CollectionNode):
        for item in node.value:
            for part in item if isinstance(item, tuple) else (item,):
                _refuse_repeated(file, part)


def refuse(file: Path, field: object, wrong: str, expected: str, remedy: str) -> NoReturn:
    """Raise the error that names file, field, what is wrong, what was expected and what to do."""
    raise ProgrammeError(f"{file.name}, field `{field}`: {wrong}; expected {expected}: {remedy}.")


def _fact(file: Path, field: str, given: Any, documents: dict[str, str]) -> Fact:
    """One fact, or a sentence about what is wrong with it."""
    shape = f"`{{{', '.join(f'{part}: ...' for part in FACT)}}}`"
    if not isinstance(given, dict) or set(given) != set(FACT):
        found = sorted(map(str, given)) if isinstance(given, dict) else given
        refuse(
            file, field, f"is {found!r}", f"{shape} or {UNKNOWN}", "say which document states it, and where"
        )
    kind, says = FIELDS[field], given["says"]
    if not _fits(kind, says):
        choices = kind if isinstance(kind, str) else f"one of {', '.join(kind)}"
        refuse(file, field, f"says {says!r}", choices, f"write {UNKNOWN} where the document does not say")
    for part in ("document", "place", "words"):
        if not isinstance(given[part], str) or not given[part].strip():
            refuse(file, field, f"has {part} {given[part]!r}", "text", "a fact needs its evidence")
    if given["document"] not in documents:
        listed = ", ".join(documents)
        refuse(file, field, f"cites {given['document']!r}", f"one of {listed}", "list it under `documents`")
    return Fact(says, given["document"], given["place"], given["words"])


def _fits(kind: str | tuple[str, ...], says: Any) -> bool:
    if isinstance(kind, tuple):
        return isinstance(says, str) and says in kind
    if kind == FLAG:
        return isinstance(says, bool)
    if kind == NUMBER:  # to Python, yes is the number 1
        return isinstance(says, int | float) and not isinstance(says, bool) and 0 < says < float("inf")
    if kind == TEXT:
        return _texts([says])
    return isinstance(says, list) and bool(says) and _texts(says)


def _texts(items: Any) -> bool:
    return all(isinstance(item, str) and item.strip() for item in items)
