"""Which raw files are there, and is this the one its card describes? The register of raw files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, get_type_hints

import yaml

from helpers import paths
from helpers.errors import CatalogueError, nearest

# The parser in C, where PyYAML was built with it, is several times as fast
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Card:
    """What is known about one raw file, as its producer published it.

    Every field is written in the card; ``null`` stands for what is truly unknown.
    """

    id: str
    path: str  # relative to the raw folder, with forward slashes
    producer: str
    title: str
    release: int | None  # year in which the statistics were released
    published: date | None
    official_page: str  # name of the official dataset
    url: str | None  # pinned address of exactly these bytes
    licence: str
    attribution: str
    geography: str
    geography_vintage: str | None  # code set, for example LAD23
    years: str | None
    unit: str
    price_basis: str | None
    bytes: int
    sha256: str
    derived: bool  # true where somebody rewrote a published file, figures unchanged
    caveats: tuple[str, ...]


# Rules that go beyond the type of a field: what is expected in words, and the test.
_RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "id": (
        "lower-case words joined by hyphens",
        lambda v: re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", v) is not None,
    ),
    "path": (
        "a path inside the raw folder, with forward slashes",
        lambda v: stays_inside(v),
    ),
    "release": (
        "a four-digit year or null",
        lambda v: v is None or 1900 <= v <= 2100,
    ),
    "url": (
        "an address that begins with https:// or null",
        lambda v: v is None or re.fullmatch(r"https://\S+", v) is not None,
    ),
    "bytes": ("a whole number greater than zero", lambda v: v > 0),
    "sha256": (
        "64 hexadecimal digits in lower case",
        lambda v: re.fullmatch(r"[0-9a-f]{64}", v) is not None,
    ),
}

_WORDS = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    date: "a date such as 2025-06-19",
    type(None): "null",
}


def load(folder: Path = paths.CATALOGUE) -> dict[str, Card]:
    """Read every card of the register.

    Parameters
    ----------
    folder : Path
        Folder of cards, one ``<id>.yml`` per raw file.

    Returns
    -------
    dict of str to Card
        By id, sorted by id.

    Raises
    ------
    CatalogueError
        If there is no card, or a card has an unknown, missing or ill-typed field, or two cards
        share an id or a path.
    """
    files = sorted(folder.glob("*.y*ml"))
    if not files:
        raise CatalogueError(f"No cards in {folder}: expected one <id>.yml per raw file.")
    cards = [read(file) for file in files]
    by_path: dict[str, Card] = {}
    for card in cards:
        # Ids cannot repeat, since each is its card's file name; paths are compared as a file
        # system that ignores case would compare them.
        other = by_path.setdefault(card.path.casefold(), card)
        if other is not card:
            raise CatalogueError(
                f"Card {card.id}.yml, field `path`: {card.path} is the file of {other.id}.yml "
                "too; expected one card per raw file."
            )
    return {card.id: card for card in sorted(cards, key=lambda card: card.id)}


def get(id: str, cards: dict[str, Card] | None = None) -> Card:
    """Card of one raw file.

    Parameters
    ----------
    id : str
        Id of the card.
    cards : dict of str to Card, optional
        Where to look; the register by default.

    Raises
    ------
    CatalogueError
        If there is no such card; the message names the nearest ids.
    """
    cards = load() if cards is None else cards
    if id not in cards:
        hint = nearest(id, cards) or f"Known: {', '.join(cards)}."
        raise CatalogueError(f"There is no raw file with the id {id!r} in the catalogue. {hint}")
    return cards[id]


def sha256(path: Path) -> str:
    """SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def difference(path: Path, card: Card) -> str | None:
    """How a file differs from what its card describes: size first, then SHA-256.

    Returns
    -------
    str or None
        For example ``"expected 10 bytes, found 9"``; None if it is that file.
    """
    if not path.is_file():
        return f"expected {card.bytes:,} bytes, found no file"
    size = path.stat().st_size
    if size != card.bytes:
        return f"expected {card.bytes:,} bytes, found {size:,}"
    found = sha256(path)
    return None if found == card.sha256 else f"expected SHA-256 {card.sha256}, found {found}"


def verify(path: Path, card: Card) -> None:
    """Make sure that a file is the one its card describes.

    Raises
    ------
    CatalogueError
        If the file is missing or differs; the message says what was expected and what was found.
    """
    wrong = difference(path, card)
    if wrong is not None:
        raise CatalogueError(f"{path} is not the file that card {card.id} describes: {wrong}.")


def read(file: Path) -> Card:
    """Read one card, refusing whatever is not exactly as expected."""
    try:
        loader = Loader(file.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        content = loader.construct_document(node) if node else {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError(f"Card {file.name} is not valid YAML in UTF-8: {error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise CatalogueError(f"Card {file.name} holds no fields; expected `name: value` lines.")

    # Of two equal names, YAML would silently let the last one win.
    written = [key.value for key, _ in node.value]
    expected = [field.name for field in fields(Card)]
    for name in content:
        if written.count(name) > 1:
            raise CatalogueError(f"Card {file.name}, field `{name}`: given twice; expected once.")
        if name not in expected:
            hint = nearest(str(name), expected) or f"Expected: {', '.join(expected)}."
            raise CatalogueError(f"Card {file.name}, field `{name}`: unknown. {hint}")
    types = get_type_hints(Card)
    values: dict[str, Any] = {}
    for name in expected:
        if name not in content:
            raise CatalogueError(
                f"Card {file.name}, field `{name}`: missing; expected a value, "
                "or null where it is truly unknown."
            )
        values[name] = _checked(file, name, content[name], types[name])
    if file.name != f"{values['id']}.yml":
        raise CatalogueError(
            f"Card {file.name}, field `id`: is {values['id']!r}; "
            "expected the name of the card's file without .yml."
        )
    return Card(**values)


def _checked(file: Path, name: str, value: Any, wanted: Any) -> Any:
    """Value of one field, in the type the card wants, or a sentence about what is wrong."""

    def refuse(expected: str) -> CatalogueError:
        return CatalogueError(f"Card {file.name}, field `{name}`: is {value!r}; expected {expected}.")

    if name == "caveats":
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise refuse("a list of sentences, [] if there are none")
        return tuple(value)
    allowed = getattr(wanted, "__args__", (wanted,))
    # Exactly the type: to Python, true is also the number 1 and a time is also a date.
    if type(value) not in allowed:
        raise refuse(" or ".join(_WORDS[kind] for kind in allowed))
    if isinstance(value, str) and (not value or value != value.strip()):
        raise refuse("text without blanks around it")
    expected, fits = _RULES.get(name, ("", lambda _: True))
    if not fits(value):
        raise refuse(expected)
    return value


def stays_inside(path: str) -> bool:
    """Whether a path stays below the folder it is relative to, on every system."""
    posix, windows = PurePosixPath(path), PureWindowsPath(path)
    return (
        not posix.is_absolute()
        and not windows.anchor
        and "\\" not in path
        and ".." not in posix.parts
        and posix.parts != ()
        and str(posix) == path
    )
