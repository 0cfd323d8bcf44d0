"""Shapley values by hand and over all orders; R2 against statsmodels; placebos and intervals."""

from itertools import permutations

import numpy as np
import pytest
import statsmodels.api as sm

from helpers import geography
from helpers.decomposition import district_split, public_blocks, shapley, standing
from helpers.errors import ParameterError


def invented(n=200, seed=0):
    """Five columns that are alike, and an outcome: blocks of 1, 2 and 2."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 5)) + rng.normal(size=(n, 1))
    return x, x @ [1.0, 0.5, 0.0, -0.5, 0.2] + 2 * rng.normal(size=n)


SIZES = [1, 2, 2]


def test_two_blocks_by_hand():
    """Alone 0.3 and 0.5, together 0.6: the first has (0.3 + 0.1) / 2, the second (0.5 + 0.3) / 2."""
    assert shapley.shapley_values(np.array([0, 0.3, 0.5, 0.6])) == pytest.approx([0.2, 0.4])


def test_the_glove_game_by_hand():
    """One left glove and two right ones, a pair being worth 1: 2/3, 1/6, 1/6 (a textbook game)."""
    worth = np.array([0, 0, 0, 1, 0, 1, 0, 1.0])  # the left glove is player 0
    assert shapley.shapley_values(worth) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_values_are_the_mean_gain_over_all_orders():
    worth = np.append(0, np.random.default_rng(1).uniform(size=15))
    gains = np.zeros(4)
    for order in permutations(range(4)):
        chosen = 0
        for player in order:
            gains[player] += worth[chosen | 1 << player] - worth[chosen]
            chosen |= 1 << player
    assert shapley.shapley_values(worth) == pytest.approx(gains / 24)


def test_a_wrong_number_of_sets_is_refused():
    with pytest.raises(ParameterError, match="per set of players, found 3"):
        shapley.shapley_values(np.zeros(3))


def test_r2_of_every_set_is_that_of_statsmodels():
    """To 1e-12: both are exact but for rounding."""
    x, y = invented()
    found = shapley.r2_of_sets(shapley.correlations(np.column_stack([x, y])), SIZES)
    columns = {0: [0], 1: [1, 2], 2: [3, 4]}
    for chosen in range(1, 8):
        used = [column for block in range(3) if chosen >> block & 1 for column in columns[block]]
        assert found[chosen] == pytest.approx(
            sm.OLS(y, sm.add_constant(x[:, used])).fit().rsquared, abs=1e-12
        )
    assert found[0] == 0


def test_counts_are_replicated_rows():
    x, y = invented(30)
    data = np.column_stack([x, y])
    counts = np.random.default_rng(2).integers(0, 4, size=30)
    replicated = shapley.correlations(np.repeat(data, counts, axis=0))
    assert shapley.correlations(data, counts[None])[0] == pytest.approx(replicated, abs=1e-12)


def test_a_repeated_column_counts_once_and_a_constant_one_not():
    x, y = invented()
    doubled = np.column_stack([x[:, :2], x[:, 1], np.ones(len(x)), y])
    found = shapley.r2_of_sets(shapley.correlations(doubled), [1, 3])
    assert found[-1] == pytest.approx(sm.OLS(y, sm.add_constant(x[:, :2])).fit().rsquared, abs=1e-10)


def test_error_of_measurement_is_taken_off():
    """A true share of 1/2, measured with as much noise as signal, explains 1/4; without the noise 1/2."""
    rng = np.random.default_rng(3)
    true = rng.normal(size=200_000)
    y = true + rng.normal(size=true.size)
    data = np.column_stack([true + rng.normal(size=true.size), y])
    assert shapley.r2_of_sets(shapley.correlations(data), [1])[1] == pytest.approx(0.25, abs=0.01)
    noise = np.array([1.0, 0.0])
    assert shapley.r2_of_sets(shapley.correlations(data, noise=noise), [1])[1] == pytest.approx(0.5, abs=0.01)


def test_a_split_sums_to_r2_and_tells_its_placebos():
    x, y = invented()
    found = shapley.split(x, y, SIZES, np.arange(200) // 4, seed=1)
    assert found.value.sum() == pytest.approx(sm.OLS(y, sm.add_constant(x)).fit().rsquared, abs=1e-12)
    assert found.share.sum() == pytest.approx(1)
    assert found.size_share.sum() == pytest.approx(1)
    assert (found.lower <= found.value).all() and (found.value <= found.upper).all()
    assert found.p_chance[0] == pytest.approx(1 / 1001)  # the strongest block is beyond all draws


def test_chance_gives_a_block_one_part_in_n_for_each_column():
    """m / (n - 1) of unrelated columns: here 1, 2 and 2 over 199; to 10 %, Monte Carlo error being 4 %."""
    rng = np.random.default_rng(4)
    data = np.column_stack([rng.normal(size=(200, 5)), rng.normal(size=200)])
    null = shapley.permuted(data, SIZES, np.random.default_rng(5)).mean(axis=0)
    assert null == pytest.approx(np.array(SIZES) / 199, rel=0.1)


def test_the_chance_placebo_has_its_size():
    """Noise is beyond 5 % of draws in 5 % of panels: of 120 between 1 and 14 (99.9 % of a binomial)."""
    beyond = 0
    for seed in range(40):
        rng = np.random.default_rng([6, seed])
        data = rng.normal(size=(60, 6))
        value = shapley.shapley_values(shapley.r2_of_sets(shapley.correlations(data), SIZES))
        null = shapley.permuted(data, SIZES, rng)[:200]
        beyond += int((((null >= value).sum(axis=0) + 1) / 201 <= 0.05).sum())
    assert 1 <= beyond <= 14


def test_blocks_of_alike_columns_share_by_size():
    """Where every column explains the same, a block made at random has its part of the columns."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(20_000, 5))
    data = np.column_stack([x, x.sum(axis=1) + rng.normal(size=20_000)])
    dealt = shapley.relabelled(shapley.correlations(data), SIZES, rng)
    assert dealt.mean(axis=0) == pytest.approx([0.2, 0.4, 0.4], abs=0.01)


