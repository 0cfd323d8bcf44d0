"""What may leave the lab? A table without small or dominated cells, rounded; with a log of what went.

The rules are those common to secure labs: a least number of units behind each cell, no cell that one unit
dominates, rounded figures, and no total beside a single hidden cell, which could be had by subtraction. Labs
differ in the numbers: ask, and set them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.decomposition.fixed_effects import Effects
from helpers.decomposition.matches import Matches, blocks, by_place, firm_years, place_years
from helpers.decomposition.place import years_by_firm
from helpers.decomposition.room import TEMPORARY, Room
from helpers.errors import DecompositionError, ParameterError

TOTAL = "all"


@dataclass(frozen=True)
class Rules:
    """What a cell needs to be shown.

    Attributes
    ----------
    least_workers, least_firms : int
        Fewest workers and firms behind a cell.
    largest_share : float
        Most of a cell's worker-years that one firm may have.
    round_to : int
        Counts are rounded to a multiple of this.
    decimals : int
        Of means.

    Raises
    ------
    ParameterError
        A rule would hide nothing, as one that asks for a single worker, or is none, as half a firm.
    """

    least_workers: int = 10
    least_firms: int = 3
    largest_share: float = 0.5
    round_to: int = 5
    decimals: int = 3

    def __post_init__(self) -> None:
        least = {"least_workers": 2, "least_firms": 2, "round_to": 1}
        for name, bound in least.items():
            if getattr(self, name) < bound:
                raise ParameterError(
                    f"{_option(name)} {getattr(self, name):g} hides nothing: give {bound} or more."
                )
        if not 0 < self.largest_share < 1:
            raise ParameterError(
                f"{_option('largest_share')} {self.largest_share:g} hides nothing or is no share: give one "
                "above 0 and below 1."
            )


def _option(name: str) -> str:
    """How the command line calls a rule."""
    return f"--{name.replace('_', '-')}"


@dataclass(frozen=True)
class Protected:
    """A table that may leave, and a log that stays: ``row, reason`` of what was taken out."""

    table: pd.DataFrame
    log: pd.DataFrame


def place_table(matches: Matches, effects: Effects, names: list[str], room: Room = TEMPORARY) -> pd.DataFrame:
    """Counts and mean effects by place and over all.

    Returns
    -------
    DataFrame
        Index ``place``, the last `TOTAL`; ``worker_years, workers, firms, largest_share`` (of one firm in the
        worker-years), ``mean_worker_effect, mean_firm_effect`` (log points from the mean over all).
    """
    if TOTAL in names:
        raise DecompositionError(f"No place may be called {TOTAL!r}: that is the row of the total.")
    years, sums, people = place_years(matches), np.zeros((2, matches.places)), np.zeros(matches.places)
    for block in blocks(matches):
        own = block.matches
        alpha = np.repeat(effects.alpha[block.workers], own.per_worker)
        for total, values in zip(sums, (alpha, effects.psi[own.firm]), strict=True):
            total += by_place(own.weight * values, own)
        pairs = np.unique(own.where + matches.places * own.worker.astype(np.int64))
        people += np.bincount(pairs % matches.places, minlength=matches.places)
    held = years_by_firm(matches, room)
    largest = np.zeros(matches.places)
    np.maximum.at(largest, held.indices, held.data)
    effect = sums / years - sums.sum(axis=1, keepdims=True) / years.sum()
    rows = pd.DataFrame(
        {
            "worker_years": years,
            "workers": people,
            "firms": np.bincount(held.indices, minlength=matches.places),
            "largest_share": largest / years,
            "mean_worker_effect": effect[0],
            "mean_firm_effect": effect[1],
        },
        index=pd.Index(names, name="place"),
    )
    of_firm = firm_years(matches)
    whole = [years.sum(), matches.workers, matches.firms, of_firm.max() / years.sum(), 0.0, 0.0]
    rows.loc[TOTAL] = whole
    return rows.astype({"workers": int, "firms": int})


def protect(table: pd.DataFrame, rules: Rules = Rules()) -> Protected:
    """Hide what must not be shown.

    Parameters
    ----------
    table : DataFrame
        As `place_table` makes it: other columns are means. `TOTAL` may be missing.

    Returns
    -------
    Protected
        Hidden rows are missing throughout, their names stay. ``largest_share`` is not shown at all.
    """
    reasons: dict[str, str] = {}
    for name, row in table.iterrows():
        if row["workers"] < rules.least_workers:
            reasons[str(name)] = f"fewer than {rules.least_workers} workers"
        elif row["firms"] < rules.least_firms:
            reasons[str(name)] = f"fewer than {rules.least_firms} firms"
        elif row["largest_share"] > rules.largest_share:
            reasons[str(name)] = f"one firm has more than {rules.largest_share:.0%}"
    if TOTAL in table.index and len([name for name in reasons if name != TOTAL]) == 1:
        reasons[TOTAL] = "the only hidden cell could be had by subtraction"
    shown = table.drop(columns="largest_share").astype(float)
    counts = ["worker_years", "workers", "firms"]
    shown[counts] = (shown[counts] / rules.round_to).round() * rules.round_to
    shown = shown.round({name: rules.decimals for name in shown.columns if name not in counts})
    shown.loc[list(reasons)] = np.nan
    log = pd.DataFrame({"row": list(reasons), "reason": list(reasons.values())}, dtype=object)
    return Protected(shown, log)


def protect_moves(
    table: pd.DataFrame, keys: list[str], counts: list[str], rules: Rules = Rules()
) -> Protected:
    """Hide what too few moves stand behind, in a table of the event study.

    Parameters
    ----------
    table : DataFrame
        As `events.profile` or `events.symmetry` makes it.
    keys, counts : list of str
        Columns that name a row, the two groups first; and numbers of moves, each of which must reach
        ``least_workers``. Other columns are means over moves. Firms behind a row are not counted: with few
        firms in the records, look at these tables before they leave.
    """
    few = (table[counts] < rules.least_workers).any(axis=1)
    shown = table.astype(dict.fromkeys(counts, float))
    shown[counts] = (shown[counts] / rules.round_to).round() * rules.round_to
    values = [name for name in table.columns if name not in keys]
    means = [name for name in values if name not in counts]
    shown[means] = shown[means].round(rules.decimals)
    shown.loc[few, values] = np.nan
    names = table.loc[few, keys[:2]].astype(str).agg(" to ".join, axis=1).drop_duplicates()
    reason = f"fewer than {rules.least_workers} moves"
    return Protected(shown, pd.DataFrame({"row": list(names), "reason": reason}, dtype=object))
