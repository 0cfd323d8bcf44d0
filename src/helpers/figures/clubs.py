"""Figure of 03a_divergence_in_detail: which districts are nearly always in one convergence club?"""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Rectangle

from helpers import divergence_tables, movement_tables, series
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.spread import SOURCES
from helpers.geography import Area
from helpers.movement_tables import TOGETHER
from helpers.prose.words import area_name, count, percent

MOST_NAMES = 80  # more names than these cannot be read


def together(area: Area) -> list[Exhibit]:
    """How often each two districts share a club, ordered by club.

    Nothing where there are no clubs to look for, or where all districts always share one: a square of one
    colour, which a sentence says better.
    """
    ordered = movement_tables.together(area)
    if ordered.empty:
        return []
    labels = movement_tables.partitions(area).labels
    share = movement_tables.co_membership_matrix(labels.loc[ordered["area_code"]])
    n = len(ordered)
    if share.min() == 1:
        return []
    figure, axes = style.canvas(height=min(8.6, 0.12 * n + 2.0))
    shown = axes.imshow(share * 100, cmap=style.MAP, vmin=0, vmax=100, interpolation="nearest", aspect="auto")
    for _, rows in ordered[ordered["set"] > 0].groupby("set"):
        start, size = rows.index[0] - 0.5, len(rows)
        axes.add_patch(Rectangle((start, start), size, size, fill=False, ec=style.BOTTOM, lw=1.6))
    axes.grid(visible=False)
    names = n <= MOST_NAMES
    axes.set_yticks(range(n) if names else [], list(ordered["name"]) if names else [], fontsize=7)
    axes.set_xticks([])
    axes.set_xlabel("the same districts in the same order, from the club that ends highest down", fontsize=9)
    bar = figure.colorbar(shown, ax=axes, shrink=0.6, aspect=30)
    bar.set_label("Share of settings in which both are in one club, %")
    several = ordered[ordered["set"] > 0]
    title = (
        f"In {area_name(area)} {len(several)} of {count(n, 'district')} are nearly always in one club "
        f"with another, in {count(several['set'].nunique(), 'set')}; the largest has {several['size'].max()}"
        if len(several)
        else f"In {area_name(area)} no two of {count(n, 'district')} are nearly always in one club"
    )
    settings = len(movement_tables.partitions(area).settings)
    style.finish(
        figure,
        title,
        f"Clubs of GVA per hour over {settings} settings of the log-t test; framed: every two share a club "
        f"in {percent(TOGETHER, 0)} or more",
        style.footer(
            series.releases("hour")[-1],
            "Unsmoothed series: ours, not ONS's. The share over settings says how far a club "
            "hangs on choices, and is no probability.",
        ),
    )
    return [
        Exhibit(
            "figure_clubs",
            figure,
            _pairs(area, ordered),
            f"Square of coloured cells, one row and one column per district, ordered by club. {title}.",
            "helpers.figures.clubs.together",
            "03a_divergence_in_detail",
            SOURCES,
        )
    ]


def _pairs(area: Area, ordered: pd.DataFrame) -> pd.DataFrame:
    """Every two districts with the share of settings in which they share a club, in the figure's order."""
    by_code = ordered.reset_index(names="row").set_index("area_code")
    pairs = divergence_tables.co_membership(area)
    one, other = by_code.loc[pairs["area_code"]], by_code.loc[pairs["area_code_other"]]
    pairs = pairs.assign(
        name=one["name"].to_numpy(),
        name_other=other["name"].to_numpy(),
        one_set=(one["set"].to_numpy() == other["set"].to_numpy()) & (one["set"].to_numpy() > 0),
        row=one["row"].to_numpy(),
    )
    return pairs.sort_values(["row", "area_code_other"], ignore_index=True).drop(columns="row")
