"""What is mended in every finished page? What the theme and Sphinx write, and no setting changes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ICONS = Path("_static", "scripts", "fontawesome.js")
# What is found, and what stands in its place. A page that was mended is left as it is.
MENDED: tuple[tuple[re.Pattern[str], str], ...] = (
    # Icons come from the theme's font, which its styles load anyway; this script draws them again, and
    # weighs more than the rest of a page
    (re.compile(r'\s*<script defer src="[^"]*scripts/fontawesome\.js[^"]*"></script>'), ""),
    # The arrow that unfolds a part of the contents has no name
    (
        re.compile(r'(<a class="[^"]*" href="[^"]*">([^<]*)</a><details[^>]*><summary)>'),
        r'\1 aria-label="Pages of: \2">',
    ),
    # The words that show are the name; another name would hide them from who listens
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    # The title and the search button stand outside the navigation
    (
        re.compile(r'<div id="pst-primary-sidebar" (class="[^"]*")>'),
        r'<div id="pst-primary-sidebar" role="region" aria-label="Contents and search" \1>',
    ),
    # A list holds items: the role that says "entry of a bibliography" is no item, and withdrawn
    (re.compile(r'role="doc-biblioentry"'), 'role="listitem"'),
)


def mend(page: str) -> str:
    """A page with what `MENDED` says.

    Parameters
    ----------
    page : str
        HTML as the theme wrote it.
    """
    for found, instead in MENDED:
        page = found.sub(instead, page)
    return page


def mend_pages(app: Sphinx, failure: Exception | None) -> None:
    """Mend every page of the finished site.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application whose output folder holds the pages.
    failure : Exception or None
        Why the build failed, if it did.
    """
    if failure is not None:
        return
    site = Path(app.outdir)
    for path in site.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        mended = mend(page)
        if mended != page:
            path.write_text(mended, encoding="utf-8")
    (site / ICONS).unlink(missing_ok=True)


def setup(app: Sphinx) -> None:
    """Mend pages once all are written.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application that builds the book.
    """
    app.connect("build-finished", mend_pages)
