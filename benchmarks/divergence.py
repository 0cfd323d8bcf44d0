"""What do the specification curve and the nulls of selection cost?

Run: .venv/bin/python benchmarks/divergence.py, about a minute.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import measure  # before anything that imports NumPy

from helpers import divergence_tables, geography
from helpers.gaps import choices, selection, specification

SEED = 20250801
DRAWS = 20_000


def main() -> None:
    """Measure and write ``divergence.csv`` beside this script."""
    rows = []
    for name in ("Midlands", "UK"):
        area = geography.resolve(name)
        claims = (10.0, 5.0) if name == "Midlands" else (None, None)
        divergence_tables.panels(area)  # reading the tables is no part of the estimates

        number, seconds, peak = measure.cost(partial(_curve, area))
        what = f"specification curve, {name}"
        rows.append(measure.row(what, f"{number:,} specifications", seconds, claims[0], peak))
        for draws in (DRAWS // 2, DRAWS):
            nulls = partial(selection.table, area, draws=draws, seed=SEED)
            found, seconds, peak = measure.cost(nulls)
            asked = f"{draws:,} draws x {found['null'].nunique()} nulls, {len(found)} answers"
            claim = claims[1] if draws == DRAWS else None
            rows.append(measure.row(f"nulls of selection, {name}", asked, seconds, claim, peak))
    measure.write(rows, Path(__file__).with_suffix(".csv"))


def _curve(area: geography.Area) -> int:
    choices.choices.cache_clear()  # choosing the groups is part of the work
    return len(specification.specification_curve(area, SEED))


if __name__ == "__main__":
    main()
