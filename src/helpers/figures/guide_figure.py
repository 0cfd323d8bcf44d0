"""Figure 3 rebuilt: the two groups across all indicators, beside the guide's own figures."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from helpers.comparisons import guide_figure
from helpers.derived import observe
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.comparison import sources, table_pairs
from helpers.groups import RULE_WORDS, has_guide
from helpers.prose.words import LEVEL_WORDS, area_name
from helpers.study import Study

COLOURS = {"top": style.TOP, "bottom": style.BOTTOM}
TICKS = [-0.5, 0.0, 1.0, 3.0]  # of a scale of ratios: halved, the same, doubled twice


def figure_3(study: Study) -> list[Exhibit]:
    """One row per indicator: ratio now, change of the chosen groups, change of the re-chosen groups.

    Nothing for an area without groups.
    """
    data = guide_figure.table(study)
    if data.empty:
        return []
    figure, (ratio, chosen, rechosen) = style.canvas(
        1, 3, height=0.42 * len(data) + 1.0, sharey=True, width_ratios=[1, 1.5, 1.5]
    )
    at = pd.Series(range(len(data)), index=data.index)
    _ratios(ratio, data, at)
    _changes(chosen, data, at, "")
    _changes(rechosen, data, at, "_now")
    rechosen.sharex(chosen)
    _stated(chosen, data, at)
    ratio.set_yticks(at, [_label(row) for row in data.itertuples(index=False)], fontsize=7.5)
    ratio.set_ylim(len(data) - 0.5, -0.5)
    ratio.set_title("Top over bottom,\nlast year", fontsize=9)
    chosen.set_title(textwrap.fill(f"Change: {RULE_WORDS[study.rule or 'mean']}", 30), fontsize=9)
    rechosen.set_title("Change: groups chosen\non the latest data", fontsize=9)
    rechosen.legend(*chosen.get_legend_handles_labels(), loc="upper right", fontsize=7.5)
    drawn = list(data["indicator"])
    title = _title(study, data)
    style.finish(
        figure,
        title,
        f"Unweighted means of the districts of {area_name(study.area)}, or of the areas that contain them",
        [
            *sources(drawn),
            "Bars: the producer's 95 % intervals, or what rounding allows; where there is no bar, no "
            "interval is published. Scale of changes: logarithmic in the ratio of last to first year.",
        ],
    )
    return [
        Exhibit(
            "figure_3",
            figure,
            data,
            f"Dots for both groups, one row per indicator. {title}.",
            "helpers.figures.guide_figure.figure_3",
            "06_skills_and_people",
            table_pairs(drawn),
        )
    ]


def _label(row: object) -> str:
    """Indicator, level where it is no district, and period."""
    observed = observe(str(row.indicator))  # type: ignore[attr-defined]
    level = "" if observed.level == "district" else f", by {LEVEL_WORDS[observed.level]}"
    first, last = row.first_year, row.last_year  # type: ignore[attr-defined]
    period = f"{first} to {last}" if first < last else str(last)
    share = f", {observed.unit}" if observed.unit.startswith("per cent of") else ""
    return textwrap.fill(f"{_short(observed.label)}{share}{level}, {period}", 42)


def _short(label: str) -> str:
    """A label without what the period says already."""
    return (
        label.split(", of those")[0]
        .split(", beside those")[0]
        .replace(" in the academic year from August", "")
    )


def _ratios(axes: Axes, data: pd.DataFrame, at: pd.Series) -> None:
    axes.axvline(1, color=style.REFERENCE, lw=1)
    axes.hlines(at, data["ratio_lower"], data["ratio_upper"], color=style.MIDDLE, lw=2.5)
    axes.plot(data["ratio_last"], at, "o", color=style.REFERENCE, ms=5)
    axes.set_xscale("log")
    known = data[["ratio_last", "ratio_lower", "ratio_upper"]].stack()
    ticks = [t for t in (0.25, 0.5, 1, 2, 4) if known.min() * 0.7 <= t <= known.max() * 1.4]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")
    axes.tick_params(axis="x", labelsize=8)


def _changes(axes: Axes, data: pd.DataFrame, at: pd.Series, suffix: str) -> None:
    """Both groups' change on a scale of last over first."""
    axes.axvline(1, color=style.REFERENCE, lw=1)
    for shift, (end, colour) in zip((-0.14, 0.14), COLOURS.items(), strict=True):
        group = f"{end}{suffix}"
        axes.hlines(
            at + shift,
            1 + data[f"lower_{group}"],
            1 + data[f"upper_{group}"],
            color=colour,
            lw=2.5,
            alpha=0.4,
        )
        name = "most productive" if end == "top" else "least productive"
        axes.plot(1 + data[f"change_{group}"], at + shift, "o", color=colour, ms=5, label=name)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator([1 + tick for tick in TICKS]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda x, _: f"{(x - 1) * 100:+.0f} %" if x != 1 else "0")
    axes.tick_params(axis="x", labelsize=7.5)


def _stated(axes: Axes, data: pd.DataFrame, at: pd.Series) -> None:
    """The guide's own figures as hollow diamonds."""
    label: str | None = "as the guide says"
    for end, colour in COLOURS.items():
        rows = data[data[f"guide_{end}"].notna()]
        if rows.empty:
            continue
        axes.plot(
            1 + rows[f"guide_{end}"],
            at[rows.index],
            "D",
            mfc="none",
            mec=colour,
            mew=1.6,
            ms=8,
            ls="none",
            label=label,
        )
        label = None


def _title(study: Study, data: pd.DataFrame) -> str:
    """How many of the guide's changes come out, or in how many indicators the top grew by more."""
    if has_guide(study.area):
        held = [
            abs(row[f"change_{end}"] - row[f"guide_{end}"]) <= 0.005
            for _, row in data.iterrows()
            for end in COLOURS
            if pd.notna(row[f"guide_{end}"])
        ]
        return f"Of the {len(held)} changes that the guide's figure gives, official figures show {sum(held)}"
    more = int((data["change_top"] > data["change_bottom"]).sum())
    return f"The most productive group grew by more in {more} of {len(data)} indicators"
