"""How does an interrupted run go on where it stopped? Each step writes a folder and signs for its inputs."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from helpers.decomposition.room import load
from helpers.errors import DecompositionError

__all__ = ["Steps", "fingerprint", "load", "save"]

FORMAT = 3  # raised whenever what a step writes, or how it is worked out, changes
SIGNATURE = "signature.json"


@dataclass
class Steps:
    """Steps of a run, one after the other.

    Attributes
    ----------
    folder : Path
        Receives one folder per step.
    tell : callable
        Is told which step runs or is skipped.
    chain : str
        Signature of everything up to the last step.
    seconds : dict of str to float
        Wall-clock and processor seconds of each step that ran.
    """

    folder: Path
    tell: Callable[[str], None] = lambda line: None
    chain: str = ""
    seconds: dict[str, dict[str, float]] = field(default_factory=dict)

    def run(self, name: str, settings: dict[str, Any], work: Callable[[Path], None]) -> Path:
        """Run a step, unless its folder holds the result of the same settings on the same inputs.

        Parameters
        ----------
        name : str
            Name of the step and of its folder.
        settings : dict
            All that the result depends on beside the earlier steps.
        work : callable
            Writes its results into the folder it is given. The folder takes its name only when all is
            written.

        Returns
        -------
        Path
            Folder with the results.

        Raises
        ------
        DecompositionError
            When the results cannot be written, a full disk for one, or memory does not suffice.
        """
        text = json.dumps([FORMAT, self.chain, name, settings], sort_keys=True, default=str)
        self.chain = hashlib.sha256(text.encode()).hexdigest()
        target, draft = self.folder / name, self.folder / f"{name}.part"
        if _signature(target) == self.chain:
            self.tell(f"{name}: done before")
            return target
        self.tell(f"{name} ...")
        began, cpu = time.perf_counter(), time.process_time()
        try:
            for old in (target, draft):
                shutil.rmtree(old, ignore_errors=True)
            draft.mkdir(parents=True)
            work(draft)
            (draft / SIGNATURE).write_text(json.dumps({"signature": self.chain}), encoding="utf-8")
            draft.rename(target)
        except OSError as error:
            raise DecompositionError(
                f"Step {name} could not write to {self.folder} or its spill folder: {error}. Finished steps "
                "are kept; make room and start again."
            ) from error
        except MemoryError as error:
            raise DecompositionError(
                f"Step {name} needs more memory than there is ({error}). What it holds grows with the number "
                "of firms and of threads: take fewer threads, a shorter window of years, or larger units "
                "than these firms. Finished steps are kept."
            ) from error
        self.seconds[name] = {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}
        return target


def save(folder: Path, **arrays: np.ndarray) -> None:
    """Write arrays, one file each."""
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def fingerprint(path: Path) -> dict[str, str]:
    """SHA-256 of a file, or of each file of a folder."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    marks = {}
    for file in files:
        with file.open("rb") as stream:
            name = file.name if path.is_file() else str(file.relative_to(path))
            marks[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return marks


def _signature(folder: Path) -> str | None:
    file = folder / SIGNATURE
    return json.loads(file.read_text(encoding="utf-8"))["signature"] if file.exists() else None
