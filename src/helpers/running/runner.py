"""How do notebooks become results? Checked first, run at the same time, and put in place whole."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path
from typing import Any

from helpers import parameters, paths, writing
from helpers.catalogue import sha256
from helpers.errors import NotebookError
from helpers.parameters import Value
from helpers.running import kernel, notebooks, page, record, stack, together
from helpers.running.kernel import Execution, Kernels

PARTIAL = ".partial-"  # a notebook writes into such a folder; the results move out when it has succeeded


def run(
    names: Iterable[str],
    given: Mapping[str, Value],
    out: Path,
    folder: Path = paths.NOTEBOOKS,
    tell: Callable[[str], None] | None = None,
    cores: int | None = None,
) -> list[Path]:
    """Run notebooks with the given parameters and put their results into one folder.

    Everything that can be checked is checked for every notebook before the first one runs. The
    results of a notebook appear in ``out`` only when all of its cells have succeeded, and in the order
    of the notebooks, so that what several of them write together never depends on which is faster.

    Parameters
    ----------
    names : iterable of str
        Stems, file names or paths; all notebooks of `folder` if there is none.
    given : mapping
        Parameters that differ from the defaults.
    out : Path
        Receives ``<stem>.ipynb``, ``<stem>.html``, ``tables/``, ``figures/``, ``numbers.json`` and
        ``run.json``.
    folder : Path
        Where the notebooks are.
    tell : callable or None
        Receives one line per notebook; None says nothing and shows no progress.
    cores : int or None
        How many notebooks run at the same time; None for as many as there are cores.

    Returns
    -------
    list of Path
        The executed notebooks.

    Raises
    ------
    NotebookError
        If a notebook is unknown, not parameterised as ``data/parameters.yml`` says, or fails; the
        results of the others are in place.
    ParameterError
        If a value is not acceptable or does not exist in the data, or `out` holds sources.
    BusyError
        If another run is writing into the folder.
    """
    sources = notebooks.find(names, folder)
    takes = {s: notebooks.check_parameters(s, notebooks.read(s)) for s in sources}
    used, resolved = _check_values(given)
    for line in _without_effect(given, takes):
        if tell:
            tell(line)
    out = writing.results_folder(out)
    record.read(out)
    environment = record.environment()
    begun: dict[Path, dict[str, str]] = {}

    def own(source: Path) -> dict[str, Value]:
        return {name: value for name, value in given.items() if name in takes[source]}

    def execute(source: Path, kernels: Kernels) -> Execution:
        begun[source] = record.inputs(source)
        partial = out / f"{PARTIAL}{source.stem}"
        partial.mkdir()
        done = kernel.execute(source, own(source), partial, _bar(sources, tell), kernels)
        _fit(done.notebook, used["area"])
        notebooks.write(done.notebook, partial / source.name)
        page.write(done.notebook, partial / f"{source.stem}.html")
        return done

    def keep(source: Path, done: Execution) -> None:
        of_values = {
            "given": own(source),
            "used": {name: used[name] for name in takes[source]},
            "resolved": resolved,
        }
        made = _keep(source, done, begun[source], used, out)
        record.add(out, source.stem, {"parameters": of_values, **environment, **made})

    with writing.alone(out):
        _remove_partial(out)  # by a run that was killed
        try:
            together.work_through(sources, execute, keep, cores, tell)
        finally:
            _remove_partial(out)
    return [out / source.name for source in sources]


def _keep(
    source: Path, done: Execution, begun: Mapping[str, str], used: Mapping[str, Any], out: Path
) -> dict[str, Any]:
    """Put the results of one notebook in place, and say what it took and made."""
    read = record.inputs(source, done.reads)
    if any(begun[name] != digest for name, digest in read.items() if name in begun):
        raise NotebookError(f"{source.name}: its source or data changed while it ran. Run it again.")
    beside = {
        name
        for other in record.read(out).values()
        if _agree(other["parameters"]["used"], used)
        for name in other["outputs"]
    }
    outputs = _move(out / f"{PARTIAL}{source.stem}", out, last=source.name, beside=beside)
    return {
        "duration_seconds": round(done.duration, 1),
        "peak_memory_bytes": done.memory,
        "inputs": read,
        "first_read": done.reads,
        "outputs": outputs,
    }


def _remove_partial(out: Path) -> None:
    """Remove what notebooks wrote that were not put in place."""
    for left in out.glob(f"{PARTIAL}*"):
        shutil.rmtree(left)


def _bar(sources: list[Path], tell: Callable[[str], None] | None) -> bool:
    """Whether to show the cells done: to somebody who looks on, and not over the lines of other notebooks."""
    return tell is not None and len(sources) == 1 and sys.stderr.isatty()


def refresh(
    names: Iterable[str] = (),
    folder: Path = paths.NOTEBOOKS,
    tell: Callable[[str], None] | None = None,
    cores: int | None = None,
) -> list[Path]:
    """Execute notebooks in place with their defaults, ready to be committed.

    Parameters
    ----------
    names : iterable of str
        Stems, file names or paths; all notebooks of `folder` if there is none.
    folder : Path
        Where the notebooks are.
    tell : callable or None
        Receives one line per notebook.
    cores : int or None
        As in `run`.

    Returns
    -------
    list of Path
        The notebooks, each written only after all of its cells have succeeded.

    Raises
    ------
    NotebookError
        If a notebook fails, or its outputs may not be committed; the others have been written.
    """
    sources = notebooks.find(names, folder)
    for source in sources:
        notebooks.check_parameters(source, notebooks.read(source))

    def execute(source: Path, kernels: Kernels) -> Execution:
        with tempfile.TemporaryDirectory(prefix="compendium-", ignore_cleanup_errors=True) as temporary:
            done = kernel.execute(source, {}, Path(temporary), _bar(sources, tell), kernels)
            # The book's pages take their numbers from here when it is built without a run
            numbers = Path(temporary) / "numbers.json"
            if numbers.exists():
                done.notebook.metadata["compendium"] = {"numbers": json.loads(numbers.read_text("utf-8"))}
            executed = Path(temporary) / source.name
            notebooks.write(done.notebook, executed)
            if faults := notebooks.gate(executed):
                raise NotebookError("\n".join(faults))
        return done

    def keep(source: Path, done: Execution) -> None:
        notebooks.write(done.notebook, source)

    together.work_through(sources, execute, keep, cores, tell)
    return sources


def _fit(notebook: notebooks.NotebookNode, area: str | list[str]) -> None:
    """Keep the words between the cells that the area calls for; a cell that is left without any goes."""
    from helpers import geography, wording

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = wording.fitted(cell.source, geography.resolve(area)).strip("\n")
    notebook.cells = [cell for cell in notebook.cells if cell.source or cell.cell_type != "markdown"]


def _check_values(given: Mapping[str, Value]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Complete the values, and ask the data whether what they name exists.

    Parameters
    ----------
    given : mapping
        Parameters that differ from the defaults.

    Returns
    -------
    used : dict
        Every parameter.
    resolved : dict
        What they mean in these data: which year ``latest`` is, which districts the area has.
    """
    used: dict[str, Any] = dict(parameters.check(given))
    from helpers import study

    # Those of another kind belong to the model, which checks them where it draws
    asked = {name: value for name, value in used.items() if parameters.load()[name].kind == "choice"}
    return used, dataclasses.asdict(study.choose(**asked))


