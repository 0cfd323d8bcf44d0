"""How is each link of the loop estimated, in the unit of the model's parameter?

Each link is told in several versions that err in different ways (`helpers.causation.responses`). What is
seen within a year, or between places at rest, is turned into the model's parameter with ``rho`` and the
``d`` of the priors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.causation import projections, states, verdoorn
from helpers.causation.model import STOCKS, Loop, impulse_response
from helpers.causation.responses import responses
from helpers.geography import Area

HORIZON = 3  # years after investment at which output per hour is read
VERSIONS = [
    "link", "parameter", "specification", "tilt", "estimate", "lower", "upper", "level", "places",
    "first_year", "last_year", "n", "reason",
]  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One link of the loop and how it is estimated.

    Attributes
    ----------
    name : str
    parameter : str
        Of `helpers.causation.model.Loop`, in whose unit the estimates are; empty for Verdoorn's law.
    level : str
        ``itl3``, ``district`` or ``itl1``.
    outcome, driver, form : str
        Series of `helpers.causation.states` and the form of `helpers.causation.responses`.
    caveat : str
    """

    name: str
    parameter: str
    level: str
    outcome: str
    driver: str
    form: str
    caveat: str

    @property
    def stock(self) -> str:
        """The stock whose parameters it is about."""
        return self.parameter.partition("_")[2]


_APPORTIONED = "investment is shared out to areas partly by employment: a bound, no effect"
_SURVEY = "residents' qualifications from a survey, up to 23 points either way in a district"
_SHORT = "few years, the pandemic among them; counts by registered address, rounded to 5"
LINKS = (
    Link(
        "productivity to investment", "g_capital", "itl3", "investment", "productivity", "level", _APPORTIONED
    ),
    Link(
        "investment to productivity", "b_capital", "itl3", "productivity", "investment", "level", _APPORTIONED
    ),
    Link(
        "productivity to people",
        "g_people",
        "district",
        "people",
        "productivity",
        "change",
        "residents of all ages year by year, of working age from 2011 to 2022 only; commuters live elsewhere",
    ),
    Link("productivity to skills", "g_skills", "district", "skills", "productivity", "past", _SURVEY),
    Link("skills to productivity", "b_skills", "district", "productivity", "skills", "past", _SURVEY),
    Link("productivity to business", "g_business", "district", "business", "productivity", "past", _SHORT),
    Link("business to productivity", "b_business", "district", "productivity", "business", "past", _SHORT),
    Link(
        "agglomeration (Verdoorn)",
        "",
        "itl1",
        "productivity",
        "output",
        "",
        "the identity of output draws least squares towards one, and the instruments are weak",
    ),
)


def versions(area: Area, loop: Loop) -> pd.DataFrame:
    """Every version of every link for the places of an area, in the unit of the model's parameter.

    Parameters
    ----------
    area : Area
    loop : Loop
        The middle of the priors, plain numbers: ``rho`` and the ``d`` turn what is seen into parameters.

    Returns
    -------
    DataFrame
        `VERSIONS`; NaN, and a ``reason``, where there is no estimate.
    """
    parts = []
    for link in LINKS:
        found = _estimates(link, area)
        scale = [_scale(link, name, loop) for name in found["specification"]]
        for column in ("estimate", "lower", "upper"):
            found[column] = found[column].astype(float) * scale
        parts.append(found.assign(link=link.name, parameter=link.parameter, level=link.level)[VERSIONS])
    return pd.concat(parts, ignore_index=True)


def _scale(link: Link, specification: str, loop: Loop) -> float:
    """What turns a version's estimate into the model's parameter.

    In rest a stock is g / d times output per hour, and b is what a stock adds to it. Within a year a stock
    moves by g, and output per hour by (1 - rho) b times what is left, 1 - d, of last year's stock.
    Investment is d times the stock in rest, so its elasticity is g / d.
    """
    if link.stock not in STOCKS:
        return 1.0
    d = float(loop.of("d")[STOCKS.index(link.stock)])
    at_rest = specification == "between"
    if link.parameter.startswith("g_"):
        return d if at_rest or link.form == "level" else 1.0
    if at_rest:
        return 1.0
    return 1 / _answer(loop) if link.stock == "capital" else 1 / ((1 - float(np.asarray(loop.rho))) * (1 - d))


