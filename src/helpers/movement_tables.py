"""Which tables does the account of clubs and of changes of place rest on?

All are of GVA per hour. What the account of divergence publishes too is in `helpers.divergence_tables`; here
are the sets of districts that keep together, and the indices of mobility.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy.cluster import hierarchy  # type: ignore[import-untyped]
from scipy.spatial.distance import squareform  # type: ignore[import-untyped]

from helpers import divergence_tables, geography
from helpers.dynamics import clubs, transitions
from helpers.enumeration import joined_names
from helpers.geography import Area

TOGETHER = 0.9  # share of settings from which two districts are called nearly always together
SETS = ["area_code", "name", "set", "size", "least_together", "place", "in_no_club"]
MOBILITY = ["area", "series", "horizon", "statistic", "value", "lower", "upper", "districts", "reason"]


@cache
def partitions(area: Area) -> clubs.Partitions:
    """`helpers.dynamics.clubs.partitions` of an area's unsmoothed series."""
    return clubs.partitions(divergence_tables.panels(area)["unsmoothed"].values)


@cache
def together(area: Area) -> pd.DataFrame:
    """Sets of districts of which every two are nearly always in one club, from the highest down.

    Returns
    -------
    DataFrame
        Columns `SETS`, one row per district. Sets are joined by complete linkage for as long as every
        two districts in them share a club in at least `TOGETHER` of the settings; ``least_together`` is
        that share of the two that share least (1 for a district alone), ``place`` the mean number of
        the set's club (1 is the club that ends highest), ``in_no_club`` the share of settings in which
        the district is in none. Rows are in order of ``place``, then size, then first code; sets are
        numbered in that order, and a district alone has 0; ``place`` is blank for one that is in no club
        in any setting. Where a district could join two sets equally well, the order of codes decides.
        Empty where there are no clubs.
    """
    labels = partitions(area).labels.sort_index()
    if labels.empty:
        return pd.DataFrame(columns=SETS)
    share = co_membership_matrix(labels)
    linked = hierarchy.linkage(squareform(1 - share, checks=False), "complete")
    number = hierarchy.fcluster(linked, 1 - TOGETHER + 1e-9, "distance")
    frame = pd.DataFrame(
        {
            "area_code": labels.index,
            "name": geography.names()[labels.index].to_numpy(),
            "set": number,
            "place": labels.replace(0, np.nan).mean(axis=1).to_numpy(),
            "in_no_club": (labels == 0).mean(axis=1).to_numpy(),
        }
    )
    frame["size"] = frame.groupby("set")["set"].transform("size")
    frame["place"] = frame.groupby("set")["place"].transform("mean")
    least = {k: share[np.ix_(number == k, number == k)].min() for k in np.unique(number)}
    frame["least_together"] = frame["set"].map(least)
    frame["first"] = frame.groupby("set")["area_code"].transform("min")
    frame = frame.sort_values(
        ["place", "size", "first", "area_code"], ascending=[True, False, True, True], ignore_index=True
    )
    # A blank is numbered -1, so that a district alone comes to have 0.
    return frame.assign(set=pd.factorize(frame["set"].where(frame["size"] > 1))[0] + 1)[SETS]


def co_membership_matrix(labels: pd.DataFrame) -> np.ndarray:
    """Share of settings in which two districts are in one club, shape (n, n); 1 with itself."""
    share = np.mean(
        [(club[:, None] == club) & (club > 0) for club in labels.to_numpy().T], axis=0, dtype=float
    )
    np.fill_diagonal(share, 1)
    return share


def sets(area: Area) -> pd.DataFrame:
    """`together` set by set: ``set, districts`` (names), ``number`` of them, ``least_together, place``."""
    rows = together(area)
    rows = rows[rows["size"] > 1]
    columns = ["set", "districts", "number", "least_together", "place"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    found = rows.groupby("set", as_index=False).agg(
        districts=("name", joined_names),
        number=("name", "size"),
        least_together=("least_together", "first"),
        place=("place", "first"),
    )
    return found[columns]


@cache
def mobility(area: Area, seed: int) -> pd.DataFrame:
    """How much districts change their fifth of the UK, in both series and over both horizons.

    Returns
    -------
    DataFrame
        Columns `MOBILITY`. ``statistic`` is ``mobility`` (`helpers.dynamics.transitions.mobility`) or
        ``leaving``, the share of moves that end in another fifth. Intervals resample districts, each
        with all its years; blank, with a ``reason``, below `helpers.dynamics.transitions.FEWEST`
        districts (for ``mobility``: in any fifth).
    """
    rows = []
    for name, classes in _classes(area).items():
        for horizon in transitions.HORIZONS:
            counts = transitions.moves(classes, horizon)
            found = transitions.chain(counts, horizon, seed=seed)
            enough = not np.isnan(found.mobility_lower)
            few = f"no interval: fewer than {transitions.FEWEST} districts were in some fifth"
            about = {"area": area.name, "series": name, "horizon": horizon, "districts": len(classes)}
            no_index = np.isnan(found.mobility)
            index = (found.mobility, found.mobility_lower, found.mobility_upper)
            told = found.reason if no_index else "" if enough else few
            share, lower, upper = _leaving(counts, seed)
            parts = {"mobility": (*index, told), "leaving": (share, lower, upper, "")}
            if np.isnan(lower):
                parts["leaving"] = (
                    share, lower, upper, f"no interval: fewer than {transitions.FEWEST} districts"
                )  # fmt: skip
            for statistic, values in parts.items():
                named = zip(("value", "lower", "upper", "reason"), values, strict=True)
                rows.append(about | {"statistic": statistic} | dict(named))
    return pd.DataFrame(rows, columns=MOBILITY)


def _leaving(counts: np.ndarray, seed: int) -> tuple[float, float, float]:
    """Share of moves that leave the class, with an interval over districts resampled whole."""
    moves = counts.sum(axis=(1, 2))
    left = moves - np.trace(counts, axis1=1, axis2=2)
    if not moves.sum():
        return np.nan, np.nan, np.nan
    share = float(left.sum() / moves.sum())
    size = len(counts)
    if size < transitions.FEWEST:
        return share, np.nan, np.nan
    weights = np.random.default_rng([seed, 5]).multinomial(
        size, np.full(size, 1 / size), size=transitions.DRAWS
    )
    lower, upper = np.quantile((weights @ left) / (weights @ moves), transitions.TAILS)
    return share, float(lower), float(upper)


@cache
def ratios() -> dict[str, pd.DataFrame]:
    """Output per hour of all UK districts over that of the UK, by series."""
    return {
        name: transitions.relative(panel.values, panel.uk_value)
        for name, panel in divergence_tables.panels(geography.resolve("UK")).items()
    }


def _classes(area: Area) -> dict[str, pd.DataFrame]:
    """Fifth of the UK of each district of an area and year, by series."""
    found = {}
    for name, ratio in ratios().items():
        classes = transitions.classify(ratio, transitions.cut_points(ratio))
        found[name] = classes[classes.index.isin(area.codes)]
    return found
