"""Sentences of 06_skills_and_people: who lives, learns and works where more is produced?"""

from __future__ import annotations

import pandas as pd

from helpers.comparisons import changes, guide_figure
from helpers.derived import observe
from helpers.enumeration import listed
from helpers.groups import RULE_WORDS, has_guide
from helpers.prose.words import area_name, percent, sentence_start
from helpers.study import Study

SKILLS = (
    "nvq_level3plus", "rqf_level3plus", "rqf_none",
    "apprenticeship_starts", "apprenticeship_achievements", "further_education_participation",
)  # fmt: skip
BY_GROUP = tuple(
    f"{kind}_{group}"
    for kind in ("level3plus", "without_qualification")
    for group in ("16_64", "women", "men", "50_64")
)
PEOPLE = ("population_16_64", "population_16_24", "population_65_plus", "population_total")
FIRMS = (
    "enterprises_large", "enterprises_sme", "small_enterprises_share", "large_enterprises_share",
    "birth_rate", "death_rate", "three_year_survival", "five_year_survival", "high_growth_share",
)  # fmt: skip
WORK = (
    "pay_weekly_residence", "pay_hourly_workplace", "employment_rate", "inactivity_rate",
    "unemployment_rate_modelled", "jobs", "gdhi_per_head", "housing_affordability",
)  # fmt: skip
INDUSTRY = (
    "share_advanced_manufacturing", "share_food_textiles", "share_logistics", "share_digital",
    "share_professional_creative", "share_energy_intensive",
)  # fmt: skip
INDICATORS = (
    *SKILLS, *BY_GROUP, *PEOPLE, *FIRMS, *WORK, *INDUSTRY,
    *(i for i in guide_figure.indicators() if i not in {*SKILLS, *BY_GROUP, *PEOPLE, *FIRMS, *WORK}),
)  # fmt: skip
# Guide, "Skills Gap and Labor Market Dynamics": workforce with NVQ level 3 or above.
GUIDE_LEVEL3 = {"top": 0.75, "bottom": 0.60}


def answer(study: Study, compared: pd.DataFrame) -> str:
    """The first paragraph: skills, people, firms and pay of the two groups, or of the area and the UK."""
    pair = ("top", "bottom") if study.rule else ("area", "uk")
    who = (
        f"the most and the least productive districts of {area_name(study.area)} ({RULE_WORDS[study.rule]})"
        if study.rule
        else f"{area_name(study.area)} and the UK"
    )
    parts = [
        _levels(compared, "rqf_level3plus", pair, "of residents aged 16 to 64 had RQF level 3 or above"),
        _change(compared, "population_16_64", pair, "the number of residents of working age"),
        _change(compared, "population_16_24", pair, "the number of those aged 16 to 24"),
        _levels(compared, "pay_weekly_residence", pair, "was the median weekly pay of residents"),
        _levels(compared, "enterprises_large", pair, "enterprises per district had 250 or more employees"),
    ]
    told = " ".join(f"{part}." for part in parts if part)
    return f"This compares {who}, the first figure being that of the former. {told}"


def _pair(compared: pd.DataFrame, indicator: str, pair: tuple[str, str]) -> pd.DataFrame | None:
    """Rows of both groups by year, for the years that both have; None without such a year."""
    rows = compared[(compared["indicator"] == indicator) & compared["group"].isin(pair)]
    if set(rows["group"]) != set(pair):
        return None
    wide = rows.pivot(index="year", columns="group", values=["value", "lower", "upper", "n", "missing"])
    wide = wide[wide["value"].notna().all(axis=1)]
    return None if wide.empty else wide


def _figure(row: pd.Series, group: str) -> pd.Series:
    """``value, lower, upper`` of one group in one year."""
    return row.xs(group, level="group")


def _levels(compared: pd.DataFrame, indicator: str, pair: tuple[str, str], words: str) -> str:
    """Both groups' level in the last year, with intervals and whether they can be told apart."""
    wide = _pair(compared, indicator, pair)
    if wide is None:
        return ""
    year, row = wide.index[-1], wide.iloc[-1]
    observed = observe(indicator)
    first, second = (_figure(row, group) for group in pair)
    told = f"In {year} {_value(first, observed.unit)} and {_value(second, observed.unit)} {words}"
    _, lower, upper = changes.ratio_ends(first, second, observed.interval)
    if pd.isna(lower):
        return told
    chance = "the rounding of counts" if observed.interval == "rounding" else "chance in the survey"
    verdict = "the two cannot be told apart" if lower <= 1 <= upper else f"more apart than {chance} explains"
    return f"{told} ({verdict})"


def _value(figure: pd.Series, unit: str) -> str:
    """A figure with its interval, in its unit."""
    sign, mark = ("£", "") if unit.startswith("GBP") else ("", " %") if unit == "per cent" else ("", "")
    places = 1 if unit != "GBP per week" else 0
    told = f"{sign}{figure['value']:,.{places}f}{mark}"
    if pd.isna(figure["lower"]):
        return told
    return f"{told} ({figure['lower']:,.{places}f} to {figure['upper']:,.{places}f})"


