"""From pounds to the gap: worked examples by hand, budgets that add up, and outcomes with names.

Simulations here are of 300 draws: what is tested holds in every draw. Tolerances of 1e-10 are rounding.
"""

from __future__ import annotations

import time
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from helpers import parameters, study
from helpers.causation import model, outcomes, policy, priors, scenarios, simulate, tornado
from helpers.causation.model import Loop
from helpers.causation.policy import Settings
from helpers.errors import ParameterError
from helpers.figures import policy as figures
from helpers.prose import policy as prose

FEW = {"draws": 300}
MIDLANDS = study.choose("Midlands")
PLAIN = Loop(0.7, 0.2, 0.03, 0.05, 0.3, 0.02, 0.04, 0.05, 0.06, 0.15)


def simulated(**given):
    return scenarios.prepare(MIDLANDS, FEW | given)


@pytest.fixture(scope="module")
def one():
    return simulated()


@pytest.fixture(scope="module")
def off(one):
    return scenarios.without_loop(one)


def test_every_setting_stands_in_the_file_with_its_kind():
    records = parameters.load()
    for field in fields(Settings):
        assert records[field.name].kind in ("estimated", "literature", "assumed", "choice"), field.name
    assert policy.settings().sized(300_000.0).budget == pytest.approx(450)


def test_a_pound_by_hand():
    """GBP 100 m on 10 000 m of GVA: 1.6 * 0.5 * 0.8 * 0.75 * 0.8 = 0.384 in all, d of it lifted a year."""
    chosen = policy.settings({"policy_budget": 100.0, "policy_years": 1, "policy_start": 2026})
    years = np.arange(2024, 2046)
    lifted = policy.programme(chosen, "skills", years)
    assert lifted[years == 2026, 1] == pytest.approx(0.384)
    assert np.count_nonzero(lifted) == 1
    delayed = policy.programme(chosen, "infrastructure", years)
    assert delayed[years == 2029, 0] == pytest.approx(0.384) and np.count_nonzero(delayed) == 1
    private = policy.programme(chosen, "private investment", years)
    assert private[years == 2026, 0] == pytest.approx(1.6 * 0.5 * 0.5 * 0.75 * 0.8)
    mixed = policy.programme(chosen, "integrated", years)  # delivered in full: 1.0 and not 0.8
    assert mixed[years == 2026, 1] == pytest.approx(0.384 / 0.8 / 4)
    assert mixed[years == 2026, 0] == pytest.approx(1.6 * 0.5 * 0.5 * 0.75 / 4)


def test_a_pound_adds_its_multiplier_in_all_and_with_the_loop_times_its_multiplier():
    """Summed over 3000 years; the tail of a stock that loses 4 % a year is then below rounding."""
    chosen = policy.settings({"policy_years": 1, "horizon_year": 2075})
    years = np.arange(2024, 5024)
    programme = policy.programme(chosen, "skills", years)[None]
    alone = simulate.responses(PLAIN.switched_off(), programme)[0, :, 0].sum()
    assert alone == pytest.approx(0.384, rel=1e-10)
    looped = simulate.responses(PLAIN, programme)[0, :, 0].sum()
    assert looped == pytest.approx(0.384 * float(model.multiplier(PLAIN)), rel=1e-10)


def test_the_other_reading_of_a_pound():
    """Elasticity 0.12, 3 % wear, a stock worth two years' output: 0.12 / 0.06 = 2 pounds in all."""
    loop = replace(PLAIN, b_capital=0.12, d_capital=0.03)
    assert policy.implied_multiplier(loop, 2.0)[0] == pytest.approx(2.0)


@pytest.mark.parametrize("allocation", policy.ALLOCATIONS)
def test_budgets_are_conserved(allocation):
    rng = np.random.default_rng(1)
    hours, gva, before = rng.uniform(1, 9, 30), rng.uniform(1, 9, 30), rng.normal(size=30)
    chosen = policy.settings({"policy_budget": 123.4})
    receives = policy.targets(before, allocation, 6)
    spent = policy.spending(chosen, receives, hours, gva)
    assert spent.sum() == pytest.approx(123.4, rel=1e-12) and (spent >= 0).all()
    assert receives.sum() == (30 if allocation == "evenly" else 6)
    np.testing.assert_allclose((spent / hours)[receives], 123.4 / hours[receives].sum(), rtol=1e-12)
    paid = policy.spending(replace(chosen, financing="within"), receives, hours, gva)
    assert paid.sum() == pytest.approx(0, abs=1e-10)
    if allocation == "lagging":
        assert before[receives].max() < before[~receives].min()
    if allocation == "top":
        assert before[receives].min() > before[~receives].max()


