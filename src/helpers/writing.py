"""How is a file written so that nobody meets half of it, and a folder by one run at a time?

What is said here holds when the power of `kill -9` ends a process at any moment: a file takes its name
only when it is whole, and a folder is held by a lock that the system gives back with the process.
"""

from __future__ import annotations

import errno
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers import paths
from helpers.errors import BusyError, CompendiumError, ParameterError

# Folders of the repository that results must not be mixed with
SOURCE_FOLDERS = (".ci", ".git", ".github", ".venv", "book", "data", "notebooks", "src", "tests")
LOCK = ".lock"
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)  # a file system that knows none


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; the file takes its place in one step when all went well.

    Parameters
    ----------
    path : Path
        The file; its folder is made where it is missing.

    Yields
    ------
    Path
        On the same disk, hidden, gone afterwards.

    Raises
    ------
    OSError
        The disk is full or may not be written; it names `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.partial")
    try:
        yield half
        half.replace(path)
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
    finally:
        half.unlink(missing_ok=True)


def text(path: Path, content: str) -> None:
    """Write a text in UTF-8, whole or not at all."""
    with whole(path) as half:
        half.write_text(content, encoding="utf-8")


def results_folder(out: Path) -> Path:
    """Make the folder of some results, or say why it cannot be one.

    Returns
    -------
    Path
        The folder, absolute.

    Raises
    ------
    ParameterError
        It is the repository itself or a folder of its sources.
    CompendiumError
        It cannot be made.
    """
    out = out.resolve()
    own = out.relative_to(paths.ROOT).parts if out.is_relative_to(paths.ROOT) else ("elsewhere",)
    if not own or own[0] in SOURCE_FOLDERS:
        raise ParameterError(f"{out} holds sources: give another --out, for example _build/mine.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror
        raise CompendiumError(f"Nothing can be written to {out}: {reason}. Give another --out.") from error
    return out


@contextmanager
def alone(folder: Path, lock: Path | None = None) -> Iterator[None]:
    """Be the only run of the project that writes to a folder, as long as the block lasts.

    Parameters
    ----------
    folder : Path
        What is written to; named in the error.
    lock : Path, optional
        The file that is locked; ``.lock`` in the folder by default, gone afterwards.

    Raises
    ------
    BusyError
        Another run that is still alive holds the folder. One that was killed holds nothing.
    """
    file = lock or folder / LOCK
    held = hold(folder, file)
    try:
        yield
    finally:
        if sys.platform != "win32":
            file.unlink(missing_ok=True)  # while it is still ours: see `hold`
        os.close(held)


def hold(folder: Path, file: Path) -> int:
    """Lock a file for as long as this process lives, or a program that it becomes.

    Returns
    -------
    int
        The open file; closing it gives the folder back.

    Raises
    ------
    BusyError
        See `alone`.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        held = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(held)
            now = file.stat()
        except BlockingIOError as error:
            owner = os.pread(held, 200, 1).decode(errors="replace") if sys.platform != "win32" else ""
            os.close(held)
            raise BusyError(
                f"Another run{owner and f' ({owner})'} is at work in {folder}; nothing was changed. "
                "Wait until it has finished, or write elsewhere."
            ) from error
        except FileNotFoundError:
            os.close(held)
            continue
        # Whoever finished in between has removed the file that was opened: try the new one
        if sys.platform == "win32" or os.path.samestat(now, os.fstat(held)):
            break
        os.close(held)
    os.ftruncate(held, 0)
    os.write(held, f"\nprocess {os.getpid()} on {platform.node()}".encode())
    return held


def _lock(held: int) -> None:
    """Lock an open file, or raise BlockingIOError at once."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(held, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from error
        return
    import fcntl

    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        print("compendium: this disk knows no locks; start one run at a time here.", file=sys.stderr)
