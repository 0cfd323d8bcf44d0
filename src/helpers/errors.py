"""What can go wrong, by name. Every message says what it is about, what was expected and the remedy."""

from __future__ import annotations

import difflib
import errno
import os
import shutil
from collections.abc import Iterable


class CompendiumError(Exception):
    """Base of every error that is shown to the user as a sentence, without a traceback."""


class CatalogueError(CompendiumError):
    """A card is missing, incomplete or contradicts its file."""


class DownloadError(CompendiumError):
    """A raw file could not be had, or is not the file its card describes."""


class SourceError(CompendiumError):
    """A raw file does not look as its reader expects."""


class TableError(CompendiumError):
    """A table of ``data/tables`` is missing, malformed or disagrees with its sources."""


class ParameterError(CompendiumError):
    """A parameter is unknown, of the wrong type, out of range or asks for what does not exist."""


class AreaError(ParameterError):
    """An area is unknown or ambiguous."""


class SweepError(ParameterError):
    """A sweep file asks for what does not exist or cannot be, or its folder is in use."""


class NotebookError(CompendiumError):
    """A notebook is unknown, not parameterised, or one of its cells failed."""


class ClaimError(CompendiumError):
    """A record of ``data/claims.yml`` is incomplete, or says what cannot be tested."""


class DecompositionError(CompendiumError):
    """Linked records cannot be decomposed as they are, or a step of it could not finish."""


class BookError(CompendiumError):
    """The book could not be built."""


class BusyError(CompendiumError):
    """Another run is writing where this one was to write."""


def of_disk(error: OSError) -> str | None:
    """The sentence for a disk that is full, or a place where nothing may be written.

    Returns
    -------
    str or None
        What stopped, where and the remedy; None for any other error of the system.
    """
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        _, where, reason = error.args[0][0]  # of a copied folder: a list of files
        known = next((code for code in _REMEDIES if os.strerror(code) in str(reason)), None)
    else:
        where, known = error.filename, error.errno
    if known not in _REMEDIES:
        return None
    return f"{where or 'A file'} could not be written: {os.strerror(known)}. {_REMEDIES[known]}"


_FULL = "Make room and give the same command again; no half-written file was left in place of a whole one."
_CLOSED = "Write elsewhere, or see to the rights to that folder."
_IN_THE_WAY = "A file stands where a folder is needed, or the reverse: move it away, or write elsewhere."
_REMEDIES = (
    dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _FULL)
    | dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), _CLOSED)
    | dict.fromkeys((errno.ENOTDIR, errno.EISDIR, errno.EEXIST), _IN_THE_WAY)
)


def nearest(word: str, known: Iterable[str], most: int = 3) -> str:
    """Sentence part naming the known words nearest to a misspelt one.

    Parameters
    ----------
    word : str
        What was asked for.
    known : iterable of str
        What exists.
    most : int
        How many to name at most.

    Returns
    -------
    str
        For example ``"Nearest: Wales, Dales."``, or an empty string when nothing is near.
    """
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=most, cutoff=0.5)
    return f"Nearest: {', '.join(by_folded[c] for c in close)}." if close else ""
