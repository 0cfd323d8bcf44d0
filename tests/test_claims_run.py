"""The ledger on the tables: a handful of claims worked out again with plain pandas, and what is printed.

The figures by hand are read from the files in `data/tables`, without the functions under test.
"""

from __future__ import annotations

import io
import json
import re

import numpy as np
import pandas as pd
import pytest
import yaml

from helpers import cli, paths, study
from helpers.causation import links, priors, scenarios
from helpers.claims import ledger, run
from helpers.claims import verdict as verdicts
from helpers.figures import claims as figures
from helpers.prose import claims as prose

TOP = ["E08000029", "E07000222", "E07000176", "E07000033", "E07000039"]  # the guide's, note to Figure 2
BOTTOM = ["E07000239", "E07000135", "E07000174", "E07000171", "E06000019"]


@pytest.fixture(scope="module")
def found():
    return run.outcomes()


@pytest.fixture(scope="module")
def by_id(found):
    return {one.claim.id: one for one in found}


@pytest.fixture(scope="module")
def productivity():
    """GVA per hour by release, code and year, as published."""
    rows = pd.read_csv(paths.TABLES / "productivity.csv")
    rows = rows[rows["indicator"] == "gva_per_hour"]
    return rows.pivot_table(index=["release", "area_code"], columns="year", values="value")


@pytest.fixture(scope="module")
def midlands():
    areas = pd.read_csv(paths.TABLES / "areas.csv", dtype=str, keep_default_na=False)
    districts = areas[(areas["level"] == "district") & (areas["vintage"] == "LAD24")]
    return districts[districts["itl1"].isin(["TLF", "TLG"])].set_index("code")


def test_recorded_verdicts_are_those_reached(found):
    assert run.changes(found) == []


def test_all_five_documents_are_there_and_every_verdict(found):
    assert len(found) > 100
    assert {one.claim.document for one in found} == set(ledger.documents())
    assert {one.decision.verdict for one in found} == {*ledger.TESTED, "not_testable"}  # nothing is pending


def test_the_headline_by_hand(by_id, productivity):
    """The guide's groups, unweighted, as a share of the top group, release of 2025."""
    own = productivity.loc[2025]
    gap = 100 * (1 - own.loc[BOTTOM].mean() / own.loc[TOP].mean())
    one = by_id["gap-2010-2023"]
    assert one.decision.verdict == "contradicted"
    assert one.decision.by.values == pytest.approx((gap[2010], gap[2023]))
    assert not (34.5 <= gap[2010] <= 35.5 and 47.5 <= gap[2023] <= 50)
    row = run.table([one]).iloc[0]
    assert (row["part"], row["measured"]) == ("2023", pytest.approx(gap[2023]))
    assert row["distance"] == pytest.approx(47.5 - gap[2023])


def test_the_trend_by_hand_in_every_release(by_id, productivity):
    stated = {m.release: m.values[0] for m in by_id["gap-widened-since-2010"].measurements if m.stated}
    assert sorted(stated) == [2022, 2023, 2024, 2025]
    for release, change in stated.items():
        own = productivity.loc[release].dropna(axis=1, how="all")
        gap = 100 * (1 - own.loc[BOTTOM].mean() / own.loc[TOP].mean())
        assert change == pytest.approx(gap.iloc[-1] - gap[2010]), release


def test_groups_and_ranks_by_hand(by_id, productivity, midlands):
    for release in (2024, 2025):
        ranked = productivity.loc[release, 2022].reindex(midlands.index).sort_values(ascending=False)
        for name, end, named in (("top", ranked.index[:5], TOP), ("bottom", ranked.index[-5:], BOTTOM)):
            measured = next(
                m for m in by_id[f"{name}-five-in-figure-1"].measurements if m.stated and m.release == release
            )
            assert measured.values == (len(set(end) & set(named)),)
        pair = next(m for m in by_id["almost-twice"].measurements if m.stated and m.release == release)
        assert pair.values[0] == pytest.approx(ranked["E07000039"] / ranked["E07000239"])


