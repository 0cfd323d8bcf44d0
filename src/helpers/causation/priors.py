"""How sure are we of each parameter of the loop, and where does each come from?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri  # type: ignore[import-untyped]

from helpers import parameters
from helpers.causation.model import Loop
from helpers.errors import ParameterError

LEVEL = (0.05, 0.95)  # what the tables give as lower and upper
STREAM = 60  # of the random numbers, so that no other draws are the same


@dataclass(frozen=True)
class Prior:
    """What is held of one parameter before the simulation: a normal, cut off at its range.

    Attributes
    ----------
    name : str
        The field of `Loop` and the record of ``data/parameters.yml``.
    mean, sd : float
        Of the normal before it is cut off; an ``sd`` of 0 says that the value is taken as known.
    low, high : float
        Where it is cut off.
    kind : str
        ``estimated``, ``literature`` or ``assumed``.
    """

    name: str
    mean: float
    sd: float
    low: float
    high: float
    kind: str

    def quantile(self, probability: np.ndarray | float) -> np.ndarray:
        """The value below which this share of the draws lies, same shape as `probability`."""
        if self.sd == 0:
            return np.full(np.shape(probability), self.mean)
        below, above = ndtr((self.low - self.mean) / self.sd), ndtr((self.high - self.mean) / self.sd)
        drawn = self.mean + self.sd * ndtri(below + np.asarray(probability) * (above - below))
        return np.clip(drawn, self.low, self.high)


@dataclass(frozen=True)
class Persistence:
    """The estimate of rho that the priors start from, with its standard error (0 for none)."""

    rho: float
    se: float = 0.0


def persistence(rho: float, se: float, lower: float, upper: float) -> Persistence:
    """An estimate of rho whose spread is its standard error or, where there is none, its 90 % interval.

    Without either the estimate is taken as known.
    """
    if not np.isfinite(se):
        se = (upper - lower) / (2 * float(ndtri(LEVEL[1])))
    return Persistence(rho, float(se) if np.isfinite(se) else 0.0)


def priors(estimate: Persistence, given: Mapping[str, Any] | None = None) -> dict[str, Prior]:
    """The prior of every field of `Loop`, in the order of its fields.

    Parameters
    ----------
    estimate : Persistence
        Used where ``rho`` is ``estimated``.
    given : mapping, optional
        Values of parameters by name; others keep their defaults. A value that is not the default is
        taken as known. Names that are no field of `Loop` are not looked at.

    Returns
    -------
    dict of str to Prior

    Raises
    ------
    ParameterError
        A value is not acceptable, or the standard error of rho is negative or not a number.
    """
    records, names = parameters.load(), [field.name for field in fields(Loop)]
    values = parameters.check({name: value for name, value in (given or {}).items() if name in names})
    found = {}
    for name in names:
        record, value = records[name], values[name]
        low, high = record.range if record.range else (-np.inf, np.inf)
        if name == "rho" and value == "estimated":
            if not estimate.se >= 0 or not np.isfinite(estimate.se):
                raise ParameterError(f"rho: its standard error is {estimate.se}; expected 0 or more.")
            mean, sd = float(np.clip(estimate.rho, low, high)), float(estimate.se)
        else:
            mean, sd = float(str(value)), (record.sd or 0.0) if value == record.default else 0.0
        found[name] = Prior(name, mean, sd, low, high, record.kind)
    return found


def draw(held: Mapping[str, Prior], draws: int, seed: int) -> Loop:
    """Draw every parameter independently.

    Parameters
    ----------
    held : mapping of str to Prior
        From `priors`.
    draws : int
    seed : int
        Each parameter has its own stream, so that changing one leaves the draws of the others.

    Returns
    -------
    Loop
        Arrays of shape (draws,). Draws whose spectral radius is above one are kept: they are counted
        in `helpers.causation.simulate`, not dropped.
    """
    values = {}
    for number, (name, prior) in enumerate(held.items()):
        rng = np.random.default_rng([seed, STREAM, number])
        values[name] = prior.quantile(rng.random(draws))
    return Loop(**values)


def central(held: Mapping[str, Prior]) -> Loop:
    """Every parameter at the middle of its prior: the value in ``data/parameters.yml``."""
    return Loop(**{name: prior.mean for name, prior in held.items()})


def table(held: Mapping[str, Prior], beside: pd.DataFrame | None = None) -> pd.DataFrame:
    """The priors, each beside what public data say.

    Parameters
    ----------
    held : mapping of str to Prior
        From `priors`.
    beside : DataFrame, optional
        ``parameter, value, lower, upper, what``: an estimate or a bound from public data, one row per
        parameter; ``what`` says which, in words.

    Returns
    -------
    DataFrame
        ``parameter, value, sd, lower, upper`` (90 % of the draws), ``unit, kind, source, effect`` and
        ``data_value, data_lower, data_upper, data``; where no data are at hand ``data`` says so.
    """
    records = parameters.load()
    rows = []
    for name, prior in held.items():
        lower, upper = prior.quantile(np.array(LEVEL))
        record = records[name]
        rows.append(
            {
                "parameter": name,
                "value": prior.mean,
                "sd": prior.sd,
                "lower": lower,
                "upper": upper,
                "unit": record.unit,
                "kind": prior.kind,
                "source": record.source,
                "effect": record.effect,
            }
        )
    columns = {"value": "data_value", "lower": "data_lower", "upper": "data_upper", "what": "data"}
    data = pd.DataFrame(columns=["parameter", *columns]) if beside is None else beside
    merged = pd.DataFrame(rows).merge(
        data[["parameter", *columns]].rename(columns=columns), on="parameter", how="left", validate="1:1"
    )
    return merged.assign(data=merged["data"].astype(object).fillna("no public data at hand"))
