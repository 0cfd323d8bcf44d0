"""What has each run of a sweep come to? Kept line by line, so that nothing done is lost when a job is killed.

Each job appends to a file of its own, ``results/JOB.jsonl``: a line when a run begins and a line when it has
ended. A line that a kill cut short is passed over, and its run counts as begun.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = "results"


def file(out: Path, batch: str) -> Path:
    """Where a job writes."""
    return out / FOLDER / f"{batch}.jsonl"


def files(out: Path) -> list[Path]:
    """The files of all jobs so far; names begin with the turn, the call of the sweep that made them."""
    return sorted(path for path in (out / FOLDER).glob("*.jsonl") if re.match(r"[0-9]+-", path.name))


def turn(batch: str) -> int:
    """The call of the sweep that made a job, from the job's name."""
    return int(batch.split("-")[0])


def finished_earlier(out: Path, batch: str) -> set[str]:
    """Runs that jobs of earlier calls have finished, some perhaps after this job was planned."""
    earlier = (path for path in files(out) if turn(path.name) < turn(batch))
    return {record["id"] for path in earlier for record in lines(path) if "rows" in record}


def append(path: Path, record: dict[str, Any]) -> None:
    """Add one line, on a line of its own even after one that was cut short."""
    with path.open("ab+") as stream:
        if stream.tell():
            stream.seek(-1, 2)
            torn = stream.read(1) != b"\n"
        else:
            torn = False
        text = json.dumps(record, ensure_ascii=False)
        stream.write(f"{chr(10) * torn}{text}\n".encode())


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of one file."""
    if not path.exists():
        return
    for line in path.read_bytes().split(b"\n"):
        try:
            yield json.loads(line)
        except ValueError:
            continue  # empty, or cut short when its job was killed


def of(out: Path) -> dict[str, dict[str, Any]]:
    """The last that is known of every run: finished, failed, or merely begun.

    Parameters
    ----------
    out : Path
        Folder of the sweep.

    Returns
    -------
    dict
        Name of a run to its record: ``rows`` if it has finished, ``error`` if it failed, neither if its
        job ended before it did. Finished counts for more than failed, whichever came last.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in files(out):
        for record in lines(path):
            if "rows" not in found.get(record["id"], {}):
                found[record["id"]] = record
    return found
