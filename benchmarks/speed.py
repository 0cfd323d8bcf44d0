"""What do notebooks and sweeps cost beyond their own computing? Ratios within one run.

Notebooks: their code as plain scripts, one process each, one after the other; the papermill command in a
loop; `compendium run` on both cores. Sweeps: 1,000 variants of one number through `compendium sweep` beside
the seconds that the runs themselves took.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import yaml

from helpers import paths
from helpers.running.surroundings import ENVIRONMENT

CORES = 2
SEEDS = range(1, 251)
SWEEP = {
    "functions": ["gap"],
    "grid": {"area": ["Midlands", "Wales", "North West", "London"], "seed": [str(seed) for seed in SEEDS]},
}
COLUMNS = ("what", "seconds", "ratio", "goal", "beside")


def timed(*words: object, run_folder: Path | None = None, log: Path) -> float:
    """Wall-clock seconds of a command that has to succeed."""
    environment = (
        os.environ | ENVIRONMENT | ({"COMPENDIUM_RUN_FOLDER": str(run_folder)} if run_folder else {})
    )
    begin = time.perf_counter()
    with log.open("ab") as stream:
        command = [sys.executable, *map(str, words)]
        subprocess.run(
            command, cwd=paths.NOTEBOOKS, env=environment, stdout=stream, stderr=stream, check=True
        )
    return time.perf_counter() - begin


def notebooks(folder: Path, names: list[str]) -> list[tuple[object, ...]]:
    """The three ways to run notebooks."""
    log = folder / "log"
    scripts = papermill = 0.0
    for name in names:
        source = paths.NOTEBOOKS / f"{name}.ipynb"
        cells = [
            cell.source for cell in nbformat.read(source, as_version=4).cells if cell.cell_type == "code"
        ]
        script = folder / f"{name}.py"
        script.write_text("\n".join(cells), encoding="utf-8")
        out = folder / name
        # Each notebook both ways in turn, so that a busy minute of the machine is shared
        scripts += timed(script, run_folder=out, log=log)
        papermill += timed(
            *("-m", "papermill", "-k", "python3", source, folder / "executed.ipynb"), run_folder=out, log=log
        )
    words = ("-m", "helpers.cli", "run", *names, "--out", folder / "run", "--cores", CORES)
    runner = timed(*words, log=log)
    beside = f"{len(names)} notebooks as plain scripts, one after the other"
    return [
        (beside, round(scripts, 1), 1.0, "", ""),
        ("papermill command in a loop", round(papermill, 1), round(papermill / scripts, 2), "", beside),
        (f"compendium run on {CORES} cores", round(runner, 1), round(runner / scripts, 2), 1.2, beside),
        ("papermill loop over compendium run", "", round(papermill / runner, 2), "at least 2", ""),
    ]


def sweeps(folder: Path) -> list[tuple[object, ...]]:
    """1,000 variants of the gap on two cores, and once more with nothing left to do."""
    file, out = folder / "sweep.yml", folder / "sweep"
    file.write_text(yaml.safe_dump(SWEEP), encoding="utf-8")
    words = ("-m", "helpers.cli", "sweep", file, "--out", out, "--cores", CORES)
    whole = timed(*words, log=folder / "log")
    lines = [json.loads(line) for part in (out / "results").glob("*.jsonl") for line in part.open()]
    own = sum(line.get("seconds", 0.0) for line in lines)
    again = timed(*words, log=folder / "log")
    beside = f"seconds within the 1,000 runs over {CORES} cores"
    return [
        (beside, round(own / CORES, 1), 1.0, "", ""),
        (
            "sweep of 1,000 gaps, with table and comparison",
            round(whole, 1),
            round(whole * CORES / own, 2),
            1.3,
            beside,
        ),
        ("the same called again", round(again, 1), round(again * CORES / own, 2), "", beside),
    ]


def main() -> None:
    """Print the table and write it beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "notebooks", nargs="*", help="some notebooks only; none for sweeps alone with --sweep"
    )
    parser.add_argument("--only", choices=("notebooks", "sweeps"))
    asked = parser.parse_args()
    names = asked.notebooks or sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb"))
    folder = Path(tempfile.mkdtemp(prefix="compendium-speed-"))
    rows: list[tuple[object, ...]] = []
    if asked.only != "sweeps":
        rows += notebooks(folder, names)
    if asked.only != "notebooks":
        rows += sweeps(folder)
    file = Path(__file__).with_suffix(".csv")
    kept = list(csv.reader(file.open(encoding="utf-8")))[1:] if asked.only and file.exists() else []
    kept = [row for row in kept if row[0] not in {str(new[0]) for new in rows}]
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([COLUMNS, *kept, *rows])
    for row in (COLUMNS, ("---",) * len(COLUMNS), *rows):
        print("| " + " | ".join(map(str, row)) + " |")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
