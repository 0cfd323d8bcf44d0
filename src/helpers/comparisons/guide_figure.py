"""What does the guide's Figure 3 say of the two groups, and what do official figures say of the same?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.comparisons import changes, comparison
from helpers.derived import attributions, observe
from helpers.groups import has_guide
from helpers.study import Study


@dataclass(frozen=True)
class Stated:
    """What the guide's Figure 3 and its text say of one indicator "over the past decade".

    Attributes
    ----------
    top, bottom : float or None
        Relative change of the most and the least productive group (0.06 is 6 % more).
    words : str
        What it says where it gives no change of a group, in our words.
    """

    top: float | None = None
    bottom: float | None = None
    words: str = ""


# Thematic Guide 4, section "Skills Gap and Labor Market Dynamics", on its Figure 3.
STATED = {
    "population_16_64": Stated(top=0.06),
    "population_16_24": Stated(bottom=-0.14),
    "enterprises_large": Stated(words="top: twice as many large businesses created"),
    "enterprises_sme": Stated(words="bottom: half as many SMEs established"),
    "gfcf_per_hour": Stated(top=2.90, bottom=-0.20),
    "transport_capital_per_head": Stated(bottom=-0.17, words="called local infrastructure spending"),
}
# What one picture of the two groups shows, by topic; indicators that grow from next to nothing
# (fibre) or exist in one year only are left to their own figures.
DRAWN = {
    "People": ("population_16_64", "population_16_24", "population_total"),
    "Skills": ("nvq_level3plus", "without_qualification_16_64", "apprenticeship_starts"),
    "Firms": ("enterprises_large", "enterprises_sme", "birth_rate", "death_rate", "high_growth_share"),
    "Work": ("jobs", "employment_rate", "inactivity_rate", "pay_weekly_residence"),
    "Income": ("gdhi_per_head", "housing_affordability"),
    "Investment": ("gfcf_per_hour", "fdi_inward_per_job", "transport_capital_per_head"),
    "Innovation": ("rd_business_eur_per_job", "exports_per_job"),
}
YEARS = 10
GROUPS = ("top", "bottom", "top_now", "bottom_now")
ENDS = ["ratio_lower", "ratio_upper", *(f"{e}_{g}" for g in GROUPS for e in ("change", "lower", "upper"))]
COLUMNS = [
    *comparison.CONTRAST,
    *(name for name in ENDS if name not in comparison.CONTRAST),
    *("guide_top", "guide_bottom", "guide_words", "source"),
]


def indicators() -> tuple[str, ...]:
    """Every indicator that is drawn, in order."""
    return tuple(indicator for topic in DRAWN.values() for indicator in topic)


def table(study: Study) -> pd.DataFrame:
    """The rows of the contrast that the picture draws, the re-chosen groups and the guide's figures.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: those of `helpers.comparisons.comparison.CONTRAST`; ``ratio_lower, ratio_upper``,
        the ends of ``ratio_last``; ``change_*, lower_*, upper_*`` of each of `GROUPS` over the same
        years; what the guide says, blank outside the Midlands; and the ``source`` to name. Ends are blank
        where the producer gives no interval. No rows for an area without groups.
    """
    contrasted = comparison.contrast(study, indicators()).dropna(subset=["first_year"])
    changed = comparison.group_changes(study, contrasted).set_index(["indicator", "group"])
    rows = []
    for row in contrasted.itertuples(index=False):
        found = row._asdict() | _ratio_ends(study, str(row.indicator), int(row.last_year))
        for group in GROUPS:
            if (row.indicator, group) in changed.index:
                own = changed.loc[(row.indicator, group)]
                found |= {f"{end}_{group}": own[end] for end in ("change", "lower", "upper")}
        stated = STATED.get(str(row.indicator)) if has_guide(study.area) else None
        if stated:
            found |= {"guide_top": stated.top, "guide_bottom": stated.bottom, "guide_words": stated.words}
        rows.append(found | {"source": "; ".join(attributions(str(row.indicator)))})
    frame = pd.DataFrame(rows).reindex(columns=COLUMNS)
    text = {"indicator", "level", "guide_words", "source"}
    frame = frame.astype({name: float for name in COLUMNS if name not in {*text, "first_year", "last_year"}})
    words = {name: frame[name].astype(object).fillna("").astype("str") for name in ("guide_words", "source")}
    return frame.assign(**words)


def decades(study: Study, indicator: str) -> pd.DataFrame:
    """Change of both groups over every ten years that an indicator has ("over the past decade").

    Returns
    -------
    DataFrame
        ``first_year, top, bottom``: relative changes to the year ten years on.
    """
    observed, chosen = observe(indicator), comparison.members(study)
    found = {}
    for end in ("top", "bottom"):
        means = comparison.group_mean(observed, chosen[end])
        value = means.loc[means["missing"] == 0, "value"]
        later = value.rename(lambda year: year - YEARS)
        found[end] = (later / value - 1).dropna()
    return pd.DataFrame(found).dropna().rename_axis("first_year").reset_index()


def _ratio_ends(study: Study, indicator: str, year: int) -> dict[str, float]:
    """Between which ends the ratio of the groups lies in a year."""
    observed, chosen = observe(indicator), comparison.members(study)
    top, bottom = (comparison.group_mean(observed, chosen[end]).loc[year] for end in ("top", "bottom"))
    _, lower, upper = changes.ratio_ends(top, bottom, observed.interval)
    return {"ratio_lower": lower, "ratio_upper": upper}
