"""How do several files of the data folder change together, or none of them?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from helpers import paths, writing

_PREFIX = ".staged-"


@contextmanager
def alone() -> Iterator[None]:
    """Be the only run that changes the data folder; what killed ones left there goes.

    Raises
    ------
    BusyError
        Another run is changing it.
    """
    with writing.alone(paths.DATA, paths.BUILD / "data.lock"):
        for left in paths.DATA.glob(f"{_PREFIX}*"):
            shutil.rmtree(left)
        yield


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """An empty folder on the same disk as another; gone afterwards."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder.parent))
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


@contextmanager
def copy() -> Iterator[Path]:
    """A copy of the data folder without its raw files, on the same disk; gone afterwards."""
    with beside(paths.TABLES) as folder:
        leave = shutil.ignore_patterns(paths.RAW.name, f"{_PREFIX}*")
        yield Path(shutil.copytree(paths.DATA, folder / paths.DATA.name, ignore=leave))


def run(staged: Path, module: str) -> subprocess.CompletedProcess[str]:
    """Run a module of the package on a copy, in a process that knows no other data.

    Everything is found from where the package lies (`helpers.paths`), so the package is put beside
    the copy as it is beside the data folder.
    """
    source = paths.ROOT / "src"
    beside = shutil.copytree(source, staged.parent / source.name, dirs_exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=staged.parent,
        env=os.environ | {"PYTHONPATH": str(beside)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def move(staged: Path, names: Sequence[Path], folder: Path | None = None) -> None:
    """Move files from a copy into its folder; if one cannot be moved, all stay as they were.

    Parameters
    ----------
    staged : Path
        From `copy`.
    names : sequence of Path
        The files, relative to the folder, in the order in which they are moved.
    folder : Path, optional
        The data folder by default.
    """
    moved: list[tuple[Path, Path]] = []
    whole = False
    try:
        for number, name in enumerate(names):
            target, before = (folder or paths.DATA) / name, staged / f".before-{number}"
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                shutil.copy2(target, before)
            moved.append((target, before))
            (staged / name).replace(target)
        whole = True
    finally:
        for target, before in [] if whole else reversed(moved):
            if before.exists():
                before.replace(target)
            else:
                target.unlink(missing_ok=True)
