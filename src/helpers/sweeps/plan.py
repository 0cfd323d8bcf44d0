"""Which runs make up a sweep, and which of them are still to be done?

A run is one analysis, by function or notebook, with the values of the parameters that it reads. Its name is
a hash of these, of the code and of the data: a run that has finished under its name is never repeated, and a
change of one parameter's value gives other names to the runs that it touches, and to no others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers import geography, parameters, paths, series, writing
from helpers.catalogue import sha256
from helpers.errors import NotebookError, ParameterError, SweepError, nearest
from helpers.parameters import Value
from helpers.sweeps.analyses import FUNCTIONS
from helpers.sweeps.file import Sweep, Variant

NAME = "plan.json"
# What no number depends on: commands, the pages around the notebooks, and the machinery of sweeps itself
BESIDE = ("cli.py", "commands/", "book", "sphinx_ext/", "site/", "review/", "sweeps/")
ANALYSES = "sweeps/analyses.py"


@dataclass(frozen=True)
class Run:
    """One analysis with its values.

    Attributes
    ----------
    id : str
        Hash of everything that the result follows from.
    kind : str
        ``function`` or ``notebook``.
    analysis : str
        Name of the function, stem of the notebook.
    values : dict
        Every parameter that the analysis reads.
    scenario : str
        Name of the scenario, where the analysis reads any of its parameters.
    """

    id: str
    kind: str
    analysis: str
    values: dict[str, Value]
    scenario: str


@dataclass(frozen=True)
class Plan:
    """The runs of a sweep in their order, and the parameters that it sets."""

    title: str
    varied: list[str]
    runs: list[Run]

    def write(self, out: Path, batches: Mapping[str, list[str]]) -> None:
        """Keep the plan where its jobs find it."""
        content = asdict(self) | {"batches": batches}
        writing.text(out / NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def read(out: Path) -> tuple[Plan, dict[str, list[str]]]:
    """The plan in a folder, and its jobs: the names of their runs."""
    content = json.loads((out / NAME).read_text(encoding="utf-8"))
    runs = [Run(**one) for one in content["runs"]]
    return Plan(content["title"], content["varied"], runs), content["batches"]


def make(sweep: Sweep) -> Plan:
    """Work out the runs of a sweep.

    Parameters
    ----------
    sweep : Sweep
        From `helpers.sweeps.file.read`.

    Returns
    -------
    Plan
        Each run once, analysis by analysis: variants that differ only in what an analysis does not
        read are one run of it.

    Raises
    ------
    SweepError
        If a function, notebook, area or release is unknown, or a parameter is read by nothing.
    """
    takes = {("function", name): _function(name) for name in sweep.functions}
    contents = {}
    if sweep.notebooks:
        for path, taken in _notebooks(sweep.notebooks).items():
            takes[("notebook", path.stem)] = taken
            contents[path.stem] = sha256(path)
    varied = list(dict.fromkeys(name for variant in sweep.variants for name in variant.values))
    _check(sweep.variants, varied, takes)
    of_scenarios = {name for values in sweep.scenarios.values() for name in values}
    defaults = {name: one.default for name, one in parameters.load().items()}
    ground = fingerprint()
    runs: dict[str, Run] = {}
    for (kind, analysis), taken in takes.items():
        for variant in sweep.variants:
            values = {name: variant.values.get(name, defaults[name]) for name in taken}
            parts = [kind, analysis, values, contents.get(analysis, ""), ground]
            text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
            name = hashlib.sha256(text.encode()).hexdigest()[:16]
            label = variant.scenario if of_scenarios & set(taken) else ""
            runs.setdefault(name, Run(name, kind, analysis, values, label))
    return Plan(sweep.title, varied, list(runs.values()))


def batches(pending: list[str], turn: int, size: int) -> dict[str, list[str]]:
    """Jobs of at most so many runs, by name; neighbours stay together, because they share figures read."""
    parts = [pending[at : at + size] for at in range(0, len(pending), size)]
    return {f"{turn:03d}-{number:04d}": part for number, part in enumerate(parts, start=1)}


def fingerprint() -> str:
    """Hash of all that every result follows from: data, package and locked environment."""
    package = paths.ROOT / "src" / "helpers"
    modules = [path.relative_to(package).as_posix() for path in package.rglob("*.py")]
    source = [package / name for name in modules if not name.startswith(BESIDE) or name == ANALYSES]
    data = [path for folder in (paths.DATA, paths.CATALOGUE, paths.TABLES) for path in folder.glob("*.*")]
    every = sorted({*source, *data, paths.ROOT / "requirements.lock"})
    lines = [f"{path.relative_to(paths.ROOT).as_posix()} {sha256(path)}" for path in every]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _function(name: str) -> tuple[str, ...]:
    if name not in FUNCTIONS:
        hint = nearest(name, FUNCTIONS) or f"The functions are: {', '.join(FUNCTIONS)}."
        raise SweepError(f"functions: there is no function {name!r}. {hint}")
    return FUNCTIONS[name].takes


def _notebooks(names: tuple[str, ...]) -> dict[Path, tuple[str, ...]]:
    from helpers.running import notebooks  # slow to import, and not needed for functions

    known = {path.stem for path in paths.NOTEBOOKS.glob("*.ipynb")}
    for name in names:
        if name not in known:
            hint = nearest(name, known) or f"The notebooks are: {', '.join(sorted(known))}."
            raise SweepError(f"notebooks: there is no notebook {name!r}. {hint}")
    try:
        found = notebooks.find(names)
        return {path: tuple(notebooks.check_parameters(path, notebooks.read(path))) for path in found}
    except NotebookError as error:
        raise SweepError(f"notebooks: {error}") from error


def _check(
    variants: tuple[Variant, ...], varied: list[str], takes: Mapping[tuple[str, str], tuple[str, ...]]
) -> None:
    """Refuse a parameter that nothing reads, and single values that the data do not know.

    Whether the data allow a combination of values is for each run to say: others may be possible.
    """
    for name in varied:
        if not any(name in taken for taken in takes.values()):
            asked = " and ".join(analysis for _, analysis in takes)
            raise SweepError(f"{name} is read by nothing that is asked for ({asked}): leave it out.")
    check: dict[str, Callable[[Value], object]] = {"area": _area, "release": _release}
    for name, function in check.items():
        values = {json.dumps(v.values[name]): v.values[name] for v in variants if name in v.values}
        means: dict[object, Value] = {}
        for value in values.values():
            same = means.setdefault(function(value), value)
            if same is not value:
                raise SweepError(f"{name}: {value!r} is the same as {same!r}: write it in one way.")


def _area(value: Value) -> tuple[str, ...]:
    """The districts of an area; two names for the same ones would count their runs twice."""
    try:
        return geography.resolve(value).codes  # type: ignore[arg-type]
    except ParameterError as error:
        raise SweepError(str(error)) from error


def _release(value: Value) -> str:
    known = sorted({str(year) for measure in series.INDICATORS for year in series.releases(measure)})
    if str(value) not in ("latest", *known):
        raise SweepError(f"release: there is no release {value}; choose latest or one of {', '.join(known)}.")
    return str(value)
