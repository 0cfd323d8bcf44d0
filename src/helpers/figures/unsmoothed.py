"""Figure of 03_divergence: what becomes of the gap when the producer's smoothing is undone?"""

from __future__ import annotations

import pandas as pd

from helpers import divergence_tables, series
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.spread import SOURCES
from helpers.groups import RULE_WORDS
from helpers.prose.spread import LAST_YEARS, unsmoothed_differences
from helpers.prose.words import points
from helpers.study import Study

LINES = {
    "smoothed": ("smoothed, as published", style.TOP, "-"),
    "unsmoothed": ("unsmoothed", style.BOTTOM, "-"),
    "unsmoothed_without_rent": ("unsmoothed, without\nimputed rent", style.SERIES[3], "--"),
}


def gap_unsmoothed(study: Study, table: pd.DataFrame) -> list[Exhibit]:
    """The gap of the same districts, smoothed and not; nothing for an area without groups.

    Parameters
    ----------
    study : Study
    table : DataFrame
        `helpers.divergence_tables.unsmoothed_gaps`.
    """
    first, last = divergence_tables.window(study)
    data = table[table["year"].between(first, last)].dropna(subset=["gap"]).reset_index(drop=True)
    if not {"smoothed", "unsmoothed"} <= set(data["series"]):
        return []
    figure, axes = style.canvas(height=3.9)
    if last - first > LAST_YEARS:
        axes.axvspan(last - LAST_YEARS + 0.5, last + 0.5, color=style.NO_DATA, alpha=0.6, lw=0)
    ends = []
    for name, (label, colour, dash) in LINES.items():
        rows = data[data["series"] == name]
        if rows.empty:
            continue
        axes.plot(rows["year"], rows["gap"] * 100, color=colour, ls=dash, lw=2, marker=".", ms=6)
        if rows["lower"].notna().any():
            axes.fill_between(
                rows["year"], rows["lower"] * 100, rows["upper"] * 100, color=colour, alpha=0.15
            )
        ends.append((rows["year"].iloc[-1], rows["gap"].iloc[-1] * 100, label, colour))
    axes.set_ylabel("(top - bottom) / top, %")
    axes.set_xlim(first - 0.3, last + 0.5)
    style.whole_years(axes)
    style.label_lines(axes, ends)
    names = "; ".join(label.replace("\n", " ") for _, _, label, _ in ends)
    title = _title(table, first, last)
    style.finish(
        figure,
        title,
        f"Gap in GVA per hour as a share of the top group; {RULE_WORDS[str(data['rule'].iloc[0])]}; "
        "current prices; grey: the last years",
        style.footer(
            series.releases("hour")[-1],
            f"{style.bands('hour')} Smoothed series alone.",
            "Unsmoothed series: ours, not ONS's. They have no band, because no release has revised them.",
        ),
    )
    return [
        Exhibit(
            "figure_gap_unsmoothed",
            figure,
            data,
            f"{len(ends)} lines of the gap by year: {names}. {title}.",
            "helpers.figures.unsmoothed.gap_unsmoothed",
            "03_divergence",
            (*SOURCES, ("industry", "gva_imputed_rent")),
        )
    ]


def _title(table: pd.DataFrame, first: int, last: int) -> str:
    """By how much undoing the smoothing moves the last years, beside the years before."""
    apart = unsmoothed_differences(table, first, last).abs()
    recent, before = apart.tail(LAST_YEARS), apart.iloc[:-LAST_YEARS]
    told = (
        f"Undoing the smoothing moves the gap of the last {len(recent)} years by up to "
        f"{points(recent.max()).lstrip('+')} ({recent.idxmax()})"
    )
    if before.empty:
        return told
    return f"{told}; that of earlier years by up to {points(before.max()).lstrip('+')} ({before.idxmax()})"
