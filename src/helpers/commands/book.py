"""What does `compendium book` do, and what is made for the book alone?"""

from __future__ import annotations

import argparse
from pathlib import Path

from helpers import paths
from helpers.commands.process import become


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
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
    return become(
        *("snakemake", "--snakefile", paths.ROOT / "Snakefile"),
        *("--directory", paths.ROOT, "--cores", "all", "--nocolor", "--rerun-incomplete"),
        *("--quiet", "host", "progress", "reason"),
    )