def _change(compared: pd.DataFrame, indicator: str, pair: tuple[str, str], words: str) -> str:
    """Both groups' change between the first and the last year that both have whole."""
    wide = _pair(compared, indicator, pair)
    if wide is None:
        return ""
    wide = wide[(wide["missing"] == 0).all(axis=1)]
    if len(wide) < 2:
        return ""
    change = wide["value"].iloc[-1] / wide["value"].iloc[0] - 1
    first, second = (f"{change[group] * 100:+.1f} %" for group in pair)
    return f"From {wide.index[0]} to {wide.index[-1]} {words} changed by {first} and {second}"


def guide_sentence(study: Study, figure: pd.DataFrame) -> str:
    """What the guide's Figure 3 says, beside official figures for the same districts."""
    if not study.rule:
        return f"{sentence_start(study.area)} has too few districts for two groups, so nothing is compared."
    if not has_guide(study.area):
        return ""
    rows = figure.set_index("indicator")
    young, working = rows.loc["population_16_24"], rows.loc["population_16_64"]
    capital, transport = rows.loc["gfcf_per_hour"], rows.loc["transport_capital_per_head"]
    large = rows.loc["enterprises_large"]
    decade = guide_figure.decades(study, "gfcf_per_hour")
    roads = guide_figure.decades(study, "transport_capital_per_head")
    return (
        f"The guide's Figure 3 gives the most productive group {_signed(working['guide_top'])} of "
        f"working-age residents and the least productive {_signed(young['guide_bottom'])} of those aged "
        f"16 to 24: official figures show {_signed(working['change_top'], 1)} and "
        f"{_signed(young['change_bottom'], 1)} from {young['first_year']} to {young['last_year']}. It "
        f"gives {_signed(capital['guide_top'])} and {_signed(capital['guide_bottom'])} for investment "
        "per hour worked. That exists for ITL3 areas only; there it changed over ten years by between "
        f"{_signed(decade['top'].min())} and {_signed(decade['top'].max())} in the areas of the most "
        f"productive group, between {_signed(decade['bottom'].min())} and "
        f"{_signed(decade['bottom'].max())} in those of the least. Its "
        f"{_signed(transport['guide_bottom'])} of local infrastructure spending in the least productive "
        "group has no source; local authorities' capital spending on transport per resident, as near as "
        f"public figures come, changed by between {_signed(roads['bottom'].min())} and "
        f"{_signed(roads['bottom'].max())} over ten years there. For “twice as many” large businesses, "
        f"the ratio of the groups' numbers was {large['ratio_first']:.1f} in {large['first_year']} and "
        f"{large['ratio_last']:.1f} in {large['last_year']}; the numbers changed by "
        f"{_signed(large['change_top'])} in the most and {_signed(large['change_bottom'])} in the least "
        f"productive group. {_sme(rows.loc['enterprises_sme'])}"
    )


def _sme(row: pd.Series) -> str:
    """The guide's "half as many SMEs"."""
    return (
        "Of small and medium enterprises the least productive districts have "
        f"{percent(1 / row['ratio_last'], 0)} of the other group's number (the guide says half as many), and "
        "their number "
        f"changed by {_signed(row['change_bottom'])} there and by {_signed(row['change_top'])} in the "
        f"most productive group from {row['first_year']} to {row['last_year']}."
    )


def level3_sentence(study: Study, compared: pd.DataFrame) -> str:
    """The guide's share with level 3, and the two scales that do not splice."""
    told = (
        "Qualifications were asked for on the NVQ scale up to 2021 and on the RQF scale from 2022; the "
        "two do not make one series and are drawn apart."
    )
    if not has_guide(study.area):
        return told
    parts = []
    for indicator in ("nvq_level3plus", "rqf_level3plus"):
        wide = _pair(compared, indicator, ("top", "bottom"))
        if wide is not None:
            row = wide.iloc[-1]
            both = [_value(_figure(row, end), "per cent") for end in ("top", "bottom")]
            parts.append(f"{both[0]} and {both[1]} in {wide.index[-1]} ({indicator[:3].upper()})")
    stated = [percent(GUIDE_LEVEL3[end], 0) for end in ("top", "bottom")]
    return (
        f"{told} The guide says that {stated[0]} of the workforce of the most productive and {stated[1]} "
        "of that of the least productive local authorities have NVQ level 3 or above. Among residents "
        f"the two groups have {listed(parts)}; a workforce by place of work is not published."
    )


def small_firms_title(study: Study, correlation: float, lower: float, upper: float, n: int, year: int) -> str:
    """The finding of the picture of small firms and productivity."""
    if pd.isna(lower):
        return f"{sentence_start(study.area)} has too few districts to rank small firms against productivity"
    where = f"{n} districts of {area_name(study.area)}"
    if lower <= 0 <= upper:
        return (
            f"Over {where} a large share of small firms goes neither with high nor low productivity in "
            f"{year} (rank correlation {correlation:+.2f}, {lower:+.2f} to {upper:+.2f})"
        )
    side = "less" if upper < 0 else "more"
    return (
        f"Over {where}, those with more small firms produce {side} per hour in {year} (rank correlation "
        f"{correlation:+.2f}, {lower:+.2f} to {upper:+.2f})"
    )


def _signed(share: float, places: int = 0) -> str:
    """``+58 %`` from 0.58."""
    return f"{share * 100:+.{places}f} %"
