"""How surely dispersion changes: against brute force, NumPy and SciPy, and simulated truth.

Tolerances: 1e-12 where two ways of computing the same sums differ in rounding alone; elsewhere the reason
stands beside the number.
"""

import math

import numpy as np
import pandas as pd
import pytest
from panels import MIDLANDS, PANEL, invented, random_values
from scipy import stats

from helpers import geography, series
from helpers.dynamics import dispersion, inequality
from helpers.errors import ParameterError


def test_whole_areas_are_drawn_the_same_in_every_year():
    """Each draw has as many areas as there are, and all districts of an area equally often."""
    blocks = inequality.blocks_of(PANEL)
    counts = pd.DataFrame(dispersion.block_counts(blocks, 1).T).groupby(blocks)
    assert (counts.min() == counts.max()).all(axis=None)
    assert (counts.first().sum() == len(set(blocks))).all()


def test_intervals_by_resampling_district_by_district():
    """The interval from the stated formula, with each draw evaluated by NumPy on repeated districts."""
    panel = invented(random_values((65, 1)))
    y, blocks = panel.values[2004].to_numpy(), inequality.blocks_of(panel)
    draws = [np.repeat(y, often) for often in dispersion.block_counts(blocks, 3)]
    quantity = {
        "sd_log": (lambda x: np.log(x).std(), 0),
        "p90_p10": (lambda x: np.quantile(x, 0.9) / np.quantile(x, 0.1), 1),
    }
    found = dispersion.estimates({"x": panel}, seed=3).set_index("statistic")
    areas = len(set(blocks))
    t = stats.t.ppf(0.975, areas - 1) * math.sqrt(areas / (areas - 1))
    for name, (measure, floor) in quantity.items():
        value = measure(y) - floor
        relative = t * np.std([measure(x) for x in draws], ddof=1) / value
        assert found.loc[name, "lower"] == pytest.approx(floor + value * math.exp(-relative))
        assert found.loc[name, "upper"] == pytest.approx(floor + value * math.exp(relative))


def test_the_interval_of_a_change_is_paired():
    """Hardly anything moves between the years, so the change is known far better than either level."""
    start = random_values((65, 1))
    values = np.hstack([start, start * np.exp(np.random.default_rng(4).normal(0, 0.01, size=(65, 1)))])
    panel = invented(values)
    change = dispersion.changes({"x": panel}, 2004, 2005, seed=1).set_index("statistic").loc["sd_log"]
    level = dispersion.estimates({"x": panel}, seed=1).query("statistic == 'sd_log' and year == 2005").iloc[0]
    assert change["upper"] - change["lower"] < (level["upper"] - level["lower"]) / 5
    assert change["change"] == pytest.approx(np.std(np.log(values[:, 1])) - np.std(np.log(values[:, 0])))


def test_constant_dispersion_is_seldom_called_a_change(monkeypatch):
    """Simulated truth: no change in 200 panels, areas alike within, half of each level permanent.

    The interval should hold zero in 95 of 100; theory for so few areas of such unequal size gives
    somewhat less. 200 panels know the share to 0.017, hence at least 0.89; above 0.99 it were too wide.
    """
    monkeypatch.setattr(dispersion, "DRAWS", 400)
    rng = np.random.default_rng(7)
    _, area = np.unique(inequality.blocks_of(PANEL), return_inverse=True)

    def part():
        return math.sqrt(0.1) * rng.normal(size=25)[area] + math.sqrt(0.9) * rng.normal(size=65)

    held = dict.fromkeys(inequality.STATISTICS, 0)
    for seed in range(200):
        permanent = part()
        logs = np.stack([permanent + part(), permanent + part()], axis=1)
        found = dispersion.changes({"x": invented(np.exp(3.5 + 0.1 * logs))}, 2004, 2005, seed)
        found = found.set_index("statistic")
        for name in held:
            held[name] += found.loc[name, "lower"] <= 0 <= found.loc[name, "upper"]
    assert all(0.89 <= count / 200 <= 0.99 for count in held.values()), held


