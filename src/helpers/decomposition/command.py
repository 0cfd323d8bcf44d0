"""What does `compendium akm` offer on the command line? To simulate linked records and to decompose them."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from helpers.errors import ParameterError

UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
    akm = commands.add_parser("akm", help="workers, firms and places, on linked records")
    steps = akm.add_subparsers(title="steps", required=True, metavar="STEP")
    simulate = steps.add_parser("simulate", help="write linked records whose true shares are known")
    simulate.add_argument("--workers", type=int, required=True, metavar="N")
    simulate.add_argument("--years", type=int, default=8, metavar="T")
    simulate.add_argument("--seed", type=int, default=1, metavar="S")
    simulate.add_argument("--mobility", type=float, default=0.12, help="chance to change firm in a year")
    simulate.add_argument(
        "--graph", default="easy", help="easy, chain, star, few_movers or near_disconnected: where movers go"
    )
    simulate.add_argument("--out", type=Path, required=True, metavar="DIR")
    simulate.set_defaults(command=_simulate)

    estimate = steps.add_parser("estimate", help="corrected variance components of linked records")
    estimate.add_argument("records", type=Path, metavar="INPUT", help="Parquet or CSV, a file or a folder")
    estimate.add_argument("--columns", type=Path, required=True, metavar="MAP.yml")
    estimate.add_argument("--out", type=Path, required=True, metavar="DIR")
    estimate.add_argument("--projections", type=int, default=200, metavar="K", help="0: exact leverages")
    estimate.add_argument("--memory", default="6GB", metavar="SIZE", help="for sorting, such as 6GB")
    estimate.add_argument("--threads", type=int, default=1, metavar="K")
    estimate.add_argument("--seed", type=int, default=1, metavar="S", help="of the random projections")
    estimate.add_argument(
        "--stayers", default="match", help="match or within: where stayers' error variance is had from"
    )
    estimate.add_argument("--events", action="store_true", help="write the movers' event study as well")
    estimate.add_argument("--window", type=int, metavar="YEARS", help="estimate rolling windows of years")
    estimate.add_argument("--until", metavar="STEP", help="stop after this step; a later call goes on")
    estimate.add_argument("--spill", type=Path, metavar="DIR", help="for what sorting cannot hold")
    rules = estimate.add_argument_group("disclosure", "what a row of a table needs to be shown")
    rules.add_argument("--least-workers", type=int, default=10, metavar="N", help="workers, or moves")
    rules.add_argument("--least-firms", type=int, default=3, metavar="N")
    rules.add_argument("--largest-share", type=float, default=0.5, metavar="X", help="most of one firm")
    rules.add_argument("--round-to", type=int, default=5, metavar="N", help="counts to a multiple of this")
    estimate.set_defaults(command=_estimate)

    needs = steps.add_parser("requirements", help="the packages that a secure lab must let in, from the lock")
    needs.set_defaults(command=_requirements)


def size(text: str) -> int:
    """Bytes from a size such as ``6GB`` (powers of ten) or ``512MB``.

    Raises
    ------
    ParameterError
        When it is no size above zero.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", text.strip(), flags=re.IGNORECASE)
    if found is None or float(found[1]) == 0:
        raise ParameterError(f"{text!r} is no size of memory; write 6GB or 512MB.")
    return int(float(found[1]) * UNITS[found[2].upper()])


def _simulate(asked: argparse.Namespace) -> None:
    from helpers import writing
    from helpers.decomposition import synthetic

    country = synthetic.Country(asked.workers, asked.years, asked.mobility, asked.graph)
    with writing.alone(asked.out):
        truth = synthetic.simulate(country, asked.seed, asked.out)
    print(truth.to_string(index=False, float_format="{:.5f}".format))


def _estimate(asked: argparse.Namespace) -> None:
    memory = size(asked.memory)
    for name in ("projections", "threads"):
        if getattr(asked, name) < (name == "threads"):
            raise ParameterError(f"--{name} must not be {getattr(asked, name)}.")
    from helpers import writing
    from helpers.decomposition import columns, estimate, windows
    from helpers.decomposition.disclosure import Rules

    rules = Rules(asked.least_workers, asked.least_firms, asked.largest_share, asked.round_to)
    settings = estimate.Settings(
        projections=asked.projections,
        seed=asked.seed,
        stayers=asked.stayers,
        memory=memory,
        threads=asked.threads,
        spill=asked.spill,
        rules=rules,
    )
    names = columns.read(asked.columns)
    if asked.until is not None and asked.window is not None:
        raise ParameterError("--until stops one estimate; with --window there are several.")
    with writing.alone(asked.out):
        if asked.until is not None:
            print(estimate.run_until(asked.until, asked.records, names, asked.out, settings, _tell))
            return
        if asked.window is None:
            found = estimate.estimate(asked.records, names, asked.out, settings, _tell, asked.events)
        else:
            found = windows.rolling(asked.records, names, asked.out, asked.window, settings, _tell)
    print(found.to_string(index=False, float_format="{:.6f}".format))


def _requirements(_: argparse.Namespace) -> None:
    from helpers import paths
    from helpers.decomposition import requirements

    print(requirements.lines(paths.ROOT / "requirements.lock"), end="")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
