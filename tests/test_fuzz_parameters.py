"""Parameters and shipped tables that are wrong in odd ways: an answer that holds, or an error by name."""

from __future__ import annotations

import json
import string
from typing import Any

import faults
import pytest
import seeds
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from helpers import geography, parameters, paths, series, study, tables
from helpers.districts import all_districts
from helpers.errors import ParameterError, TableError

torture = pytest.mark.torture
NAMES = list(parameters.load())
REAL = [
    *("Midlands", "Wales", "WMCA", "UK", "North East", "TLF+TLG", "E06000015", "Bristol, City of", "London")
]
ODD = st.one_of(
    st.text(max_size=30),
    st.text(string.printable, max_size=30),
    st.integers(),
    st.integers(-3000, 3000),
    st.floats(),
    st.booleans(),
    st.none(),
    st.binary(max_size=5),
    st.sampled_from(faults.JUNK),
    st.sampled_from([-(10**400), "9" * 5000, "[" * 30, "\ud800", "\0", "@/dev/zero", "~", "'"]),
)
VALUES = ODD | st.lists(ODD | st.sampled_from(REAL), max_size=4)
AREAS = st.one_of(
    st.sampled_from(REAL),
    st.lists(st.sampled_from(REAL), max_size=4),
    st.lists(st.sampled_from([*REAL, "", "  ", "the", "&", "E07000999", "Nowhere"]), max_size=4).map(
        "+".join
    ),
    st.sampled_from(REAL).map(lambda name: name.swapcase() + " "),
    st.text(max_size=40),
    VALUES,
)


def ended(tally: faults.Tally, call: Any, *words: Any, **named: Any) -> Any:
    """What a call gives, or nothing where it refuses by name."""
    try:
        found = call(*words, **named)
    except ParameterError as error:
        assert 0 < len(str(error)) < 20_000
        tally.ends["refused"] += 1
        return None
    tally.ends["answered"] += 1
    return found


def said(tally: faults.Tally) -> str:
    """The tally, once it is sure that both ends were met: a property of refusals alone would say nothing."""
    assert tally.ends["answered"] and tally.ends["refused"], str(tally)
    return str(tally)


@torture
def test_a_value_is_checked_or_refused(record_property):
    tally = faults.Tally()

    @faults.cases("values", 40, 1300)
    @given(st.sampled_from(NAMES), VALUES)
    @example("group_size", 10**5000)
    @example("seed", float("nan"))
    def holds(name: str, value: Any) -> None:
        found = ended(tally, parameters.check, {name: value})
        assert found is None or (list(found) == NAMES and found[name] == value)

    holds()
    record_property("cases", said(tally))


@torture
def test_words_of_the_command_line_are_read_or_refused(record_property):
    tally = faults.Tally()

    @faults.cases("words", 30, 800)
    @given(
        st.lists(st.tuples(st.sampled_from([*NAMES, "aera", ""]), st.text(max_size=20) | AREAS), max_size=3)
    )
    @example([("area", "[" * 1500)])
    @example([("group_size", "9" * 5000)])
    @example([("area", "@/dev/zero")])
    @example([("area", "@\0")])
    def holds(pairs: list[tuple[str, Any]]) -> None:
        found = ended(tally, parameters.parse, [f"{name}={value}" for name, value in pairs])
        assert found is None or set(found) <= set(NAMES)

    holds()
    record_property("cases", said(tally))


@torture
def test_a_file_of_parameters_is_read_or_refused(tmp_path, record_property):
    tally = faults.Tally()
    whole = yaml.safe_dump(
        {"area": ["Wales", "Bristol, City of"], "group_size": 5, "release": "latest"}
    ).encode()

    @faults.cases("file of parameters", 20, 500)
    @given(faults.of_bytes(whole, "parameters.yml").map(lambda fault: fault[2]) | st.binary(max_size=60))
    @example(b"? &a [*a]\n: 1\n")
    @example(b"area: &a [*a]\n")
    @example(b"area: " + b"[" * 1500)
    @example(b"!!python/object/apply:os.system ['exit 1']")
    @example(b"area: !!python/name:os.system ''")
    def holds(content: bytes) -> None:
        file = tmp_path / "parameters.yml"
        file.write_bytes(content)
        found = ended(tally, parameters.parse, (), file)
        assert found is None or set(found) <= set(NAMES)

    @faults.cases("JSON of parameters", 10, 200)
    @given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3))
    def json_holds(values: dict[str, Any]) -> None:
        file = tmp_path / "parameters.json"
        file.write_text(json.dumps(values, default=str), encoding="utf-8")
        ended(tally, parameters.parse, (), file)

    holds()
    json_holds()
    record_property("cases", said(tally))


