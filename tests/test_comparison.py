"""Comparisons by hand on small invented indicators, and on figures printed in the sources."""

import numpy as np
import pandas as pd
import pytest

from helpers import containing, geography, indicators, paths, study
from helpers.comparisons import changes, comparison, ranks
from helpers.errors import AreaError, TableError
from helpers.indicators import Observed


def invented(values, lower=None, upper=None, interval="sampling", level="district", vintage="LAD24"):
    frame = pd.DataFrame(values, dtype=float)
    blank = frame * np.nan

    def bounds(given):
        return blank if given is None else pd.DataFrame(given, dtype=float)

    return Observed("x", "X", "%", level, vintage, "rate", interval, frame, bounds(lower), bounds(upper), {})


def test_a_mean_reports_what_is_missing():
    observed = invented({2020: {"a": 10, "b": 30}, 2021: {"a": 10, "b": np.nan}})
    rows = comparison.average(observed, ["a", "b", "unknown"])
    assert rows.loc[2020, ["value", "n", "missing"]].tolist() == [20, 2, 1]
    assert rows.loc[2021, ["value", "n", "missing"]].tolist() == [10, 1, 2]


def test_sampling_intervals_add_in_squares_and_rounding_bounds_add():
    """Half-widths 3 and 4 of two samples: the mean's is 5 / 2. Bounds 8..12 and 18..22: 13..17."""
    values = {2020: {"a": 10, "b": 20}}
    rate = invented(values, {2020: {"a": 7, "b": 16}}, {2020: {"a": 13, "b": 24}})
    assert comparison.average(rate, "ab").loc[2020, ["lower", "upper"]].tolist() == [12.5, 17.5]
    count = invented(values, {2020: {"a": 8, "b": 18}}, {2020: {"a": 12, "b": 22}}, interval="rounding")
    assert comparison.average(count, "ab").loc[2020, ["lower", "upper"]].tolist() == [13, 17]


def test_without_all_intervals_the_mean_has_none():
    observed = invented({2020: {"a": 10, "b": 20}}, {2020: {"a": 7}}, {2020: {"a": 13}})
    assert comparison.average(observed, "ab").loc[2020, ["lower", "upper"]].isna().all()


def test_jobs_of_the_guides_groups_by_hand():
    """Jobs in 2022, June 2025 workbook, of the five districts at the bottom."""
    table = pd.read_csv(paths.TABLES / "hours_jobs.csv").query(
        "indicator == 'jobs' and release == 2025 and year == 2022"
    )
    by_code = table.set_index("area_code")["value"]
    bottom = geography.guide_groups()["bottom"]
    rows = comparison.compare(study.choose(), ["jobs"])
    found = rows.query("group == 'bottom' and year == 2022").iloc[0]
    assert found["value"] == pytest.approx(sum(by_code[c] for c in bottom) / 5)
    assert (found["n"], found["missing"], found["level"]) == (5, 0, "district")


def test_contrast_by_hand(monkeypatch):
    monkeypatch.setattr(comparison, "observe", lambda name: observed)
    chosen = {"top": ["a", "b"], "bottom": ["c", "d"], "area": list("abcd"), "uk": list("abcd")}
    monkeypatch.setattr(comparison, "members", lambda asked: chosen)
    monkeypatch.setattr(containing, "areas_of", lambda districts, level, vintage: list(districts))
    monkeypatch.setattr(containing, "outside", lambda districts, level, vintage: [])
    monkeypatch.setattr(ranks, "productivity", lambda *key: pd.Series({"a": 4, "b": 3, "c": 2, "d": 1}))
    monkeypatch.setattr(ranks, "FEWEST", 4)
    observed = invented(
        {
            2010: {"a": 10, "b": 20, "c": 10, "d": np.nan},  # not whole: the window begins in 2011
            2011: {"a": 10, "b": 20, "c": 10, "d": 10},
            2015: {"a": 30, "b": 30, "c": 5, "d": 10},
        }
    )
    row = comparison.contrast(study.choose(), ["x"]).iloc[0]
    assert (row["first_year"], row["last_year"]) == (2011, 2015)
    assert (row["ratio_first"], row["ratio_last"]) == (1.5, 4)
    assert (row["change_top"], row["change_bottom"]) == (1, -0.25)
    # ranks 3.5 3.5 1 2 against 4 3 2 1: 3.5 / sqrt(4.5 * 5)
    assert row["rank_correlation_area"] == pytest.approx(3.5 / 22.5**0.5)


def test_areas_above_districts_are_counted_once():
    """Mansfield and Bassetlaw share North Nottinghamshire; Solihull is an ITL3 area by itself."""
    assert containing.areas_of(["E07000174", "E07000171"], "itl3", "ITL21") == ["TLF15"]
    assert containing.areas_of(["E08000029"], "itl3", "ITL21") == ["TLG32"]
    assert containing.areas_of(["E07000222"], "itl3", "ITL21") == ["TLG13"]


def test_a_district_made_of_several_former_ones_has_them_all():
    assert len(containing.areas_of(["E06000063"], "district", "LAD21")) == 3
    with pytest.raises(AreaError, match="level"):
        containing.of_districts("parish", "LAD24")


def test_an_unknown_indicator_or_level_is_refused():
    with pytest.raises(TableError, match="jobs"):
        indicators.published("job")
    with pytest.raises(TableError, match="itl2"):
        indicators.published("jobs", "itl2")


