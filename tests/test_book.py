"""Does a run become a book with nothing typed, nothing dangling and no need of a network?

A small book is built from two made-up runs with the real configuration and extension; what is
expected of its pages is written here by hand. The real pages are read as text.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import struct
import tomllib
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers import book, book_source, paths
from helpers.errors import BookError
from helpers.sphinx_ext.pictures import named_pictures

PAGES = sorted(paths.BOOK.glob("*.md"))
TOC = """
format: jb-book
root: book/index
parts:
  - caption: Part
    chapters:
      - file: notebooks/01_first
      - file: notebooks/02_second
"""
FRONT = """
# Front

The answer is **{{ answer }}** {cite:p}`quah1993`.

```{notebook-picture} 01_first not_there second
```

```{fragment} not_written.html
```

```{raw-files}
```

```{attributions}
```

```{known-errors}
```

$$ a = b $$

```{bibliography}
```
"""


def png(grey: int) -> bytes:
    """A picture of one pixel, different for each shade."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes([0, grey]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def shown(mime: str, content: Any, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    """An output as `display` leaves it in a notebook."""
    data = {mime: content}
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def picture(grey: int, alt: str | None) -> dict[str, Any]:
    """A picture output with alt text, or without."""
    metadata = {} if alt is None else {"image/png": {"alt": alt}}
    return shown("image/png", base64.b64encode(png(grey)).decode(), metadata)


TABLE = """<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th>
<th>2022</th><th>note</th></tr></thead><tbody><tr><th>Solihull</th><td>40.1</td>
<td>The figure of this district was revised upwards.</td></tr></tbody></table>"""


def write_run(runs: Path, stem: str, outputs: list[dict[str, Any]], numbers: dict) -> None:
    """A finished run of a notebook that shows the outputs in one cell."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": f"# {stem}"},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "source": "secret_of_the_code()",
            "outputs": outputs,
        },
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    run = runs / stem
    (run / "figures").mkdir(parents=True)
    (run / "tables").mkdir()
    for name in (stem, "second"):
        (run / "figures" / f"{name}.csv").write_text("year,value\n2022,1\n")
    (run / "tables" / f"{stem}_all.csv").write_text("year,value\n2022,1\n")
    (run / f"{stem}.ipynb").write_text(json.dumps(notebook))
    (run / "numbers.json").write_text(json.dumps(numbers))
    entry = {"git": {"revision": "1a2b3c4d5e6f", "dirty": False}}
    (run / "run.json").write_text(json.dumps({"notebooks": {stem: entry}}))


def write_root(root: Path, front: str = FRONT) -> None:
    """A repository with the real configuration and data records, and a front page."""
    (root / "book").mkdir(parents=True)
    (root / "book" / "index.md").write_text(front)
    shutil.copytree(paths.BOOK / "_static", root / "book" / "_static")
    shutil.copy(paths.BOOK / "references.bib", root / "book")
    shutil.copy(paths.ROOT / "_config.yml", root)
    shutil.copytree(paths.CATALOGUE, root / "data" / "catalogue")
    shutil.copy(paths.DATA / "corrections.yml", root / "data")
    (root / "_toc.yml").write_text(TOC)


def write_runs(runs: Path) -> None:
    links = "[data](figures/01_first.csv)"
    raw = '<p><a href="tables/01_first_all.csv">table</a></p>'
    outputs = [
        picture(10, "The first picture"),
        shown("text/markdown", links),
        picture(20, "The second picture"),
        shown("text/html", '<a href="figures/second.csv">data</a>'),
        shown("text/html", raw),
        shown("text/html", TABLE),
    ]
    write_run(runs, "01_first", outputs, {"answer": "forty-two pounds", "area": "here"})
    write_run(runs, "02_second", [picture(30, "Another")], {"area": "here"})


class Elements(HTMLParser):
    """Start tags of a page with their attributes."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small book, built once."""
    folder = tmp_path_factory.mktemp("small_book")
    write_root(folder / "root")
    write_runs(folder / "runs")
    return book.make(folder / "root", folder / "runs", folder / "out").parent


def test_pages_show_the_numbers_of_the_run(site: Path) -> None:
    assert "forty-two pounds" in (site / "book" / "index.html").read_text(encoding="utf-8")


def test_each_picture_has_its_own_alt_text(site: Path) -> None:
    images = Elements(site / "notebooks" / "01_first.html").all("img")
    assert [image["alt"] for image in images] == ["The first picture", "The second picture"]
    assert len({image["src"] for image in images}) == 2


