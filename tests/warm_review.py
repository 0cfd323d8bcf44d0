"""A process that has imported a copy's package, and forks one `compendium review` per change to the copy.

Most of a short review is imports. Each fork starts from a process that has read nothing of the copy's data,
notebooks or records, so that a review sees the files as they are when it is asked for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SERVER = """
import json, os, sys
from helpers import cli
from helpers.claims import run  # imported by lines when they begin
from helpers.review import door, report
quiet = os.open(os.devnull, os.O_WRONLY)
for line in sys.stdin:
    if not (child := os.fork()):
        os.dup2(quiet, 1)
        os._exit(cli.main(json.loads(line)))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def command(*words: str) -> list[str]:
    """A command line of `compendium`, by the package that is on the path."""
    return [sys.executable, "-m", "helpers.cli", *words]


def environment(root: Path) -> dict[str, str]:
    """The package of a copy comes before any other."""
    return os.environ | {"PYTHONPATH": str(root / "src")}


class Reviewer:
    """Reviews one copy of the repository, by the package of the copy."""

    def __init__(self, root: Path, server: subprocess.Popen[str] | None) -> None:
        self.root, self.server = root, server

    def review(self, out: Path, *words: str, afresh: bool = False) -> tuple[int, dict[str, dict[str, Any]]]:
        """Exit code and lines of ``compendium review --out OUT WORDS``; `afresh` in a process of its own."""
        asked = ["review", "--out", str(out), *words]
        if afresh or self.server is None:
            done = subprocess.run(command(*asked), cwd=self.root, env=environment(self.root), check=False)
            code = done.returncode
        else:
            self.server.stdin.write(json.dumps(asked) + "\n")
            self.server.stdin.flush()
            code = int(self.server.stdout.readline())
        report = json.loads((out / "review.json").read_text(encoding="utf-8"))
        return code, {line["name"]: line for line in report["lines"]}


@contextmanager
def reviewer(root: Path) -> Iterator[Reviewer]:
    """A reviewer whose process ends with the block; where a system cannot fork, each review has its own."""
    if not hasattr(os, "fork"):
        yield Reviewer(root, None)
        return
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", SERVER], cwd=root, env=environment(root), **pipes) as server:
        yield Reviewer(root, server)
        server.stdin.close()
