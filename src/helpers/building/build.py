"""How do the raw files become the shipped tables? Deterministic to the byte."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from helpers import boundaries, catalogue, download, paths, tables, writing
from helpers.building import area_table, corrections, data_coverage, plausible, staging
from helpers.building.datapackage import describe
from helpers.errors import DownloadError, TableError
from helpers.recipes import TABLES, Part
from helpers.recipes.part import Reader
from helpers.sources import account, ons_geography

LOOKUPS = {
    "LAD23": "lookup-lad23-itl21",
    "LAD24": "lookup-lad24-itl25",
    "LAD25": "lookup-lad25-itl25",
}
AUTHORITIES, CHANGES = "lookup-lad25-ca25", "lad-changes"
BOUNDARIES = "lad-boundaries-2024"
DESCRIPTION = "datapackage.json"
# What a table's rows say of the areas that no look-up lists.
NAMED = ["area_code", "area_vintage", "area_name", "level", "itl1"]
# Table -> the cards it is built from.
NEEDS: dict[str, list[str]] = {
    name: list(dict.fromkeys(card for part in parts for card in (part.card, *part.beside)))
    for name, parts in TABLES.items()
} | {
    "areas": [*LOOKUPS.values(), AUTHORITIES, CHANGES],
    "boundaries": [BOUNDARIES],
}


@dataclass(frozen=True)
class Built:
    """What a build did.

    Attributes
    ----------
    tables : tuple of str
        One line per table: rows, or why it stays as shipped.
    files : tuple of FromFile
        What each raw file gave.
    unread : tuple of str
        Cards of files that no table is made of.
    coverage : DataFrame
        What each table of figures holds (`data_coverage.of_tables`).
    """

    tables: tuple[str, ...]
    files: tuple[data_coverage.FromFile, ...]
    unread: tuple[str, ...]
    coverage: pd.DataFrame

    def __str__(self) -> str:
        """All of it for a terminal."""
        files = data_coverage.files_text(self.files, self.unread)
        return "\n".join([*self.tables, "", files, "", data_coverage.tables_text(self.coverage)])


@dataclass
class _File:
    """One raw file as its reader gave it, known errors corrected."""

    rows: pd.DataFrame
    used: pd.Series  # which rows are in a table


def build(mirror: Path | None = None, folder: Path = paths.TABLES) -> Built:
    """Build every shipped table from the raw files.

    Parameters
    ----------
    mirror : Path, optional
        A folder that holds the raw files; ``data/raw`` otherwise.
    folder : Path
        Where the tables go.

    Returns
    -------
    Built
        What was made, of what.

    Raises
    ------
    DownloadError
        A raw file that could be fetched is not there.
    SourceError, TableError
        A raw file is not as expected, or a table breaks its own rules. No table is written then.
    """
    cards = catalogue.load()
    located = _locate(cards, mirror)
    ours = yaml.safe_load((paths.DATA / "geography.yml").read_text(encoding="utf-8"))
    fixes = corrections.load()
    report = []
    files: dict[tuple[str, Reader], _File] = {}
    registers: dict[str, int] = {}  # look-ups and boundaries: rows
    made: dict[str, pd.DataFrame] = {}
    named = []  # areas by the names that the files give them
    for name, needed in NEEDS.items():
        lacking = [card for card in needed if card not in located]
        if lacking:
            report.append(f"{name}: stays as shipped; nobody can download {', '.join(lacking)}")
            named.append(_shipped_areas(TABLES.get(name, [])))
        elif name in TABLES:
            for part in TABLES[name]:
                if (part.card, part.read) not in files:
                    files[part.card, part.read] = _read(part, located[part.card], fixes)
            rows = pd.concat(
                [_part(part, cards[part.card], files[part.card, part.read], ours) for part in TABLES[name]]
            )
            named.append(rows.reindex(columns=NAMED))
            made[name] = tables.tidy(rows)
        elif name == "boundaries":
            made[name] = boundaries.simplify(located[BOUNDARIES])
            registers[BOUNDARIES] = len(made[name])
        elif name == "areas":
            made[name] = _areas(located, pd.concat(named), ours, registers)
    _write(made, folder, cards)
    report += [f"{name}: {len(frame):,} rows" for name, frame in made.items()]
    unread = sorted(set(cards) - {card for needed in NEEDS.values() for card in needed})
    return Built(tuple(report), _given(files, registers), tuple(unread), _coverage(made))


def _write(made: dict[str, pd.DataFrame], folder: Path, cards: dict[str, catalogue.Card]) -> None:
    """Put the tables and their description in place, all of them or none."""
    with staging.beside(folder) as staged:
        for name, frame in made.items():
            if name == "boundaries":
                boundaries.write(frame, staged / "boundaries.geojson")
            else:
                tables.write(frame, tables.file(name, staged))
        names = sorted(path.relative_to(staged) for path in staged.iterdir())
        for kept in folder.glob("[!.]*.*"):  # tables that nobody can build here are described as they are
            if Path(kept.name) not in names:
                shutil.copyfile(kept, staged / kept.name)
        package = describe(staged, NEEDS, cards)
        writing.text(staged / DESCRIPTION, json.dumps(package, indent=1, ensure_ascii=False) + "\n")
        staging.move(staged, [*names, Path(DESCRIPTION)], folder)


def _given(
    files: dict[tuple[str, Reader], _File], registers: dict[str, int]
) -> tuple[data_coverage.FromFile, ...]:
    """What each raw file gave; look-ups and boundaries are taken whole."""
    whole = [
        data_coverage.FromFile(card, account.Account(rows, rows, {})) for card, rows in registers.items()
    ]
    figures = [
        data_coverage.from_file(card, account.of(file.rows), file.rows, file.used)
        for (card, _), file in files.items()
    ]
    return (*figures, *whole)


def _coverage(made: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What each table holds, made now or as shipped."""
    now = {name: made[name] if name in made else tables.load(name) for name in tables.FIGURES}
    return data_coverage.of_tables(now, made["areas"] if "areas" in made else tables.load("areas"))


