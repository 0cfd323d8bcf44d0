"""Do movers to generous firms gain what movers away from them lose? An event study.

Moves with two years at the old firm before and two at the new one after, in consecutive years, are grouped by
the quartile of the pay of co-workers at either firm, the mover left out (Card, Heining and Kline 2013).
When firm effects add to worker effects and moves are unrelated to the rest, gains and
losses between two quartiles are alike in size, and pay does not drift before a move.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.decomposition.matches import Floats
from helpers.decomposition.sorting import read_sorted
from helpers.errors import DecompositionError

TIMES = (-2, -1, 0, 1)  # years from the first at the new firm


def moves(path: Path, firms: int) -> pd.DataFrame:
    """Moves that can be followed for two years on either side.

    Parameters
    ----------
    path : Path
        Sorted records, see `sorting.sort_records`.
    firms : int
        Number of firms.

    Returns
    -------
    DataFrame
        One row per move: ``year`` of the first year at the new firm, ``from_coworkers`` and ``to_coworkers``
        (mean pay of the others at either firm over all years, less that of the year; missing where there is
        nobody else) and ``pay_-2`` to ``pay_1``, pay less the mean of the year. Weights are not used.
    """
    totals, counts = np.zeros(firms), np.zeros(firms)
    by_year = _means_by_year(path)
    found = []
    for piece in read_sorted(path, ["year", "firm", "pay"]):
        pay = piece["pay"] - by_year[piece["year"]]
        totals += np.bincount(piece["firm"], weights=pay, minlength=firms)
        counts += np.bincount(piece["firm"], minlength=firms)
        found.append(_moves_of(piece, pay))
    made = pd.concat(found, ignore_index=True)
    for end in ("from", "to"):
        firm = made.pop(f"{end}_firm").to_numpy()
        others = counts[firm] - made.pop(f"{end}_own_years").to_numpy()
        rest = totals[firm] - made.pop(f"{end}_own_pay").to_numpy()
        made[f"{end}_coworkers"] = np.divide(rest, others, out=np.full(len(rest), np.nan), where=others > 0)
    return made


def profile(found: pd.DataFrame, groups: int = 4) -> pd.DataFrame:
    """Mean pay around moves, by quartile of co-workers' pay at the old and the new firm.

    Parameters
    ----------
    found : DataFrame
        Of `moves`. Moves without co-workers at either end are left out.
    groups : int
        Quartiles by default, of co-workers' pay at both firms of all moves together.

    Returns
    -------
    DataFrame
        ``from_group, to_group`` (1 is the lowest paid), ``time``, ``pay``, ``moves``.

    Raises
    ------
    DecompositionError
        When there are no such moves.
    """
    kept = _grouped(found, groups)
    groups_of = ["from_group", "to_group"]
    wide = kept.groupby(groups_of)[[f"pay_{time}" for time in TIMES]].mean().reset_index()
    table = wide.melt(groups_of, var_name="time", value_name="pay")
    table["time"] = table["time"].str.removeprefix("pay_").astype(int)
    size = kept.groupby(groups_of).size().rename("moves").reset_index()
    return table.merge(size, on=groups_of).sort_values([*groups_of, "time"], ignore_index=True)


def symmetry(found: pd.DataFrame, groups: int = 4) -> pd.DataFrame:
    """Gains of moves up beside losses of the moves down between the same two groups.

    Returns
    -------
    DataFrame
        ``low, high``; ``gain`` of moves from low to high and ``loss`` of moves from high to low, both as the
        change of mean pay from the year before to the first year after; their sum, zero under symmetry, its
        standard error from the spread of moves (those of one worker taken as unrelated), and the number of
        moves. Pairs with fewer than two moves either way are left out.
    """
    kept = _grouped(found, groups)
    change = (kept["pay_0"] - kept["pay_-1"]).groupby([kept["from_group"], kept["to_group"]])
    stats = change.agg(["mean", "var", "size"])
    rows = []
    for low in range(1, groups):
        for high in range(low + 1, groups + 1):
            if not {(low, high), (high, low)} <= set(stats[stats["size"] > 1].index):
                continue
            up, down = stats.loc[(low, high)], stats.loc[(high, low)]
            error = np.sqrt(up["var"] / up["size"] + down["var"] / down["size"])
            rows.append(
                [
                    low,
                    high,
                    up["mean"],
                    down["mean"],
                    up["mean"] + down["mean"],
                    error,
                    up["size"],
                    down["size"],
                ]
            )
    columns = ["low", "high", "gain", "loss", "sum", "sum_se", "moves_up", "moves_down"]
    return pd.DataFrame(rows, columns=columns).astype({"moves_up": int, "moves_down": int})


def _grouped(found: pd.DataFrame, groups: int) -> pd.DataFrame:
    kept = found.dropna(subset=["from_coworkers", "to_coworkers"])
    if kept.empty:
        raise DecompositionError(
            "No worker is seen for two years in a row at one firm and then two at another: no event study."
        )
    both = np.concatenate([kept["from_coworkers"], kept["to_coworkers"]])
    edges = np.quantile(both, np.linspace(0, 1, groups + 1)[1:-1])
    return kept.assign(
        from_group=np.searchsorted(edges, kept["from_coworkers"], side="right") + 1,
        to_group=np.searchsorted(edges, kept["to_coworkers"], side="right") + 1,
    )


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


def _moves_of(piece: dict[str, np.ndarray], pay: Floats) -> pd.DataFrame:
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
    made: dict[str, np.ndarray] = {"year": year[at]}
    for end, position in (("from", at - 1), ("to", at)):
        made[f"{end}_firm"] = firm[position]
        made[f"{end}_own_pay"] = own_pay[pair[position]]
        made[f"{end}_own_years"] = own_years[pair[position]]
    return pd.DataFrame(made | {f"pay_{time}": pay[at + time] for time in TIMES})
