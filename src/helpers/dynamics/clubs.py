"""Do districts converge in clubs, and how surely do two of them belong together?

The clustering of Phillips and Sul (2007; merging: 2009). Its partition hangs on choices that the papers
leave open, so what is told is how often two districts share a club over all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from helpers.dynamics.log_t import CRITICAL, first_period, log_t, relative_paths, slopes, smooth

FILTERS = (0.0, 6.25, 100.0, 400.0)  # none, annual, stiffer, and as stiff as in Phillips and Sul (2009)
TRIMMINGS = (0.2, 0.25, 0.3, 0.35)  # 0.3 is advised for series of up to fifty years
SIEVES = (-1.65, -0.825, 0.0)  # 0 is advised for short series, -1.65 for long ones; and halfway
FEWEST_DISTRICTS = 6
FEWEST_YEARS = 8
CO_MEMBERSHIP = ["area_code", "area_code_other", "co_membership"]


@dataclass(frozen=True)
class Setting:
    """One way to run the clustering.

    Attributes
    ----------
    smoothing, trimming : float
        As in `helpers.dynamics.log_t.log_t`.
    sieve : float
        t-ratio that a district must exceed to join a club's core.
    """

    smoothing: float = 6.25
    trimming: float = 0.3
    sieve: float = 0.0


SETTINGS = tuple(Setting(*choices) for choices in product(FILTERS, TRIMMINGS, SIEVES))


@dataclass(frozen=True, eq=False)
class Partitions:
    """The clubs under every setting.

    Attributes
    ----------
    labels : DataFrame of int
        Rows are districts, columns are numbers of settings; 1 is the club that ends highest, 0 is a
        district in no club.
    settings : DataFrame
        By number: ``smoothing, trimming, sieve, first_year`` of the setting, ``b, se, t`` of the test
        that all districts converge, the number of ``clubs``, and of districts in none
        (``divergent``). Settings that come to the same are kept once.
    left_out : tuple of str
        Districts without a figure in some year.
    reason : str
        Why there are no partitions; empty where there are.
    """

    labels: pd.DataFrame
    settings: pd.DataFrame
    left_out: tuple[str, ...]
    reason: str


def complete(values: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Districts with a figure in every year, and the codes of the others.

    Years before the first and after the last that any district has are cut off, not counted as holes.
    """
    known = np.flatnonzero(values.notna().any())
    if not len(known):
        return values.iloc[:0, :0], tuple(values.index)
    window = values.iloc[:, known[0] : known[-1] + 1]
    whole = window.notna().all(axis=1)
    return window[whole], tuple(window.index[~whole])


def partitions(values: pd.DataFrame, settings: Sequence[Setting] = SETTINGS) -> Partitions:
    """Clubs of districts under every setting.

    Parameters
    ----------
    values : DataFrame, shape (n, T)
        Productivity in levels; rows are district codes, columns are years.
    settings : sequence of Setting

    Returns
    -------
    Partitions
        Without labels, and with the reason, below `FEWEST_DISTRICTS` districts or `FEWEST_YEARS` years.
    """
    whole, left_out = complete(values)
    n, years = whole.shape
    if n < FEWEST_DISTRICTS or years < FEWEST_YEARS:
        reason = (
            f"There are no clubs: {n} districts have figures in each of {years} years, and the "
            f"clustering needs {FEWEST_DISTRICTS} districts and {FEWEST_YEARS} years."
        )
        return Partitions(pd.DataFrame(index=whole.index), pd.DataFrame(), left_out, reason)
    different: dict[tuple[float, int, float], Setting] = {}
    for setting in settings:
        first = first_period(years, setting.trimming)
        different.setdefault((setting.smoothing, first, setting.sieve), setting)
    rows, labels = {}, {}
    relative = relative_paths(whole.to_numpy())
    for number, ((smoothing, first, sieve), setting) in enumerate(different.items(), start=1):
        found = find_clubs(smooth(relative, smoothing), first, sieve)
        labels[number] = np.zeros(n, dtype=int)
        for club, members in enumerate(found, start=1):
            labels[number][members] = club
        test = log_t(whole, smoothing, setting.trimming)
        told = {**vars(setting), "first_year": test.first_year, "b": test.b, "se": test.se, "t": test.t}
        rows[number] = {**told, "clubs": len(found), "divergent": int((labels[number] == 0).sum())}
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("setting")
    return Partitions(pd.DataFrame(labels, index=whole.index), frame, left_out, "")


