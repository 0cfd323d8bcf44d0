"""What does `compendium run`, and what else is asked of notebooks?"""

from __future__ import annotations

import argparse
from pathlib import Path

from helpers import paths
from helpers.commands.process import become, cores, tell

AT_ONCE = "how many notebooks at the same time; all cores by default"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
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
    run.add_argument("--cores", type=cores, metavar="N", help=AT_ONCE)
    run.set_defaults(command=_run)

    show = commands.add_parser("parameters", help="list the parameters, defaults and effects")
    show.set_defaults(command=_parameters)

    refresh = commands.add_parser("notebooks", help="execute notebooks in place, with defaults")
    refresh.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="all of them by default")
    refresh.add_argument("--cores", type=cores, metavar="N", help=AT_ONCE)
    refresh.set_defaults(command=_notebooks)

    lab = commands.add_parser("lab", help="open JupyterLab on the notebooks")
    lab.set_defaults(command=_lab)


def _run(asked: argparse.Namespace) -> None:
    """Run notebooks with parameters of the user's choice."""
    from helpers import parameters

    given = parameters.parse(asked.parameter, asked.file)
    from helpers.running import runner

    runner.run(asked.notebooks, given, asked.out, tell=tell, cores=asked.cores)
    print(f"Results are in {asked.out}: notebooks, tables, figures and run.json.")


def _parameters(_: argparse.Namespace) -> None:
    """List the parameters."""
    from helpers import parameters

    print(parameters.table())


def _notebooks(asked: argparse.Namespace) -> None:
    """Refresh the committed notebooks, and what the README tells of them."""
    from helpers import writing
    from helpers.running import readme, runner

    with writing.alone(paths.NOTEBOOKS, paths.BUILD / "notebooks.lock"):
        runner.refresh(asked.notebooks, tell=tell, cores=asked.cores)
        if readme.update():
            print("README.md now tells what 03_divergence finds.")


def _lab(_: argparse.Namespace) -> int:
    """Open JupyterLab."""
    return become(
        *("jupyterlab", f"--ServerApp.root_dir={paths.ROOT}"),
        "--LabApp.default_url=/lab/tree/notebooks",
    )
