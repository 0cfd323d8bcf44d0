"""What does `compendium book` do, and what is made for the book alone?"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from helpers import paths, writing
from helpers.commands.process import become, tell
from helpers.errors import BusyError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
    areas = commands.add_parser("areas", help="list the areas that can be chosen, or find one")
    areas.add_argument("search", nargs="*", metavar="SEARCH", help="part of the name of an area or district")
    areas.set_defaults(command=_areas)

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

    brief = commands.add_parser("brief", help="print the two-page brief of a folder of runs")
    brief.add_argument("--runs", type=Path, default=paths.RUNS, metavar="DIR", help="one run per notebook")
    brief.add_argument(
        "--out",
        type=Path,
        default=paths.BUILD / "brief.pdf",
        metavar="FILE",
        help="receives the PDF, and the page that it is printed from beside it",
    )
    brief.set_defaults(command=_brief)

    book = commands.add_parser("book", help="bring a book up to date; the default one is in _build/html")
    book.add_argument("--area", help="a book of another area, for example Wales; see `compendium areas`")
    book.add_argument(
        *("-p", "--parameter"),
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any other parameter of the notebooks; see `compendium parameters`",
    )
    book.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="receives html/, the book, and what it is made from (default: _build/areas/AREA)",
    )
    book.set_defaults(command=_book)


def _areas(asked: argparse.Namespace) -> None:
    """List areas."""
    from helpers import area_list

    print(area_list.listing(" ".join(asked.search)))


def _districts(asked: argparse.Namespace) -> None:
    """Write the pages of an area's districts."""
    from helpers import study
    from helpers.site import pages

    given = {name: value for name in ("area", "seed") if (value := getattr(asked, name)) is not None}
    chosen = study.choose(**given)
    done = pages.write_districts(chosen.area, chosen.seed, asked.out)
    print(f"{len(done.made)} pages made and {len(done.kept)} kept as they were, in {asked.out}.")


def _brief(asked: argparse.Namespace) -> int:
    """Write the brief of a folder of runs; without a browser the page alone, which is a failure here."""
    from helpers.site import brief

    made = brief.write(asked.runs, asked.out.with_suffix(".html"))
    if made.pdf is None:
        tell(f"The page is {made.page}, and there is no PDF: {made.reason}.")
        return 1
    print(f"The brief is {made.pdf}, the page that it was printed from {made.page}.")
    return 0


def _book(asked: argparse.Namespace) -> int:
    """Bring a book up to date; the Snakefile decides what that takes.

    Snakemake's own lock outlives a run that was killed, and then stops all later ones. Ours goes with
    the process, and passes to the program that this one becomes.
    """
    by_hand = sorted((paths.ROOT / ".snakemake" / "locks").glob("*.lock"))
    if by_hand:
        raise BusyError(
            f"Snakemake was started by hand and holds {by_hand[0].relative_to(paths.ROOT)}. Wait for it; "
            "if it no longer runs, remove its lock: python -m snakemake --unlock."
        )
    wanted = [*asked.parameter, *([f"area={asked.area}"] if asked.area else [])]
    configured: tuple[object, ...] = ()
    folder = paths.BUILD
    if wanted or asked.out:
        from helpers.running import area_book

        configuration = area_book.configure(wanted, asked.out)
        configured, folder = ("--configfile", configuration), configuration.parent
    held = writing.hold(folder, folder / "book.lock")
    os.set_inheritable(held, True)
    for left in folder.glob(f"{paths.FRESH_BOOK}*"):  # by a book that was killed
        shutil.rmtree(left)
    return become(
        *("snakemake", "--snakefile", paths.ROOT / "Snakefile"),
        *("--directory", paths.ROOT, "--cores", "all", "--nocolor", "--rerun-incomplete", "--nolock"),
        *("--quiet", "host", "progress", "reason"),
        *configured,
    )
