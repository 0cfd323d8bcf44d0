"""How much of a difference of two means is due to what groups consist of, and how much to what parts do?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.errors import ParameterError


@dataclass(frozen=True, eq=False)
class Kitagawa:
    """A difference of two means in two parts; the first three are sums of the arrays of shape (I,).

    Attributes
    ----------
    gap, mix, within : float
        ``gap = mix + within``.
    mix_by_industry, within_by_industry : ndarray
    mix_at_other, mix_at_own : float
        The mix valued at the output per employee of the other, or of the own side; `mix` is their mean.
    """

    gap: float
    mix: float
    within: float
    mix_by_industry: np.ndarray
    within_by_industry: np.ndarray
    mix_at_other: float
    mix_at_own: float


def kitagawa(
    gva: np.ndarray, employees: np.ndarray, other_gva: np.ndarray, other_employees: np.ndarray
) -> Kitagawa:
    """Split a difference in output per employee into industry mix and output within industries.

    Parameters
    ----------
    gva, employees, other_gva, other_employees : ndarray, shape (I,)
        Of one side and of the other, industry by industry; employees are positive.

    Returns
    -------
    Kitagawa
        With shares of employees s and output per employee y, mix is sum of (s - s') (y + y') / 2 and
        within is sum of (y - y') (s + s') / 2, so that both sides weigh alike and no third part is left
        (Kitagawa 1955, Journal of the American Statistical Association 50: 1168-1194). The mix part of a
        single industry is counted from the mean of both sides' output per employee, which leaves the
        sum as it is, because shares sum to one.

    Raises
    ------
    ParameterError
        An industry has no employees on either side.
    """
    if not ((employees > 0).all() and (other_employees > 0).all()):
        raise ParameterError("employees: expected a positive number in every industry, on both sides.")
    s, t = employees / employees.sum(), other_employees / other_employees.sum()
    y, z = gva / employees, other_gva / other_employees
    middle = (gva.sum() / employees.sum() + other_gva.sum() / other_employees.sum()) / 2
    mix, within = (s - t) * ((y + z) / 2 - middle), (y - z) * (s + t) / 2
    return Kitagawa(
        float(s @ y - t @ z), float(mix.sum()), float(within.sum()), mix, within,
        float((s - t) @ z), float((s - t) @ y),
    )  # fmt: skip
