"""Is every assumption quoted where it is used, and every quoted one on record?"""

from __future__ import annotations

import pytest

from helpers import assumptions, paths
from helpers.assumptions import AssumptionError


def test_every_assumption_is_quoted_and_every_quoted_one_is_on_record():
    known, quoted = set(assumptions.load()), set(assumptions.quoted())
    assert known - quoted == set(), "on record and quoted nowhere"
    assert quoted - known == set(), "quoted and not on record"


def test_most_are_quoted_by_the_code_that_uses_them():
    by_code = [name for name, files in assumptions.quoted().items() if any(f.endswith(".py") for f in files)]
    assert len(by_code) >= 25


def test_quotes_are_read_in_both_numbers():
    text = "see assumption A01, and Assumptions A02, A03 and A04; A05 alone is paper of that size"
    listed = [assumptions.ID.findall(one) for one in assumptions.QUOTED.findall(text)]
    assert listed == [["A01"], ["A02", "A03", "A04"]]


RECORD = "- {id: A01, assumes: a, because: b, matters: c, test: d, wrong: e}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RECORD.replace("test: d, ", ""), "in this order"),
        (RECORD.replace("wrong: e", "wrong: ''"), "in this order"),
        (RECORD + RECORD, "id of its own"),
        (RECORD.replace("A01", "B1"), "id of its own"),
        (RECORD.replace("because: b", "because: it is 35 % lower"), "'35 %' is typed"),
    ],
)
def test_a_faulty_record_is_named(tmp_path, text, said):
    file = tmp_path / "assumptions.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AssumptionError, match=said):
        assumptions.load(file)


def test_the_book_lists_them():
    assert "```{assumptions}" in (paths.BOOK / "assumptions.md").read_text(encoding="utf-8")
    assert "book/assumptions" in (paths.ROOT / "_toc.yml").read_text(encoding="utf-8")
