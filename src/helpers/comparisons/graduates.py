"""Where do graduates stay and go? English towns, school leavers of 2008 to 2011 as of 2018-19."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from helpers import geography, tables
from helpers.errors import ParameterError, TableError
from helpers.geography import PRESENT, Area

ENGLAND = ("TLC", "TLD", "TLE", "TLF", "TLG", "TLH", "TLI", "TLJ", "TLK")
LONDON = "TLI"
RATES = ("graduate_retention", "graduate_movers_left_region", "graduate_net_gain")
MEASURES = {
    "retention": "Live in the town where they finished school, of all graduates",
    "movers_left_region": "Live in another region, of those who left their town",
    "left_region": "Live in another region, of all graduates",
    "net_gain": "Gained less lost by the towns, to their own graduates",
}
MEANS = ["group", "name", "measure", "label", "value", "n", "missing", "covered"]
TOWNS = [
    "code", "name", "region", "graduates", "retention", "movers_left_region", "net_gain", "suppressed",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Answer:
    """Where the graduates of an area's regions stay and go.

    Attributes
    ----------
    means : DataFrame
        ``group, name, measure, label, value, n, missing, covered``: `weighted` of each English region
        that holds a district of the area (by its code), of these together (``regions``, where there are
        several but not all), of ``england`` and of ``england_without_london``.
    towns : DataFrame
        Of these regions, the towns with most graduates, largest first (equal ones by code): ``code,
        name, region, graduates, retention, movers_left_region, net_gain, suppressed``. ``suppressed``
        names the rates that are, joined by ``|``.
    reason : str
        What the area lacks here and why; empty where nothing does. Both frames are empty for an area
        without a district in England.
    """

    means: pd.DataFrame
    towns: pd.DataFrame
    reason: str


def stay_and_go(area: Area, most: int = 10) -> Answer:
    """Where the graduates of the regions that hold an area stay and go, beside England.

    Towns are not districts, so an area smaller than a region has the figures of its region.

    Parameters
    ----------
    area : Area
    most : int
        How many towns to list.

    Returns
    -------
    Answer

    Raises
    ------
    ParameterError
        ``most`` is below one.
    """
    if most < 1:
        raise ParameterError(f"most={most}: expected at least one town.")
    touched = set(geography.all_districts(PRESENT).loc[list(area.codes), "itl1"])
    regions = sorted(touched & set(ENGLAND))
    elsewhere = [geography.area_name(code) for code in sorted(touched - set(ENGLAND))]
    reason = f"Published for towns in England only: nothing on {', '.join(elsewhere)}." if elsewhere else ""
    if not regions:
        return Answer(pd.DataFrame(columns=MEANS), pd.DataFrame(columns=TOWNS), reason)
    towns = of_towns()
    groups = {code: (geography.area_name(code), [code]) for code in regions}
    if 1 < len(regions) < len(ENGLAND):
        groups["regions"] = ("these regions together", regions)
    groups["england"] = ("England", list(ENGLAND))
    groups["england_without_london"] = ("England without London", [r for r in ENGLAND if r != LONDON])
    means = [
        weighted(towns[towns["region"].isin(chosen)]).assign(group=group, name=name)
        for group, (name, chosen) in groups.items()
    ]
    here = towns[towns["region"].isin(regions)].reset_index()
    largest = here.sort_values(["graduates", "code"], ascending=[False, True]).head(most)
    return Answer(pd.concat(means, ignore_index=True)[MEANS], largest[TOWNS].reset_index(drop=True), reason)


def weighted(towns: pd.DataFrame) -> pd.DataFrame:
    """Means over towns, each weighted by the people that its rate is of.

    Parameters
    ----------
    towns : DataFrame
        ``graduates`` (who finished school in the town, rounded to 5), ``retention``,
        ``movers_left_region`` and ``net_gain`` (fractions, NaN where suppressed), a row per town.

    Returns
    -------
    DataFrame
        ``measure, label, value, n, missing, covered``, one row per key of `MEASURES`; ``n`` towns have
        what it needs, in ``missing`` it is suppressed, ``covered`` is the share of the graduates in the
        former. No value where no town has it.

    Notes
    -----
    Retention and net gain are rates of the town's own graduates and weighted by these. The net gain of
    several towns is what they gain together: moves among them cancel. Those who left number graduates
    times one less retention: this holds the 2 % whose home is not known, as the published net gain does,
    so the shares in another region treat them as other leavers.

    Retention is of the town, and the source's large towns keep more than its small ones; leaving the
    region does not depend on how finely it is cut into towns. London stands as two towns that hold a
    fifth of the graduates, and in Outer London the source's shares of leavers do not add up (its share
    who changed travel-to-work area is above one): hence England without London. Villages are no towns
    and are in no mean. Suppressed towns are small and are left out, not filled.
    """
    own, left = towns["graduates"], 1 - towns["retention"]
    of_whom = {
        "retention": (towns["retention"], own),
        "movers_left_region": (towns["movers_left_region"], own * left),
        "left_region": (towns["movers_left_region"] * left, own),
        "net_gain": (towns["net_gain"], own),
    }
    rows = []
    for measure, (rate, people) in of_whom.items():
        known = rate.notna() & people.notna()
        weight = people[known].sum()
        rows.append(
            {
                "measure": measure,
                "label": MEASURES[measure],
                "value": (rate * people)[known].sum() / weight if weight > 0 else np.nan,
                "n": int(known.sum()),
                "missing": int((~known).sum()),
                "covered": own[known].sum() / own.sum() if own.sum() > 0 else np.nan,
            }
        )
    return pd.DataFrame(rows)


@cache
def of_towns() -> pd.DataFrame:
    """Every English town: ``name, region, graduates, retention, movers_left_region, net_gain, suppressed``.

    Indexed by ``code``. The region holds most of the town's residents.

    Raises
    ------
    TableError
        A town has no region in ``areas.csv``.
    """
    rows = tables.load("graduate_towns")
    latest = int(rows["release"].max())
    wide = {name: tables.wide("graduate_towns", name, latest).iloc[:, -1] for name in ("graduates", *RATES)}
    frame = pd.DataFrame(wide).rename(columns=lambda name: name.removeprefix("graduate_"))
    areas = tables.load("areas")
    towns = areas[areas["level"] == "town"].set_index("code")
    region = towns["itl1"].reindex(frame.index).fillna("")
    unplaced = region[region == ""]
    if len(unplaced):
        raise TableError(
            f"areas.csv: {len(unplaced)} towns have no region, the first being {unplaced.index[0]}; "
            "build the tables again: compendium data build."
        )
    names = towns["name"].reindex(frame.index).str.replace(r" BUA(?:SD)?$", "", regex=True)
    rates = [name.removeprefix("graduate_") for name in RATES]
    lacking = frame[rates].isna()
    frame["suppressed"] = ["|".join(np.array(rates)[row]) for row in lacking.to_numpy()]
    return frame.assign(name=names, region=region).rename_axis("code")
