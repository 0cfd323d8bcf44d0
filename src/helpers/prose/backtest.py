"""Sentences of 07_cumulative_causation: forecasts, power and placebos."""

from __future__ import annotations

import pandas as pd

from helpers.causation import backtest, power
from helpers.causation.backtest import BENCHMARK, LAST_CHOICE
from helpers.enumeration import listed
from helpers.prose.words import percent, points

MODEL_WORDS = {
    BENCHMARK: "nothing changes",
    "district_mean": "its own mean",
    "own_trend": "its own trend",
    "process": "fading leads",
    "process_with_loop": "fading leads with the loop on",
}
TEST_WORDS = {
    power.SEEN: "if every stock were seen without error",
    power.SEEN_EFFECTS: "if besides places may differ for good in their stocks",
    power.ALONE: "from output per hour alone",
}
STATISTIC_WORDS = {
    "gap": "output per hour",
    "skills": "skills",
    "business": "businesses",
    "people": "residents",
}
SURE = 0.8  # power from which a test is said to see a loop
P_LEVEL = 0.05


def _range(values: pd.Series, of: float = 1.0) -> str:
    """``7 to 16 %``, or ``7 %`` where both ends read alike."""
    low, high = (f"{x * 100:.0f}" for x in (values.min() * of, values.max() * of))
    return f"{low} %" if low == high else f"{low} to {high} %"


def compared(relative: pd.Series) -> str:
    """A model's errors over the horizons against the random walk's, in words."""
    off = relative - 1
    if (off < 0).all():
        return f"{_range(-off)} less"
    if (off > 0).all():
        return f"{_range(off)} more"
    return f"from {percent(-off.min(), 0)} less to {percent(off.max(), 0)} more"


def _rows(found: pd.DataFrame, area: str, model: str) -> pd.DataFrame:
    return found[(found["area"] == area) & (found["model"] == model)].set_index("horizon")


def forecast_sentence(found: pd.DataFrame, area: str) -> str:
    """How far each model's errors are from the random walk's, over all horizons.

    Parameters
    ----------
    found : DataFrame
        From `helpers.causation.backtest.table`.
    area : str
        Name as in the table.
    """
    rows = found[found["area"] == area]
    told = []
    for model in backtest.MODELS[1:4]:
        relative = _rows(found, area, model)["relative_to_random_walk"].dropna()
        if len(relative):
            told.append(f"{MODEL_WORDS[model]}, {compared(relative)}")
    if not told:
        return f"{area}: no forecasts can be judged."
    horizons = rows["horizon"]
    return (
        f"{area}, {horizons.min()} to {horizons.max()} years ahead from the end of "
        f"{backtest.FIRST_ORIGIN} on: errors (root mean square), compared with those of saying "
        f"that nothing changes, of what each district is expected to follow: {'; '.join(told)}. "
        "The figures are those of the latest release, not what was known at the time."
    )


def holdout_sentence(found: pd.DataFrame, area: str) -> str:
    """Which model would have been chosen on the years up to 2019, and how it met the years after."""
    name = backtest.chosen(found, area)
    if name == BENCHMARK:
        return (
            f"{area}: on target years up to {LAST_CHOICE} no model does better, averaged over horizons, than "
            "saying that nothing changes."
        )
    rows = _rows(found, area, name)
    before, after = rows["relative_to_2019"].mean(), rows["relative_from_2020"].mean()
    return (
        f"{area}: on target years up to {LAST_CHOICE} one would have chosen {MODEL_WORDS[name]}, whose error "
        f"relative to that of nothing changing is {before:.2f} there, averaged over horizons. On the years "
        f"after, kept aside, it is {after:.2f}."
    )


def test_sentence(found: pd.DataFrame, area: str) -> str:
    """At how many horizons the process's squared errors differ from the random walk's beyond chance."""
    rows = _rows(found, area, "process")
    known = rows.dropna(subset=["p"])
    if known.empty:
        why = rows["reason"].iloc[0]
        return f"{area}: whether fading leads forecast better by chance cannot be tested ({why})."
    clear = known[known["p"] < P_LEVEL]
    better = int((clear["dm"] > 0).sum())
    worse = len(clear) - better
    told = f"{area}: fading leads beat the random walk by more than chance easily gives at "
    told += f"{better or 'none'} of the {len(known)} horizons that can be tested"
    told += f", and lose by as much at {worse}" if worse else ""
    return told + (
        " (Diebold-Mariano, clustered by district and by year). Forecasts over several years overlap, "
        "so for them the test is too sure of itself."
    )


