"""Descriptions of programmes: facts are in the documents they cite, and bad files are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from helpers import paths
from helpers.programmes import describe
from helpers.programmes.describe import ProgrammeError

SEEDS = {"six_lessons": "004_*.txt", "briefing": "001_*.txt", "guide": "000_*.txt"}

GOOD = """
name: Invented
documents: {plan: "A plan"}
years: {says: 10, document: plan, place: page 1, words: ten years}
amount: {says: 50000000, document: plan, place: page 1, words: fifty million}
residents: {says: 100000, document: plan, place: page 2, words: a hundred thousand}
currency: {says: GBP, document: plan, place: page 1, words: pounds}
evaluation: unknown
"""


@pytest.fixture
def write(tmp_path: Path):
    def to_file(text: str) -> Path:
        path = tmp_path / "invented.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file


def test_what_the_files_cite_stands_in_the_documents():
    """Each fact's words are looked up in the document itself, where the documents are at hand."""
    folder = paths.ROOT.parent / "shared" / "seeds"
    if not folder.exists():
        pytest.skip("the documents are not beside the repository")
    for programme in describe.load_all():
        assert programme.facts, programme.name
        for field, fact in programme.facts.items():
            text = next(folder.glob(SEEDS[fact.document])).read_text(encoding="utf-8")
            assert " ".join(fact.words.split()) in " ".join(text.split()), (programme.name, field)


def test_every_example_lists_every_field():
    """So that a reader sees what is unknown."""
    for file in describe.FOLDER.glob("*.yml"):
        assert set(describe.FIELDS) <= set(yaml.safe_load(file.read_text(encoding="utf-8"))), file.name


def test_the_american_award_is_as_the_page_says():
    award = next(p for p in describe.load_all() if p.file.startswith("recompete"))
    assert (award.says("amount"), award.says("currency"), award.says("years")) == (20_000_000, "USD", None)
    # Dollars need a rate besides years and residents
    assert award.lacking(describe.COMPUTED) == ["years", "residents", "pounds_per_unit"]


def test_money_per_resident_and_year_by_hand(write):
    """50 million over 10 years among 100,000: 50 a year each. At 0.8 pounds a dollar: 40."""
    assert describe.load(write(GOOD)).says(describe.COMPUTED) == pytest.approx(50)
    rate = "pounds_per_unit: {says: 0.8, document: plan, place: page 1, words: rate}\n"
    assert describe.load(write(GOOD.replace("GBP", "USD") + rate)).says(describe.COMPUTED) == pytest.approx(
        40
    )
    assert describe.load(write(GOOD.replace("GBP", "USD"))).says(describe.COMPUTED) is None


def test_left_out_and_unknown_are_the_same(write):
    programme = describe.load(write(GOOD))
    assert programme.lacking("evaluation") == ["evaluation"] and programme.lacking("pipeline") == ["pipeline"]
    assert programme.says("evaluation") is None


@pytest.mark.parametrize(
    ("old", "new", "field", "expected"),
    [
        ("evaluation: unknown", "evaluatoin: unknown", "evaluatoin", "evaluation"),
        ("evaluation: unknown", "evaluation: yes", "evaluation", "says: "),
        ("says: 10,", "says: ten,", "years", "number greater than zero"),
        ("says: 10,", "says: yes,", "years", "number greater than zero"),
        ("says: 10,", "says: 0,", "years", "number greater than zero"),
        ("says: 10,", "says: .nan,", "years", "number greater than zero"),
        ("says: GBP", "says: pounds", "currency", "GBP, USD, EUR"),
        ("document: plan, place: page 2", "document: paln, place: page 2", "residents", "plan"),
        ("words: ten years", "words: ''", "years", "evidence"),
        (", words: ten years", "", "years", "words"),
        ("name: Invented", "name: ''", "name", "text"),
        ("name: Invented\n", "", "name", "add a line"),
        ('{plan: "A plan"}', "[]", "documents", "reference"),
        ("evaluation: unknown", "years: unknown", "years", "remove one"),
        ("says: 10,", "says: 10, says: 12,", "says", "remove one"),
    ],
)
def test_a_bad_file_is_refused_with_file_field_and_remedy(write, old, new, field, expected):
    assert old in GOOD
    with pytest.raises(ProgrammeError) as error:
        describe.load(write(GOOD.replace(old, new)))
    text = str(error.value)
    assert text.startswith(f"invented.yml, field `{field}`") and expected in text, text


@pytest.mark.parametrize("text", ["[", "", "- a\n- b\n", "name: [a\n"])
def test_what_is_no_mapping_is_refused(write, text):
    with pytest.raises(ProgrammeError, match=r"invented\.yml"):
        describe.load(write(text))


def test_a_missing_file_or_an_empty_folder_is_said(tmp_path):
    with pytest.raises(ProgrammeError, match=r"none\.yml cannot be read"):
        describe.load(tmp_path / "none.yml")
    with pytest.raises(ProgrammeError, match="no description"):
        describe.load_all(tmp_path)