def test_below_the_uk_by_hand(by_id, productivity, midlands):
    own = productivity.loc[2025, 2023]
    below = 100 * (own.reindex(midlands.index) < own["K99000002"]).mean()
    assert by_id["most-below-uk"].decision.by.values[0] == pytest.approx(below)
    hours = pd.read_csv(paths.TABLES / "hours_jobs.csv").query(
        "indicator == 'hours_per_week' and release == 2025 and year == 2023"
    )
    hours = hours.set_index("area_code")["value"].reindex(midlands.index).groupby(midlands["itl1"]).sum()
    whole = np.average(own[["TLF", "TLG"]], weights=hours[["TLF", "TLG"]])
    latest = by_id["below-uk-13"].decision.stated
    assert latest.values[0] == pytest.approx(100 * (1 - whole / own["K99000002"]))


def test_people_by_hand(by_id):
    ages = pd.read_csv(paths.TABLES / "population_age.csv")
    latest = ages.sort_values("release").drop_duplicates(["indicator", "area_code", "year"], keep="last")
    for name, indicator, codes in (
        ("working-age-6", "population_16_64", TOP),
        ("young-14", "population_16_24", BOTTOM),
    ):
        rows = latest[(latest["indicator"] == indicator) & latest["area_code"].isin(codes)]
        total = rows.groupby("year")["value"].sum()
        assert by_id[name].decision.by.values[0] == pytest.approx(100 * (total[2023] / total[2011] - 1))


def test_research_by_hand(by_id):
    rows = pd.read_csv(paths.TABLES / "innovation.csv")
    business = rows[(rows["indicator"] == "rd_business") & (rows["year"] == 2022)]
    business = business[business["release"] == business["release"].max()].set_index("area_code")["value"]
    regions = [code for code in business.index if re.fullmatch("TL[C-N]", code)]
    share = 100 * business[["TLF", "TLG"]].sum() / business[regions].sum()
    measured = next(
        m
        for m in by_id["rd-5-in-2022"].measurements
        if m.definition.startswith("business R&D, 2022, East and")
    )
    assert measured.values[0] == pytest.approx(share)
    assert by_id["rd-5-in-2022"].decision.by.definition.endswith("East Midlands")


def test_earnings_and_undevolved_by_hand(by_id, midlands):
    pay = pd.read_csv(paths.TABLES / "labour.csv").query(
        "indicator == 'pay_weekly_residence' and area_code == 'TLG'"
    )
    pay = pay.groupby("year")["value"].last()
    assert by_id["earnings-27"].decision.by.values[0] == pytest.approx(100 * (pay[2023] / pay[2013] - 1))
    outside = (midlands["combined_authority"] == "").sum()
    assert by_id["undevolved-areas"].decision.by.values == (outside,)


def test_documents_against_themselves(by_id):
    """The guide lists twelve references; 9.6 over 3.3 is 2.91; the release of 2024 ends with 2022."""
    listed = ledger.documents()["guide"]["references"]
    assert sorted(listed) == list(range(1, 13))
    for number, verdict in ((12, "reproduced"), (36, "contradicted"), (67, "contradicted")):
        assert by_id[f"reference-{number}"].decision.verdict == verdict
    assert by_id["investment-quoted-ratio"].decision.by.values[0] == pytest.approx(2.909, abs=5e-4)
    assert by_id["growth-hub-consistent"].decision.by.values[0] == pytest.approx(1.139, abs=5e-4)
    assert by_id["figure-2-source"].decision.by.values == (2022,)
    assert by_id["investment-source-date"].decision.by.values == (2022,)


