"""What is followed for an authority, and which figures and bands does each indicator have?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pandas as pd

from helpers import derived, geography, groups, indicators, revisions, series, trends
from helpers.comparisons import authorities
from helpers.dynamics import unsmoothed
from helpers.gaps import divergence
from helpers.geography import Area
from helpers.study import Study

BANDS = {
    "sampling": "95 % interval of the samples",
    "rounding": "bounds of rounding",
    "revision": "revision band (ours)",
}
PRODUCTIVITY, INNER_GAP = "productivity_relative", "inner_gap"
LEVEL_NAMES = {
    "district": "district",
    "itl3": "ITL3 area",
    "itl2": "ITL2 area",
    "itl1": "region",
    "combined_authority": "combined authority",
}


@dataclass(frozen=True)
class Metric:
    """What is tracked: an indicator, the direction that is better, and how districts make up an authority.

    ``weight`` is the total that a mean of districts is weighted with; ``relative`` asks for the ratio
    to the UK, so that amounts in current pounds can be followed over years.
    """

    indicator: str
    better: str = "higher"
    weight: str = "population_total"
    relative: bool = False


METRICS = (
    Metric(PRODUCTIVITY),
    Metric(INNER_GAP, better="lower"),
    Metric("rqf_level3plus", weight="population_16_64"),
    Metric("rqf_none", better="lower", weight="population_16_64"),
    Metric("apprenticeship_achievements"),
    Metric("employment_rate", weight="population_16_64"),
    Metric("pay_weekly_residence", weight="population_16_64", relative=True),
    Metric("gdhi_per_head", relative=True),
    Metric("birth_rate"),
    Metric("full_fibre"),
    Metric("gigabit_capable"),
    Metric("fdi_inward_per_job_authority", relative=True),
    Metric("gfcf_per_hour"),
    Metric("rd_business"),
)


@dataclass(frozen=True, eq=False)
class Track:
    """One indicator of one authority over time.

    Attributes
    ----------
    label, unit : str
    figures : DataFrame
        ``value, lower, upper`` by year; empty where there is no figure.
    interval : str
        What the ends are, a key of `BANDS`, or empty where there are none.
    trended : Series
        What the trend is fitted to: `figures`, or their unsmoothed counterpart.
    made_of : str
        Published figure, or how it was made of districts.
    reason : str
        Why something is missing.
    """

    label: str
    unit: str
    figures: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["value", "lower", "upper"]))
    interval: str = ""
    trended: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    made_of: str = ""
    reason: str = ""


def follow(metric: Metric, study: Study, group: str, area: Area) -> Track:
    """One metric of one authority.

    Parameters
    ----------
    metric : Metric
    study : Study
        Its measure and release give productivity.
    group : str
        Code of the authority, or of what lies in none (`helpers.devolution.membership`).
    area : Area
        Its districts.
    """
    if metric.indicator == PRODUCTIVITY:
        return _productivity(study, area)
    if metric.indicator == INNER_GAP:
        return _inner_gap(study, area)
    return _indicator(metric, group, area)


def _productivity(study: Study, area: Area) -> Track:
    """Output per hour or job relative to the UK, per cent, with the band of what revision may do."""
    panel = series.panel(area, study.measure, study.release)
    ratio = 100 * panel.area_value / panel.uk_value
    hours = panel.hours.where(panel.values.notna()).to_numpy()
    weighted = panel.values.to_numpy() * hours
    drawn = (revisions.own_factors(panel, study.seed) * weighted).sum(axis=1) / weighted.sum(axis=0)
    low, high = revisions.band(drawn)
    figures = pd.DataFrame({"value": ratio, "lower": ratio * low, "upper": ratio * high})
    label, made_of = f"GVA per {study.measure} relative to the UK", f"smoothed, release of {study.release}"
    blank = Track(label, "per cent of the UK", figures[ratio.notna()], "revision", made_of=made_of)
    if study.measure != "hour":
        return replace(blank, reason="no unsmoothed series per job")
    own = unsmoothed.panel(area)
    trended = 100 * own.area_value / own.uk_value
    return replace(blank, trended=trended, made_of=f"{made_of}; trend of the unsmoothed series")


def _inner_gap(study: Study, area: Area) -> Track:
    """How far the least productive districts of an authority lie behind its most productive."""
    label, unit = "Gap between its most and least productive districts", "per cent of the most productive"
    panel = series.panel(area, study.measure, study.release)
    size = groups.auto_size(len(panel.values))
    if size is None or groups.size_in(panel.values, "mean", size) is None:
        return Track(label, unit, reason=f"groups need {groups.FEWEST} districts; it has {len(panel.values)}")
    gap = divergence.gap(panel, "mean", size, seed=study.seed)
    figures = 100 * pd.DataFrame({"value": gap.value, "lower": gap.lower, "upper": gap.upper})
    figures = figures.dropna(subset=["value"])
    made_of = f"{size} against {size} districts chosen on {groups.MEAN_YEARS[0]} to {groups.MEAN_YEARS[-1]}"
    if study.measure != "hour":
        reason = "no unsmoothed series per job"
        return Track(label, unit, figures, "revision", made_of=made_of, reason=reason)
    present = geography.all_districts(series.vintage(study.measure, study.release))["present"]
    codes = [present[c].unique() for c in groups.members(gap.groups, panel.values.index, panel.years[-1])]
    own = unsmoothed.panel(area).values
    top, bottom = (own.reindex(one).mean(skipna=False) for one in codes)
    trended = 100 * (top - bottom) / top
    # Groups chosen on extreme years close in by chance alone; a smoothed year reaches two years ahead
    after = groups.MEAN_YEARS[-1] + 2
    return Track(
        label,
        unit,
        figures,
        "revision",
        trended[trended.index > after],
        f"{made_of}; trend of the unsmoothed series after {after}, which had no part in the choice",
    )


def _indicator(metric: Metric, group: str, area: Area) -> Track:
    """An indicator of the tables: the authority's own published figure, else made of its districts."""
    observed = derived.observe(metric.indicator)
    relative = metric.relative
    label = f"{observed.label}, relative to the UK" if relative else observed.label
    unit = "per cent of the UK" if relative else observed.unit.replace("%", "per cent")
    blank = Track(label, unit)
    if observed.level not in ("district", "combined_authority"):
        where, last = LEVEL_NAMES[observed.level], int(observed.values.columns[-1])
        return replace(blank, reason=f"published by {where} only, the last year being {last}")
    figures = authorities.own(metric.indicator, group)
    made = figures
    if observed.level == "district":
        made = authorities.of_districts(metric.indicator, area.codes, metric.weight)
    made_of = "published" if metric.indicator not in derived.records() else "published parts"
    if figures.empty:
        figures, made_of = made, _how_made(metric, area)
    if figures.empty:
        return replace(
            blank, reason=f"no year in which the figures by {LEVEL_NAMES[observed.level]} cover it"
        )
    longer = made if len(figures) < trends.FEWEST_YEARS < len(made) else figures
    reason = "" if longer is figures else "trend of the districts' mean, which has more years"
    if metric.relative:
        uk = authorities.united_kingdom(metric.indicator)
        figures = authorities.relative(figures, uk, observed.interval)
        longer = authorities.relative(longer, uk, "")
    return replace(
        blank,
        figures=figures,
        interval=observed.interval,
        trended=longer["value"],
        made_of=made_of,
        reason=reason,
    )


def _how_made(metric: Metric, area: Area) -> str:
    """How districts make up the authority, in words."""
    if metric.indicator in derived.records():
        return "sums over its districts"
    weight = indicators.about(metric.weight)["label"].lower()
    year = authorities.weight_year(metric.weight, area.codes)
    return f"mean of its districts weighted by {weight} in {year}"
