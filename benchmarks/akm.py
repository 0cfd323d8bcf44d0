"""What does the decomposition of linked records cost, from records on disk to corrected components?

Run: .venv/bin/python benchmarks/akm.py [--records 1000000 5000000 20000000 100000000]
     [--pytwoway PYTHON] [--pyfixest PYTHON]

Simulated records of eight years, 200 random projections, one thread unless said. Each line is a process of
its own, its imports and its compiled loops (cached from a first run) counted. Peak memory has the mapped
files that the system keeps at hand while there is room; beside it stands what no file stands behind, looked
at every few hundredths of a second (Linux only). The last line lies on the straight line through the whole
runs, each weighted so that relative errors count alike.

`--pytwoway` names the interpreter of an environment with pytwoway 0.3.21, numpy 1.26, scipy 1.12, pandas 2.0
and pyamg 4.2: it is given the same pay, less year effects and control, in memory, and asked for the leave-out
set and the heteroskedastic correction with as many draws. `--pyfixest` names one of an environment with
pyfixest 0.40.1: it and AbsorbingLS of linearmodels, from our own environment, are given the records in memory
and asked for the coefficient of the control beside worker, firm and year effects.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import measure  # before anything that imports NumPy
import numpy as np
import pandas as pd

from helpers.decomposition.pipeline import STEPS

YEARS = 8
DRAWS = 200
MOST_FOR_OTHERS = 5_000_000  # a minute of pytwoway
MOST_FOR_ABSORBING = 1_000_000
NATION = 500_000_000  # about the jobs of a nation of 25 million employees since the 2000s
WARM = 240_000  # the least that has more firms than are worked out exactly
WHOLE = "estimate, whole command"
CLAIM = 400 / 100e6  # CPU seconds per record, of 100 million records in 400
EVERY = 0.03  # seconds between looks at a process's memory

PYTWOWAY = """
import sys, time, json
import numpy as np, pandas as pd, bipartitepandas as bpd, pytwoway as tw
held = np.load(sys.argv[1])
draws = int(sys.argv[2])
frame = pd.DataFrame({name: held[name] for name in "ijyt"})
began = time.process_time()
asked = {"connectedness": "leave_out_match", "collapse_at_connectedness_measure": True,
         "drop_single_stayers": True, "copy": False, "verbose": False}
clean = bpd.BipartiteDataFrame(frame).clean(bpd.clean_params(asked))
asked = {"he": True, "ho": False, "ncore": 1, "progress_bars": False, "verbose": False,
         **{f"ndraw_{name}": draws for name in ("lev_he", "trace_he", "trace_ho", "trace_sigma_2")}}
params = tw.fe_params(asked)
params._ParamsDictBase__data["solver_tol"] = 1e-5  # its check takes whole numbers only
fit = tw.FEEstimator(clean, params)
fit.fit(rng=np.random.default_rng(1))
found = {name: float(value) for name, value in fit.summary.items()}
print(json.dumps({"seconds": time.process_time() - began, **found}))
"""

PYFIXEST = """
import sys, time, json
import pandas as pd, pyfixest
frame = pd.read_parquet(sys.argv[1], columns=["worker", "firm", "year", "log_pay", "part_time"])
small = frame[frame["worker"] < 2000]
pyfixest.feols("log_pay ~ part_time | worker + firm + year", small)  # compiles its loops
began = time.process_time()
fit = pyfixest.feols("log_pay ~ part_time | worker + firm + year", frame)
print(json.dumps({"seconds": time.process_time() - began, "slope": float(fit.coef()["part_time"])}))
"""

ABSORBING = """
import sys, time, json
import pandas as pd
from linearmodels.iv import AbsorbingLS
frame = pd.read_parquet(sys.argv[1], columns=["worker", "firm", "year", "log_pay", "part_time"])
began = time.process_time()
absorbed = frame[["worker", "firm", "year"]].astype("category")
fit = AbsorbingLS(frame["log_pay"], frame[["part_time"]].astype(float), absorb=absorbed).fit()
print(json.dumps({"seconds": time.process_time() - began, "slope": float(fit.params["part_time"])}))
"""


class Used(NamedTuple):
    """CPU seconds, peak memory in MB, and the part of it that no file stands behind."""

    seconds: float
    peak_mb: float = 0.0
    own_mb: float = 0.0


def main() -> None:
    """Measure and write ``akm.csv`` beside this script."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, nargs="+", default=[1_000_000, 5_000_000, 20_000_000])
    parser.add_argument("--pytwoway", type=Path, metavar="PYTHON")
    parser.add_argument("--pyfixest", type=Path, metavar="PYTHON")
    asked = parser.parse_args()
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as scratch:
        _of_size(WARM, Path(scratch) / "warm")  # compiles the loops, into their cache
        for records in asked.records:
            folder = Path(scratch) / str(records)
            rows += _of_size(records, folder)
            _write(rows)
            if records > MOST_FOR_OTHERS:
                shutil.rmtree(folder)
        for records in (size for size in asked.records if size <= MOST_FOR_OTHERS):
            rows += _others(records, Path(scratch) / str(records), asked.pytwoway, asked.pyfixest)
            _write(rows)


