"""What did a running notebook read, and how much memory did it take? Noted inside its kernel.

The runner loads this module as an IPython extension. It sees every file that Python itself opens
under ``data/``; libraries written in C (GDAL, Arrow) open files unseen, which is why only text
formats count as observed. A table in Parquet is announced by `helpers.tables.load` itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from helpers import paths

FILE_VARIABLE = "COMPENDIUM_WITNESS"
ANNOUNCED = "helpers.tables.load"  # the audit event of a file that C opens unseen
OBSERVED = (".csv", ".json", ".md", ".yml")


def load_ipython_extension(shell: Any) -> None:
    """Begin to note what is read, and the peak memory after each cell.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The kernel's shell.
    """
    notes = Path(os.environ[FILE_VARIABLE])
    data = str(paths.DATA) + os.sep
    seen: set[str] = set()

    def on_event(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in ("open", ANNOUNCED) or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        path = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100 (asks no disk)
        if path.startswith(data) and path not in seen:
            seen.add(path)
            _append(notes, "read", Path(path).relative_to(paths.ROOT).as_posix())

    def before_cell(*_: object) -> None:
        _append(notes, "cell", str(shell.execution_count - 1))  # already counted on, to the next cell

    def after_cell(*_: object) -> None:
        peak = peak_memory()
        if peak is not None:
            _append(notes, "memory", str(peak))

    sys.addaudithook(on_event)
    shell.events.register("pre_run_cell", before_cell)
    shell.events.register("post_run_cell", after_cell)


def peak_memory() -> int | None:
    """Peak resident memory of this process.

    Returns
    -------
    int or None
        Bytes, or None where the system does not tell.
    """
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: on Linux its maximum is inherited from the process that forked this one
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        return None
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return None


def read_notes(notes: Path) -> tuple[dict[str, int], int | None]:
    """Read what was noted.

    Parameters
    ----------
    notes : Path
        The file that the kernel wrote; absent if it never started.

    Returns
    -------
    reads : dict of str to int
        Files that were read, relative to the repository, sorted, and the code cell that read each first.
    memory : int or None
        Peak memory in bytes.
    """
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    pairs = [line.split("\t", 1) for line in lines]
    reads: dict[str, int] = {}
    cell = 0
    for kind, text in pairs:
        if kind == "cell":
            cell = int(text)
        elif kind == "read":
            reads.setdefault(text, cell)
    memory = [int(text) for kind, text in pairs if kind == "memory"]
    return dict(sorted(reads.items())), max(memory, default=None)


def _append(notes: Path, kind: str, text: str) -> None:
    """Add one line; a line at a time survives a kernel that is killed."""
    with notes.open("a", encoding="utf-8") as file:
        file.write(f"{kind}\t{text}\n")
