"""How do the area's cities compare, and how far did one release move the figures of another?"""

from __future__ import annotations

import pandas as pd

from helpers import geography, series, tables
from helpers.study import Study

# The largest second-tier cities of the six-lessons paper (seed 004), London, and the city regions
# around them for which ONS publishes output per hour.
CITIES = {
    "Birmingham": ("E08000025", "E47000007"),
    "Manchester": ("E08000003", "E47000001"),
    "Leeds": ("E08000035", "E47000003"),
    "Glasgow": ("S12000049", "Glasgow City Region"),
    "London": (None, "TLI"),
}


def city_table(study: Study) -> pd.DataFrame:
    """Output per hour of the cities and their regions, in the latest release that has city regions.

    They are at hand for that release only, so the table does not follow the chosen release; it
    follows the year where that release holds it.
    """
    release = int(tables.load("city_regions")["release"].max())
    districts = tables.wide("productivity", "gva_per_hour", release)
    regions = tables.wide("city_regions", "gva_per_hour", release)
    year = int(min(max(study.last_year, districts.columns[0]), districts.columns[-1]))
    rows = [
        {
            "city": city,
            "district": districts.loc[code, year] if code else float("nan"),
            "city_region": (regions if region in regions.index else districts).loc[region, year],
        }
        for city, (code, region) in CITIES.items()
    ]
    largest = _largest_district(study, release)
    if largest not in {code for code, _ in CITIES.values()}:
        own = {"city": geography.names()[largest], "district": districts.loc[largest, year]}
        rows.insert(0, {**own, "city_region": float("nan")})
    frame = pd.DataFrame(rows).assign(uk=districts.loc[series.UK, year], year=year, release=release)
    return frame


def _largest_district(study: Study, release: int) -> str:
    """The district of the area in which most hours are worked."""
    hours = tables.wide("hours_jobs", "hours_per_week", release, study.area.codes)
    return str(hours[hours.columns[-1]].idxmax())


def revised_between_releases(study: Study, year: int) -> tuple[pd.DataFrame, int, int]:
    """What became of one year's figures between the first two releases that hold it.

    Returns
    -------
    (DataFrame, int, int)
        ``area_code, name, before, after, change`` (a fraction), largest change first, and the
        two releases. When only one release holds the year, the latest year that two hold is used.
    """
    panels = {r: series.panel(study.area, study.measure, r) for r in series.releases(study.measure)}
    having = [r for r, panel in panels.items() if year in panel.years]
    if len(having) < 2:
        having = [r for r, panel in panels.items() if panel.years][-2:]
        year = panels[having[0]].years[-1]
    earlier, later = having[0], having[1]
    before, after = panels[earlier].values[year], panels[later].values[year]
    codes = before.dropna().index.intersection(after.dropna().index)
    frame = pd.DataFrame(
        {
            "area_code": codes,
            "name": panels[later].names[codes].to_numpy(),
            "year": year,
            "before": before[codes].to_numpy(),
            "after": after[codes].to_numpy(),
        }
    )
    frame["change"] = frame["after"] / frame["before"] - 1
    order = frame["change"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True), earlier, later
