"""What does a sweep file ask for? Read, checked and multiplied out before anything runs.

Values are read as text and become what their parameter makes of them, as on the command line: `off`
stays a word and the code 01 stays a code.
"""

from __future__ import annotations

import itertools
import json
import math
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import catalogue, parameters, value_file
from helpers.errors import ParameterError, SweepError, nearest
from helpers.parameters import Value
from helpers.sweeps import document

LIMIT = 2_000  # runs that are asked for without --yes
KEYS = ("title", "functions", "notebooks", "grid", "variants", "scenarios", "except", "batch")
WINDOW, SCENARIO = "window", "scenario"


@dataclass(frozen=True)
class Variant:
    """Values of parameters that differ from the defaults, and the name of the scenario they came with."""

    values: dict[str, Value]
    scenario: str = ""

    def agrees_with(self, other: Variant) -> bool:
        """Whether this variant has all the values, and the scenario, that another one names."""
        defaults = parameters.load()
        same = (self.values.get(name, defaults[name].default) == v for name, v in other.values.items())
        return all(same) and other.scenario in ("", self.scenario)


@dataclass(frozen=True)
class Sweep:
    """A sweep file, checked.

    Attributes
    ----------
    title : str
    functions, notebooks : tuple of str
        Names as in `helpers.sweeps.analyses.FUNCTIONS`, and stems of notebooks.
    variants : tuple of Variant
        In the order of the file, without those it excepts.
    scenarios : dict of str to dict
        Named sets of parameters.
    batch : int or None
        Runs per job; None leaves it to the number of cores.
    """

    title: str
    functions: tuple[str, ...]
    notebooks: tuple[str, ...]
    variants: tuple[Variant, ...]
    scenarios: dict[str, dict[str, Value]]
    batch: int | None


def read(file: Path, yes: bool = False) -> Sweep:
    """Read and check a sweep file.

    Parameters
    ----------
    file : Path
        YAML.
    yes : bool
        Whether more than `LIMIT` runs are meant.

    Returns
    -------
    Sweep

    Raises
    ------
    SweepError
        If anything in the file is unknown, empty, of the wrong form or out of range. Whether an area or
        a release exists in the data, and whether a parameter is read at all, is checked in
        `helpers.sweeps.plan`.
    """
    content = document.load(file)
    try:
        return _checked(content, file.parent, yes)
    except ParameterError as error:
        raise SweepError(f"{file.name}: {error}") from error


@dataclass(frozen=True)
class _Around:
    """What values may refer to: files in the folder of the sweep file, and its scenarios."""

    folder: Path
    scenarios: dict[str, dict[str, Value]]


def _checked(content: Mapping[str, Any], folder: Path, yes: bool) -> Sweep:
    for key in content:
        if key not in KEYS:
            raise SweepError(f"there is no key {key!r}. {nearest(key, KEYS) or 'Keys: ' + ', '.join(KEYS)}")
    functions, notebooks = (_names(content, key) for key in ("functions", "notebooks"))
    if not functions and not notebooks:
        raise SweepError("nothing is asked for: name functions, notebooks or both.")
    around = _Around(folder, _scenarios(content.get("scenarios", {}), folder))
    grids = content.get("grid", [])
    axes = [
        _axes(grid, f"grid {number}", around)
        for number, grid in enumerate(grids if isinstance(grids, list) else [grids], start=1)
    ]
    single = [
        _axes(_single(one, key), f"{key} {number}", around)
        for key in ("variants", "except")
        for number, one in enumerate(_listed(content, key), start=1)
    ]
    given, excepted = single[: len(content.get("variants", []))], single[len(content.get("variants", [])) :]
    asked = sum(math.prod(map(len, grid)) for grid in axes) + len(given)
    if not asked:
        raise SweepError("there is no variant: give a grid, a list of variants or both.")
    runs = asked * (len(functions) + len(notebooks))
    if runs > LIMIT and not yes:
        raise SweepError(f"{runs:,} runs are asked for, more than {LIMIT:,}: say --yes if that is meant.")
    left_out = [_joined(pieces) for grid in excepted for pieces in itertools.product(*grid)]
    every = [_joined(pieces) for grid in (*axes, *given) for pieces in itertools.product(*grid)]
    for number, other in enumerate(left_out, start=1):
        if not any(one.agrees_with(other) for one in every):
            raise SweepError(f"except {number}: no variant has these values: correct it, or take it out.")
    kept = tuple(one for one in every if not any(one.agrees_with(other) for other in left_out))
    if not kept:
        raise SweepError("except: every variant is left out.")
    batch = _whole(content["batch"]) if "batch" in content else None
    title = document.line(content.get("title", ""), "title")
    return Sweep(title, functions, notebooks, kept, around.scenarios, batch)


