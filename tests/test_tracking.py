"""Tracking: slopes and bands by hand, and simulated series with known trends.

Coverage is judged at 2,000 draws, known to about 1 point.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import geography, study, tables, tracking, trends
from helpers.comparisons import authorities
from helpers.comparisons.tracks import INNER_GAP, METRICS, PRODUCTIVITY
from helpers.prose import progress

MIDLANDS = study.choose()


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return tracking.table(MIDLANDS)


def yearly(values) -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), index=range(2004, 2004 + len(values)))


def test_a_trend_is_scipys_where_residuals_do_not_resemble_each_other():
    values = [1.0, 2.5, 2.2, 4.1, 4.4, 6.5, 6.2]
    found, known = trends.fit(yearly(values)), stats.linregress(range(7), values)
    residuals = np.array(values) - known.intercept - known.slope * np.arange(7)
    assert residuals[1:] @ residuals[:-1] < 0  # so that no year is discounted
    reach = stats.t.ppf(0.975, 5) * known.stderr
    assert found.slope == pytest.approx(known.slope)
    assert (found.lower, found.upper) == pytest.approx((known.slope - reach, known.slope + reach))


def test_intervals_of_trends_cover():
    """Independent years: 95 %. Years alike by a half: the interval still covers better than the plain one."""
    rng = np.random.default_rng(3)
    plain = discounted = independent = 0
    for _ in range(2000):
        shocks = rng.standard_normal(20)
        found = trends.fit(yearly(0.5 * np.arange(20) + shocks))
        independent += found.lower <= 0.5 <= found.upper
        alike = shocks.copy()
        for year in range(1, 20):
            alike[year] += 0.5 * alike[year - 1]
        found, line = trends.fit(yearly(alike)), stats.linregress(range(20), alike)
        discounted += not (found.lower > 0 or found.upper < 0)
        plain += abs(line.slope) <= stats.t.ppf(0.975, 18) * line.stderr
    assert 0.94 <= independent / 2000 <= 0.985  # r is cut at 0, so that intervals are never too narrow
    assert discounted > plain + 100


def test_too_few_or_too_similar_years_are_said():
    assert "2 of the 5" in trends.fit(yearly([1, 2])).reason
    assert np.isnan(trends.fit(yearly([1, 2])).slope)
    wave = trends.fit(yearly(np.sin(np.linspace(0, 3, 20))))
    assert np.isnan(wave.lower) and not np.isnan(wave.slope) and "so alike" in wave.reason


def test_a_straight_line_and_gaps_in_the_years():
    """2004, 2005 and 2007 to 2009 on a line of slope 3."""
    found = trends.fit(yearly([0, 3, np.nan, 9, 12, 15]))
    assert (found.slope, found.lower, found.upper) == pytest.approx((3, 3, 3))
    assert (found.first_year, found.last_year) == (2004, 2009)
    assert trends.fit(yearly([0] * 6)).slope == 0


def test_the_line_of_progress_by_hand():
    """A sample of 60 give or take 3 and 4: another like it differs by 5. Rounding: 3 and 4 add to 7."""
    assert tracking.progress_line(60, 57, 64, "sampling", "higher") == 65
    assert tracking.progress_line(60, 57, 64, "sampling", "lower") == 55
    assert tracking.progress_line(60, 57, 64, "rounding", "higher") == 67
    assert np.isnan(tracking.progress_line(60, np.nan, np.nan, "", "higher"))


def test_the_line_of_progress_is_rarely_crossed_by_chance():
    """Two samples of the same truth: the second lies above the line about 25 times in 1,000."""
    rng = np.random.default_rng(5)
    first, second = rng.standard_normal((2, 20000))
    lines = [tracking.progress_line(a, a - 1.96, a + 1.96, "sampling", "higher") for a in first]
    assert 0.021 < (second > lines).mean() < 0.029


def test_districts_make_an_authority_by_hand():
    """Employment in WMCA: rates weighted by residents aged 16 to 64; half-widths add in squares."""
    codes = geography.resolve("WMCA").codes
    rates = tables.load("labour").query("indicator == 'employment_rate' and year == 2023")
    people = tables.load("population_age").query("indicator == 'population_16_64'")
    rates = rates.set_index("area_code").loc[list(codes)]
    year = people[people["area_code"].isin(codes)]["year"].max()
    people = people[people["year"] == year].groupby("area_code")["value"].last()[list(codes)]
    share = people / people.sum()
    found = authorities.of_districts("employment_rate", codes, "population_16_64").loc[2023]
    assert found["value"] == pytest.approx((rates["value"] * share).sum())
    reach = np.sqrt((((rates["upper"] - rates["value"]) * share) ** 2).sum())
    assert found["upper"] - found["value"] == pytest.approx(reach)


def test_sums_of_a_derived_rate_by_hand():
    codes = geography.resolve("WMCA").codes
    rows = tables.load("business_demography").query("year == 2022")
    rows = rows[rows["area_code"].isin(codes)]
    rows = rows[rows["release"] == rows["release"].max()]
    total = rows.groupby("indicator")["value"].sum()
    found = authorities.of_districts("birth_rate", codes, "population_total").loc[2022, "value"]
    assert found == pytest.approx(100 * total["enterprise_births"] / total["enterprises_active"])


def test_a_missing_district_leaves_the_year_empty():
    """Two districts of the Midlands have no pay before 2022."""
    made = authorities.of_districts("pay_weekly_residence", MIDLANDS.area.codes, "population_16_64")
    assert made.index.tolist() == [2022, 2023, 2024, 2025]


def test_published_figures_of_an_authority_are_used(table):
    """Residents of EMCCA with level 3 or above in 2023, as ONS publishes them."""
    published = tables.load("skills").query(
        "indicator == 'rqf_level3plus' and area_code == 'E47000013' and year == 2023"
    )
    row = table.query("group == 'E47000013' and indicator == 'rqf_level3plus'").iloc[0]
    assert (
        row[["level", "lower", "upper"]].tolist() == published[["value", "lower", "upper"]].iloc[0].tolist()
    )
    assert "2 of the 5" in row["reason"]


def test_productivity_is_the_authoritys_published_figure_over_the_uks(table):
    rows = tables.load("productivity").query(
        "indicator == 'gva_per_hour' and release == 2025 and year == 2023"
    )
    value = rows.set_index("area_code")["value"]
    row = table.query(f"group == 'E47000007' and indicator == '{PRODUCTIVITY}'").iloc[0]
    assert row["level"] == pytest.approx(100 * value["E47000007"] / value["K99000002"])
    assert row["lower"] < row["level"] < row["upper"] < row["progress_if"]


def test_the_trend_of_the_inner_gap_leaves_out_the_years_of_the_choice(table):
    rows = table[table["indicator"] == INNER_GAP].dropna(subset=["trend"])
    assert len(rows) == 4 and (rows["trend_first_year"] > 2010).all()
    assert (rows["progress_if"] < rows["level"]).all()


def test_nothing_is_missing_without_a_reason(table):
    assert len(table) == 4 * len(METRICS)
    numbers = ["level", "lower", "upper", "trend", "trend_lower", "trend_upper", "progress_if"]
    incomplete = table[table[numbers].isna().any(axis=1)]
    assert len(incomplete) and (incomplete["reason"] != "").all()
    assert not progress.compact(table).isna().to_numpy().any()
    assert "nan" not in progress.compact(table).to_string() + progress.tracking(MIDLANDS, table)


def test_what_exists_for_regions_only_is_blank(table):
    rows = table[table["indicator"] == "rd_business"]
    assert rows["level"].isna().all() and rows["reason"].str.contains("by region only").all()


def test_per_job_there_is_no_unsmoothed_trend():
    rows = tracking.table(study.choose(area="Wales", measure="job"))
    row = rows.set_index("indicator").loc[PRODUCTIVITY]
    assert np.isnan(row["trend"]) and "per job" in row["reason"] and row["level"] > 0
