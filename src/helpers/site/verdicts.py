"""Is a figure strong or weak among those of others, or can we not tell?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

QUARTER = 0.25
FEWEST = 4  # others with a figure; a quarter of fewer is nobody
GOOD, BAD, HIGH, LOW = "strong", "weak", "high", "low"
MIDDLE, UNCLEAR, UNJUDGED = "in the middle", "we cannot tell", "not judged"


@dataclass(frozen=True)
class Beside:
    """A figure among those of others.

    Attributes
    ----------
    mean : float
        Unweighted mean of the others (of an area: the district's own included), NaN where none has a
        figure in that year.
    n : int
        How many figures the mean is of.
    place : tuple of float
        Share of the others that lie below the figure, below its lower and below its upper end; an equal
        one counts half. NaN where there is nothing to count.
    verdict : str
        See `judge`.
    """

    mean: float
    n: int
    place: tuple[float, float, float]
    verdict: str


NOTHING = Beside(np.nan, 0, (np.nan, np.nan, np.nan), UNJUDGED)


def judge(value: Beside, better: str, ends: tuple[float, float], others: tuple[float, float]) -> str:
    """Whether a figure is strong or weak among others.

    Parameters
    ----------
    value : Beside
        Its place and the number of others.
    better : str
        ``higher``, ``lower`` or empty.
    ends : (float, float)
        Its interval, NaN where the indicator has none.
    others : (float, float)
        The interval of the others' mean, or the mean twice where it has none.

    Returns
    -------
    str
        `UNCLEAR` where the interval meets that of the others' mean; else `GOOD` or `BAD` (`HIGH` or `LOW`
        where no direction is better) in the outer quarters of the others, and `MIDDLE` between.
    """
    if ends[0] <= others[1] and ends[1] >= others[0]:  # never so for NaN
        return UNCLEAR
    below = value.place[0]
    if QUARTER < below < 1 - QUARTER:
        return MIDDLE
    high = below >= 1 - QUARTER
    if not better:
        return HIGH if high else LOW
    return GOOD if high == (better == "higher") else BAD


def below(others: np.ndarray, value: float) -> float:
    """Share of the others that lie below a value, an equal one counting half."""
    if not len(others) or np.isnan(value):
        return float("nan")
    return float(((others < value) + 0.5 * (others == value)).mean())
