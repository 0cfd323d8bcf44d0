"""How are more records than memory holds put in order? By DuckDB, which sorts on disk; without it, in memory.

Sorted by worker, firm and year, with firms and places numbered, everything after is a pass in pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from helpers.decomposition.columns import ColumnMap
from helpers.decomposition.optional import HAVE_DUCKDB
from helpers.decomposition.validate import PIECE, Checked, numbers, pieces, usable
from helpers.errors import DecompositionError

SHARE_OF_DUCKDB = 0.6  # of the memory asked for; the pieces read and Python have the rest


def sort_records(
    records: ds.Dataset,
    columns: ColumnMap,
    checked: Checked,
    target: Path,
    memory: int,
    spill: Path,
    threads: int = 1,
    use_duckdb: bool = HAVE_DUCKDB,
    spill_limit: int | None = None,
) -> None:
    """Write the usable records sorted by worker, firm and year.

    Parameters
    ----------
    target : Path
        Parquet file to write: ``worker`` as given, ``year`` int32, ``firm`` and ``place`` int32 as numbers of
        ``checked.firms`` and ``checked.places``, ``pay``, ``weight`` and ``x0``, ``x1``, ... float64.
    memory : int
        Bytes that may be used.
    spill : Path
        Folder for what does not fit.
    spill_limit : int or None
        Most bytes there.

    Raises
    ------
    DecompositionError
        When the disk or the memory is full.
    """
    encoded = _encoded(records, columns, checked, threads)
    schema = _schema(records, columns)
    reader = pa.RecordBatchReader.from_batches(schema, encoded)
    if not use_duckdb:
        try:
            table = reader.read_all().sort_by(
                [("worker", "ascending"), ("firm", "ascending"), ("year", "ascending")]
            )
            pq.write_table(table, target, row_group_size=PIECE, compression="snappy")
        except (OSError, MemoryError) as error:
            raise DecompositionError(
                f"The records could not be sorted into {target.parent}: {error}"
            ) from error
        return
    import duckdb  # type: ignore[import-untyped,unused-ignore]

    spill.mkdir(parents=True, exist_ok=True)
    settings: dict[str, Any] = {
        "memory_limit": f"{int(memory * SHARE_OF_DUCKDB / 1e6)}MB",
        "temp_directory": str(spill),
        "threads": threads,
        "preserve_insertion_order": False,
    }
    if spill_limit is not None:
        settings["max_temp_directory_size"] = f"{spill_limit}B"
    connection = duckdb.connect(":memory:", config=settings)
    try:
        connection.register("records", reader)
        connection.execute(
            # No value of the records stands in this text: names of columns are ours, the path is quoted
            f"COPY (SELECT * FROM records ORDER BY worker, firm, year) TO '{_quoted(target)}' "  # noqa: S608
            f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {PIECE // 4})"
        )
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException, OSError) as error:
        raise DecompositionError(
            f"The disk or the memory was full while the records were sorted (spill folder {spill}): {error} "
            "Give more of either, by --memory or by a spill folder on a larger disk."
        ) from error
    finally:
        connection.close()


def read_sorted(path: Path, names: list[str], most: int | None = None) -> Iterator[dict[str, np.ndarray]]:
    """Columns of the sorted records in pieces of so many, or a few more: none ends within a worker.

    Yields
    ------
    dict
        ``run``: number of the worker within the piece; and the columns asked for.
    """
    held: pa.Table | None = None
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(most or PIECE, columns=["worker", *names], use_threads=False):
            table = pa.Table.from_batches([batch])
            table = table if held is None else pa.concat_tables([held, table]).combine_chunks()
            changes = _changes(table["worker"])
            cut = int(changes[-1]) if len(changes) else 0
            held = table.slice(cut)
            if cut:
                yield _arrays(table.slice(0, cut), changes[:-1], names)
    if held is not None and len(held):
        yield _arrays(held, _changes(held["worker"]), names)


def _changes(worker: pa.ChunkedArray) -> np.ndarray:
    """Positions from the second on where another worker begins."""
    worker = worker.combine_chunks()
    differs = pc.not_equal(worker.slice(1), worker.slice(0, len(worker) - 1))
    return np.flatnonzero(differs.to_numpy(zero_copy_only=False)) + 1


def _arrays(table: pa.Table, changes: np.ndarray, names: list[str]) -> dict[str, np.ndarray]:
    run = np.zeros(len(table), dtype=np.int64)
    run[changes] = 1
    return {"run": np.cumsum(run)} | {name: table[name].to_numpy() for name in names}


def _encoded(
    records: ds.Dataset, columns: ColumnMap, checked: Checked, threads: int
) -> Iterator[pa.RecordBatch]:
    """Pieces with the estimator's names, firms and places numbered, unusable records left out."""
    schema = _schema(records, columns)
    for piece in pieces(records, columns, threads):
        keep, _ = usable(piece, columns)
        kept = piece if keep.all() else piece.filter(pa.array(keep))
        made = [
            _plain(kept[columns.worker]),
            pc.cast(kept[columns.year], pa.int32()),
            pc.index_in(_plain(kept[columns.firm]), checked.firms),
            pc.index_in(_plain(kept[columns.place]), checked.places) if columns.place else _whole(len(kept)),
            pa.array(numbers(kept, columns.pay)),
            pa.array(numbers(kept, columns.weight) if columns.weight else np.ones(len(kept))),
            *(pa.array(numbers(kept, name)) for name in columns.controls),
        ]
        yield pa.RecordBatch.from_arrays(made, schema=schema)


def _schema(records: ds.Dataset, columns: ColumnMap) -> pa.Schema:
    kind = records.schema.field(columns.worker).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    names = {"worker": kind, "year": pa.int32(), "firm": pa.int32(), "place": pa.int32()}
    floats = ["pay", "weight", *(f"x{k}" for k in range(len(columns.controls)))]
    return pa.schema(names | {name: pa.float64() for name in floats})


def _whole(count: int) -> pa.Array:
    return pa.array(np.zeros(count, dtype=np.int32))


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
