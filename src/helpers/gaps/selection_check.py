"""Do the nulls of selection cry wolf? How often they are rejected where nothing pulls apart.

Every rule at full size, with known and with fitted parameters, is in ``benchmarks/selection_size.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import stats  # type: ignore[import-untyped]

from helpers import groups
from helpers.dynamics import process, smoothing, unsmoothed
from helpers.gaps import selection
from helpers.gaps.rechoosing import RULES
from helpers.geography import Area

LEVEL = 0.05
YEARS = list(range(2004, 2024))
SIZES = ["area", "null", "window", "rule", "parameters", "rejected", "lower", "upper", "panels", "draws"]


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


def sizes(
    area: Area,
    size: int | None = None,
    *,
    known: bool = False,
    rules: Iterable[str] = ("end",),
    panels: int = 200,
    draws: int = 199,
    seed: int = 0,
) -> pd.DataFrame:
    """How often the nulls would be rejected at 5 % in panels like an area's, if nothing pulled apart in them.

    The panels are drawn from the process fitted to the area, with as many districts. Unless it is
    ``known``, the process is fitted again to each of them, as it was to the area.

    Parameters
    ----------
    area : Area
    size : int, optional
        Districts per group; otherwise `helpers.groups.auto_size`.
    known, rules, panels, draws, seed
        As in `rejections`.

    Returns
    -------
    DataFrame
        Columns `SIZES`. ``rejected`` is the share of panels, between ``lower`` and ``upper`` with 95 %
        (Clopper and Pearson): what so many panels tell of it. ``parameters`` of the fitted process are
        ``known`` or ``fitted``; the other nulls have ``none``. No rows for an area with too few
        districts for groups.
    """
    single = unsmoothed.panel(area).values
    size = size or groups.auto_size(len(single))
    if size is None:
        return pd.DataFrame(columns=SIZES)
    truth = process.fit(np.log(single.to_numpy()))
    found = rejections(
        truth, len(single), size, known=known, rules=rules, panels=panels, draws=draws, seed=seed
    )
    hits = (found["rejected"] * panels).round().astype(int)
    exact = [stats.binomtest(k, panels).proportion_ci() for k in hits]
    is_fitted = found["null"] == selection.NULLS[2]
    return found.assign(
        area=area.name,
        parameters=np.where(is_fitted, "known" if known else "fitted", "none"),
        lower=[interval.low for interval in exact],
        upper=[interval.high for interval in exact],
        panels=panels,
        draws=draws,
    )[SIZES]


def size_sentence(found: pd.DataFrame) -> str:
    """What `sizes` says of groups ranked at the end over the first window; empty without rows."""
    rows = found[found["rule"] == "end"]
    if rows.empty:
        return ""
    rows = rows[rows["window"] == rows["window"].iloc[0]].set_index("null")
    told = {
        null: f"{row['rejected'] * 100:.1f} % ({row['lower'] * 100:.1f} to {row['upper'] * 100:.1f})"
        for null, row in rows.iterrows()
    }
    exchanged, blocked, fitted = (told[null] for null in selection.NULLS)
    first, how = rows.iloc[0], rows.loc[selection.NULLS[2], "parameters"]
    return (
        f"How often do these tests see a change where there is none? In {first['panels']} panels simulated "
        "from the process fitted to this area, whose spread is constant, a test at 5 % finds one between "
        f"groups ranked at the end ({first['window']}) in {exchanged} of panels by running years backwards, "
        f"in {blocked} with neighbours kept together, and in {fitted} by the process with its parameters "
        f"{'fitted anew to each panel' if how == 'fitted' else how}. The ranges are what so many panels tell."
    )