def test_intervals_hold_the_truth():
    """The value over 100,000 places lies in the interval of 200 in at least 43 of 50 (3 se below 95 %)."""
    x, y = invented(100_000, seed=8)
    true = shapley.shapley_values(shapley.r2_of_sets(shapley.correlations(np.column_stack([x, y])), SIZES))
    held = np.zeros(3)
    for seed in range(50):
        some = np.random.default_rng([9, seed]).choice(100_000, 200, replace=False)
        found = shapley.split(x[some], y[some], SIZES, np.arange(200) // 2, seed)
        held += (found.lower <= true) & (true <= found.upper)
    assert (held >= 43).all()


@pytest.mark.parametrize(
    ("n", "per_area", "match"),
    [
        (14, 1, "14 districts with all figures is too few for 5 columns"),
        (40, 10, "4 ITL3 areas are too few"),
    ],
)
def test_too_few_places_are_told(n, per_area, match):
    x, y = invented(n)
    with pytest.raises(ParameterError, match=match):
        shapley.split(x, y, SIZES, np.arange(n) // per_area, 1)


def test_an_outcome_that_does_not_vary_is_told():
    x, _ = invented()
    with pytest.raises(ParameterError, match="the outcome is the same everywhere"):
        shapley.split(x, np.ones(200), SIZES, np.arange(200), 1)


def test_slopes_are_those_of_statsmodels():
    x, y = invented()
    found = standing.coefficients(x, y)
    assert found == pytest.approx(sm.OLS(y, sm.add_constant(x)).fit().params[1:], abs=1e-12)
    counts = np.random.default_rng(10).integers(0, 3, size=200)
    weighted = sm.WLS(y, sm.add_constant(x), weights=counts).fit().params[1:]
    assert standing.coefficients(x, y, counts[None])[0] == pytest.approx(weighted, abs=1e-10)


def test_parts_of_a_distance_sum_to_it():
    x, y = invented()
    inside, others = np.arange(200) < 40, np.arange(200) >= 150
    value, lower, upper = standing.standing(x, y, SIZES, np.arange(200) // 4, inside, 1, others)
    assert value.sum() == pytest.approx(y[inside].mean() - y[others].mean(), abs=1e-12)
    assert (lower < value).all() and (value < upper).all()


def test_no_column_holds_hours_or_jobs_of_districts():
    """They are the outcome's denominator."""
    used = {column.indicator for column in public_blocks.COLUMNS}
    assert not {name for name in used if "hour" in name or name.startswith(("jobs", "gva_per", "gfcf"))}


def test_tainted_columns_stand_in_for_clean_ones_of_the_same_number():
    """So that a larger share of GVA columns is not due to a larger block."""
    clean, tainted = public_blocks.columns("clean"), public_blocks.columns("with GVA shares")
    assert [c.block for c in clean] == [c.block for c in tainted]
    assert not any(c.tainted for c in clean)


def test_sets_of_a_sample_are_compared_on_the_same_districts():
    rows = district_split.table(geography.resolve("Wales"), 1)
    known = rows[rows["reason"] == ""]
    assert (known.groupby("sample")["districts"].nunique() == 1).all()
    totals = known.groupby(["sample", "set", "period", "survey_error"])[["value", "share"]].sum()
    r2 = known.groupby(["sample", "set", "period", "survey_error"])["r2"].first()
    assert totals["value"].to_numpy() == pytest.approx(r2.to_numpy(), abs=1e-12)
    assert totals["share"].to_numpy() == pytest.approx(1)
    welsh = rows[rows["sample"] == "Wales"]
    assert welsh["reason"].str.startswith("22 districts with all figures is too few").all()
    assert welsh["value"].isna().all()


def test_an_area_without_figures_has_a_reason():
    rows = district_split.standing(geography.resolve("Northern Ireland"), {}, 1)
    assert rows["reason"].str.contains("no district of Northern Ireland").all() and rows["value"].isna().all()


def test_parts_of_the_midlands_sum_to_the_published_distance():
    area = geography.resolve("Midlands")
    rows = district_split.standing(area, {}, 1).query("period == 'latest year'").set_index("part")["value"]
    codes = public_blocks.sample("Great Britain")
    outcome = public_blocks.outcome("latest year")[codes]
    assert rows["gap"] == pytest.approx(outcome[codes.isin(area.codes)].mean() - outcome.mean(), abs=1e-12)
    assert rows.drop("gap").sum() == pytest.approx(rows["gap"], abs=1e-12)
