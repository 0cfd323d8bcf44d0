"""Where are things? Absolute paths, derived from the repository, the same from any working directory."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
CATALOGUE = DATA / "catalogue"
TABLES = DATA / "tables"
RAW = DATA / "raw"
NOTEBOOKS = ROOT / "notebooks"
BOOK = ROOT / "book"
BUILD = ROOT / "_build"
RUNS = BUILD / "run"
FRESH_BOOK = "book-"  # begins the name of a folder of BUILD in which a book is being built

RUN_FOLDER_VARIABLE = "COMPENDIUM_RUN_FOLDER"


def run_folder() -> Path:
    """Folder that the running notebook writes to.

    Returns
    -------
    Path
        The folder the runner set, or ``_build/interactive`` when a notebook is run by hand.
    """
    return Path(os.environ.get(RUN_FOLDER_VARIABLE, BUILD / "interactive")).resolve()
