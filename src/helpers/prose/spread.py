"""Sentences of 03_divergence on specifications, selection, smoothing, spread, releases and what moved."""

from __future__ import annotations

import pandas as pd

from helpers import divergence_tables
from helpers.dynamics import convergence
from helpers.enumeration import listed
from helpers.gaps import specification
from helpers.prose.dynamics import p_value
from helpers.prose.words import area_name, count, percent, points, sentence_start
from helpers.study import Study

VERDICTS = ("widened", "narrowed", "within the noise", "too close to call")
LAST_YEARS = 3  # those whose smoothing lacks years to come


def specification_sentence(study: Study, curve: pd.DataFrame) -> str:
    """What share of all specifications widen, narrow or lie within the noise."""
    judged = specification.distinct(curve[curve["series"] == "smoothed"])
    if judged.empty:
        return f"{sentence_start(study.area)} has too few districts for groups, so there is nothing to vary."
    shares = judged["verdict"].value_counts(normalize=True)
    told = ", ".join(f"{percent(shares.get(name, 0), 0)} {name}" for name in VERDICTS)
    relative = judged[judged["definition"] == "share_of_top"]
    alone = relative["verdict"].value_counts(normalize=True)
    ours = curve[curve["series"] != "smoothed"]
    rose = (
        f" Of {len(ours):,} more on the unsmoothed series, which has no bands because it was never "
        f"revised, the gap rose in {percent((ours['change'] > 0).mean(), 0)}."
        if len(ours)
        else ""
    )
    return (
        "Over every choice of definition, rule, weights, size, measure, release and window there are "
        f"{len(judged):,} specifications on the published series that can differ in their verdict "
        f"(definitions that rise with the ratio alone count once): {told}. Of the {len(relative):,} of "
        f"the relative gap alone, which prices do not move, {percent(alone.get('widened', 0), 0)} "
        f"widened and {percent(alone.get('narrowed', 0), 0)} narrowed.{rose} The choices are not equally "
        "good, so these shares are no probabilities: they show how far an answer hangs on a choice."
    )


def null_sentence(study: Study, nulls: pd.DataFrame) -> str:
    """Whether the end-ranked gap widened by more than choosing on the outcome makes it widen."""
    own = nulls[(nulls["area"] == study.area.name) & (nulls["rule"] == "end")]
    own = own[own["observed"].notna()]
    if own.empty:
        return f"{sentence_start(study.area)} has too few districts to ask what choosing on the outcome does."
    window = own["window"].iloc[0]
    rows = own[own["window"] == window].set_index("null")
    words = {
        "exchangeability": "if each district's years could as well run backwards",
        "exchangeability_blocked": "the same with neighbours kept together",
        "fitted_process": "by the process fitted to the districts' own ups and downs",
    }
    told = "; ".join(
        f"{words[name]} {row['expected']:+.3f} ({row['lower']:+.3f} to {row['upper']:+.3f}, p = "
        f"{row['p']:.2f})"
        for name, row in rows.iterrows()
    )
    observed = rows["observed"].iloc[0]
    more = (observed > rows["upper"]).all()
    less = (observed < rows["lower"]).all()
    verdict = (
        "more than choosing on the outcome explains"
        if more
        else "less than choosing on the outcome alone would give"
        if less
        else "no more than choosing on the outcome can give, and by some of these less"
        if (observed <= rows["upper"]).all() and (observed < rows["lower"]).any()
        else "no more than choosing on the outcome can give"
        if (observed <= rows["upper"]).all()
        else "beyond what choosing on the outcome gives by some of these and not by others"
    )
    return (
        f"Between the groups ranked at the end the gap in {area_name(study.area)} changed by "
        f"{observed:+.3f} log points ({window}). Choosing them on the outcome would by itself widen it "
        f"by: {told}. What is seen is {verdict}."
    )


