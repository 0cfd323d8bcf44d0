"""What does the book consist of? Its pages in order, and the folder that Jupyter Book reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from helpers import wording
from helpers.errors import BookError
from helpers.geography import Area
from helpers.groups import has_guide
from helpers.prose.words import area_name

NOTEBOOKS = "notebooks/"
LINKED = ("figures", "tables")  # folders of a run that its page links to
# Pages that judge what was published about the guide's area: a book of another one goes without them
OF_THE_GUIDE = ("notebooks/10_claims", "book/evidence_map")
HIDING = {"hide-input", "hide-cell", "remove-input", "remove-cell"}  # tags MyST-NB acts on


def chapters(toc: Path) -> list[str]:
    """Pages of the book in reading order, front page first.

    Parameters
    ----------
    toc : Path
        A ``_toc.yml`` of the format ``jb-book``.

    Returns
    -------
    list of str
        Paths without suffix, for example ``"notebooks/03_divergence"``.
    """
    contents: dict[str, Any] = yaml.safe_load(toc.read_text(encoding="utf-8"))
    parts = contents.get("parts", [contents])
    return [contents["root"]] + [chapter["file"] for part in parts for chapter in part.get("chapters", [])]


def built_from(records: Iterable[dict[str, Any]]) -> str:
    """Say what the pages were built from: never the clock, so that equal runs give equal pages.

    Parameters
    ----------
    records : iterable of dict
        Entries of run records, one per notebook.

    Returns
    -------
    str
        For example ``"Built from revision 1a2b3c4."``.
    """
    known = {(record.get("git") or {}).get("revision", "")[:7] for record in records} - {""}
    if not known:
        return "Built from files without a history."
    return f"Built from revision {', '.join(sorted(known))}."


def prepare(notebook: dict[str, Any], numbers: dict[str, str]) -> dict[str, Any]:
    """Notebook as readers meet it: its numbers in its metadata, its code one click away.

    Parameters
    ----------
    notebook : dict
        An executed notebook as read from its JSON; not changed.
    numbers : dict of str to str
        Text by name; the pages look for it in the metadata.

    Returns
    -------
    dict
        A copy of the notebook.
    """
    metadata = {**notebook["metadata"], "compendium": {"numbers": dict(sorted(numbers.items()))}}
    cells = []
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and not HIDING.intersection(tags):
            cell = {**cell, "metadata": {**cell["metadata"], "tags": [*tags, "hide-input"]}}
        cells.append(cell)
    return {**notebook, "metadata": metadata, "cells": cells}


def gather(root: Path, runs: Path, source: Path, area: Area | None = None) -> None:
    """Lay out the folder that Jupyter Book reads: configuration, pages, records, notebooks.

    Parameters
    ----------
    root : Path
        The repository.
    runs : Path
        Folder with one run per notebook, named by its stem.
    source : Path
        Folder to fill; emptied first.
    area : Area or None
        What the runs are about; None for the guide's own area.

    Raises
    ------
    BookError
        When a notebook of the contents has no run, or its run is incomplete, or the folder to fill holds
        the pages that are gathered.
    """
    if (root / "book").resolve().is_relative_to(source.resolve()):
        raise BookError(f"{source} holds the book's own pages and would be emptied: name another --out.")
    if source.exists():
        shutil.rmtree(source)
    source.mkdir(parents=True)
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    configuration = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    left_out: tuple[str, ...] = ()
    if area is not None and not has_guide(area):
        left_out = OF_THE_GUIDE
        for part in contents["parts"]:
            part["chapters"] = [page for page in part["chapters"] if page["file"] not in left_out]
        configuration["title"] = f"Why do places inside {area_name(area)} pull apart?"
    (source / "_toc.yml").write_text(yaml.safe_dump(contents, sort_keys=False), encoding="utf-8")
    shutil.copytree(root / "book", source / "book")
    for page in (source / "book").glob("*.md"):
        if f"book/{page.stem}" in left_out:
            page.unlink()
        else:
            text = wording.fitted(page.read_text(encoding="utf-8"), area)
            page.write_text(text, encoding="utf-8")
    shutil.copytree(root / "data" / "catalogue", source / "data" / "catalogue")
    shutil.copyfile(root / "data" / "corrections.yml", source / "data" / "corrections.yml")
    (source / "notebooks").mkdir()
    stems = [Path(page).name for page in chapters(source / "_toc.yml") if page.startswith(NOTEBOOKS)]
    records = [_gather_run(runs / stem, source / "notebooks") for stem in stems]
    configuration["html"]["extra_footer"] = built_from(records)
    (source / "_config.yml").write_text(yaml.safe_dump(configuration), encoding="utf-8")


def _gather_run(run: Path, target: Path) -> dict[str, Any]:
    """Copy one executed notebook and the files that its page links to; return its run record."""
    stem = run.name
    needed = {name: run / name for name in (f"{stem}.ipynb", "numbers.json", "run.json")}
    for name, path in needed.items():
        if not path.is_file():
            raise BookError(
                f"The book needs {name} of a finished run of {stem}, expected at {path}. "
                f"Run `make book`, or `compendium run {stem} --out {run}` first."
            )
    notebook, numbers, record = (json.loads(path.read_text(encoding="utf-8")) for path in needed.values())
    text = json.dumps(prepare(notebook, numbers), ensure_ascii=False)
    for kind in LINKED:
        # Notebooks write tables of the same name: in the book each has a folder of its own
        for link in (f'href=\\"{kind}/', f"]({kind}/"):
            text = text.replace(link, f"{link}{stem}/")
        for path in sorted((run / kind).glob("*.csv")):
            copy = target / kind / stem / path.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    (target / f"{stem}.ipynb").write_text(text, encoding="utf-8")
    entry: dict[str, Any] = record["notebooks"][stem]
    return entry
