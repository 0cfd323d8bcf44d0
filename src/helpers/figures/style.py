"""How does every figure look? One canvas, one palette, one footer."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers import revisions, tables

# Seaborn's colour-blind-safe palette, by role; its blue darker, so that a grey print tells it from vermilion.
_PALETTE = sns.color_palette("colorblind").as_hex()
TOP = "#004e82"  # dark blue
BOTTOM = _PALETTE[3]  # vermilion
MIDDLE = "#8a8f98"  # districts in neither group
OPEN = "#e8b83f"  # what is too close to call: amber, lighter in grey than all but what has no data
REFERENCE = "#222222"  # the UK
SERIES = [TOP, BOTTOM, *(_PALETTE[i] for i in (2, 4, 1, 7))]
# What tells lines and dots apart where colours do not
LINES: list[Any] = ["-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 0.6))]
MARKS = {"top": "^", "bottom": "v", "area": "o", "uk": "o"}
MAP = "cividis"
NO_DATA = "#e6e6e6"
WIDTH = 9.0  # inches
DPI = 120

_RC = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e3e3",
    "legend.frameon": False,
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "svg.hashsalt": "compendium",  # else each drawing names its parts anew
}


def canvas(
    rows: int = 1,
    columns: int = 1,
    height: float = 4.6,
    **arguments: Any,
) -> tuple[Figure, Any]:
    """A figure and its axes in the one style.

    Parameters
    ----------
    rows, columns : int
        Panels.
    height : float
        Of the drawing area, inches; title and footer come on top.
    **arguments
        Passed on to `matplotlib.pyplot.subplots`.

    Returns
    -------
    (Figure, Axes or ndarray of Axes)
    """
    matplotlib.rcParams.update(matplotlib.rcParamsDefault | {"backend": "agg"})
    sns.set_theme(style="whitegrid", palette="colorblind", rc=_RC)
    return plt.subplots(rows, columns, figsize=(WIDTH, height + 1.2), layout="constrained", **arguments)


def panel_title(text: str, panels: int = 2) -> str:
    """Title of one of several panels side by side, in lines that do not run into the next panel's."""
    return textwrap.fill(text, 80 // panels)


def finish(figure: Figure, title: str, units: str, footer: Sequence[str]) -> Figure:
    """Put the finding above a figure and its units, sources and notes below it.

    Parameters
    ----------
    figure : Figure
    title : str
        The finding, as a sentence.
    units : str
        What is drawn and in which unit.
    footer : sequence of str
        Source and release, attribution, what the bands are; one line each.

    Returns
    -------
    Figure
        The same figure, closed for further drawing by pyplot.
    """
    wrapped, drawn = textwrap.fill(title, 78), textwrap.fill(units, 124)
    lines, more = wrapped.count("\n") + 1, drawn.count("\n")
    notes = "\n".join(textwrap.fill(line, 160) for line in footer)
    height = figure.get_size_inches()[1]
    top = (0.24 * lines + 0.17 * more + 0.36) / height
    bottom = (0.155 * (notes.count("\n") + 1) + 0.1) / height
    figure.get_layout_engine().set(rect=(0, bottom, 1, 1 - top - bottom))  # type: ignore[union-attr,call-arg]
    figure.text(0.012, 1 - 0.08 / height, wrapped, fontsize=13, fontweight="bold", va="top")
    figure.text(0.012, 1 - (0.24 * lines + 0.12) / height, drawn, fontsize=10, color="#444444", va="top")
    figure.text(0.012, 0.05 / height, notes, fontsize=7.6, color="#555555", va="bottom")
    plt.close(figure)
    return figure


def footer(release: int | Sequence[int], *notes: str, map_year: int | None = None) -> list[str]:
    """Source, release and attribution lines, then notes.

    Parameters
    ----------
    release : int or sequence of int
        The releases that are drawn.
    *notes : str
        Further lines, such as what the bands are.
    map_year : int, optional
        Adds the line that maps need, with the year of the boundaries.
    """
    indicators = tables.load("indicators").set_index("indicator")
    releases = [release] if isinstance(release, int) else list(release)
    plural = "s" if len(releases) > 1 else ""
    lines = [
        f"ONS subregional productivity, release{plural} {', '.join(map(str, releases))}. "
        f"{indicators.loc['gva_per_hour', 'attribution']}."
    ]
    if map_year:
        lines.append(f"Contains OS data © Crown copyright and database right {map_year}.")
    return lines + list(notes)


def bands(*measures: str) -> str:
    """What the bands of a figure are, and on how little they rest.

    Parameters
    ----------
    *measures : str
        ``hour``, ``job`` or both, as drawn.
    """
    pairs = {measure: len(revisions.observed(measure)) for measure in measures}
    rest = " and ".join(f"{n} pair{'s' if n > 1 else ''} of releases (per {m})" for m, n in pairs.items())
    return f"Bands: what revision may still do, 95 % of draws from {rest}. Ours, not ONS's."


def whole_years(axes: Axes, most: int = 7) -> None:
    """Label a time axis with whole years only."""
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=most))


def label_lines(axes: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Write lines' names beside their last points, apart from each other, so that no legend is needed.

    Parameters
    ----------
    axes : Axes
        With its limits set.
    ends : sequence of (float, float, str, str)
        Last x, last y, name and colour of each line.
    """
    low, high = axes.get_ylim()
    least = 0.045 * (high - low)
    placed = float("-inf")
    for x, y, text, colour in sorted(ends, key=lambda end: end[1]):
        placed = max(y, placed + least)
        axes.annotate(
            text,
            (x, placed),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=9,
            annotation_clip=False,
        )
