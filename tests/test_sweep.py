"""Sweeps: what is refused, what is a run, what outlives a kill, and whether the table says what is true."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml

from helpers import cli, parameters, paths, study, writing
from helpers.errors import BusyError, ParameterError, SweepError
from helpers.gaps import divergence
from helpers.running import notebooks
from helpers.sweeps import analyses, collect, compare, file, plan, results, run, worker

PAGE = (paths.BOOK / "sweeps.md").read_text(encoding="utf-8")
FILES = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)


# A line that stands for 100 million texts
BOMB = "[x]"
for anchor in "abcdefgh":
    BOMB = f"[&{anchor} {BOMB}{f', *{anchor}' * 9}]"


def planned(tmp_path: Path, text: str, yes: bool = False) -> plan.Plan:
    path = tmp_path / "sweep.yml"
    path.write_text(text)
    return run._plan(path, yes)[1]


@pytest.mark.parametrize(
    "text, told",
    [
        ("functions: [gap]", "no variant"),
        ("functions: [gap]\ngrid: {}", "not empty"),
        ("functions: [gap]\ngrid: {area: []}", "at least one value"),
        ("functions: [gap]\ngrid: {area: Wales}", "at least one value"),
        ("grid: {area: [Wales]}", "name functions, notebooks or both"),
        ("functions: []\ngrid: {area: [Wales]}", "at least one entry"),
        ("functions: [gaps]\ngrid: {area: [Wales]}", "no function 'gaps'. Nearest: gap"),
        ("notebooks: [03_divergense]\ngrid: {area: [Wales]}", "Nearest: 03_divergence"),
        ("functions: [gap]\ngrid: {arae: [Wales]}", "no parameter 'arae'. Nearest: area"),
        ("functions: [gap]\ngrid: {area: [Wails]}", "Wales"),
        ("functions: [gap]\ngrid: {release: [1999]}", "no release 1999; choose latest or one of 2022"),
        ("functions: [gap]\ngrid: {measure: [hours]}", "hour or job"),
        ("functions: [gap]\ngrid: {seed: [1.5]}", "a whole number"),
        ("functions: [gap]\ngrid: {area: [Wales, Wales]}", "twice"),
        ("functions: [gap]\ngrid: {area: [Wales], area: [UK]}", "area is given twice"),
        ("functions: [gap]\ngrid: {loop: [off]}", "loop is read by nothing that is asked for (gap)"),
        ("notebooks: [02_productivity]\ngrid: {seed: [1, 2]}", "seed is read by nothing"),
        ("functions: [gap]\ngrid: {window: [2004]}", "FIRST-LAST"),
        ("functions: [gap]\ngrid: {window: [2004-2023], first_year: [2010]}", "first_year is set by two"),
        ("functions: [gap]\ngrid: {scenario: [none]}", "no scenario 'none'"),
        ("functions: [gap]\ngrid: {area: [{a: b}]}", "neither text, number nor a list"),
        ("functions: [gap]\nvariants: [Wales]", "maps parameters to values"),
        ("functions: [gap]\ngrid: {area: [Wales]}\nexcept: [{area: Wales}]", "every variant is left out"),
        ("functions: [gap]\ngrid: {area: [Wales]}\nbatch: 0", "whole number of runs per job"),
        ("functions: [gap]\ngrids: {area: [Wales]}", "no key 'grids'. Nearest: grid"),
        ("- gap", "must map keys"),
        ("functions: [gap", "is not YAML"),
        ("functions: [gap]\ngrid: " + "[" * 3000 + "]" * 3000, "too deeply"),
        ("functions: [gap]\ngrid: {area: [!!python/object/apply:os.system [ls]]}", "the tag"),
        ("functions: [gap]\ngrid: {seed: [!!int 1]}", "the tag"),
        ("functions: [gap]\ngrid: {area: [Wales]}\ntitle: '<script>alert(1)</script>'", "title: "),
        ("functions: [gap]\ngrid: {area: [Wales]}\ntitle: [a, b]", "title: ['a', 'b'] is not one line"),
        ("functions: [gap]\nscenarios: {<b>: {seed: 1}}\ngrid: {area: [Wales]}", "name of a scenario"),
        (
            "functions: [gap]\nscenarios: {a: {seed: 1}, b: {seed: 01}}\ngrid: {scenario: [a, b]}",
            "the same val",
        ),
        ("functions: [gap]\ngrid: {area: [Wales, TLL]}", "area: 'TLL' is the same as 'Wales'"),
        (
            "functions: [gap]\ngrid: {area: [Wales]}\nvariants: [{area: wales, seed: 1}]",
            "is the same as 'Wales'",
        ),
        ("functions: [gap]\ngrid: {window: [2023-2004]}", "FIRST-LAST"),
        ("functions: [gap]\ngrid: {area: [Wales]}\nexcept: [{area: London}]", "except 1: no variant has"),
        ("functions: [gap]\ngrid: {area: [Wales]}\nexcept: [{area: [Wales]}]", "except 1: no variant has"),
        ("functions: [gap]\ngrid: {area: ['@nowhere.txt']}", "nowhere.txt cannot be read: No such file"),
        ("functions: [gap]\ngrid: {area: ['@/etc/hostname']}", "put that file beside the sweep file"),
        ("functions: [gap]\ngrid: {area: ['@../codes.txt']}", "put that file beside the sweep file"),
        ("notebooks: [../notebooks/02_productivity]\ngrid: {area: [Wales]}", "Nearest: 02_productivity"),
        (f"functions: [gap]\ngrid: {{scenario: [{BOMB}]}}", "there is no scenario ["),
        (f"functions: [gap]\nbatch: {BOMB}\ngrid: {{area: [Wales]}}", "whole number of runs per job"),
        ("functions: [gap]\ngrid: {seed: [" + ", ".join(map(str, range(2001))) + "]}", "2,001 runs"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_starts(tmp_path, text, told, capsys):
    path, out = tmp_path / "sweep.yml", tmp_path / "out"
    path.write_text(text)
    assert cli.main(["sweep", str(path), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert told in error and "sweep.yml" in error
    assert not out.exists()


def test_a_file_of_codes_beside_the_sweep_file_is_an_area(tmp_path):
    """Names with commas, an accent in a remark, Windows' ends of lines and mark of order."""
    (tmp_path / "north.txt").write_bytes(
        "\ufeffArmagh City, Banbridge and Craigavon # à gauche\r\n\r\nN09000003\r\n".encode()
    )
    (one,) = planned(tmp_path, "functions: [gap]\ngrid: {area: ['@north.txt']}").runs
    assert one.values["area"] == ["Armagh City, Banbridge and Craigavon", "N09000003"]
    told = collect.describe(one, ["area"])
    assert told == "gap, area=Armagh City, Banbridge and Craigavon; N09000003"


