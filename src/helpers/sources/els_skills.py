"""What are residents qualified for, and how many learn? Skills in ONS Explore Local Statistics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, uk_areas
from helpers.sources.flat import read_flat, tidy_flat

# The producer's name of the indicator -> ours. NVQ (to 2021) and RQF (from 2022) are two scales.
QUALIFICATIONS = {
    "Aged 16 to 64 years level 3 or above qualifications": "nvq_level3plus",
    "Level 3 or above qualifications (Great Britain)": "rqf_level3plus",
    "No qualifications": "rqf_none",
}
LEARNING = {
    "Apprenticeship starts (England)": "apprenticeship_starts",
    "Apprenticeship achievements (England)": "apprenticeship_achievements",
    "Further education and skills participation": "further_education_participation",
}
GREATER_LONDON = "E61000001"
AUTHORITY = r"E47\d{6}"
_ACADEMIC_YEAR = re.compile(r"(20\d\d)-08-01/P1Y")


def read_qualifications(path: Path) -> pd.DataFrame:
    """Share of residents aged 16 to 64 with level 3 or above, or without qualifications.

    Parameters
    ----------
    path : Path
        A CSV of ONS's data repository: NVQ level 3 or above 2004-2021, RQF level 3 or above or no
        qualifications 2022-2023.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``, in per cent, with
        the published 95 per cent bounds.

    Raises
    ------
    SourceError
        The file is not such a CSV, or holds another indicator or an unknown kind of area.
    """
    raw, count, left = _rows(path, QUALIFICATIONS)
    figures = tidy_flat(raw, path)
    # City of London and Isles of Scilly have an empty row for a year that no other area has.
    empty = figures["value"].isna().groupby(figures["year"]).transform("all")
    left["years without any figure"] = int(empty.sum())
    return account.tidy(figures[~empty], path, count, int((~empty).sum()), left)


def read_learning(path: Path) -> pd.DataFrame:
    """Apprenticeships, or participation in further education, per 100,000 people.

    Parameters
    ----------
    path : Path
        A CSV of ONS's data repository with academic years as periods; figures of the Department
        for Education.

    Returns
    -------
    DataFrame
        As `read_qualifications`, per 100,000 people, without bounds; the year is the one in whose
        August the academic year begins. An area that the latest year no longer names was
        abolished: its rates cannot be added up to its successor's, so it is left out.

    Raises
    ------
    SourceError
        As `read_qualifications`, or a period is no academic year.
    """
    raw, count, left = _rows(path, LEARNING)
    odd = [p for p in raw["period"].unique() if not _ACADEMIC_YEAR.fullmatch(p)]
    if odd:
        raise SourceError(f"{path.name}: expected academic years such as 2023-08-01/P1Y, found {odd[:3]}.")
    figures = tidy_flat(raw.assign(period=raw["period"].str[:4]), path)
    latest = figures["year"] == figures["year"].max()
    present = figures["area_code"].isin(figures.loc[latest, "area_code"])
    left["areas abolished before the latest year"] = int((~present).sum())
    return account.tidy(figures[present], path, count, int(present.sum()), left)


def _rows(path: Path, indicators: Mapping[str, str]) -> tuple[pd.DataFrame, int, dict[str, int]]:
    """Rows by our ids and codes, combined authorities included; all rows; and those of other levels."""
    raw = read_flat(path)
    count = len(raw)
    unknown = set(raw["indicator"]) - set(indicators)
    if unknown:
        raise SourceError(
            f"{path.name}: expected indicators among {sorted(indicators)}, found {sorted(unknown)}."
        )
    greater_london = raw["areacd"] == GREATER_LONDON
    raw = raw[~greater_london]
    authority = raw["areacd"].str.fullmatch(AUTHORITY)
    codes, left = uk_areas.ours(raw.loc[~authority, "areacd"], path.name)
    codes = pd.concat([codes.dropna(), raw.loc[authority, "areacd"]]).sort_index()
    rows = raw.loc[codes.index].assign(areacd=codes, indicator=raw["indicator"].map(indicators))
    left["Greater London Authority, which repeats the region London"] = int(greater_london.sum())
    return rows, count, left
