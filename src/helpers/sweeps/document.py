"""What is written in a sweep file? Mappings, lists and texts, and nothing that YAML could make of them."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from helpers import value_file
from helpers.errors import ParameterError, SweepError

PLAIN = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")


class _Loader(yaml.BaseLoader):
    """Keeps every scalar as it is written; refuses tags, and a key that occurs twice."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag not in PLAIN:
            raise SweepError(
                f"line {node.start_mark.line + 1}: the tag {node.tag} asks for more than texts, lists and "
                "mappings: leave it out."
            )
        return super().construct_object(node, deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        for name, times in Counter(str(key.value) for key, _ in node.value).items():
            if times > 1:
                raise SweepError(f"line {node.start_mark.line + 1}: {name} is given twice: give it once.")
        return super().construct_mapping(node, deep)


def load(file: Path) -> dict[str, Any]:
    """Read a YAML file whose top is a mapping.

    Raises
    ------
    SweepError
        It cannot be read, is not YAML, nests too deeply, holds a tag or gives a key twice.
    """
    try:
        content = yaml.load(value_file.text(file, "The sweep file"), Loader=_Loader)  # noqa: S506 (texts only)
    except SweepError as error:
        raise SweepError(f"{file.name}, {error}") from error
    except ParameterError as error:
        raise SweepError(str(error)) from error
    except RecursionError as error:
        raise SweepError(f"{file.name} nests lists or mappings too deeply to be read.") from error
    except yaml.YAMLError as error:
        raise SweepError(f"{file} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise SweepError(f"{file} must map keys to what is asked for.")
    return content


def line(raw: Any, what: str) -> str:
    """A text that stands on a page as it is written: one line, without what could be markup.

    Raises
    ------
    SweepError
        It is anything else; it names `what`.
    """
    if not isinstance(raw, str) or not raw.isprintable() or set(raw) & set("<>`"):
        raise SweepError(f"{what}: {reprlib.repr(raw)} is not one line of text without < > and `.")
    return raw
