"""Do the documents agree with themselves and with the sources they name? By ``data/documents.yml``."""

from __future__ import annotations

from typing import Any

from helpers import geography, series
from helpers.claims.ledger import Claim, documents
from helpers.claims.measuring import Measurement, measures


def _references(claim: Claim) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = documents()[claim.document]["references"]
    return found


@measures("references", arguments=("reference",))
def reference_listed(claim: Claim) -> list[Measurement]:
    """Whether a reference number that the text gives is in the list: 1 if it is, else 0."""
    known = _references(claim)
    number = (claim.arguments or {})["reference"]
    words = f"the list runs from {min(known)} to {max(known)}"
    return [Measurement(words, (float(number in known),), stated=True)]


@measures("references", arguments=("reference", "by"))
def reference_by(claim: Claim) -> list[Measurement]:
    """Whether a reference is by whom the text says: 1 if it is, else 0."""
    asked = claim.arguments or {}
    publisher = _references(claim)[asked["reference"]]["by"]
    return [Measurement(f"listed as by {publisher}", (float(asked["by"] == publisher),), stated=True)]


@measures("year", definitions=("whole_years", "districts_published"), arguments=("reference",))
def source_reaches(claim: Claim) -> list[Measurement]:
    """The last year that a source can report: the last whole one before its date.

    Also, for a source on districts' productivity, the last year of the release that was out by then.
    """
    date = str(_references(claim)[(claim.arguments or {})["reference"]]["date"])
    year = int(date[:4])
    found = []
    for definition in claim.definitions:
        if definition == "whole_years":
            value, words = year - 1, f"last whole year before {date}"
        else:
            out = [r for r in series.releases("hour") if r <= year]
            value = _last_year(out[-1])
            words = f"districts' output per hour in the release of {out[-1]}"
        found.append(Measurement(words, (float(value),), stated=definition == claim.definitions[0]))
    return found


@measures("year", arguments=("release",))
def release_reaches(claim: Claim) -> list[Measurement]:
    """The last year of districts' output per hour in a release."""
    release = int((claim.arguments or {})["release"])
    return [Measurement(f"release of {release}", (float(_last_year(release)),), stated=True)]


@measures("items", arguments=("listed",))
def items_listed(claim: Claim) -> list[Measurement]:
    """How many items of a kind the document goes on to list."""
    kind = (claim.arguments or {})["listed"]
    items = documents()[claim.document]["lists"][kind]
    return [Measurement(f"counted in the document's own list of {kind}", (float(len(items)),), stated=True)]


@measures("ratio", arguments=("numerator", "denominator"))
def quoted_ratio(claim: Claim) -> list[Measurement]:
    """The ratio of two figures that the document gives."""
    asked = claim.arguments or {}
    words = f"{asked['numerator']} over {asked['denominator']}, as quoted"
    return [Measurement(words, (asked["numerator"] / asked["denominator"],), stated=True)]


@measures("statements", arguments=("fact", "says"))
def agrees_with_itself(claim: Claim) -> list[Measurement]:
    """Whether what one place of the document says of another is so: 1 if it is, else 0."""
    asked = claim.arguments or {}
    fact = documents()[claim.document]["facts"][asked["fact"]]
    return [Measurement(f"the document has: {fact}", (float(asked["says"] == fact),), stated=True)]


def _last_year(release: int) -> int:
    return series.panel(geography.resolve("UK"), "hour", release).years[-1]
