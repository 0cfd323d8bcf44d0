"""Which steps lead from records to components? Each runs from the files of those before it.

Records -> matches -> leave-match-out set -> graph of firms -> pay less controls -> effects -> leverages ->
components.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.decomposition import (
    arrangement,
    cells,
    components,
    connected,
    fixed_effects,
    leverages,
    place,
    projection,
    solver,
    sorting,
    validate,
)
from helpers.decomposition.columns import ColumnMap
from helpers.decomposition.disclosure import Rules
from helpers.decomposition.matches import Matches, blocks, subset
from helpers.decomposition.optional import HAVE_DUCKDB, HAVE_NUMBA
from helpers.decomposition.room import Room
from helpers.decomposition.steps import Steps, fingerprint, load, save

STEPS = ("records", "matches", "set", "graph", "adjusted", "effects", "leverages", "components")


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
        Bytes that sorting the records may use.
    threads : int
        Blocks of draws that are worked on at a time.
    use_duckdb, use_numba : bool
        Whether to use these where there are.
    spill : Path or None
        Folder for what memory cannot hold; beside the results by default.
    spill_limit : int or None
        Most bytes that sorting the records may use there.
    window : (int, int) or None
        First and last year; all by default.
    rules : Rules
        Of disclosure, for the tables that may leave the lab.
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
    rules: Rules = field(default_factory=Rules)


class Pipeline:
    """One run. What is as long as the records stays in files, which are mapped when a step needs them."""

    def __init__(self, records: Path, columns: ColumnMap, settings: Settings, steps: Steps) -> None:
        self.path, self.columns, self.settings, self.steps = records, columns, settings, steps
        self.folders: dict[str, Path] = {}
        self.files: dict[str, str] = {}

    def run(self, until: str = STEPS[-1]) -> None:
        """Run the steps up to one of `STEPS`; those that are done already are passed over."""
        asked = self.settings
        opened = validate.open_records(
            self.path, self.columns, asked.window
        )  # a wrong path before any hashing
        self.files = fingerprint(self.path)
        inputs = {"files": self.files, "columns": asdict(self.columns), "window": asked.window}
        draws = {"projections": asked.projections, "seed": asked.seed}
        works: dict[str, tuple[dict[str, Any], Callable[[Path], None]]] = {
            "records": (inputs, lambda folder: self._records(opened, folder)),
            "matches": ({}, self._matches),
            "set": ({}, self._set),
            "graph": ({"numba": asked.use_numba}, self._graph),
            "adjusted": ({}, self._adjusted),
            "effects": ({}, self._effects),
            "leverages": (draws, self._leverages),
            "components": ({"stayers": asked.stayers}, self._components),
        }
        for name in STEPS[: STEPS.index(until) + 1]:
            self.folders[name] = self.steps.run(name, *works[name])

    @property
    def components(self) -> pd.DataFrame:
        """Result of the last step."""
        return pd.read_parquet(self.folders["components"] / "components.parquet")

    def _records(self, opened, folder: Path) -> None:  # type: ignore[no-untyped-def]
        asked = self.settings
        checked = validate.check(opened, self.columns, asked.threads)
        sorting.sort_records(
            *(opened, self.columns, checked, folder / "records.parquet", asked.memory, self.spill),
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
        _, elsewhere = cells.collapse(
            self.sorted, self.found["firms"], self.found["places"], self._room(folder)
        )
        _say(folder, worker_years_elsewhere=elsewhere)

    def _set(self, folder: Path) -> None:
        chosen = connected.leave_match_out(self._all_matches(), self._room(folder))
        (folder / "said.json").write_text(json.dumps(chosen.log), encoding="utf-8")

    def _graph(self, folder: Path) -> None:
        keep = load(self.folders["set"], "keep")
        kept, firms, places = subset(self._all_matches(), keep, self.scratch)
        arranged = arrangement.arrange(kept, self.settings.use_numba, self._room(folder))
        solver.save(arranged.graph, folder)
        save(folder, firms=firms[arranged.graph.order], places=places)
        _say(folder, movers=arranged.matches.movers, places=arranged.matches.places)

    def _adjusted(self, folder: Path) -> None:
        keep = load(self.folders["set"], "keep")
        controls, years = len(self.columns.controls), self._effect_years
        names = [*map(str, years[1:]), *self.columns.controls]
        nothing = np.zeros(0)
        slopes = fixed_effects.Slopes(nothing, nothing.astype(bool), nothing)
        if names:
            firms = load(self.folders["graph"], "firms")
            number = np.full(self.found["firms"], -1)
            number[firms] = np.arange(len(firms))
            sums = cells.within_workers(self.sorted, controls, years, number, keep)
            slopes = fixed_effects.partial_out(*sums, self.graph)
        position = load(self.folders["graph"], "position")
        cells.adjusted(self.sorted, controls, years, slopes, keep, position, self._room(folder))
        save(folder, psi=slopes.psi)
        known = slopes.identified
        _say(
            folder,
            coefficients={n: float(b) for n, b, k in zip(names, slopes.b, known, strict=True) if k},
            not_identified=[n for n, k in zip(names, known, strict=True) if not k],
        )

    def _effects(self, folder: Path) -> None:
        mean, psi = self.load("adjusted", "mean", "psi").values()
        known = psi if len(psi) else None
        effects = fixed_effects.fit(mean, self.matches, self.graph, known, self._room(folder))
        save(folder, psi=effects.psi)

    def _leverages(self, folder: Path) -> None:
        leverages.leverages(self.matches.moving, self.projection, self._room(folder))

    def _components(self, folder: Path) -> None:
        outcome = components.Outcome(**self.load("adjusted", "mean", "within", "rows"))
        effects = fixed_effects.Effects(**self.load("effects", "alpha", "psi"))
        pulled = leverages.Leverages(**self.load("leverages", "own", "ratio", "ratio_variance"))
        matches, how, room = self.matches, self.projection, self.scratch
        errors = components.error_variances(matches, outcome, effects, pulled, self.settings.stayers, room)
        tables = [
            components.table(
                components.plug_in(matches, outcome, effects),
                components.bias(matches, pulled, errors, how, room),
                errors,
            )
        ]
        if matches.places > 1:
            tables.append(
                components.table(
                    place.plug_in(matches, outcome, effects),
                    place.bias(matches, pulled, errors, how, room),
                    *(errors, place.PREFIX),
                )
            )
        pd.concat(tables, ignore_index=True).to_parquet(folder / "components.parquet")
        _say(
            folder,
            leverages="exact" if how.exact else f"{how.draws} random projections",
            largest_leverage=max(float(pulled.part(b.pairs).leverage.max()) for b in blocks(matches.moving)),
            homoskedastic_error_variance=errors.homoskedastic,
            error_variance_shared_by_a_match=errors.shared,
            worker_years_elsewhere=said(self.folders["matches"] / "said.json")["worker_years_elsewhere"],
            places_in_set=matches.places,
        )

    def load(self, step: str, *names: str) -> dict[str, np.ndarray]:
        """Arrays of a finished step."""
        return {name: load(self.folders[step], name) for name in names}

    def _all_matches(self) -> Matches:
        return _from_arrays(self.folders["matches"], self.found["firms"], self.found["places"])

    @cached_property
    def matches(self) -> Matches:
        """Of the leave-match-out set, in the order in which they are worked on."""
        folder = self.folders["graph"]
        told, firms = said(folder / "said.json"), len(load(folder, "firms"))
        return replace(_from_arrays(folder, firms, told["places"]), movers=told["movers"])

    @cached_property
    def graph(self) -> solver.Solver:
        """Of the movers' Laplacian."""
        return solver.load(self.folders["graph"])

    @cached_property
    def projection(self) -> projection.Projection:
        """How traces are worked out."""
        asked = self.settings
        return projection.plan(self.graph, asked.projections, asked.seed, asked.threads, asked.use_numba)

    @property
    def spill(self) -> Path:
        """Folder for what memory cannot hold."""
        return self.settings.spill or self.steps.folder / "spill"

    @property
    def scratch(self) -> Room:
        """For arrays that nothing is left of."""
        return Room(spill=self.spill)

    def _room(self, folder: Path) -> Room:
        return Room(folder, self.spill)

    @property
    def sorted(self) -> Path:
        """Sorted records."""
        return self.folders["records"] / "records.parquet"

    @property
    def found(self):  # type: ignore[no-untyped-def]
        """What the first reading of the records found."""
        return said(self.folders["records"] / "said.json")

    @property
    def _effect_years(self) -> tuple[int, ...]:
        return tuple(self.found["years"]) if self.columns.year_effects else ()


def _from_arrays(folder: Path, firms: int, places: int) -> Matches:
    start, firm, weight = (load(folder, name) for name in ("start", "firm", "weight"))
    return Matches(start, firm, weight, firms, load(folder, "place") if places else None, places)


def _say(folder: Path, **facts: object) -> None:
    (folder / "said.json").write_text(json.dumps(facts), encoding="utf-8")


def said(path: Path):  # type: ignore[no-untyped-def]
    """What a step said beside its arrays."""
    return json.loads(path.read_text(encoding="utf-8"))
