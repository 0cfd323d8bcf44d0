"""How long is the way to work, and who could have a gigabit line now? ONS flat files by district."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, markers
from helpers.sources.area_codes import COUNTY_NOW_DISTRICT, RECODED, SUCCESSOR
from helpers.sources.flat import read_flat, tidy_flat
from helpers.sources.uk_areas import REGIONS, other_levels

MODES = {"Drive to work": "travel_time_car", "Public transport or walk to work": "travel_time_public"}
OTHER_MODES = {"Cycle to work"}
DISTRICT = r"E0[6789]\d{6}|W06\d{6}|S12\d{6}|N09\d{6}"
GIGABIT = "Gigabit capable broadband"
POINT_IN_TIME = "2026-01-01"


def read_travel_time(path: Path) -> pd.DataFrame:
    """Average minimum travel time to the nearest employment centre, by car and by public transport.

    Parameters
    ----------
    path : Path
        ``average-travel-time.csv``.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; minutes, districts of
        England in codes of April 2023 and its regions. The file's codes are those of 2011: what was
        only coded anew is taken over, three counties stand for the districts they became, and the
        districts that were merged otherwise are left out, since times cannot be summed and the file
        has nothing to weigh them by. 2018, which was not measured, is missing.

    Raises
    ------
    SourceError
        The file is not such a CSV, or names a mode that is not known.
    """
    raw = read_flat(path)
    modes = {*MODES, *OTHER_MODES}
    if set(raw["indicator"]) != modes:
        found = sorted(set(raw["indicator"]))[:5]
        raise SourceError(f"{path.name}: expected the modes {sorted(modes)}, found {found}.")
    code = raw["areacd"].replace(RECODED | COUNTY_NOW_DISTRICT | REGIONS)
    # A unitary or district that a county took over must not stand beside the county.
    former = raw["areacd"].isin(SUCCESSOR).to_numpy()
    other_mode = raw["indicator"].isin(OTHER_MODES).to_numpy()
    elsewhere = ~code.str.fullmatch(rf"{DISTRICT}|TL[C-K]").to_numpy()
    raw = raw.assign(indicator=raw["indicator"].map(MODES), areacd=code)
    taken = ~(former | other_mode | elsewhere)
    left = other_levels(code[elsewhere & ~other_mode & ~former], path.name) | {
        "by bicycle": int(other_mode.sum()),
        "former districts, merged since": int((former & ~other_mode).sum()),
    }
    rows = _fill_years(tidy_flat(raw[taken], path))
    return account.tidy(rows, path, len(raw), int(taken.sum()), left)


def read_gigabit(path: Path) -> pd.DataFrame:
    """Share of premises that could have a gigabit-capable line in January 2026.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; percent of premises,
        by district, combined authority, region and UK. Above districts the figures are ONS's own
        aggregation.

    Raises
    ------
    SourceError
        The file is not such a CSV, or holds another indicator or date.
    """
    raw = read_flat(path)
    for column, expected in (("indicator", GIGABIT), ("period", POINT_IN_TIME)):
        if set(raw[column]) != {expected}:
            raise SourceError(
                f"{path.name}: expected {expected!r} as {column}, found {sorted(set(raw[column]))[:3]}."
            )
    code = raw["areacd"].replace(REGIONS)
    elsewhere = ~code.str.fullmatch(rf"{DISTRICT}|TL[C-N]|E47\d{{6}}|K99000002").to_numpy()
    raw = raw.assign(indicator="gigabit_capable", areacd=code, period=POINT_IN_TIME[:4])
    left = other_levels(code[elsewhere], path.name)
    return account.tidy(tidy_flat(raw[~elsewhere], path), path, len(raw), int((~elsewhere).sum()), left)


def _fill_years(rows: pd.DataFrame) -> pd.DataFrame:
    """The years that a series steps over, as missing."""
    series = rows[["indicator", "area_code", "area_name"]].drop_duplicates()
    gaps = sorted(set(range(rows["year"].min(), rows["year"].max())) - set(rows["year"]))
    absent = series.merge(pd.DataFrame({"year": gaps}), how="cross").assign(status=markers.MISSING)
    return pd.concat([rows, absent], ignore_index=True)