def test_very_many_runs_take_a_yes(tmp_path):
    seeds = ", ".join(map(str, range(2001)))
    assert len(planned(tmp_path, f"functions: [gap]\ngrid: {{seed: [{seeds}]}}", yes=True).runs) == 2001


def test_values_are_read_as_they_are_written(tmp_path):
    text = "functions: [policy]\nscenarios: {quiet: {loop: off}, usual: {}}\ngrid: {scenario: [quiet, usual]}"
    quiet, usual = planned(tmp_path, text).runs
    assert (quiet.values["loop"], usual.values["loop"]) == ("off", "on")
    assert (quiet.scenario, usual.scenario) == ("quiet", "usual")
    defaults = {name: one.default for name, one in parameters.load().items()}
    assert usual.values == {name: defaults[name] for name in usual.values}


def test_a_changed_value_touches_its_runs_and_no_others(tmp_path):
    text = "functions: [gap, persistence]\ngrid: {area: [Wales, London], window: [2004-2023, 2010-latest]}"
    before = {one.id: one for one in planned(tmp_path, text).runs}
    # persistence does not read the window: four runs of the gap, two of persistence
    assert [one.analysis for one in before.values()] == ["gap"] * 4 + ["persistence"] * 2
    after = {one.id: one for one in planned(tmp_path, text.replace("2010", "2011")).runs}
    new = [one.values for name, one in after.items() if name not in before]
    assert [(one["area"], one["first_year"]) for one in new] == [("Wales", 2011), ("London", 2011)]
    fewer = planned(tmp_path, text + "\nexcept: [{area: Wales, window: 2004-2023}]").runs
    assert {one.id for one in fewer} == before.keys() - {next(iter(before))}


