"""Which parameters do the notebooks take, and is a given value acceptable? One record each.

Whether an area, a release or a year exists in the data is a later question (`helpers.study`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from helpers import paths, value_file
from helpers.errors import ParameterError, nearest

Value = str | int | float | list[str]

FILE = paths.DATA / "parameters.yml"
WORDS = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "list of text": "a list of texts",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of the notebooks, as ``data/parameters.yml`` describes it.

    ``choices`` limits every value, ``choices_of_text`` only those that are text (so that
    ``auto`` may stand beside whole numbers), ``range`` those that are numbers, both ends
    included. Where the loop and the policies rest on a value, ``kind`` says whether it is
    ``estimated``, from the ``literature`` or ``assumed`` (other parameters are a ``choice``), ``sd``
    how uncertain it is, and ``sensitivity`` between which values a tornado moves it.
    """

    name: str
    default: Value
    types: tuple[str, ...]
    unit: str
    source: str
    effect: str
    choices: tuple[str, ...] = ()
    choices_of_text: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    kind: str = "choice"
    sd: float | None = None
    sensitivity: tuple[float, float] | None = None

    @property
    def expects(self) -> str:
        """What would be right, as a part of a sentence."""
        allowed = self.choices or self.choices_of_text
        words = [" or ".join(allowed)] if allowed else []
        for kind in self.types:
            if kind == "text" and allowed:
                continue
            bounds = self.range if kind in ("integer", "number") else None
            words.append(WORDS[kind] + (f" from {bounds[0]} to {bounds[1]}" if bounds else ""))
        return ", or ".join(words)

    def refuse(self, value: object) -> NoReturn:
        """Raise the error that names the value and what would be right."""
        # Python refuses to write a whole number of thousands of digits
        large = isinstance(value, int) and value.bit_length() > 1000
        shown = "a number of hundreds of digits" if large else f"{value!r:.200}"
        raise ParameterError(f"{self.name}={shown}: {self.name} is {self.expects} ({self.unit}).")


@functools.cache
def load(file: Path = FILE) -> dict[str, Parameter]:
    """Load every parameter by name, in the order of the file.

    Parameters
    ----------
    file : Path
        The records; ``data/parameters.yml`` unless a test says otherwise.

    Returns
    -------
    dict of str to Parameter
        One record per parameter.
    """
    records = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {
        name: Parameter(
            name=name,
            default=record["default"],
            types=tuple(record["type"]),
            unit=record["unit"],
            source=record["source"],
            effect=record["effect"],
            choices=tuple(record.get("choices", ())),
            choices_of_text=tuple(record.get("choices_of_text", ())),
            range=tuple(record["range"]) if "range" in record else None,
            kind=record.get("kind", "choice"),
            sd=record.get("sd"),
            sensitivity=tuple(record["sensitivity"]) if "sensitivity" in record else None,
        )
        for name, record in records.items()
    }


def parse(pairs: Iterable[str] = (), file: Path | None = None) -> dict[str, Value]:
    """Read the values given on the command line and in a file; the command line wins.

    Nothing is guessed from how a value looks: ``no``, ``2023-04-01`` and the code ``01`` stay
    text where the parameter is text, and become a number only where it may be one.

    Parameters
    ----------
    pairs : iterable of str
        ``name=value``, each name once. A list is written ``area=[Wales, "Bristol, City of"]``, or as
        ``area=@FILE`` where a file holds it (`helpers.value_file`).
    file : Path or None
        A YAML or JSON file that maps names to values.

    Returns
    -------
    dict
        The values that were given, each checked by itself.

    Raises
    ------
    ParameterError
        If a name is unknown or repeated, or a value cannot be what its parameter is.
    """
    given = _read_file(file) if file else {}
    seen: set[str] = set()
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            raise ParameterError(f"-p {pair}: a parameter is given as -p name=value.")
        if name in seen:
            raise ParameterError(f"-p {name} is given twice: give it once.")
        seen.add(name)
        given[name] = interpret(name, _list_or_text(name, text))
    return given


def interpret(name: str, written: str | list[str]) -> Value:
    """Turn a value as it is written, text or a list of texts, into what its parameter makes of it.

    Raises
    ------
    ParameterError
        If the name is unknown, or the value cannot be what its parameter is.
    """
    return _interpret(_known(name), written)


