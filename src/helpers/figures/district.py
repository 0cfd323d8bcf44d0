"""Figures of one district: its way beside others, its strong and weak sides, and investment around it."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd

from helpers import series
from helpers.derived import attributions
from helpers.enumeration import listed, listed_names
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.figures.comparison import table_pairs
from helpers.prose.words import area_name, count
from helpers.site.profile import INVESTMENT, Profile
from helpers.site.verdicts import BAD, GOOD, UNCLEAR, UNJUDGED

SHOWN_ON = "districts"  # stands for the notebook that shows a figure
NEUTRAL = style.MIDDLE
COLOURS = {GOOD: style.TOP, BAD: style.BOTTOM}
MARKERS = {GOOD: "^", BAD: "v"}


def way(profile: Profile) -> Exhibit:
    """GVA per hour relative to the UK, year by year, in every release, beside area and region."""
    rows = [
        {
            "series": profile.name,
            "release": level.release,
            "year": level.year,
            "per_cent_of_uk": 100 * level.relative_to_uk,
            "lower": 100 * level.relative_to_uk * level.relative_lower,
            "upper": 100 * level.relative_to_uk * level.relative_upper,
        }
        for level in profile.levels
    ]
    latest = [level for level in profile.levels if level.release == profile.now.release]
    others = {profile.region: "relative_to_region"}
    if profile.area.name not in (profile.region, "United Kingdom"):
        others[profile.area.name] = "relative_to_area"
    for name, ratio in others.items():
        rows += [
            {
                "series": name,
                "release": level.release,
                "year": level.year,
                "per_cent_of_uk": 100 * level.relative_to_uk / getattr(level, ratio),
                "lower": np.nan,
                "upper": np.nan,
            }
            for level in latest
        ]
    data = pd.DataFrame(rows)
    figure, axes = style.canvas(height=3.3)
    axes.axhline(100, color=style.REFERENCE, ls="--", lw=1)
    ends = [(latest[-1].year, 100.0, "UK", style.REFERENCE)]
    for release, part in data[data["series"] == profile.name].groupby("release"):
        newest = release == profile.now.release
        axes.plot(
            part["year"],
            part["per_cent_of_uk"],
            color=style.TOP if newest else style.MIDDLE,
            lw=2.4 if newest else 1,
            ls="-" if newest else ":",
        )
        if newest:
            axes.fill_between(part["year"], part["lower"], part["upper"], color=style.TOP, alpha=0.15)
            ends.append((part["year"].iloc[-1], part["per_cent_of_uk"].iloc[-1], profile.name, style.TOP))
    for name, look in zip(others, ("-.", "-"), strict=False):
        part = data[data["series"] == name].dropna(subset=["per_cent_of_uk"])
        if len(part):
            axes.plot(part["year"], part["per_cent_of_uk"], color=style.BOTTOM, lw=1.3, ls=look)
            ends.append((part["year"].iloc[-1], part["per_cent_of_uk"].iloc[-1], name, style.BOTTOM))
    axes.set_ylabel("per cent of the UK")
    axes.set_xlim(latest[0].year, latest[-1].year + 0.2)
    style.whole_years(axes)
    style.label_lines(axes, [(x, y, textwrap.shorten(t, 26, placeholder="…"), c) for x, y, t, c in ends])
    title = _way_title(profile)
    earlier = sorted(set(data["release"]) - {profile.now.release})
    style.finish(
        figure,
        title,
        "GVA per hour worked, UK = 100, current prices, smoothed by ONS"
        + (f"; dotted: the releases of {listed([str(r) for r in earlier])}" if earlier else ""),
        style.footer(
            sorted(set(data["release"])),
            "Band: how far revision may still move this district against all others, by what "
            f"{count(profile.change.pairs if profile.change else 0, 'pair')} of releases did to it. "
            "Ours, not ONS's.",
        ),
    )
    years = f"{latest[0].year} to {latest[-1].year}"
    alt = f"Line of GVA per hour worked in {profile.name} relative to the UK, {years}. {title}."
    return Exhibit(
        "way", figure, data, alt, "helpers.figures.district.way", SHOWN_ON,
        (("productivity", series.INDICATORS["hour"]),),
    )  # fmt: skip


def _way_title(profile: Profile) -> str:
    change = profile.change
    if change is None:
        return f"{profile.name} has one year of figures"
    moved = f"{abs(change.value) * 100:.1f} points of the UK's level"
    years = f"between {change.first_year} and {change.last_year}"
    if change.lower <= 0 <= change.upper or np.isnan(change.lower):
        return f"Whether {profile.name} gained or lost on the UK {years} is within what revision may change"
    return f"{profile.name} {'gained' if change.value > 0 else 'lost'} {moved} {years}"


def standing(profile: Profile) -> Exhibit:
    """Where it stands among the area's districts on each indicator that has a better end."""
    shown = [f for f in profile.facts if f.better and f.level == "district" and f.year and f.area.n > 1]
    data = pd.DataFrame(
        {
            "indicator": f.indicator,
            "label": f.label,
            "year": f.year,
            "value": f.value,
            "unit": f.unit,
            "better": f.better,
            "place": _place(f.area.place[0], f.better),
            "lower": _place(f.area.place[1 if f.better == "higher" else 2], f.better),
            "upper": _place(f.area.place[2 if f.better == "higher" else 1], f.better),
            "neighbours_place": _place(f.neighbours_place, f.better),
            "verdict": f.area.verdict,
        }
        for f in shown
    )
    figure, axes = style.canvas(height=0.31 * max(len(data), 3) + 0.7)
    axes.axvspan(0, 25, color=style.BOTTOM, alpha=0.07, lw=0)
    axes.axvspan(75, 100, color=style.TOP, alpha=0.07, lw=0)
    for at, row in enumerate(data.itertuples(index=False)):
        colour = COLOURS.get(row.verdict, NEUTRAL)
        axes.hlines(at, row.lower, row.upper, color=colour, lw=3, alpha=0.4)
        hollow = row.verdict in (UNCLEAR, UNJUDGED)
        axes.plot(
            row.place,
            at,
            MARKERS.get(row.verdict, "o"),
            ms=8,
            mfc="white" if hollow else colour,
            mec=colour,
            mew=1.8,
        )
        axes.plot(row.neighbours_place, at, "|", color=style.REFERENCE, ms=13, mew=2)
    labels = [f"{f.short[0].upper()}{f.short[1:]}, {f.year}" for f in shown]
    axes.set_yticks(range(len(data)), labels, fontsize=9)
    axes.set_ylim(max(len(data), 1) - 0.4, -0.6)
    axes.set_xlim(-2, 102)
    axes.set_xticks([0, 25, 50, 75, 100], ["0\nworst", "25", "50", "75", "100\nbest"])
    title = _standing_title(profile, data)
    style.finish(
        figure,
        title,
        f"Per cent of the other districts of {area_name(profile.area)} that do worse",
        [
            *attributions(*data["indicator"]),
            "Triangles: strong or weak; hollow: we cannot tell it from the area's mean, or its interval is "
            "missing. Bars: places within its interval. Black stroke: where the mean of its statistical "
            "neighbours would stand.",
        ],
    )
    alt = f"Dots for {len(data)} indicators, from worst to best of {area_name(profile.area)}. {title}."
    return Exhibit(
        "standing", figure, data, alt, "helpers.figures.district.standing", SHOWN_ON,
        table_pairs(list(data["indicator"])),
    )  # fmt: skip


