"""The command line: what it says, where, and with which exit code."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path

import pytest

from helpers import cli, errors, transfer


@pytest.fixture
def module(monkeypatch):
    """Put a stand-in in the place of a module of the package."""

    def replace(name: str, **contents):
        stand_in = types.SimpleNamespace(**contents)
        monkeypatch.setitem(sys.modules, f"helpers.{name}", stand_in)
        monkeypatch.setattr(f"helpers.{name}", stand_in, raising=False)

    return replace


def raising(error: BaseException):
    def function(*_, **__):
        raise error

    return function


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ParameterError("what would be right"), 2),
        (errors.AreaError("nearest: Wales"), 2),
        (errors.NotebookError("cell 3"), 1),
        (errors.TableError("missing"), 1),
    ],
)
def test_foreseen_errors_are_one_sentence_and_an_exit_code(module, capsys, error, code):
    module("running.runner", run=raising(error))
    assert cli.main(["run"]) == code
    shown = capsys.readouterr()
    assert shown.err == f"compendium: {error}\n"
    assert shown.out == ""


def test_unforeseen_errors_keep_their_traceback(module):
    module("running.runner", run=raising(KeyError("bug")))
    with pytest.raises(KeyError):
        cli.main(["run"])


def test_interrupt_is_one_line_and_130(module, capsys):
    module("running.runner", run=raising(KeyboardInterrupt()))
    assert cli.main(["run"]) == 130
    assert capsys.readouterr().err.count("\n") == 1


def test_run_passes_on_what_was_asked(module, capsys, tmp_path):
    calls = []
    module("running.runner", run=lambda *arguments, **_: calls.append(arguments))
    (tmp_path / "p.yml").write_text("seed: 4\nmeasure: job\n")
    words = ["run", "03_divergence", "-p", "area=North West", "-p", "seed=5"]
    assert cli.main([*words, "-f", str(tmp_path / "p.yml"), "--out", str(tmp_path)]) == 0
    given = {"area": "North West", "seed": 5, "measure": "job"}
    assert calls == [(["03_divergence"], given, tmp_path)]
    assert str(tmp_path) in capsys.readouterr().out


@pytest.mark.parametrize("words", [["run", "-p", "aera=Wales"], ["run", "-p", "seed=1", "-p", "seed=2"]])
def test_wrong_parameters_never_reach_the_runner(words, capsys):
    assert cli.main(words) == 2
    assert capsys.readouterr().err.startswith("compendium: ")


@pytest.mark.parametrize("words", [[], ["nothing"], ["data"], ["run", "--nothing"], ["book", "--nothing"]])
def test_wrong_usage_is_2(words):
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 2


def test_data_check_lists_every_check_and_fails_if_one_does(module, capsys):
    def check(name, passed):
        return types.SimpleNamespace(name=name, passed=passed, detail="so it is", left_out=False)

    module("building.checks", run=lambda mirror: [check("keys", True), check("sums", False)])
    assert cli.main(["data", "check"]) == 1
    shown = capsys.readouterr().out
    assert "ok       keys: so it is" in shown and "FAILED   sums: so it is" in shown
    module("building.checks", run=lambda mirror: [check("keys", True)])
    assert cli.main(["data", "check"]) == 0


def test_data_build_prints_its_report_and_passes_the_mirror(module, capsys):
    module("building.build", build=lambda mirror: f"built from {mirror}")
    assert cli.main(["data", "build", "--mirror", "there"]) == 0
    assert capsys.readouterr().out == f"built from {Path('there')}\n"


def test_data_fetch_takes_the_named_cards_or_all(module, capsys):
    fetched, limits = [], []
    cards = {"a": "card a", "b": "card b"}
    module("catalogue", get=cards.__getitem__, load=lambda: cards)

    def fetch(chosen, mirror, progress, patience):
        fetched.append(list(chosen))
        limits.append(patience.time_limit)
        return fetched[-1]

    module("download", fetch=fetch)
    cli.main(["data", "fetch", "b"])
    assert capsys.readouterr().out.startswith("1 raw files")
    cli.main(["data", "fetch", "--time-limit", "90"])
    assert fetched == [["card b"], ["card a", "card b"]]
    assert limits == [transfer.DEFAULT_PATIENCE.time_limit, 90]


def test_parameters_are_listed(capsys):
    assert cli.main(["parameters"]) == 0
    assert "Midlands" in capsys.readouterr().out


def test_help_and_book_load_nothing_heavy():
    script = "import sys, helpers.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"pandas", "numpy", "yaml", "papermill", "nbformat"} & set(loaded)


def test_a_reader_who_leaves_is_no_error():
    command = f"'{sys.executable}' -m helpers.cli parameters | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
