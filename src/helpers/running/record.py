"""From what, with what and how was a result made? The run record, ``run.json``."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from helpers import catalogue, paths, writing
from helpers.catalogue import sha256
from helpers.errors import NotebookError
from helpers.running import witness

NAME = "run.json"


def inputs(notebook: Path, reads: Iterable[str] | None = None) -> dict[str, str]:
    """Hash everything that a notebook's results follow from.

    Parameters
    ----------
    notebook : Path
        The notebook.
    reads : iterable of str or None
        Files that the notebook was seen to read, relative to the repository. Files of kinds that
        cannot be observed count as read. None, where nothing was observed, counts every file.

    Returns
    -------
    dict
        Path relative to the repository (the whole path of a file elsewhere) to SHA-256.
    """
    seen = None if reads is None else {paths.ROOT / name for name in reads}
    data = [
        path
        for folder in (paths.DATA, paths.CATALOGUE, paths.TABLES)
        for path in folder.glob("[!.]*.*")
        if seen is None or path.suffix not in witness.OBSERVED or path in seen
    ]
    # Raw files enter only where a notebook reads one
    data += [path for path in seen or () if paths.RAW in path.parents and path.is_file()]
    source = (paths.ROOT / "src" / "helpers").rglob("*.py")
    every = {notebook.resolve(), paths.DATA / "parameters.yml", *data, *source}
    return {_name(path): sha256(path) for path in sorted(every)}


def environment() -> dict[str, Any]:
    """Describe the interpreter, the packages of ``pyproject.toml``, the platform and the revision.

    Returns
    -------
    dict
        Ready for JSON; what cannot be known is null.
    """
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[^\w.-]", text, maxsplit=1)[0] for text in project["dependencies"]]
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: metadata.version(name) for name in sorted(names)},
        "git": _revision(),
    }


def read(out: Path) -> dict[str, Any]:
    """Read the record of earlier runs into a folder.

    Parameters
    ----------
    out : Path
        The folder.

    Returns
    -------
    dict
        Notebook to its entry; empty when nothing was run into the folder yet.

    Raises
    ------
    NotebookError
        If the folder holds a ``run.json`` that is not ours.
    """
    file = out / NAME
    if not file.exists():
        return {}
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["notebooks"]
        found = {stem: dict(entry) for stem, entry in entries.items()}
        # Outputs that are out of date are removed: a record from elsewhere must not point at other files
        if not all(catalogue.stays_inside(name) for entry in found.values() for name in entry["outputs"]):
            raise ValueError("an output outside the folder")
        return found
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotebookError(
            f"{file} is not a run record. Give another --out, or move that file away."
        ) from error


def add(out: Path, stem: str, entry: dict[str, Any]) -> None:
    """Write the entry of one notebook; entries of others stay.

    An output belongs to the notebook that wrote it last, and what an earlier run of the same
    notebook wrote and this one did not is removed, so that the record and the folder agree.

    Parameters
    ----------
    out : Path
        The folder of the results.
    stem : str
        The notebook.
    entry : dict
        With ``outputs``, which maps paths relative to the folder to SHA-256.
    """
    entries = read(out)
    earlier = entries.pop(stem, {"outputs": {}})
    for name, digest in earlier["outputs"].items():
        stale = out / name
        # Only what is still as that run left it
        if name not in entry["outputs"] and stale.is_file() and sha256(stale) == digest:
            stale.unlink()
    for other in entries.values():
        other["outputs"] = {k: v for k, v in other["outputs"].items() if k not in entry["outputs"]}
    entries[stem] = entry
    text = json.dumps({"notebooks": dict(sorted(entries.items()))}, indent=1, ensure_ascii=False)
    writing.text(out / NAME, text + "\n")


def _name(path: Path) -> str:
    """Name a path relative to the repository where it lies there."""
    inside = path.is_relative_to(paths.ROOT)
    return (path.relative_to(paths.ROOT) if inside else path).as_posix()


def _revision() -> dict[str, Any] | None:
    """Ask git for the revision, and whether the tree differs from it; None without git."""

    def git(*words: str) -> str:
        command = ["git", "-C", str(paths.ROOT), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != paths.ROOT:
            return None  # a copy without history, inside somebody else's repository
        return {"revision": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return None
