"""R&D by hand: shares from ONS's printed millions, growth from Eurostat's euros, and what cancels."""

import numpy as np
import pandas as pd
import pytest

from helpers import paths, study
from helpers.comparisons import innovation


def test_shares_of_the_midlands_by_hand():
    """Business R&D 2022: 2,316 and 3,724 of 50,841 GBP million; a region's rounding is half a million."""
    table = innovation.shares(study.choose()).set_index(["indicator", "year", "region"])
    row = table.loc[("rd_business", 2022, innovation.WHOLE)]
    assert row["value"] == 6040
    assert row["share"] == pytest.approx(6040 / 50841, abs=1e-4)
    assert row["share_gva"] > row["share"]
    for name in ("share", "share_population", "share_gva", "share_jobs"):
        parts = table.loc[[("rd_business", 2022, "TLF"), ("rd_business", 2022, "TLG")], name]
        assert parts.sum() == pytest.approx(row[name])


def test_all_regions_have_all_of_it():
    table = innovation.shares(study.choose(area="United Kingdom"))
    whole = table[(table["region"] == innovation.WHOLE) & table["share_jobs"].notna()]
    shares = whole[["share", "share_population", "share_gva", "share_jobs"]]
    assert np.allclose(shares, 1)


def test_a_year_without_a_yardstick_is_blank():
    """Northern Ireland has no jobs and no population in 2023, and there is no GVA of 2024."""
    table = innovation.shares(study.choose(area="Wales")).set_index(["indicator", "year"])
    assert np.isnan(table.at[("rd_business", 2023), "share_jobs"])
    assert np.isnan(table.at[("rd_business", 2024), "share_gva"])


def test_growth_of_the_guides_areas_by_hand():
    """EUR million by area, from the file: Herefordshire, Worcestershire and Warwickshire 1,614 in 2015
    and 1,866 in 2018, so 5.0 % a year; West Midlands 1,103 and 912, so -6.1 %. Rounded to a million."""
    table = innovation.guide_growth().set_index("district_name")
    assert table.at["Warwick", "growth_eur"] == pytest.approx((1866 / 1614) ** (1 / 3) - 1, abs=5e-4)
    assert table.at["Solihull", "growth_eur"] == pytest.approx((912 / 1103) ** (1 / 3) - 1, abs=5e-4)
    assert table.at["Warwick", "itl2"] == table.at["Herefordshire", "itl2"] == "TLG1"


def test_the_exchange_rate_cancels_against_the_uk(monkeypatch):
    values, uk = innovation.by_area(), innovation.uk_total()
    before = innovation.growth(["TLG1", "TLF1"])
    rates = pd.Series(np.linspace(0.7, 1.6, len(values.columns)), index=values.columns)
    monkeypatch.setattr(innovation, "by_area", lambda: values * rates)
    monkeypatch.setattr(innovation, "uk_total", lambda: uk * rates[uk.index])
    after = innovation.growth(["TLG1", "TLF1"])
    assert np.allclose(after["growth_against_uk"], before["growth_against_uk"])
    assert not np.allclose(after["growth_eur"], before["growth_eur"])


def test_the_uks_sum_begins_where_london_does():
    uk = innovation.uk_total()
    rows = pd.read_csv(paths.TABLES / "innovation.csv").query("indicator == 'rd_business_eur'")
    assert uk.index[0] == 2011
    assert rows.groupby("year")["area_code"].nunique()[2011:].ge(38).all()
    assert uk[2018] == pytest.approx(rows.loc[rows["year"] == 2018, "value"].sum())


def test_grants_are_summed_over_whole_years():
    """Coventry, 2011 to 2019, added up from the shipped table without the project's code."""
    rows = pd.read_csv(paths.TABLES / "innovation.csv").query(
        "indicator == 'innovate_uk_grants' and area_code == 'TLG33' and 2011 <= year <= 2019"
    )
    jobs = pd.read_csv(paths.TABLES / "hours_jobs.csv").query(
        "indicator == 'jobs' and release == 2025 and area_code == 'E08000026' and year == 2015"
    )["value"]
    row = innovation.grants(study.choose()).set_index("itl3").loc["TLG33"]
    assert row["grants"] == rows["value"].sum()
    assert row["per_job"] == pytest.approx(rows["value"].sum() / jobs.item())
    assert row["years_missing"] == 0
