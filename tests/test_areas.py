"""Can a reader find an area, name districts of their own, and get a book that speaks of them alone?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from helpers import area_list, book_source, cli, geography, parameters, paths, study, wording
from helpers.commands import book
from helpers.errors import AreaError, BookError, ParameterError
from helpers.running import area_book


def lines(search: str = "") -> list[str]:
    return area_list.listing(search).splitlines()


def test_every_forum_region_authority_and_county_of_several_districts_is_listed() -> None:
    told = [line.split("  ")[0] for line in lines()]
    assert told.count("forum") == 8  # The Productivity Institute's page on regional inequality
    assert told.count("region (ITL1)") == 12
    assert told.count("combined authority") == 15  # in being in 2025, ONS's look-up
    assert told.count("country") == 3
    # 26 shire counties of 2016 are in the file; of these Buckinghamshire, North Yorkshire and Somerset are
    # single districts today
    assert told.count("county") == 23
    (forum,) = [line for line in lines() if line.startswith("forum") and "London" in line]
    assert "151 districts" in forum
    assert "rest of East of England (TLH)" in forum


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("Stafford", "Stafford (E07000197), a district, is in"),
        ("STÁFFORD", "Staffordshire"),
        ("wmca", "West Midlands Combined Authority"),
        ("Allerdale", "Cumberland (E06000063), a district, is in"),
        ("E07000197", "Stafford (E07000197), a district, is in"),
        ("Hull", "Kingston upon Hull (E06000010), a district, is in"),
        ("Staford", "Nearest: Stafford"),
    ],
)
def test_a_search_finds_areas_and_the_areas_of_a_district(search: str, found: str) -> None:
    assert found in area_list.listing(search)


def test_the_areas_of_a_district_are_those_that_hold_it() -> None:
    told = area_list.listing("E07000197")
    for name in ("Midlands", "West Midlands", "Staffordshire", "England", "Great Britain", "United Kingdom"):
        assert any(f" {name} " in line for line in told.splitlines()), name
    assert "Wales" not in told


def test_districts_of_a_file_are_an_area(tmp_path: Path) -> None:
    file = tmp_path / "my_districts.txt"
    file.write_text("\ufeff# mine\nE07000222  # Warwick\n\n  Solihull\nBristol, City of\n", encoding="utf-8")
    given = parameters.parse([f"area=@{file}"])
    assert given == {"area": ["E07000222", "Solihull", "Bristol, City of"]}
    area = study.choose(**given).area
    assert area.codes == ("E06000023", "E07000222", "E08000029")


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("E07000222\nE07999999\n", AreaError, "'E07999999' is not known"),
        ("# nothing yet\n\n", ParameterError, "holds no value"),
        ("E07000222\nE08000029\nE07000222\n", ParameterError, "in line 1 and in line 3"),
        (None, ParameterError, "cannot be read: No such file"),
    ],
)
def test_a_file_that_names_no_districts_is_refused(
    tmp_path: Path, text: str | None, error: type, said: str
) -> None:
    file = tmp_path / "mine.txt"
    if text is not None:
        file.write_text(text)
    with pytest.raises(error, match=said):
        study.choose(**parameters.parse([f"area=@{file}"]))


def configured(tmp_path: Path, *wanted: str) -> dict[str, dict[str, object]]:
    return json.loads(area_book.configure(wanted, tmp_path).read_text())["notebooks"]


def test_a_book_gives_each_notebook_the_parameters_that_it_takes(tmp_path: Path) -> None:
    notebooks = configured(tmp_path, "area=TLL", "seed=5")
    assert notebooks["03_divergence"] == {"area": "Wales", "seed": 5}
    assert notebooks["04_investment"] == {"area": "Wales"}
    assert "10_claims" not in notebooks
    # by another name it is the default book, claims and all
    notebooks = configured(tmp_path, "area=TLF+TLG", "measure=job")
    assert notebooks["03_divergence"] == {"measure": "job"}
    assert notebooks["10_claims"] == {}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("area=Wles", "Nearest: Wales"), ("area=Stafford", "one district"), ("release=1999", "release")],
)
def test_a_book_that_cannot_be_is_refused_before_anything_runs(
    tmp_path: Path, wanted: str, said: str
) -> None:
    with pytest.raises(ParameterError, match=said):
        area_book.configure([wanted], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("theirs", ["thesis.tex", "html/index.html", "run.json", "book.json"])
def test_no_book_is_written_among_the_files_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, theirs: str
) -> None:
    monkeypatch.setattr(book, "become", lambda *_: pytest.fail("Snakemake was started"))
    file = tmp_path / "out" / theirs
    file.parent.mkdir(parents=True)
    file.write_text('{"title": "mine"}')
    assert cli.main(["book", "--area", "Wales", "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert f"found {theirs.partition('/')[0]}. Nothing was written; give another --out" in said
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]


def test_a_book_goes_into_a_new_an_empty_or_its_own_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(2):  # the second time in its own
        configured(out, "area=Wales")
        (out / "html").mkdir(exist_ok=True)
        (out / "html" / "index.html").write_text("page")
    (tmp_path / "empty").mkdir()
    configured(tmp_path / "empty", "area=Wales")
    (tmp_path / "file").write_text("text")
    with pytest.raises(BookError, match="found a file of that name"):
        area_book.configure(["area=Wales"], tmp_path / "file")


def test_words_of_the_guide_stand_in_the_book_of_its_area_alone() -> None:
    text = "A.\n<!-- guide -->\nThe guide.\n<!-- elsewhere\nOf {{ the_area }}.\n-->\nB"
    text += "<!-- guide --> c<!-- elsewhere -->."
    assert wording.fitted(text, None) == "A.\nThe guide.\nB c."
    assert wording.fitted(text, geography.resolve("TLF+TLG")) == "A.\nThe guide.\nB c."
    assert wording.fitted(text, geography.resolve("TLD")) == "A.\nOf the North West.\nB."


def test_every_mark_of_such_words_is_closed() -> None:
    sources = [*paths.BOOK.glob("*.md"), *paths.NOTEBOOKS.glob("*.ipynb")]
    for source in sources:
        text = source.read_text(encoding="utf-8")
        cells = (
            ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
            if source.suffix == ".ipynb"
            else [text]
        )
        for cell in cells:
            for area in (None, geography.resolve("Wales")):
                told = wording.fitted(cell, area)
                assert "<!--" not in told and "the_area" not in told, source.name


def test_the_contents_of_another_book_leave_out_what_judges_the_guides_claims(tmp_path: Path) -> None:
    """With pages alone: the real contents, and no notebook but those that have a run."""
    contents = yaml.safe_load((paths.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    for part in contents["parts"]:
        part["chapters"] = [
            page
            for page in part["chapters"]
            if not page["file"].startswith("notebooks/") or page["file"] in book_source.OF_THE_GUIDE
        ]
    root = tmp_path / "root"
    root.mkdir()
    (root / "_toc.yml").write_text(yaml.safe_dump(contents))
    for name in ("book", "data", "_config.yml"):
        (root / name).symlink_to(paths.ROOT / name)
    book_source.gather(root, tmp_path / "runs", tmp_path / "source", geography.resolve("Wales"))
    front = (tmp_path / "source/book/index.md").read_text(encoding="utf-8")
    assert front.startswith("# Why do places inside Wales pull apart?")
    assert "10_claims" not in front and "evidence_map" not in front
    assert not (tmp_path / "source/book/evidence_map.md").exists()
    assert "claims" not in (tmp_path / "source/_toc.yml").read_text()
    assert "inside Wales" in (tmp_path / "source/_config.yml").read_text()
