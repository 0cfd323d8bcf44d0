"""The revision triangle against printed figures, and verdicts over releases against cases made by hand."""

import numpy as np
import pandas as pd
import pytest

from helpers import groups, revisions, series, study
from helpers.gaps import divergence, release_verdicts
from helpers.gaps.release_verdicts import Statement

# GVA per hour of the guide's districts as printed, by release and year.
TOP = {(2024, 2010): [35.4, 29.1, 29.5, 30.1, 36.1], (2025, 2023): [41.8, 46.76, 44.66, 42.04, 50.66]}
BOTTOM = {(2024, 2010): [19.8, 21.7, 18.5, 23.2, 20.1], (2025, 2023): [29.54, 27.9, 27.31, 31.49, 32.93]}


@pytest.fixture(scope="module")
def midlands():
    return study.choose()


def test_the_triangle_holds_the_guides_gap_of_every_release(midlands):
    triangle = release_verdicts.revision_triangle(midlands)
    assert list(triangle.columns) == ["release", "year", "value"]
    spans = triangle.groupby("release")["year"].agg(["min", "max", "size"])
    assert spans.to_numpy().tolist() == [[2004, 2020 + n, 17 + n] for n in range(4)]
    value = triangle.set_index(["release", "year"])["value"]
    for at, top in TOP.items():
        assert value[at] == pytest.approx(1 - sum(BOTTOM[at]) / sum(top), abs=1e-12)


def test_the_triangle_keeps_to_the_guides_groups_whatever_the_study_follows(midlands):
    other = study.choose(measure="job", grouping="end", group_size=3)
    pd.testing.assert_frame_equal(
        release_verdicts.revision_triangle(other), release_verdicts.revision_triangle(midlands)
    )


def test_a_release_without_the_area_has_no_rows_and_no_answer():
    """The release of 2022 came without Northern Ireland; jobs of 2023 are missing there."""
    irish = study.choose("Northern Ireland")
    assert set(release_verdicts.revision_triangle(irish)["release"]) == {2023, 2024, 2025}
    table = release_verdicts.table(irish)
    assert set(table["2022"]) == {"no figures", "not published"}
    assert not table["verdict"].isin(["cannot be known"]).any()


def test_an_area_without_groups_has_empty_tables():
    few = study.choose("TVCA")
    assert release_verdicts.revision_triangle(few).empty
    assert release_verdicts.answers(few).empty
    assert list(release_verdicts.table(few).columns) == [
        "id", "statement", "2022", "2023", "2024", "2025", "verdict",
    ]  # fmt: skip


def test_every_statement_has_one_row_and_a_verdict(midlands):
    table = release_verdicts.table(midlands)
    assert list(table["id"]) == [statement.id for statement in release_verdicts.STATEMENTS]
    assert table["id"].is_unique and table["statement"].is_unique
    assert set(table["verdict"]) <= {"holds", "flips", "too close"}
    jobs = table[table["id"].str.startswith("per_job")]
    assert set(jobs["2022"]) == {"not published"}


def test_a_statement_is_put_as_the_latest_release_has_it(midlands):
    """Widening to the last year: +9.7 points in the release of 2022, -2.9 in that of 2025."""
    rows = release_verdicts.answers(midlands).query("id == 'since_first'").set_index("release")
    assert rows["statement"].unique().tolist() == ["The gap narrowed from 2004 to the last year"]
    gap = {r: divergence.gap(series.panel(midlands.area, "hour", r), "guide", 5) for r in (2022, 2025)}
    assert rows.at[2022, "value"] == pytest.approx(gap[2022].value[2004] - gap[2022].value[2020])
    assert rows.at[2025, "value"] == pytest.approx(gap[2025].value[2004] - gap[2025].value[2023])
    assert rows.at[2022, "answer"] == "does not hold" and rows.at[2025, "answer"] == "too close"
    assert (rows["lower"] < rows["value"]).all() and (rows["value"] < rows["upper"]).all()


