"""The log-t test and the clubs: by hand, beside statsmodels and a plain second version, on known truth.

Tolerances are 1e-9 where only the order of sums differs; rates of recovery are stated with their test.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.tsa.filters.hp_filter import hpfilter

from helpers.dynamics import club_search, clubs, log_t

YEARS = range(2004, 2024)


def panel(values, first_year=2004):
    values = np.asarray(values, dtype=float)
    codes = [f"E{i:08d}" for i in range(len(values))]
    return pd.DataFrame(values, index=codes, columns=range(first_year, first_year + values.shape[1]))


def converging(seed, levels, alpha, each=20):
    """Phillips and Sul's own process: districts close in on the level of their club as 1 / log(t) t^alpha."""
    rng = np.random.default_rng([seed, 1])
    club = np.repeat(np.arange(len(levels)), each)
    t = np.arange(1, 21)
    noise = rng.uniform(0.02, 0.28, size=(len(club), 1)) * rng.standard_normal((len(club), 20))
    shares = np.array(levels)[club][:, None] + noise / (np.log(t + 1) * t**alpha)
    return panel(20 * shares * 1.03**t), club


def test_relative_paths_and_their_variance_by_hand():
    """30 and 10: 1.5 and 0.5, H 0.25. 24 and 16: 1.2 and 0.8, H 0.04."""
    values = np.array([[30.0, 24.0], [10.0, 16.0]])
    assert log_t.relative_paths(values).tolist() == [[1.5, 1.2], [0.5, 0.8]]
    assert log_t.cross_variance(values) == pytest.approx([0.25, 0.04], abs=1e-12)


def test_the_slope_of_an_exact_process_is_twice_its_rate():
    """Two districts at 1 plus and minus 0.1 / (log(t) t^0.25), so that H falls as 1 / (log(t)^2 t^0.5)."""
    t = np.arange(2, 21)
    distance = np.concatenate([[0.3], 0.1 / (np.log(t) * t**0.25)])
    test = log_t.log_t(panel([1 + distance, 1 - distance]), smoothing=0)
    assert test.b == pytest.approx(0.5, abs=1e-9)
    assert (test.first_year, test.years) == (2009, 15)


@pytest.mark.parametrize(("trimming", "first"), [(0.2, 4), (0.3, 6), (0.35, 7)])
def test_the_regression_is_that_of_statsmodels(trimming, first):
    """Two lags: 4 (15 / 100) ** (2 / 9) is 2.6; over 17 and 14 years 2.7 and 2.6."""
    values = panel(np.exp(np.random.default_rng(1).normal(3, 0.2, size=(12, 20))))
    test = log_t.log_t(values, smoothing=0, trimming=trimming)
    relative = values / values.mean()
    h = ((relative - 1) ** 2).mean().to_numpy()
    t = np.arange(first, 21)
    y = np.log(h[0] / h[first - 1 :]) - 2 * np.log(np.log(t))
    fitted = sm.OLS(y, sm.add_constant(np.log(t))).fit(cov_type="HAC", cov_kwds={"maxlags": 2})
    assert (test.b, test.se, test.t) == pytest.approx(
        (fitted.params[1], fitted.bse[1], fitted.tvalues[1]), rel=1e-9
    )


def test_the_filter_is_that_of_statsmodels_and_nothing_at_zero():
    paths = np.random.default_rng(2).normal(size=(3, 20))
    assert log_t.smooth(paths, 6.25)[1] == pytest.approx(hpfilter(paths[1], 6.25)[1], abs=1e-9)
    assert (log_t.smooth(paths, 0) == paths).all()


def test_the_first_year_is_never_that_of_an_infinite_logarithm():
    assert [log_t.first_period(20, r) for r in (0.2, 0.25, 0.3, 1 / 3, 0.35)] == [4, 5, 6, 6, 7]
    assert log_t.first_period(8, 0.2) == 2


def test_one_converging_panel_is_one_club():
    """Measured: one club in all of 40 panels."""
    found = [clubs.partitions(converging(seed, [1], 0.5, 40)[0], [clubs.Setting()]) for seed in range(40)]
    assert np.mean([one.settings.at[1, "clubs"] == 1 for one in found]) >= 0.95
    assert np.mean([one.settings.at[1, "t"] > log_t.CRITICAL for one in found]) >= 0.95


