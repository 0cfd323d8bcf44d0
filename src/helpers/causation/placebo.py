"""Do random groups of districts move apart as the guide's groups did, in output per hour and in the stocks?

If prosperous places draw in skills, businesses and people, the most productive group gains on the least
productive one in these too. Each gain is held against that between two groups drawn at random from the
same area, 1,000 times: which of the two comes first is chance as well, so the draws lie around zero and say
how much any two groups of that size drift apart. That the guide's districts were chosen knowing how they
had fared is another matter, which `helpers.gaps.selection` is about; no placebo takes it off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import groups, revisions
from helpers.causation import states
from helpers.gaps.divergence import DEFINITIONS
from helpers.groups import START_YEAR
from helpers.study import Study

DRAWS = 1_000
ENDS = 3  # years averaged at either end of a stock's series: single years of a survey are noisy
STOCKS = ("skills", "business", "people")  # known by district; investment is known by larger areas only
SAME = 1e-12
COLUMNS = [
    "statistic", "observed", "lower", "upper", "p", "n", "first_year", "last_year", "size", "draws", "reason",
]  # fmt: skip


@dataclass(frozen=True)
class Placebo:
    """One change of a difference between groups, beside random groups'.

    Attributes
    ----------
    observed, lower, upper, p : float
        ``lower`` and ``upper`` are the middle 95 % of the draws, ``p`` is two-sided; NaN where `reason` says
        why.
    n : int
        Districts drawn from.
    reason : str
    """

    observed: float
    lower: float
    upper: float
    p: float
    n: int
    reason: str = ""


def table(study: Study, draws: int = DRAWS) -> pd.DataFrame:
    """The groups of a study against random ones: table ``placebo``.

    Parameters
    ----------
    study : Study
    draws : int

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row per ``statistic``: ``gap`` is the change of the gap in the study's
        measure and release, as a share of the top group, over the study's window and from 2010 where the
        window holds it; ``skills, business, people`` are the change of the log difference between the
        groups' means, from the mean of the first three years of the series to that of the last three.
        ``n`` districts are drawn from: those with figures at both ends. Groups re-chosen each year are
        compared in the gap with random ones that stay, and in the stocks as they are in the last year.
        Rows without figures say why in ``reason``.
    """
    rng = np.random.default_rng([study.seed, 70])
    values = study.panel.values
    size = study.size
    chosen = groups.choose(values, study.rule, size) if study.rule and size else None
    rows = []
    for first in sorted({study.first_year, max(START_YEAR, study.first_year)} - {study.last_year}):
        ends = values[[first, study.last_year]]
        members = None
        if chosen is not None:
            at = [values.columns.get_loc(year) for year in ends.columns]
            members = np.stack([chosen.top[:, at], chosen.bottom[:, at]])
        rows.append(_row("gap", ends, members, size, draws, rng, share=True))
    for name in STOCKS:
        panel = states.panel(name, "district")
        known = panel.reindex(values.index)
        ends = pd.DataFrame(
            {
                panel.columns[0]: known.iloc[:, :ENDS].mean(axis=1, skipna=False),
                panel.columns[-1]: known.iloc[:, -ENDS:].mean(axis=1, skipna=False),
            }
        )
        members = None
        if chosen is not None:
            at = [values.columns.get_loc(study.last_year)] * 2
            members = np.stack([chosen.top[:, at], chosen.bottom[:, at]])
        rows.append(_row(name, ends, members, size, draws, rng, share=False))
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(
    statistic: str,
    ends: pd.DataFrame,
    members: np.ndarray | None,
    size: int | None,
    draws: int,
    rng: np.random.Generator,
    share: bool,
) -> dict[str, object]:
    """One row of the table."""
    if members is None or size is None:
        seen = int(ends.notna().all(axis=1).sum())
        why = f"too few districts for groups: {len(ends)}, and {groups.FEWEST} are needed"
        one = Placebo(np.nan, np.nan, np.nan, np.nan, seen, why)
    else:
        one = against_random(ends.to_numpy(), members, draws, rng, share)
    first, last = (int(year) for year in ends.columns)
    about = {"first_year": first, "last_year": last, "size": size, "draws": draws}
    return {"statistic": statistic, **vars(one), **about}


def against_random(
    ends: np.ndarray, members: np.ndarray, draws: int, rng: np.random.Generator, share: bool
) -> Placebo:
    """Change of the difference between two groups, and between pairs of random groups of their size.

    Parameters
    ----------
    ends : ndarray, shape (n, 2)
        Figures at both ends; NaN where there is none. GBP for a share, else logs.
    members : ndarray of int, shape (2, size, 2)
        Rows of the top and of the bottom group, at either end.
    draws : int
    rng : Generator
    share : bool
        Whether the difference is that of the means as a share of the first group's mean, else plain.

    Returns
    -------
    Placebo
        Without a member's figure there is nothing to observe. ``p`` is twice the smaller tail, the groups
        themselves counted as one of the draws.
    """
    there = np.isfinite(ends).all(axis=1)
    n, size = int(there.sum()), members.shape[1]
    own = ends[members, np.arange(2)]  # (2, size, 2)
    lacking = len(np.unique(members[~np.isfinite(own)]))
    if lacking:
        named = len(np.unique(members))
        why = f"without figures: {lacking} of the groups' {named} districts"
        return Placebo(np.nan, np.nan, np.nan, np.nan, n, why)
    observed = float(_change(own.mean(axis=1), share))
    order = np.argsort(rng.random((draws, n)), axis=1)[:, : 2 * size].reshape(draws, 2, size)
    drawn = _change(np.moveaxis(ends[there][order].mean(axis=2), 0, 1), share)
    low, high = revisions.band(drawn)
    beyond = min((drawn >= observed - SAME).sum(), (drawn <= observed + SAME).sum())
    return Placebo(observed, float(low), float(high), float(min(1, 2 * (1 + beyond) / (1 + draws))), n)


def _change(means: np.ndarray, share: bool) -> np.ndarray:
    """From the first end to the last; means of shape (2 groups, ..., 2 ends)."""
    top, bottom = means
    gap = DEFINITIONS["share_of_top"](top, bottom) if share else top - bottom
    return gap[..., 1] - gap[..., 0]
