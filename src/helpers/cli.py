"""What can be asked for on the command line? Everything that make does, and no more.

Imports are inside the functions that need them: `compendium --help` and the check whether the
book is up to date must not wait for pandas.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import metadata

from helpers.commands import book, checks, data, notebooks, review, sweep, torture
from helpers.decomposition import command as akm
from helpers.errors import CompendiumError, ParameterError, of_disk

COMMANDS = (notebooks, sweep, data, book, checks, review, torture, akm)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str or None
        The words after ``compendium``; those of the process by default.

    Returns
    -------
    int
        0 when all is well; 1 when a cell failed or the data are not as they should be; 2 for
        wrong usage or a wrong parameter; 130 after Ctrl-C.
    """
    asked = _parser().parse_args(arguments)
    # Asked to end (by Snakemake, for one): unwind, so that kernels stop and half-done work goes
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        code = asked.command(asked)
        sys.stdout.flush()
        return code or 0
    except CompendiumError as error:
        print(f"compendium: {error}", file=sys.stderr)
        return 2 if isinstance(error, ParameterError) else 1
    except KeyboardInterrupt:
        print("compendium: stopped; nothing half-done was left behind.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has left (`compendium parameters | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        sentence = of_disk(error)
        if sentence is None:
            raise
        print(f"compendium: {sentence}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    parser = argparse.ArgumentParser(
        prog="compendium",
        description="Productivity gaps between the districts of a UK area, from official files "
        "to a published book.",
    )
    parser.add_argument("--version", action="version", version=metadata.version("helpers"))
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    for kind in COMMANDS:
        kind.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
