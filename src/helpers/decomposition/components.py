"""How much of the variance of pay lies in workers, in firms and in their sorting? Plug-in and corrected.

Weighted by worker-years, parts sum to the variance of adjusted pay: var_worker + var_firm + 2 cov_worker_firm
+ var_residual. The plug-in takes estimated effects for true ones and overstates variances. The homoskedastic
correction (Andrews, Gill, Schank and Upward 2008) assumes one error variance of a match's mean times its
worker-years. The leave-out correction (Kline, Saggio and Solvsten 2020) gives each match
its own, s_m = n_m (y_m - y) r_m / (1 - P_m).

With h = d' L^+ d, f = d' L^+ D L^+ d, g = share' L^+ d for match m (d as in `leverages`, D the firms'
worker-years, L^+ d made to have mean zero over worker-years), unit error variance in match m biases, per
worker-year of the match, N var_firm by f, N cov_worker_firm by g - (f - h) and N var_worker by (f - h) - 2 g
+ 1/N_i - 1/N: the inverse of the whole design has been reduced to that of the graph of firms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.decomposition import passes
from helpers.decomposition.fixed_effects import Effects
from helpers.decomposition.leverages import Leverages
from helpers.decomposition.matches import Block, Floats, Matches, Reals, blocks, by_worker, firm_years
from helpers.decomposition.projection import Projection
from helpers.decomposition.room import TEMPORARY, Room

SIGNS_OF_FIRMS = 2
NAMES = ("var_worker", "var_firm", "cov_worker_firm", "var_residual")
COLUMNS = ["component", "plug_in", "homoskedastic", "leave_out", "mc_se"]


@dataclass(frozen=True)
class Outcome:
    """Adjusted pay by match.

    Attributes
    ----------
    mean : (matches,) float64
        Weighted mean over the match's worker-years.
    within : (matches,) float64
        Weighted sum of squares about that mean.
    rows : (matches,) int
        Number of records.
    """

    mean: Floats
    within: Floats
    rows: np.ndarray


@dataclass(frozen=True)
class ErrorVariances:
    """Estimated variances of the error of each match's mean, times the match's worker-years.

    Attributes
    ----------
    leave_out : (matches,) float64
        s_m: of movers leave-match-out; of stayers as chosen.
    homoskedastic : float
        One for all.
    shared : float
        Variance of the part of the error that a whole match shares, as added for stayers.
    carried : float
        How much stayers' variances, per worker-year of theirs, rise with the sum of movers'.
    """

    leave_out: Floats
    homoskedastic: float
    shared: float
    carried: float


def error_variances(
    matches: Matches,
    outcome: Outcome,
    effects: Effects,
    leverages: Leverages,
    stayers: str = "match",
    room: Room = TEMPORARY,
) -> ErrorVariances:
    """Error variances of movers by leaving their match out, of stayers from within their match.

    A stayer's one match cannot be left out. ``stayers="within"`` takes the variance of pay within the match,
    which is right when errors are unrelated over its years (the choice of
    ``sigma_for_stayers`` in LeaveOutTwoWay, the program of Kline, Saggio and Solvsten); ``"match"`` adds,
    times the match's worker-years, the variance of the error that a match shares, estimated as movers'
    leave-out variance beyond theirs within. Matches with one record take the mean within variance of the
    others; when nobody has two records, stayers take the mean of movers.

    Parameters
    ----------
    leverages : Leverages
        Of movers' matches.
    """
    s = room.scratch(matches.weight.shape, np.float64)
    level = matches.weight @ outcome.mean / matches.weight.sum()
    squares = 0.0
    for block in blocks(matches):
        own, pulled = block.matches, leverages.part(block.pairs)
        mean, theirs = outcome.mean[block.pairs], slice(0, len(pulled.own))
        residual = mean - np.repeat(effects.alpha[block.workers], own.per_worker) - effects.psi[own.firm]
        squares += float(own.weight @ residual**2)
        left_out = (own.weight * (mean - level) * residual)[theirs] * pulled.inverse_rest
        s[block.pairs][theirs] = left_out
    homoskedastic = squares / (len(s) - matches.workers - matches.firms + 1)

    count = len(matches.moving.firm)
    pooled = _pooled(matches, outcome)
    if pooled is None:
        s[count:] = s[:count].mean()
        return ErrorVariances(s, homoskedastic, 0.0, 0.0)
    carried = 1 / float(matches.weight[:count].sum()) if stayers == "match" else 0.0
    beyond = 0.0
    for block in blocks(matches.moving):
        beyond += float((s[block.pairs] - _within(block, outcome, pooled)).sum())
    shared = carried * beyond
    for block in blocks(matches):
        theirs = slice(len(block.matches.moving.firm), None)
        s[block.pairs][theirs] = (_within(block, outcome, pooled) + block.matches.weight * shared)[theirs]
    return ErrorVariances(s, homoskedastic, shared, carried)


def _pooled(matches: Matches, outcome: Outcome) -> float | None:
    """Mean variance within matches of several records; None where there are none."""
    sums = np.zeros(2)
    for block in blocks(matches):
        freedom = block.matches.weight - 1
        spread = (outcome.rows[block.pairs] > 1) & (freedom > 0)
        sums += outcome.within[block.pairs][spread].sum(), freedom[spread].sum()
    return float(sums[0] / sums[1]) if sums[1] > 0 else None


def _within(block: Block, outcome: Outcome, pooled: float) -> Floats:
    """Variance of pay within each match of a block."""
    freedom = block.matches.weight - 1
    spread = (outcome.rows[block.pairs] > 1) & (freedom > 0)
    return np.where(spread, outcome.within[block.pairs] / np.where(spread, freedom, 1.0), pooled)


def plug_in(matches: Matches, outcome: Outcome, effects: Effects) -> dict[str, float]:
    """Variances of the estimated effects; with the rest they sum to the variance of adjusted pay."""
    years = matches.weight.sum()
    level = np.zeros(3)
    for share, values in _effects(matches, outcome, effects):
        level += values @ share
    products, total = np.zeros((3, 3)), outcome.within.sum() / years
    for share, values in _effects(matches, outcome, effects):
        values -= level[:, None]
        products += (share * values) @ values.T
    parts = (products[0, 0], products[1, 1], products[0, 1])
    total += products[2, 2]
    return dict(zip(NAMES, map(float, (*parts, total - _total_of(parts))), strict=True))


def _effects(matches: Matches, outcome: Outcome, effects: Effects) -> Iterator[tuple[Floats, Floats]]:
    """Share of each match in all worker-years; its worker effect, firm effect and mean pay; by blocks."""
    years = matches.weight.sum()
    for block in blocks(matches):
        own = block.matches
        alpha = np.repeat(effects.alpha[block.workers], own.per_worker)
        yield own.weight / years, np.stack([alpha, effects.psi[own.firm], outcome.mean[block.pairs]])


@dataclass(frozen=True)
class Bias:
    """What errors add to plug-in worker, firm and covariance terms, per unit of all worker-years.

    Attributes
    ----------
    leave_out : (3, draws) float64
        With the leave-out error variances, by random draw; one column when exact.
    even : (3,) float64
        With one error variance of 1 for all.
    of_leverages : (4,) float64
        Monte Carlo variance that comes from the leverages, of the three and of what remains.
    """

    leave_out: Floats
    even: Floats
    of_leverages: Floats


def bias(
    matches: Matches,
    leverages: Leverages,
    errors: ErrorVariances,
    projection: Projection,
    room: Room = TEMPORARY,
) -> Bias:
    """What errors add to the plug-in of worker and firm variance and their covariance."""
    moving, s, years = matches.moving, errors.leave_out, matches.weight.sum()
    held, of_workers, of_stayers = 0.0, 0.0, 0.0
    for block in blocks(matches):
        alone, count = _alone(block.matches, years), len(block.matches.moving.firm)
        pulled, here = leverages.part(block.pairs), s[block.pairs]
        held += float(here[:count] @ (pulled.leverage - pulled.own))
        of_workers += float(here @ alone)
        of_stayers += float(block.matches.weight[count:] @ alone[count:])
    (total_f, total_g), trace, forms = _firm_forms(matches, s, projection, room)
    leave_out = np.stack([total_f - held - 2 * total_g + of_workers, total_f, total_g - total_f + held])
    even = np.array([trace - moving.firms + matches.workers, trace, moving.firms - 1 - trace])
    carried = errors.carried * of_stayers

    def slope(block: Block) -> Floats:
        pulled, (f, g) = leverages.part(block.pairs), forms(block.pairs)
        free = s[block.pairs] / pulled.inverse_rest  # s_m with the leverage taken out again
        per_ratio = free / (1 - pulled.own)
        firm, both = per_ratio * f, per_ratio * (g - f) + free
        alone = _alone(block.matches, years)
        return np.stack([per_ratio * (f - 2 * g + alone + carried) - free, firm, both]) / years

    return Bias(leave_out / years, even / years, leverage_error(slope, moving, leverages))


def _alone(matches: Matches, years: float) -> Floats:
    """What unit error variance in a match adds to the workers' term, whatever the graph."""
    return matches.weight * np.repeat(1 / matches.worker_years, matches.per_worker) - matches.weight / years