def test_a_picture_of_a_notebook_shows_on_another_page(site: Path) -> None:
    (image,) = Elements(site / "book" / "index.html").all("img")
    assert image["alt"] == "The second picture"
    assert (site / "book" / image["src"]).read_bytes() == png(20)


def test_a_part_that_was_not_written_is_missed_in_words(site: Path) -> None:
    page = (site / "book" / "index.html").read_text(encoding="utf-8")
    assert "make book" in re.sub("<[^>]+>", "", page.partition("written from the runs by")[2])[:20]


def test_a_picture_is_named_by_the_link_to_its_data_and_by_no_other() -> None:
    outputs = [
        picture(1, "a"),
        picture(2, "b"),
        shown("text/html", '<a href="figures/03_x/figure_b.csv">data</a>'),
        shown("text/html", '<a href="tables/table.csv">data</a>'),
    ]
    named = named_pictures({"cells": [{"outputs": outputs}]})
    assert named == {"figure_b": (png(2), "b")}


def test_links_to_data_lead_to_the_data(site: Path) -> None:
    page = site / "notebooks" / "01_first.html"
    links = [a["href"] for a in Elements(page).all("a") if a.get("href", "").endswith(".csv")]
    assert len(links) == 3
    for link in links:
        assert (page.parent / link).read_text() == "year,value\n2022,1\n"


