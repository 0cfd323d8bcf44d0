"""Which column is what? The map from a lab's column names to the estimator's, read from a small YAML file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from helpers.errors import DecompositionError, nearest

MISSING = ("refuse", "drop")


@dataclass(frozen=True)
class ColumnMap:
    """Names of columns in the records.

    Attributes
    ----------
    worker, firm, year, pay : str
        Identifiers, calendar year and the outcome in logs (pay, or output).
    place : str or None
        Where the work is done.
    weight : str or None
        Worker-years that a record stands for, as if it were there so many times; 1 by default.
    controls : tuple of str
        Numbers whose effect is taken out.
    year_effects : bool
        Whether the effect of each year is taken out.
    missing : str
        ``refuse`` records whose pay, place or control is missing or infinite, or ``drop`` and count them.
    """

    worker: str
    firm: str
    year: str
    pay: str
    place: str | None = None
    weight: str | None = None
    controls: tuple[str, ...] = ()
    year_effects: bool = True
    missing: str = "refuse"

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Columns that are names, not numbers."""
        return (self.worker, self.firm, *([self.place] if self.place else []))

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns that are numbers, the year apart."""
        return (self.pay, *([self.weight] if self.weight else []), *self.controls)

    @property
    def all(self) -> tuple[str, ...]:
        """Every column that is read."""
        return (*self.identifiers, self.year, *self.numbers)


def read(path: Path) -> ColumnMap:
    """Read a map.

    Raises
    ------
    DecompositionError
        When the file is missing, is not a map of names, lacks one that is needed or has one that is not
        known.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DecompositionError(f"There is no column map {path}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DecompositionError(f"{path} is not YAML: {error}") from error
    if not isinstance(given, dict):
        raise DecompositionError(f"{path} must give names of columns, such as `worker: person_id`.")
    known = [field.name for field in fields(ColumnMap)]
    for key in given:
        if key not in known:
            raise DecompositionError(
                f"{path}: {key!r} is unknown. Known: {', '.join(known)}. {nearest(str(key), known)}"
            )
    needed = [name for name in ("worker", "firm", "year", "pay") if not given.get(name)]
    if needed:
        raise DecompositionError(f"{path} must name the columns of: {', '.join(needed)}.")
    return _checked(given, path)


def _checked(given: dict[str, object], path: Path) -> ColumnMap:
    controls = given.get("controls") or []
    if not isinstance(controls, list):
        raise DecompositionError(f"{path}: controls must be a list of columns.")
    texts = {
        key: given[key] for key in ("worker", "firm", "year", "pay", "place", "weight") if given.get(key)
    }
    for key, name in [*texts.items(), *(("controls", name) for name in controls)]:
        if not isinstance(name, str):
            raise DecompositionError(f"{path}: {key} must be the name of a column, not {name!r}.")
    missing = given.get("missing", "refuse")
    if missing not in MISSING:
        raise DecompositionError(f"{path}: missing must be one of {', '.join(MISSING)}, not {missing!r}.")
    year_effects = given.get("year_effects", True)
    if not isinstance(year_effects, bool):
        raise DecompositionError(f"{path}: year_effects must be true or false, not {year_effects!r}.")
    made = ColumnMap(
        **texts,  # type: ignore[arg-type]
        controls=tuple(controls),
        year_effects=year_effects,
        missing=str(missing),
    )
    twice = sorted({name for name in made.all if made.all.count(name) > 1})
    if twice:
        raise DecompositionError(f"{path} uses a column twice: {', '.join(twice)}.")
    return made
