"""Are the shipped tables what they should be, and do they still follow from the raw files?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from helpers import catalogue, paths, tables
from helpers.building import plausible, raw_checks
from helpers.building.raw_checks import Check
from helpers.sources.markers import STATUSES

WITH_HOLES = {"population_age"}
# A sum of districts may miss this share of the published total: hours that Northern Ireland's
# total holds but no district (note 2 of the sheet), and rounding.
UNALLOCATED = 0.005


def run(mirror: Path | None = None, folder: Path = paths.TABLES) -> list[Check]:
    """Look at everything that can be looked at here.

    Parameters
    ----------
    mirror : Path, optional
        A folder with the raw files; ``data/raw`` otherwise. What needs raw files that are not
        there is said to be left out, and does not fail.
    folder : Path
        Where the tables are.

    Returns
    -------
    list of Check
    """
    return [
        *package(folder),
        *soundness(folder),
        *raw_checks.cards_and_files(mirror),
        *raw_checks.editions(mirror),
    ]


def soundness(folder: Path = paths.TABLES) -> Iterator[Check]:
    """Tables by themselves: shape, keys, ranges, years, codes, coverage and sums."""
    areas, indicators = tables.read("areas", folder), tables.read("indicators", folder)
    for name in tables.FIGURES:
        frame = tables.read(name, folder)
        yield from (_schema(name, frame), _ranges(name, frame, indicators), _years(name, frame))
    every = pd.concat([tables.read(n, folder) for n in tables.FIGURES])
    yield from (_known_areas(every, areas), _known_indicators(every, indicators))
    yield from _coverage(tables.read("productivity", folder), areas)
    yield from (_hours(tables.read("hours_jobs", folder)), _output(tables.read("regions", folder)))


def package(folder: Path = paths.TABLES) -> Iterator[Check]:
    """Tables and their description, both ways, by hash."""
    description = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    described = {r["path"]: r["hash"] for r in description["resources"]}
    there = {p.name for p in folder.iterdir() if p.suffix in (".csv", ".geojson", ".parquet")}
    odd = sorted(there ^ set(described))
    yield Check(
        "tables and datapackage.json name the same files",
        not odd,
        ", ".join(odd) or f"{len(there)} files",
        files=tuple(odd),
    )
    changed = [
        name
        for name in sorted(there & set(described))
        if described[name] != f"sha256:{catalogue.sha256(folder / name)}"
    ]
    detail = f"changed since they were built: {', '.join(changed)}" if changed else f"{len(there)} files"
    yield Check("tables have the hashes of datapackage.json", not changed, detail, files=tuple(changed))


def _schema(name: str, frame: pd.DataFrame) -> Check:
    text, year = pa.Column(str), pa.Column(int, pa.Check.in_range(1990, 2100))
    number = pa.Column(float, nullable=True)
    schema = pa.DataFrameSchema(
        {
            "indicator": text,
            "release": year,
            "area_code": text,
            "area_vintage": text,
            "year": year,
            "value": number,
            "lower": number,
            "upper": number,
            "status": pa.Column(str, pa.Check.isin(STATUSES)),
        },
        checks=[
            pa.Check(lambda d: d["value"].notna() | d["status"].isin(["missing", "suppressed"])),
            pa.Check(lambda d: ~((d["lower"] > d["value"]) | (d["upper"] < d["value"]))),
            pa.Check(lambda d: d["year"] <= d["release"]),
        ],
        unique=tables.KEY,
        strict=True,
        ordered=True,
    )
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        return Check(f"{name}: schema", False, f"{len(cases)} faults, first: {cases.iloc[0].to_dict()}")
    return Check(f"{name}: schema and unique keys", True, f"{len(frame):,} rows")


def _ranges(name: str, frame: pd.DataFrame, indicators: pd.DataFrame) -> Check:
    """Every figure lies in its indicator's plausible range: a slip of unit falls outside."""
    out = plausible.outside(frame, indicators)
    detail = f"{len(out)} outside, first: {out.iloc[0][tables.KEY].to_dict()}" if len(out) else "all inside"
    return Check(f"{name}: plausible ranges", out.empty, detail)


