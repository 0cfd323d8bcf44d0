"""How does a simulated country work? Its firms, and where its workers go from year to year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr  # type: ignore[import-untyped]

from helpers.decomposition.matches import Floats
from helpers.errors import DecompositionError

GRAPHS = ("easy", "chain", "star", "few_movers", "near_disconnected")


@dataclass(frozen=True)
class Country:
    """How a simulated country works. Standard deviations are of log pay.

    Attributes
    ----------
    workers, years : int
        Workers, each there in every year.
    mobility : float
        Probability of changing firm from one year to the next.
    graph : str
        Where movers go. ``easy``: one in five to any other place; ``chain``: those to a neighbouring place
        only; ``star``: to the first place and back only; ``few_movers``: one in 200; ``near_disconnected``:
        two halves of the country, between which one in 2,000 moves.
    workers_per_firm : float
        Workers over firms.
    sorting : float
        Correlation that steers able workers to generous firms within a place, 0 to 1.
    """

    workers: int
    years: int = 8
    mobility: float = 0.12
    graph: str = "easy"
    workers_per_firm: float = 20.0
    places: int = 30
    sorting: float = 0.3
    worker_sd: float = 0.35
    worker_place_sd: float = 0.08
    firm_sd: float = 0.2
    firm_place_sd: float = 0.08
    match_sd: float = 0.08
    year_sd: float = 0.15
    part_time_effect: float = -0.1
    growth: float = 0.02


@dataclass(frozen=True)
class Firms:
    """Firms sorted by place and, within it, by effect; ``ahead`` is the size of all firms before each."""

    place: np.ndarray
    psi: Floats
    ahead: Floats
    first: np.ndarray
    worker_mean: Floats


def check(country: Country) -> None:
    """Refuse a country that cannot be."""
    if country.graph not in GRAPHS:
        raise DecompositionError(f"graph must be one of {', '.join(GRAPHS)}, not {country.graph!r}.")
    if country.workers < 100 or country.years < 2:
        raise DecompositionError("A country has at least 100 workers and two years.")
    if not 0 <= country.mobility <= 1 or not 0 <= country.sorting <= 1:
        raise DecompositionError("mobility and sorting lie between 0 and 1.")


def draw_firms(country: Country, rng: np.random.Generator) -> Firms:
    """Draw firms: at least two in every place, sizes lognormal."""
    places = max(2, min(country.places, country.workers // 50))
    count = max(2 * places, round(country.workers / country.workers_per_firm))
    place = np.sort(
        np.concatenate([np.repeat(np.arange(places), 2), rng.integers(0, places, count - 2 * places)])
    )
    of_place = rng.normal(0, country.firm_place_sd, places)
    psi = of_place[place] + rng.normal(0, country.firm_sd, count)
    order = np.lexsort((psi, place))
    size = rng.lognormal(0, 1.0, count)
    ahead = np.concatenate([[0], np.cumsum(size)])
    first = np.searchsorted(place, np.arange(places + 1))
    # Places with generous firms have able workers: half of the places' worker means follow the firms'
    along = of_place * country.worker_place_sd / country.firm_place_sd if country.firm_place_sd else of_place
    worker_mean = (along + rng.normal(0, country.worker_place_sd, places)) / np.sqrt(2)
    return Firms(place, psi[order], ahead, first, worker_mean)


def careers(
    country: Country, firms: Firms, count: int, rng: np.random.Generator
) -> tuple[Floats, np.ndarray]:
    """Worker effects, (count,), and firms by year, (count, years)."""
    places = len(firms.first) - 1
    home = rng.choice(places, count, p=np.diff(firms.ahead[firms.first]) / firms.ahead[-1])
    ability = rng.standard_normal(count)
    alpha = firms.worker_mean[home] + country.worker_sd * ability
    firm = np.empty((count, country.years), dtype=np.int64)
    place = home
    firm[:, 0] = _choose(country, firms, place, ability, rng)
    for year in range(1, country.years):
        firm[:, year] = firm[:, year - 1]
        moves = np.flatnonzero(rng.random(count) < country.mobility)
        place = firms.place[firm[moves, year - 1]]
        firm[moves, year] = _choose(
            country, firms, _next_place(country, place, places, rng), ability[moves], rng
        )
    return alpha, firm


def _choose(
    country: Country, firms: Firms, place: np.ndarray, ability: Floats, rng: np.random.Generator
) -> np.ndarray:
    """A firm of the place, by size, the abler the worker the more generous."""
    noise = rng.standard_normal(len(place))
    rank = ndtr(country.sorting * ability + np.sqrt(1 - country.sorting**2) * noise)
    begin, end = firms.ahead[firms.first[place]], firms.ahead[firms.first[place + 1]]
    firm = np.searchsorted(firms.ahead, begin + rank * (end - begin), side="right") - 1
    return np.clip(firm, firms.first[place], firms.first[place + 1] - 1)


def _next_place(country: Country, place: np.ndarray, places: int, rng: np.random.Generator) -> np.ndarray:
    """Place of a mover's next firm."""
    other = rng.integers(0, places, len(place))
    chance = rng.random(len(place))
    if country.graph == "chain":
        step = rng.choice([-1, 1], len(place))
        return np.where(chance < 0.2, np.clip(place + step, 0, places - 1), place)
    if country.graph == "star":
        return np.where(chance < 0.2, np.where(place == 0, other, 0), place)
    if country.graph == "few_movers":
        return np.where(chance < 0.005, other, place)
    if country.graph == "near_disconnected":
        half = places // 2
        within = np.where(place < half, other % half, half + other % (places - half))
        return np.where(chance < 0.0005, (place + half) % places, np.where(chance < 0.2, within, place))
    return np.where(chance < 0.2, other, place)


def error_sd(country: Country, firms: Firms, firm: np.ndarray) -> Floats:
    """Pay varies more from year to year in generous firms: errors are not of one variance."""
    return np.asarray(country.year_sd * np.exp(np.clip(firms.psi[firm], -1, 1)))
