"""Local projections and responses against hand-made least squares, known processes and real counts.

Tolerances: 1e-8 against other arithmetic on the same numbers; for simulated truth four standard errors
of the mean over panels, or a bound on the bias that is stated where it is tested.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from helpers import geography, tables
from helpers.causation import projections, responses, states
from helpers.errors import ParameterError

RHO, EFFECT, KEPT = 0.6, 0.3, 0.5


def panel(n=30, years=14, seed=1):
    """y_t = place + 0.6 y_{t-1} + 0.3 x_t + e, x_t = place + 0.5 x_{t-1} + u: frames of y and x."""
    rng = np.random.default_rng(seed)
    place = rng.normal(size=(n, 2))
    y, x = np.zeros((n, years + 50)), np.zeros((n, years + 50))
    for t in range(1, years + 50):
        x[:, t] = place[:, 0] + KEPT * x[:, t - 1] + rng.normal(size=n)
        y[:, t] = place[:, 1] + RHO * y[:, t - 1] + EFFECT * x[:, t] + 0.5 * rng.normal(size=n)
    codes = [f"area {i:03}" for i in range(n)]
    return (pd.DataFrame(v[:, 50:], index=codes, columns=range(2001, 2001 + years)) for v in (y, x))


def own(frame):
    return pd.Series(frame.index, index=frame.index)


def test_slope_is_that_of_least_squares_with_dummies():
    y, x = panel()
    frame = projections.stacked(y, x, 2, 1)
    found = projections.fixed_effects(frame, own(y))
    flat = frame.rename_axis(["place", "year"]).reset_index()
    model = smf.ols("y ~ x + outcome_1 + impulse_1 + C(place) + C(year)", flat)
    assert found.estimate == pytest.approx(model.fit().params["x"], rel=1e-8)
    # Sandwich by hand: scores of x, less all else, summed by place; 3 slopes and 30 + 11 - 1 effects.
    left = smf.ols("x ~ outcome_1 + impulse_1 + C(place) + C(year)", flat).fit().resid
    score = (left * model.fit().resid).groupby(flat["place"]).sum()
    se = np.sqrt((score**2).sum() * 30 / 29 * 329 / (330 - 43)) / (left**2).sum()
    assert found.se == pytest.approx(se, rel=1e-8)
    assert projections._within_slope(frame) == pytest.approx(found.estimate, rel=1e-8)
    assert found.n == 30 * (14 - 3) and found.clusters == 30


def test_rows_hold_the_years_they_say():
    y = pd.DataFrame([[1.0, 2, 3, 4, 5], [1, 2, np.nan, 4, 5]], index=["a", "b"], columns=range(2001, 2006))
    frame = projections.stacked(y, y * 10, 1, 2)
    assert frame.loc[("a", 2003)].to_dict() == {
        "y": 4, "x": 30, "outcome_1": 2, "impulse_1": 20, "outcome_2": 1, "impulse_2": 10,
    }  # fmt: skip
    assert list(frame.index) == [("a", 2003), ("a", 2004)]  # b has a gap


def test_projections_find_the_response_of_a_known_process():
    """After a unit of x the response at h is 0.3 sum of 0.6^j 0.5^(h-j): 0.3 and 0.273 for h 0 and 2."""
    truth = [EFFECT * sum(RHO**j * KEPT ** (h - j) for j in range(h + 1)) for h in (0, 2)]
    found = []
    for seed in range(6):
        y, x = panel(n=60, years=24, seed=seed)
        found.append(projections.project(y, x, own(y), horizons=(0, 2), lags=1)["estimate"])
    # 24 years: the jackknife leaves a bias below 0.02; the mean of six panels errs by 0.01
    assert np.mean(found, axis=0) == pytest.approx(truth, abs=0.04)


def test_half_panels_take_off_most_of_the_bias():
    own_slopes, corrected = [], []
    for seed in range(5):
        y, _ = panel(n=150, years=14, seed=seed)
        frame = responses.rows_of(y, y, "level").drop(columns="z")
        slope, plain = projections.half_panel(frame, own(y))
        own_slopes.append(plain)
        corrected.append(slope.estimate)
    long, _ = panel(n=60, years=400, seed=99)
    frame = responses.rows_of(long, long, "level").drop(columns="z")
    truth = projections.fixed_effects(frame, own(long)).estimate
    assert abs(np.mean(corrected) - truth) < abs(np.mean(own_slopes) - truth) / 2


def test_without_a_response_intervals_hold_zero_nine_times_in_ten():
    rng = np.random.default_rng(3)
    inside = []
    for _ in range(40):
        y, x = (pd.DataFrame(rng.normal(size=(40, 12)), columns=range(12)) for _ in range(2))
        found = projections.project(y, x, own(y), horizons=(1,), lags=0).iloc[0]
        inside.append(found["lower"] <= 0 <= found["upper"])
    assert 30 <= sum(inside) < 40  # 36 expected; 40 draws of 0.9 have a standard deviation of 1.9


def test_too_few_places_years_or_no_variation_give_a_reason():
    y, x = panel(n=9)
    assert "fewer than 10" in projections.project(y, x, own(y), horizons=(0,)).loc[0, "reason"]
    y, x = panel(n=20, years=5)
    row = projections.project(y, x, own(y), horizons=(0,)).iloc[0]
    assert "fewer than 4 years" in row["reason"] and np.isnan(row["estimate"])
    y, x = panel(n=20, years=8)
    short = projections.project(y, x, own(y), horizons=(0,)).iloc[0]
    assert "not corrected" in short["reason"] and short["estimate"] == short["uncorrected"]
    same = x * 0 + np.arange(8)  # the same in all places: the years' effects take all of it
    assert "leave nothing" in projections.project(y, same, own(y), horizons=(0,), lags=0).loc[0, "reason"]


def test_instrument_takes_off_noise():
    """y follows last year's signal by 0.4; the driver has as much noise as signal has shocks."""
    rng = np.random.default_rng(5)
    n, years = 200, 40
    signal = np.zeros((n, years + 30))
    for t in range(1, years + 30):
        signal[:, t] = 0.8 * signal[:, t - 1] + rng.normal(size=n)
    seen = pd.DataFrame(signal + rng.normal(size=signal.shape)).loc[:, 30:]
    y = pd.DataFrame(np.roll(signal, 1, axis=1) * 0.4 + rng.normal(size=signal.shape)).loc[:, 30:]
    rows = responses.responses(y, seen, own(y), pd.Series("r", index=y.index), "level")
    found = rows.set_index("specification")["estimate"]
    assert found["instrumented"] == pytest.approx(0.4, abs=0.03)  # 40 years leave a bias below 0.02
    assert found["within"] < 0.33 and found["between"] < 0.36


