"""Figure of 03a_divergence_in_detail: how often does a district change its fifth of the UK?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from helpers import divergence_tables, movement_tables, series
from helpers.dynamics.transitions import CLASSES, FEWEST, HORIZONS
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.spread import SOURCES
from helpers.geography import Area
from helpers.prose.dynamics import HORIZON_WORDS
from helpers.prose.words import area_name, percent, sentence_start

FIFTHS = {1: "lowest", 2: "2nd", 3: "3rd", 4: "4th", 5: "highest"}


def moves(area: Area, seed: int) -> list[Exhibit]:
    """Chance to move between fifths in one and in five years, with intervals and numbers of moves."""
    table = divergence_tables.chains(area, seed)
    data = table[table["series"] == "unsmoothed"].reset_index(drop=True)
    if not data["n"].any():
        return []
    figure, grid = style.canvas(1, len(HORIZONS), height=4.2, squeeze=False)
    for axes, horizon in zip(grid[0], HORIZONS, strict=True):
        shown = _cells(axes, data[data["horizon"] == horizon])
        axes.set_title(f"After {HORIZON_WORDS[horizon]}")
    bar = figure.colorbar(shown, ax=grid[0].tolist(), shrink=0.8, aspect=30)
    bar.set_label("Share of moves from the fifth left, %")
    left = movement_tables.mobility(area, seed)
    left = left[(left["series"] == "unsmoothed") & (left["statistic"] == "leaving")].set_index("horizon")
    told = " and ".join(
        f"{percent(value, 0)} of the time after {HORIZON_WORDS[horizon]}"
        for horizon, value in left["value"].items()
    )
    who = sentence_start(area) if len(area.codes) == 1 else f"A district of {area_name(area)}"
    title = f"{who} was in another fifth of the UK {told}"
    style.finish(
        figure,
        title,
        "Fifths of all UK districts and years by GVA per hour relative to the UK, unsmoothed; in brackets "
        "95 % intervals",
        style.footer(
            series.releases("hour")[-1],
            "n: moves that begin in the fifth. Intervals: districts resampled whole, ours; none where fewer "
            f"than {FEWEST} districts were in the fifth.",
            "Unsmoothed series: ours, not ONS's.",
        ),
    )
    return [
        Exhibit(
            "figure_transitions",
            figure,
            data,
            f"Two grids of five by five cells: the fifth left by the fifth reached. {title}.",
            "helpers.figures.transitions.moves",
            "03a_divergence_in_detail",
            SOURCES,
        )
    ]


def _cells(axes: Axes, rows: pd.DataFrame) -> AxesImage:
    """One grid: fifth left upwards, fifth reached to the right; grey where no district was in the fifth."""
    grid = np.full((CLASSES, CLASSES), np.nan)
    for row in rows.itertuples():
        left, reached = int(rows.at[row.Index, "from"]), int(rows.at[row.Index, "to"])
        value = rows.at[row.Index, "probability"]
        grid[left - 1, reached - 1] = value * 100
        if np.isnan(value):
            continue
        told = f"{value * 100:.0f}"
        if not np.isnan(rows.at[row.Index, "lower"]):
            told += f"\n({rows.at[row.Index, 'lower'] * 100:.0f}-{rows.at[row.Index, 'upper'] * 100:.0f})"
        ink = "black" if value > 0.55 else "white"
        axes.text(reached - 1, left - 1, told, ha="center", va="center", fontsize=8, color=ink)
    axes.set_facecolor(style.NO_DATA)
    shown = axes.imshow(grid, cmap=style.MAP, vmin=0, vmax=100, origin="lower", aspect="auto")
    n = rows.drop_duplicates("from").set_index("from")["n"]
    at = range(CLASSES)
    axes.set_xticks(at, [FIFTHS[k + 1] for k in at], fontsize=8.5)
    axes.set_yticks(at, [f"{FIFTHS[k + 1]}\nn = {n[k + 1]}" for k in at], fontsize=8.5)
    axes.set_xlabel("fifth reached")
    axes.set_ylabel("fifth left")
    axes.grid(visible=False)
    return shown
