"""Figures of 07_cumulative_causation: how models forecast, and how often a loop would have been seen."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from helpers import series
from helpers.causation import backtest, power
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.prose.backtest import MODEL_WORDS, SURE, TEST_WORDS, compared
from helpers.prose.words import percent

COLOURS = dict(
    zip(
        backtest.MODELS,
        (style.REFERENCE, style.SERIES[2], style.BOTTOM, style.TOP, style.SERIES[4]),
        strict=True,
    )
)
MARKS = dict(zip(backtest.MODELS, ("", "s", "^", "o", "x"), strict=True))
TEST_COLOURS = dict(zip(power.TESTS, (style.TOP, style.SERIES[2], style.BOTTOM), strict=True))
SOURCES = (("industry", "gva_all"), ("hours_jobs", "hours_per_week"))


def forecasts(found: pd.DataFrame) -> list[Exhibit]:
    """Errors relative to the random walk and coverage, by horizon, one column per area.

    Parameters
    ----------
    found : DataFrame
        From `helpers.causation.backtest.table`.
    """
    data = found.dropna(subset=["relative_to_random_walk"]).reset_index(drop=True)
    if data.empty:
        return []
    areas = list(dict.fromkeys(data["area"]))
    figure, axes = style.canvas(2, len(areas), height=6.0, sharex=True, sharey="row", squeeze=False)
    for (above, below), name in zip(axes.T, areas, strict=True):
        rows = data[data["area"] == name]
        _lines(above, rows, "relative_to_random_walk")
        _lines(below, rows, "coverage_90")
        below.axhline(backtest.CONFIDENCE, color=style.MIDDLE, lw=1, ls=":")
        above.set_title(style.panel_title(name, len(areas)))
        below.set_xlabel("Years ahead")
        style.whole_years(below)
    axes[0, 0].set_ylabel("Error (no change = 1)", fontsize=10)
    axes[1, 0].set_ylabel("Held by 90 % intervals", fontsize=10)
    axes[1, 0].set_ylim(top=1.01)
    low, high = axes[0, 0].get_ylim()
    axes[0, 0].set_ylim(low, high + 0.45 * (high - low))  # room for the legend
    axes[0, 0].legend(loc="upper left", fontsize=8.5)
    title = _title(found, areas[-1])
    style.finish(
        figure,
        title,
        "GVA per hour relative to the UK, unsmoothed; root mean squared error of logs; origins from "
        f"{backtest.FIRST_ORIGIN}",
        style.footer(
            series.releases("hour")[-1],
            "Latest release, not what was known at the time. Unsmoothed series, forecasts: ours, not ONS's.",
        ),
    )
    return [
        Exhibit(
            "figure_backtest",
            figure,
            data,
            f"Lines by years ahead: errors above, coverage below, one column per area. {title}.",
            "helpers.figures.backtest.forecasts",
            "07_cumulative_causation",
            SOURCES,
        )
    ]


def _lines(axes: Axes, rows: pd.DataFrame, column: str) -> None:
    for model, part in rows.groupby("model", sort=False):
        name = str(model)
        axes.plot(
            part["horizon"],
            part[column],
            color=COLOURS[name],
            marker=MARKS[name],
            ls="--" if name == "process_with_loop" else "-",
            ms=4 if name == "process_with_loop" else 6,
            lw=1 if name == "process_with_loop" else 2,
            label=MODEL_WORDS[name],
        )


def _title(found: pd.DataFrame, area: str) -> str:
    """The finding for the area last named: the process and the own trend against the random walk."""
    told = {}
    for model in ("process", "own_trend"):
        rows = found[(found["area"] == area) & (found["model"] == model)]
        told[model] = compared(rows["relative_to_random_walk"].dropna())
    return (
        f"{area}: forecasts by fading leads err {told['process']} than expecting no change, by each "
        f"district's own trend {told['own_trend']}"
    )


def seen(found: pd.DataFrame) -> list[Exhibit]:
    """How often each test sees a loop, by its strength; one panel per number of districts.

    Parameters
    ----------
    found : DataFrame
        From `helpers.causation.power.of_area`.
    """
    sizes = sorted(found["districts"].unique())
    figure, axes = style.canvas(1, len(sizes), height=3.9, sharey=True, squeeze=False)
    for panel, size in zip(axes[0], sizes, strict=True):
        rows = found[found["districts"] == size]
        for dash, (test, part) in zip(style.LINES, rows.groupby("test", sort=False), strict=False):
            colour = TEST_COLOURS[str(test)]
            panel.errorbar(
                part["loop_strength"],
                part["power"],
                yerr=1.96 * part["mc_se"],
                color=colour,
                ls=dash,
                marker="o",
                ms=4,
                lw=1.8,
                elinewidth=1,
                label=TEST_WORDS[str(test)],
            )
        panel.axhline(power.LEVEL, color=style.REFERENCE, lw=1, ls=":")
        panel.set_title(f"{size} districts, {int(rows['years'].iloc[0])} years")
        panel.set_xlabel("Strength of the loop, L")
    axes[0, 0].set_ylabel("Share of panels in which it is seen", fontsize=10)
    axes[0, 0].set_ylim(0, 1.03)
    axes[0, -1].legend(loc="center right", bbox_to_anchor=(1, 0.55), fontsize=8)
    title = _power_title(found)
    style.finish(
        figure,
        title,
        f"Simulated; persistence and variances: {found['variances_of'].iloc[0]}; dotted: a test "
        "that knows nothing",
        style.footer(
            series.releases("hour")[-1],
            "Bars: 95 % simulation error. Simulation: ours, not ONS's.",
        ),
    )
    return [
        Exhibit(
            "figure_power",
            figure,
            found.reset_index(drop=True),
            f"Curves of power by strength of the loop, one panel per number of districts. {title}.",
            "helpers.figures.backtest.seen",
            "07_cumulative_causation",
            SOURCES,
        )
    ]


def _power_title(found: pd.DataFrame) -> str:
    """From which strength stocks would show a loop, and how seldom output per hour alone would."""
    alone = found[(found["test"] == power.ALONE) & (found["loop_strength"] > 0)]
    best = float(alone["power"].max())
    strict = found[(found["test"] == power.SEEN_EFFECTS) & (found["districts"] == found["districts"].min())]
    clear = strict.loc[(strict["power"] >= SURE) & (strict["loop_strength"] > 0), "loop_strength"]
    with_stocks = (
        f"Stocks seen without error would show a loop from {clear.min()} on"
        if len(clear)
        else "Even stocks seen without error would often not show a loop"
    )
    return f"{with_stocks}; output per hour alone shows one in at most {percent(best, 0)} of cases"
