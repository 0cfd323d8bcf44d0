"""Figures of 10_claims: how many claims come out, by topic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.claims.ledger import TOPICS, UNTESTED, VERDICTS
from helpers.claims.run import Outcome
from helpers.derived import attributions
from helpers.exhibits import Exhibit
from helpers.figures import style
from helpers.prose.claims import WORDS

COLOURS = {
    "reproduced": style.TOP,
    "reproduced_under": "#8fc7ea",  # a lighter blue
    "contradicted": style.BOTTOM,
    "indirect": style.MIDDLE,
    "not_testable": style.NO_DATA,
    "pending": "#ffffff",
}
INK = {"reproduced": "white", "contradicted": "white", "indirect": "white"}
SOURCES = (
    ("productivity", "gva_per_hour"),
    ("productivity", "gva_per_job"),
    ("capital_formation", "gfcf_all"),
    ("transport_capital", "transport_capital"),
    ("innovation", "rd_business"),
    ("innovation", "rd_public_funded"),
    ("skills", "nvq_level3plus"),
    ("skills", "rqf_level3plus"),
    ("population_age", "population_16_64"),
    ("business", "enterprises_large"),
    ("business_demography", "enterprise_births"),
    ("labour", "pay_weekly_residence"),
)


def scoreboard(found: Sequence[Outcome]) -> Exhibit:
    """Claims by topic and verdict: how many, as stacked bars."""
    data = pd.DataFrame(
        {
            "topic": topic,
            "verdict": verdict,
            "claims": sum(o.claim.topic == topic and o.decision.verdict == verdict for o in found),
        }
        for topic in TOPICS
        for verdict in VERDICTS
    )
    wide = data.pivot(index="topic", columns="verdict", values="claims").reindex(TOPICS)[list(VERDICTS)]
    figure, axes = style.canvas(height=0.36 * len(wide) + 0.6)
    left = np.zeros(len(wide))
    for verdict in VERDICTS:
        counts = wide[verdict].to_numpy()
        axes.barh(
            wide.index, counts, left=left, color=COLOURS[verdict], edgecolor="#666666", lw=0.6,
            label=WORDS[verdict] if counts.any() else "_nolegend_",
        )  # fmt: skip
        for row, number in enumerate(counts):
            if number:
                axes.text(
                    left[row] + number / 2, row, str(number), ha="center", va="center", fontsize=9,
                    color=INK.get(verdict, "black"),
                )  # fmt: skip
        left += counts
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlim(0, left.max() + 1)
    axes.set_xlabel("Claims")
    style.whole_years(axes)
    axes.legend(loc="upper right", fontsize=9, frameon=True)
    counts = {verdict: int(wide[verdict].sum()) for verdict in VERDICTS}
    tested = sum(n for verdict, n in counts.items() if verdict not in UNTESTED)
    title = (
        f"Of {tested} claims that can be tested, {counts['reproduced']} come out as published, "
        f"{counts['reproduced_under']} under another definition or release, {counts['contradicted']} under "
        f"none, and {counts['indirect']} can only be seen from near by"
    )
    style.finish(
        figure,
        title,
        f"{len(found)} claims of five documents, by topic and verdict",
        ["The claims and their verdicts are ours to read and to check: data/claims.yml.", *_attributions()],
    )
    return Exhibit(
        "figure_scoreboard",
        figure,
        data,
        f"Stacked horizontal bars, one per topic, with the number of claims of each verdict. {title}.",
        "helpers.figures.claims.scoreboard",
        "10_claims",
        SOURCES,
    )


def _attributions() -> list[str]:
    return ["; ".join(attributions(*dict.fromkeys(indicator for _, indicator in SOURCES))) + "."]
