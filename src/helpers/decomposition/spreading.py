"""How is more than memory holds put in order? Spread over files by ranges of a key, each of which is sorted.

Nothing is drawn and nothing depends on how much fits: the same numbers come out, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import DTypeLike
from scipy import sparse  # type: ignore[import-untyped]

from helpers.decomposition.matches import Floats, Integers
from helpers.decomposition.room import Array, Room, write

SIZE = 1 << 21  # entries that are put in order at a time
MOST_FILES = 200  # systems let a process have a few hundred open
ENTRY = np.dtype([("row", np.int32), ("column", np.int32), ("value", np.float64)])
STEP = 1 << 12  # positions that a bin of `placed` holds


class Spread:
    """Entries of a structured type, spread over files by the bin that each falls into.

    Parameters
    ----------
    counts : (bins,) int
        Most entries that come to each bin. Bins that stand side by side share a file.
    kind : dtype
        Of the entries.
    """

    def __init__(self, counts: Integers, kind: np.dtype[np.void], room: Room) -> None:
        self._kind = kind
        size = max(SIZE, int(counts.sum()) // MOST_FILES + 1)
        _, of_bin = np.unique((np.cumsum(counts) - counts) // size, return_inverse=True)
        self._of_bin = of_bin.astype(np.uint8)
        self._files = [room.file() for _ in range(int(of_bin.max(initial=0)) + 1)]

    def add(self, bins: Integers, **columns: Array) -> None:
        """Spread entries, given by their columns."""
        entries = np.empty(len(bins), self._kind)
        for name, column in columns.items():
            entries[name] = column
        if len(self._files) == 1:
            write(self._files[0], entries)
            return
        of = self._of_bin[bins]
        turn = np.argsort(of, kind="stable")
        ends = np.cumsum(np.bincount(of, minlength=len(self._files)))
        for file, part in zip(self._files, np.split(entries[turn], ends[:-1]), strict=True):
            write(file, part)

    def __iter__(self) -> Iterator[Array]:
        """Entries file by file, in the order they were added; each file is gone when it is read."""
        for file in self._files:
            with file:
                file.seek(0)
                yield np.fromfile(file, self._kind)


def summed(
    entries: Iterable[tuple[Integers, Integers, Floats]],
    counts: Integers,
    columns: int,
    room: Room,
    name: str = "",
) -> sparse.csr_array:
    """A sparse matrix of entries given in pieces as (row, column, value); equals are added up.

    Parameters
    ----------
    counts : (rows,) int
        Most entries in each row.
    name : str
        Of what is left in the room, ``name_indices`` and ``name_data``.
    """
    spread = Spread(counts, ENTRY, room)
    for row, column, value in entries:
        spread.add(row, row=row, column=column, value=value)
    indices, data = room.growing(f"{name}_indices", np.int32), room.growing(f"{name}_data", np.float64)
    of_row = np.zeros(len(counts), dtype=np.int64)
    for part in spread:
        if not len(part):
            continue
        key = part["row"].astype(np.int64) * columns + part["column"]
        turn = np.argsort(key, kind="stable")
        key = key[turn]
        first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
        row, column = np.divmod(key[first], columns)
        indices.append(column)
        data.append(np.add.reduceat(part["value"][turn], first))
        of_row += np.bincount(row, minlength=len(counts))
    start = np.concatenate([[0], np.cumsum(of_row)])
    start = start.astype(np.int32) if start[-1] < 2**31 else start
    return csr(start, indices.whole(), data.whole(), (len(counts), columns))


def csr(start: Integers, indices: Integers, data: Array, shape: tuple[int, int]) -> sparse.csr_array:
    """A sparse matrix with sorted indices whose arrays stay where they are."""
    made = sparse.csr_array((data, indices, start), shape=shape, copy=False)
    made.has_sorted_indices = made.has_canonical_format = True
    return made


def rows(matrix: sparse.csr_array) -> Iterator[tuple[Integers, Integers, Array]]:
    """Entries of a matrix in pieces of whole rows, as (row, column, value)."""
    begin = 0
    while begin < matrix.shape[0]:
        most = int(np.searchsorted(matrix.indptr, matrix.indptr[begin] + SIZE, side="right")) - 1
        end = max(begin + 1, most)
        here = slice(int(matrix.indptr[begin]), int(matrix.indptr[end]))
        row = np.repeat(np.arange(begin, end, dtype=np.int32), np.diff(matrix.indptr[begin : end + 1]))
        yield row, matrix.indices[here], matrix.data[here]
        begin = end


class Placed:
    """Entries that know where they belong, 0 to ``length`` - 1: each position once."""

    def __init__(self, length: int, kinds: dict[str, DTypeLike], room: Room) -> None:
        counts = np.full(-(-length // STEP), STEP)
        self._spread = Spread(counts, np.dtype([("at", np.int64), *kinds.items()]), room)

    def add(self, at: Integers, **columns: Array) -> None:
        """Entries for these positions."""
        self._spread.add(at // STEP, at=at, **columns)

    def into(self, **targets: Array) -> None:
        """Write the columns into arrays, each entry at its position."""
        for part in self._spread:
            for name, target in targets.items():
                target[part["at"]] = part[name]
