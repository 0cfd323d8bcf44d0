"""What does an indicator say of a combined authority? Its published figure, or its districts' together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers import containing
from helpers.comparisons import changes
from helpers.derived import observe, records
from helpers.indicators import Observed, about, published

ENDS = ("value", "lower", "upper")


def own(indicator: str, authority: str) -> pd.DataFrame:
    """The figures published for an authority (or, of a derived indicator, for authorities).

    Returns
    -------
    DataFrame
        ``value, lower, upper`` by year; empty where there are none.
    """
    if indicator in records():
        observed = observe(indicator)
        there = observed.level == "combined_authority"
    else:
        there = "combined_authority" in str(about(indicator)["geography"]).split("|")
        observed = published(indicator, "combined_authority") if there else observe(indicator)
    if not there or authority not in observed.values.index:
        return pd.DataFrame(columns=list(ENDS), dtype=float)
    return _frame(*(frame.loc[authority] for frame in _parts(observed)))


def of_districts(indicator: str, codes: Sequence[str], weight: str) -> pd.DataFrame:
    """An indicator of some districts together, made of the districts' figures.

    Parameters
    ----------
    indicator : str
        Exists by district.
    codes : sequence of str
        Districts by their codes of December 2024.
    weight : str
        The total that a published rate is weighted with, as of the last year in which all these
        districts have it. Of a derived indicator the parts are summed and then divided, which needs none.

    Returns
    -------
    DataFrame
        ``value, lower, upper`` by year. A year in which any district lacks its figure has none.
        Samples of districts are independent: squares of half-widths add; bounds of rounding add. The
        weighted mean of districts' medians is not the median of all.
    """
    record = records().get(indicator)
    if record is not None:
        above = [_summed(part, codes, sign) for part, sign in record["numerator"].items()]
        total = sum(above[1:], above[0])
        below = [_summed(part, codes, 1)["value"] for part in record["denominator"]]
        scale = record["scale"] / sum(below[1:], below[0])
        return total.mul(scale, axis=0).dropna(subset=["value"])
    observed = observe(indicator)
    value, lower, upper = (_rows(frame, observed, codes) for frame in _parts(observed))
    share = weights(weight, codes)
    down = _together(value - lower, share, observed.interval)
    up = _together(upper - value, share, observed.interval)
    mean = value.mul(share, axis=0).sum(skipna=False)
    return _frame(mean, mean - down, mean + up)


def weights(total: str, codes: Sequence[str]) -> pd.Series:
    """Share of each district in a total, in the year of `weight_year`."""
    observed = observe(total)
    rows = _rows(observed.values, observed, codes)
    own = rows[weight_year(total, codes)]
    return own / own.sum()


def weight_year(total: str, codes: Sequence[str]) -> int:
    """The last year in which all of some districts have a total."""
    observed = observe(total)
    whole = _rows(observed.values, observed, codes).notna().all()
    return int(whole.index[whole][-1])


def united_kingdom(indicator: str) -> pd.DataFrame:
    """The same of the UK: ``value, lower, upper`` by year; of a derived indicator made of its parts."""
    record = records().get(indicator)
    if record is None:
        return _frame(*(frame.iloc[0] for frame in _parts(published(indicator, "uk"))))
    value = record["scale"] * _uk_sum(record["numerator"]) / _uk_sum(dict.fromkeys(record["denominator"], 1))
    nothing = value * np.nan
    return _frame(value, nothing, nothing)


def relative(figures: pd.DataFrame, to: pd.DataFrame, interval: str) -> pd.DataFrame:
    """Figures in per cent of others, year by year, in the years that both have.

    The ends allow for the band of both (`helpers.comparisons.changes.ratio_ends`); one that has no
    band while the other has is taken as exact.
    """
    years = figures.index.intersection(to.index)
    below = to.assign(lower=to["lower"].fillna(to["value"]), upper=to["upper"].fillna(to["value"]))
    ratios = [changes.ratio_ends(figures.loc[year], below.loc[year], interval) for year in years]
    return 100 * pd.DataFrame(ratios, index=years, columns=list(ENDS), dtype=float)


def _parts(observed: Observed) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return observed.values, observed.lower, observed.upper


def _frame(value: pd.Series, lower: pd.Series, upper: pd.Series) -> pd.DataFrame:
    frame = pd.DataFrame({"value": value, "lower": lower, "upper": upper}, dtype=float)
    return frame.dropna(subset=["value"])


def _rows(frame: pd.DataFrame, observed: Observed, codes: Sequence[str]) -> pd.DataFrame:
    """Rows of districts by their codes of December 2024; one that was made of several later is empty."""
    pairs = containing.of_districts("district", observed.vintage)
    pairs = pairs[~pairs["district"].duplicated(keep=False)].set_index("district")["area_code"]
    return frame.reindex(pairs.reindex(list(codes))).set_axis(list(codes))


def _together(reach: pd.DataFrame, share: pd.Series, interval: str) -> pd.Series:
    """How far the weighted mean of districts reaches to one side, by year."""
    power = 2 if interval == "sampling" else 1
    return reach.mul(share, axis=0).pow(power).sum(skipna=False) ** (1 / power)


def _summed(total: str, codes: Sequence[str], sign: float) -> pd.DataFrame:
    observed = published(total, "district")
    sums = [_rows(frame, observed, codes).sum(skipna=False) * sign for frame in _parts(observed)]
    value, lower, upper = sums if sign > 0 else (sums[0], sums[2], sums[1])  # what is taken off reaches back
    return pd.DataFrame({"value": value, "lower": lower, "upper": upper})


def _uk_sum(parts: dict[str, float]) -> pd.Series:
    terms = [weight * published(part, "uk").values.iloc[0] for part, weight in parts.items()]
    return sum(terms[1:], terms[0])