def test_between_holds_regions_apart():
    """Regions differ by what would look like a slope of 5; within a region the slope is 2."""
    rng = np.random.default_rng(6)
    region = pd.Series(np.repeat(["p", "q"], 20), index=range(40))
    x = rng.normal(size=40) + 10 * (region == "q")
    y = 2 * x + 30 * (region == "q") + 0.01 * rng.normal(size=40)
    frames = (pd.DataFrame(dict.fromkeys(range(2001, 2008), v)) for v in (y, x))
    found = responses.responses(*frames, pd.Series(range(40)), region, "level").set_index("specification")
    assert found.loc["between", "estimate"] == pytest.approx(2, abs=0.01)
    assert found.loc["within", "reason"] and np.isnan(found.loc["within", "estimate"])


def test_areas_of_the_midlands_and_what_shares_a_district():
    codes, partly = states.of_area(geography.resolve("Midlands"), "itl3")
    assert (len(codes), partly) == (25, 0)
    joined = [code for code in states.places()["itl3"].unique() if "+" in code]
    assert "TLD11+TLD12" in joined  # Cumberland took districts of both halves of Cumbria
    assert len(states.productivity("itl3")) == 174 and len(states.investment()) == 174
    with pytest.raises(ParameterError):
        states.of_area(geography.resolve("Midlands"), "ward")


def test_productivity_of_an_area_is_summed_gva_over_summed_hours():
    """Solihull is an ITL3 area by itself; TLG31's like are sums."""
    district, area = states.productivity("district"), states.productivity("itl3")
    (solihull,) = states.places().loc[["E08000029"], "itl3"]
    assert area.loc[solihull].to_numpy() == pytest.approx(district.loc["E08000029"].to_numpy(), abs=1e-12)
    gva, hours = (
        tables.wide(table, name, 2025)[2015]
        for table, name in (("industry", "gva_all"), ("hours_jobs", "hours_per_week"))
    )
    members = states.places().index[states.places()["itl3"] == "TLG13"]
    here = gva[members].sum() / hours[members].sum()
    whole = gva[states.places().index].sum() / hours[states.places().index].sum()
    assert len(members) > 1 and area.at["TLG13", 2015] == pytest.approx(np.log(here / whole), abs=1e-12)


def test_investment_drops_out_to_the_published_total():
    """Two years of one area differ as published, whatever its fixed size and the UK's total."""
    raw = tables.load("capital_formation").query("indicator == 'gfcf_all' and area_code == 'TLG32'")
    raw = np.log(raw.set_index("year")["value"])
    whole = tables.load("capital_formation").query("indicator == 'gfcf_all'")
    whole = np.log(whole[whole["area_code"].str.len() == 5].groupby("year")["value"].sum())
    expected = (raw[2015] - raw[2010]) - (whole[2015] - whole[2010])
    found = states.investment().loc["TLG32"]
    assert found[2015] - found[2010] == pytest.approx(expected, abs=1e-9)


def test_stock_is_at_rest_under_constant_investment(monkeypatch):
    """K = I / d is kept by I: relative to the UK the stock then never moves."""
    codes = [code for joined in states.places()["itl3"].unique() for code in joined.split("+")]
    flat = pd.DataFrame(7.0, index=codes, columns=range(1997, 2021))
    monkeypatch.setattr(states, "published", lambda *_: type("Observed", (), {"values": flat}))
    stock = states.capital.__wrapped__(0.1)
    assert np.ptp(stock.to_numpy(), axis=1).max() < 1e-12
    with pytest.raises(ParameterError):
        states.capital(0.0)
