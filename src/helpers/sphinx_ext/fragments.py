"""What stands where a page shows or links to what the runs left? That, or that it is missing and why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes  # type: ignore[import-untyped]
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = Path("book", "_static", "data")  # where `helpers.site` writes, below the book's source
MISSING = (
    "This part is written from the runs by `make book`. This copy of the book was built from the committed "
    "notebooks alone, so it is missing here."
)
# A notebook's link to a table or the data of a figure, as `helpers.exhibits` writes it
LINK = re.compile(r'<a href="(?P<file>(?:figures|tables)/[^"]+)" download>(?P<words>.*?)</a>')


class Fragment(SphinxDirective):
    """Show a fragment of HTML: ``{fragment} finder.html``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Read the fragment.

        Returns
        -------
        list of docutils.nodes.Node
            The fragment, or a note where there is none.
        """
        path = Path(self.env.srcdir) / FOLDER / self.arguments[0]
        if path.is_file():
            self.env.note_dependency(str(path))
            return [nodes.raw("", path.read_text(encoding="utf-8"), format="html")]
        before, command, after = MISSING.split("`")
        told = nodes.paragraph("", before, nodes.literal(text=command), nodes.Text(after))
        return [nodes.note("", told)]


def unlink(html: str, folder: Path) -> str:
    """Turn links to files that are not there into words.

    Parameters
    ----------
    html : str
        What a notebook shows.
    folder : Path
        Where the notebook is.
    """

    def told(link: re.Match[str]) -> str:
        there = (folder / link["file"]).is_file()
        return link[0] if there else f"{link['words']} (written by <code>make book</code>)"

    return LINK.sub(told, html)


def unlink_missing(app: Sphinx, doctree: nodes.document) -> None:
    """Leave no link of a notebook's page that leads nowhere.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application; its environment knows the page's file.
    doctree : docutils.nodes.document
        The page as read, changed in place.
    """
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    for raw in list(doctree.findall(nodes.raw)):
        if raw.get("format") == "html" and LINK.search(raw.astext()):
            raw.replace_self(nodes.raw("", unlink(raw.astext(), path.parent), format="html"))


def setup(app: Sphinx) -> None:
    """Offer the directive to the pages, and look after the links of notebooks.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application that builds the book.
    """
    app.add_directive("fragment", Fragment)
    app.connect("doctree-read", unlink_missing)
