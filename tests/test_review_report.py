"""What a review and a listing write is whole or as it was, and one run at a time writes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import cli, paths, writing
from helpers.review import door, report
from helpers.review.line import PASS, Fault, Line

LINES = [Line("tables", PASS, "data/tables", "hashes", 3)]
KILLED = """
import os, signal, sys
from pathlib import Path

def half(path, content, **how):
    whole = content.encode()
    path.write_bytes(whole[: len(whole) // 2])
    os.kill(os.getpid(), signal.SIGKILL)

Path.write_text = half
"""
REVIEW = """
from helpers.review import report
from helpers.review.line import PASS, Line
report.write([Line("tables", PASS, "data/tables", "hashes", 4)], Path(sys.argv[1]))
"""
PROVENANCE = """
from helpers.running import provenance
provenance.build_all = lambda runs: {"exhibits": {"figures/a": {"cell": 1}}}
provenance.write(Path("none"), Path(sys.argv[1]) / "provenance.json")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(("made_by", "name"), [(REVIEW, "review.json"), (PROVENANCE, "provenance.json")])
def test_a_run_killed_while_it_writes_leaves_the_older_file(tmp_path, made_by, name):
    report.write(LINES, tmp_path)
    (tmp_path / "provenance.json").write_text('{"exhibits": {}}')
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = subprocess.run([sys.executable, "-c", KILLED + made_by, str(tmp_path)], check=False)
    assert done.returncode == -9
    left = {path.name for path in tmp_path.iterdir()} - before.keys()
    assert left == {f".{name}.partial"}, "it was killed half-way"
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    report.write(LINES, tmp_path)  # what is left is in nobody's way
    assert json.loads((tmp_path / "review.json").read_text())["failed"] == 0


def test_a_report_that_cannot_be_written_leaves_the_older_one(tmp_path):
    report.write(LINES, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    no_text = Line("tables", "FAIL", "data/tables", "hashes", 3, (Fault("a", "\ud800"),))
    with pytest.raises(UnicodeEncodeError):
        report.write([no_text], tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("lock", "words"),
    [("out/.lock", ["review", "--out", "{}/out"]), ("_build/codecheck.lock", ["codecheck"])],
)
def test_a_second_one_at_once_is_refused(tmp_path, monkeypatch, capsys, lock, words):
    monkeypatch.setattr(paths, "BUILD", tmp_path / "_build")
    monkeypatch.setattr(door, "review", lambda *_: pytest.fail("it began"))
    held = writing.hold(tmp_path, tmp_path / lock)
    assert cli.main([word.format(tmp_path) for word in words]) == 1
    assert capsys.readouterr().err.startswith(f"compendium: Another run (process {os.getpid()} on ")
    os.close(held)


def test_the_report_says_which_runs_were_not_fresh(tmp_path):
    said = report.text(LINES, Path("_build/review/run"))
    assert said.endswith("Runs in _build/review/run count as fresh where they still hold.")
    report.write(LINES, tmp_path, Path("earlier"))
    assert "Runs in earlier count as fresh" in json.loads((tmp_path / "review.json").read_text())["verdict"]
    assert "Runs in earlier count as fresh" in (tmp_path / "review.html").read_text()
    assert "count as fresh" not in report.text(LINES)


def test_runs_that_are_not_there_are_named(capsys, tmp_path):
    out = str(tmp_path / "out")
    assert cli.main(["review", "--out", out, "--runs", str(tmp_path / "none")]) == 1
    assert "there is no such folder; name the `run` of an earlier review" in capsys.readouterr().err
