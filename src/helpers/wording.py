"""Which words speak of the guide's area alone, and what stands there when another area is asked about?

In a page or a notebook they are written so that whoever reads the file as it is sees the first part:

    <!-- guide -->
    What is said of the guide's area.
    <!-- elsewhere
    What is said of {{ the_area }} in place of it; often nothing.
    -->
"""

from __future__ import annotations

import re

from helpers.geography import Area
from helpers.groups import has_guide
from helpers.prose.words import area_name

PASSAGE = re.compile(r"<!-- guide -->\n?(.*?)<!-- elsewhere\b[ \n]?(.*?)-->\n?", re.DOTALL)
NAME = "{{ the_area }}"


def fitted(text: str, area: Area | None) -> str:
    """Text with the passages that an area calls for, and without their marks.

    Parameters
    ----------
    text : str
        Markdown.
    area : Area or None
        What is asked about; None for the guide's own area.

    Returns
    -------
    str
    """
    if area is None or has_guide(area):
        return PASSAGE.sub(lambda found: found[1], text)
    return PASSAGE.sub(lambda found: found[2].replace(NAME, area_name(area)), text)
