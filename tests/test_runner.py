"""Running notebooks: what is refused, what is left behind, and what the record says."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import nbformat
import pytest
import small_project

from helpers import cli, parameters, paths, writing
from helpers.errors import BusyError, CompendiumError, NotebookError, ParameterError
from helpers.running import notebooks, page, record, runner, stack, witness

DEFAULTS = "\n".join(f"{p.name} = {p.default!r}" for p in parameters.load().values())
WRITE = """
import json, os, pathlib
folder = pathlib.Path(os.environ["COMPENDIUM_RUN_FOLDER"])
(folder / "tables").mkdir(exist_ok=True)
(folder / "tables" / "{name}.csv").write_text(f"seed,area\\n{{seed}},{{area}}\\n")
(folder / "numbers.json").write_text(json.dumps({{"{name}": seed}}))
print(seed, area)
"""


def write_notebook(folder: Path, name: str, *cells: str, defaults: str = DEFAULTS, tags: int = 1):
    """Write a notebook of one tagged cell and the given ones."""
    code = [nbformat.v4.new_code_cell(text) for text in (defaults, *cells)]
    for cell in code[:tags]:
        cell.metadata["tags"] = ["parameters"]
    path = folder / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=code), path)
    return path


@dataclasses.dataclass(frozen=True)
class Chosen:
    """What the stand-in for the check against the data makes of the parameters."""

    release: int


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small notebooks that write what notebooks write."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write_notebook(folder, "01_one", WRITE.format(name="one"))
    write_notebook(folder, "02_two", WRITE.format(name="two"))
    return folder


@pytest.fixture(autouse=True)
def study(monkeypatch):
    """Stand in for the check against the data: here only Nowhere does not exist."""

    def choose(**values):
        if values["area"] == "Nowhere":
            raise ParameterError("There is no area Nowhere.")
        return Chosen(release=2025)

    module = types.ModuleType("helpers.study")
    module.choose = choose
    monkeypatch.setitem(sys.modules, "helpers.study", module)
    monkeypatch.setattr("helpers.study", module, raising=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_results_and_record(folder, tmp_path):
    out = tmp_path / "out"
    runner.run([], {"seed": 5, "area": ["01", "no"]}, out, folder)
    assert set(contents(out)) == {
        *("01_one.ipynb", "01_one.html", "02_two.ipynb", "02_two.html"),
        *("tables/one.csv", "tables/two.csv", "numbers.json", "run.json"),
    }
    assert (out / "tables/one.csv").read_text() == "seed,area\n5,['01', 'no']\n"
    assert json.loads((out / "numbers.json").read_text()) == {"one": 5, "two": 5}

    entries = json.loads((out / "run.json").read_text())["notebooks"]
    assert list(entries) == ["01_one", "02_two"]
    one = entries["01_one"]
    assert one["parameters"]["given"] == {"seed": 5, "area": ["01", "no"]}
    assert one["parameters"]["used"] == parameters.check({"seed": 5, "area": ["01", "no"]})
    assert one["parameters"]["resolved"] == {"release": 2025}
    assert one["duration_seconds"] > 0
    if sys.platform == "linux":
        assert 20e6 < one["peak_memory_bytes"] < 2e9
    assert one["packages"]["papermill"] and one["python"] == sys.version.split()[0]
    # every hash, recomputed; and every file of the folder belongs to one notebook
    owned = []
    for entry in entries.values():
        owned += entry["outputs"]
        for name, digest in entry["outputs"].items():
            assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest, name
        for name, digest in entry["inputs"].items():
            assert hashlib.sha256((paths.ROOT / name).read_bytes()).hexdigest() == digest, name
    assert sorted([*owned, "run.json"]) == sorted(contents(out))
    assert "src/helpers/running/runner.py" in one["inputs"]
    assert "data/parameters.yml" in one["inputs"]


def test_executed_notebook_and_page_carry_nothing_of_this_machine(folder, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for out in (first, second):
        runner.run(["01_one"], {"seed": 5}, out, folder)
    assert (first / "01_one.ipynb").read_bytes() == (second / "01_one.ipynb").read_bytes()
    assert (first / "01_one.html").read_bytes() == (second / "01_one.html").read_bytes()
    page = (first / "01_one.html").read_text(encoding="utf-8")
    assert "5 Midlands" in page
    for request in ("<script src=", "<link ", "@import", "cdnjs", "import("):
        assert request not in page, request
    assert str(tmp_path) not in page + (first / "01_one.ipynb").read_text(encoding="utf-8")


def test_equations_are_drawn_by_what_the_page_carries(tmp_path):
    from nbformat.v4 import new_markdown_cell, new_notebook

    for name, text in (("prices", "from $5 to 6"), ("equation", "the ratio $T/B$")):
        notebook = new_notebook(cells=[new_markdown_cell(text)])
        page.write(notebooks.clean(notebook), tmp_path / f"{name}.html")
    prices, equation = (tmp_path / f"{n}.html" for n in ("prices", "equation"))
    assert "MathJax" not in prices.read_text(encoding="utf-8")
    drawn = equation.read_text(encoding="utf-8")
    assert "MathJax" in drawn and "<script src=" not in drawn and len(drawn) > 1e6


def test_a_rerun_replaces_its_own_entry_and_keeps_the_others(folder, tmp_path):
    out = tmp_path / "out"
    runner.run([], {}, out, folder)
    before = json.loads((out / "run.json").read_text())["notebooks"]
    write_notebook(folder, "02_two", WRITE.format(name="renamed"))
    runner.run(["02_two"], {"seed": 9}, out, folder)
    after = json.loads((out / "run.json").read_text())["notebooks"]
    assert after["01_one"]["inputs"] == before["01_one"]["inputs"]
    assert after["02_two"]["parameters"]["given"] == {"seed": 9}
    assert "tables/renamed.csv" in after["02_two"]["outputs"]
    assert not (out / "tables" / "two.csv").exists()
    assert (out / "tables" / "one.csv").exists()


def test_reads_of_the_data_are_observed(tmp_path):
    cell = "open(__import__('helpers.paths').paths.DATA / 'parameters.yml').close()"
    quiet = write_notebook(tmp_path, "quiet", "1")
    loud = write_notebook(tmp_path, "loud", cell)
    from helpers.running import kernel

    assert kernel.execute(quiet, {}, tmp_path, False).reads == {}
    assert list(kernel.execute(loud, {}, tmp_path, False).reads) == ["data/parameters.yml"]


def test_inputs_are_the_files_read_and_those_that_cannot_be_observed(tmp_path, monkeypatch):
    for name in ("data/tables/a.csv", "data/tables/b.csv", "data/tables/map.geojson"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "data" / "parameters.yml").write_text("")
    for name, folder in (("ROOT", ""), ("DATA", "data"), ("TABLES", "data/tables")):
        monkeypatch.setattr(paths, name, tmp_path / folder)
    notebook = tmp_path / "n.ipynb"
    notebook.write_text("")
    assert set(record.inputs(notebook, ["data/tables/a.csv"])) == {
        *("n.ipynb", "data/parameters.yml", "data/tables/a.csv", "data/tables/map.geojson"),
    }
    assert "data/tables/b.csv" in record.inputs(notebook)


@pytest.mark.parametrize(
    ("arrange", "expected"),
    [
        (lambda f: write_notebook(f, "bad", "1", tags=0), "0 cells tagged"),
        (lambda f: write_notebook(f, "bad", "1", tags=2), "2 cells tagged"),
        (lambda f: write_notebook(f, "bad", defaults=DEFAULTS + "\nsead = 1"), "sead.*seed"),
        (lambda f: write_notebook(f, "bad", defaults="seed = '20250801'"), "seed is '2025"),
        (
            lambda f: write_notebook(f, "bad", defaults=DEFAULTS.replace("2004", "2005")),
            "first_year is 2005, but 2004",
        ),
        (lambda f: write_notebook(f, "bad", defaults=DEFAULTS + "\nimport os"), "name = value"),
        (lambda f: write_notebook(f, "bad", defaults=DEFAULTS + "\nx = 1 +"), "name = value"),
        (lambda f: (f / "bad.ipynb").write_text("{"), "not a Jupyter notebook"),
        (lambda f: (f / "bad.ipynb").write_text(""), "not a Jupyter notebook"),
    ],
)
def test_a_notebook_that_is_not_parameterised_is_refused_before_any_runs(folder, tmp_path, arrange, expected):
    arrange(folder)
    with pytest.raises(NotebookError, match=expected):
        runner.run([], {}, tmp_path / "out", folder)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("names", "given", "expected"),
    [
        (["01_on"], {}, "01_one"),
        (["zzz"], {}, "The notebooks are: 01_one, 02_two"),
        (["01_one"], {"aera": "Wales"}, "area"),
        (["01_one"], {"seed": "x"}, "whole number"),
        (["01_one"], {"area": "Nowhere"}, "no area Nowhere"),
    ],
)
def test_wrong_requests_are_refused_before_anything_runs(folder, tmp_path, names, given, expected):
    with pytest.raises((NotebookError, ParameterError), match=expected):
        runner.run(names, given, tmp_path / "out", folder)
    assert not (tmp_path / "out").exists()


def test_a_notebook_receives_the_parameters_it_takes(folder, tmp_path):
    write_notebook(folder, "03_few", "print(area)", defaults="area = 'Midlands'")
    told = []
    runner.run(["03_few"], {"seed": 1}, tmp_path / "out", folder, tell=told.append)
    assert told[0] == "seed: no effect, 03_few does not depend on it"
    runner.run(["03_few", "01_one"], {"seed": 1, "area": "Wales"}, tmp_path / "out", folder)
    entries = record.read(tmp_path / "out")
    assert entries["03_few"]["parameters"]["given"] == {"area": "Wales"}
    assert entries["03_few"]["parameters"]["used"] == {"area": "Wales"}
    assert (tmp_path / "out/tables/one.csv").read_text() == "seed,area\n1,Wales\n"


def test_notebooks_are_found_by_stem_file_name_and_path(folder, tmp_path, monkeypatch):
    one = folder / "01_one.ipynb"
    for name in ("01_one", "01_one.ipynb", str(one)):
        assert notebooks.find([name, "01_one"], folder) == [one]
    (tmp_path / "else").mkdir()
    other = write_notebook(tmp_path / "else", "01_one", "1")
    with pytest.raises(NotebookError, match="Two notebooks"):
        notebooks.find(["01_one", str(other)], folder)


def test_an_out_that_cannot_be_is_refused(folder, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CompendiumError, match="Give another --out"):
        runner.run([], {}, tmp_path / "file" / "out", folder)
    with pytest.raises(ParameterError, match="holds sources"):
        runner.run([], {}, paths.TABLES, folder)
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(NotebookError, match="not a run record"):
        runner.run([], {}, tmp_path, folder)


def test_a_failing_cell_is_named_and_earlier_results_stay(folder, tmp_path):
    out = tmp_path / "out"
    runner.run(["01_one"], {}, out, folder)
    before = contents(out)
    write_notebook(
        folder,
        "01_one",
        WRITE.format(name="one"),
        "# a comment\nfrom helpers.errors import TableError\nraise TableError('gone: see there')",
    )
    with pytest.raises(NotebookError) as caught:
        runner.run(["01_one"], {"seed": 1}, out, folder)
    message = str(caught.value)
    assert "01_one.ipynb, code cell 3 failed" in message
    assert message.endswith("  gone: see there")
    assert "Traceback" not in message
    assert contents(out) == before
    assert not list(out.glob(".partial*"))

    write_notebook(folder, "01_one", "1 / 0")
    with pytest.raises(NotebookError, match=r"code cell 2 failed(.|\n)*ZeroDivisionError: division"):
        runner.run(["01_one"], {}, out, folder)


@pytest.mark.skipif(os.name != "posix", reason="signals as Unix has them")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_ends_every_kernel_and_leaves_nothing(folder, tmp_path, sent, code):
    slow = ("03_slow", "04_slow")
    for name in slow:
        write_notebook(
            folder,
            name,
            f"open({str(tmp_path / name)!r}, 'w').write(str(__import__('os').getpid()))",
            "import time; time.sleep(60)",
        )
    script = (
        "import sys; from helpers import cli; from helpers.running import runner\n"
        "runner._check_values = lambda given: ({'area': 'Midlands'}, {})\n"
        f"named = [{str(folder)!r} + f'/{{name}}.ipynb' for name in {slow}]\n"
        "sys.exit(cli.main(['run', *named, '--out', 'out', '--cores', '2']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    kernels = [int(started(tmp_path / name)) for name in slow]
    time.sleep(0.3)
    process.send_signal(sent)
    _, said = process.communicate(timeout=45)  # before the kernels would end by themselves
    assert process.returncode == code, said
    assert "Traceback" not in said
    assert list((tmp_path / "out").iterdir()) == []
    for kernel in kernels:
        with pytest.raises(ProcessLookupError):
            os.kill(kernel, 0)


def started(file: Path, patience: float = 90) -> str:
    """What a notebook writes when it begins."""
    deadline = time.monotonic() + patience
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline, f"{file.name} did not begin"
        time.sleep(0.05)
    return file.read_text()


def test_a_kernel_that_dies_is_reported(folder, tmp_path):
    write_notebook(folder, "03_dies", "import os; os._exit(1)")
    with pytest.raises(NotebookError, match=r"03_dies\.ipynb: its kernel stopped"):
        runner.run(["03_dies"], {}, tmp_path / "out", folder)
    assert contents(tmp_path / "out") == {}


def test_refresh_executes_in_place_and_twice_the_same(folder):
    path = folder / "01_one.ipynb"
    assert any("executed" in fault for fault in notebooks.gate(path))
    runner.refresh([], folder)
    first = path.read_bytes()
    assert notebooks.gate(path) == []
    assert first.endswith(b"}\n") and b'\n "cells": [' in first
    runner.refresh(["01_one"], folder)
    assert path.read_bytes() == first


def test_refresh_refuses_what_may_not_be_committed(folder):
    path = write_notebook(folder, "03_bad", "import sys; print('careful', file=sys.stderr)")
    before = path.read_bytes()
    with pytest.raises(NotebookError, match=r"03_bad\.ipynb, code cell 2: it writes to stderr"):
        runner.refresh(["03_bad"], folder)
    assert path.read_bytes() == before


def test_peak_memory_grows_with_what_is_held():
    before = witness.peak_memory()
    if before is None:
        pytest.skip("this system does not tell a process its peak memory")
    held = bytearray(os.urandom(1)) * 200_000_000
    assert witness.peak_memory() - before > 50e6 and len(held)


COMPARE = """
import os, pathlib
folder = pathlib.Path(os.environ["COMPENDIUM_RUN_FOLDER"])
(folder / "tables").mkdir(exist_ok=True)
(folder / "tables" / "comparison.csv").write_text(f"indicator,area\\n{name},{{area}}\\n")
"""


def test_tables_of_indicators_from_several_notebooks_stand_under_each_other(tmp_path):
    """One notebook's rows stay when another with the same parameters writes the table, and go when
    the parameters differ: a table never mixes two areas without saying so."""
    folder, out = tmp_path / "notebooks", tmp_path / "out"
    folder.mkdir()
    write_notebook(folder, "01_one", COMPARE.format(name="jobs"))
    write_notebook(folder, "02_two", COMPARE.format(name="pay"))
    table = out / "tables" / "comparison.csv"
    runner.run([], {}, out, folder)
    assert table.read_text() == "indicator,area\njobs,Midlands\npay,Midlands\n"
    runner.run(["02_two"], {}, out, folder)
    assert table.read_text() == "indicator,area\njobs,Midlands\npay,Midlands\n"
    runner.run(["01_one"], {"area": "Wales"}, out, folder)
    assert table.read_text() == "indicator,area\njobs,Wales\n"
    held = [stem for stem, entry in record.read(out).items() if "tables/comparison.csv" in entry["outputs"]]
    assert held == ["01_one"]


MEET = """
import os, pathlib, time
folder, meeting = pathlib.Path(os.environ["COMPENDIUM_RUN_FOLDER"]), pathlib.Path({meeting!r})
(meeting / "{name}").touch()
deadline = time.monotonic() + 60
while not (meeting / "{other}").exists():
    assert time.monotonic() < deadline, "{other} does not run at the same time"
    time.sleep(0.05)
