"""What do the measurements say of a claim? The rules by which a verdict is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.claims.ledger import Part
from helpers.claims.measuring import Measurement

SAME = 1e-9  # relative; a measured figure that is the edge itself up to the last digits


@dataclass(frozen=True)
class Decision:
    """A verdict, and the measurement it rests on.

    Attributes
    ----------
    verdict : str
        ``reproduced``, ``reproduced_under``, ``contradicted``, ``indirect``, or ``not_testable`` where
        no definition has figures.
    by : Measurement or None
        What is shown: the document's own definition in the latest release for ``reproduced`` and
        ``contradicted``, the definition that gives the claim for ``reproduced_under``, the nearest thing
        there is for ``indirect``.
    stated : Measurement or None
        The document's own definition in the latest release, if that is published.
    worst : int
        Which part is furthest from the claim in `by`, relative to its tolerance.
    tried, hits : int
        Definitions with figures for all parts, and how many of them give the claim.
    """

    verdict: str
    by: Measurement | None
    stated: Measurement | None
    worst: int
    tried: int
    hits: int


def decide(parts: Sequence[Part], measurements: Sequence[Measurement], clearly: bool = False) -> Decision:
    """The verdict on a claim.

    All parts must hold in one and the same measurement. The claim is ``reproduced`` when the document's
    own definition gives it in the latest release, and for a trend in every release; ``reproduced_under``
    when another definition or an earlier release does; ``indirect`` when only proxies exist; else
    ``contradicted``.

    Parameters
    ----------
    parts : sequence of Part
    measurements : sequence of Measurement
        In order of preference. One that lacks a figure for a part is not counted.
    clearly : bool
        Whether it is about a trend or an order: then a value counts only with its whole interval, where
        it has one, and every release must bear it out.

    Returns
    -------
    Decision
    """
    whole = [m for m in measurements if not np.isnan(m.values).any()]
    direct = [m for m in whole if not m.proxy]
    latest = max((m.release or 0 for m in direct if m.stated), default=0)
    stated = next((m for m in direct if m.stated and (m.release or 0) == latest), None)
    if not whole:
        return Decision("not_testable", None, None, 0, 0, 0)
    hits = [m for m in direct if holds(parts, m, clearly)]
    if not direct:
        near = [m for m in whole if holds(parts, m, clearly)]
        by = next((m for m in whole if m.stated), whole[0])
        return Decision("indirect", by, None, _worst(parts, by), len(whole), len(near))
    own = [m for m in direct if m.stated] if clearly else [m for m in (stated,) if m]
    if own and all(m in hits for m in own):
        verdict, by = "reproduced", own[0] if stated is None else stated
    elif hits:
        best = [m for m in hits if m.stated] or hits
        verdict, by = "reproduced_under", max(best, key=lambda m: m.release or 0)
    else:
        verdict, by = "contradicted", stated or direct[0]
    return Decision(verdict, by, stated, _worst(parts, by), len(direct), len(hits))


def holds(parts: Sequence[Part], measurement: Measurement, clearly: bool = False) -> bool:
    """Whether a measurement gives every part of a claim.

    Parameters
    ----------
    parts : sequence of Part
    measurement : Measurement
    clearly : bool
        Whether the whole interval of a value, where there is one, must lie within the part's ends.
    """
    ends: list[tuple[float, ...]] = [measurement.values]
    if clearly:
        ends += [
            tuple(np.where(np.isnan(end), measurement.values, end))
            for end in (measurement.lower, measurement.upper)
        ]
    return all(
        distance(part, value) == 0 for values in ends for part, value in zip(parts, values, strict=True)
    )


def distance(part: Part, value: float) -> float:
    """How far a value lies outside what the part's words allow, in its unit; 0 inside, edges included.

    A part that gives a direction and no figure has its edge outside: no change is no rise.
    """
    slack = SAME * max(1.0, abs(value))
    below, above = part.lowest - value, value - part.highest
    if part.value is None:
        nothing = np.isclose([below, above], 0, atol=slack).any()
        return float(slack) if nothing else float(max(below, above, 0))
    return float(max(below, above, 0)) if max(below, above) > slack else 0.0


def within_interval(part: Part, lower: float, upper: float) -> bool:
    """Whether the interval of what was measured reaches what the claim's words allow; False without one."""
    return bool(lower <= part.highest and upper >= part.lowest)


def _worst(parts: Sequence[Part], measurement: Measurement) -> int:
    """The part that is furthest outside its ends, in widths of its own tolerance; the first if none is."""
    outside = []
    for part, value in zip(parts, measurement.values, strict=True):
        width = part.highest - part.lowest
        scale = width if np.isfinite(width) and width > 0 else max(abs(part.value or 1.0), 1e-12)
        outside.append(distance(part, value) / scale)
    return int(np.argmax(outside))
