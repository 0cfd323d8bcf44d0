"""Does a visit of a site find what was put there to be found, and nothing on a sound page?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import visitor

DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


def page(body: str) -> str:
    head = '<!doctype html><link rel="icon" href="data:,">'
    return f'{head}<article class="bd-article"><h1>T</h1>{body}</article>'


def test_a_visit_finds_what_was_put_there(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "data.csv").write_text("a,b\n")
    (tmp_path / "index.html").write_text(
        page(
            f'<p id="place">35.0 % in 2023: not a number is missing.</p><img src="{DOT}" alt="A dot">'
            '<a href="kept/data.csv">data</a> <a href="#place">here</a> <a href="faulty.html#there">there</a>'
        )
    )
    (tmp_path / "faulty.html").write_text(
        page(
            f'<p id="there">The gap is £nan.</p><img src="{DOT}"><img src="gone.png" alt="Gone">'
            '<a href="missing.html">missing</a> <a href="index.html#nowhere">nowhere</a>'
            '<script src="http://example.org/x.js"></script>'
            '<script>console.error("said"); undefinedName();</script>'
        )
    )
    found = visitor.visit(browser, tmp_path)
    assert found.pages == 2
    assert found.dead_links == ["faulty.html: index.html#nowhere", "faulty.html: missing.html"]
    assert [line.partition(":")[0] for line in found.unwritten] == ["faulty.html"]
    told = "\n".join(found.faults)
    for part in (
        "another host: http://example.org",
        "console error: said",
        "undefinedName",
        "404",
        "alt text",
    ):
        assert part in told, part
    assert "index.html" not in told
    assert not found.clean
