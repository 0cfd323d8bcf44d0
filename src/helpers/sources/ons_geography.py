"""Which district lies in which region and authority? ONS look-ups and code changes."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import columns

_CODE = re.compile(r"[A-Z]\d{8}")
TYPES = {"merger", "new_code", "termination", "new_geo"}


def read_itl_lookup(path: Path) -> pd.DataFrame:
    """Districts and the ITL areas that contain them.

    Parameters
    ----------
    path : Path
        A look-up of local authority districts to LAU1 and ITL areas, of any vintage; the vintages
        are read from its column names (``LAD24CD``, ``ITL325CD``).

    Returns
    -------
    DataFrame
        ``code, name, lau1, itl3, itl3_name, itl2, itl2_name, itl1, itl1_name``, with
        ``attrs['vintage']`` such as ``LAD24``. A district that lies in several ITL3 areas has
        several rows.

    Raises
    ------
    SourceError
        The file is no such CSV, a column is missing, or a code is not one of its level.
    """
    names = columns.header(path)
    lad = _column(names, path, r"LAD(\d\d)CD")
    itl = _column(names, path, r"ITL3(\d\d)CD")
    lau = _column(names, path, r"LAU1(\d\d)CD")
    year, itl_year = lad[3:5], itl[4:6]
    wanted = {lad: "code", f"LAD{year}NM": "name", lau: "lau1"}
    for level in "321":
        wanted |= {f"ITL{level}{itl_year}CD": f"itl{level}", f"ITL{level}{itl_year}NM": f"itl{level}_name"}
    frame = columns.read(path, list(wanted)).rename(columns=wanted)
    _check_codes(frame["code"], path)
    for level in "321":
        _check_codes(frame[f"itl{level}"], path, re.compile(f"TL[C-N][0-9A-Z]{{{int(level) - 1}}}"))
    frame.attrs["vintage"] = f"LAD{year}"
    return frame


def read_authority_lookup(path: Path) -> pd.DataFrame:
    """English districts and the combined authority each belongs to.

    Returns
    -------
    DataFrame
        ``code, name, authority, authority_name``; districts without an authority are not listed.

    Raises
    ------
    SourceError
        As `read_itl_lookup`.
    """
    names = columns.header(path)
    lad, authority = _column(names, path, r"LAD(\d\d)CD"), _column(names, path, r"CAUTH(\d\d)CD")
    wanted = {
        lad: "code",
        lad.replace("CD", "NM"): "name",
        authority: "authority",
        authority.replace("CD", "NM"): "authority_name",
    }
    frame = columns.read(path, list(wanted)).rename(columns=wanted)
    _check_codes(frame["code"], path)
    _check_codes(frame["authority"], path)
    return frame


def read_changes(path: Path) -> pd.DataFrame:
    """Changes of codes: what became of a district, and when.

    Returns
    -------
    DataFrame
        ``old, old_name, new, new_name, type, year``; ``type`` is ``merger``, ``new_code``,
        ``termination`` or ``new_geo``.

    Raises
    ------
    SourceError
        As `read_itl_lookup`, or a change is of another type or without a year.
    """
    wanted = {
        "oldcd": "old",
        "oldnm": "old_name",
        "newcd": "new",
        "newnm": "new_name",
        "type": "type",
        "start": "year",
    }
    frame = columns.read(path, list(wanted)).rename(columns=wanted)
    _check_codes(frame["old"], path)
    _check_codes(frame.loc[frame["new"] != "", "new"], path)  # nothing follows on a termination
    odd = sorted(set(frame["type"]) - TYPES)
    if odd:
        raise SourceError(f"{path.name}: expected changes of the types {sorted(TYPES)}, found {odd}.")
    return frame.assign(year=columns.years(frame["year"], path.name))


def _column(names: list[str], path: Path, pattern: str) -> str:
    hits = [name for name in names if re.fullmatch(pattern, name)]
    if len(hits) != 1:
        raise SourceError(f"{path.name}: expected one column like {pattern!r}, found {hits} in {names[:12]}.")
    return hits[0]


def _check_codes(codes: pd.Series, path: Path, kind: re.Pattern[str] = _CODE) -> None:
    bad = [code for code in codes if not kind.fullmatch(code)]
    if bad:
        raise SourceError(f"{path.name}: expected area codes like {kind.pattern!r}, found {bad[:3]}.")
