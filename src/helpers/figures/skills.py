"""Figures of 06_skills_and_people: qualifications by sex and age, and small firms against productivity."""

from __future__ import annotations

import pandas as pd

from helpers import geography, series
from helpers.comparisons import comparison, ranks
from helpers.derived import observe
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.comparison import COLOURS, NAMES, drawable, sources, table_pairs
from helpers.groups import RULE_WORDS
from helpers.prose.skills import BY_GROUP, small_firms_title
from helpers.prose.words import area_name
from helpers.study import Study

SMALL = "small_enterprises_share"


def inclusive(study: Study, compared: pd.DataFrame) -> list[Exhibit]:
    """Qualifications of women, men and the over-fifties: both groups and the area, with intervals.

    Nothing where the survey gives no figures (outside England).
    """
    groups = ["top", "bottom", "area"] if study.rule else ["area", "uk"]
    rows = drawable(compared[compared["indicator"].isin(BY_GROUP) & compared["group"].isin(groups)])
    # The last year in which every group can be drawn
    whole = rows.groupby(["indicator", "year"])["group"].nunique() == len(groups)
    years = whole[whole].reset_index().groupby("indicator")["year"].max()
    data = rows[rows["year"] == rows["indicator"].map(years)].reset_index(drop=True)
    if data.empty:
        return []
    shown = [indicator for indicator in BY_GROUP if indicator in set(data["indicator"])]
    figure, axes = style.canvas(height=0.42 * len(shown) + 0.6)
    shift = dict(zip(groups, (-0.2, 0, 0.2), strict=False))
    for group in groups:
        own = data[data["group"] == group].set_index("indicator")
        at = pd.Series({i: shown.index(i) + shift[group] for i in own.index})
        axes.hlines(at, own["lower"], own["upper"], color=COLOURS[group], lw=2.5, alpha=0.4)
        axes.plot(own["value"], at, style.MARKS[group], color=COLOURS[group], ms=7, label=NAMES[group])
    axes.set_yticks(range(len(shown)), [_label(i, int(years[i])) for i in shown], fontsize=8.5)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel("per cent")
    axes.legend(loc="best")
    title = _inclusive_title(study, data)
    style.finish(
        figure,
        title,
        f"Means of the districts of {area_name(study.area)} with a figure"
        + (f"; {RULE_WORDS[study.rule]}" if study.rule else ""),
        [
            *sources(shown),
            "Bars: 95 % intervals from those of the survey, none where a district has none. Districts with "
            "suppressed figures are left out; the data say how many.",
        ],
    )
    return [
        Exhibit(
            "figure_inclusive",
            figure,
            data,
            f"Dots for qualifications by sex and age. {title}.",
            "helpers.figures.skills.inclusive",
            "06_skills_and_people",
            table_pairs(shown),
        )
    ]


def _label(indicator: str, year: int) -> str:
    label = observe(indicator).label.split(", of those")[0].split(", beside those")[0]
    return f"{label}, {year}"


def _inclusive_title(study: Study, data: pd.DataFrame) -> str:
    """Whether women and the over-fifties differ between the groups as everybody does."""
    if not study.rule:
        return "Qualifications by sex and age, beside the mean of England's districts"
    wide = data.pivot(index="indicator", columns="group", values="value")
    level3 = [i for i in wide.index if i.startswith("level3plus")]
    ahead = int((wide.loc[level3, "top"] > wide.loc[level3, "bottom"]).sum())
    known, apart = _apart(data, level3)
    judged = (
        f"intervals are known for {known} of them, and {apart} lie apart"
        if known
        else "too few intervals are published to say what is chance"
    )
    return (
        f"The most productive group has more people with level 3 or above in {ahead} of {len(level3)} groups "
        f"of residents; {judged}"
    )


def _apart(data: pd.DataFrame, indicators: list[str]) -> tuple[int, int]:
    """For how many indicators both intervals are known, and for how many they do not overlap."""
    rows = data[data["indicator"].isin(indicators)].set_index(["indicator", "group"])
    known = [i for i in indicators if not rows.loc[[(i, "top"), (i, "bottom")], "lower"].isna().any()]
    return len(known), sum(rows.at[(i, "bottom"), "upper"] < rows.at[(i, "top"), "lower"] for i in known)


def small_firms(study: Study) -> Exhibit:
    """The share of small enterprises against output per hour: the area's districts among the UK's."""
    observed, chosen = observe(SMALL), comparison.members(study)
    year = min(
        int(observed.values.columns[-1]),
        series.panel(study.area, "hour", series.releases("hour")[-1]).years[-1],
    )
    everyone = ranks.beside_productivity(observed, chosen["uk"], year)
    group = {code: end for end in ("top", "bottom") for code in chosen.get(end, [])}
    inside = set(chosen["area"])
    data = everyone.rename_axis("area_code").reset_index()
    data.insert(1, "name", geography.names().reindex(data["area_code"]).to_numpy())
    data["group"] = [group.get(c, "area" if c in inside else "uk") for c in data["area_code"]]
    data["lower"] = observed.lower[year].reindex(data["area_code"]).to_numpy()
    data["upper"] = observed.upper[year].reindex(data["area_code"]).to_numpy()
    figure, axes = style.canvas(height=4.2)
    for end, size in (("uk", 14), ("area", 34), ("top", 46), ("bottom", 46)):
        own = data[data["group"] == end]
        axes.hlines(own["productivity"], own["lower"], own["upper"], color=COLOURS[end], lw=0.8, alpha=0.5)
        colour = style.NO_DATA if end == "uk" else COLOURS[end]
        name = {"uk": "rest of the UK", "area": f"rest of {area_name(study.area)}"}.get(end, NAMES[end])
        axes.scatter(
            own["indicator"], own["productivity"], s=size, color=colour, marker=style.MARKS[end], label=name,
            zorder=2,
        )  # fmt: skip
    axes.set_xlim(right=100.2)  # the rounding of the smallest districts reaches beyond all
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:.0f}")
    axes.yaxis.set_minor_formatter("{x:.0f}")
    axes.set_xlabel("Enterprises with fewer than 50 employees, % of all")
    axes.set_ylabel("GVA per hour worked, GBP")
    axes.legend(loc="upper left", fontsize=8)
    own = data[data["area_code"].isin(inside)]
    correlation = ranks.correlation(observed, chosen["area"], year)
    title = small_firms_title(study, correlation, *ranks.ends(correlation, len(own)), len(own), year)
    style.finish(
        figure,
        title,
        f"Every district, {year}; horizontal lines: what the rounding of counts to five allows",
        [
            *sources([SMALL, "gva_per_hour"]),
            "Interval of the rank correlation: ours, as for unrelated places.",
        ],
    )
    return Exhibit(
        "figure_small_firms",
        figure,
        data,
        f"One dot per district. {title}.",
        "helpers.figures.skills.small_firms",
        "06_skills_and_people",
        table_pairs([SMALL, "gva_per_hour"]),
    )
