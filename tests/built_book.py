"""The built book that tests of pages open, and what its pages weigh."""

from __future__ import annotations

import functools
import gzip
import os
from pathlib import Path
from typing import Any

from helpers import book_source, paths

SITE = Path(os.environ.get("COMPENDIUM_SITE", paths.BUILD / "html"))
TOC = SITE.parent / "book" / "_toc.yml"  # of the gathered folder: a book of another area has fewer pages
PAGES = [f"{p}.html" for p in book_source.chapters(TOC if TOC.is_file() else paths.ROOT / "_toc.yml")]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 360, "height": 640}


def districts_of_site() -> list[str]:
    """Slugs of the districts that the site is about, sorted."""
    return sorted(file.stem for file in (SITE / "book" / "districts").glob("*.html"))


@functools.cache
def packed(file: Path) -> int:
    """Bytes of a file of the site as servers pack it."""
    return len(gzip.compress(file.read_bytes()))


def weight(page: Any) -> int:
    """Bytes of a page with all that it has loaded, those files included that the browser kept from before."""
    loaded = page.evaluate(
        "[location.href, ...performance.getEntriesByType('resource').map(one => one.name)]"
        ".filter(address => !address.startsWith('data:'))"
        ".map(address => decodeURIComponent(new URL(address).pathname.slice(1)))"
    )
    return sum(packed(SITE / path) for path in set(loaded))
