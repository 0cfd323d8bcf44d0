"""What does `compendium review` do? What a reproducibility reviewer does, in one command."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from helpers import paths, writing
from helpers.commands.process import tell
from helpers.errors import CompendiumError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    review = commands.add_parser(
        "review", help="rebuild, rerun and compare everything: a page says how it went"
    )
    review.add_argument(
        "--only", action="append", default=[], metavar="LINE", help="one line of the review; may be repeated"
    )
    review.add_argument(
        "--notebooks", action="append", default=[], metavar="NAME", help="one notebook; may be repeated"
    )
    review.add_argument(
        "--mirror",
        type=Path,
        metavar="DIR",
        help="folder of the raw files (else data/raw or ../shared/data)",
    )
    review.add_argument(
        "--root", type=Path, metavar="DIR", help="another checkout; its own package reviews it"
    )
    review.add_argument(
        "--runs",
        type=Path,
        metavar="DIR",
        help="runs of an earlier review (_build/review/run), taken where they still hold",
    )
    review.add_argument("--out", type=Path, metavar="DIR", help="receives the report (else _build/review)")
    review.set_defaults(command=_review)


def _review(asked: argparse.Namespace) -> int:
    """Review this checkout, or have another one reviewed by its own package."""
    if asked.root is not None and asked.root.resolve() != paths.ROOT:
        return _elsewhere(asked)
    from helpers.review import door, report

    out = asked.out or door.OUT
    with writing.alone(out):
        lines = door.review(asked.only, asked.notebooks, asked.mirror, out, asked.runs, tell)
        report.write(lines, out, asked.runs)
    print(report.text(lines, asked.runs))
    print(f"This page as HTML and JSON: {out / 'review.html'}, {out / 'review.json'}.")
    return 1 if any(line.outcome == "FAIL" for line in lines) else 0


def _elsewhere(asked: argparse.Namespace) -> int:
    """Start this command with the package of another checkout in place of this one."""
    root = asked.root.resolve()
    if not (root / "src" / "helpers" / "commands" / "review.py").is_file():
        raise CompendiumError(f"--root {asked.root}: no checkout is there; name the folder of one.")
    words = [word for name in asked.only for word in ("--only", name)]
    words += [word for name in asked.notebooks for word in ("--notebooks", name)]
    for option in ("mirror", "runs", "out"):
        if getattr(asked, option) is not None:
            words += [f"--{option}", str(getattr(asked, option).resolve())]
    command = [sys.executable, "-m", "helpers.cli", "review", *words]
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode
