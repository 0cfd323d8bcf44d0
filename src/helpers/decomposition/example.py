"""What do plug-in and corrected shares look like in countries where the truth is known?

Simulated linked records (`helpers.decomposition.synthetic`), estimated as a lab would estimate its own.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.decomposition import columns, estimate, synthetic

WORKERS = 3000
WORKERS_PER_FIRM = 15.0
YEARS = 8
MOBILITY = (0.04, 0.12, 0.3)  # probability of changing firm from one year to the next
COUNTRIES = 12  # per level of mobility
COMPONENTS = {
    "var_worker": "workers",
    "var_firm": "firms",
    "cov_worker_firm": "sorting of workers to firms",
    "between_place_var_firm": "firms, between places",
}
# A covariance counts twice in the variance of a sum.
TIMES = {"cov_worker_firm": 2.0}


@cache
def countries(seed: int) -> pd.DataFrame:
    """Shares in the variance of pay of `COUNTRIES` countries at each level of mobility.

    Parameters
    ----------
    seed : int

    Returns
    -------
    DataFrame
        ``mobility, country, component, label, true, plug_in, homoskedastic, leave_out``: fractions of
        the true variance of pay, controls and years taken off. ``true`` is that of the leave-match-out
        set, which the estimates are of; the covariance is counted twice.
    """
    parts = []
    for level, mobility in enumerate(MOBILITY):
        for number in range(COUNTRIES):
            country = synthetic.Country(WORKERS, YEARS, mobility=mobility, workers_per_firm=WORKERS_PER_FIRM)
            with tempfile.TemporaryDirectory() as folder:
                parts.append(
                    _one(country, [seed, level, number], Path(folder)).assign(
                        mobility=mobility, country=number + 1
                    )
                )
    names = ["mobility", "country", "component", "label", "true", "plug_in", "homoskedastic", "leave_out"]
    return pd.concat(parts, ignore_index=True)[names]


def _one(country: synthetic.Country, seed: list[int], folder: Path) -> pd.DataFrame:
    """Truth and estimates of one country, as fractions of the variance of pay."""
    number = int(np.random.default_rng(seed).integers(2**31))
    truth = synthetic.simulate(country, number, folder)
    records, named = folder / "panel.parquet", columns.read(folder / "map.yml")
    found = truth.merge(estimate.estimate(records, named, folder / "results"), on="component")
    found = found.rename(columns={"leave_out_set": "true"}).set_index("component")
    worker, firm, both, rest = found.loc[
        ["var_worker", "var_firm", "cov_worker_firm", "var_residual"], "true"
    ]
    chosen = found.loc[list(COMPONENTS), ["true", "plug_in", "homoskedastic", "leave_out"]]
    times = pd.Series(TIMES).reindex(chosen.index).fillna(1.0)
    chosen = chosen.mul(times, axis=0) / (worker + firm + 2 * both + rest)
    return chosen.assign(label=pd.Series(COMPONENTS)).reset_index()


def errors(shown: pd.DataFrame) -> pd.DataFrame:
    """How far estimates lie from the truth, over the countries of each level of mobility.

    Parameters
    ----------
    shown : DataFrame
        From `countries`.

    Returns
    -------
    DataFrame
        ``mobility, component, label, true, estimator, mean, error, se, spread``: mean truth, mean estimate,
        mean of estimate less truth, the standard error of that mean, and the standard deviation of the
        errors of single countries.
    """
    rows = []
    for (mobility, component, label), own in shown.groupby(["mobility", "component", "label"], sort=False):
        for estimator in ("plug_in", "homoskedastic", "leave_out"):
            off = own[estimator] - own["true"]
            spread = off.std()
            told = (own["true"].mean(), estimator, own[estimator].mean(), off.mean())
            rows.append((mobility, component, label, *told, spread / np.sqrt(len(off)), spread))
    names = ["mobility", "component", "label", "true", "estimator", "mean", "error", "se", "spread"]
    return pd.DataFrame(rows, columns=names)
