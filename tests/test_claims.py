"""The rules of the ledger: constructed measurements for each verdict, and records with one fault each."""

from __future__ import annotations

import copy
import math

import pytest
import yaml

from helpers.claims import ledger, measuring, verdict
from helpers.claims.ledger import Part
from helpers.claims.measuring import Measurement
from helpers.errors import ClaimError

FIFTY = Part("2023", 50, "per cent", 47.5, 50)  # "nearly 50 %"
THIRTY_FIVE = Part("2010", 35, "per cent", 34.5, 35.5)
WIDENED = Part("change", None, "points", 0, math.inf)


def measured(*values, **about):
    return Measurement("some definition", values, **about)


def own(*values, release=2025, **about):
    return measured(*values, release=release, stated=True, **about)


@pytest.mark.parametrize(
    ("measurements", "expected"),
    [
        ([own(48)], "reproduced"),
        ([own(40)], "contradicted"),
        # The latest release counts, not an earlier one
        ([own(48, release=2024), own(40)], "reproduced_under"),
        ([own(40, release=2024), own(48)], "reproduced"),
        # Another definition never makes it plainly true
        ([own(40), measured(48, release=2025)], "reproduced_under"),
        ([measured(48)], "reproduced_under"),
        # A proxy neither bears a claim out nor contradicts it
        ([own(48, proxy=True)], "indirect"),
        ([own(40, proxy=True)], "indirect"),
        ([own(40), measured(48, proxy=True)], "contradicted"),
        # Without figures there is nothing to say
        ([own(math.nan)], "not_testable"),
        ([], "not_testable"),
        ([own(math.nan), own(48, release=2024)], "reproduced"),
    ],
)
def test_each_verdict(measurements, expected):
    assert verdict.decide([FIFTY], measurements).verdict == expected


@pytest.mark.parametrize(
    ("value", "inside"), [(47.5, True), (50, True), (47.499, False), (50.001, False), (47.5 - 1e-12, True)]
)
def test_edges_of_the_tolerance_are_inside(value, inside):
    assert (verdict.distance(FIFTY, value) == 0) is inside
    assert verdict.decide([FIFTY], [own(value)]).verdict == ("reproduced" if inside else "contradicted")


def test_distance_is_to_the_nearest_edge_in_the_unit_of_the_claim():
    assert verdict.distance(FIFTY, 40) == pytest.approx(7.5)
    assert verdict.distance(FIFTY, 51.5) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.1, "reproduced"), (0, "contradicted"), (-1, "contradicted")]
)
def test_no_change_is_no_rise(value, expected):
    assert verdict.decide([WIDENED], [own(value)]).verdict == expected


def test_a_claim_of_two_parts_takes_the_worse_one():
    decision = verdict.decide([THIRTY_FIVE, FIFTY], [own(35, 34)])
    assert decision.verdict == "contradicted"
    assert decision.worst == 1
    assert verdict.decide([THIRTY_FIVE, FIFTY], [own(30, 49)]).worst == 0
    assert verdict.decide([THIRTY_FIVE, FIFTY], [own(35, 49)]).verdict == "reproduced"


def test_parts_must_hold_in_one_and_the_same_definition():
    """Either figure comes out by one of these, both by none."""
    apart = [own(35, 34), measured(30, 49)]
    assert verdict.decide([THIRTY_FIVE, FIFTY], apart).verdict == "contradicted"


def test_a_definition_that_lacks_a_part_is_not_counted():
    decision = verdict.decide([THIRTY_FIVE, FIFTY], [own(35, math.nan), measured(35, 49)])
    assert (decision.verdict, decision.tried, decision.hits) == ("reproduced_under", 1, 1)


@pytest.mark.parametrize(
    ("measurements", "expected"),
    [
        ([own(3, lower=(1.0,), upper=(5.0,))], "reproduced"),
        # Within the noise
        ([own(3, lower=(-1.0,), upper=(7.0,))], "contradicted"),
        # Without any interval the value decides
        ([own(3)], "reproduced"),
        # A trend has to hold in every release
        ([own(3, lower=(1.0,), upper=(5.0,)), own(-3, release=2024)], "reproduced_under"),
        ([own(-3), own(3, release=2024, lower=(1.0,), upper=(5.0,))], "reproduced_under"),
        ([own(3), own(2, release=2024), own(1, release=2023)], "reproduced"),
    ],
)
def test_a_trend_must_be_clear_and_hold_in_every_release(measurements, expected):
    assert verdict.decide([WIDENED], measurements, clearly=True).verdict == expected


def test_what_is_shown_is_what_the_verdict_rests_on():
    early, late, other = own(48, release=2022), own(40), measured(49, release=2024)
    decision = verdict.decide([FIFTY], [late, early, other])
    assert decision.verdict == "reproduced_under"
    assert decision.by is early  # the document's own definition before another
    assert decision.stated is late
    assert verdict.decide([FIFTY], [other, late]).by is other
    assert verdict.decide([FIFTY], [late]).by is late


def test_an_interval_that_reaches_the_claim_is_told_but_changes_no_verdict():
    wide = own(40, lower=(30.0,), upper=(48.0,))
    assert verdict.decide([FIFTY], [wide]).verdict == "contradicted"
    assert verdict.within_interval(FIFTY, 30, 48)
    assert not verdict.within_interval(FIFTY, 30, 47)
    assert not verdict.within_interval(FIFTY, math.nan, math.nan)


