"""Figure 2 of 03_divergence: both groups over time, or every district where there are few."""

from __future__ import annotations

import pandas as pd

from helpers import levels, series
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.gaps import divergence
from helpers.groups import RULE_WORDS, size_in
from helpers.prose.words import area_name, less, pounds
from helpers.study import Study


def main(study: Study) -> list[Exhibit]:
    """The figure that answers the question: both groups, or every district where there are few."""
    return [groups_over_time(study) if study.rule else every_district(study)]


def groups_over_time(study: Study) -> Exhibit:
    """Both groups' output per hour and per job over the window (Figure 2)."""
    parts = {m: _group_lines(study, m) for m in series.INDICATORS if _possible(study, m)}
    parts = {measure: rows for measure, rows in parts.items() if not rows.empty}
    figure, grid = style.canvas(1, len(parts), height=3.9, squeeze=False)
    for axes, (measure, rows) in zip(grid[0], parts.items(), strict=True):
        for group, colour in (("top", style.TOP), ("bottom", style.BOTTOM)):
            axes.plot(rows["year"], rows[group], color=colour, lw=2.2)
            axes.fill_between(
                rows["year"],
                rows[f"{group}_lower"],
                rows[f"{group}_upper"],
                color=colour,
                alpha=0.18,
            )
        axes.plot(rows["year"], rows["uk"], color=style.REFERENCE, ls="--", lw=1.1)
        unit = "hour worked" if measure == "hour" else "filled job"
        axes.set_title(f"GBP per {unit}, release {rows['release'].iloc[0]}")
        axes.set_ylim(bottom=0)
        colours = {"top": style.TOP, "bottom": style.BOTTOM, "uk": style.REFERENCE}
        last = rows.iloc[-1]
        style.label_lines(
            axes, [(last["year"], last[end], end.replace("uk", "UK"), c) for end, c in colours.items()]
        )
        style.whole_years(axes)
        axes.yaxis.set_major_formatter("{x:,.0f}")
    data = pd.concat(parts.values(), ignore_index=True)
    change = divergence.change(study.gap(), study.first_year, study.last_year)
    title = (
        f"The least productive group made {less(change.start)} per {study.measure} than the most productive "
        f"in {change.first_year} and {less(change.end)} in {change.last_year}: {verdict_words(change)}"
    )
    style.finish(
        figure,
        title,
        f"Mean of the districts of each group; {RULE_WORDS[study.rule or 'mean']}; current prices",
        style.footer(sorted({int(r) for r in data["release"]}), style.bands(*parts)),
    )
    return Exhibit(
        "figure_2",
        figure,
        data,
        f"Lines of both groups over time, per hour and per job. {title}.",
        "helpers.figures.groups.groups_over_time",
        "03_divergence",
        (("productivity", "gva_per_hour"), ("productivity", "gva_per_job")),
    )


def verdict_words(change: divergence.Change) -> str:
    """The verdict on a change, as part of a title."""
    return {
        "widened": "the gap widened",
        "narrowed": "the gap narrowed",
        "within the noise": "a change that revision could undo",
        "too close to call": "too close to call",
        "cannot be known": "no basis to judge the change",
    }[change.verdict]


def _possible(study: Study, measure: str) -> bool:
    """Whether the chosen groups exist in the release that stands for a measure."""
    panel = series.panel(study.area, measure, _release(study, measure))
    return size_in(panel.values, study.rule, study.size) is not None


def _release(study: Study, measure: str) -> int:
    """The chosen release, or the latest where it does not hold the measure."""
    held = series.releases(measure)
    return study.release if study.release in held else held[-1]


def _group_lines(study: Study, measure: str) -> pd.DataFrame:
    """Both groups, their bands and the UK by year, in GBP."""
    panel = series.panel(study.area, measure, _release(study, measure))
    gap = divergence.gap(panel, study.rule or "mean", study.size or 1, seed=study.seed)
    frame = pd.DataFrame(
        {
            "measure": measure,
            "release": panel.release,
            "year": panel.values.columns,
            "top": gap.top,
            "top_lower": gap.top_band[0],
            "top_upper": gap.top_band[1],
            "bottom": gap.bottom,
            "bottom_lower": gap.bottom_band[0],
            "bottom_upper": gap.bottom_band[1],
            "uk": panel.uk_value.reindex(panel.values.columns),
        }
    )
    return frame[frame["year"].isin(study.years)].reset_index(drop=True)


def every_district(study: Study) -> Exhibit:
    """Each district's line, for areas with too few districts to form groups."""
    rows = levels.table(study.area)
    bands = levels.bands(study.area)
    rows = rows.merge(bands, on=["area_code", "year", "release", "measure"])
    here = rows[(rows["release"] == study.release) & (rows["measure"] == study.measure)]
    data = here[here["year"].isin(study.years)].dropna(subset=["value"]).reset_index(drop=True)
    figure, axes = style.canvas(height=3.9)
    ends = []
    for colour, (name, line) in zip(style.SERIES, data.groupby("name"), strict=False):
        axes.plot(line["year"], line["value"], color=colour, lw=2)
        axes.fill_between(line["year"], line["lower"], line["upper"], color=colour, alpha=0.15)
        ends.append((line["year"].iloc[-1], line["value"].iloc[-1], str(name), colour))
    uk = study.panel.uk_value.reindex(study.years)
    axes.plot(uk.index, uk, color=style.REFERENCE, ls="--", lw=1.1)
    axes.set_ylim(bottom=0)
    style.label_lines(axes, [*ends, (uk.index[-1], uk.iloc[-1], "UK", style.REFERENCE)])
    style.whole_years(axes)
    last = data[data["year"] == study.last_year].sort_values("value", kind="stable")
    least = (last["name"].iloc[0], last["value"].iloc[0]) if len(last) > 1 else ("the UK", uk.iloc[-1])
    title = (
        f"In {study.last_year} {last['name'].iloc[-1]} made "
        f"{pounds(last['value'].iloc[-1], study.measure)} per {study.measure} and "
        f"{least[0]} {pounds(least[1], study.measure)}"
    )
    style.finish(
        figure,
        title,
        f"{series.UNITS[study.measure]}, current prices, smoothed by ONS; every district of "
        f"{area_name(study.area)}",
        style.footer(study.release, style.bands(study.measure)),
    )
    return Exhibit(
        "figure_2",
        figure,
        data,
        f"One line per district. {title}.",
        "helpers.figures.groups.every_district",
        "03_divergence",
        (("productivity", series.INDICATORS[study.measure]),),
    )
