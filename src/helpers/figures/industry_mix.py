"""Figures of 09_people_firms_places on industries: mix, or output within each of them?"""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.comparison import sources, table_pairs
from helpers.figures.people_firms_places import COLOURS, NOTEBOOK
from helpers.prose import industry_mix as prose
from helpers.study import Study

ROOM = "helpers.figures.industry_mix"
MIX_USED = ["gva_all", "employees_all"]
MOST_AREAS = 34  # rows that can still be read; of more, those at both ends are drawn


def industries(study: Study, mixed: pd.DataFrame, by_industry: pd.DataFrame) -> list[Exhibit]:
    """Mix and within-industry part of each ITL3 area, and of each industry; nothing outside Great Britain.

    Parameters
    ----------
    study : Study
    mixed : DataFrame
        From `helpers.decomposition.industry_mix.table`.
    by_industry : DataFrame
        From `helpers.decomposition.industry_mix.by_industry`.
    """
    rows = mixed[(mixed["detail"] == "industries") & mixed["scope"].isin(["itl3", "area"])]
    rows = rows.dropna(subset=["gap"]).sort_values("relative_gap", kind="stable", ignore_index=True)
    if rows.empty:
        return []
    data = rows
    if len(rows) > MOST_AREAS:
        data = pd.concat([rows.head(MOST_AREAS // 2), rows.tail(MOST_AREAS // 2)], ignore_index=True)
    figure, axes = style.canvas(height=0.25 * len(data) + 0.8)
    _two_parts(axes, data, "relative_mix", "relative_within", [_short(name) for name in data["name"]])
    bold = [i for i, scope in enumerate(data["scope"]) if scope == "area"]
    for i in bold:
        axes.get_yticklabels()[i].set_fontweight("bold")
    title = prose.mix_title(study, mixed)
    cut = f"; the {MOST_AREAS // 2} lowest and highest of {len(rows)} areas" if len(data) < len(rows) else ""
    notes = [
        *sources(MIX_USED),
        "ITL3 areas of Great Britain, 2023. GVA without imputed rent; employees without "
        "the self-employed. No interval is published.",
    ]
    style.finish(
        figure, title, f"Output per employee against Great Britain's, %; dots: the whole distance{cut}", notes
    )
    columns = ["area_code", "name", "scope", "output_per_employee", "relative_gap", "relative_mix"]
    first = Exhibit(
        "figure_industry_mix", figure, data[[*columns, "relative_within", "pooled"]],
        f"Stacked bars of two parts, one row per ITL3 area. {title}.", f"{ROOM}.industries", NOTEBOOK,
        table_pairs(MIX_USED),
    )  # fmt: skip
    return [first, *_by_industry(study, by_industry, notes)]


def _by_industry(study: Study, data: pd.DataFrame, notes: list[str]) -> list[Exhibit]:
    """Which industries make the two parts."""
    if data.empty:
        return []
    data = data.assign(sum=data["mix"] + data["within"]).sort_values("sum", kind="stable", ignore_index=True)
    figure, axes = style.canvas(height=0.28 * len(data) + 0.8)
    _two_parts(axes, data, "mix", "within", [_short(label) for label in data["label"]])
    title = prose.industry_title(study, data)
    against = "the least productive group's" if study.area.kind == "uk" else "Great Britain's"
    style.finish(
        figure,
        title,
        f"Parts of the distance of {prose.whose(study)} from {against} output per employee, %",
        notes,
    )
    return [
        Exhibit(
            "figure_by_industry", figure, data.drop(columns="sum"),
            f"Stacked bars of two parts, one row per industry. {title}.", f"{ROOM}.industries", NOTEBOOK,
            table_pairs(MIX_USED),
        )
    ]  # fmt: skip


def _two_parts(axes: Axes, data: pd.DataFrame, mix: str, within: str, names: list[str]) -> None:
    """Horizontal bars of two parts, stacked on the side of their signs, with a dot at the sum."""
    at = np.arange(len(data))
    one, two = data[mix].to_numpy() * 100, data[within].to_numpy() * 100
    start = np.where(np.sign(one) == np.sign(two), one, 0)
    axes.barh(at, one, color=COLOURS["industry"], height=0.66, label="industry mix")
    axes.barh(at, two, left=start, color=COLOURS["people"], height=0.66, label="within industries")
    axes.plot(one + two, at, "o", color=style.REFERENCE, ms=4, label="both")
    axes.axvline(0, color=style.REFERENCE, lw=1)
    axes.set_yticks(at, names, fontsize=8)
    axes.set_ylim(-0.6, len(data) - 0.4)
    axes.legend(loc="best", fontsize=8)


def _short(name: str) -> str:
    return textwrap.shorten(name, 52, placeholder=" ...")
