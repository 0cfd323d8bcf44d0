"""What does a run say in two pages? A brief for those who decide, as a page and as a PDF."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import book_source, study, tables
from helpers.errors import BookError
from helpers.prose.words import sentence_start
from helpers.site import brief_sentences as prose
from helpers.site import pdf
from helpers.site.brief_page import SIZES, Brief, Picture, page
from helpers.study import Study

LEVEL, GAP, POLICY = NEEDED = ("02_productivity", "03_divergence", "08_policy")
SHOWN = ((LEVEL, "figure_1_map"), (GAP, "figure_2"), (POLICY, "figure_policy_fan"))
SHEETS = 2


@dataclass(frozen=True)
class Made:
    """Where a brief is.

    Attributes
    ----------
    page : Path
    pdf : Path or None
    reason : str
        Why there is no PDF.
    """

    page: Path
    pdf: Path | None
    reason: str


def write(runs: Path, html: Path) -> Made:
    """Write the brief of a folder of runs, and print it beside the page.

    Parameters
    ----------
    runs : Path
        With a run of each of `NEEDED`, in a folder of its name.
    html : Path
        The page; the PDF takes its name.

    Returns
    -------
    Made

    Raises
    ------
    BookError
        A run is missing, the runs are of different areas, or the text takes more than two sheets.
    """
    brief = read(runs)
    html.parent.mkdir(parents=True, exist_ok=True)
    printed = html.with_suffix(".pdf")
    for size in SIZES:
        html.write_text(page(brief, size), encoding="utf-8")
        reason = pdf.write(html, printed)
        if reason:
            html.write_text(page(brief, SIZES[0]), encoding="utf-8")
            return Made(html, None, reason)
        if pdf.pages(printed) == SHEETS:
            return Made(html, printed, "")
    raise BookError(
        f"The brief of {brief.area} takes {pdf.pages(printed)} sheets of A4 at {SIZES[-1]:g} points, and "
        f"{SHEETS} are all it may take: shorten its sentences in helpers.site.brief_sentences."
    )


def read(runs: Path) -> Brief:
    """What the brief says, from what the notebooks left: their numbers, tables, figures and records."""
    records = {stem: _record(runs, stem) for stem in NEEDED}
    used = {stem: record["parameters"]["used"] for stem, record in records.items()}
    if len({json.dumps(values["area"]) for values in used.values()}) > 1:
        told = "; ".join(f"{stem}: {values['area']}" for stem, values in used.items())
        raise BookError(f"The runs in {runs} are of different areas ({told}). Run them again with one area.")
    chosen = {name: value for name, value in used[GAP].items() if name in study.choose.__annotations__}
    asked = study.choose(**chosen)
    numbers = json.loads((runs / GAP / "numbers.json").read_text(encoding="utf-8"))
    return Brief(
        title=prose.question(asked),
        area=sentence_start(asked.area),
        release=f"figures of ONS, release of {asked.release}",
        answer=numbers["answer_sentence"],
        whom=prose.whom(asked),
        first=_picture(runs, GAP, "figure_2"),
        certain=prose.certain(asked, _levels(runs, asked)),
        unknown=prose.unknown(asked, _table(runs, GAP, "tables/specification_summary")),
        policy=prose.policy(
            asked,
            _table(runs, POLICY, "figures/figure_policy_fan"),
            _table(runs, POLICY, "tables/policy_summary"),
            used[POLICY],
        ),
        second=(
            _picture(runs, POLICY, "figure_policy_fan")
            if asked.rule
            else _picture(runs, LEVEL, "figure_1_map")
        ),
        assumed=prose.assumed(used[POLICY]) if asked.rule else "",
        settle=prose.settle(asked),
        small=_small(asked, runs, list(records.values())),
    )


def _record(runs: Path, stem: str) -> dict[str, Any]:
    """The record of a notebook's run, or what to do."""
    path = runs / stem / "run.json"
    if not path.is_file():
        raise BookError(
            f"The brief needs a finished run of {stem}, expected at {path.parent}. Run `make book`, or "
            f"`compendium run {stem} --out {path.parent}` first."
        )
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["notebooks"][stem]
    return record


def _table(runs: Path, stem: str, name: str) -> pd.DataFrame:
    """A table of a run; empty where the area has none."""
    path = runs / stem / f"{name}.csv"
    return pd.read_csv(path, keep_default_na=False, na_values=[""]) if path.is_file() else pd.DataFrame()


def _picture(runs: Path, stem: str, name: str) -> Picture:
    """A figure of a run with its description."""
    note = json.loads((runs / stem / "exhibits" / f"{name}.json").read_text(encoding="utf-8"))
    return Picture(runs / stem / "figures" / f"{name}.svg", note["what"])


def _levels(runs: Path, asked: Study) -> pd.DataFrame:
    """Districts of the release and measure in the last year, with their bands."""
    keys = ["area_code", "year", "release", "measure"]
    rows = _table(runs, LEVEL, "tables/levels").merge(_table(runs, LEVEL, "tables/level_bands"), on=keys)
    own = (rows["release"] == asked.release) & (rows["measure"] == asked.measure)
    return rows[own & (rows["year"] == asked.last_year)].dropna(subset=["value"])


def _small(asked: Study, runs: Path, records: list[dict[str, Any]]) -> list[str]:
    """What is measured, sources, licence and revision."""
    return [
        f"**Measure.** {prose.measured(asked)}",
        f"**Sources.** {'. '.join(_attributions(runs))}. The producers have not seen this brief and do not "
        "endorse it.",
        "**Licence.** Text and pictures: CC BY 4.0. Figures of the producers: Open Government Licence v3.0.",
        "**How it was made.** Every number was computed; the book that this brief belongs to shows the data, "
        f"the method and the code. {book_source.built_from(records)}",
    ]


def _attributions(runs: Path) -> list[str]:
    """The lines that the licences of the shown figures ask for, each once."""
    known = tables.load("indicators").set_index("indicator")["attribution"]
    notes = [runs / stem / "exhibits" / f"{name}.json" for stem, name in SHOWN]
    shown = [json.loads(note.read_text(encoding="utf-8")) for note in notes if note.is_file()]
    return sorted({known[indicator] for note in shown for _, indicator in note["sources"]})
