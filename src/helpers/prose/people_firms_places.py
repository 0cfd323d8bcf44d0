"""Sentences of 09_people_firms_places: do people, firms or places go with what districts produce per hour?"""

from __future__ import annotations

import pandas as pd

from helpers.decomposition import district_split, example, public_blocks
from helpers.decomposition.public_blocks import APART, OUTCOME_YEARS
from helpers.enumeration import listed
from helpers.prose import industry_mix as industries
from helpers.prose.words import area_name, count, percent, sentence_start
from helpers.study import Study

LAST, MEAN = OUTCOME_YEARS
SIGNIFICANT = 0.05
BLOCK_WORDS = {
    "people": "people (skills and age of residents)",
    "firms": "firms (size, births, growth and industries)",
    "places": "places (density, nearness to people, broadband)",
}
COLUMN_NAMES = ["block", "what", "indicator", "years", "transform", "tainted"]


def answer(study: Study, splits: pd.DataFrame, mixed: pd.DataFrame) -> str:
    """The first paragraph: what goes with the spread of districts, and where the area stands."""
    rows = _main(splits)
    first = rows.iloc[0]
    told = [
        f"{BLOCK_WORDS[row.block]} with {percent(row.value)} ({percent(row.lower)} to {percent(row.upper)})"
        for row in rows.itertuples()
    ]
    years = OUTCOME_YEARS[MEAN]
    return (
        "Public figures cannot tell whether workers, firms or places themselves make districts differ, "
        f"only what goes with what. Over {first['districts']} districts of Great Britain the three together "
        f"go with {percent(first['r2'])} of the variance of log output per hour (unsmoothed, mean of "
        f"{years[0]} to {years[-1]}): {listed(told)}. The other {percent(1 - first['r2'])} goes with none "
        f"of these figures. {_sizes(rows)} {industries.mix_sentence(study, mixed)}"
    )


def _main(splits: pd.DataFrame, chosen: str = "clean", sample: str = district_split.MAIN) -> pd.DataFrame:
    """Rows of one split: mean of years, survey error left in."""
    return splits[
        (splits["sample"] == sample)
        & (splits["set"] == chosen)
        & (splits["period"] == MEAN)
        & (splits["survey_error"] == "left in")
    ]


def _sizes(rows: pd.DataFrame) -> str:
    """Which blocks explain more or less than as many columns of any kind would."""
    more = rows[(rows["p_size"] < SIGNIFICANT) & (rows["share"] > rows["size_share"])]
    fewer = rows[(rows["p_size"] < SIGNIFICANT) & (rows["share"] < rows["size_share"])]
    same = rows[rows["p_size"] >= SIGNIFICANT]
    parts = [
        f"{listed(list(own['block']))} explain {words}"
        for own, words in ((more, "more"), (fewer, "less"), (same, "neither more nor less"))
        if len(own)
    ]
    return (
        "Blocks with more columns explain more in any case. Against as many columns taken at random from "
        f"all of them, {listed(parts)}."
    )


def shares_sentence(splits: pd.DataFrame) -> str:
    """How far the shares hang on the year, on survey error, on London, and on tainted figures."""
    clean = _main(splits).set_index("block")
    lines = []
    last = splits[
        (splits["sample"] == district_split.MAIN)
        & (splits["set"] == "clean")
        & (splits["period"] == LAST)
        & (splits["survey_error"] == "left in")
    ].set_index("block")
    lines.append(
        f"In {OUTCOME_YEARS[LAST][0]} alone the three explain {percent(last['r2'].iloc[0])}; the shares of "
        f"what is explained are {_of_blocks(last)}, against {_of_blocks(clean)} in the mean of years."
    )
    apart = _main(splits, APART).set_index("block")
    mostly = "mostly" if apart.at["industry", "share"] > apart.at["firms", "share"] else "not mostly"
    lines.append(
        f"With industries as a block of their own the shares are {_of_blocks(apart)}: what is called firms "
        f"is {mostly} industries."
    )
    pure = _main(splits, "clean", "England and Wales").set_index("block")
    told = []
    for chosen in ("with GVA shares", "with house prices", "with both"):
        own = _main(splits, chosen, "England and Wales").set_index("block")
        told.append(f"{chosen} {percent(own['r2'].iloc[0])} ({_of_blocks(own)})")
    lines.append(
        "Figures that share the outcome's numerator or are outcomes themselves make a block look strong: "
        f"over the same districts of England and Wales R2 is {percent(pure['r2'].iloc[0])} without them "
        f"({_of_blocks(pure)}), {listed(told)}."
    )
    return "\n\n".join(lines)


