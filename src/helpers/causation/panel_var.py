"""Do the variables of the loop carry each other forward? A panel VAR and its spectral radius.

x_it = A_1 x_i,t-1 + ... + A_p x_i,t-p + place effect + year effect + e, by least squares within places and
years. The spectral radius of the companion matrix says what is left of a push from year to year; beside it
stands the largest root when each variable hangs on its own past alone. The difference is what the cross
terms, the links of the loop, add.

Three reservations. With effects of places and few years the coefficients are too small (Nickell 1981,
Econometrica 49: 1417-1426): the half-panel jackknife (Dhaene and Jochmans 2015) takes most of that off, and
more than enough where a root is near one. Noise in the figures draws the coefficients to zero and is not
taken off. And effects of places hold whatever is permanent, so that a loop slower than the panel is long
looks like one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.causation import states
from helpers.causation.dynamic_panel import CONFIDENCE
from helpers.geography import Area

DRAWS = 499
FEWEST_PLACES = 10
FEWEST_TRANSITIONS = 8  # years beside their years before; each half needs four
# System -> level and variables. Enterprises (from 2017) and working ages (2011, 2022) are too short.
SYSTEMS = {
    "investment": ("itl3", ("productivity", "investment", "skills")),
    "capital": ("itl3", ("productivity", "capital", "skills")),
    "people": ("district", ("productivity", "skills", "people")),
}
COLUMNS = ["system", "quantity", "value", "lower", "upper", "uncorrected"]


@dataclass(frozen=True)
class PanelVAR:
    """A fitted panel VAR of one lag.

    Attributes
    ----------
    names : tuple of str
    matrix, uncorrected : ndarray, shape (k, k)
        Row: the variable acted on; column: the one acting a year before. The first after the half-panel
        jackknife.
    draws : ndarray, shape (draws, k, k)
        The first in samples of clusters of places drawn with replacement.
    alone : ndarray, shape (k,)
        Each variable on its own past only, likewise corrected.
    alone_draws : ndarray, shape (draws, k)
    places, left_out : int
        Places used, and places of the area without a figure in one of the years.
    first_year, last_year : int
    reason : str
        Why there is no estimate, else empty; all figures are then NaN.
    """

    names: tuple[str, ...]
    matrix: np.ndarray
    uncorrected: np.ndarray
    draws: np.ndarray
    alone: np.ndarray
    alone_draws: np.ndarray
    places: int
    left_out: int
    first_year: int
    last_year: int
    reason: str = ""


@dataclass(frozen=True)
class Recovered:
    """Parameters of `helpers.causation.model` told from a VAR of productivity (first) and stocks.

    Attributes
    ----------
    rho : float
    b, g, d : ndarray, shape (k - 1,)
        NaN where a stock keeps nothing of its past, so that what it does in the same year is not told.
    strength : float
        L = sum of b g / d.
    """

    rho: float
    b: np.ndarray
    g: np.ndarray
    d: np.ndarray
    strength: float


def fit(values: np.ndarray, lags: int = 1, year_effects: bool = True) -> np.ndarray:
    """Coefficients by least squares with an effect of each place, and of each year if asked.

    Parameters
    ----------
    values : ndarray, shape (n, T, k)
        Complete panel.
    lags : int
    year_effects : bool

    Returns
    -------
    ndarray, shape (lags, k, k)
        ``[l, i, j]``: of variable j, l + 1 years before, on variable i.
    """
    _, years, k = values.shape
    now = _within(values[:, lags:], year_effects)
    before = _within(
        np.concatenate([values[:, lags - lag : years - lag] for lag in range(1, lags + 1)], axis=2),
        year_effects,
    )
    rows = before.reshape(-1, lags * k)
    found = np.linalg.lstsq(rows, now.reshape(-1, k), rcond=None)[0]
    return found.reshape(lags, k, k).transpose(0, 2, 1)


def own_past(values: np.ndarray) -> np.ndarray:
    """Coefficient of each variable on its own year before, alone; shape (k,)."""
    now, before = _within(values[:, 1:], True), _within(values[:, :-1], True)
    return (now * before).sum(axis=(0, 1)) / (before**2).sum(axis=(0, 1))


def half_panel(values: np.ndarray, alone: bool = False) -> np.ndarray:
    """`fit` of one lag, or `own_past`, by the half-panel jackknife: twice the whole less the halves' mean.

    The halves share their middle year where the number of transitions is even; where it is odd the second
    half is one transition longer, and halves are weighted by their transitions.
    """

    def estimate(part: np.ndarray) -> np.ndarray:
        return own_past(part) if alone else fit(part)[0]

    transitions = values.shape[1] - 1
    cut = transitions // 2
    share = cut / transitions
    halves = share * estimate(values[:, : cut + 1]) + (1 - share) * estimate(values[:, cut:])
    return 2 * estimate(values) - halves


def spectral_radius(coefficients: np.ndarray) -> float:
    """Largest modulus of the companion matrix's eigenvalues, from coefficients of shape (lags, k, k)."""
    lags, k, _ = coefficients.shape
    companion = np.zeros((lags * k, lags * k))
    companion[:k] = np.concatenate(list(coefficients), axis=1)
    companion[k:, :-k] = np.eye((lags - 1) * k)
    return float(np.abs(np.linalg.eigvals(companion)).max())


