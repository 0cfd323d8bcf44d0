"""Which districts stand beside which?

Two districts are neighbours where their borders touch, if only in a point (queen contiguity), on the
project's simplified map. On it three pairs that meet only across water have parted (Fylde and South
Ribble; Greenwich with Newham and with Tower Hamlets). A district that touches no other one of those looked
at, such as an island, is tied to the nearest of them, measured from border to border: by their centres the
Orkney Islands would be tied to Moray and Anglesey to Conwy. Northern Ireland's districts touch each other
and stay apart from the rest. All this is assumption A16.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import shapely

from helpers import boundaries, geography
from helpers.errors import AreaError


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Who stands beside whom.

    Attributes
    ----------
    codes : tuple of str
        Districts, in the order of the rows and columns.
    weights : libpysal.weights.W
        Each district's neighbours, all with equal weight, summing to one.
    tied : tuple of (str, str)
        Districts that touch no other, each with the one it is tied to.
    """

    codes: tuple[str, ...]
    weights: Any
    tied: tuple[tuple[str, str], ...]

    @property
    def matrix(self) -> Any:
        """The weights as a sparse matrix, shape (n, n), whose rows sum to one."""
        return self.weights.sparse


@cache
def among(codes: tuple[str, ...]) -> Neighbours:
    """Neighbours of each of some districts, as far as they are among them.

    Parameters
    ----------
    codes : tuple of str
        At least two districts in codes of December 2024.

    Raises
    ------
    AreaError
        There are fewer than two districts, or one has no boundary.
    """
    from libpysal.weights import Queen, W  # type: ignore[import-untyped]

    known = boundaries.load()
    lacking = sorted(set(codes) - set(known.index))
    if lacking or len(codes) < 2:
        raise AreaError(
            f"contiguity: expected two or more districts in codes of December 2024, found {len(codes)}, "
            f"of which unknown: {', '.join(lacking) or 'none'}. See `in_present_codes`."
        )
    shapes = known.loc[list(codes)]
    touching = Queen.from_dataframe(shapes, ids=list(codes), use_index=False, silence_warnings=True)
    links = {code: set(touching.neighbors[code]) for code in codes}
    outlines = shapes.geometry.to_numpy()
    tied = []
    for alone in touching.islands:
        at = codes.index(alone)
        distance = shapely.distance(outlines[at], outlines)
        distance[at] = np.inf
        nearest = codes[int(distance.argmin())]
        links[alone].add(nearest)
        links[nearest].add(alone)
        tied.append((alone, nearest))
    weights = W(
        {code: sorted(near) for code, near in links.items()}, id_order=list(codes), silence_warnings=True
    )
    weights.transform = "r"
    return Neighbours(codes, weights, tuple(tied))


def in_present_codes(values: pd.DataFrame, vintage: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows of another code vintage under the codes of December 2024, which the boundaries have.

    Returns
    -------
    (DataFrame, tuple of str)
        The rows that are a district of today, recoded; and the codes of those that became only part
        of one, which have no boundary and are left out.

    Raises
    ------
    AreaError
        A code is not of that vintage.
    """
    present = geography.all_districts(vintage)["present"]
    unknown = values.index.difference(present.index)
    if len(unknown):
        raise AreaError(f"{', '.join(unknown)}: no district of {vintage}; name the vintage of the codes.")
    own = present[~present.duplicated(keep=False)]
    kept = values[values.index.isin(own.index)]
    return kept.set_axis(own[kept.index].to_numpy()).sort_index(), tuple(values.index.difference(own.index))


def tie_words(beside: Neighbours, names: Mapping[str, str] | pd.Series) -> list[str]:
    """``X to Y`` for each district that touches no other, for the text under a map or table."""
    return [f"{names[alone]} to {names[nearest]}" for alone, nearest in beside.tied]
