"""Sentences and tables of 02_productivity: who is ahead, and by how much."""

from __future__ import annotations

import pandas as pd

from helpers import geography, levels, series
from helpers.context import revised_between_releases
from helpers.groups import has_guide
from helpers.prose.words import (
    area_name,
    count,
    measure_name,
    percent,
    pounds,
    sentence_start,
)
from helpers.study import Study

# Thematic Guide 4, Introduction: the district it calls highest and the one it calls lowest.
GUIDE_PAIR = ("E07000039", "E07000239")  # South Derbyshire, Wyre Forest


def answer(study: Study) -> str:
    """The first paragraph: the extremes, the area and the UK in the year shown."""
    year = study.shown_year
    rows = _rows(study, study.release, year)
    first, last = rows.iloc[0], rows.iloc[-1]
    area, uk = study.panel.area_value.get(year, float("nan")), study.panel.uk_value[year]
    below = int((rows["relative_to_uk"] < 1).sum())
    side = "below" if area < uk else "above"
    whole = (
        f"{sentence_start(study.area)} as a whole made {pounds(area, study.measure)}, "
        f"{percent(abs(1 - area / uk))} {side} the UK ({pounds(uk, study.measure)})"
        if pd.notna(area)
        else f"The UK made {pounds(uk, study.measure)}"
    )
    start = f"In {year}, in the release of {study.release}, {first['name']}"
    if len(rows) == 1:
        relative = first["value"] / uk
        return (
            f"{start} had {measure_name(study)} of {pounds(first['value'], study.measure)}, "
            f"{percent(abs(1 - relative))} {'below' if relative < 1 else 'above'} the UK "
            f"({pounds(uk, study.measure)})."
        )
    return (
        f"{start} had the highest {measure_name(study)} in {area_name(study.area)}, "
        f"{pounds(first['value'], study.measure)}, and {last['name']} the lowest, "
        f"{pounds(last['value'], study.measure)}: {first['value'] / last['value']:.2f} times as much. "
        f"{whole}, and {below} of {count(len(rows), 'district')} lay below the UK."
    )


def pair_by_release(study: Study) -> pd.DataFrame:
    """Highest against lowest district by release, and the guide's pair where it belongs here.

    Returns
    -------
    DataFrame
        ``release, year, pair, high, low, high_value, low_value, ratio``.
    """
    rows = []
    for release in series.releases(study.measure):
        panel = series.panel(study.area, study.measure, release)
        years = [y for y in (study.shown_year, study.last_year) if y in panel.years]
        for year in sorted({*years, *panel.years[-1:]}):
            here = _rows(study, release, year)
            pairs = {"highest and lowest": (here.iloc[0]["area_code"], here.iloc[-1]["area_code"])}
            if has_guide(study.area):
                pairs["the guide's pair"] = GUIDE_PAIR
            by_code = here.set_index("area_code")
            for name, (high, low) in pairs.items():
                top, bottom = by_code.loc[high], by_code.loc[low]
                rows.append(
                    {
                        "release": release,
                        "year": year,
                        "pair": name,
                        "high": top["name"],
                        "low": bottom["name"],
                        "high_value": top["value"],
                        "low_value": bottom["value"],
                        "ratio": top["value"] / bottom["value"],
                    }
                )
    return pd.DataFrame(rows)


def guide_pair(study: Study) -> str:
    """What becomes of the guide's "almost twice" (Introduction) from release to release; elsewhere empty."""
    if not has_guide(study.area):
        return ""
    pairs = pair_by_release(study)
    pairs = pairs[pairs["pair"] == "the guide's pair"].sort_values(["year", "release"])
    parts = [
        f"{row.ratio:.2f} times in {row.year} (release of {row.release})"
        for row in pairs.itertuples(index=False)
    ]
    return (
        f"The guide says of South Derbyshire and Wyre Forest that the first is “almost twice” the "
        f"second. The published {measure_name(study)} gives " + ", ".join(parts) + "."
    )


def guide_ranking(study: Study) -> str:
    """How many of the guide's ten stand where its Figure 1 would have them, by release."""
    if not has_guide(study.area):
        return ""
    named = geography.guide_groups()
    size = len(named["top"])
    parts = []
    for panel in levels.panels(study.area):
        if panel.measure != study.measure or study.shown_year not in panel.years:
            continue
        ranked = _rows(study, panel.release, study.shown_year)["area_code"]
        top, bottom = (
            set(ranked.head(size)) & set(named["top"]),
            set(ranked.tail(size)) & set(named["bottom"]),
        )
        parts.append(
            f"in the release of {panel.release}, {len(top)} of its {size} most productive districts are "
            f"among the first {size} of {study.shown_year} and {len(bottom)} of its {size} least productive "
            f"among the last {size}"
        )
    return f"The guide takes its groups from this ranking. By the published figures, {'; '.join(parts)}."


def what_changed(study: Study) -> str:
    """How far figures and ranks moved between two releases."""
    year = study.shown_year
    table, earlier, later = revised_between_releases(study, year)
    year = int(table["year"].iloc[0])
    before = _rows(study, earlier, year).set_index("area_code")["rank"].astype(float)
    after = _rows(study, later, year).set_index("area_code")["rank"].astype(float)
    moved = (after - before).dropna().abs()
    share = float((table["change"].abs() > 0.05).mean())
    return (
        f"Between the releases of {earlier} and {later} the figure for {year} of the median district "
        f"moved by {percent(table['change'].abs().median())}; {percent(share, 0)} of the districts "
        f"moved by more than a twentieth. {count(int((moved >= 5).sum()), 'district')} changed rank "
        "by five places or more. A ranking of districts is a snapshot of one release."
    )


def _rows(study: Study, release: int, year: int) -> pd.DataFrame:
    """Levels of one release and year, best first."""
    table = levels.table(study.area)
    here = table[
        (table["release"] == release) & (table["measure"] == study.measure) & (table["year"] == year)
    ].dropna(subset=["value"])
    return here.sort_values(["rank", "area_code"], ignore_index=True)
