"""Do movers to generous firms gain what movers away from them lose? An event study.

Moves with two years at the old firm before and two at the new one after, in consecutive years, are grouped by
the quartile of the pay of co-workers at either firm, the mover left out (Card, Heining and Kline 2013).
When firm effects add to worker effects and moves are unrelated to the rest, gains and
losses between two quartiles are alike in size, and pay does not drift before a move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.decomposition.matches import BLOCK, Floats, Integers
from helpers.decomposition.room import TEMPORARY, Array, Room
from helpers.decomposition.sorting import read_sorted
from helpers.errors import DecompositionError

TIMES = (-2, -1, 0, 1)  # years from the first at the new firm
BEFORE, AFTER = TIMES.index(-1), TIMES.index(0)
END = np.dtype([("firm", np.int32), ("own_pay", np.float64), ("own_years", np.int32)])
MOVE = np.dtype([("year", np.int32), ("from", END), ("to", END), ("pay", np.float64, len(TIMES))])


@dataclass(frozen=True)
class Moves:
    """Moves that can be followed for two years on either side.

    Attributes
    ----------
    moves : (moves,) MOVE
        ``year`` of the first year at the new firm, the two firms with the mover's own part in their totals,
        and pay at `TIMES` less the mean of the year.
    totals, counts : (firms,) float64
        Pay less the mean of the year, and records, of each firm over all years.
    """

    moves: Array
    totals: Floats
    counts: Floats

    def coworkers(self, some: Array, end: str) -> Floats:
        """Mean pay of the others at the old (``from``) or new (``to``) firm; missing where there are none."""
        others = self.counts[some[end]["firm"]] - some[end]["own_years"]
        rest = self.totals[some[end]["firm"]] - some[end]["own_pay"]
        return np.divide(rest, others, out=np.full(len(rest), np.nan), where=others > 0)


@dataclass(frozen=True)
class Groups:
    """What is known of the moves from each group of firms to each.

    Attributes
    ----------
    moves : (groups, groups) int
        Number of moves.
    pay : (groups, groups, times) float64
        Mean pay at `TIMES`.
    spread : (groups, groups) float64
        Variance of the change from the year before to the first year after.
    """

    moves: Integers
    pay: Floats
    spread: Floats


def moves(path: Path, firms: int, room: Room = TEMPORARY) -> Moves:
    """Moves in sorted records, see `sorting.sort_records`. Weights are not used."""
    totals, counts = np.zeros(firms), np.zeros(firms)
    by_year = _means_by_year(path)
    found = room.growing("moves", MOVE)
    for piece in read_sorted(path, ["year", "firm", "pay"]):
        pay = piece["pay"] - by_year[piece["year"]]
        np.add.at(totals, piece["firm"], pay)
        np.add.at(counts, piece["firm"], 1)
        found.append(_moves_of(piece, pay))
    return Moves(found.whole(), totals, counts)


def grouped(found: Moves, groups: int = 4, room: Room = TEMPORARY) -> Groups:
    """Moves by quartile of the pay of co-workers at the old and the new firm.

    Parameters
    ----------
    groups : int
        Quartiles by default, of co-workers' pay at both firms of all moves together. Moves without
        co-workers at either end are left out.

    Raises
    ------
    DecompositionError
        When there are no such moves.
    """
    both, filled = room.scratch((2 * len(found.moves),), np.float64), 0
    for _, pay_from, pay_to in _with_coworkers(found):
        for values in (pay_from, pay_to):
            both[filled : filled + len(values)] = values
            filled += len(values)
    if not filled:
        raise DecompositionError(
            "No worker is seen for two years in a row at one firm and then two at another: no event study."
        )
    inner = np.linspace(0, 1, groups + 1)[1:-1]
    edges = np.quantile(both[:filled], inner, overwrite_input=True)
    cells = groups * groups
    size, pay, change, squares = (
        np.zeros(cells),
        np.zeros((len(TIMES), cells)),
        np.zeros(cells),
        np.zeros(cells),
    )
    for kept, pay_from, pay_to in _with_coworkers(found):
        old, new = (np.searchsorted(edges, values, side="right") for values in (pay_from, pay_to))
        cell = old * groups + new
        step = kept["pay"][:, AFTER] - kept["pay"][:, BEFORE]
        size += np.bincount(cell, minlength=cells)
        change += np.bincount(cell, step, cells)
        squares += np.bincount(cell, step**2, cells)
        for total, values in zip(pay, kept["pay"].T, strict=True):
            total += np.bincount(cell, values, cells)
    some = np.maximum(size, 1)
    spread = (squares - change**2 / some) / np.maximum(size - 1, 1)
    shape = (groups, groups)
    return Groups(size.astype(int).reshape(shape), (pay / some).T.reshape(*shape, -1), spread.reshape(shape))


def profile(found: Groups) -> pd.DataFrame:
    """Mean pay around moves, by group of the old and the new firm.

    Returns
    -------
    DataFrame
        ``from_group, to_group`` (1 is the lowest paid), ``time``, ``pay``, ``moves``.
    """
    rows = [
        [old + 1, new + 1, time, found.pay[old, new, at], found.moves[old, new]]
        for old, new in np.argwhere(found.moves > 0)
        for at, time in enumerate(TIMES)
    ]
    return pd.DataFrame(rows, columns=["from_group", "to_group", "time", "pay", "moves"])


def symmetry(found: Groups) -> pd.DataFrame:
    """Gains of moves up beside losses of the moves down between the same two groups.

    Returns
    -------
    DataFrame
        ``low, high``; ``gain`` of moves from low to high and ``loss`` of moves from high to low, both as the
        change of mean pay from the year before to the first year after; their sum, zero under symmetry, its
        standard error from the spread of moves (those of one worker taken as unrelated), and the number of
        moves. Pairs with fewer than two moves either way are left out.
    """
    change = found.pay[..., AFTER] - found.pay[..., BEFORE]
    of_mean = found.spread / np.maximum(found.moves, 1)
    rows = []
    for low, high in np.argwhere(np.triu((found.moves > 1) & (found.moves.T > 1), 1)):
        gain, loss = change[low, high], change[high, low]
        error = np.sqrt(of_mean[low, high] + of_mean[high, low])
        sizes = (found.moves[low, high], found.moves[high, low])
        rows.append([low + 1, high + 1, gain, loss, gain + loss, error, *sizes])
    columns = ["low", "high", "gain", "loss", "sum", "sum_se", "moves_up", "moves_down"]
    return pd.DataFrame(rows, columns=columns).astype({"moves_up": int, "moves_down": int})


def _with_coworkers(found: Moves) -> Iterator[tuple[Array, Floats, Floats]]:
    """Moves with co-workers at both ends, and the pay of these, in pieces."""
    for first in range(0, len(found.moves), BLOCK):
        some = found.moves[first : first + BLOCK]
        pay_from, pay_to = (found.coworkers(some, end) for end in ("from", "to"))
        kept = ~np.isnan(pay_from) & ~np.isnan(pay_to)
        yield some[kept], pay_from[kept], pay_to[kept]


def _means_by_year(path: Path) -> Floats:
    """Mean pay of each calendar year, at the position of the year."""
    totals = np.zeros(1)
    counts = np.zeros(1)
    for piece in read_sorted(path, ["year", "pay"]):
        most = max(len(totals), int(piece["year"].max()) + 1)
        totals = np.pad(totals, (0, most - len(totals)))
        counts = np.pad(counts, (0, most - len(counts)))
        totals += np.bincount(piece["year"], weights=piece["pay"], minlength=most)
        counts += np.bincount(piece["year"], minlength=most)
    return totals / np.maximum(counts, 1)


def _moves_of(piece: dict[str, np.ndarray], pay: Floats) -> Array:
    """Moves within a piece, with the mover's own part in both firms' totals."""
    order = np.lexsort((piece["year"], piece["run"]))  # records come by firm within a worker
    pay = pay[order]
    run, year, firm = (piece[name][order].astype(np.int64) for name in ("run", "year", "firm"))
    at = np.arange(2, max(2, len(run) - 1))
    same = (run[at - 2] == run[at + 1]) & (year[at + 1] - year[at - 2] == 3)
    old, new = firm[at - 1], firm[at]
    at = at[same & (firm[at - 2] == old) & (old != new) & (firm[at + 1] == new)]
    key = run * (firm.max() + 1) + firm
    _, pair = np.unique(key, return_inverse=True)
    own_pay, own_years = np.bincount(pair, weights=pay), np.bincount(pair)
    made = np.empty(len(at), MOVE)
    made["year"] = year[at]
    for end, position in (("from", at - 1), ("to", at)):
        made[end]["firm"] = firm[position]
        made[end]["own_pay"] = own_pay[pair[position]]
        made[end]["own_years"] = own_years[pair[position]]
    made["pay"] = np.stack([pay[at + time] for time in TIMES], axis=1)
    return made
