"""Does every committed notebook come out again? Each run once, from a fresh kernel, and compared by nbval."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from nbformat import NotebookNode

from helpers import paths
from helpers.catalogue import sha256
from helpers.errors import CompendiumError, NotebookError
from helpers.review.line import Fault, Found, found
from helpers.running import notebooks, record

OF_RUNS = ("python", "packages")  # what of the environment decides a run
SANITIZE = paths.ROOT / "tests" / "nbval_sanitize.cfg"
# What nbval leaves aside; pictures are compared apart (`helpers.review.figures`)
ASIDE = ("metadata", "traceback", "prompt_number", "output_type", "name", "execution_count", "image/png")


def execute(stems: Sequence[str], folder: Path, made: Path | None = None, workers: int = 2) -> dict[str, str]:
    """Run notebooks with their defaults, each in a process and a folder of its own.

    Parameters
    ----------
    stems : sequence of str
        Stems of notebooks.
    folder : Path
        Receives a run folder per notebook; what an earlier review left there is removed first.
    made : Path, optional
        Run folders of an earlier review: one that still holds (`holds`) is taken in place of a run.
    workers : int
        How many run at once.

    Returns
    -------
    dict of str to str
        What each run complained of before it failed; empty for one that succeeded.
    """

    def run(stem: str) -> str:
        out = folder / stem
        if made is not None and holds(stem, made / stem):
            if (made / stem).resolve() != out.resolve():
                shutil.rmtree(out, ignore_errors=True)
                shutil.copytree(made / stem, out)
            return ""
        shutil.rmtree(out, ignore_errors=True)
        command = [sys.executable, "-m", "helpers.cli", "run", stem, "--out", str(out)]
        done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
        return (done.stderr.strip() or f"exit code {done.returncode}") if done.returncode else ""

    with ThreadPoolExecutor(workers) as pool:
        return dict(zip(stems, pool.map(run, stems), strict=True))


def holds(stem: str, folder: Path) -> bool:
    """Whether a run made before is the one that would be made now.

    Its record must name the code, data, interpreter and packages of now, its cells must be those of the
    committed notebook, and its outputs must be as it left them.

    Parameters
    ----------
    stem : str
        The notebook.
    folder : Path
        The run's folder; it may be missing.
    """
    entry, now = record.read(folder).get(stem), record.environment()
    if entry is None or any(entry[kind] != now[kind] for kind in OF_RUNS):
        return False
    (source,) = notebooks.find([stem])
    read = record.inputs(source, entry["first_read"])
    outputs = entry["outputs"]
    if not all((folder / name).is_file() and sha256(folder / name) == outputs[name] for name in outputs):
        return False
    own = _name(source)  # its committed outputs are what is compared; its cells must be those that ran
    same = read | {own: ""} == entry["inputs"] | {own: ""}
    return same and _cells(source) == _cells(folder / source.name)


def gate(stems: Iterable[str]) -> Found:
    """Every cell was executed once, in order, shows nothing of a machine, and no other cell shows anything.

    nbval passes cells not run, and looks at no cell without code.
    """
    files = notebooks.find(stems)
    return found(
        len(files),
        [
            Fault(_name(file), fault)
            for file in files
            for fault in notebooks.unfit(file, notebooks.read(file))
        ],
    )


def parameters(stems: Iterable[str]) -> Found:
    """Every notebook has one cell tagged `parameters`, whose names and defaults are those on record."""
    count, faults = 0, []
    for file in notebooks.find(stems):
        try:
            count += len(notebooks.check_parameters(file, notebooks.read(file)))
        except NotebookError as error:
            faults.append(Fault(_name(file), str(error)))
    return found(count, faults)


def compare(stems: Iterable[str], failed: dict[str, str], folder: Path) -> Found:
    """Every output of every committed cell, but for pictures, is that of the fresh run.

    Parameters
    ----------
    stems : iterable of str
    failed : dict of str to str
        As `execute` gives it.
    folder : Path
        Where the fresh runs are.
    """
    cells, faults = 0, []
    for file in notebooks.find(stems):
        if failed[file.stem]:
            faults.append(Fault(_name(file), f"does not run: {failed[file.stem]}"))
            continue
        committed = _code(notebooks.read(file))
        fresh = _code(notebooks.read(folder / file.stem / file.name))
        cells += len(committed)
        for number, (one, other) in enumerate(zip(committed, fresh, strict=True), start=1):
            difference = differs(one.outputs, other.outputs) or _described(one.outputs, other.outputs)
            if difference:
                faults.append(Fault(_name(file), f"code cell {number}: {difference}"))
    return found(cells, faults)


def differs(committed: list[NotebookNode], fresh: list[NotebookNode]) -> str:
    """What nbval finds to differ between the outputs of a cell; empty when nothing does.

    Raises
    ------
    CompendiumError
        nbval is not installed.
    """
    try:
        from nbval import plugin  # type: ignore[import-untyped]
    except ImportError as error:
        raise CompendiumError("nbval is not installed: pip install -e '.[dev]'.") from error
    patterns = dict(plugin.get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8")))
    said: list[str] = []

    def say(key: str, left: Any, right: Any) -> None:
        said.append(f"{key}: {_first_difference(str(left), str(right))}")

    # nbval compares inside an item of pytest; of that item the comparison takes no more than this
    parent = SimpleNamespace(skip_compare=ASIDE, sanitize_patterns=patterns)
    item = SimpleNamespace(
        parent=parent, colors=plugin.nocolors, format_output_compare=say, comparison_traceback=[]
    )
    item.sanitize = lambda text: plugin.IPyNbCell.sanitize(item, text)
    outputs = [plugin.coalesce_streams(given) for given in (fresh, committed)]
    if plugin.IPyNbCell.compare_outputs(item, *outputs):
        return ""
    return said[0] if said else " ".join(str(item.comparison_traceback[0]).split())


def _described(committed: list[NotebookNode], fresh: list[NotebookNode]) -> str:
    """What differs in the metadata of outputs, which nbval leaves aside: texts in place of pictures."""
    pairs = zip(committed, fresh, strict=False)
    about = [(str(one.get("metadata", {})), str(other.get("metadata", {}))) for one, other in pairs]
    return next((f"metadata: {_first_difference(*both)}" for both in about if both[0] != both[1]), "")


def _first_difference(committed: str, fresh: str) -> str:
    """The first line that differs, both ways."""
    pairs = zip(committed.splitlines(), fresh.splitlines(), strict=False)
    one, other = next((pair for pair in pairs if pair[0] != pair[1]), (committed, fresh))
    at = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    start = max(at - 30, 0)
    return f"committed …{one[start : at + 40]}…, fresh …{other[start : at + 40]}…"


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def _cells(file: Path) -> list[tuple[str, list[str]]]:
    """Source and tags of each cell of code."""
    return [(cell.source, cell.metadata.get("tags", [])) for cell in _code(notebooks.read(file))]


def _name(file: Path) -> str:
    return file.relative_to(paths.ROOT).as_posix() if file.is_relative_to(paths.ROOT) else str(file)
