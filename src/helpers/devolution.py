"""Who could act? The districts of an area by combined authority, and where the lagging ones lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import pandas as pd
import yaml

from helpers import geography, groups, paths, series
from helpers.derived import observe
from helpers.enumeration import joined_names
from helpers.study import Study

AS_OF = "May 2025"  # of the look-up of districts to combined authorities
AUTHORITY, LONDON, NONE, ELSEWHERE = (
    "combined authority",
    "Greater London Authority",
    "in no combined authority",
    "no combined authorities in this nation",
)
NATIONS = {"W": "Wales", "S": "Scotland", "N": "Northern Ireland"}
TOTALS = {"population": "population_total", "hours": "hours_per_week", "gva": "gva_all"}
COLUMNS = [
    "group", "name", "short_name", "kind", "districts", "districts_elsewhere",
    "year", "population", "population_share", "hours_share", "gva_share",
    "lagging", "lagging_names", "reason",
]  # fmt: skip


@dataclass(frozen=True)
class Lagging:
    """The least productive districts of an area, ranked before the years a policy is judged on.

    Attributes
    ----------
    codes : tuple of str
        Codes of December 2024, least productive first; empty where none can be chosen.
    size : int or None
        How many were asked for.
    reason : str
        Why there are none; empty otherwise.
    """

    codes: tuple[str, ...]
    size: int | None
    reason: str


def lagging(study: Study, size: int | None = None) -> Lagging:
    """The districts with the lowest mean of 2004 to 2008, whatever rule the study's groups follow.

    Choosing on early years keeps the years that are judged out of the choice: districts chosen
    because they are low today would rise by chance alone.

    Parameters
    ----------
    study : Study
    size : int, optional
        How many; the study's group size otherwise.

    Returns
    -------
    Lagging
        Empty, with the reason, where the area has too few districts with figures in those years.
    """
    size = study.size if size is None else size
    values = study.panel.values
    if size is None:
        reason = f"Groups need {groups.FEWEST} districts; {study.area.name} has {len(values)}."
        return Lagging((), None, reason)
    if groups.size_in(values, "mean", size) is None:
        ranked = groups.candidates(values, "mean")
        return Lagging(
            (),
            size,
            f"Two groups of {size} need {2 * size} districts with figures for {groups.MEAN_YEARS[0]} to "
            f"{groups.MEAN_YEARS[-1]}; there are {ranked}.",
        )
    chosen = groups.choose(values, "mean", size)
    _, bottom = groups.members(chosen, values.index, int(values.columns[-1]))
    present = geography.all_districts(series.vintage(study.measure, study.release))["present"]
    return Lagging(tuple(dict.fromkeys(present[bottom])), size, "")


def membership(study: Study, size: int | None = None) -> pd.DataFrame:
    """Every district of the area, the group it belongs to and whether it lags.

    Parameters
    ----------
    study : Study
    size : int, optional
        As in `lagging`.

    Returns
    -------
    DataFrame
        ``area_code`` (December 2024, sorted), ``name, group, group_name, short_name, kind, lagging``.
        ``group`` is the code of the combined authority, or ``outside`` (England, in none),
        ``london`` (under the Greater London Authority, which is no combined authority), or the
        letter of a nation that has none.
    """
    lags = set(lagging(study, size).codes)
    districts = study.area.districts()
    rows = [_group(code, authority) for code, authority in districts["combined_authority"].items()]
    frame = pd.DataFrame(rows, columns=["group", "group_name", "short_name", "kind"])
    return frame.assign(
        area_code=districts.index,
        name=districts["name"].to_numpy(),
        lagging=[code in lags for code in districts.index],
    )[["area_code", "name", "group", "group_name", "short_name", "kind", "lagging"]]


def authorities(study: Study) -> pd.DataFrame:
    """Each combined authority with districts in the area, and what lies outside all of them.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; combined authorities first, most districts first. ``districts`` are those
        in the area, and so are all totals; ``districts_elsewhere`` belong to the authority but lie
        outside the area. Shares are of the area, as fractions, in ``year``: the last with figures
        of residents, hours worked and GVA for every district. ``lagging`` is empty, with a
        ``reason``, where no lagging districts can be chosen.
    """
    rows = membership(study)
    totals, year = _totals(study.area.codes)
    reason = lagging(study).reason
    found = []
    for group, own in rows.groupby("group", sort=False):
        inside = totals.loc[own["area_code"]].sum()
        whole = totals.sum()
        everywhere = len(codes_of(str(group), study))
        found.append(
            {
                "group": group,
                "name": own["group_name"].iloc[0],
                "short_name": own["short_name"].iloc[0],
                "kind": own["kind"].iloc[0],
                "districts": len(own),
                "districts_elsewhere": everywhere - len(own),
                "year": year,
                "population": inside["population"],
                **{f"{name}_share": inside[name] / whole[name] for name in TOTALS},
                "lagging": pd.NA if reason else int(own["lagging"].sum()),
                "lagging_names": joined_names(own.loc[own["lagging"], "name"]),
                "reason": reason,
            }
        )
    frame = pd.DataFrame(found)
    frame["lagging"] = frame["lagging"].astype("Int64")
    last = frame["kind"] != AUTHORITY
    order = frame.assign(last=last).sort_values(["last", "districts", "group"], ascending=[True, False, True])
    return frame.loc[order.index, COLUMNS].reset_index(drop=True)


def by_size(study: Study) -> pd.DataFrame:
    """Where the lagging districts lie when more or fewer count as lagging.

    Returns
    -------
    DataFrame
        ``size, group, name, lagging, expected``, one row per size and group: the study's sizes and a
        third of the districts, as far as the area has enough; none in an area too small for groups.
        ``expected`` is the number if lagging districts were spread as all districts are.
    """
    sizes = sorted({*study.sizes, len(study.panel.values) // 3})
    blocks = []
    for size in sizes if study.size else ():
        if size < 1 or lagging(study, size).reason:
            continue
        rows = membership(study, size)
        own = rows.groupby(["group", "short_name"], sort=False)["lagging"].agg(["sum", "size"]).reset_index()
        blocks.append(
            pd.DataFrame(
                {
                    "size": size,
                    "group": own["group"],
                    "name": own["short_name"],
                    "lagging": own["sum"].astype(int),
                    "expected": rows["lagging"].sum() * own["size"] / len(rows),
                }
            )
        )
    columns = ["size", "group", "name", "lagging", "expected"]
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=columns)


def by_release(study: Study) -> pd.DataFrame:
    """Where the lagging districts lie when another release ranks them: early years are revised too.

    Returns
    -------
    DataFrame
        ``release, lagging, in_authorities, names``; a release that cannot rank so many has no row.
    """
    rows = []
    for release in series.releases(study.measure):
        asked = replace(study, release=release)
        if lagging(asked).reason:
            continue
        own = membership(asked).query("lagging")
        inside = int((own["kind"] == AUTHORITY).sum())
        rows.append((release, len(own), inside, joined_names(own["name"])))
    return pd.DataFrame(rows, columns=["release", "lagging", "in_authorities", "names"])


def codes_of(group: str, study: Study) -> tuple[str, ...]:
    """Districts of a group (see `membership`): all of an authority, also outside the study's area."""
    if group in _acronyms():
        districts = geography.all_districts()
        return tuple(districts.index[districts["combined_authority"] == group])
    rows = study.area.districts()
    return tuple(c for c, authority in rows["combined_authority"].items() if _group(c, authority)[0] == group)


