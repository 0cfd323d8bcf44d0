"""Which side of the gap moved, was it output or work, and does one district make the change?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import geography, groups, revisions, series, tables
from helpers.gaps import divergence
from helpers.gaps.specification import verdicts
from helpers.study import Study

SIDES_COLUMNS = ["group", "first_year", "last_year", "change", "lower", "upper"]
PARTS_COLUMNS = ["group", "part", "first_year", "last_year", "change", "lower", "upper", "reason"]
LEFT_COLUMNS = [
    "area_code", "name", "group", "first_year", "last_year",
    "change", "change_without", "effect", "lower", "upper", "verdict",
]  # fmt: skip
WORK = {"hour": "hours_per_week", "job": "jobs"}
NEVER = "published once with these districts and years, so there is no revision to draw from"


def sides(study: Study) -> pd.DataFrame:
    """How far each group moved against the UK over the study's window.

    Returns
    -------
    DataFrame
        Columns `SIDES_COLUMNS`. ``change`` is the log change of the group's mean productivity less the
        UK's (0.01 is about 1 %); the row ``gap`` is the change of the log gap, which is ``top`` less
        ``bottom``. The bands (ours) hold what revision may do to a group against all districts. Empty
        for an area without groups, or where an end of the window has no figure.
    """
    if study.rule is None or study.size is None:
        return pd.DataFrame(columns=SIDES_COLUMNS)
    panel = study.panel
    chosen = groups.choose(panel.values, study.rule, study.size)
    top, bottom, top_draws, bottom_draws = divergence.averages(panel, chosen, "unweighted", study.seed)
    at = _at(panel, study.first_year, study.last_year)
    uk = np.diff(np.log(panel.uk_value.to_numpy()[at]))[0]
    rows = []
    for name, mean, draws, against in (
        ("top", top, top_draws, uk),
        ("bottom", bottom, bottom_draws, uk),
        ("gap", top / bottom, top_draws / bottom_draws, 0.0),
    ):
        change = np.diff(np.log(mean[at]))[0] - against
        low, high = revisions.band(np.diff(np.log(draws[:, at]), axis=1)[:, 0] - against)
        rows.append((name, study.first_year, study.last_year, change, float(low), float(high)))
    return pd.DataFrame(rows, columns=SIDES_COLUMNS).dropna(subset="change", ignore_index=True)


def output_and_work(study: Study) -> pd.DataFrame:
    """Whether a group's productivity moved because of its output or because of its work.

    From totals that are not smoothed: GVA by district, current prices, all industries, over hours
    worked per week (or jobs) of the same districts. Smoothed productivity times hours is not GVA, so
    these changes are not those of `sides`.

    Returns
    -------
    DataFrame
        Columns `PARTS_COLUMNS`. ``change`` is the log change of the group's total less the UK's, but
        for group ``uk``, which is the UK's own. In each group ``output`` less ``work`` is
        ``productivity``; in each part ``top`` less ``bottom`` is ``gap``. The ends are the first and
        last year of the window in which every member has both totals, with the members of that year
        (so groups chosen again each year also move because their members change). No bands: ``reason``
        says why. A district that was merged stands for the one that it became
        part of (assumption A06). Empty without groups or with fewer than two such years.
    """
    if study.rule is None or study.size is None:
        return pd.DataFrame(columns=PARTS_COLUMNS)
    output, work = _totals("industry", "gva_all"), _totals("hours_jobs", WORK[study.measure])
    members = _members(study)
    shared = [year for year in study.years if year in output and year in work]
    whole = [year for year in shared if _known(output, work, year, members[year])]
    if len(whole) < 2:
        return pd.DataFrame(columns=PARTS_COLUMNS)
    first, last = whole[0], whole[-1]
    uk_work = tables.wide("hours_jobs", WORK[study.measure], _latest("hours_jobs", WORK[study.measure]))
    changes = pd.DataFrame({"uk": _parts(output.sum(), uk_work.loc[series.UK], first, last)})
    for at, name in enumerate(("top", "bottom")):
        grown, worked = (
            pd.Series({year: frame.loc[members[year][at], year].sum() for year in (first, last)})
            for frame in (output, work)
        )
        changes[name] = _parts(grown, worked, first, last) - changes["uk"]
    changes["gap"] = changes["top"] - changes["bottom"]
    long = changes[["top", "bottom", "gap", "uk"]].rename_axis("part").reset_index()
    long = long.melt(id_vars="part", var_name="group", value_name="change")
    blank = {"lower": np.nan, "upper": np.nan, "reason": NEVER}
    return long.assign(first_year=first, last_year=last, **blank)[PARTS_COLUMNS]


def leave_one_out(study: Study) -> pd.DataFrame:
    """How much of the change of the gap hangs on each member of the groups.

    Returns
    -------
    DataFrame
        Columns `LEFT_COLUMNS`, one row per member at either end of the window, the one that matters
        most first. ``change`` is that of the gap as a share of the top group's unweighted mean,
        ``change_without`` the same when the district is taken out of its group and nobody takes its
        place, with its revision band and verdict; ``effect`` is the difference, what the district adds
        to the change. Empty without groups, with groups of one, or where an end of the window has no
        figure.
    """
    if study.rule is None or study.size is None or study.size < 2:
        return pd.DataFrame(columns=LEFT_COLUMNS)
    panel = study.panel
    at = _at(panel, study.first_year, study.last_year)
    chosen = groups.choose(panel.values, study.rule, study.size)
    ends = [chosen.top[:, at], chosen.bottom[:, at]]
    published = panel.values.to_numpy()[None, :, at]
    drawn = published * revisions.own_factors(panel, study.seed)[:, :, at]
    change = _change(published, ends, None)[0]
    if np.isnan(change):
        return pd.DataFrame(columns=LEFT_COLUMNS)
    rows = []
    for name, members in zip(("top", "bottom"), ends, strict=True):
        for row in dict.fromkeys(members.ravel()):
            without = float(_change(published, ends, row)[0])
            draws = _change(drawn, ends, row)
            low, high = revisions.band(draws)
            code = panel.values.index[row]
            told = (change, without, change - without, float(low), float(high), str(verdicts(draws)))
            rows.append((code, panel.names[code], name, study.first_year, study.last_year, *told))
    frame = pd.DataFrame(rows, columns=LEFT_COLUMNS)
    return frame.sort_values("effect", key=abs, ascending=False, kind="stable", ignore_index=True)


def _change(values: np.ndarray, ends: list[np.ndarray], without: int | None) -> np.ndarray:
    """Change of the gap as a share, leaving out one district.

    Parameters
    ----------
    values : ndarray, shape (draws, n, 2)
    ends : list of ndarray, shape (size, 2)
        Members of the top and the bottom group in both years.
    """
    means = []
    for members in ends:
        kept = members != without
        own = np.where(kept, values[:, members, [0, 1]], 0)
        means.append(own.sum(axis=1) / kept.sum(axis=0))
    return np.diff(divergence.DEFINITIONS["share_of_top"](*means), axis=1)[:, 0]


def _at(panel: series.Panel, *years: int) -> list[int]:
    return [int(panel.values.columns.get_loc(year)) for year in years]


def _members(study: Study) -> dict[int, tuple[list[str], list[str]]]:
    """Top and bottom group of each year of the window, in present codes."""
    present = geography.all_districts(series.vintage(study.measure, study.release))["present"]
    chosen = groups.choose(study.panel.values, study.rule or "", study.size or 0)
    found = {}
    for year in study.years:
        top, bottom = groups.members(chosen, study.panel.values.index, year)
        found[year] = (sorted(set(present[top])), sorted(set(present[bottom])))
    return found


def _known(output: pd.DataFrame, work: pd.DataFrame, year: int, members: tuple[list[str], list[str]]) -> bool:
    """Whether every member has both totals in a year."""
    codes = [*members[0], *members[1]]
    return all(bool(frame[year].reindex(codes).notna().all()) for frame in (output, work))


def _latest(table: str, indicator: str) -> int:
    rows = tables.load(table)
    return int(rows.loc[rows["indicator"] == indicator, "release"].max())


def _totals(table: str, indicator: str) -> pd.DataFrame:
    """A total of the latest release by present district and year; NaN where a part is missing."""
    release = _latest(table, indicator)
    rows = tables.load(table)
    here = (rows["indicator"] == indicator) & (rows["release"] == release)
    vintage = rows.loc[here & rows["area_vintage"].str.startswith("LAD"), "area_vintage"].iloc[0]
    present = geography.all_districts(vintage)["present"]
    totals = tables.wide(table, indicator, release, present.index)
    by_present = totals.groupby(present.reindex(totals.index).to_numpy())
    return by_present.sum().where(by_present.count().eq(by_present.size(), axis=0))


def _parts(output: pd.Series, work: pd.Series, first: int, last: int) -> pd.Series:
    """Log change of output, of work and of the one over the other."""
    grown, worked = (float(np.log(total[last] / total[first])) for total in (output, work))
    return pd.Series({"output": grown, "work": worked, "productivity": grown - worked})
