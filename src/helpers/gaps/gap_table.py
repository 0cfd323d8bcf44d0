"""Every gap of an area at once: the table that the accounts and their readers build on."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers import levels, revisions, series
from helpers.gaps.divergence import DEFINITIONS, WEIGHTS, averages
from helpers.geography import Area
from helpers.groups import RULES, auto_size, candidates, choose, has_guide

GAP_COLUMNS = [
    "area",
    "measure",
    "release",
    "rule",
    "group_size",
    "weights",
    "definition",
    "year",
    "value",
    "lower",
    "upper",
]


def build(area: Area, sizes: Iterable[int], seed: int) -> pd.DataFrame:
    """Every gap of an area: all measures, releases, rules, sizes, weights, definitions and years.

    Parameters
    ----------
    area : Area
    sizes : iterable of int
        Group sizes; the guide's groups have their own five.
    seed : int
        Seed of the revision draws.

    Returns
    -------
    DataFrame
        Columns `GAP_COLUMNS`. ``value, lower, upper`` are empty in years without a gap. A size
        that is more than half of the districts of a release is left out there. No rows when the
        area has fewer than six districts.
    """
    blocks = []
    for panel in levels.panels(area):
        for rule in RULES:
            if rule == "guide" and not has_guide(area):
                continue
            for size in _sizes(panel, rule, sizes):
                for weights in WEIGHTS:
                    blocks.append(_all_definitions(panel, rule, size, weights, seed))
    if not blocks:
        return pd.DataFrame(columns=GAP_COLUMNS)
    return pd.concat(blocks, ignore_index=True)[GAP_COLUMNS]


def _sizes(panel: series.Panel, rule: str, sizes: Iterable[int]) -> list[int]:
    """The sizes that a rule can have in a panel."""
    if not panel.years or auto_size(len(panel.values)) is None:
        return []
    if rule == "guide":
        return [5]
    return sorted({size for size in sizes if 2 * size <= candidates(panel.values, rule)})


def _all_definitions(panel: series.Panel, rule: str, size: int, weights: str, seed: int) -> pd.DataFrame:
    """Rows of the gap table for one choice of groups and weights."""
    groups = choose(panel.values, rule, size)
    top, bottom, top_draws, bottom_draws = averages(panel, groups, weights, seed)
    # All but the absolute gap rise with the ratio alone, so their bands follow from its band.
    ratio = revisions.band(top_draws / bottom_draws)
    absolute = revisions.band((top_draws - bottom_draws) * revisions.common_factors(panel, seed))
    rows = []
    for name, measure in DEFINITIONS.items():
        low, high = absolute if name == "absolute" else (measure(r, np.ones_like(r)) for r in ratio)
        rows.append(
            pd.DataFrame(
                {
                    "definition": name,
                    "year": panel.values.columns,
                    "value": measure(top, bottom),
                    "lower": low,
                    "upper": high,
                }
            )
        )
    return pd.concat(rows, ignore_index=True).assign(
        area=panel.area.name,
        measure=panel.measure,
        release=panel.release,
        rule=rule,
        group_size=size,
        weights=weights,
    )
