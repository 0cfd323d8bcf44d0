"""What does a piece of work cost on one core? Imported first: it keeps linear algebra to one thread."""

from __future__ import annotations

import csv
import os
import platform
import resource  # Linux and macOS
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"

import numpy as np  # noqa: E402  (reads the number of threads when it is imported)

COLUMNS = ["what", "size", "cpu_seconds", "claim_seconds", "peak_mb_so_far"]
BEST_OF = 3  # other work on the machine can only add to a time


def cost(work: Callable[[], Any], repeats: int = BEST_OF) -> tuple[Any, float, float]:
    """Result of some work, its CPU seconds (least of several) and the process's peak memory so far in MB."""
    seconds = []
    for _ in range(repeats):
        began = time.process_time()
        result = work()
        seconds.append(time.process_time() - began)
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kB elsewhere
    return result, min(seconds), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def row(what: str, size: str, seconds: float, claim: float | None, peak: float) -> dict[str, Any]:
    """One line of a result table; ``claim`` is the most it should take, or None."""
    told = (what, size, f"{seconds:.2f}", "" if claim is None else f"{claim:g}", f"{peak:.0f}")
    return dict(zip(COLUMNS, told, strict=True))


def machine() -> str:
    """Where the times were taken."""
    return (
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores seen, one used; "
        f"{platform.system()}, Python {platform.python_version()}, NumPy {np.__version__}"
    )


def write(rows: list[dict[str, Any]], path: Path) -> None:
    """Print a Markdown table with the machine, and write the same as CSV."""
    columns = list(rows[0])
    print(machine(), end="\n\n")
    for line in (columns, ["---"] * len(columns), *(one.values() for one in rows)):
        print(f"| {' | '.join(map(str, line))} |")
    with path.open("w", newline="", encoding="utf-8") as file:
        told = csv.DictWriter(file, [*columns, "machine"], lineterminator="\n")
        told.writeheader()
        told.writerows(one | {"machine": machine()} for one in rows)
