"""How does a run become a book? Gathers pages and notebooks, and has Jupyter Book build them.

The site is built in a fresh folder and moved into place only when Jupyter Book raised no warning,
so a failed build leaves the previous site as it was.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from helpers import book_source, paths
from helpers.errors import BookError, of_disk
from helpers.site import pages

SOURCE = Path("book")  # below the output folder: what Jupyter Book reads
SITE = Path("html")  # below the output folder: what readers open
MOST_WARNINGS = 12  # shown of a failed build; the rest are counted


def build(source: Path, site: Path) -> None:
    """Have Jupyter Book build a gathered folder, and put the site in place of the previous one.

    Parameters
    ----------
    source : Path
        What ``book_source.gather`` filled.
    site : Path
        Where the site belongs; its previous content is replaced only on success.

    Raises
    ------
    BookError
        With the first warnings, when there are any.
    """
    site.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=paths.FRESH_BOOK, dir=site.parent) as fresh:
        command = ["build", str(source), "--path-output", fresh, "-W", "-n", "--keep-going", "-q"]
        result = subprocess.run(
            [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", *command],
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        if result.returncode != 0:
            raise BookError(_what_failed(result.stdout + result.stderr, source))
        fresh_site = Path(fresh) / "_build" / "html"
        for kind in book_source.LINKED:
            if (source / "notebooks" / kind).is_dir():
                shutil.copytree(
                    source / "notebooks" / kind, fresh_site / "notebooks" / kind, dirs_exist_ok=True
                )
        retired = Path(fresh) / "retired"
        if site.exists():
            site.rename(retired)  # inside the temporary folder, so removed with it
        fresh_site.rename(site)


def _what_failed(output: str, source: Path) -> str:
    """Name what Jupyter Book complained about, in a few lines, paths relative to the book."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output).replace(f"{source.resolve()}/", "")
    lines = plain.splitlines()
    warnings = [line for line in lines if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]
    shown = warnings or [line for line in lines if line.strip()][-MOST_WARNINGS:]
    rest = len(shown) - MOST_WARNINGS
    more = [f"and {rest} more"] if rest > 0 else []
    listed = "\n  ".join([*shown[:MOST_WARNINGS], *more])
    return f"The book was not built; warnings count as errors. Mend these and build again:\n  {listed}"


def make(root: Path, runs: Path, out: Path) -> Path:
    """Build the book of a folder of runs.

    Parameters
    ----------
    root : Path
        The repository.
    runs : Path
        Folder with one run per notebook.
    out : Path
        Folder whose ``html`` becomes the site.

    Returns
    -------
    Path
        The site's first page.

    Raises
    ------
    BookError
        When a run is missing or Jupyter Book raised a warning.
    """
    run = pages.of(runs)
    book_source.gather(root, runs, out / SOURCE, run.area if run else None)
    missing = pages.write(runs, out / SOURCE)
    if missing:
        print(missing, file=sys.stderr)
    build(out / SOURCE, out / SITE)
    return out / SITE / "index.html"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the book from the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words of the command line; those of the process by default.

    Returns
    -------
    int
        Exit code: 0, or 1 when the book was not built.
    """
    parser = argparse.ArgumentParser(description="Build the book from a folder of runs.")
    parser.add_argument("--runs", type=Path, default=paths.RUNS, help="folder of runs")
    parser.add_argument("--out", type=Path, default=paths.BUILD, help="folder whose html becomes the site")
    options = parser.parse_args(arguments)
    try:
        first_page = make(paths.ROOT, options.runs.resolve(), options.out.resolve())
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        sentence = of_disk(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 1
    print(f"The book is at {first_page}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
