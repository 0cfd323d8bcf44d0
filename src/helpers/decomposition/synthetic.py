"""A country whose true shares are known: linked records with sorting, moves, places and hard graphs.

Written in pieces of workers to Parquet, with the columns a lab's records have and nothing that a lab would
not know. The truth stands in a file of its own, for the whole population and for the leave-match-out set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from scipy.special import ndtr, ndtri  # type: ignore[import-untyped]

from helpers.decomposition import connected
from helpers.decomposition.components import NAMES
from helpers.decomposition.hashing import uniform
from helpers.decomposition.matches import Floats, Matches, by_place
from helpers.decomposition.place import PREFIX
from helpers.errors import DecompositionError

GRAPHS = ("easy", "chain", "star", "few_movers", "near_disconnected")
PIECE = 100_000  # workers; what is drawn for a worker depends on it, so it is no setting
FIRST_YEAR = 2004
MAP = {
    "worker": "worker",
    "firm": "firm",
    "place": "place",
    "year": "year",
    "pay": "log_pay",
    "controls": ["part_time"],
}


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


def simulate(country: Country, seed: int, out: Path) -> pd.DataFrame:
    """Write ``panel.parquet``, ``map.yml`` and ``truth.csv``.

    Returns
    -------
    DataFrame
        ``component, population, leave_out_set``: variances of true effects, weighted by worker-years. The
        residual variance is that of the distribution errors are drawn from.

    Raises
    ------
    DecompositionError
        When the country is too small, or the graph is not known.
    """
    _possible(country)
    out.mkdir(parents=True, exist_ok=True)
    firms = _firms(country, np.random.default_rng([seed, 0]))
    sums = []
    with pq.ParquetWriter(out / "panel.parquet", _SCHEMA, compression="snappy") as writer:
        for table, matched in _pieces(country, firms, seed):
            writer.write_table(table)
            sums.append(matched)
    (out / "map.yml").write_text(yaml.safe_dump(MAP, sort_keys=False), encoding="utf-8")
    people = _joined(country, sums, firms)
    keep = connected.leave_match_out(people.matches).keep
    columns = {"population": true_components(people), "leave_out_set": true_components(people, keep)}
    truth = pd.DataFrame(columns).rename_axis("component").reset_index()
    truth.to_csv(out / "truth.csv", index=False)
    return truth


@dataclass(frozen=True)
class Population:
    """Matches of a country with the truth about them.

    Attributes
    ----------
    matches : Matches
        Of all workers.
    alpha : (matches,) float64
        Worker effect of each.
    psi : (firms,) float64
        Firm effects.
    match_variance, year_variance : (matches,) float64
        Variance of the part of the error that the match shares, and of that which comes anew each year.
    """

    matches: Matches
    alpha: Floats
    psi: Floats
    match_variance: Floats
    year_variance: Floats


def population(country: Country, seed: int) -> Population:
    """The country that `simulate` writes, without its errors and without a file."""
    _possible(country)
    firms = _firms(country, np.random.default_rng([seed, 0]))
    sums = []
    for piece, begin in enumerate(range(0, country.workers, PIECE)):
        rng = np.random.default_rng([seed, 1, piece])
        alpha, firm = _careers(country, firms, min(PIECE, country.workers - begin), rng)
        sums.append(_matched(firm, alpha))
    return _joined(country, sums, firms)


_SCHEMA = pa.schema(
    {
        "worker": pa.int64(),
        "firm": pa.int32(),
        "place": pa.dictionary(pa.int32(), pa.string()),
        "year": pa.int32(),
        "log_pay": pa.float64(),
        "part_time": pa.int8(),
    }
)


def _possible(country: Country) -> None:
    if country.graph not in GRAPHS:
        raise DecompositionError(f"graph must be one of {', '.join(GRAPHS)}, not {country.graph!r}.")
    if country.workers < 100 or country.years < 2:
        raise DecompositionError("A country has at least 100 workers and two years.")
    if not 0 <= country.mobility <= 1 or not 0 <= country.sorting <= 1:
        raise DecompositionError("mobility and sorting lie between 0 and 1.")


def _firms(country: Country, rng: np.random.Generator) -> Firms:
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


def _pieces(country: Country, firms: Firms, seed: int) -> Iterator[tuple[pa.Table, tuple[np.ndarray, ...]]]:
    """Records of each piece of workers in order of worker and year, and their matches with the truth."""
    names = pa.array([f"P{k + 1:03d}" for k in range(len(firms.first) - 1)])
    for piece, begin in enumerate(range(0, country.workers, PIECE)):
        rng = np.random.default_rng([seed, 1, piece])
        count = min(PIECE, country.workers - begin)
        alpha, firm = _careers(country, firms, count, rng)
        worker = np.repeat(np.arange(begin, begin + count), country.years)
        year = np.tile(np.arange(country.years), count)
        at = firm.ravel()
        # A match's error comes with the pair: a worker who returns to a firm finds it again
        pair = uniform(seed + 1, worker * np.int64(len(firms.psi)) + at)
        sd = _error_sd(country, firms, at)
        part_time = rng.random(len(worker)) < 0.2
        log_pay = 2.5 + np.repeat(alpha, country.years) + firms.psi[at] + country.growth * year
        log_pay += country.part_time_effect * part_time
        log_pay += country.match_sd * ndtri(pair) + sd * rng.standard_normal(len(worker))
        columns = [
            pa.array(worker),
            pa.array(at.astype(np.int32)),
            pa.DictionaryArray.from_arrays(firms.place[at].astype(np.int32), names),
            pa.array((FIRST_YEAR + year).astype(np.int32)),
            pa.array(log_pay),
            pa.array(part_time.astype(np.int8)),
        ]
        yield pa.Table.from_arrays(columns, schema=_SCHEMA), _matched(firm, alpha)


def _careers(
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


def _error_sd(country: Country, firms: Firms, firm: np.ndarray) -> Floats:
    """Pay varies more from year to year in generous firms: errors are not of one variance."""
    return np.asarray(country.year_sd * np.exp(np.clip(firms.psi[firm], -1, 1)))


def _matched(firm: np.ndarray, alpha: Floats) -> tuple[np.ndarray, ...]:
    """Number of matches of each worker; firm, worker-years and worker effect of each match."""
    ordered = np.sort(firm, axis=1)
    begins = np.ones(ordered.shape, dtype=bool)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    counts = begins.sum(axis=1)
    first = np.flatnonzero(begins.ravel())
    weight = np.diff(np.append(first, ordered.size)).astype(np.int16)
    at = ordered.ravel()[first].astype(np.int32)
    return counts, at, weight, np.repeat(alpha, counts)


def _joined(country: Country, sums: list[tuple[np.ndarray, ...]], firms: Firms) -> Population:
    counts, firm, weight, alpha = (np.concatenate(parts) for parts in zip(*sums, strict=True))
    start = np.concatenate([[0], np.cumsum(counts)])
    place = firms.place[firm].astype(np.int32)
    places = len(firms.first) - 1
    matches = Matches(start, firm, weight.astype(np.float64), len(firms.psi), place, places)
    shared = np.full(len(firm), country.match_sd**2)
    return Population(matches, alpha, firms.psi, shared, _error_sd(country, firms, firm) ** 2)


def true_components(people: Population, keep: np.ndarray | None = None) -> dict[str, float]:
    """Components of true effects over some matches, all by default, by `components` and `place` names."""
    matches = people.matches
    weight = matches.weight if keep is None else matches.weight * keep
    years = by_place(weight, matches)
    share, of_place = weight / weight.sum(), years / years.sum()
    effects = (people.alpha, people.psi[matches.firm])
    means = [by_place(weight * values, matches) / np.where(years > 0, years, 1.0) for values in effects]
    error = share @ (people.match_variance + people.year_variance)
    found: dict[str, float] = {}
    for prefix, by, (alpha, psi), rest in (
        ("", share, effects, error),
        (PREFIX, of_place, means, 0.0),  # errors of place means are no part of the truth
    ):
        alpha, psi = alpha - by @ alpha, psi - by @ psi
        parts = (by @ alpha**2, by @ psi**2, by @ (alpha * psi), rest)
        found |= {prefix + name: float(part) for name, part in zip(NAMES, parts, strict=True)}
    return found
