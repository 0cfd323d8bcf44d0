"""Figures of 02_productivity: the area beside the UK, its cities beside others, and the revisions."""

from __future__ import annotations

import pandas as pd

from helpers import series
from helpers.context import city_table, revised_between_releases
from helpers.enumeration import listed
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.prose.words import measure_name, percent, pounds, sentence_start
from helpers.study import Study

MOST_REVISED = 12


def against_uk(study: Study) -> Exhibit:
    """The area relative to the UK, and how many districts lie below the UK, by release."""
    parts = []
    for release in series.releases(study.measure):
        panel = series.panel(study.area, study.measure, release)
        relative = panel.values / panel.uk_value
        parts.append(
            pd.DataFrame(
                {
                    "release": release,
                    "year": panel.values.columns,
                    "area_relative_to_uk": (panel.area_value / panel.uk_value).to_numpy(),
                    "districts": relative.notna().sum().to_numpy(),
                    "districts_below_uk": (relative < 1).sum().to_numpy(),
                }
            )
        )
    data = pd.concat(parts, ignore_index=True)
    data = data[data["year"].isin(study.years) & (data["districts"] > 0)].reset_index(drop=True)
    figure, (left, right) = style.canvas(1, 2, height=3.4)
    for colour, dash, (release, rows) in zip(
        style.SERIES, style.LINES[1:], data.groupby("release"), strict=False
    ):
        chosen = release == study.release
        look = {"color": colour, "ls": "-" if chosen else dash, "label": str(release)}
        look["lw"] = 2.4 if chosen else 1.3
        left.plot(rows["year"], rows["area_relative_to_uk"] * 100, **look)
        right.plot(rows["year"], rows["districts_below_uk"] / rows["districts"] * 100, **look)
    style.whole_years(left)
    style.whole_years(right)
    left.axhline(100, color=style.REFERENCE, ls="--", lw=1)
    left.set_title(style.panel_title(f"{sentence_start(study.area)}, UK = 100"))
    right.set_title("Districts below the UK, % of districts")
    right.set_ylim(0, 103)
    right.legend(title="Release", loc="lower left", ncols=2)
    own = data[data["release"] == study.release]
    title = _against_uk_title(study, own.iloc[0], own.iloc[-1])
    style.finish(
        figure,
        title,
        f"{measure_name(study)}, current prices, smoothed by ONS, each release in its own line",
        style.footer(series.releases(study.measure)),
    )
    return Exhibit(
        "figure_against_uk",
        figure,
        data,
        f"Two line charts by release. {title}.",
        "helpers.figures.context.against_uk",
        "02_productivity",
        (("productivity", series.INDICATORS[study.measure]),),
    )


def _against_uk_title(study: Study, start: pd.Series, now: pd.Series) -> str:
    """Where the area stood at both ends, or its districts where the area has no figure of its own."""
    if study.area.kind == "uk" or pd.isna(now["area_relative_to_uk"]):
        return (
            f"{now['districts_below_uk']:.0f} of {now['districts']:.0f} districts lay below the UK in "
            f"{now['year']:.0f}, {start['districts_below_uk']:.0f} of {start['districts']:.0f} in "
            f"{start['year']:.0f}"
        )

    def side(row: pd.Series) -> str:
        relative = row["area_relative_to_uk"]
        return f"{percent(abs(1 - relative))} {'below' if relative < 1 else 'above'}"

    title = f"{sentence_start(study.area)} stood {side(now)} the UK in {now['year']:.0f}"
    if pd.notna(start["area_relative_to_uk"]):
        title += f"; in {start['year']:.0f} it was {side(start)}"
    return title


def cities(study: Study) -> Exhibit:
    """The area's largest district beside Birmingham, Manchester, Leeds, Glasgow and London."""
    data = city_table(study)
    figure, axes = style.canvas(height=0.42 * len(data) + 0.6)
    at = range(len(data))
    axes.hlines(at, data["district"], data["city_region"], color=style.MIDDLE, lw=1.2)
    axes.scatter(data["district"], at, color=style.TOP, s=60, label="the city's own district", zorder=3)
    axes.scatter(
        data["city_region"], at, color=style.SERIES[3], marker="D", s=50,
        label="its city region (for London, the region)", zorder=3,
    )  # fmt: skip
    axes.set_yticks(list(at), data["city"])
    axes.invert_yaxis()
    axes.axvline(data["uk"].iloc[0], color=style.REFERENCE, ls="--", lw=1)
    axes.set_xlabel("GBP per hour worked; dashed: the UK")
    axes.legend(loc="best")
    subject = data.iloc[0]  # the area's largest district, or Birmingham
    others = data[(data["city"] != subject["city"]) & data["district"].notna()]
    ahead = list(others[others["district"] > subject["district"]]["city"])
    title = (
        f"{subject['city']} made {pounds(subject['district'], 'hour')} per hour in {data['year'].iloc[0]}, "
        + (f"less than {listed(ahead)}" if ahead else f"more than {listed(list(others['city']))}")
    )
    style.finish(
        figure,
        title,
        "GVA per hour worked, current prices, smoothed by ONS",
        style.footer(int(data["release"].iloc[0])),
    )
    return Exhibit(
        "figure_cities",
        figure,
        data,
        f"Dots for each city's district and city region. {title}.",
        "helpers.figures.context.cities",
        "02_productivity",
        (("productivity", "gva_per_hour"), ("city_regions", "gva_per_hour")),
    )


def revised(study: Study) -> Exhibit:
    """The districts whose figure for one year moved most between two releases."""
    data, earlier, later = revised_between_releases(study, study.shown_year)
    year = int(data["year"].iloc[0])
    drawn = data.head(MOST_REVISED)
    figure, axes = style.canvas(height=0.28 * len(drawn) + 0.7)
    at = range(len(drawn))
    axes.hlines(at, drawn["before"], drawn["after"], color=style.MIDDLE, lw=1.5)
    axes.scatter(drawn["before"], at, color=style.SERIES[3], s=36, zorder=3, label=f"release of {earlier}")
    axes.scatter(drawn["after"], at, color=style.TOP, s=36, zorder=3, label=f"release of {later}")
    axes.margins(y=max(0.05, 0.4 / len(drawn)))  # of one or two dots, whole ones
    axes.set_yticks(list(at), drawn["name"])
    axes.invert_yaxis()
    axes.legend(loc="best")
    axes.set_xlabel(series.UNITS[study.measure])
    most = drawn.iloc[0]
    title = (
        f"Between the releases of {earlier} and {later} the figure of {most['name']} for {year} moved by "
        f"{most['change'] * 100:+.1f} %"
    )
    if len(data) > 1:
        title += f"; half of the districts moved by {percent(data['change'].abs().median())} or more"
    style.finish(
        figure,
        title,
        f"{measure_name(study)} in {year}, as published in {earlier} and in {later}",
        style.footer([earlier, later]),
    )
    return Exhibit(
        "figure_revised",
        figure,
        data,
        f"Pairs of dots, one per district and release. {title}.",
        "helpers.figures.context.revised",
        "02_productivity",
        (("productivity", series.INDICATORS[study.measure]),),
    )
