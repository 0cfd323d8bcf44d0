"""Which packages must a secure lab let in? The few that `compendium akm` uses, as the lock pins them."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from helpers.errors import DecompositionError

ROOTS = ("duckdb", "numba", "numpy", "pandas", "pyarrow", "pyyaml", "scipy")
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_MARKED_EXTRA = re.compile(r"\bextra\b")


def needed(roots: tuple[str, ...] = ROOTS) -> set[str]:
    """These packages and all that they need in turn, by their names in the lock.

    Raises
    ------
    DecompositionError
        When one of the roots is not installed here: then what it needs is not known.
    """
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = _normal(waiting.pop())
        if name in found:
            continue
        try:
            told = metadata.requires(name) or []
        except metadata.PackageNotFoundError as error:
            if name in roots:
                raise DecompositionError(f"{name} is not installed: set up the compendium first.") from error
            told = []  # of another system, such as tzdata on Windows; the lock says where it is wanted
        found.add(name)
        waiting += [_NAME.match(line.strip())[0] for line in told if not _MARKED_EXTRA.search(line)]  # type: ignore[index]
    return found


def lines(lock: Path) -> str:
    """The part of a lock that `compendium akm` needs, with versions, markers and hashes.

    Parameters
    ----------
    lock : Path
        A requirements file in which every package begins a line and its hashes are indented.

    Raises
    ------
    DecompositionError
        When the lock is missing or lacks one of the packages.
    """
    try:
        text = lock.read_text(encoding="utf-8")
    except OSError as error:
        raise DecompositionError(f"There is no lock {lock} to take versions from: {error}") from error
    blocks = re.findall(r"^[A-Za-z0-9].*(?:\n[ \t]+--hash.*)*", text, flags=re.MULTILINE)
    named = [(_normal(block[: _NAME.match(block).end()]), block) for block in blocks]  # type: ignore[union-attr]
    missing = sorted(set(ROOTS) - {name for name, _ in named})
    if missing:
        raise DecompositionError(f"{lock} does not pin {', '.join(missing)}.")
    wanted = needed()  # a package may be there twice, for older and newer versions of Python
    return "\n".join(block for name, block in named if name in wanted) + "\n"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
