"""Does an account come out alike in another time zone, locale or folder, and with other threads?

The cells of two notebooks (of all under `make torture`) run in a process of their own per surroundings,
and what they write is compared byte for byte with a plain run. Pictures are left out: their data count.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import accounts
import pytest
from torture_scale import TORTURE

from helpers import paths
from helpers.running.surroundings import ENVIRONMENT

STEMS = accounts.NOTEBOOKS if TORTURE else ["02_productivity", "05_innovation"]
pytestmark = pytest.mark.torture
THREADS = [name for name in ENVIRONMENT if name.endswith("_THREADS")] + ["NUMBA_NUM_THREADS"]
ELSEWHERE = {
    "time zone": {"TZ": "Pacific/Kiritimati"},
    # No UTF-8 unless it is asked for: a file opened without naming its encoding would be read as ASCII
    "locale": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "utf-8"},
    "hash seed": {"PYTHONHASHSEED": "20211"},
    "two threads": dict.fromkeys(THREADS, "2"),
}
ALL_CELLS = """
import sys
from pathlib import Path
import pytest, accounts
for stem in sys.argv[2:]:
    with pytest.MonkeyPatch.context() as patch:
        accounts.run(stem, Path(sys.argv[1], stem), patch)
"""


def written(out: Path, package: Path = paths.ROOT, **surroundings: str) -> dict[str, bytes]:
    """What the notebooks write in these surroundings, by file."""
    given = {**ENVIRONMENT, "TZ": "UTC", "MPLBACKEND": "agg", **surroundings}
    search = os.pathsep.join(str(package / name) for name in ("src", "tests"))
    command = [sys.executable, "-c", ALL_CELLS, str(out), *STEMS]
    done = subprocess.run(
        command, cwd=package, env=os.environ | given | {"PYTHONPATH": search}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    files = {p.relative_to(out).as_posix(): p for p in sorted(out.rglob("*")) if p.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if path.suffix in (".csv", ".json")}


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> dict[str, bytes]:
    found = written(tmp_path_factory.mktemp("plain"))
    assert {name.split("/")[0] for name in found} == set(STEMS)
    return found


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return [name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]


@pytest.mark.parametrize("which", ELSEWHERE)
def test_surroundings_change_nothing(plain, tmp_path, which):
    assert different(plain, written(tmp_path, **ELSEWHERE[which])) == []


def test_a_folder_with_spaces_changes_nothing(plain, tmp_path):
    here = tmp_path / "a folder with spaces – ünd more"
    for name in ("src", "data", "notebooks", "tests"):
        shutil.copytree(
            paths.ROOT / name, here / name, ignore=shutil.ignore_patterns("__pycache__", "raw", ".staged-*")
        )
    assert different(plain, written(tmp_path / "out", here)) == []
