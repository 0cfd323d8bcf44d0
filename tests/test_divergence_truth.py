"""Does the account of divergence find what is there, and say what it cannot know?

Simulated panels with known truth, and areas with too few districts, absent figures, ties and districts
that come late: each has a defined behaviour in every table and a sentence that says so.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers import geography, groups, paths, series
from helpers.dynamics import clubs, convergence, dispersion, process, smoothing, transitions, unsmoothed
from helpers.gaps import choices, selection, selection_check, specification

YEARS = list(range(2004, 2024))
TRUTH = process.Process(permanent=0.017, persistent=0.0075, rho=0.89, noise=0.0021)
MIDLANDS = geography.resolve("Midlands")
TEES_VALLEY = geography.resolve("TVCA")  # five districts
WEST_MIDLANDS = geography.resolve("WMCA")  # seven, each an ITL3 area by itself
PANEL = series.panel(MIDLANDS, "hour", 2025)


def invented(seed=1, **changes):
    """The Midlands' districts with figures of a known process; ``changes``: code -> years without any."""
    values = process.simulate(TRUTH, np.full(20, 3.4), (65,), np.random.default_rng(seed))
    frame = pd.DataFrame(values, index=PANEL.values.index, columns=YEARS)
    for code, years in changes.items():
        frame.loc[code, years] = np.nan
    return replace(PANEL, values=frame)


def uk_ratios(panel):
    """Ratios of the panel's districts, as if they were all districts of the UK."""
    return {"unsmoothed": panel.values / panel.values.mean()}


# Known truth