def _answer(loop: Loop) -> float:
    """Output per hour `HORIZON` years after 1 % more investment in a year, were b_capital one.

    A per cent of investment adds d_capital per cent to the stock.
    """
    unit = replace(loop.switched_off(), b_capital=1.0)
    push = np.array([0.0, float(np.asarray(loop.d_capital)), 0, 0])
    return float(impulse_response(unit, push, HORIZON)[HORIZON, 0])


def _estimates(link: Link, area: Area) -> pd.DataFrame:
    """The versions of a link in the unit of the regressions."""
    if link.level == "itl1":
        return _verdoorn(area)
    codes, _ = states.of_area(area, link.level)
    index = pd.Index(codes)
    outcome, driver = (states.panel(name, link.level).reindex(index) for name in (link.outcome, link.driver))
    clusters, regions = states.clusters(index, link.level), states.regions(index, link.level)
    found = responses(outcome, driver, clusters, regions, link.form)
    if link.parameter == "g_people":
        return pd.concat([found, _working_age(driver, clusters, regions)], ignore_index=True)
    if link.parameter != "b_capital":
        return found
    # A year's investment is a push to the stock and not the stock: its answer is read some years on.
    return pd.concat([found[found["specification"] == "between"], _after_investment(area)], ignore_index=True)


def _working_age(productivity: pd.DataFrame, clusters: pd.Series, regions: pd.Series) -> pd.DataFrame:
    """Growth of people of 16 to 64 a year, from 2011 to 2022, on output per hour of the three years to 2011.

    Within regions; between places, so tilted towards the loop.
    """
    people = states.working_age("district").reindex(productivity.index)
    first, last = people.columns[[0, -1]]
    growth = (people[last] - people[first]) / (last - first)
    level = productivity.loc[:, first - 2 : first].mean(axis=1, skipna=False)
    frame = pd.DataFrame({"y": growth, "x": level}).dropna()
    rows = frame.set_axis(pd.MultiIndex.from_product([frame.index, [last]]))
    slope = projections.fixed_effects(rows, clusters, places=False, cells=regions)
    found = {name: [getattr(slope, name)] for name in ("estimate", "lower", "upper", "n", "reason")}
    about = {"specification": "working age", "tilt": "towards", "first_year": first, "last_year": last}
    return pd.DataFrame(found | {name: [value] for name, value in about.items()}).assign(places=len(frame))


def _after_investment(area: Area) -> pd.DataFrame:
    """Output per hour after investment, by both editions."""
    parts = []
    for edition in states.EDITIONS:
        rows = projections.both_ways(area, edition, horizons=(HORIZON,))
        rows = rows[rows["direction"] == "investment to productivity"]
        parts.append(rows.assign(specification=f"{edition} edition", tilt=""))
    return pd.concat(parts, ignore_index=True)


def _verdoorn(area: Area) -> pd.DataFrame:
    """Least squares, tilted towards one by the identity, and both instruments where they are strong."""
    rows = verdoorn.law(area)
    rows = rows[rows["equation"].str.startswith("productivity on output")]
    weak = rows["first_stage"] < verdoorn.WEAK
    name = rows["equation"].str.partition(", ")[2]
    return rows.assign(
        specification=name.where(name != "", "least squares"),
        tilt=np.where(name == "", "towards", ""),
        estimate=rows["slope"].mask(weak),
        lower=rows["lower"].mask(weak),
        upper=rows["upper"].mask(weak),
        places=rows["regions"],
        reason=rows["note"],
    )
