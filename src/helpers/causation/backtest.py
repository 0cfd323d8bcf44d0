"""Would a model of fading leads have forecast the districts better than saying that nothing changes?

Rolling origins: at the end of each year from 2013 on every model is fitted to the years up to it and
asked for the next seven. The figures are those of the latest release, so this is not what a forecaster
would have known at the time: GVA and hours have been revised since (assumption A25). The years from 2020
on are kept aside: a model is chosen on the years before, and then met by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from helpers import geography
from helpers.causation import covariance_fit, forecasts
from helpers.causation.diebold_mariano import diebold_mariano
from helpers.causation.dynamic_panel import CONFIDENCE
from helpers.causation.forecasts import FEWEST_YEARS, Forecast
from helpers.causation.model import Loop
from helpers.dynamics import unsmoothed
from helpers.dynamics.process import Process
from helpers.errors import ParameterError
from helpers.geography import Area

BENCHMARK = "random_walk"
MODELS = (BENCHMARK, "district_mean", "own_trend", "process", "process_with_loop")
FIRST_ORIGIN = 2013
HORIZONS = 7
LAST_CHOICE = 2019  # last target year on which a model may be chosen
COLUMNS = [
    "area", "model", "horizon", "rmse", "relative_to_random_walk", "coverage_90", "dm", "p", "n", "reason",
    "districts", "target_years", "rmse_to_2019", "relative_to_2019", "rmse_from_2020", "relative_from_2020",
    "persistence_of",
]  # fmt: skip
KEYS = ["area_code", "origin", "horizon", "target"]


def table(areas: Sequence[Area], loop: Loop | None = None) -> pd.DataFrame:
    """How each model did in each area, by horizon: table ``backtest``.

    Parameters
    ----------
    areas : sequence of Area
        One that comes twice is told once.
    loop : Loop, optional
        Plain numbers (`helpers.causation.priors.central`), for the model ``process_with_loop``; without
        it that model has no rows.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row per area, model and horizon. ``rmse`` in log points over all ``n``
        forecasts; ``coverage_90`` is the share of figures within the model's own 90 % intervals;
        ``dm`` compares its squared errors with the random walk's (`diebold_mariano`; positive where it is
        better) with two-sided ``p``. The same errors for target years up to 2019 and from 2020 on;
        ``persistence_of`` says whose districts the process was fitted to, ``reason`` what is missing
        and why.
    """
    parts = [_summary(area.name, errors(area, loop), _asked(area)) for area in dict.fromkeys(areas)]
    return pd.concat(parts, ignore_index=True)[COLUMNS]


@cache
def errors(area: Area, loop: Loop | None = None) -> pd.DataFrame:
    """Every forecast of an area's districts beside what came.

    The frame is shared: do not change it in place.

    Parameters
    ----------
    area : Area
    loop : Loop, optional

    Returns
    -------
    DataFrame
        As from `rolling`, with ``persistence_of``: the area, or the UK at origins where the area's
        districts are too few to fit the process.
    """
    country = geography.resolve("UK")
    own, whole = _logs(area), _logs(country)
    parts = []
    for origin in range(FIRST_ORIGIN, int(own.columns[-1])):
        basis, whose = own, area.name
        process = covariance_fit.fit(own.loc[:, :origin].to_numpy()).process
        if process is None:
            basis, whose = whole, country.name
            process = covariance_fit.fit(whole.loc[:, :origin].to_numpy()).process
        if process is None:
            raise ParameterError(f"area: no process can be fitted to the years up to {origin}.")
        parts.append(at_origin(own, origin, basis, process, loop).assign(persistence_of=whose))
    return pd.concat(parts, ignore_index=True)


def at_origin(
    logs: pd.DataFrame, origin: int, basis: pd.DataFrame, process: Process, loop: Loop | None = None
) -> pd.DataFrame:
    """Forecasts from one origin beside what came.

    Parameters
    ----------
    logs : DataFrame, shape (n, T)
        Log output per hour relative to the UK; columns are consecutive years, NaN where unknown.
    origin : int
        Nothing after this year is looked at but to judge.
    basis : DataFrame
        The districts around whose yearly means the process holds: `logs`, or more with the same columns.
    process : Process
        Fitted to the years up to the origin.
    loop : Loop, optional

    Returns
    -------
    DataFrame
        ``area_code, origin, horizon, target, actual`` and, for each model, its forecast and, with the
        suffix ``_inside``, whether its 90 % interval holds the actual figure. A district with fewer than
        `FEWEST_YEARS` figures up to the origin or none in the origin year is left out for all models
        alike, as is a target without a figure. Without rows where nobody is left.
    """
    past = logs.loc[:, :origin]
    seen = past[past[origin].notna() & (past.notna().sum(axis=1) >= FEWEST_YEARS)]
    targets = [year for year in range(origin + 1, origin + HORIZONS + 1) if year in logs.columns]
    if seen.empty or not targets:
        return pd.DataFrame(columns=[*KEYS, "actual"])
    made = _forecasts(seen, basis.loc[:, :origin], process, len(targets), loop)
    frame = pd.DataFrame(
        {
            "area_code": np.repeat(seen.index, len(targets)),
            "origin": origin,
            "horizon": np.tile(np.array(targets) - origin, len(seen)),
            "target": np.tile(targets, len(seen)),
            "actual": logs.loc[seen.index, targets].to_numpy().ravel(),
        }
    )
    for name, one in made.items():
        low, high = (end.ravel() for end in one.interval(CONFIDENCE))
        frame[name] = one.mean.ravel()
        frame[f"{name}_inside"] = (low <= frame["actual"]) & (frame["actual"] <= high)
    return frame.dropna(subset=["actual"]).reset_index(drop=True)


def _forecasts(
    seen: pd.DataFrame, basis: pd.DataFrame, process: Process, horizons: int, loop: Loop | None
) -> dict[str, Forecast]:
    """Each model's forecast of the districts seen; the process knows them as part of its basis."""
    history = seen.to_numpy()
    made = {
        BENCHMARK: forecasts.random_walk(history, horizons),
        "district_mean": forecasts.district_mean(history, horizons),
        "own_trend": forecasts.own_trend(history, horizons),
    }
    known = basis[basis.notna().any(axis=1)]
    rows = known.index.get_indexer(seen.index)
    for name, round_it in (("process", None), ("process_with_loop", loop)):
        if name == "process" or loop is not None:
            one = forecasts.fitted_process(known, process, horizons, round_it)
            made[name] = Forecast(one.mean[rows], one.variance[rows])
    return made


