"""From a nation's linked records to corrected variance components: the steps in their order.

Records -> matches -> leave-match-out set -> pay less controls -> effects -> leverages -> components. Every
step's result is kept, so that a run goes on from the last finished one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.decomposition import (
    cells,
    components,
    connected,
    disclosure,
    events,
    fixed_effects,
    laplacian,
    leverages,
    place,
    projection,
    sorting,
    validate,
)
from helpers.decomposition.columns import ColumnMap
from helpers.decomposition.matches import Matches, movers, numbered, subset
from helpers.decomposition.optional import HAVE_DUCKDB, HAVE_NUMBA
from helpers.decomposition.steps import Steps, fingerprint, load, save
from helpers.errors import DecompositionError

STAYERS = ("match", "within")
NOTES = (
    "Pay is not productivity: a firm effect is what a firm adds to pay.",
    "A pure place effect is not identified unless workers move between sites of one firm; the between-place "
    "firm term is its upper bound.",
    "Corrected variances are unbiased and may be negative. mc_se is the error of random projections alone.",
)


@dataclass(frozen=True)
class Settings:
    """How to estimate.

    Attributes
    ----------
    projections : int
        Random draws; 0 for exact leverages. With at most 1,000 firms they are exact anyhow.
    seed : int
        Of the draws.
    stayers : str
        Error variance of stayers: ``match`` or ``within``, see `components.error_variances`.
    memory : int
        Bytes that sorting may use.
    threads : int
        Blocks of draws that are worked on at a time.
    use_duckdb, use_numba : bool
        Whether to use these where there are.
    spill : Path or None
        Folder for what sorting cannot hold; beside the results by default.
    spill_limit : int or None
        Most bytes there.
    window : (int, int) or None
        First and last year; all by default.
    """

    projections: int = 200
    seed: int = 1
    stayers: str = "match"
    memory: int = 6_000_000_000
    threads: int = 1
    use_duckdb: bool = HAVE_DUCKDB
    use_numba: bool = HAVE_NUMBA
    spill: Path | None = None
    spill_limit: int | None = None
    window: tuple[int, int] | None = None


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
    work = _Work(records, columns, settings, Steps(out / "steps", tell))
    found = work.components()
    try:
        found.to_csv(out / "components.csv", index=False)
        work.places(out)
        if with_events:
            work.events(out)
        (out / "run.json").write_text(json.dumps(work.record(), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise DecompositionError(f"The results could not be written to {out}: {error}") from error
    return found


class _Work:
    """One run. Arrays are read when a step needs them and live no longer than it."""

    def __init__(self, records: Path, columns: ColumnMap, settings: Settings, steps: Steps) -> None:
        self.path, self.columns, self.settings, self.steps = records, columns, settings, steps
        self.folders: dict[str, Path] = {}
        self.files: dict[str, str] = {}

    def components(self) -> pd.DataFrame:
        """Run all steps."""
        asked = self.settings
        opened = validate.open_records(
            self.path, self.columns, asked.window
        )  # a wrong path before any hashing
        self.files = fingerprint(self.path)
        inputs = {"files": self.files, "columns": asdict(self.columns), "window": asked.window}
        draws = {"projections": asked.projections, "seed": asked.seed}
        for name, settings, work in (
            ("records", inputs, lambda folder: self._records(opened, folder)),
            ("matches", {}, self._matches),
            ("set", {}, self._set),
            ("adjusted", {}, self._adjusted),
            ("effects", {}, self._effects),
            ("leverages", draws, self._leverages),
            ("components", {"stayers": asked.stayers}, self._components),
        ):
            self.folders[name] = self.steps.run(name, settings, work)
        return pd.read_parquet(self.folders["components"] / "components.parquet")

    def places(self, out: Path) -> None:
        """Write ``places.csv``, fit to leave the lab, and ``disclosure_log.csv``, which is not."""
        if self.matches.places < 2:
            return
        everywhere = pq.read_table(self.folders["records"] / "places.parquet")["id"].to_pylist()
        keep = load(self.folders["set"], "keep")
        seen, _ = numbered(load(self.folders["matches"], "place")[keep], len(everywhere))
        effects = fixed_effects.Effects(**self._load("effects", "alpha", "psi"))
        names = [str(everywhere[place]) for place in seen]
        protected = disclosure.protect(disclosure.place_table(self.matches, effects, names))
        protected.table.to_csv(out / "places.csv")
        protected.log.to_csv(out / "disclosure_log.csv", index=False)

    def events(self, out: Path) -> None:
        """Write ``events.csv`` and ``events_symmetry.csv``."""
        found = events.moves(self._sorted, self._found["firms"])
        events.profile(found).to_csv(out / "events.csv", index=False)
        events.symmetry(found).to_csv(out / "events_symmetry.csv", index=False)

    def record(self) -> dict[str, object]:
        """What was done, for ``run.json``."""
        said = {
            name: _json(self.folders[name] / "said.json")
            for name in ("records", "set", "adjusted", "components")
        }
        return {
            "settings": {k: str(v) if isinstance(v, Path) else v for k, v in asdict(self.settings).items()},
            "columns": asdict(self.columns),
            "files": self.files,
            **said["records"],
            "sets": said["set"],
            **said["adjusted"],
            **said["components"],
            "seconds": self.steps.seconds,
            "peak_memory_mb": _peak_memory(),
            "notes": NOTES,
        }

    def _records(self, opened, folder: Path) -> None:  # type: ignore[no-untyped-def]
        asked = self.settings
        checked = validate.check(opened, self.columns, asked.threads)
        spill = asked.spill or folder / "spill"
        sorting.sort_records(
            *(opened, self.columns, checked, folder / "records.parquet", asked.memory, spill),
            *(asked.threads, asked.use_duckdb, asked.spill_limit),
        )
        for name, ids in (("firms", checked.firms), ("places", checked.places)):
            pq.write_table(pa.table({"id": ids}), folder / f"{name}.parquet")
        _say(
            folder,
            records=checked.records,
            dropped=checked.dropped,
            firms=len(checked.firms),
            places=len(checked.places),
            years=list(checked.years),
        )

    def _matches(self, folder: Path) -> None:
        said = self._found
        found = cells.collapse(
            self._sorted, said["firms"], said["places"], len(self.columns.controls), self._effect_years
        )
        save(folder, pay=found.pay, controls=found.controls, **_as_arrays(found.matches))
        _say(folder, worker_years_elsewhere=found.elsewhere)

    def _set(self, folder: Path) -> None:
        chosen = connected.leave_match_out(self._all_matches())
        save(folder, keep=chosen.keep)
        (folder / "said.json").write_text(json.dumps(chosen.log), encoding="utf-8")

    def _adjusted(self, folder: Path) -> None:
        keep = load(self.folders["set"], "keep")
        controls, years = len(self.columns.controls), self._effect_years
        names = [*self.columns.controls, *map(str, years[1:])]
        nothing = np.zeros(0)
        slopes = fixed_effects.Slopes(nothing, nothing.astype(bool), nothing)
        if names:
            left, right = cells.products(self._sorted, controls, years, keep)
            matches = self.folders["matches"]
            sums, pay = load(matches, "controls")[keep], load(matches, "pay")[keep]
            slopes = fixed_effects.partial_out(left, right, sums, pay, self.matches, self.projection.graph)
            del sums, pay
        outcome = cells.adjusted(self._sorted, controls, years, slopes, keep)
        save(folder, psi=slopes.psi, **asdict(outcome))
        known = slopes.identified
        _say(
            folder,
            coefficients={n: float(b) for n, b, k in zip(names, slopes.b, known, strict=True) if k},
            not_identified=[n for n, k in zip(names, known, strict=True) if not k],
        )

    def _effects(self, folder: Path) -> None:
        mean, psi = self._load("adjusted", "mean", "psi").values()
        known = psi if len(psi) else None
        save(folder, **asdict(fixed_effects.fit(mean, self.matches, self.projection.graph, known)))

    def _leverages(self, folder: Path) -> None:
        moving = leverages.in_order(movers(self.matches)[0], self.projection.graph)
        save(folder, **asdict(leverages.leverages(moving, self.projection)))

    def _components(self, folder: Path) -> None:
        outcome = components.Outcome(**self._load("adjusted", "mean", "within", "rows"))
        effects = fixed_effects.Effects(**self._load("effects", "alpha", "psi"))
        pulled = leverages.Leverages(**self._load("leverages", "own", "ratio", "ratio_variance"))
        matches, how = self.matches, self.projection
        errors = components.error_variances(matches, outcome, effects, pulled, self.settings.stayers)
        start = movers(matches)[0].start
        tables = [
            components.table(
                components.plug_in(matches, outcome, effects),
                components.bias(matches, pulled, errors, how),
                *(errors, pulled, start),
            )
        ]
        if matches.places > 1:
            tables.append(
                components.table(
                    place.plug_in(matches, outcome, effects),
                    place.bias(matches, pulled, errors, how),
                    *(errors, pulled, start, place.PREFIX),
                )
            )
        pd.concat(tables, ignore_index=True).to_parquet(folder / "components.parquet")
        _say(
            folder,
            leverages="exact" if how.exact else f"{how.draws} random projections",
            largest_leverage=float(pulled.leverage.max()),
            homoskedastic_error_variance=errors.homoskedastic,
            error_variance_shared_by_a_match=errors.shared,
            worker_years_elsewhere=_json(self.folders["matches"] / "said.json")["worker_years_elsewhere"],
            places_in_set=matches.places,
        )

    def _load(self, step: str, *names: str) -> dict[str, np.ndarray]:
        return {name: load(self.folders[step], name) for name in names}

    def _all_matches(self) -> Matches:
        return _from_arrays(self.folders["matches"], self._found["firms"], self._found["places"])

    @cached_property
    def matches(self) -> Matches:
        """Of the leave-match-out set."""
        return subset(self._all_matches(), load(self.folders["set"], "keep"))

    @cached_property
    def projection(self) -> projection.Projection:
        """How traces are worked out."""
        asked = self.settings
        graph = laplacian.laplacian(movers(self.matches)[0])
        neighbourhood = None
        if self.matches.place is not None:  # any of the firm's places will do
            neighbourhood = np.empty(self.matches.firms, dtype=np.int32)
            neighbourhood[self.matches.firm] = self.matches.place
        return projection.plan(
            graph, asked.projections, asked.seed, asked.threads, asked.use_numba, neighbourhood
        )

    @property
    def _sorted(self) -> Path:
        return self.folders["records"] / "records.parquet"

    @property
    def _found(self):  # type: ignore[no-untyped-def]
        return _json(self.folders["records"] / "said.json")

    @property
    def _effect_years(self) -> tuple[int, ...]:
        return tuple(self._found["years"]) if self.columns.year_effects else ()


def _as_arrays(matches: Matches) -> dict[str, np.ndarray]:
    arrays = {"start": matches.start, "firm": matches.firm, "weight": matches.weight}
    return arrays | ({} if matches.place is None else {"place": matches.place})


def _from_arrays(folder: Path, firms: int, places: int) -> Matches:
    start, firm, weight = (load(folder, name) for name in ("start", "firm", "weight"))
    return Matches(start, firm, weight, firms, load(folder, "place") if places else None, places)


def _say(folder: Path, **facts: object) -> None:
    (folder / "said.json").write_text(json.dumps(facts), encoding="utf-8")


def _json(path: Path):  # type: ignore[no-untyped-def]
    return json.loads(path.read_text(encoding="utf-8"))


def _peak_memory() -> float | None:
    """Most memory that this process has held, in MB; unknown on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
