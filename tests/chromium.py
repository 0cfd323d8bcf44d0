"""The browser that tests of pages use, and what happens where there is none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from helpers.site import pdf

QUIET = [  # root needs the first; the others keep the browser itself off the network
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def unavailable(reason: str) -> None:
    """Skip, or fail where a browser is required."""
    if os.environ.get("COMPENDIUM_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def launched() -> Iterator[Any]:
    """Headless Chromium: COMPENDIUM_CHROMIUM, else the system's, else Playwright's own."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        program = pdf.browser() or driver.chromium.executable_path
        if not Path(program).is_file():
            unavailable(
                "No Chromium: install the system's, run `playwright install chromium`, or name one "
                f"in COMPENDIUM_CHROMIUM (looked for {program})."
            )
        browser = driver.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()
