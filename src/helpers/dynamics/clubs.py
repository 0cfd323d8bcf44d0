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

from helpers.dynamics.club_search import find_clubs
from helpers.dynamics.log_t import first_period, log_t, relative_paths, smooth

FILTERS = (0.0, 6.25, 100.0, 400.0)  # none, annual, stiffer, and as stiff as in Phillips and Sul (2009)
TRIMMINGS = (0.2, 0.25, 0.3, 0.35)  # 0.3 is advised for series of up to fifty years
SIEVES = (-1.65, -0.825, 0.0)  # 0 is advised for short series, -1.65 for long ones; and halfway
FEWEST_DISTRICTS = 6
FEWEST_YEARS = 8
CHOSEN = ("smoothing", "first_year", "sieve")  # what a setting chooses, once equal ones are dropped
CO_MEMBERSHIP = ["area_code", "area_code_other", "co_membership", "lower", "upper", "settings"]


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
    if reason := _too_few(n, years):
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
    """How often two districts share a club, over all settings and with one choice held fixed.

    Parameters
    ----------
    values, settings
        As in `partitions`.

    Returns
    -------
    DataFrame
        Columns `CO_MEMBERSHIP`: each pair once, ``area_code < area_code_other``, and the share of
        settings (0 to 1) in which both are in one club; a district in no club shares none.
        ``lower, upper`` are the lowest and highest such share among the settings with one of
        `CHOSEN` in common (at each filter, each beginning of the regression and each sieve): how far
        the share hangs on a single choice. It is no sampling error, which the clustering does not
        have. ``settings`` is the number that the share is of. Empty where `partitions` gives a reason.
    """
    found = partitions(values, settings)
    labels = found.labels.sort_index()
    if labels.empty:
        return pd.DataFrame(columns=CO_MEMBERSHIP)
    one, other = np.triu_indices(len(labels), k=1)
    clubs = labels.to_numpy()
    together = (clubs[one] == clubs[other]) & (clubs[one] > 0)  # (pairs, settings)
    share = together.mean(axis=1)
    fixed = [
        together[:, (found.settings[choice] == value).to_numpy()].mean(axis=1)
        for choice in CHOSEN
        for value in found.settings[choice].unique()
    ]
    codes = labels.index.to_numpy()
    columns = (codes[one], codes[other], share, np.min(fixed, axis=0), np.max(fixed, axis=0))
    return pd.DataFrame(dict(zip(CO_MEMBERSHIP, columns, strict=False))).assign(settings=labels.shape[1])


def notes(values: pd.DataFrame) -> list[str]:
    """Who is in no club because the figures do not let it, or why there are no clubs; in sentences."""
    whole, left_out = complete(values)
    told = [_too_few(*whole.shape)]
    if left_out and not told[0]:
        told.append(f"Left out of the clubs, without a figure in some year: {', '.join(left_out)}.")
    return [sentence for sentence in told if sentence]


def _too_few(districts: int, years: int) -> str:
    """Why so many districts and years have no clubs; empty where they may have some."""
    if districts >= FEWEST_DISTRICTS and years >= FEWEST_YEARS:
        return ""
    return (
        f"There are no clubs: districts with figures in each of {years} years number {districts}, and the "
        f"clustering needs {FEWEST_DISTRICTS} districts and {FEWEST_YEARS} years."
    )
