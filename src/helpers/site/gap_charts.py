"""How is the specification curve drawn for a reader who filters it? Three Vega-Lite charts without data."""

from __future__ import annotations

from typing import Any

import altair as alt

from helpers.figures import style
from helpers.figures.spread import COLOURS
from helpers.gaps.specification import VERDICTS
from helpers.site.explorer_charts import ORDER

ROWS = alt.NamedData(name="rows")
TOLD = alt.Tooltip("told:N", title="")
HEIGHT = 320  # where the page does not set it by the number of rows
SIDE = 116  # pixels for words left of the curve and of its choices, so that both share one scale
OWN = style.SERIES[2]  # the reader's, a colour that no verdict has
# Told apart without colour as well
SHAPES = ["triangle-up", "triangle-down", "circle", "square", "cross"]
UNKNOWN = "#b4b8be"  # a point in the figures' own shade would vanish on a light ground


def specifications() -> dict[str, dict[str, Any]]:
    """The charts by name.

    Returns
    -------
    dict of str to dict
        Vega-Lite specifications ``shares``, ``curve`` and ``choices``.
    """
    charts = {"shares": shares(), "curve": curve(), "choices": choices()}
    return {name: chart.configure_view(stroke=None).to_dict() for name, chart in charts.items()}


def _colour(verdicts: tuple[str, ...], legend: bool) -> alt.Color:
    colours = [UNKNOWN if name == VERDICTS[4] else COLOURS[name] for name in verdicts]
    return alt.Color(
        "verdict:N",
        scale=alt.Scale(domain=list(verdicts), range=colours),
        legend=alt.Legend(title=None, orient="top", columns=2) if legend else None,
    )


def shares() -> alt.TopLevelMixin:
    """Shares of the verdicts, overall and by each option that is left to choose: one bar each.

    Rows: ``row``, ``order``, ``verdict``, ``from``, ``to`` (per cent, stacked), ``words``, ``told``.
    """
    base = alt.Chart(ROWS).encode(
        y=alt.Y("row:N", sort=ORDER, title=None, axis=alt.Axis(labelLimit=150, ticks=False, domain=False)),
        tooltip=TOLD,
    )
    x = alt.X("from:Q", title="per cent of the specifications", scale=alt.Scale(domain=[0, 100]))
    bars = base.mark_bar(stroke="white", strokeWidth=0.5).encode(
        x=x, x2="to:Q", color=_colour(VERDICTS[:4], True)
    )
    dark = alt.condition(
        f"indexof({list(VERDICTS[:2])}, datum.verdict) < 0", alt.value("black"), alt.value("white")
    )
    words = base.mark_text(fontSize=10, fontWeight="bold").encode(x="middle:Q", text="words:N", color=dark)
    return alt.layer(bars, words).properties(width="container", height=HEIGHT)


def curve() -> alt.TopLevelMixin:
    """Every specification by its change, with its band, and the reader's own.

    Rows: ``rank, change, lower, upper, verdict, own`` and ``told``.
    """
    base = alt.Chart(ROWS).encode(
        x=alt.X("rank:Q", title=None, axis=None, scale=alt.Scale(nice=False)),
        tooltip=TOLD,
    )
    y = alt.Y("change:Q", title=None, axis=alt.Axis(minExtent=SIDE, maxExtent=SIDE))
    shape = alt.Shape("verdict:N", scale=alt.Scale(domain=list(VERDICTS), range=SHAPES), legend=None)
    own = base.transform_filter("datum.own")
    diamond = own.mark_point(shape="diamond", filled=True, size=190, opacity=1, color=OWN, stroke="white")
    return alt.layer(
        base.mark_rule(strokeWidth=0.6, opacity=0.25).encode(
            y="lower:Q", y2="upper:Q", color=_colour(VERDICTS, False)
        ),
        alt.Chart(ROWS).mark_rule(strokeWidth=1.2, color=style.MIDDLE).encode(y=alt.datum(0)),
        base.mark_point(filled=True, size=12, opacity=0.9).encode(
            y=y, color=_colour(VERDICTS, False), shape=shape
        ),
        own.mark_rule(strokeWidth=3, color=OWN).encode(y="lower:Q", y2="upper:Q"),
        diamond.encode(y=y),
        own.mark_text(dy=-16, fontWeight="bold", fontSize=13, color=OWN).encode(y=y, text=alt.value("yours")),
    ).properties(width="container", height=HEIGHT)


def choices() -> alt.TopLevelMixin:
    """Where along the curve each option lies: the stronger, the more of the specifications there have it.

    Rows: ``row``, ``order``, ``begin``, ``end`` (ranks), ``share`` (of the specifications between them).
    """
    bare = alt.Axis(labels=False, ticks=False, grid=False)
    beside = alt.Axis(minExtent=SIDE, maxExtent=SIDE, labelLimit=SIDE - 6, ticks=False, domain=False)
    shade = alt.Scale(domain=[0, 1], range=[0.04, 1])
    return (
        alt.Chart(ROWS)
        .mark_rect(color=style.TOP)
        .encode(
            x=alt.X("begin:Q", title="lowest change to highest", axis=bare, scale=alt.Scale(nice=False)),
            x2="end:Q",
            y=alt.Y("row:N", sort=ORDER, title=None, axis=beside),
            opacity=alt.Opacity("share:Q", scale=shade, legend=None),
            tooltip=TOLD,
        )
        .properties(width="container", height=HEIGHT)
    )
