"""Does an area produce less per employee because of its industries, or within each of them?

ITL3 areas of Great Britain in 2023, in current prices (`helpers.decomposition.industry_accounts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from helpers import geography
from helpers.decomposition import industry_accounts as accounts
from helpers.decomposition.kitagawa import kitagawa
from helpers.geography import Area
from helpers.indicators import about

COLUMNS = [
    "area_code", "name", "scope", "detail", "against", "output_per_employee", "against_value", "gap", "mix",
    "within", "mix_at_against", "mix_at_own", "relative_gap", "relative_mix", "relative_within",
    "industries", "pooled", "employees", "reason",
]  # fmt: skip
INDUSTRY_COLUMNS = [
    "industry", "label", "employee_share", "against_share", "output_per_employee", "against_output", "mix",
    "within",
]  # fmt: skip
GREAT_BRITAIN = "Great Britain"
NO_LONDON = "Great Britain without London"
LONDON = "TLI"


def _row(
    code: str, name: str, scope: str, units: list[str], others: list[str], against: str, detail: str
) -> dict[str, object]:
    """One comparison, or the reason why there is none."""
    row: dict[str, object] = dict(zip(COLUMNS, (code, name, scope, detail, against), strict=False))
    known = accounts.summable(units)
    if not known or not others:
        return row | {"reason": f"no split: {_why(scope, units)}"}
    _, held, sides = accounts.sides(known, others, detail)
    parts = kitagawa(*sides)
    other = sides[2].sum() / sides[3].sum()
    left_out = [accounts.names()[unit] for unit in units if unit not in known]
    return row | {
        "output_per_employee": sides[0].sum() / sides[1].sum(), "against_value": other,
        "gap": parts.gap, "mix": parts.mix, "within": parts.within,
        "mix_at_against": parts.mix_at_other, "mix_at_own": parts.mix_at_own,
        "relative_gap": parts.gap / other, "relative_mix": parts.mix / other,
        "relative_within": parts.within / other,
        "industries": len(sides[0]), "pooled": "|".join(held), "employees": sides[1].sum(),
        "reason": f"without {', '.join(left_out)}: imputed rent is suppressed" if left_out else "",
    }  # fmt: skip


def _with_absent(row: dict[str, object], area: Area) -> dict[str, object]:
    """Name districts of the area that lie outside Great Britain, beside other districts that do not."""
    absent = [str(geography.names()[code]) for code in area.codes if code.startswith("N")]
    if not absent:
        return row
    told = f"without {', '.join(absent)}: the survey of employees does not cover Northern Ireland"
    return row | {"reason": "; ".join(filter(None, (str(row["reason"]), told)))}


def _why(scope: str, units: list[str]) -> str:
    """Why there is nothing to split."""
    if units:
        return "imputed rent is suppressed"
    if scope in ("area", "area_without_london"):
        return "the survey of employees does not cover Northern Ireland"
    return "no ITL3 area of Great Britain holds districts of this group alone"


@cache
def every_area(detail: str = "industries") -> pd.DataFrame:
    """Every ITL3 area of Great Britain against all of them: `COLUMNS`, sorted by code.

    Parameters
    ----------
    detail : str
        ``industries``, or ``broad`` for five.
    """
    names, whole = accounts.names(), accounts.complete()
    rows = [
        _row(unit, names[unit], "itl3", [unit], whole, GREAT_BRITAIN, detail)
        for unit in accounts.figures()[1].index
    ]
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def table(area: Area, groups: Mapping[str, list[str]]) -> pd.DataFrame:
    """The area's ITL3 areas, the area itself and its groups against Great Britain, and top against bottom.

    Parameters
    ----------
    area : Area
    groups : mapping of str to list of str
        Districts by group (`helpers.comparisons.comparison.members`); ``top`` and ``bottom`` are used.

    Returns
    -------
    DataFrame
        `COLUMNS`. Pounds per employee; ``relative_`` are fractions of ``against_value``. ``mix`` and
        ``within`` sum to ``gap``. ``scope`` is ``itl3``, ``area`` (against Great
        Britain), ``area_without_london`` (against the rest of it; the UK has neither), ``top``,
        ``bottom`` or ``top_against_bottom``. Groups are those ITL3 areas that hold their districts,
        without those that hold districts of both. ``pooled`` are industries taken together,
        because a figure is suppressed or there are no employees. Without a figure there is a
        ``reason``, which also names areas that are left out of a sum.
    """
    own, whole = accounts.units_of(area.codes), accounts.complete()
    ends = _ends(groups)
    parts = []
    for detail in ("industries", "broad"):
        every = every_area(detail)
        rows = []
        if area.kind != "uk":
            rest = [unit for unit in whole if not unit.startswith(LONDON)]
            for scope, others, against in (
                ("area", whole, GREAT_BRITAIN),
                ("area_without_london", rest, NO_LONDON),
            ):
                row = _row("", area.name, scope, own, others, against, detail)
                rows.append(_with_absent(row, area) if own else row)
        for end, units in ends.items():
            rows.append(
                _row("+".join(units), f"{area.name}: {end}", end, units, whole, GREAT_BRITAIN, detail)
            )
        if ends:
            known = accounts.summable(ends["bottom"])
            name = f"{area.name}: top against bottom"
            rows.append(
                _row("", name, "top_against_bottom", ends["top"], known, f"{area.name}: bottom", detail)
            )
        parts += [every[every["area_code"].isin(own)], pd.DataFrame(rows).reindex(columns=COLUMNS)]
    return pd.concat(parts, ignore_index=True)


def _ends(groups: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Units that hold districts of the top or of the bottom group, without those that hold both."""
    ends = {end: accounts.units_of(groups[end]) for end in ("top", "bottom") if end in groups}
    both = set(ends.get("top", [])) & set(ends.get("bottom", []))
    return {end: [unit for unit in units if unit not in both] for end, units in ends.items()}