RECORD = {
    "id": "share-below",
    "document": "briefing",
    "where": "a section",
    "topic": "level",
    "claim": "More than half of the districts are below the UK.",
    "parts": [{"name": "share", "value": 50, "unit": "per cent", "lowest": 50}],
    "period": "latest",
    "area": "Midlands",
    "source_cited": "none",
    "function": "levels.districts_below_uk",
    "definitions": ["hour", "job"],
    "exhibit": "02_productivity/levels",
    "verdict": "reproduced",
}


def changed(**fields):
    """The record with some fields changed, or left out where they are None."""
    record = copy.deepcopy(RECORD) | fields
    return {name: value for name, value in record.items() if value is not None}


def with_part(**fields):
    part = copy.deepcopy(RECORD["parts"][0]) | fields
    return changed(parts=[{name: value for name, value in part.items() if value is not None}])


def test_a_sound_record_is_a_claim():
    claim = ledger.check(RECORD)
    assert (claim.parts[0].lowest, claim.parts[0].highest) == (50, math.inf)
    assert claim.definitions == ("hour", "job")


INVESTMENT = {
    "function": "investment.per_hour_of_districts",
    "indicator": "gfcf_per_hour",
    "definitions": None,
}


@pytest.mark.parametrize(
    ("record", "field", "hint"),
    [
        (changed(source_cited=None), "source_cited", "missing"),
        (changed(where=""), "where", "missing"),
        (changed(parts=[]), "parts", "missing"),
        (changed(document="leaflet"), "document", "briefing"),
        (changed(topic="weather"), "topic", "divergence"),
        (changed(verdict="true"), "verdict", "contradicted"),
        (changed(id="Share Below"), "id", "small letters"),
        (changed(functoin="x"), "functoin", "function"),
        (changed(function="levels.districts_below"), "function", "levels.districts_below_uk"),
        (changed(function=None), "function", "there is no"),
        (changed(definitions=["year"]), "definitions", "hour, job"),
        (changed(definitions=None), "definitions", "at least one"),
        (changed(arguments={"year": 2022}), "arguments", "takes none"),
        (changed(exhibit=None), "exhibit", "missing"),
        (changed(indicator="gva_per_hoar"), "indicator", "gva_per_hour"),
        (with_part(unit="points"), "parts, 1, unit", "per cent"),
        (with_part(unit="GBP"), "parts, 1, unit", "per cent"),
        (with_part(lowest=50, highest=50), "parts, 1, lowest", "tolerance"),
        (with_part(lowest=51), "parts, 1", "in that order"),
        (with_part(lowest=None), "parts, 1", "neither"),
        (with_part(value="fifty"), "parts, 1, value", "no number"),
        (with_part(value=True), "parts, 1, value", "no number"),
        (with_part(tolerance=1), "parts, 1", "expected the fields"),
        (changed(verdict="not_testable"), "function", "has none"),
        (changed(verdict="not_testable", function=None), "needs", "data"),
        (changed(verdict="pending", function=None, needs="weather"), "needs", "policy"),
        # A unit that is not the indicator's: pounds per job where pounds per hour are measured
        (
            with_part(unit="GBP per job", lowest=49, highest=51) | {k: v for k, v in INVESTMENT.items() if v},
            "definitions",
            "none",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_record_and_field(record, field, hint):
    with pytest.raises(ClaimError) as error:
        ledger.check(record)
    name = record["id"]
    assert str(error.value).startswith(f"claims.yml, {name}: {field}: ")
    assert hint in str(error.value)


def test_a_unit_must_be_that_of_the_indicator():
    record = with_part(unit="GBP per job", lowest=49, highest=51) | INVESTMENT
    record = {name: value for name, value in record.items() if value is not None}
    with pytest.raises(ClaimError, match=r"parts, 1, unit.*'GBP per hour'"):
        ledger.check(record)
    record["parts"][0]["unit"] = "GBP per hour"
    assert ledger.check(record).parts[0].unit == "GBP per hour"


def test_counts_are_exact_and_need_no_tolerance():
    part = {"name": "challenges", "value": 9, "unit": "items", "lowest": 9, "highest": 9}
    record = changed(parts=[part], function="documents.items_listed", definitions=None)
    assert ledger.check(record | {"arguments": {"listed": "challenges"}}).parts[0].lowest == 9


def test_an_id_stands_once(tmp_path):
    file = tmp_path / "claims.yml"
    file.write_text(yaml.safe_dump([RECORD, RECORD]))
    with pytest.raises(ClaimError, match="share-below: id: it stands twice"):
        ledger.load(file)


@pytest.mark.parametrize("text", ["", "a: 1", "[", "[1]"])
def test_a_file_that_is_no_ledger_is_refused(tmp_path, text):
    file = tmp_path / "claims.yml"
    file.write_text(text)
    with pytest.raises(ClaimError, match=r"claims\.yml"):
        ledger.load(file)


def test_every_function_has_a_unit_and_a_sentence():
    for name, measurer in measuring.measurers().items():
        assert measurer.unit and measurer.measure.__doc__, name
