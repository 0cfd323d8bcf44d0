"""Small panels for the tests of the decomposition, and the same answers by dense linear algebra."""

import numpy as np

from helpers.decomposition import (
    arrangement,
    components,
    connected,
    fixed_effects,
    laplacian,
    leverages,
    place,
    projection,
    solver,
)
from helpers.decomposition.matches import Matches, subset


def panel(workers=200, firms=25, seed=1, places=5, chain=False):
    """Matches of a random panel, its leave-match-out set already taken and arranged."""
    rng = np.random.default_rng(seed)
    count = 1 + (rng.random(workers) < 0.7) + (rng.random(workers) < 0.3)
    worker = np.repeat(np.arange(workers), count)
    firm = rng.integers(0, firms, len(worker))
    if chain:
        home = rng.integers(0, firms, workers)[worker]
        firm = np.clip(home + rng.integers(-1, 2, len(worker)), 0, firms - 1)
    key = np.unique(worker * firms + firm)
    seen, code = np.unique(key % firms, return_inverse=True)
    start = np.searchsorted(key // firms, np.arange(workers + 1))
    weight = rng.integers(1, 6, len(key)).astype(float)
    where = rng.integers(0, places, len(key)).astype(np.int32)
    matches = Matches(start, code.astype(np.int32), weight, len(seen), where, places)
    kept = subset(matches, connected.leave_match_out(matches).keep)[0]
    return arrangement.arrange(kept).matches


def outcome(matches, seed=1):
    rng = np.random.default_rng(seed)
    mean = (
        rng.normal(3, 0.5, matches.workers)[matches.worker] + rng.normal(0, 0.2, matches.firms)[matches.firm]
    )
    mean += rng.normal(0, 0.3, len(mean)) / np.sqrt(matches.weight)
    within = 0.04 * rng.chisquare(np.maximum(matches.weight - 1, 1)) * (matches.weight > 1)
    return components.Outcome(mean, within, matches.weight.astype(int))


def engine(matches, data, draws=0, seed=1, threads=1, use_numba=True, stayers="match"):
    """Tables, effects, leverages and error variances by the engine, of arranged matches."""
    as_they_are = np.arange(matches.firms)
    graph = solver.prepare(laplacian.laplacian(matches), use_numba, as_they_are)
    assert (graph.order == as_they_are).all()
    how = projection.plan(graph, draws, seed, threads, use_numba)
    effects = fixed_effects.fit(data.mean, matches, how.graph)
    pulled = leverages.leverages(matches.moving, how)
    errors = components.error_variances(matches, data, effects, pulled, stayers)
    tables = []
    for module, prefix in ((components, ""), (place, place.PREFIX)):
        biased = module.bias(matches, pulled, errors, how)
        plain = module.plug_in(matches, data, effects)
        tables.append(components.table(plain, biased, errors, prefix))
    return tables, effects, pulled, errors


def dense(matches, data, errors):
    """Fitted values, leverages and the corrected components, with matrices of all workers and firms.

    Returns fitted values; leverages; and for all records, then between places, rows of worker, firm and
    covariance by columns plug-in, homoskedastic and leave-out.
    """
    w, count = matches.weight, len(matches.weight)
    workers, firms = np.zeros((count, matches.workers)), np.zeros((count, matches.firms))
    workers[np.arange(count), matches.worker] = 1
    firms[np.arange(count), matches.firm] = 1
    both = np.hstack([workers, firms])
    inverse = np.linalg.pinv((both * w[:, None]).T @ both, rcond=1e-10, hermitian=True)
    found = inverse @ (both * w[:, None]).T @ data.mean
    a = np.hstack([workers, 0 * firms])
    p = np.hstack([0 * workers, firms])
    share = w / w.sum()
    over_all = np.diag(share) - np.outer(share, share)
    inside = np.zeros((count, matches.places))
    inside[np.arange(count), matches.place] = 1
    held = w[:, None] * inside
    between = held @ np.diag(1 / (inside.T @ w)) @ held.T / w.sum() - np.outer(share, share)
    tables = []
    for form in (over_all, between):
        rows = []
        for left, right in ((a, a), (p, p), (a, p)):
            middle = left.T @ form @ right
            middle = (middle + middle.T) / 2
            unit = w * np.diag(both @ inverse @ middle @ inverse @ both.T)
            plain = found @ middle @ found
            rows.append([plain, plain - errors.homoskedastic * unit.sum(), plain - unit @ errors.leave_out])
        tables.append(np.array(rows))
    leverage = w * np.einsum("ij,jk,ik->i", both, inverse, both)
    return both @ found, leverage, tables
