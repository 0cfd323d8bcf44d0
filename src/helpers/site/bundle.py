"""How does a reader take all data of the area home? As one file with every table of the run, explained."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

import yaml

from helpers import catalogue, paths
from helpers.geography import Area
from helpers.prose.words import area_name

COLUMNS = paths.DATA / "columns.yml"
KINDS = ("tables", "figures")  # folders of a run with data
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every file: equal runs give equal bytes
MODE = 0o644 << 16
HEAD = ["file", "column", "meaning"]


def write(runs: Path, area: Area, districts: Path, file: Path) -> None:
    """Write the data of a folder of runs as one zip file.

    Parameters
    ----------
    runs : Path
        Folder with one run per notebook.
    area : Area
        What the runs are of.
    districts : Path
        Folder with a folder of data per district, as `helpers.site.district.write` leaves it.
    file : Path
        Written anew. Holds ``NOTEBOOK/tables``, ``NOTEBOOK/figures`` and ``NOTEBOOK/run.json`` of each run,
        ``districts/``, ``indicators.csv`` (labels, units, attributions), ``columns.csv`` and ``README.md``.
    """
    found = dict(_of_runs(runs)) | {
        f"districts/{path.name}": path.read_bytes() for path in districts.glob("*/*.csv")
    }
    found["indicators.csv"] = (paths.TABLES / "indicators.csv").read_bytes()
    found["columns.csv"] = _columns(found).encode()
    found["README.md"] = readme(area, found, _contents(runs)).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(found):
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, MODE
            archive.writestr(entry, found[name])


def _of_runs(runs: Path) -> Iterable[tuple[str, bytes]]:
    """Tables, data of figures and records, by their place in the zip."""
    for record in sorted(runs.glob("*/run.json")):
        run = record.parent
        files = [path for kind in KINDS for path in (run / kind).glob("*.csv")]
        for path in [record, *files]:
            yield f"{run.name}/{path.relative_to(run).as_posix()}", path.read_bytes()


def _contents(runs: Path) -> dict[str, str]:
    """What each table and figure holds, by its place in the zip."""
    told: dict[str, str] = {}
    for note in sorted(runs.glob("*/exhibits/*.json")):
        account = json.loads(note.read_text(encoding="utf-8"))
        told |= {f"{note.parent.parent.name}/{name}": account["what"] for name in account["files"]}
    return told


def meanings() -> dict[str, str]:
    """What a column of a name means: as the shipped tables have it, else as `COLUMNS` says."""
    package = json.loads((paths.TABLES / "datapackage.json").read_text(encoding="utf-8"))
    fields = [field for one in package["resources"] for field in one.get("schema", {}).get("fields", [])]
    own: dict[str, str] = yaml.safe_load(COLUMNS.read_text(encoding="utf-8"))
    return own | {field["name"]: field["description"] for field in fields if field.get("description")}


def _columns(found: dict[str, bytes]) -> str:
    """Every column of every table with its meaning; empty where only its notebook explains it."""
    known = meanings()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for name in sorted(name for name in found if name.endswith(".csv")):
        first_line = found[name].split(b"\n", 1)[0].decode()
        head = next(csv.reader([first_line]), [])  # what an area without groups lacks may have no columns
        writer.writerows([name, column, known.get(column, "")] for column in head)
    return text.getvalue()


def readme(area: Area, found: Iterable[str], contents: dict[str, str]) -> str:
    """What the file holds, whose the figures are, and how to read them.

    Parameters
    ----------
    area : Area
    found : iterable of str
        Places of the files in the zip.
    contents : dict of str to str
        What they hold, for those that a notebook describes.
    """
    listed = "\n".join(
        f"- `{name}`: {contents.get(name, 'every indicator of a district, or the data of a figure of it')}"
        for name in sorted(found)
        if name.endswith(".csv") and "/" in name and (name in contents or name.startswith("districts/"))
    )
    lines = "\n".join(
        f"- {line}" for line in sorted({card.attribution for card in catalogue.load().values()})
    )
    return f"""# All data of the book: {area_name(area)}

Tables of one run of the compendium's notebooks: what they show and what their figures draw. None is a file
of a producer; all are computed or tidied by the compendium.

- `NOTEBOOK/tables/` and `NOTEBOOK/figures/`: the tables of a notebook, and the data of its figures.
- `NOTEBOOK/run.json`: parameters, revision, packages, and the hash of every input and output.
- `districts/`: the data of the pages of single districts.
- `indicators.csv`: what is measured, with unit, interval and attribution.
- `columns.csv`: every column of every table with its meaning; where none is given the notebook explains it.

Files are UTF-8, separated by commas; an empty cell means that there is no figure. Shares are parts of one
unless a column's name says per cent. Intervals called sampling are the producer's; those of revision, and all
models and simulations, are ours and not the producers'.

## Licences

Our tables: CC BY 4.0. Figures as published by the producers, also inside our tables: their licence. Print
these lines with what you use:

{lines}

The producers have not seen this work and do not endorse it.

## Tables

{listed}
"""
