"""What the Snakefile holds to be out of date, tried on a small copy of the project.

The notebooks and the book are stand-ins that take no time; the Snakefile and Snakemake are real.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import paths

# What the real command leaves for the Snakefile to see; `reads` says what each notebook reads
CLI = """
import json, pathlib, sys
notebook, given, out = sys.argv[2], sys.argv[4], pathlib.Path(sys.argv[6])
if "fail" in pathlib.Path(f"notebooks/{notebook}.ipynb").read_text():
    sys.exit(1)
reads = pathlib.Path(f"notebooks/{notebook}.ipynb").read_text().split()
out.mkdir(parents=True)
record = {"notebooks": {notebook: {"inputs": dict.fromkeys(reads, "")}}}
(out / "given.json").write_text(pathlib.Path(given).read_text())
(out / "run.json").write_text(json.dumps(record))
for suffix in ("ipynb", "html"):
    (out / f"{notebook}.{suffix}").write_text("")
"""
BOOK = """
import pathlib, sys
html = pathlib.Path(sys.argv[4], "html")
html.mkdir(parents=True, exist_ok=True)
(html / "index.html").write_text("")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "a project"  # with a space, as on many a desk
    for name, text in {
        "src/helpers/__init__.py": "",
        "src/helpers/cli.py": CLI,
        "src/helpers/book.py": BOOK,
        "src/helpers/levels.py": "",
        "requirements.lock": "",
        "data/parameters.yml": "",
        "data/tables/a.csv": "a",
        "data/tables/b.csv": "b",
        "notebooks/01_one.ipynb": "data/tables/a.csv",
        "notebooks/02_two.ipynb": "data/tables/a.csv data/tables/b.csv",
        "book/preface.md": "",
    }.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    shutil.copy(paths.ROOT / "Snakefile", project)
    return project


def jobs(project: Path, succeeds: bool = True, configured: Path | None = None) -> list[str]:
    """Bring the project up to date, or the book that is configured, and name what ran."""
    configuration = [] if configured is None else ["--configfile", str(configured)]
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", "--nocolor", *configuration],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is succeeds, done.stderr
    ran = sorted(re.findall(r"Job \d+: (?:Running notebooks/(\w+)|Building the (book))", done.stderr))
    assert ran or not succeeds or "Nothing to be done" in done.stderr
    return [notebook or book for notebook, book in ran]


def test_only_what_depends_on_a_change_runs_again(project):
    assert jobs(project) == ["book", "01_one", "02_two"]

    # dates count for nothing, and the command line passes on what it is asked
    for path in project.rglob("*"):
        if "_build" not in path.parts and ".snakemake" not in path.parts:
            path.touch()
    (project / "src/helpers/cli.py").write_text(CLI + "# changed\n")
    assert jobs(project) == []

    table = project / "data/tables/b.csv"
    old = table.stat()
    table.write_text("changed")
    assert jobs(project) == ["book", "02_two"]

    # the first notebook begins to read a new table; for the second, the old table is put back with
    # its old date
    (project / "notebooks/01_one.ipynb").write_text("data/tables/a.csv data/tables/new.csv")
    (project / "data/tables/new.csv").write_text("new")
    table.write_text("b")
    os.utime(table, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert jobs(project) == ["book", "01_one", "02_two"]
    assert jobs(project) == []


def test_what_is_lost_or_failed_is_made_again(project):
    (project / "notebooks/02_two.ipynb").write_text("fail")
    assert jobs(project, succeeds=False) == ["01_one", "02_two"]
    (project / "notebooks/02_two.ipynb").write_text("data/tables/b.csv")
    assert jobs(project) == ["book", "02_two"]
    # lost results concern one notebook, the book's own module concerns the book
    shutil.rmtree(project / "_build/run/01_one")
    (project / "src/helpers/book.py").write_text(BOOK + "# changed\n")
    assert jobs(project) == ["book", "01_one"]
    (project / "src/helpers/new.py").write_text("")
    assert jobs(project) == ["book", "01_one", "02_two"]


def test_a_book_of_another_area_leaves_the_default_one_alone_and_reruns_what_a_parameter_touches(project):
    assert jobs(project) == ["book", "01_one", "02_two"]
    before = {path: path.stat().st_mtime_ns for path in (project / "_build").rglob("*")}
    out = project / "another place"
    file = project / "book.json"

    def configure(**of_two: str) -> None:
        notebooks = {"01_one": {"area": "Wales"}, "02_two": {"area": "Wales", **of_two}}
        file.write_text(json.dumps({"out": str(out), "notebooks": notebooks}))

    configure()
    assert jobs(project, configured=file) == ["book", "01_one", "02_two"]
    assert json.loads((out / "run/01_one/given.json").read_text()) == {"area": "Wales"}
    assert (out / "html/index.html").is_file()
    assert {path: path.stat().st_mtime_ns for path in (project / "_build").rglob("*")} == before
    assert jobs(project, configured=file) == []
    configure(measure="job")
    assert jobs(project, configured=file) == ["book", "02_two"]
    assert json.loads((out / "run/02_two/given.json").read_text()) == {"area": "Wales", "measure": "job"}
    assert jobs(project) == []


def test_the_name_of_a_notebook_is_no_command(project):
    name = "03_$(touch pwned); touch 'pwned' | [x]"
    (project / f"notebooks/{name}.ipynb").write_text("data/tables/a.csv")
    jobs(project)
    assert (project / "_build/run" / name / "run.json").exists()
    assert not list(project.rglob("pwned"))
