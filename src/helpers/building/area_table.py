"""Which areas are there, in which code vintage, and what contains what? Builds ``areas.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers import tables
from helpers.errors import TableError

COLUMNS = list(tables.REGISTERS["areas"])
PRESENT = "LAD24"  # the vintage whose codes name districts throughout the project
ITL_OF_LAD = {"LAD21": "ITL21", "LAD23": "ITL21", "LAD24": "ITL25", "LAD25": "ITL25"}


def build(
    lookups: Mapping[str, pd.DataFrame],
    authorities: pd.DataFrame,
    changes: pd.DataFrame,
    named: pd.DataFrame,
    ours: Mapping[str, Any],
) -> pd.DataFrame:
    """Every area of the project, one row per code and vintage.

    Parameters
    ----------
    lookups : mapping of str to DataFrame
        Vintage (``LAD23``, ``LAD24``, ``LAD25``) to the frame of
        `helpers.sources.ons_geography.read_itl_lookup`.
    authorities, changes : DataFrame
        As read by `helpers.sources.ons_geography`.
    named : DataFrame
        ``area_code, area_vintage, area_name, level`` of every row of the tables of figures, and
        ``itl1`` where the file says in which region an area lies.
    ours : mapping
        ``data/geography.yml``.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, all text; several ITL areas or aliases in one cell are joined by ``|``.
        Districts of ``LAD21`` are those of ``LAD23`` with the mergers of 2023 undone.

    Raises
    ------
    TableError
        A district is left without a region or forum, or an authority is not in
        ``data/geography.yml``.
    """
    districts = {vintage: _districts(lookup) for vintage, lookup in lookups.items()}
    districts["LAD21"] = _before_mergers(lookups["LAD23"], districts["LAD23"], changes, 2023)
    codes_of_2025 = _successors(changes, 2025)
    districts["LAD24"]["successor"] = districts["LAD24"]["code"].map(codes_of_2025)
    membership = authorities.set_index("code")["authority"]
    in_authority = {old: membership.get(new) for old, new in codes_of_2025.items()}
    in_authority |= membership.to_dict()

    parts = []
    forum_of = _forum_of_district(districts["LAD23"], ours["forums"])
    for vintage, frame in sorted(districts.items()):
        now = frame["code"].map(_to_lad23(changes)).fillna(frame["code"])
        frame = frame.assign(
            vintage=vintage,
            level="district",
            combined_authority=now.map(in_authority),
            forum=now.map(forum_of),
            aliases=now.map({c: "|".join(a) for c, a in ours["district_aliases"].items()}),
        )
        parts.append(frame)
    whole = pd.concat(parts, ignore_index=True)
    lost = whole[whole[["itl1", "forum"]].isna().any(axis=1)]
    if not lost.empty:
        raise TableError(f"areas: districts without region or forum: {list(lost['code'])}.")
    larger = [
        _regions(lookups[PRESENT], ours),
        _authorities(authorities, ours),
        *(_subregions(lookups[v], v) for v in ("LAD23", PRESENT)),
        _former(changes),
        _forums(ours),
        _united_kingdom(ours),
    ]
    table = pd.concat([whole, *larger], ignore_index=True)
    table = pd.concat([table, _others(named, table)], ignore_index=True).reindex(columns=COLUMNS)
    return table.fillna("").sort_values(["level", "vintage", "code"], ignore_index=True)


def vintage(code: str, source_vintage: str) -> str:
    """Vintage of an area code in a source whose districts or ITL areas have a known vintage.

    Parameters
    ----------
    code : str
        An area code, as in ``areas.csv``.
    source_vintage : str
        ``LADyy`` or ``ITLyy``, from the card of the source.
    """
    if code == "K99000002":
        return "UK"
    if code.startswith("E47"):
        return "CA25"
    if code.startswith("UK"):
        return "NUTS"
    if code.startswith("TL"):
        return ITL_OF_LAD.get(source_vintage, source_vintage)
    return source_vintage


def _districts(lookup: pd.DataFrame) -> pd.DataFrame:
    """One row per district; the ITL areas of a district that spans several are joined."""
    together = {"name": "first"} | dict.fromkeys(("itl3", "itl2", "itl1"), _joined)
    return lookup.groupby("code", as_index=False).agg(together)


def _joined(codes: pd.Series) -> str:
    return "|".join(sorted(set(codes)))


def _successors(changes: pd.DataFrame, year: int) -> dict[str, str]:
    """Old district code -> new code, for the changes that began in a year."""
    moved = changes[(changes["year"] == year) & changes["type"].isin(["merger", "new_code"])]
    moved = moved[moved["old"].str.match(r"[EWSN]0[6789]|S12|N09")]
    return dict(zip(moved["old"], moved["new"], strict=True))


def _to_lad23(changes: pd.DataFrame) -> dict[str, str]:
    """Any other vintage's district code -> the code in LAD23."""
    return _successors(changes, 2023) | {n: o for o, n in _successors(changes, 2025).items()}