def _asked(area: Area) -> dict[int, int]:
    """How many forecasts there would be at each horizon if every figure were known."""
    logs = _logs(area)
    return {
        h: len(logs) * max(0, int(logs.columns[-1]) - FIRST_ORIGIN - h + 1) for h in range(1, HORIZONS + 1)
    }


def _summary(area: str, found: pd.DataFrame, asked: dict[int, int]) -> pd.DataFrame:
    """One area's rows of the table."""
    rows = []
    whose = " and ".join(dict.fromkeys(found["persistence_of"]))
    for name in (model for model in MODELS if model in found):
        for horizon in sorted(set(found["horizon"])):
            part = found[found["horizon"] == horizon]
            squares = (part[name] - part["actual"]) ** 2
            walk = (part[BENCHMARK] - part["actual"]) ** 2
            early = part["target"] <= LAST_CHOICE
            rmse, relative = _rmse(squares, walk)
            test = diebold_mariano(
                (walk - squares).to_numpy(), part["area_code"].to_numpy(), part["target"].to_numpy()
            )
            reasons = [
                "the benchmark" if name == BENCHMARK else test.reason,
                "" if early.any() else f"no target years up to {LAST_CHOICE}",
                f"left out for want of figures: {asked[horizon] - len(part)} forecasts"
                if asked[horizon] > len(part)
                else "",
            ]
            rows.append(
                {
                    "area": area,
                    "model": name,
                    "horizon": int(horizon),
                    "rmse": rmse,
                    "relative_to_random_walk": relative,
                    "coverage_90": float(part[f"{name}_inside"].mean()),
                    "dm": np.nan if name == BENCHMARK else test.statistic,
                    "p": np.nan if name == BENCHMARK else test.p,
                    "n": len(part),
                    "reason": "; ".join(part for part in reasons if part),
                    "districts": part["area_code"].nunique(),
                    "target_years": part["target"].nunique(),
                    **dict(zip(COLUMNS[12:14], _rmse(squares[early], walk[early]), strict=True)),
                    **dict(zip(COLUMNS[14:16], _rmse(squares[~early], walk[~early]), strict=True)),
                    "persistence_of": whose,
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _rmse(squares: pd.Series, walk: pd.Series) -> tuple[float, float]:
    """Root mean squared error, and relative to the random walk's; NaN where there is no target."""
    if squares.empty:
        return np.nan, np.nan
    own, benchmark = np.sqrt(squares.mean()), np.sqrt(walk.mean())
    return float(own), float(own / benchmark) if benchmark > 0 else np.nan


def chosen(found: pd.DataFrame, area: str) -> str:
    """The model that a forecaster would have chosen on target years up to 2019.

    The least error relative to the random walk, averaged over horizons; the simpler one of equals.

    Parameters
    ----------
    found : DataFrame
        From `table`.
    area : str
        Name as in the table.
    """
    rows = found[found["area"] == area]
    order = [name for name in MODELS if name in set(rows["model"])]
    mean = rows.groupby("model")["relative_to_2019"].mean().reindex(order)
    return str(mean.idxmin()) if mean.notna().any() else BENCHMARK


def _logs(area: Area) -> pd.DataFrame:
    """Unsmoothed log output per hour relative to the UK: codes by years."""
    panel = unsmoothed.panel(area)
    logs = np.log(panel.values.div(panel.uk_value, axis=1))
    return logs.loc[:, logs.notna().any()]
