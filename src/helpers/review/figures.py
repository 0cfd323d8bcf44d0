"""Do figures and tables show the data of a fresh run? Fingerprints of what is drawn, pictures, manifest."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from helpers.review.line import Fault, Found, found
from helpers.running import codecheck, notebooks, provenance

# What `exhibits.show` and `exhibits.publish` write under a figure or table
SHOWN = re.compile(r'href="((?:figures|tables)/\w+)\.csv".*?([\d,]+) rows, fingerprint ([0-9a-f]{8})', re.S)
GRID = 64  # pictures are compared on a grid of this many fields a side
# Differences allowed in grey levels of 256: between the whole pictures (two different figures are 10 apart or
# more), and in the field where they differ most (a line moved by half a pixel is 8, a patch of paint 100)
MEAN_APART, MOST_APART = 1.0, 20.0


def data(stems: Iterable[str], folder: Path) -> Found:
    """The fingerprint beside a figure or table is that of the fresh run's data, and of `codecheck.yml`.

    nbval compares no picture: a figure is held to the data that it draws, which stand beside it as number of
    rows and fingerprint (of the data rounded to six significant digits).
    """
    listed = {entry["file"]: entry for entry in committed()["manifest"] if "fingerprint" in entry}
    count, faults = 0, []
    for file in notebooks.find(stems):
        for number, outputs in _outputs(file):
            shown = [match.groups() for output in outputs for match in SHOWN.finditer(_text(output))]
            count += len(shown)
            drawn = sum(name.startswith("figures/") for name, _, _ in shown)
            pictures = len(list(_pictures(outputs)))
            said = [_elsewhere(file.stem, name, (rows, mark), listed, folder) for name, rows, mark in shown]
            if pictures != drawn:
                said.append([f"{pictures} pictures, and the data of {drawn}"])
            where = f"notebooks/{file.name}"
            faults += [Fault(where, f"code cell {number}: {what}") for whats in said for what in whats]
    return found(count, faults)


def _elsewhere(
    stem: str, name: str, shown: tuple[str, str], listed: dict[str, dict[str, Any]], folder: Path
) -> list[str]:
    """Where the manifest or the fresh run have other data than the cell shows."""
    ending = ".json" if name.startswith("figures/") else ".table.json"
    note = folder / stem / "exhibits" / f"{Path(name).name}{ending}"
    fresh = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    here = (int(shown[0].replace(",", "")), shown[1])
    others = {"codecheck.yml": listed.get(f"{stem}/{name}.csv", {}), "the fresh run": fresh}
    given = {origin: (other.get("rows"), other.get("fingerprint")) for origin, other in others.items()}
    return [
        f"{name} shows {here[0]} rows, {here[1]}; {origin} has {there[0]} rows, {there[1]}"
        for origin, there in given.items()
        if there != here
    ]


def pictures(stems: Iterable[str], folder: Path) -> Found:
    """Each committed picture is the fresh one, to within what fonts and machines may differ in."""
    count, faults = 0, []
    for file in notebooks.find(stems):
        fresh_run = folder / file.stem / file.name
        if not fresh_run.exists():
            faults.append(Fault(f"notebooks/{file.name}", "there is no fresh run to compare with"))
            continue
        for (number, outputs), (_, again) in zip(_outputs(file), _outputs(fresh_run), strict=True):
            mine, theirs = list(_pictures(outputs)), list(_pictures(again))
            count += len(mine)
            if len(mine) != len(theirs):
                what = f"code cell {number}: {len(mine)} pictures, the fresh run has {len(theirs)}"
                faults.append(Fault(f"notebooks/{file.name}", what))
                continue
            for at, (one, other) in enumerate(zip(mine, theirs, strict=True), start=1):
                mean, most = apart(one, other)
                if mean > MEAN_APART or most > MOST_APART:
                    what = f"code cell {number}, picture {at}: {mean:.1f} grey levels from the fresh one, "
                    faults.append(Fault(f"notebooks/{file.name}", what + f"{most:.0f} in one place"))
    return found(count, faults)


def apart(one: bytes, other: bytes) -> tuple[float, float]:
    """Mean and largest difference of two pictures in grey levels (0 to 255), on a grid of `GRID` a side."""
    import numpy as np
    from PIL import Image

    def grid(picture: bytes) -> np.ndarray:
        grey = Image.open(io.BytesIO(picture)).convert("L")
        return np.asarray(grey.resize((GRID, GRID), Image.Resampling.BOX), float)

    difference = np.abs(grid(one) - grid(other))
    return float(difference.mean()), float(difference.max())


def manifest(stems: Iterable[str], folder: Path, failed: dict[str, str]) -> Found:
    """`codecheck.yml` written anew from the fresh runs alone lists the same outputs with the same content."""
    names = [file.stem for file in notebooks.find(stems)]
    ran = [name for name in names if not failed[name]]
    fresh = {e["file"]: e for e in codecheck.manifest(folder) if _stem(e["file"]) in ran} if ran else {}
    whole = committed()
    listed = {entry["file"]: entry for entry in whole["manifest"] if _stem(entry["file"]) in names}
    faults = [
        Fault(codecheck.FILE.name, f"{part} is not that of CITATION.cff")
        for part, made in codecheck.heading().items()
        if whole.get(part) != made
    ]
    faults += [
        Fault(codecheck.FILE.name, f"{name} is listed, and its notebook does not run")
        for name in listed
        if failed[_stem(name)]
    ]
    for name in sorted(fresh.keys() | listed.keys()):
        if failed.get(_stem(name)):
            continue
        one, other = listed.get(name), fresh.get(name)
        if one is None or other is None:
            what = "is listed and not made" if other is None else "is made and not listed"
            faults.append(Fault(codecheck.FILE.name, f"{name} {what}"))
        elif one != other:
            fields = [key for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]
            what = ", ".join(f"{key} {one.get(key)!r}, made {other.get(key)!r}" for key in fields)
            faults.append(Fault(codecheck.FILE.name, f"{name}: listed {what}"))
    return found(len(listed), faults)


def provenance_of(stems: Iterable[str], folder: Path) -> Found:
    """`provenance.json` made anew from the fresh runs, the tables and the cards is the committed one."""
    committed = json.loads(provenance.FILE.read_text(encoding="utf-8"))
    fresh = provenance.files()
    for stem in stems:
        for kind, entries in provenance.of_run(folder / stem).items():
            fresh[kind] = fresh.get(kind, {}) | entries
    count, faults = 0, []
    for kind, made in fresh.items():
        about = {k: v for k, v in committed[kind].items() if kind in ("tables", "cards") or _stem(k) in stems}
        count += len(made)
        faults += [
            Fault(provenance.FILE.name, f"{kind}, {name}: {about.get(name)}, made {made.get(name)}")
            for name in sorted(about.keys() | made.keys())
            if about.get(name) != made.get(name)
        ]
    return found(count, faults)


def committed() -> dict[str, Any]:
    """The committed `codecheck.yml`."""
    whole: dict[str, Any] = yaml.safe_load(codecheck.FILE.read_text(encoding="utf-8"))
    return whole


def _stem(name: str) -> str:
    return name.partition("/")[0]


def _outputs(file: Path) -> Iterator[tuple[int, list[Any]]]:
    code = [c for c in notebooks.read(file).cells if c.cell_type == "code" and c.source.strip()]
    yield from ((number, cell.outputs) for number, cell in enumerate(code, start=1))


def _pictures(outputs: list[Any]) -> Iterator[bytes]:
    for output in outputs:
        if "image/png" in output.get("data", {}):
            yield base64.b64decode(output["data"]["image/png"])


def _text(output: Any) -> str:
    return str(output.get("data", {}).get("text/html", ""))
