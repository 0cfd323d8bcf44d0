"""Beta against hand-made sandwiches, statsmodels with dummies, linear programming and simulated truth."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from scipy.optimize import linprog

from helpers import geography, series
from helpers.dynamics import convergence, dispersion, slope
from helpers.errors import ParameterError, TableError

MIDLANDS = series.panel(geography.resolve("Midlands"), "hour", 2025)
UK = series.panel(geography.resolve("UK"), "hour", 2025)
YEARS = range(2004, 2024)


def invented(logs, panel):
    """A panel's districts with other figures, given as logs of the years 2004 to 2023."""
    return replace(panel, values=pd.DataFrame(np.exp(logs), index=panel.values.index, columns=YEARS))


def ends(panel, first=2004, last=2023):
    """Initial log level, growth and ITL3 area, worked out without the package."""
    logs = np.log(panel.values)
    itl3 = panel.area.districts("LAD24")["itl3"].loc[logs.index]
    return pd.DataFrame({"initial": logs[first], "growth": logs[last] - logs[first], "itl3": itl3})


def simulated(n=60, seed=1):
    rng = np.random.default_rng(seed)
    initial = rng.normal(size=n)
    return initial, -0.4 * initial + rng.normal(size=n) * (0.5 + np.abs(initial))


def one(panels, specification, first=2004, last=2023):
    rows = convergence.estimates({"x": panels}, first, last)
    return rows.set_index("specification").loc[specification]


def test_three_points_by_hand():
    """Growth 2, 0, 1 on levels 0, 1, 2: slope -1/2, intercept 3/2."""
    found = slope.ols(np.array([0.0, 1, 2]), np.array([2.0, 0, 1]), np.array(list("abc")))
    assert found.beta == pytest.approx(-0.5)
    # residuals 1/2, -1, 1/2; HC1 is 3 / (3 - 2) times the sum of x^2 e^2 = 1/2 over (sum of x^2)^2 = 4
    assert found.se == pytest.approx(math.sqrt(3 * 0.5 / 4))
    assert found.upper - found.beta == pytest.approx(math.tan(0.95 * math.pi / 2) * found.se)  # t with 1 df


def test_clustered_errors_by_hand():
    """Sum over areas of the squared sum of x e within the area, with G / (G - 1) * (n - 1) / (n - 2)."""
    x, y = simulated()
    areas = np.repeat(np.arange(20), 3).astype(str)
    found = slope.ols(x, y, areas)
    beta, intercept = np.polyfit(x, y, 1)
    score = (x - x.mean()) * (y - intercept - beta * x)
    meat = (pd.Series(score).groupby(areas).sum() ** 2).sum()
    se = math.sqrt(meat * 20 / 19 * 59 / 58) / ((x - x.mean()) ** 2).sum()
    assert (found.beta, found.se) == pytest.approx((beta, se), rel=1e-9)
    assert found.errors == "clustered by ITL3" and found.upper == pytest.approx(
        beta + stats.t.ppf(0.975, 19) * se
    )
    few = slope.ols(x, y, np.repeat(np.arange(19), 4)[:60].astype(str))
    assert few.errors == "HC1" and few.beta == found.beta


