"""Figure 3 by hand on counts and mid-year estimates that the producers print."""

import numpy as np
import pytest

from helpers import study
from helpers.comparisons import comparison, guide_figure
from helpers.figures import guide_figure as picture


@pytest.fixture(scope="module")
def table():
    return guide_figure.table(study.choose()).set_index("indicator")


def test_the_guides_figures_stand_beside_those_of_the_same_indicator(table):
    stated = table[["guide_top", "guide_bottom"]].dropna(how="all")
    assert stated.loc["gfcf_per_hour"].tolist() == [2.90, -0.20]
    assert stated.loc["population_16_64", "guide_top"] == 0.06
    assert stated.loc["population_16_24", "guide_bottom"] == -0.14
    assert stated.loc["transport_capital_per_head", "guide_bottom"] == -0.17
    assert len(stated) == 4
    assert (table["guide_words"] != "").sum() == 3


def test_the_ends_of_a_ratio_of_counts(table):
    """Enterprises with 250 or more employees, 2024, means of five districts rounded to five: 29 (27 to
    31) and 16 (14 to 18), so the ratio lies between 27 / 18 and 31 / 14."""
    row = table.loc["enterprises_large"]
    assert row["ratio_last"] == pytest.approx(29 / 16)
    assert (row["ratio_lower"], row["ratio_upper"]) == pytest.approx((27 / 18, 31 / 14))


def test_rows_are_those_of_the_contrast(table):
    contrasted = comparison.contrast(study.choose(), guide_figure.indicators()).set_index("indicator")
    for name in comparison.CONTRAST[1:]:
        assert table[name].astype(str).equals(contrasted.loc[table.index, name].astype(str)), name


def test_each_row_names_its_source(table):
    assert table["source"].str.startswith("Source: ").all()
    assert "Eurostat" in table.loc["rd_business_eur_per_job", "source"]


def test_elsewhere_the_guide_says_nothing():
    rows = guide_figure.table(study.choose(area="North West"))
    assert len(rows) > 15
    assert rows[["guide_top", "guide_bottom"]].isna().all().all() and (rows["guide_words"] == "").all()


def test_an_area_without_groups_has_no_picture():
    asked = study.choose(area="Tees Valley Combined Authority")
    assert list(guide_figure.table(asked).columns) == guide_figure.COLUMNS
    assert guide_figure.table(asked).empty and picture.figure_3(asked) == []


def test_ten_years_by_hand():
    """Investment per hour, from 2010 to 2020: the means that the comparison holds."""
    asked = study.choose()
    rows = comparison.compare(asked, ["gfcf_per_hour"]).query("group == 'top'").set_index("year")["value"]
    found = guide_figure.decades(asked, "gfcf_per_hour").set_index("first_year")
    assert found.index.tolist() == list(range(2004, 2011))
    assert found.at[2010, "top"] == pytest.approx(rows[2020] / rows[2010] - 1)
    assert not np.isclose(found["top"], 2.90, atol=0.5).any()
