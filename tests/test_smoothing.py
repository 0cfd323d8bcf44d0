"""The producer's smoothing against its own published figures, and weights written out by hand."""

import numpy as np
import pytest

from helpers import geography, series, tables
from helpers.dynamics import smoothing
from helpers.errors import ParameterError


def test_a_single_year_is_spread_by_the_weights():
    """A figure of 9 in the third of nine years, by the weights of each position."""
    values = np.zeros(9)
    values[2] = 9
    expected = [9 * 0.19, 9 * 111 / 741, 3, 2, 1, 0, 0, 0, 0]
    assert smoothing.smooth(values) == pytest.approx(expected, abs=1e-12)
    expected = [0, 0, 0, 0, 1, 2, 3, 9 * 260 / 1001, 9 * 0.19]
    assert smoothing.smooth(values[::-1]) == pytest.approx(expected, abs=1e-12)


def test_what_does_not_change_stays_and_axes_are_kept():
    values = np.full((2, 3, 20), 7.0)
    assert smoothing.smooth(values) == pytest.approx(values, abs=1e-12)
    assert smoothing.weights_matrix(20).sum(axis=1) == pytest.approx(np.ones(20), abs=1e-12)


def test_smoothing_our_figures_returns_the_published_ones():
    """Every district. 0.05 % is asked for inside; in fact all is rounding to a penny, at the ends too."""
    found = smoothing.errors().set_index("year")
    assert list(found.index) == list(range(2004, 2024)) and set(found["districts"]) == {361}
    assert found.loc[2006:2021, "relative"].max() < 0.0005
    assert found["pounds"].max() < 0.005 + 1e-9


def test_the_regressions_point_to_the_exact_weights():
    """Within four standard errors each, 18 estimates; and nothing on years outside the windows."""
    found = smoothing.end_weights()
    assert ((found["estimate"] - found["exact"]).abs() < 4 * found["standard_error"]).all()
    assert found["standard_error"].max() < 0.0002
    sums = found.groupby("year")["estimate"].sum()
    assert sums.to_numpy() == pytest.approx(np.ones(4), abs=1e-4)
    windows = found[found["exact"] > 0].groupby("year")["of_year"].agg(list).to_dict()
    assert windows == {
        2004: [2004, 2005, 2006],
        2005: [2004, 2005, 2006],
        2022: [2020, 2021, 2022, 2023],
        2023: [2021, 2022, 2023],
    }
    # The window of the inside, cut off and scaled to one, would be far away.
    last = found.query("year == 2023 and of_year == 2023").iloc[0]
    assert abs(last["estimate"] - 3 / 6) > 100 * last["standard_error"]


def test_the_second_year_per_job_mirrors_the_last_but_one():
    """GVA per job begins in 2002; its second year is in place, unlike that of GVA per hour.

    Districts whose jobs are known in all years; the published figures are rounded, to 0.01 % at most.
    """
    gva = tables.wide("industry", "gva_all", 2025).loc[:, 2002:2005]
    jobs = tables.wide("hours_jobs", "jobs", 2025).loc[gva.index, gva.columns]
    single = (gva * 1e6 / jobs.where(jobs > 0)).dropna()
    published = series.panel(geography.resolve("UK"), "job", 2025).values.loc[single.index, 2003]
    there = published.notna()
    ours = single @ [float(w) for w in smoothing.LAST[0][::-1]]
    assert there.sum() > 340
    assert (ours / published - 1)[there].abs().max() < 1e-4


def test_a_missing_year_is_missing_wherever_it_has_a_weight():
    values = np.ones((2, 9))
    values[0, 4] = np.nan
    missing = np.isnan(smoothing.smooth(values))
    assert not missing[1].any()
    # Years 2 to 6 have it in their five; the first two and the last reach no further than three years.
    assert missing[0].tolist() == [False, False, True, True, True, True, True, False, False]


def test_a_series_shorter_than_the_window_is_refused():
    with pytest.raises(ParameterError, match="5 years"):
        smoothing.smooth(np.ones(4))
    assert smoothing.smooth(np.ones(5)) == pytest.approx(np.ones(5))