@pytest.mark.parametrize("name", ["gap", "sigma", "beta", "persistence"])
def test_a_function_reads_each_parameter_that_it_says(name):
    function = analyses.FUNCTIONS[name]
    defaults = {key: one.default for key, one in parameters.load().items()}
    values = {key: defaults[key] for key in function.takes} | {"area": "East Midlands"}
    base = function.rows(values)
    assert function.headline in set(base["quantity"]) and tuple(base.columns) == analyses.COLUMNS
    other = {"area": "Wales", "measure": "job", "release": 2024, "grouping": "end", "group_size": 3}
    other |= {"first_year": 2010, "last_year": 2020, "seed": 1}
    for key in function.takes:
        changed = function.rows(values | {key: other[key]})
        same = changed.drop(columns="quantity").equals(base.drop(columns="quantity"))
        assert not same, key


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A job of four runs of which the second fails; what has run is noted."""
    ran = []

    def rows(values):
        ran.append(values["seed"])
        if values["seed"] == 2:
            raise ZeroDivisionError("no districts")
        row = dict.fromkeys(analyses.COLUMNS, "") | {"quantity": "change"}
        return pd.DataFrame([row | {"value": values["seed"] / 3, "lower": None, "upper": float("nan")}])

    stand_in = analyses.Analysis("", ("area", "seed"), "change", rows)
    monkeypatch.setitem(analyses.FUNCTIONS, "gap", stand_in)
    of = planned(tmp_path, "functions: [gap]\ngrid: {seed: [1, 2, 3, 4], area: [Wales]}")
    of.write(tmp_path, {"001-0001": [one.id for one in of.runs]})
    return tmp_path, of, ran


def test_a_failed_run_stops_no_other_and_is_told(job):
    out, of, ran = job
    worker.work(out, "001-0001")
    assert ran == [1, 2, 3, 4]
    found = results.of(out)
    assert collect.failures(of, found) == ["gap, seed=2, area=Wales: ZeroDivisionError: no districts"]
    table = collect.collect(of, found, out)
    pd.testing.assert_frame_equal(pd.read_parquet(out / collect.TABLE), table)
    assert list(table["seed"]) == [1, 3, 4] and list(table["value"]) == [1 / 3, 1.0, 4 / 3]
    assert table["upper"].isna().all()
    worker.work(out, "001-0001")
    assert ran == [1, 2, 3, 4]


def test_a_killed_job_goes_on_where_it_was(job):
    out, of, ran = job
    path = results.file(out, "001-0001")
    path.parent.mkdir()
    first, second, third, fourth = (one.id for one in of.runs)
    results.append(path, {"id": first, "seconds": 1.0, "rows": []})
    for _ in range(2):  # killed twice with the second run, and once with the third, in the middle of a line
        results.append(path, {"id": second})
    results.append(path, {"id": third})
    with path.open("a") as stream:
        stream.write(f'{{"id": "{third}", "seconds": 1.0, "ro')
    worker.work(out, "001-0001")
    assert ran == [3, 4]
    found = results.of(out)
    assert "ended 2 times" in found[second]["error"]
    assert all("rows" in found[name] for name in (first, third, fourth))


def test_a_job_of_a_plan_that_was_replaced_begins_nothing(job):
    out, of, ran = job
    of.write(out, {"002-0001": [one.id for one in of.runs]})
    worker.work(out, "001-0001")
    assert ran == []


def test_what_an_earlier_job_finished_after_this_one_was_planned_is_not_repeated(job):
    """It was alive between the look at what has finished and the new plan."""
    out, of, ran = job
    first, _, third, _ = (one.id for one in of.runs)
    of.write(out, {"002-0001": [one.id for one in of.runs]})
    path = results.file(out, "001-0001")
    path.parent.mkdir()
    results.append(path, {"id": first, "seconds": 1.0, "rows": []})
    results.append(path, {"id": third, "seconds": 1.0, "error": "no memory"})
    worker.work(out, "002-0001")
    assert ran == [2, 3, 4]


def test_two_sweeps_do_not_share_a_folder(tmp_path):
    path, out = tmp_path / "sweep.yml", tmp_path / "out"
    path.write_text("functions: [gap]\ngrid: {area: [Wales]}")
    out.mkdir()
    with writing.alone(out), pytest.raises(BusyError, match="nothing was changed"):
        run.run(path, out)
    assert list(out.iterdir()) == []
    with pytest.raises(ParameterError, match="holds sources"):
        run.run(path, paths.TABLES)


def test_jobs_of_an_earlier_call_share_no_name_with_those_of_a_later_one(job):
    """It was killed before any of its jobs began; they may begin after the later call has made its plan."""
    out, _, _ = job
    assert run._turn(out) == 2
    (out / results.FOLDER).mkdir()
    results.append(results.file(out, "1000-0001"), {"id": "x"})
    (out / results.FOLDER / "notes.jsonl").touch()
    assert run._turn(out) == 1001


@pytest.mark.parametrize(
    "ended, seconds, told",
    [
        (0, 10.0, "0 of 100 runs: no pace yet"),
        (25, 60.0, "25 of 100 runs, 1 failed, about 3 min left"),  # 75 runs at 2.4 s
        (99, 60.0, "99 of 100 runs, 1 failed, less than a minute left"),
    ],
)
def test_progress(ended, seconds, told):
    assert run.progress(ended, min(ended, 1), 100, seconds) == told


SWEEP = """
functions: [gap]
batch: 1
grid:
  area: [Wales, London, North East]
  grouping: [end, mean]
