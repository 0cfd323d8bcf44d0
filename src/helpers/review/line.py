"""What did one line of the review look at, and what did it find? One frozen record per line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PASS, FAIL, LEFT_OUT = "pass", "FAIL", "left out"


@dataclass(frozen=True)
class Fault:
    """Something that is not as it should be: the file at fault, and what is wrong with it."""

    file: str
    what: str


@dataclass(frozen=True)
class Line:
    """One line of the report.

    Attributes
    ----------
    name : str
        What `compendium review --only` calls it.
    outcome : str
        ``pass``, ``FAIL`` or ``left out``.
    files : str
        Which files were looked at.
    compared : str
        What was compared with what, and to which tolerance; the reason where it was left out.
    count : int
        How many things were compared.
    faults : tuple of Fault
        What failed; none otherwise.
    seconds : float
        How long it took.
    """

    name: str
    outcome: str
    files: str
    compared: str
    count: int
    faults: tuple[Fault, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Found:
    """What a check gives: how many things it compared, and the faults; or why it was left out."""

    count: int
    faults: tuple[Fault, ...] = ()
    left_out: str = ""


def found(count: int, faults: Iterable[Fault]) -> Found:
    """What was compared and what was wrong; comparing nothing is a fault of its own kind.

    Parameters
    ----------
    count : int
        How many things were compared.
    faults : iterable of Fault
    """
    given = tuple(faults)
    if count == 0 and not given:
        given = (Fault("", "nothing was compared; expected at least one thing to look at"),)
    return Found(count, given)