def _without_effect(given: Mapping[str, Value], takes: Mapping[Path, list[str]]) -> list[str]:
    """Say which of the given parameters none of the notebooks reads."""
    return [
        f"{name}: no effect, {' and '.join(path.stem for path in takes)} does not depend on it"
        for name in given
        if not any(name in taken for taken in takes.values())
    ]


def _agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two runs had the same values of the parameters that both read."""
    return all(other[name] == value for name, value in one.items() if name in other)


def _move(partial: Path, out: Path, last: str, beside: Container[str]) -> dict[str, str]:
    """Move the results in place, the notebook last, and hash them.

    Parameters
    ----------
    partial : Path
        Where the notebook wrote.
    out : Path
        Where the results belong; on the same file system.
    last : str
        Whose presence says that the others are there.
    beside : container of str
        Outputs, relative to `out`, of notebooks that ran with the same parameters: a table of
        indicators that one of them wrote keeps its rows of other indicators.

    Returns
    -------
    dict
        Path relative to `out` to SHA-256.
    """
    files = sorted((p for p in partial.rglob("*") if p.is_file()), key=lambda p: p.name == last)
    outputs = {}
    for file in files:
        name = file.relative_to(partial)
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.as_posix() in beside and target.exists():
            stack.keep_other_indicators(target, file)
        if name == Path("numbers.json") and target.exists():
            # Several notebooks share one folder: their numbers stand side by side
            merged = json.loads(target.read_text("utf-8")) | json.loads(file.read_text("utf-8"))
            text = json.dumps(merged, indent=1, ensure_ascii=False, sort_keys=True)
            file.write_text(text + "\n", encoding="utf-8")
        file.replace(target)
        outputs[name.as_posix()] = sha256(target)
    return dict(sorted(outputs.items()))
