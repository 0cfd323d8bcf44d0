"""What does a book of another area consist of? Its configuration for the Snakefile, checked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from helpers import parameters, paths, study, writing
from helpers.book_source import OF_THE_GUIDE
from helpers.errors import BookError, ParameterError
from helpers.groups import has_guide
from helpers.running import notebooks
from helpers.site import address

FOLDER = paths.BUILD / "areas"
FILE = "book.json"
FEWEST = 2  # one district is not apart from anything


def configure(wanted: Iterable[str], out: Path | None = None) -> Path:
    """Write the configuration of a book and say where it is.

    Parameters
    ----------
    wanted : iterable of str
        ``name=value`` as on the command line.
    out : Path or None
        Folder of the book; one of the area's name below `FOLDER` if it is not given.

    Returns
    -------
    Path
        ``book.json`` in that folder: ``out`` and ``notebooks``, each with those of the wanted parameters
        that it takes.

    Raises
    ------
    ParameterError
        A value is not acceptable, does not exist in the data, or no notebook of the book takes it; or the
        area has a single district.
    BookError
        The folder holds what is no book of ours (`refuse_other`).
    """
    given = parameters.parse(wanted)
    asked: dict[str, Any] = {n: value for n, value in given.items() if parameters.load()[n].kind == "choice"}
    area = study.choose(**asked).area
    if len(area.codes) < FEWEST:
        raise ParameterError(
            f"area: {area.name} is one district; a book compares districts, so name at least {FEWEST}. "
            f"The page of one district is in the book of any area that holds it."
        )
    if area.kind != "list":
        given["area"] = area.name  # another name or the code of an area makes no other book
    if has_guide(area):
        given.pop("area", None)
    left_out = () if has_guide(area) else OF_THE_GUIDE
    takes = {
        path.stem: notebooks.check_parameters(path, notebooks.read(path))
        for path in notebooks.find()
        if f"notebooks/{path.stem}" not in left_out
    }
    unread = [name for name in given if not any(name in names for names in takes.values())]
    if unread:
        raise ParameterError(f"{unread[0]}: no notebook of this book depends on it; leave it out.")
    folder = (out or FOLDER / address.slug(area.name)).resolve()
    refuse_other(folder)
    configuration = {
        "out": folder.as_posix(),
        "notebooks": {
            stem: {name: value for name, value in given.items() if name in names}
            for stem, names in takes.items()
        },
    }
    file = folder / FILE
    writing.text(file, json.dumps(configuration, indent=1, ensure_ascii=False) + "\n")
    return file


def refuse_other(folder: Path) -> None:
    """Refuse to write a book among other files: making one removes what is no longer part of it.

    Parameters
    ----------
    folder : Path
        New, empty, or with the book that an earlier call of `configure` began.

    Raises
    ------
    BookError
        It is anything else.
    """
    if folder.is_dir():
        there = sorted(path.name for path in folder.iterdir() if path.name != "book.lock")
        if not there or _configures(folder / FILE):
            return
        found = f"{', '.join(there[:3])}{' and more' if len(there) > 3 else ''}"
    elif folder.exists():
        found = "a file of that name"
    else:
        return
    raise BookError(
        f"--out {folder}: expected a new or empty folder, or one with a book of ours ({FILE}), "
        f"found {found}. Nothing was written; give another --out."
    )


def _configures(file: Path) -> bool:
    """Whether a file is a configuration that `configure` wrote, for whichever place."""
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(written, dict) and set(written) == {"out", "notebooks"}
