"""The tables of persistence on the data, and the estimators on panels smoothed as the producer smooths."""

import time

import numpy as np
import pandas as pd
import pytest

from helpers import geography, study
from helpers.causation import estimator_check, persistence
from helpers.dynamics import unsmoothed
from helpers.dynamics.process import Process
from helpers.figures import persistence as figures
from helpers.prose import persistence as prose

MIDLANDS = geography.resolve("Midlands")
TRUTH = Process(permanent=0.0314, persistent=0.0081, rho=0.836, noise=0.0014)


@pytest.fixture(scope="module")
def midlands():
    return persistence.persistence_table(MIDLANDS)


@pytest.fixture(scope="module")
def checks():
    return estimator_check.bias_table(TRUTH, panels=100, seed=3)


def test_one_row_for_each_series_estimator_and_area(midlands):
    assert list(midlands.columns[:6]) == ["series", "estimator", "area", "rho", "se", "n"]
    key = midlands[["series", "estimator", "area"]]
    assert len(midlands) == 16 and not key.duplicated().any()
    assert set(midlands["series"]) == {"smoothed", "unsmoothed"}
    assert set(midlands["area"]) == {"Midlands", "UK"}
    estimators = {"covariance", "fixed_effects", "half_panel_jackknife", "anderson_hsiao"}
    assert set(midlands["estimator"]) == estimators
    figures = ["rho", "se", "lower", "upper"]
    assert not midlands[figures].isna().any(axis=None)
    assert ((midlands["lower"] <= midlands["rho"]) & (midlands["rho"] <= midlands["upper"])).all()
    assert midlands.groupby("area")["n"].unique().map(list).to_dict() == {"Midlands": [65], "UK": [361]}
    alone = persistence.persistence_table(geography.resolve("UK"))
    pd.testing.assert_frame_equal(
        alone.reset_index(drop=True), midlands[midlands["area"] == "UK"].reset_index(drop=True)
    )


def test_the_year_effects_take_what_is_common():
    """Relative to the UK or not, in whatever unit: each year's mean is taken out."""
    logs = np.log(unsmoothed.panel(MIDLANDS).values.to_numpy()) + np.linspace(0, 5, 20)
    table = persistence.persistence_table(MIDLANDS).query("area == 'Midlands' and series == 'unsmoothed'")
    for name, estimate in persistence.ESTIMATORS.items():
        own = table.set_index("estimator").loc[name]
        assert estimate(logs).rho == pytest.approx(own["rho"], abs=1e-6)


def test_smoothing_makes_persistence_and_the_unsmoothed_fit_recovers_the_truth(checks):
    """An AR(1) with a permanent effect and noise; bias within five standard errors of a median."""
    rows = checks.set_index(["districts", "series", "estimator"])
    for n in (65, 361):
        own = rows.loc[(n, "unsmoothed", "covariance")]
        assert abs(own["bias"]) < 5 * 1.25 * own["spread"] / 100**0.5
        assert own["coverage_90"] > 0.80  # three binomial standard errors
        assert rows.loc[(n, "smoothed", "covariance"), "bias"] > 0.1
        assert rows.loc[(n, "smoothed", "covariance"), "coverage_90"] == 0
        assert rows.loc[(n, "smoothed", "fixed_effects"), "bias"] > 0.05
        assert (
            rows.loc[(n, "unsmoothed", "fixed_effects"), "bias"]
            < rows.loc[(n, "unsmoothed", "half_panel_jackknife"), "bias"]
            < -0.1
        )
    assert (checks["unavailable"] == 0).all() and not checks.isna().any(axis=None)


def test_drawn_panels_lie_where_the_limits_say(checks):
    """361 districts, medians of 100; the level three years back is too weak to be near its limit."""
    rows = checks[(checks["districts"] == 361) & (checks["series"] == "unsmoothed")]
    rows = rows[rows["estimator"] != "anderson_hsiao_3"]
    assert (np.abs(rows["median"] - rows["limit"]) < 0.01 + rows["spread"] * 0.6).all()


