"""What has been published, and how is each statement to be tested? The records of ``data/claims.yml``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from helpers import paths
from helpers.claims.measuring import OF_INDICATOR, measurers, unit_of
from helpers.errors import ClaimError, TableError, nearest

FILE = paths.DATA / "claims.yml"
DOCUMENTS = paths.DATA / "documents.yml"
TESTED = ("reproduced", "reproduced_under", "contradicted", "indirect")
UNTESTED = ("not_testable", "pending")
VERDICTS = (*TESTED, *UNTESTED)
TOPICS = (
    "divergence", "level", "investment", "infrastructure", "innovation", "skills", "people and firms",
    "cumulative causation", "policy", "people, firms and places", "documents",
)  # fmt: skip
# Notebooks that claims may wait for, by their topic
LATER = ("cumulative causation", "policy", "people, firms and places")
# Counts and names of things stand for themselves; all other figures were rounded by somebody (what words
# allow is assumption A31).
EXACT = ("districts", "items", "references", "rank", "year", "statements")
# Units of claims that no function measures; those of functions and of indicators are known from them.
MORE_UNITS = ("jobs", "GBP", "GBP million", "USD million", "organisations", "people", "ratio", "none")
REQUIRED = (
    "id", "document", "where", "topic", "claim", "parts", "period", "area", "source_cited", "verdict",
)  # fmt: skip
OPTIONAL = ("indicator", "function", "arguments", "definitions", "clearly", "exhibit", "needs")
PART = ("name", "value", "unit", "lowest", "highest")


@dataclass(frozen=True)
class Part:
    """One figure of a claim.

    Attributes
    ----------
    name : str
    value : float or None
        As published; None where the claim gives a direction and no figure.
    unit : str
    lowest, highest : float
        What the published words allow; infinite where they set no end.
    """

    name: str
    value: float | None
    unit: str
    lowest: float
    highest: float


@dataclass(frozen=True, eq=False)
class Claim:
    """One published statement, in our words.

    Attributes
    ----------
    id : str
    document : str
        Key of ``data/documents.yml``.
    where : str
        Section of the document.
    topic : str
        One of `TOPICS`.
    claim : str
        Paraphrase.
    parts : tuple of Part
    period, area, source_cited : str
        What the claim is about, and what the document gives as its source.
    verdict : str
        As recorded; one of `VERDICTS`.
    indicator : str
        Id of an indicator whose unit the parts must have, or empty.
    function : str
        Name in `helpers.claims.measuring.measurers`; empty where nothing can test the claim.
    arguments : dict
    definitions : tuple of str
        The definitions to try, the document's own first.
    clearly : bool
        Whether the whole interval of a value must bear it out, and every release: for trends and orders.
    exhibit : str
        Notebook and figure or table that show it.
    needs : str
        The data that would test it, or the topic of the notebook that it waits for.
    """

    id: str
    document: str
    where: str
    topic: str
    claim: str
    parts: tuple[Part, ...]
    period: str
    area: str
    source_cited: str
    verdict: str
    indicator: str = ""
    function: str = ""
    arguments: Mapping[str, Any] | None = None
    definitions: tuple[str, ...] = ()
    clearly: bool = False
    exhibit: str = ""
    needs: str = ""


@cache
def documents(file: Path = DOCUMENTS) -> dict[str, dict[str, Any]]:
    """The documents by key: title, date, references and what they list."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


@cache
def load(file: Path = FILE) -> tuple[Claim, ...]:
    """Every record of a ledger, checked.

    Parameters
    ----------
    file : Path

    Returns
    -------
    tuple of Claim
        In the order of the file.

    Raises
    ------
    ClaimError
        A record breaks a rule; record and field are named.
    """
    try:
        records = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ClaimError(f"{file.name} cannot be read: {error}.") from error
    if not isinstance(records, list) or not records:
        raise ClaimError(f"{file.name}: expected a list of records, each with an id.")
    claims: dict[str, Claim] = {}
    for number, record in enumerate(records, start=1):
        claim = check(record, f"{file.name}, record {number}")
        if claim.id in claims:
            raise ClaimError(f"{file.name}, {claim.id}: id: it stands twice; expected one record per id.")
        claims[claim.id] = claim
    return tuple(claims.values())


