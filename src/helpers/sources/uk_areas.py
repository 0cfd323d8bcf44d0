"""Which of our areas is meant by this code, name or former district?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from helpers import catalogue
from helpers.errors import SourceError
from helpers.sources import markers, ons_geography

DISTRICT = re.compile(r"E0[6789]\d{6}|W06\d{6}|S12\d{6}|N09\d{6}")
UK = "K99000002"
# Codes of every kind of area that a file may have a row for: districts, ITL areas (TLZ is Extra-Regio, TLB
# England), the UK, combined authorities and city regions.
KNOWN = re.compile(rf"{DISTRICT.pattern}|TL[B-NZ][0-9A-Z]{{0,2}}|UKX?|{UK}|(E47|W42|N34)\d{{6}}")
# Code of the statistics of households, people and firms -> ITL1 code of the same area. The UK has
# no households or firms off its shores, so it is the UK less Extra-Regio.
REGIONS = {
    "E12000001": "TLC",
    "E12000002": "TLD",
    "E12000003": "TLE",
    "E12000004": "TLF",
    "E12000005": "TLG",
    "E12000006": "TLH",
    "E12000007": "TLI",
    "E12000008": "TLJ",
    "E12000009": "TLK",
    "W92000004": "TLL",
    "S92000003": "TLM",
    "N92000002": "TLN",
    "K02000001": UK,
}
# Beginning of a code -> what it stands for, where that is no level we compare.
OTHER_LEVELS = {
    "E10": "counties",
    "E11": "metropolitan counties",
    "E13": "Inner and Outer London",
    "E47": "combined authorities",
    "E92": "England",
    "K03": "Great Britain",
    "K04": "England and Wales",
    "TLB": "England",
    "TL": "ITL2 and ITL3 areas",
    "W42": "city regions",
    "N34": "city regions",
}
LOOKUP, CHANGES = "lookup-lad23-itl21", "lad-changes"
# Kind of area before the colon of a name in a workbook drawn from Nomis -> what it stands for; only
# districts (`NOMIS_DISTRICT`) are compared.
NOMIS_DISTRICT = "ladu"
NOMIS_KINDS = {
    "country": "England",
    "lep": "local enterprise partnerships",
    "User Defined Geography": "areas of skills plans",
}
NOMIS_SPELLING = {"Rhondda Cynon Taff": "Rhondda Cynon Taf"}


def ours(codes: pd.Series, file: str) -> tuple[pd.Series, dict[str, int]]:
    """Our code of each area, and how many rows are of levels that are not compared.

    Parameters
    ----------
    codes : Series of str
        Codes of nine characters, or ITL codes; districts keep theirs.
    file : str
        Name of the file, for the error message.

    Returns
    -------
    (Series, dict of str to int)
        Our codes, missing where the area is left out; and the rows left out by level. Where a file
        has both, regions are taken by their ITL1 code.

    Raises
    ------
    SourceError
        A code is of no known kind.
    """
    itl1 = codes.str.fullmatch(r"TL[C-N]")
    regions = {} if itl1.any() else {c: t for c, t in REGIONS.items() if t != UK}
    known = codes.where(itl1 | codes.str.fullmatch(DISTRICT.pattern))
    known = known.fillna(codes.map(regions | {"K02000001": UK}))
    return known, other_levels(codes[known.isna()], file)


def refuse_unknown(codes: pd.Series, file: str, kind: re.Pattern[str] = KNOWN) -> None:
    """Refuse codes that are of no known kind: what stands under them would be lost further on.

    Parameters
    ----------
    codes : Series of str
    file : str
        Name of the file, for the error message.
    kind : Pattern
        What every code must match whole.

    Raises
    ------
    SourceError
        A code does not.
    """
    odd = codes[~codes.str.fullmatch(kind.pattern)]
    if not odd.empty:
        raise SourceError(
            f"{file}: expected codes of areas like {kind.pattern}, found {odd.iloc[0][:60]!r} "
            f"({odd.nunique()} such in all)."
        )


def other_levels(codes: pd.Series, file: str) -> dict[str, int]:
    """How many rows are of levels that are not compared, by level.

    Parameters
    ----------
    codes : Series of str
        Codes of the rows that are left.
    file : str
        Name of the file, for the error message.

    Raises
    ------
    SourceError
        A code is of no known kind.
    """
    left: Counter[str] = Counter()
    for code, rows in codes.value_counts().items():
        code = str(code)
        level = next((what for begin, what in OTHER_LEVELS.items() if code.startswith(begin)), None)
        if level is None and code in REGIONS:
            level = "regions that the file repeats by their ITL1 code"
        if level is None:
            raise SourceError(
                f"{file}: expected codes of districts, regions and other known areas, found {code!r}."
            )
        left[f"level not compared: {level}"] += rows
    return dict(left)


@dataclass(frozen=True)
class Districts:
    """Districts of April 2023 and what they were before.

    Attributes
    ----------
    codes : frozenset of str
        Districts of April 2023.
    by_name : dict of str to str
        Name to code, of these and of former districts.
    successor : dict of str to str
        Code of a former district to the one that followed it.
    """

    codes: frozenset[str]
    by_name: dict[str, str]
    successor: dict[str, str]

    def in_2023(self, code: str) -> str:
        """The district of April 2023 that a district of any earlier year lies in."""
        while code not in self.codes and code in self.successor:
            code = self.successor[code]
        return code

    def whole(self, code: str, there: set[str]) -> bool:
        """Whether a district, or all that it was made of, is among some codes."""
        parts = [old for old, new in self.successor.items() if new == code]
        return code in there or (parts != [] and all(self.whole(part, there) for part in parts))


@cache
def districts(raw: Path) -> Districts:
    """Districts of April 2023 and former ones, from the look-up and the history of codes.

    Parameters
    ----------
    raw : Path
        The folder of raw files that holds both.

    Raises
    ------
    SourceError
        One of the two is not there.
    """
    cards = catalogue.load()
    files = {card: raw / cards[card].path for card in (LOOKUP, CHANGES)}
    for card, file in files.items():
        if not file.exists():
            raise SourceError(
                f"{file} is missing, by which names and former districts get their codes. Fetch it: "
                f"compendium data fetch {card}."
            )
    lookup = ons_geography.read_itl_lookup(files[LOOKUP])
    changes = ons_geography.read_changes(files[CHANGES])
    moved = changes[changes["year"] <= 2023]
    both = moved[["old", "new"]].apply(lambda codes: codes.str.fullmatch(DISTRICT.pattern)).all(axis=1)
    moved = moved[both]
    return Districts(
        frozenset(lookup["code"]),
        dict(zip(moved["old_name"], moved["old"], strict=True))
        | dict(zip(lookup["name"], lookup["code"], strict=True)),
        dict(zip(moved["old"], moved["new"], strict=True)),
    )


def code_of_names(names: pd.Series, register: Districts, file: str) -> pd.Series:
    """Code of each district, by its name.

    Raises
    ------
    SourceError
        A name is not that of a district of 2023 or before.
    """
    codes = names.replace(NOMIS_SPELLING).map(register.by_name)
    if codes.isna().any():
        lost = sorted(set(names[codes.isna()]))
        raise SourceError(
            f"{file}: expected names of districts, found {lost[:3]} ({len(lost)} in all). A spelling "
            "of the file's own belongs in helpers.sources.uk_areas."
        )
    return codes


def sum_to_2023(counts: pd.DataFrame, register: Districts, file: str) -> pd.DataFrame:
    """Counts by the districts of April 2023: former districts are added up.

    Parameters
    ----------
    counts : DataFrame
        Rows of a reader. Counts only: rates of merged districts cannot be had from their rates.
    register : Districts
    file : str
        Name of the file, for the error message.

    Returns
    -------
    DataFrame
        The same columns. Bounds add up, as the rounding of each part can err the same way. A sum
        with a part that has no figure has none, and one with a provisional part is provisional.

    Raises
    ------
    SourceError
        Some former districts of a district are there and others are not, or a district stands
        beside one of its former parts.
    """
    now = counts["area_code"].map({c: register.in_2023(c) for c in counts["area_code"].unique()})
    former = now != counts["area_code"]
    for (indicator, year), there in counts.groupby(["indicator", "year"])["area_code"]:
        codes, merged = set(there), set(now[there.index][former[there.index]])
        broken = [code for code in merged if code in codes or not register.whole(code, codes)]
        if broken:
            raise SourceError(
                f"{file}: {indicator} of {year}: expected {sorted(broken)} itself or everything it "
                "was made of, found a part of it."
            )
    key = ["indicator", "area_code", "year"]
    parts = counts[former].assign(area_code=now[former])
    numbers = ["value", "lower", "upper"]
    sums = parts.groupby(key)[numbers].agg(lambda part: part.sum(skipna=False))
    worst = [markers.SUPPRESSED, markers.MISSING, markers.PROVISIONAL, markers.PUBLISHED]
    sums["status"] = parts.groupby(key)["status"].agg(lambda part: min(part, key=worst.index))
    names = {code: name for name, code in register.by_name.items()}
    sums = sums.reset_index()
    sums["area_name"] = sums["area_code"].map(names)
    return pd.concat([counts[~former], sums[counts.columns]], ignore_index=True)