def test_districts_that_pull_apart_are_seen():
    """Leads and lags grow to twice their size over the window: both nulls reject in most of 60 panels.

    Without growth they reject in one of twenty (tests/test_selection.py), so 60 panels that reject in
    more than half tell the two apart by more than seven standard errors.
    """
    rng = np.random.default_rng(3)
    apart = np.linspace(1, 2, 20)
    rejected = []
    for number in range(60):
        single = np.exp(apart * np.log(process.simulate(TRUTH, np.zeros(20), (40,), rng)))
        values = pd.DataFrame(smoothing.smooth(single), columns=YEARS)
        found = selection.nulls(
            values,
            pd.DataFrame(single, columns=YEARS),
            pd.Series(np.arange(40) // 2),
            5,
            truth=TRUTH,
            rules=["end"],
            draws=199,
            seed=number,
        ).query("window == '2004-2023'")
        rejected.append(found.set_index("null")["p"] <= 0.05)
    assert (pd.DataFrame(rejected).mean() > 0.5).all()


def test_the_size_of_the_tests_is_that_of_panels_drawn_from_the_fitted_process():
    """`sizes` beside the same panels asked for without it, and an exact interval of SciPy's."""
    found = selection_check.sizes(MIDLANDS, panels=40, draws=39, seed=5)
    assert list(found.columns) == selection_check.SIZES and len(found) == 3 * 2
    truth = process.fit(np.log(unsmoothed.panel(MIDLANDS).values.to_numpy()))
    plain = selection_check.rejections(truth, 65, 5, known=False, rules=["end"], panels=40, draws=39, seed=5)
    assert found["rejected"].tolist() == plain["rejected"].tolist()
    assert found["parameters"].tolist() == ["none", "none", "fitted"] * 2
    assert ((found["lower"] <= found["rejected"]) & (found["rejected"] <= found["upper"])).all()
    # None of 40: the upper end of Clopper and Pearson is 1 - 0.025 ** (1 / 40).
    none = found[found["rejected"] == 0]
    assert none["upper"].to_numpy() == pytest.approx(1 - 0.025 ** (1 / 40))
    told = selection_check.size_sentence(found)
    for row in found[found["window"] == "2004-2023"].itertuples():
        assert f"{row.rejected * 100:.1f} % ({row.lower * 100:.1f} to {row.upper * 100:.1f})" in told
    assert "40 panels" in told and "fitted anew" in told


def test_the_study_of_size_that_is_shipped_holds_what_is_claimed():
    """500 panels with 499 draws each: 3 to 8 % where nothing is fitted, for groups ranked at the end."""
    shipped = pd.read_csv(paths.ROOT / "benchmarks" / "selection_size.csv")
    assert set(shipped["panels"]) == {500} and set(shipped["draws"]) == {499}
    assert not shipped.duplicated(["null", "window", "rule", "parameters"]).any()
    at_the_end = shipped[shipped["rule"] == "end"].set_index("parameters")
    assert at_the_end.loc[["none", "known"], "rejected"].between(0.03, 0.08).all()
    assert len(at_the_end.loc["fitted"]) == 2


# Few districts


def test_five_districts_have_no_groups_clubs_or_slopes_and_each_table_says_so():
    panel = series.panel(TEES_VALLEY, "hour", 2025)
    both = {"smoothed": panel, "again": panel}
    assert selection.notes(TEES_VALLEY) == [
        "Tees Valley Combined Authority has fewer than 6 districts, too few for groups."
    ]
    left = specification.left_out(TEES_VALLEY)
    assert set(left["reason"]) >= {"the area has 5 districts; groups need 6"}
    assert clubs.notes(panel.values)[0].startswith("There are no clubs: districts with figures in each of 20")
    assert dispersion.notes(dispersion.changes(both, 2004, 2023, seed=1)) == [
        "Spread, smoothed and again: no interval: fewer than 5 ITL3 areas have a figure."
    ]
    assert convergence.notes(convergence.estimates(both, 2004, 2023)) == [
        "Beta of Tees Valley Combined Authority, 2004-2023 (unconditional, region_effects, quantile, "
        "endpoint_means; smoothed and again): no estimate: fewer than 10 districts."
    ]
    assert selection_check.sizes(TEES_VALLEY).empty
    assert selection_check.size_sentence(selection_check.sizes(TEES_VALLEY)) == ""


def test_five_districts_move_without_intervals_and_the_sentence_agrees_with_the_table():
    uk = series.panel(geography.resolve("UK"), "hour", 2025)
    ratios = {"smoothed": transitions.relative(uk.values, uk.uk_value)}
    table = transitions.table(TEES_VALLEY, ratios, draws=50)
    assert table[["lower", "upper"]].isna().all(axis=None)
    empty = sorted({int(c) for c in table.loc[table["n"] == 0, "from"]})
    told = transitions.notes(TEES_VALLEY, ratios)
    assert empty == [5]
    assert told == [
        "Moves (smoothed, horizon 1 and 5): no district was in class 5.",
        "Moves (smoothed, horizon 1 and 5): fewer than 6 districts were in class 1, 2, 3 or 4, so no "
        "interval.",
    ]


def test_seven_districts_have_groups_and_the_absent_interval_is_told():
    assert len(selection.table(WEST_MIDLANDS, draws=19)) == 30
    panel = series.panel(WEST_MIDLANDS, "hour", 2025)
    assert dispersion.notes(dispersion.changes({"smoothed": panel}, 2004, 2023, seed=1)) == [
        "Spread, smoothed, theil_within: no interval: it is the same whatever ITL3 areas are drawn."
    ]
    assert clubs.notes(panel.values) == []


# Absent figures


def test_a_year_without_a_figure_is_told_wherever_it_is_needed():
    """The highest of the last year has no figure in 2010: no gap then, no change from it, no moves."""
    top = invented().values[2023].idxmax()
    panel = invented(**{top: [2010]})
    assert choices.ranking_notes(panel, "end", 5) == [
        f"There is no gap in 2010, when districts of the groups have no figure: {panel.names[top]}."
    ]
    changed = dispersion.changes({"x": panel}, 2010, 2023, seed=1)
    assert dispersion.notes(changed) == [
        "Spread, x: 1 of 65 districts lack a figure in 2010 or 2023 and are left out of the change."
    ]
    assert dispersion.notes(dispersion.changes({"x": panel}, 2004, 2023, seed=1)) == []
    slopes = convergence.notes(convergence.estimates({"x": panel}, 2010, 2023))
    assert len(slopes) == 1 and "1 of 65 districts are left out" in slopes[0]
    assert clubs.notes(panel.values) == [f"Left out of the clubs, without a figure in some year: {top}."]
    assert "Moves (unsmoothed): 1 of 1300 district-years have no figure" in " ".join(
        transitions.notes(MIDLANDS, uk_ratios(panel))
    )


def test_a_district_that_comes_late_is_not_ranked_by_rules_that_look_back():
    """From 2012 on: not on the mean of 2004 to 2008 nor in 2010, but in the last year."""
    top = invented().values[2023].idxmax()
    panel = invented(**{top: list(range(2004, 2012))})
    unranked = (
        "Of 65 districts only 64 are ranked: the others have no figure in a year that the rule looks at."
    )
    for rule in ("mean", "start", "split"):
        assert choices.ranking_notes(panel, rule, 5) == [unranked]
        chosen = groups.choose(panel.values, rule, 5)
        assert panel.values.index.get_loc(top) not in chosen.top
    assert choices.ranking_notes(panel, "rechosen", 5) == [unranked.replace("only", "in some years only")]
    (late,) = choices.ranking_notes(panel, "end", 5)
    assert late.startswith("There is no gap in 2004, 2005,") and "2011, when" in late


def test_nothing_is_told_where_nothing_is_amiss():
    panel = invented()
    for rule in groups.RULES:
        assert choices.ranking_notes(panel, rule, 5) == []
    assert dispersion.notes(dispersion.changes({"x": panel}, 2004, 2023, seed=1)) == []
    assert clubs.notes(panel.values) == []


# Ties


def test_a_tie_at_the_edge_is_told_and_names_the_years_of_groups_chosen_again():
    panel = invented()
    ranked = panel.values[2023].sort_values(ascending=False).index
    panel.values.loc[ranked[5], 2023] = panel.values.at[ranked[4], 2023]
    told = "Districts with equal figures stood at the edge of a group"
    assert choices.ranking_notes(panel, "end", 5) == [f"{told}; the one with the lower code ranks higher."]
    assert choices.ranking_notes(panel, "rechosen", 5) == [
        f"{told} in 2023; the one with the lower code ranks higher."
    ]
    assert choices.ranking_notes(panel, "start", 5) == [] == choices.ranking_notes(panel, "end", 3)


def test_the_ties_of_all_choices_are_counted_by_hand():
    """Equal figures at places k and k + 1 from either end, by sorting; for rules of a single year."""
    formed = [choice for choice in choices.choices(MIDLANDS) if choice.groups is not None]
    for choice in formed:
        if choice.rule in ("end", "start", "first"):
            years = choice.panel.years
            year = {"end": years[-1], "start": 2010, "first": years[0]}[choice.rule]
            at, k = np.sort(choice.panel.values[year]), choice.size
            assert bool(choice.groups.ties) == (at[k - 1] == at[k] or at[-k] == at[-k - 1])
    tied = sum(bool(choice.groups.ties) for choice in formed)
    assert tied > 0
    assert choices.notes(MIDLANDS)[0].startswith(f"In {tied} of {len(formed)} combinations")
