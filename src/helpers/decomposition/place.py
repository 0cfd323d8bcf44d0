"""How much of the pay gap between places is workers, how much firms, and how much their sorting? Corrected.

The variance of place means of adjusted pay, weighted by worker-years, splits into that of mean worker
effects, that of mean firm effects, twice their covariance (places of able workers have generous firms) and
the residual's. A place has fewer errors than a match, yet they do not vanish: each term is corrected as in
`components`.

With q_p the firm shares of place p, t_p the mean over its worker-years of their workers' firm shares and x_i
the mean of q over mover i's years by place: unit error variance in match m of mover i adds, per worker-year,
sum_p N_p (q_p' z)^2 to the firm term, with z = L^+ d_m; sum_p N_p (t_p' z)^2 - 2 sum_p (N_pi / N_i) t_p' z
+ sum_p N_pi^2 / (N_p N_i^2) - 1 / N to the worker term; and sum_p (N_pi / N_i) q_p' z - sum_p N_p (q_p'
z)(t_p' z) to the covariance.

What a place itself adds to a firm's pay cannot be told from its firms' effects, unless firms have workers who
move between their sites: the firm term is an upper bound of a pure place effect.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from helpers.decomposition import passes
from helpers.decomposition.components import NAMES, Bias, ErrorVariances, Outcome, leverage_error
from helpers.decomposition.fixed_effects import Effects
from helpers.decomposition.laplacian import shares_of_workers
from helpers.decomposition.leverages import Leverages
from helpers.decomposition.matches import (
    Block,
    Floats,
    Integers,
    Matches,
    Reals,
    blocks,
    by_place,
    place_years,
)
from helpers.decomposition.projection import Projection
from helpers.decomposition.room import TEMPORARY, Room
from helpers.decomposition.spreading import summed

SIGNS_OF_PLACES = 3
PREFIX = "between_place_"


def plug_in(matches: Matches, outcome: Outcome, effects: Effects) -> dict[str, float]:
    """Between-place variances of estimated effects; with the rest they sum to that of adjusted pay."""
    sums = np.zeros((3, matches.places))
    for block in blocks(matches):
        own = block.matches
        alpha = np.repeat(effects.alpha[block.workers], own.per_worker)
        for total, values in zip(
            sums, (alpha, effects.psi[own.firm], outcome.mean[block.pairs]), strict=True
        ):
            total += by_place(own.weight * values, own)
    years = place_years(matches)
    share = years / years.sum()
    alpha, psi, mean = (values - share @ values for values in sums / years)
    parts = (share @ alpha**2, share @ psi**2, share @ (alpha * psi))
    rest = share @ mean**2 - parts[0] - parts[1] - 2 * parts[2]
    return dict(zip(NAMES, map(float, (*parts, rest)), strict=True))


def bias(
    matches: Matches,
    leverages: Leverages,
    errors: ErrorVariances,
    projection: Projection,
    room: Room = TEMPORARY,
) -> Bias:
    """What errors add to the between-place plug-in of worker and firm variance and their covariance."""
    s, of_place = errors.leave_out, place_years(matches)
    years = matches.weight.sum()
    of_workers, of_all, of_stayers = 0.0, 0.0, 0.0
    for block in blocks(matches):
        alone, count = _alone(block.matches, of_place), len(block.matches.moving.firm)
        of_workers += float(s[block.pairs] @ alone)
        of_all += float(alone.sum())
        of_stayers += float(block.matches.weight[count:] @ alone[count:])
    (firm, worker, both), traces, forms = _place_forms(matches, of_place, s, projection, room)
    leave_out = np.stack([worker + of_workers, firm, both])
    even = np.array([traces[1] + of_all, traces[0], traces[2]])
    carried = errors.carried * of_stayers

    def slope(block: Block) -> Floats:
        pulled, form = leverages.part(block.pairs), forms(block.pairs)
        per_ratio = s[block.pairs] / pulled.inverse_rest / (1 - pulled.own)
        of_worker = form[1] + _alone(block.matches, of_place) + carried
        return np.stack([of_worker, form[0], form[2]]) * per_ratio / years

    return Bias(leave_out / years, even / years, leverage_error(slope, matches.moving, leverages))


def _alone(matches: Matches, of_place: Floats) -> Floats:
    """What unit error variance in a match adds to the workers' term, whatever the graph.

    The sum over places of N_pi^2 / (N_p N_i^2), less 1 / N, for each of the match's worker-years.
    """
    held = _by_worker_and_place(matches)
    own = (held.multiply(held) @ (1 / of_place)) / matches.worker_years**2
    return np.asarray(matches.weight * (np.repeat(own, matches.per_worker) - 1 / of_place.sum()))


def _by_worker_and_place(matches: Matches) -> sparse.csr_array:
    """Worker-years of each worker in each place."""
    held = sparse.csr_array(
        (matches.weight, matches.place, matches.start.astype(np.int32)),
        shape=(matches.workers, matches.places),
        copy=True,
    )
    held.sum_duplicates()
    return held


def _place_forms(
    matches: Matches, of_place: Floats, s: Floats, projection: Projection, room: Room
) -> tuple[Floats, Floats, Callable[[slice], Floats]]:
    """Sums of the three forms with factors s by draw, their traces over matches, and some matches' forms."""
    moving, places, years = matches.moving, matches.places, of_place.sum()
    to_firm, to_workers_firms = _totals_of_places(matches, room)
    root = np.sqrt(of_place)[:, None]
    sums = room.scratch((len(moving.firm), 3), np.float64 if projection.exact else np.float32)
    by_draw, traces = [], []

    def one(block: int) -> tuple[Reals, Reals, Reals, Reals]:
        vectors = projection.vectors(places, SIGNS_OF_PLACES, block)
        vectors -= root * (root.T @ vectors) / years
        w = vectors / root
        right, second = to_firm @ w, to_workers_firms @ w
        v, t = projection.solve(right), projection.solve(second)
        trace = np.stack([(v * right).sum(0), (t * second).sum(0), -(v * second).sum(0)])
        return v, t, w.astype(v.dtype), trace

    for v, t, w, trace in projection.several(one, projection.blocks(places)):
        arguments = (s, v, t, w, sums, projection.threads, projection.use_numba)
        by_draw.append(passes.add_place_forms(moving, *arguments))
        traces.append(trace)
    forms = projection.trace(np.concatenate(by_draw, axis=1), places)
    per = 1 if projection.by_units(places) else projection.draws
    trace = projection.trace(np.concatenate(traces, axis=1), places).mean(axis=1)
    return forms, trace, lambda pairs: (sums[pairs] / per).T.astype(np.float64)


def years_by_firm(matches: Matches, room: Room) -> sparse.csr_array:
    """Worker-years of each firm in each place, shape (firms, places)."""
    counts = np.zeros(matches.firms, dtype=np.int64)
    for block in blocks(matches):
        counts += np.bincount(block.matches.firm, minlength=matches.firms)
    entries = ((block.matches.firm, block.matches.where, block.matches.weight) for block in blocks(matches))
    return summed(entries, counts, matches.places, room)


def _totals_of_places(matches: Matches, room: Room) -> tuple[sparse.csr_array, sparse.csr_array]:
    """N_p q_p and N_p t_p as columns, shape (firms, places) each."""
    counts = np.zeros(matches.firms, dtype=np.int64)
    for block in blocks(matches):
        times = np.repeat(block.matches.per_worker, block.matches.per_worker)
        counts += np.bincount(block.matches.firm, times, matches.firms).astype(np.int64)

    def through(own: Matches) -> tuple[Integers, Integers, Floats]:
        made = (shares_of_workers(own).T.tocsr() @ _by_worker_and_place(own)).tocoo()
        return made.row, made.col, made.data

    by_workers = summed((through(block.matches) for block in blocks(matches)), counts, matches.places, room)
    return years_by_firm(matches, room), by_workers
