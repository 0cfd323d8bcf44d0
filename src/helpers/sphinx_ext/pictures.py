"""What does each picture say to someone who cannot see it, and how soon is it there for those who can?

A notebook cell shows a picture with its alt text in the output's metadata. MyST-NB reads alt text
per cell, which cannot tell two pictures of one cell apart. It names the picture's file by the
content's SHA-256, so the content finds the text again, whatever the cell.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from docutils import nodes  # type: ignore[import-untyped]
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from helpers.site import small_pictures

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# Under each picture `helpers.exhibits.show` links to its data
DATA_OF = re.compile(r"figures/(?:[^/\"]+/)?(?P<name>[^/\"]+)\.csv")

logger = logging.getLogger(__name__)

# A box in which a wide picture scrolls on a phone; `tab_stops.js` lets the keyboard reach it there.
BOX = nodes.raw("", '<div class="output picture">', format="html")
BOX_END = nodes.raw("", "</div>", format="html")


def shown_pictures(notebook: dict[str, Any]) -> Iterator[tuple[bytes, str]]:
    """Pictures of an executed notebook with their alt texts.

    Parameters
    ----------
    notebook : dict
        A notebook as read from its JSON.

    Yields
    ------
    tuple of bytes and str
        Content of the PNG, alt text (empty where there is none), in order of appearance.
    """
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            encoded = output.get("data", {}).get("image/png")
            if encoded is not None:
                text = "".join(encoded)
                alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
                yield base64.b64decode(text), alt


def named_pictures(notebook: dict[str, Any]) -> dict[str, tuple[bytes, str]]:
    """Pictures of an executed notebook by the name of their figure, which the link to their data holds.

    Parameters
    ----------
    notebook : dict
        A notebook as read from its JSON.

    Returns
    -------
    dict of str to (bytes, str)
        Content of the PNG and alt text.
    """
    named: dict[str, tuple[bytes, str]] = {}
    pictures = shown_pictures(notebook)
    last: tuple[bytes, str] | None = None
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                last = next(pictures)
            link = DATA_OF.search("".join(data.get("text/html", "")))
            if link and last:
                named[link["name"]], last = last, None
    return named


def describe_pictures(app: Sphinx, doctree: nodes.document) -> None:
    """Give each picture of a notebook its alt text; a picture without one is a warning.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application; its environment knows the page's file.
    doctree : docutils.nodes.document
        The page as read, changed in place.
    """
    path = Path(app.env.doc2path(app.env.docname))
    alt_of: dict[str, str] = {}
    if path.suffix == ".ipynb":
        notebook = json.loads(path.read_text(encoding="utf-8"))
        alt_of = {hashlib.sha256(png).hexdigest(): alt for png, alt in shown_pictures(notebook)}
    for image in list(doctree.findall(nodes.image)):
        if not image.get("alt"):
            image["alt"] = alt_of.get(PurePosixPath(image["uri"]).stem, "")
        if not image["alt"]:
            logger.warning(
                "A picture of %s has no alt text. Give it one where it is shown: "
                "exhibits do so from the figure's description.",
                app.env.docname,
                location=app.env.docname,
            )
        image.replace_self([BOX, image.deepcopy(), BOX_END])


class NotebookPicture(SphinxDirective):
    """Show a notebook's picture on another page.

    ``{notebook-picture} 03_divergence figure_2`` shows that figure of ``notebooks/03_divergence``. Where an
    area has no such figure, those named after it are tried in turn.
    """

    required_arguments = 2
    optional_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Write the picture beside the pages and refer to it.

        Returns
        -------
        list of docutils.nodes.Node
            The picture with its alt text.
        """
        stem, *names = self.arguments
        path = Path(self.env.srcdir) / "notebooks" / f"{stem}.ipynb"
        if not path.is_file():
            raise self.error(f"There is no notebook notebooks/{stem}.ipynb to take a picture from.")
        self.env.note_dependency(str(path))
        pictures = named_pictures(json.loads(path.read_text(encoding="utf-8")))
        name = next((name for name in names if name in pictures), None)
        if name is None:
            raise self.error(f"{stem} shows {', '.join(pictures)}; {' or '.join(names)} was wanted.")
        png, alt = pictures[name]
        # The folder and name that MyST-NB uses for the notebook's own page: one file serves both.
        folder = Path(self.env.app.outdir).parent / "jupyter_execute"
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / f"{hashlib.sha256(png).hexdigest()}.png"
        copy.write_bytes(png)
        uri = "/" + Path(os.path.relpath(copy, self.env.srcdir)).as_posix()
        return [nodes.image(uri=uri, alt=alt)]


def reduce_pictures(app: Sphinx, failure: Exception | None) -> None:
    """Make the pictures of the finished site light.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application whose output folder holds them.
    failure : Exception or None
        Why the build failed, if it did.
    """
    if failure is None:
        small_pictures.reduce_files(Path(app.outdir) / "_images")


def setup(app: Sphinx) -> None:
    """Describe pictures as pages are read, offer the picture directive, and make pictures light at the end.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application that builds the book.
    """
    app.connect("doctree-read", describe_pictures)
    app.add_directive("notebook-picture", NotebookPicture)
    app.connect("build-finished", reduce_pictures)
