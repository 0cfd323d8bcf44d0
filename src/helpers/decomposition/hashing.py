"""Where do random signs come from without storing any? From a hash of where and when they are needed.

A counter-based generator: the word at a position depends on the seed, the stream and the position alone, so
the same signs are had again in any order, on any number of threads, compiled or not (splitmix64, Steele, Lea
and Flood 2014, "Fast splittable pseudorandom number generators").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LANES = 16  # draws that are worked on together: as many single-precision numbers fill one line of cache
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)


def words(key: int, positions: NDArray[np.integer]) -> NDArray[np.uint64]:
    """64 random bits at each position of the stream with this key."""
    with np.errstate(over="ignore"):
        mixed = np.uint64(key) + (positions.astype(np.uint64) + np.uint64(1)) * GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * FIRST
        mixed = (mixed ^ (mixed >> np.uint64(27))) * SECOND
    return mixed ^ (mixed >> np.uint64(31))


def stream(seed: int, purpose: int, block: int) -> int:
    """Key of a stream: a seed of the user's, what the signs are for, and which block of draws."""
    mixed = words(seed, np.array([purpose]))[0]
    return int(words(int(mixed), np.array([block]))[0])


def signs(key: int, count: int, first: int = 0) -> NDArray[np.float64]:
    """Random signs of one block of draws at so many positions from the first on, shape (count, LANES)."""
    bits = words(key, np.arange(first, first + count))[:, None] >> np.arange(LANES, dtype=np.uint64)
    return 1.0 - 2.0 * (bits & np.uint64(1)).astype(np.float64)


def uniform(key: int, positions: NDArray[np.integer]) -> NDArray[np.float64]:
    """Numbers strictly between 0 and 1 at each position of a stream."""
    return ((words(key, positions) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
