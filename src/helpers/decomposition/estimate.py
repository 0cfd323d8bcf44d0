"""From a nation's linked records to corrected variance components, and what is written beside them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from helpers import writing
from helpers.decomposition import disclosure, events, fixed_effects
from helpers.decomposition.columns import ColumnMap
from helpers.decomposition.pipeline import STEPS, Pipeline, Settings, said
from helpers.decomposition.steps import Steps, load
from helpers.errors import DecompositionError

__all__ = ["Settings", "estimate"]

STAYERS = ("match", "within")
NOTES = (
    "Pay is not productivity: a firm effect is what a firm adds to pay.",
    "A pure place effect is not identified unless workers move between sites of one firm; the between-place "
    "firm term is its upper bound.",
    "Corrected variances are unbiased and may be negative. mc_se is the error of random projections alone.",
)


def estimate(
    records: Path,
    columns: ColumnMap,
    out: Path,
    settings: Settings | None = None,
    tell: Callable[[str], None] = lambda line: None,
    with_events: bool = False,
) -> pd.DataFrame:
    """Estimate components, and write ``components.csv``, ``places.csv`` and ``run.json``.

    Parameters
    ----------
    records : Path
        Parquet or CSV, a file or a folder.
    out : Path
        Folder for the results, and for ``steps`` with microdata that must not leave the lab.
    with_events : bool
        Whether to write the movers' event study, ``events.csv`` and ``events_symmetry.csv``, as well.

    Returns
    -------
    DataFrame
        Columns `components.COLUMNS`; the between-place rows only with a place column.

    Raises
    ------
    DecompositionError
        See `validate`, `sorting`, `cells`, `connected`, `solver` and `steps`.
    """
    settings = settings or Settings()
    if settings.stayers not in STAYERS:
        raise DecompositionError(f"stayers must be one of {', '.join(STAYERS)}, not {settings.stayers!r}.")
    work = Pipeline(records, columns, settings, Steps(out / "steps", tell))
    work.run()
    found = work.components
    try:
        _write(found, out / "components.csv")
        logs = _write_places(work, out) | (_write_events(work, out) if with_events else {})
        _write_log(logs, out)
        writing.text(out / "run.json", json.dumps(_record(work), indent=1) + "\n")
    except OSError as error:
        raise DecompositionError(f"The results could not be written to {out}: {error}") from error
    return found


def run_until(
    step: str,
    records: Path,
    columns: ColumnMap,
    out: Path,
    settings: Settings | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Path:
    """Run the steps up to one of `pipeline.STEPS` and no further; a later call goes on from there.

    Returns
    -------
    Path
        Folder with what the step wrote: microdata that must not leave the lab.

    Raises
    ------
    DecompositionError
        When there is no such step, or as `estimate`.
    """
    if step not in STEPS:
        raise DecompositionError(f"There is no step {step!r}. They are: {', '.join(STEPS)}.")
    work = Pipeline(records, columns, settings or Settings(), Steps(out / "steps", tell))
    work.run(step)
    return work.folders[step]


def _write_places(work: Pipeline, out: Path) -> dict[str, pd.DataFrame]:
    """Write ``places.csv``, fit to leave the lab; what was taken out."""
    if work.matches.places < 2:
        return {}
    everywhere = pq.read_table(work.folders["records"] / "places.parquet")["id"].to_pylist()
    effects = fixed_effects.Effects(**work.load("effects", "alpha", "psi"))
    names = [str(everywhere[place]) for place in load(work.folders["graph"], "places")]
    table = disclosure.place_table(work.matches, effects, names, work.scratch)
    protected = disclosure.protect(table, work.settings.rules)
    _write(protected.table, out / "places.csv", index=True)
    return {"places": protected.log}


def _write_events(work: Pipeline, out: Path) -> dict[str, pd.DataFrame]:
    """Write ``events.csv`` and ``events_symmetry.csv``; what was taken out."""
    found = events.grouped(events.moves(work.sorted, work.found["firms"], work.scratch), room=work.scratch)
    logs = {}
    for name, table, keys, counts in (
        ("events", events.profile(found), ["from_group", "to_group", "time"], ["moves"]),
        ("events_symmetry", events.symmetry(found), ["low", "high"], ["moves_up", "moves_down"]),
    ):
        protected = disclosure.protect_moves(table, keys, counts, work.settings.rules)
        _write(protected.table, out / f"{name}.csv")
        logs[name] = protected.log
    return logs


def _write_log(logs: dict[str, pd.DataFrame], out: Path) -> None:
    """Write ``disclosure_log.csv``: which rows were taken out of which table and why. It stays in the lab."""
    parts = [log.assign(table=name) for name, log in logs.items()]
    if parts:
        together = pd.concat(parts, ignore_index=True)[["table", "row", "reason"]]
        _write(together, out / "disclosure_log.csv")


def _write(frame: pd.DataFrame, path: Path, index: bool = False) -> None:
    with writing.whole(path) as half:
        frame.to_csv(half, index=index)


def _record(work: Pipeline) -> dict[str, object]:
    """What was done, for ``run.json``."""
    told = {
        name: said(work.folders[name] / "said.json") for name in ("records", "set", "adjusted", "components")
    }
    return {
        "settings": {k: str(v) if isinstance(v, Path) else v for k, v in asdict(work.settings).items()},
        "columns": asdict(work.columns),
        "files": work.files,
        **told["records"],
        "sets": told["set"],
        **told["adjusted"],
        **told["components"],
        "seconds": work.steps.seconds,
        "peak_memory_mb": _peak_memory(),
        "notes": NOTES,
    }


def _peak_memory() -> float | None:
    """Most memory that this process has held, in MB; unknown on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
