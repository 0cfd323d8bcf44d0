"""What can go wrong, by name. Every message says what it is about, what was expected and the remedy."""

from __future__ import annotations

import difflib
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