@torture
def test_an_area_is_found_or_refused(record_property):
    tally, known = faults.Tally(), set(all_districts().index)

    @faults.cases("areas", 30, 1200)
    @example("\ud800")
    @given(AREAS.filter(lambda area: isinstance(area, str | list)))
    def holds(area: Any) -> None:
        found = ended(tally, geography.resolve, area)
        if found is not None:
            assert found.codes and set(found.codes) <= known and list(found.codes) == sorted(set(found.codes))
            assert geography.resolve("+".join(found.codes)).codes == found.codes

    holds()
    record_property("cases", said(tally))


@torture
def test_a_study_is_chosen_or_refused(record_property):
    tally = faults.Tally()
    releases = [*series.releases("hour"), *series.releases("job"), "latest", 1999]

    def mostly(usual: Any) -> Any:
        return st.sampled_from([usual] * 19 + [ODD]).flatmap(lambda drawn: drawn)

    @faults.cases("studies", 30, 500)
    @given(
        mostly(st.sampled_from(REAL)),
        mostly(st.sampled_from(["hour", "job"])),
        mostly(st.sampled_from(releases)),
        mostly(st.sampled_from(["auto", "guide", "mean", "start", "end", "rechosen"])),
        mostly(st.just("auto") | st.integers(1, 12)),
        mostly(st.integers(2003, 2013) | st.none()),
        mostly(st.just("latest") | st.integers(2010, 2024)),
    )
    def holds(area, measure, release, grouping, size, first, last) -> None:
        found = ended(tally, study.choose, area, measure, release, grouping, size, first, last)
        if found is None:
            return
        assert found.release in series.releases(found.measure)
        assert found.first_year < found.last_year and {found.first_year, found.last_year} <= set(
            found.panel.years
        )
        assert (found.rule is None) == (found.size is None)
        assert found.size is None or 1 <= found.size <= len(found.area.codes) / 2

    holds()
    assert tally.ends["answered"] > tally.ends.total() / 10, str(tally)
    record_property("cases", said(tally))


# ---- shipped tables -----------------------------------------------------------------------------

SMALL = ("transport_spending", "city_regions", "indicators")


@torture
@pytest.mark.parametrize("name", [*SMALL, "industry"])
def test_a_spoilt_table_is_loaded_or_refused(tmp_path, record_property, name):
    """What a cell says of itself; whether it says what it said when it shipped, its hash tells."""
    tally, path = faults.Tally(), tables.file(name, tmp_path)
    whole = tables.file(name, paths.TABLES).read_bytes()
    rows = [] if name == "industry" else seeds.rows_of(tables.file(name, paths.TABLES))[:400]

    def load_or_refuse() -> None:
        try:
            found = tables.load.__wrapped__(name, tmp_path)
        except TableError as error:
            assert path.name in str(error) and "git checkout" in str(error)
            tally.ends["refused"] += 1
            return
        tally.ends["loaded"] += 1
        assert list(found.columns) == (
            tables.COLUMNS if name in tables.FIGURES else list(tables.REGISTERS[name])
        )
        if name in tables.FIGURES:
            tables.tidy(found)
        else:
            assert not found.isna().any(axis=None)

    @faults.cases(f"bytes of {name}", 5, 60)
    @given(faults.of_bytes(whole, path.name))
    def bytes_hold(fault: tuple[str, str, bytes]) -> None:
        path.write_bytes(fault[2])
        load_or_refuse()

    bytes_hold()
    if rows:

        @faults.cases(f"rows of {name}", 8, 60)
        @given(faults.of_rows({"": rows}))
        def rows_hold(fault: faults.Fault) -> None:
            seeds.write(path, fault.sheets)
            load_or_refuse()

        rows_hold()
    record_property("cases", str(tally))


@pytest.mark.parametrize(
    ("column", "value"), [("value", "inf"), ("value", "nan"), ("status", "fine"), ("year", "")]
)
def test_a_figure_that_is_none_is_not_loaded(tmp_path, column, value):
    rows = seeds.rows_of(tables.file("city_regions", paths.TABLES))
    rows[3][tables.COLUMNS.index(column)] = value
    seeds.write(tmp_path / "city_regions.csv", {"": rows})
    with pytest.raises(TableError, match=r"city_regions.csv: .*git checkout"):
        tables.load("city_regions", tmp_path)
