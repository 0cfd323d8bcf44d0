"""Does the reader's own choice of definition change the answer? The data of the gap page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import study
from helpers.figures.spread import COLOURS
from helpers.gaps import specification
from helpers.gaps.specification import OPTIONS, RELATIVE, VERDICTS
from helpers.geography import Area
from helpers.groups import MEAN_YEARS, RULE_WORDS, START_YEAR
from helpers.prose.words import MEASURES, area_name
from helpers.site import data_files, gap_charts

NAME = "gap_explorer"
# The run's own table, where `helpers.book_source.gather` puts it
CURVE = Path("notebooks", "tables", "03_divergence", "specification_curve.csv")
DIGITS = 4  # significant, of a change: wrong by half a per mille of it at most
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
CODED = [*OPTIONS, "first_year", "last_year", "verdict"]
TITLES = {
    "group_size": "Districts in each group",
    "rule": "Groups",
}
# Words for a list, where the option itself would not say enough
WORDS: dict[str, dict[str, str]] = {
    "series": {
        "smoothed": "as published (smoothed)",
        "unsmoothed": "smoothing undone (ours)",
        "unsmoothed_without_rent": "smoothing undone, without imputed rent (ours)",
    },
    "measure": MEASURES,
    "rule": {rule: re.sub("^(the )?groups ", "", words) for rule, words in RULE_WORDS.items()},
    "weights": {
        "unweighted": "each district counts once",
        "hours": "weighted by hours worked",
        "median": "median district",
    },
    "definition": {
        "share_of_top": "share of the top group",
        "share_of_bottom": "share of the bottom group",
        "ratio": "ratio of top to bottom",
        "log": "logarithm of the ratio",
        "absolute": "GBP of each year",
        "absolute_deflated": "GBP of the last year's prices",
    },
}
# Words beside a chart, where there is less room
SHORT: dict[str, dict[str, str]] = {
    "series": {
        "smoothed": "published",
        "unsmoothed": "unsmoothed",
        "unsmoothed_without_rent": "without rent",
    },
    "measure": {"hour": "per hour", "job": "per job"},
    "rule": {
        "guide": "the guide's",
        "start": f"ranked in {START_YEAR}",
        "end": "ranked last year",
        "rechosen": "ranked each year",
        "mean": f"mean {MEAN_YEARS[0]} to {MEAN_YEARS[-1]}",
        "first": "ranked first year",
        "middle": "ranked middle year",
        "split": "odd, then even",
    },
    "weights": {"unweighted": "unweighted", "hours": "by hours", "median": "median"},
    "definition": {
        "share_of_top": "share of top",
        "share_of_bottom": "share of bottom",
        "ratio": "ratio",
        "log": "logarithm",
        "absolute": "GBP",
        "absolute_deflated": "GBP, deflated",
    },
}
PATTERNS = {"release": "release {}", "group_size": "{} districts"}  # of the short words of numbers
UNITS = {
    "share_of_top": [100, "percentage points"],
    "share_of_bottom": [100, "percentage points"],
    "ratio": [1, "as a ratio"],
    "log": [1, "in logarithms"],
    "absolute": [1, "GBP"],
    "absolute_deflated": [1, "GBP"],
}


def write(area: Area, seed: int, folder: Path) -> None:
    """Write the data of the gap page.

    Parameters
    ----------
    area : Area
    seed : int
        Of the revision draws; used where the gathered folder lacks the run's own table.
    folder : Path
        The gathered folder of the book.
    """
    table = folder / CURVE
    curve = (
        pd.read_csv(table, keep_default_na=False, na_values={name: [""] for name in specification.NUMBERS})
        if table.is_file()
        else specification.specification_curve(area, seed)
    )
    data_files.write(folder, NAME, contents(curve, area))


def contents(curve: pd.DataFrame, area: Area) -> dict[str, Any]:
    """What the page needs: every specification in short, words for the choices, and the charts.

    Parameters
    ----------
    curve : DataFrame
        `helpers.gaps.specification.specification_curve`, possibly without rows.
    area : Area

    Returns
    -------
    dict
        ``area``; ``choices``, one ``{id, title, options}`` per choice with an option's value, words and
        short words; ``columns``, one text per column of `CODED`, whose letters are places in ``codes``;
        ``change, lower, upper``, rounded to `DIGITS`; ``own``, the choice that the notebooks make by
        default, or None where there are no groups; ``once``, the definitions that share another's verdict.
    """
    codes = {name: [str(value) for value in curve[name].unique()] for name in CODED}
    codes["verdict"] = list(VERDICTS)
    return {
        "area": area_name(area),
        "choices": [
            {
                "id": name,
                "title": TITLES.get(name, name.capitalize()),
                "options": [_option(name, value) for value in codes[name]],
            }
            for name in OPTIONS
        ],
        "codes": codes,
        "columns": {name: packed(curve[name].astype(str), codes[name]) for name in CODED},
        **{name: data_files.numbers(curve[name], DIGITS) for name in ("change", "lower", "upper")},
        "units": UNITS,
        "once": list(RELATIVE[1:]),
        "verdicts": list(VERDICTS),
        "colours": COLOURS,
        "own": _own(area, codes),
        "charts": gap_charts.specifications(),
    }


def _option(choice: str, value: str) -> list[str]:
    """An option with its words for a list and its words beside a chart."""
    short = SHORT.get(choice, {}).get(value) or PATTERNS.get(choice, "{}").format(value)
    return [value, WORDS.get(choice, {}).get(value, value), short]


def packed(column: pd.Series, values: list[str]) -> str:
    """A column as one text, a letter per row: the place of its value in a list.

    Raises
    ------
    ValueError
        There are more values than letters.
    """
    if len(values) > len(LETTERS):
        raise ValueError(f"{column.name} has {len(values)} values; a letter can name {len(LETTERS)}.")
    letter = dict(zip(values, LETTERS, strict=False))
    return "".join(column.map(letter))


def _own(area: Area, codes: dict[str, list[str]]) -> dict[str, str] | None:
    """The choice that the notebooks make by default; None where the area has too few districts.

    Where the curve lacks an option of it, such as groups of two in a small area, its first one stands in.
    """
    asked = study.choose(area=list(area.codes))
    if asked.rule is None or not codes["series"]:
        return None
    default = {
        "series": "smoothed",
        "measure": asked.measure,
        "release": str(asked.release),
        "rule": asked.rule,
        "group_size": str(asked.size),
        "weights": "unweighted",
        "definition": "share_of_top",
        "window": "2004 to last",
    }
    return {name: value if value in codes[name] else codes[name][0] for name, value in default.items()}