def _group(code: str, authority: str) -> tuple[str, str, str, str]:
    """Group, name, short name and kind of what a district lies in."""
    if authority:
        return authority, geography.area_name(authority), _acronyms()[authority], AUTHORITY
    if code[0] in NATIONS:
        nation = NATIONS[code[0]]
        return code[0], f"{nation}, which has no combined authorities", nation, ELSEWHERE
    if code.startswith("E09"):
        return "london", "Greater London Authority", "Greater London", LONDON
    return "outside", "In no combined authority", "in none", NONE


@cache
def _acronyms() -> dict[str, str]:
    """Code of each combined authority -> its acronym."""
    ours = yaml.safe_load((paths.DATA / "geography.yml").read_text(encoding="utf-8"))
    known = {code: str(record["acronym"]) for code, record in ours["authorities"].items()}
    # The look-up's own names are short enough where the acronym is little known
    return known | {"E47000017": "Greater Lincolnshire"}


def _totals(codes: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    """Residents, hours and GVA of districts in the last year in which all of them have all three."""
    frames = {name: observe(indicator).values.reindex(list(codes)) for name, indicator in TOTALS.items()}
    whole = [set(frame.columns[frame.notna().all()]) for frame in frames.values()]
    year = max(set.intersection(*whole))
    return pd.DataFrame({name: frame[year] for name, frame in frames.items()}), int(year)