@pytest.mark.parametrize("levels", [[0.8, 1.2], [0.7, 1.0, 1.3]])
def test_true_clubs_are_found(levels):
    """Measured: their number in 95 % of panels or more, over 99 % of pairs rightly together or apart."""
    number, pairs = [], []
    for seed in range(40):
        values, club = converging(seed, levels, 0.5)
        found = clubs.partitions(values, [clubs.Setting()])
        assert found.settings.at[1, "t"] < log_t.CRITICAL
        label = found.labels[1].to_numpy()
        number.append(found.settings.at[1, "clubs"] == len(levels))
        together = (label[:, None] == label) & (label > 0)
        pairs.append((together == (club[:, None] == club))[np.triu_indices(len(club), 1)].mean())
    assert np.mean(number) >= 0.85
    assert np.mean(pairs) >= 0.97


def test_a_rejection_does_not_mean_that_districts_part():
    """Equal districts with noise that neither grows nor shrinks are rejected every time."""
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(0, 0.1, size=(65, 20))
        assert log_t.log_t(panel(30 * np.exp(noise))).t < log_t.CRITICAL


def test_neither_the_unit_nor_prices_matter():
    values, _ = converging(3, [0.8, 1.2], 0.1)
    dearer = 100 * values * np.linspace(1, 2, 20)
    one, other = clubs.partitions(values), clubs.partitions(dearer)
    pd.testing.assert_frame_equal(one.labels, other.labels)
    pd.testing.assert_frame_equal(one.settings, other.settings, rtol=1e-6)


def plain_t(paths, members, first):
    """The log-t ratio by statsmodels, for the plain version below."""
    own = paths[list(members)]
    h = ((own / own.mean(axis=0) - 1) ** 2).mean(axis=0)
    t = np.arange(first, paths.shape[1] + 1)
    y = np.log(h[0] / h[first - 1 :]) - 2 * np.log(np.log(t))
    return sm.OLS(y, sm.add_constant(np.log(t))).fit(cov_type="HAC", cov_kwds={"maxlags": 2}).tvalues[1]


def plain_clubs(paths, first, sieve):
    """The steps of Phillips and Sul one by one, without any shortcut."""
    left = sorted(range(len(paths)), key=lambda i: -paths[i, -1])
    found = []
    while len(left) > 1:
        if plain_t(paths, left, first) > -1.65:
            found.append(left)
            break
        starts = [k for k in range(len(left) - 1) if plain_t(paths, left[k : k + 2], first) > -1.65]
        if not starts:
            break
        best, size, end = -np.inf, 0, starts[0] + 2
        while end <= len(left) and (t := plain_t(paths, left[starts[0] : end], first)) > -1.65:
            best, size = max((best, size), (t, end), key=lambda pair: pair[0])
            end += 1
        core = left[starts[0] : size]
        ratios = {i: plain_t(paths, [*core, i], first) for i in left if i not in core}
        limit, club = sieve, core + [i for i, t in ratios.items() if t > sieve]
        while len(club) > len(core) and plain_t(paths, club, first) <= -1.65:
            limit = min(t for t in ratios.values() if t > limit)
            club = core + [i for i, t in ratios.items() if t > limit]
        found.append(club)
        left = [i for i in left if i not in club]
    merged = found[:1]
    for club in found[1:]:
        if plain_t(paths, merged[-1] + club, first) > -1.65:
            merged[-1] = merged[-1] + club
        else:
            merged.append(club)
    return [sorted(club) for club in merged]


@pytest.mark.parametrize("sieve", [0.0, -1.65])
def test_the_clubs_are_those_of_a_plain_second_version(sieve):
    several = 0
    for seed in range(6):
        rng = np.random.default_rng([seed, 7])
        drift = rng.normal(0, 0.15, size=(14, 1)) + rng.normal(0, 0.02, size=(14, 20)).cumsum(axis=1)
        paths = log_t.smooth(log_t.relative_paths(np.exp(drift)), 6.25)
        found = [sorted(club.tolist()) for club in club_search.find_clubs(paths, 6, sieve)]
        assert found == plain_clubs(paths, 6, sieve)
        several += len(found) > 1
    assert several >= 3  # the case is one where the steps matter


