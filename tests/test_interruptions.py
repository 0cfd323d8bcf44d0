"""After `kill -9` at any moment the next run finishes, and its results are those of one left in peace.

Moments are random and seeded; a kill ends the whole process group, so that nothing can be tidied up. In the
usual suite the book is killed again and again on its way and compared when it arrives; where endurance is
asked for (`make torture`), it is finished and compared after every kill.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import small_project
import torture_scale
from test_add_release import from_the_table

from helpers import paths
from helpers.sweeps import collect, results

KILLS = torture_scale.scale(5, 50)
pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(sys.platform == "win32", reason="process groups and SIGKILL are POSIX"),
]

# `compendium data build` of three tables from one raw file; every other file is one that nobody can download
BUILD = """
import sys
from dataclasses import replace
from pathlib import Path
from helpers import catalogue, cli
from helpers.building import build

raw, card = Path(sys.argv[1]), "gva-per-hour-lad-2025"
cards = {name: replace(other, url=None) for name, other in catalogue.load().items()}
file = raw / cards[card].path
cards[card] = replace(cards[card], bytes=file.stat().st_size, sha256=catalogue.sha256(file))
catalogue.load = lambda: cards
parts = [part for part in build.TABLES["productivity"] if part.card == card]
build.TABLES = dict.fromkeys(("productivity", "hours_jobs", "city_regions"), parts)
build.NEEDS |= dict.fromkeys(build.TABLES, [card])
sys.exit(cli.main(["data", "build", "--mirror", str(raw)]))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_project.make(
        tmp_path_factory.mktemp("small") / "a project"
    )  # with a space, as on many a desk


@pytest.fixture(scope="module")
def build(project: Path) -> list[str]:
    """The command that builds tables from the raw file that the shipped table gives."""
    raw = project / "raw" / "productivity" / "lad_gva_per_hour_release_2025.csv"
    raw.parent.mkdir(parents=True)
    from_the_table().to_csv(raw, index=False)
    (project / "build.py").write_text(BUILD)
    return [sys.executable, "build.py", str(project / "raw")]


def test_a_killed_book_is_finished_by_the_next_run(project, tmp_path):
    words, made = small_project.command("book"), [project / "_build" / part for part in ("run", "html")]

    def afresh():
        for folder in ("_build", ".snakemake"):
            shutil.rmtree(project / folder)

    def finished():
        small_project.timed(project, words)
        assert small_project.content(*made) == expected
        assert not list((project / "_build").glob("book-*"))

    duration = small_project.timed(project, words)
    expected = small_project.content(*made)
    assert any(name.endswith("01_levels.html") for name in expected)
    afresh()
    for killed in small_project.kills(project, words, KILLS, duration, 1, tmp_path / "log"):
        if not killed or torture_scale.TORTURE:
            finished()
            afresh()
    finished()


def test_a_killed_build_leaves_whole_tables_and_is_finished_by_the_next(project, build, tmp_path):
    folder = project / "data" / "tables"
    shipped = tmp_path / "tables"
    shutil.copytree(folder, shipped)
    before = small_project.content(folder)
    duration = small_project.timed(project, build)
    expected = small_project.content(folder)
    shutil.rmtree(folder)
    shutil.copytree(shipped, folder)
    changed = {Path(name).stem for name in before if before[name] != expected[name]}
    assert changed == {"productivity", "hours_jobs", "city_regions", "datapackage"}
    for _ in small_project.kills(project, build, KILLS, duration, 2, tmp_path / "log"):
        for name, held in small_project.content(folder).items():
            assert held in (before[name], expected[name]), f"{name} is neither the old nor the new one"
        small_project.timed(project, build)
        assert small_project.content(folder) == expected
        assert not list((project / "data").glob(".staged-*"))
        shutil.rmtree(folder)
        shutil.copytree(shipped, folder)


def test_a_killed_estimate_goes_on_and_ends_with_the_same_components(project, tmp_path):
    asked = ("--workers", 3000, "--years", 6, "--out", tmp_path)
    small_project.timed(project, small_project.command("akm", "simulate", *asked))

    def words(out):
        of = ("--columns", tmp_path / "map.yml", "--projections", 20, "--out", out)
        return small_project.command("akm", "estimate", tmp_path / "panel.parquet", *of)

    def results(out):
        return {path.name: path.read_bytes() for path in out.glob("*.csv")}

    small_project.timed(project, words(tmp_path / "compiled"))  # Numba compiles once, which is no part of it
    duration = small_project.timed(project, words(tmp_path / "whole"))
    expected = results(tmp_path / "whole")
    assert {"components.csv", "places.csv"} <= set(expected)
    out = tmp_path / "killed"
    for _ in small_project.kills(project, words(out), KILLS, duration, 3, tmp_path / "log"):
        for name, held in results(out).items() if out.exists() else ():
            assert held == expected[name], f"{name} was left half-written"
        small_project.timed(project, words(out))
        assert results(out) == expected
        shutil.rmtree(out)


def test_a_killed_sweep_goes_on_repeats_nothing_and_ends_with_the_same_table(project, tmp_path):
    """Snakemake and its jobs, a process group of their own, outlive the sweep; the next one takes over."""
    file, out = tmp_path / "sweep.yml", tmp_path / "killed"
    file.write_text("functions: [gap]\nbatch: 4\ngrid: {area: [Wales, London], seed: [1, 2, 3, 4, 5, 6]}\n")

    def words(out):
        return small_project.command("sweep", file, "--out", out, "--cores", 2)

    def finished_and_begun(jobs):
        records = [record for job in jobs for record in results.lines(job)]
        return {r["id"] for r in records if "rows" in r}, {r["id"] for r in records}

    def afresh():
        shutil.rmtree(out, ignore_errors=True)
        return set(), set()

    def finished():
        small_project.timed(project, words(out))
        assert not finished_and_begun(set(results.files(out)) - jobs)[1] & done
        assert len(results.of(out)) == 12
        assert (out / collect.TABLE).read_bytes() == expected

    duration = small_project.timed(project, words(tmp_path / "whole"))
    expected = (tmp_path / "whole" / collect.TABLE).read_bytes()
    jobs, done = afresh()
    for killed in small_project.kills(project, words(out), KILLS, duration, 5, tmp_path / "log"):
        later = set(results.files(out)) - jobs
        assert not finished_and_begun(later)[1] & done, "a run that had finished was begun again"
        jobs |= later
        done = finished_and_begun(jobs)[0]
        if not killed or torture_scale.TORTURE:
            finished()
            jobs, done = afresh()
    finished()


@pytest.mark.skipif(not torture_scale.TORTURE, reason="minutes for each kill: asked for by `make torture`")
def test_a_killed_build_of_all_tables_is_finished_by_the_next(mirror, tmp_path):
    project = small_project.make(tmp_path / "project")
    words = small_project.command("data", "build", "--mirror", mirror)
    duration = small_project.timed(project, words)
    expected = small_project.content(project / "data" / "tables")
    assert expected == small_project.content(paths.TABLES)
    for _ in small_project.kills(project, words, 5, duration, 4, tmp_path / "log"):
        (project / "data" / "tables" / "productivity.csv").write_text("")  # as if it were to be made
        small_project.timed(project, words)
        assert small_project.content(project / "data" / "tables") == expected
