"""What would districts look like if the loop had a strength that we choose?

Districts in their stationary state, drawn from the equations of `helpers.causation.model`. The loop is made
stronger by making every stock answer more to output per hour, all else equal. The permanent differences make
up what the stocks leave of the dispersion seen, so a stronger loop does not simply mean districts further
apart (but at 0.9 the stocks alone may spread them wider than seen).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import solve_discrete_lyapunov  # type: ignore[import-untyped]

from helpers.causation import model, states
from helpers.causation.model import STOCKS, Loop
from helpers.dynamics.process import Process
from helpers.errors import ParameterError


@dataclass(frozen=True, eq=False)
class World:
    """Districts with a loop of known strength, in their stationary state.

    Attributes
    ----------
    move, impact : ndarray, shape (4, 4)
        `helpers.causation.model.transition_matrix` and `impact_matrix`.
    shocks : ndarray, shape (4,)
        Standard deviations of a year's shocks to output per hour and to each stock.
    passing : ndarray, shape (4, 4)
        Stationary covariance of what the shocks make.
    permanent : float
        Variance between districts of the output per hour at which they come to rest.
    rest : ndarray, shape (4,)
        Where a district rests whose output per hour rests at 1.
    noise : float
        Variance of the noise of a single year's output per hour.
    """

    move: np.ndarray
    impact: np.ndarray
    shocks: np.ndarray
    passing: np.ndarray
    permanent: float
    rest: np.ndarray
    noise: float

    def covariance(self, years: int) -> np.ndarray:
        """Of a district's observed output per hour between years, shape (years, years)."""
        state, at_lag = self.passing, np.empty(years)
        for lag in range(years):
            at_lag[lag] = state[0, 0]
            state = self.move @ state
        lags = np.abs(np.subtract.outer(np.arange(years), np.arange(years)))
        return at_lag[lags] + self.permanent + self.noise * (lags == 0)


def stock_shocks(depreciation: float) -> np.ndarray:
    """Standard deviation of a year's own change of each stock, from public series; shape (3,).

    Capital by ITL3 area, skills and businesses by district, all of the UK that has figures in every year,
    logs around the mean of each year. The variance of a yearly change plus twice its covariance with the
    next year's leaves out the noise of single years; where that is not positive the variance itself is
    taken.
    """
    found = []
    for values in (states.capital(depreciation), states.skills("district"), states.business("district")):
        known = values.dropna().to_numpy()
        moves = np.diff(known - known.mean(axis=0), axis=1)
        whole, next_year = (moves**2).mean(), (moves[:, 1:] * moves[:, :-1]).mean()
        lasting = whole + 2 * next_year
        found.append(lasting if lasting > 0 else whole)
    return np.sqrt(found)


def with_strength(loop: Loop, strength: float) -> Loop:
    """The loop with its answers to output per hour (g) multiplied so that L has a given size.

    Where L is not positive the stocks with an effect share the new one equally.

    Raises
    ------
    ParameterError
        No stock has an effect on output per hour, so no loop can have a strength.
    """
    now, b, d = float(model.loop_strength(loop)), loop.of("b"), loop.of("d")
    if now > 0:
        g = loop.of("g") * strength / now
    elif (b > 0).any():
        g = np.where(b > 0, strength / (b > 0).sum() * d / np.where(b > 0, b, 1), 0.0)
    else:
        raise ParameterError("b: no stock raises output per hour, so there is no loop to look for.")
    return replace(loop, **{f"g_{stock}": float(size) for stock, size in zip(STOCKS, g, strict=True)})


def world(process: Process, loop: Loop, shocks: np.ndarray, strength: float) -> World:
    """Districts whose loop has a given strength.

    Parameters
    ----------
    process : Process
        Its rho is used in place of the loop's.
    loop : Loop
    shocks : ndarray, shape (3,)
        From `stock_shocks`.
    strength : float
        L, from 0 to below 1.

    Raises
    ------
    ParameterError
        The loop is explosive, so the districts have no stationary state.
    """
    loop = with_strength(replace(loop, rho=process.rho), strength)
    move, impact = model.transition_matrix(loop), model.impact_matrix(loop)
    if model.spectral_radius(loop) >= 1 - model.LIMIT:
        raise ParameterError(f"strength: a loop of {strength} is explosive; expected one below 1.")
    own = np.sqrt(process.persistent * (1 - process.rho**2))
    sizes = np.array([own, *shocks])
    passing = solve_discrete_lyapunov(move, impact @ np.diag(sizes**2) @ impact.T)
    permanent = max(0.0, process.permanent + process.persistent - float(passing[0, 0]))
    at_rest = model.steady_state(loop, 1.0)
    return World(
        move, impact, sizes, (passing + passing.T) / 2, permanent, at_rest / at_rest[0], process.noise
    )


def panels(one: World, draws: int, districts: int, years: int, rng: np.random.Generator) -> np.ndarray:
    """Draw districts whose states are all seen, shape (draws, districts, years, 4); all is normal."""
    shape = (draws, districts, 4)
    size, axes = np.linalg.eigh(one.passing)
    state = rng.standard_normal(shape) @ (axes * np.sqrt(np.maximum(size, 0))).T
    level = np.sqrt(one.permanent) * rng.standard_normal((draws, districts, 1)) * one.rest
    into = (one.impact * one.shocks).T
    found = np.empty((draws, districts, years, 4))
    for year in range(years):
        if year:
            state = state @ one.move.T + rng.standard_normal(shape) @ into
        found[:, :, year] = state + level
    return found
