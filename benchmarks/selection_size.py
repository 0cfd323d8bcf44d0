"""How often are the nulls of selection rejected where nothing pulls apart? By every rule, at full size.

Run: .venv/bin/python benchmarks/selection_size.py, about a minute.
"""

from __future__ import annotations

from pathlib import Path

import measure  # before anything that imports NumPy
import pandas as pd

from helpers import geography
from helpers.gaps import selection_check
from helpers.gaps.rechoosing import RULES

SEED = 20250801


def main() -> None:
    """Write ``selection_size.csv`` beside this script: 500 panels with 499 draws each."""
    area = geography.resolve("Midlands")
    parts = [
        selection_check.sizes(area, known=known, rules=RULES, panels=500, draws=499, seed=SEED)
        for known in (True, False)
    ]
    # The nulls without parameters are the same in both.
    frame = pd.concat(parts).drop_duplicates(["null", "window", "rule", "parameters"])
    frame = frame.round({"rejected": 3, "lower": 3, "upper": 3})
    print(measure.machine(), end="\n\n")
    print(frame.to_string(index=False))
    frame.to_csv(Path(__file__).with_suffix(".csv"), index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
