"""What does a visitor of a built site meet? Its pages, served from here, and whatever goes wrong in them."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# What stands in a page where a figure or a name was not there to be written
UNWRITTEN = re.compile(r"\bnan\b|\{\{|\bNaT\b|<NA>|\bundefined\b")
PICTURES = """() => Promise.all([...document.images].map(async image => {
    image.loading = 'eager';
    await image.decode().catch(() => null);
    return [image.currentSrc, image.alt.trim().length > 0, image.naturalWidth > 0];
}))"""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Address of a site that is served from this machine."""

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words: Any) -> None: ...

    handler = functools.partial(Silent, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@dataclass
class Reader:
    """A page of the browser and whatever went wrong while it was read."""

    page: Any
    faults: list[str] = field(default_factory=list)


def watched(page: Any, address: str) -> Reader:
    """A page that blocks every request to another host, and records it with any other fault."""
    reader = Reader(page)

    def guard(route: Any) -> None:
        if route.request.url.startswith(address):
            route.continue_()
        else:
            reader.faults.append(f"request to another host: {route.request.url}")
            route.abort()

    def hear(message: Any) -> None:
        if message.type in ("error", "warning"):
            reader.faults.append(f"console {message.type}: {message.text}")

    def answered(response: Any) -> None:
        if response.status >= 400:
            reader.faults.append(f"{response.status}: {response.url}")

    page.route("**/*", guard)
    page.on("console", hear)
    page.on("pageerror", lambda error: reader.faults.append(f"script error: {error}"))
    page.on("response", answered)
    return reader


@dataclass
class Visit:
    """What a visit of every page of a site came to: one line per fault, dead link or unwritten figure."""

    pages: int = 0
    faults: list[str] = field(default_factory=list)
    dead_links: list[str] = field(default_factory=list)
    unwritten: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.faults or self.dead_links or self.unwritten)


def visit(browser: Any, site: Path) -> Visit:
    """Open every page of a site.

    Parameters
    ----------
    browser : playwright Browser
    site : Path
        The folder that holds the site's first page.

    Returns
    -------
    Visit
        A picture without content or alt text, an equation that does not show and a page without one title
        are faults; a link is dead when the site has no such file, or the page no such place.
    """
    found = Visit()
    context = browser.new_context()
    places: dict[Path, set[str]] = {}
    with served(site) as address:
        for path in sorted(site.rglob("*.html")):
            name = path.relative_to(site).as_posix()
            if name.startswith("_static/"):
                continue
            reader = watched(context.new_page(), address)
            reader.page.goto(address + name, wait_until="load")
            reader.page.wait_for_load_state("networkidle")
            _look(reader)
            found.pages += 1
            found.faults += [f"{name}: {fault}" for fault in reader.faults]
            text = reader.page.locator("body").inner_text()
            for hit in UNWRITTEN.finditer(text):
                found.unwritten.append(f"{name}: {text[max(0, hit.start() - 40) : hit.end() + 20]!r}")
            hrefs = reader.page.evaluate("[...document.links].map(link => link.href)")
            for href in sorted({str(h) for h in hrefs if str(h).startswith(address)}):
                if _is_dead(href.removeprefix(address), site, places):
                    found.dead_links.append(f"{name}: {href.removeprefix(address)}")
            reader.page.close()
    context.close()
    return found


def _look(reader: Reader) -> None:
    """Look for pictures, equations and a title; a page that leads on to another has none of them."""
    page = reader.page
    if not page.locator(".bd-article").count():
        return
    for source, told, seen in page.evaluate(PICTURES):
        if not told or not seen:
            reader.faults.append(f"picture without {'content' if told else 'alt text'}: {source}")
    if page.locator("mjx-merror").count():
        reader.faults.append("an equation is in error")
    if page.locator("mjx-container").count() < page.locator("span.math, div.math").count():
        reader.faults.append("an equation does not show")
    if page.locator(".bd-article h1").count() > 1:
        reader.faults.append("several titles")


def _is_dead(link: str, site: Path, places: dict[Path, set[str]]) -> bool:
    """Whether a link leads to no file of the site, or to no place of its page."""
    from urllib.parse import unquote

    name, _, place = unquote(link).partition("#")
    path = site / name.partition("?")[0]
    path = path / "index.html" if path.is_dir() else path
    if not path.is_file():
        return True
    if not place or path.suffix != ".html" or "search" in path.name:
        return False
    if path not in places:
        places[path] = set(re.findall(r'\b(?:id|name)="([^"]+)"', path.read_text(encoding="utf-8")))
    return place not in places[path]
