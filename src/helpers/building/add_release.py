"""A new release of GVA per hour by district is out: how does it get in, and what does it change?

Nothing changes until all has been looked at: the tables with the new release are made and checked in
a copy of the data folder, and moved into place at the end.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from helpers import catalogue, geography, paths, study, tables, writing
from helpers.building import build, checks, new_release, staging
from helpers.building.datapackage import describe
from helpers.building.new_release import Release
from helpers.catalogue import Card
from helpers.errors import TableError
from helpers.gaps import release_verdicts
from helpers.recipes.productivity import HOURLY

SHOWN = 5  # largest revisions that are printed


@dataclass(frozen=True, eq=False)
class Added:
    """What a new release changed.

    Attributes
    ----------
    card : Card
        Of the new raw file.
    earlier : int
        The release before it.
    revised : DataFrame
        ``area_code`` (of December 2024), ``name, year, before, after``: districts' figures, GBP per
        hour worked, that both releases have.
    fresh : dict of int to int
        Year to the number of districts' figures that only the new release has.
    verdicts : DataFrame
        `helpers.gaps.release_verdicts.table` of the default study, with the new release.
    moved : DataFrame
        ``id, before, after, now``: statements whose sentence or verdict is no longer what it was, and
        what the new release says of it. Bands rest on the revisions seen, of which there are now more,
        so that what an earlier release says may change too.
    notes : tuple of str
        What was left, and what is not known.
    """

    card: Card
    earlier: int
    revised: pd.DataFrame
    fresh: dict[int, int]
    verdicts: pd.DataFrame
    moved: pd.DataFrame
    notes: tuple[str, ...]

    def __str__(self) -> str:
        """All of it for a terminal."""
        log = np.log(self.revised["after"] / self.revised["before"])
        changed = self.revised.assign(log=log)[log != 0]
        largest = changed.sort_values("log", key=abs, ascending=False, kind="stable").head(SHOWN)
        half = f", half of them by less than {changed['log'].abs().median():.2%}" if len(changed) else ""
        new = ", ".join(f"{number:,} of {year}" for year, number in self.fresh.items()) or "none"
        return "\n".join(
            [
                f"Added {self.card.id}: {self.card.bytes:,} bytes, SHA-256 {self.card.sha256}.",
                f"Districts' figures that are new: {new}.",
                f"Districts' figures that differ from the release of {self.earlier}: {len(changed):,} of "
                f"{len(self.revised):,}{half}.",
                *(
                    f"  {row.name} {row.year}: from £{row.before:.2f} to £{row.after:.2f}"
                    for row in largest.itertuples(index=False)
                ),
                f"Statements about the gap that changed: {len(self.moved)} of {len(self.verdicts)}.",
                *(
                    f"  {row.id}: “{row.before}” became “{row.after}” ({self.card.release}: {row.now})"
                    for row in self.moved.itertuples(index=False)
                ),
                *self.notes,
                "Next: compendium notebooks, then compendium book.",
            ]
        )


def add(file: Path, release: int) -> Added:
    """Add a release of GVA per hour by district: card, raw file, tables; and say what it changes.

    Parameters
    ----------
    file : Path
        The CSV, as published.
    release : int
        Year in which it was released; later than all that are there.

    Returns
    -------
    Added

    Raises
    ------
    ParameterError, SourceError, TableError
        See `helpers.building.new_release.inspect`; or a check of the tables fails with the new release, or a
        table was not as its description says before. The data folder is left as it was.
    """
    found = new_release.inspect(file, release)
    before = release_verdicts.table(study.choose())
    with staging.copy() as staged:
        changed = _stage(found, file, staged)
        after = _in_copy(staged)
        staging.move(staged, changed)
    revised, fresh = _compared(found)
    moved = _moved(before, after, release)
    return Added(found.card, found.earlier.release or 0, revised, fresh, after, moved, found.notes)


def _moved(before: pd.DataFrame, after: pd.DataFrame, release: int) -> pd.DataFrame:
    """Statements whose sentence or verdict is another."""
    told = [(table["statement"] + ": " + table["verdict"]).set_axis(table["id"]) for table in (before, after)]
    both = pd.concat(told, axis=1, keys=["before", "after"]).reindex(after["id"])
    both["now"] = after[str(release)].to_numpy()
    return both[both["before"] != both["after"]].rename_axis("id").reset_index()


def _compared(found: Release) -> tuple[pd.DataFrame, dict[int, int]]:
    """Figures that both releases have, and how many only the new one has, by year."""
    vintage = found.earlier.geography_vintage or ""
    old = tables.wide("productivity", new_release.INDICATOR, found.earlier.release or 0)
    old = old.loc[old.index.intersection(geography.all_districts(vintage).index)]
    before, after = (
        new_release.in_present_codes(frame, codes).rename_axis(index="area_code", columns="year").stack()
        for frame, codes in ((old, vintage), (found.districts, found.card.geography_vintage or ""))
    )
    both = pd.concat({"before": before, "after": after}, axis=1)
    fresh = both[both["before"].isna()].groupby("year").size()
    both = both.dropna().reset_index()
    both.insert(1, "name", both["area_code"].map(geography.names()))
    return both, {int(year): int(number) for year, number in fresh.items()}


def _stage(found: Release, file: Path, staged: Path) -> list[Path]:
    """Write everything into the copy; return what changed, relative to the data folder."""
    at = paths.TABLES.relative_to(paths.DATA)
    rows = pd.concat([tables.load("productivity"), found.rows])
    frames = {"productivity": tables.tidy(rows), "indicators": _registered(found.card)}
    if len(found.authorities):
        areas = pd.concat([tables.load("areas"), found.authorities]).fillna("")
        frames["areas"] = areas.sort_values(["level", "vintage", "code"], ignore_index=True)
    for name, frame in frames.items():
        tables.write(frame, tables.file(name, staged / at))
    raw = paths.RAW.relative_to(paths.DATA) / found.card.path
    (staged / raw).parent.mkdir(parents=True)
    shutil.copyfile(file, staged / raw)
    catalogue.verify(staged / raw, found.card)
    card = paths.CATALOGUE.relative_to(paths.DATA) / f"{found.card.id}.yml"
    fields = asdict(found.card) | {"caveats": list(found.card.caveats)}
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=1000)
    (staged / card).write_text(text, encoding="utf-8")
    _describe(found.card, staged / at, {tables.file(name).name for name in frames})
    # The card last: should the machine stop in between, the command can be given again.
    return [raw, *(at / tables.file(name).name for name in frames), at / "datapackage.json", card]


def _registered(card: Card) -> pd.DataFrame:
    """``indicators.csv`` with the card behind those of the earlier releases."""
    indicators = tables.load("indicators").copy()
    row = indicators.index[indicators["indicator"] == new_release.INDICATOR][0]
    indicators.loc[row, "cards"] = "|".join(_after_its_kind(indicators.loc[row, "cards"].split("|"), card))
    return indicators


def _after_its_kind(cards: list[str], card: Card) -> list[str]:
    """Cards in the order of the recipes, which take those of one kind by name."""
    kind = sorted({*(name for name in cards if name.startswith(HOURLY)), card.id})
    return [*kind, *(name for name in cards if name not in kind)]


def _describe(card: Card, folder: Path, changed: set[str]) -> None:
    """Write ``datapackage.json``, and refuse tables that were not as it said before."""
    file = folder / "datapackage.json"
    old = {
        resource["path"]: resource["hash"] for resource in json.loads(file.read_text("utf-8"))["resources"]
    }
    needs: Mapping[str, list[str]] = build.NEEDS | {
        "productivity": _after_its_kind(build.NEEDS["productivity"], card)
    }
    package = describe(folder, needs, catalogue.load() | {card.id: card})
    for resource in package["resources"]:
        name = resource["path"]
        if name not in changed and resource["hash"] != old.get(name):
            raise TableError(
                f"{name} is not the table that datapackage.json describes; nothing was added. See "
                "compendium data check."
            )
    writing.text(file, json.dumps(package, indent=1, ensure_ascii=False) + "\n")


def _in_copy(staged: Path) -> pd.DataFrame:
    """Check the tables of the copy and judge the statements on them, in a process that knows no others."""
    told = staging.run(staged, "helpers.building.add_release")
    if told.returncode:
        raise TableError(
            f"With the new release the data are not as they should be; nothing was added.\n{told.stderr}"
        )
    return pd.read_json(StringIO(told.stdout), dtype=str)


def _judge() -> int:
    """Write the statements on this process's data as JSON; what is wrong with the data as text."""
    failed = [check for check in checks.run() if not check.passed]
    print(*(f"{check.name}: {check.detail}" for check in failed), sep="\n", file=sys.stderr)
    if not failed:
        release_verdicts.table(study.choose()).to_json(sys.stdout, orient="records")
    return len(failed)


if __name__ == "__main__":
    sys.exit(min(_judge(), 1))
