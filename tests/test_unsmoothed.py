"""Unsmoothed figures against hand computations from the two releases, and against published areas."""

import numpy as np
import pytest

from helpers import geography, series, tables
from helpers.dynamics import unsmoothed
from helpers.errors import ParameterError, TableError

UK = geography.resolve("UK")
MIDLANDS = geography.resolve("Midlands")


def test_the_table_holds_every_district_year_and_variant_once():
    rows = unsmoothed.table()
    assert list(rows.columns) == ["area_code", "name", "year", "variant", "value", "status"]
    assert len(rows) == 361 * 20 * 4
    assert not rows.duplicated(["area_code", "year", "variant"]).any()
    assert (rows["year"].min(), rows["year"].max()) == (2004, 2023)
    assert (rows["name"] != "").all() and rows["name"].notna().all()


def test_hartlepool_by_hand():
    """GVA by industry: GBP 1,614 million in 2023; productivity hours: 925,712 a week."""
    row = unsmoothed.table().query("area_code == 'E06000001' and year == 2023 and variant == 'current'")
    assert row["value"].item() == pytest.approx(1614e6 / (52 * 925_712), abs=0.001)
    assert row["name"].item() == "Hartlepool" and row["status"].item() == "provisional"


def test_absent_figures_are_those_whose_imputed_rent_is_suppressed():
    rows = unsmoothed.table()
    absent = rows[rows["value"].isna()]
    assert set(absent["name"]) == {"Cornwall", "Isles of Scilly"}
    assert set(absent["variant"]) == {"current_without_rent", "volume_without_rent"}
    assert set(absent["status"]) == {"suppressed"} and len(absent) == 2 * 20 * 2
    assert not (rows.loc[rows["value"].notna(), "status"] == "suppressed").any()


def test_volumes_are_in_prices_of_2022():
    """In the year of the prices a volume is the current figure, rounded to GBP 1 million (or 0.1)."""
    for current, volume in (("current", "volume"), ("current_without_rent", "volume_without_rent")):
        one, other = (unsmoothed.per_hour(v)[2022] for v in (current, volume))
        million = 1e6 / (52 * tables.wide("hours_jobs", "hours_per_week", 2025)[2022].loc[one.index])
        assert ((one - other).abs() <= 1.5 * million)[one.notna()].all()


def test_rent_is_taken_off_the_output_and_not_the_hours():
    """Imputed rent of Hartlepool in 2023, over the same hours."""
    rent = tables.wide("industry", "gva_imputed_rent", 2025).at["E06000001", 2023]
    whole, without = (
        unsmoothed.per_hour(v).at["E06000001", 2023] for v in ("current", "current_without_rent")
    )
    assert whole - without == pytest.approx(rent * 1e6 / (52 * 925_712), abs=1e-3)
    assert rent > 0


@pytest.mark.parametrize("code", ["TLD", "TLE", "TLF", "TLG", "TLH", "TLI", "TLJ", "TLK", "TLL", "TLM"])
def test_regions_agree_with_their_published_unsmoothed_figures(code):
    """2019 in the release of 2024. The one since moved these by up to 0.6 % (Northern Ireland by 2.3)."""
    published = tables.wide("regions", "gva_per_hour_unsmoothed", 2024).at[code, 2019]
    ours = unsmoothed.panel(geography.resolve(code)).area_value[2019]
    assert ours == pytest.approx(published, rel=0.01)


def test_the_uk_agrees_with_its_published_unsmoothed_figures():
    """GVA per hour worked of the UK as printed in the release of 2024; revised by one release since."""
    ours = unsmoothed.panel(MIDLANDS).uk_value
    for year, printed in {2020: 38.9, 2021: 38.8, 2022: 41.0}.items():
        assert ours[year] == pytest.approx(printed, rel=0.005)


def test_an_area_is_output_over_hours_of_its_districts():
    panel = unsmoothed.panel(MIDLANDS)
    hours = series.panel(MIDLANDS, "hour", 2025).hours
    pounds = (panel.values * hours).sum()
    assert len(panel.values) == 65 and list(panel.values.index) == list(hours.index)
    np.testing.assert_allclose(panel.area_value, pounds / hours.sum(), rtol=1e-12)
    assert panel.release == 2025 and panel.measure == "hour"


def test_a_district_without_a_figure_adds_neither_output_nor_hours():
    """The South West without rent is the South West without Cornwall and Scilly."""
    south_west = geography.resolve("South West")
    rest = geography.resolve([c for c in south_west.codes if c not in ("E06000052", "E06000053")])
    np.testing.assert_allclose(
        unsmoothed.panel(south_west, "current_without_rent").area_value,
        unsmoothed.panel(rest, "current_without_rent").area_value,
        rtol=1e-12,
    )


def test_an_unknown_variant_and_mixed_vintages_are_refused(monkeypatch):
    with pytest.raises(ParameterError, match="current_without_rent"):
        unsmoothed.panel(MIDLANDS, "nominal")
    monkeypatch.setattr(unsmoothed, "RELEASE", 2024)  # has hours in codes of 2023, and no GVA
    with pytest.raises(TableError, match="one vintage"):
        unsmoothed.table.__wrapped__()
