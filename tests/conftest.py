"""What several test files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chromium
import pytest

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
