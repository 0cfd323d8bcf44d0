"""How old are the residents? Mid-year population estimates by single year of age, in bands."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, columns, markers, uk_areas

LAST_AGE = 90  # and over
BANDS = {
    "population_all_ages": (0, LAST_AGE),
    "population_0_15": (0, 15),
    "population_16_24": (16, 24),
    "population_25_64": (25, 64),
    "population_16_64": (16, 64),
    "population_65_plus": (65, LAST_AGE),
}
YEARS = (2011, 2022)
SEXES = ("Female", "Male")


def read_two_years(path: Path) -> pd.DataFrame:
    """Residents by band of age in mid-2011 and mid-2022, both sexes together.

    Parameters
    ----------
    path : Path
        CSV with one row per area and single year of age, and a column per year and sex.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``, in persons; bands
        and sexes are added up here. The producer gives no interval.

    Raises
    ------
    SourceError
        A column is missing, a cell is no whole number of persons, or an area lacks an age.
    """
    keys = ["Area code", "Area name", "Age"]
    counts = {f"Mid-{y} population ({sex})": y for sex in SEXES for y in YEARS}
    raw = columns.read(path, [*keys, *counts])
    figures = _persons(raw[["Age", *counts]], path)
    figures.insert(0, "area_code", raw["Area code"])
    of_each = figures.groupby("area_code", sort=False)["Age"].agg(list)
    odd = of_each[of_each.map(lambda ages: sorted(ages) != list(range(LAST_AGE + 1)))]
    if not odd.empty:
        raise SourceError(
            f"{path.name}: expected each age from 0 to {LAST_AGE} once in every area, found the ages "
            f"{odd.iloc[0][:5]} and so on in {odd.index[0]}."
        )
    figures["area_code"], left = uk_areas.ours(raw["Area code"], path.name)
    names = raw.groupby(figures["area_code"])["Area name"].first()
    parts = []
    for year in YEARS:
        both = figures[[column for column, of in counts.items() if of == year]].sum(axis=1)
        by_age = both.groupby([figures["area_code"], figures["Age"]]).sum().unstack()
        parts.append(_bands(by_age, names, year))
    taken = int(figures["area_code"].notna().sum())
    return account.tidy(pd.concat(parts, ignore_index=True), path, len(raw), taken, left)


def read_2023(path: Path) -> pd.DataFrame:
    """Residents by band of age in mid-2023, districts of England and Wales.

    Parameters
    ----------
    path : Path
        CSV with one row per district and a column per single year of age.

    Returns
    -------
    DataFrame
        As `read_two_years`. Rows of Scotland and Northern Ireland are no estimates of ONS (they
        hold fractions of persons) and are left.

    Raises
    ------
    SourceError
        A column is missing, a cell is no whole number of persons, a code stands twice, or the ages
        of an area do not add up to its total.
    """
    ages = [*map(str, range(LAST_AGE)), f"{LAST_AGE}+"]
    raw = columns.read(path, ["code", "name", "all", *ages])
    odd = raw.loc[~raw["code"].str.fullmatch(uk_areas.DISTRICT.pattern), "code"]
    if not odd.empty:
        raise SourceError(f"{path.name}: expected codes of districts, found {odd.iloc[0]!r}.")
    twice = raw.loc[raw["code"].duplicated(), "code"]
    if not twice.empty:
        raise SourceError(f"{path.name}: expected each district once, found {twice.iloc[0]!r} twice.")
    ours = raw["code"].str.match(r"[EW]")
    kept = raw[ours].set_index("code")
    figures = _persons(kept[["all", *ages]], path)
    off = figures[figures[ages].sum(axis=1) != figures["all"]]
    if not off.empty:
        raise SourceError(
            f"{path.name}: expected the ages of {off.index[0]} to add up to its column 'all', "
            f"{off['all'].iloc[0]:,}, found {off[ages].iloc[0].sum():,}."
        )
    by_age = figures[ages].set_axis(range(LAST_AGE + 1), axis=1)
    left = {"Scotland and Northern Ireland, not estimated by ONS": int((~ours).sum())}
    return account.tidy(_bands(by_age, kept["name"], 2023), path, len(raw), len(kept), left)


def _bands(by_age: pd.DataFrame, names: pd.Series, year: int) -> pd.DataFrame:
    """Tidy rows of every band; rows of `by_age` are areas, columns single ages."""
    parts = []
    for indicator, (youngest, oldest) in BANDS.items():
        value = by_age[list(range(youngest, oldest + 1))].sum(axis=1).astype(float)
        rows = pd.DataFrame({"area_code": value.index, "value": value.to_numpy(), "year": year})
        rows["area_name"] = rows["area_code"].map(names)
        parts.append(rows.assign(indicator=indicator))
    return pd.concat(parts, ignore_index=True).assign(status=markers.PUBLISHED)


def _persons(cells: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Whole numbers, not negative; the file has no marker for an absent one."""
    figures = cells.apply(pd.to_numeric, errors="coerce")
    bad = figures.isna() | (figures % 1 != 0) | (figures < 0)
    if bad.to_numpy().any():
        column = bad.columns[bad.any()][0]
        found = cells.loc[bad[column], column].iloc[0]
        raise SourceError(f"{path.name}, {column!r}: expected a whole number of persons, found {found!r}.")
    return figures.astype("int64")
