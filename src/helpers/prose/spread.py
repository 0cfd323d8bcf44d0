"""Sentences of 03_divergence on all specifications, selection, spread, releases and what moved."""

from __future__ import annotations

import pandas as pd

from helpers.gaps import specification
from helpers.prose.words import area_name, count, percent, sentence_start
from helpers.study import Study

VERDICTS = ("widened", "narrowed", "within the noise", "too close to call")


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
        else "no more than choosing on the outcome can give"
        if (observed <= rows["upper"]).all()
        else "beyond what choosing on the outcome gives by some of these and not by others"
    )
    return (
        f"Between the groups ranked at the end the gap in {area_name(study.area)} changed by "
        f"{observed:+.3f} log points ({window}). Choosing them on the outcome would by itself widen it "
        f"by: {told}. What is seen is {verdict}."
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


def beta_sentence(study: Study, betas: pd.DataFrame) -> str:
    """What the regression of growth on the level says, and what it does not."""
    own = betas[(betas["area"] == study.area.name) & (betas["series"] == "unsmoothed")].dropna(
        subset=["beta"]
    )
    if own.empty:
        return ""
    row = own.iloc[0]
    return (
        f"Districts that began higher grew {'less' if row['beta'] < 0 else 'more'}: the slope of growth "
        f"on the initial level is {row['beta']:.2f} (standard error {row['se']:.2f}, {row['window']}, "
        "unsmoothed). With a spread that does not fall this is only regression to the mean: places "
        "change ranks."
    )


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
        f"Of {count(len(verdicts), 'statement')} about the gap, {counts.get('holds', 0)} hold in every "
        f"release, {counts.get('flips', 0)} are borne out by one and contradicted by another, and "
        f"{counts.get('too close', 0)} are too close in at least one."
    )
