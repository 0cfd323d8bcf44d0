"""The six lessons: verdicts by hand on invented programmes, and what they rest on."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from helpers import paths
from helpers.programmes import describe, lessons
from helpers.programmes.describe import Fact, Programme, ProgrammeError
from helpers.programmes.lessons import MET, NOT_MET, OPEN


def programme(**says) -> Programme:
    facts = {field: Fact(value, "plan", "page 1", "words") for field, value in says.items()}
    return Programme("x.yml", "Invented", "", {"plan": "A plan"}, facts)


def verdicts(one: Programme) -> dict[str, str]:
    return lessons.table([one]).set_index("field")["verdict"].to_dict()


def test_there_are_six_lessons_in_the_pages_order():
    assert [one.number for one in lessons.load()] == [1, 2, 3, 4, 5, 6, None]


def test_silence_is_never_a_verdict():
    assert set(verdicts(programme()).values()) == {OPEN}


def test_thresholds_decide_at_the_bar():
    """Ten years and GBP 195 are enough, anything less is not."""
    money = {"amount": 1950e6, "residents": 1e6, "currency": "GBP"}
    enough = verdicts(programme(years=10, **money))
    assert (enough["years"], enough[describe.COMPUTED]) == (MET, MET)
    short = verdicts(programme(years=9.9, **money | {"amount": 1930e6}))  # 194.9 a head and year
    assert (short["years"], short[describe.COMPUTED]) == (NOT_MET, NOT_MET)
    without = verdicts(programme(years=10, amount=1950e6, currency="GBP"))
    assert (without["years"], without[describe.COMPUTED]) == (MET, OPEN)


def test_flags_choices_and_lists():
    found = verdicts(
        programme(
            evaluation=False,
            pipeline=True,
            selection="negotiated",
            lead_kind="partnership with subnational government",
            sectors=["food"],
        )
    )
    assert (found["evaluation"], found["pipeline"], found["selection"]) == (NOT_MET, MET, NOT_MET)
    assert (found["lead_kind"], found["sectors"]) == (MET, MET)


def test_a_reason_names_what_is_missing():
    rows = lessons.table([programme(amount=1, currency="USD")]).set_index("field")
    reason = rows.loc[describe.COMPUTED, "reason"]
    assert reason == "The documents do not give: years, residents and pounds per unit."


def test_a_lesson_is_as_good_as_its_worst_criterion():
    fields = ("employers_in_skills", "providers_in_skills", "universities_in_skills")

    def skills(*values) -> str:
        says = {f: v for f, v in zip(fields, values, strict=True) if v is not None}
        rows = lessons.summary(lessons.table([programme(**says)]))
        return rows.loc[rows["number"] == 4, "verdict"].item()

    assert skills(True, True, True) == MET
    assert skills(True, True, None) == OPEN
    assert skills(False, True, None) == NOT_MET


def test_the_examples_judge_as_their_documents_allow():
    """By hand: the awards meet what the page says; universities lead Mindforge; the rest is silence."""
    rows = lessons.table(describe.load_all())
    decided = rows[rows["verdict"] != OPEN].groupby("programme")["field"].apply(set)
    shared = {
        "shared_identity",
        "civic_leadership",
        "strong_institutions",
        "central_partnership",
        "pipeline",
    }
    assert decided.to_dict() == {
        "Recompete award, Birmingham (Alabama)": {"good_jobs_goal", "horizontal_measures"} | shared,
        "Tech Hub, Manchester (New Hampshire)": {"sectors", "selection"} | shared,
        "Cluster programme, West Midlands": {
            "sectors",
            "partners_convened",
            "private_coordination",
            "obstacles_identified",
        },
        "Midlands Mindforge": {"sectors", "lead_kind"},
    }
    assert rows.loc[rows["verdict"] == NOT_MET, "field"].tolist() == ["lead_kind"]
    assert (rows.loc[rows["verdict"] != OPEN, "evidence"] != "").all()


def test_quoted_words_are_the_pages():
    """What is not ours quotes the page; each quotation is looked up where the page is at hand."""
    folder = paths.ROOT.parent / "shared" / "seeds"
    if not folder.exists():
        pytest.skip("the page is not beside the repository")
    text = next(folder.glob("004_*.txt")).read_text(encoding="utf-8").replace("–", "-").replace("’", "'")
    for row in lessons.thresholds().itertuples():
        quoted = row.why.split('"')[1::2]
        assert quoted or row.ours, row.criterion
        for part in (piece.strip() for quote in quoted for piece in quote.split("...")):
            assert part in text, part


def test_our_bars_are_marked():
    ours = lessons.thresholds().query("ours")
    assert len(ours) == 3 and ours["criterion"].str.contains("ten years|GBP 195|lead").all()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"field": "yeers"}, "years"),
        ({"expects": {"is": True}}, "at_least"),
        ({"expects": {"at_least": "ten"}}, "may take"),
        ({"expects": {"at_least": 1, "is": True}}, "at_least"),
        ({"ours": "no"}, "yes or no"),
        ({"asks": ""}, "texts"),
        ({"more": 1}, "parts"),
    ],
)
def test_a_bad_criterion_is_refused(tmp_path: Path, change, expected):
    good = {"field": "years", "expects": {"at_least": 10}, "asks": "Long", "ours": True, "why": "ours"}
    lesson = {"number": 1, "lesson": "Time", "source": "page", "criteria": [good | change]}
    file = tmp_path / "lessons.yml"
    file.write_text(yaml.safe_dump({"time": lesson}), encoding="utf-8")
    with pytest.raises(ProgrammeError, match=r"lessons\.yml, field `time`") as error:
        lessons.load(file)
    assert expected in str(error.value)