def test_claims_about_causes_rest_on_assumptions_or_on_what_goes_together(by_id):
    """So none of them is borne out or contradicted, and each says what would settle it."""
    for topic in ("cumulative causation", "people, firms and places"):
        own = [one for one in by_id.values() if one.claim.topic == topic]
        assert own
        for one in own:
            if one.claim.id != "industry-structure":  # an account of the parts of a sum, and no cause
                assert one.decision.verdict == "indirect" and one.claim.needs, one.claim.id
    by = by_id["targeting-closes-gap"].decision.by
    assert by.proxy and by.lower[0] <= by.values[0] <= by.upper[0] < 0


def test_the_loop_between_places_by_hand(by_id):
    """L = sum of b g / d, with the versions between places and the d of data/parameters.yml."""
    parameters = yaml.safe_load((paths.DATA / "parameters.yml").read_text(encoding="utf-8"))
    area = study.choose(area="Midlands").area
    found = links.versions(area, priors.central(scenarios.held(area)))
    between = found[found["specification"] == "between"].set_index("parameter")["estimate"]
    strength = sum(
        between[f"b_{stock}"] * between[f"g_{stock}"] / parameters[f"d_{stock}"]["default"]
        for stock in ("capital", "skills", "business")
    )
    held, places = by_id["cumulative-causation"].measurements
    assert places.values[0] == pytest.approx(strength)
    middle = {name: parameters[name]["default"] for name in parameters if name[:2] in ("b_", "g_", "d_")}
    product = sum(
        middle[f"b_{stock}"] * middle[f"g_{stock}"] / middle[f"d_{stock}"]
        for stock in ("capital", "skills", "business")
    )
    assert held.values[0] == pytest.approx(product)


def test_a_claim_about_groups_is_asked_of_the_rechosen_ones_too(by_id):
    for name in ("working-age-6", "skills-level-3", "large-firms-twice", "investment-rise-290"):
        words = " ".join(m.definition for m in by_id[name].measurements)
        assert "that the guide names" in words and "on the latest figures" in words, name
    beside = [
        m.beside for m in by_id["gap-widened-since-2010"].measurements if m.release == 2025 and m.stated
    ]
    assert "where nothing pulls apart" in beside[0]


def test_every_verdict_follows_from_the_published_measurements(found):
    """Each claim again from `claim_measurements.csv` alone."""
    measured = run.measurements(found)
    for one in found:
        rows = measured[measured["id"] == one.claim.id]
        assert rows.empty == (one.claim.verdict in ledger.UNTESTED), one.claim.id
        direct = rows[~rows["proxy"].astype(bool)]
        gives = direct["gives_the_claim"].any()
        if not rows.empty:
            expected = "indirect" if direct.empty else ("reproduced" if gives else "contradicted")
            assert one.decision.verdict.startswith(expected), one.claim.id


def test_exhibits_are_shown_by_the_notebooks_that_are_named(found):
    shown = {}
    for one in found:
        notebook, _, name = one.claim.exhibit.partition("/")
        if one.claim.verdict in ledger.UNTESTED:
            continue
        if notebook not in shown:
            path = paths.NOTEBOOKS / f"{notebook}.ipynb"
            shown[notebook] = path.read_text(encoding="utf-8")
        assert f"/{name}.csv" in shown[notebook], one.claim.id


def test_json_has_the_stated_keys_and_no_nan(found):
    rows = json.loads(run.render(found, "json"), parse_constant=pytest.fail)
    assert len(rows) == len(found)
    assert all(tuple(row) == run.JSON_FIELDS for row in rows)
    headline = next(row for row in rows if row["id"] == "gap-2010-2023")
    assert [part["value"] for part in headline["parts"]] == [35, 50]
    assert (headline["value"], headline["unit"], headline["release"]) == (50, "per cent", 2025)


def test_csv_and_table_hold_every_claim(found):
    rows = pd.read_csv(io.StringIO(run.render(found, "csv")))
    assert list(rows.columns) == run.COLUMNS
    assert list(rows["id"]) == [one.claim.id for one in found]
    text = run.render(found, "table")
    assert all(one.claim.id in text for one in found)


