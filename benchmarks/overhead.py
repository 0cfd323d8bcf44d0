"""What does each notebook cost beyond its own functions? One run of `compendium run` each, taken apart.

Processor seconds, so that a busy machine matters little: of the command itself (imports, page, hashes), of
the kernel outside its cells, and of imports, wherever in a cell they happen. The rest of the cells is the
notebook's own work.
"""

from __future__ import annotations

import argparse
import builtins
import json
import os
import resource  # Linux and macOS
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import measure

from helpers import paths
from helpers.running import witness

NOTES = "COMPENDIUM_OVERHEAD"  # names the file that the kernel writes to


def load_ipython_extension(shell: Any) -> None:
    """In the kernel, in place of the witness and around it: note what cells and imports cost."""
    witness.load_ipython_extension(shell)
    spent = {"cells": 0.0, "imports": 0.0}
    begun: list[float] = []
    depth = 0
    plain = builtins.__import__

    def timed(*arguments: Any, **named: Any) -> Any:
        nonlocal depth
        depth += 1
        begin = time.process_time()
        try:
            return plain(*arguments, **named)
        finally:
            depth -= 1
            if not depth and begun:
                spent["imports"] += time.process_time() - begin

    def before(*_: object) -> None:
        begun[:] = [time.process_time()]

    def after(*_: object) -> None:
        spent["cells"] += time.process_time() - begun.pop()
        Path(os.environ[NOTES]).write_text(json.dumps(spent), encoding="utf-8")

    builtins.__import__ = timed
    shell.events.register("pre_run_cell", before)
    shell.events.register("post_run_cell", after)


def one(name: str) -> dict[str, float]:
    """Run one notebook here, and say what it took."""
    from helpers.running import kernel, runner

    witness.__name__ = Path(__file__).stem  # the extension that the kernel is told to load
    with tempfile.TemporaryDirectory() as folder:
        os.environ[NOTES] = f"{folder}/notes.json"
        os.environ["PYTHONPATH"] = str(Path(__file__).parent)
        assert kernel.witness is witness
        runner.run([name], {}, Path(folder) / "out")
        spent = json.loads(Path(os.environ[NOTES]).read_text(encoding="utf-8"))
    here, kernels = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    command, whole = (usage.ru_utime + usage.ru_stime for usage in (here, kernels))
    return {
        "own": spent["cells"] - spent["imports"],
        "command": command,
        "kernel": whole - spent["cells"],
        "imports": spent["imports"],
    }


def main() -> None:
    """Print the table and write it beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", help="all of them by default")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(asked.one)))
        return
    rows = []
    for name in asked.notebooks or sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb")):
        words = [sys.executable, __file__, "--one", name]
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        spent = json.loads(done.stdout)
        outside = sum(spent.values()) - spent["own"]
        shown = {key: f"{seconds:.2f}" for key, seconds in (spent | {"outside": outside}).items()}
        rows.append({"notebook": name} | shown)
        print(rows[-1], file=sys.stderr, flush=True)
    measure.write(rows, Path(__file__).with_suffix(".csv"))


if __name__ == "__main__":
    main()
