"""Sentences and tables of 08_policy on what would count as progress, and what the six lessons find."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import groups
from helpers.comparisons.tracks import INNER_GAP, PRODUCTIVITY
from helpers.programmes import lessons
from helpers.prose.words import count
from helpers.study import Study

MOST_LISTED = 4  # authorities whose figures the text gives


def tracking(study: Study, table: pd.DataFrame) -> str:
    """What the table of indicators can and cannot show of progress.

    Parameters
    ----------
    table : DataFrame
        `helpers.tracking.table`.
    """
    with_level = table["level"].notna()
    banded = table["progress_if"].notna()
    clear = table["trend_lower"].mul(table["trend_upper"]) > 0
    own = table[(table["indicator"] == PRODUCTIVITY) & banded]
    parts = [
        f"{'the districts in none' if row.group == 'outside' else row.authority} {row.level:.1f} "
        f"(progress above {row.progress_if:.1f})"
        for row in own.head(MOST_LISTED).itertuples(index=False)
    ]
    some = "for example " if len(own) > MOST_LISTED else ""
    lines = f" GVA per {study.measure} in per cent of the UK: {some}{'; '.join(parts)}." if parts else ""
    everyone, gaps = table["group"].nunique(), table[(table["indicator"] == INNER_GAP) & with_level]
    inner = (
        f" The gap between an authority's own districts can be told for {len(gaps)} of {everyone}; a group "
        f"of districts needs {groups.FEWEST} with figures."
        if len(gaps) < everyone
        else ""
    )
    return (
        f"Of {len(table)} pairs of an authority and an indicator, {int(with_level.sum())} have a figure "
        f"today, {int(banded.sum())} a band that says what a change must exceed, and {int(clear.sum())} a "
        f"trend whose interval excludes zero.{lines}{inner} A line of progress says only that a later figure "
        "would differ from today's by more than noise, not that a policy caused it."
    )


def compact(table: pd.DataFrame) -> pd.DataFrame:
    """The tracking table for the eye: an indicator per row, an authority per column.

    Parameters
    ----------
    table : DataFrame
        `helpers.tracking.table`.

    Returns
    -------
    DataFrame
        ``indicator``, then one column per authority with texts such as ``85.1 (83.3 to 87.0) in 2023;
        -0.09 a year (-0.25 to 0.07); progress above 87.7``, or the reason why there is no figure.
    """
    cells = table.assign(
        text=[_cell(row) for row in table.itertuples(index=False)],
        row=table["label"] + ", " + table["unit"],
    )
    wide = cells.pivot(index="row", columns="authority", values="text")
    wide = wide.loc[list(dict.fromkeys(cells["row"])), list(dict.fromkeys(cells["authority"]))]
    return wide.rename_axis(index="indicator", columns=None).reset_index()


def six_lessons(judged: pd.DataFrame) -> str:
    """What the lessons find of the described programmes, and of how many things documents are silent.

    Parameters
    ----------
    judged : DataFrame
        `helpers.programmes.lessons.table`.
    """
    verdicts = judged["verdict"].value_counts()
    met, failed, silent = (int(verdicts.get(v, 0)) for v in (lessons.MET, lessons.NOT_MET, lessons.OPEN))
    ours = int(judged.drop_duplicates("field")["threshold_ours"].sum())
    whole = lessons.summary(judged).query("verdict == 'met'").dropna(subset=["number"])
    kept = (
        "No programme can be said to keep any of the six lessons whole"
        if whole.empty
        else f"{count(len(whole), 'lesson')} of all programmes together are kept whole"
    )
    return (
        f"{count(judged['programme'].nunique(), 'programme')} were held to "
        f"{count(judged['field'].nunique(), 'criterion').replace('criterions', 'criteria')}. Of "
        f"{len(judged)} answers {met} are met, {failed} not met, and {silent} cannot be judged, because the "
        f"documents do not say. {kept}. That is a finding about the documents, not about the programmes. "
        f"Of the criteria {ours} rest on a threshold or a reading of ours."
    )


def _cell(row: Any) -> str:
    level = row.level
    if pd.isna(level):
        return f"none: {row.reason}"
    text = f"{level:,.1f}"
    if pd.notna(row.lower):
        text += f" ({row.lower:,.1f} to {row.upper:,.1f})"
    text += f" in {row.year}"
    if pd.notna(row.trend):
        text += f"; {row.trend:+.2f} a year"
    if pd.notna(row.trend_lower):
        text += f" ({row.trend_lower:.2f} to {row.trend_upper:.2f})"
    if pd.notna(row.progress_if):
        side = "above" if row.better == "higher" else "below"
        text += f"; progress {side} {row.progress_if:,.1f}"
    return text
