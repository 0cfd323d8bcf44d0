"""Where may the districts go from here, and how does a push to their stocks travel? Many draws at once.

The equations are linear. A push therefore adds the same path to a district's future whatever shocks it
meets: base and counterfactual on the same random numbers differ by `responses`, exactly. All paths are
deviations from the place to which a district tends, its estimated permanent level; so the history of a
district says nothing here about the strength of the loop, only the parameters do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.causation import model
from helpers.causation.history import Start
from helpers.causation.model import STOCKS, Loop
from helpers.errors import ParameterError

HELD = float(np.log(20))  # log points from the UK beyond which a path is held: a factor of twenty
CELLS = 50_000  # draws times districts worked on at once: what fits in a processor's cache


@dataclass(frozen=True, eq=False)
class Futures:
    """Draws of the future without any policy.

    Attributes
    ----------
    years : ndarray of int, shape (T + 1,)
        The first is the last year with figures.
    paths : ndarray, shape (draws, T + 1, kept)
        Log output per hour relative to the UK of the districts asked for, within `HELD`.
    ends : ndarray, shape (draws, n)
        The same of all districts in the last year.
    explosive : float
        Share of draws whose spectral radius is above one. They are among the draws.
    held : float
        Share of draws in which a path of the kept districts met `HELD`.
    """

    years: np.ndarray
    paths: np.ndarray
    ends: np.ndarray
    explosive: float
    held: float


def run(
    loop: Loop,
    first: np.ndarray,
    shocks: np.ndarray | None = None,
    lifts: np.ndarray | None = None,
    years: int = 0,
) -> np.ndarray:
    """Follow output per hour year by year, as deviations from where it tends.

    Parameters
    ----------
    loop : Loop
        Numbers, or arrays of shape (draws,).
    first : ndarray, shape (draws, n)
        Log points in year 0, in which the stocks are where they tend.
    shocks : ndarray, shape (years, draws, n), optional
        Log points that hit output per hour in years 1, 2, ...
    lifts : ndarray, shape (years, draws or 1, n, 3), optional
        Log points of long-run output per hour that policy adds through each stock in years 1, 2, ...:
        b times the log points added to the stock, so that they mean something where b is zero.
    years : int
        Needed where there are neither shocks nor lifts.

    Returns
    -------
    ndarray, shape (draws, years + 1, n)
    """
    given = [len(one) for one in (shocks, lifts) if one is not None]
    steps = min(given) if given else years
    rho = np.reshape(np.asarray(loop.rho, dtype=float), (-1, 1))
    kept = np.moveaxis(1 - loop.of("d"), -1, 0).reshape(len(STOCKS), -1, 1)
    back = np.moveaxis(loop.of("b") * loop.of("g"), -1, 0).reshape(len(STOCKS), -1, 1)
    path = np.empty((len(first), steps + 1, first.shape[1]))
    path[:, 0] = first
    last = np.array(first, dtype=float)
    stocks = np.zeros((len(STOCKS), *last.shape))  # in log points of output per hour: b times the stock
    for t in range(steps):
        stocks *= kept
        stocks += back * last
        if lifts is not None:
            stocks += np.moveaxis(lifts[t], -1, 0)
        last = rho * last + (1 - rho) * stocks.sum(axis=0)
        if shocks is not None:
            last += shocks[t]
        path[:, t + 1] = last
    return path


def futures(
    known: Start, loop: Loop, draws: int, horizon: int, seed: int, kept: np.ndarray | None = None
) -> Futures:
    """Draw where the districts may go without any policy.

    Parameters
    ----------
    known : Start
    loop : Loop
        Arrays of shape (draws,), from `helpers.causation.priors.draw`.
    draws, horizon : int
        Number of draws, and the last year.
    seed : int
        Same seed, same bytes; the draws do not depend on the parameters of the loop, so that two runs
        can be compared draw by draw.
    kept : ndarray of int, optional
        Districts whose whole paths are kept; all without it.

    Returns
    -------
    Futures
        Levels and passing leads are drawn given the history; whole years of shocks are drawn with
        replacement. Work is done in pieces, so that memory grows with what is kept alone.

    Raises
    ------
    ParameterError
        The horizon is not after the last year with figures.
    """
    n, steps = len(known.codes), horizon - known.year
    if steps < 1:
        raise ParameterError(
            f"horizon_year: {horizon} is not after {known.year}, the last year with figures."
        )
    kept = np.arange(n) if kept is None else kept
    # Assumption A24: whole years of the past, all districts together
    hits = np.random.default_rng([seed, 61]).integers(len(known.shocks), size=(draws, steps))
    rng = np.random.default_rng([seed, 62])
    paths, ends = np.empty((draws, steps + 1, len(kept))), np.empty((draws, n))
    held = 0
    for piece in _pieces(draws, n):
        normal = rng.standard_normal((piece.stop - piece.start, n, 2))
        drawn = (known.root @ normal[..., None])[..., 0] + np.stack([known.level, known.passing], axis=-1)
        moves = run(_part(loop, piece, draws), drawn[..., 1], known.shocks[hits[piece].T])
        moves += drawn[:, None, :, 0]
        held += int((np.abs(moves[:, :, kept]) > HELD).any(axis=(1, 2)).sum())
        paths[piece] = np.clip(moves[:, :, kept], -HELD, HELD)
        ends[piece] = np.clip(moves[:, -1], -HELD, HELD)
    radius = np.broadcast_to(model.spectral_radius(loop), draws)
    explosive = float((radius > 1 + model.LIMIT).mean())
    return Futures(np.arange(known.year, horizon + 1), paths, ends, explosive, held / draws)


def _pieces(draws: int, n: int) -> list[slice]:
    """Slices of the draws, each small enough for its arrays to stay in the processor's cache."""
    size = max(1, CELLS // n)
    return [slice(at, min(at + size, draws)) for at in range(0, draws, size)]


def _part(loop: Loop, piece: slice, draws: int) -> Loop:
    """Some of the draws of a loop; plain numbers stay plain."""
    values = {name: getattr(loop, name) for name in Loop.__dataclass_fields__}
    return Loop(**{name: np.broadcast_to(value, draws)[piece] for name, value in values.items()})


def responses(loop: Loop, programmes: np.ndarray) -> np.ndarray:
    """What programmes add to the output per hour of a district, by draw: no shocks are needed.

    Parameters
    ----------
    loop : Loop
        Numbers or arrays of shape (draws,).
    programmes : ndarray, shape (J, T, 3)
        For each of J programmes and each year, the log points of output per hour that it pays for in
        all, over the life of what it adds, through each stock.

    Returns
    -------
    ndarray, shape (draws, T + 1, J)
        Log points of output per hour in year 0 (all 0) to T. A stock that loses d a year yields
        1 / d in all for every 1 that it is lifted, so a programme worth 1 lifts it by d.
    """
    count, steps, _ = programmes.shape
    draws = np.broadcast(*(getattr(loop, name) for name in Loop.__dataclass_fields__)).size
    wear = np.broadcast_to(loop.of("d").reshape(-1, 1, len(STOCKS)), (draws, 1, len(STOCKS)))
    lifts = np.moveaxis(programmes, 1, 0)[:, None] * wear
    return run(loop, np.zeros((draws, count)), lifts=lifts.reshape(steps, draws, count, len(STOCKS)))
