"""What is taken for granted, and where? The log of assumptions, and who quotes its ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from helpers import paths
from helpers.errors import CompendiumError
from helpers.typed_figures import typed_figures

FILE = paths.DATA / "assumptions.yml"
ID = re.compile(r"\bA\d\d\b")
QUOTED = re.compile(r"\b[Aa]ssumptions?\s+(A\d\d(?:(?:,|\s+and|,\s+and)\s+A\d\d)*)\b")


class AssumptionError(CompendiumError):
    """A record of the log is incomplete, or quotes and records do not agree."""


@dataclass(frozen=True)
class Assumption:
    """One thing that is taken for granted; `data/assumptions.yml` says what its fields mean."""

    id: str
    assumes: str
    because: str
    matters: str
    test: str
    wrong: str


def load(file: Path = FILE) -> dict[str, Assumption]:
    """Every assumption by its id, in the order of the file.

    Raises
    ------
    AssumptionError
        A field is missing, unknown or empty, an id is odd or comes twice, or a figure is typed.
    """
    names = [field.name for field in fields(Assumption)]
    found: dict[str, Assumption] = {}
    for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
        name = str(entry.get("id", "a record without id"))
        if list(entry) != names or not all(isinstance(text, str) and text for text in entry.values()):
            raise AssumptionError(
                f"{file.name}, {name}: expected text for {', '.join(names)}, in this order."
            )
        if not ID.fullmatch(name) or name in found:
            raise AssumptionError(f"{file.name}, {name}: expected an id of its own, A and two digits.")
        typed = [one.figure for text in list(entry.values())[1:] for one in typed_figures(text)]
        if typed:
            raise AssumptionError(f"{file.name}, {name}: the figure {typed[0]!r} is typed; say it in words.")
        found[name] = Assumption(**entry)
    return found


def quoted(files: Iterable[Path] | None = None) -> dict[str, list[str]]:
    """Who quotes which assumption: ``assumption A01``, or ``assumptions A01 and A02``.

    Parameters
    ----------
    files : iterable of Path, optional
        Where to look: the package, the notebooks and the pages unless given.

    Returns
    -------
    dict of str to list of str
        Files relative to the repository, by id.
    """
    if files is None:
        source = (paths.ROOT / "src" / "helpers").rglob("*.py")
        others = [*paths.NOTEBOOKS.glob("*.ipynb"), *paths.BOOK.glob("*.md"), *paths.DATA.glob("*.yml")]
        files = [path for path in [*source, *others] if path not in (FILE, Path(__file__))]
    found: dict[str, list[str]] = {}
    for path in sorted(files):
        text = path.read_text(encoding="utf-8")
        for name in sorted({name for listed in QUOTED.findall(text) for name in ID.findall(listed)}):
            found.setdefault(name, []).append(path.relative_to(paths.ROOT).as_posix())
    return found
