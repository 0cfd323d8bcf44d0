"""Does the manual for a secure lab work as it is printed? Every command of its two pages is run here.

The commands stand in ``bash`` blocks and are run in their order, in an empty folder. Those that install need
a package index for one of them; they are run when ``COMPENDIUM_NETWORK`` is set, and what can be known
without is tested always: that the listed packages suffice, and that the package is built.
"""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers import paths
from helpers.decomposition import columns, requirements
from helpers.errors import DecompositionError

MANUAL = (paths.BOOK / "secure_lab.md").read_text(encoding="utf-8")
WORKSHOP = (paths.BOOK / "secure_lab_workshop.md").read_text(encoding="utf-8")
INSTALL = re.search(r"## Install without a network\n(.*?)\n## ", MANUAL, re.DOTALL)[1]
HERE = Path(sys.executable).parent


def blocks(text, language="bash"):
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def run(text, folder):
    """Every block, in order; any line that fails ends it."""
    script = "set -euo pipefail\n" + "\n".join(blocks(text))
    place = {**os.environ, "PATH": f"{HERE}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=place, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def table(path):
    return pd.read_csv(path).set_index("component")


def off(folder, results="results"):
    """How far plug-in and leave-out estimates are from the truth of the set."""
    truth = table(folder / "truth.csv")["leave_out_set"]
    found = table(folder / results / "components.csv")
    return (found["plug_in"] - truth), (found["leave_out"] - truth)


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    folder = tmp_path_factory.mktemp("manual")
    run(MANUAL.replace(INSTALL, ""), folder)
    return folder


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workshop")
    return folder, run(WORKSHOP, folder)


def test_the_manual_runs_and_the_estimate_is_near_the_truth(manual):
    plain, corrected = off(manual / "practice", manual / "results")
    assert abs(corrected["var_worker"]) < abs(plain["var_worker"])
    assert {"components.csv", "places.csv", "events.csv", "events_symmetry.csv", "run.json"} <= {
        path.name for path in (manual / "results").iterdir()
    }
    assert pd.read_csv(manual / "windows/windows.csv")["first_year"].nunique() == 3
    assert set(pd.read_csv(manual / "results/disclosure_log.csv")["reason"]) == {
        "one firm has more than 40%",
        "the only hidden cell could be had by subtraction",
        "fewer than 30 moves",
    }


def test_maps_of_the_manual_are_maps(tmp_path):
    path = tmp_path / "map.yml"
    for text in blocks(MANUAL, "yaml"):
        path.write_text(text)
        assert columns.read(path).missing == "drop"
    assert len(blocks(MANUAL, "yaml")) == 2


def test_answers_of_the_workshop_are_true(workshop):
    folder, done = workshop
    plain, corrected = off(folder / "country")
    four = ["var_worker", "var_firm", "cov_worker_firm", "var_residual"]
    assert (corrected.abs() < plain.abs())[four].all()
    assert [plain[name] > 0 for name in four] == [True, True, False, False]

    found = {name: table(folder / name / "results/components.csv") for name in ("few", "country", "many")}
    found["sampled"] = table(folder / "sampled/components.csv")
    size = {name: (t["plug_in"] - t["leave_out"])["var_firm"] for name, t in found.items()}
    assert size["few"] > size["country"] > size["many"] > 0
    assert size["sampled"] > 3 * size["many"]
    sets = [json.loads((folder / f / "run.json").read_text())["sets"] for f in ("many/results", "sampled")]
    assert sets[0][2]["firms"] == sets[0][0]["firms"] > sets[1][0]["firms"]
    assert sets[1][2]["firms"] < 0.85 * sets[1][0]["firms"]

    plain, corrected = off(folder / "apart")
    apart = table(folder / "apart/results/components.csv")
    assert plain["between_place_var_firm"] > 0 > plain["between_place_cov_worker_firm"]
    row = apart.loc["between_place_var_firm"]
    truth = table(folder / "apart/truth.csv").loc["between_place_var_firm", "leave_out_set"]
    assert row["plug_in"] - row["leave_out"] > 0.5 * row["plug_in"]
    assert abs(row["homoskedastic"] - row["leave_out"]) > truth

    assert "occur twice" in done.stderr and "`missing: drop`" in done.stderr
    assert json.loads((folder / "holes/run.json").read_text())["dropped"] == {
        "log_pay is missing or infinite": 5
    }
    again = table(folder / "again/components.csv")
    assert again.loc["var_worker", "leave_out"] > found["country"].loc["var_worker", "leave_out"]
    told = done.stderr.split("set: done before")[-1]  # of the estimate that changes the rules alone
    assert "components: done before" in told
    log = pd.read_csv(folder / "country/results/disclosure_log.csv")
    assert len(log) > 2 and "all" not in set(log["row"])


def test_the_listed_packages_suffice(tmp_path):
    """Simulate and estimate in a process that can import nothing else that is installed."""
    program = (
        "import sys, importlib.metadata as m\n"
        "from helpers.decomposition import requirements as r\n"
        "allowed = r.needed() | {'helpers', 'packaging'}\n"
        "owners = m.packages_distributions()\n"
        "class Gate:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        owner = {r._normal(o) for o in owners.get(name.split('.')[0], [])}\n"
        "        if owner and not owner & allowed:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Gate())\n"
        "from helpers import cli\n"
        "cli.main(['akm', 'simulate', '--workers', '500', '--years', '4', '--out', 'c']) and sys.exit(1)\n"
        "sys.exit(cli.main(['akm', 'estimate', 'c/panel.parquet', '--columns', 'c/map.yml', '--out', 'o']))"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True)


def test_requirements_are_lines_of_the_lock(tmp_path):
    lock = tmp_path / "lock.txt"
    pins = [f"{name}==1 \\\n    --hash=sha256:{k}\n    # via x" for k, name in enumerate(requirements.ROOTS)]
    lock.write_text("\n".join(["absent==2 \\\n    --hash=sha256:f", *pins]) + "\n")
    kept = requirements.lines(lock)
    assert kept.count("--hash") == len(requirements.ROOTS) and "absent" not in kept and "via" not in kept
    lock.write_text("numpy==1\n")
    with pytest.raises(DecompositionError, match="does not pin duckdb"):
        requirements.lines(lock)
    ours = requirements.lines(paths.ROOT / "requirements.lock")
    assert {"llvmlite", "tzdata"} <= set(re.findall(r"^([a-z-]+)==", ours, re.MULTILINE))


def test_the_package_is_built_without_a_network(tmp_path):
    lines = blocks(INSTALL)[0].replace("\\\n", " ").splitlines()
    command = next(line for line in lines if "pip wheel" in line)
    words = command.replace(".venv/bin/python", sys.executable).replace("wheelhouse", str(tmp_path)).split()
    subprocess.run(words, cwd=paths.ROOT, check=True, capture_output=True)
    assert list(tmp_path.glob("helpers-*.whl"))


@pytest.mark.skipif(
    not os.environ.get("COMPENDIUM_NETWORK"), reason="downloads 200 MB; set COMPENDIUM_NETWORK"
)
def test_installing_as_the_manual_says(tmp_path):
    for name in ("src", "pyproject.toml", "README.md", "LICENSE", "requirements.lock"):
        (tmp_path / name).symlink_to(paths.ROOT / name)
    (tmp_path / ".venv").symlink_to(HERE.parent)
    run(INSTALL, tmp_path)


def test_the_plan_is_that_of_the_benchmark():
    """Minutes and GB of the table in the manual, by hand from a line of the benchmark."""
    from helpers.sphinx_ext import linked_data

    rows = linked_data.costs(paths.ROOT / "benchmarks" / "akm.csv")
    assert {row[-1] for row in rows} <= {"measured", "extrapolated"}
    with (paths.ROOT / "benchmarks" / "akm.csv").open(newline="") as file:
        first = next(line for line in csv.DictReader(file) if line["what"] == linked_data.WHOLE)
    assert float(rows[0][1]) == pytest.approx(float(first["cpu_seconds"]) / 60, abs=0.05)
    assert float(rows[0][2]) == pytest.approx(float(first["peak_mb_so_far"]) / 1000, abs=0.05)