@pytest.mark.parametrize(("per_area", "errors"), [(3, "clustered by ITL3"), (4, "HC1")])
def test_region_effects_are_a_dummy_for_each_region(per_area, errors):
    x, y = simulated()
    areas = np.repeat(np.arange(60 // per_area), per_area)
    regions = np.array(list("abcde"))[np.arange(60) % 5]  # regions cut across the areas
    y = y + 3.0 * (regions == "a")
    found = slope.within_regions(x, y, regions, areas.astype(str))
    model = smf.ols("y ~ x + C(r)", pd.DataFrame({"y": y, "x": x, "r": regions}))
    kind = {"cov_type": "cluster", "cov_kwds": {"groups": areas}} if per_area == 3 else {"cov_type": "HC1"}
    same = model.fit(**kind)
    # The library absorbs the effects by iteration, to a relative error of about 1e-8.
    assert (found.beta, found.se) == pytest.approx((same.params["x"], same.bse["x"]), rel=1e-6)
    df = 19 if per_area == 3 else 60 - 6
    assert found.errors == errors
    assert found.upper - found.beta == pytest.approx(stats.t.ppf(0.975, df) * found.se)


def least_absolute(x, y):
    """Slope of the least absolute deviations, exactly, as a linear programme."""
    n = len(x)
    equal = np.hstack([np.ones((n, 1)), x[:, None], np.eye(n), -np.eye(n)])
    bounds = [(None, None)] * 2 + [(0, None)] * 2 * n
    return linprog(np.r_[0, 0, np.ones(2 * n)], A_eq=equal, b_eq=y, bounds=bounds).x[1]


@pytest.mark.parametrize("seed", range(5))
def test_the_median_slope_is_the_linear_programmes(seed):
    """Iterated weights come within 1e-4 of it."""
    x, y = simulated(n=17, seed=seed)
    assert slope.median(x, y).beta == pytest.approx(least_absolute(x, y), abs=1e-4)


def test_a_median_that_the_librarys_own_tolerance_misses():
    """East Midlands Combined County Authority, 2010 to 2023: -0.195, not -0.244."""
    data = ends(series.panel(geography.resolve("EMCCA"), "hour", 2025), first=2010)
    x, y = data["initial"].to_numpy(), data["growth"].to_numpy()
    assert slope.median(x, y).beta == pytest.approx(least_absolute(x, y), abs=1e-4)


def test_one_odd_district_bends_the_mean_and_not_the_median():
    x = np.linspace(-1, 1, 41)
    y = -0.5 * x + np.where(np.arange(41) % 2, 0.01, -0.01)
    odd = np.where(np.arange(41) == 40, 5.0, y)
    assert slope.ols(x, odd, x.astype(str)).beta > -0.2
    assert slope.median(x, odd).beta == pytest.approx(-0.5, abs=0.05)


def test_beta_of_an_autoregression():
    """A stationary AR(1): beta is rho^T - 1. Tolerance of four standard errors of 20,000 districts."""
    rng = np.random.default_rng(2)
    rho, years = 0.9, 19
    first = rng.normal(size=20_000)
    last = first
    for _ in range(years):
        last = rho * last + rng.normal(size=20_000) * math.sqrt(1 - rho**2)
    found = slope.ols(first, last - first, np.arange(20_000).astype(str))
    tolerance = 4 * math.sqrt((1 - rho ** (2 * years)) / 20_000)
    assert found.beta == pytest.approx(rho**years - 1, abs=tolerance)
    assert found.se == pytest.approx(tolerance / 4, rel=0.05)  # robust errors vary by a few per cent


def test_errors_in_the_first_year_bias_towards_convergence():
    """Levels that never move (sd 0.2), measured with errors (sd 0.1) fresh each year: the truth is 0.

    One year: minus the errors' share of the variance, 0.01 / 0.05; three years' means: 0.0033 / 0.0433.
    Twenty panels of 361 districts with a standard error near 0.03 each: 0.007, tolerance three of those.
    """
    rng = np.random.default_rng(3)
    found = []
    for _ in range(20):
        logs = 3.5 + rng.normal(0, 0.2, size=(361, 1)) + rng.normal(0, 0.1, size=(361, 20))
        found.append(
            convergence.table({"x": invented(logs, UK)}, 2004, 2023).set_index("specification")["beta"]
        )
    mean = pd.DataFrame(found).mean()
    assert mean["unconditional"] == pytest.approx(-0.2, abs=0.02)
    assert mean["endpoint_means"] == pytest.approx(-0.0769, abs=0.02)


def test_galton_a_negative_beta_with_a_flat_spread():
    """Districts change places in a stationary process: beta is surely below zero, the spread is flat."""
    rng = np.random.default_rng(4)
    logs = np.empty((361, 20))
    logs[:, 0] = rng.normal(size=361)
    for year in range(1, 20):
        logs[:, year] = 0.97 * logs[:, year - 1] + math.sqrt(1 - 0.97**2) * rng.normal(size=361)
    found = convergence.beta_and_sigma(invented(3.5 + 0.2 * logs, UK), 2004, 2023, seed=1)
    assert found.beta_upper < 0 and found.verdict == "within the noise"
    assert found.sd_lower < 0 < found.sd_upper


@pytest.mark.parametrize("panel", [MIDLANDS, UK], ids=["Midlands", "UK"])
def test_beta_and_the_spread_are_tied(panel):
    found = convergence.beta_and_sigma(panel, 2004, 2023, seed=1)
    assert 1 + found.beta == pytest.approx(found.correlation * found.sd_last / found.sd_first)
    assert found.n == len(panel.values)
    assert found.sd_last == pytest.approx(np.log(panel.values[2023]).std(ddof=0))
    spread = dispersion.changes({"x": panel}, 2004, 2023, seed=1).set_index("statistic").loc["sd_log"]
    assert (found.sd_lower, found.sd_upper) == (spread["lower"], spread["upper"])


def test_the_published_series_by_other_means():
    """The UK, release of 2025: plain least squares, region dummies and means of three years."""
    data = ends(UK)
    rows = convergence.estimates({"x": UK}, 2004, 2023).set_index("specification")
    assert rows.loc["unconditional", "beta"] == pytest.approx(
        np.polyfit(data["initial"], data["growth"], 1)[0]
    )
    data["region"] = UK.area.districts("LAD24")["itl1"]
    model = smf.ols("growth ~ initial + C(region)", data)
    same = model.fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(data["itl3"])[0]})
    assert rows.loc["region_effects", ["beta", "se"]].tolist() == pytest.approx(
        [same.params["initial"], same.bse["initial"]], rel=1e-6
    )
    logs = np.log(UK.values)
    first, last = (logs[years].mean(axis=1) for years in ([2004, 2005, 2006], [2021, 2022, 2023]))
    assert rows.loc["endpoint_means", "beta"] == pytest.approx(np.polyfit(first, last - first, 1)[0])


