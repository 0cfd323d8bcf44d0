"""How do the results of many runs become one tidy table, with the parameters of each run beside them?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import parameters, writing
from helpers.parameters import Value
from helpers.sweeps.analyses import COLUMNS
from helpers.sweeps.plan import Plan, Run
from helpers.sweeps.worker import RUNS

TABLE = "sweep.parquet"
TABLES = "tables"
NUMBERS = ("integer", "number")


def collect(plan: Plan, found: Mapping[str, Mapping[str, Any]], out: Path) -> pd.DataFrame:
    """Write the results of the runs that have finished: ``sweep.parquet`` and ``tables/*.parquet``.

    Parameters
    ----------
    plan : Plan
    found : mapping
        From `helpers.sweeps.results.of`.
    out : Path
        Folder of the sweep.

    Returns
    -------
    DataFrame
        What ``sweep.parquet`` holds. One row per run and quantity, in the order of the plan: ``run,
        analysis, scenario``, a column per parameter that any of the analyses reads (empty where this
        one does not), then `helpers.sweeps.analyses.COLUMNS` and ``text``, the sentence of a notebook.
        Each table of a notebook is collected into one of its own, with the same columns in front.
    """
    names = [name for name in parameters.load() if any(name in run.values for run in plan.runs)]
    finished = [run for run in plan.runs if "rows" in found.get(run.id, {})]
    rows = []
    tables: dict[str, list[pd.DataFrame]] = {}
    for run in finished:
        about = _about(run, names)
        rows += [about | row for row in found[run.id]["rows"]]
        if run.kind == "notebook":
            folder = out / RUNS / run.id
            rows += [about | row for row in _sentences(folder)]
            for path in sorted((folder / "tables").glob("*.csv")):
                table = pd.read_csv(path)
                inside = {
                    f"run_{key}" if key in table.columns else key: value for key, value in about.items()
                }
                front = pd.DataFrame(inside, index=table.index)
                tables.setdefault(f"{run.analysis}.{path.stem}", []).append(front.join(table))
    columns = ["run", "analysis", "scenario", *names, *COLUMNS, "text"]
    frame = _typed(pd.DataFrame(rows, columns=columns), names)
    _write(frame, out / TABLE)
    for name, parts in tables.items():
        _write(_even(pd.concat(parts, ignore_index=True)), out / TABLES / f"{name}.parquet")
    return frame


def failures(plan: Plan, found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each run that has no result, with its error."""
    told = []
    for run in plan.runs:
        record = found.get(run.id, {})
        if "rows" not in record:
            told.append(f"{describe(run, plan.varied)}: {record.get('error', 'not finished')}")
    return told


def describe(run: Run, varied: Iterable[str]) -> str:
    """A run in one line: its analysis, scenario and the values that the sweep sets."""
    values = [f"{name}={_text(run.values[name])}" for name in varied if name in run.values]
    return ", ".join([run.analysis, *filter(None, [run.scenario]), *values])


def _about(run: Run, names: Iterable[str]) -> dict[str, Any]:
    """What stands in front of every row of a run."""
    values = {name: run.values.get(name) for name in names}
    return {"run": run.id, "analysis": run.analysis, "scenario": run.scenario} | values


def _sentences(folder: Path) -> list[dict[str, Any]]:
    """The texts with computed numbers that a notebook keeps."""
    file = folder / "numbers.json"
    texts = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return [
        {"quantity": name, "of": "", "unit": "", "verdict": "", "text": text} for name, text in texts.items()
    ]


def _text(value: Value) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


def _typed(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """One type per column: numbers where a parameter is nothing else, text for all others."""
    known = parameters.load()
    kinds: dict[str, str] = {"value": "float64", "lower": "float64", "upper": "float64"}
    for name in names:
        if set(known[name].types) <= set(NUMBERS):
            kinds[name] = "Int64" if known[name].types == ("integer",) else "float64"
        else:
            frame[name] = [None if value is None else _text(value) for value in frame[name]]
    return frame.astype({name: kinds.get(name, "string") for name in frame.columns})


def _even(table: pd.DataFrame) -> pd.DataFrame:
    """Text where a column has numbers in one run and words in another, as Parquet needs one type."""
    for name in table.columns:
        if table[name].dtype == object:
            table[name] = [None if _missing(value) else _text(value) for value in table[name]]
    return table


def _missing(value: Any) -> bool:
    return not isinstance(value, list) and bool(pd.isna(value))


def _write(frame: pd.DataFrame, path: Path) -> None:
    with writing.whole(path) as half:
        frame.to_parquet(half, index=False)
