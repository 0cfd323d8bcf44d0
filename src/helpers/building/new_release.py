"""Is this file a further release of GVA per hour by district, and what would its card say?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from helpers import catalogue, geography, paths, series, tables
from helpers.building import area_table
from helpers.catalogue import Card
from helpers.errors import ParameterError, SourceError, TableError
from helpers.recipes.part import AUTHORITY, DISTRICT, REGION
from helpers.recipes.productivity import HOURLY, LATER_AUTHORITY
from helpers.sources import ons_productivity

INDICATOR = series.INDICATORS["hour"]
SAME_UNIT = (0.8, 1.25)  # new over old figures of the same districts and years, in the median
SAME_PLACE = (0.5, 2.0)  # the same of one district


@dataclass(frozen=True, eq=False)
class Release:
    """A file that may be added.

    Attributes
    ----------
    card : Card
    earlier : Card
        Of the release before it.
    rows : DataFrame
        Its rows of table ``productivity``, with ``area_name``.
    authorities : DataFrame
        Rows for ``areas.csv``: authorities that no look-up lists.
    notes : tuple of str
        What of the file was left.
    """

    card: Card
    earlier: Card
    rows: pd.DataFrame
    authorities: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def districts(self) -> pd.DataFrame:
        """Districts by year, GBP per hour worked, in codes of the file."""
        here = self.rows[self.rows["area_vintage"] == self.card.geography_vintage]
        return here.pivot(index="area_code", columns="year", values="value")


def inspect(file: Path, release: int) -> Release:
    """Look at a file from all sides before anything is written.

    Parameters
    ----------
    file : Path
        A CSV of ONS's data repository, as `helpers.sources.ons_productivity.read_release` reads it.
    release : int
        Year in which it was released.

    Raises
    ------
    ParameterError
        The release is there already, or is not later than all that are.
    SourceError
        The file is no such release: other columns or indicators, districts of no known vintage,
        without the regions or the UK, years with holes or beyond the release.
    TableError
        Its figures are not those of the same places in the same unit as before.
    """
    earlier = latest_card()
    if release <= (earlier.release or 0):
        known = [card.release for card in catalogue.load().values() if card.id.startswith(HOURLY)]
        what = "is there already" if release in known else f"is not after that of {earlier.release}"
        raise ParameterError(
            f"release: the release of {release} {what}; there are {', '.join(map(str, known))}."
        )
    if not file.is_file():
        raise SourceError(f"{file}: there is no such file; name the CSV of the new release.")
    same = [card.id for card in catalogue.load().values() if catalogue.difference(file, card) is None]
    if same:
        raise SourceError(
            f"{file.name} is the file of card {same[0]}, byte for byte; expected a new release."
        )
    figures = ons_productivity.read_release(file)
    wanted = (figures["indicator"] == INDICATOR) & figures["area_code"].str.fullmatch(
        f"{DISTRICT}|{REGION}|{AUTHORITY}"
    )
    rows = figures[wanted]
    vintage = _vintage(rows, file)
    card = _card(file, release, earlier, rows, vintage)
    codes = rows["area_code"].replace(_ours()["same_area"])
    rows = rows.assign(
        release=release,
        area_vintage=[area_table.vintage(code, vintage) for code in codes],
        area_code=codes,
    )
    found = Release(card, earlier, rows, _authorities(rows), tuple(_left(figures[~wanted])))
    _check_extent(found, file)
    _check_unit(found, file)
    return found


def latest_card() -> Card:
    """Card of the latest release that is there."""
    cards = [card for card in catalogue.load().values() if card.id.startswith(HOURLY)]
    return max(cards, key=lambda card: card.release or 0)


def in_present_codes(districts: pd.DataFrame, vintage: str) -> pd.DataFrame:
    """Figures of districts, with the codes of December 2024; merged districts are left out."""
    present = geography.all_districts(vintage)["present"].reindex(districts.index)
    return districts.set_axis(present, axis=0)[~present.duplicated(keep=False).to_numpy()]


def _ours() -> dict[str, Any]:
    return yaml.safe_load((paths.DATA / "geography.yml").read_text(encoding="utf-8"))


def _vintage(rows: pd.DataFrame, file: Path) -> str:
    """The latest vintage of district codes that has exactly the file's districts."""
    there = set(rows.loc[rows["area_code"].str.fullmatch(DISTRICT), "area_code"])
    areas = tables.load("areas")
    districts = areas[areas["level"] == "district"].groupby("vintage")["code"].agg(set)
    odd = {vintage: sorted(there ^ codes) for vintage, codes in districts.items()}
    fitting = [vintage for vintage, codes in odd.items() if not codes]
    if fitting:
        return str(max(fitting))
    nearest = min(odd, key=lambda vintage: len(odd[vintage]))
    raise SourceError(
        f"{file.name}: expected figures of {INDICATOR} for the districts of one vintage; the nearest is "
        f"{nearest}, from which {len(odd[nearest])} codes differ: {odd[nearest][:5]}."
    )


