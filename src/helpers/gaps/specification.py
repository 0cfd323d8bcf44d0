"""Does the answer hang on how the gap is measured? Its change by every choice: the specification curve."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from helpers import revisions, series
from helpers.gaps.choices import WINDOWS, Choice, choices
from helpers.gaps.divergence import DEFINITIONS, WEIGHTS, average
from helpers.geography import Area

# These rise with the ratio and with nothing else, so they share its verdict (not its band).
RELATIVE = ("share_of_top", "share_of_bottom", "ratio", "log")
CURVE_DEFINITIONS = (*RELATIVE, "absolute", "absolute_deflated")
VERDICTS = ("widened", "narrowed", "within the noise", "too close to call", "cannot be known")
OPTIONS = ["series", "measure", "release", "rule", "group_size", "weights", "definition", "window"]
NUMBERS = ["start", "end", "change", "lower", "upper"]
CURVE_COLUMNS = ["area", *OPTIONS, "first_year", "last_year", *NUMBERS, "verdict", "reason"]
NEVER = "the series is ours and has not been revised"
LEFT_OUT_COLUMNS = [*OPTIONS[:5], "specifications", "reason"]


@dataclass(frozen=True, eq=False)
class Ends:
    """A panel in the years at which some window begins or ends, as published and in every draw.

    Attributes
    ----------
    years : ndarray, shape (Y,)
    published, hours : ndarray, shape (Y, n, 1)
    drawn : ndarray, shape (Y, n, draws), or None
        Without what revision does to all districts alike. None where a series was never revised.
    common : ndarray, shape (Y, draws), or None
        What revision does to all districts alike: factors, for amounts in pounds.
    """

    years: np.ndarray
    published: np.ndarray
    hours: np.ndarray
    drawn: np.ndarray | None
    common: np.ndarray | None


def specification_curve(area: Area, seed: int) -> pd.DataFrame:
    """The change of the gap by every combination of choices.

    Parameters
    ----------
    area : Area
    seed : int
        Seed of the revision draws.

    Returns
    -------
    DataFrame
        Columns `CURVE_COLUMNS`, one row per specification. ``series`` is ``smoothed`` as published, or
        one of ours (`helpers.gaps.choices.UNSMOOTHED`). Shares are fractions, ``absolute`` is in
        GBP of each year, ``absolute_deflated`` in GBP of the last year (by the UK's deflator at the
        two ends; the smoothed series must not be deflated year by year). ``start`` and ``end`` are
        the gap at the ends of the window, ``lower`` and ``upper`` the revision band (ours) of
        ``change``, from the same draws at both ends, ``verdict`` one of `VERDICTS`, as in
        `helpers.gaps.divergence.Change`. Where there is no band it is empty and ``reason`` says why.
        With rule ``split`` the ends are the first and the last even year of the window. What cannot
        be formed is in `left_out`. No rows for an area with fewer than six districts.
    """
    curve = _every(area, seed)
    return curve.dropna(subset=["start", "end"], ignore_index=True)


def left_out(area: Area) -> pd.DataFrame:
    """The combinations that the curve of an area cannot hold, and why.

    Returns
    -------
    DataFrame
        Columns `LEFT_OUT_COLUMNS`: how many ``specifications`` of one panel, rule and size have no
        row in `specification_curve`, by ``reason``. With the rows of the curve they add up to every
        combination.
    """
    each = len(WEIGHTS) * len(CURVE_DEFINITIONS)
    rows = [
        (*_named(choice), each, choice.reason or window.reason)
        for choice in choices(area)
        for window in choice.windows
        if choice.reason or window.reason
    ]
    without = _every(area, None)
    without = without[without[["start", "end"]].isna().any(axis=1)]
    frame = pd.concat(
        [
            pd.DataFrame(rows, columns=LEFT_OUT_COLUMNS),
            without.assign(specifications=1, reason=_absences(without))[LEFT_OUT_COLUMNS],
        ]
    )
    keys = [column for column in LEFT_OUT_COLUMNS if column != "specifications"]
    return frame.groupby(keys, as_index=False, sort=False)["specifications"].sum()[LEFT_OUT_COLUMNS]


def distinct(curve: pd.DataFrame) -> pd.DataFrame:
    """The curve with the definitions that share a verdict counted once, as a share of the top group."""
    return curve[~curve["definition"].isin(RELATIVE[1:])].reset_index(drop=True)


def summary(curve: pd.DataFrame) -> pd.DataFrame:
    """How many specifications say what, overall and by each choice.

    Parameters
    ----------
    curve : DataFrame
        `specification_curve`, or `distinct` of it, where no verdict is counted four times.

    Returns
    -------
    DataFrame
        ``choice`` (``all`` or one of `OPTIONS`), ``option``, in the order of the curve;
        ``specifications``; how many have each of `VERDICTS`; the shares of the verdicts among those
        that can be known (``share widened`` and so on; empty where none can); and ``share rose``: the
        share of all that went up at all, whatever the band.
    """
    parts = []
    for choice in ["all", *OPTIONS]:
        option = pd.Series("all", curve.index) if choice == "all" else curve[choice].astype(str)
        counts = pd.crosstab(option, curve["verdict"]).reindex(
            index=option.unique(), columns=VERDICTS, fill_value=0
        )
        known = counts[list(VERDICTS[:4])]
        shares = known.div(known.sum(axis=1).replace(0, np.nan), axis=0).add_prefix("share ")
        rose = (curve["change"] > 0).groupby(option).mean().rename("share rose")
        total = counts.sum(axis=1).rename("specifications")
        frame = pd.concat([total, counts, shares], axis=1).join(rose)
        parts.append(frame.rename_axis("option").reset_index().assign(choice=choice))
    table = pd.concat(parts, ignore_index=True)
    return table[["choice", *table.columns.drop("choice")]]


def verdicts(draws: np.ndarray) -> np.ndarray:
    """What draws of changes say, many at once, as `helpers.gaps.divergence.change` says it of one.

    Parameters
    ----------
    draws : ndarray, shape (draws, ...)

    Returns
    -------
    ndarray of str, shape (...)
        One of `VERDICTS`; ``cannot be known`` where a draw is NaN.
    """
    return np.array(VERDICTS, dtype=object)[_judged(draws)]


def _judged(draws: np.ndarray) -> np.ndarray:
    """As `verdicts`, by their number in `VERDICTS`."""
    tail = revisions.LEVEL[0]
    error = 2 * np.sqrt(tail * (1 - tail) / len(draws))
    below, above = (draws <= 0).mean(axis=0), (draws >= 0).mean(axis=0)
    says = [
        np.isnan(draws).any(axis=0),
        below < tail - error,
        above < tail - error,
        np.minimum(below, above) > tail + error,
    ]
    return np.select(says, [4, 0, 1, 2], 3)


def _every(area: Area, seed: int | None) -> pd.DataFrame:
    """Rows of all groups that can be formed, also those without figures; no draws without a seed."""
    labels, keys, numbers = [], [], []
    for panel, of_panel in groupby(choices(area), key=lambda choice: choice.panel):
        formed = [choice for choice in of_panel if choice.spans]
        if not formed:
            continue
        ends = _ends(panel, formed, seed)
        for choice in formed:
            key, number = _block(choice, ends)
            labels.append(_named(choice))
            keys.append(key)
            numbers.append(number)
    if not labels:
        return pd.DataFrame(columns=CURVE_COLUMNS)
    # Words are written once for the whole table: pandas is slow at making many small ones.
    repeated = np.repeat(np.arange(len(labels)), [len(key) for key in keys])
    curve = pd.DataFrame(labels, columns=OPTIONS[:5]).take(repeated).reset_index(drop=True)
    weights, definition, window, first, last, verdict = np.concatenate(keys).T
    curve[NUMBERS] = np.concatenate(numbers)
    never = np.where(curve["series"] == "smoothed", "a district was never revised", NEVER)
    return curve.assign(
        area=area.name,
        weights=np.array(WEIGHTS, dtype=object)[weights],
        definition=np.array(CURVE_DEFINITIONS, dtype=object)[definition],
        window=np.array(list(WINDOWS), dtype=object)[window],
        first_year=first,
        last_year=last,
        verdict=np.array(VERDICTS, dtype=object)[verdict],
        reason=np.where(curve["lower"].isna(), never, ""),
    )[CURVE_COLUMNS]


def _named(choice: Choice) -> tuple[str, str, int, str, int]:
    return choice.kind, choice.panel.measure, choice.panel.release, choice.rule, choice.size


def _ends(panel: series.Panel, formed: list[Choice], seed: int | None) -> Ends:
    """A panel at the ends of the windows of some choices."""
    years = np.unique([span for choice in formed for span in choice.spans.values()])
    at = panel.values.columns.get_indexer(pd.Index(years))
    published = panel.values.to_numpy()[:, at].T[:, :, None]
    hours = panel.hours.to_numpy()[:, at].T[:, :, None]
    if seed is None or formed[0].kind != "smoothed":
        return Ends(years, published, hours, None, None)
    # Not through the cache: kept for every panel, the draws of the UK alone would fill 0.7 GB.
    factors = revisions.own_factors.__wrapped__(panel, seed)[:, :, at]
    common = revisions.common_factors(panel, seed)[:, at].T
    return Ends(years, published, hours, published * factors.transpose(2, 1, 0), common)


def _block(choice: Choice, ends: Ends) -> tuple[np.ndarray, np.ndarray]:
    """All weights, definitions and windows of one panel, rule and size.

    Returns
    -------
    (ndarray of int, ndarray)
        Number of the weights, of the definition and of the window, first and last year, number of the
        verdict; and `NUMBERS`. One row per specification.
    """
    label = np.array([list(WINDOWS).index(label) for label in choice.spans])
    spans = np.array(list(choice.spans.values()))
    start, end = _gaps(choice, ends, ends.published, np.ones(1), spans)[..., 0]
    lower, upper = np.full((2, *start.shape), np.nan)
    verdict = np.full(start.shape, VERDICTS.index("cannot be known"))
    if ends.drawn is not None and ends.common is not None:
        starts, finishes = _gaps(choice, ends, ends.drawn, ends.common, spans)
        changes = np.moveaxis(finishes - starts, -1, 0)  # (draws, weights, definitions, windows)
        lower, upper = revisions.band(changes)
        alike = len(RELATIVE)
        verdict[:, :alike] = _judged(changes[:, :, :1])
        verdict[:, alike:] = _judged(changes[:, :, alike:])
    weights, definition, window = np.indices(start.shape)
    keys = (weights, definition, label[window], spans[window, 0], spans[window, 1], verdict)
    numbers = (start, end, end - start, lower, upper)
    return np.stack([k.ravel() for k in keys], axis=1), np.stack([n.ravel() for n in numbers], axis=1)


def _gaps(
    choice: Choice, ends: Ends, values: np.ndarray, common: np.ndarray, spans: np.ndarray
) -> np.ndarray:
    """The gap at both ends of each window, shape (2, weights, definitions, windows, draws)."""
    assert choice.groups is not None  # noqa: S101 (tells mypy what callers see to)
    first, last = np.searchsorted(ends.years, spans.T)
    columns = np.searchsorted(choice.groups.years, ends.years)
    year = np.arange(len(columns))[:, None]
    averages = []
    for members in (choice.groups.top[:, columns].T, choice.groups.bottom[:, columns].T):
        own, hours = values[year, members], ends.hours[year, members]
        averages.append(np.stack([average(own, hours, weights) for weights in WEIGHTS]))
    top, bottom = averages  # (weights, years, draws)
    pounds = DEFINITIONS["absolute"](top, bottom) * common
    by_year = np.stack([*(DEFINITIONS[name](top, bottom) for name in RELATIVE), pounds, pounds], axis=1)
    start, end = by_year[:, :, first], by_year[:, :, last]
    dearer = np.array([series.price_ratio(*span) for span in spans.tolist()])[:, None]
    start[:, -1] *= dearer  # in the money of the last year, in which the end is already
    return np.stack([start, end])


def _absences(rows: pd.DataFrame) -> list[str]:
    """Why specifications of groups that exist have no gap at an end of the window."""
    told = []
    for row in rows.itertuples(index=False):
        if row.definition == "absolute_deflated" and np.isnan(
            series.price_ratio(row.first_year, row.last_year)
        ):
            told.append(f"no deflator is published for both {row.first_year} and {row.last_year}")
        else:
            what = "a district or its hours" if row.weights == "hours" else "a district"
            told.append(f"{what} has no figure in {row.first_year} or {row.last_year}")
    return told
