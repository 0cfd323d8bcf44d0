"""Verdoorn's identity by hand, its instruments on simulated truth, and the rule of evidence on made cases."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from helpers import geography, tables
from helpers.causation import evidence, links, states, verdoorn
from helpers.causation.model import Loop, loop_strength

UK, MIDLANDS = geography.resolve("UK"), geography.resolve("Midlands")
LOOP = Loop(
    rho=0.8,
    b_capital=0.3, g_capital=0.05, d_capital=0.07,
    b_skills=0.4, g_skills=0.03, d_skills=0.05,
    b_business=0.1, g_business=0.05, d_business=0.10,
)  # fmt: skip
FOUND = links.versions(MIDLANDS, LOOP)


def test_output_is_productivity_and_hours():
    frame = verdoorn.growth()
    assert frame["output"].to_numpy() == pytest.approx((frame["productivity"] + frame["hours"]).to_numpy())
    volume = tables.wide("regions", "gva_per_hour_volume", 2024).loc["TLG"]
    grown = np.log(volume[2015] / volume[2014])
    assert frame.at[("TLG", 2015), "productivity"] == pytest.approx(grown)
    assert frame.index.get_level_values("region").nunique() == 12


def test_the_two_slopes_sum_to_one():
    rows = verdoorn.law(UK).set_index("equation")["slope"]
    assert rows["productivity on output"] + rows["hours on output"] == pytest.approx(1, abs=1e-12)


def test_least_squares_is_that_of_dummies():
    flat = verdoorn.growth().reset_index()
    model = smf.ols("productivity ~ output + C(year)", flat).fit()
    other = model.params["output"]
    row = verdoorn.law(UK).set_index("equation").loc["productivity on output"]
    assert row["slope"] == pytest.approx(other, rel=1e-9)
    pandemic = verdoorn.law(UK, verdoorn.BEFORE_PANDEMIC).set_index("equation")
    assert pandemic["last_year"].max() == 2019


def test_instrument_recovers_the_law_and_weakness_is_told():
    """p = 0.3 q + e with q driven partly by e: least squares too high, the instrument near 0.3."""
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product([range(12), range(200)], names=["region", "year"])
    error, push = rng.normal(size=(2, len(index)))
    output = push + error
    frame = pd.DataFrame({"output": output, "productivity": 0.3 * output + error, "push": push}, index=index)
    frame["chance"] = rng.normal(size=len(index))
    plain, _, none, _ = verdoorn.slope(frame, "productivity", "output")
    told, se, strength, n = verdoorn.slope(frame, "productivity", "output", "push")
    assert plain > 0.7 and np.isnan(none) and n == len(index)
    assert told == pytest.approx(0.3, abs=4 * se) and se < 0.05 and strength > 100
    assert verdoorn.slope(frame, "productivity", "output", "chance")[2] < verdoorn.WEAK


def test_first_stage_is_the_squared_t_of_a_clustered_regression():
    frame = verdoorn.growth().dropna()
    flat = frame - frame.groupby(level="year").transform("mean")
    groups = pd.factorize(flat.index.get_level_values("region"))[0]
    other = smf.ols("output ~ 0 + shift_share", flat).fit(cov_type="cluster", cov_kwds={"groups": groups})
    _, _, strength, _ = verdoorn.slope(frame, "productivity", "output", "shift_share")
    assert strength == pytest.approx(other.tvalues["shift_share"] ** 2, rel=1e-6)


def test_areas_of_few_regions_have_a_reason():
    rows = verdoorn.law(MIDLANDS)
    assert rows["slope"].isna().all() and rows["note"].str.contains("2 whole ITL1 regions").all()


def test_shift_share_of_equal_growth_is_that_growth(monkeypatch):
    """If every industry grows by 5 % everywhere, so do all the others, whatever the mix."""
    real = tables.wide

    def same(table, indicator, release, codes=None):
        values = real(table, indicator, release, codes).fillna(1.0)
        size = values.iloc[:, 0]
        return pd.DataFrame({year: size * 1.05 ** (year - 1998) for year in values.columns})

    monkeypatch.setattr(tables, "wide", same)
    found = verdoorn._shift_share()
    assert found.to_numpy() == pytest.approx(np.full(found.shape, np.log(1.05)), abs=1e-9)


def made(*rows):
    return pd.DataFrame(rows, columns=["lower", "upper", "tilt"])


@pytest.mark.parametrize(
    ("versions", "needed", "word", "why"),
    [
        (made((0.1, 0.3, ""), (0.2, 0.4, "towards")), 0.5, "for", "above zero"),
        (made((0.1, 0.3, "away")), np.nan, "for", "above zero"),
        (made((0.1, 0.3, "towards")), 0.5, "silent", "tilted towards"),
        (made((-0.2, 0.3, ""), (-0.1, 0.4, "towards")), 0.5, "against", "size needed, 0.5"),
        (made((-0.2, 0.3, "away"), (-0.1, 0.4, "away")), 0.5, "silent", "tilted away"),
        (made((-0.2, -0.1, "")), np.nan, "against", "zero"),
        (made((-0.2, 0.1, "")), np.nan, "silent", "zero and sizes that matter"),
        (made((-0.2, 0.6, ""), (-0.1, 0.4, "")), 0.5, "silent", "zero and sizes that matter"),
        (made((-0.2, 0.6, ""), (0.1, 0.7, "towards")), 0.5, "silent", "disagree"),
        (made((np.nan, np.nan, ""), (0.1, 0.3, "")), 0.5, "for", "above zero"),
        (made((np.nan, np.nan, "")), 0.5, "silent", "no version"),
    ],
)
def test_the_rule_on_made_cases(versions, needed, word, why):
    found = evidence.verdict(versions, needed)
    assert found[0] == word and why in found[1]


def test_falling_short_of_a_size_that_nobody_claims_speaks_against_nothing():
    """Intervals below 0.9 speak against a size of 0.9, and not where the parameter ends at 0.5."""
    short = pd.DataFrame({"lower": [-0.2], "upper": [0.3], "tilt": [""]})
    assert evidence.verdict(short, 0.9)[0] == "against"
    word, why = evidence.verdict(short, 0.9, 0.5)
    assert word == "silent" and "beyond" in why


def test_sizes_needed_make_a_third_of_the_loop_each():
    """With every g at the size needed L is one; so it is with every b."""
    sizes = evidence.needed(LOOP)
    for letter in "gb":
        moved = {name: size for name, size in sizes.items() if name.startswith(letter)}
        assert float(loop_strength(Loop(**{**vars(LOOP), **moved}))) == pytest.approx(1)
    assert np.isinf(evidence.needed(LOOP.switched_off())["b_skills"])


def test_answer_to_investment_by_hand():
    """d_k = 0.07, rho = 0.8: 0.2 * 0.07 * (0.93^3 + 0.8 * 0.93^2 + 0.64 * 0.93 + 0.512)."""
    by_hand = 0.2 * 0.07 * (0.93**3 + 0.8 * 0.93**2 + 0.64 * 0.93 + 0.512)
    assert links._answer(LOOP) == pytest.approx(by_hand)


def test_every_link_has_a_row_with_a_verdict_and_a_reason():
    table = evidence.evidence_table(FOUND, LOOP)
    assert list(table["link"]) == [one.name for one in links.LINKS]
    assert set(table["verdict"]) <= set(evidence.VERDICTS) and (table["why"] != "").all()
    law = table.set_index("link").loc["agglomeration (Verdoorn)"]
    assert law["verdict"] == "silent" and np.isnan(law["estimate"])


def test_working_ages_by_hand():
    """Growth from 2011 to 2022 on output per hour of 2009 to 2011, less the means of the two regions."""
    codes = pd.Index(MIDLANDS.codes)
    people = states.working_age("district").loc[codes]
    y, x = (
        (people[2022] - people[2011]) / 11,
        states.productivity("district").loc[codes, 2009:2011].mean(axis=1),
    )
    region = states.regions(codes, "district")
    y, x = (v - v.groupby(region).transform("mean") for v in (y, x))
    row = FOUND[FOUND["specification"] == "working age"].iloc[0]
    assert row["estimate"] == pytest.approx((x * y).sum() / (x**2).sum(), rel=1e-8)
    assert (row["first_year"], row["last_year"], row["places"]) == (2011, 2022, 65)


def test_bounds_span_all_versions_and_fit_the_priors():
    found = evidence.bounds(FOUND)
    own = FOUND[FOUND["parameter"] == "g_skills"]
    row = found.set_index("parameter").loc["g_skills"]
    assert (row["lower"], row["upper"]) == (own["lower"].min(), own["upper"].max())
    assert set(found["parameter"]) <= set(vars(LOOP)) and found["parameter"].is_unique
    assert list(evidence.beside(found).columns) == ["parameter", "value", "lower", "upper", "what"]


def test_an_area_too_small_for_any_estimate_is_silent_throughout():
    small = links.versions(geography.resolve("WMCA"), LOOP)
    assert small["estimate"].isna().all() and (small["reason"] != "").all()
    assert set(evidence.evidence_table(small, LOOP)["verdict"]) == {"silent"}
    assert evidence.bounds(small).empty and evidence.beside(evidence.bounds(small)).empty
