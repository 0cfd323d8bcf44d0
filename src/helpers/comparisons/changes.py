"""By how much did something change, or differ, and between which ends does that lie?"""

from __future__ import annotations

import numpy as np
import pandas as pd


def ratio(numerator: float, denominator: float) -> float:
    """One over the other; NaN where the other is zero."""
    return float(numerator / denominator) if denominator else float("nan")


def ratio_ends(above: pd.Series, below: pd.Series, interval: str) -> tuple[float, float, float]:
    """A ratio of two figures that each have an interval, and the ends between which it lies.

    Parameters
    ----------
    above, below : Series
        ``value, lower, upper`` of the two figures.
    interval : str
        ``sampling``: the relative half-widths of two independent samples add in squares (first
        order). ``rounding``: the ends are those of the most extreme pairs of values that would be
        rounded to the published ones. Empty: there are none.

    Returns
    -------
    (float, float, float)
        The ratio and its ends; NaN where `below` is zero, and for the ends where an interval is
        missing, or where `below` may be zero.
    """
    value = ratio(above["value"], below["value"])
    if not interval or not below["lower"] > 0 or not above["value"] > 0:
        return value, float("nan"), float("nan")
    if interval == "rounding":
        return value, float(above["lower"] / below["upper"]), float(above["upper"] / below["lower"])
    down = np.hypot(1 - above["lower"] / above["value"], below["upper"] / below["value"] - 1)
    up = np.hypot(above["upper"] / above["value"] - 1, 1 - below["lower"] / below["value"])
    return value, float(value * (1 - down)), float(value * (1 + up))


def relative(first: pd.Series, last: pd.Series, interval: str) -> tuple[float, float, float]:
    """Relative change from one figure to another, as `ratio_ends` less one: 0.06 is 6 % more."""
    value, lower, upper = ratio_ends(last, first, interval)
    return value - 1, lower - 1, upper - 1
