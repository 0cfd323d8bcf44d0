"""What does the simulation of the loop and the policies cost, and does its cost grow in proportion?

Run: .venv/bin/python benchmarks/causation.py, about half a minute.
"""

from __future__ import annotations

from pathlib import Path

import measure  # before anything that imports NumPy
import numpy as np
import pandas as pd

from helpers.causation import history, scenarios
from helpers.causation.priors import Persistence
from helpers.causation.region import Region
from helpers.dynamics.process import Process

PROCESS = Process(0.02, 0.01, 0.8, 0.003)
FIRST = 2004
HISTORY = 20
# Draws, districts, years, and the most seconds it should take; smallest first, as memory is the peak so far.
CASES = [
    (10_000, 65, 20, 5),
    (10_000, 130, 20, None),
    (10_000, 361, 20, None),
    (20_000, 65, 20, None),
    (10_000, 65, 40, None),
    (40_000, 65, 20, None),
]


def invented(districts: int) -> Region:
    """A region with a history drawn from `PROCESS`; its first ten districts are the two groups."""
    rng = np.random.default_rng(1)
    root = np.linalg.cholesky(PROCESS.covariance(HISTORY))
    logs = pd.DataFrame(
        rng.standard_normal((districts, HISTORY)) @ root.T, columns=range(FIRST, FIRST + HISTORY)
    )
    return Region(
        start=history.start(logs, PROCESS),
        names=pd.Series(logs.index.astype(str), logs.index),
        before=logs.mean(axis=1).to_numpy(),
        hours=rng.uniform(1, 5, districts),
        gva=rng.uniform(1000, 5000, districts),
        uk_value=40.0,
        top=np.arange(5),
        bottom=np.arange(5, 10),
        observed_gap=0.3,
    )


def simulated(known: Region, draws: int, years: int) -> np.ndarray:
    """Base, counterfactual and gap of every scenario, year and draw."""
    given = {"draws": draws, "horizon_year": known.start.year + years}
    return scenarios.simulation(known, Persistence(PROCESS.rho, 0.05), given).effects


def main() -> None:
    """Write ``causation.csv`` beside this script."""
    rows = []
    for draws, districts, years, claim in CASES:
        known = invented(districts)
        _, seconds, peak = measure.cost(lambda k=known, d=draws, y=years: simulated(k, d, y))
        size = f"{draws:,} draws x {districts} districts x {years} years"
        rows.append(measure.row("simulation, 16 scenarios", size, seconds, claim, peak))
    measure.write(rows, Path(__file__).with_suffix(".csv"))


if __name__ == "__main__":
    main()
