"""What is in a notebook file, and may it be committed? Found, read, cleaned, written and gated."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers import parameters, paths, writing
from helpers.errors import NotebookError, nearest

TAG = "parameters"
INJECTED = "injected-parameters"  # papermill's tag of the cell that overrides the defaults
TAGS = {TAG, INJECTED, "hide-input"}  # others may hide what a cell shows
PICTURE = re.compile(r"!\[|<(?:img|svg|object|embed|iframe|picture|video)\b", re.IGNORECASE)
MACHINE_PATHS = re.compile(r"(?<![\w./:])(/home/|/Users/|/root/|/tmp/|/var/folders/)\w|\b[A-Z]:\\\\?\w")
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")


def find(names: Iterable[str] = (), folder: Path = paths.NOTEBOOKS) -> list[Path]:
    """Find notebooks by stem, file name or path; all of the folder's, in order, if none is named.

    Parameters
    ----------
    names : iterable of str
        For example ``03_divergence``, ``03_divergence.ipynb`` or ``notebooks/03_divergence.ipynb``.
    folder : Path
        Where the notebooks are.

    Returns
    -------
    list of Path
        Each notebook once.

    Raises
    ------
    NotebookError
        If a name is unknown, or two notebooks would write results of the same name.
    """
    by_stem = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    found: dict[str, Path] = {}
    for name in list(names) or by_stem:
        path = by_stem.get(name.removesuffix(".ipynb"))
        if path is None and Path(name).is_file() and name.endswith(".ipynb"):
            path = Path(name).resolve()
        if path is None:
            hint = nearest(name, by_stem) or f"The notebooks are: {', '.join(by_stem)}."
            raise NotebookError(f"There is no notebook {name!r}. {hint}")
        if found.setdefault(path.stem, path).resolve() != path.resolve():
            raise NotebookError(f"Two notebooks are called {path.stem}: run them one by one.")
    if not found:
        raise NotebookError(f"There is no notebook in {folder}.")
    return list(found.values())


def read(path: Path) -> NotebookNode:
    """Read a notebook.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    NotebookNode
        The notebook, in the current version of the format.

    Raises
    ------
    NotebookError
        If the file is no notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        reason = (str(error).strip().splitlines() or ["empty"])[0]
        raise NotebookError(
            f"{path} is not a Jupyter notebook: {reason}. "
            "Open and save it in JupyterLab, or take it from git again."
        ) from error


def declared_parameters(path: Path, notebook: NotebookNode) -> dict[str, Any]:
    """Read the names and defaults that the notebook's parameters cell assigns.

    Parameters
    ----------
    path : Path
        Named in errors.
    notebook : NotebookNode
        The notebook.

    Returns
    -------
    dict
        Name to default, in the order of the cell.

    Raises
    ------
    NotebookError
        If there is not exactly one tagged cell, or it does more than assign plain values.
    """
    tagged = [c for c in notebook.cells if TAG in c.metadata.get("tags", [])]
    if len(tagged) != 1 or tagged[0].cell_type != "code":
        raise NotebookError(
            f"{path.name} has {len(tagged)} cells tagged `{TAG}`; it needs exactly one, a code "
            "cell. Tag it in JupyterLab: property inspector (the cogs), Cell Tags."
        )
    assigned: dict[str, Any] = {}
    try:
        for line in ast.parse(tagged[0].source).body:
            if not isinstance(line, ast.Assign) or len(line.targets) != 1:
                raise ValueError("a line is not `name = value`")
            assigned[ast.unparse(line.targets[0])] = ast.literal_eval(line.value)
    except (SyntaxError, ValueError) as error:
        raise NotebookError(
            f"{path.name}: the cell tagged `{TAG}` may hold nothing but lines `name = value` "
            f"with plain values ({error})."
        ) from error
    return assigned