def unsmoothed_differences(gaps: pd.DataFrame, first_year: int, last_year: int) -> pd.Series:
    """The gap unsmoothed less the gap smoothed, by year of a window in which both are known.

    Parameters
    ----------
    gaps : DataFrame
        `helpers.divergence_tables.unsmoothed_gaps`.
    first_year, last_year : int
    """
    wide = gaps.pivot(index="year", columns="series", values="gap").loc[first_year:last_year]
    return (wide["unsmoothed"] - wide["smoothed"]).dropna()


def unsmoothed_sentence(study: Study, gaps: pd.DataFrame) -> str:
    """The gap at both ends and in the last years with the smoothing undone, with and without rent."""
    if gaps.empty:
        return "Without groups in the latest release there is no gap to ask again on the unsmoothed series."
    first, last = divergence_tables.window(study)
    wide = gaps.pivot(index="year", columns="series", values="gap").loc[first:last]
    apart = unsmoothed_differences(gaps, first, last)
    if apart.empty:
        return "A district of the groups has no unsmoothed figure, so that the gap cannot be told on them."
    known = wide.loc[apart.index]
    shown = sorted({known.index[0], *known.index[-LAST_YEARS:]})
    told = listed(
        [
            f"{percent(known['unsmoothed'][y])} instead of {percent(known['smoothed'][y])} in {y}"
            for y in shown
        ]
    )
    change = known.iloc[-1] - known.iloc[0]
    widest = [
        f"{name} in {known[name].idxmax()} ({percent(known[name].max())})"
        for name in ("unsmoothed", "smoothed")
    ]
    sentence = (
        f"With the smoothing undone the gap between the same districts is {told}. From {known.index[0]} to "
        f"{known.index[-1]} it changed by {points(change['unsmoothed'])} unsmoothed and "
        f"{points(change['smoothed'])} smoothed; it was widest {listed(widest)}."
    )
    return f"{sentence} {_rent(known)} {_yardstick(apart)}"


def _rent(known: pd.DataFrame) -> str:
    rent = known["unsmoothed_without_rent"].dropna()
    if rent.empty:
        return "Without owner-occupiers' imputed rent it cannot be told: that of a district is suppressed."
    change = rent.iloc[-1] - rent.iloc[0]
    return (
        f"Without owner-occupiers' imputed rent, which no one works for, it is {percent(rent.iloc[-1])} in "
        f"{rent.index[-1]} ({points(change)} since {rent.index[0]})."
    )


def _yardstick(apart: pd.Series) -> str:
    """How far single years lie from the smoothed gap in earlier years, in place of a band."""
    ours = "The unsmoothed figures are ours, not ONS's, and have no band, because no release has revised them"
    before = apart.iloc[:-LAST_YEARS].abs()
    if before.empty:
        return f"{ours}."
    return (
        f"{ours}. As a yardstick: in the years before the last {LAST_YEARS} a single year lay "
        f"{points(before.median()).lstrip('+')} from the smoothed gap in the median and at most "
        f"{points(before.max()).lstrip('+')} ({before.idxmax()})."
    )


def spread_sentence(study: Study, changes: pd.DataFrame) -> str:
    """Whether all districts spread, in both series."""
    rows = changes[changes["statistic"] == "sd_log"].set_index("series")
    parts = []
    for series, row in rows.iterrows():
        if pd.isna(row["change"]):
            continue
        band = "no interval" if pd.isna(row["lower"]) else f"{row['lower']:+.3f} to {row['upper']:+.3f}"
        parts.append(
            f"{series} from {row['start']:.3f} to {row['end']:.3f} ({row['change']:+.3f}, {band}: "
            f"{row['verdict']})"
        )
    if not parts:
        return f"{sentence_start(study.area)} has too few districts to measure how they spread."
    first, last = int(rows["first_year"].iloc[0]), int(rows["last_year"].iloc[0])
    return (
        "Over all districts, and not two groups, the standard deviation of log output per hour went, "
        f"from {first} to {last}: {'; '.join(parts)}. Intervals say how far this hangs on which ITL3 "
        "areas there are; they hold no revision."
    )


