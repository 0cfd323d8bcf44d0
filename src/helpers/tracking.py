"""How would an authority know that it makes progress? Level, trend and noise of each indicator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import devolution, geography, trends
from helpers.comparisons.tracks import BANDS, METRICS, Metric, Track, follow
from helpers.study import Study

COLUMNS = [
    "authority", "group", "indicator", "label", "unit", "better", "year", "level", "lower", "upper", "band",
    "trend", "trend_lower", "trend_upper", "trend_first_year", "trend_last_year", "progress_if", "made_of",
    "reason",
]  # fmt: skip


def table(study: Study) -> pd.DataFrame:
    """Every indicator of `METRICS` for every authority with districts in the area.

    Parameters
    ----------
    study : Study
        Its measure and release give productivity, its ``first_year`` where trends begin.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. An authority is followed whole, also where districts of it lie outside the
        area; what lies in no authority is followed as one. ``level`` is the last year published;
        ``lower, upper`` its band. ``trend`` is per year, by `helpers.trends.fit`; that of productivity
        and of the gap inside the authority is of the unsmoothed series, the latter after the years
        that chose the groups. ``progress_if`` is the level beyond which a later figure would differ
        from today's by more than both bands allow (`progress_line`). What is missing is empty, and
        ``reason`` says why.
    """
    rows = []
    for group, name, kind in devolution.authorities(study)[["group", "name", "kind"]].itertuples(index=False):
        whole = kind == devolution.AUTHORITY
        area = geography.resolve(group if whole else list(devolution.codes_of(group, study)))
        for metric in METRICS:
            track = follow(metric, study, group, area)
            rows.append(_row(metric, track, study.first_year) | {"authority": name, "group": group})
    frame = pd.DataFrame(rows)[COLUMNS]
    return frame.astype(dict.fromkeys(("year", "trend_first_year", "trend_last_year"), "Int64"))


def progress_line(level: float, lower: float, upper: float, interval: str, better: str) -> float:
    """The level beyond which a later figure would be progress and not noise.

    Parameters
    ----------
    level, lower, upper : float
        Today's figure and the ends of its band; the later figure is taken to have as wide a band.
    interval : str
        ``rounding``: both figures may be at their far end, so the two reaches add. ``sampling`` and
        ``revision``: two independent errors, so their squares add.
    better : str
        ``higher`` or ``lower``.

    Returns
    -------
    float
        NaN without a band.
    """
    down, up = level - lower, upper - level
    reach = down + up if interval == "rounding" else np.hypot(down, up)
    return float(level + reach if better == "higher" else level - reach)


def _row(metric: Metric, track: Track, first_year: int) -> dict[str, object]:
    """Today's figure, its trend and the line of progress, with what is missing and why."""
    row: dict[str, object] = dict.fromkeys(COLUMNS, None)
    row |= {
        "indicator": metric.indicator,
        "label": track.label,
        "unit": track.unit,
        "better": metric.better,
        "made_of": track.made_of,
        "band": "",
    }
    numbers = ("level", "lower", "upper", "trend", "trend_lower", "trend_upper", "progress_if")
    row |= dict.fromkeys(numbers, float("nan"))
    known = track.figures.dropna(subset=["value"])
    if known.empty:
        return row | {"reason": track.reason}
    year = int(known.index[-1])
    level, lower, upper = (float(known.loc[year, end]) for end in ("value", "lower", "upper"))
    line = trends.fit(track.trended[track.trended.index >= first_year])
    banded = bool(np.isfinite(lower) and np.isfinite(upper))
    note = "the band holds rounding alone, and years differ by more" if track.interval == "rounding" else ""
    reasons = [track.reason, line.reason, note if banded else "no band, so no line of progress"]
    return row | {
        "year": year,
        "level": level,
        "lower": lower,
        "upper": upper,
        "band": BANDS[track.interval] if banded else "",
        "trend": line.slope,
        "trend_lower": line.lower,
        "trend_upper": line.upper,
        "trend_first_year": line.first_year,
        "trend_last_year": line.last_year,
        "progress_if": progress_line(level, lower, upper, track.interval, metric.better),
        "reason": "; ".join(text for text in reasons if text),
    }