def check(record: Mapping[str, Any], where: str = "claims.yml") -> Claim:
    """One record as a claim, or what is wrong with it.

    Parameters
    ----------
    record : mapping
        As in ``data/claims.yml``.
    where : str
        Named in errors until the id is known.

    Returns
    -------
    Claim

    Raises
    ------
    ClaimError
        A field is missing, unknown, empty or not what it must be; the message names record and field.
    """
    if not isinstance(record, Mapping):
        raise ClaimError(f"{where}: expected fields such as id and claim, found {record!r}.")
    name = str(record.get("id") or where)
    for field in REQUIRED:
        if record.get(field) in (None, "", []):
            raise _fault(name, field, "it is missing or empty")
    for field in record:
        if field not in (*REQUIRED, *OPTIONAL):
            raise _fault(name, field, f"there is no such field. {nearest(field, (*REQUIRED, *OPTIONAL))}")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise _fault(name, "id", "expected small letters, digits and single hyphens")
    for field, known in (("document", documents()), ("topic", TOPICS), ("verdict", VERDICTS)):
        if record[field] not in known:
            raise _fault(name, field, f"{record[field]!r} is none; expected one of {', '.join(known)}")
    parts = tuple(_part(name, number, part) for number, part in enumerate(record["parts"], start=1))
    given = {field: value for field, value in record.items() if field not in ("parts", "definitions")}
    claim = Claim(**given, parts=parts, definitions=tuple(record.get("definitions") or ()))
    _check_test(claim)
    return claim


def _part(name: str, number: int, record: Any) -> Part:
    """One part of a record, checked by itself."""
    field = f"parts, {number}"
    if not isinstance(record, Mapping) or not set(record) <= set(PART) or not {"name", "unit"} <= set(record):
        raise _fault(name, field, f"expected the fields {', '.join(PART)}")
    ends = {end: record.get(end) for end in ("value", "lowest", "highest")}
    for end, value in ends.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise _fault(name, f"{field}, {end}", f"{value!r} is no number")
    value = ends["value"]
    if ends["lowest"] is None and ends["highest"] is None:
        raise _fault(name, field, "neither lowest nor highest is given; expected what the words allow")
    lowest = -math.inf if ends["lowest"] is None else float(ends["lowest"])
    highest = math.inf if ends["highest"] is None else float(ends["highest"])
    if lowest > highest or (value is not None and not lowest <= value <= highest):
        raise _fault(name, field, "expected lowest, value and highest in that order")
    if lowest == highest and record["unit"] not in EXACT:
        raise _fault(
            name, f"{field}, lowest", "a rounded figure has a tolerance above 0; see the head of claims.yml"
        )
    figure = None if value is None else float(value)
    return Part(str(record["name"]), figure, str(record["unit"]), lowest, highest)


def _check_test(claim: Claim) -> None:
    """Whether the claim says how it is tested, or why it is not."""
    if claim.indicator:
        try:
            unit_of(claim.indicator)
        except TableError as error:
            raise _fault(claim.id, "indicator", str(error)) from error
    if claim.verdict in UNTESTED:
        if claim.function:
            raise _fault(claim.id, "function", f"a claim that is {claim.verdict} has none")
        if not claim.needs or (claim.verdict == "pending" and claim.needs not in LATER):
            expected = "the data that would test it"
            if claim.verdict == "pending":
                expected = f"one of {', '.join(LATER)}"
            raise _fault(claim.id, "needs", f"expected {expected}")
        _check_units(claim, known=(*_units(), *MORE_UNITS))
        return
    known = measurers()
    if claim.function not in known:
        raise _fault(
            claim.id, "function", f"there is no {claim.function!r}. {nearest(claim.function, known)}"
        )
    if not claim.exhibit:
        raise _fault(claim.id, "exhibit", "it is missing; expected NOTEBOOK/FIGURE or NOTEBOOK/TABLE")
    measurer = known[claim.function]
    for definition in claim.definitions:
        if definition not in measurer.definitions:
            hint = f"expected among {', '.join(measurer.definitions) or 'none'}"
            raise _fault(claim.id, "definitions", f"{claim.function} has no {definition!r}; {hint}")
    if measurer.definitions and not claim.definitions:
        raise _fault(claim.id, "definitions", f"expected at least one of {', '.join(measurer.definitions)}")
    if set(claim.arguments or {}) != set(measurer.arguments):
        raise _fault(
            claim.id, "arguments", f"{claim.function} takes {', '.join(measurer.arguments) or 'none'}"
        )
    unit = measurer.unit
    if unit == OF_INDICATOR:
        if not claim.indicator:
            raise _fault(claim.id, "indicator", f"{claim.function} needs one")
        unit = unit_of(claim.indicator)
    _check_units(claim, known=(unit,))


def _check_units(claim: Claim, known: tuple[str, ...]) -> None:
    for number, part in enumerate(claim.parts, start=1):
        if part.unit not in known:
            of = f" ({claim.function} of {claim.indicator})" if claim.indicator else ""
            expected = f"expected {known[0]!r}" if len(known) == 1 else nearest(part.unit, known)
            raise _fault(
                claim.id, f"parts, {number}, unit", f"{part.unit!r} is not what is measured{of}; {expected}"
            )


@cache
def _units() -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.unit for m in measurers().values() if m.unit != OF_INDICATOR))


def _fault(name: str, field: str, what: str) -> ClaimError:
    return ClaimError(f"claims.yml, {name}: {field}: {what.rstrip('. ')}.")
