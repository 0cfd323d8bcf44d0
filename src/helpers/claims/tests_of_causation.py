"""Do leads feed on themselves? Tests of claims about cumulative causation, on what notebook 07 estimates."""

from __future__ import annotations

from functools import cache

import pandas as pd

from helpers.causation import evidence, links, outcomes, priors, scenarios
from helpers.causation.model import STOCKS, Loop
from helpers.claims.ledger import Claim
from helpers.claims.measuring import Measurement, default, measures, midlands

PLACES = {"itl3": "ITL3 areas", "district": "districts", "itl1": "regions"}


@cache
def _middle() -> Loop:
    return priors.central(scenarios.held(midlands().area))


@cache
def _links() -> pd.DataFrame:
    """Every version of every link in the Midlands."""
    return links.versions(midlands().area, _middle())


@measures("ratio", definitions=("held", "between_places"))
def loop_strength(claim: Claim) -> list[Measurement]:
    """How strong the loop is, L; leads grow without end from one on. A proxy: no figures show a whole loop.

    ``held``: what is held of its parameters, of which the feedbacks are assumed, with 90 % of the draws;
    ``between_places``: each link as places differ for good, whatever the reason, which favours the loop.
    """
    found = []
    for definition in claim.definitions:
        if definition == "held":
            table = outcomes.loop_table(scenarios.held(midlands().area), default("draws"), default("seed"))
            table = table.set_index("quantity")
            value, lower, upper = table.loc["loop_strength", ["value", "lower", "upper"]].astype(float)
            endless = table.at["share_explosive", "value"]
            beside = (
                "above zero leads reinforce themselves and from one on without end, which they do in "
                f"{100 * endless:.1f} % of the draws; feedbacks are assumed, not found"
            )
            words = "loop with assumed feedbacks, the Midlands' own persistence"
            found.append(Measurement(words, (value,), (lower,), (upper,), proxy=True, beside=beside))
        else:
            words = "links of the loop as seen between places of the Midlands"
            beside = "favours the loop: whatever lasts counts as its effect; no interval for a product"
            found.append(Measurement(words, (_between(),), proxy=True, beside=beside))
    return found


def _between() -> float:
    """L from the versions between places, each b and g divided as in the model."""
    rows = _links()[_links()["specification"] == "between"].set_index("parameter")["estimate"]
    d = dict(zip(STOCKS, _middle().of("d"), strict=True))
    return float(sum(rows[f"b_{stock}"] * rows[f"g_{stock}"] / d[stock] for stock in STOCKS))


@measures("ratio", arguments=("link",))
def link_response(claim: Claim) -> list[Measurement]:
    """One link of the loop, in every version with its 90 % interval; the least tilted one first.

    A proxy: stocks and flows of areas stand for what places attract. Log points of the stock a year per log
    point of output per hour.
    """
    name = (claim.arguments or {})["link"]
    rows = _links()[_links()["link"] == name].set_index("specification", drop=False)
    judged = evidence.evidence_table(_links(), _middle()).set_index("link").loc[name]
    verdict = f"on a loop without end these figures are {judged['verdict']}: {judged['why']}"
    if judged["verdict"] != "silent":
        verdict = f"these figures speak {judged['verdict']} a loop without end: {judged['why']}"
    known = [rows.loc[one] for one in evidence.LEADING if one in rows.index]
    found = []
    for row in known:
        others = [_version(other) for other in known if other["specification"] != row["specification"]]
        words = (
            f"{name}, {row['specification']}, {row['places']} {PLACES[row['level']]}, "
            f"{row['first_year']} to {row['last_year']}"
        )
        value, lower, upper = (float(row[end]) for end in ("estimate", "lower", "upper"))
        beside = "; ".join([*others, verdict])
        found.append(Measurement(words, (value,), (lower,), (upper,), proxy=True, beside=beside))
    return found


def _version(row: pd.Series) -> str:
    """One version of a link in words, with what it leans to."""
    tilt = {"towards": ", tilted towards the loop", "away": ", tilted away from it"}.get(row["tilt"], "")
    if pd.isna(row["estimate"]):
        return f"{row['specification']}: {row['reason']}"
    ends = f"{row['lower']:+.3f} to {row['upper']:+.3f}"
    return f"{row['specification']} {row['estimate']:+.3f} ({ends}{tilt})"