def test_too_few_districts_are_compared_as_a_whole():
    rows = comparison.compare(study.choose(area="Tees Valley Combined Authority"), ["jobs"])
    assert set(rows["group"]) == {"area", "uk"}
    row = comparison.contrast(study.choose(area="Tees Valley Combined Authority"), ["jobs"]).iloc[0]
    assert pd.isna(row["ratio_last"]) and not pd.isna(row["rank_correlation_uk"])


def test_a_district_in_no_area_of_the_level_is_missing():
    """Of the two, Solihull lies in WMCA; Rugby in no combined authority."""
    observed = invented({2020: {"E47000007": 7}}, level="combined_authority", vintage="CA25")
    rows = comparison.group_mean(observed, ["E08000029", "E07000220"])
    assert rows.loc[2020, ["value", "n", "missing"]].tolist() == [7, 1, 1]


def figure(value, lower=np.nan, upper=np.nan):
    return pd.Series({"value": value, "lower": lower, "upper": upper})


def test_ends_of_a_change_by_hand():
    """Rounding: 8..12 after 18..22 lies between 8/22 and 12/18. Samples of 10 % and of 24 %: 26 %."""
    first, last = figure(20, 18, 22), figure(10, 8, 12)
    assert changes.relative(first, last, "rounding") == pytest.approx((-0.5, 8 / 22 - 1, 12 / 18 - 1))
    first, last = figure(100, 90, 110), figure(200, 152, 248)
    assert changes.relative(first, last, "sampling") == pytest.approx((1, 2 * 0.74 - 1, 2 * 1.26 - 1))


def test_ends_that_cannot_be_known_are_blank():
    assert np.isnan(changes.relative(figure(10), figure(12), "")[1:]).all()
    assert np.isnan(changes.ratio_ends(figure(5, 3, 7), figure(2, 0, 4), "rounding")[1:]).all()
    assert np.isnan(changes.ratio(1, 0))


def test_a_sampling_interval_of_a_ratio_covers():
    """The ends hold the true ratio about 95 times in 100 when both figures have 5 % errors."""
    rng = np.random.default_rng(1)
    above, below = 300 + 15 * rng.standard_normal(4000), 100 + 5 * rng.standard_normal(4000)
    held = 0
    for a, b in zip(above, below, strict=True):
        _, low, high = changes.ratio_ends(
            figure(a, a - 1.96 * 15, a + 1.96 * 15), figure(b, b - 1.96 * 5, b + 1.96 * 5), "sampling"
        )
        held += low <= 3 <= high
    assert 0.93 < held / 4000 < 0.97  # first order only, and 4,000 draws are known to 0.7 points


def test_changes_are_those_of_the_contrast():
    asked = study.choose()
    contrasted = comparison.contrast(asked, ["population_16_64", "enterprises_large", "gfcf_per_hour"])
    rows = comparison.group_changes(asked, contrasted).set_index(["indicator", "group"])
    for row in contrasted.itertuples(index=False):
        for end in ("top", "bottom"):
            assert rows.loc[(row.indicator, end), "change"] == pytest.approx(getattr(row, f"change_{end}"))
    large = rows.loc[("enterprises_large", "top")]
    assert large["lower"] < large["change"] < large["upper"]
    assert rows.loc[("gfcf_per_hour", "top"), ["lower", "upper"]].isna().all()


def test_ends_of_a_rank_correlation_by_hand():
    """r = 0.5 over 20: z = 0.5493, standard error sqrt(1.125 / 17) = 0.2573."""
    assert ranks.ends(0.5, 20) == pytest.approx((0.0451, 0.7832), abs=1e-4)
    assert np.isnan(ranks.ends(1.0, 20)).all() and np.isnan(ranks.ends(0.3, 4)).all()


def test_rank_correlations_are_those_of_the_contrast():
    asked = study.choose()
    contrasted = comparison.contrast(asked, ["enterprises_large", "rd_business_per_job"])
    rows = ranks.table(contrasted, comparison.members(asked)).set_index(["indicator", "scope"])
    assert rows.loc[("enterprises_large", "area"), "n"] == 65
    assert rows.loc[("enterprises_large", "uk"), "n"] == 361
    found = rows.loc[("enterprises_large", "uk")]
    assert found["lower"] < contrasted["rank_correlation_uk"].iloc[0] < found["upper"]
    assert np.isnan(rows.loc[("rd_business_per_job", "area"), "correlation"])  # two regions


def test_each_areas_own_figure_is_the_published_one():
    """Residents with RQF level 3 or above in Mansfield, looked up in the shipped table."""
    raw = pd.read_csv(paths.TABLES / "skills.csv").query(
        "indicator == 'rqf_level3plus' and area_code == 'E07000174' and year == 2023"
    )
    rows = comparison.by_area(study.choose(), ["rqf_level3plus", "gfcf_per_hour"]).set_index("area_code")
    assert rows.loc["E07000174", ["value", "lower", "upper"]].tolist() == (
        raw[["value", "lower", "upper"]].iloc[0].tolist()
    )
    assert (rows["indicator"] == "rqf_level3plus").sum() == 65
    assert rows.loc["TLF15", "name"] == "North Nottinghamshire"
