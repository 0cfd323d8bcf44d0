"""Sentences of 07_cumulative_causation on the links of the loop: what public figures say of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.causation import evidence, panel_var, verdoorn
from helpers.causation.panel_var import PanelVAR
from helpers.enumeration import listed
from helpers.prose.words import area_name, count, percent, sentence_start
from helpers.study import Study

INVESTMENT, PRODUCTIVITY = "investment to productivity", "productivity to investment"
READ = (1, 3)  # horizons that the sentences give


def verdict_sentence(study: Study, table: pd.DataFrame) -> str:
    """How many links public figures speak for, against and on which they are silent.

    Parameters
    ----------
    study : Study
    table : DataFrame
        From `evidence.evidence_table`, of the study's area.
    """
    named = {word: list(table.loc[table["verdict"] == word, "link"]) for word in evidence.VERDICTS}
    supported, against, silent = (_counted(named[word], len(table)) for word in evidence.VERDICTS)
    where = area_name(study.area)
    if not named["for"]:
        cannot = (
            "nor can they rule it out" if named["silent"] else "for a loop without end they are too small"
        )
        plain = f"Public figures of {where} do not show that leads feed on themselves; {cannot}"
    elif len(named["for"]) < len(table):
        plain = f"Public figures of {where} speak for part of a loop in which leads feed on themselves"
    else:
        plain = f"Public figures of {where} speak for every link of a loop in which leads feed on themselves"
    meaning = (
        " Against means: too small for a loop that feeds on itself without end, not that the link does not "
        "exist."
        if named["against"]
        else ""
    )
    return (
        f"{plain}. Of {count(len(table), 'link')} of the loop they speak for {supported} and against "
        f"{against}, and are silent on {silent}.{meaning}"
    )


def _counted(links: list[str], of: int) -> str:
    """``none``, ``all 8``, or how many and which."""
    if not links:
        return "none"
    return f"all {of}" if len(links) == of else f"{len(links)} ({listed(links)})"


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """`evidence.evidence_table` as readers meet it: the leading estimate, its interval, the verdict."""
    estimates = [
        "none" if pd.isna(row.estimate) else f"{row.estimate:.3f} ({row.lower:.3f} to {row.upper:.3f})"
        for row in table.itertuples()
    ]
    return pd.DataFrame(
        {
            "link": table["link"],
            "estimate_with_90_per_cent_interval": estimates,
            "assumed": ["none" if pd.isna(x) else f"{x:.3f}" for x in table["prior"]],
            "size_needed": ["none" if pd.isna(x) else f"{x:.3f}" for x in table["needed"]],
            "verdict": table["verdict"],
            "because": table["why"],
        }
    )


def projections_sentence(study: Study, rows: pd.DataFrame) -> str:
    """What follows a per cent of investment, and of output per hour, one and three years later.

    Parameters
    ----------
    study : Study
    rows : DataFrame
        From `helpers.causation.projections.both_ways`, of the study's area.
    """
    known = rows.dropna(subset=["estimate"])
    if known.empty:
        return (
            f"{sentence_start(study.area)} has {count(int(rows['places'].max()), 'whole ITL3 area')}, too "
            f"few for local projections ({rows['reason'].iloc[0].removeprefix('no estimate: ')})."
        )
    parts = []
    for direction, words in (
        (INVESTMENT, "after 1 % more investment output per hour differs by {0}"),
        (PRODUCTIVITY, "after 1 % more output per hour investment differs by {0}"),
    ):
        own = known[known["direction"] == direction].set_index("horizon")
        told = [
            f"{own.at[h, 'estimate']:+.3f} % ({own.at[h, 'lower']:+.3f} to {own.at[h, 'upper']:+.3f}) "
            f"after {count(h, 'year')}"
            for h in READ
            if h in own.index
        ]
        parts.append(words.format(listed(told)) if told else "")
    clear = known[(known["lower"] > 0) | (known["upper"] < 0)]
    positive = int((clear["lower"] > 0).sum())
    return (
        f"In the {count(int(known['places'].max()), 'ITL3 area')} of {area_name(study.area)} "
        f"{'; '.join(part for part in parts if part)}. Of {count(len(known), 'interval')} (90 %; the same "
        f"year counts) {_lie(positive)} above zero and {_lie(len(clear) - positive)} below it. It is "
        "the order in time and no effect: ONS shares investment out to areas partly by employment."
    )


def var_sentence(study: Study, var: PanelVAR, radii: pd.DataFrame) -> str:
    """Spectral radius with and without cross terms.

    Parameters
    ----------
    study : Study
    var, radii
        From `panel_var.system` and `panel_var.radii`.
    """
    if var.reason:
        return f"A panel VAR of {area_name(study.area)}: {var.reason}."
    rows = radii.set_index("quantity")
    texts = {
        name: f"{row['value']:.3f} ({row['lower']:.3f} to {row['upper']:.3f})"
        for name, row in rows.iterrows()
    }
    cross = panel_var.cross_terms(var)
    up, down = (int(sure.sum()) for sure in (cross["lower"] > 0, cross["upper"] < 0))
    return (
        f"A panel VAR of {listed(var.names)} in {count(var.places, 'place')} of {area_name(study.area)}, "
        f"{var.first_year} to {var.last_year}, has a spectral radius of "
        f"{texts['radius with cross terms']} with cross terms and {texts['radius without cross terms']} "
        f"without: they add {texts['what the cross terms add']}. Of {count(len(cross), 'cross term')} "
        f"{up or 'none'} {'is' if up == 1 else 'are'} surely positive, as the loop has them, and "
        f"{down or 'none'} surely negative; two negative ones raise the radius too. Whatever is "
        "permanent is in the places' effects, so a loop that works over decades would not show."
    )


def verdoorn_sentence(rows: pd.DataFrame) -> str:
    """Verdoorn's law with its identity and the strength of its instruments.

    Parameters
    ----------
    rows : DataFrame
        From `verdoorn.law`.
    """
    own = rows.set_index("equation")
    plain = own.loc["productivity on output"]
    if np.isnan(plain["slope"]):
        return f"Verdoorn's law, {plain['area']}: {plain['note']}."
    hours, employment = own.loc["hours on output", "slope"], own.loc["productivity on hours"]
    told = [
        f"{row['slope']:.2f} ({row['lower']:.2f} to {row['upper']:.2f}; first-stage F "
        f"{row['first_stage']:.1f}) with {row['instrument']}"
        for _, row in own.iterrows()
        if row["instrument"]
    ]
    strong = own["first_stage"].dropna() >= verdoorn.WEAK
    few = int(strong.sum())
    close = (
        f"Of {count(len(strong), 'instrument')} {few or 'none'} {'is' if few < 2 else 'are'} strong (F of "
        f"{verdoorn.WEAK:g} or more)"
    )
    return (
        f"Over {count(int(plain['regions']), 'region')}, {plain['first_year']} to {plain['last_year']}, "
        f"productivity grows {plain['slope']:.2f} % ({plain['lower']:.2f} to {plain['upper']:.2f}) more per "
        f"1 % of output, and hours {hours:.2f} %: by identity the two make one. On growth of hours instead "
        f"(Rowthorn) the slope is {employment['slope']:.2f}, drawn down by errors in hours. Instrumented it "
        f"is {listed(told)}. {close}: the law is an illustration here and no evidence."
    )


def _lie(number: int) -> str:
    """``none lies``, ``1 lies``, ``3 lie``."""
    return f"{number or 'none'} {'lies' if number < 2 else 'lie'}"


def people_sentence(study: Study, found: pd.DataFrame) -> str:
    """Whether people grow faster where more is made per hour."""
    rows = found[found["parameter"] == "g_people"].dropna(subset=["estimate"]).set_index("specification")
    if rows.empty:
        return (
            f"{sentence_start(study.area)} has too few ITL3 areas to ask whether people follow productivity."
        )
    told = [
        f"{percent(row['estimate'] * 0.1, 2)} ({percent(row['lower'] * 0.1, 2)} to "
        f"{percent(row['upper'] * 0.1, 2)}) {words}"
        for name, words in (
            ("between", "between places of a region"),
            ("within", "within places"),
            ("instrumented", "within places once noise of single years is taken off"),
        )
        if name in rows.index
        for row in [rows.loc[name]]
    ]
    return (
        f"In {area_name(study.area)} 10 % more output per hour goes with a growth of residents that differs, "
        f"a year, by {listed(told)}."
    )