def variance_sentence(tests: pd.DataFrame) -> str:
    """What the test of Pitman and Morgan says of the variance at both ends of the window."""
    if tests.empty:
        return ""
    told = "; ".join(
        f"{row.series} {row.variance_ratio:.2f} times that of {row.first_year} ({p_value(row.p)})"
        for row in tests.itertuples()
    )
    return (
        "A check that takes districts as unrelated (the test of Pitman and Morgan): the variance of log "
        f"output per hour was, in {int(tests['last_year'].iloc[0])}, {told}."
    )


def without_each_sentence(rows: pd.DataFrame) -> str:
    """Whether the change of the spread hangs on one district."""
    rows = rows[rows["statistic"] == "sd_log"]
    if rows.empty:
        return ""
    told = []
    for row in rows.itertuples():
        sign = (
            "the sign stays whichever one is left out"
            if row.lowest * row.highest > 0
            else "the sign hangs on which one is left out"
        )
        told.append(
            f"{row.series} by {row.change_without:+.3f} without {row.name} and by {row.change:+.3f} with it "
            f"({sign}: {row.lowest:+.3f} to {row.highest:+.3f})"
        )
    return (
        "Without the one district that matters most, the standard deviation of logs would have changed: "
        f"{'; '.join(told)}."
    )


def beta_sentence(study: Study, found: convergence.BetaSigma | None) -> str:
    """What the regression of growth on the level says beside the spread, and what it does not."""
    if found is None:
        return ""
    first, last = divergence_tables.window(study)
    meaning = {
        "narrowed": "The spread fell as well, so that places came closer and did not only change ranks.",
        "widened": "The spread grew all the same: places overtook each other and more.",
    }.get(
        found.verdict,
        "With a spread that is not seen to fall this may be regression to the mean alone: places change "
        "ranks.",
    )
    return (
        f"Districts that began higher grew {'less' if found.beta < 0 else 'more'}: the slope of growth on "
        f"the initial level is {found.beta:.2f} ({found.beta_lower:.2f} to {found.beta_upper:.2f}, "
        f"{first}-{last}, unsmoothed). {meaning if found.beta < 0 else ''}"
    ).strip()


def moved_sentence(study: Study, sides: pd.DataFrame) -> str:
    """Which side of the gap moved against the UK."""
    if sides.empty:
        return ""
    rows = sides.set_index("group")
    top, bottom = rows.loc["top"], rows.loc["bottom"]
    if pd.isna(top["change"]):
        return ""
    told = [
        f"the {word} productive group by {row['change'] * 100:+.1f} ({row['lower'] * 100:+.1f} to "
        f"{row['upper'] * 100:+.1f})"
        for word, row in (("most", top), ("least", bottom))
    ]
    return (
        f"From {int(top['first_year'])} to {int(top['last_year'])} log output per hour, in hundredths "
        f"and against the UK, changed for {told[0]} and for {told[1]}."
    )


def release_sentence(verdicts: pd.DataFrame) -> str:
    """How many statements hold in every release."""
    if verdicts.empty:
        return ""
    counts = verdicts["verdict"].value_counts()
    return (
        f"Of {count(len(verdicts), 'statement')} about the gap {_many(counts, 'holds', 'hold', 'holds')} in "
        f"every release, {_many(counts, 'flips', 'are', 'is')} borne out by one and contradicted by another, "
        f"and {_many(counts, 'too close', 'are', 'is')} too close in at least one."
    )


def _many(counts: pd.Series, verdict: str, plural: str, singular: str) -> str:
    """``4 hold``, ``1 holds``, ``none is``."""
    number = int(counts.get(verdict, 0))
    return f"{number or 'none'} {singular if number < 2 else plural}"
