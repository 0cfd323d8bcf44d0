"""What can be wrong with a raw file, as strategies of Hypothesis, and what a reader may make of it.

A fault is ``junk`` where what is spoilt can be told: no figure may then come out changed or under another
key. It is ``fewer`` where rows are gone, which the account of the file must show; ``digit`` where a digit may
have become another, which only the hash of a card can tell; a ``number`` where a figure was replaced by
another number, which the plausible ranges must judge; and ``harmless`` where the reader must give what it
gave before.
"""

from __future__ import annotations

import datetime
import io
import os
import random
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from seeds import Sheets, limits
from torture_scale import scale

from helpers import tables
from helpers.building import plausible
from helpers.errors import CompendiumError
from helpers.sources import account, markers

SEED = int(os.environ.get("COMPENDIUM_TORTURE_SEED", "0"))
KEY = account.KEY
JUNK: list[Any] = [
    *("#REF!", "#N/A", "#DIV/0!", "=A1/B1", "NaN", "nan", "inf", "-inf", "Infinity", "1e999", "1,5", "1_000"),
    *("1.2.3", "0x1F", "n/a yet", "??", "\u2212 5", "\u00a0", "\u0661\u0662", "12\u2009000", "true", "None"),
    *("E0700", "E99999999", "TLQ", "<script>", "x" * 500, "\ufeff", "", "-", "[c]", ":", "0 (r)", "1 2"),
]
TYPED: list[Any] = [True, False, datetime.datetime(2019, 5, 1), datetime.time(3, 4)]
NUMBERS: list[Any] = [-7, -0.001, 1e12, 1e300, -1e300, 10**18, 1e-9]


@dataclass(frozen=True, repr=False)
class Fault:
    """What was done to a file, in words, what kind of fault it is, and what it left."""

    what: str
    kind: str
    sheets: Sheets

    def __repr__(self) -> str:
        return f"<{self.kind}: {self.what}>"


@dataclass
class Tally:
    """How the cases of one test ended."""

    ends: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return f"{self.ends.total()} cases: " + ", ".join(f"{n} {how}" for how, n in self.ends.most_common())


