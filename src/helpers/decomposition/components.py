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

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.decomposition import passes
from helpers.decomposition.fixed_effects import Effects
from helpers.decomposition.leverages import Leverages, as_before, in_order
from helpers.decomposition.matches import Floats, Matches, Reals, by_firm, by_worker, movers
from helpers.decomposition.projection import Projection

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
    matches: Matches, outcome: Outcome, effects: Effects, leverages: Leverages, stayers: str = "match"
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
        Of movers' matches, in the order of ``movers(matches)``.
    """
    _, theirs = movers(matches)
    centred = outcome.mean - matches.weight @ outcome.mean / matches.weight.sum()
    worker = matches.worker
    residual = outcome.mean - effects.alpha[worker] - effects.psi[matches.firm]
    s = np.zeros(len(theirs))
    s[theirs] = (matches.weight * centred * residual)[theirs] * leverages.inverse_rest

    free = len(theirs) - matches.workers - matches.firms + 1
    homoskedastic = float(matches.weight @ residual**2) / free

    freedom = matches.weight - 1
    spread = (outcome.rows > 1) & (freedom > 0)
    if not spread.any():
        s[~theirs] = s[theirs].mean()
        return ErrorVariances(s, homoskedastic, 0.0, 0.0)
    pooled = outcome.within[spread].sum() / freedom[spread].sum()
    within = np.where(spread, outcome.within / np.where(spread, freedom, 1.0), pooled)
    carried = 1 / float(matches.weight[theirs].sum()) if stayers == "match" else 0.0
    shared = carried * float((s - within)[theirs].sum())
    s[~theirs] = (within + matches.weight * shared)[~theirs]
    return ErrorVariances(s, homoskedastic, shared, carried)


def plug_in(matches: Matches, outcome: Outcome, effects: Effects) -> dict[str, float]:
    """Variances of the estimated effects; with the rest they sum to the variance of adjusted pay."""
    share = matches.weight / matches.weight.sum()
    alpha, psi = effects.alpha[matches.worker], effects.psi[matches.firm]
    alpha = alpha - share @ alpha
    psi = psi - share @ psi
    centred = outcome.mean - share @ outcome.mean
    total = share @ centred**2 + outcome.within.sum() / matches.weight.sum()
    parts = (share @ alpha**2, share @ psi**2, share @ (alpha * psi))
    return dict(zip(NAMES, map(float, (*parts, total - _total_of(parts))), strict=True))


@dataclass(frozen=True)
class Bias:
    """What errors add to plug-in worker, firm and covariance terms, per unit of all worker-years.

    Attributes
    ----------
    leave_out : (3, draws) float64
        With the leave-out error variances, by random draw; one column when exact.
    even : (3,) float64
        With one error variance of 1 for all.
    slope : (3, mover matches) float32
        Derivative of ``leave_out`` with respect to the leverage ratio of each of movers' matches.
    """

    leave_out: Floats
    even: Floats
    slope: Reals


def bias(matches: Matches, leverages: Leverages, errors: ErrorVariances, projection: Projection) -> Bias:
    """What errors add to the plug-in of worker and firm variance and their covariance."""
    moving, theirs = movers(matches)
    ordered, at = in_order(moving, projection.graph)
    years = matches.weight.sum()
    s = errors.leave_out
    alone = matches.weight * np.repeat(1 / matches.worker_years, matches.per_worker) - matches.weight / years
    beyond = leverages.leverage - leverages.own
    held = s[theirs] @ beyond
    firm_years = by_firm(matches.weight, matches)[projection.graph.order]
    by_draw, trace, forms = _firm_forms(ordered, firm_years, s[theirs][at], projection)
    f, g = (as_before(one, at) for one in forms)
    total_f, total_g = by_draw
    leave_out = np.stack([total_f - held - 2 * total_g + s @ alone, total_f, total_g - total_f + held])
    even = np.array([trace - moving.firms + matches.workers, trace, moving.firms - 1 - trace])

    free = s[theirs] / leverages.inverse_rest  # s_m with the leverage taken out again
    per_ratio = free / (1 - leverages.own)
    carried = errors.carried * (matches.weight @ np.where(theirs, 0.0, alone))
    slope = np.stack(
        [per_ratio * (f - 2 * g + alone[theirs] + carried) - free, per_ratio * f, per_ratio * (g - f) + free]
    )
    return Bias(leave_out / years, even / years, (slope / years).astype(np.float32))


def _firm_forms(
    moving: Matches, firm_years: Floats, s: Floats, projection: Projection
) -> tuple[Floats, float, tuple[Floats, Floats]]:
    """Sums of s f and s g by draw, the trace of f over matches, and n f and n g by match."""
    firms, years = moving.firms, firm_years.sum()
    root = np.sqrt(firm_years)[:, None]
    sums = np.zeros((len(moving.firm), 2), dtype=np.float32 if not projection.exact else np.float64)
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
    return forms, float(trace), (sums[:, 0] / per, sums[:, 1] / per)


def table(
    plain: dict[str, float],
    biased: Bias,
    errors: ErrorVariances,
    leverages: Leverages,
    start: np.ndarray,
    prefix: str = "",
) -> pd.DataFrame:
    """The four components, as they are and corrected.

    Parameters
    ----------
    plain : dict
        Plug-in parts by `NAMES`.
    start : (movers + 1,) int
        Where each mover's matches begin.
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
    slope = (*biased.slope, -_total_of(biased.slope))
    se = _monte_carlo_error(several, slope, leverages, start)
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


def _monte_carlo_error(
    by_draw: Floats, slope: tuple[Reals, ...], leverages: Leverages, start: np.ndarray
) -> Floats:
    """Of the traces, from their spread over draws; of the leverages, by the delta method.

    The leverages of one mover's matches move together and are taken so; those of different movers are taken
    as unrelated, which leaves a little out.
    """
    draws = by_draw.shape[1]
    of_traces = by_draw.var(axis=1, ddof=1) / draws if draws > 1 else np.zeros(len(by_draw))
    error = np.sqrt(leverages.ratio_variance)
    of_leverages = [(by_worker(one * error, start) ** 2).sum() for one in slope]
    return np.sqrt(of_traces + of_leverages)