def _place(below: float, better: str) -> float:
    """Per cent of others that do worse."""
    return 100 * (below if better == "higher" else 1 - below)


def _standing_title(profile: Profile, data: pd.DataFrame) -> str:
    strong, weak, unclear = (int((data["verdict"] == verdict).sum()) for verdict in (GOOD, BAD, UNCLEAR))
    return (
        f"Of {len(data)} things compared, {profile.name} is strong in {strong} and weak in {weak}; in "
        f"{unclear} we cannot tell it from the mean of {area_name(profile.area)}"
    )


def invested(profile: Profile) -> Exhibit | None:
    """Investment per hour in the larger areas that hold it, by year; None where none is published."""
    if not profile.invested:
        return None
    data = pd.DataFrame(
        [(i.where, i.year, i.value, i.area_mean, i.uk_mean) for i in profile.invested],
        columns=["itl3", "year", "gbp_per_hour", "area_mean", "uk_mean"],
    )
    figure, axes = style.canvas(height=2.7)
    ends = []
    means = data.drop_duplicates("year").sort_values("year")
    for name, column, colour, look in (
        (f"mean of {area_name(profile.area)}", "area_mean", style.BOTTOM, "-."),
        ("UK mean", "uk_mean", style.REFERENCE, "--"),
    ):
        if column == "area_mean" and profile.area.kind == "uk":
            continue
        axes.plot(means["year"], means[column], color=colour, lw=1.3, ls=look)
        ends.append((means["year"].iloc[-1], means[column].iloc[-1], name, colour))
    for place, part in data.groupby("itl3"):
        axes.plot(part["year"], part["gbp_per_hour"], color=style.TOP, lw=2.2, marker="o", ms=3)
        ends.append((part["year"].iloc[-1], part["gbp_per_hour"].iloc[-1], str(place), style.TOP))
    axes.set_ylim(bottom=0)
    axes.set_ylabel("GBP per hour worked")
    axes.set_xlim(means["year"].iloc[0], means["year"].iloc[-1] + 0.2)
    style.whole_years(axes)
    style.label_lines(axes, [(x, y, textwrap.shorten(t, 26, placeholder="…"), c) for x, y, t, c in ends])
    last = data[data["year"] == data["year"].max()]
    told = listed_names([f"£{row.gbp_per_hour:.2f} in {row.itl3}" for row in last.itertuples()])
    title = (
        f"Investment per hour worked was {told} in {last['year'].iloc[0]}, beside a mean of "
        f"£{last['uk_mean'].iloc[0]:.2f} in the UK's areas"
    )
    style.finish(
        figure,
        title,
        f"Gross fixed capital formation of the ITL3 area{'s' if len(last) > 1 else ''} with {profile.name}, "
        "current prices",
        [
            *attributions(INVESTMENT),
            f"Not published by district, nor after {last['year'].iloc[0]}. Means are of ITL3 areas, "
            "unweighted. As released in May 2022.",
        ],
    )
    return Exhibit(
        "investment", figure, data, f"Lines of investment per hour worked by year. {title}.",
        "helpers.figures.district.invested", SHOWN_ON, table_pairs([INVESTMENT]),
    )  # fmt: skip


def all_of(profile: Profile) -> list[Exhibit]:
    """The figures of a district's page, in order."""
    drawn = [way(profile), standing(profile), invested(profile)]
    return [exhibit for exhibit in drawn if exhibit is not None]
