"""People, firms or places? Tests of claims about what goes with the spread, on what notebook 09 splits."""

from __future__ import annotations

from functools import cache

import numpy as np

from helpers import geography
from helpers.claims.ledger import Claim
from helpers.claims.measuring import Measurement, default, in_percent, measures, midlands
from helpers.decomposition import industry_mix, public_blocks, shapley
from helpers.decomposition.industry_accounts import BROAD, YEAR
from helpers.decomposition.shapley import Split
from helpers.geography import PRESENT

PERIOD = "mean of five years"
# Definition -> sample and set of columns of `helpers.decomposition.public_blocks`, and what it is called
SPLITS = {
    "midlands": ("Great Britain", "clean", "the Midlands"),
    "great_britain": ("Great Britain", "clean", "Great Britain"),
    "england": ("England", "clean", "England"),
    "england_travel": ("England", "with travel times", "England, travel times among the places"),
}


@cache
def _split(definition: str) -> tuple[list[str], Split, int, list[int]]:
    """Blocks, their split, districts and columns a block."""
    sample, chosen, _ = SPLITS[definition]
    codes = public_blocks.sample(sample)
    if definition == "midlands":
        codes = codes.intersection(list(midlands().area.codes))
    columns = public_blocks.columns(chosen)
    blocks = list(dict.fromkeys(column.block for column in columns))
    sizes = [sum(column.block == block for column in columns) for block in blocks]
    x = public_blocks.characteristics().loc[codes, [column.name for column in columns]].to_numpy(dtype=float)
    y = public_blocks.outcome(PERIOD)[codes].to_numpy(dtype=float)
    areas = geography.all_districts(PRESENT).loc[codes, "itl3"].to_numpy(dtype=str)
    return blocks, shapley.split(x, y, sizes, areas, default("seed")), len(codes), sizes


def _words(definition: str) -> str:
    years = public_blocks.OUTCOME_YEARS[PERIOD]
    number = _split(definition)[2]
    return f"{SPLITS[definition][2]}, {number} districts, mean of {years[0]} to {years[-1]}"


@measures("per cent", definitions=SPLITS, arguments=("block",))
def share_of_block(claim: Claim) -> list[Measurement]:
    """Share of the variance of districts' output per hour that goes with a block of figures: a proxy.

    It goes with them whichever way the effect runs; beside it stands what chance alone would give.
    """
    found = []
    for definition in claim.definitions:
        blocks, split, _, _ = _split(definition)
        at = blocks.index((claim.arguments or {})["block"])
        value, lower, upper, chance = in_percent(
            (split.value[at], split.lower[at], split.upper[at], split.chance[at])
        )
        beside = f"dealt to the districts at random the same figures would go with {chance:.1f} %"
        words = f"{blocks[at]}, {_words(definition)}"
        found.append(Measurement(words, (value,), (lower,), (upper,), proxy=True, beside=beside))
    return found


@measures("rank", definitions=SPLITS, arguments=("block",))
def rank_of_block(claim: Claim) -> list[Measurement]:
    """Where a block of figures stands among people, firms and places by that share: a proxy."""
    found = []
    for definition in claim.definitions:
        blocks, split, _, sizes = _split(definition)
        at = blocks.index((claim.arguments or {})["block"])
        beyond = split.value - split.chance
        by_column = ", ".join(f"{name} {n}" for name, n in zip(blocks, sizes, strict=True))
        beside = (
            f"{100 * split.share[at]:.0f} % of what is explained; rank {_rank(beyond, at):.0f} less what "
            f"chance would give; columns: {by_column}"
        )
        words = f"{blocks[at]}, {_words(definition)}"
        found.append(Measurement(words, (_rank(split.value, at),), proxy=True, beside=beside))
    return found


def _rank(values: np.ndarray, at: int) -> float:
    """Rank of one value from the largest; equal ones share the better rank."""
    return float(1 + (values > values[at]).sum())


@measures("per cent", definitions=("industries", "broad"), arguments=("part", "proxy"))
def share_of_industries(claim: Claim) -> list[Measurement]:
    """Share of the spread of output per employee over ITL3 areas that one of two parts makes up.

    ``mix``: which industries employ people; ``within``: output per employee within each of them. Told
    with all industries, or with five ``broad`` ones. Great Britain in one year, so never the
    document's own definition.
    """
    asked = claim.arguments or {}
    found = []
    for detail in claim.definitions:
        rows = industry_mix.spread(detail).set_index("part")
        kind = "industries" if detail == "industries" else f"{len(BROAD)} broad industries"
        part = f"mix of {kind}" if asked["part"] == "mix" else f"output per employee within {kind}"
        words = f"{part}, {int(rows['n'].iloc[0])} ITL3 areas of Great Britain, {YEAR}"
        share = in_percent((rows.at[asked["part"], "share"],))
        found.append(Measurement(words, share, proxy=bool(asked["proxy"])))
    return found
