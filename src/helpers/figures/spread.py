"""Figures of 03_divergence: all specifications, what selection does, how all districts spread."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import series
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.prose.words import area_name, percent
from helpers.study import Study

COLOURS = {
    "widened": style.BOTTOM,
    "narrowed": style.TOP,
    "within the noise": style.MIDDLE,
    "too close to call": style.OPEN,
    "cannot be known": style.NO_DATA,
}
CHOICES = ("rule", "weights", "measure", "release", "window", "group_size")
SOURCES = (("productivity", "gva_per_hour"), ("industry", "gva_all"), ("hours_jobs", "hours_per_week"))


def specification_curve(study: Study, curve: pd.DataFrame) -> list[Exhibit]:
    """Every relative gap's change, sorted, with the choices below."""
    data = curve[(curve["definition"] == "share_of_top") & (curve["series"] == "smoothed")]
    data = data.dropna(subset=["change"])
    # Rules that choose the same districts give the same change but for rounding, which no order may show
    data = data.iloc[data["change"].round(12).argsort(kind="stable")].reset_index(drop=True)
    if data.empty:
        return []
    options = [(choice, option) for choice in CHOICES for option in _options(data[choice])]
    figure, (above, below) = style.canvas(
        2, 1, height=7.4, sharex=True, height_ratios=[1, 0.075 * len(options) + 0.4]
    )
    at = np.arange(len(data))
    for verdict, colour in COLOURS.items():
        here = (data["verdict"] == verdict).to_numpy()
        if here.any():
            above.vlines(
                at[here],
                data["lower"][here] * 100,
                data["upper"][here] * 100,
                color=colour,
                lw=0.3,
                alpha=0.35,
                rasterized=True,  # thousands of marks: dots in the SVG, too
            )
            above.plot(
                at[here],
                data["change"][here] * 100,
                ".",
                color=colour,
                ms=2.5,
                label=verdict,
                rasterized=True,
            )
    above.axhline(0, color=style.REFERENCE, lw=1)
    above.set_ylabel("Change, points")
    above.legend(loc="upper left", markerscale=5, fontsize=8)
    colours = data["verdict"].map(COLOURS)
    for row, (choice, option) in enumerate(options):
        here = (data[choice] == option).to_numpy()
        below.scatter(
            at[here], np.full(here.sum(), row), c=colours[here], s=4, marker="|", lw=0.7, rasterized=True
        )
    below.set_yticks(range(len(options)), [f"{c.replace('_', ' ')}: {o}" for c, o in options], fontsize=7)
    below.set_ylim(len(options) - 0.5, -0.5)
    below.set_xlabel("Specifications, sorted by the change")
    shares = data["verdict"].value_counts(normalize=True)
    title = (
        f"Of {len(data):,} specifications of the relative gap {percent(shares.get('widened', 0), 0)} say "
        "that it "
        f"widened, {percent(shares.get('narrowed', 0), 0)} that it narrowed"
    )
    style.finish(
        figure,
        title,
        f"Change of the gap as a share of the top group in {area_name(study.area)}; each column is one "
        "specification",
        style.footer(sorted(set(data["release"])), style.bands("hour", "job")),
    )
    return [
        Exhibit(
            "figure_specification_curve",
            figure,
            data,
            f"Sorted dots with bands above a grid of choices. {title}.",
            "helpers.figures.spread.specification_curve",
            "03_divergence",
            (("productivity", "gva_per_hour"), ("productivity", "gva_per_job")),
        )
    ]


def _options(values: pd.Series) -> list[object]:
    return sorted(values.unique(), key=lambda value: (isinstance(value, str), value))


def selection(study: Study, nulls: pd.DataFrame) -> list[Exhibit]:
    """The end-ranked gap's change in every area beside what choosing on the outcome gives by itself."""
    rows = nulls[(nulls["rule"] == "end") & (nulls["null"] == "fitted_process")].dropna(subset=["observed"])
    if rows.empty:
        return []
    data = rows[rows["window"] == rows["window"].iloc[0]].reset_index(drop=True)
    figure, axes = style.canvas(height=0.34 * len(data) + 0.6)
    at = range(len(data))
    axes.hlines(
        at, data["lower"], data["upper"], color=style.MIDDLE, lw=6, alpha=0.4, label="by choosing alone, 95 %"
    )
    axes.plot(data["expected"], at, "|", color=style.MIDDLE, ms=12, mew=2, label="by choosing alone, mean")
    axes.plot(data["observed"], at, "o", color=style.TOP, ms=7, label="seen")
    axes.axvline(0, color=style.REFERENCE, lw=1)
    axes.set_yticks(list(at), data["area"])
    axes.set_ylim(len(data) - 0.5, -0.5)
    axes.set_xlabel("Change of the gap between groups ranked at the end, log points")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, fontsize=8)
    beyond = int((data["observed"] > data["upper"]).sum())
    short = int((data["observed"] < data["lower"]).sum())
    title = (
        f"Groups ranked at the end pull apart by more than choosing them explains in {beyond or 'none'} of "
        f"{len(data)} areas, by less in {short or 'none'}"
    )
    style.finish(
        figure,
        title,
        f"GVA per hour, {data['window'].iloc[0]}; fitted process, smoothed as the published series",
        style.footer(series.releases("hour")[-1], "Intervals: simulated, ours, not ONS's."),
    )
    return [
        Exhibit(
            "figure_selection",
            figure,
            data,
            f"Dots beside bars, one row per area. {title}.",
            "helpers.figures.spread.selection",
            "03_divergence",
            SOURCES,
        )
    ]


def spread(study: Study, table: pd.DataFrame, changes: pd.DataFrame) -> list[Exhibit]:
    """Standard deviation of logs over all districts, smoothed and unsmoothed."""
    data = table[table["statistic"] == "sd_log"].dropna(subset=["value"]).reset_index(drop=True)
    if data.empty or data["value"].max() == 0:
        return []
    figure, axes = style.canvas(height=3.6)
    looks = zip((style.TOP, style.BOTTOM), style.LINES, strict=False)
    for (colour, dash), (name, rows) in zip(looks, data.groupby("series"), strict=False):
        axes.plot(rows["year"], rows["value"], color=colour, ls=dash, lw=2, label=str(name))
        axes.fill_between(rows["year"], rows["lower"], rows["upper"], color=colour, alpha=0.15)
    style.whole_years(axes)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Standard deviation of logs")
    axes.legend(loc="lower left")
    verdicts = changes[changes["statistic"] == "sd_log"].set_index("series")["verdict"]
    title = "The spread of all districts: " + "; ".join(f"{name} {told}" for name, told in verdicts.items())
    style.finish(
        figure,
        title,
        f"GVA per hour of every district of {area_name(study.area)}",
        style.footer(
            series.releases("hour")[-1],
            "Bands: block bootstrap over ITL3 areas, ours. Unsmoothed series: ours, not ONS's.",
        ),
    )
    return [
        Exhibit(
            "figure_spread",
            figure,
            data,
            f"Two lines with bands. {title}.",
            "helpers.figures.spread.spread",
            "03_divergence",
            SOURCES,
        )
    ]