def co_membership(values: pd.DataFrame, settings: Sequence[Setting] = SETTINGS) -> pd.DataFrame:
    """How often two districts share a club, over all settings.

    Parameters
    ----------
    values, settings
        As in `partitions`.

    Returns
    -------
    DataFrame
        Columns `CO_MEMBERSHIP`: each pair once, ``area_code < area_code_other``, and the share of
        settings (0 to 1) in which both are in one club; a district in no club shares none. Empty
        where `partitions` gives a reason.
    """
    labels = partitions(values, settings).labels.sort_index()
    if labels.empty:
        return pd.DataFrame(columns=CO_MEMBERSHIP)
    together = [(club[:, None] == club) & (club > 0) for club in labels.to_numpy().T]
    one, other = np.triu_indices(len(labels), k=1)
    codes = labels.index.to_numpy()
    columns = (codes[one], codes[other], np.mean(together, axis=0)[one, other])
    return pd.DataFrame(dict(zip(CO_MEMBERSHIP, columns, strict=True)))


def find_clubs(paths: np.ndarray, first: int, sieve: float) -> list[np.ndarray]:
    """Clubs of one panel.

    Parameters
    ----------
    paths : ndarray, shape (n, T)
        Relative (and filtered) paths.
    first : int
        Number of the first year of the regression.
    sieve : float
        As in `Setting`.

    Returns
    -------
    list of ndarray of int
        Row numbers of each club's members, from the club that ends highest; who is in none diverges.
    """
    left = np.argsort(-paths[:, -1], kind="stable")
    clubs: list[np.ndarray] = []
    while len(left) > 1:
        if _joint_ratio(paths, left, first) > CRITICAL:
            clubs.append(left)
            break
        core = _core(paths, left, first)
        if core is None:
            break
        club = _sieved(paths, core, np.setdiff1d(left, core), first, sieve)
        clubs.append(club)
        left = left[~np.isin(left, club)]
    return _merged(paths, clubs, first)


def _ratios(size: np.ndarray | int, total: np.ndarray, squares: np.ndarray, first: int) -> np.ndarray:
    """t-ratios of sets of districts, from their size and the sums of their paths and squared paths.

    The mean of ``(h - 1) ** 2`` is the mean square of the paths over their squared mean, less one.
    """
    return slopes(size * squares / total**2 - 1, first)[2]


def _joint_ratio(paths: np.ndarray, members: np.ndarray, first: int) -> float:
    own = paths[members]
    return float(_ratios(len(own), own.sum(axis=0)[None], (own**2).sum(axis=0)[None], first)[0])


def _growing_ratios(paths: np.ndarray, base: np.ndarray, added: np.ndarray, first: int) -> np.ndarray:
    """t-ratios of a base with the first, the first two, ... of others added."""
    size = len(base) + np.arange(1, len(added) + 1)[:, None]
    total = paths[base].sum(axis=0) + paths[added].cumsum(axis=0)
    squares = (paths[base] ** 2).sum(axis=0) + (paths[added] ** 2).cumsum(axis=0)
    return _ratios(size, total, squares, first)


def _core(paths: np.ndarray, ordered: np.ndarray, first: int) -> np.ndarray | None:
    """The core: from the first neighbouring pair that converges, the run with the highest t-ratio.

    The run grows down the order while every t-ratio stays above `CRITICAL`. None where no pair converges.
    """
    one, other = paths[ordered[:-1]], paths[ordered[1:]]
    converging = np.flatnonzero(_ratios(2, one + other, one**2 + other**2, first) > CRITICAL)
    if not len(converging):
        return None
    start = int(converging[0])
    ratios = _growing_ratios(paths, ordered[start : start + 1], ordered[start + 1 :], first)
    fails = np.flatnonzero(ratios <= CRITICAL)
    within = ratios[: fails[0]] if len(fails) else ratios
    return ordered[start : start + int(within.argmax()) + 2]


def _sieved(paths: np.ndarray, core: np.ndarray, others: np.ndarray, first: int, sieve: float) -> np.ndarray:
    """The core and those that join it: each beats the sieve, raised until all together converge."""
    total = paths[core].sum(axis=0) + paths[others]
    squares = (paths[core] ** 2).sum(axis=0) + paths[others] ** 2
    ratios = _ratios(len(core) + 1, total, squares, first)
    joining = others[np.argsort(-ratios, kind="stable")][: (ratios > sieve).sum()]
    holds = np.flatnonzero(_growing_ratios(paths, core, joining, first) > CRITICAL)
    return np.concatenate([core, joining[: holds[-1] + 1]]) if len(holds) else core


def _merged(paths: np.ndarray, clubs: list[np.ndarray], first: int) -> list[np.ndarray]:
    """Neighbouring clubs joined for as long as they converge together."""
    merged: list[np.ndarray] = []
    for club in clubs:
        joint = np.concatenate([merged[-1], club]) if merged else club
        if merged and _joint_ratio(paths, joint, first) > CRITICAL:
            merged[-1] = joint
        else:
            merged.append(club)
    return merged
