"""The gate before nbval: only notebooks that were executed, and show nothing of a machine."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from helpers import parameters, paths
from helpers.running import notebooks

COMMITTED = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
DEFAULTS = "\n".join(f"{p.name} = {p.default!r}" for p in parameters.load().values())


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_notebook_passes_the_gate(path):
    assert notebooks.gate(path) == []


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_notebook_is_as_refreshing_writes_it(path, tmp_path):
    copy = tmp_path / path.name
    notebooks.write(notebooks.clean(notebooks.read(path)), copy)
    assert copy.read_bytes() == path.read_bytes()


@pytest.fixture
def gated(tmp_path: Path):
    def write(*outputs, counts=(1, 2), defaults=DEFAULTS, tag="parameters") -> list[str]:
        cells = [
            new_code_cell(defaults, execution_count=counts[0], metadata={"tags": [tag]}),
            new_code_cell("1", execution_count=counts[1], outputs=list(outputs)),
        ]
        path = tmp_path / "n.ipynb"
        nbformat.write(new_notebook(cells=cells), path)
        return notebooks.gate(path)

    return write


def stream(text: str, name: str = "stdout"):
    return new_output("stream", name=name, text=text)


def test_an_executed_notebook_passes(gated):
    assert gated(stream("41.7 pounds an hour; see data/tables/gva.csv")) == []


@pytest.mark.parametrize("counts", [(None, None), (1, None), (2, 3), (1, 3), (2, 1)])
def test_cells_not_executed_in_order_are_refused(gated, counts):
    (fault,) = gated(counts=counts)
    assert "make notebooks" in fault


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (stream("careful", "stderr"), "stderr"),
        (new_output("error", ename="KeyError", evalue="x", traceback=[]), "KeyError"),
        (stream(f"saved {paths.ROOT}/x.csv"), "path of this machine"),
        (stream("saved /home/ada/x.csv"), "path of this machine"),
        (stream("saved C:\\Users\\ada\\x.csv"), "path of this machine"),
        (new_output("display_data", {"text/html": "<a href='/Users/ada'>"}), "path of this"),
        (stream("<Axes at 0x7f3c5d1e2a90>"), "address in memory"),
    ],
)
def test_outputs_that_differ_elsewhere_are_refused(gated, output, expected):
    (fault,) = gated(output)
    assert expected in fault and "code cell 2" in fault


def test_web_addresses_are_no_paths(gated):
    assert gated(stream("https://www.ons.gov.uk/home/data and a/tmp/b")) == []


@pytest.mark.parametrize("change", [{"tag": "other"}, {"defaults": "area = 'Wales'"}])
def test_parameters_that_are_not_the_records_are_refused(gated, change):
    assert "parameters" in gated(**change)[0]
