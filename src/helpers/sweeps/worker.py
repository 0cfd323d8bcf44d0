"""What does one job of a sweep do? Its runs one after the other, each with its result or its error."""

from __future__ import annotations

import math
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from helpers import parameters
from helpers.errors import CompendiumError
from helpers.sweeps import plan, results
from helpers.sweeps.analyses import FUNCTIONS
from helpers.sweeps.plan import Run

RUNS = "runs"  # folder of the notebooks' results, one folder per run
MOST_BEGINNINGS = 2  # a run whose job died with it so often is not begun again


def work(out: Path, batch: str) -> None:
    """Do what is left of a job.

    A run that fails is recorded and the next one begins. A job that was killed is begun again by
    Snakemake and goes on where it was; a run with which it was killed twice is recorded as failed.
    A sweep that was killed may have left jobs alive when it was called again. Once another plan has taken
    the place of its own, such a job begins nothing further; what it finished until then is not repeated.

    Parameters
    ----------
    out : Path
        Folder of the sweep.
    batch : str
        Name of the job in the plan.
    """
    stamp = (out / plan.NAME).stat().st_mtime_ns
    planned, jobs = plan.read(out)
    runs = {run.id: run for run in planned.runs}
    path = results.file(out, batch)
    path.parent.mkdir(exist_ok=True)
    before = list(results.lines(path))
    ended = {record["id"] for record in before if "seconds" in record}
    begun = Counter(record["id"] for record in before if "seconds" not in record)
    for name in jobs.get(batch, []):
        if name in ended or name in results.finished_earlier(out, batch):
            continue
        if (out / plan.NAME).stat().st_mtime_ns != stamp:
            return
        if begun[name] >= MOST_BEGINNINGS:
            error = f"its process ended {begun[name]} times while it ran; memory may have run out"
            results.append(path, {"id": name, "seconds": 0.0, "error": error})
            continue
        results.append(path, {"id": name})
        begin = time.perf_counter()
        outcome = _outcome(runs[name], out)
        results.append(path, {"id": name, "seconds": round(time.perf_counter() - begin, 3), **outcome})


def _outcome(run: Run, out: Path) -> dict[str, Any]:
    """The rows of a run, or why there are none."""
    try:
        return {"rows": _function(run) if run.kind == "function" else _notebook(run, out)}
    except CompendiumError as error:
        return {"error": str(error)}
    except Exception as error:  # noqa: BLE001 (an error of any kind is this run's result, told at the end)
        return {"error": f"{type(error).__name__}: {error}"}


def _function(run: Run) -> list[dict[str, Any]]:
    """Rows as plain values; a number that is not there is null."""
    rows = FUNCTIONS[run.analysis].rows(run.values).to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    number = float("nan") if value is None else float(value)
    return None if math.isnan(number) else number


def _notebook(run: Run, out: Path) -> list[dict[str, Any]]:
    """Run a notebook into a folder of its own, where its tables and sentences are collected from."""
    from helpers.running import runner  # slow to import, and not needed for functions

    defaults = parameters.load()
    given = {name: value for name, value in run.values.items() if value != defaults[name].default}
    runner.run([run.analysis], given, out / RUNS / run.id)
    return []


if __name__ == "__main__":
    work(Path.cwd(), sys.argv[1])
