"""Can everyone use the tables? Small repairs to what pandas writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from sphinx.application import Sphinx

TABLE = re.compile(r"<table\b[^>]*\bdataframe\b.*?</table>", flags=re.DOTALL)
ROW = re.compile(r"<tr\b.*?</tr>", flags=re.DOTALL)
CELL = re.compile(r"<(t[hd])\b([^>]*)>(.*?)</t[hd]>", flags=re.DOTALL)
NUMBER = re.compile(r"[-+−]?£?[\d,.]+ ?%?")
LONG = 40  # characters; a longer text is given room, or a wide table would squeeze it to a ribbon
HEADING = ("th", "row")  # a row's heading stays left, even when it is a year


def repair_table(html: str) -> str:
    """Make a pandas table readable on a phone and to a screen reader.

    An empty corner is no header of anything, so it becomes a plain cell; other headers say what
    they head; columns of numbers are marked, so that digits stand under digits;
    long texts are marked, so that they get room; the table scrolls
    inside a box that the keyboard can reach, so that a wide one does not push the page sideways.

    Parameters
    ----------
    html : str
        What pandas wrote, possibly with other elements around the table.

    Returns
    -------
    str
        The same with each table repaired.
    """
    return TABLE.sub(lambda match: _repaired(match.group(0)), html)


def _repaired(table: str) -> str:
    """Write the rows of one table again, each cell with what it is."""
    head, closing, body = table.partition("</thead>")
    rows = [[text.strip() for _, _, text in CELL.findall(row)] for row in ROW.findall(body)]
    numeric = {
        place
        for place, column in enumerate(zip(*rows, strict=False))
        if any(column) and all(NUMBER.fullmatch(text) for text in column if text)
    }

    def row(match: re.Match[str], scope: str) -> str:
        cells = []
        for place, (tag, attributes, text) in enumerate(CELL.findall(match.group(0))):
            tag = tag if text.strip() else "td"
            attributes = "".join(re.findall(r' (?:col|row)span="\d+"', attributes))
            attributes += f' scope="{scope}"' if tag == "th" else ""
            if place in numeric and (tag, scope) != HEADING:
                attributes += ' class="number"'
            elif len(text.strip()) > LONG:
                attributes += ' class="sentence"'
            cells.append(f"<{tag}{attributes}>{text}</{tag}>")
        return f"<tr>{''.join(cells)}</tr>"

    head = ROW.sub(lambda match: row(match, "col"), head)
    body = ROW.sub(lambda match: row(match, "row"), body)
    return f'<div class="table-scroll" tabindex="0">{head}{closing}{body}</div>'


def repair_tables(app: Sphinx, doctree: nodes.document) -> None:
    """Repair the pandas tables of a page.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    doctree : docutils.nodes.document
        The page as read, changed in place.
    """
    for raw in list(doctree.findall(nodes.raw)):
        if raw.get("format") == "html" and "dataframe" in raw.astext():
            raw.replace_self(nodes.raw("", repair_table(raw.astext()), format="html"))


def setup(app: Sphinx) -> None:
    """Repair tables as pages are read.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application that builds the book.
    """
    app.connect("doctree-read", repair_tables)