def _shipped_areas(parts: list[Part]) -> pd.DataFrame:
    """Areas that only the files of a table name, as shipped, when the table stays as shipped."""
    shipped = tables.load("areas")
    rows = shipped[shipped["level"].isin([part.level for part in parts if part.level])]
    return rows.rename(columns={"code": "area_code", "vintage": "area_vintage", "name": "area_name"})[NAMED]


def _locate(cards: dict[str, catalogue.Card], mirror: Path | None) -> dict[str, Path]:
    """Card id -> raw file; only files that nobody can download may be absent."""
    located: dict[str, Path] = {}
    if mirror is not None and not mirror.is_dir():
        raise DownloadError(
            f"--mirror {mirror}: there is no such folder; name the one that holds the raw files."
        )
    for card_id in sorted({card for needed in NEEDS.values() for card in needed}):
        try:
            located[card_id] = download.locate(cards[card_id], mirror)
        except DownloadError:
            if cards[card_id].url is not None:
                raise
    return located


def _read(part: Part, path: Path, fixes: list[corrections.Correction]) -> _File:
    rows = corrections.apply(part.read(path), part.card, fixes)
    return _File(rows, pd.Series(False, index=rows.index))


def _part(part: Part, card: catalogue.Card, file: _File, ours: dict[str, Any]) -> pd.DataFrame:
    """Rows that one raw file gives to one table, with release, vintage and our codes."""
    wanted = file.rows["indicator"].isin(part.indicators) & file.rows["area_code"].str.fullmatch(part.areas)
    file.used |= wanted
    rows = file.rows[wanted]
    lacking = set(part.indicators) - set(rows["indicator"])
    if lacking:
        raise TableError(f"{card.path}: expected rows of {sorted(lacking)}, found none.")
    plausible.refuse(rows, card.path)
    codes = rows["area_code"].replace(ours["same_area"])
    return rows.assign(
        release=card.release,
        area_vintage=[area_table.vintage(code, card.geography_vintage or "") for code in codes],
        area_code=codes,
        level=part.level,
    )


def _areas(
    located: dict[str, Path], named: pd.DataFrame, ours: dict[str, Any], registers: dict[str, int]
) -> pd.DataFrame:
    lookups = {v: ons_geography.read_itl_lookup(located[card]) for v, card in LOOKUPS.items()}
    authorities = ons_geography.read_authority_lookup(located[AUTHORITIES])
    changes = ons_geography.read_changes(located[CHANGES])
    registers |= {card: len(lookups[vintage]) for vintage, card in LOOKUPS.items()}
    registers |= {AUTHORITIES: len(authorities), CHANGES: len(changes)}
    return area_table.build(lookups, authorities, changes, named, ours)
