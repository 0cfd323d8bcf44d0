"""How is a long list of values given? In a file, one a line; what follows a ``#`` is a remark."""

from __future__ import annotations

from pathlib import Path

from helpers.errors import ParameterError

MOST_BYTES = 10_000_000  # a list of every district has three thousand


def text(file: Path, what: str) -> str:
    """Text of a small file that the user names.

    Parameters
    ----------
    file : Path
        In UTF-8, with or without a byte order mark.
    what : str
        What the file is, for the error message.

    Raises
    ------
    ParameterError
        It is not there, no file, too large, or no such text.
    """
    try:
        if file.exists() and not file.is_file():
            raise ParameterError(f"{what} {file} cannot be read: it is a folder or device, no file.")
        if file.stat().st_size > MOST_BYTES:
            raise ParameterError(f"{what} {file} cannot be read: it has more than {MOST_BYTES:,} bytes.")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ParameterError(f"{what} {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # of its bytes or, with a NUL, of its name
        raise ParameterError(f"{what} {str(file)!r} cannot be read: it is not text in UTF-8.") from error


def read(file: Path, name: str) -> list[str]:
    """Read the values of a parameter from a file.

    Parameters
    ----------
    file : Path
        Text in UTF-8, such as a list of codes of districts. Empty lines and remarks do not count.
    name : str
        The parameter, named in errors.

    Returns
    -------
    list of str
        In the order of the file.

    Raises
    ------
    ParameterError
        The file cannot be read, holds no value, or holds one twice; with its lines.
    """
    lines = text(file, f"{name}: the file").splitlines()
    first: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        value = line.partition("#")[0].strip()
        if not value:
            continue
        if value in first:
            raise ParameterError(
                f"{name}: {file} gives {value!r} in line {first[value]} and in line {number}; give it once."
            )
        first[value] = number
    if not first:
        raise ParameterError(f"{name}: {file} holds no value; write one a line.")
    return list(first)
