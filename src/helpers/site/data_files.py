"""How do data reach a page that may be opened from the disk? As scripts that register them by name.

A page opened by double click may not fetch files, but it may load scripts. So data are written as
scripts that call ``compendium.register`` (``book/_static/compendium.js``) and are loaded on demand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

# Below the gathered folder. Not "data": exclude_patterns keeps folders of that name off the site.
DATA = Path("book", "_static", "site_data")


def write(folder: Path, name: str, content: Any) -> Path:
    """Write data that a page loads with ``compendium.load(name)``.

    Parameters
    ----------
    folder : Path
        The gathered folder of the book.
    name : str
        Path below the data folder, without ending, such as ``explorer/gva_per_hour``.
    content : Any
        What JSON can hold; NaN is refused.

    Returns
    -------
    Path
        The script.
    """
    path = folder / DATA / f"{name}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c")  # so that the text could stand inside a page, too
    path.write_text(f"compendium.register({json.dumps(name)},{text});\n", encoding="utf-8")
    return path


def read(path: Path) -> Any:
    """What `write` wrote."""
    call = path.read_text(encoding="utf-8")
    return json.loads(call[call.index(",") + 1 : call.rindex(")")])


def numbers(values: Any, digits: int = 15) -> list[float | None]:
    """Numbers as JSON holds them, NaN as None.

    Parameters
    ----------
    values : array_like
    digits : int
        Significant digits; fifteen return every published figure.
    """
    array = np.asarray(values, dtype=float)
    return [None if np.isnan(value) else float(f"{value:.{digits}g}") for value in array]