def recover(matrix: np.ndarray) -> Recovered:
    """The loop's parameters from the matrix of a year's transition, productivity first.

    In the model stocks follow their own past and last year's productivity, and productivity answers to
    this year's stocks: the matrix's first row is rho + sum B g, B (1 - d) with B = (1 - rho) b. What the
    matrix says of one stock's effect on another is not used.
    """
    g, kept = matrix[1:, 0], np.diag(matrix)[1:]
    direct = np.divide(matrix[0, 1:], kept, out=np.full(len(kept), np.nan), where=np.abs(kept) > 1e-9)
    rho = float(matrix[0, 0] - direct @ g)
    b = direct / (1 - rho) if abs(1 - rho) > 1e-9 else np.full(len(g), np.nan)
    d = 1 - kept
    terms = np.divide(b * g, d, out=np.full(len(d), np.nan), where=np.abs(d) > 1e-9)
    return Recovered(rho, b, g, d, float(terms.sum()))


def estimate(
    panels: Mapping[str, pd.DataFrame], clusters: pd.Series, seed: int, draws: int = DRAWS
) -> PanelVAR:
    """Fit, correct and resample a panel VAR of one lag.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Variable to places by years. Years that all variables have are used, and places that have a
        figure of every variable in all of them.
    clusters : Series
        What is drawn as a whole: the ITL3 area of each place.
    seed, draws : int

    Returns
    -------
    PanelVAR
    """
    names = tuple(panels)
    years = sorted(set.intersection(*(set(panel.columns) for panel in panels.values())))
    codes = sorted(set.union(*(set(panel.index) for panel in panels.values())))
    cube = np.stack([panel.reindex(index=codes, columns=years) for panel in panels.values()], axis=2)
    whole = np.isfinite(cube).all(axis=(1, 2))
    values, k = cube[whole], len(names)
    blocks = pd.factorize(clusters.reindex(codes)[whole])[0]
    number = int(blocks.max()) + 1 if len(blocks) else 0
    about = (int(whole.sum()), int((~whole).sum()), int(years[0]), int(years[-1]))
    why = ""
    if number < FEWEST_PLACES:
        why = f"no estimate: fewer than {FEWEST_PLACES} ITL3 areas"
    elif len(years) - 1 < FEWEST_TRANSITIONS:
        why = f"no estimate: fewer than {FEWEST_TRANSITIONS} years that follow another"
    if why:
        none = np.full((k, k), np.nan)
        return PanelVAR(names, none, none, np.empty((0, k, k)), none[0], np.empty((0, k)), *about, reason=why)
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(blocks == block) for block in range(number)]
    matrices, own = np.empty((draws, k, k)), np.empty((draws, k))
    for draw in range(draws):
        sample = values[np.concatenate([members[block] for block in rng.integers(number, size=number)])]
        matrices[draw], own[draw] = half_panel(sample), half_panel(sample, alone=True)
    return PanelVAR(
        names,
        half_panel(values),
        fit(values)[0],
        matrices,
        half_panel(values, alone=True),
        own,
        *about,
    )


def system(name: str, area: Area, seed: int, depreciation: float, draws: int = DRAWS) -> PanelVAR:
    """One of `SYSTEMS` for the places of an area; the stock of capital with an assumed depreciation."""
    level, variables = SYSTEMS[name]
    codes, _ = states.of_area(area, level)
    found = {
        name: states.capital(depreciation) if name == "capital" else states.panel(name, level)
        for name in variables
    }
    found = {name: panel.reindex(codes) for name, panel in found.items()}
    return estimate(found, states.clusters(pd.Index(codes), level), seed, draws)


def radii(var: PanelVAR, name: str) -> pd.DataFrame:
    """Spectral radius with and without cross terms, their difference, and the loop's strength.

    Returns
    -------
    DataFrame
        `COLUMNS`. Intervals are the middle 90 % over the draws; they do not take off the bias that taking
        the largest root of noisy coefficients brings, which is upwards. ``uncorrected`` is without the
        jackknife. No rows where the VAR has no estimate.
    """
    if var.reason:
        return pd.DataFrame(columns=COLUMNS)
    with_cross = np.abs(np.linalg.eigvals(var.draws)).max(axis=1)
    without = np.abs(var.alone_draws).max(axis=1)
    here, alone = spectral_radius(var.matrix[None]), float(np.abs(var.alone).max())
    plain = spectral_radius(var.uncorrected[None])
    rows = [
        ("radius with cross terms", here, *middle(with_cross), plain),
        ("radius without cross terms", alone, *middle(without), np.nan),
        ("what the cross terms add", here - alone, *middle(with_cross - without), np.nan),
    ]
    return pd.DataFrame([(name, *row) for row in rows], columns=COLUMNS)


def cross_terms(var: PanelVAR) -> pd.DataFrame:
    """What each variable adds to each other one a year later.

    Two negative links feed on themselves as two positive ones do, so that a radius raised by cross terms
    speaks for the loop only where they have its sign.

    Returns
    -------
    DataFrame
        ``of, to, value, lower, upper``, the middle 90 % of the draws. No rows where there is no estimate.
    """
    rows = []
    for to, of in () if var.reason else np.argwhere(~np.eye(len(var.names), dtype=bool)):
        rows.append((var.names[of], var.names[to], var.matrix[to, of], *middle(var.draws[:, to, of])))
    return pd.DataFrame(rows, columns=["of", "to", "value", "lower", "upper"])


def middle(draws: np.ndarray) -> tuple[float, float]:
    """Ends of the middle 90 % of draws along the first axis."""
    lower, upper = np.quantile(draws, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    return float(lower), float(upper)


def _within(values: np.ndarray, year_effects: bool) -> np.ndarray:
    """Less each place's mean and, if asked, each year's."""
    values = values - values.mean(axis=1, keepdims=True)
    return values - values.mean(axis=0, keepdims=True) if year_effects else values
