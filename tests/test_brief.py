"""Do two pages for those who decide, and the file of all data, say what the run says, at any area?

Small runs are made by the functions that the notebooks call, with few draws. What the pages must hold is
computed from the tables here.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import zipfile
from pathlib import Path

import pandas as pd
import pypdf
import pytest
from chromium import unavailable

from helpers import exhibits, levels, paths, study
from helpers.causation import outcomes, scenarios
from helpers.errors import BookError
from helpers.figures import groups, policy, productivity
from helpers.gaps import specification
from helpers.prose import divergence as prose
from helpers.site import brief, bundle, downloads, pdf

SITE = Path(os.environ.get("COMPENDIUM_SITE", paths.BUILD / "html"))
LONG = "Cambridgeshire and Peterborough Combined Authority"  # the longest name of an area
ONE = "Leicester"  # one district, so no groups and no simulation
USED = {
    "draws": 200,
    "policy_years": 10,
    "multiplier_gdp": 1.6,
    "productivity_share": 0.5,
    "deadweight": 0.2,
    "deadweight_private": 0.5,
    "displacement": 0.25,
    "financing": "external",
}


def run_of(area: str, runs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs of the notebooks that a brief needs, as far as it needs them."""
    asked = study.choose(area=area)
    simulated = scenarios.prepare(asked, {"draws": USED["draws"], "seed": asked.seed})
    for stem in brief.NEEDED:
        folder = runs / stem
        folder.mkdir(parents=True)
        monkeypatch.setenv(paths.RUN_FOLDER_VARIABLE, str(folder))
        if stem == brief.LEVEL:
            exhibits.show(productivity.atlas(asked))
            exhibits.publish(levels.table(asked.area), "levels", "levels")
            exhibits.publish(levels.bands(asked.area), "level_bands", "bands")
        elif stem == brief.GAP:
            exhibits.record(answer_sentence=prose.answer(asked))
            for exhibit in groups.main(asked):
                exhibits.show(exhibit)
            curve = specification.specification_curve(asked.area, asked.seed)
            exhibits.publish(specification.summary(curve), "specification_summary", "verdicts")
        else:
            for exhibit in policy.fan(asked, simulated):
                exhibits.show(exhibit)
            quiet = scenarios.without_loop(simulated)
            exhibits.publish(outcomes.summary(simulated, quiet), "policy_summary", "effects")
        record = {"parameters": {"used": {"area": area, **USED}}, "git": {"revision": "1a2b3c4d"}}
        (folder / "run.json").write_text(json.dumps({"notebooks": {stem: record}}))
    return runs


@pytest.fixture(scope="module", params=[LONG, ONE])
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        return run_of(request.param, tmp_path_factory.mktemp("runs"), patch)


