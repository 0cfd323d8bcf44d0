"""Derived indicators by hand from figures printed in the raw files."""

import pytest

from helpers import derived, study
from helpers.comparisons import comparison
from helpers.errors import TableError
from helpers.indicators import published


def test_investment_per_hour_of_solihull_by_hand():
    """ITL3 Solihull (TLG32), 2020: GBP million over 52 weeks of hours worked."""
    capital = published("gfcf_all", "itl3").values.at["TLG32", 2020]
    hours = published("hours_per_week", "itl3").values.at["TLG32", 2020]
    found = derived.observe("gfcf_per_hour").values.at["TLG32", 2020]
    assert found == pytest.approx(capital * 1e6 / (hours * 52), rel=1e-9)


def test_a_level_without_the_denominator_sums_its_districts():
    """Jobs of ITL3 Derby (one district) are Derby's; of South Nottinghamshire its districts' sum."""
    exports = published("exports", "itl3")
    jobs = published("jobs", "district").values[2022]
    found = derived.observe("exports_per_job").values[2022]
    assert found["TLF11"] == pytest.approx(exports.values.at["TLF11", 2022] * 1e6 / jobs["E06000015"])
    south = jobs[["E07000172", "E07000173", "E07000176"]].sum()
    assert found["TLF16"] == pytest.approx(exports.values.at["TLF16", 2022] * 1e6 / south)


def test_rounding_bounds_reach_the_share():
    observed = derived.observe("large_enterprises_share")
    inside = (observed.lower <= observed.values + 1e-9) | observed.lower.isna()
    assert inside.all().all()
    assert observed.lower[2022].notna().any()


def test_rates_are_not_summed():
    with pytest.raises(TableError, match="rate"):
        derived._summed(published("rqf_level3plus"), "itl3", "ITL21")


def test_every_record_gives_figures():
    for indicator in derived.records():
        observed = derived.observe(indicator)
        assert observed.values.notna().to_numpy().sum() >= 20, indicator  # twelve regions in two years


def test_the_guides_working_age_figures():
    """Guide, Figure 3: working-age population +6 % in the most productive group, 16 to 24 -14 % in
    the least: by the mid-year estimates of 2011 and 2023 they are +6.4 % and -14.0 %."""
    table = comparison.contrast(study.choose(), ["population_16_64", "population_16_24"]).set_index(
        "indicator"
    )
    assert round(table.loc["population_16_64", "change_top"], 3) == 0.064
    assert round(table.loc["population_16_24", "change_bottom"], 3) == -0.140
    assert (table["first_year"] == 2011).all() and (table["last_year"] == 2023).all()
