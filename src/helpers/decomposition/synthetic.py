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
from scipy.special import ndtri  # type: ignore[import-untyped]

from helpers import writing
from helpers.decomposition import connected
from helpers.decomposition.components import NAMES
from helpers.decomposition.country import (
    GRAPHS,
    Country,
    Firms,
    careers,
    check,
    draw_firms,
    error_sd,
)
from helpers.decomposition.hashing import uniform
from helpers.decomposition.matches import Floats, Matches, by_place
from helpers.decomposition.place import PREFIX

__all__ = ["GRAPHS", "Country", "Population", "population", "simulate", "true_components"]

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
    check(country)
    out.mkdir(parents=True, exist_ok=True)
    firms = draw_firms(country, np.random.default_rng([seed, 0]))
    sums = []
    with (
        writing.whole(out / "panel.parquet") as half,
        pq.ParquetWriter(half, _SCHEMA, compression="snappy") as writer,
    ):
        for table, matched in _pieces(country, firms, seed):
            writer.write_table(table)
            sums.append(matched)
    writing.text(out / "map.yml", yaml.safe_dump(MAP, sort_keys=False))
    people = _joined(country, sums, firms)
    keep = connected.leave_match_out(people.matches).keep
    columns = {"population": true_components(people), "leave_out_set": true_components(people, keep)}
    truth = pd.DataFrame(columns).rename_axis("component").reset_index()
    with writing.whole(out / "truth.csv") as half:
        truth.to_csv(half, index=False)
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
    check(country)
    firms = draw_firms(country, np.random.default_rng([seed, 0]))
    sums = []
    for piece, begin in enumerate(range(0, country.workers, PIECE)):
        rng = np.random.default_rng([seed, 1, piece])
        alpha, firm = careers(country, firms, min(PIECE, country.workers - begin), rng)
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


def _pieces(country: Country, firms: Firms, seed: int) -> Iterator[tuple[pa.Table, tuple[np.ndarray, ...]]]:
    """Records of each piece of workers in order of worker and year, and their matches with the truth."""
    names = pa.array([f"P{k + 1:03d}" for k in range(len(firms.first) - 1)])
    for piece, begin in enumerate(range(0, country.workers, PIECE)):
        rng = np.random.default_rng([seed, 1, piece])
        count = min(PIECE, country.workers - begin)
        alpha, firm = careers(country, firms, count, rng)
        worker = np.repeat(np.arange(begin, begin + count), country.years)
        year = np.tile(np.arange(country.years), count)
        at = firm.ravel()
        # A match's error comes with the pair: a worker who returns to a firm finds it again
        pair = uniform(seed + 1, worker * np.int64(len(firms.psi)) + at)
        sd = error_sd(country, firms, at)
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
    return Population(matches, alpha, firms.psi, shared, error_sd(country, firms, firm) ** 2)


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
