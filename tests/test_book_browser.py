"""Does the built book work for a reader without a network, on a screen and on a phone?

Opens the real site, `_build/html` (or the folder in COMPENDIUM_SITE), in headless Chromium: that of
COMPENDIUM_CHROMIUM, else the system's, else Playwright's own. Without a browser or a site the tests
are skipped with the reason; with COMPENDIUM_REQUIRE_BROWSER=1 they fail.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import visitor
from built_book import DESKTOP, PAGES, PHONE, SMALL_PHONE, districts_of_site, weight
from visitor import Reader

MOST = 1_500_000  # bytes of a page with all it loads, packed as servers pack
KEPT = {"theme", "mode"}  # by the browser: light or dark
LEVELS = "[...document.querySelectorAll('.bd-article :is(h1,h2,h3,h4,h5)')].map(h => Number(h.tagName[1]))"


@pytest.fixture(scope="module")
def links() -> dict[str, int]:
    """Status of each address of the site that was asked for, so that each is asked once."""
    return {}


def test_the_address_of_the_site_opens_the_front_page(reader: Reader, address: str) -> None:
    reader.page.goto(address)
    reader.page.wait_for_url("**/book/index.html")
    assert reader.faults == []


@pytest.mark.parametrize("name", PAGES)
def test_page_is_clean_and_complete(reader: Reader, address: str, name: str, links: dict[str, int]) -> None:
    page = reader.page
    assert page.goto(address + name, wait_until="networkidle").status == 200
    assert reader.faults == []
    assert weight(page) < MOST
    levels = page.evaluate(LEVELS)
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), levels
    images = page.evaluate(visitor.PICTURES)
    assert [image for image in images if not (image[1] and image[2])] == []
    assert page.locator("mjx-merror").count() == 0
    formulas = page.locator("span.math, div.math").count()
    assert page.locator("mjx-container").count() >= formulas
    assert page.locator(".bd-article h1").count() == 1
    hrefs = page.evaluate("[...document.links].map(link => link.href.split('#')[0])")
    for link in {href for href in hrefs if href.startswith(address)} - links.keys():
        answer = page.context.request.get(link)
        links[link] = answer.status
        if link.endswith(".csv"):
            assert b"," in answer.body(), f"{link} holds no table"
    broken = [href for href in set(hrefs) if links.get(href, 200) != 200]
    assert broken == []
    page.set_viewport_size(SMALL_PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL_PHONE["width"]
    assert page.context.cookies() == []
    assert set(page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")) <= KEPT
    assert reader.faults == []


def test_equations_show_on_the_methods_page(reader: Reader, address: str) -> None:
    reader.page.goto(address + "book/methods.html", wait_until="networkidle")
    equations = reader.page.locator("div.math mjx-container")
    assert equations.count() >= 3
    for number in range(equations.count()):
        assert equations.nth(number).bounding_box()["height"] > 10
    assert reader.faults == []


def test_figures_of_the_account_link_to_their_data(reader: Reader, address: str) -> None:
    for name in ("notebooks/02_productivity.html", "notebooks/03_divergence.html"):
        reader.page.goto(address + name, wait_until="networkidle")
        assert reader.page.locator(".bd-article img").count() >= 1
        assert reader.page.locator(".bd-article a[href$='.csv']").count() >= 1, name


def test_search_finds_the_page_that_has_the_word(reader: Reader, address: str) -> None:
    page = reader.page
    page.goto(address + "book/index.html", wait_until="networkidle")
    page.locator("button.search-button__button:visible").first.click()
    page.locator("input[type=search]:visible").fill("regression to the mean")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    page.locator("ul.search a", has_text="Methods").first.wait_for()
    assert reader.faults == []


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_there_is_one_search_box(reader: Reader, address: str, viewport: dict[str, int]) -> None:
    reader.page.set_viewport_size(viewport)
    reader.page.goto(address + "book/methods.html", wait_until="networkidle")
    assert reader.page.locator("button.search-button__button:visible").count() == 1


def test_the_first_tab_stop_skips_to_the_text(reader: Reader, address: str) -> None:
    reader.page.goto(address + "book/how_to_read.html", wait_until="networkidle")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.textContent") == "Skip to main content"
    reader.page.keyboard.press("Enter")
    assert reader.page.url.endswith("#main-content")


def open_front_page(reader: Reader, address: str, viewport: dict[str, int] = DESKTOP) -> Any:
    """The front page with its search box ready."""
    reader.page.set_viewport_size(viewport)
    reader.page.goto(address + "book/index.html", wait_until="networkidle")
    reader.page.locator("form.finder-search").wait_for(state="visible")
    return reader.page


def test_typing_and_enter_lead_to_a_district(reader: Reader, address: str) -> None:
    page = open_front_page(reader, address)
    slug = districts_of_site()[0]
    name = page.locator(f"svg.finder-map a[href='districts/{slug}.html'] title").text_content().split(":")[0]
    box = page.get_by_role("combobox", name="Name of a district, present or former")
    box.focus()
    page.keyboard.type(name.lower())
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    assert chosen.text_content() == name
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/book/districts/{slug}.html")
    assert page.locator(".bd-article h1").text_content().startswith(name)
    assert reader.faults == []


def test_former_names_lead_to_the_district_of_today(reader: Reader, address: str) -> None:
    if "north-northamptonshire" not in districts_of_site():
        pytest.skip("the site is not about the Midlands")
    page = open_front_page(reader, address)
    page.get_by_role("combobox", name="Name of a district").fill("Kettering")
    assert page.get_by_role("option").all_text_contents() == ["Kettering (now North Northamptonshire)"]
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/districts/north-northamptonshire.html")
    assert reader.faults == []


def test_search_says_when_nothing_is_found_or_another_area_is_meant(reader: Reader, address: str) -> None:
    page = open_front_page(reader, address)
    box = page.get_by_role("combobox", name="Name of a district")
    box.fill("xyzzy")
    assert "No district of the UK" in page.locator(".finder-status").text_content()
    outside = "Leeds" if "leeds" not in districts_of_site() else "Cardiff"
    box.fill(outside)
    assert page.get_by_role("option").count() == 0
    assert f"{outside} is in" in page.locator(".finder-status").text_content()
    page.keyboard.press("Enter")
    assert page.url.endswith("book/index.html")
    assert reader.faults == []


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_map_opens_pages_by_click_and_by_keyboard(
    reader: Reader, address: str, viewport: dict[str, int]
) -> None:
    page = open_front_page(reader, address, viewport)
    slugs = districts_of_site()
    links = page.locator("svg.finder-map a")
    assert links.count() == len(slugs)
    largest = page.evaluate(
        """() => [...document.querySelectorAll("svg.finder-map a")]
            .map(link => [link.querySelector("path").getBoundingClientRect(), link.getAttribute("href")])
            .sort(([a], [b]) => b.width * b.height - a.width * a.height)[0][1]"""
    )
    link = page.locator(f"svg.finder-map a[href='{largest}']")
    link.focus()
    title = link.locator("title").text_content()
    assert page.locator(".finder-pointed").text_content() == title
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/book/{largest}")
    page.go_back(wait_until="networkidle")
    page.locator(f"svg.finder-map a[href='{largest}'] path").click()
    page.wait_for_url(f"**/book/{largest}")
    assert page.locator(".bd-article h1").text_content().startswith(title.split(":")[0])
    assert reader.faults == []


def test_a_district_page_is_whole_light_and_fits_a_phone(
    reader: Reader, address: str, links: dict[str, int]
) -> None:
    page = reader.page
    slugs = districts_of_site()
    for slug in {slugs[0], slugs[-1]}:
        assert page.goto(f"{address}book/districts/{slug}.html", wait_until="networkidle").status == 200
        assert weight(page) < MOST
        assert page.locator(".bd-article img").count() >= 2
        levels = page.evaluate(LEVELS)
        assert levels[0] == 1
        assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
        hrefs = page.evaluate("[...document.links].map(link => link.href.split('#')[0])")
        for link in {href for href in hrefs if href.startswith(address)} - links.keys():
            links[link] = page.context.request.get(link).status
        assert [href for href in hrefs if links.get(href, 200) != 200] == []
        page.set_viewport_size(SMALL_PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= SMALL_PHONE["width"]
        cells = page.locator("table.facts tbody td")
        assert all(cells.nth(number).bounding_box()["width"] > 60 for number in range(0, cells.count(), 7))
        page.set_viewport_size(DESKTOP)
    assert reader.faults == []


def test_pages_of_districts_are_folded_into_one_entry_of_the_sidebar(reader: Reader, address: str) -> None:
    page = open_front_page(reader, address)
    assert page.locator(".bd-sidebar-primary a[href*='districts/']:visible").count() == 0
    assert page.locator(".bd-sidebar-primary a[href$='districts.html']:visible").count() == 1


def test_without_scripts_the_map_and_the_list_still_lead_to_districts(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "book/index.html")
    assert not page.locator("form.finder-search").is_visible()
    page.locator("a", has_text="in a list").first.click()
    page.wait_for_url("**/book/districts.html")
    rows = page.locator("table.districts tbody th a")
    assert rows.count() == len(districts_of_site())
    rows.first.click()
    page.wait_for_url(f"**/book/districts/{districts_of_site()[0]}.html")
    context.close()