def coverage_sentence(found: pd.DataFrame, area: str) -> str:
    """How often each model's 90 % intervals held what came."""
    told = [
        f"{MODEL_WORDS[model]} {_range(_rows(found, area, model)['coverage_90'])}"
        for model in backtest.MODELS[:4]
        if not _rows(found, area, model).empty
    ]
    return (
        f"{area}: intervals that should hold {percent(backtest.CONFIDENCE, 0)} of the figures held, by "
        f"horizon, {'; '.join(told)}."
    )


def loop_sentence(found: pd.DataFrame, area: str) -> str:
    """Whether forecasts tell a loop from none."""
    on, off = _rows(found, area, "process_with_loop"), _rows(found, area, "process")
    if on.empty:
        return ""
    apart = (on["relative_to_random_walk"] - off["relative_to_random_walk"]).dropna()
    if apart.empty:
        return ""
    largest = apart[apart.abs().idxmax()]
    verdict = "forecasts are silent on the loop" if abs(largest) < 0.01 else "the difference is in the figure"
    return (
        f"{area}: with the loop switched on, as strong as its parameters have it, the relative error differs "
        f"by no more than {points(abs(largest), 2).lstrip('+')}: {verdict}."
    )


def power_sentence(found: pd.DataFrame, districts: int) -> str:
    """How often a weak and a strong loop would have been seen, by what is known.

    Parameters
    ----------
    found : DataFrame
        From `helpers.causation.power.of_area`.
    districts : int
        One of the table's.
    """
    rows = found[found["districts"] == districts]
    loops = sorted(strength for strength in rows["loop_strength"].unique() if strength > 0)
    weak, strong = loops[0], loops[-1]
    told = []
    for test, part in rows.groupby("test", sort=False):
        at = part.set_index("loop_strength")["power"]
        told.append(
            f"{TEST_WORDS[str(test)]}, in {percent(at[weak], 0)} and {percent(at[strong], 0)} of cases "
            f"(without a loop {percent(at[0.0], 0)})"
        )
    years = int(rows["years"].iloc[0])
    return (
        f"With {districts} districts and {years} years a loop of strength {weak} and one of {strong} would "
        f"be seen, {'; '.join(told)}. A test without any knowledge would say so in "
        f"{percent(power.LEVEL, 0)}. Stocks are not seen without error, so what these figures could show "
        "lies between the first and the last."
    )


def power_sentences(found: pd.DataFrame) -> list[str]:
    """`power_sentence` for each number of districts."""
    return [power_sentence(found, int(districts)) for districts in found["districts"].unique()]


def silence_sentence(found: pd.DataFrame) -> str:
    """What the power means for a test that finds nothing."""
    alone = found[(found["test"] == power.ALONE) & (found["loop_strength"] > 0)]
    best = alone.loc[alone["power"].idxmax()]
    if best["power"] < SURE:
        return (
            "That output per hour alone shows no loop is therefore no evidence against one: at best, with "
            f"{int(best['districts'])} districts and a loop of {best['loop_strength']}, it would be seen in "
            f"{percent(best['power'], 0)} of cases. There the word is *silent*."
        )
    least = alone.loc[alone["power"] >= SURE, "loop_strength"].min()
    return f"Output per hour alone would show a loop from a strength of {least} on."


def placebo_sentence(found: pd.DataFrame) -> str:
    """The groups' changes beside those of random groups.

    Parameters
    ----------
    found : DataFrame
        From `helpers.causation.placebo.table`.
    """
    known = found.dropna(subset=["observed"])
    if known.empty:
        return f"No random groups to compare with ({'; '.join(dict.fromkeys(found['reason']))})."
    inside: list[str] = []
    outside: list[str] = []
    for row in known.itertuples():
        unit = " points" if row.statistic == "gap" else " log points"
        figures = [f"{x * 100:+.1f}" for x in (row.observed, row.lower, row.upper)]
        size = f"{figures[0]}{unit}, random pairs {figures[1]} to {figures[2]}, p = {row.p:.3f}"
        what = f"{STATISTIC_WORDS[str(row.statistic)]} from {row.first_year} to {row.last_year} ({size})"
        (outside if row.p < P_LEVEL else inside).append(what)
    pairs = f"{int(known['draws'].iloc[0]):,} pairs of random groups"
    told = f"Beside {pairs} the difference between the two groups changed "
    told += f"by more than chance easily gives in {listed(outside)}" if outside else ""
    told += "; " if outside and inside else ""
    told += f"no more than theirs in {listed(inside)}" if inside else ""
    missing = found[found["observed"].isna()]
    if len(missing):
        gone = [f"{STATISTIC_WORDS[str(row.statistic)]} ({row.reason})" for row in missing.itertuples()]
        told += f". Not known: {listed(gone)}"
    return told + "."