def leverage_error(slope: Callable[[Block], Floats], moving: Matches, leverages: Leverages) -> Floats:
    """Monte Carlo variance of a bias that comes from the leverages, by the delta method, shape (4,).

    The leverages of one mover's matches move together and are taken so; those of different movers are taken
    as unrelated, which leaves a little out.

    Parameters
    ----------
    slope : callable
        Derivatives of the three terms with respect to the leverage ratio of each match, (3, matches).
    """
    sums = np.zeros(4)
    for block in blocks(moving):
        of_terms = slope(block)
        error = np.sqrt(leverages.ratio_variance[block.pairs])
        for k, one in enumerate((*of_terms, -_total_of(of_terms))):
            sums[k] += (by_worker(one * error, block.matches.start) ** 2).sum()
    return sums


def _firm_forms(
    matches: Matches, s: Floats, projection: Projection, room: Room
) -> tuple[Floats, float, Callable[[slice], Floats]]:
    """Sums of s f and s g by draw, the trace of f over matches, and n f and n g of some matches."""
    moving, of_firm = matches.moving, firm_years(matches)
    firms, years = moving.firms, of_firm.sum()
    root = np.sqrt(of_firm)[:, None]
    sums = room.scratch((len(moving.firm), 2), np.float64 if projection.exact else np.float32)
    by_draw, traces = [], []

    def one(block: int) -> tuple[Reals, Reals, Reals]:
        vectors = projection.vectors(firms, SIGNS_OF_FIRMS, block)[projection.graph.order]
        vectors -= root * (root.T @ vectors) / years
        totals = root * vectors
        solved = projection.solve(totals)
        return solved, (vectors / root).astype(solved.dtype), (solved * totals).sum(axis=0)

    for v, w, trace in projection.several(one, projection.blocks(firms)):
        by_draw.append(passes.add_forms(moving, s, v, w, sums, projection.threads, projection.use_numba))
        traces.append(trace)
    forms = projection.trace(np.concatenate(by_draw, axis=1), firms)
    trace = projection.trace(np.concatenate(traces), firms).mean()
    per = 1 if projection.by_units(firms) else projection.draws
    return forms, float(trace), lambda pairs: sums[pairs].T / per


