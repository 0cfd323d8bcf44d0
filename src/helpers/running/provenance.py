"""Where does each exhibit come from? Exhibit, cell, functions, tables, cards, and the hashes of the files.

A figure says itself which function drew it and which indicators of which tables it shows. A table or number
has the functions whose results its cell hands over; its tables are those that the notebook had read by then,
which holds all that it rests on and may hold more.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from helpers import catalogue, paths, tables, writing
from helpers.building import build
from helpers.errors import NotebookError
from helpers.running import notebooks, record

FILE = paths.ROOT / "provenance.json"
LINKED = re.compile(r'href="((?:figures|tables)/\w+)\.csv"')
HANDED_OVER = ("exhibits.publish", "exhibits.show_table")


def build_all(runs: Path = paths.RUNS) -> dict[str, Any]:
    """The whole provenance: what each run shows, and the files behind it.

    Parameters
    ----------
    runs : Path
        A folder with one run folder per notebook.

    Returns
    -------
    dict
        ``exhibits`` and ``numbers`` by ``notebook/name``, each with ``cell``, ``functions`` and ``tables``
        (a figure also with ``cards`` and ``indicators``); ``tables`` with hash and cards; ``cards`` with
        file and hash.

    Raises
    ------
    NotebookError
        There is no run to follow.
    """
    whole: dict[str, Any] = {"exhibits": {}, "numbers": {}}
    for folder in sorted(path.parent for path in runs.glob("*/run.json")):
        found = of_run(folder)
        whole["exhibits"] |= found["exhibits"]
        whole["numbers"] |= found["numbers"]
    if not whole["exhibits"]:
        raise NotebookError(f"{runs} holds no run; run `make book` (or `compendium book`) first.")
    return whole | files()


def files() -> dict[str, Any]:
    """Every shipped table with its hash and cards, and every card with its file and hash."""
    shipped = sorted(path for path in paths.TABLES.iterdir() if path.name != "datapackage.json")
    return {
        "tables": {
            path.name: {"sha256": catalogue.sha256(path), "cards": sorted(build.NEEDS.get(path.stem, []))}
            for path in shipped
        },
        "cards": {card.id: {"file": card.path, "sha256": card.sha256} for card in catalogue.load().values()},
    }


def of_run(folder: Path) -> dict[str, dict[str, Any]]:
    """What one run shows, and where it comes from.

    Parameters
    ----------
    folder : Path
        The run folder of a notebook, named after it.
    """
    stem = folder.name
    notebook = folder / f"{stem}.ipynb"
    read = record.read(folder)[stem]["first_read"]
    handed = dict(_handed_over(cell.source for cell in _code(notebook)))
    found: dict[str, dict[str, Any]] = {"exhibits": {}, "numbers": {}}
    for name, number in cells(notebook).items():
        if name.startswith("figures/"):
            note = folder / "exhibits" / f"{Path(name).name}.json"
            behind = _declared(json.loads(note.read_text(encoding="utf-8")))
        else:
            behind = _observed(handed[name][1], number, read)
        found["exhibits"][f"{stem}/{name}"] = {"cell": number, **behind}
    for name, (number, functions) in handed.items():
        if "/" not in name:
            found["numbers"][f"{stem}/{name}"] = {"cell": number, **_observed(functions, number, read)}
    return found


def cells(notebook: Path) -> dict[str, int]:
    """The code cell, counted from one, that shows each exhibit, by ``figures/NAME`` or ``tables/NAME``."""
    shown: dict[str, int] = {}
    for number, cell in enumerate(_code(notebook), start=1):
        for output in cell.outputs:
            for name in LINKED.findall(str(output.get("data", {}).get("text/html", ""))):
                shown.setdefault(name, number)
    return shown


def write(runs: Path = paths.RUNS, file: Path = FILE) -> int:
    """Write ``provenance.json`` from the runs, and return how many exhibits it follows."""
    whole = build_all(runs)
    writing.text(file, text(whole))
    return len(whole["exhibits"])


def text(whole: dict[str, Any]) -> str:
    """The provenance as JSON, a line per exhibit, number, table and card."""
    parts = []
    for kind, entries in whole.items():
        lines = [f"  {json.dumps(name)}: {json.dumps(entries[name])}" for name in sorted(entries)]
        parts.append(f' "{kind}": {{\n' + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _code(notebook: Path) -> list[Any]:
    return [c for c in notebooks.read(notebook).cells if c.cell_type == "code" and c.source.strip()]


def _declared(account: dict[str, Any]) -> dict[str, Any]:
    """What a figure says of itself."""
    known = tables.load("indicators").set_index("indicator")["cards"]
    pairs = [tuple(pair) for pair in account["sources"]]
    cards = {c for table, name in pairs for c in known[name].split("|") if c in build.NEEDS[table]}
    return {
        "functions": [account["made_by"]],
        "tables": sorted({tables.file(table).name for table, _ in pairs}),
        "indicators": sorted({name for _, name in pairs}),
        "cards": sorted(cards),
    }


def _observed(functions: set[str], cell: int, read: dict[str, int]) -> dict[str, Any]:
    """The functions that a cell hands over the results of, and the tables read by then."""
    by_then = sorted(
        Path(file).name for file, first in read.items() if first <= cell and file.startswith("data/tables/")
    )
    return {"functions": sorted(functions), "tables": by_then}


def _handed_over(sources: Iterable[str]) -> Iterator[tuple[str, tuple[int, set[str]]]]:
    """Name of each table and number, its cell, and the functions of the package behind it.

    A function counts if it is called in what is handed over, or in what a variable that stands there was
    assigned from, however far back.
    """
    imported: dict[str, str] = {}
    made: dict[str, set[str]] = {}

    def behind(node: ast.AST) -> set[str]:
        found: set[str] = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in made:
                found |= made[part.id]
            if isinstance(part, ast.Call):
                first, *rest = ast.unparse(part.func).split(".")
                if first in imported:
                    found.add(".".join([imported[first], *rest]))
        return found

    for number, source in enumerate(sources, start=1):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "helpers":
                for alias in node.names:
                    imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        for statement in ast.parse(source).body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Assign):
                    targets = [n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
                    made |= {name: behind(node.value) for name in targets}
                elif isinstance(node, ast.For):
                    names = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
                    made |= {name: behind(node.iter) for name in names}
            for node in ast.walk(statement):
                if not isinstance(node, ast.Call):
                    continue
                called = ast.unparse(node.func)
                if called in HANDED_OVER:
                    name = ast.literal_eval(node.args[1])
                    yield f"tables/{name}", (number, behind(node.args[0]))
                elif called == "exhibits.record":
                    for keyword in node.keywords:
                        if keyword.arg:
                            yield keyword.arg, (number, behind(keyword.value))
