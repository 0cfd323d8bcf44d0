"""How does a command hand over to another program, and report without mixing with results?"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys


def become(module: str, *words: object) -> int:
    """Hand over to another program of this environment, without staying in between."""
    command = [sys.executable, "-m", module, *map(str, words)]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)  # noqa: S606 (no shell: that is the point)
    return subprocess.run(command, check=False).returncode


def tell(line: str) -> None:
    """Report progress where it does not mix with results."""
    print(line, file=sys.stderr, flush=True)


def cores(text: str) -> int | None:
    """How many things are done at the same time: a whole number from 1, or ``all`` (None)."""
    if text == "all":
        return None
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a whole number from 1 nor all")
    return int(text)
