"""How much is invested per hour worked, by ITL3 area, asset and edition of the figures?"""

from __future__ import annotations

import pandas as pd

from helpers import boundaries, containing, geography
from helpers.comparisons import comparison
from helpers.derived import observe
from helpers.indicators import published
from helpers.study import Study

WEEKS = 52
MILLION = 1e6
ASSETS = {
    "all": "gfcf_all",
    "buildings": "gfcf_buildings",
    "transport": "gfcf_transport",
    "ict": "gfcf_ict",
    "other_tangible": "gfcf_other_tangible",
    "intangible": "gfcf_intangible",
}
CORRECTED = {"all": "gfcf_all_corrected"}
# The guide's two pairs (section "Divergence in Investment") and its figures for 2023, GBP per hour.
GUIDE_HIGH = {"E08000029": 9.6, "E07000222": None}  # Solihull, Warwick
GUIDE_LOW = {"E07000174": 3.3, "E07000171": None}  # Mansfield, Bassetlaw
# Where distances end: the districts of the two cities' centres.
CENTRES = {"london": "E09000033", "birmingham": "E08000025"}  # Westminster, Birmingham


def per_hour() -> pd.DataFrame:
    """Gross fixed capital formation per hour worked.

    Returns
    -------
    DataFrame
        ``itl3`` (codes of 2021), ``year``, ``asset`` (``all`` or a published asset), ``correction``
        (``original``: release of May 2022; ``corrected``: with the correction of June 2022, total
        only, from 2008, for the areas it was published for) and ``value`` in GBP of the year per
        hour worked. Hours are weekly and taken 52 times.
    """
    hours = published("hours_per_week", "itl3").values
    parts = []
    for correction, assets in (("original", ASSETS), ("corrected", CORRECTED)):
        for asset, indicator in assets.items():
            value = published(indicator, "itl3").values * MILLION / (hours * WEEKS)
            rows = value.stack().dropna().rename_axis(["itl3", "year"]).rename("value").reset_index()
            parts.append(rows.assign(asset=asset, correction=correction))
    table = pd.concat(parts, ignore_index=True)[["itl3", "year", "asset", "correction", "value"]]
    return table.sort_values(["correction", "asset", "itl3", "year"], ignore_index=True)


def guide_pairs() -> pd.DataFrame:
    """The areas that contain the guide's two pairs, side by side, in the last year published.

    Returns
    -------
    DataFrame
        ``district, name, itl3, itl3_name, year, asset, value, guide_2023``.
    """
    table = per_hour()
    table = table[(table["correction"] == "original") & table["asset"].isin(["all", "buildings"])]
    last = table["year"].max()
    rows = []
    for district, stated in (GUIDE_HIGH | GUIDE_LOW).items():
        (itl3,) = containing.areas_of([district], "itl3", "ITL21")
        for asset in ("all", "buildings"):
            here = table[(table["itl3"] == itl3) & (table["year"] == last) & (table["asset"] == asset)]
            rows.append(
                {
                    "district": district,
                    "name": geography.names()[district],
                    "itl3": itl3,
                    "itl3_name": geography.area_name(itl3),
                    "year": last,
                    "asset": asset,
                    "value": float(here["value"].iloc[0]),
                    "guide_2023": stated if asset == "all" else None,
                }
            )
    return pd.DataFrame(rows)


def mean_ratio(first_year: int) -> float:
    """Mean investment per hour of the guide's high pair over that of its low pair, all years since.

    Areas that contain both districts of a pair count once.
    """
    table = per_hour().query("asset == 'all' and correction == 'original' and year >= @first_year")
    means = [
        table[table["itl3"].isin(containing.areas_of(pair, "itl3", "ITL21"))]["value"].mean()
        for pair in (GUIDE_HIGH, GUIDE_LOW)
    ]
    return means[0] / means[1]


def foreign_investment(study: Study) -> pd.DataFrame:
    """Inward foreign direct investment per job of the ITL2 areas and combined authorities of an area.

    Returns
    -------
    DataFrame
        ``level, area_code, name, holds, first_year, last_year, first, last``: the stock in GBP per job
        in the first and the last year with jobs; ``holds`` says of which group it holds districts.
        A combined authority that the producer gives no figure for is not listed; districts outside
        any have none.
    """
    chosen = comparison.members(study)
    rows = []
    for level, indicator in (
        ("itl2", "fdi_inward_per_job"),
        ("combined_authority", "fdi_inward_per_job_authority"),
    ):
        observed = observe(indicator)
        held = {
            end: set(containing.areas_of(chosen[end], level, observed.vintage))
            for end in ("top", "bottom")
            if end in chosen
        }
        for code in containing.areas_of(study.area.codes, level, observed.vintage):
            own = observed.values.reindex([code]).loc[code].dropna()
            if not own.empty:
                holds = " and ".join(end for end in held if code in held[end])
                years = int(own.index[0]), int(own.index[-1])
                name = geography.area_name(code)
                rows.append((level, code, name, holds, *years, own.iloc[0], own.iloc[-1]))
    columns = ["level", "area_code", "name", "holds", "first_year", "last_year", "first", "last"]
    return pd.DataFrame(rows, columns=columns)


def distances(study: Study) -> pd.DataFrame:
    """Straight-line distance of every district of the area to London and to Birmingham.

    Returns
    -------
    DataFrame
        ``area_code, name, group, km_to_london, km_to_birmingham``: between the centroids of the
        simplified boundaries and those of Westminster and of Birmingham.
    """
    shapes = boundaries.load()
    centre = shapes.geometry.centroid
    groups = {code: group for group in ("top", "bottom") for code in comparison.members(study).get(group, [])}
    codes = list(study.area.codes)
    frame = pd.DataFrame({"area_code": codes, "name": geography.names()[codes].to_numpy()})
    frame["group"] = [groups.get(code, "") for code in codes]
    for city, code in CENTRES.items():
        frame[f"km_to_{city}"] = (centre[codes].distance(centre[code]) / 1000).to_numpy()
    return frame
