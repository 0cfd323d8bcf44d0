"""How is a long list of values given? In a file, one a line; what follows a ``#`` is a remark."""

from __future__ import annotations

from pathlib import Path

from helpers.errors import ParameterError


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
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise ParameterError(f"{name}: the file {file} cannot be read: {reason}.") from error
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
