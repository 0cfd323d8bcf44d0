"""What can a reader take along? The two-page brief and all data of the area, each with its size."""

from __future__ import annotations

import html
from pathlib import Path

from helpers.geography import Area
from helpers.prose.words import area_name
from helpers.site import address, brief, bundle, finder

FOLDER = Path("book", "_static", "downloads")  # of the gathered folder
LINK = "../_static/downloads"  # from a page of book/
FRAGMENT = "downloads.html"


def write(runs: Path, area: Area, districts: Path, source: Path) -> str:
    """Write brief and data into a gathered book, and the list of links that its pages show.

    Parameters
    ----------
    runs : Path
        Folder with one run per notebook.
    area : Area
    districts : Path
        Folder with a folder of data per district.
    source : Path
        The gathered folder of the book.

    Returns
    -------
    str
        Why there is no PDF of the brief; empty when there is one.
    """
    slug = address.slug(area.name)
    packed = source / FOLDER / f"{slug}.zip"
    bundle.write(runs, area, districts, packed)
    made = brief.write(runs, source / FOLDER / f"{slug}-brief.html")
    items = [_item(f"All data of {area_name(area)} in one file", packed, "zip")]
    page = f'<a href="{LINK}/{made.page.name}">as a page</a>'
    if made.pdf:
        items.insert(0, f"{_item('Two-page brief', made.pdf, 'PDF')}, or {page}")
    else:
        items.insert(
            0,
            f'<a href="{LINK}/{made.page.name}">Two-page brief</a>, a page to print: there is no PDF of it, '
            f"because {html.escape(made.reason)}",
        )
    text = "<ul>\n" + "\n".join(f"<li>{item}</li>" for item in items) + "\n</ul>\n"
    (source / finder.DATA / FRAGMENT).write_text(text, encoding="utf-8")
    return made.reason


def _item(words: str, file: Path, kind: str) -> str:
    """A link with the kind of the file and its size."""
    return f'<a href="{LINK}/{file.name}">{html.escape(words)} ({kind}, {size(file.stat().st_size)})</a>'


def size(count: int) -> str:
    """``312 kB``, ``2.9 MB``."""
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
