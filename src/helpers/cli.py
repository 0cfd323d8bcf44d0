"""What can be asked for on the command line? Everything that make does, and no more.

Imports are inside the functions that need them: `compendium --help` and the check whether the
book is up to date must not wait for pandas.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

from helpers import paths
from helpers.decomposition import command as akm
from helpers.errors import CompendiumError, ParameterError

Command = Callable[[argparse.Namespace], int | None]

NBVAL = (
    *("-p", "no:cacheprovider", "-p", "nbval_workers", "--nbval"),
    *("--nbval-kernel-name", "python3", "--dist", "loadfile"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str or None
        The words after ``compendium``; those of the process by default.

    Returns
    -------
    int
        0 when all is well; 1 when a cell failed or the data are not as they should be; 2 for
        wrong usage or a wrong parameter; 130 after Ctrl-C.
    """
    asked = _parser().parse_args(arguments)
    # Asked to end (by Snakemake, for one): unwind, so that kernels stop and half-done work goes
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        code = asked.command(asked)
        sys.stdout.flush()
        return code or 0
    except CompendiumError as error:
        print(f"compendium: {error}", file=sys.stderr)
        return 2 if isinstance(error, ParameterError) else 1
    except KeyboardInterrupt:
        print("compendium: stopped; nothing half-done was left behind.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has left (`compendium parameters | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    parser = argparse.ArgumentParser(
        prog="compendium",
        description="Productivity gaps between the districts of a UK area, from official files "
        "to a published book.",
    )
    parser.add_argument("--version", action="version", version=metadata.version("helpers"))
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run notebooks with parameters of your choice")
    run.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="all of them by default")
    run.add_argument(
        *("-p", "--parameter"),
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="for example -p area='North West'; see `compendium parameters`",
    )
    run.add_argument("-f", "--file", type=Path, help="parameters in a YAML or JSON file")
    run.add_argument(
        "--out",
        type=Path,
        default=paths.BUILD / "mine",
        metavar="DIR",
        help="receives notebooks, tables, figures and run.json (default: _build/mine)",
    )
    run.set_defaults(command=_run)

    show = commands.add_parser("parameters", help="list the parameters, defaults and effects")
    show.set_defaults(command=_parameters)

    data = commands.add_parser("data", help="fetch, build or check the data")
    steps = data.add_subparsers(title="steps", required=True, metavar="STEP")
    fetch = steps.add_parser("fetch", help="download raw files into data/raw, verified")
    fetch.add_argument("ids", nargs="*", metavar="ID", help="cards of data/catalogue; all of them")
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

    refresh = commands.add_parser("notebooks", help="execute notebooks in place, with defaults")
    refresh.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="all of them by default")
    refresh.set_defaults(command=_notebooks)

    claims = commands.add_parser("claims", help="test every published claim against the tables")
    claims.add_argument("--format", choices=("table", "csv", "json"), default="table")
    claims.add_argument(
        "--ledger", type=Path, metavar="FILE", help="records of your own (default: data/claims.yml)"
    )
    claims.set_defaults(command=_claims)

    akm.add(commands)

    listing = commands.add_parser("codecheck", help="list the outputs of the last book in codecheck.yml")
    listing.set_defaults(command=_codecheck)

    districts = commands.add_parser("districts", help="write the page of every district of an area")
    districts.add_argument("--area", help="as the parameter of that name, for example UK")
    districts.add_argument("--seed", type=int, help="as the parameter of that name")
    districts.add_argument(
        "--out",
        type=Path,
        default=paths.BUILD / "districts",
        metavar="DIR",
        help="receives Markdown, pictures and data; pages that have not changed are kept",
    )
    districts.set_defaults(command=_districts)

    book = commands.add_parser("book", help="bring the book up to date in _build/html")
    book.set_defaults(command=_book)
    test = commands.add_parser("test", help="run every test, and every committed notebook")
    test.set_defaults(command=_test)
    lab = commands.add_parser("lab", help="open JupyterLab on the notebooks")
    lab.set_defaults(command=_lab)
    return parser


def _run(asked: argparse.Namespace) -> None:
    """Run notebooks with parameters of the user's choice."""
    from helpers import parameters

    given = parameters.parse(asked.parameter, asked.file)
    from helpers.running import runner

    runner.run(asked.notebooks, given, asked.out, tell=_tell)
    print(f"Results are in {asked.out}: notebooks, tables, figures and run.json.")


