"""A small copy of the project with one quick notebook and a short book, and ways to disturb what runs in it.

The package, the Snakefile, the runner, Snakemake and Jupyter Book are the real ones, and so are the data.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import yaml

from helpers import paths

PARTS = ("Snakefile", "requirements.lock", "pyproject.toml", "_config.yml", "CITATION.cff", "LICENSE")
PARAMETERS = 'area = "Midlands"\nfirst_year = 2004'
ASKED = "asked = study.choose(area=area, first_year=first_year)"
NOTEBOOKS = {
    "01_levels": [
        f"from helpers import exhibits, levels, study\nfrom helpers.figures import productivity\n{ASKED}",
        'exhibits.publish(levels.table(asked.area), "levels", "level of every district")',
        "exhibits.show(productivity.ranking(asked))\nexhibits.record(area_name=asked.area.name)",
    ],
}


def make(folder: Path) -> Path:
    """Make the project in a folder, and return it."""
    compiled = shutil.ignore_patterns("__pycache__")
    shutil.copytree(paths.ROOT / "src", folder / "src", ignore=compiled)
    shutil.copytree(paths.DATA, folder / "data", ignore=shutil.ignore_patterns("raw", ".staged-*"))
    shutil.copytree(paths.BOOK / "_static", folder / "book" / "_static")
    shutil.copy(paths.BOOK / "references.bib", folder / "book")
    for name in PARTS:
        shutil.copy(paths.ROOT / name, folder)
    (folder / "book" / "index.md").write_text("# A small book\n\n{{ area_name }}\n")
    chapters = [{"file": f"notebooks/{name}"} for name in NOTEBOOKS]
    (folder / "_toc.yml").write_text(
        yaml.safe_dump({"format": "jb-book", "root": "book/index", "chapters": chapters})
    )
    (folder / "notebooks").mkdir()
    for name, cells in NOTEBOOKS.items():
        notebook(folder / "notebooks" / f"{name}.ipynb", cells)
    return folder


def notebook(path: Path, cells: list[str], parameters: str = PARAMETERS) -> Path:
    """Write a notebook with a cell of parameters."""
    new = nbformat.v4
    tagged = new.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    whole = new.new_notebook(
        cells=[new.new_markdown_cell(f"# {path.stem}"), tagged, *map(new.new_code_cell, cells)]
    )
    for number, cell in enumerate(whole.cells):
        cell.id = f"cell-{number}"
    nbformat.write(whole, path)
    return path


def command(*words: object) -> list[str]:
    """The words that call the console command."""
    return [sys.executable, "-m", "helpers.cli", *map(str, words)]


def environment(project: Path) -> dict[str, str]:
    """In which a command finds the package of a copy."""
    return os.environ | {"PYTHONPATH": str(project / "src")}


def call(project: Path, words: list[str], **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program in a project to its end."""
    return subprocess.run(
        words, cwd=project, env=environment(project), capture_output=True, text=True, check=False, **options
    )


def start(project: Path, words: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own."""
    with log.open("wb") as file:
        return subprocess.Popen(
            words,
            cwd=project,
            env=environment(project),
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9` to the whole group, and wait until it is dead."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kills(
    project: Path, words: list[str], count: int, duration: float, seed: int, log: Path
) -> Iterator[bool]:
    """Start a program again and again and kill it at random moments, until so many kills have hit it.

    Parameters
    ----------
    duration : float
        Seconds that the program takes; corrected when a run is faster, machines being busier at times.

    Yields
    ------
    bool
        After each run: whether it was killed, or had finished before.
    """
    rng = random.Random(seed)
    while count:
        process, begin = start(project, words, log), time.perf_counter()
        try:
            process.wait(timeout=rng.uniform(0.02, 0.98) * duration)
        except subprocess.TimeoutExpired:
            kill(process)
            count -= 1
            yield True
        else:
            assert process.returncode == 0, log.read_text()
            duration = time.perf_counter() - begin
            yield False


def timed(project: Path, words: list[str]) -> float:
    """Seconds that a program takes, which must succeed."""
    begin = time.perf_counter()
    done = call(project, words)
    assert done.returncode == 0, done.stdout + done.stderr
    return time.perf_counter() - begin


def content(*folders: Path) -> dict[str, str]:
    """Every file below some folders with the hash of what it holds; times and memory do not count."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                held = path.read_bytes()
                if path.name == "run.json":
                    held = _timeless(held)
                found[f"{folder.name}/{path.relative_to(folder)}"] = hashlib.sha256(held).hexdigest()
    return found


def _timeless(record: bytes) -> bytes:
    """A run record without what the clock and the memory say."""
    whole = json.loads(record)
    for entry in whole.get("notebooks", {"": whole}).values():
        for name in ("duration_seconds", "peak_memory_bytes", "seconds", "peak_memory_mb"):
            entry.pop(name, None)
    return json.dumps(whole).encode()
