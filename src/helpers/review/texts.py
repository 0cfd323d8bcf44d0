"""Are figures in prose computed, and do verdicts, seeds, licences and attributions stand as recorded?"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from helpers import catalogue, evidence, parameters, paths, tables
from helpers.errors import CatalogueError
from helpers.review.line import Fault, Found, found
from helpers.running import notebooks, readme
from helpers.typed_figures import typed_figures

NAME = re.compile(r"\{\{\s*(\w+)\s*\}\}")
GIVEN_BY_THE_BOOK = {"the_area"}  # the area in words (`helpers.wording`): no number
LICENCES = {"OGL-UK-3.0": "licensed under the Open Government Licence v.3.0", "CC-BY-4.0": "CC BY 4.0"}
# The MIT licence from "Permission" on, words one blank apart
MIT = "fe2a9817987f862eaced948f0468c7f51d2fedfc48c5c505b246a49a3870e9a5"
SURVEY = "Contains OS data © Crown copyright and database right 20"


def typed(stems: Iterable[str]) -> Found:
    """No page and no text of a notebook holds a figure that somebody typed."""
    texts = {page: page.read_text(encoding="utf-8") for page in pages()}
    for file in notebooks.find(stems):
        cells = notebooks.read(file).cells
        texts[file] = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    faults = [
        Fault(_name(file), f"{one.figure!r} is typed: …{one.around}…")
        for file, text in texts.items()
        for one in typed_figures(text)
    ]
    return found(len(texts), faults)


def pages() -> list[Path]:
    """The pages of the book and the README."""
    return [*sorted(paths.BOOK.glob("*.md")), readme.FILE]


def traced(stems: Iterable[str], folder: Path) -> Found:
    """Every number that a page names comes from a notebook, and the fresh run computes what is committed."""
    names: set[str] = set()
    count, faults = 0, []
    asked = {file.stem for file in notebooks.find(stems)}
    for file in notebooks.find():
        carried = notebooks.read(file).metadata.get("compendium", {}).get("numbers", {})
        names |= carried.keys()
        if file.stem not in asked:
            continue
        written = folder / file.stem / "numbers.json"
        fresh = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}
        count += len(carried)
        faults += [
            Fault(
                _name(file),
                f"number {name}: carries {carried.get(name)!r}, the fresh run {fresh.get(name)!r}",
            )
            for name in sorted(carried.keys() | fresh.keys())
            if carried.get(name) != fresh.get(name)
        ]
    for page in pages():
        for name in NAME.findall(page.read_text(encoding="utf-8")):
            count += 1
            if name not in names | GIVEN_BY_THE_BOOK:
                faults.append(Fault(_name(page), f"{{{{ {name} }}}} is computed by no notebook"))
    answer, picture = readme.finding()
    if answer not in readme.FILE.read_text(encoding="utf-8"):
        faults.append(Fault(readme.FILE.name, "does not tell what 03_divergence finds"))
    if readme.PICTURE.read_bytes() != picture:
        faults.append(Fault(_name(readme.PICTURE), "is not the first picture of 03_divergence"))
    return found(count + 2, faults)


def claims() -> Found:
    """Every published claim gets the verdict that is recorded; every argument names exhibits that exist."""
    from helpers.claims import run

    outcomes = run.outcomes()
    faults = [Fault("data/claims.yml", change) for change in run.changes(outcomes)]
    return found(len(outcomes) + len(evidence.load()), faults)


def seeds(stems: Iterable[str]) -> Found:
    """One seed, on record; every notebook that draws has it, and no generator in the package goes without."""
    default = parameters.load()["seed"].default
    count, faults = 0, []
    for file in notebooks.find(stems):
        declared = notebooks.declared_parameters(file, notebooks.read(file))
        count += "seed" in declared
        if declared.get("seed", default) != default:
            faults.append(Fault(_name(file), f"seed {declared['seed']}, on record {default}"))
    for file in sorted((paths.ROOT / "src" / "helpers").rglob("*.py")):
        count += 1
        faults += [Fault(_name(file), fault) for fault in unseeded(file.read_text(encoding="utf-8"))]
    return found(count, faults)


def unseeded(source: str) -> list[str]:
    """Draws of a module that no seed decides: generators without one, and the global generators.

    Parameters
    ----------
    source : str
        Python.

    Returns
    -------
    list of str
        One sentence per draw.
    """
    said = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and any(alias.name == "random" for alias in node.names):
            said.append(f"line {node.lineno}: takes the global generator of `random`")
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called.endswith("default_rng") and not node.args and not node.keywords:
            said.append(f"line {node.lineno}: {called}() has no seed")
        elif re.fullmatch(r"(np|numpy)\.random\.(?!default_rng|SeedSequence|Generator|PCG64)\w+", called):
            said.append(f"line {node.lineno}: {called} draws from the global generator")
    return said


def licences() -> Found:
    """Licences are there, each card names one with its line, indicators carry the lines of their cards."""
    faults = [
        Fault(name, "is missing or empty")
        for name in ("LICENSE", "data/LICENCES.md", "CITATION.cff", "book/data_and_licences.md")
        if not (file := paths.ROOT / name).is_file() or not file.stat().st_size
    ]
    faults += _licence_texts()
    cards = {}
    for file in sorted(paths.CATALOGUE.glob("*.yml")):
        try:
            card = cards[file.stem] = catalogue.read(file)
        except CatalogueError as error:
            faults.append(Fault(_name(file), str(error)))
            continue
        line = LICENCES.get(card.licence)
        if line is None:
            faults.append(Fault(_name(file), f"licence {card.licence!r} is none of {', '.join(LICENCES)}"))
        elif not card.attribution.startswith("Source: ") or line not in card.attribution:
            faults.append(
                Fault(_name(file), f"attribution {card.attribution!r} does not say source and licence")
            )
        elif (SURVEY in card.attribution) != card.path.endswith(".geojson"):
            faults.append(
                Fault(_name(file), "the line of the Ordnance Survey goes with boundaries, and only there")
            )
    indicators = tables.load("indicators")
    for name, needed, line in indicators[["indicator", "cards", "attribution"]].itertuples(index=False):
        lacking = [c for c in needed.split("|") if c in cards and cards[c].attribution not in line]
        if not needed or lacking:
            what = f"{name} does not carry the attribution of {', '.join(lacking) or 'any card'}"
            faults.append(Fault("data/tables/indicators.csv", what))
    citation = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    if citation.get("license") != ["MIT", "CC-BY-4.0"]:
        faults.append(
            Fault("CITATION.cff", f"license is {citation.get('license')}, expected MIT and CC-BY-4.0")
        )
    return found(len(cards) + len(indicators) + 6, faults)


def _licence_texts() -> list[Fault]:
    """Whether the licence of the code reads as it should, and that of the data names each licence."""
    code, data = (_read(paths.ROOT / name) for name in ("LICENSE", "data/LICENCES.md"))
    faults = []
    body = " ".join(code[code.find("Permission") :].split())
    if hashlib.sha256(body.encode()).hexdigest() != MIT:
        faults.append(Fault("LICENSE", "is not, word by word, the MIT licence"))
    faults += [
        Fault("data/LICENCES.md", f"does not name {name}")
        for name in ("Open Government Licence v3.0", "CC BY 4.0", "MIT")
        if name not in data
    ]
    return faults


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _name(file: Path) -> str:
    return file.relative_to(paths.ROOT).as_posix()
