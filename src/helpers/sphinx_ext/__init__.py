"""What does the book need that Jupyter Book does not give? Numbers, alt text, offline scripts.

A local Sphinx extension, named in ``_config.yml``. One module per need:

- ``run_numbers``: the numbers that the notebooks computed, for ``{{ name }}`` in the pages;
- ``pictures``: alt text for the notebooks' pictures, and such a picture on another page;
- ``fragments``: what the runs left, shown or linked to;
- ``records``: the list of raw files and of known errors, written from their records;
- ``linked_data``: the cost of a run on linked records, and the rules of disclosure;
- ``offline``: equations and scripts from the site itself;
- ``accessible``: tables that a screen reader or a phone can use;
- ``finished``: what the theme writes into every page and no setting changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Register every part with Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application that builds the book.

    Returns
    -------
    dict
        What Sphinx wants to know about an extension.
    """
    from helpers.sphinx_ext import (
        accessible,
        finished,
        fragments,
        linked_data,
        offline,
        pictures,
        records,
        run_numbers,
    )

    for part in (run_numbers, pictures, fragments, records, linked_data, offline, accessible, finished):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
