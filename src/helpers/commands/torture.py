"""What does `compendium torture` do? It runs the tests of endurance with many cases, and keeps their log."""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys

from helpers import paths
from helpers.commands import process

LOG = paths.ROOT / "tests" / "torture.log"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    torture = commands.add_parser("torture", help="try thousands of faults on readers, parameters and runs")
    torture.add_argument("--seed", type=int, metavar="N", help="draw the cases of an earlier run again")
    torture.add_argument("-k", metavar="WORDS", default="", help="only tests whose names have these words")
    torture.set_defaults(command=_torture)


def _torture(asked: argparse.Namespace) -> int:
    """Run the tests marked ``torture``, and write their log."""
    from helpers.running.surroundings import ENVIRONMENT

    number = secrets.randbelow(1_000_000) if asked.seed is None else asked.seed
    process.tell(f"Seed {number}: compendium torture --seed {number} draws the same cases again.")
    tests = LOG.parent
    environment = os.environ | {
        **ENVIRONMENT,
        "COMPENDIUM_TORTURE": "1",
        "COMPENDIUM_TORTURE_SEED": str(number),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(tests), os.environ.get("PYTHONPATH")])),
    }
    # Only files that speak of it: to import all of them takes longer than many a case
    files = [str(file) for file in sorted(tests.glob("test_*.py")) if "torture" in file.read_text("utf-8")]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "torture", "-n", "2", *files]
    command += ["-k", asked.k, "-p", "torture_log", "--torture-log", str(LOG)]
    return subprocess.run(command, cwd=paths.ROOT, env=environment, check=False).returncode
