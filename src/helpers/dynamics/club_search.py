"""Which clubs does one setting of the clustering find? The steps of Phillips and Sul (2007, 2009)."""

from __future__ import annotations

import numpy as np

from helpers.dynamics.log_t import CRITICAL, slopes


def find_clubs(paths: np.ndarray, first: int, sieve: float) -> list[np.ndarray]:
    """Clubs of one panel.

    Parameters
    ----------
    paths : ndarray, shape (n, T)
        Relative (and filtered) paths.
    first : int
        Number of the first year of the regression.
    sieve : float
        t-ratio that a district must exceed to join a club's core.

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
