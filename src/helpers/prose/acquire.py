"""Sentences and tables of 01_acquire: what there is, where it is from, what is missing."""

from __future__ import annotations

import pandas as pd

from helpers import boundaries, catalogue, paths, series, tables
from helpers.catalogue import sha256
from helpers.coverage import table as coverage_table
from helpers.enumeration import listed, listed_names
from helpers.prose.words import area_name, count, measure_name
from helpers.study import Study


def register() -> pd.DataFrame:
    """One row per raw file: what it is, how fresh, under which licence, and its hash."""
    rows = [
        {
            "id": card.id,
            "title": card.title,
            "producer": card.producer,
            "release": card.release,
            "published": card.published.isoformat() if card.published else "",
            "years": card.years or "",
            "licence": card.licence,
            "downloadable": "yes" if card.url else "no",
            "bytes": card.bytes,
            "sha256": card.sha256,
        }
        for card in catalogue.load().values()
    ]
    return pd.DataFrame(rows).astype({"release": "Int64"})


def shipped() -> pd.DataFrame:
    """One row per shipped table: rows, bytes and hash."""
    rows = []
    for name, holds in sorted(tables.DESCRIPTIONS.items()):
        rows.append((tables.file(name), holds, len(tables.load(name))))
    shapes = "Simplified boundaries of the districts"
    rows.append((paths.TABLES / "boundaries.geojson", shapes, len(boundaries.load())))
    return pd.DataFrame(
        [
            {
                "file": path.name,
                "holds": holds,
                "rows": number,
                "bytes": path.stat().st_size,
                "sha256": sha256(path),
            }
            for path, holds, number in rows
        ]
    )


def freshness() -> pd.DataFrame:
    """Per release of district productivity: last year of data and how many districts it names."""
    rows = tables.load("productivity")
    rows = rows[rows["area_vintage"].str.startswith("LAD")]
    found = rows.groupby(["indicator", "release"], as_index=False).agg(
        first_year=("year", "min"),
        last_year=("year", "max"),
        districts=("area_code", "nunique"),
        code_vintage=("area_vintage", "first"),
        missing_figures=("status", lambda s: int((s == "missing").sum())),
    )
    return found.assign(lag_in_years=found["release"] - found["last_year"])


def answer(study: Study) -> str:
    """The first paragraph: what there is for this area, and what is missing."""
    cards = catalogue.load().values()
    covered = coverage_table(study)
    latest = covered[covered["release"] == study.release]
    known = latest[latest["state"] != "absent"]
    with_figure = int((known["state"] == "published").sum())
    own = sum(card.producer == "Office for National Statistics" for card in cards)
    licences = sorted({card.licence for card in cards})
    megabytes = sum(card.bytes for card in cards) / 1e6
    return (
        f"The account rests on {count(len(cards), 'official file')} ({megabytes:.0f} MB), {own} of them of "
        f"the Office for National Statistics, under {listed(licences)}. For {area_name(study.area)} the "
        f"release of {study.release} gives {measure_name(study)} for "
        f"{count(known['area_code'].nunique(), 'district')} and {count(len(study.years), 'year')}, "
        f"{with_figure:,} of {len(known):,} figures; it reaches {study.panel.years[-1]}, "
        f"{study.release - study.panel.years[-1]} years before it was published. There are "
        f"{len(series.releases(study.measure))} releases of this measure to compare. No release "
        "comes with an interval for a district's productivity."
    )


def absences(study: Study) -> str:
    """What is missing, as a list."""
    lines = []
    today = set(study.area.districts()["name"])
    for release in series.releases(study.measure):
        panel = series.panel(study.area, study.measure, release)
        if not panel.years:
            lines.append(f"- The release of {release} has no figure for {area_name(study.area)}.")
            continue
        lost = panel.values.isna()
        if lost.to_numpy().any():
            years = [str(y) for y in panel.values.columns[lost.any()]]
            lines.append(
                f"- The release of {release} names {count(int(lost.any(axis=1).sum()), 'district')} "
                f"without a figure in {listed(years)}."
            )
        former = sorted(set(panel.names) - today)
        if former:
            lines.append(
                f"- The release of {release} counts districts that were merged in 2023: "
                f"{listed_names(former)}."
            )
    hours = sorted(tables.load("hours_jobs")["release"].unique())
    lines.append(
        f"- Hours worked and jobs by district came with the releases of {listed([str(h) for h in hours])} "
        f"only; earlier releases are weighted with those of {hours[0]}."
    )
    jobs = series.releases("job")
    lines.append(
        f"- GVA per filled job by district is at hand in the releases of {listed([str(j) for j in jobs])}."
    )
    return "\n".join(lines)
