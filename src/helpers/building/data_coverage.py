"""What did each raw file give, and what does each table hold?"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.sources.account import Account
from helpers.sources.markers import MISSING, PROVISIONAL, STATUSES, SUPPRESSED

WIDTH = 110
NAMED = 3  # of many areas or indicators, so many are named
ABSENT = (MISSING, SUPPRESSED, PROVISIONAL)
FILES = """\
Raw files. Rows: lines of a CSV, or rows of those tables of a workbook that are read; each is taken or left
for a reason. Figures: what the rows taken amount to, added up where they are parts; those not in a table
are of indicators or areas that no table takes from this file."""
TABLES = """\
Tables. Areas: those with a figure, of all areas of their level in that vintage of codes. Releases that
follow one another with the same areas stand together. Missing, suppressed, provisional: figures."""


@dataclass(frozen=True)
class FromFile:
    """What one raw file gave.

    Attributes
    ----------
    card : str
        Id of the file's card.
    account : Account
        Its rows: taken, or left and why.
    figures : int
        How many figures the reader made of the rows taken; 0 for look-ups and boundaries.
    used : int
        How many of the figures are in a table.
    unused : dict of str to int
        Why the others are not, and how many.
    """

    card: str
    account: Account
    figures: int = 0
    used: int = 0
    unused: Mapping[str, int] | None = None


def from_file(card: str, account: Account, figures: pd.DataFrame, used: pd.Series) -> FromFile:
    """What one raw file gave, and why some of its figures are in no table.

    Parameters
    ----------
    card : str
        Id of the file's card.
    account : Account
        Of its rows.
    figures : DataFrame
        ``indicator, area_code`` of all figures that the reader returned.
    used : Series of bool
        Which of them are in a table.
    """
    asked = figures["indicator"].isin(figures.loc[used, "indicator"])
    of_others = {
        "other indicators": figures.loc[~asked, "indicator"],
        "other areas": figures.loc[asked & ~used, "area_code"],
    }
    unused = {f"{what}: {_some(names)}": len(names) for what, names in of_others.items() if len(names)}
    return FromFile(card, account, len(figures), int(used.sum()), unused)


def of_tables(tables: Mapping[str, pd.DataFrame], areas: pd.DataFrame) -> pd.DataFrame:
    """Which areas and years each table has, and how many of its figures are absent or provisional.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables of figures, in the shape of `helpers.tables.tidy`.
    areas : DataFrame
        ``areas.csv``.

    Returns
    -------
    DataFrame
        One row per ``table, indicator, level, release, vintage``, with ``areas`` (those with a
        figure), ``of`` (areas of the level in that vintage of codes), ``first_year, last_year``
        (with a figure; missing where there is none), and the number of figures by status,
        ``published, provisional, suppressed, missing``.
    """
    level = areas.set_index(["code", "vintage"])["level"]
    size = areas.groupby(["level", "vintage"])["code"].nunique()
    parts = []
    for name, rows in tables.items():
        keys = pd.MultiIndex.from_frame(rows[["area_code", "area_vintage"]])
        rows = rows.assign(table=name, level=level.reindex(keys).to_numpy())
        published = rows["value"].notna()
        rows = rows.assign(
            known_area=rows["area_code"].where(published),
            known_year=rows["year"].where(published),
            **{status: rows["status"] == status for status in STATUSES},
        )
        by = ["table", "indicator", "level", "release", "area_vintage"]
        found = rows.groupby(by, sort=False).agg(
            areas=("known_area", "nunique"),
            first_year=("known_year", "min"),
            last_year=("known_year", "max"),
            **{status: (status, "sum") for status in STATUSES},
        )
        parts.append(found.reset_index().rename(columns={"area_vintage": "vintage"}))
    whole = pd.concat(parts, ignore_index=True)
    whole.insert(6, "of", [size[key] for key in zip(whole["level"], whole["vintage"], strict=True)])
    return whole.astype({"first_year": "Int64", "last_year": "Int64"})


def files_text(files: Sequence[FromFile], unread: Sequence[str] = ()) -> str:
    """The table of raw files for a terminal, reasons under each file.

    Parameters
    ----------
    files : sequence of FromFile
    unread : sequence of str
        Ids of the cards whose files no table is made of.
    """
    head = f"{'raw file':<50} {'rows':>9} {'taken':>9} {'left':>9} {'figures':>9} {'in tables':>9}"
    lines = [FILES, "", head]
    for file in sorted(files, key=lambda file: file.card):
        account = file.account
        left = sum(account.left.values())
        counts = [account.rows, account.taken, left]
        counts += [file.figures, file.used] if file.figures else []
        lines.append(f"{file.card:<50} " + " ".join(f"{count:>9,}" for count in counts))
        lines += _wrapped("left", account.left)
        lines += _wrapped("figures not in a table", file.unused or {})
    if unread:
        lines += [
            "",
            *textwrap.wrap(f"In no table, read by checks or not at all: {', '.join(unread)}.", WIDTH),
        ]
    return "\n".join(lines)


def tables_text(coverage: pd.DataFrame) -> str:
    """The table of `of_tables` for a terminal, releases with the same areas on one line."""
    head = f"{'level':<11} {'areas':>9} {'years':>9} {'releases':>9} " + " ".join(ABSENT)
    lines = [TABLES]
    for table, rows in coverage.groupby("table", sort=False):
        lines += ["", f"{table:<36} {head}"]
        before = ""
        rows = rows.sort_values(["indicator", "level", "release"], kind="stable")
        same = ["indicator", "level", "areas", "of"]
        run = (rows[same] != rows[same].shift()).any(axis=1).cumsum()
        for _, part in rows.groupby(run):
            indicator, level, areas, of = part.iloc[0][same]
            shown = "" if indicator == before else indicator
            absent = " ".join(f"{part[status].sum():>{len(status)},}" for status in ABSENT)
            lines.append(
                f"{shown:<36} {level.removeprefix('combined_'):<11} {f'{areas}/{of}':>9} "
                f"{_span(part['first_year'].min(), part['last_year'].max()):>9} "
                f"{_span(part['release'].min(), part['release'].max()):>9} {absent}"
            )
            before = indicator
    return "\n".join(lines)


def _span(first: object, last: object) -> str:
    if pd.isna(first):
        return "none"
    return f"{first}" if first == last else f"{first}-{last}"


def _some(names: pd.Series) -> str:
    """How many names there are, and the first of them."""
    known = sorted(set(names))
    return ", ".join(known[:NAMED]) + (f" and {len(known) - NAMED:,} more" if len(known) > NAMED else "")


def _wrapped(what: str, counts: Mapping[str, int]) -> list[str]:
    """Reasons with their counts on as few lines as need be, what they have in common said once."""
    if not counts:
        return []
    together: dict[str, list[str]] = {}
    for reason, count in counts.items():
        common, _, own = reason.rpartition(": ")
        together.setdefault(common or own, []).append(f"{own} ({count:,})" if common else f"({count:,})")
    text = "; ".join(
        f"{common}{'' if each[0].startswith('(') else ':'} {', '.join(each)}"
        for common, each in together.items()
    )
    return textwrap.wrap(f"{what}: {text}", WIDTH, initial_indent="    ", subsequent_indent="      ")
