"""Are the raw files those of their cards, and do two editions of one release agree?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import catalogue, download, paths
from helpers.errors import DownloadError
from helpers.sources import ons_productivity

FEWEST = 361 * 19  # figures that two editions of one release must share: the release of 2024


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, and the files at fault where that is known."""

    name: str
    passed: bool
    detail: str
    left_out: bool = False
    files: tuple[str, ...] = ()


def cards_and_files(mirror: Path | None) -> Iterator[Check]:
    """Cards and raw files, both ways."""
    cards = catalogue.load()
    root = mirror or paths.RAW
    if mirror is not None and not mirror.is_dir():
        raise DownloadError(
            f"--mirror {mirror}: there is no such folder; name the one that holds the raw files."
        )
    there = [card for card in cards.values() if (root / card.path).is_file()]
    if not there:
        yield Check("raw files", True, "none here; fetch them with `compendium data fetch`", left_out=True)
        return
    wrong = [text for card in there if (text := catalogue.difference(root / card.path, card))]
    yield Check(
        "raw files are those of their cards",
        not wrong,
        "; ".join(wrong) or f"{len(there)} of {len(cards)} cards",
    )
    if mirror is None:
        known = {card.path for card in cards.values()}
        extra = [p.relative_to(root).as_posix() for p in sorted(root.rglob("*")) if p.is_file()]
        extra = [name for name in extra if name not in known and not Path(name).name.startswith(".")]
        yield Check("every raw file has a card", not extra, ", ".join(extra) or f"{len(there)} files")


def editions(mirror: Path | None) -> Iterator[Check]:
    """What a release says as CSV and as workbook."""
    per_hour, per_job = "gva_per_hour", "gva_per_job"
    pairs: list[tuple[str, str, str]] = [
        (per_hour, "gva-per-hour-lad-2024", "productivity-lad-workbook-2024"),
        (per_hour, "gva-per-hour-lad-2025", "productivity-lad-workbook-2025"),
        (per_hour, "gva-per-hour-lad-2025", "els-gross-value-added"),
        (per_job, "els-gross-value-added", "productivity-lad-workbook-2025"),
    ]
    for indicator, one, other in pairs:
        name = f"{indicator}: {one} agrees with {other}"
        try:
            first, second = (_figures(card, indicator, mirror) for card in (one, other))
        except DownloadError:
            yield Check(name, True, "the raw files are not here", left_out=True)
            continue
        both = pd.concat([first, second], axis=1, join="inner", keys=["one", "other"])
        # Northern Ireland's jobs of 2023: a zero in the workbook, no figure in the CSV.
        both = both[both["one"].notna()]
        off = float((both["one"] - both["other"]).abs().max())
        yield Check(
            name,
            bool(off < 1e-9 and len(both) >= FEWEST),
            f"{len(both):,} figures, at most {off:g} apart",
        )


def _figures(card_id: str, indicator: str, mirror: Path | None) -> pd.Series:
    """District figures of one raw file by area and year."""
    readers: dict[bool, Callable[[Path], pd.DataFrame]] = {
        True: ons_productivity.read_lad_workbook,
        False: ons_productivity.read_release,
    }
    read = readers["workbook" in card_id]
    rows = read(download.locate(catalogue.get(card_id), mirror))
    rows = rows[(rows["indicator"] == indicator) & ~rows["area_code"].isin(["UKX", "K99000002"])]
    return rows.set_index(["area_code", "year"])["value"].replace(np.inf, np.nan)
