"""How do the most and the least productive groups compare on any indicator, beside everyone else?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from helpers import containing, geography, groups, series
from helpers.comparisons import changes, ranks
from helpers.derived import observe
from helpers.indicators import Observed
from helpers.study import Study

COMPARISON = ["indicator", "level", "group", "year", "value", "lower", "upper", "n", "missing"]
CONTRAST = [
    "indicator", "level", "first_year", "last_year", "ratio_first", "ratio_last",
    "change_top", "change_bottom", "rank_correlation_area", "rank_correlation_uk",
]  # fmt: skip
ENDS = ("value", "lower", "upper")
CHANGES = ["indicator", "level", "group", "first_year", "last_year", "change", "lower", "upper"]


@cache
def members(study: Study) -> dict[str, list[str]]:
    """Who is compared: districts by group, in codes of December 2024.

    Returns
    -------
    dict of str to list of str
        ``top`` and ``bottom`` as the study chooses them, ``top_now`` and ``bottom_now`` ranked on the
        last year of the latest release (per hour), ``area`` and ``uk`` all districts. An area with
        too few districts for groups has the last two only. Shared: do not change it in place.
    """
    found: dict[str, list[str]] = {}
    if study.rule and study.size:
        chosen = groups.choose(study.panel.values, study.rule, study.size)
        found["top"], found["bottom"] = groups.members(chosen, study.panel.values.index, study.last_year)
        now = series.panel(study.area, "hour", series.releases("hour")[-1])
        latest = groups.choose(now.values, "end", study.size)
        found["top_now"], found["bottom_now"] = groups.members(latest, now.values.index, now.years[-1])
        vintage = series.vintage(study.measure, study.release)
        present = geography.all_districts(vintage)["present"]
        found |= {end: sorted(set(present[found[end]])) for end in ("top", "bottom")}
    return found | {"area": list(study.area.codes), "uk": list(geography.resolve("UK").codes)}


def average(observed: Observed, areas: Iterable[str]) -> pd.DataFrame:
    """Mean of an indicator over some areas, year by year.

    Parameters
    ----------
    observed : Observed
    areas : iterable of str
        Area codes of the indicator's level and vintage.

    Returns
    -------
    DataFrame
        Indexed by year: ``value`` (unweighted mean over the areas that have a figure), ``lower``,
        ``upper``, ``n`` (areas with a figure) and ``missing`` (areas without). Sampling intervals are
        taken as independent between areas (assumption A14), so the mean's is the root of the sum of
        squares over n; bounds of rounding are averaged. Empty where an area with a figure has no
        interval.
    """
    codes = list(areas)
    value, lower, upper = (
        frame.reindex(index=codes, columns=observed.values.columns).to_numpy(dtype=float)
        for frame in (observed.values, observed.lower, observed.upper)
    )
    there = ~np.isnan(value)
    n = there.sum(axis=0)
    with np.errstate(invalid="ignore"):  # years without any figure go below
        mean = np.where(there, value, 0).sum(axis=0) / n
        ends = {
            name: np.where((~np.isnan(bound)).sum(axis=0) == n, _end(observed, mean, value, bound, n), np.nan)
            for name, bound in (("lower", lower), ("upper", upper))
        }
    frame = pd.DataFrame(
        {"value": mean, **ends, "n": n, "missing": len(codes) - n}, index=observed.values.columns
    )
    return frame[frame["n"] > 0]


def _end(
    observed: Observed, mean: np.ndarray, value: np.ndarray, bound: np.ndarray, n: np.ndarray
) -> np.ndarray:
    """One end of the interval of a mean, by year."""
    apart = np.nan_to_num(bound - value)  # of areas that have both
    if observed.interval == "sampling":
        return mean + np.sign(apart.sum(axis=0)) * np.sqrt((apart**2).sum(axis=0)) / n
    return mean + apart.sum(axis=0) / n


def group_mean(observed: Observed, districts: Iterable[str]) -> pd.DataFrame:
    """Mean over the areas that contain some districts, as `average`.

    Each area counts once; a district that lies in no area of the level (outside every combined
    authority, say) counts as ``missing``. The frame is shared: do not change it in place.
    """
    return _group_mean(observed, tuple(districts))


@cache  # every exhibit asks for the same means
def _group_mean(observed: Observed, districts: tuple[str, ...]) -> pd.DataFrame:
    areas = containing.areas_of(districts, observed.level, observed.vintage)
    outside = len(containing.outside(districts, observed.level, observed.vintage))
    rows = average(observed, areas)
    return rows.assign(missing=rows["missing"] + outside)


def compare(study: Study, indicators: Iterable[str]) -> pd.DataFrame:
    """Every indicator for every group and year.

    Parameters
    ----------
    study : Study
    indicators : iterable of str
        Ids of ``indicators.csv`` or ``data/derived.yml``. One that exists above district level only is
        compared between the areas that contain the districts, each counted once.

    Returns
    -------
    DataFrame
        Columns `COMPARISON`; ``group`` is ``top``, ``bottom``, ``top_now``, ``bottom_now``, ``area``
        or ``uk``. A group none of whose areas has the indicator has no rows.
    """
    parts = []
    for indicator in indicators:
        observed = observe(indicator)
        for group, districts in members(study).items():
            rows = group_mean(observed, districts).reset_index(names="year")
            parts.append(rows.assign(indicator=indicator, level=observed.level, group=group))
    if not parts:
        return pd.DataFrame(columns=COMPARISON)
    return pd.concat(parts, ignore_index=True)[COMPARISON]


def by_area(study: Study, indicators: Iterable[str]) -> pd.DataFrame:
    """Every area's own figures in the last year of each indicator, with intervals where published.

    Returns
    -------
    DataFrame
        ``indicator, level, area_code, name, year, value, lower, upper`` over the areas that contain the
        study's districts; an area without a figure has an empty value.
    """
    parts = []
    for indicator in indicators:
        observed = observe(indicator)
        codes = containing.areas_of(study.area.codes, observed.level, observed.vintage)
        known = observed.values.reindex(codes).notna().any()
        if not known.any():
            continue
        year = int(known.index[known][-1])
        frame = pd.DataFrame(
            {
                name: getattr(observed, f"{name}s" if name == "value" else name)[year].reindex(codes)
                for name in ENDS
            }
        )
        names = [geography.area_name(code) for code in codes]
        parts.append(
            frame.rename_axis("area_code")
            .reset_index()
            .assign(indicator=indicator, level=observed.level, name=names, year=year)
        )
    columns = ["indicator", "level", "area_code", "name", "year", *ENDS]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def contrast(study: Study, indicators: Iterable[str]) -> pd.DataFrame:
    """Top against bottom at both ends of each indicator, and its rank correlation with productivity.

    Returns
    -------
    DataFrame
        Columns `CONTRAST`. ``first_year`` and ``last_year`` are the first and the last year in which
        every area of both groups has a figure; ratios are top over bottom; changes are relative
        (0.06 is 6 % more). Correlations are Spearman's with GVA per hour in the same year (or the
        nearest that is published), over all areas of the level in the area, and in the UK. Empty
        where there is no such thing.
    """
    chosen = members(study)
    rows = []
    for indicator in indicators:
        observed = observe(indicator)
        row: dict[str, object] = {"indicator": indicator, "level": observed.level}
        if "top" in chosen:
            row |= _ends(observed, chosen["top"], chosen["bottom"])
        year = row.get("last_year", int(observed.values.columns[-1]))
        for scope in ("area", "uk"):
            row[f"rank_correlation_{scope}"] = ranks.correlation(observed, chosen[scope], int(str(year)))
        rows.append(row)
    frame = pd.DataFrame(rows).reindex(columns=CONTRAST)
    return frame.astype({"first_year": "Int64", "last_year": "Int64"})


def group_changes(study: Study, contrasted: pd.DataFrame) -> pd.DataFrame:
    """How much each group changed over the window of `contrast`, with an interval where there is one.

    Returns
    -------
    DataFrame
        Columns `CHANGES`; relative changes with the ends of `helpers.comparisons.changes.relative`. A group
        that is not whole at both ends of the window has no row.
    """
    chosen = members(study)
    rows = []
    for row in contrasted.dropna(subset=["first_year"]).itertuples(index=False):
        observed = observe(str(row.indicator))
        first, last = int(row.first_year), int(row.last_year)
        for group in ("top", "bottom", "top_now", "bottom_now"):
            means = group_mean(observed, chosen[group])
            whole = means[means["missing"] == 0]
            if first < last and {first, last} <= set(whole.index):
                change = changes.relative(whole.loc[first], whole.loc[last], observed.interval)
                rows.append((row.indicator, row.level, group, first, last, *change))
    return pd.DataFrame(rows, columns=CHANGES)


def _ends(observed: Observed, top: list[str], bottom: list[str]) -> dict[str, object]:
    """Ratios and changes between the first and the last year that both groups have whole."""
    means = {}
    whole = None
    for group, districts in (("top", top), ("bottom", bottom)):
        rows = group_mean(observed, districts)
        rows = rows[rows["missing"] == 0]
        means[group] = rows["value"]
        whole = rows.index if whole is None else whole.intersection(rows.index)
    if whole is None or whole.empty:
        return {}
    first, last = int(whole.min()), int(whole.max())
    found: dict[str, object] = {
        "first_year": first,
        "last_year": last,
        "ratio_first": changes.ratio(means["top"][first], means["bottom"][first]),
        "ratio_last": changes.ratio(means["top"][last], means["bottom"][last]),
    }
    for group in ("top", "bottom"):
        change = changes.ratio(means[group][last], means[group][first]) - 1 if last > first else np.nan
        found[f"change_{group}"] = change
    return found
