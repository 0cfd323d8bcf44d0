"""What is Myrdal's loop, written as equations, and when does it feed on itself without end?

Annual, in logs relative to the UK. A district's output per hour ``p`` moves towards what its stocks of
capital ``k``, skills ``h`` and businesses ``n`` allow; the stocks wear out, and grow where output per
hour was high the year before. The people of working age ``w`` follow and do not feed back:

    p_t = (1 - rho) (mu + b_k k_t + b_h h_t + b_n n_t) + rho p_{t-1} + eps_t
    k_t = (1 - d_k) k_{t-1} + g_k p_{t-1} + policy_k + u1_t        (h and n likewise)
    w_t = w_{t-1} + g_w p_{t-1} + u4_t

The equations stand once, in `EQUATIONS`: the matrices of the simulation and the diagram of the figure
are both made from them. The idea is Myrdal's (1957, Economic Theory and Under-developed Regions); that
these are the channels is the guide's Scheme 1; the linear form is ours. The loop is a hypothesis: with
all ``g`` at zero it is switched off. These are assumptions A20, A21 and A22: form, size of the
``g``, and people that do not feed back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np

Numbers = float | np.ndarray

STOCKS = ("capital", "skills", "business")
STATES = ("productivity", *STOCKS)  # the block that feeds back
LIMIT = 1e-12  # how near to one a spectral radius counts as one


@dataclass(frozen=True, eq=False)
class Loop:
    """The parameters of the loop: numbers, or arrays of draws that can be broadcast together.

    Attributes
    ----------
    rho : float or ndarray
        Share of last year's output per hour, relative to what the stocks allow, that is kept.
    b_capital, b_skills, b_business : float or ndarray
        Long-run elasticity of output per hour with respect to a stock.
    g_capital, g_skills, g_business : float or ndarray
        Log points that a stock grows in a year per log point of output per hour.
    d_capital, d_skills, d_business : float or ndarray
        Share of a stock's lead that is lost in a year, above 0 and up to 1.
    g_people : float or ndarray
        As `g_capital`, for the people of working age, who do not feed back.
    """

    rho: Numbers
    b_capital: Numbers
    g_capital: Numbers
    d_capital: Numbers
    b_skills: Numbers
    g_skills: Numbers
    d_skills: Numbers
    b_business: Numbers
    g_business: Numbers
    d_business: Numbers
    g_people: Numbers = 0.0

    def of(self, letter: str) -> np.ndarray:
        """One kind of coefficient of all three stocks, shape (..., 3); ``letter`` is b, g or d."""
        parts = np.broadcast_arrays(*(getattr(self, f"{letter}_{stock}") for stock in STOCKS))
        return np.stack([np.asarray(part, dtype=float) for part in parts], axis=-1)

    def switched_off(self) -> Loop:
        """The same without feedback: output per hour moves no stock and no people."""
        return replace(self, **{f"g_{name}": 0.0 for name in (*STOCKS, "people")})

    def draw(self, number: int) -> Loop:
        """One of many draws, as plain numbers."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return Loop(**{name: float(v if np.ndim(v) == 0 else v[number]) for name, v in values.items()})


@dataclass(frozen=True)
class Term:
    """One term on the right of an equation: an arrow of the diagram and an entry of the matrices.

    Attributes
    ----------
    of, to : str
        The variable that acts and the one acted on.
    lag : int
        Years between them.
    parameter : str
        The field of `Loop`, and the record of ``data/parameters.yml``, that gives its size and kind.
    symbol : str
        As in the equations.
    role : str
        What the arrow means, in words.
    coefficient : callable
        The entry of the matrix, from a `Loop`.
    """

    of: str
    to: str
    lag: int
    parameter: str
    symbol: str
    role: str
    coefficient: Callable[[Loop], Numbers]


def _raises(stock: str, letter: str) -> Term:
    """The stock's place in the equation of output per hour."""
    name = f"b_{stock}"
    return Term(
        stock,
        "productivity",
        0,
        name,
        f"b_{letter}",
        "raises",
        lambda loop: (1 - np.asarray(loop.rho)) * getattr(loop, name),
    )


def _attracts(stock: str, letter: str) -> Term:
    """What output per hour adds to a stock in the next year."""
    name = f"g_{stock}"
    return Term("productivity", stock, 1, name, f"g_{letter}", "attracts", lambda loop: getattr(loop, name))


def _fades(stock: str, letter: str) -> Term:
    """What is left of a stock's lead after a year."""
    name = f"d_{stock}"
    return Term(
        stock, stock, 1, name, f"d_{letter}", "fades by", lambda loop: 1 - np.asarray(getattr(loop, name))
    )


EQUATIONS: tuple[Term, ...] = (
    Term("productivity", "productivity", 1, "rho", "rho", "persists", lambda loop: loop.rho),
    *(_raises(stock, letter) for stock, letter in zip(STOCKS, "khn", strict=True)),
    *(_attracts(stock, letter) for stock, letter in zip(STOCKS, "khn", strict=True)),
    *(_fades(stock, letter) for stock, letter in zip(STOCKS, "khn", strict=True)),
    _attracts("people", "w"),
    Term("people", "people", 1, "", "1", "stay", lambda loop: 1.0),
)


