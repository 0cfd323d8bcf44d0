"""Is the environment the locked one? Installed packages against `requirements.lock`."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from helpers import paths
from helpers.review.line import Fault, Found, found

LOCK = paths.ROOT / "requirements.lock"
# The package itself and what venv puts in place are not of the lock
BESIDE_THE_LOCK = {"helpers", "pip", "setuptools"}


def locked(lock: Path = LOCK) -> dict[str, str]:
    """The versions that the lock asks for on this machine.

    Returns
    -------
    dict of str to str
        Version by name; an entry for another system or another Python is left out.
    """
    lines = [line for line in lock.read_text(encoding="utf-8").splitlines() if line[:1].isalnum()]
    asked = [Requirement(line.removesuffix("\\").strip()) for line in lines]
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one in asked
        if one.marker is None or one.marker.evaluate()
    }


def check(lock: Path = LOCK, installed: dict[str, str] | None = None) -> Found:
    """Every package of the lock is installed in its version, and no other package is.

    Parameters
    ----------
    lock : Path
    installed : dict of str to str, optional
        Version by name; those of this interpreter unless given.
    """
    wanted = locked(lock)
    if installed is None:
        installed = {canonicalize_name(one.metadata["Name"]): one.version for one in metadata.distributions()}
    faults = [
        Fault(lock.name, f"{name} is {installed.get(name, 'not installed')}, locked is {version}")
        for name, version in sorted(wanted.items())
        if installed.get(name) != version
    ]
    faults += [
        Fault(lock.name, f"{name} {installed[name]} is installed and not in the lock")
        for name in sorted(set(installed) - set(wanted) - BESIDE_THE_LOCK)
    ]
    return found(len(wanted), faults)