def pretend(monkeypatch, margins):
    """One statement with given margins: release -> value, and a spread of its draws (None: no band)."""
    statement = Statement("one", "It widened", "It narrowed", lambda *_: None)

    def margin(study, release, asked):
        value, spread = margins.get(release, (np.nan, None))
        draws = np.full(revisions.DRAWS, np.nan)
        if spread is not None:
            draws = value + spread * np.linspace(-1, 1, revisions.DRAWS)
        return value, draws

    monkeypatch.setattr(release_verdicts, "STATEMENTS", (statement,))
    monkeypatch.setattr(release_verdicts, "_margin", margin)


@pytest.mark.parametrize(
    ("margins", "answers", "verdict"),
    [
        ([(3, 1), (2, 1), (2, 1), (4, 1)], ["holds"] * 4, "holds"),
        ([(-3, 1), (2, 1), (2, 1), (4, 1)], ["does not hold", "holds", "holds", "holds"], "flips"),
        ([(3, 1), (2, 1), (2, 1), (0.1, 1)], ["holds", "holds", "holds", "too close"], "too close"),
        ([(-3, 1), (2, 1), (2, 1), (0.1, 1)], ["does not hold", "holds", "holds", "too close"], "flips"),
        ([(3, None), (2, 1), (2, 1), (4, 1)], ["holds"] * 4, "holds"),  # no band: the sign decides
        ([(np.nan, None), (2, 1), (2, 1), (4, 1)], ["no figures", "holds", "holds", "holds"], "holds"),
        ([(np.nan, None)] * 4, ["no figures"] * 4, "cannot be known"),
    ],
)  # fmt: skip
def test_verdicts_over_releases(monkeypatch, midlands, margins, answers, verdict):
    pretend(monkeypatch, dict(zip((2022, 2023, 2024, 2025), margins, strict=True)))
    row = release_verdicts.table(midlands).iloc[0]
    assert row[["2022", "2023", "2024", "2025"]].tolist() == answers
    assert row["verdict"] == verdict
    assert row["statement"] == "It widened"


def test_the_opposite_statement_is_judged_from_the_opposite_side(monkeypatch, midlands):
    pretend(monkeypatch, {2022: (3, 1), 2023: (-2, 1), 2024: (-2, 1), 2025: (-4, 1)})
    row = release_verdicts.table(midlands).iloc[0]
    assert row["statement"] == "It narrowed"
    assert row[["2022", "2023", "2024", "2025", "verdict"]].tolist() == [
        "does not hold", "holds", "holds", "holds", "flips",
    ]  # fmt: skip


GAPS = np.array([[0.30, 0.35, 0.45, 0.40], [0.30, 0.50, 0.45, 0.20]])  # two draws of four years
YEARS = [2004, 2010, 2019, 2023]


@pytest.mark.parametrize(
    ("margin", "expected"),
    [
        (release_verdicts.change(None, None), [0.10, -0.10]),
        (release_verdicts.change(2010, 2019), [0.10, -0.05]),
        (release_verdicts.last_above(0.30), [0.10, -0.10]),
        (release_verdicts.widest_in(2019), [0.05, -0.05]),
    ],
)
def test_margins_by_hand(margin, expected):
    assert margin(GAPS, YEARS, 2004) == pytest.approx(expected)


def test_a_year_that_is_not_there_gives_no_margin():
    assert release_verdicts.change(2005, None)(GAPS, YEARS, 2004) is None
    assert release_verdicts.change(None, 2019)(GAPS, YEARS, 2019) is None
    assert release_verdicts.widest_in(2018)(GAPS, YEARS, 2004) is None
    assert release_verdicts.growth_above_prices(GAPS, [2004, 2010, 2019, 2050], 2004) is None


def test_growth_above_prices_by_hand():
    """The UK's deflator as printed (2022 = 100): 68.6 in 2004, 107.6 in 2023."""
    margin = release_verdicts.growth_above_prices(np.array([[10.0, 16.0]]), [2004, 2023], 2004)
    assert margin == pytest.approx([16 - 10 * 107.6 / 68.6])


def test_margins_and_rules_are_those_of_the_groups():
    known = {"", *groups.EVERY_RULE}
    assert {statement.rule for statement in release_verdicts.STATEMENTS} <= known
