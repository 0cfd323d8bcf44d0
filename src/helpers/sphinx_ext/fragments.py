"""What stands where a part of a page is written from the runs? That part, or that it is missing and why."""

from __future__ import annotations

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


def setup(app: Sphinx) -> None:
    """Offer the directive to the pages.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application that builds the book.
    """
    app.add_directive("fragment", Fragment)
