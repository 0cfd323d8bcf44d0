"""Does the README tell what the notebooks find? Its finding and picture come from the committed 03."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from helpers import paths, writing
from helpers.errors import NotebookError
from helpers.running import notebooks

FILE = paths.ROOT / "README.md"
PICTURE = paths.BOOK / "_static" / "finding.png"
NOTEBOOK = paths.NOTEBOOKS / "03_divergence.ipynb"
BLOCK = re.compile(r"(<!-- finding: .*? -->\n).*?(<!-- end of finding -->)", re.S)


def update(file: Path = FILE, picture: Path = PICTURE, notebook: Path = NOTEBOOK) -> bool:
    """Put the notebook's answer and its first picture where the README shows them.

    Parameters
    ----------
    file, picture, notebook : Path
        README, picture and executed notebook.

    Returns
    -------
    bool
        Whether anything changed.

    Raises
    ------
    NotebookError
        The notebook is not executed, or the README has lost the place for the finding.
    """
    answer, drawing = finding(notebook)
    before = file.read_text(encoding="utf-8")
    if not BLOCK.search(before):
        raise NotebookError(f"{file.name}: expected the comments that enclose the finding; put them back.")
    after = BLOCK.sub(lambda found: f"{found[1]}{answer}\n{found[2]}", before)
    changed = after != before or not picture.exists() or picture.read_bytes() != drawing
    if changed:
        writing.text(file, after)
        with writing.whole(picture) as half:
            half.write_bytes(drawing)
    return changed


def finding(notebook: Path = NOTEBOOK) -> tuple[str, bytes]:
    """Answer and first picture of the executed notebook.

    Returns
    -------
    (str, bytes)
        Markdown, and a PNG.
    """
    document = notebooks.read(notebook)
    numbers = document.metadata.get("compendium", {}).get("numbers", {})
    outputs = [o for c in document.cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    if "answer_sentence" not in numbers or not outputs:
        raise NotebookError(f"{notebook.name} holds no answer or no picture; run `make notebooks`.")
    return numbers["answer_sentence"], base64.b64decode(outputs[0]["data"]["image/png"])
