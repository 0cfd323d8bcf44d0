"""Who is ahead, and by how much? Every district's level, rank and distance, in every release.

That output and hours belong to the district, and which country it is compared with, are assumptions A05
and A07.
"""

from __future__ import annotations

import pandas as pd

from helpers import revisions, series
from helpers.geography import Area

LEVELS_COLUMNS = [
    "area_code",
    "name",
    "year",
    "release",
    "measure",
    "value",
    "rank",
    "relative_to_area",
    "relative_to_uk",
]
BANDS_COLUMNS = ["area_code", "year", "release", "measure", "lower", "upper"]


def table(area: Area) -> pd.DataFrame:
    """Levels of all districts of an area, in all releases and measures.

    Parameters
    ----------
    area : Area

    Returns
    -------
    DataFrame
        Columns `LEVELS_COLUMNS`, one row per district, year, release and measure. ``value`` in
        GBP; ``rank`` 1 is the most productive of the area in that year (equal figures share the
        better rank); ``relative_to_area`` and ``relative_to_uk`` are ratios, 1 being equal. A
        figure that is not published is empty, and so is what follows from it.
    """
    return pd.concat([_levels(p) for p in panels(area)], ignore_index=True)


def bands(area: Area) -> pd.DataFrame:
    """Revision bands of all levels (ours, not the producer's): the widest revision seen, either way.

    Returns
    -------
    DataFrame
        Columns `BANDS_COLUMNS`, same rows as `table`.
    """
    return pd.concat([_bands(p) for p in panels(area)], ignore_index=True)


def panels(area: Area) -> list[series.Panel]:
    """Every panel of an area: all measures, all releases."""
    return [series.panel(area, m, r) for m in series.INDICATORS for r in series.releases(m)]


def _levels(panel: series.Panel) -> pd.DataFrame:
    values = panel.values
    parts = {
        "value": values,
        "rank": values.rank(ascending=False, method="min"),
        "relative_to_area": values / panel.area_value,
        "relative_to_uk": values / panel.uk_value,
    }
    frame = pd.DataFrame({name: part.stack(future_stack=True) for name, part in parts.items()})
    frame = frame.rename_axis(["area_code", "year"]).reset_index()
    frame = frame.assign(
        name=frame["area_code"].map(panel.names),
        release=panel.release,
        measure=panel.measure,
        rank=frame["rank"].astype("Int64"),
    )
    return frame[LEVELS_COLUMNS]


def _bands(panel: series.Panel) -> pd.DataFrame:
    low, high = revisions.band_of_outcomes(revisions.outcomes(panel))
    frame = pd.DataFrame(
        {
            "lower": (panel.values * low).stack(future_stack=True),
            "upper": (panel.values * high).stack(future_stack=True),
        }
    )
    frame = frame.rename_axis(["area_code", "year"]).reset_index()
    return frame.assign(release=panel.release, measure=panel.measure)[BANDS_COLUMNS]
