"""Where do arrays live that are as long as the records? In files that the system maps into memory.

What memory has room for stays in memory, and the system takes back the rest by itself: a run on more matches
than fit is slower and no different. Arrays as long as the firms are not kept here; there are few firms.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

ZEROS = 1 << 20  # bytes written at a time where the system cannot set space aside
Array = NDArray[Any]


@dataclass(frozen=True)
class Room:
    """Where a step puts what is long.

    Attributes
    ----------
    folder : Path or None
        For what the step leaves, a ``.npy`` file each; without one, that is gone with the process as well.
    spill : Path or None
        For what is needed for a while; the system's folder for such files by default. Files there have no
        name, where the system allows it, and are gone with the process, however it ends.
    """

    folder: Path | None = None
    spill: Path | None = None

    def result(self, name: str, shape: tuple[int, ...], kind: DTypeLike) -> Array:
        """An array of zeros to be filled, which the step leaves.

        Raises
        ------
        OSError
            When the disk has not enough space, which is set aside at once: to run out of it while a mapped
            file is written would end the process without a word.
        """
        if self.folder is None:
            return self.scratch(shape, kind)
        path = self.folder / f"{name}.npy"
        with path.open("w+b") as file:
            np.lib.format.write_array_header_1_0(file, _head(shape, kind))
            return _mapped(file, shape, kind)

    def scratch(self, shape: tuple[int, ...], kind: DTypeLike) -> Array:
        """An array of zeros to be filled, for a while.

        Raises
        ------
        OSError
            As `result`.
        """
        with self.file() as file:
            return _mapped(file, shape, kind)

    def file(self) -> IO[bytes]:
        """An open file for a while."""
        if self.spill is not None:
            self.spill.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=self.spill)

    def growing(self, name: str, kind: DTypeLike) -> Growing:
        """An array whose length nobody knows yet, which the step leaves."""
        named = None if self.folder is None else self.folder / f"{name}.npy"
        return Growing(self.file() if named is None else named.open("w+b"), kind)


TEMPORARY = Room()


class Growing:
    """A one-dimensional array that is written piece by piece."""

    def __init__(self, file: IO[bytes], kind: DTypeLike) -> None:
        self._file, self._kind, self._length = file, np.dtype(kind), 0
        self._begin = self._write_head()  # NumPy leaves space in it for any length

    def append(self, values: Array) -> None:
        """Write a piece to the end."""
        write(self._file, values.astype(self._kind, copy=False))
        self._length += len(values)

    def whole(self) -> Array:
        """Close the file; the array."""
        self._file.seek(0)
        if self._write_head() != self._begin:
            raise RuntimeError("This NumPy leaves no space in the head of a file for its length.")
        self._file.flush()
        with self._file:
            return _map(self._file, self._begin, (self._length,), self._kind, "r")

    def _write_head(self) -> int:
        np.lib.format.write_array_header_1_0(self._file, _head((self._length,), self._kind))
        return self._file.tell()


def write(file: IO[bytes], values: Array) -> None:
    """Write the bytes of an array at the file's position."""
    if values.size:
        file.write(np.ascontiguousarray(values).view(np.uint8).data)


def load(folder: Path, name: str) -> Array:
    """Map an array that a step has left, for reading."""
    path = folder / f"{name}.npy"
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
        return _map(file, file.tell(), shape, kind, "r")


def frozen(*arrays: Array) -> tuple[Array, ...]:
    """The same arrays for reading only: loops are compiled for one kind of argument."""
    views = tuple(array.view() for array in arrays)
    for view in views:
        view.flags.writeable = False
    return views


def _head(shape: tuple[int, ...], kind: DTypeLike) -> dict[str, Any]:
    return {
        "descr": np.lib.format.dtype_to_descr(np.dtype(kind)),
        "fortran_order": False,
        "shape": tuple(int(length) for length in shape),
    }


def _mapped(file: IO[bytes], shape: tuple[int, ...], kind: DTypeLike) -> Array:
    """Set space aside behind the file's position and map it."""
    file.flush()
    begin, size = file.tell(), int(np.prod(shape)) * np.dtype(kind).itemsize
    if size and hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), begin, size)
    else:
        for done in range(0, size, ZEROS):
            file.write(bytes(min(ZEROS, size - done)))
        file.flush()
    return _map(file, begin, shape, kind, "r+")


def _map(file: IO[bytes], begin: int, shape: tuple[int, ...], kind: DTypeLike, mode: Any) -> Array:
    if not np.prod(shape):
        return np.zeros(shape, kind)
    return np.asarray(np.memmap(file, np.dtype(kind), mode, begin, shape))