def test_two_hundred_panels_in_time():
    """As the notebook runs it; processor time, as the machine may be busy."""
    started = time.process_time()
    found = estimator_check.bias_table(TRUTH)
    assert time.process_time() - started < 15 and (found["panels"] == 200).all()


def test_a_seed_gives_the_same_panels_again():
    one, again, other = (
        estimator_check.bias_table(TRUTH, (30,), panels=5, seed=s, series=["unsmoothed"]) for s in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, again)
    assert (one["median"] != other["median"]).all()


def test_nickells_bias_grows_with_rho_and_the_jackknife_removes_most():
    found = estimator_check.nickell_table()
    assert (found["fixed_effects"].diff().dropna() < 0).all()
    assert (found["half_panel_jackknife"].abs() < found["fixed_effects"].abs() / 8).all()


@pytest.mark.parametrize(("name", "n"), [("TVCA", 5), ("Solihull", 1)])
def test_too_few_districts_have_a_reason_in_every_row(name, n):
    area = geography.resolve(name)
    table = persistence.persistence_table(area)
    own = table[table["area"] == area.name]
    assert len(own) == 8 and own["rho"].isna().all() and (own["n"] == n).all()
    assert own["reason"].str.contains("10 are needed").all()
    parts = persistence.components(area)
    assert parts[parts["area"] == area.name]["reason"].str.contains("10 are needed").all()
    choices = persistence.sensitivity(area)
    assert choices.loc[choices["rho"].isna(), "reason"].ne("").all()
    chosen = study.choose(area=name)
    drawn = figures.by_estimator(chosen, table)[0]
    assert set(drawn.data["area"]) == {"UK"}
    told = prose.answer_sentence(chosen, table, parts)
    assert "has no estimate of its own" in told and "nan" not in told
    assert "nan" not in prose.parts_sentence(chosen, parts) + prose.sensitivity_sentence(chosen, choices)


def test_components_and_choices(midlands):
    parts = persistence.components(MIDLANDS).set_index(["area", "component"])
    for area in ("Midlands", "UK"):
        shares = [
            parts.loc[(area, f"{part}_share"), "value"] for part in ("permanent", "persistent", "noise")
        ]
        assert sum(shares) == pytest.approx(1)
        rho = midlands.query("area == @area and series == 'unsmoothed' and estimator == 'covariance'")["rho"]
        assert parts.loc[(area, "half_life"), "value"] == pytest.approx(np.log(0.5) / np.log(rho.iloc[0]))
    blank = parts[["lower", "upper"]].isna().any(axis=1)
    assert parts.loc[blank, "reason"].ne("").all()
    choices = persistence.sensitivity(MIDLANDS).set_index(["area", "choice"])
    assert choices.loc[("UK", "without Isles of Scilly"), "n"] == 360
    # Imputed rent of Cornwall and the Isles of Scilly is suppressed: two districts fewer.
    rent = unsmoothed.VARIANT_WORDS["current_without_rent"]
    assert choices.loc[("UK", rent), "n"] == 359
    assert choices.loc[choices["se"].isna(), "reason"].ne("").all()


@pytest.mark.parametrize("name", ["Midlands", "Wales", "UK"])
def test_every_figure_is_told_and_drawn(name, checks):
    chosen = study.choose(area=name)
    table = persistence.persistence_table(chosen.area)
    parts = persistence.components(chosen.area)
    told = [
        prose.answer_sentence(chosen, table, parts),
        prose.parts_sentence(chosen, parts),
        prose.estimators_sentence(chosen, table),
        prose.contrast_sentence(chosen, table),
        prose.check_sentence(checks),
        prose.sensitivity_sentence(chosen, persistence.sensitivity(chosen.area)),
    ]
    assert all("nan" not in one and one.endswith(".") for one in told)
    assert "silent" in told[1]
    own = table.query("area == @name and series == 'unsmoothed' and estimator == 'covariance'").iloc[0]
    assert f"{own['rho']:.2f}" in told[0] and f"{own['upper']:.2f}" in told[0]
    exhibit = figures.by_estimator(chosen, table)[0]
    assert len(exhibit.data) == len(table) and not exhibit.data[["rho", "lower", "upper"]].isna().any(
        axis=None
    )
