"""Do all links inside the built book lead somewhere: to a page, a file, and the place in the page?

Read from the files of the site, so that no browser is needed.
"""

from __future__ import annotations

import functools
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from built_book import SITE
from chromium import unavailable


class Page(HTMLParser):
    """Addresses that a page links to or loads, and the places in it that a link can name."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        self.links |= {given[name] for name in ("href", "src", "poster") if given.get(name)}


@functools.cache
def read(file: Path) -> Page:
    return Page(file)


def broken(file: Path) -> list[str]:
    """Links of a page that lead nowhere inside the site."""
    found = []
    for link in sorted(read(file).links):
        target = urlsplit(link)
        if target.scheme or target.netloc:
            continue
        leads_to = (file.parent / unquote(target.path)).resolve() if target.path else file
        if not leads_to.is_file():
            found.append(link)
        elif target.fragment and leads_to.suffix == ".html":
            # Interactive pages keep their settings there
            place = unquote(target.fragment)
            if place not in read(leads_to).places and "=" not in place:
                found.append(link)
    return found


def test_every_link_leads_to_a_file_and_a_place() -> None:
    pages = sorted(SITE.resolve().rglob("*.html"))
    if not pages:
        unavailable(f"No book at {SITE}: build it with `make book`.")
    pages = [page for page in pages if "_static" not in page.parts]
    found = {page.relative_to(SITE.resolve()).as_posix(): broken(page) for page in pages}
    assert {name: links for name, links in found.items() if links} == {}


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("two.html", True),
        ("two.html#here", True),
        ("#own", True),
        ("two.html#gone", False),
        ("gone.csv", False),
    ],
)
def test_a_broken_link_is_seen(tmp_path: Path, link: str, leads: bool) -> None:
    (tmp_path / "two.html").write_text("<p id='here'>")
    (tmp_path / "one.html").write_text(f"<p id='own'><a href='{link}'>a</a>")
    assert broken(tmp_path / "one.html") == ([] if leads else [link])
