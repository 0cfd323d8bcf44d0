"""What does `compendium sweep` do? Many runs from one file, here or on a cluster."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from helpers import paths
from helpers.commands.process import cores, tell


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    sweep = commands.add_parser("sweep", help="run many variants from a file, and collect them in one table")
    sweep.add_argument("file", type=Path, metavar="FILE", help="what to vary and what to run, in YAML")
    sweep.add_argument(
        "--out",
        type=Path,
        default=paths.BUILD / "sweep",
        metavar="DIR",
        help="receives the table and the comparison, and keeps what has finished (default: _build/sweep)",
    )
    sweep.add_argument(
        "--cores", type=cores, metavar="N", help="how many runs at the same time; all cores by default"
    )
    sweep.add_argument(
        "--profile", metavar="NAME", help="a folder of profiles/, for example slurm, or a path"
    )
    sweep.add_argument("--dry-run", action="store_true", help="say what would run, and run nothing")
    sweep.add_argument("--yes", action="store_true", help="go on even if very many runs are asked for")
    sweep.set_defaults(command=_sweep)


def _sweep(asked: argparse.Namespace) -> int:
    """Carry out a sweep; a run that failed makes the exit code 1 and stops no other."""
    from helpers.sweeps import run

    if asked.dry_run:
        print("\n".join(run.preview(asked.file, asked.out, asked.yes)))
        return 0
    done = run.run(asked.file, asked.out, asked.cores, asked.profile, asked.yes, tell)
    again = f" ({done.before:,} of them before)" if done.before else ""
    print(f"{done.finished:,} of {done.asked:,} runs have finished{again}. Results are in {asked.out}.")
    for line in done.failures:
        print(f"compendium: failed: {line}", file=sys.stderr)
    return 1 if done.failures else 0
