"""How often does a district leave its class of productivity, and where does it go?

A class is a fifth of all district-years of the UK, ranked by productivity relative to the UK. The cut
points stay the same in all years: a district changes class only by its own move against the UK, and a
distribution that spreads shows as moves to the outer classes. Fifths drawn anew each year would hide
that, because then for each district that rises another must fall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.geography import Area

CLASSES = 5
HORIZONS = (1, 5)
DRAWS = 2000
TAILS = (0.025, 0.975)
FEWEST = 6  # resampling fewer districts says nothing of what others like them would do
COLUMNS = ["area", "series", "horizon", "from", "to", "probability", "lower", "upper", "n"]
ERGODIC_WARNING = (
    "It is where the districts would end if the moves of these years went on unchanged for ever: an "
    "extrapolation, not a forecast."
)


@dataclass(frozen=True, eq=False)
class Chain:
    """Moves between classes over one horizon; rows are the class left, columns the class reached.

    Attributes
    ----------
    counts, probability, lower, upper : ndarray, shape (5, 5)
        NaN in the rows of a class that no district was in; ``lower, upper`` also where fewer than
        `FEWEST` districts were in it.
    n, districts : ndarray of int, shape (5,)
        Moves from each class, and districts that made them.
    mobility, mobility_lower, mobility_upper : float
        Index of Prais and Shorrocks: 0 when nobody moves, 1 when the class left tells nothing about
        the class reached. The bounds are NaN unless `FEWEST` districts were in each class.
    ergodic : ndarray, shape (5,)
        Shares of the classes in the long run; see `ERGODIC_WARNING`.
    reason : str
        Why there is no mobility or no ergodic distribution (NaN); empty where there are both.
    """

    counts: np.ndarray
    probability: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    n: np.ndarray
    districts: np.ndarray
    mobility: float
    mobility_lower: float
    mobility_upper: float
    ergodic: np.ndarray
    reason: str


def relative(values: pd.DataFrame, uk: pd.Series) -> pd.DataFrame:
    """Productivity over that of the UK in the same year, shape (n, T)."""
    return values.div(uk.reindex(values.columns), axis=1)


def cut_points(ratio: pd.DataFrame) -> np.ndarray:
    """The four cut points between fifths of all district-years, shape (4,); pass all districts of the UK."""
    return np.nanquantile(ratio.to_numpy(), np.arange(1, CLASSES) / CLASSES)


def classify(ratio: pd.DataFrame, cuts: np.ndarray) -> pd.DataFrame:
    """Class of each district and year, 1 (lowest) to 5; 0 where there is no figure. A tie is in the lower."""
    classes = np.searchsorted(cuts, ratio.to_numpy(), side="left") + 1
    return pd.DataFrame(np.where(ratio.notna(), classes, 0), index=ratio.index, columns=ratio.columns)


def moves(classes: pd.DataFrame, horizon: int) -> np.ndarray:
    """Number of moves of each district from class to class over a horizon.

    Parameters
    ----------
    classes : DataFrame of int, shape (n, T)
        As from `classify`; columns are consecutive years.
    horizon : int
        Years between the two classes; moves of more than one year overlap.

    Returns
    -------
    ndarray of int, shape (n, 5, 5)
        A pair of years of which one has no figure is not counted.
    """
    states = classes.to_numpy()
    start, end = states[:, :-horizon], states[:, horizon:]
    seen = (start > 0) & (end > 0)
    found = np.zeros((len(states), CLASSES, CLASSES), dtype=int)
    np.add.at(found, (np.nonzero(seen)[0], start[seen] - 1, end[seen] - 1), 1)
    return found


def chain(counts: np.ndarray, horizon: int, draws: int = DRAWS, seed: int = 0) -> Chain:
    """Probabilities of moving, with intervals.

    Parameters
    ----------
    counts : ndarray of int, shape (n, 5, 5)
        As from `moves`; without districts nothing is known, and all is NaN.
    horizon : int
        That of the moves.
    draws, seed : int
        Districts are resampled, each with all its years, so that neither a district's habit nor the
        overlap of moves makes the interval too narrow. A move that was never seen, or always, does
        not vary between draws: its other bound is that of Clopper and Pearson for as many trials as
        there are moves that do not overlap.

    Returns
    -------
    Chain
    """
    counts = counts if len(counts) else np.zeros((1, CLASSES, CLASSES), dtype=int)
    total = counts.sum(axis=0)
    n, districts = total.sum(axis=1), (counts.sum(axis=2) > 0).sum(axis=0)
    probability = _rows(total)
    size = len(counts)
    weights = np.random.default_rng([seed, 1]).multinomial(size, np.full(size, 1 / size), size=draws)
    drawn = _rows((weights @ counts.reshape(size, -1)).reshape(draws, CLASSES, CLASSES))
    enough = districts >= FEWEST
    lower, upper = np.full((2, CLASSES, CLASSES), np.nan)
    if enough.any():  # NumPy's quantile of nothing warns
        lower[enough], upper[enough] = np.nanquantile(drawn[:, enough], TAILS, axis=0)
    trials = np.where(enough, n, np.nan)[:, None] / horizon
    upper = np.where(total == 0, 1 - TAILS[0] ** (1 / trials), upper)
    lower = np.where(total == n[:, None], TAILS[0] ** (1 / trials), lower)
    index = mobility(drawn)
    known = index[~np.isnan(index)]
    low, high = np.quantile(known, TAILS) if enough.all() and len(known) else (np.nan, np.nan)
    long_run = ergodic(probability)
    return Chain(
        total, probability, lower, upper, n, districts,
        float(mobility(probability)), float(low), float(high), long_run, _reason(n, long_run),
    )  # fmt: skip


def table(
    area: Area,
    ratios: Mapping[str, pd.DataFrame],
    horizons: Sequence[int] = HORIZONS,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Moves of an area's districts between classes of the UK.

    Parameters
    ----------
    area : Area
    ratios : mapping of str to DataFrame
        Name of a series (``unsmoothed``) to the ratio to the UK of all UK districts, whose pooled
        fifths are the classes; rows are codes of December 2024, columns consecutive years.
    horizons : sequence of int
    draws, seed : int
        As in `chain`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, ``from`` and ``to`` from 1 (lowest) to 5; ``n`` is the number of moves from
        the class. A class that no district was in has ``n`` 0 and a blank probability; one that
        fewer than `FEWEST` districts were in has blank bounds.
    """
    left, reached = (side.ravel() + 1 for side in np.indices((CLASSES, CLASSES)))
    parts = []
    for name, ratio in ratios.items():
        classes = classify(ratio, cut_points(ratio))
        classes = classes[classes.index.isin(area.codes)]
        for horizon in horizons:
            found = chain(moves(classes, horizon), horizon, draws, seed)
            part = {"from": left, "to": reached, "n": found.n[left - 1]}
            part |= {c: getattr(found, c).ravel() for c in ("probability", "lower", "upper")}
            parts.append(pd.DataFrame(part).assign(area=area.name, series=name, horizon=horizon))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def notes(area: Area, ratios: Mapping[str, pd.DataFrame], horizons: Sequence[int] = HORIZONS) -> list[str]:
    """What `table` leaves out or blank for an area, and why, in sentences.

    Parameters
    ----------
    area, ratios, horizons
        As in `table`.
    """
    whose: dict[tuple[str, str], list[str]] = {}  # what is to be said -> series and horizons
    for name, ratio in ratios.items():
        classes = classify(ratio, cut_points(ratio))
        classes = classes[classes.index.isin(area.codes)]
        if blank := int((classes == 0).to_numpy().sum()):
            lacking = f"{blank} of {classes.size} district-years have no figure; moves from or to them"
            whose[f"{lacking} are not counted", name] = []
        for horizon in horizons:
            seen = (moves(classes, horizon).sum(axis=2) > 0).sum(axis=0)  # districts in each class
            few = (seen > 0) & (seen < FEWEST)
            if empty := _numbers(seen == 0):
                whose.setdefault((f"no district was in class {empty}", name), []).append(str(horizon))
            if which := _numbers(few):
                why = f"fewer than {FEWEST} districts were in class {which}, so no interval"
                whose.setdefault((why, name), []).append(str(horizon))
    return [
        f"Moves ({name}{', horizon ' * bool(when)}{' and '.join(when)}): {why}."
        for (why, name), when in whose.items()
    ]