def test_budgets_are_conserved_in_the_district_table(one):
    table = outcomes.by_district(one)
    spent = table.groupby("allocation")["spent_a_year"].sum()
    np.testing.assert_allclose(spent, one.settings.budget, rtol=1e-12)
    gva = one.region.gva.sum()
    assert one.settings.budget == pytest.approx(0.0015 * gva)
    assert (table["lower"] <= table["effect"]).all() and (table["effect"] <= table["upper"]).all()
    assert len(table) == 3 * 65 and table.notna().all(axis=None)


@pytest.mark.parametrize("nothing", [{"policy_budget": 0.0}, {"multiplier_gdp": 0.0}, {"displacement": 1.0}])
def test_a_policy_of_nothing_changes_exactly_nothing(nothing):
    still = simulated(**nothing)
    assert not still.effects.any()
    table = outcomes.summary(still, scenarios.without_loop(still))
    assert (table["effect"] == 0).all() and (table["p_effect_above_1"] == 0).all()
    assert (table["cost_reason"] == outcomes.NO_GAIN).all()
    assert (table["loop_reason"] == "no effect").all()
    rows = outcomes.by_year(still)
    base = rows[rows["scenario"] == policy.NOTHING].reset_index(drop=True).drop(columns="scenario")
    for _, other in rows.groupby("scenario"):
        pd.testing.assert_frame_equal(other.reset_index(drop=True).drop(columns="scenario"), base)


def test_the_scenario_of_nothing_is_exactly_the_base(one):
    assert policy.scenarios()[0] == policy.NOTHING
    assert not one.ratios[0].any() and not one.effects[0].any()


def test_money_in_lagging_districts_narrows_and_at_the_top_widens_in_every_draw(one):
    names = policy.scenarios()
    for intervention in policy.INTERVENTIONS:
        assert (one.effects[names.index(f"{intervention}, lagging"), :, -1] > 0).all()
        assert (one.effects[names.index(f"{intervention}, top"), :, -1] < 0).all()
    assert not one.effects[:, :, 0].any()


def test_paying_for_an_even_programme_oneself_is_nearly_no_programme(one):
    """Shared by hours and paid by GVA, the two nearly cancel; not exactly, as output per hour differs."""
    number = policy.scenarios().index("integrated, evenly")
    within = simulated(financing="within")
    assert np.abs(within.ratios[number] @ within.region.gva) < 1e-9
    assert np.abs(within.effects[number]).max() < 0.001
    target = policy.scenarios().index("integrated, lagging")
    assert (within.effects[target, :, -1] > 0).all()


def test_the_gap_by_year_has_no_holes(one):
    table = outcomes.by_year(one)
    assert list(table.columns) == list(outcomes.BY_YEAR)
    assert table.notna().all(axis=None) and len(table) == 16 * 23
    assert table["year"].min() == 2023 and table["year"].max() == 2045
    assert ((table["lower"] <= table["gap"]) & (table["gap"] <= table["upper"])).all()
    chances = table[["p_effect_above_1", "p_gap_below_today"]].to_numpy()
    assert ((chances >= 0) & (chances <= 1)).all()
    first = table[table["year"] == 2023]
    assert first["gap"].nunique() == 1 and (first["p_gap_below_today"] == 0).all()


def test_the_first_gap_is_near_the_one_seen(one):
    """Without a year's noise; the difference is within the spread of the draws."""
    first = one.gaps[0, :, 0]
    assert abs(np.median(first) - one.region.observed_gap) < 3 * first.std()


def test_the_loops_share_is_what_goes_when_it_is_switched_off(one, off):
    table = outcomes.summary(one, off).set_index("scenario")
    assert table.loc["integrated, lagging", "loop_share"] > 0
    assert table.loc["integrated, lagging", "loop_lower"] < table.loc["integrated, lagging", "loop_upper"]
    asked_off = simulated(loop="off")
    np.testing.assert_array_equal(asked_off.gaps, off.gaps)
    again = outcomes.summary(asked_off, scenarios.without_loop(asked_off)).set_index("scenario")
    assert again.loc["integrated, lagging", "loop_share"] == 0


