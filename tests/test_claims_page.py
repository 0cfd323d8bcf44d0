"""The filters of the scoreboard in a browser: the table as the book repairs it, the shipped script."""

from __future__ import annotations

import json
import shutil

import pytest

from helpers import paths
from helpers.sphinx_ext.accessible import repair_table


def scoreboard() -> str:
    """What the committed notebook shows, after the book's repair of tables."""
    notebook = json.loads((paths.NOTEBOOKS / "10_claims.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    texts = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
    (table,) = [text for text in texts if "claims.js" in text]
    return repair_table(table)


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("page")
    (folder / "notebooks").mkdir()
    (folder / "_static").mkdir()
    shutil.copy(paths.BOOK / "_static" / "claims.js", folder / "_static")
    file = folder / "notebooks" / "10_claims.html"
    file.write_text(f"<!doctype html><title>Claims</title><main>{scoreboard()}</main>", encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    return page


def shown(page) -> int:
    return page.locator("table.claims tbody tr:visible").count()


def test_every_filter_narrows_and_says_how_many_are_left(page) -> None:
    every = shown(page)
    assert every > 100
    for name, value in (("document", "guide"), ("topic", "divergence"), ("verdict", "contradicted")):
        before = shown(page)
        page.get_by_label(name).select_option(value)
        left = shown(page)
        assert 0 < left < before
        assert page.get_by_role("status").inner_text() == f"{left} of {every} claims shown"
    assert "gap-2010-2023" in page.locator("table.claims tbody tr:visible").first.inner_text()
    for name in ("document", "topic", "verdict"):
        page.get_by_label(name).select_option("")
    assert shown(page) == every


def test_the_keyboard_is_enough(page) -> None:
    page.locator("body").press("Tab")
    assert page.evaluate("document.activeElement.name") == "document"
    page.keyboard.press("b")  # the first that begins with it: the briefing
    assert page.get_by_label("document").input_value() == "briefing"
    assert shown(page) < 40
    page.get_by_label("document").select_option("")


def test_without_the_script_the_table_is_whole() -> None:
    text = scoreboard()
    assert text.count("<tr") > 100 and "hidden" not in text and "<select" not in text