def _names(content: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of names, each once."""
    names: list[str] = []
    for name in _listed(content, key):
        bare = name.removesuffix(".ipynb") if isinstance(name, str) else ""
        if not bare or bare in names:
            shown = reprlib.repr(name)
            raise SweepError(f"{key}: {shown} is no name, or is given twice: list each name once.")
        names.append(bare)
    return tuple(names)


def _listed(content: Mapping[str, Any], key: str) -> list[Any]:
    found = content.get(key, [])
    if not isinstance(found, list) or (key in content and not found):
        raise SweepError(f"{key} is a list with at least one entry, for example {key}: [...].")
    return found


def _scenarios(content: Any, folder: Path) -> dict[str, dict[str, Value]]:
    """Named sets of parameters, of which no two are the same; an empty one stands for the defaults."""
    if not isinstance(content, dict):
        raise SweepError("scenarios maps each name to its parameters.")
    found: dict[str, dict[str, Value]] = {}
    for label, pairs in content.items():
        where = f"scenario {document.line(label, 'the name of a scenario')!r}"
        if not isinstance(pairs, dict) and pairs != "":
            raise SweepError(f"{where} maps parameters to values; {{}} stands for the defaults.")
        found[label] = {name: _value(name, raw, where, folder) for name, raw in (pairs or {}).items()}
    whole = {label: parameters.check(values) for label, values in found.items()}
    for one, other in itertools.combinations(whole, 2):
        if whole[one] == whole[other]:
            raise SweepError(f"scenarios {one!r} and {other!r} set the same values: keep one of them.")
    return found


def _single(one: Any, key: str) -> dict[str, Any]:
    """A variant as a grid of one."""
    if not isinstance(one, dict):
        raise SweepError(f"{key}: each entry maps parameters to values, for example {{area: Wales}}.")
    return {name: [raw] for name, raw in one.items()}


def _axes(grid: Any, where: str, around: _Around) -> list[list[Variant]]:
    """The options of each axis of a grid."""
    if not isinstance(grid, dict) or (where.startswith("grid") and not grid):
        raise SweepError(f"{where} maps parameters to lists of values, and is not empty.")
    axes = []
    for name, options in grid.items():
        if not isinstance(options, list) or not options:
            raise SweepError(f"{where}: {name} needs a list with at least one value, as {name}: [...].")
        axis: dict[str, Variant] = {}
        for raw in options:
            option = _option(name, raw, where, around)
            if axis.setdefault(json.dumps([option.values, option.scenario]), option) is not option:
                raise SweepError(f"{where}: {name} has {raw!r} twice: give it once.")
        axes.append(list(axis.values()))
    for one, other in itertools.combinations(axes, 2):
        both = {name for v in one for name in v.values} & {name for v in other for name in v.values}
        if both:
            raise SweepError(
                f"{where}: {' and '.join(sorted(both))} is set by two entries: keep one of them."
            )
    return axes


def _option(name: str, raw: Any, where: str, around: _Around) -> Variant:
    """What one value of an axis sets."""
    if name == WINDOW:
        ends = re.fullmatch(r"\s*(\d{4})\s*-\s*(\d{4}|latest)\s*", raw if isinstance(raw, str) else "")
        if not ends or ends[2] <= ends[1]:
            raise SweepError(
                f"{where}: window {reprlib.repr(raw)} is not FIRST-LAST, as 2004-2023 or 2010-latest."
            )
        names = zip(("first_year", "last_year"), ends.groups(), strict=True)
        return Variant({key: _value(key, text, where, around.folder) for key, text in names})
    if name == SCENARIO:
        if not isinstance(raw, str) or raw not in around.scenarios:
            shown = reprlib.repr(raw)
            hint = nearest(shown, around.scenarios) or "Name its parameters under `scenarios`."
            raise SweepError(f"{where}: there is no scenario {shown}. {hint}")
        return Variant(around.scenarios[raw], raw)
    return Variant({name: _value(name, raw, where, around.folder)})


def _value(name: str, raw: Any, where: str, folder: Path) -> Value:
    """The value of a parameter; ``@FILE`` stands for the lines of a file beside the sweep file."""
    nested = isinstance(raw, list) and not all(isinstance(item, str) for item in raw)
    if nested or not isinstance(raw, str | list):
        raise SweepError(f"{where}: {name} has a value that is neither text, number nor a list of texts.")
    beside = raw[1:] if isinstance(raw, str) and raw.startswith("@") else None
    if beside is not None and not catalogue.stays_inside(beside):
        raise SweepError(f"{where}: {name}={raw} lies elsewhere: put that file beside the sweep file.")
    try:
        return parameters.interpret(name, raw if beside is None else value_file.read(folder / beside, name))
    except ParameterError as error:
        raise SweepError(f"{where}: {error}") from error


def _joined(pieces: tuple[Variant, ...]) -> Variant:
    values: dict[str, Value] = {}
    for piece in pieces:
        values |= piece.values
    return Variant(values, "".join(piece.scenario for piece in pieces))


def _whole(raw: Any) -> int:
    if not isinstance(raw, str) or not re.fullmatch(r"[1-9][0-9]{0,5}", raw):
        raise SweepError(f"batch: {reprlib.repr(raw)} is not a whole number of runs per job, from 1.")
    return int(raw)
