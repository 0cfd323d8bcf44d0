"""Can the review fail? Each small change of `mutations.yml` to a copy of the repository must be named."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import warm_review
import yaml
from PIL import Image
from warm_review import Reviewer

from helpers import paths
from helpers.review import door
from helpers.review import runs as review_runs
from helpers.review.line import Found

MUTATIONS = yaml.safe_load((Path(__file__).parent / "mutations.yml").read_text(encoding="utf-8"))
NOTEBOOK = "05_innovation"


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the repository, without what is built, installed or fetched."""
    root = tmp_path_factory.mktemp("copy") / "repository"
    left = shutil.ignore_patterns("_build", ".git", ".venv", ".snakemake", "raw", "__pycache__", ".*_cache")
    shutil.copytree(paths.ROOT, root, ignore=left)
    return root


@pytest.fixture(scope="module")
def reviewer(copy) -> Iterator[Reviewer]:
    with warm_review.reviewer(copy) as started:
        yield started


@pytest.fixture(scope="module")
def runs(copy, tmp_path_factory) -> Path:
    """A run of the notebook in the unchanged copy, for reviews to take where it still holds."""
    out = tmp_path_factory.mktemp("runs")
    command = warm_review.command("run", NOTEBOOK, "--out", str(out / NOTEBOOK))
    subprocess.run(command, cwd=copy, env=warm_review.environment(copy), check=True)
    return out


def mutate(root: Path, change: dict[str, Any]) -> dict[Path, bytes | None]:
    """Make one change, and return what stood in each file before."""
    file, package = root / change["file"], root / "data" / "tables" / "datapackage.json"
    before = {path: path.read_bytes() if path.exists() else None for path in (file, package)}
    if "create" in change:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(change["create"], encoding="utf-8")
    elif "delete" in change:
        file.unlink()
    else:
        text = file.read_text(encoding="utf-8")
        after = changed(text, change)
        assert after != text
        file.write_text(after, encoding="utf-8")
    if change.get("rehash"):
        old, new = (
            hashlib.sha256(content or b"").hexdigest() for content in (before[file], file.read_bytes())
        )
        assert old in package.read_text(encoding="utf-8")
        package.write_text(package.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return before


def changed(text: str, change: dict[str, Any]) -> str:
    """The text of a file after the change."""
    if "swap" in change:
        one, other = change["swap"]
        assert one in text and other in text
        return text.replace(one, "\0").replace(other, one).replace("\0", other)
    if "swap_pictures" in change or "paint" in change:
        notebook = json.loads(text)
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        one, other = (
            next(o["data"] for o in cells[at - 1]["outputs"] if "image/png" in o.get("data", {}))
            for at in change.get("swap_pictures", [change.get("paint")] * 2)
        )
        one["image/png"], other["image/png"] = other["image/png"], one["image/png"]
        if "paint" in change:
            one["image/png"] = painted(one["image/png"])
        return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    if "pattern" in change:
        return re.sub(change["pattern"], change["put"], text, count=1)
    find = change["find"]
    assert text.count(find) == 1 or change.get("every"), f"{text.count(find)} times in {change['file']}"
    return text.replace(find, change["put"]) + change.get("append", "")


def painted(picture: str) -> str:
    """A picture in base64 with a patch of grey in its middle, a fiftieth of its width."""
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    side = image.width // 50
    middle = (image.width // 2, image.height // 2)
    image.paste((128, 128, 128), (*middle, *(at + side for at in middle)))
    made = io.BytesIO()
    image.save(made, "PNG")
    return base64.b64encode(made.getvalue()).decode()


def restore(before: dict[Path, bytes | None]) -> None:
    for path, content in before.items():
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)


def test_the_unchanged_copy_passes(copy, tmp_path):
    """Every line, all fresh, asked for as a reviewer would."""
    asked = ("review", "--root", str(copy), "--out", str(tmp_path), "--notebooks", NOTEBOOK)
    done = subprocess.run(warm_review.command(*asked), capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    report = json.loads((tmp_path / "review.json").read_text(encoding="utf-8"))
    lines = {line["name"]: line for line in report["lines"]}
    assert {name: line["faults"] for name, line in lines.items() if line["outcome"] == "FAIL"} == {}
    assert done.returncode == 0
    assert tuple(lines) == door.NAMES
    left = {name for name, line in lines.items() if line["outcome"] == "left out"}
    assert left <= {"raw", "rebuild"}, "no raw file beside the copy"
    assert all(line["count"] > 0 for name, line in lines.items() if name not in left)


@pytest.mark.parametrize("change", MUTATIONS, ids=lambda change: change["id"])
def test_the_review_names_each_mutation(copy, reviewer, runs, tmp_path, capfd, change, request):
    words = ["--only", change["line"], "--runs", str(runs)]
    words += [word for name in change.get("notebook", []) for word in ("--notebooks", name)]
    if change.get("raw"):
        words += ["--mirror", str(request.getfixturevalue("mirror"))]
    before = mutate(copy, change)
    try:
        # A process that imported the package before the change would not see one to the package
        code, lines = reviewer.review(tmp_path, *words, afresh=change["file"].startswith("src/"))
    finally:
        restore(before)
    line = lines[change["line"]]
    assert (code, line["outcome"]) == (1, "FAIL")
    assert change["names"] in {fault["file"] for fault in line["faults"]}, line["faults"]
    assert "Traceback" not in capfd.readouterr().err


def test_a_run_holds_until_what_it_follows_from_or_what_it_made_changes(runs, tmp_path):
    made = tmp_path / NOTEBOOK
    shutil.copytree(runs / NOTEBOOK, made)
    assert review_runs.holds(NOTEBOOK, made)
    assert not review_runs.holds(NOTEBOOK, tmp_path / "none")
    assert not review_runs.holds("03_divergence", made)
    of_run = made / "run.json"
    whole = of_run.read_text(encoding="utf-8")
    entry = json.loads(whole)["notebooks"][NOTEBOOK]
    for before, after in (
        (entry["inputs"]["src/helpers/comparisons/innovation.py"], "0" * 64),
        (entry["inputs"]["data/tables/innovation.csv"], "0" * 64),
        (f'"pandas": "{entry["packages"]["pandas"]}"', '"pandas": "0.1"'),
        (f'"python": "{entry["python"]}"', '"python": "3.1"'),
    ):
        assert before in whole
        of_run.write_text(whole.replace(before, after), encoding="utf-8")
        assert not review_runs.holds(NOTEBOOK, made), before
    of_run.write_text(whole, encoding="utf-8")
    assert review_runs.holds(NOTEBOOK, made)
    (made / "numbers.json").write_text("{}")
    assert not review_runs.holds(NOTEBOOK, made)


def test_every_line_is_put_to_the_test():
    assert {change["line"] for change in MUTATIONS} == set(door.NAMES)


def test_without_a_choice_every_line_is_looked_at(monkeypatch, tmp_path):
    asked = [(name, files, compared, lambda _: Found(1)) for name, files, compared, _ in door.LINES]
    monkeypatch.setattr(door, "LINES", tuple(asked))
    lines = door.review(out=tmp_path)
    assert [line.name for line in lines] == list(door.NAMES)
    assert {line.outcome for line in lines} == {"pass"}


def test_comparing_nothing_is_no_pass(monkeypatch, tmp_path):
    from helpers.review.line import found

    monkeypatch.setattr(door, "LINES", (("raw", "x", "y", lambda _: found(0, [])),))
    assert [line.outcome for line in door.review(out=tmp_path)] == ["FAIL"]