@pytest.fixture(scope="module")
def sheets(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The brief of the runs, printed once."""
    return printed(runs, tmp_path_factory.mktemp("sheets"))


@functools.cache
def words(file: Path) -> tuple[int, str]:
    """Number of sheets of a PDF, and its text on one line."""
    found = pypdf.PdfReader(file).pages
    return len(found), " ".join(" ".join(sheet.extract_text() for sheet in found).split())


def numbers(text: str) -> set[str]:
    """Every number of a text, with its sign."""
    return set(re.findall(r"[+-]?\d[\d,]*(?:\.\d+)?", text))


def printed(runs: Path, folder: Path) -> Path:
    made = brief.write(runs, folder / "brief.html")
    if made.pdf is None:
        unavailable(made.reason)
    return folder / "brief.pdf"


def test_two_sheets_hold_the_numbers_of_the_answer(runs: Path, sheets: Path) -> None:
    number, text = words(sheets)
    answer = json.loads((runs / brief.GAP / "numbers.json").read_text())["answer_sentence"]
    assert number == 2
    assert len(numbers(answer)) >= 4
    assert numbers(answer) <= numbers(text)
    assert "1a2b3c4" in text and "Open Government Licence" in text and "CC BY 4.0" in text
    assert "{" not in text and "nan" not in text.lower().split()


def test_the_effect_and_its_ends_are_those_of_the_table(runs: Path, sheets: Path) -> None:
    _, text = words(sheets)
    summary = pd.read_csv(runs / brief.POLICY / "tables" / "policy_summary.csv")
    if summary.empty:
        assert "Nothing was simulated" in text
        return
    row = summary.set_index("scenario").loc["integrated, lagging"]
    ends = sorted(abs(row[["effect_lower", "effect_upper"]]))
    assert f"{abs(row['effect']):.2f} points" in text
    assert f"({ends[0]:.2f} to {ends[1]:.2f})" in text
    assert f"£{row['spent']:,.0f} million" in text


def test_districts_below_the_uk_are_counted_again(runs: Path, sheets: Path) -> None:
    asked = study.choose(
        area=json.loads((runs / brief.GAP / "run.json").read_text())["notebooks"][brief.GAP]["parameters"][
            "used"
        ]["area"]
    )
    both = levels.table(asked.area).merge(
        levels.bands(asked.area), on=["area_code", "year", "release", "measure"]
    )
    own = both[(both["release"] == 2025) & (both["measure"] == "hour") & (both["year"] == 2023)]
    _, text = words(sheets)
    if len(own) > 1:
        assert f"{(own['upper'] < 41.87).sum()} of {len(own)} districts made less per hour" in text
    assert "£41.87" in text  # the UK in 2023, as the release of June 2025 prints it


def test_it_is_tagged_titled_and_the_same_when_printed_again(
    runs: Path, sheets: Path, tmp_path: Path
) -> None:
    assert sheets.read_bytes() == printed(runs, tmp_path).read_bytes()
    reader = pypdf.PdfReader(sheets)
    assert reader.metadata is not None and str(reader.metadata.title).endswith("?")
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"


def test_without_a_browser_there_is_the_page_and_the_reason(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(pdf.NAMED, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    made = brief.write(runs, tmp_path / "brief.html")
    assert made.pdf is None and not (tmp_path / "brief.pdf").exists()
    assert "no Chromium" in made.reason and pdf.NAMED in made.reason
    assert "What would settle it" in made.page.read_text(encoding="utf-8")


def test_a_browser_that_cannot_print_is_named(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pdf.NAMED, "/bin/false")
    assert "/bin/false did not print it" in brief.write(runs, tmp_path / "brief.html").reason


def test_a_missing_run_and_runs_of_two_areas_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="02_productivity"):
        brief.read(tmp_path)
    for stem, area in zip(brief.NEEDED, ("Wales", "Wales", "Scotland"), strict=True):
        (tmp_path / stem).mkdir()
        record = {"notebooks": {stem: {"parameters": {"used": {"area": area}}}}}
        (tmp_path / stem / "run.json").write_text(json.dumps(record))
    with pytest.raises(BookError, match=r"Wales.*Scotland"):
        brief.read(tmp_path)


def test_names_are_escaped_and_stress_is_kept() -> None:
    from helpers.site.brief_page import stressed

    assert stressed("**a < b** & 5 %") == "<strong>a &lt; b</strong> &amp; 5&nbsp;%"


def test_all_tables_of_a_run_are_in_the_file_as_they_are(runs: Path, tmp_path: Path) -> None:
    area = study.choose(area=ONE).area
    district = tmp_path / "districts" / "leicester" / "leicester-facts.csv"
    district.parent.mkdir(parents=True)
    district.write_text("indicator,value\ngva_per_hour,1\n")
    for name in ("a.zip", "b.zip"):
        bundle.write(runs, area, tmp_path / "districts", tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    archive = zipfile.ZipFile(tmp_path / "a.zip")
    names = archive.namelist()
    assert names == sorted(names) and archive.testzip() is None
    own = [file for kind in ("tables", "figures") for file in runs.glob(f"*/{kind}/*.csv")]
    for file in [*own, *runs.glob("*/run.json")]:
        assert archive.read(file.relative_to(runs).as_posix()) == file.read_bytes()
    assert archive.read("districts/leicester-facts.csv") == district.read_bytes()
    readme = archive.read("README.md").decode()
    assert all(f"`{file.relative_to(runs).as_posix()}`" in readme for file in own)
    assert "Source: Office for National Statistics licensed under the Open Government Licence v.3.0" in readme


def test_columns_are_explained_where_the_shipped_tables_or_the_list_explain_them(
    runs: Path, tmp_path: Path
) -> None:
    bundle.write(runs, study.choose(area=ONE).area, tmp_path / "none", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive, archive.open("columns.csv") as file:
        columns = pd.read_csv(file, keep_default_na=False)
    levels_columns = columns[columns["file"] == "02_productivity/tables/levels.csv"].set_index("column")[
        "meaning"
    ]
    package = json.loads((paths.TABLES / "datapackage.json").read_text(encoding="utf-8"))
    described = {one["name"]: one.get("schema") for one in package["resources"]}["productivity"]["fields"]
    told = {field["name"]: field["description"] for field in described}
    assert levels_columns["year"] == told["year"]
    assert levels_columns["relative_to_uk"] == "figure over that of the UK"
    assert (levels_columns != "").all()


def test_the_size_stands_beside_the_link(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "book" / "_static" / "data").mkdir(parents=True)
    area = study.choose(area=ONE).area
    reason = downloads.write(runs, area, tmp_path / "none", tmp_path)
    text = (tmp_path / "book" / "_static" / "data" / downloads.FRAGMENT).read_text(encoding="utf-8")
    packed = tmp_path / downloads.FOLDER / "leicester.zip"
    assert f"(zip, {packed.stat().st_size / 1000:.0f} kB)" in text
    assert ("leicester-brief.pdf" in text) is (reason == "")
    assert "leicester-brief.html" in text


@pytest.mark.parametrize(("count", "told"), [(312_400, "312 kB"), (2_940_000, "2.9 MB"), (999, "1 kB")])
def test_sizes_are_told_in_units_of_a_thousand(count: int, told: str) -> None:
    assert downloads.size(count) == told


@pytest.fixture(scope="module")
def front_page() -> str:
    page = SITE / "book" / "index.html"
    if not page.is_file():
        unavailable(f"No book at {SITE}: build it with `make book`.")
    return page.read_text(encoding="utf-8")


def test_the_brief_of_the_built_book_answers_as_its_front_page(front_page: str) -> None:
    found = re.search(r'href="\.\./(_static/downloads/[^"]+\.pdf)"', front_page)
    if found is None:
        unavailable("The book was built without a browser, so it has no PDF.")
    sheets, text = words(SITE / found[1])
    answer = re.search(r'<div class="admonition.*?</div>', front_page, re.DOTALL)[0]
    told = numbers(re.sub(r"<[^>]+>|\xa0", " ", answer))
    assert sheets == 2
    assert len(told) > 4
    assert told <= numbers(text)


def test_the_data_of_the_built_book_are_those_its_pages_link_to(front_page: str) -> None:
    link = re.search(r'href="\.\./(_static/downloads/[^"]+\.zip)"', front_page)[1]
    archive = zipfile.ZipFile(SITE / link)
    linked = [file for kind in ("tables", "figures") for file in (SITE / "notebooks" / kind).glob("*/*.csv")]
    assert len(linked) > 50
    for file in linked:
        kind, stem = file.parent.parent.name, file.parent.name
        assert archive.read(f"{stem}/{kind}/{file.name}") == file.read_bytes()
    raw = {
        line.split()[-1]
        for card in paths.CATALOGUE.glob("*.yml")
        for line in card.read_text().splitlines()
        if line.startswith("sha256:")
    }
    assert raw
    assert not raw & {hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