def _of_blocks(rows: pd.DataFrame) -> str:
    return listed([f"{block} {percent(share, 0)}" for block, share in rows["share"].items()])


def chance_sentence(splits: pd.DataFrame) -> str:
    """What blocks of these sizes explain when they are dealt to the districts at random."""
    rows = _main(splits)
    told = [f"{row.block} {percent(row.chance)} (found: {percent(row.value)})" for row in rows.itertuples()]
    return f"Columns dealt to the districts at random would explain, of the variance: {listed(told)}."


def no_own_split(study: Study, splits: pd.DataFrame) -> list[str]:
    """Why the area has no split of its own, as a line; none where it has one, or is the UK."""
    own = splits[(splits["sample"] == study.area.name) & (splits["reason"] != "")]
    return [f"No split within {area_name(study.area)}: {own['reason'].iloc[0]}."] if len(own) else []


def size_sentence(splits: pd.DataFrame) -> str:
    """Whether what stands out against its size does so over other districts too."""
    told = []
    for sample in public_blocks.SAMPLES:
        rows = _main(splits, "clean", sample)
        named = [f"{row.block} {percent(row.share, 0)} ({_p(row.p_size)})" for row in rows.itertuples()]
        told.append(f"{sample}: {listed(named)}")
    return (
        "Shares of what is explained, and how often columns dealt to blocks of the same sizes give a share "
        f"as far out. {'; '.join(told)}. A finding that does not hold over each of these is not firm."
    )


def own_sentence(study: Study, splits: pd.DataFrame) -> str:
    """The split within the area, and what chance would give there."""
    if study.area.kind == "uk":
        return ""
    rows = _main(splits, "clean", study.area.name)
    if (rows["reason"] != "").all():
        return no_own_split(study, splits)[0]
    told = [
        f"{row.block} {percent(row.value)} (at random {percent(row.chance)}, {_p(row.p_chance)})"
        for row in rows.itertuples()
    ]
    return (
        f"Within {area_name(study.area)}, over {count(rows['districts'].iloc[0], 'district')}, the same "
        f"columns explain {percent(rows['r2'].iloc[0])}: {listed(told)}. With so few districts much of a "
        "fit is chance."
    )


def _p(value: float) -> str:
    return "p below 0.01" if value < 0.01 else f"p {value:.2f}"


def standing_sentence(study: Study, parts: pd.DataFrame) -> str:
    """What an area's distance and that between its groups go with, and how much is left."""
    told = []
    for (group, against), own in parts[parts["period"] == MEAN].groupby(["group", "against"], sort=False):
        words = pair_words(study, str(group), str(against))
        if (own["reason"] != "").any():
            told.append(f"{words}: no figure, because {own['reason'].iloc[0]}.")
            continue
        value = own.set_index("part")["value"]
        blocks = [name for name in value.index if name not in ("unexplained", "gap")]
        named = [f"{name} {value[name] * 100:+.1f}" for name in blocks]
        told.append(
            f"{words}: {value['gap'] * 100:+.1f} log points (times 100), of which {listed(named)}, and "
            f"{value['unexplained'] * 100:+.1f} with none of them."
        )
        lacking = len(study.area.codes) - int(own["districts"].iloc[0])
        if group == "area" and lacking:
            told.append(f"That is without {count(lacking, 'district')}, for lack of a figure.")
    return " ".join(told)


