"""How is one notebook executed? By papermill, on this very interpreter, in a fixed environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import papermill
import traitlets
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from helpers import errors, paths
from helpers.errors import CompendiumError, NotebookError
from helpers.parameters import Value
from helpers.running import notebooks, witness
from helpers.running.surroundings import ENVIRONMENT

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Execution:
    """An executed notebook and what it took: seconds, bytes, and the files read, each with its first cell."""

    notebook: NotebookNode
    duration: float
    memory: int | None
    reads: dict[str, int]


class Kernels:
    """The kernels of some executions, which another thread can end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._ended = False

    def add(self, process: subprocess.Popen[bytes]) -> None:
        """Take in a kernel that has just started; the end may have come before it."""
        with self._lock:
            self._processes.append(process)
            if self._ended:
                process.kill()

    def end(self) -> None:
        """End all that still run, and all that are added from now on."""
        with self._lock:
            self._ended = True
            for process in self._processes:
                process.kill()  # does nothing to one that has been waited for


def execute(
    path: Path, values: dict[str, Value], run_folder: Path, progress: bool, kernels: Kernels | None = None
) -> Execution:
    """Execute one notebook.

    Parameters
    ----------
    path : Path
        The notebook; it is not changed.
    values : dict
        Parameters to inject; none for the defaults.
    run_folder : Path
        Where the notebook writes its tables and figures.
    progress : bool
        Whether to show the cells done, on stderr.
    kernels : Kernels or None
        Receives the kernel.

    Returns
    -------
    Execution
        The executed notebook, without what differs between two runs.

    Raises
    ------
    NotebookError
        If a cell fails or the kernel dies.
    """
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="compendium-", ignore_cleanup_errors=True) as temporary:
        notes, log = Path(temporary) / "notes.txt", Path(temporary) / "kernel.log"
        environment = ENVIRONMENT | {
            paths.RUN_FOLDER_VARIABLE: str(run_folder),
            witness.FILE_VARIABLE: str(notes),
            # The user's IPython start-up files and history take no part
            "IPYTHONDIR": temporary,
        }
        try:
            executed = papermill.execute_notebook(
                notebooks.read(path),
                None,  # not written here: a failing notebook must leave nothing
                parameters=values,
                kernel_name="python3",
                language="python",
                progress_bar={"desc": path.stem, "leave": False} if progress else False,
                record_timing=False,
                kernel_manager_class=_manager(
                    environment, path.parent, log, Path(temporary), kernels or Kernels()
                ),
            )
        except PapermillExecutionError as error:
            raise NotebookError(_account(path, error)) from error
        except RuntimeError as error:  # nbclient and jupyter_client: the kernel is gone
            last = log.read_text("utf-8", errors="replace").splitlines()[-5:]
            raise NotebookError(
                f"{path.name}: its kernel stopped ({error}). Memory may have run out: "
                "close other programs, or run one notebook at a time."
                + "".join(f"\n  {line}" for line in last)
            ) from error
        reads, memory = witness.read_notes(notes)
    return Execution(notebooks.clean(executed), time.perf_counter() - begin, memory, reads)


def _manager(environment: dict[str, str], cwd: Path, log: Path, folder: Path, kernels: Kernels) -> type:
    """Make the class that starts kernels on this interpreter, whatever `python3` is elsewhere.

    Where the system has them, kernels are spoken to through sockets in `folder` and not through
    network ports: two notebooks that start at the same moment cannot pick the same port.

    A kernel starts in `cwd`. It is told so here and not to papermill, which would change the folder
    of this whole process, where other notebooks may run.

    What a kernel writes outside its cells (complaints while it is being stopped, the last words
    of one that crashes) goes to `log`.
    """
    spec = KernelSpec(
        argv=[
            *(sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"),
            f"--ext={witness.__name__}",
        ],
        display_name="Python 3 (ipykernel)",
        language="python",
        metadata=get_kernel_dict()["metadata"],
        env=environment,
    )

    class Manager(AsyncKernelManager):
        kernel_spec = property(lambda self: spec)

        @traitlets.default("transport")
        def _transport(self) -> str:
            return "ipc" if os.name == "posix" else "tcp"

        @traitlets.default("connection_file")
        def _connection_file(self) -> str:
            return str(folder / "kernel.json")  # short: a socket's path may have about 100 characters

        async def start_kernel(  # type: ignore[override]
            self, **options: Any
        ) -> None:
            with log.open("wb") as file:
                await super().start_kernel(cwd=str(cwd), stdout=file, stderr=file, **options)
            process = cast(LocalProvisioner, self.provisioner).process
            if process is not None:
                kernels.add(process)

    return Manager


def _account(path: Path, error: Any) -> str:
    """Tell in a few lines which cell failed and why.

    Parameters
    ----------
    path : Path
        The notebook.
    error : papermill.exceptions.PapermillExecutionError
        What papermill raised.

    Returns
    -------
    str
        Notebook, number among its code cells, first line of the cell, and the error.
    """
    cells = [c for c in notebooks.read(path).cells if c.cell_type == "code"]
    number = next((n for n, c in enumerate(cells, 1) if c.source == error.source), None)
    line = next((text for text in error.source.splitlines() if text.strip()), "")
    where = f"code cell {number}" if number else "the cell of injected parameters"
    kind = getattr(errors, error.ename, None)
    if isinstance(kind, type) and issubclass(kind, CompendiumError):
        reason = error.evalue
    else:
        reason = f"{error.ename}: {error.evalue}".strip()
    lines = COLOUR.sub("", reason).splitlines()
    if len(lines) > 6:
        lines = [*lines[:5], "..."]
    return "\n".join(
        [f"{path.name}, {where} failed.", f"  in the cell that begins: {line.strip()}"]
        + [f"  {text}" for text in lines]
    )
