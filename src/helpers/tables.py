"""What do the shipped tables hold? Their shape, how they are written and how they are loaded."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import paths, writing
from helpers.errors import TableError
from helpers.sources.markers import STATUSES

KEY = ["indicator", "release", "area_code", "area_vintage", "year"]
COLUMNS = [*KEY, "value", "lower", "upper", "status"]
TEXT = {"indicator", "area_code", "area_vintage", "status"}

# Every table of figures, and what it answers. The same tidy shape for all.
FIGURES = {
    "productivity": "GVA per hour worked and per filled job, by district, region and authority",
    "hours_jobs": "Hours worked per week and filled jobs, by district",
    "city_regions": "GVA per hour worked of combined authorities and city regions",
    "regions": "Unsmoothed productivity, output and prices of the regions and the UK",
    "capital_formation": "Gross fixed capital formation by asset and ITL area, as published and as corrected",
    "hours_itl": "Hours worked per week by ITL area in codes of 2021",
    "foreign_investment": "Stock of foreign direct investment by ITL area and authority",
    "exports": "Exports by ITL area and authority",
    "population_total": "Residents by district",
    "transport_capital": "Local authorities' capital spending on transport, by upper-tier area",
    "transport_spending": "Public spending on transport by region",
    "broadband": "Fixed broadband coverage by district",
    "travel_time": "Travel time to the nearest employment centre",
    "innovation": "Research and development, and Innovate UK's grants, by region and NUTS area",
    "industry": "GVA by industry and district, current and volume; employees by section and ITL3 area",
    "skills": "Residents' qualifications, apprenticeships and further education",
    "qualifications_by_group": "People by highest qualification, by sex and for the over-fifties",
    "graduate_towns": "Where graduates stay and go, by English town",
    "population_age": "Residents by band of age",
    "business": "Enterprises by size band, to 2022 by district",
    "business_recent": "Enterprises by size band, 2023 and 2024, by district",
    "business_demography": "Active enterprises, births, deaths, survivors and high growth",
    "labour": "Pay by residence and workplace; employment, inactivity and unemployment",
    "income_housing": "Household income per head and housing affordability",
}
DESCRIPTIONS = FIGURES | {
    "areas": "Areas, their vintages, and which area contains which",
    "indicators": "What each indicator measures, in which unit, from which source",
}
# Tables of text -> their columns, and below those that tell their rows apart.
REGISTERS = {
    "areas": (
        *("code", "vintage", "name", "aliases", "level", "itl3", "itl2", "itl1", "combined_authority"),
        *("forum", "successor", "mapping", "source"),
    ),
    "indicators": (
        *("indicator", "label", "unit", "kind", "interval", "price_basis", "geography", "table", "cards"),
        *("attribution", "low", "high"),
    ),
}
REGISTER_KEYS = {"areas": ["code", "vintage"], "indicators": ["indicator"]}
NO_NAME = r"[^\w '’&(),./|–-]"  # signs that no name of a place has; | stands between aliases
# Tables that would be above 5 MB as CSV.
PARQUET = {"industry"}


def file(name: str, folder: Path = paths.TABLES) -> Path:
    """Where a table is kept: as Parquet where it is too large for CSV, else as CSV."""
    return folder / f"{name}.{'parquet' if name in PARQUET else 'csv'}"


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write a table so that equal content gives equal bytes on every machine.

    Parameters
    ----------
    frame : DataFrame
        The table, already in its final order.
    path : Path
        The file, CSV or by its ending Parquet; written beside itself first and then moved into
        place.

    Notes
    -----
    Fifteen significant digits return every figure as published and hide the last bit, in which
    machines may differ.
    """
    with writing.whole(path) as half:
        if path.suffix == ".parquet":
            _write_parquet(frame, half)
        else:
            frame.to_csv(half, index=False, float_format="%.15g", lineterminator="\n", encoding="utf-8")


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa  # heavy, and only the largest tables need it
    import pyarrow.parquet as pq

    digits = {c: frame[c].map(lambda v: float(f"{v:.15g}")) for c in frame.select_dtypes("float")}
    table = pa.Table.from_pandas(frame.assign(**digits), preserve_index=False)
    # Pandas leaves its version in the metadata.
    pq.write_table(table.replace_schema_metadata(None), path, compression="zstd", compression_level=9)


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of one or more indicators in the one shape and order that every table has.

    Raises
    ------
    TableError
        A key stands twice, a status is unknown, or a value and its status contradict each other.
    """
    table = frame[COLUMNS].sort_values(KEY, ignore_index=True)
    _refuse_unsound(table)
    return table


def _refuse_unsound(table: pd.DataFrame) -> None:
    """Refuse a table of figures that contradicts itself."""
    twice = table[table.duplicated(KEY)]
    if not twice.empty:
        raise TableError(
            f"{len(twice)} keys stand twice, the first being {twice.iloc[0][KEY].to_dict()}; "
            "expected one row per indicator, release, area, vintage and year."
        )
    unknown = set(table["status"]) - set(STATUSES)
    if unknown:
        raise TableError(f"Unknown status {sorted(unknown)}; expected one of {STATUSES}.")
    has_value = table["value"].notna()
    reasoned = table["status"].isin(["missing", "suppressed"])
    if (has_value == reasoned).any():
        bad = table[has_value == reasoned].iloc[0]
        raise TableError(f"Value {bad['value']} with status {bad['status']}: {bad[KEY].to_dict()}.")
    if np.isinf(table[["value", "lower", "upper"]].to_numpy(dtype=float)).any():
        raise TableError("A value is infinite; expected finite figures.")
    outside = table[(table["lower"] > table["value"]) | (table["upper"] < table["value"])]
    if not outside.empty:
        raise TableError(f"A value lies outside its own bounds: {outside.iloc[0][KEY].to_dict()}.")
    blank = table[table[[*TEXT]].isna().any(axis=1) | (table["area_code"] == "") | (table["indicator"] == "")]
    if not blank.empty:
        raise TableError(f"A row lacks an indicator or area: {blank.iloc[0][KEY].to_dict()}.")


@cache
def load(name: str, folder: Path = paths.TABLES) -> pd.DataFrame:
    """One shipped table.

    Parameters
    ----------
    name : str
        A key of `DESCRIPTIONS`.
    folder : Path
        Where the tables are.

    Returns
    -------
    DataFrame
        A table of figures has the columns `COLUMNS`, ``year`` and ``release`` as integers and
        absent values as NaN; ``areas`` and ``indicators`` hold text, absent being empty. The
        frame is shared: do not change it in place.

    Raises
    ------
    TableError
        There is no such table, its header is not the expected one, or it cannot be read or contradicts
        itself.
    """
    table = read(name, folder)
    if name in FIGURES:
        try:
            _refuse_unsound(table)
        except TableError as error:
            raise TableError(f"{file(name, folder).name}: {error} {_restore(file(name, folder))}") from error
    return table


def read(name: str, folder: Path) -> pd.DataFrame:
    """One table as it stands, whether or not it contradicts itself: for those who look for what is wrong.

    Raises
    ------
    TableError
        As `load`, but for contradictions.
    """
    if name not in DESCRIPTIONS:
        raise TableError(f"There is no table {name!r}; there are {', '.join(DESCRIPTIONS)}.")
    path = file(name, folder)
    if not path.exists():
        raise TableError(
            f"{path} is missing; it ships with the project. Restore it with `git checkout "
            f"{path.name}`, or build it: compendium data fetch, then compendium data build."
        )
    try:
        return _figures(path) if name in FIGURES else _register(path, name)
    except (ValueError, OverflowError, OSError) as error:  # pandas and pyarrow have no narrower common name
        raise TableError(f"{path.name}: it cannot be read as a table ({error}). {_restore(path)}") from error
    except TableError as error:
        raise TableError(f"{path.name}: {error} {_restore(path)}") from error


def _restore(path: Path) -> str:
    return f"Restore it with `git checkout {path.name}`, or build it: compendium data build."


def _register(path: Path, name: str) -> pd.DataFrame:
    """A table of text."""
    found, expected = header(path), list(REGISTERS[name])
    if found != expected:
        raise TableError(f"expected the columns {expected}, found {found}.")
    table = pd.read_csv(path, dtype=str, keep_default_na=False, index_col=False)
    wrong = table[table.isna().any(axis=1) | table.duplicated(REGISTER_KEYS[name])]
    if not wrong.empty:
        raise TableError(
            f"Expected whole rows, each {REGISTER_KEYS[name]} once, found {wrong.iloc[0].tolist()}."
        )
    if name == "areas":
        _check_names(table)
    return table


def _figures(path: Path) -> pd.DataFrame:
    """A table of figures."""
    dtypes = {column: "str" if column in TEXT else "float64" for column in COLUMNS}
    dtypes |= {"release": "int64", "year": "int64"}
    found = header(path)
    if found != COLUMNS:
        raise TableError(f"expected the columns {COLUMNS}, found {found}.")
    if path.suffix == ".parquet":
        sys.audit("helpers.tables.load", str(path))  # Arrow opens the file unseen by who records a run
        return pd.read_parquet(path, engine="pyarrow").astype(dtypes)
    return pd.read_csv(
        path,
        dtype=dtypes,
        keep_default_na=False,
        na_values={"value": [""], "lower": [""], "upper": [""]},
        index_col=False,
    )


def _check_names(areas: pd.DataFrame) -> None:
    """Names stand in pages and Markdown: none may hold what either would take for more than a name."""
    names = pd.concat([areas["name"], areas["aliases"]])
    odd = names[names.str.contains(NO_NAME)]
    if len(odd):
        raise TableError(f"{odd.iloc[0]!r} is no name of a place; see what its source says.")


def header(path: Path) -> list[str]:
    """Names of a table file's columns, without reading its rows.

    Raises
    ------
    TableError
        The file ends in ``.parquet`` but is none.
    """
    if path.suffix != ".parquet":
        return list(pd.read_csv(path, nrows=0).columns)
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except pa.ArrowInvalid as error:
        raise TableError(
            f"{path.name}: expected a Parquet file, but it cannot be read as one ({error}). Restore "
            f"it with `git checkout {path.name}`."
        ) from error


def wide(table: str, indicator: str, release: int, codes: Iterable[str] | None = None) -> pd.DataFrame:
    """One indicator in one release as a panel.

    Returns
    -------
    DataFrame
        Rows are area codes (in the order of ``codes`` when given, else sorted), columns are years,
        cells are values; what was not published is NaN. A code that the release does not know is
        left out.
    """
    rows = load(table)
    rows = rows[(rows["indicator"] == indicator) & (rows["release"] == release)]
    panel = rows.pivot(index="area_code", columns="year", values="value")
    if codes is None:
        return panel
    return panel.loc[[code for code in codes if code in panel.index]]