def _years(name: str, frame: pd.DataFrame) -> Check:
    """Every series runs without a hole from its first to its last year.

    Ages of residents are at hand for the years of two files only, so that table has holes.
    """
    if name in WITH_HOLES:
        return Check(f"{name}: years", True, f"{sorted(set(frame['year']))} as the files give them")
    spans = frame.groupby(tables.KEY[:-1])["year"].agg(["min", "max", "count"])
    holes = spans[spans["max"] - spans["min"] + 1 != spans["count"]]
    detail = (
        f"{len(holes)} series with holes, first: {holes.index[0]}" if len(holes) else f"{len(spans):,} series"
    )
    return Check(f"{name}: years without holes", holes.empty, detail)


def _known_areas(every: pd.DataFrame, areas: pd.DataFrame) -> Check:
    used = set(every[["area_code", "area_vintage"]].itertuples(index=False, name=None))
    known = set(areas[["code", "vintage"]].itertuples(index=False, name=None))
    lost = sorted(used - known)
    return Check(
        "every area code and vintage is in areas.csv",
        not lost,
        f"{lost[:3]}" if lost else f"{len(used):,} matched",
    )


def _known_indicators(every: pd.DataFrame, indicators: pd.DataFrame) -> Check:
    odd = sorted(set(every["indicator"]) ^ set(indicators["indicator"]))
    return Check(
        "tables and indicators.csv name the same indicators",
        not odd,
        ", ".join(odd) or f"{len(indicators)}",
    )


def _coverage(rows: pd.DataFrame, areas: pd.DataFrame) -> Iterator[Check]:
    """Every release names all districts of its vintage; 2022 came without Northern Ireland."""
    districts = areas[areas["level"] == "district"]
    of_districts = rows[rows["area_vintage"].str.startswith("LAD")]
    for (indicator, release), here in of_districts.groupby(["indicator", "release"]):
        vintage = here["area_vintage"].iloc[0]
        expected = set(districts.loc[districts["vintage"] == vintage, "code"])
        if release == 2022:
            expected = {code for code in expected if not code.startswith("N09")}
        odd = sorted(expected ^ set(here["area_code"]))
        yield Check(
            f"{indicator} {release} names every district of {vintage}",
            not odd,
            f"differs in {odd[:5]}" if odd else f"{len(expected)} districts",
        )


def _hours(rows: pd.DataFrame) -> Check:
    """Districts' hours and jobs add up to the UK's, but for what no district is given."""
    whole = rows[rows["area_vintage"] == "UK"].set_index(["indicator", "release", "year"])["value"]
    parts = (
        rows[rows["area_vintage"] != "UK"]
        .groupby(["indicator", "release", "year"])["value"]
        .sum(min_count=361)
    )
    ratio = (parts / whole).dropna()  # Northern Ireland's jobs of 2023 are missing: no sum
    fits = ratio.between(1 - UNALLOCATED, 1 + 1e-6)
    return Check(
        "districts' hours and jobs add up to the UK",
        bool(fits.all()),
        f"{ratio.min():.5f} to {ratio.max():.5f}",
    )


def _output(rows: pd.DataFrame) -> Check:
    """The twelve regions' GVA adds up to the UK's, within the rounding to a million each."""
    gva = rows[rows["indicator"] == "gva_current"].pivot(index="year", columns="area_code", values="value")
    regions = [c for c in gva.columns if c.startswith("TL")]
    off = (gva[regions].sum(axis=1) - gva["K99000002"]).abs().max()
    return Check(
        "regions' GVA adds up to the UK",
        bool(off <= len(regions) / 2),
        f"at most {off:.0f} GBP million off",
    )
