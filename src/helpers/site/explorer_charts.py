"""How are the explorer's figures drawn? Four Vega-Lite charts without data, which the page ties together.

The page gives each chart rows with ``area`` (its code), ``code`` (the district of today that it belongs to),
``name``, ``value``, ``lower``, ``upper``, ``status``, ``tone`` (the district's colour), ``bold`` (whether it
has a colour of its own), ``sign`` (what stands for an absent figure), ``order`` (in the ranking) and ``told``
(what a pointer is told), and names the marked district in the parameter ``marked``.
"""

from __future__ import annotations

from typing import Any

import altair as alt

from helpers.figures import style

ROWS = alt.NamedData(name="rows")
MARKED = "datum.code === marked"
PROVISIONAL = "datum.status === 'provisional'"
TOLD = alt.Tooltip("told:N", title="")
TONE = alt.Color("tone:N", scale=None, legend=None)
PLAIN = alt.condition("datum.bold", alt.value(1), alt.value(0.5))
HEIGHT = 300
# Of rows, told by the page: a chart that is fed anew would keep the order of its first data
ORDER = alt.EncodingSortField(field="order", op="min")


def specifications() -> dict[str, dict[str, Any]]:
    """The charts by name.

    Returns
    -------
    dict of str to dict
        Vega-Lite specifications ``lines``, ``ranking``, ``map`` and ``scatter``.
    """
    charts = {"lines": lines(), "ranking": ranking(), "map": district_map(), "scatter": scatter()}
    return {name: chart.configure_view(stroke=None).to_dict() for name, chart in charts.items()}


def _marked() -> alt.Parameter:
    return alt.param(name="marked", value="")


def lines() -> alt.TopLevelMixin:
    """One line per district through the years; the marked one on top, with its interval.

    Provisional figures are hollow; a year without a figure leaves a gap and its sign on the lower edge.
    """
    years = alt.Axis(format="d", tickMinStep=1, grid=False, labelOverlap=True)
    base = alt.Chart(ROWS).encode(
        x=alt.X("year:Q", title=None, scale=alt.Scale(nice=False), axis=years),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False)),
        detail="area:N",
    )
    marked = base.transform_filter(MARKED)
    absent = base.transform_filter(f"datum.sign !== '' && (datum.bold || {MARKED})")
    return alt.layer(
        marked.mark_area(opacity=0.25, color=style.BOTTOM).encode(y="lower:Q", y2="upper:Q"),
        base.mark_line(strokeWidth=1.5).encode(color=TONE, opacity=PLAIN, tooltip=TOLD),
        base.mark_point(filled=True, size=16).encode(color=TONE, opacity=PLAIN, tooltip=TOLD),
        base.transform_filter(f"{PROVISIONAL} && datum.bold")
        .mark_point(fill="white", size=34, opacity=1)
        .encode(color=TONE, tooltip=TOLD),
        marked.mark_line(strokeWidth=3.2, color=style.BOTTOM).encode(tooltip=TOLD),
        marked.mark_point(filled=True, size=44, color=style.BOTTOM, opacity=1).encode(tooltip=TOLD),
        marked.transform_filter(PROVISIONAL)
        .mark_point(fill="white", size=44, color=style.BOTTOM, opacity=1)
        .encode(tooltip=TOLD),
        absent.mark_text(baseline="bottom", fontWeight="bold").encode(
            y=alt.value(HEIGHT - 2), text="sign:N", color=TONE, tooltip=TOLD
        ),
        base.transform_filter(f"datum.last && datum.bold && !({MARKED})")
        .mark_text(align="right", dy=-9, fontWeight="bold")
        .encode(text="name:N", color=TONE),
        marked.transform_filter("datum.last")
        .mark_text(align="right", dy=-11, fontWeight="bold", fontSize=13, color=style.BOTTOM)
        .encode(text="name:N"),
    ).add_params(_marked()).properties(width="container", height=HEIGHT)  # fmt: skip


