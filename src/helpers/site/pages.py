"""Which pages and data does the site have beside its notebooks? All are written here, from the run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from helpers import geography
from helpers.geography import Area
from helpers.site import (
    address,
    district,
    downloads,
    explorer,
    finder,
    gap_page,
    policy_page,
    profile,
    template,
)

NAMING = "03_divergence"  # the notebook whose run says which area and seed the book is of
MADE = "districts"  # beside the gathered folder: pages of districts, kept from book to book

# One line per page that needs data of its own.
WRITERS: tuple[Callable[[Area, int, Path], None], ...] = (
    finder.write,
    explorer.write,
    gap_page.write,
    policy_page.write,
)


@dataclass(frozen=True)
class Run:
    """What a folder of runs is about."""

    area: Area
    seed: int


def of(runs: Path) -> Run | None:
    """Area and seed of the run of `NAMING`, or None where there is no such run.

    Parameters
    ----------
    runs : Path
        Folder with one run per notebook.
    """
    record = runs / NAMING / "run.json"
    if not record.is_file():
        return None
    used = json.loads(record.read_text(encoding="utf-8"))["notebooks"][NAMING]["parameters"]["used"]
    return Run(geography.resolve(used["area"]), int(used["seed"]))


def write(runs: Path, source: Path) -> str:
    """Write the pages of districts, the data of other pages and what can be downloaded into a gathered book.

    Parameters
    ----------
    runs : Path
        Folder with one run per notebook. Without one of `NAMING` nothing is written.
    source : Path
        What `helpers.book_source.gather` filled. Pages of districts are made in `MADE` beside it, where those
        that have not changed are found again, and copied.

    Returns
    -------
    str
        What readers will miss, and why; empty when all was made.
    """
    run = of(runs)
    if run is None:
        return ""
    made = source.parent / MADE
    write_districts(run.area, run.seed, made, runs)
    target = source / "book" / address.FOLDER
    shutil.copytree(made, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(district.INPUTS))
    for writer in WRITERS:
        writer(run.area, run.seed, source)
    reason = downloads.write(runs, run.area, made / template.FILES, source)
    return f"The brief is a page without a PDF: {reason}." if reason else ""


def write_districts(area: Area, seed: int, folder: Path, runs: Path | None = None) -> district.Made:
    """Write the page of every district of an area.

    Parameters
    ----------
    area : Area
    seed : int
        Of the draws behind bands of ranks.
    folder : Path
        As of `helpers.site.district.write`.
    runs : Path, optional
        Folder of runs, for the simulation of policies.
    """
    return district.write(profile.all_profiles(area, seed, runs), folder)
