"""Which functions can test a claim, and what does each of them give back?"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from helpers import groups, parameters, series, study
from helpers.derived import observe

if TYPE_CHECKING:
    from helpers.claims.ledger import Claim

# Modules by what they look at. A function is known as `module.function`, without "tests_of_".
MODULES = (
    "divergence", "levels", "groups", "regions", "investment", "innovation", "causation", "policy",
    "decomposition", "documents",
)  # fmt: skip
OF_INDICATOR = "unit of the indicator"


@dataclass(frozen=True)
class Measurement:
    """What the tables give for every part of a claim, by one definition.

    Attributes
    ----------
    definition : str
        In words: who, what, when.
    values : tuple of float
        One per part, in the unit of the part; NaN where there is no figure.
    lower, upper : tuple of float
        Ends between which each value lies; NaN where there is no basis for them.
    release : int or None
        Release of the productivity figures; None for other figures.
    stated : bool
        Whether this is the definition that the document states, as nearly as it states one.
    proxy : bool
        Whether it measures something near the claim and not the thing itself.
    beside : str
        What it should be read beside, such as what choosing groups on the outcome gives by itself.
    """

    definition: str
    values: tuple[float, ...]
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()
    release: int | None = None
    stated: bool = False
    proxy: bool = False
    beside: str = ""

    def __post_init__(self) -> None:
        """Give a measurement without ends NaN for each."""
        for end in ("lower", "upper"):
            if not getattr(self, end):
                object.__setattr__(self, end, tuple(np.nan for _ in self.values))


Function = Callable[["Claim"], list[Measurement]]


@dataclass(frozen=True)
class Measurer:
    """A function that measures claims.

    Attributes
    ----------
    measure : callable
    unit : str
        Unit of what it measures; `OF_INDICATOR` for that of the claim's indicator.
    definitions : tuple of str
        Definitions a claim may ask for; none where the function has its own.
    arguments : tuple of str
        What a claim must tell it.
    """

    measure: Function
    unit: str
    definitions: tuple[str, ...]
    arguments: tuple[str, ...]


_MEASURERS: dict[str, Measurer] = {}


def measures(
    unit: str, definitions: Iterable[str] = (), arguments: Iterable[str] = ()
) -> Callable[[Function], Function]:
    """Make a function known to the ledger, with the unit of what it measures.

    Parameters
    ----------
    unit : str
    definitions, arguments : iterable of str
        As in `Measurer`.

    Returns
    -------
    callable
        A decorator that leaves the function as it is.
    """

    def register(function: Function) -> Function:
        module = function.__module__.rpartition(".")[2].removeprefix("tests_of_")
        _MEASURERS[f"{module}.{function.__name__}"] = Measurer(
            function, unit, tuple(definitions), tuple(arguments)
        )
        return function

    return register


@cache
def measurers() -> dict[str, Measurer]:
    """Every function that tests claims, by name. Shared: do not change it in place."""
    for module in MODULES:
        importlib.import_module(f"helpers.claims.tests_of_{module}")
    return _MEASURERS


@cache
def midlands(release: int | str = "latest", measure: str = "hour") -> study.Study:
    """The study that the documents speak of, whatever area a notebook is pointed at."""
    return study.choose(area="Midlands", measure=measure, release=release)


def panels(measure: str = "hour", year: int | None = None) -> list[series.Panel]:
    """The Midlands in every release that has a year, the latest first."""
    found = [series.panel(midlands().area, measure, r) for r in reversed(series.releases(measure))]
    return [panel for panel in found if year is None or year in panel.years]


def unit_of(indicator: str) -> str:
    """Unit of an indicator, published or derived."""
    return observe(indicator).unit


def default(name: str) -> int:
    """A whole-number parameter as the notebooks have it unless a reader changes it."""
    value = parameters.load()[name].default
    assert isinstance(value, int)  # noqa: S101 (tells mypy what parameters.yml holds)
    return value


def in_percent(shares: Sequence[float]) -> tuple[float, ...]:
    """Fractions as percentages."""
    return tuple(float(100 * share) for share in shares)


GROUP_WORDS = {
    "guide": groups.RULE_WORDS["guide"],
    "now": "groups chosen again on the latest figures",
}
GROUP_ENDS = {"guide": ("top", "bottom"), "now": ("top_now", "bottom_now")}
