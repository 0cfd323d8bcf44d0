"""Which links of Myrdal's loop do public figures speak for, which against, and on which are they silent?

The rule, the same for every link, over all versions of its estimate that exist:

- **for**: every version's 90 % interval lies above zero, and at least one version is not tilted towards the
  loop by construction;
- **against**: every version's interval lies below the size that the loop claimed would need, that size is
  one that the parameter may have at all, and at least one version is not tilted away from the loop;
- **silent** otherwise, and where there is no estimate.

The loop claimed is cumulative causation, L = 1, shared equally by its three stocks: each needs
b g / d = 1/3. The size needed of b or g is worked out with the rest of the product at the middle of its
prior, so "against" is said of a loop that feeds on itself without end, not of every smaller link.
A link without such a size (people, who do not feed back, and Verdoorn's law) is spoken against only by
intervals below zero. With twenty years permanent gaps and a loop that works over decades look alike:
within places they are taken off together, between places they are counted together. So where the versions
disagree the word is silent.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import parameters
from helpers.causation.links import LINKS
from helpers.causation.model import STOCKS, Loop

VERDICTS = ("for", "against", "silent")
SHARE = 1 / 3  # of L = 1, for each of the three stocks
TABLE = [
    "link", "parameter", "estimate", "lower", "upper", "prior", "needed", "verdict", "why", "specification",
    "level", "years", "places", "caveat",
]  # fmt: skip
BOUNDS = ["parameter", "estimate", "lower", "upper", "level", "years", "caveat"]
# The version to show, the first that has an estimate.
LEADING = ("instrumented", "original edition", "within", "between", "shift_share", "least squares")


def verdict(versions: pd.DataFrame, needed: float = np.nan, most: float = np.inf) -> tuple[str, str]:
    """The rule of this module.

    Parameters
    ----------
    versions : DataFrame
        ``lower``, ``upper`` (NaN where there is no estimate) and ``tilt`` (``towards`` or ``away`` from the
        loop, or empty), one row per version.
    needed : float
        The size that the loop claimed would need; NaN where it claims none.
    most : float
        The largest size that the parameter may have (``range`` in ``data/parameters.yml``). To fall short
        of a size beyond it, which nobody claims, speaks against nothing.

    Returns
    -------
    (str, str)
        One of `VERDICTS`, and why.
    """
    known = versions.dropna(subset=["lower", "upper"])
    if known.empty:
        return "silent", "no version has an estimate"
    tilts = set(known["tilt"])
    if (known["lower"] > 0).all():
        if tilts != {"towards"}:
            return "for", "every interval lies above zero"
        return "silent", "intervals lie above zero, but every version is tilted towards the loop"
    bar = 0.0 if np.isnan(needed) else needed
    if (known["upper"] < bar).all():
        if needed > most:
            return "silent", f"the size needed, {needed:.2g}, is beyond what the parameter may be, {most:.2g}"
        if tilts != {"away"}:
            size = "zero" if np.isnan(needed) else f"the size needed, {needed:.2g}"
            return "against", f"every interval lies below {size}"
        return "silent", "intervals fall short, but every version is tilted away from the loop"
    signs = {
        "above" if low > 0 else "below" if up < 0 else "both"
        for low, up in known[["lower", "upper"]].to_numpy()
    }
    if len(signs) > 1:
        return "silent", "the versions disagree"
    return "silent", "the intervals hold zero and sizes that matter"


def evidence_table(found: pd.DataFrame, loop: Loop) -> pd.DataFrame:
    """One row per link: what was estimated, the leading version, and the verdict.

    Parameters
    ----------
    found : DataFrame
        From `helpers.causation.links.versions`, with the same loop.
    loop : Loop

    Returns
    -------
    DataFrame
        `TABLE`. ``prior`` stands beside ``needed``: to fall short of a size many times the prior says
        little. The leading version is the first of `LEADING` that has an
        estimate; ``specification`` is empty and the figures NaN where none has.
    """
    sizes = needed(loop)
    rows = []
    for link in LINKS:
        own = found[found["link"] == link.name]
        size = sizes.get(link.parameter, np.nan)
        record = parameters.load().get(link.parameter)
        most = record.range[1] if record and record.range else np.inf
        word, why = verdict(own, size, most)
        lead = _leading(own)
        figures = (np.nan,) * 3 if lead is None else tuple(lead[["estimate", "lower", "upper"]])
        about = (
            ("", "") if lead is None else (lead["specification"], f"{lead['first_year']}-{lead['last_year']}")
        )
        prior = float(np.asarray(getattr(loop, link.parameter))) if link.parameter else np.nan
        found_here = (
            *figures,
            prior,
            size,
            word,
            why,
            about[0],
            link.level,
            about[1],
            int(own["places"].max()),
        )
        rows.append((link.name, link.parameter, *found_here, link.caveat))
    return pd.DataFrame(rows, columns=TABLE)


def needed(loop: Loop) -> dict[str, float]:
    """The size of each ``b`` and ``g`` at which its stock alone would bring `SHARE` of L = 1.

    Infinite where the other part of the product is zero: no size would do.
    """
    b, g, d = loop.of("b"), loop.of("g"), loop.of("d")
    with np.errstate(divide="ignore"):
        sizes = {"g": SHARE * d / b, "b": SHARE * d / g}
    return {
        f"{letter}_{stock}": float(size)
        for letter, values in sizes.items()
        for stock, size in zip(STOCKS, values, strict=True)
    }


def bounds(found: pd.DataFrame) -> pd.DataFrame:
    """What public data say of the loop's parameters, for printing beside the priors.

    Parameters
    ----------
    found : DataFrame
        From `helpers.causation.links.versions`.

    Returns
    -------
    DataFrame
        `BOUNDS`. ``estimate`` is the leading version's; ``lower`` and ``upper`` span the 90 % intervals of
        all versions. No row for a parameter without any estimate.
    """
    rows = []
    for link in LINKS:
        own = found[(found["link"] == link.name) & (found["parameter"] != "")].dropna(subset=["estimate"])
        lead = _leading(own)
        if lead is None:
            continue
        years = f"{own['first_year'].min()}-{own['last_year'].max()}"
        ends = (own["lower"].min(), own["upper"].max())
        rows.append((link.parameter, lead["estimate"], *ends, link.level, years, link.caveat))
    return pd.DataFrame(rows, columns=BOUNDS)


def beside(found: pd.DataFrame) -> pd.DataFrame:
    """`bounds` in the shape that `helpers.causation.priors.table` takes."""
    where = {"itl3": "ITL3 areas", "district": "districts"}
    what = [f"{where[r.level]}, {r.years}: {r.caveat}" for r in found.itertuples()]
    return found.rename(columns={"estimate": "value"}).assign(what=what)[
        ["parameter", "value", "lower", "upper", "what"]
    ]


def _leading(own: pd.DataFrame) -> pd.Series | None:
    """The version to show, if any has an estimate."""
    known = own.dropna(subset=["estimate"]).set_index("specification", drop=False)
    name = next((one for one in LEADING if one in known.index), None)
    return None if name is None else known.loc[name]