def check_parameters(path: Path, notebook: NotebookNode) -> list[str]:
    """Refuse a notebook whose parameters are not as ``data/parameters.yml`` has them.

    A notebook need not take every parameter: one that it would never read has no place in it.

    Parameters
    ----------
    path : Path
        Named in errors.
    notebook : NotebookNode
        The notebook.

    Returns
    -------
    list of str
        The parameters it takes.

    Raises
    ------
    NotebookError
        If a parameter is unknown, or has another default.
    """
    declared = declared_parameters(path, notebook)
    records = parameters.load()
    where = f"{path.name}: in the cell tagged `{TAG}`"
    for name, value in declared.items():
        if name not in records:
            known = nearest(name, records) or f"The parameters are: {', '.join(records)}."
            raise NotebookError(f"{where}, {name} is no parameter. {known}")
        default = records[name].default
        if value != default or type(value) is not type(default):
            raise NotebookError(
                f"{where}, {name} is {value!r}, but {default!r} in data/parameters.yml. Make the two agree."
            )
    return list(declared)


def clean(notebook: NotebookNode) -> NotebookNode:
    """Strip what differs between two runs of the same notebook: times, durations, places.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook; changed in place.

    Returns
    -------
    NotebookNode
        The same notebook.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    # The interpreter's patch version is in the run record
    notebook.metadata["language_info"] = {"file_extension": ".py", "name": "python"}
    for cell in notebook.cells:
        for key in ("papermill", "execution", "ExecuteTime"):
            cell.metadata.pop(key, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if INJECTED in cell.metadata.get("tags", []):
            cell["id"] = INJECTED  # papermill makes one up for each run
    return notebook


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook in one step, so that no reader ever meets half of it.

    Parameters
    ----------
    notebook : NotebookNode
        What to write.
    path : Path
        Where.
    """
    writing.text(path, nbformat.writes(notebook).rstrip("\n") + "\n")


def gate(path: Path) -> list[str]:
    """Say why a notebook must not be committed.

    nbval passes cells that were never executed; this is the gate before it.

    Parameters
    ----------
    path : Path
        A notebook.

    Returns
    -------
    list of str
        One sentence per fault; empty when there is none.
    """
    notebook = read(path)
    faults = []
    try:
        check_parameters(path, notebook)
    except NotebookError as error:
        faults.append(str(error))
    return [*faults, *unfit(path, notebook)]


def unfit(path: Path, notebook: NotebookNode) -> list[str]:
    """Say which cells were not executed in order, or show what no other machine or no run would show.

    Parameters
    ----------
    path : Path
        Named in what is said.
    notebook : NotebookNode
        The notebook.

    Returns
    -------
    list of str
        One sentence per fault; empty when there is none.
    """
    faults = []
    code = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    counts = [cell.execution_count for cell in code]
    if counts != list(range(1, len(code) + 1)):
        faults.append(
            f"{path.name}: its cells were not executed once, in order (counts {counts}). "
            "Run `make notebooks`."
        )
    for number, cell in enumerate(notebook.cells, start=1):
        faults += [f"{path.name}, cell {number}: {fault}." for fault in _beside_runs(cell)]
    for number, cell in enumerate(code, start=1):
        for fault in sorted({f for output in cell.outputs for f in _faults(output)}):
            faults.append(f"{path.name}, code cell {number}: {fault}.")
    return faults


def _beside_runs(cell: NotebookNode) -> list[str]:
    """Say what a cell shows, or hides, whatever a run gives."""
    if cell.cell_type == "raw":
        return ["it is neither code nor text, and a book shows it as it is"]
    faults = []
    if cell.cell_type == "code" and not cell.source.strip():
        faults.append("it has no code, so nothing that it shows was computed")
    if cell.cell_type == "markdown" and (cell.get("attachments") or PICTURE.search(cell.source)):
        faults.append("a text shows a picture that no cell draws")
    hiding = sorted(set(cell.metadata.get("tags", [])) - TAGS)
    if hiding:
        faults.append(f"the tag {hiding[0]!r} is none of {', '.join(sorted(TAGS))}")
    return faults


def _faults(output: NotebookNode) -> list[str]:
    """Say what is wrong with one output of a cell."""
    faults = []
    if output.output_type == "error":
        faults.append(f"it fails with {output.ename}")
    if output.get("name") == "stderr":
        faults.append("it writes to stderr, which nbval compares and readers see")
    texts = [output.get("text", ""), *output.get("data", {}).values()]
    text = "\n".join(t if isinstance(t, str) else repr(t) for t in texts)
    if str(paths.ROOT) in text or str(Path.home()) + os.sep in text or MACHINE_PATHS.search(text):
        faults.append("it shows a path of this machine; show it relative to the repository")
    if ADDRESS.search(text):
        faults.append("it shows an address in memory, which differs in every run")
    return faults
