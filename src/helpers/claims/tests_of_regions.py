"""Where do the Midlands' regions and authorities stand? Tests of claims about whole regions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import geography, series
from helpers.claims.ledger import Claim
from helpers.claims.measuring import OF_INDICATOR, Measurement, in_percent, measures, midlands
from helpers.comparisons import changes, comparison, graduates, industries, ranks, structure
from helpers.derived import observe
from helpers.geography import PRESENT
from helpers.indicators import published

REGIONS = {"East Midlands": "TLF", "West Midlands": "TLG"}


@measures("per cent", definitions=("together", *REGIONS), arguments=("proxy",))
def beside_uk(claim: Claim) -> list[Measurement]:
    """How far the Midlands lies above or below the UK in a rate, with the survey's interval, year by year.

    ``together``: the mean of the two regions, which are of about one size; or one of them.
    """
    own, uk = published(claim.indicator, "itl1"), published(claim.indicator, "uk")
    whole = comparison.average(uk, uk.values.index)
    found = []
    for who in claim.definitions:
        rows = comparison.average(own, REGIONS.values() if who == "together" else [REGIONS[who]])
        years = rows.index.intersection(whole.index)
        for year in reversed(years):
            value, lower, upper = in_percent(changes.relative(whole.loc[year], rows.loc[year], own.interval))
            region = "mean of East and West Midlands" if who == "together" else who
            found.append(
                Measurement(
                    f"{own.label}, {year}, {region} against the UK",
                    (value,),
                    (lower,),
                    (upper,),
                    stated=who == claim.definitions[0] and year == years[-1],
                    proxy=bool((claim.arguments or {})["proxy"]),
                )
            )
    return found


@measures("per cent", arguments=("region", "years", "until"))
def change_in_region(claim: Claim) -> list[Measurement]:
    """Change of an indicator in a region over some years: to ``until``, then to every other year."""
    asked = claim.arguments or {}
    observed = published(claim.indicator, "itl1")
    values = observed.values.loc[REGIONS[asked["region"]]].dropna()
    lasts = [int(year) for year in values.index if year - asked["years"] in values.index]
    found = []
    for last in sorted(lasts, key=lambda year: (year != asked["until"], -year)):
        change = 100 * (values[last] / values[last - asked["years"]] - 1)
        words = f"{observed.label}, {last - asked['years']} to {last}"
        found.append(Measurement(words, (float(change),), stated=last == asked["until"]))
    return found


@measures("per cent", arguments=("region", "years", "until"))
def implied_house_prices(claim: Claim) -> list[Measurement]:
    """Change of house prices that affordability and weekly pay imply: a proxy, prices are not in the tables.

    The ratio of the median price to yearly pay, times median weekly pay of residents.
    """
    asked = claim.arguments or {}
    region = REGIONS[asked["region"]]
    price = (
        published("housing_affordability", "itl1").values.loc[region]
        * published("pay_weekly_residence", "itl1").values.loc[region]
    ).dropna()
    lasts = [int(year) for year in price.index if year - asked["years"] in price.index]
    found = []
    for last in sorted(lasts, key=lambda year: (year != asked["until"], -year)):
        change = 100 * (price[last] / price[last - asked["years"]] - 1)
        words = f"affordability times weekly pay, {last - asked['years']} to {last}"
        found.append(Measurement(words, (float(change),), stated=last == asked["until"], proxy=True))
    return found


@measures(OF_INDICATOR)
def region_levels(claim: Claim) -> list[Measurement]:
    """An indicator in each region (part by part), every year, the latest first; the claim names no year."""
    values = observe(claim.indicator).values
    return [
        Measurement(
            f"{observe(claim.indicator).label}, {year}",
            tuple(float(values.at[REGIONS[part.name], year]) for part in claim.parts),
            stated=year == values.columns[-1],
            proxy=True,
        )
        for year in reversed(values.columns)
    ]


@measures("per cent", definitions=("output", "share"))
def clusters_grew(claim: Claim) -> list[Measurement]:
    """Growth of each cluster (part by part) in the Midlands, first to last year.

    ``output``: its GVA in pounds, less the rise of UK prices; ``share``: its share of GVA.
    """
    rows = industries.location_quotients(midlands().area)
    own = rows[rows["group"] == "area"].pivot(index="cluster", columns="year", values="share")
    first, last = int(own.columns[0]), int(own.columns[-1])
    gva = published("gva_all", "district").values.reindex(list(midlands().area.codes)).sum()
    share = (own[last] / own[first]).loc[[part.name for part in claim.parts]]
    output = share * gva[last] / gva[first] / series.price_ratio(first, last)
    grown = {
        "output": (f"GVA in UK prices of {first}", output),
        "share": ("share of GVA in current prices", share),
    }
    return [
        Measurement(
            f"{grown[definition][0]}, {first} to {last}",
            in_percent((grown[definition][1] - 1).tolist()),
            stated=definition == claim.definitions[0],
        )
        for definition in claim.definitions
    ]


@measures("per cent")
def graduates_gained(claim: Claim) -> list[Measurement]:
    """Graduates that the towns of each region gained less those they lost, to their own: a proxy.

    The figures follow those who finished school there, not those who studied there.
    """
    means = graduates.stay_and_go(midlands().area).means.query("measure == 'net_gain'").set_index("group")
    values = tuple(float(100 * means.at[REGIONS[part.name], "value"]) for part in claim.parts)
    return [Measurement("school leavers of 2008 to 2011 who graduated, in 2018-19", values, proxy=True)]


@measures("rank correlation")
def goes_with_density(claim: Claim) -> list[Measurement]:
    """Rank correlation of an indicator with residents per square kilometre over the Midlands' districts."""
    observed = observe(claim.indicator)
    year = int(observed.values.columns[-1])
    codes = list(midlands().area.codes)
    own = structure.present(observed, year).reindex(codes)
    value = float(own.corr(structure.standard()[structure.DENSITY].reindex(codes), method="spearman"))
    lower, upper = ranks.ends(value, int(own.notna().sum()))
    words = f"{observed.label}, {year}, {int(own.notna().sum())} districts, with residents per km2"
    return [Measurement(words, (value,), (lower,), (upper,), stated=True)]


