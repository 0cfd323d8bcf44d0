"""Figure of 07_cumulative_causation: the loop, drawn from the model's own equations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from helpers.causation import model, priors
from helpers.causation.priors import Prior
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.prose.words import count, percent
from helpers.series import releases

COLOURS = {"estimated": style.TOP, "literature": style.SERIES[2], "assumed": style.BOTTOM}
LINES: dict[str, Any] = {"estimated": "solid", "literature": "dashdot", "assumed": "dashed"}
KIND_WORDS = {
    "estimated": "estimated here",
    "literature": "from the literature",
    "assumed": "assumed",
}
PLACES = {
    "productivity": (0.5, 0.5),
    "capital": (0.13, 0.84),
    "skills": (0.87, 0.84),
    "business": (0.13, 0.16),
    "people": (0.87, 0.16),
}
WORDS = {
    "productivity": "Output per hour",
    "capital": "Capital",
    "skills": "Skills",
    "business": "Businesses",
    "people": "People of\nworking age",
}
BEND = 0.16  # of the arrows, as a share of their length
BESIDE = 0.21  # how far off the straight line a label stands
SOURCES = (("industry", "gva_all"), ("hours_jobs", "hours_per_week"))


def arrows(held: Mapping[str, Prior]) -> pd.DataFrame:
    """The terms of the equations with what is held of each: what the diagram draws.

    Returns
    -------
    DataFrame
        ``of, to, lag, symbol, parameter, role, value, lower, upper`` (90 % of the prior), ``sign`` and
        ``kind``; one row per term that has a parameter.
    """
    rows = []
    for term in model.EQUATIONS:
        if not term.parameter:
            continue
        prior = held[term.parameter]
        lower, upper = prior.quantile(np.array(priors.LEVEL))
        rows.append(
            {
                "of": term.of,
                "to": term.to,
                "lag": term.lag,
                "symbol": term.symbol,
                "parameter": term.parameter,
                "role": term.role,
                "value": prior.mean,
                "lower": float(lower),
                "upper": float(upper),
                "sign": "+" if prior.mean > 0 else "-" if prior.mean < 0 else "0",
                "kind": prior.kind,
            }
        )
    return pd.DataFrame(rows)


def diagram(held: Mapping[str, Prior]) -> Exhibit:
    """Boxes and arrows of the loop; each arrow with its sign, size and where the size comes from."""
    data = arrows(held)
    figure, axes = style.canvas(height=4.9)
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    for _, row in data.iterrows():
        if row["of"] != row["to"]:
            _arrow(axes, row)
    own = data[data["of"] == data["to"]].set_index("of")
    for name, place in PLACES.items():
        axes.text(
            *place,
            WORDS[name] + (_own(own.loc[name]) if name in own.index else ""),
            ha="center",
            va="center",
            fontsize=10,
            bbox=_box(own["kind"].get(name)),
            zorder=3,
        )
    axes.legend(
        handles=[
            Line2D([], [], color=colour, linestyle=LINES[kind], lw=2, label=KIND_WORDS[kind])
            for kind, colour in COLOURS.items()
        ],
        loc="lower center",
        bbox_to_anchor=(0.5, -0.04),
        ncols=3,
    )
    title = _title(held, data)
    style.finish(
        figure,
        title,
        "Log points per log point: b in the long run, g a year later; in brackets 90 % of the prior",
        style.footer(
            releases("hour")[-1],
            "Drawn from the equations of the simulation; the colour of a box is that of what it keeps. "
            "Sources: table of parameters. People follow and do not feed back.",
        ),
    )
    return Exhibit(
        "figure_loop",
        figure,
        data,
        f"Boxes joined by labelled arrows. {title}.",
        "helpers.figures.loop.diagram",
        "07_cumulative_causation",
        SOURCES,
    )


def _arrow(axes: Axes, row: pd.Series) -> None:
    """One arrow, bent to its right so that the two of a pair stand apart, and its label beside it."""
    (x0, y0), (x1, y1) = PLACES[row["of"]], PLACES[row["to"]]
    colour = COLOURS[row["kind"]]
    axes.add_patch(
        FancyArrowPatch(
            (x0, y0),
            (x1, y1),
            connectionstyle=f"arc3,rad={BEND}",
            arrowstyle="-|>",
            mutation_scale=16,
            shrinkA=30,
            shrinkB=56,
            color=colour,
            linestyle=LINES[row["kind"]],
            lw=2,
            zorder=1,
        )
    )
    x, y = (x0 + x1) / 2 + BESIDE * (y1 - y0), (y0 + y1) / 2 - BESIDE * (x1 - x0)
    behind = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
    axes.text(x, y, _label(row), color=colour, fontsize=8.5, ha="center", va="center", bbox=behind, zorder=2)


def _label(row: pd.Series) -> str:
    """Sign, size and interval, such as ``b_k = +0.12`` over ``(0.043 to 0.2)``."""
    letter, _, of = row["symbol"].partition("_")
    return f"${letter}_{of}$ = {row['value']:+.2g}\n({row['lower']:.2g} to {row['upper']:.2g})"


def _own(row: pd.Series) -> str:
    """What a box says of its own persistence."""
    kept = row["value"] if row["parameter"] == "rho" else 1 - row["value"]
    return f"\nkeeps {percent(kept, 0)} of\na lead a year"


def _box(kind: str | None) -> dict[str, object]:
    """A box whose edge says where its persistence comes from; plain where it has none."""
    colour = style.REFERENCE if kind is None else COLOURS[kind]
    line = "solid" if kind is None else LINES[kind]
    return {
        "boxstyle": "round,pad=0.6",
        "facecolor": "white",
        "edgecolor": colour,
        "linestyle": line,
        "linewidth": 2,
    }


def _title(held: Mapping[str, Prior], data: pd.DataFrame) -> str:
    """The finding: what comes back round the loop, and how much of that is known."""
    strength = float(model.loop_strength(priors.central(held)))
    back = data[(data["of"] == "productivity") & data["to"].isin(model.STOCKS)]
    assumed = int((back["kind"] == "assumed").sum())
    known = (
        "every arrow from output per hour to a stock is an assumption"
        if assumed == len(back)
        else f"{assumed} of the {count(len(back), 'arrow')} from output per hour to a stock are assumptions"
    )
    return f"A lasting lead of 1 % brings {strength:.2f} % back round the loop, but {known}"
