"""Sentences and tables that every comparison of the groups needs, whatever it compares."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.derived import observe
from helpers.enumeration import listed
from helpers.prose.words import LEVEL_WORDS, area_name
from helpers.study import Study


def absent(study: Study, comparison: pd.DataFrame, indicators: Sequence[str]) -> str:
    """Which indicators do not exist for this area."""
    found = set(comparison.loc[comparison["group"] == "area", "indicator"])
    lost = [observe(i).label for i in indicators if i not in found]
    if not lost:
        return f"Every indicator of this notebook exists for {area_name(study.area)}."
    return f"Not published for {area_name(study.area)}: {listed(lost)}."


def title(contrast: pd.DataFrame, indicators: Sequence[str], of: str) -> str:
    """A figure's finding: in how many indicators the most productive group is ahead."""
    rows = contrast[contrast["indicator"].isin(indicators)].dropna(subset=["ratio_last"])
    if rows.empty:
        return f"{of}: the area beside the UK"
    ahead = int((rows["ratio_last"] > 1).sum())
    risen = int((rows["ratio_last"] > rows["ratio_first"]).sum())
    return (
        f"{of}: the most productive group has more in {ahead} of {len(rows)} indicators; its ratio to the "
        f"least productive has risen in {risen}"
    )


def dashboard(study: Study, comparison: pd.DataFrame, contrast: pd.DataFrame) -> pd.DataFrame:
    """Level, ratio, change and rank correlation of every indicator that the area has, for reading.

    Parameters
    ----------
    study : Study
    comparison, contrast : DataFrame
        Of `helpers.comparisons.comparison`.

    Returns
    -------
    DataFrame
        One row per indicator: what it is, its level and period; the means of both groups, the area
        and the UK in the last year; the ratio of the groups in both years; relative changes in per
        cent; and the two rank correlations. An area without groups has blanks for what needs them.
    """
    rows = []
    for row in contrast.itertuples(index=False):
        observed = observe(str(row.indicator))
        own = comparison[comparison["indicator"] == row.indicator]
        if not (own["group"] == "area").any():
            continue
        last = row.last_year if pd.notna(row.last_year) else own.loc[own["group"] == "area", "year"].max()
        level = own[own["year"] == last].set_index("group")["value"]
        several = pd.notna(row.first_year) and row.first_year < last
        rows.append(
            {
                "indicator": observed.label,
                "unit": observed.unit,
                "by": LEVEL_WORDS[observed.level],
                "years": f"{row.first_year} to {last}" if several else str(last),
                **{group: level.get(group) for group in ("top", "bottom", "area", "uk")},
                "top over bottom, first": row.ratio_first,
                "top over bottom, last": row.ratio_last,
                "change of top, %": row.change_top * 100,
                "change of bottom, %": row.change_bottom * 100,
                "rank correlation, area": row.rank_correlation_area,
                "rank correlation, UK": row.rank_correlation_uk,
            }
        )
    return pd.DataFrame(rows)


DECIMALS = {
    **dict.fromkeys(("top", "bottom", "area", "uk"), 1),
    **dict.fromkeys(("top over bottom, first", "top over bottom, last"), 2),
    **dict.fromkeys(("change of top, %", "change of bottom, %"), 0),
    **dict.fromkeys(("rank correlation, area", "rank correlation, UK"), 2),
}
