"""Investment per hour against figures printed in the releases, and distances against a map."""

import csv

import pytest

from helpers import study
from helpers.comparisons import capital
from helpers.indicators import published

TABLE = capital.per_hour()


def test_columns_and_keys():
    assert list(TABLE.columns) == ["itl3", "year", "asset", "correction", "value"]
    assert not TABLE.duplicated(["itl3", "year", "asset", "correction"]).any()
    assert set(TABLE["correction"]) == {"original", "corrected"}
    assert (TABLE["year"].min(), TABLE["year"].max()) == (2004, 2020)
    assert TABLE.query("asset == 'all' and correction == 'original'")["itl3"].nunique() == 179


def test_solihull_from_the_raw_file(mirror):
    """All assets of TLG32 in 2020 as the file prints them, over 52 weeks of its hours."""
    path = mirror / "investment/regional_gfcf_corrected_itl3_2008_2020.csv"
    with path.open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if "TLG32" in row.values()]
    printed = {float(value) for row in rows for value in row.values() if _number(value)}
    found = TABLE.query("itl3 == 'TLG32' and year == 2020 and correction == 'corrected'")["value"].iloc[0]
    hours = published("hours_per_week", "itl3").values.at["TLG32", 2020]
    assert any(found == pytest.approx(value * 1e6 / (52 * hours), rel=1e-9) for value in printed)


def _number(text: str) -> bool:
    try:
        float(text)
    except (TypeError, ValueError):
        return False
    return True


def test_the_correction_changes_five_years_by_less_than_two_per_cent():
    """As the producer said in June 2022: five years, at most 1.9 %."""
    both = TABLE[TABLE["asset"] == "all"].pivot(index=["itl3", "year"], columns="correction", values="value")
    change = (both["corrected"] / both["original"] - 1).abs().dropna()
    assert change.max() < 0.02
    assert change[change > 1e-3].index.get_level_values("year").nunique() <= 5


def test_the_guides_pairs_share_an_area():
    pairs = capital.guide_pairs().query("asset == 'all'").set_index("name")
    assert pairs.loc["Mansfield", "itl3"] == pairs.loc["Bassetlaw", "itl3"] == "TLF15"
    assert pairs.loc["Mansfield", "value"] == pairs.loc["Bassetlaw", "value"]
    assert (pairs.loc["Solihull", "guide_2023"], pairs.loc["Mansfield", "guide_2023"]) == (9.6, 3.3)
    assert (pairs["year"] == 2020).all()


def test_distances_as_on_a_map():
    """Birmingham to Westminster is 160 to 170 km; Solihull borders Birmingham."""
    table = capital.distances(study.choose()).set_index("name")
    assert 155 < table.loc["Birmingham", "km_to_london"] < 175
    assert table.loc["Birmingham", "km_to_birmingham"] == 0
    assert 8 < table.loc["Solihull", "km_to_birmingham"] < 22
    assert table["group"].value_counts().to_dict() == {"": 55, "top": 5, "bottom": 5}
