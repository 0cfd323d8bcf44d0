"""Files are whole or absent, one run at a time writes to a folder, and a full disk is told in a sentence."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small_project

from helpers import cli, errors, paths, writing
from helpers.commands import book
from helpers.errors import BusyError

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and mounts")
HOLDER = """
import os, sys, time
from pathlib import Path
from helpers import writing
held = writing.hold(Path(sys.argv[1]).parent, Path(sys.argv[1]))
os.set_inheritable(held, True)
os.execv(sys.executable, [sys.executable, "-c", "import time; print('held', flush=True); time.sleep(600)"])
"""


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "deep" / "table.csv"
    writing.text(path, "old")
    with pytest.raises(KeyboardInterrupt), writing.whole(path) as half:
        half.write_text("ne")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["table.csv"]


def test_a_full_disk_names_the_file(tmp_path):
    with pytest.raises(OSError) as caught, writing.whole(tmp_path / "table.csv") as half:
        half.symlink_to("/dev/full")
        half.write_text("some")
    assert caught.value.errno == errno.ENOSPC
    sentence = errors.of_disk(caught.value)
    assert sentence.startswith(f"{tmp_path / 'table.csv'} could not be written: No space left on device.")


def test_a_copied_folder_that_does_not_fit_is_told_alike(tmp_path):
    reason = f"[Errno {errno.ENOSPC}] {os.strerror(errno.ENOSPC)}: '{tmp_path}/b'"
    told = errors.of_disk(shutil.Error([("a", f"{tmp_path}/b", reason)]))
    assert told.startswith(f"{tmp_path}/b could not be written: No space left on device.")
    assert errors.of_disk(OSError(errno.ECONNREFUSED, "refused")) is None  # keeps its traceback


def test_a_second_run_is_refused_while_the_first_lives(tmp_path):
    told = rf"process {os.getpid()} on .* is at work in {tmp_path}"
    with writing.alone(tmp_path), pytest.raises(BusyError, match=told):
        writing.hold(tmp_path, tmp_path / writing.LOCK)
    assert list(tmp_path.iterdir()) == []
    with writing.alone(tmp_path):
        pass


@posix
def test_a_lock_passes_to_the_program_that_a_process_becomes_and_dies_with_it(tmp_path):
    lock = tmp_path / "book.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=f"process {process.pid} "):
            writing.hold(tmp_path, lock)
        process.kill()
        process.wait()
        os.close(writing.hold(tmp_path, lock))


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Locks of the project's own folders in a folder of the test."""
    monkeypatch.setattr(paths, "BUILD", tmp_path / "_build")
    return tmp_path


@pytest.mark.parametrize(
    ("lock", "words"),
    [
        ("out/.lock", ["run", "01_acquire", "--out", "{}/out"]),
        ("_build/data.lock", ["data", "build"]),
        ("_build/data.lock", ["data", "add-release", "none.csv", "--release", "2030"]),
        ("_build/notebooks.lock", ["notebooks", "01_acquire"]),
        ("_build/book.lock", ["book"]),
        ("out/.lock", ["akm", "simulate", "--workers", "9", "--out", "{}/out"]),
        ("out/.lock", ["akm", "estimate", "none", "--columns", "{}/map.yml", "--out", "{}/out"]),
    ],
)
def test_no_command_starts_where_another_is_at_work(elsewhere, capsys, monkeypatch, lock, words):
    (elsewhere / "map.yml").write_text("{worker: a, firm: b, year: c, pay: d}")
    monkeypatch.setattr(book, "become", lambda *_: pytest.fail("Snakemake was started"))
    held = writing.hold(elsewhere, elsewhere / lock)
    assert cli.main([word.format(elsewhere) for word in words]) == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1 and told[0].startswith(f"compendium: Another run (process {os.getpid()} on ")
    os.close(held)


