"""The order of work: tables -> notebooks -> book. The one place that decides what is out of date.

What counts is content, not time. Each input stands here as a small file under `_build/inputs` that
holds hashes and becomes new only when one of them changes. So touching a file runs nothing, and
putting an old file back runs what depends on it, whatever its date.

A notebook depends on itself, its parameters, the package, the locked environment, and the files under
`data/` that its last run was seen to read (its `run.json` says which); on everything there until it has run.

Without configuration this is the default book, in `_build`. `compendium book --area Wales` writes one for
another: `out`, its folder, and `notebooks`, each with the parameters that it takes and that were given.
"""

import functools
import hashlib
import json
import os
import re
import sys
from pathlib import Path

OUT = config.get("out", "_build")
RUNS = f"{OUT}/run"
SITE = f"{OUT}/html/index.html"
NOTEBOOKS = config.get("notebooks") or {path.stem: {} for path in sorted(Path("notebooks").glob("*.ipynb"))}


def files(*patterns):
    """The files that match, relative to the root."""
    found = {path for pattern in patterns for path in Path().glob(pattern) if path.is_file()}
    found = {path for path in found if not path.name.startswith(".")}  # written at this moment, or left half
    return sorted(path.as_posix() for path in found if "__pycache__" not in path.parts)  # compiled, not source


DATA = files("data/*.*", "data/catalogue/*", "data/tables/*")
SOURCE = files("src/helpers/**/*", "requirements.lock")
PASSING_ON = ("src/helpers/cli.py", "src/helpers/commands/", "src/helpers/area_list", "src/helpers/running/area_book")
OF_BOOK_ALONE = ("src/helpers/book", "src/helpers/sphinx_ext/", "src/helpers/site/", "src/helpers/figures/district")
BESIDE = ("src/helpers/review/", "src/helpers/sweeps/")  # ask about runs, and change none
SOURCE = [file for file in SOURCE if not file.startswith(PASSING_ON + BESIDE)]
BOOK = files("book/**/*", "_config.yml", "_toc.yml", "CHANGELOG.md", "CITATION.cff", "LICENSE", "codecheck.yml",
             "results_by_release.csv", "benchmarks/akm.csv")


@functools.cache
def sha256(file):
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def content(name, inputs, that_count=None):
    """The stand-in of some files: as new as the last change of one that counts, or of any."""
    now = {file: sha256(file) for file in inputs}
    stand_in = Path(OUT, "inputs", f"{name}.json")
    before = json.loads(stand_in.read_text()) if stand_in.exists() else {}
    counting = (before.keys() | now.keys()) if that_count is None else that_count
    if before != now:
        unchanged = all(before.get(file) == now.get(file) for file in counting)
        times = stand_in.stat() if stand_in.exists() and unchanged else None
        stand_in.parent.mkdir(parents=True, exist_ok=True)
        half = stand_in.with_suffix(".partial")  # in one step: half of it would stop every later run
        half.write_text(json.dumps(now, indent=1))
        if times:
            os.utime(half, ns=(times.st_atime_ns, times.st_mtime_ns))
        half.replace(stand_in)
    return stand_in.as_posix()


def parameters(notebook):
    """The file of the parameters that a notebook is given: as new as their last change."""
    file = Path(OUT, "inputs", f"{notebook}-parameters.json")
    now = json.dumps(NOTEBOOKS[notebook], indent=1, ensure_ascii=False)
    if not file.exists() or file.read_text(encoding="utf-8") != now:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now, encoding="utf-8")
    return file.as_posix()


def read_by(notebook):
    """The files under `data/` that a notebook's last run read; None if there is no such run."""
    record = Path(RUNS, notebook, "run.json")
    if not record.exists():
        return None
    inputs = json.loads(record.read_text(encoding="utf-8"))["notebooks"][notebook]["inputs"]
    return [file for file in inputs if file.startswith("data/")]


rule all:
    message: f"The book is up to date: {SITE}"
    input: expand(RUNS + "/{notebook}/run.json", notebook=NOTEBOOKS), SITE


rule book:
    message: "Building the book"
    input:
        expand(RUNS + "/{notebook}/run.json", notebook=NOTEBOOKS),
        content("book", BOOK + DATA + SOURCE),
    output: SITE
    shell: "{sys.executable:q} -m helpers.book --runs {RUNS:q} --out {OUT:q}"


rule notebook:
    message: "Running notebooks/{wildcards.notebook}.ipynb"
    input:
        lambda w: content(w.notebook, [f"notebooks/{w.notebook}.ipynb"]),
        lambda w: content(f"{w.notebook}-data", DATA, that_count=read_by(w.notebook)),
        content("source", [file for file in SOURCE if not file.startswith(OF_BOOK_ALONE)]),
        given=lambda w: parameters(w.notebook),
    output:
        RUNS + "/{notebook}/run.json",
        RUNS + "/{notebook}/{notebook}.ipynb",
        RUNS + "/{notebook}/{notebook}.html",
    params: out=RUNS + "/{notebook}"
    wildcard_constraints: notebook="|".join(map(re.escape, NOTEBOOKS)) or "none"
    shell:
        # Nothing of an earlier run may stay; in Python, because Windows knows no rm
        '{sys.executable:q} -c "import shutil, sys; shutil.rmtree(sys.argv[1], True)" {params.out:q} && '
        "{sys.executable:q} -m helpers.cli run {wildcards.notebook:q} -f {input.given:q} --out {params.out:q}"
