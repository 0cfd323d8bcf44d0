"""What do all the claims come to? Every record tested, beside the verdict it is recorded with."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from helpers.claims import verdict as verdicts
from helpers.claims.ledger import UNTESTED, Claim, load
from helpers.claims.measuring import Measurement, measurers
from helpers.claims.verdict import Decision
from helpers.enumeration import listed
from helpers.errors import ClaimError

# What `compendium claims --format json` gives of a claim. The figures are those of the part that decides,
# the one furthest from the claim; `parts` has all.
JSON_FIELDS = (
    "id", "document", "claim", "parts", "value", "unit", "verdict", "measured", "lower", "upper",
    "definition", "release", "exhibit", "needs",
)  # fmt: skip
COLUMNS = [
    "id", "document", "where", "topic", "claim", "period", "area", "source_cited", "part", "value", "lowest",
    "highest", "unit", "recorded", "verdict", "measured", "lower", "upper", "distance", "within_interval",
    "stated_measured", "definition", "release", "tried", "hits", "beside", "exhibit", "needs",
]  # fmt: skip
# Units that say nothing beside a number of their kind
BARE = ("ratio", "rank", "rank correlation", "references", "statements", "items", "year")
MEASUREMENTS = [
    "id", "number", "definition", "release", "stated", "proxy", "part", "value", "lower", "upper", "claimed",
    "unit", "distance", "gives_the_claim", "beside",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Outcome:
    """A claim, what was measured for it, and the verdict that follows."""

    claim: Claim
    measurements: tuple[Measurement, ...]
    decision: Decision

    @property
    def changed(self) -> bool:
        """Whether the verdict is another than the recorded one."""
        return self.decision.verdict != self.claim.verdict


def outcomes(claims: Sequence[Claim] | None = None) -> tuple[Outcome, ...]:
    """Every claim tested; those of ``data/claims.yml`` unless others are given."""
    return _own() if claims is None else tuple(map(test, claims))


@cache
def _own() -> tuple[Outcome, ...]:
    return tuple(map(test, load()))


def test(claim: Claim) -> Outcome:
    """One claim tested on the tables.

    Raises
    ------
    ClaimError
        Its function does not give a figure for each of its parts.
    """
    if claim.verdict in UNTESTED:
        return Outcome(claim, (), Decision(claim.verdict, None, None, 0, 0, 0))
    measured = tuple(measurers()[claim.function].measure(claim))
    for one in measured:
        if not len(one.values) == len(one.lower) == len(one.upper) == len(claim.parts):
            raise ClaimError(
                f"claims.yml, {claim.id}: parts: {claim.function} gives {len(one.values)} figures for "
                f"{len(claim.parts)} parts."
            )
    return Outcome(claim, measured, verdicts.decide(claim.parts, measured, claim.clearly))


def table(found: Sequence[Outcome]) -> pd.DataFrame:
    """One row per claim, with the figures of the part that decides.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. ``distance`` is how far ``measured`` lies outside ``lowest`` to ``highest``;
        ``within_interval`` whether its interval reaches there all the same; ``stated_measured`` what the
        document's own definition gives in the latest release; ``tried`` and ``hits`` how many definitions
        have figures, and how many give the claim.
    """
    return pd.DataFrame([_row(one) for one in found], columns=COLUMNS).astype({"release": "Int64"})


def _row(one: Outcome) -> dict[str, Any]:
    claim, decision = one.claim, one.decision
    part = claim.parts[decision.worst]
    row: dict[str, Any] = {
        name: getattr(claim, name)
        for name in (
            "id", "document", "where", "topic", "claim", "period", "area", "source_cited", "exhibit", "needs",
        )
    }  # fmt: skip
    row |= {
        "part": part.name,
        "value": part.value,
        "lowest": _finite(part.lowest),
        "highest": _finite(part.highest),
        "unit": part.unit,
        "recorded": claim.verdict,
        "verdict": decision.verdict,
        "tried": decision.tried,
        "hits": decision.hits,
        "definition": "",
        "beside": "",
    }
    if decision.by is not None:
        at, by = decision.worst, decision.by
        row |= {
            "measured": by.values[at],
            "lower": by.lower[at],
            "upper": by.upper[at],
            "distance": verdicts.distance(part, by.values[at]),
            "within_interval": verdicts.within_interval(part, by.lower[at], by.upper[at]),
            "stated_measured": decision.stated.values[at] if decision.stated else None,
            "definition": by.definition,
            "release": by.release,
            "beside": by.beside,
        }
    return row


def measurements(found: Sequence[Outcome]) -> pd.DataFrame:
    """Every definition that was tried: one row per claim, definition and part.

    Returns
    -------
    DataFrame
        Columns `MEASUREMENTS`. ``gives_the_claim`` is about all parts of the claim together.
    """
    rows = []
    for one in found:
        for number, measured in enumerate(one.measurements, start=1):
            known = not np.isnan(measured.values).any()
            gives = known and verdicts.holds(one.claim.parts, measured, one.claim.clearly)
            for at, part in enumerate(one.claim.parts):
                value = measured.values[at]
                rows.append(
                    {
                        "id": one.claim.id,
                        "number": number,
                        **{
                            n: getattr(measured, n)
                            for n in ("definition", "release", "stated", "proxy", "beside")
                        },
                        "part": part.name,
                        "value": value,
                        "lower": measured.lower[at],
                        "upper": measured.upper[at],
                        "claimed": part.value,
                        "unit": part.unit,
                        "distance": verdicts.distance(part, value) if not np.isnan(value) else None,
                        "gives_the_claim": gives,
                    }
                )
    return pd.DataFrame(rows, columns=MEASUREMENTS).astype({"release": "Int64"})


def changes(found: Sequence[Outcome]) -> list[str]:
    """A sentence for each verdict that is no longer the recorded one, with the old and the new."""
    return [
        f"{one.claim.id}: recorded {one.claim.verdict}, now {one.decision.verdict} "
        f"({told(one, one.decision.by)}; {one.decision.by.definition if one.decision.by else 'no figures'})"
        for one in found
        if one.changed
    ]


def told(one: Outcome, measured: Measurement | None) -> str:
    """The figures of a measurement, part by part, with their unit: ``35.6 and 34.0 per cent``."""
    if measured is None:
        return "nothing measured"
    return _with_unit(list(map(number, measured.values)), one.claim.parts[0].unit)


def published(claim: Claim) -> str:
    """The figures of a claim, part by part, with their unit: ``35 and 50 per cent``, ``above 0 points``."""
    figures = []
    for part in claim.parts:
        if part.value is None:
            above = math.isfinite(part.lowest)
            figures.append(
                f"{'above' if above else 'below'} {number(part.lowest if above else part.highest)}"
            )
        else:
            figures.append(number(part.value))
    # The same direction for every part is said once
    return _with_unit(figures[:1] if len(set(figures)) == 1 else figures, claim.parts[0].unit)


def _with_unit(figures: list[str], unit: str) -> str:
    return listed(figures) if unit in BARE else f"{listed(figures)} {unit}"


def number(value: float) -> str:
    """A figure with as many digits as it takes: ``34.0``, ``1.89``, ``16,108``, ``5``."""
    if float(value).is_integer():
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.0f}"
    places = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{places}f}"


def render(found: Sequence[Outcome], form: str) -> str:
    """The ledger as text.

    Parameters
    ----------
    found : sequence of Outcome
    form : str
        ``table`` (aligned, for reading), ``csv`` (`table`) or ``json`` (a list of objects with the keys
        `JSON_FIELDS`).
    """
    if form == "json":
        return json.dumps([_object(one) for one in found], indent=1, ensure_ascii=False)
    if form == "csv":
        return table(found).to_csv(index=False, float_format="%.6g", lineterminator="\n").rstrip("\n")
    rows = [("id", "verdict", "published", "measured", "definition")]
    for one in found:
        by = one.decision.by
        definition = one.claim.needs if by is None else by.definition
        release = f", release of {by.release}" if by and by.release else ""
        figures = "" if by is None else told(one, by)
        rows.append(
            (one.claim.id, one.decision.verdict, published(one.claim), figures, f"{definition}{release}")
        )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*(f"{row[c]:{widths[c]}}" for c in range(4)), row[4]]).rstrip() for row in rows]
    counts = pd.Series([one.decision.verdict for one in found]).value_counts()
    return "\n".join([*lines, "", ", ".join(f"{n} {verdict}" for verdict, n in counts.items()) + "."])


def _object(one: Outcome) -> dict[str, Any]:
    """A claim as JSON has it: no NaN and no infinity."""
    row = _row(one) | {"parts": []}
    by = one.decision.by
    for at, part in enumerate(one.claim.parts):
        own = {"name": part.name, "value": part.value, "unit": part.unit, "lowest": part.lowest,
               "highest": part.highest}  # fmt: skip
        for name, ends in (("measured", "values"), ("lower", "lower"), ("upper", "upper")):
            own[name] = getattr(by, ends)[at] if by is not None else None
        row["parts"].append({name: _finite(value) for name, value in own.items()})
    return {name: _finite(row.get(name)) for name in JSON_FIELDS}


def _finite(value: Any) -> Any:
    """A number as it is, and nothing in place of NaN and infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