def test_twice_the_budget_costs_as_much_per_pound(one, off):
    double = simulated(policy_budget=2 * one.settings.budget)
    once = outcomes.summary(one, off).set_index("scenario")
    twice = outcomes.summary(double, scenarios.without_loop(double)).set_index("scenario")
    at = "skills, lagging"
    assert twice.loc[at, "spent"] == pytest.approx(2 * once.loc[at, "spent"])
    for column in ("cost", "cost_per_yearly_pound", "budget_for_a_point"):  # nearly linear
        assert twice.loc[at, column] == pytest.approx(once.loc[at, column], rel=0.01)
    assert twice.loc[at, "effect"] == pytest.approx(2 * once.loc[at, "effect"], rel=0.01)


def test_a_loop_that_never_settles_gives_numbers_and_is_counted():
    wild = simulated(b_skills=1.0, g_skills=0.1, d_skills=0.01)
    assert wild.futures.explosive == 1.0
    table = outcomes.by_year(wild)
    assert np.isfinite(table.drop(columns="scenario").to_numpy()).all()
    loop = outcomes.loop_table(wild.priors, 300, 1).set_index("quantity")
    assert loop.notna().all(axis=None)
    assert loop.loc["share_explosive", "value"] == 1 and loop.loc["multiplier", "value"] == np.inf


def test_same_seed_same_bytes(one):
    again = outcomes.by_year(simulated()).to_csv()
    assert outcomes.by_year(one).to_csv() == again
    assert outcomes.by_year(simulated(seed=1)).to_csv() != again


OTHER = {
    "loop": "off", "rho": 0.5, "draws": 200, "horizon_year": 2040, "policy_budget": 900.0,
    "policy_start": 2028, "policy_years": 3, "policy_targets": 4, "policy_pre_years": 3,
    "financing": "within", "infrastructure_delay": 1, "seed": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", [field.name for kind in (Loop, Settings) for field in fields(kind)])
def test_every_parameter_changes_something_that_is_published(one, name):
    record = parameters.load()[name]
    other = OTHER.get(name, record.range[1] * 0.3 if record.range else None)
    assert other != record.default
    moved = simulated(**{name: other})
    tables = [
        (outcomes.by_year(x).to_csv(), outcomes.loop_table(x.priors, 300, x.settings.seed).to_csv())
        for x in (one, moved)
    ]
    assert tables[0] != tables[1]


def test_an_area_without_groups_has_no_simulation_and_no_rows():
    alone = study.choose("Solihull")
    assert scenarios.prepare(alone, FEW) is None and scenarios.without_loop(None) is None
    for table in (
        outcomes.by_year(None),
        outcomes.summary(None, None),
        outcomes.by_district(None),
        outcomes.single_futures(None),
        tornado.table(None),
    ):
        assert table.empty
    assert figures.fan(alone, None) == [] and figures.hangs_on(alone, None, tornado.table(None)) == []
    assert "too few districts" in prose.answer(alone, None, outcomes.summary(None, None))


def test_a_small_area_borrows_persistence_and_says_so():
    small = study.choose("WMCA")
    borrowed = scenarios.prepare(small, FEW)
    assert borrowed is not None and borrowed.persistence == "United Kingdom"
    assert "United Kingdom" in prose.limits(small, borrowed)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"policy_targets": 66}, "66 districts are asked for, 65"),
        ({"policy_start": 2050}, "after horizon_year"),
        ({"displacement": 1.5}, "displacement"),
        ({"loop": "maybe"}, "on or off"),
    ],
)
def test_what_cannot_be_is_refused_by_name(given, expected):
    with pytest.raises(ParameterError, match=expected):
        simulated(**given)


def test_an_empty_group_and_a_district_without_work_are_refused():
    chosen = policy.settings({"policy_budget": 1.0})
    three = np.ones(3)
    with pytest.raises(ParameterError, match="empty"):
        policy.spending(chosen, np.zeros(3, dtype=bool), three, three)
    with pytest.raises(ParameterError, match="without hours"):
        policy.spending(chosen, three > 0, np.array([1, 0, 1.0]), three)
    with pytest.raises(ParameterError, match="no district"):
        policy.target_count(chosen, 0, 5)
    with pytest.raises(ParameterError, match="auto"):
        policy.settings().budget  # noqa: B018


