"""Can everyone use the built book? The rules of axe-core, in a real browser.

axe-core knows which rules of WCAG a machine can check; what it finds serious or critical fails. Every page
of the contents is judged in a wide window and on a phone, and its colours in the dark, too; of the pages of
districts, which have one template, two are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from built_book import DESKTOP, PAGES, SMALL_PHONE, districts_of_site
from visitor import Reader

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
GRAVE = {"serious", "critical"}
# A rule that is off by default; styles are not fetched again, at addresses of axe-core's making
MORE = {"rules": {"label-content-name-mismatch": {"enabled": True}}, "preload": False}
COLOURS = {"preload": False, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# Interactive pages say when they have drawn
DRAWN = {"book/explorer.html": "explorer", "book/gap_explorer.html": "gap"}


def judge(page: Any, options: dict[str, Any]) -> list[str]:
    """What axe-core finds grave on a page: rule, first element and remedy."""
    found = page.evaluate("options => axe.run(document, {resultTypes: ['violations'], ...options})", options)
    grave = [(one["id"], one["nodes"]) for one in found["violations"] if one["impact"] in GRAVE]
    return [
        f"{rule} ({len(nodes)}): {nodes[0]['html'][:200]} {nodes[0]['failureSummary']}"
        for rule, nodes in grave
    ]


def theme(page: Any, mode: str) -> None:
    """Have the page light or dark, once its colours have changed."""
    page.evaluate("mode => { document.documentElement.dataset.theme = mode; }", mode)
    page.add_style_tag(content="*, *::before, *::after { transition: none !important; }")


def visit(reader: Reader, address: str, name: str, viewport: dict[str, int]) -> Any:
    """A page, drawn, with axe-core in it."""
    reader.page.set_viewport_size(viewport)
    reader.page.goto(address + name, wait_until="networkidle")
    if name in DRAWN:
        reader.page.wait_for_function(f"document.body.dataset.{DRAWN[name]} === 'ready'")
    reader.page.evaluate(AXE)
    return reader.page


@pytest.mark.parametrize("name", [*PAGES, "search.html", "first district", "last district"])
def test_axe_finds_nothing_serious(reader: Reader, address: str, name: str) -> None:
    if name.endswith("district"):
        name = f"book/districts/{districts_of_site()[0 if name.startswith('first') else -1]}.html"
    page = visit(reader, address, name, DESKTOP)
    assert judge(page, MORE) == []
    theme(page, "dark")
    assert judge(page, COLOURS) == []
    page = visit(reader, address, name, SMALL_PHONE)
    assert judge(page, MORE) == []


def test_the_rules_are_at_work(reader: Reader, address: str) -> None:
    page = visit(reader, address, "book/references.html", DESKTOP)
    page.evaluate(
        """() => document.querySelector('.bd-article').insertAdjacentHTML('beforeend',
            '<img src="../_static/favicon.svg"><p style="color: #777; background: #888">grey</p>'
            + '<button aria-label="Go">Stop</button>')"""
    )
    rules = {fault.split(" ")[0] for fault in judge(page, MORE)}
    assert {"image-alt", "color-contrast", "label-content-name-mismatch"} <= rules


def test_a_wide_picture_is_a_stop_of_the_keyboard_only_where_it_scrolls(reader: Reader, address: str) -> None:
    page = visit(reader, address, f"book/districts/{districts_of_site()[0]}.html", SMALL_PHONE)
    boxes = page.locator(".bd-article .picture")
    page.wait_for_function("document.querySelector('.bd-article .picture').tabIndex === 0")
    boxes.first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.bd-article .picture').scrollLeft > 0")
    page.set_viewport_size(DESKTOP)
    page.wait_for_function("document.querySelector('.bd-article .picture').tabIndex === -1")