def cases(name: str, usual: int, torture: int) -> Callable[[Any], Any]:
    """Settings of a property: so many cases, the same ones for the same seed on every machine."""

    def dressed(test: Any) -> Any:
        chosen = settings(
            max_examples=scale(usual, torture),
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        return seed(zlib.crc32(f"{name} {SEED}".encode()))(chosen(test))

    return dressed


# ---- faults of rows -----------------------------------------------------------------------------


@st.composite
def of_rows(draw: st.DrawFn, sheets: Sheets) -> Fault:
    """One fault of a cell, a row, a column or a sheet."""
    name = draw(st.sampled_from(sorted(sheets)))
    rows = [list(row) for row in sheets[name]]
    is_csv = name == ""
    at = draw(st.integers(0, len(rows) - 1))
    width = max(map(len, rows))
    column = draw(st.integers(0, max(len(rows[at]) - 1, 0)))
    other = draw(st.integers(0, len(rows) - 1))
    kinds = [
        *("cell", "cell", "cell", "number", "number"),
        *("twice", "lost", "swapped", "cut", "blank", "note"),
    ]
    kinds += ["column lost", "column twice", "column renamed", "labels swapped", "column inserted"]
    if not is_csv:
        kinds += ["sheet lost", "sheet twice", "sheet renamed"]
    how = draw(st.sampled_from(kinds))
    where = f"{name or 'file'}, row {at + 1}"
    kind = "junk"
    if how == "cell" and rows[at]:
        value = draw(st.sampled_from(JUNK if is_csv else [*JUNK, *TYPED, None]))
        how = f"{value!r:.40} for {rows[at][column]!r:.40} in {where}, column {column + 1}"
        rows[at][column] = value
    elif how == "number" and rows[at]:
        value = draw(st.sampled_from(NUMBERS))
        how = f"{value!r} for {rows[at][column]!r:.40} in {where}, column {column + 1}"
        kind, rows[at][column] = "number", value
    elif how == "twice":
        rows.insert(other, list(rows[at]))
    elif how == "lost":
        kind = "fewer"
        del rows[at]
    elif how == "swapped":
        rows[at], rows[other] = rows[other], rows[at]
    elif how == "cut":
        kind, rows = "fewer", rows[: max(at, 1)]
    elif how == "blank":
        rows.insert(at, [])
    elif how == "note":
        rows.insert(at, ["Note: revised since"])
    elif how == "column lost":
        rows = [row[:column] + row[column + 1 :] for row in rows]
    elif how == "column twice":
        rows = [[*row, row[column] if column < len(row) else ""] for row in rows]
    elif how == "column inserted":
        rows = [[*row[:column], "", *row[column:]] for row in rows]
    elif how == "column renamed" and rows[at]:
        rows[at][column] = f"{rows[at][column]} (revised)"
    elif how == "labels swapped" and rows[at]:
        last = draw(st.integers(0, len(rows[at]) - 1))
        rows[at][column], rows[at][last] = rows[at][last], rows[at][column]
        kind = "number"  # figures of a row may change places, which nothing in the file tells
    spoilt = {**sheets, name: rows}
    if how == "sheet lost" and len(sheets) > 1:
        del spoilt[name]
    elif how == "sheet twice":
        spoilt["Copy"] = rows
    elif how == "sheet renamed":
        del spoilt[name]
        spoilt["Tabelle"] = rows
        kind = "harmless"
    return Fault(how if "row" in how else f"{how}: {where}, column {column + 1} of {width}", kind, spoilt)


# ---- faults of bytes ----------------------------------------------------------------------------


@st.composite
def of_bytes(draw: st.DrawFn, whole: bytes, name: str) -> tuple[str, str, bytes]:
    """What was done, its kind, and the spoilt bytes of a file."""
    at = draw(st.integers(0, len(whole) - 1))
    kinds = ["cut", "flipped", "nothing", "page", "zeros", "twice"]
    kinds += ["member lost", "member cut", "member flipped"] if name.endswith("xlsx") else []
    binary = name.endswith(("xlsx", "parquet"))
    kinds += [] if binary else ["utf-16", "utf-32", "BOM", "latin-1", "CR", "NUL"]
    how = draw(st.sampled_from(kinds))
    match how:
        case "cut":
            return f"cut after {at} bytes", "fewer", whole[:at]
        case "flipped":
            bit = draw(st.integers(0, 7))
            spoilt = bytearray(whole)
            spoilt[at] ^= 1 << bit
            # One flipped bit of a CSV may be another digit: only the hash of the card tells
            return (
                f"bit {bit} of byte {at} flipped",
                "junk" if binary else "digit",
                bytes(spoilt),
            )
        case "nothing":
            return "empty file", "junk", b""
        case "page":
            return "a web page", "junk", b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"
        case "zeros":
            return f"zeros from byte {at}", "fewer", whole[:at] + bytes(len(whole) - at)
        case "twice":
            return "the file after itself", "junk", whole + whole
        case "utf-16" | "utf-32":
            return how, "junk", whole.decode().encode(how)
        case "BOM":
            return how, "harmless", b"\xef\xbb\xbf" + whole
        case "latin-1":
            return how, "junk", whole.decode().replace("a", "\u00e9", 1).encode("latin-1")
        case "CR":
            return how, "harmless", whole.replace(b"\n", b"\r\n")
        case "NUL":
            return f"a NUL before byte {at}", "digit", whole[:at] + b"\0" + whole[at:]
    return _of_member(how, whole, draw(st.randoms(use_true_random=False)))


def _of_member(how: str, whole: bytes, rng: random.Random) -> tuple[str, str, bytes]:
    """A fault inside the archive, whose own sums are right."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = rng.choice(old.namelist())
        for member in old.namelist():
            content = bytearray(old.read(member))
            if member == chosen:
                at = rng.randrange(len(content))
                if how == "member lost":
                    continue
                if how == "member cut":
                    del content[at:]
                else:
                    content[at] ^= 1 << rng.randrange(8)
            new.writestr(member, bytes(content))
    # A flipped bit of XML, like one of a CSV, may be another digit
    return f"{how}: {chosen}", "digit" if how == "member flipped" else "fewer", buffer.getvalue()


# ---- what may come of it ------------------------------------------------------------------------


def judge(
    read: Callable[[Path], pd.DataFrame], path: Path, kind: str, before: pd.DataFrame, tally: Tally
) -> None:
    """Read a spoilt file, and hold the end against what is allowed.

    Refused by name is right, but for what is harmless. A table must be sound in itself. After ``junk`` no
    figure that both tables have may differ, unless its status says that there is none, and none may have
    come under a key that was not there. None may ever be gone without a trace: in the account of the file's
    rows, or as a whole year of an indicator, which the table of what is covered shows.
    """
    try:
        found = read(path)
        if "indicator" in found:
            plausible.refuse(judged(found, before), path.name)
    except CompendiumError as error:
        says = str(error)
        assert kind != "harmless", says
        assert path.name in says and "expected" in says and "found" in says.casefold(), says
        assert len(says) < 3000, says
        tally.ends["refused"] += 1
        return
    sound(found)
    if kind == "harmless":
        pd.testing.assert_frame_equal(found, before)
        assert found.attrs == before.attrs
    if "indicator" not in found:
        tally.ends["read"] += 1
        return
    changed, new, gone = differences(before, found)
    if kind == "junk":
        assert not changed, f"figures changed without a word: {changed[:3]}"
        assert not new, f"figures under new keys: {new[:3]}"
    traced = found.attrs["account"] != before.attrs["account"]
    assert traced or kind != "fewer" or not changed, f"figures changed without a word: {changed[:3]}"
    if gone and not new and kind != "digit":
        assert traced or whole_years(gone, found), f"figures gone without a trace: {gone[:3]}"
    tally.ends["read as before" if not (changed or new or gone) else "read, and it shows"] += 1


def sound(found: pd.DataFrame) -> None:
    """The shape that every table of figures has."""
    if "indicator" not in found:
        assert len(found) and found.notna().all(axis=None)
        return
    assert list(found.columns)[: len(account.TIDY)] == account.TIDY and len(found)
    assert not found.duplicated(KEY).any()
    numbers = found[["value", "lower", "upper"]].astype(float)
    assert not np.isinf(numbers).any(axis=None)
    absent = found["status"].isin([markers.MISSING, markers.SUPPRESSED])
    assert found["status"].isin(markers.STATUSES).all() and (numbers["value"].isna() == absent).all()
    assert not ((numbers["lower"] > numbers["value"]) | (numbers["upper"] < numbers["value"])).any()
    assert found["year"].between(1990, 2100).all() and (found["area_code"].str.len() > 0).all()
    count = account.of(found)
    assert count.rows == count.taken + sum(count.left.values())


Found = list[tuple[Any, ...]]


def differences(before: pd.DataFrame, after: pd.DataFrame) -> tuple[Found, Found, Found]:
    """Keys whose figure differs though both have one, keys that are new, and keys that are gone."""
    one, other = (frame.set_index(KEY)["value"] for frame in (before, after))
    both = one.index.intersection(other.index)
    apart = both[~np.isclose(one[both], other[both], rtol=1e-9, equal_nan=True) & other[both].notna()]
    return list(apart), list(other.index.difference(one.index)), list(one.index.difference(other.index))


def whole_years(gone: Found, after: pd.DataFrame) -> bool:
    """Whether the years of the figures that are gone have no other figure of their indicator either."""
    there = set(after[["indicator", "year"]].itertuples(index=False, name=None))
    return not any((indicator, year) in there for indicator, _, year in gone)


def judged(found: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Rows that the ranges judge: of areas that no table takes, some lie outside in the sound file too."""
    ranged = found[found["indicator"].isin(limits())]
    sound_file = before[before["indicator"].isin(limits())]
    outside = plausible.outside(sound_file, tables.load("indicators"))[KEY].itertuples(index=False, name=None)
    return ranged[~ranged.set_index(KEY).index.isin(list(outside))]