def check(values: Mapping[str, Any]) -> dict[str, Value]:
    """Complete the values that are given with the defaults of the rest.

    Parameters
    ----------
    values : mapping
        Name to value.

    Returns
    -------
    dict
        Every parameter, in the order of ``data/parameters.yml``.

    Raises
    ------
    ParameterError
        If a name is unknown, or a value is of the wrong type, no choice, or out of range.
    """
    for name, value in values.items():
        _check_one(_known(name), value)
    return {name: values.get(name, parameter.default) for name, parameter in load().items()}


def table() -> str:
    """Lay the parameters out as a table in plain text, for the command line."""
    rows = [("parameter", "default", "what is accepted", "effect")]
    rows += [(p.name, str(p.default), p.expects, p.effect) for p in load().values()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    )


def _known(name: str) -> Parameter:
    """Look a name up, or raise the error that names the nearest."""
    records = load()
    if name not in records:
        hint = nearest(name, records) or f"The parameters are: {', '.join(records)}."
        raise ParameterError(f"There is no parameter {name!r}. {hint}")
    return records[name]


def _check_one(parameter: Parameter, value: object) -> None:
    """Refuse a value that is of the wrong type, no choice, or out of range."""
    fits = {
        "text": isinstance(value, str) and value.strip() != "",
        # True and False are integers to Python, and to nobody else
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "list of text": isinstance(value, list)
        and len(value) > 0
        and all(isinstance(item, str) and item.strip() for item in value),
    }
    if not any(fits[kind] for kind in parameter.types):
        parameter.refuse(value)
    if parameter.choices and value not in parameter.choices:
        parameter.refuse(value)
    if isinstance(value, str):
        if parameter.choices_of_text and value not in parameter.choices_of_text:
            parameter.refuse(value)
    elif isinstance(value, int | float) and parameter.range:
        low, high = parameter.range
        if not low <= value <= high:
            parameter.refuse(value)


def _interpret(parameter: Parameter, raw: str | list[str]) -> Value:
    """Turn text, or a list of texts, into what the types of its parameter make of it."""
    value: Value = raw
    if isinstance(raw, str):
        if "integer" in parameter.types and re.fullmatch(r"[+-]?\d{1,300}", raw.strip()):
            value = int(raw)
        elif "number" in parameter.types and re.fullmatch(
            r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", raw.strip()
        ):
            value = float(raw)
    _check_one(parameter, value)
    return value


def _list_or_text(name: str, text: str) -> str | list[str]:
    """Take a value from the command line: a list where it is written as one or in a file, else its text."""
    if text.startswith("@") and "list of text" in _known(name).types:
        return value_file.read(Path(text[1:]), name)
    if not text.lstrip().startswith("["):
        return text
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        node = None
    if not isinstance(node, yaml.SequenceNode):
        raise ParameterError(
            f"{name}={text}: this is not a list. Write it as {name}=\"[Wales, 'Bristol, City of']\"."
        )
    return _plain(node, name)


def _read_file(file: Path) -> dict[str, Value]:
    """Read the values of a YAML or JSON file.

    The file is read as a tree of nodes, because that keeps every scalar as it was written and
    shows a name that occurs twice.
    """
    text = value_file.text(file, "The parameters file")
    try:
        # JSON may be indented by tabs, YAML may not
        tree = yaml.compose(text.expandtabs() if file.suffix == ".json" else text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ParameterError(f"{file} is neither YAML nor JSON: {reason}") from error
    if tree is None:
        return {}
    if not isinstance(tree, yaml.MappingNode):
        raise ParameterError(f"{file} must map names to values, one `name: value` per line.")
    given: dict[str, Value] = {}
    for key, node in tree.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ParameterError(
                f"{file} must map names to values, found a list or a map where a name stands."
            )
        name = str(key.value)
        if name in given:
            raise ParameterError(f"{file} gives {name} twice: give it once.")
        given[name] = interpret(name, _plain(node, name))
    return given


def _plain(node: yaml.Node, name: str) -> str | list[str]:
    """Turn a scalar into its text, and a list of scalars into a list of texts."""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return [str(item.value) for item in node.value]
    raise ParameterError(f"{name}: a value is {_known(name).expects}, nothing nested.")


def named(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters among the names of a notebook, for functions that take many of them at once.

    Parameters
    ----------
    namespace : mapping
        ``globals()`` of the notebook.

    Returns
    -------
    dict of str to value
    """
    return {name: namespace[name] for name in load() if name in namespace}
