"""More matches than memory holds: a run under a hard limit, and what the parts of it that use the disk do."""

import errno
import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from helpers.decomposition import (
    arrangement,
    columns,
    connected,
    estimate,
    matches,
    spreading,
    steps,
    synthetic,
)
from helpers.decomposition.room import TEMPORARY, Room, load
from helpers.errors import DecompositionError

ROOM_MB = 48  # beside what Python and its libraries hold
LIMITED = """
import json, re, resource, sys
from pathlib import Path
from helpers.decomposition import cells, columns, estimate, leverages, matches, passes, projection
from helpers.decomposition import sorting, spreading

def run(folder, out, settings):
    names = columns.read(Path(folder) / "map.yml")
    return estimate.estimate(Path(folder) / "panel.parquet", names, Path(out), settings, with_events=True)

big, small, out, room, asked = sys.argv[1:]
settings = estimate.Settings(**json.loads(asked))
projection.EXACT_UP_TO = 0  # also of the small country, so that every loop is compiled before the limit
matches.BLOCK = passes.BLOCK = cells.WIDE = sorting.PIECE = leverages.SLICE = 1 << 14
spreading.SIZE = 1 << 14
run(small, out + "-small", settings)
held = 1024 * int(re.search(r"VmData:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
most = held + int(room) * 10**6
resource.setrlimit(resource.RLIMIT_DATA, (most, most))  # of memory that no file stands behind
run(big, out, settings)
"""


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    folder = tmp_path_factory.mktemp("big")
    synthetic.simulate(synthetic.Country(220_000, 5, 0.5), 1, folder / "big")
    synthetic.simulate(synthetic.Country(1_000, 5, 0.5), 1, folder / "small")
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory without files is Linux's")
@pytest.mark.parametrize("settings", [{}, {"use_numba": False}], ids=["compiled", "arrays"])
def test_components_are_the_same_in_less_memory_than_the_matches_take(big, tmp_path, settings):
    """Sorting is DuckDB's, within a limit of its own, and done before; everything after it is limited."""
    asked = {"projections": 16, **settings}
    names = columns.read(big / "big/map.yml")
    records = big / "big/panel.parquet"
    estimate.estimate(records, names, tmp_path / "free", estimate.Settings(**asked), with_events=True)
    estimate.run_until("records", records, names, tmp_path / "limited", estimate.Settings(**asked))
    paths_ = (big / "big", big / "small", tmp_path / "limited", ROOM_MB, json.dumps(asked))
    words = [sys.executable, "-c", LIMITED, *map(str, paths_)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-1_000:]
    for name in ("components", "places", "events", "events_symmetry"):
        one, two = (pd.read_csv(tmp_path / out / f"{name}.csv") for out in ("free", "limited"))
        pd.testing.assert_frame_equal(one, two, rtol=0, atol=1e-10)
    left = sum(path.stat().st_size for path in (tmp_path / "free/steps").rglob("*.npy"))
    assert left > 1.5 * ROOM_MB * 10**6


def test_entries_spread_over_files_are_added_up_as_in_memory(monkeypatch):
    """Beside SciPy's sum of the same entries; rows without entries and one with half of all among them."""
    monkeypatch.setattr(spreading, "SIZE", 50)
    rng = np.random.default_rng(1)
    row = np.where(rng.random(2_000) < 0.5, 7, rng.integers(0, 90, 2_000) // 2 * 2).astype(np.int32)
    column, value = rng.integers(0, 60, 2_000).astype(np.int32), rng.standard_normal(2_000)
    pieces = (
        (row[at : at + 300], column[at : at + 300], value[at : at + 300]) for at in range(0, 2_000, 300)
    )
    found = spreading.summed(pieces, np.bincount(row, minlength=100), 60, TEMPORARY)
    expected = sparse.csr_array((value, (row, column)), shape=(100, 60))
    np.testing.assert_allclose(found.toarray(), expected.toarray(), rtol=0, atol=1e-12)
    assert (np.diff(found.indices)[np.diff(np.repeat(np.arange(100), np.diff(found.indptr))) == 0] > 0).all()
    whole = np.concatenate([part[0] for part in spreading.rows(found)])
    assert whole.tolist() == np.repeat(np.arange(100), np.diff(found.indptr)).tolist()


def test_matches_are_put_in_the_same_order_whatever_fits(monkeypatch):
    """Movers first, by tiles of firms, those of one mover together; the same in one piece and in many."""
    monkeypatch.setattr(arrangement, "TILE", 8)
    people = synthetic.population(synthetic.Country(2_000, 6, 0.3), 1).matches
    one = arrangement.arrange(people)
    monkeypatch.setattr(matches, "BLOCK", 64)
    monkeypatch.setattr(spreading, "SIZE", 100)
    two = arrangement.arrange(people)
    for name in ("start", "firm", "weight", "place"):
        assert (getattr(one.matches, name) == getattr(two.matches, name)).all()
    assert (one.position == two.position).all() and (one.graph.order == two.graph.order).all()
    moving, where = one.matches.moving, one.position
    assert (moving.per_worker > 1).all() and (one.matches.per_worker[moving.workers :] == 1).all()
    assert (one.graph.order[one.matches.firm[where]] == people.firm).all()
    assert (one.matches.weight[where] == people.weight).all()
    first = np.minimum.reduceat(moving.firm, moving.start[:-1]) // 8
    assert (np.diff(first) >= 0).all()


def test_the_set_is_the_same_whatever_fits(monkeypatch):
    people = synthetic.population(synthetic.Country(2_000, 3, 0.05), 1).matches
    one = connected.leave_match_out(people)
    monkeypatch.setattr(matches, "BLOCK", 50)
    two = connected.leave_match_out(people)
    assert (one.keep == two.keep).all() and one.log == two.log
    assert 0 < one.log[2]["movers"] < one.log[1]["movers"] < one.log[0]["movers"]


def test_space_is_set_aside_at_once(tmp_path, monkeypatch):
    """A full disk is an error when an array is made, not the end of the process when it is filled."""

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(OSError, match="No space left"):
        Room(tmp_path).result("alpha", (10,), np.float64)
    monkeypatch.delattr(os, "posix_fallocate")  # where the system has none, zeros are written
    made = Room(tmp_path).result("alpha", (3, 2), np.float64)
    made[1] = 5
    assert load(tmp_path, "alpha").tolist() == [[0, 0], [5, 5], [0, 0]]
    assert np.load(tmp_path / "alpha.npy").sum() == 10


def test_an_array_grows_piece_by_piece(tmp_path):
    for room in (Room(tmp_path), TEMPORARY):
        growing = room.growing("values", np.int32)
        for piece in (np.arange(3), np.zeros(0), np.arange(70_000)):
            growing.append(piece)
        assert growing.whole().tolist() == [0, 1, 2, *range(70_000)]
    assert np.load(tmp_path / "values.npy").shape == (70_003,)
    assert Room(tmp_path).growing("none", np.int32).whole().shape == (0,)
    assert load(tmp_path, "none").shape == (0,)


def test_too_little_memory_is_told(tmp_path):
    def much(folder):
        raise MemoryError("Unable to allocate 1 TiB")

    with pytest.raises(DecompositionError, match=r"1 TiB.*fewer threads"):
        steps.Steps(tmp_path).run("leverages", {}, much)
