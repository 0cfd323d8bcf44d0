"""What do each worker and each firm add to pay? Two-way fixed effects, with controls partialled out first.

Weighted least squares of y_ijt = alpha_i + psi_j + x_ijt b + e over worker-years (Abowd, Kramarz and Margolis
1999). As in Kline, Saggio and Solvsten (2020, section 6) b is estimated on the full model, controls and year
effects together with worker and firm effects, and everything after that works with y - x b as if b were
known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.decomposition import laplacian, solver
from helpers.decomposition.matches import Floats, Matches, by_firm, by_worker, movers

NOT_IDENTIFIED = 1e-9  # of a control's variation: what the effects leave of it below this share is rounding


@dataclass(frozen=True)
class Effects:
    """Estimated effects.

    Attributes
    ----------
    alpha : (workers,) float64
        Worker effects, of the unit of the outcome.
    psi : (firms,) float64
        Firm effects, with mean zero over worker-years.
    """

    alpha: Floats
    psi: Floats


@dataclass(frozen=True)
class Slopes:
    """Coefficients of controls.

    Attributes
    ----------
    b : (k,) float64
        Coefficients, 0 where not identified.
    identified : (k,) bool
        Which are identified beside the effects and the controls before them.
    psi : (firms,) float64
        Firm effects in the outcome less x b, up to a constant.
    """

    b: Floats
    identified: np.ndarray
    psi: Floats


def fit(means: Floats, matches: Matches, graph: solver.Solver, psi: Floats | None = None) -> Effects:
    """Effects that go with the mean outcome of each match.

    Parameters
    ----------
    means : (matches,) float64
        Mean of the outcome, less x b, over the match's worker-years.
    matches : Matches
        Connected, stayers included.
    graph : Solver
        Of the movers' Laplacian.
    psi : (firms,) float64 or None
        Firm effects up to a constant, where `partial_out` has found them already.
    """
    totals = matches.weight * means
    if psi is None:
        moving, theirs = movers(matches)
        psi = solver.solve(graph, laplacian.right_side(totals[theirs], moving))
    psi = psi - (by_firm(matches.weight, matches) @ psi) / matches.weight.sum()
    return Effects(_workers(totals, psi, matches), psi)


def partial_out(
    products: Floats,
    with_outcome: Floats,
    sums: Floats,
    outcome: Floats,
    matches: Matches,
    graph: solver.Solver,
) -> Slopes:
    """Coefficients of controls in the full model, by Frisch, Waugh and Lovell.

    Parameters
    ----------
    products : (k, k) float64
        Weighted cross products of the controls over worker-years.
    with_outcome : (k,) float64
        Weighted cross products of the controls with the outcome.
    sums : (matches, k) float64
        Weighted sums of the controls within each match.
    outcome : (matches,) float64
        Weighted sum of the outcome within each match.
    """
    k = sums.shape[1]
    columns = [*(sums[:, c] for c in range(k)), outcome]
    moving, theirs = movers(matches)
    psi = solver.solve(
        graph, np.stack([laplacian.right_side(column[theirs], moving) for column in columns], axis=1)
    )
    left, right = products.astype(np.float64).copy(), with_outcome.astype(np.float64).copy()
    workers = [by_worker(sums[:, c], matches.start) for c in range(k)]
    firms = [by_firm(sums[:, c], matches) for c in range(k)]
    for c, column in enumerate(columns):
        alpha = _workers(column, psi[:, c], matches)
        fitted = np.array([workers[d] @ alpha + firms[d] @ psi[:, c] for d in range(k)])
        if c < k:
            left[:, c] -= fitted
        else:
            right -= fitted
    b, identified = _solve_for_slopes((left + left.T) / 2, right, np.diag(products))
    return Slopes(b, identified, psi[:, k] - psi[:, :k] @ b)


def _solve_for_slopes(left: Floats, right: Floats, before: Floats) -> tuple[Floats, np.ndarray]:
    """Take controls in turn and leave out each that the effects and the controls before it explain."""
    scale = np.sqrt(np.where(before > 0, before, 1.0))
    scaled = left / np.outer(scale, scale)
    chosen: list[int] = []
    for c in range(len(right)):
        rest = scaled[c, c]
        if chosen:
            ahead = scaled[np.ix_(chosen, chosen)]
            rest -= scaled[c, chosen] @ np.linalg.solve(ahead, scaled[chosen, c])
        if rest > NOT_IDENTIFIED:
            chosen.append(c)
    b = np.zeros(len(right))
    if chosen:
        b[chosen] = np.linalg.solve(scaled[np.ix_(chosen, chosen)], (right / scale)[chosen]) / scale[chosen]
    return b, np.isin(np.arange(len(right)), chosen)


def _workers(totals: Floats, psi: Floats, matches: Matches) -> Floats:
    """Worker coefficients that go with firm coefficients, for weighted sums within matches."""
    return by_worker(totals - matches.weight * psi[matches.firm], matches.start) / matches.worker_years