def test_a_lock_that_snakemake_holds_is_named_with_its_remedy(elsewhere, capsys, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", elsewhere)
    monkeypatch.setattr(book, "become", lambda *_: pytest.fail("Snakemake was started"))
    (elsewhere / ".snakemake/locks").mkdir(parents=True)
    (elsewhere / ".snakemake/locks/0.input.lock").write_text("")
    assert cli.main(["book"]) == 1
    assert "snakemake --unlock" in capsys.readouterr().err


@posix
def test_of_two_estimates_at_once_one_is_refused_and_the_other_is_right(tmp_path):
    simulate = ("akm", "simulate", "--workers", 500, "--years", 5, "--out", tmp_path)
    assert small_project.call(paths.ROOT, small_project.command(*simulate)).returncode == 0
    of = ("akm", "estimate", tmp_path / "panel.parquet", "--columns", tmp_path / "map.yml", "--out")
    both = [
        small_project.start(paths.ROOT, small_project.command(*of, tmp_path / "both"), tmp_path / f"log-{n}")
        for n in range(2)
    ]
    codes = [process.wait() for process in both]
    if codes != [0, 0]:  # else the first had finished before the second began
        assert sorted(codes) == [0, 1]
        (refused,) = [tmp_path / f"log-{n}" for n in range(2) if codes[n]]
        assert refused.read_text().startswith("compendium: Another run (process ")
    assert small_project.call(paths.ROOT, small_project.command(*of, tmp_path / "one")).returncode == 0
    one, two = (small_project.content(tmp_path / name) for name in ("one", "both"))
    assert one["one/components.csv"] == two["both/components.csv"]


# A disk of so many bytes, mounted for one command alone; where the system allows it


def on_a_disk(options: str, folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    folder.mkdir(exist_ok=True)
    apart = (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    )
    script = 'mount -t tmpfs -o "$0" tmpfs "$1" && shift && exec "$@"'
    whole = [*apart, "sh", "-c", script, options]
    try:
        tried = small_project.call(paths.ROOT, [*whole, str(folder), "true"])
    except FileNotFoundError:
        pytest.skip("no `unshare` here")
    if tried.returncode:
        pytest.skip(f"no disk can be mounted here: {tried.stderr.strip()}")
    return small_project.call(paths.ROOT, [*whole, str(folder), *words])


COMMANDS = {
    "simulate": ["akm", "simulate", "--workers", "20000", "--out", "{out}/deep"],
    "run": ["run", "{notebook}", "--out", "{out}/deep"],
}


@posix
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(("options", "says"), [("size=256k", errno.ENOSPC), ("ro", errno.EROFS)])
def test_a_full_or_closed_disk_is_told_in_one_sentence(tmp_path, name, options, says):
    notebook = small_project.notebook(
        tmp_path / "much.ipynb",
        ["from helpers import exhibits, levels, study\nasked = study.choose(area=area)",
         'exhibits.publish(levels.table(asked.area), "levels", "level of every district")'],
    )  # fmt: skip
    words = [word.format(out=tmp_path / "disk", notebook=notebook) for word in COMMANDS[name]]
    done = on_a_disk(options, tmp_path / "disk", small_project.command(*words))
    assert done.returncode == 1, done.stderr
    assert os.strerror(says) in done.stderr
    assert "Traceback" not in done.stderr
    assert sum(line.startswith("compendium:") for line in done.stderr.splitlines()) == 1


@posix
def test_a_file_in_place_of_a_folder_is_told_in_one_sentence(tmp_path, capsys):
    (tmp_path / "taken").write_text("")
    for words in (
        ["akm", "simulate", "--workers", "9", "--out", str(tmp_path / "taken")],
        ["run", "01_acquire", "--out", str(tmp_path / "taken" / "deep")],
        ["districts", "--area", "Rutland", "--out", str(tmp_path / "taken")],
    ):
        assert cli.main(words) == 1
        (told,) = capsys.readouterr().err.strip().splitlines()
        assert str(tmp_path / "taken") in told
