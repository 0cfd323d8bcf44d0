"""Under which process is a covariance between years likeliest? The search behind `covariance_fit`.

Sigma = permanent 1 1' + scale ((1 - share) R(rho) + share I), where share is that of the noise in what is not
permanent. For a given rho and share the likeliest permanent variance and scale have closed forms, so that the
search has two dimensions alone: a grid that is the same for every panel of a length, and so one product of
matrices for all of it, then ever smaller stencils around its best point, many panels at once. The last digits
come from the slopes, where these are zero: values alone tell the lowest point to eight digits or so, so that
machines would differ in the ninth, and results drawn from many fits in the sixth.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from helpers.dynamics.process import Process

RHO = np.concatenate([np.arange(0, 0.9, 0.02), np.arange(0.9, 0.999, 0.005)])
ROOT_OF_SHARE = np.linspace(0, 1, 41)  # of the noise in the passing part; its root is finer near no noise
LARGEST = 0.999  # rho that the search may reach
ROUNDS = 3  # of the search around the best point of the grid, each on 0.3 of the width before
NEWTON = 7  # steps after them at most: half of all panels take two, those on a narrow ridge more
LONGEST = 0.05  # that such a step may be in rho or the root
FRACTIONS = np.array([1, 0.3, 0.1, 0.03, 0])  # of a step, tried in this order
FLATTEST = 1e-6  # curvature that a step divides by
ROUNDING = 1e-11  # by which a value may rise without being higher
SETTLED = 1e-9  # a step shorter than this was the last: it left an error of about its square
APART = 1e-5  # of the slopes whose difference tells how they change
SIDES = APART * np.array([(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)])
STENCIL = np.array([(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)])
BOUNDS = np.array([(0.0, 0.0), (LARGEST, 1.0)])
# Weights of the stencil's nine values in the first and second differences, in units of its step.
SLOPES = np.array([STENCIL[:, k] * (STENCIL[:, 1 - k] == 0) / 2 for k in (0, 1)])
_CROSS = STENCIL[:, 0] * STENCIL[:, 1] / 4
_CURVES = [(STENCIL[:, 1 - k] == 0) * (3 * STENCIL[:, k] ** 2 - 2.0) for k in (0, 1)]
BENDS = np.array([_CURVES[0], _CROSS, _CROSS, _CURVES[1]])


def likeliest(covariances: np.ndarray) -> tuple[list[Process], np.ndarray, np.ndarray]:
    """The process under which each covariance is likeliest, and the profile of rho.

    Parameters
    ----------
    covariances : ndarray, shape (number, T, T)
        Positive on the diagonal; a sample's or a population's.

    Returns
    -------
    processes : list of Process
    minimum : ndarray, shape (number,)
        log det Sigma + tr(Sigma^-1 S): twice the negative log-likelihood per degree of freedom.
    profile : ndarray, shape (number, len(RHO))
        The least such value for each rho of the grid.
    """
    years = covariances.shape[-1]
    inverse, between, log_det = _grid(years)
    flat = covariances.reshape(len(covariances), -1)
    values = _concentrated(flat @ inverse.T, flat @ between.T, log_det, years)
    k, w = np.divmod(values.argmin(axis=1), len(ROOT_OF_SHARE))
    near = _near(np.stack([RHO[k], ROOT_OF_SHARE[w]], axis=1), covariances)
    rho, root = _polished(near, covariances).T
    minimum, permanent, scale = _at(rho[:, None], root[:, None], covariances)
    noise = scale[:, 0] * root**2
    parts = zip(permanent[:, 0], scale[:, 0] - noise, rho, noise, strict=True)
    processes = [Process(*(float(x) for x in one)) for one in parts]
    profile = _lowest(values.reshape(-1, len(ROOT_OF_SHARE))).reshape(-1, len(RHO))
    return processes, minimum[:, 0], profile


def _near(at: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """The lowest points near those of the grid, shape (number, 2): rho and the root of the share.

    Nine points around the best one give a parabola, whose lowest point is tried beside them; then closer.
    """
    low, high = BOUNDS
    step = np.array([0.02, 0.025])
    for _ in range(ROUNDS):
        centre = np.clip(at, low + step, high - step)
        points = centre[:, None, :] + STENCIL * step
        values = _at(points[..., 0], points[..., 1], covariances)[0]
        slope, bend = values @ SLOPES.T, (values @ BENDS.T).reshape(-1, 2, 2)
        convex = (np.linalg.det(bend) > 0) & (bend[:, 0, 0] > 0)
        bend = np.where(convex[:, None, None], bend, np.eye(2))
        move = np.where(convex[:, None], -np.linalg.solve(bend, slope[..., None])[..., 0], 0.0)
        tried = np.clip(centre + np.clip(move, -2, 2) * step, low, high)[:, None, :]
        tried = np.concatenate([tried, at[:, None, :]], axis=1)
        more = _at(tried[..., 0], tried[..., 1], covariances)[0]
        points, values = np.concatenate([points, tried], axis=1), np.concatenate([values, more], axis=1)
        at = points[np.arange(len(at)), values.argmin(axis=1)]
        step = step * 0.3
    return at


def _polished(at: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """From points near the lowest ones to where the slopes are zero, by Newton's method.

    Where the surroundings are not convex a step still leads down (absolute eigenvalues), and the longest
    of `FRACTIONS` of it is taken that does not raise the value. A coordinate at its bound stays there.
    """
    at, going = at.copy(), np.arange(len(at))
    for _ in range(NEWTON):
        found = _stepped(at[going], covariances[going])
        moved = np.abs(found - at[going]).max(axis=1, initial=0.0) > SETTLED
        at[going] = found
        going = going[moved]
    return at


def _stepped(at: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """One step of Newton's from each point."""
    low, high = BOUNDS
    points = at[:, None, :] + SIDES
    slopes = _slopes(points[..., 0], points[..., 1], covariances)
    bend = np.stack([slopes[:, 1] - slopes[:, 2], slopes[:, 3] - slopes[:, 4]], axis=1) / (2 * APART)
    free = (low < at) & (at < high)
    bend = np.where(free[:, :, None] & free[:, None, :], (bend + bend.swapaxes(1, 2)) / 2, np.eye(2))
    size, axes = np.linalg.eigh(bend)
    slope = axes.swapaxes(1, 2) @ np.where(free, slopes[:, 0], 0.0)[..., None]
    move = -(axes @ (slope / np.maximum(np.abs(size), FLATTEST)[..., None]))[..., 0]
    move = move * np.minimum(1, LONGEST / np.maximum(np.abs(move).max(axis=1, keepdims=True), LONGEST))
    tried = np.clip(at[:, None, :] + FRACTIONS[:, None] * move[:, None, :], low, high)
    values = _at(tried[..., 0], tried[..., 1], covariances)[0]
    return tried[np.arange(len(at)), (values <= values[:, -1:] + ROUNDING).argmax(axis=1)]


