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
    estimate.add_argument("--spill", type=Path, metavar="DIR", help="for what sorting cannot hold")
    estimate.set_defaults(command=_estimate)


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
    from helpers.decomposition import synthetic

    country = synthetic.Country(asked.workers, asked.years, asked.mobility, asked.graph)
    truth = synthetic.simulate(country, asked.seed, asked.out)
    print(truth.to_string(index=False, float_format="{:.5f}".format))


def _estimate(asked: argparse.Namespace) -> None:
    memory = size(asked.memory)
    for name in ("projections", "threads"):
        if getattr(asked, name) < (name == "threads"):
            raise ParameterError(f"--{name} must not be {getattr(asked, name)}.")
    from helpers.decomposition import columns, estimate, windows

    settings = estimate.Settings(
        projections=asked.projections,
        seed=asked.seed,
        stayers=asked.stayers,
        memory=memory,
        threads=asked.threads,
        spill=asked.spill,
    )
    names = columns.read(asked.columns)
    if asked.window is None:
        found = estimate.estimate(asked.records, names, asked.out, settings, _tell, asked.events)
    else:
        found = windows.rolling(asked.records, names, asked.out, asked.window, settings, _tell)
    print(found.to_string(index=False, float_format="{:.6f}".format))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