(folder / "tables").mkdir(exist_ok=True)
(folder / "tables" / "comparison.csv").write_text("indicator,area\\n{name},x\\n")
(folder / "tables" / "whole.csv").write_text("area\\n{name}\\n")
(folder / "numbers.json").write_text('{{"shared": "{name}", "of {name}": 1}}')
"""


def test_notebooks_run_at_the_same_time_and_leave_what_they_would_one_by_one(tmp_path):
    """The first waits for the third, which begins when the second has ended: they end in another order."""
    folder, meeting = tmp_path / "notebooks", tmp_path / "meeting"
    folder.mkdir()
    meeting.mkdir()
    for name, other in (("01_one", "03_three"), ("02_two", "01_one"), ("03_three", "01_one")):
        write_notebook(folder, name, MEET.format(name=name, other=other, meeting=str(meeting)))
    alone, together = tmp_path / "alone" / "out", tmp_path / "together" / "out"
    (meeting / "03_three").touch()  # one by one, nobody can be waited for
    runner.run([], {}, alone, folder, cores=1)
    for file in meeting.iterdir():
        file.unlink()
    told = []
    runner.run([], {}, together, folder, tell=told.append, cores=2)
    assert told[0].startswith("[1/3] 02_two: ") and len(told) == 3
    assert (together / "tables/comparison.csv").read_text().split() == [
        *("indicator,area", "01_one,x", "02_two,x", "03_three,x"),
    ]
    assert json.loads((together / "numbers.json").read_text())["shared"] == "03_three"
    assert small_project.content(together) == small_project.content(alone)


def test_a_notebook_that_fails_stops_no_other_and_is_named_at_the_end(folder, tmp_path):
    write_notebook(folder, "00_fails", "1 / 0")
    write_notebook(folder, "03_fails", "import os; os._exit(1)")
    with pytest.raises(NotebookError) as caught:
        runner.run([], {}, tmp_path / "out", folder, cores=2)
    message = str(caught.value)
    assert (
        message.startswith("00_fails.ipynb, code cell 2 failed") and "\n03_fails.ipynb: its kernel" in message
    )
    assert message.endswith("\n2 of 4 notebooks have finished, and their results are in place.")
    assert list(record.read(tmp_path / "out")) == ["01_one", "02_two"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("01_one.ipynb", "01_one.html", "02_two.ipynb", "02_two.html"),
        *("tables", "numbers.json", "run.json"),
    }


def test_a_second_run_into_the_same_folder_is_refused(folder, tmp_path):
    (tmp_path / "out").mkdir()
    with writing.alone(tmp_path / "out"), pytest.raises(BusyError, match="nothing was changed"):
        runner.run([], {}, tmp_path / "out", folder)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_runner_does_not_build_parsers_of_web_addresses():
    """Their grammars take seconds, for formats that no schema of notebooks asks for."""
    asked = "import sys, helpers.running.runner; print('rfc3987_syntax.syntax_helpers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("text", ["0", "-1", "x", "²", "1.5", ""])
def test_a_number_of_cores_that_is_none_is_refused(text, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["run", "--cores", text])
    assert caught.value.code == 2 and "whole number from 1" in capsys.readouterr().err


def test_other_tables_are_replaced_whole(tmp_path):
    early, late = tmp_path / "early.csv", tmp_path / "late.csv"
    early.write_text("area,value\nx,1\n")
    late.write_text("area,value\ny,2\n")
    stack.keep_other_indicators(early, late)
    assert late.read_text() == "area,value\ny,2\n"
    early.write_text("indicator,value\nx,1\n")
    late.write_text("indicator,other\ny,2\n")
    stack.keep_other_indicators(early, late)
    assert late.read_text() == "indicator,other\ny,2\n"