def _parameters(_: argparse.Namespace) -> None:
    """List the parameters."""
    from helpers import parameters

    print(parameters.table())


def _fetch(asked: argparse.Namespace) -> None:
    """Download raw files."""
    from helpers import catalogue, download

    cards = [catalogue.get(name) for name in asked.ids] or list(catalogue.load().values())
    files = download.fetch(cards, mirror=asked.mirror, progress=sys.stderr.isatty())
    print(f"{len(files)} raw files in {paths.RAW}, of the size and hash that their cards give.")


def _build(asked: argparse.Namespace) -> None:
    """Build the tables."""
    from helpers.building import build

    print(build.build(asked.mirror))


def _add_release(asked: argparse.Namespace) -> None:
    """Add a release to the data, and tell what changed."""
    from helpers.building import add_release

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


def _notebooks(asked: argparse.Namespace) -> None:
    """Refresh the committed notebooks, and what the README tells of them."""
    from helpers.running import readme, runner

    runner.refresh(asked.notebooks, tell=_tell)
    if readme.update():
        print("README.md now tells what 03_divergence finds.")


def _claims(asked: argparse.Namespace) -> int:
    """Test every claim, and say which verdict is no longer the recorded one."""
    from helpers.claims import ledger, run

    found = run.outcomes(ledger.load(asked.ledger) if asked.ledger else None)
    print(run.render(found, asked.format))
    changed = run.changes(found)
    for line in changed:
        print(f"compendium: {line}", file=sys.stderr)
    return 1 if changed else 0


def _codecheck(_: argparse.Namespace) -> None:
    """Write the manifest of outputs."""
    from helpers.running import codecheck

    print(f"codecheck.yml lists {codecheck.write()} outputs of the runs in {paths.RUNS}.")


def _districts(asked: argparse.Namespace) -> None:
    """Write the pages of an area's districts."""
    from helpers import study
    from helpers.site import pages

    given = {name: value for name in ("area", "seed") if (value := getattr(asked, name)) is not None}
    chosen = study.choose(**given)
    done = pages.write_districts(chosen.area, chosen.seed, asked.out)
    print(f"{len(done.made)} pages made and {len(done.kept)} kept as they were, in {asked.out}.")


def _book(_: argparse.Namespace) -> int:
    """Bring the book up to date; the Snakefile decides what that takes."""
    return _become(
        *("snakemake", "--snakefile", paths.ROOT / "Snakefile"),
        *("--directory", paths.ROOT, "--cores", "all", "--nocolor", "--rerun-incomplete"),
        *("--quiet", "host", "progress", "reason"),
    )


def _lab(_: argparse.Namespace) -> int:
    """Open JupyterLab."""
    return _become(
        *("jupyterlab", f"--ServerApp.root_dir={paths.ROOT}"),
        "--LabApp.default_url=/lab/tree/notebooks",
    )


def _test(_: argparse.Namespace) -> int:
    """Run the tests, then compare each committed notebook with a fresh run of it."""
    from helpers.running import kernel

    for package in ("pytest", "nbval", "xdist"):
        if importlib.util.find_spec(package) is None:
            raise CompendiumError(f"{package} is not installed: pip install -e '.[dev]'.")
    tests = paths.ROOT / "tests"
    environment = os.environ | {
        **kernel.ENVIRONMENT,
        # Kernels of this environment, before any that the user has elsewhere
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(paths.BUILD / "ipython"),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(tests), os.environ.get("PYTHONPATH")])),
    }
    pytest = (sys.executable, "-m", "pytest", "-n", "2")
    sanitize = ("--nbval-sanitize-with", str(tests / "nbval_sanitize.cfg"))
    for command in ((*pytest, str(tests)), (*pytest, *NBVAL, *sanitize, str(paths.NOTEBOOKS))):
        code = subprocess.run(command, cwd=paths.ROOT, env=environment, check=False).returncode
        if code:
            return code  # the gate is among the tests: nbval proves nothing behind a closed one
    return 0


def _become(module: str, *words: object) -> int:
    """Hand over to another program of this environment, without staying in between."""
    command = [sys.executable, "-m", module, *map(str, words)]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)
    return subprocess.run(command, check=False).returncode


def _tell(line: str) -> None:
    """Report progress where it does not mix with results."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
