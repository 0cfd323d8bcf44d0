"""Does a page of the built book print as its text alone, whole, black on white, with addresses for links?

Opened from the disk in headless Chromium as a printer sees it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import unavailable

from helpers import paths

SITE = Path(os.environ.get("COMPENDIUM_SITE", paths.BUILD / "html"))
PAGES = (
    "book/index.html",
    "notebooks/03_divergence.html",
    "book/data_and_licences.html",
    "book/explorer.html",
)
WIDTH = 673  # pixels between the margins of A4


@pytest.fixture(scope="module")
def paper(browser: Any) -> Iterator[Any]:
    """A page laid out for paper, from a reader who prefers dark screens."""
    if not (SITE / "index.html").is_file():
        unavailable(f"No book at {SITE}: build it with `make book`.")
    context = browser.new_context(color_scheme="dark", viewport={"width": WIDTH, "height": 1000})
    page = context.new_page()
    page.emulate_media(media="print")
    yield page
    context.close()


def districts() -> list[str]:
    """The first page of a district, if the site has any."""
    return [
        f"book/districts/{file.name}" for file in sorted((SITE / "book" / "districts").glob("*.html"))[:1]
    ]


def test_pages_print_their_text_alone_and_nothing_is_cut(paper: Any) -> None:
    for name in [*PAGES, *districts()]:
        paper.goto((SITE / name).as_uri())
        for part in (
            ".bd-sidebar-primary",
            ".bd-sidebar-secondary",
            ".bd-header-article",
            ".prev-next-area",
            "button",
        ):
            assert paper.locator(f"{part}:visible").count() == 0, (name, part)
        assert paper.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert paper.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        wide = paper.evaluate(
            """width => [...document.querySelectorAll(".bd-article :is(img, svg, p, pre)")]
                .filter(one => one.getBoundingClientRect().width > width + 1)
                .map(one => one.outerHTML.slice(0, 80))""",
            WIDTH,
        )
        assert wide == [], name


def test_outside_links_print_their_address_and_own_links_do_not(paper: Any) -> None:
    paper.goto((SITE / "book" / "data_and_licences.html").as_uri())
    after = "link => getComputedStyle(link, '::after').content"
    licence = paper.locator(".bd-article a[href*='nationalarchives']").first
    assert "nationalarchives" in licence.evaluate(after)
    paper.goto((SITE / "book" / "index.html").as_uri())
    assert paper.locator(".bd-article a[href*='03_divergence']").first.evaluate(after) == "none"


def test_what_is_folded_away_on_the_screen_is_open_on_paper_but_for_code(paper: Any) -> None:
    if not districts():
        pytest.skip("the site has no pages of districts")
    paper.goto((SITE / districts()[0]).as_uri())
    heights = paper.evaluate(
        "[...document.querySelectorAll('details.origin p')].map(one => one.getBoundingClientRect().height)"
    )
    assert heights and min(heights) > 10
    paper.goto((SITE / "notebooks" / "03_divergence.html").as_uri())
    assert paper.locator("details.hide").count() > 5
    assert paper.locator("details.hide:visible").count() == 0
