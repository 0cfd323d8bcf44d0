"""What does `compendium test` do, and what else can be held against its record?"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from helpers import paths, writing
from helpers.errors import CompendiumError

NBVAL = (
    *("-p", "no:cacheprovider", "-p", "nbval_workers", "--nbval"),
    *("--nbval-kernel-name", "python3", "--dist", "loadfile"),
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
    claims = commands.add_parser("claims", help="test every published claim against the tables")
    claims.add_argument("--format", choices=("table", "csv", "json"), default="table")
    claims.add_argument(
        "--ledger", type=Path, metavar="FILE", help="records of your own (default: data/claims.yml)"
    )
    claims.set_defaults(command=_claims)

    listing = commands.add_parser("codecheck", help="list the last book's outputs, and where they come from")
    listing.set_defaults(command=_codecheck)

    test = commands.add_parser("test", help="run every test, and every committed notebook")
    test.set_defaults(command=_test)


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
    """Write the manifest of outputs, where each comes from, and what each release gives."""
    from helpers.review import by_release
    from helpers.running import codecheck, provenance

    with writing.alone(paths.ROOT, paths.BUILD / "codecheck.lock"):
        listed, followed, results = codecheck.write(), provenance.write(), by_release.write()
    print(f"codecheck.yml lists {listed} outputs of the runs in {paths.RUNS}.")
    print(f"provenance.json follows {followed} exhibits to functions, tables, cards and hashes.")
    print(f"results_by_release.csv holds {results} results in each release.")


def _test(_: argparse.Namespace) -> int:
    """Run the tests, then compare each committed notebook with a fresh run of it."""
    from helpers.running.surroundings import ENVIRONMENT

    for package in ("pytest", "nbval", "xdist"):
        if importlib.util.find_spec(package) is None:
            raise CompendiumError(f"{package} is not installed: pip install -e '.[dev]'.")
    tests = paths.ROOT / "tests"
    environment = os.environ | {
        **ENVIRONMENT,
        # Kernels of this environment, before any that the user has elsewhere
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(paths.BUILD / "ipython"),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(tests), os.environ.get("PYTHONPATH")])),
    }
    # A process that has nothing left takes over tests of the other: some take a minute, most none
    pytest = (sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal")
    sanitize = ("--nbval-sanitize-with", str(tests / "nbval_sanitize.cfg"))
    for command in ((*pytest, str(tests)), (*pytest, *NBVAL, *sanitize, str(paths.NOTEBOOKS))):
        code = subprocess.run(command, cwd=paths.ROOT, env=environment, check=False).returncode
        if code:
            return code  # the gate is among the tests: nbval proves nothing behind a closed one
    return 0
