"""Figures of 05_innovation: shares of the UK's R&D, and its growth in euros and against the UK."""

from __future__ import annotations

import pandas as pd

from helpers import containing, geography
from helpers.comparisons import comparison, innovation
from helpers.enumeration import listed
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.comparison import sources, table_pairs
from helpers.prose.innovation import growth_title
from helpers.prose.words import area_name, percent, sentence_start
from helpers.study import Study

MARKS = {
    "rd_business": ("o", style.TOP, "business R&D"),
    "rd_public_funded": ("D", style.SERIES[2], "public-funded R&D"),
    "share_population": ("|", style.REFERENCE, "people"),
    "share_gva": ("x", style.REFERENCE, "output"),
    "share_jobs": ("+", style.REFERENCE, "jobs"),
}
MOST_LINES = 8


def shares(study: Study) -> Exhibit:
    """Each region's share of R&D beside its share of people, output and jobs."""
    table = innovation.shares(study)
    known = table.dropna(subset=["share_gva", "share_population", "share_jobs"])
    last = known.groupby("indicator")["year"].max()
    data = known[known["year"] == known["indicator"].map(last)].reset_index(drop=True)
    names = list(data["name"].unique())
    figure, axes = style.canvas(height=0.4 * len(names) + 1.3)
    for at, name in enumerate(names):
        rows = data[data["name"] == name].set_index("indicator")
        axes.hlines(at, 0, rows["share"].max() * 100, color=style.NO_DATA, lw=1)
        for mark, (shape, colour, label) in MARKS.items():
            of_research = mark in rows.index
            share = rows.at[mark, "share"] if of_research else rows.at["rd_business", mark]
            axes.plot(
                share * 100, at, shape, color=colour, ms=8, mew=2, ls="none", label=label if at == 0 else None
            )
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel("% of the UK")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    title = _shares_title(study, data)
    style.finish(
        figure,
        title,
        f"Regions that hold {area_name(study.area)}; business R&D, people, output and jobs of "
        f"{last['rd_business']}, public-funded R&D of {last['rd_public_funded']} (year from April)",
        [*sources([*innovation.RESEARCH, *innovation.YARDSTICKS.values()]), "No interval is published."],
    )
    return Exhibit(
        "figure_rd_shares",
        figure,
        data,
        f"Dots for shares of the UK, one row per region. {title}.",
        "helpers.figures.innovation.shares",
        "05_innovation",
        table_pairs([*innovation.RESEARCH, *innovation.YARDSTICKS.values()]),
    )


def _shares_title(study: Study, data: pd.DataFrame) -> str:
    """How many regions have less business R&D than output, or how the one stands."""
    business = data[(data["indicator"] == "rd_business")]
    regions = business[business["region"] != innovation.WHOLE]
    less = int((regions["share"] < regions["share_gva"]).sum())
    if len(regions) > 2:
        return f"{less} of {len(regions)} regions have a smaller share of business R&D than of output"
    whole = business.iloc[-1]
    side = "less" if whole["share"] < whole["share_gva"] else "more"
    who = sentence_start(study.area) if study.area.regions else listed(list(regions["name"]))
    return (
        f"{who}: {percent(whole['share'])} of the UK's business R&D in {whole['year']}, {side} than the "
        f"{percent(whole['share_gva'])} of output"
    )


def growth(study: Study) -> list[Exhibit]:
    """Business R&D of ITL2 areas since the first year of a UK sum, in euros and as a share of the UK.

    Nothing where no area has figures from that year on (most of Scotland begins in 2014).
    """
    codes, of_group = _drawn(study)
    if not codes:
        return []
    values, uk = innovation.by_area(), innovation.uk_total()
    parts = []
    for code in codes:
        own = values.loc[code, uk.index]
        parts.append(
            pd.DataFrame(
                {
                    "itl2": code,
                    "name": geography.area_name(code),
                    "group": of_group[code],
                    "year": uk.index,
                    "eur": own / own.iloc[0] * 100,
                    "against_uk": (own / uk) / (own.iloc[0] / uk.iloc[0]) * 100,
                }
            )
        )
    data = pd.concat(parts, ignore_index=True)
    figure, (left, right) = style.canvas(1, 2, height=3.8, sharey=True)
    for axes, column in ((left, "eur"), (right, "against_uk")):
        looks = zip(style.SERIES * 2, style.LINES + style.LINES[::-1], strict=True)
        for (colour, dash), (_, line) in zip(looks, data.groupby("itl2", sort=False), strict=False):
            line = line.dropna(subset=[column])
            label = (
                f"{line['name'].iloc[0]} ({line['group'].iloc[0]})"
                if line["group"].iloc[0]
                else line["name"].iloc[0]
            )
            axes.plot(line["year"], line[column], "o", ls=dash, ms=3, color=colour, lw=1.8, label=label)
        axes.axhline(100, color=style.MIDDLE, lw=1)
        style.whole_years(axes, most=5)
    left.plot(uk.index, uk / uk.iloc[0] * 100, color=style.REFERENCE, ls="--", lw=1.4, label="UK")
    left.set_title("In euros of each year")
    right.set_title("As a share of the UK")
    right.legend(*left.get_legend_handles_labels(), loc="upper left", bbox_to_anchor=(1, 1.05), fontsize=8)
    title = growth_title(study, innovation.growth(codes))
    style.finish(
        figure,
        title,
        f"Business R&D, {uk.index[0]} = 100; ITL2 areas, in brackets whose districts they hold",
        [*sources(["rd_business_eur"]), "No interval is published."],
    )
    return [
        Exhibit(
            "figure_rd_growth",
            figure,
            data,
            f"Lines of ITL2 areas, in euros and as a share of the UK. {title}.",
            "helpers.figures.innovation.growth",
            "05_innovation",
            table_pairs(["rd_business_eur"]),
        )
    ]


def _drawn(study: Study) -> tuple[list[str], dict[str, str]]:
    """ITL2 areas to draw: all of a small area, else those that hold the groups; and whose they are."""
    chosen = comparison.members(study)
    whole = innovation.by_area()[list(innovation.WINDOWS[0])].notna().all(axis=1)
    inside = [code for code in innovation.areas_inside(study) if whole[code]]
    holds = {
        end: set(containing.areas_of(chosen[end], "itl2", "ITL21"))
        for end in ("top", "bottom")
        if end in chosen
    }
    words = {c: " and ".join(end for end in holds if c in holds[end]) for c in inside}
    if len(inside) > MOST_LINES:
        inside = [c for c in inside if words[c]]
    return inside, words