def _check_extent(found: Release, file: Path) -> None:
    """Every year from the first to the last, none lost, and the areas that others are compared with."""
    years = sorted(set(found.rows["year"]))
    before = tables.wide("productivity", INDICATOR, found.earlier.release or 0)
    lost = sorted(set(before.columns) - set(years))
    if lost or years != list(range(years[0], years[-1] + 1)) or years[-1] >= (found.card.release or 0):
        raise SourceError(
            f"{file.name}: expected every year from {before.columns[0]} to {before.columns[-1]} or later, "
            f"all before the year of release; found {years}."
        )
    lacking = sorted(set(before.index[before.index.str.fullmatch(REGION)]) - set(found.rows["area_code"]))
    if lacking:
        raise SourceError(
            f"{file.name}: expected figures of the regions and the UK, found none of {lacking}."
        )
    whole = found.rows.pivot(index="area_code", columns="year", values="status")
    if whole.isna().to_numpy().any():
        code = whole.index[whole.isna().any(axis=1)][0]
        raise SourceError(f"{file.name}: expected every area in every year; {code} is not in all of them.")


def _check_unit(found: Release, file: Path) -> None:
    """Figures of the same districts and years are near those of the release before."""
    vintage = series.vintage("hour", found.earlier.release or 0)
    before = tables.wide("productivity", INDICATOR, found.earlier.release or 0)
    before = in_present_codes(before[before.index.str.fullmatch(DISTRICT)], vintage)
    after = in_present_codes(found.districts, found.card.geography_vintage or "")
    ratio = (after / before).reindex(index=after.index.intersection(before.index), columns=before.columns)
    middle = float(ratio.stack().median())
    if not SAME_UNIT[0] <= middle <= SAME_UNIT[1]:
        raise TableError(
            f"{file.name}: figures of the same districts and years are {middle:.3g} times those of the "
            f"release of {found.earlier.release}; expected the same unit, {found.earlier.unit}."
        )
    by_place = ratio.median(axis=1)
    odd = by_place[~by_place.between(*SAME_PLACE) & by_place.notna()]
    if len(odd):
        raise TableError(
            f"{file.name}: {odd.index[0]} has {odd.iloc[0]:.3g} times the figures of the release of "
            f"{found.earlier.release} ({len(odd)} districts are as far off); expected the same places."
        )


def _authorities(rows: pd.DataFrame) -> pd.DataFrame:
    """Authorities that ``areas.csv`` does not have yet, as rows for it."""
    areas = tables.load("areas")
    known = set(zip(areas["code"], areas["vintage"], strict=True))
    named = rows.rename(columns={"area_code": "code", "area_vintage": "vintage", "area_name": "name"})
    named = named[["code", "vintage", "name"]].drop_duplicates(["code", "vintage"])
    new = [key not in known for key in zip(named["code"], named["vintage"], strict=True)]
    return named[new].assign(level=LATER_AUTHORITY)


def _left(figures: pd.DataFrame) -> list[str]:
    """What of the file no table takes."""
    if figures.empty:
        return []
    areas = figures.drop_duplicates("area_code")
    other = sorted(set(figures["indicator"]) - {INDICATOR})
    of_other = f" and of {', '.join(other)}" if other else ""
    return [
        f"Left: {len(figures):,} figures of {len(areas)} areas{of_other} that the table does not take "
        f"({', '.join(sorted(areas['area_name'])[:3])}{', ...' if len(areas) > 3 else ''})."
    ]


def _card(file: Path, release: int, earlier: Card, rows: pd.DataFrame, vintage: str) -> Card:
    """A card that says what is known, and in its caveats what is not."""
    codes = rows["area_code"].drop_duplicates()
    kinds = {
        f"{int(codes.str.fullmatch(DISTRICT).sum())} local authority districts": DISTRICT,
        "combined authorities": AUTHORITY,
        "ITL1 regions and UK": REGION,
    }
    return Card(
        id=f"{HOURLY}{release}",
        path=f"productivity/lad_gva_per_hour_release_{release}.csv",
        producer=earlier.producer,
        title=f"GVA per hour worked by local authority district, release of {release}",
        release=release,
        published=None,
        official_page=earlier.official_page,
        url=None,
        licence=earlier.licence,
        attribution=earlier.attribution,
        geography=", ".join(words for words, kind in kinds.items() if codes.str.fullmatch(kind).any()),
        geography_vintage=vintage,
        years=f"{rows['year'].min()}-{rows['year'].max()}",
        unit=earlier.unit,
        price_basis=earlier.price_basis,
        bytes=file.stat().st_size,
        sha256=catalogue.sha256(file),
        derived=False,
        caveats=(
            f"Registered from a file named {file.name}; where it came from and on which day it was published "
            "was not recorded.",
            f"Licence, attribution, unit and smoothing are taken to be those of the release of "
            f"{earlier.release}: check them against the notes of this release.",
            "The vintage of the district codes was found by comparing them with areas.csv.",
        ),
    )
