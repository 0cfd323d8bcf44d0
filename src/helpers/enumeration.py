"""How are several things written one after the other, and names that hold a comma themselves?"""

from __future__ import annotations

from collections.abc import Iterable


def listed(things: Iterable[str]) -> str:
    """At least one thing, as a sentence lists them: ``Solihull, Warwick and Rushcliffe``."""
    *others, last = things
    return f"{', '.join(others)} and {last}" if others else last


def listed_names(names: Iterable[str]) -> str:
    """Names of places, as a sentence lists them.

    Returns
    -------
    str
        As `listed`; where a name holds a comma itself, semicolons keep it whole:
        ``Belfast; Newry, Mourne and Down; and Ards and North Down``.
    """
    *others, last = names
    if not others or _mark([*others, last]) == ",":
        return listed([*others, last])
    return f"{'; '.join(others)}; and {last}"


def joined_names(names: Iterable[str]) -> str:
    """Names of places in one cell of a table: between commas, or semicolons where a name holds a comma."""
    names = list(names)
    return f"{_mark(names)} ".join(names)


def _mark(names: list[str]) -> str:
    return ";" if any(", " in name for name in names) else ","