def test_the_tornado_is_the_effect_with_one_value_changed(one):
    table = tornado.table(one)
    assert table.notna().all(axis=None)
    width = (table["effect_high"] - table["effect_low"]).abs()
    assert width.is_monotonic_decreasing
    rows = table.set_index("parameter")
    assert rows.loc["productivity_share", "effect_low"] == 0  # all of it is more work
    middle = tornado.middle_effect(one)
    assert rows.loc["multiplier_gdp", "effect_high"] == pytest.approx(middle * 2 / 1.6, rel=0.01)
    other = replace(one.settings, displacement=0.75)
    by_hand = scenarios.central_effect(one.region, other, priors.central(one.priors), tornado.SCENARIO)
    assert rows.loc["displacement", "effect_high"] == pytest.approx(100 * by_hand, rel=1e-12)
    assert 0.5 < middle / (100 * np.median(one.effects[13, :, -1])) < 2
    assert "b_skills" not in set(tornado.table(simulated(b_skills=0.2))["parameter"])


def test_sentences_hold_numbers_and_no_holes(one, off):
    summary = outcomes.summary(one, off)
    loop = outcomes.loop_table(one.priors, 300, one.settings.seed)
    told = [
        prose.answer(MIDLANDS, one, summary),
        prose.comparison(one, summary),
        prose.loop_sentence(one.priors, loop),
        prose.limits(MIDLANDS, one),
    ]
    for sentence in told:
        assert "nan" not in sentence.split() and "None" not in sentence and sentence.endswith(".")
    still = simulated(policy_budget=0.0)
    nothing = outcomes.summary(still, scenarios.without_loop(still))
    assert "no gain to divide" in prose.comparison(still, nothing)
    assert "nan" not in prose.answer(MIDLANDS, still, nothing)
    assert "Nothing is spent" in prose.answer(MIDLANDS, still, nothing)
    assert "nothing is spent" in figures.fan(MIDLANDS, still)[0].alt
    assert "-0.0" not in prose.answer(MIDLANDS, still, nothing) + prose.comparison(still, nothing)


def test_the_text_tells_explosive_futures_and_who_pays(one, off):
    assert "without end" not in prose.limits(MIDLANDS, off)
    wild = simulated(g_capital=0.1, g_skills=0.1)  # L is 1.1 at the middle
    share = float((model.loop_strength(wild.loop) > 1).mean())
    assert f"In {100 * share:.1f} % of the futures the loop is so strong" in prose.limits(MIDLANDS, wild)
    within = simulated(financing="within")
    told = prose.comparison(within, outcomes.summary(within, scenarios.without_loop(within)))
    assert "gain more than they pay" in told and "gain more" not in prose.comparison(
        one, outcomes.summary(one, off)
    )


def test_a_persistence_that_was_asked_for_moves_the_start_and_says_so(one):
    held = simulated(rho=0.99)
    assert abs(np.median(held.gaps[0, :, 0]) - np.median(one.gaps[0, :, 0])) > 0.01
    assert "as asked for" in prose.limits(MIDLANDS, held)
    assert "as asked for" not in prose.limits(MIDLANDS, one)


def test_every_bar_of_the_tornado_has_a_name(one):
    assert set(tornado.table(one)["parameter"]) <= set(figures.NAMES)


def test_single_futures_are_the_draws(one):
    stored = outcomes.single_futures(one, draws=20)
    assert len(stored) == 16 * 20
    row = stored[(stored["scenario"] == "skills, top") & (stored["draw"] == 7)].iloc[0]
    number = policy.scenarios().index("skills, top")
    np.testing.assert_allclose(row[[str(y) for y in one.years]].astype(float), one.gaps[number, 7], atol=6e-5)


def test_the_figures_carry_what_they_draw(one):
    (fan,) = figures.fan(MIDLANDS, one)
    assert fan.data.drop(columns=["lower", "upper"]).notna().all(axis=None)
    assert fan.data.loc[fan.data["panel"] != "so far", ["lower", "upper"]].notna().all(axis=None)
    (bars,) = figures.hangs_on(MIDLANDS, one, tornado.table(one))
    assert 1 <= len(bars.data) <= figures.BARS and bars.data.notna().all(axis=None)


def test_ten_thousand_draws_of_a_region_take_seconds():
    """10,000 draws of 65 districts over 20 years, all scenarios: below 5 s of processor time."""
    begun = time.process_time()
    full = scenarios.prepare(MIDLANDS, {"horizon_year": 2043, "draws": 10_000})
    assert full is not None and full.effects.shape == (16, 10_000, 21)
    assert time.process_time() - begun < 5


def test_groups_of_an_earlier_release_that_have_merged_since_are_no_groups():
    """Cumbria's six districts of 2022 are two of the latest release, which the simulation starts from."""
    asked = study.choose(area=["E06000063", "E06000064"], release=2022)
    assert asked.rule is not None
    assert scenarios.prepare(asked) is None
