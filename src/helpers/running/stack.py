"""Which rows of a table that several notebooks write stay when one of them writes it again?"""

from __future__ import annotations

import csv
from pathlib import Path

KEY = "indicator"


def keep_other_indicators(earlier: Path, later: Path) -> None:
    """Put the earlier table's rows of indicators that the later one lacks before the later one's.

    Notebooks with the same parameters compare different indicators under the same names of tables
    (``comparison.csv``, ``contrast.csv``). Cells are copied as text, so that no figure changes.

    Parameters
    ----------
    earlier, later : Path
        Two files; `later` is rewritten. Files of another form than a CSV whose first column is
        ``indicator``, or with different columns, are left alone.
    """
    if later.suffix != ".csv":
        return
    (old_head, *old), (new_head, *new) = _rows(earlier), _rows(later)
    if old_head != new_head or new_head[:1] != [KEY]:
        return
    written = {row[0] for row in new}
    kept = [row for row in old if row[0] not in written]
    with later.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([new_head, *kept, *new])


def _rows(path: Path) -> list[list[str]]:
    """Header and rows; a file without a line counts as one with an empty header."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream)) or [[]]
