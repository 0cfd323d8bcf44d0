"""The figure of 07_cumulative_causation on persistence: what is left of a lead after a year."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.causation import persistence
from helpers.dynamics import unsmoothed
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.prose.persistence import NAMES
from helpers.prose.words import area_name
from helpers.study import Study

COLOURS = {"unsmoothed": style.TOP, "smoothed": style.BOTTOM}
LEAST, MOST = -0.1, 1.25  # of the axis; what lies outside is written at its edge
SOURCES = (("productivity", "gva_per_hour"), ("industry", "gva_all"), ("hours_jobs", "hours_per_week"))


def by_estimator(study: Study, table: pd.DataFrame) -> list[Exhibit]:
    """Rho by estimator on both series, with intervals, of the UK and the area.

    Parameters
    ----------
    study : Study
    table : DataFrame
        From `helpers.causation.persistence.persistence_table`.
    """
    data = table.dropna(subset=["rho"]).reset_index(drop=True)
    if data.empty:
        return []
    areas = [name for name in dict.fromkeys([persistence.UK, *data["area"]]) if name in set(data["area"])]
    figure, axes = style.canvas(1, len(areas), height=3.2, sharex=True, sharey=True, squeeze=False)
    for panel, area in zip(axes[0], areas, strict=True):
        rows = data[data["area"] == area]
        _panel(panel, rows)
        panel.set_title(style.panel_title(f"{area} ({rows['n'].iloc[0]} districts)", len(areas)))
    axes[0][0].set_yticks(range(len(NAMES)), NAMES.values())
    axes[0][0].set_ylim(len(NAMES) - 0.5, -0.5)
    axes[0][0].legend(loc="upper left", fontsize=8)
    title = _title(study, data, areas)
    style.finish(
        figure,
        title,
        "rho: the part of a district's lead in log output per hour that is left a year later",
        style.footer(
            unsmoothed.RELEASE,
            "Bars: 90 % intervals, ours. Unsmoothed series: ours, not ONS's; the published, smoothed one is "
            "a contrast. At 1 leads would never fade. Regressions on the year before are lowered by the "
            "year's noise; an arrow stands where an estimate lies beyond the axis.",
        ),
    )
    return [
        Exhibit(
            "figure_persistence",
            figure,
            data,
            f"Dots with bars by estimator, one panel per area, two colours by series. {title}.",
            "helpers.figures.persistence.by_estimator",
            "07_cumulative_causation",
            SOURCES,
        )
    ]


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    """The estimates of one area."""
    at = {name: position for position, name in enumerate(NAMES)}
    for shift, (name, colour) in zip((-0.14, 0.14), COLOURS.items(), strict=True):
        own = rows[rows["series"] == name]
        y = own["estimator"].map(at).to_numpy(dtype=float) + shift
        x = own["rho"].to_numpy(dtype=float)
        axes.hlines(y, own["lower"].clip(LEAST, MOST), own["upper"].clip(LEAST, MOST), color=colour, lw=2)
        inside = (x >= LEAST) & (x <= MOST)
        label = "unsmoothed" if name == "unsmoothed" else "smoothed (contrast)"
        axes.plot(x[inside], y[inside], "o", color=colour, ms=6, label=label)
        for value, height in zip(x[~inside], y[~inside], strict=True):
            edge, sign = (MOST, ">") if value > MOST else (LEAST, "<")
            axes.plot([edge], [height], sign, color=colour, ms=7, clip_on=False)
            axes.annotate(
                f"{value:.2f}",
                (edge, height),
                xytext=(-9 if value > MOST else 9, 0),
                textcoords="offset points",
                ha="right" if value > MOST else "left",
                va="center",
                color=colour,
                fontsize=8,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )
    axes.axvline(1, color=style.REFERENCE, lw=1)
    axes.set_xlim(LEAST, MOST)
    axes.set_xticks(np.arange(0, 1.3, 0.25))
    axes.set_xlabel("rho")


def _title(study: Study, data: pd.DataFrame, areas: list[str]) -> str:
    """What the preferred estimator finds, and what smoothing would make of it."""
    best = data[data["estimator"] == "covariance"].set_index(["area", "series"])["rho"]
    told = [
        f"{best[area, 'unsmoothed']:.2f} in {'the UK' if area == persistence.UK else area_name(study.area)}"
        for area in areas
        if (area, "unsmoothed") in best.index
    ]
    where = next((area for area in reversed(areas) if (area, "smoothed") in best.index), None)
    if not told:
        return "What is left of a passing lead after a year, by estimator"
    contrast = "" if where is None else f"; smoothing makes it look like {best[where, 'smoothed']:.2f}"
    return f"Of a passing lead what is left a year later is {' and '.join(told)}{contrast}"