@cache
def _grid(years: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each rho and share of noise: inverse of the passing part D, what the sum of years needs, log det D.

    D = (1 - share) R(rho) + share I. The second is D^-1 1 1' D^-1 / (1' D^-1 1). Flattened, so that a
    product with a covariance gives its two traces.
    """
    lag = np.abs(np.subtract.outer(np.arange(years), np.arange(years)))
    size, axes = np.linalg.eigh(RHO[:, None, None] ** lag)
    share = ROOT_OF_SHARE[None, :, None] ** 2
    spectrum = (1 - share) * size[:, None, :] + share
    inverse = np.einsum("kij,kwj,klj->kwil", axes, 1 / spectrum, axes, optimize=True)
    sums = inverse.sum(axis=-1)
    between = sums[..., :, None] * sums[..., None, :] / sums.sum(axis=-1)[..., None, None]
    points = len(RHO) * len(ROOT_OF_SHARE)
    return (
        inverse.reshape(points, -1),
        between.reshape(points, -1),
        np.log(spectrum).sum(axis=-1).ravel(),
    )


def _concentrated(total: np.ndarray, between: np.ndarray, log_det: np.ndarray, years: int) -> np.ndarray:
    """Least log det Sigma + tr(Sigma^-1 S) over the permanent variance (0 or more) and the scale.

    With Sigma = permanent 1 1' + scale D, total = tr(D^-1 S) and between as in `_grid`: where between
    exceeds the scale that the rest tells, (total - between) / (T - 1), the permanent effect is positive
    and takes it up; otherwise it is zero and the scale is total / T.
    """
    scale = (total - between) / (years - 1)
    with_effect = (years - 1) * np.log(scale) + np.log(between)
    return np.where(between > scale, with_effect, years * np.log(total / years)) + years + log_det


def _at(
    rho: np.ndarray, root: np.ndarray, covariances: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same at points of shape (number, points), with the permanent variance and scale likeliest there."""
    years = covariances.shape[-1]
    passing = _passing(rho, root, years)[0]
    inverse = np.linalg.inv(passing)
    sums = inverse.sum(axis=-1)
    total = (inverse * covariances[:, None]).sum(axis=(-2, -1))
    weighted = ((sums @ covariances) * sums).sum(axis=-1)
    between = weighted / sums.sum(axis=-1)
    value = _concentrated(total, between, np.linalg.slogdet(passing)[1], years)
    scale = (total - between) / (years - 1)
    effect = between > scale
    permanent = np.where(effect, (between - scale) / sums.sum(axis=-1), 0.0)
    return value, permanent, np.where(effect, scale, total / years)


def _slopes(rho: np.ndarray, root: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """Derivatives of the same by rho and by the root, shape (number, points, 2).

    The permanent variance and the scale are the likeliest, so that what they change by counts for nothing.
    """
    _, permanent, scale = (part[..., None, None] for part in _at(rho, root, covariances))
    passing, by_rho, by_root = _passing(rho, root, covariances.shape[-1])
    inverse = np.linalg.inv(permanent + scale * passing)
    weight = scale * (inverse - inverse @ covariances[:, None] @ inverse)
    return np.stack([(weight * by_rho).sum(axis=(-2, -1)), (weight * by_root).sum(axis=(-2, -1))], axis=-1)


def _passing(rho: np.ndarray, root: np.ndarray, years: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """D = (1 - share) R(rho) + share I, and its derivatives by rho and by the root of the share."""
    lag = np.abs(np.subtract.outer(np.arange(years), np.arange(years)))
    powers = rho[..., None] ** np.arange(years)
    fading = powers[..., lag]
    steeper = lag * powers[..., np.maximum(lag - 1, 0)]
    root = root[..., None, None]
    share = root**2
    return (1 - share) * fading + share * (lag == 0), (1 - share) * steeper, 2 * root * ((lag == 0) - fading)


def _lowest(values: np.ndarray) -> np.ndarray:
    """Least of each row, by a parabola through the lowest point of the grid and its neighbours."""
    best = values.min(axis=1)
    at = np.clip(values.argmin(axis=1), 1, values.shape[1] - 2)
    rows = np.arange(len(values))
    left, middle, right = (values[rows, at + step] for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    usable = (bend > 0) & (np.abs(left - right) <= 2 * bend)
    vertex = middle - (left - right) ** 2 / (8 * np.where(usable, bend, 1))
    return np.where(usable, np.minimum(vertex, best), best)