def test_tables_of_the_same_name_stay_those_of_their_notebook(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write_root(tmp_path / "root")
    raw = '<p><a href="tables/same.csv">table</a></p>'
    for number, stem in enumerate(("01_first", "02_second")):
        write_run(tmp_path / "runs", stem, [shown("text/html", raw)], {"area": "here"})
        (tmp_path / "runs" / stem / "tables" / "same.csv").write_text(f"value\n{number}\n")
    book_source.gather(tmp_path / "root", tmp_path / "runs", source)
    for number, stem in enumerate(("01_first", "02_second")):
        assert f"tables/{stem}/same.csv" in (source / "notebooks" / f"{stem}.ipynb").read_text()
        table = source / "notebooks" / "tables" / stem / "same.csv"
        assert table.read_text() == f"value\n{number}\n"


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    for page in [*site.glob("book/*.html"), *site.glob("notebooks/*.html")]:
        elements = Elements(page)
        sources = [e["src"] for tag in ("script", "img", "iframe") for e in elements.all(tag) if "src" in e]
        sources += [e["href"] for e in elements.all("link")]
        assert [s for s in sources if "//" in s] == [], page.name
        assert "thebe" not in page.read_text(encoding="utf-8").lower(), page.name


def test_equations_come_from_the_site(site: Path) -> None:
    scripts = [e.get("src", "") for e in Elements(site / "book" / "index.html").all("script")]
    (mathjax,) = [s.split("?")[0] for s in scripts if "mathjax" in s]
    assert (site / "book" / mathjax).is_file()
    assert list((site / "_static" / "mathjax").rglob("MathJax_Main-Regular.woff"))


def test_tables_head_their_rows_and_columns_and_no_header_is_empty(site: Path) -> None:
    page = (site / "notebooks" / "01_first.html").read_text(encoding="utf-8")
    assert '<th scope="col" class="number">2022</th>' in page
    assert '<td class="number">40.1</td>' in page
    assert '<td class="sentence">The figure of this district' in page
    assert '<th scope="row">Solihull</th>' in page
    assert not re.search(r"<th[^>]*>\s*</th>", page)


def test_code_is_folded_away_and_the_footer_says_what_was_built(site: Path) -> None:
    page = (site / "notebooks" / "01_first.html").read_text(encoding="utf-8")
    before, _, _ = page.partition("secret_of_the_code")
    assert before.rstrip().count("<details") == before.count("</details>") + 1
    assert "Built from revision 1a2b3c4." in page


def test_every_raw_file_is_listed_with_its_licence(site: Path) -> None:
    page = (site / "book" / "index.html").read_text(encoding="utf-8")
    for card in paths.CATALOGUE.glob("*.yml"):
        address = yaml.safe_load(card.read_text(encoding="utf-8"))["url"]
        assert address is None or f'href="{address}"' in page, card.name
    assert "Open Government Licence" in page


def test_warnings_fail_the_build_are_named_and_leave_the_old_site(tmp_path: Path) -> None:
    front = FRONT.replace("{{ answer }}", "{{ anwser }} [gone](missing.md)")
    write_root(tmp_path / "root", front)
    write_runs(tmp_path / "runs")
    shutil.rmtree(tmp_path / "runs" / "02_second")
    write_run(tmp_path / "runs", "02_second", [picture(30, None)], {})
    old = tmp_path / "out" / book.SITE / "index.html"
    old.parent.mkdir(parents=True)
    old.write_text("the previous site")
    with pytest.raises(BookError) as error:
        book.make(tmp_path / "root", tmp_path / "runs", tmp_path / "out")
    message = str(error.value)
    assert "'anwser' is undefined" in message
    assert "missing.md" in message
    assert "02_second has no alt text" in message
    assert len(message.splitlines()) < 15
    assert old.read_text() == "the previous site"
    assert [p.name for p in old.parent.iterdir()] == ["index.html"]


def test_a_missing_run_is_named_with_its_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert book.main(["--runs", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "01_acquire" in told
    assert "make book" in told
    assert "Traceback" not in told


def test_the_books_own_pages_are_never_overwritten(tmp_path: Path) -> None:
    write_root(tmp_path / "root")
    write_runs(tmp_path / "runs")
    with pytest.raises(BookError, match="name another --out"):
        book.make(tmp_path / "root", tmp_path / "runs", tmp_path / "root")
    assert (tmp_path / "root" / "book" / "index.md").read_text() == FRONT


def test_two_notebooks_cannot_give_one_name_two_numbers(tmp_path: Path) -> None:
    from sphinx.errors import ExtensionError

    from helpers.sphinx_ext.run_numbers import notebook_numbers

    for stem, text in (("01_a", "1"), ("02_b", "2")):
        notebook = book_source.prepare({"cells": [], "metadata": {}}, {"gap": text})
        (tmp_path / f"{stem}.ipynb").write_text(json.dumps(notebook))
    with pytest.raises(ExtensionError, match=r"gap.*01_a.*02_b"):
        notebook_numbers(tmp_path)


@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        ([{"git": {"revision": "a" * 40}}] * 2, "Built from revision aaaaaaa."),
        (
            [{"git": {"revision": "b" * 40}}, {"git": {"revision": "a" * 40}}],
            "Built from revision aaaaaaa, bbbbbbb.",
        ),
        ([{"git": None}], "Built from files without a history."),
    ],
)
def test_the_footer_names_revisions(records: list[dict[str, Any]], sentence: str) -> None:
    assert book_source.built_from(records) == sentence


def test_contents_and_pages_agree() -> None:
    listed = set(book_source.chapters(paths.ROOT / "_toc.yml"))
    pages = {f"book/{page.stem}" for page in PAGES}
    assert {name for name in listed if name.startswith("book/")} == pages
    committed = {f"notebooks/{path.stem}" for path in paths.NOTEBOOKS.glob("*.ipynb")}
    assert committed <= listed, "a committed notebook is not in _toc.yml"


def test_every_citation_has_an_entry_and_every_entry_a_citation() -> None:
    sources = [*PAGES, *paths.NOTEBOOKS.glob("*.ipynb")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    cited = {key.strip() for keys in re.findall(r"\{cite:\w+\}`([^`]+)`", text) for key in keys.split(",")}
    entries = re.findall(r"^@\w+\{([^,]+),", (paths.BOOK / "references.bib").read_text(), re.M)
    assert cited == set(entries)
    assert len(entries) == len(set(entries))


# What a number in prose looks like: money, a share, or anything with a decimal point.
def test_citation_file_holds_what_its_format_requires() -> None:
    citation = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["message"] and citation["title"]
    assert citation["authors"] == [{"name": "The compendium's authors"}]
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
    for reference in citation["references"]:
        assert {"type", "title", "authors"} <= reference.keys()


def test_the_version_and_title_are_the_same_everywhere() -> None:
    citation = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    deposit = json.loads((paths.ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == deposit["version"] == project["version"]
    assert citation["title"] == deposit["title"]
    assert f"## {project['version']}" in (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_deposit_file_holds_what_the_archive_requires() -> None:
    deposit = json.loads((paths.ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    assert {"title", "description", "creators", "upload_type", "license"} <= deposit.keys()
    assert all(creator["name"] for creator in deposit["creators"])
    assert deposit["upload_type"] == "software"
    assert deposit["access_right"] == "open"
