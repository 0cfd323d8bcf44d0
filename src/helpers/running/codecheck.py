"""What did the notebooks produce? The manifest of outputs that a reproducibility reviewer checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from helpers import paths, writing
from helpers.errors import NotebookError
from helpers.running import notebooks, provenance

FILE = paths.ROOT / "codecheck.yml"


def manifest(runs: Path = paths.RUNS) -> list[dict[str, Any]]:
    """Every output of the notebooks' runs, in order of notebook and name.

    Parameters
    ----------
    runs : Path
        A folder with one run folder per notebook (`make book` leaves them in ``_build/run``).

    Returns
    -------
    list of dict
        ``file`` (relative to the run folders), ``comment`` and, for data, ``rows``, ``fingerprint``
        (of the data rounded to six significant digits) and ``cell`` (the code cell of the committed
        notebook that shows them); `helpers.running.provenance` has the whole chain.

    Raises
    ------
    NotebookError
        There is no run to list.
    """
    entries = []
    shown: dict[str, dict[str, int]] = {}
    for note in sorted(runs.glob("*/exhibits/*.json")):
        account = json.loads(note.read_text(encoding="utf-8"))
        folder = note.parent.parent.name
        if folder not in shown:
            shown[folder] = provenance.cells(notebooks.find([folder])[0])
        for file in account["files"]:
            entry = {"file": f"{folder}/{file}", "comment": account["what"]}
            if file.endswith(".csv"):
                entry |= {"rows": account["rows"], "fingerprint": account["fingerprint"]}
                entry |= {"cell": shown[folder][file.removesuffix(".csv")]}
            entries.append(entry)
    if not entries:
        raise NotebookError(f"{runs} holds no run; run `make book` (or `compendium book`) first.")
    return entries


def heading() -> dict[str, Any]:
    """What the manifest says of itself: its form, and whose work it lists, from ``CITATION.cff``."""
    citation = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return {
        "version": "https://codecheck.org.uk/spec/config/1.0/",
        "paper": {
            "title": citation["title"],
            "authors": [{"name": author["name"]} for author in citation["authors"]],
        },
    }


def write(runs: Path = paths.RUNS, file: Path = FILE) -> int:
    """Write ``codecheck.yml`` from the runs, and return how many outputs it lists."""
    entries = manifest(runs)
    whole = heading() | {"manifest": entries}
    text = yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=100)
    writing.text(file, "# Written by `compendium codecheck` from the runs in _build/run.\n" + text)
    return len(entries)
