"""What does a cell say: a number, or why there is none? Missing, suppressed and zero stay apart."""

from __future__ import annotations

import math
import re

from helpers.errors import SourceError

PUBLISHED = "published"
PROVISIONAL = "provisional"
SUPPRESSED = "suppressed"
MISSING = "missing"
STATUSES = (PUBLISHED, PROVISIONAL, SUPPRESSED, MISSING)

# Shorthand of UK official statistics (Government Analysis Function, "Symbols in tables").
MARKERS = {
    "": MISSING,
    "-": MISSING,
    "..": MISSING,
    "[x]": MISSING,
    "x": MISSING,
    "[z]": MISSING,
    "z": MISSING,
    "[u]": SUPPRESSED,
    "u": SUPPRESSED,
    "[c]": SUPPRESSED,
    "c": SUPPRESSED,
    "*": SUPPRESSED,
    "[w]": MISSING,
    "[low]": SUPPRESSED,
}

# Commas stand between thousands only: "1,5" is one and a half elsewhere, not fifteen.
_NUMBER = re.compile(r"[+-]?(?=\.?\d)(\d{1,3}(,\d{3})+|\d*)(\.\d*)?([eE][+-]?\d+)?", re.ASCII)


def parse(cell: object, where: str) -> tuple[float, str]:
    """Value and status of one cell.

    Parameters
    ----------
    cell : object
        What the file holds: a number, a text or nothing.
    where : str
        File, table and cell, for the error message.

    Returns
    -------
    (float, str)
        The number and ``published``, or NaN and the reason there is none.

    Raises
    ------
    SourceError
        The cell holds a text that is neither a number nor a known marker, or a number that is
        not finite.
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return math.nan, MISSING
    if isinstance(cell, str):
        text = cell.strip()
        if text.lower() in MARKERS:
            return math.nan, MARKERS[text.lower()]
        if not _NUMBER.fullmatch(text):
            raise SourceError(
                f"{where}: expected a number or one of the markers "
                f"{' '.join(m for m in MARKERS if m)}, found {text[:60]!r}. "
                "Look at the file; a new marker belongs in helpers.sources.markers."
            )
        cell = float(text.replace(",", ""))
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        raise SourceError(f"{where}: expected a finite number, found {cell!r}.")
    return float(cell), PUBLISHED