def _write(rows: list[dict[str, object]]) -> None:
    """Write what there is so far: a run takes long and may be ended."""
    whole = [row for row in rows if row["what"] == WHOLE]
    extrapolated = [_extrapolated(whole)] if len(whole) > 1 else []
    measure.write([*rows, *extrapolated], Path(__file__).with_suffix(".csv"))


def _of_size(records: int, folder: Path) -> list[dict[str, object]]:
    size = f"{records:,} records"
    workers = ("--workers", str(records // YEARS), "--years", str(YEARS), "--seed", "1", "--out", str(folder))
    used = _child("-m", "helpers.cli", "akm", "simulate", *workers)
    rows = [_row("simulate", size, used, None, folder)]
    used = _estimate(folder, 1)
    rows.append(_row(WHOLE, size, used, CLAIM * records, folder / "1"))
    steps = _seconds(folder / "1")
    rows += [_row(f"of it, {name}", size, Used(cost["cpu"])) for name, cost in steps.items()]
    if records <= MOST_FOR_OTHERS:
        _estimate(folder, 2)
        two = _seconds(folder / "2")
        gain = steps["leverages"]["wall"] / two["leverages"]["wall"]
        what = f"leverages on two threads, {gain:.2f} times as fast by the clock"
        rows.append(_row(what, size, Used(two["leverages"]["cpu"])))
    return rows


def _others(
    records: int, folder: Path, pytwoway: Path | None, pyfixest: Path | None
) -> list[dict[str, object]]:
    """Other programs on the same records, each after the seconds of our steps that do the same."""
    size, rows = f"{records:,} records", []

    def ours(what: str, *names: str) -> dict[str, object]:
        steps = _seconds(folder / "1")
        return _row(what, size, Used(sum(steps[name]["cpu"] for name in names)))

    if pytwoway is not None:
        rows.append(ours("set, graph, effects, leverages and components", *STEPS[2:4], *STEPS[5:]))
        rows.append(_pytwoway(pytwoway, folder, size))
    if pyfixest is not None:
        rows.append(ours("fixed effects and slopes, from the file", *STEPS[:6]))
        rows.append(_fixed_effects("pyfixest", pyfixest, PYFIXEST, folder, size))
        if records <= MOST_FOR_ABSORBING:
            rows.append(_fixed_effects("AbsorbingLS", Path(sys.executable), ABSORBING, folder, size))
    return rows


def _seconds(out: Path) -> dict[str, dict[str, float]]:
    """Wall-clock and processor seconds of each step of a run."""
    found: dict[str, dict[str, float]] = json.loads((out / "run.json").read_text())["seconds"]
    return found


def _row(
    what: str, size: str, used: Used, claim: float | None = None, held: Path | None = None
) -> dict[str, object]:
    """A line, with the memory that no file stands behind and the disk that a folder takes."""
    files = [] if held is None else [path for path in held.rglob("*") if path.is_file()]
    disk = f"{sum(path.stat().st_size for path in files) / 1e6:.0f}" if files else ""
    own = f"{used.own_mb:.0f}" if used.own_mb else ""
    return measure.row(what, size, used.seconds, claim, used.peak_mb) | {"own_mb": own, "disk_mb": disk}


def _extrapolated(whole: list[dict[str, object]]) -> dict[str, object]:
    """What a nation would cost, on the line through whole runs."""
    records = np.array([int(str(row["size"]).split()[0].replace(",", "")) for row in whole])
    found = {}
    for name in ("cpu_seconds", "peak_mb_so_far", "own_mb", "disk_mb"):
        if not whole[-1][name]:
            continue
        line = np.polyfit(records, [float(str(row[name])) for row in whole], 1, w=1 / records)
        found[name] = f"{np.polyval(line, NATION):.0f}"
    what = {"what": f"{WHOLE}, extrapolated", "size": f"{NATION:,} records"}
    return measure.row("", "", 0, None, 0) | what | found


def _fixed_effects(name: str, python: Path, program: str, folder: Path, size: str) -> dict[str, object]:
    """Seconds of another program for the fixed-effects regression; its slope is printed beside ours."""
    words = [python, "-W", "ignore", "-c", program, folder / "panel.parquet"]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    found = json.loads(told.splitlines()[-1])
    own = json.loads((folder / "1" / "run.json").read_text())["coefficients"]["part_time"]
    print(f"{size}: slope {found['slope']:.6f} by {name}, {own:.6f} here", flush=True)
    return _row(f"the same regression by {name}, in memory", size, Used(found["seconds"]))


def _estimate(folder: Path, threads: int) -> Used:
    return _child(
        *("-m", "helpers.cli", "akm", "estimate", str(folder / "panel.parquet"), "--projections", str(DRAWS)),
        *(
            "--columns",
            str(folder / "map.yml"),
            "--out",
            str(folder / str(threads)),
            "--threads",
            str(threads),
        ),
    )


def _pytwoway(python: Path, folder: Path, size: str) -> dict[str, object]:
    panel = pd.read_parquet(folder / "panel.parquet")
    pay = panel["log_pay"] - 0.02 * (panel["year"] - 2004) + 0.1 * panel["part_time"]
    held = folder / "panel.npz"
    columns = {"i": panel["worker"], "j": panel["firm"], "t": panel["year"], "y": pay - pay.mean()}
    np.savez(held, **{name: column.to_numpy() for name, column in columns.items()})
    told = subprocess.run(
        [python, "-W", "ignore", "-c", PYTWOWAY, held, str(DRAWS)], check=True, capture_output=True, text=True
    ).stdout
    found = json.loads(told.splitlines()[-1])
    own = pd.read_csv(folder / "1" / "components.csv").set_index("component")["leave_out"]
    for theirs, ours in (("var(psi)_he", "var_firm"), ("cov(psi, alpha)_he", "cov_worker_firm")):
        print(f"{size}: {ours} {found[theirs]:.6f} by pytwoway, {own[ours]:.6f} here", flush=True)
    return _row("the same by pytwoway, with its collapse to matches", size, Used(found["seconds"]))


def _child(*words: str) -> Used:
    """What a process of this interpreter uses."""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen([sys.executable, *words], **silent)
    own, done = 0.0, 0
    while not done:
        own = max(own, _own_mb(child.pid))
        time.sleep(EVERY)
        done, status, used = os.wait4(child.pid, os.WNOHANG)
    if status:
        raise SystemExit(f"{' '.join(words)} failed")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Used(used.ru_utime + used.ru_stime, used.ru_maxrss / unit, own)


def _own_mb(process: int) -> float:
    """Memory in MB of a process that no file stands behind; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    found = re.search(r"RssAnon:\s+(\d+) kB", told)  # missing once the process has ended
    return int(found[1]) / 2**10 if found else 0.0


if __name__ == "__main__":
    main()
