"""Tables too large for CSV: the same content, types and promises as Parquet."""

import numpy as np
import pandas as pd
import pytest
from frictionless import Package

from helpers import tables
from helpers.building import datapackage
from helpers.errors import TableError


@pytest.fixture(autouse=True)
def forget():
    """`tables.load` remembers what it read; these tests write several folders."""
    tables.load.cache_clear()
    yield
    tables.load.cache_clear()


def figures():
    """Rows with a zero, a suppressed figure, an interval and a sum that is off in its last bit."""
    rows = [
        ("gva_all", 2025, "E06000001", "LAD24", 2022, 0.1 + 0.2, np.nan, np.nan, "published"),
        ("gva_all", 2025, "E06000001", "LAD24", 2023, 0.0, -1.5, 1.5, "provisional"),
        ("gva_all", 2025, "E06000002", "LAD24", 2022, np.nan, np.nan, np.nan, "suppressed"),
    ]
    return tables.tidy(pd.DataFrame(rows, columns=tables.COLUMNS))


def test_the_table_above_the_limit_is_parquet_and_the_others_are_csv(tmp_path):
    assert tables.file("industry", tmp_path) == tmp_path / "industry.parquet"
    assert tables.file("productivity", tmp_path) == tmp_path / "productivity.csv"


def test_two_writes_give_equal_bytes(tmp_path):
    one, two = tmp_path / "one" / "industry.parquet", tmp_path / "two" / "industry.parquet"
    tables.write(figures(), one)
    # The same content from another machine: other row labels, another last bit.
    other = figures().set_axis([7, 8, 9])
    other.loc[7, "value"] = 0.3
    tables.write(other, two)
    assert one.read_bytes() == two.read_bytes()
    assert [p.name for p in one.parent.iterdir()] == ["industry.parquet"]


def test_other_content_gives_other_bytes(tmp_path):
    one, two = tmp_path / "one.parquet", tmp_path / "two.parquet"
    tables.write(figures(), one)
    tables.write(figures().assign(value=[0.3, 0.0001, np.nan]), two)
    assert one.read_bytes() != two.read_bytes()


def test_a_table_reads_the_same_from_either_format(tmp_path, monkeypatch):
    monkeypatch.setitem(tables.DESCRIPTIONS, "industry", "test")
    monkeypatch.setitem(tables.FIGURES, "industry", "test")
    tables.write(figures(), tmp_path / "parquet" / "industry.parquet")
    from_parquet = tables.load("industry", tmp_path / "parquet")
    monkeypatch.setattr(tables, "PARQUET", set())
    tables.write(figures(), tmp_path / "csv" / "industry.csv")
    from_csv = tables.load("industry", tmp_path / "csv")
    pd.testing.assert_frame_equal(from_parquet, from_csv)
    assert list(from_parquet.dtypes) == list(from_csv.dtypes)
    assert from_parquet["value"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b"<html>not found</html>"), "expected a Parquet file"),
        (lambda path: tables.write(figures().drop(columns="lower"), path), "expected the columns"),
        (lambda path: path.unlink(), "is missing"),
    ],
)
def test_a_spoilt_file_is_refused_by_name(tmp_path, monkeypatch, spoil, said):
    monkeypatch.setitem(tables.DESCRIPTIONS, "industry", "test")
    monkeypatch.setitem(tables.FIGURES, "industry", "test")
    path = tmp_path / "industry.parquet"
    tables.write(figures(), path)
    spoil(path)
    with pytest.raises(TableError, match=said) as error:
        tables.load("industry", tmp_path)
    assert "industry.parquet" in str(error.value)


def test_the_description_of_a_parquet_table_is_valid_and_fits_it(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "DESCRIPTIONS", {"industry": "GVA by industry"})
    tables.write(figures(), tmp_path / "industry.parquet")
    (tmp_path / "boundaries.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    package = datapackage.describe(tmp_path, {"boundaries": []}, {})
    resource = package["resources"][0]
    assert (resource["format"], resource["path"]) == ("parquet", "industry.parquet")
    assert [field["name"] for field in resource["schema"]["fields"]] == tables.COLUMNS
    report = Package({**package, "resources": [resource]}, basepath=str(tmp_path)).validate()
    assert report.valid, report.flatten(["title", "message"])