def ranking() -> alt.TopLevelMixin:
    """Districts from the highest to the lowest in one year, with intervals; the page sets the height."""
    above = alt.Axis(orient="top", tickCount=4, labelOverlap=True, labelFlush=False)
    base = alt.Chart(ROWS).encode(
        y=alt.Y("name:N", sort=ORDER, title=None, axis=alt.Axis(labelLimit=150, ticks=False, domain=False)),
        x=alt.X("value:Q", title=None, scale=alt.Scale(zero=False), axis=above),
        tooltip=TOLD,
    )
    dots = base.transform_filter("datum.value !== null")
    return alt.layer(
        dots.mark_rule(strokeWidth=1.5, opacity=0.7).encode(x="lower:Q", x2="upper:Q", color=TONE),
        dots.transform_filter(MARKED).mark_rule(strokeWidth=3, color=style.BOTTOM).encode(
            x="lower:Q", x2="upper:Q"
        ),
        dots.mark_point(filled=True, size=45, opacity=1).encode(color=TONE),
        dots.transform_filter(MARKED).mark_point(filled=True, size=110, color=style.BOTTOM, opacity=1),
        dots.transform_filter(PROVISIONAL).mark_point(fill="white", size=40, opacity=1).encode(
            color=alt.condition(MARKED, alt.value(style.BOTTOM), TONE)
        ),
        base.transform_filter("datum.value === null")
        .mark_text(align="left", fontStyle="italic")
        .encode(x=alt.value(4), text="status:N", color=TONE),
    ).add_params(_marked()).properties(width="container", height=HEIGHT)  # fmt: skip


def district_map() -> alt.TopLevelMixin:
    """Districts coloured by their figure of one year; those without one are told apart by their edge."""
    base = alt.Chart(ROWS).project(type="identity", reflectY=True)
    shown = base.transform_filter("isValid(datum.value)")
    edge: dict[str, Any] = {"stroke": "white", "strokeWidth": 0.7}
    return alt.layer(
        base.transform_filter("datum.status === 'not chosen'").mark_geoshape(
            filled=False, stroke=style.MIDDLE, strokeWidth=0.4
        ),
        shown.mark_geoshape(**edge).encode(
            color=alt.Color(
                "value:Q",
                scale=alt.Scale(scheme=style.MAP),  # type: ignore[arg-type]
                legend=alt.Legend(title=None, orient="bottom", gradientLength=220, gradientThickness=10),
            ),
            tooltip=TOLD,
        ),
        base.transform_filter("datum.status === 'missing'")
        .mark_geoshape(fill=style.NO_DATA, **edge)
        .encode(tooltip=TOLD),
        base.transform_filter("datum.status === 'suppressed'")
        .mark_geoshape(fill="transparent", stroke=style.MIDDLE, strokeWidth=1.4, strokeDash=[3, 2])
        .encode(tooltip=TOLD),
        base.transform_filter(MARKED).mark_geoshape(filled=False, stroke=style.BOTTOM, strokeWidth=3.2),
    ).add_params(_marked()).properties(width="container", height=HEIGHT + 60)  # fmt: skip


def scatter() -> alt.TopLevelMixin:
    """The figure of one year against another indicator, each district with both intervals."""
    base = alt.Chart(ROWS).encode(
        x=alt.X("x:Q", title=None, scale=alt.Scale(zero=False)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False)),
        tooltip=TOLD,
    )
    marked = base.transform_filter(MARKED)
    faint: dict[str, Any] = {"strokeWidth": 1, "opacity": 0.25}
    return alt.layer(
        base.mark_rule(**faint).encode(y="lower:Q", y2="upper:Q", color=TONE),
        base.mark_rule(**faint).encode(x="xlower:Q", x2="xupper:Q", color=TONE),
        base.mark_point(filled=True, size=50, opacity=0.9).encode(color=TONE),
        base.transform_filter(PROVISIONAL).mark_point(fill="white", size=45, opacity=1).encode(color=TONE),
        marked.mark_rule(strokeWidth=2, color=style.BOTTOM).encode(y="lower:Q", y2="upper:Q"),
        marked.mark_rule(strokeWidth=2, color=style.BOTTOM).encode(x="xlower:Q", x2="xupper:Q"),
        marked.mark_point(filled=True, size=120, color=style.BOTTOM, opacity=1),
        marked.transform_filter(PROVISIONAL).mark_point(
            fill="white", size=110, color=style.BOTTOM, opacity=1
        ),
        base.transform_filter(f"datum.bold || {MARKED}")
        .mark_text(dy=-11, fontWeight="bold")
        .encode(text="name:N", color=alt.condition(MARKED, alt.value(style.BOTTOM), TONE)),
    ).add_params(_marked()).properties(width="container", height=HEIGHT)  # fmt: skip
