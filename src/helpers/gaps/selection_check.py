"""Do the nulls of selection cry wolf? How often they are rejected where nothing pulls apart."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.dynamics import process, smoothing
from helpers.gaps import selection
from helpers.gaps.rechoosing import RULES

LEVEL = 0.05
YEARS = list(range(2004, 2024))


def rejections(
    truth: process.Process,
    districts: int,
    size: int,
    *,
    known: bool = True,
    rules: Iterable[str] = RULES,
    panels: int = 500,
    draws: int = 499,
    seed: int = 0,
) -> pd.DataFrame:
    """How often the nulls are rejected at 5 % in simulated panels of constant dispersion.

    Parameters
    ----------
    truth : Process
        What the panels are drawn from, 2004 to 2023; then they are smoothed as the producer smooths.
    districts, size : int
        Districts of a panel, of which every two are a block, and districts per group.
    known : bool
        Whether the fitted process is told the truth, or fits its parameters to each panel.
    rules, draws, seed
        As in `helpers.gaps.selection.nulls`; each panel has its own draws.
    panels : int

    Returns
    -------
    DataFrame
        ``null, window, rule, rejected`` (share of panels); a sound test rejects in 5 %.
    """
    rng = np.random.default_rng(seed)
    single = process.simulate(truth, np.zeros(len(YEARS)), (panels, districts), rng)
    blocks = pd.Series(np.arange(districts) // 2)
    told = [
        selection.nulls(
            pd.DataFrame(smoothing.smooth(one), columns=YEARS),
            pd.DataFrame(one, columns=YEARS),
            blocks,
            size,
            truth=truth if known else None,
            rules=rules,
            draws=draws,
            seed=seed + 1 + number,
        )
        for number, one in enumerate(single)
    ]
    every = pd.concat(told)
    rejected = (every["p"] <= LEVEL).groupby([every[c] for c in ("null", "window", "rule")], sort=False)
    return rejected.mean().rename("rejected").reset_index()
