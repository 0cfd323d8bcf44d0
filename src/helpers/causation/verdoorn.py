"""Does output that grows faster make labour more productive? Kaldor and Verdoorn's law by region.

An illustration, on the twelve ITL1 regions (Dixon and Thirlwall 1975, Oxford Economic Papers 27: 201-214,
build the law into a model of cumulative causation; Rowthorn 1975, Economic Journal 85: 10-19, regresses on
employment instead). Its trouble is an identity: growth of output is growth of productivity plus growth of
hours. The slope of productivity on output is therefore one less the slope of hours on output, and is near
one wherever hours follow output slowly, returns to scale or not; the slope of productivity on hours is
dragged down by every error in hours. An instrument for output must not move productivity by any other
way; those here hardly meet that, and their strength is printed.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from linearmodels.iv import IV2SLS
from scipy import stats  # type: ignore[import-untyped]

from helpers import geography, series, tables
from helpers.causation.dynamic_panel import CONFIDENCE, WEAK
from helpers.comparisons.industries import SECTIONS
from helpers.geography import Area

RELEASE = 2024  # volume productivity and hours by region that were published together
BEFORE_PANDEMIC = 2019
FEWEST_REGIONS = 10
INSTRUMENTS = {
    "lagged": "output growth of the year before",
    "shift_share": "other regions' growth by industry, weighted by the region's mix of industries",
}
EQUATIONS = {
    "productivity on output": ("productivity", "output", None),
    "hours on output": ("hours", "output", None),
    "productivity on hours": ("productivity", "hours", None),
    **{f"productivity on output, {name}": ("productivity", "output", name) for name in INSTRUMENTS},
}
COLUMNS = [
    "area",
    "equation",
    "instrument",
    "slope",
    "se",
    "lower",
    "upper",
    "first_stage",
    "regions",
    "first_year",
    "last_year",
    "n",
    "note",
]


@cache
def growth() -> pd.DataFrame:
    """Growth of the regions, in logs, from the year before.

    Returns
    -------
    DataFrame
        Indexed by ``region`` and ``year``: ``productivity`` (volume of GVA per hour), ``hours``,
        ``output`` (their sum, so that the identity holds exactly), ``lagged`` (output growth of the year
        before) and ``shift_share`` (growth of the same industry in all other regions, current prices,
        weighted by the region's shares two years before).
    """
    productivity = np.log(tables.wide("regions", "gva_per_hour_volume", RELEASE))
    regions = [code for code in productivity.index if code != series.UK]
    hours = np.log(tables.wide("hours_itl", "hours_per_week", RELEASE)).reindex(regions)
    p, h = (frame.loc[regions].diff(axis=1) for frame in (productivity, hours))
    q = p + h
    parts = {
        "productivity": p,
        "hours": h,
        "output": q,
        "lagged": q.shift(1, axis=1),
        "shift_share": _shift_share().reindex(index=regions, columns=p.columns),
    }
    frame = pd.DataFrame({name: part.stack() for name, part in parts.items()})
    return frame.rename_axis(["region", "year"]).dropna(subset=["productivity", "hours"])


def slope(
    frame: pd.DataFrame, outcome: str, driver: str, instrument: str | None = None
) -> tuple[float, float, float, int]:
    """Slope of one growth rate on another within years, clustered by region.

    Parameters
    ----------
    frame : DataFrame
        Indexed by region and year.
    outcome, driver : str
        Columns.
    instrument : str, optional
        Column that stands for the driver in the first stage; ordinary least squares without one.

    Returns
    -------
    slope, se, first_stage : float
        ``first_stage`` is the F of the instrument, NaN without one.
    n : int
        Rows with all figures.
    """
    used = frame[[outcome, driver, *([instrument] if instrument else [])]].dropna()
    used = used - used.groupby(level="year").transform("mean")
    group = pd.factorize(used.index.get_level_values("region"))[0]
    options = {"cov_type": "clustered", "clusters": group, "debiased": True}
    if instrument is None:
        fit = IV2SLS(used[outcome], used[[driver]], None, None).fit(**options)
        return float(fit.params[driver]), float(fit.std_errors[driver]), np.nan, len(used)
    fit = IV2SLS(used[outcome], None, used[[driver]], used[[instrument]]).fit(**options)
    first = IV2SLS(used[driver], used[[instrument]], None, None).fit(**options)
    strength = float((first.params[instrument] / first.std_errors[instrument]) ** 2)
    return float(fit.params[driver]), float(fit.std_errors[driver]), strength, len(used)


def law(area: Area, last_year: int | None = None) -> pd.DataFrame:
    """Every version of the law over the regions of an area.

    Parameters
    ----------
    area : Area
    last_year : int, optional
        `BEFORE_PANDEMIC` to leave out the years in which hours were furloughed; the last otherwise.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row per equation. ``lower`` and ``upper`` are the 90 % interval by Student's t,
        regions less one degrees of freedom: twelve clusters are few. ``note`` says that an instrument is
        weak (F below 10), what the identity does, or why there is no estimate: an area needs
        `FEWEST_REGIONS` regions, so all but the UK have none.
    """
    frame = growth()
    frame = frame[frame.index.get_level_values("region").isin(area.regions)]
    if last_year is not None:
        frame = frame[frame.index.get_level_values("year") <= last_year]
    regions = frame.index.get_level_values("region").nunique()
    rows = []
    for name, (outcome, driver, instrument) in EQUATIONS.items():
        told = INSTRUMENTS.get(instrument or "", "")
        if regions < FEWEST_REGIONS:
            why = f"no estimate: {regions} whole ITL1 regions, fewer than {FEWEST_REGIONS}"
            rows.append((area.name, name, told, *[np.nan] * 5, regions, pd.NA, pd.NA, 0, why))
            continue
        found, se, strength, n = slope(frame, outcome, driver, instrument)
        width = float(stats.t.ppf((1 + CONFIDENCE) / 2, regions - 1)) * se
        used = frame.dropna(subset=[instrument] if instrument else ["output"])
        year = used.index.get_level_values("year")
        note = _note(name, strength)
        ends = (found - width, found + width, strength, regions, int(year.min()), int(year.max()))
        rows.append((area.name, name, told, found, se, *ends, n, note))
    return pd.DataFrame(rows, columns=COLUMNS)


def _note(name: str, strength: float) -> str:
    if np.isfinite(strength):
        return "weak instrument: the interval cannot be relied on" if strength < WEAK else ""
    return {
        "productivity on output": "drawn towards one by the identity",
        "hours on output": "one less the slope of productivity on output, by the identity",
        "productivity on hours": "drawn down by errors in hours, which stand on both sides",
    }[name]


def _shift_share() -> pd.DataFrame:
    """Growth of each section in the other regions, weighted by the region's shares two years before.

    Current prices: years have effects of their own. A district's withheld section counts as none in both
    the shares and the growth.
    """
    region = geography.all_districts()["itl1"]
    sections = np.stack(
        [
            tables.wide("industry", f"gva_{section}", RELEASE + 1)
            .pipe(lambda values: values.groupby(region.reindex(values.index)).sum())
            .to_numpy()
            for section in SECTIONS
        ]
    )
    whole = tables.wide("industry", "gva_all", RELEASE + 1)
    names = whole.groupby(region.reindex(whole.index)).sum()
    others = np.log(sections.sum(axis=1, keepdims=True) - sections)
    moves = np.diff(others, axis=2)
    share = sections / sections.sum(axis=0)
    weighted = (share[:, :, :-2] * moves[:, :, 1:]).sum(axis=0)
    return pd.DataFrame(weighted, index=names.index, columns=names.columns[2:])