def mobility(probability: np.ndarray) -> np.ndarray:
    """``(k - trace P) / (k - 1)`` (Shorrocks 1978, Econometrica 46), shape (...); NaN with an empty row."""
    k = probability.shape[-1]
    return (k - np.trace(probability, axis1=-2, axis2=-1)) / (k - 1)


def ergodic(probability: np.ndarray) -> np.ndarray:
    """Shares that the moves would leave as they are, shape (k,).

    NaN where a row is empty, or where the classes fall into parts that no move connects, so that the
    end hangs on the beginning.
    """
    k = len(probability)
    # I - P + ones is singular exactly when several distributions are left as they are.
    system = np.eye(k) - probability + 1
    if np.isnan(system).any() or abs(np.linalg.det(system)) < 1e-12:
        return np.full(k, np.nan)
    return np.linalg.solve(system.T, np.ones(k))


def _rows(counts: np.ndarray) -> np.ndarray:
    """Counts over the sums of their rows; NaN in empty rows."""
    total = counts.sum(axis=-1, keepdims=True)
    return np.where(total > 0, counts / np.maximum(total, 1), np.nan)


def _reason(n: np.ndarray, long_run: np.ndarray) -> str:
    if empty := _numbers(n == 0):
        return f"No district was in class {empty}, so there is no mobility index and no long run."
    return "The long run is not one: no moves connect some classes." if np.isnan(long_run).any() else ""


def _numbers(which: np.ndarray) -> str:
    """The marked classes: ``3, 4 or 5``."""
    *some, last = [str(number + 1) for number in np.flatnonzero(which)] or [""]
    return f"{', '.join(some)} or {last}" if some else last
