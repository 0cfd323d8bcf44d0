"""Where in the book is the page of a district? Its address is made of its name."""

from __future__ import annotations

import re
import unicodedata

FOLDER = "districts"  # beside the other pages of the book


def slug(name: str) -> str:
    """Name as a file is called: ``kings-lynn-and-west-norfolk``, letters, digits and hyphens only.

    Parameters
    ----------
    name : str
        Name of a district as readers know it.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’.]", "", plain.casefold())).strip("-")