def table(
    plain: dict[str, float],
    biased: Bias,
    errors: ErrorVariances,
    prefix: str = "",
) -> pd.DataFrame:
    """The four components, as they are and corrected.

    Parameters
    ----------
    plain : dict
        Plug-in parts by `NAMES`.
    prefix : str
        Before each name.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. ``mc_se`` is the Monte Carlo standard error of ``leave_out``, zero when everything
        is exact; it has no part of sampling error. Corrected variances may be negative: they are unbiased.
    """
    total = _total(plain)
    several = np.vstack([biased.leave_out, -_total_of(biased.leave_out)])
    draws = several.shape[1]
    of_traces = several.var(axis=1, ddof=1) / draws if draws > 1 else np.zeros(len(several))
    se = np.sqrt(of_traces + biased.of_leverages)
    leave_out = [plain[name] - several[k].mean() for k, name in enumerate(NAMES[:3])]
    even = [plain[name] - errors.homoskedastic * biased.even[k] for k, name in enumerate(NAMES[:3])]
    rows = zip(
        (prefix + name for name in NAMES),
        plain.values(),
        [*even, total - _total_of(even)],
        [*leave_out, total - _total_of(leave_out)],
        se,
        strict=True,
    )
    return pd.DataFrame(list(rows), columns=COLUMNS)


def _total(plain: dict[str, float]) -> float:
    return float(_total_of(list(plain.values())) + plain["var_residual"])


def _total_of(parts):  # type: ignore[no-untyped-def]
    return parts[0] + parts[1] + 2 * parts[2]