variants: [{area: Wales, grouping: guide}]
"""


def begin(path: Path, out: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "helpers.cli", "sweep", str(path), "--out", str(out), "--cores", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_killed_and_called_again_it_does_what_is_left(tmp_path):
    """The whole way, with Snakemake: killed without warning, resumed, one run impossible, none repeated."""
    path, out = tmp_path / "sweep.yml", tmp_path / "a sweep"
    path.write_text(SWEEP)
    killed = begin(path, out)
    deadline = time.monotonic() + 300
    while not any("rows" in record for record in results.of(out).values()):
        assert time.monotonic() < deadline and killed.poll() is None, killed.communicate()
        time.sleep(0.1)
    children = Path(f"/proc/{killed.pid}/task/{killed.pid}/children")
    snakemake = [int(pid) for pid in children.read_text().split()] if children.exists() else []
    os.kill(killed.pid, signal.SIGKILL)
    for pid in snakemake:
        os.killpg(pid, signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    killed.stderr.close()
    before = {name for name, record in results.of(out).items() if "rows" in record}

    resumed = begin(path, out)
    said, errors = resumed.communicate(timeout=600)
    assert resumed.returncode == 1, errors
    assert f"6 of 7 runs have finished ({len(before)} of them before)." in said
    assert re.search(
        r"failed: gap, area=Wales, grouping=guide: .*guide's groups are districts of the Midl", errors
    )

    records = [r for p in (out / results.FOLDER).glob("*.jsonl") for r in results.lines(p) if "rows" in r]
    assert len(records) == len({record["id"] for record in records}) == 6
    table = pd.read_parquet(out / collect.TABLE)
    one = table[(table["area"] == "London") & (table["grouping"] == "end")].set_index("quantity")
    asked = study.choose(area="London", grouping="end")
    change = divergence.change(asked.gap(), asked.first_year, asked.last_year)
    assert one.loc["change", "value"] == change.change
    assert one.loc["change", "verdict"] == change.verdict
    assert one.loc["gap at the end", "value"] == change.end
    assert "7 runs: 7 of gap. Without a result: 1." in (out / "comparison.html").read_text(encoding="utf-8")
    cells = nbformat.read(out / "comparison.ipynb", as_version=4).cells
    counts = [cell.execution_count for cell in cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert run.preview(path, out) == [
        "gap, area=Wales, grouping=guide",
        "7 runs are asked for: 6 have finished, 1 would run.",
    ]


def test_the_tables_and_sentences_of_notebooks_are_collected(tmp_path):
    of = planned(tmp_path, "notebooks: [02_productivity]\ngrid: {area: [Wales, London]}")
    for number, one in enumerate(of.runs):
        folder = tmp_path / worker.RUNS / one.id
        (folder / "tables").mkdir(parents=True)
        (folder / "numbers.json").write_text(json.dumps({"level_sentence": f"sentence {number}"}))
        (folder / "tables" / "levels.csv").write_text(f"area,rank\n{one.values['area']},{number}\n")
    found = {one.id: {"id": one.id, "rows": []} for one in of.runs}
    table = collect.collect(of, found, tmp_path)
    assert list(table["text"]) == ["sentence 0", "sentence 1"] and list(table["area"]) == ["Wales", "London"]
    levels = pd.read_parquet(tmp_path / "tables" / "02_productivity.levels.parquet")
    assert list(levels["rank"]) == [0, 1] and list(levels["run_area"]) == list(levels["area"])
    assert list(compare.sentences(table)["text"]) == ["sentence 0", "sentence 1"]


def test_the_comparison_counts_what_there_is():
    """Four runs by hand: medians of -1, 1, 3 and of 10."""
    about = {"run": list("abcd"), "analysis": "gap", "scenario": "", "area": ["W", "W", "W", "L"], "seed": 1}
    rows = pd.DataFrame(
        about | {"quantity": "change", "of": "", "unit": "share", "value": [-1.0, 3.0, 1.0, 10.0]}
    )
    rows = rows.assign(verdict=["narrowed", "widened", "widened", "widened"], text=None)
    assert compare.choices(rows) == ["area"]
    found = compare.by_choice(rows).set_index("option")
    assert list(found.loc["W", ["runs", "lowest", "median", "highest"]]) == [3, -1.0, 1.0, 3.0]
    assert found.loc["W", "verdicts"] == "widened: 2, narrowed: 1" and found.loc["L", "median"] == 10.0
    assert list(compare.summary(rows)["median"]) == [2.0]


@pytest.mark.parametrize("line", re.findall(r"^\.venv/bin/compendium (sweep [^#\n]*)", PAGE, re.M))
def test_the_commands_of_the_page_are_understood(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(paths.ROOT)
    words = [str(tmp_path) if word == "OUT" else word for word in shlex.split(line)]
    assert cli.main([*words, *(["--dry-run"] if "--dry-run" not in words else [])]) == 0
    assert "121 runs are asked for" in capsys.readouterr().out


@pytest.mark.parametrize("text, runs", list(zip(FILES, [18, 6, 2], strict=True)))
def test_the_files_of_the_page_are_understood(text, runs, tmp_path):
    assert len(planned(tmp_path, text).runs) == runs


def test_the_page_lists_the_functions():
    listed = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.M))
    assert listed == {name: one.what for name, one in analyses.FUNCTIONS.items()}
    page = " ".join(PAGE.split())
    assert (file.LIMIT, run.BATCH_ON_A_CLUSTER) == (2000, 50)
    assert "more than two thousand runs" in page and "holds fifty runs" in page


def test_the_profile_can_be_read():
    profile = yaml.safe_load((run.PROFILES / "slurm" / "config.yaml").read_text(encoding="utf-8"))
    assert profile["executor"] == "slurm"
    with pytest.raises(SweepError, match=r"neither a folder of profiles/"):
        run._options(None, "slrum")


def test_the_log_of_the_cluster_is_whole_and_names_no_machine():
    log = (paths.ROOT / "tests" / "slurm" / "log.txt").read_text(encoding="utf-8")
    assert "killed with scancel" in log and "begun again after the kill" in log
    assert "16 runs have a result, 0 of them more than one" in log
    assert log.rstrip().splitlines()[-1].startswith("The two tables are equal in every cell")
    assert not notebooks.MACHINE_PATHS.search(log) and not re.search(r"\d\d:\d\d", log)
