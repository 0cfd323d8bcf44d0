"""What do each worker and each firm add to pay? Two-way fixed effects, with controls partialled out first.

Weighted least squares of y_ijt = alpha_i + psi_j + x_ijt b + e over worker-years (Abowd, Kramarz and Margolis
1999). As in Kline, Saggio and Solvsten (2020) b is estimated on the full model, controls and year
effects together with worker and firm effects, and everything after that works with y - x b as if b were
known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.decomposition import laplacian, solver
from helpers.decomposition.matches import Floats, Matches, blocks, by_worker, firm_years
from helpers.decomposition.room import TEMPORARY, Room

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


def fit(
    means: Floats,
    matches: Matches,
    graph: solver.Solver,
    psi: Floats | None = None,
    room: Room = TEMPORARY,
) -> Effects:
    """Effects that go with the mean outcome of each match.

    Parameters
    ----------
    means : (matches,) float64
        Mean of the outcome, less x b, over the match's worker-years.
    matches : Matches
        Connected, stayers included, firms in the solver's order.
    graph : Solver
        Of the movers' Laplacian.
    psi : (firms,) float64 or None
        Firm effects up to a constant, where `partial_out` has found them already.
    room : Room
        Receives ``alpha``.
    """
    if psi is None:
        right = np.zeros(matches.firms)
        for block in blocks(matches.moving):
            right += laplacian.right_side(block.matches.weight * means[block.pairs], block.matches)
        psi = solver.solve(graph, right)
    psi = psi - (firm_years(matches) @ psi) / matches.weight.sum()
    alpha = room.result("alpha", (matches.workers,), np.float64)
    for block in blocks(matches):
        own = block.matches
        totals = own.weight * means[block.pairs] - own.weight * psi[own.firm]
        alpha[block.workers] = by_worker(totals, own.start) / own.worker_years
    return Effects(alpha, psi)


def partial_out(products: Floats, totals: Floats, squares: Floats, graph: solver.Solver) -> Slopes:
    """Coefficients of controls in the full model, by Frisch, Waugh and Lovell.

    Parameters
    ----------
    products : (k + 1, k + 1) float64
        Weighted cross products, over records, of k controls and the outcome, each less its mean over the
        worker.
    totals : (firms, k + 1) float64
        Their weighted totals by firm.
    squares : (k + 1,) float64
        Weighted squares before the mean is taken off: the measure of what is rounding.
    """
    psi = solver.solve(graph, totals)
    left = products - totals.T @ psi  # firms taken out as well
    left = (left + left.T) / 2
    b, identified = _solve_for_slopes(left[:-1, :-1], left[:-1, -1], squares[:-1])
    return Slopes(b, identified, psi[:, -1] - psi[:, :-1] @ b)


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