def test_a_real_change_is_seen():
    """Every district moves halfway to the mean, give or take: all measures narrow; backwards, widen."""
    logs = np.log(random_values((65, 1)))
    noise = np.random.default_rng(5).normal(0, 0.02, size=(65, 1))
    values = np.exp(np.hstack([logs, logs.mean() + 0.5 * (logs - logs.mean()) + noise]))
    for panel, verdict in ((invented(values), "narrowed"), (invented(values[:, ::-1]), "widened")):
        found = dispersion.changes({"x": panel}, 2004, 2005, seed=1).set_index("statistic")
        assert set(found.loc[list(inequality.STATISTICS), "verdict"]) == {verdict}


@pytest.mark.parametrize(
    ("change", "margin", "verdict"),
    [
        (0.2, 0.1, "widened"),
        (-0.2, 0.1, "narrowed"),
        (0.102, 0.1, "too close to call"),  # 2000 draws know the margin to 3.2 %, at two standard errors
        (-0.098, 0.1, "too close to call"),
        (0.09, 0.1, "within the noise"),
        (0.2, np.nan, "cannot be known"),
    ],
)
def test_the_verdict_allows_for_the_number_of_draws(change, margin, verdict):
    assert dispersion._verdict(change, margin) == verdict


def test_missing_districts_are_counted_and_left_out_of_the_change():
    values = random_values((65, 2))
    values[:3, 0] = np.nan
    panel = invented(values)
    year = dispersion.estimates({"x": panel}, seed=1).query("statistic == 'cv'").set_index("year")
    assert year[["n", "missing"]].to_numpy().tolist() == [[62, 3], [65, 0]]
    assert year.loc[2005, "value"] == pytest.approx(stats.variation(values[:, 1]))
    change = dispersion.changes({"x": panel}, 2004, 2005, seed=1).set_index("statistic").loc["cv"]
    assert (change["n"], change["missing"]) == (62, 3)
    assert change["end"] == pytest.approx(stats.variation(values[3:, 1]))


def test_a_draw_without_figures_leaves_no_interval():
    """Figures in 5 of 25 areas: a draw misses all five once in 280, and then has nothing to measure."""
    values = random_values((65, 2))
    blocks = inequality.blocks_of(PANEL)
    values[~np.isin(blocks, sorted(set(blocks))[:5]), 0] = np.nan
    rows = (
        dispersion.estimates({"x": invented(values)}, seed=1).query("statistic == 'gini'").set_index("year")
    )
    assert rows.loc[2004, "value"] > 0 and np.isnan(rows.loc[2004, "lower"])
    assert rows.loc[2004, "blocks"] == 5 and "hold no figure" in rows.loc[2004, "note"]
    assert rows.loc[2005, "lower"] > 0 and rows.loc[2005, "note"] == ""


@pytest.mark.parametrize(
    ("area", "release", "has_value", "note"),
    [
        ("Tees Valley Combined Authority", 2025, True, "no interval: fewer than 5 ITL3 areas"),
        ("Coventry", 2025, False, "no value: fewer than 2 districts"),
        ("Northern Ireland", 2022, False, "no value: fewer than 2 districts"),  # not in that release
    ],
)
def test_too_few_districts_are_told(area, release, has_value, note):
    panel = series.panel(geography.resolve(area), "hour", release)
    rows = dispersion.estimates({"smoothed": panel}, seed=1)
    assert rows["value"].notna().all() == has_value and rows["value"].isna().all() != has_value
    assert rows[["lower", "upper"]].isna().all(axis=None)
    assert rows["note"].str.startswith(note).all()
    changes = dispersion.changes({"smoothed": panel}, 2010, 2020, seed=1)
    assert set(changes["verdict"]) == {"cannot be known"} and changes["note"].str.startswith(note).all()


