"""What several test files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import built_book
import chromium
import pytest
import visitor

from helpers import paths


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder of the raw files, where a developer or CI keeps one beside the repository."""
    folder = paths.ROOT.parent / "shared" / "data"
    if not (folder / "MANIFEST.csv").exists():
        pytest.skip("no mirror of the raw files beside the repository (../shared/data)")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium; the test is skipped without one, or fails where one is required."""
    with chromium.launched() as started:
        yield started


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The built book, served from this machine."""
    if not (built_book.SITE / "index.html").is_file():
        chromium.unavailable(f"No book at {built_book.SITE}: build it with `make book`.")
    with visitor.served(built_book.SITE) as where:
        yield where


@pytest.fixture(scope="module")
def profile(browser: Any) -> Iterator[Any]:
    """One visitor, whose browser keeps the site's scripts between pages."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def reader(profile: Any, address: str) -> Iterator[visitor.Reader]:
    """A page that blocks every request to another host, and records it with any other fault."""
    reader = visitor.watched(profile.new_page(), address)
    reader.page.set_viewport_size(built_book.DESKTOP)
    yield reader
    reader.page.close()
