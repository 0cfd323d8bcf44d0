"""How is a sweep carried out? Checked, planned, handed to Snakemake, watched and collected."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from helpers import paths, writing
from helpers.errors import SweepError
from helpers.running.surroundings import ENVIRONMENT
from helpers.sweeps import collect, file, plan, results

SNAKEFILE = Path(__file__).with_name("Snakefile")
PROFILES = paths.ROOT / "profiles"
LOG = "snakemake.log"
ROUNDS_PER_CORE = 2  # jobs per core: few, because starting one costs seconds; two, so that none waits long
BATCH_ON_A_CLUSTER = 50
RETRIES = 2
EVERY = 10.0  # seconds between two lines of progress


@dataclass(frozen=True)
class Outcome:
    """What a sweep came to: runs asked for, finished before it began, finished in all; and failures."""

    asked: int
    before: int
    finished: int
    failures: list[str]


def run(
    sweep_file: Path,
    out: Path,
    cores: int | None = None,
    profile: str | None = None,
    yes: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Outcome:
    """Carry out a sweep, or what is left of it.

    Parameters
    ----------
    sweep_file : Path
        As `helpers.sweeps.file` reads it.
    out : Path
        Folder of the sweep; results that it holds already are kept.
    cores : int or None
        How many runs at the same time; None for as many as there are cores, or as a profile says.
    profile : str or None
        Name of a folder of ``profiles/``, or path of a profile of Snakemake.
    yes : bool
        Whether more than `helpers.sweeps.file.LIMIT` runs are meant.
    tell : callable or None
        Receives progress, line by line.

    Returns
    -------
    Outcome

    Raises
    ------
    SweepError
        If the file asks for what cannot be.
    BusyError
        If another sweep is at work in the folder.
    """
    sweep, planned = _plan(sweep_file, yes)
    options = _options(cores, profile)
    out = writing.results_folder(out)
    with writing.alone(out):
        known = results.of(out)
        pending = _pending(planned, known)
        size = sweep.batch or _size(len(pending), cores, profile)
        jobs = plan.batches(pending, _turn(out), size)
        planned.write(out, jobs)
        if pending:
            with (out / LOG).open("ab") as log, _snakemake(out, options, log) as process:
                _watch(process, out, jobs, len(pending), tell)
        found = results.of(out)
        table = collect.collect(planned, found, out)
        if len(table):
            from helpers.sweeps import comparison  # slow to import

            comparison.write(out)
    failures = collect.failures(planned, found)
    asked = len(planned.runs)
    return Outcome(asked, asked - len(pending), asked - len(failures), failures)


def preview(sweep_file: Path, out: Path, yes: bool = False) -> list[str]:
    """What `run` would do: a line for each run that is to be done, then a sentence."""
    _, planned = _plan(sweep_file, yes)
    pending = set(_pending(planned, results.of(out)))
    told = [collect.describe(one, planned.varied) for one in planned.runs if one.id in pending]
    done = len(planned.runs) - len(pending)
    return [
        *told,
        f"{len(planned.runs):,} runs are asked for: {done:,} have finished, {len(pending):,} would run.",
    ]


def _plan(sweep_file: Path, yes: bool) -> tuple[file.Sweep, plan.Plan]:
    sweep = file.read(sweep_file, yes)
    try:
        return sweep, plan.make(sweep)
    except SweepError as error:
        raise SweepError(f"{sweep_file.name}: {error}") from error


def _pending(planned: plan.Plan, known: dict[str, dict[str, object]]) -> list[str]:
    """Runs without a result; those that failed are tried again."""
    return [one.id for one in planned.runs if "rows" not in known.get(one.id, {})]


def _turn(out: Path) -> int:
    """The number of this call. A job of an earlier call, which may still be alive, has no name of ours."""
    names = [path.name for path in results.files(out)]
    if (out / plan.NAME).exists():
        names += plan.read(out)[1]
    return 1 + max(map(results.turn, names), default=0)


def _size(pending: int, cores: int | None, profile: str | None) -> int:
    """Runs per job where the file does not say."""
    if profile:
        return BATCH_ON_A_CLUSTER
    return max(1, math.ceil(pending / (ROUNDS_PER_CORE * (cores or os.cpu_count() or 1))))


def _options(cores: int | None, profile: str | None) -> list[str]:
    """Where the jobs run."""
    options = [] if profile and cores is None else ["--cores", str(cores or "all")]
    if profile:
        folder = PROFILES / profile if (PROFILES / profile).is_dir() else Path(profile).resolve()
        if not (folder / "config.yaml").is_file():
            raise SweepError(
                f"--profile {profile}: neither a folder of {PROFILES.relative_to(paths.ROOT)}/ nor one that "
                "holds a config.yaml of Snakemake."
            )
        options += ["--workflow-profile", str(folder)]
    return options


@contextmanager
def _snakemake(out: Path, options: Sequence[str], log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Start Snakemake in a group of processes of its own, and leave none of them behind."""
    command = [
        *(
            sys.executable,
            "-m",
            "snakemake",
            "--snakefile",
            str(SNAKEFILE),
            "--directory",
            str(out.resolve()),
        ),
        # Its lock outlives a kill; ours is the one that counts
        *("--nolock", "--keep-going", "--retries", str(RETRIES)),
        *("--scheduler", "greedy", "--nocolor", "--quiet", "host", "progress"),
        *options,
    ]
    process = subprocess.Popen(
        command, stdout=log, stderr=log, env=os.environ | ENVIRONMENT, start_new_session=os.name == "posix"
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGTERM)
            else:
                process.terminate()
            process.wait()


def _watch(
    process: subprocess.Popen[bytes],
    out: Path,
    jobs: dict[str, list[str]],
    pending: int,
    tell: Callable[[str], None] | None,
) -> None:
    """Say how many runs have ended and how much time is left, until Snakemake has ended."""
    begin, next_line = time.monotonic(), EVERY
    while process.poll() is None:
        time.sleep(0.2)
        spent = time.monotonic() - begin
        if tell and spent >= next_line:
            next_line = spent + EVERY
            records = [r for job in jobs for r in results.lines(results.file(out, job)) if "seconds" in r]
            tell(progress(len(records), sum("error" in r for r in records), pending, spent))


def progress(ended: int, failed: int, asked: int, seconds: float) -> str:
    """How far a sweep has come, and how long the rest will take at this pace.

    Parameters
    ----------
    ended, failed, asked : int
        Runs that have ended, those of them that failed, and all that are to be done.
    seconds : float
        Since the first job was handed over.
    """
    told = f"{ended:,} of {asked:,} runs" + (f", {failed:,} failed" if failed else "")
    if not ended:
        return f"{told}: no pace yet"
    minutes = seconds / ended * (asked - ended) / 60
    return f"{told}, about {minutes:.0f} min left" if minutes >= 1 else f"{told}, less than a minute left"
