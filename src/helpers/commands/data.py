"""What does `compendium data` do? Raw files in, tables out, and both checked."""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
from collections.abc import Callable
from pathlib import Path

from helpers import paths
from helpers.errors import ParameterError

Command = Callable[[argparse.Namespace], int | None]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
    data = commands.add_parser("data", help="fetch, build or check the data")
    steps = data.add_subparsers(title="steps", required=True, metavar="STEP")
    fetch = steps.add_parser("fetch", help="download raw files into data/raw, verified")
    fetch.add_argument("ids", nargs="*", metavar="ID", help="cards of data/catalogue; all of them")
    fetch.add_argument(
        "--time-limit",
        type=float,
        metavar="SECONDS",
        help="of one attempt at a file (default: 600; each file is tried four times)",
    )
    build = steps.add_parser("build", help="build data/tables from the raw files")
    check = steps.add_parser("check", help="check cards, files and tables against each other")
    of_data: dict[argparse.ArgumentParser, Command] = {fetch: _fetch, build: _build, check: _check}
    for step, command in of_data.items():
        step.add_argument("--mirror", type=Path, metavar="DIR", help="folder of the raw files")
        step.set_defaults(command=command)
    further = steps.add_parser("add-release", help="add a release of GVA per hour by district")
    further.add_argument("file", type=Path, metavar="FILE", help="the CSV, as published")
    further.add_argument("--release", type=int, required=True, metavar="YEAR", help="when it came out")
    further.set_defaults(command=_add_release)


def _fetch(asked: argparse.Namespace) -> None:
    """Download raw files."""
    from helpers import catalogue, download, transfer

    patience = transfer.DEFAULT_PATIENCE
    if asked.time_limit is not None:
        if not 0 < asked.time_limit < math.inf:
            raise ParameterError(f"--time-limit {asked.time_limit:g}: give a number of seconds above 0.")
        patience = dataclasses.replace(patience, time_limit=asked.time_limit)
    cards = [catalogue.get(name) for name in asked.ids] or list(catalogue.load().values())
    files = download.fetch(cards, mirror=asked.mirror, progress=sys.stderr.isatty(), patience=patience)
    print(f"{len(files)} raw files in {paths.RAW}, of the size and hash that their cards give.")


def _build(asked: argparse.Namespace) -> None:
    """Build the tables."""
    from helpers.building import build, staging

    with staging.alone():
        print(build.build(asked.mirror))


def _add_release(asked: argparse.Namespace) -> None:
    """Add a release to the data, and tell what changed."""
    from helpers.building import add_release, staging

    with staging.alone():
        print(add_release.add(asked.file, asked.release))


def _check(asked: argparse.Namespace) -> int:
    """Check the data, all of it before anything is said to have failed."""
    from helpers.building import checks

    results = checks.run(asked.mirror)
    for result in results:
        word = "left out" if result.left_out else "ok" if result.passed else "FAILED"
        print(f"{word:8} {result.name}: {result.detail}")
    failed = sum(not result.passed for result in results)
    left_out = sum(result.left_out for result in results)
    print(f"{len(results)} checks, {failed} failed, {left_out} left out.")
    return 1 if failed else 0
