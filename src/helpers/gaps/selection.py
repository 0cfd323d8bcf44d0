"""How much does a gap widen by itself, merely because its groups were chosen on the outcome?

Districts chosen because they stand far apart in one year stand less far apart in another: a gap
between groups ranked at the end has widened towards the end even where nothing pulls apart. Two nulls
say by how much. Both work on logs relative to the area's mean of each year, choose the groups afresh
in every draw by the rule that chose the observed ones, and ask how the change of the gap compares.

Exchangeability: under constant dispersion a district's years could as well have run backwards. In
each draw a random half of the districts has its years reversed, so that the first and the last
change places; blocked, all districts of an ITL3 area are reversed together, as neighbours move
together. The years run from the earliest to the latest that the window or the rule looks at. Where
the rule looks at the ends of the window alone, nothing but the two end values matters, and it is they
that must be exchangeable for each district; for the other rules it is the whole run of years.

Fitted process: a permanent effect, an AR(1) and noise, whose variances do not change over time, are
fitted to the area's unsmoothed figures (`helpers.dynamics.process`), drawn, and smoothed as the producer
does. Districts are drawn independently of each other and without long tails.

Both nulls are about the published, smoothed figures, because the gap is told in them. From 2004 to
2023 that keeps the ends exchangeable: the weights of the last year are those of the first in reverse.
From 2010 on it does not quite: a year inside the series is averaged over five years, the last over
three, which alone spreads districts a little wider at the end. The fitted process allows for that;
how little it does to the other null is measured in `helpers.gaps.selection_check`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers import geography, groups, revisions, series
from helpers.dynamics import process, smoothing, unsmoothed
from helpers.gaps import rechoosing
from helpers.gaps.rechoosing import RULES, Question
from helpers.geography import Area
from helpers.study import GUIDE_YEAR

NULLS = ("exchangeability", "exchangeability_blocked", "fitted_process")
COLUMNS = ["area", "null", "window", "rule", "observed", "expected", "lower", "upper", "p"]
DRAWS = 20_000
CHUNK = 1_000  # draws of the fitted process held in memory at once
FEWEST_BLOCKS = 6  # with fewer, one pattern of reversals on either side is more than one in twenty
SAME = 1e-9  # a draw that repeats the observed order may sum it in another sequence


def table(
    area: Area, size: int | None = None, draws: int = DRAWS, seed: int = 0, smoothed: bool = True
) -> pd.DataFrame:
    """What choosing on the outcome does in one area, by every null, window and rule.

    Parameters
    ----------
    area : Area
    size : int, optional
        Districts per group; otherwise `helpers.groups.auto_size`.
    draws : int
        Draws of each null.
    seed : int
    smoothed : bool
        Whether to ask it of the published figures, or of our unsmoothed ones (whose draws are not
        smoothed either).

    Returns
    -------
    DataFrame
        As from `nulls`. An area with too few districts for groups has no rows, and a sentence in
        ``attrs["notes"]`` that says so.
    """
    single = unsmoothed.panel(area).values
    values = series.panel(area, "hour", unsmoothed.RELEASE).values if smoothed else single
    size = size or groups.auto_size(len(values))
    if size is None:
        return _frame([], [f"{area.name} has fewer than {groups.FEWEST} districts, too few for groups."])
    blocks = area.districts(series.vintage("hour", unsmoothed.RELEASE))["itl3"]
    found = nulls(values, single, blocks, size, draws=draws, seed=seed, smoothed=smoothed)
    found["area"] = area.name
    if groups.has_guide(area):
        found.attrs["notes"].append(_guide_note(values, size))
    return found


def notes(area: Area, size: int | None = None) -> list[str]:
    """What `table` could not ask of an area, whom it left out and which ties it broke, in sentences."""
    return list(table(area, size, draws=1).attrs["notes"])


def nulls(
    values: pd.DataFrame,
    single: pd.DataFrame,
    blocks: pd.Series,
    size: int,
    *,
    truth: process.Process | None = None,
    rules: Iterable[str] = RULES,
    draws: int = DRAWS,
    seed: int = 0,
    smoothed: bool = True,
) -> pd.DataFrame:
    """All nulls for one panel, between its first or 2010 and its last year.

    Parameters
    ----------
    values : DataFrame, shape (n, T)
        GVA per hour, GBP; rows are district codes, columns all years of the producer's series, NaN
        where there is no figure.
    single : DataFrame, shape (n, T)
        The same, unsmoothed: what the process is fitted to.
    blocks : Series
        By code, the area whose districts move together; a district without one is its own.
    size : int
        Districts per group.
    truth : Process, optional
        Known parameters, instead of those fitted.
    rules : iterable of str
        Ranked in the last year (``end``), in `GUIDE_YEAR` (``guide_year``), in 2010 (``start``), on
        the mean of 2004 to 2008 (``mean``), or in the first and again in the last (``rechosen``).
    draws, seed : int
    smoothed : bool
        Whether `values` are smoothed as the producer smooths.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, with ``area`` empty. ``observed`` is the change over the window of mean log
        top less mean log bottom; ``expected``, ``lower`` and ``upper`` are the mean and the middle
        95 % of the null's draws. ``p`` is two-sided: twice the smaller tail, the observed change
        counted as one of the draws, 2 (1 + number beyond) / (1 + draws), at most 1. So it agrees with
        the interval, and does not suppose that the draws lie evenly around their mean.

        A district without a figure in a year that the window, the rule or its reversal looks at takes
        no part there, and equal figures are ranked by code. ``attrs["notes"]`` holds a sentence for
        each place where that happened, and for each rule that could not be asked and why.
    """
    values = values.sort_index()
    single = single.reindex(index=values.index, columns=values.columns)
    asked, notes = _answerable(values, rules, size)
    if not asked:
        return _frame([], notes)
    whose = blocks.reindex(values.index).fillna(values.index.to_series())
    block = pd.factorize(whose)[0]
    if (number := block.max() + 1) < FEWEST_BLOCKS:
        notes.append(f"The districts lie in {number} blocks, so the blocked p cannot come below 5 %.")
    rng = [np.random.default_rng([seed, k]) for k in range(len(NULLS))]
    turned = {
        NULLS[0]: rng[0].random((draws, len(values))) < 0.5,
        NULLS[1]: (rng[1].random((draws, number)) < 0.5)[:, block],
    }
    truth = truth or process.fit(np.log(single.to_numpy()))
    fitted = _fitted(truth, single, asked, size, draws, smoothed, rng[2])
    rows = []
    for (question, there), simulated in zip(asked, fitted, strict=True):
        both = rechoosing.both_ways(_levels(values, question, there), question)
        as_is = np.zeros((1, there.sum()), dtype=bool)
        observed = float(rechoosing.reversed_change(both, as_is, size)[0])
        drawn = {n: rechoosing.reversed_change(both, _of(who, there), size) for n, who in turned.items()}
        drawn[NULLS[2]] = simulated
        window = f"{question.first}-{question.last}"
        rows += [["", n, window, question.rule, observed, *_summary(observed, drawn[n])] for n in NULLS]
    return _frame(rows, notes)


def _answerable(
    values: pd.DataFrame, rules: Iterable[str], size: int
) -> tuple[list[tuple[Question, np.ndarray]], list[str]]:
    """The questions a panel can answer, each with who takes part, and sentences about the rest."""
    years = [int(year) for year in values.columns[values.notna().any()]]
    if not years:
        return [], ["There are no figures."]
    asked, notes = [], []
    for first in dict.fromkeys((years[0], groups.START_YEAR)):
        for rule in rules:
            question = rechoosing.question(rule, first, years[-1])
            where, when = f"{first}-{years[-1]}, {rule}", _listed(question.needed)
            there = values.reindex(columns=question.needed).notna().all(axis=1).to_numpy()
            if there.sum() < 2 * size:
                notes.append(
                    f"{where}: not asked; two groups of {size} need {2 * size} districts with figures "
                    f"in all of {when}, and there are {there.sum()}."
                )
                continue
            asked.append((question, there))
            if not there.all():
                gone = _listed(values.index[~there])
                notes.append(f"{where}: {gone} left out, without a figure in one of {when}.")
            if rechoosing.tied(_levels(values, question, there), question, size):
                notes.append(f"{where}: equal figures at the edge of a group were ranked by code.")
    return asked, notes


def _levels(values: pd.DataFrame, question: Question, there: np.ndarray) -> dict[int, np.ndarray]:
    """GBP by needed year of the districts that take part."""
    return {year: values[year].to_numpy()[there] for year in question.needed}


def _fitted(
    truth: process.Process,
    single: pd.DataFrame,
    asked: list[tuple[Question, np.ndarray]],
    size: int,
    draws: int,
    smoothed: bool,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """Change of the gap in draws of the process, for each question."""
    years = sorted({year for question, _ in asked for year in question.looked_at})
    weights = smoothing.weights_matrix(single.shape[1]) if smoothed else np.eye(single.shape[1])
    # Smoothing works on pounds, so the draws need the area's own path of them.
    common = np.log(single).mean().interpolate(limit_direction="both").to_numpy()
    changes: list[list[np.ndarray]] = [[] for _ in asked]
    for start in range(0, draws, CHUNK):
        drawn = process.simulate(truth, common, (min(CHUNK, draws - start), len(single)), rng)
        levels = {year: drawn @ weights[single.columns.get_loc(year)] for year in years}
        for (question, there), change in zip(asked, changes, strict=True):
            own = {year: _of(levels[year], there) for year in question.looked_at}
            change.append(rechoosing.change(own, question, size))
    return [np.concatenate(change) for change in changes]


def _summary(observed: float, drawn: np.ndarray) -> tuple[float, float, float, float]:
    """Mean and middle 95 % of a null, and the two-sided p of the observed change."""
    low, high = revisions.band(drawn)
    beyond = min((drawn >= observed - SAME).sum(), (drawn <= observed + SAME).sum())
    return float(drawn.mean()), float(low), float(high), float(min(1, 2 * (1 + beyond) / (1 + len(drawn))))


def _of(drawn: np.ndarray, there: np.ndarray) -> np.ndarray:
    """The districts that take part, on the last axis; no copy where all do."""
    return drawn if there.all() else drawn[..., there]


def _frame(rows: list[list[object]], notes: list[str]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=COLUMNS)
    found.attrs["notes"] = notes
    return found


def _listed(items: Iterable[object]) -> str:
    return ", ".join(map(str, items))


def _guide_note(values: pd.DataFrame, size: int) -> str:
    """How the groups that the guide names, which no rule gives, compare with the ranking of its year."""
    named = geography.guide_groups()
    ranked = values[GUIDE_YEAR].sort_values(ascending=False, kind="stable").index
    top = len(set(named["top"]) & set(ranked[:size]))
    bottom = len(set(named["bottom"]) & set(ranked[-size:]))
    logs = np.log(values)
    gap = logs.loc[named["top"]].mean() - logs.loc[named["bottom"]].mean()
    first, last = values.columns[[0, -1]]
    return (
        f"Of the guide's named districts {top} are among the {size} highest of {GUIDE_YEAR} and {bottom} "
        f"among the {size} lowest; the log gap between the named groups changed by "
        f"{gap[last] - gap[first]:+.3f} from {first} to {last} and by "
        f"{gap[last] - gap[groups.START_YEAR]:+.3f} from {groups.START_YEAR}."
    )