def pair_words(study: Study, group: str, against: str) -> str:
    """Who is held against whom."""
    if group == "area":
        return f"{sentence_start(study.area)} against Great Britain"
    return f"Most against least productive districts of {area_name(study.area)}"


def countries_title(errors: pd.DataFrame) -> str:
    """What the plug-in does where few people move."""
    few = errors[errors["mobility"] == example.MOBILITY[0]].set_index(["component", "estimator"])["error"]
    return (
        "Where few people change firm, plug-in shares of firms are "
        f"{few['var_firm', 'plug_in'] * 100:+.1f} points "
        f"off and of sorting {few['cov_worker_firm', 'plug_in'] * 100:+.1f}; corrected ones "
        f"{few['var_firm', 'leave_out'] * 100:+.1f} and {few['cov_worker_firm', 'leave_out'] * 100:+.1f}"
    )


def countries_sentence(errors: pd.DataFrame) -> str:
    """Truth, plug-in and corrected shares of the countries with the fewest moves."""
    few = errors[errors["mobility"] == example.MOBILITY[0]]
    told = []
    for component, label in example.COMPONENTS.items():
        own = few[few["component"] == component].set_index("estimator")
        told.append(
            f"{label} {percent(own['true'].iloc[0])} in truth, {percent(own.at['plug_in', 'mean'])} by "
            f"plug-in and {percent(own.at['leave_out', 'mean'])} corrected (single ones scatter by "
            f"{own.at['leave_out', 'spread'] * 100:.1f} points)"
        )
    return (
        f"Where {percent(example.MOBILITY[0], 0)} of people change firm from one year to the next, the "
        f"shares in the variance of pay are on average over {example.COUNTRIES} simulated countries: "
        f"{'; '.join(told)}."
    )


def shares_title(splits: pd.DataFrame) -> str:
    """Whose share is largest, and whether that is more than its size."""
    rows = _main(splits)
    most = rows.loc[rows["share"].idxmax()]
    than = "more" if most["share"] > most["size_share"] else "less"
    tail = than if most["p_size"] < SIGNIFICANT else "no more"
    who = "Firms and their industries" if most["block"] == "firms" else most["block"].capitalize()
    return (
        f"{who} go with {percent(most['share'], 0)} of what is explained, {tail} than as many columns of any "
        "kind would"
    )


def standing_title(study: Study, parts: pd.DataFrame) -> str:
    """How much of the distance is left unexplained."""
    rows = parts[(parts["period"] == MEAN) & (parts["reason"] == "")]
    group = rows["group"].iloc[-1]
    value = rows[rows["group"] == group].set_index("part")["value"]
    who = pair_words(study, group, "")
    return (
        f"{who}: {value['unexplained'] * 100:+.0f} of {value['gap'] * 100:+.0f} log points go with no block"
    )


def columns_table() -> pd.DataFrame:
    """What stands for each block: `COLUMN_NAMES`."""
    return pd.DataFrame(
        {
            "block": column.block,
            "what": column.label,
            "indicator": column.indicator,
            "years": f"{column.years[0]}-{column.years[-1]}"
            if len(column.years) > 1
            else str(column.years[0]),
            "transform": column.transform,
            "tainted": column.tainted,
        }
        for column in public_blocks.COLUMNS
    )[COLUMN_NAMES]


def left_out_sentence() -> str:
    """Which districts the samples lack, and why."""
    told = []
    for name in public_blocks.SAMPLES:
        lacking = public_blocks.names_left_out(name)
        without = f", without {listed(lacking)}" if lacking else ""
        told.append(f"{name}: {len(public_blocks.sample(name))} districts{without}.")
    return f"Districts that lack a figure are left out. {' '.join(told)}"