def _before_mergers(
    lookup: pd.DataFrame, after: pd.DataFrame, changes: pd.DataFrame, year: int
) -> pd.DataFrame:
    """Districts as they were before the mergers of a year; LAU1 codes keep the old districts."""
    merged = _successors(changes, year)
    names = changes.set_index("old")["old_name"]
    old = lookup[lookup["lau1"].isin(merged)]
    old = _districts(old.assign(code=old["lau1"], name=old["lau1"].map(names)))
    lacking = set(merged) - set(old["code"])
    if lacking:
        raise TableError(f"areas: the look-up does not place the former districts {lacking}.")
    old["successor"] = old["code"].map(merged)
    kept = after[~after["code"].isin(merged.values())]
    return pd.concat([kept, old], ignore_index=True)


def _forum_of_district(districts: pd.DataFrame, forums: Mapping[str, list[str]]) -> dict[str, str]:
    """District code -> forum; ``rest of X`` takes what of region X no other forum claims."""
    claimed: dict[str, str] = {}
    for rest in (False, True):
        for forum, parts in forums.items():
            for part in parts:
                if part.startswith("rest of ") != rest:
                    continue
                region = part.removeprefix("rest of ")
                level = districts["itl1"] if len(region) == 3 else districts["itl2"]
                for code in districts.loc[level == region, "code"]:
                    claimed.setdefault(code, forum)
    return claimed


def _regions(lookup: pd.DataFrame, ours: Mapping[str, Any]) -> pd.DataFrame:
    codes = sorted(lookup["itl1"].unique())
    names = [ours["itl1_aliases"][code][0] for code in codes]
    as_published = lookup.drop_duplicates("itl1").set_index("itl1")["itl1_name"]
    aliases = [
        "|".join(dict.fromkeys([*ours["itl1_aliases"][code][1:], as_published[code]])) for code in codes
    ]
    frame = pd.DataFrame({"code": codes, "name": names, "aliases": aliases, "level": "itl1"})
    return pd.concat([frame.assign(vintage=v) for v in ("ITL21", "ITL25")], ignore_index=True)


def _authorities(authorities: pd.DataFrame, ours: Mapping[str, Any]) -> pd.DataFrame:
    rows = []
    for code, short in sorted(
        set(authorities[["authority", "authority_name"]].itertuples(index=False, name=None))
    ):
        if code not in ours["authorities"]:
            raise TableError(
                f"areas: {short} ({code}) has no kind and acronym in data/geography.yml; add it "
                "under `authorities`."
            )
        kind, acronym = ours["authorities"][code]["kind"], ours["authorities"][code]["acronym"]
        other = "Combined Authority" if "County" in kind else "Combined County Authority"
        rows.append((code, "CA25", f"{short} {kind}", f"{acronym}|{short} {other}|{code}"))
    frame = pd.DataFrame(rows, columns=["code", "vintage", "name", "aliases"])
    return frame.assign(level="combined_authority")


def _subregions(lookup: pd.DataFrame, vintage: str) -> pd.DataFrame:
    """ITL2 and ITL3 areas of a look-up, each with the larger ones that contain it."""
    parts = []
    for level in ("itl2", "itl3"):
        rows = lookup.drop_duplicates(level)
        frame = rows[["itl2", "itl1"]].assign(code=rows[level], name=rows[f"{level}_name"], level=level)
        parts.append(frame if level == "itl3" else frame.drop(columns="itl2"))
    return pd.concat(parts, ignore_index=True).assign(vintage=ITL_OF_LAD[vintage])


def _others(named: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Areas that only the files of figures name, such as city regions and towns."""
    rows = named.rename(columns={"area_code": "code", "area_vintage": "vintage", "area_name": "name"})
    if "itl1" in rows:
        regions = rows.groupby(["code", "vintage"])["itl1"].nunique()
        if (regions > 1).any():
            raise TableError(f"areas: {regions.idxmax()[0]} lies in several regions, say the files.")
    rows = rows.drop_duplicates(["code", "vintage"])
    known = set(zip(table["code"], table["vintage"], strict=True))
    keys = zip(rows["code"], rows["vintage"], strict=True)
    fresh = rows[[key not in known for key in keys]]
    lost = fresh[fresh["level"] == ""]
    if not lost.empty:
        raise TableError(
            f"areas: {sorted(set(lost['code']))[:5]} are in no look-up; give their recipe a level, or "
            "leave them out by its pattern of areas."
        )
    return fresh


def _former(changes: pd.DataFrame) -> pd.DataFrame:
    """Districts that were merged since 2018, each with the district of today that it is part of."""
    merged = changes[(changes["type"] == "merger") & changes["old"].str.match("E0[67]")]
    onward = dict(zip(merged["old"], merged["new"], strict=True))
    return pd.DataFrame(
        {
            "code": merged["old"],
            "vintage": "former",
            "name": merged["old_name"],
            "level": "former_district",
            "successor": [onward.get(new, new) for new in merged["new"]],
            "mapping": "merged in " + merged["year"].astype(str),
        }
    )


def _forums(ours: Mapping[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"name": list(ours["forums"]), "mapping": ["|".join(p) for p in ours["forums"].values()]}
    )
    return frame.assign(
        code="forum:" + frame["name"], vintage="ours", level="forum", source=ours["forum_source"]
    )


def _united_kingdom(ours: Mapping[str, Any]) -> pd.DataFrame:
    uk = ours["united_kingdom"]
    row = {"code": uk["code"], "vintage": "UK", "name": uk["name"], "level": "uk"}
    return pd.DataFrame([{**row, "aliases": "|".join(uk["aliases"])}])
