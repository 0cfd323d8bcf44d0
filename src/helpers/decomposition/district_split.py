"""Do people, firms or places go with the spread of districts, and where does one area stand?

Runs `helpers.decomposition.shapley` on the columns of `helpers.decomposition.public_blocks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from helpers import geography
from helpers.decomposition import public_blocks, shapley
from helpers.decomposition import standing as distance
from helpers.decomposition.public_blocks import BLOCKS, OUTCOME_YEARS, SAMPLES
from helpers.geography import PRESENT, Area

MAIN = "Great Britain"
ABOUT = ["sample", "set", "period", "survey_error", "block", "columns", "districts", "itl3_areas"]
FIGURES = [
    "r2", "value", "lower", "upper", "share", "share_lower", "share_upper", "chance", "chance_upper",
    "p_chance", "size_share", "size_lower", "size_upper", "p_size",
]  # fmt: skip
STANDING = ["group", "against", "period", "part", "value", "lower", "upper", "districts", "reason"]


def table(area: Area, seed: int) -> pd.DataFrame:
    """Every split: all samples, sets of columns and periods, and the area's own where it can have one.

    Parameters
    ----------
    area : Area
    seed : int
        Of the bootstrap and the placebos.

    Returns
    -------
    DataFrame
        `ABOUT`, `FIGURES` (`helpers.decomposition.shapley.Split`; R2 and values are fractions of the
        variance of log output per hour, shares fractions of R2) and ``reason``: why figures are empty.
        ``survey_error`` is ``left in`` or ``taken off``.
    """
    parts = [_common(seed)]
    if area.kind != "uk":
        codes = public_blocks.sample(MAIN).intersection(list(area.codes))
        parts += [_rows(codes, area.name, "clean", period, False, seed) for period in OUTCOME_YEARS]
    return pd.concat(parts, ignore_index=True)


@cache
def _common(seed: int) -> pd.DataFrame:
    """The splits that are the same whatever the area."""
    parts = []
    for name, asked in SAMPLES.items():
        for chosen in asked.sets:
            for period in OUTCOME_YEARS:
                for off in (False, True) if (name, chosen) == (MAIN, "clean") else (False,):
                    parts.append(_rows(public_blocks.sample(name), name, chosen, period, off, seed))
    return pd.concat(parts, ignore_index=True)


def _rows(codes: pd.Index, sample: str, chosen: str, period: str, error_off: bool, seed: int) -> pd.DataFrame:
    """One split, one row per block; a reason instead of figures where the districts are too few."""
    columns = public_blocks.columns(chosen)
    blocks = [block for block in BLOCKS if any(column.block == block for column in columns)]
    sizes = [sum(column.block == block for column in columns) for block in blocks]
    areas = _areas(codes)
    rows = pd.DataFrame(
        {
            "sample": sample, "set": chosen, "period": period,
            "survey_error": "taken off" if error_off else "left in",
            "block": blocks, "columns": sizes, "districts": len(codes), "itl3_areas": len(np.unique(areas)),
        }
    )  # fmt: skip
    reason = shapley.why_not(len(columns), len(codes), len(np.unique(areas)))
    if reason:
        return rows.assign(**dict.fromkeys(FIGURES, np.nan), reason=reason)
    noise = public_blocks.noise()[[c.name for c in columns]].to_numpy() if error_off else None
    found = shapley.split(*_data(codes, chosen, period), sizes, areas, seed, noise)
    return rows.assign(**{figure: getattr(found, figure) for figure in FIGURES}, reason="")


def _areas(codes: pd.Index) -> np.ndarray:
    """ITL3 area of each district; one that lies in several stands by itself or with its like."""
    return geography.all_districts(PRESENT).loc[codes, "itl3"].to_numpy(dtype=str)


def _data(codes: pd.Index, chosen: str, period: str) -> tuple[np.ndarray, np.ndarray]:
    """Columns and outcome, as arrays."""
    names = [column.name for column in public_blocks.columns(chosen)]
    x = public_blocks.characteristics().loc[codes, names].to_numpy(dtype=float)
    return x, public_blocks.outcome(period)[codes].to_numpy(dtype=float)


def standing(area: Area, groups: Mapping[str, list[str]], seed: int) -> pd.DataFrame:
    """How much of the distance of an area, and between its groups, goes with each block.

    Parameters
    ----------
    area : Area
    groups : mapping of str to list of str
        Districts by group, of which ``top`` and ``bottom`` are used
        (`helpers.comparisons.comparison.members`).
    seed : int

    Returns
    -------
    DataFrame
        `STANDING`. ``part`` is a block, ``unexplained`` or ``gap``; parts sum to the gap. Logs: 0.10 is
        about a tenth more output per hour. Slopes are those of all districts of Great Britain. With a
        ``reason`` instead where no district of a group has all figures; the UK stands at its own mean,
        so that it has groups only.
    """
    codes = public_blocks.sample(MAIN)
    inside = {"area": list(area.codes)} | {end: groups[end] for end in ("top", "bottom") if end in groups}
    masks = {name: codes.isin(members) for name, members in inside.items()}
    pairs: list[tuple[str, str]] = [] if area.kind == "uk" else [("area", MAIN)]
    if "top" in masks:
        pairs.append(("top", "bottom"))
    columns = public_blocks.columns(public_blocks.APART)
    blocks = [block for block in BLOCKS if any(column.block == block for column in columns)]
    sizes = [sum(column.block == block for column in columns) for block in blocks]
    parts = []
    for period in OUTCOME_YEARS:
        x, y = _data(codes, public_blocks.APART, period)
        for group, against in pairs:
            about = {"group": group, "against": against, "period": period}
            lacking = [name for name in (group, against) if name in masks and not masks[name].any()]
            if lacking:
                whose = area.name if group == "area" else f"the groups ({', '.join(lacking)})"
                reason = f"no district of {whose} has all figures"
                parts.append(pd.DataFrame([about | {"part": "gap", "districts": 0, "reason": reason}]))
                continue
            found = distance.standing(x, y, sizes, _areas(codes), masks[group], seed, masks.get(against))
            value, lower, upper = (np.append(ends, np.nan) for ends in found)
            value[-1] = value[:-1].sum()
            rows = {"part": [*blocks, "unexplained", "gap"], "value": value, "lower": lower, "upper": upper}
            parts.append(pd.DataFrame(rows).assign(**about, districts=int(masks[group].sum()), reason=""))
    return pd.concat(parts, ignore_index=True).reindex(columns=STANDING)