def test_the_result_table():
    table = convergence.table({"smoothed": MIDLANDS, "unsmoothed": MIDLANDS}, 2010, 2023)
    assert list(table.columns) == convergence.COLUMNS
    assert not table.duplicated(["series", "specification"]).any() and len(table) == 8
    assert set(table["specification"]) == {"unconditional", "region_effects", "quantile", "endpoint_means"}
    assert set(table["window"]) == {"2010-2023"} and set(table["n"]) == {65}


def test_prices_change_nothing():
    raised = replace(MIDLANDS, values=MIDLANDS.values * np.linspace(1, 1.8, 20))
    one_way, other = (convergence.table({"x": p}, 2004, 2023) for p in (MIDLANDS, raised))
    np.testing.assert_allclose(one_way[["beta", "se"]], other[["beta", "se"]], rtol=1e-4)


@pytest.mark.parametrize(
    ("area", "effects", "n", "left_out"),
    [
        ("UK", "ITL1", 361, 0),
        ("Midlands", "ITL2", 65, 0),
        ("EMCCA", "ITL3", 15, 2),  # Derby and Nottingham are alone in their ITL3 areas
    ],
)
def test_which_regions_have_effects(area, effects, n, left_out):
    found = one(series.panel(geography.resolve(area), "hour", 2025), "region_effects")
    assert (found["effects"], found["n"], found["left_out"]) == (effects, n, left_out)


def test_no_two_regions_with_two_districts():
    """Each district of Northern Ireland is an ITL3 area by itself, and all are one ITL2 area."""
    panel = series.panel(geography.resolve("Northern Ireland"), "hour", 2025)
    found = one(panel, "region_effects")
    assert np.isnan(found["beta"]) and found["note"] == "no estimate: no two regions hold two districts each"
    assert not np.isnan(one(panel, "unconditional")["beta"])


def test_fewer_than_ten_districts_have_no_slope():
    panel = series.panel(geography.resolve("Tees Valley Combined Authority"), "hour", 2025)
    found = convergence.estimates({"smoothed": panel}, 2004, 2023).set_index("specification")
    assert found[["beta", "se", "lower", "upper"]].isna().all(axis=None) and len(found) == 4
    assert found.loc["unconditional", ["n", "note"]].tolist() == [5, "no estimate: fewer than 10 districts"]
    assert convergence.beta_and_sigma(panel, 2004, 2023, seed=1) is None


def test_districts_without_a_figure_are_left_out_where_it_is_used():
    logs = np.log(MIDLANDS.values.to_numpy())
    logs[0, 0] = np.nan  # first year: not in any
    logs[1, 1] = np.nan  # second year: not in the means of three years
    logs[2, 9] = np.nan  # in the middle: in all
    found = convergence.estimates({"x": invented(logs, MIDLANDS)}, 2004, 2023).set_index("specification")
    assert found.loc["unconditional", ["n", "left_out"]].tolist() == [64, 1]
    assert found.loc["endpoint_means", ["n", "left_out"]].tolist() == [63, 2]
    data = ends(invented(logs, MIDLANDS)).dropna()
    assert found.loc["unconditional", "beta"] == pytest.approx(
        np.polyfit(data["initial"], data["growth"], 1)[0]
    )


def test_windows():
    assert np.isnan(one(MIDLANDS, "endpoint_means", 2019, 2023)["beta"])
    assert "shorter than twice 3 years" in one(MIDLANDS, "endpoint_means", 2019, 2023)["note"]
    assert not np.isnan(one(MIDLANDS, "endpoint_means", 2018, 2023)["beta"])
    for first, last in ((1990, 2023), (2023, 2004)):
        with pytest.raises(ParameterError, match="window"):
            convergence.table({"x": MIDLANDS}, first, last)


def test_figures_that_tell_no_slope():
    alike = convergence.estimates({"x": invented(np.full((65, 20), 3.5), MIDLANDS)}, 2004, 2023)
    assert alike["beta"].isna().all() and set(alike["note"]) == {"no estimate: all districts start alike"}
    with pytest.raises(TableError, match="above zero"):
        convergence.table({"x": replace(MIDLANDS, values=MIDLANDS.values * 0)}, 2004, 2023)
