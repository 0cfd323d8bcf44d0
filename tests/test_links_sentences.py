"""The first paragraph on the loop, by hand: what the verdicts of the links add up to, in words."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import study
from helpers.prose import backtest, links, spread

MIDLANDS = study.choose("Midlands")


@pytest.mark.parametrize(
    ("verdicts", "first", "counts"),
    [
        (
            ["silent", "against", "silent"],
            "do not show that leads feed on themselves; nor can they rule it out.",
            "speak for none and against 1 (b), and are silent on 2 (a and c).",
        ),
        (
            ["silent"] * 3,
            "nor can they rule it out.",
            "speak for none and against none, and are silent on all 3.",
        ),
        (["against"] * 3, "for a loop without end they are too small.", "for none and against all 3,"),
        (["for", "silent", "silent"], "speak for part of a loop", "speak for 1 (a) and against none,"),
        (["for"] * 3, "speak for every link of a loop", "speak for all 3 and against none,"),
    ],
)
def test_the_verdict_comes_first_and_the_counts_after_it(verdicts, first, counts):
    told = links.verdict_sentence(MIDLANDS, pd.DataFrame({"link": ["a", "b", "c"], "verdict": verdicts}))
    assert first in told and counts in told and " 0 " not in told
    assert ("Against means" in told) is ("against" in verdicts)


def test_no_count_of_zero_in_the_words_on_releases():
    told = spread.release_sentence(pd.DataFrame({"verdict": ["holds", "too close", "too close"]}))
    assert "1 holds in every release, none is borne out" in told and "2 are too close" in told


def test_a_difference_of_size_has_no_sign():
    rows = [
        {"area": "X", "model": model, "horizon": 1, "relative_to_random_walk": value}
        for model, value in (("process", 0.9), ("process_with_loop", 0.8987))
    ]
    assert "no more than 0.13 points" in backtest.loop_sentence(pd.DataFrame(rows), "X")


@pytest.mark.parametrize(
    ("observed", "ending"), [(0.30, "more than"), (0.12, "by some of these less"), (0.15, "can give.")]
)
def test_the_verdict_on_choosing_tells_a_change_below_one_null(observed, ending):
    rows = pd.DataFrame(
        {
            "area": "Midlands",
            "rule": "end",
            "window": "2004-2023",
            "null": ["exchangeability", "fitted_process"],
            "observed": observed,
            "expected": 0.18,
            "lower": [0.14, 0.02],
            "upper": [0.27, 0.29],
            "p": 0.5,
        }
    )
    assert ending in spread.null_sentence(MIDLANDS, rows)
