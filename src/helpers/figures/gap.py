"""Figures of 03_divergence: the gap by definition, by rule of choosing the groups, and by release."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from helpers import series
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.gaps import divergence
from helpers.groups import RULE_WORDS, RULES, has_guide, size_in
from helpers.prose.words import measure_name, points
from helpers.study import Study

DEFINITION_WORDS = {
    "share_of_top": "(top - bottom) / top, %",
    "share_of_bottom": "(top - bottom) / bottom, %",
    "ratio": "top / bottom",
    "absolute": "top - bottom, GBP",
    "log": "ln(top / bottom)",
}


def definitions(study: Study) -> list[Exhibit]:
    """The gap by definition; nothing for an area without groups, and likewise below."""
    return [by_definition(study)] if study.rule else []


def rules(study: Study) -> list[Exhibit]:
    """The gap by rule of choosing the groups."""
    return [by_rule(study)] if study.rule else []


def releases(study: Study) -> list[Exhibit]:
    """The gap by release."""
    return [by_release(study)] if study.rule else []


def by_definition(study: Study) -> Exhibit:
    """The same two groups, the gap by each definition."""
    figure, grid = style.canvas(2, 3, height=4.8)
    axes_list = list(grid.flat)
    parts, verdicts = [], []
    for axes, name in zip(axes_list, divergence.DEFINITIONS, strict=False):
        gap = study.gap(name)
        rows = _gap_rows(gap, study.years).assign(definition=name)
        _band_line(axes, rows, style.TOP, _scale(name))
        axes.set_title(DEFINITION_WORDS[name], fontsize=10)
        style.whole_years(axes, most=4)
        change = divergence.change(gap, study.first_year, study.last_year)
        axes.set_xlabel(change.verdict, fontsize=9)
        verdicts.append(change.verdict)
        parts.append(rows)
    axes_list[-1].set_axis_off()
    relative, absolute = verdicts[2], verdicts[3]
    title = (
        f"From {study.first_year} to {study.last_year} the gap was, by every definition: {relative}"
        if relative == absolute
        else f"From {study.first_year} to {study.last_year} the gap in pounds: {absolute}; as a ratio "
        f"or a share of output: {relative}"
    )
    style.finish(
        figure,
        title,
        f"{measure_name(study)}; {RULE_WORDS[study.rule or 'mean']}; unweighted means; under each "
        "panel its verdict",
        style.footer(
            study.release,
            style.bands(study.measure),
            "The gap in GBP grows with prices even when nothing else changes.",
        ),
    )
    return Exhibit(
        "figure_gap_by_definition",
        figure,
        pd.concat(parts, ignore_index=True),
        f"Five small line charts, one per definition. {title}.",
        "helpers.figures.gap.by_definition",
        "03_divergence",
        (("productivity", series.INDICATORS[study.measure]),),
    )


def by_rule(study: Study) -> Exhibit:
    """The gap by how the groups are chosen: what choosing on the outcome does."""
    rules = [r for r in RULES if r != "guide" or has_guide(study.area)]
    figure, axes = style.canvas(height=3.9)
    parts, changes = [], {}
    for colour, dash, rule in zip(style.SERIES, style.LINES, rules, strict=False):
        size = size_in(study.panel.values, rule, study.size)
        if size is None:
            continue
        gap = divergence.gap(study.panel, rule, size, seed=study.seed)
        rows = _gap_rows(gap, study.years).assign(rule=rule, group_size=size)
        _band_line(axes, rows, colour, 100, label=f"{rule}: {RULE_WORDS[rule]}", dash=dash)
        changes[rule] = divergence.change(gap, study.first_year, study.last_year)
        parts.append(rows)
    axes.set_ylabel("(top - bottom) / top, %")
    axes.set_ylim(bottom=0)
    style.whole_years(axes)
    axes.legend(loc="lower left", fontsize=8.5)
    title = _rule_title(changes)
    style.finish(
        figure,
        title,
        f"Gap in {measure_name(study)} as a share of the top group, unweighted means",
        style.footer(study.release, style.bands(study.measure)),
    )
    return Exhibit(
        "figure_gap_by_rule",
        figure,
        pd.concat(parts, ignore_index=True),
        f"One line per rule of choosing the groups. {title}.",
        "helpers.figures.gap.by_rule",
        "03_divergence",
        (("productivity", series.INDICATORS[study.measure]),),
    )


def _rule_title(changes: dict[str, divergence.Change]) -> str:
    """What the rule does to the answer; opposite answers are called so only beyond the noise."""
    verdicts = {change.verdict for change in changes.values()}
    told = "; ".join(f"{rule} {points(change.change)}" for rule, change in changes.items())
    if {"widened", "narrowed"} <= verdicts:
        return f"Who is called top decides the answer: {told}"
    if len(verdicts) == 1:
        return f"By every rule the change is {verdicts.pop()}: {told}"
    if len({change.change > 0 for change in changes.values()}) == 1:
        return f"By every rule the gap moved the same way: {told}"
    return f"Who is called top decides how far the gap moved: {told}"


def by_release(study: Study) -> Exhibit:
    """The gap as each release saw it; all rules but the guide's choose anew in each."""
    figure, axes = style.canvas(height=3.6)
    parts = []
    for colour, dash, release in zip(
        style.SERIES, style.LINES[1:], series.releases(study.measure), strict=False
    ):
        panel = series.panel(study.area, study.measure, release)
        size = size_in(panel.values, study.rule, study.size)
        if size is None:
            continue
        gap = divergence.gap(panel, study.rule or "mean", size, seed=study.seed)
        rows = _gap_rows(gap, study.years).dropna(subset=["value"]).assign(release=release)
        axes.plot(
            rows["year"], rows["value"] * 100, color=colour, label=str(release),
            ls="-" if release == study.release else dash, lw=2.4 if release == study.release else 1.4,
        )  # fmt: skip
        parts.append(rows)
    data = pd.concat(parts, ignore_index=True)
    axes.legend(title="Release", ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    axes.set_ylabel("(top - bottom) / top, %")
    style.whole_years(axes)
    spread = data.groupby("year")["value"].agg(["min", "max", "count"])
    spread = spread[spread["count"] > 1]
    widest = (spread["max"] - spread["min"]).idxmax() if len(spread) else None
    same = "and districts " if study.rule == "guide" else ""
    difference = (spread["max"] - spread["min"]).max()
    title = (
        f"For the same year {same}releases differ by up to {points(difference).lstrip('+')} ({widest})"
        if len(spread)
        else "Only one release holds these groups"
    )
    style.finish(
        figure,
        title,
        f"Gap in {measure_name(study)} as a share of the top group; {RULE_WORDS[study.rule or 'mean']}",
        style.footer(series.releases(study.measure)),
    )
    return Exhibit(
        "figure_gap_by_release",
        figure,
        data,
        f"One line per release. {title}.",
        "helpers.figures.gap.by_release",
        "03_divergence",
        (("productivity", series.INDICATORS[study.measure]),),
    )


def _gap_rows(gap: divergence.Gap, years: list[int]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"year": gap.value.index, "value": gap.value, "lower": gap.lower, "upper": gap.upper}
    )
    return frame[frame["year"].isin(years)].reset_index(drop=True)


def _scale(definition: str) -> float:
    return 100 if definition.startswith("share") else 1


def _band_line(
    axes: Axes, rows: pd.DataFrame, colour: str, scale: float, label: str | None = None, dash: Any = "-"
) -> None:
    axes.plot(rows["year"], rows["value"] * scale, color=colour, ls=dash, lw=2, label=label)
    axes.fill_between(rows["year"], rows["lower"] * scale, rows["upper"] * scale, color=colour, alpha=0.15)
