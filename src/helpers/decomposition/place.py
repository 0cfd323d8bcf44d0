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

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from helpers.decomposition import passes
from helpers.decomposition.components import NAMES, Bias, ErrorVariances, Outcome
from helpers.decomposition.fixed_effects import Effects
from helpers.decomposition.laplacian import shares_of_workers
from helpers.decomposition.leverages import Leverages, as_before, in_order
from helpers.decomposition.matches import Floats, Matches, Reals, by_place, movers
from helpers.decomposition.projection import Projection

SIGNS_OF_PLACES = 3
PREFIX = "between_place_"


def plug_in(matches: Matches, outcome: Outcome, effects: Effects) -> dict[str, float]:
    """Between-place variances of estimated effects; with the rest they sum to that of adjusted pay."""
    years = by_place(matches.weight, matches)
    share = years / years.sum()
    alpha, psi, mean = (
        by_place(matches.weight * values, matches) / years
        for values in (effects.alpha[matches.worker], effects.psi[matches.firm], outcome.mean)
    )
    alpha, psi, mean = (values - share @ values for values in (alpha, psi, mean))
    parts = (share @ alpha**2, share @ psi**2, share @ (alpha * psi))
    rest = share @ mean**2 - parts[0] - parts[1] - 2 * parts[2]
    return dict(zip(NAMES, map(float, (*parts, rest)), strict=True))


def bias(matches: Matches, leverages: Leverages, errors: ErrorVariances, projection: Projection) -> Bias:
    """What errors add to the between-place plug-in of worker and firm variance and their covariance."""
    moving, theirs = movers(matches)
    ordered, at = in_order(moving, projection.graph)
    s = errors.leave_out
    years = matches.weight.sum()
    alone = matches.weight * (_own_places(matches) - 1 / years)
    by_draw, traces, forms = _place_forms(matches, ordered, s[theirs][at], projection)
    forms = np.stack([as_before(form, at) for form in forms])
    firm, worker, both = by_draw
    leave_out = np.stack([worker + s @ alone, firm, both])
    even = np.array([traces[1] + alone.sum(), traces[0], traces[2]])
    per_ratio = s[theirs] / leverages.inverse_rest / (1 - leverages.own)
    carried = errors.carried * (matches.weight @ np.where(theirs, 0.0, alone))
    slope = np.stack([forms[1] + alone[theirs] + carried, forms[0], forms[2]]) * per_ratio
    return Bias(leave_out / years, even / years, (slope / years).astype(np.float32))


def _own_places(matches: Matches) -> Floats:
    """Sum over places of N_pi^2 / (N_p N_i^2), at each match."""
    years = by_place(matches.weight, matches)
    held = sparse.csr_array(
        (matches.weight, matches.place, matches.start.astype(np.int64)),
        shape=(matches.workers, matches.places),
        copy=True,
    )
    held.sum_duplicates()
    own = (held.multiply(held) @ (1 / years)) / matches.worker_years**2
    return np.repeat(own, matches.per_worker)


def _place_forms(
    matches: Matches, moving: Matches, s: Floats, projection: Projection
) -> tuple[Floats, Floats, Floats]:
    """Sums of the three forms with factors s by draw, their traces over matches, and the forms by match."""
    to_firm, to_workers_firms = _totals_of_places(matches, projection)
    root = np.sqrt(by_place(matches.weight, matches))[:, None]
    places, years = matches.places, matches.weight.sum()
    sums = np.zeros((len(moving.firm), 3), dtype=np.float32 if not projection.exact else np.float64)
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
    return forms, trace, (sums / per).T.astype(np.float64)


def _totals_of_places(matches: Matches, projection: Projection) -> tuple[sparse.csr_array, sparse.csr_array]:
    """N_p q_p and N_p t_p as columns, firms in the solver's order: shape (firms, places) each."""
    held = sparse.csr_array(
        (matches.weight, (matches.firm, matches.place)), shape=(matches.firms, matches.places)
    )
    by_workers = sparse.csr_array(
        (matches.weight, matches.place, matches.start.astype(np.int32)),
        shape=(matches.workers, matches.places),
        copy=True,
    )
    through = shares_of_workers(matches).T.tocsr() @ by_workers
    order = projection.graph.order
    return held[order], sparse.csr_array(through)[order]
