"""Sentences of 07_cumulative_causation on the links of the loop: what public figures say of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.causation import evidence, panel_var, verdoorn
from helpers.causation.panel_var import PanelVAR
from helpers.prose.words import area_name, count, listed, percent, sentence_start
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
    parts = [
        f"for {count(len(named['for']), 'link')}" + (f" ({listed(named['for'])})" if named["for"] else ""),
        f"against {len(named['against'])}" + (f" ({listed(named['against'])})" if named["against"] else ""),
    ]
    silent = f", and are silent on {len(named['silent'])}" + (
        f" ({listed(named['silent'])})" if named["silent"] else ""
    )
    return (
        f"Of {count(len(table), 'link')} of the loop, public figures of {area_name(study.area)} speak "
        f"{parts[0]} and {parts[1]}{silent}. Against means: too small for a loop that feeds on itself "
        "without end, not that the link does not exist."
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
        (INVESTMENT, "1 % more investment in a year goes with {0} more output per hour"),
        (PRODUCTIVITY, "1 % more output per hour with {0} more investment"),
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
        f"{'; '.join(part for part in parts if part)}. Of {count(len(known), 'interval')} (90 %), "
        f"those above zero are {positive} and those below it {len(clear) - positive}. It is "
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
        f"without: they add {texts['what the cross terms add']}. Of {count(len(cross), 'cross term')} {up} "
        f"are surely positive, as the loop has them, and {down} surely negative; two negative ones raise the "
        "radius too. Whatever is permanent is in the places' effects, so a loop that works over decades "
        "would not show."
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
    close = f"Of {count(len(strong), 'instrument')} {int(strong.sum())} are strong (F of 10 or more)"
    return (
        f"Over {count(int(plain['regions']), 'region')}, {plain['first_year']} to {plain['last_year']}, "
        f"productivity grows {plain['slope']:.2f} % ({plain['lower']:.2f} to {plain['upper']:.2f}) more per "
        f"1 % of output, and hours {hours:.2f} %: by identity the two make one. On growth of hours instead "
        f"(Rowthorn) the slope is {employment['slope']:.2f}, drawn down by errors in hours. Instrumented it "
        f"is {listed(told)}. {close}: the law is an illustration here and no evidence."
    )


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
        f"A place of {area_name(study.area)} that makes 10 % more per hour gains residents faster: a year by "
        f"{listed(told)}."
    )