def _coefficients(loop: Loop, lag: int) -> np.ndarray:
    """The terms of one lag as a matrix of the block, row: acted on, column: acting; (..., 4, 4)."""
    terms = [t for t in EQUATIONS if t.lag == lag and t.of in STATES and t.to in STATES]
    sizes = np.broadcast_arrays(loop.rho, *(term.coefficient(loop) for term in terms))[1:]
    matrix = np.zeros((*np.shape(sizes[0]), len(STATES), len(STATES)))
    for term, size in zip(terms, sizes, strict=True):
        matrix[..., STATES.index(term.to), STATES.index(term.of)] = size
    return matrix


def impact_matrix(loop: Loop) -> np.ndarray:
    """What a shock to each equation does in the same year, shape (..., 4, 4).

    Only output per hour answers within the year, and to the stocks alone, so that the inverse of
    I - A0 is I + A0.
    """
    return np.eye(len(STATES)) + _coefficients(loop, 0)


def transition_matrix(loop: Loop) -> np.ndarray:
    """The block (productivity, capital, skills, business) one year on, shape (..., 4, 4)."""
    return impact_matrix(loop) @ _coefficients(loop, 1)


def loop_strength(loop: Loop) -> np.ndarray:
    """L: what a log point of output per hour brings back through the stocks in the long run."""
    return (loop.of("b") * loop.of("g") / loop.of("d")).sum(axis=-1)


def multiplier(loop: Loop) -> np.ndarray:
    """1 / (1 - L): the long-run effect of a lasting push with the loop, relative to without it.

    Infinite where L is one or more: the push then never settles.
    """
    strength = loop_strength(loop)
    settles = strength < 1
    return np.where(settles, 1 / np.where(settles, 1 - strength, 1.0), np.inf)


def gain(loop: Loop) -> np.ndarray:
    """G = rho + (1 - rho) L: the share of a lead that a district keeps once its stocks have followed."""
    return np.asarray(loop.rho) + (1 - np.asarray(loop.rho)) * loop_strength(loop)


def spectral_radius(loop: Loop) -> np.ndarray:
    """Largest modulus of the eigenvalues of the block: what is left of a lead from year to year.

    Below one leads fade (reversion); above one they grow without end (Myrdal's cumulative causation).
    Where rho is from 0 to below 1, every d above 0 and up to 1 and no product b g is negative, the
    block is similar to a non-negative matrix, whose spectral radius is below one exactly if I - M has
    a non-negative inverse (Berman and Plemmons 1994, Nonnegative Matrices in the Mathematical
    Sciences, chapter 6), which is the case exactly if L is below one. With a negative product the two
    can differ, and it is the radius that tells.
    """
    return np.abs(np.linalg.eigvals(transition_matrix(loop))).max(axis=-1)


def regime(loop: Loop) -> np.ndarray:
    """``reversion``, ``on the edge`` or ``cumulative causation``, by the spectral radius."""
    radius = spectral_radius(loop)
    return np.select(
        [radius < 1 - LIMIT, radius > 1 + LIMIT], ["reversion", "cumulative causation"], "on the edge"
    )


def steady_state(loop: Loop, mu: Numbers, policy: np.ndarray | None = None) -> np.ndarray:
    """Where the block comes to rest without shocks.

    Parameters
    ----------
    loop : Loop
    mu : float or ndarray, shape (...)
        Log points of output per hour that do not come from the stocks.
    policy : ndarray, shape (..., 3), optional
        Log points added to each stock every year.

    Returns
    -------
    ndarray, shape (..., 4)
        Productivity and the stocks. NaN where the spectral radius is one or more: there is then no
        place to which the district would come. Solve p = mu + sum b x and d x = g p + policy.
    """
    b, g, d = loop.of("b"), loop.of("g"), loop.of("d")
    added = np.zeros(len(STOCKS)) if policy is None else np.asarray(policy, dtype=float)
    comes_to_rest = spectral_radius(loop) < 1 - LIMIT
    short = np.where(comes_to_rest, 1 - loop_strength(loop), np.nan)
    p = (np.asarray(mu) + (b * added / d).sum(axis=-1)) / short
    return np.concatenate([p[..., None], (g * p[..., None] + added) / d], axis=-1)


def impulse_response(loop: Loop, shock: np.ndarray, years: int) -> np.ndarray:
    """What a shock in year 0 does to the block in years 0 to `years`.

    Parameters
    ----------
    loop : Loop
    shock : ndarray, shape (4,) or (..., 4)
        Log points added to each equation in year 0, in the order of `STATES`.
    years : int

    Returns
    -------
    ndarray, shape (..., years + 1, 4)
    """
    matrix = transition_matrix(loop)
    state = (impact_matrix(loop) @ np.asarray(shock, dtype=float)[..., None])[..., 0]
    path = [state]
    for _ in range(years):
        state = (matrix @ state[..., None])[..., 0]
        path.append(state)
    return np.stack(path, axis=-2)


def people_response(loop: Loop, productivity: np.ndarray) -> np.ndarray:
    """Log change of the people of working age that a path of output per hour brings, same shape.

    Parameters
    ----------
    loop : Loop
        Of which ``g_people`` is used.
    productivity : ndarray, shape (..., years)
        Log points; the first year is where people start from.
    """
    arrivals = np.asarray(loop.g_people, dtype=float)[..., None] * productivity[..., :-1]
    return np.concatenate([np.zeros_like(productivity[..., :1]), np.cumsum(arrivals, axis=-1)], axis=-1)