def by_industry(area: Area, groups: Mapping[str, list[str]]) -> pd.DataFrame:
    """Which industries make up the two parts: of the area against Great Britain; in the UK, of its groups.

    Returns
    -------
    DataFrame
        ``industry, label, employee_share, against_share, output_per_employee, against_output, mix, within``;
        ``mix`` and ``within`` are fractions of the other side's output per employee. The row ``pool``
        holds industries taken together. Empty where a side has no figures.
    """
    units, other = accounts.units_of(area.codes), accounts.complete()
    if area.kind == "uk":
        ends = _ends(groups)
        units, other = ends.get("top", []), accounts.summable(ends.get("bottom", []))
    units = accounts.summable(units)
    if not units or not other:
        return pd.DataFrame(columns=INDUSTRY_COLUMNS)
    names, _, (gva, jobs, other_gva, other_jobs) = accounts.sides(units, other, "industries")
    parts = kitagawa(gva, jobs, other_gva, other_jobs)
    scale = other_gva.sum() / other_jobs.sum()
    found = {
        "industry": names, "label": [_label(name) for name in names],
        "employee_share": jobs / jobs.sum(), "against_share": other_jobs / other_jobs.sum(),
        "output_per_employee": gva / jobs, "against_output": other_gva / other_jobs,
        "mix": parts.mix_by_industry / scale, "within": parts.within_by_industry / scale,
    }  # fmt: skip
    return pd.DataFrame(found)[INDUSTRY_COLUMNS]


def _label(industry: str) -> str:
    if industry == "pool":
        return "industries taken together"
    label = str(about(f"gva_{industry}")["label"])
    return label.removeprefix("GVA: ").split(" (SIC")[0]


def spread(detail: str = "industries") -> pd.DataFrame:
    """How much of the spread of output per employee over ITL3 areas each part accounts for.

    Returns
    -------
    DataFrame
        ``part, share, n``: covariance of the part with the gap, over the gap's variance; the shares of
        ``mix`` and ``within`` sum to one. Each ITL3 area counts once.
    """
    known = every_area(detail).dropna(subset=["gap"])
    variance = known["gap"].var(ddof=0)
    shares = [float(np.cov(known[part], known["gap"], ddof=0)[0, 1] / variance) for part in ("mix", "within")]
    return pd.DataFrame({"part": ["mix", "within"], "share": shares, "n": len(known), "detail": detail})
