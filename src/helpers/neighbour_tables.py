"""Which tables does the account of neighbours and clusters rest on?

All are of GVA per hour: moves of districts beside their neighbours, and the finds among many questions.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy import stats  # type: ignore[import-untyped]

from helpers import divergence_tables, geography
from helpers.dynamics import transitions
from helpers.geography import Area
from helpers.movement_tables import ratios
from helpers.space import contiguity, spatial, spatial_transitions

BESIDE = ["area", "horizon", "neighbours", "from", "to", "probability", "lower", "upper", "n"]
TESTS = ["area", "horizon", "statistic", "degrees", "p_chi_squared", "p_any", "p_alike", "n", "reason"]


@cache
def beside_neighbours(area: Area, horizon: int, seed: int) -> spatial_transitions.BesideNeighbours:
    """`helpers.space.spatial_transitions.beside_neighbours` of an area's unsmoothed series."""
    ratio = ratios()["unsmoothed"]
    cuts = transitions.cut_points(ratio)
    beside = contiguity.among(tuple(ratio.index))
    return spatial_transitions.beside_neighbours(area, ratio, cuts, beside, horizon, seed=seed)


def moves_beside(area: Area, seed: int) -> pd.DataFrame:
    """Moves between fifths, apart for each fifth of the neighbours' mean, with intervals.

    Returns
    -------
    DataFrame
        Columns `BESIDE`, unsmoothed; ``neighbours`` is the fifth of the neighbours' mean in the year left
        and ``n`` the moves from that row. Bounds as in `helpers.dynamics.transitions.chain`: blank
        where fewer than `helpers.dynamics.transitions.FEWEST` districts made such moves.
    """
    ratio = ratios()["unsmoothed"]
    cuts = transitions.cut_points(ratio)
    lag = spatial_transitions.neighbour_mean(ratio, contiguity.among(tuple(ratio.index)))
    here = ratio.index.isin(area.codes)
    own, other = (transitions.classify(frame, cuts)[here].to_numpy() for frame in (ratio, lag))
    left, reached = (side.ravel() + 1 for side in np.indices((transitions.CLASSES, transitions.CLASSES)))
    parts = []
    for horizon in transitions.HORIZONS:
        start, end, near = own[:, :-horizon], own[:, horizon:], other[:, :-horizon]
        for fifth in range(1, transitions.CLASSES + 1):
            seen = (near == fifth) & (start > 0) & (end > 0)
            counts = np.zeros((len(own), transitions.CLASSES, transitions.CLASSES), dtype=int)
            np.add.at(counts, (np.nonzero(seen)[0], start[seen] - 1, end[seen] - 1), 1)
            found = transitions.chain(counts, horizon, seed=seed)
            part = {"from": left, "to": reached, "n": found.n[left - 1]}
            part |= {c: getattr(found, c).ravel() for c in ("probability", "lower", "upper")}
            parts.append(pd.DataFrame(part).assign(area=area.name, horizon=horizon, neighbours=fifth))
    return pd.concat(parts, ignore_index=True)[BESIDE]


def neighbour_tests(area: Area, seed: int) -> pd.DataFrame:
    """Tests that the neighbours' fifth does not matter for a district's own moves.

    Returns
    -------
    DataFrame
        Columns `TESTS`, one row per horizon: likelihood ratio ``statistic`` with ``degrees`` of freedom;
        p from the chi-squared distribution, which takes all moves as independent; ``p_any`` when whole
        paths of neighbours are dealt out at random, ``p_alike`` when only among districts alike in
        their own average (`helpers.space.spatial_transitions`). ``reason`` says why there is no test.
    """
    rows = []
    for horizon in transitions.HORIZONS:
        found = beside_neighbours(area, horizon, seed)
        each_row = found.table.drop_duplicates(["neighbours", "from"])
        tested = (found.likelihood_ratio, found.degrees, found.p_likelihood_ratio)
        dealt = (found.p_permutation, found.p_alike, int(each_row["n"].sum()), found.reason)
        rows.append((area.name, horizon, *tested, *dealt))
    return pd.DataFrame(rows, columns=TESTS)


def moran_by_year(area: Area, seed: int) -> pd.DataFrame:
    """Moran's I of each year's levels, beside what no pattern gives and with control of false finds.

    Returns
    -------
    DataFrame
        ``series, year, statistic, expected, p, p_adjusted, survives``: of
        `helpers.divergence_tables.moran` the years' levels. ``expected`` is ``-1 / (n - 1)``;
        ``p_adjusted`` allows for as many questions as there are years of the series (Benjamini and
        Hochberg 1995; years are alike, which that control bears when they are alike positively).
        No rows where there is no statistic.
    """
    rows = divergence_tables.moran(area, seed)
    rows = rows[rows["variable"].str.startswith("log_") & rows["statistic"].notna()]
    values = divergence_tables.panels(area)["unsmoothed"].values
    parts = []
    for variable, part in rows.groupby("variable", sort=False):
        adjusted = stats.false_discovery_control(part["p"], method="bh")
        n = values[part["year"]].notna().sum().to_numpy()
        parts.append(
            part.assign(
                series=str(variable).removeprefix("log_gva_per_hour_"),
                expected=-1 / (n - 1),
                p_adjusted=adjusted,
                survives=adjusted <= spatial.LEVEL,
            )
        )
    columns = ["series", "year", "statistic", "expected", "p", "p_adjusted", "survives"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def local_finds(area: Area, seed: int, most: int = 15) -> pd.DataFrame:
    """Districts least likely to stand among such neighbours by chance, the least likely first.

    Returns
    -------
    DataFrame
        ``district, gva_per_hour, neighbours, neighbours_mean, pattern, p, p_adjusted, verdict`` of
        `helpers.divergence_tables.local_moran`, at most ``most`` rows and all that survive; the neighbours'
        mean is geometric, in GBP.
    """
    rows = divergence_tables.local_moran(area, seed).sort_values(["p", "area_code"], ignore_index=True)
    rows = rows[(rows.index < most) | rows["survives"].astype(bool)]
    return pd.DataFrame(
        {
            "district": geography.names()[rows["area_code"]].to_numpy(),
            "gva_per_hour": np.exp(rows["value"].astype(float)),
            "neighbours": rows["neighbours"],
            "neighbours_mean": np.exp(rows["lag"].astype(float)),
            "pattern": rows["quadrant"],
            "p": rows["p"],
            "p_adjusted": rows["p_adjusted"],
            "verdict": np.where(rows["survives"].astype(bool), "stands out", "could be chance"),
        }
    )