def test_co_membership_of_two_clear_clubs():
    t = np.arange(1, 21)
    distance = np.linspace(-0.2, 0.2, 4)[:, None] / t
    values = panel(np.vstack([1 + distance, 2 + distance]))
    pairs = clubs.co_membership(values.iloc[::-1])
    assert list(pairs.columns) == clubs.CO_MEMBERSHIP
    assert len(pairs) == 8 * 7 / 2 and not pairs.duplicated(clubs.CO_MEMBERSHIP[:2]).any()
    assert (pairs["area_code"] < pairs["area_code_other"]).all()
    club = {code: i // 4 for i, code in enumerate(values.index)}
    same = pairs["area_code"].map(club) == pairs["area_code_other"].map(club)
    for share in ("co_membership", "lower", "upper"):  # no choice makes a difference
        assert pairs[share].tolist() == same.astype(float).tolist()
    assert set(pairs["settings"]) == {48}


def test_co_membership_is_the_share_of_settings_and_its_range_that_of_one_choice_held(monkeypatch):
    """Together in two of four settings; in no club together in the third, which does not count.

    By filter 2 of 2 and 0 of 2; by first year 1 of 2 and 1 of 2; the one sieve 2 of 4.
    """
    labels = pd.DataFrame({1: [1, 1], 2: [2, 2], 3: [0, 0], 4: [1, 2]}, index=["a", "b"])
    settings = pd.DataFrame(
        {"smoothing": [0, 0, 6.25, 6.25], "first_year": [2007, 2009, 2007, 2009], "sieve": 0.0},
        index=[1, 2, 3, 4],
    )
    made = clubs.Partitions(labels, settings, (), "")
    monkeypatch.setattr(clubs, "partitions", lambda values, settings: made)
    row = clubs.co_membership(pd.DataFrame()).iloc[0]
    assert row[["co_membership", "lower", "upper", "settings"]].tolist() == [0.5, 0, 1, 4]


def test_co_membership_of_true_clubs_over_all_settings():
    """Two true clubs and noise: pairs of one club nearly always together, others nearly never."""
    values, club = converging(2, [0.8, 1.2], 0.5, 12)
    pairs = clubs.co_membership(values)
    of = dict(zip(values.index, club, strict=True))
    same = pairs["area_code"].map(of) == pairs["area_code_other"].map(of)
    assert pairs.loc[same, "co_membership"].mean() > 0.9
    assert pairs.loc[~same, "co_membership"].mean() < 0.1
    assert (pairs["lower"] <= pairs["co_membership"]).all()
    assert (pairs["co_membership"] <= pairs["upper"]).all()


def test_districts_that_fan_out_are_in_no_club():
    t = np.arange(1, 21)
    values = panel(1 + np.arange(8)[:, None] * 0.02 * t)
    found = clubs.partitions(values)
    assert (found.labels == 0).all(axis=None)
    assert (found.settings["divergent"] == 8).all() and (found.settings["clubs"] == 0).all()
    assert (clubs.co_membership(values)["co_membership"] == 0).all()


def test_districts_that_are_equal_in_a_year_give_numbers():
    values, _ = converging(1, [1], 0.3, 8)
    values.iloc[0] = values.iloc[1]
    found = clubs.partitions(values)
    assert np.isfinite(found.settings[["b", "se", "t"]].to_numpy()).all()


def test_settings_are_recorded_and_the_same_ones_kept_once():
    values, _ = converging(1, [0.8, 1.2], 0.3)
    assert len(clubs.partitions(values).settings) == len(clubs.SETTINGS) == 48
    settings = [clubs.Setting(6.25, 0.3, 0.0), clubs.Setting(6.25, 1 / 3, 0.0), clubs.Setting(0.0, 0.3, 0.0)]
    told = clubs.partitions(values, settings).settings
    assert told[["smoothing", "trimming", "sieve"]].to_numpy().tolist() == [[6.25, 0.3, 0], [0, 0.3, 0]]
    assert told["first_year"].tolist() == [2009, 2009]


@pytest.mark.parametrize(("districts", "years"), [(5, 20), (6, 7)])
def test_too_few_districts_or_years_have_a_reason(districts, years):
    values = panel(np.ones((districts, years)))
    found = clubs.partitions(values)
    assert found.labels.empty
    assert f"{years} years number {districts}" in found.reason
    assert clubs.notes(values) == [found.reason]
    assert list(clubs.co_membership(values).columns) == clubs.CO_MEMBERSHIP
    assert clubs.co_membership(values).empty


def test_districts_with_holes_are_left_out_by_name_and_blank_years_cut_off():
    values, _ = converging(1, [1], 0.3, 8)
    values.iloc[2, 5] = np.nan
    values[2024] = np.nan
    found = clubs.partitions(values)
    assert found.left_out == (values.index[2],)
    assert clubs.notes(values) == [
        f"Left out of the clubs, without a figure in some year: {values.index[2]}."
    ]
    assert len(found.labels) == 7
    expected = clubs.partitions(values.drop(index=values.index[2]).drop(columns=2024))
    pd.testing.assert_frame_equal(found.labels, expected.labels)


def test_a_panel_without_any_figure_has_a_reason():
    found = clubs.partitions(panel(np.full((7, 9), np.nan)))
    assert len(found.left_out) == 7 and found.reason
