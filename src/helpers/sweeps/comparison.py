"""How is the notebook of comparison made? Written here for the sweep, executed, and kept beside its table."""

from __future__ import annotations

import tempfile
from pathlib import Path

from helpers.running import kernel, notebooks, page  # before nbformat, whose import it makes quick

from nbformat import NotebookNode, v4  # isort: skip

NAME = "comparison"
CELLS = (
    ("markdown", "# What do the runs say together?\n\nMade by `compendium sweep` from `sweep.parquet` beside "
     "this page: one row per run and quantity, with the parameters of each run."),
    ("code", "from helpers import exhibits\nfrom helpers.sweeps import compare\n\n"
     "rows = compare.table()\nexhibits.say(compare.overview())"),
    ("markdown", "## Over all runs"),
    ("code", "compare.draw(rows)"),
    ("code", 'compare.show(compare.summary(rows), "comparison_summary", "Each quantity over all runs")'),
    ("markdown", "## By choice\n\nEach line is over all values of the other choices; runs that failed are "
     "missing from it."),
    ("code", 'compare.show(compare.by_choice(rows), "comparison_by_choice", '
     '"The headline of each function by each choice")'),
    ("code", 'compare.show(compare.sentences(rows), "comparison_sentences", "What the notebooks say")'),
)  # fmt: skip


def notebook() -> NotebookNode:
    """The notebook before it is executed; its cells are the same for every sweep."""
    make = {"markdown": v4.new_markdown_cell, "code": v4.new_code_cell}
    cells = [make[kind](text, id=f"cell-{number}") for number, (kind, text) in enumerate(CELLS)]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def write(out: Path) -> None:
    """Execute the notebook on the collected table of a sweep, and write it and its page there.

    Parameters
    ----------
    out : Path
        Folder of the sweep, with ``sweep.parquet``; receives ``comparison.ipynb``, ``comparison.html`` and
        what the notebook publishes.

    Raises
    ------
    helpers.errors.NotebookError
        If a cell fails; an older comparison is kept.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / f"{NAME}.ipynb"
        notebooks.write(notebook(), plain)
        done = kernel.execute(plain, {}, out.resolve(), progress=False)
    notebooks.write(done.notebook, out / f"{NAME}.ipynb")
    page.write(done.notebook, out / f"{NAME}.html")
