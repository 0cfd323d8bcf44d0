"""Are these records fit to be decomposed? Read in pieces, checked, and every fault given its name.

Records come as Parquet or CSV, one file or a folder of files, larger than memory if need be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.dataset as ds

from helpers.decomposition.columns import ColumnMap
from helpers.errors import DecompositionError, nearest

PIECE = 1 << 20  # records held at a time
ENDINGS = {".parquet": "parquet", ".csv": "csv"}


@dataclass(frozen=True)
class Checked:
    """What a first reading of the records found.

    Attributes
    ----------
    records : int
        Records that are used.
    dropped : dict of str to int
        Records left out, by reason.
    firms, places : Array
        Identifiers, each once, in order; places are empty without a place column.
    years : tuple of int
        Calendar years, in order.
    """

    records: int
    dropped: dict[str, int]
    firms: pa.Array
    places: pa.Array
    years: tuple[int, ...]


def open_records(path: Path, columns: ColumnMap, window: tuple[int, int] | None = None) -> ds.Dataset:
    """Open the records without reading them, those of a window of years only if one is given.

    Raises
    ------
    DecompositionError
        When there are none, a file cannot be read, a column is missing, or files disagree on its type.
    """
    files = _files(path)
    kind = ENDINGS[files[0].suffix.lower()]
    # Identifiers are names even when they look like numbers: 007 is not 7, and A12 may follow
    options = pacsv.ConvertOptions(
        column_types={name: pa.string() for name in columns.identifiers}
        | {name: pa.float64() for name in columns.numbers}
        | {columns.year: pa.int64()},
        null_values=["", "NA", "NaN", "nan", "."],
        strings_can_be_null=True,
    )
    form = ds.CsvFileFormat(convert_options=options) if kind == "csv" else ds.ParquetFileFormat()
    schemas = []
    for file in files:
        if file.stat().st_size == 0:
            raise DecompositionError(f"{file} is empty.")
        try:
            schemas.append(ds.dataset(file, format=form).schema)
        except (pa.ArrowException, OSError) as error:
            raise DecompositionError(f"{file} cannot be read as {kind}: {error}") from error
    _agree(files, schemas, columns)
    opened = ds.dataset([str(file) for file in files], format=form, schema=schemas[0])
    if window is None:
        return opened
    year = ds.field(columns.year)
    return opened.filter((year >= window[0]) & (year <= window[1]))


def pieces(records: ds.Dataset, columns: ColumnMap, threads: int = 1) -> Iterator[pa.RecordBatch]:
    """The mapped columns, in pieces of at most `PIECE` records.

    Raises
    ------
    DecompositionError
        When a file turns out to be damaged or holds text where numbers belong.
    """
    scanner = records.scanner(
        columns=list(columns.all),
        batch_size=PIECE,
        use_threads=threads > 1,
        batch_readahead=2,
        fragment_readahead=1,
    )
    try:
        yield from scanner.to_batches()
    except (pa.ArrowException, OSError) as error:
        raise DecompositionError(
            f"The records could not be read to their end: {error}. The file may be damaged, or a column of "
            "numbers holds text."
        ) from error


def check(records: ds.Dataset, columns: ColumnMap, threads: int = 1) -> Checked:
    """Read everything once.

    Raises
    ------
    DecompositionError
        When there are no records or one year only, an identifier or year is missing, a weight is negative or
        missing, or (unless the map says ``missing: drop``) pay, place or a control is missing or infinite.
    """
    used = 0
    dropped: dict[str, int] = {}
    firms: list[pa.Array] = []
    places: list[pa.Array] = []
    years: set[int] = set()
    for piece in pieces(records, columns, threads):
        keep, reasons = usable(piece, columns)
        for reason, count in reasons.items():
            dropped[reason] = dropped.get(reason, 0) + count
        kept = piece if keep.all() else piece.filter(pa.array(keep))
        used += len(kept)
        firms.append(pc.unique(kept[columns.firm]))
        places += [pc.unique(kept[columns.place])] if columns.place else []
        years.update(pc.unique(kept[columns.year]).to_pylist())
        if len(firms) > 50:
            firms, places = [_together(firms)], [_together(places)] if places else []
    if used == 0:
        raise DecompositionError("There are no usable records.")
    found = tuple(sorted(years))
    if found[0] < 0:
        raise DecompositionError(f"{columns.year} holds {found[0]}, which is no calendar year.")
    if len(found) == 1:
        raise DecompositionError(
            f"All records are of one year, {found[0]}: nobody can be seen to move. Two years are the least."
        )
    return Checked(used, dropped, _together(firms), _together(places), found)


def usable(piece: pa.RecordBatch, columns: ColumnMap) -> tuple[np.ndarray, dict[str, int]]:
    """Which records of a piece are used, and how many are not, by reason.

    Raises
    ------
    DecompositionError
        As `check`.
    """
    for name in (columns.worker, columns.firm, columns.year):
        if piece[name].null_count:
            raise DecompositionError(f"{piece[name].null_count:,} records or more have no {name}.")
    keep = np.ones(len(piece), dtype=bool)
    dropped: dict[str, int] = {}
    if columns.weight:
        weight = numbers(piece, columns.weight)
        if not (weight >= 0).all():  # false of a missing weight, too
            raise DecompositionError(f"{columns.weight} is negative or missing in at least one record.")
        if np.isinf(weight).any():
            raise DecompositionError(f"{columns.weight} is infinite in at least one record.")
        _leave_out(keep, weight == 0, f"{columns.weight} is zero", dropped)
    for name in (columns.pay, *columns.controls):
        faulty = ~np.isfinite(numbers(piece, name)) & keep
        _refuse(faulty, name, "missing or infinite", columns)
        _leave_out(keep, faulty, f"{name} is missing or infinite", dropped)
    if columns.place:
        faulty = piece[columns.place].is_null().to_numpy(zero_copy_only=False) & keep
        _refuse(faulty, columns.place, "missing", columns)
        _leave_out(keep, faulty, f"{columns.place} is missing", dropped)
    return keep, dropped


def numbers(piece: pa.RecordBatch, name: str) -> np.ndarray:
    """A column of numbers as floats, missing ones as nan."""
    column = piece[name]
    if column.null_count == 0 and pa.types.is_float64(column.type):
        return np.asarray(column.to_numpy())
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _refuse(faulty: np.ndarray, name: str, how: str, columns: ColumnMap) -> None:
    if faulty.any() and columns.missing == "refuse":
        raise DecompositionError(
            f"{name} is {how} in {faulty.sum():,} records or more. Mend them, or write `missing: drop` in "
            "the column map to leave such records out and have them counted."
        )


def _leave_out(keep: np.ndarray, faulty: np.ndarray, reason: str, dropped: dict[str, int]) -> None:
    if faulty.any():
        dropped[reason] = int(faulty.sum())
        keep &= ~faulty


def _together(parts: list[pa.Array]) -> pa.Array:
    """Distinct values of all parts, in order."""
    if not parts:
        return pa.array([], type=pa.string())
    plain = [part.dictionary_decode() if pa.types.is_dictionary(part.type) else part for part in parts]
    values = pc.unique(pa.chunked_array(plain))
    return values.take(pc.sort_indices(values))


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise DecompositionError(f"There is no {path}.")
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix.lower() in ENDINGS)
    kinds = {file.suffix.lower() for file in files}
    if len(kinds) != 1 or not kinds <= set(ENDINGS):
        raise DecompositionError(
            f"{path} must be one .parquet or .csv file, or a folder with files of one of these kinds."
        )
    return files


def _agree(files: list[Path], schemas: list[pa.Schema], columns: ColumnMap) -> None:
    """Every file has every column, of the same type in all of them and of the kind that is needed."""
    for file, schema in zip(files, schemas, strict=True):
        for name in columns.all:
            if name not in schema.names:
                raise DecompositionError(f"{file} has no column {name!r}. {nearest(name, schema.names)}")
            own, first = schema.field(name).type, schemas[0].field(name).type
            if own != first:
                raise DecompositionError(
                    f"{name} is {first} in {files[0]} but {own} in {file}: an identifier or number of mixed "
                    "types would split one worker or firm into two. Write all files with one type."
                )
            _right_kind(file, name, own, columns)


def _right_kind(file: Path, name: str, kind: pa.DataType, columns: ColumnMap) -> None:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    whole = pa.types.is_integer(inner)
    text = pa.types.is_string(inner) or pa.types.is_large_string(inner)
    if name in columns.identifiers and not (whole or text):
        raise DecompositionError(f"{file}: {name} is {kind}; an identifier must be whole numbers or text.")
    if name == columns.year and not whole:
        raise DecompositionError(f"{file}: {name} is {kind}; the year must be a whole number.")
    if name in columns.numbers and not (whole or pa.types.is_floating(inner) or pa.types.is_decimal(inner)):
        raise DecompositionError(f"{file}: {name} is {kind}; numbers are needed.")
