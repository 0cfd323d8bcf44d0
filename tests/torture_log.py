"""Keeps what the tests of endurance tried and how it ended: a pytest plugin that `compendium torture` loads.

A test says what it tried with ``record_property("cases", "130 cases: ...")``.
"""

from __future__ import annotations

import os
import platform
import re
import time
from importlib import metadata
from pathlib import Path

import pytest

PACKAGES = ("hypothesis", "pandas", "numpy", "python-calamine", "geopandas", "pyyaml")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--torture-log", type=Path, help="where to write the log")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # one log, by the process that hears from all workers
        log = Log(config.getoption("--torture-log"), config.getoption("-k"))
        config.pluginmanager.register(log, "the log of endurance")


class Log:
    """Lines of all tests, written at the end."""

    def __init__(self, file: Path, words: str) -> None:
        self.file, self.words, self.begun = file, words, time.monotonic()
        self.lines: list[str] = []
        self.ends = {"passed": 0, "failed": 0, "skipped": 0}
        self.cases = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        self.ends[report.outcome] += 1
        tried = str(dict(report.user_properties).get("cases", ""))
        number = re.match(r"[\d,]+", tried)
        self.cases += int(number[0].replace(",", "")) if number else 0
        if not report.skipped:
            name = report.nodeid.removeprefix("tests/")
            self.lines.append(f"{name}: {report.outcome} in {report.duration:.0f} s. {tried}".rstrip())

    def pytest_sessionfinish(self) -> None:
        ends = ", ".join(f"{number} {how}" for how, number in self.ends.items())
        versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
        head = [
            f"Tests {f'with {self.words!r} in their names' if self.words else 'of every kind'}.",
            f"Seed {os.environ['COMPENDIUM_TORTURE_SEED']}; Python {platform.python_version()}, {versions}.",
            f"{self.cases:,} cases in {time.monotonic() - self.begun:.0f} s; tests: {ends}.",
            "Refused: an error that names the file, what was expected and what was found. Read as before:",
            "the same figures. Read, and it shows: a sound table that says what is missing or gone.",
        ]
        self.file.write_text("\n".join([*head, "", *sorted(self.lines), ""]), encoding="utf-8")