def write(path, **fields):
    records = yaml.safe_load(ledger.FILE.read_text(encoding="utf-8"))
    record = next(record for record in records if record["id"] == "most-below-uk")
    path.write_text(yaml.safe_dump([record | fields]))
    return str(path)


def test_the_command_gives_1_when_a_verdict_is_not_the_recorded_one(tmp_path, capsys):
    assert cli.main(["claims", "--ledger", write(tmp_path / "same.yml")]) == 0
    assert "most-below-uk" in capsys.readouterr().out
    other = write(tmp_path / "other.yml", verdict="contradicted")
    assert cli.main(["claims", "--ledger", other, "--format", "json"]) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)[0]["verdict"] == "reproduced"
    assert "most-below-uk: recorded contradicted, now reproduced (87" in shown.err


def test_the_command_names_record_and_field(tmp_path, capsys):
    faulty = write(tmp_path / "faulty.yml", source_cited="")
    assert cli.main(["claims", "--ledger", faulty]) == 1
    assert "most-below-uk: source_cited" in capsys.readouterr().err


def test_the_command_runs_the_ledger(found, capsys):
    assert cli.main(["claims", "--format", "csv"]) == 0
    assert capsys.readouterr().out.count("\n") == len(found) + 1


def test_the_worked_example_of_the_reviewers_guide_runs(tmp_path, monkeypatch):
    """Its document and its record as printed there."""
    page = (paths.BOOK / "reviewers_guide.md").read_text(encoding="utf-8")
    document, records = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.S))
    monkeypatch.setattr(ledger, "documents", lambda: document)
    file = tmp_path / "mine.yml"
    file.write_text(yaml.safe_dump(records))
    (one,) = run.outcomes(ledger.load(file))
    assert (one.decision.verdict, one.decision.by.values) == ("reproduced", (1,))
    assert one.decision.by.release == max(m.release for m in one.measurements)


def test_a_function_that_gives_too_few_figures_is_told(tmp_path):
    records = yaml.safe_load(ledger.FILE.read_text(encoding="utf-8"))
    record = next(record for record in records if record["id"] == "most-below-uk")
    record["parts"] = record["parts"] * 2
    with pytest.raises(ledger.ClaimError, match="most-below-uk: parts"):
        run.test(ledger.check(record))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (34.0, "34"),
        (35.62, "35.6"),
        (1.888, "1.89"),
        (17918.4, "17,918"),
        (33000, "33,000"),
        (-0.158, "-0.16"),
    ],
)
def test_figures_are_written_with_the_digits_they_need(value, text):
    assert run.number(value) == text


def test_stories_say_first_what_holds_and_name_known_claims(found, by_id):
    for name, story in prose.STORIES.items():
        assert set(story.ids) <= set(by_id)
        text = prose.story(found, name)
        places = [
            text.find(f"**{heading}**") for heading in (*prose.HEADINGS.values(), "What would settle it")
        ]
        there = [place for place in places if place >= 0]
        assert there == sorted(there) and len(there) >= 2
        assert all(by_id[one].claim.claim in text for one in story.ids)


def test_what_changed_between_releases_is_what_the_table_says(found):
    table = prose.releases(found).set_index("id")
    lost = table.index[table["2024"].str.endswith(": yes") & table["2025"].str.endswith(": no")]
    told = prose.since_release(found)
    assert len(lost) and all(name in told for name in lost)


def test_the_figure_counts_every_claim_once(found):
    exhibit = figures.scoreboard(found)
    assert exhibit.data["claims"].sum() == len(found)
    counts = exhibit.data.groupby("verdict")["claims"].sum()
    assert counts["reproduced"] == sum(one.decision.verdict == "reproduced" for one in found)


def test_an_interval_that_reaches_the_claim_is_a_column(found):
    rows = run.table(found).set_index("id")
    for name, row in rows.dropna(subset=["lower", "measured"]).iterrows():
        part = next(p for o in found if o.claim.id == name for p in o.claim.parts if p.name == row["part"])
        assert row["within_interval"] == verdicts.within_interval(part, row["lower"], row["upper"])
