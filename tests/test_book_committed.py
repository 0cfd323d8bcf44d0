"""Does `jupyter-book build .` at the root give a book from what is committed, without a run?

Built once, warnings counting as errors, into a folder of its own.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import book_source, paths
from helpers.sphinx_ext import fragments


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("committed")
    command = "from jupyter_book.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "build", ".", "--path-output", out, "-W", "-n", "--keep-going", "-q"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "_build" / "html"


def test_every_page_of_the_contents_is_there(site: Path) -> None:
    for page in book_source.chapters(paths.ROOT / "_toc.yml"):
        assert (site / f"{page}.html").is_file(), page


def test_the_front_page_answers_with_three_pictures_and_says_what_is_missing(site: Path) -> None:
    page = (site / "book" / "index.html").read_text(encoding="utf-8")
    notebook = json.loads((paths.NOTEBOOKS / "03_divergence.ipynb").read_text(encoding="utf-8"))
    answer = notebook["metadata"]["compendium"]["numbers"]["answer_sentence"].split("**")[0].strip()
    shown = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert answer in shown
    assert len(re.findall(r'<img[^>]+alt="[^"]{40,}"', page)) >= 3
    assert shown.count("This part is written from the runs by make book.") == 2
    assert "downloads/" not in page


def test_no_page_of_a_notebook_links_to_a_file_that_is_not_there(site: Path) -> None:
    page = site / "notebooks" / "03_divergence.html"
    text = page.read_text(encoding="utf-8")
    links = re.findall(r'href="((?:figures|tables)/[^"]+)"', text)
    assert [link for link in links if not (page.parent / link).is_file()] == []
    assert text.count("(written by <code>make book</code>)") > 10


def test_links_stay_where_the_file_is(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("x\n")
    one, other = (f'<a href="tables/{name}.csv" download>{name}.csv</a>' for name in "ab")
    expected = f"{one} b.csv (written by <code>make book</code>)"
    assert fragments.unlink(f"{one} {other}", tmp_path) == expected
