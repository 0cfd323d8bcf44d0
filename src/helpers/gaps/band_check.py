"""Would the bands have held what came after? Each earlier release's gap against the latest one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import groups, series
from helpers.gaps import divergence
from helpers.study import Study

COLUMNS = ["release", "year", "definition", "value", "lower", "upper", "later", "inside"]


def backtest(study: Study) -> pd.DataFrame:
    """The gap of the same districts as an earlier release and the latest one have it.

    The bands rest on the same revisions that they are held against, so this shows whether drawing
    districts one by one is too narrow, not how the next release will be revised.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, for the relative gap (``share_of_top``) and the gap in pounds; one row per
        earlier release and year in which the latest release has all of the groups' districts.
    """
    *earlier, latest = series.releases(study.measure)
    now = series.panel(study.area, study.measure, latest).values
    rows = []
    for release in earlier:
        panel = series.panel(study.area, study.measure, release)
        size = groups.size_in(panel.values, study.rule, study.size)
        if size is None or study.rule is None:
            continue
        for definition in ("share_of_top", "absolute"):
            gap = divergence.gap(panel, study.rule, size, definition=definition, seed=study.seed)
            later = _later(gap, now)
            frame = pd.DataFrame({"value": gap.value, "lower": gap.lower, "upper": gap.upper, "later": later})
            frame = frame.dropna().rename_axis("year").reset_index()
            inside = frame["later"].between(frame["lower"], frame["upper"])
            rows.append(frame.assign(release=release, definition=definition, inside=inside))
    return pd.concat(rows, ignore_index=True)[COLUMNS] if rows else pd.DataFrame(columns=COLUMNS)


def _later(gap: divergence.Gap, now: pd.DataFrame) -> pd.Series:
    """The same districts' gap in the latest release, year by year; NaN where one is gone."""
    codes = gap.panel.values.index
    found = {}
    for at, year in enumerate(gap.value.index):
        figures = now[year] if year in now.columns else pd.Series(dtype=float)
        top, bottom = (
            np.asarray(figures.reindex(codes[chosen[:, at]]).mean(skipna=False))
            for chosen in (gap.groups.top, gap.groups.bottom)
        )
        found[year] = divergence.DEFINITIONS[gap.definition](top, bottom)
    return pd.Series(found, dtype=float)