@measures("GBP million", arguments=("industries", "areas"))
def gva_of_industries(claim: Claim) -> list[Measurement]:
    """GVA of some industries in some areas, last year: what a cluster of firms in them can be part of."""
    asked = claim.arguments or {}
    found = []
    for area in asked["areas"]:
        codes = list(geography.resolve(area).codes)
        values = [published(industry, "district").values.reindex(codes) for industry in asked["industries"]]
        year = int(values[0].columns[-1])
        total = float(sum(frame[year].sum() for frame in values))
        words = f"{', '.join(name.removeprefix('gva_') for name in asked['industries'])}, {area}, {year}"
        found.append(Measurement(words, (total,), proxy=True))
    return found


@measures("districts", arguments=("area",))
def undevolved(claim: Claim) -> list[Measurement]:
    """Districts of an area that belong to no combined authority, as of the present codes."""
    codes = list(geography.resolve((claim.arguments or {})["area"]).codes)
    authorities = geography.all_districts(PRESENT).loc[codes, "combined_authority"]
    return [Measurement(f"of {len(codes)} districts", (float((authorities == "").sum()),), stated=True)]


@measures("rank", arguments=("region",))
def rank_in_uk(claim: Claim) -> list[Measurement]:
    """Rank of a region's output per hour among all regions of the UK, last year of each release."""
    (code,) = geography.resolve((claim.arguments or {})["region"]).regions
    found = []
    for release in reversed(series.releases("hour")):
        values = by_year(release)
        last = values.columns[-1]
        rank = float(values[last].rank(ascending=False)[code])
        found.append(Measurement(f"{len(values)} regions, {last}", (rank,), release=release, stated=True))
    return found


def by_year(release: int) -> pd.DataFrame:
    """GVA per hour of the ITL1 regions in a release; regions that it lacks are left out."""
    codes = sorted(set(geography.all_districts(PRESENT)["itl1"]))
    values = {code: series.panel(geography.resolve(code), "hour", release).area_value for code in codes}
    return pd.DataFrame(values).T.dropna(axis=1, how="all").dropna()


@measures("items")
def forums(_: Claim) -> list[Measurement]:
    """Regional forums that the areas table knows."""
    count = geography.all_districts(PRESENT)["forum"].replace("", np.nan).nunique()
    return [Measurement("forums in geography.yml, by the names of the page", (float(count),), stated=True)]


@measures("districts")
def outside_forums(_: Claim) -> list[Measurement]:
    """Districts of the UK in no forum: a proxy, because which belong to which is our reading."""
    without = (geography.all_districts(PRESENT)["forum"] == "").sum()
    return [Measurement("mapping of districts to forums is ours", (float(without),), proxy=True)]