def test_one_district_per_area_has_nothing_within():
    panel = series.panel(geography.resolve("WMCA"), "hour", 2025)
    rows = dispersion.estimates({"smoothed": panel}, seed=1).query("year == 2023").set_index("statistic")
    assert rows.loc["theil_within", "value"] == pytest.approx(0, abs=1e-15)
    assert rows.loc["theil_between", "value"] == pytest.approx(rows.loc["theil", "value"])
    assert rows.loc["theil_within", "note"].startswith("no interval: it is the same")


@pytest.mark.parametrize("direction", [1, -1])
def test_leaving_out_each_district_by_brute_force(direction):
    panel = invented(random_values((65, 2))[:, ::direction])
    found = dispersion.leave_one_out({"x": panel}, 2004, 2005).set_index("statistic").loc["sd_log"]
    logs = np.log(panel.values)
    without = {c: logs.drop(c)[2005].std(ddof=0) - logs.drop(c)[2004].std(ddof=0) for c in logs.index}
    change = logs[2005].std(ddof=0) - logs[2004].std(ddof=0)
    most = max(without, key=lambda code: abs(without[code] - change))
    assert found["change"] == pytest.approx(change)
    assert (found["lowest"], found["highest"]) == pytest.approx(
        (min(without.values()), max(without.values()))
    )
    assert (found["district"], found["name"]) == (most, panel.names[most])
    assert found["change_without"] == pytest.approx(without[most])


def test_two_districts_cannot_spare_one():
    panel = series.panel(geography.resolve("Coventry; Warwick"), "hour", 2025)
    assert dispersion.leave_one_out({"smoothed": panel}, 2004, 2023).empty


def test_pitman_morgan_is_the_correlation_of_sums_and_differences():
    rng = np.random.default_rng(6)
    first = rng.normal(size=40)
    second = 0.6 * first + rng.normal(size=40)
    found = dispersion.pitman_morgan(first, np.where(np.arange(40) < 3, np.nan, second))
    x, y = first[3:], second[3:]
    same = stats.pearsonr(y - x, y + x)
    r = same.statistic
    assert found.t == pytest.approx(r * math.sqrt(35 / (1 - r**2)))
    assert found.p == pytest.approx(same.pvalue)
    assert found.n == 37 and (found.t > 0) == (y.var() > x.var())


def test_pitman_morgan_needs_variances():
    line = np.arange(5.0)
    assert dispersion.pitman_morgan(line[:2], line[:2] ** 2) is None
    assert dispersion.pitman_morgan(line, 2 * line + 1) is None
    assert dispersion.pitman_morgan(np.ones(5), line) is None


def test_the_result_table_holds_the_five_once_for_each_series_and_year():
    table = dispersion.table({"smoothed": PANEL, "unsmoothed": invented(random_values((65, 20)))}, seed=1)
    assert list(table.columns) == dispersion.COLUMNS
    assert len(table) == 2 * 5 * 20 and not table.duplicated(["series", "statistic", "year"]).any()
    assert set(table["statistic"]) == {"sd_log", "cv", "gini", "p90_p10", "theil"}
    assert set(table["area"]) == {MIDLANDS.name} and table.notna().all(axis=None)
    assert (table["lower"] < table["value"]).all() and (table["value"] < table["upper"]).all()
    here = table.query("series == 'smoothed' and statistic == 'sd_log'").set_index("year")["value"]
    np.testing.assert_allclose(here, np.log(PANEL.values).std(ddof=0), rtol=1e-10)


def test_the_seed_alone_decides():
    first, again, other = (dispersion.table({"smoothed": PANEL}, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first["lower"].equals(other["lower"]) and first["value"].equals(other["value"])
    # 2000 draws know a standard error to 1.6 %; four of those, both ways.
    np.testing.assert_allclose(
        np.log(first["upper"] / first["value"]), np.log(other["upper"] / other["value"]), rtol=0.1
    )


def test_years_outside_the_series_are_refused():
    with pytest.raises(ParameterError, match="1990"):
        dispersion.changes({"smoothed": PANEL}, 1990, 2023, seed=1)
