"""Would an earlier release have given the same? Each result that rests on a release, in every release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from helpers import devolution, paths, series, study, tables
from helpers.dynamics import convergence, dispersion, unsmoothed
from helpers.gaps import release_verdicts, selection, what_moved
from helpers.review.line import Fault, Found, found
from helpers.study import Study

FILE = paths.ROOT / "results_by_release.csv"
COLUMNS = ["notebook", "result", "what", "release", "value", "lower", "upper", "answer", "changed"]
KEY = ["notebook", "result", "release"]
NO_FIGURES = ("no figures", "cannot be known")


def table(asked: Study | None = None) -> pd.DataFrame:
    """Every result that rests on a release of output per hour or per job, in each release.

    Sources of the other notebooks came in one release each, or have no earlier one in the same form; so have
    the unsmoothed figures, which clubs, changes of place, persistence and the simulated futures rest on. Of
    these the claims stand here that the ledger measures in more than one release.

    Parameters
    ----------
    asked : Study, optional
        The defaults of the notebooks unless given.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. ``lower`` and ``upper`` are the ends of the result's own interval, where it has
        one; ``answer`` is its verdict, and ``changed`` whether that is another than in the release before:
        ``yes``, ``no``, or ``first`` where no release before has figures.
    """
    asked = study.choose() if asked is None else asked
    parts = (_gaps, _sides, _spreads, _slopes, _selection, _levels, _lagging)
    results = [row for part in parts for row in part(asked)]
    rows = pd.DataFrame([*results, *_claims()], columns=COLUMNS[:-1])
    rows = rows.sort_values(KEY, kind="stable", ignore_index=True)
    return rows.assign(changed=_changed(rows))[COLUMNS]


def write(file: Path = FILE) -> int:
    """Write `results_by_release.csv`, and return how many results it holds."""
    rows = table()
    tables.write(_shown(rows), file)
    return len(rows.drop_duplicates(KEY[:2]))


def check(file: Path = FILE) -> Found:
    """The committed table is the one that the shipped tables give, to six digits."""
    fresh = _shown(table()).astype(str)
    committed = pd.read_csv(file, dtype=str, keep_default_na=False)
    both = committed.merge(fresh, on=KEY, how="outer", suffixes=("", "_now"), indicator=True)
    faults = []
    for row in both.to_dict("records"):
        name = f"{row['result']}, release of {row['release']}"
        if row["_merge"] != "both":
            what = "is listed and no longer found" if row["_merge"] == "left_only" else "is not listed"
            faults.append(Fault(file.name, f"{name}: {what}"))
            continue
        odd = [c for c in COLUMNS if c not in KEY and row[c] != row[f"{c}_now"]]
        faults += [Fault(file.name, f"{name}: {c} {row[c]}, now {row[f'{c}_now']}") for c in odd]
    return found(len(fresh), faults)


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Six significant digits, absent values empty."""
    digits = {c: ["" if pd.isna(v) else f"{v:.6g}" for v in rows[c]] for c in ("value", "lower", "upper")}
    return rows.assign(**digits)


def _changed(rows: pd.DataFrame) -> list[str]:
    """Whether the answer is another than that of the last release before with figures."""
    before: dict[tuple[str, str], str] = {}
    said = []
    for notebook, result, answer in rows[["notebook", "result", "answer"]].itertuples(index=False):
        earlier = before.get((notebook, result))
        said.append("first" if earlier is None else "no" if earlier == answer else "yes")
        if answer not in NO_FIGURES:
            before[notebook, result] = answer
    return said


def _gaps(asked: Study) -> Iterator[tuple[object, ...]]:
    """What each release says of each statement about the gap."""
    for row in release_verdicts.answers(asked).itertuples(index=False):
        yield ("03_divergence", f"gap_{row.id}", row.statement, row.release, row.value, row.lower, row.upper,
               row.answer)  # fmt: skip


def _over_windows(asked: Study) -> Iterator[tuple[Study, series.Panel]]:
    """Each measure and release that has the first year of the window, asked about up to its own last year."""
    for measure in series.INDICATORS:
        for release in series.releases(measure):
            panel = series.panel(asked.area, measure, release)
            if asked.first_year in panel.values:
                last = int(panel.values.columns[-1])
                yield replace(asked, measure=measure, release=release, last_year=last), panel


def _sides(asked: Study) -> Iterator[tuple[object, ...]]:
    """How far each group moved against the UK over the window."""
    for one, _ in _over_windows(asked):
        for row in what_moved.sides(one).itertuples(index=False):
            if row.group == "gap":
                continue  # that of the shares is among the statements about the gap
            what = f"The {row.group} group against the UK per {one.measure}, log change, {_window(one)}"
            yield ("03_divergence", f"{row.group}_group_per_{one.measure}", what, one.release, row.change,
                   row.lower, row.upper,
                   _side(row.lower, row.upper, "fell behind", "gained", "within the noise"))  # fmt: skip


def _spreads(asked: Study) -> Iterator[tuple[object, ...]]:
    """How the spread of all districts changed over the window."""
    for one, panel in _over_windows(asked):
        moved = dispersion.changes({one.measure: panel}, one.first_year, one.last_year, one.seed)
        row = moved[moved["statistic"] == "sd_log"].iloc[0]
        what = f"Standard deviation of logs per {one.measure}, change {_window(one)}"
        yield ("03_divergence", f"spread_per_{one.measure}", what, one.release, row["change"], row["lower"],
               row["upper"], row["verdict"])  # fmt: skip


def _slopes(asked: Study) -> Iterator[tuple[object, ...]]:
    """Beta: the slope of growth over the window on the level at its beginning."""
    for one, panel in _over_windows(asked):
        found = convergence.estimates({one.measure: panel}, one.first_year, one.last_year)
        row = found.set_index("specification").loc["unconditional"]
        what = f"Slope of growth on the initial level (beta) per {one.measure}, {_window(one)}"
        yield ("03_divergence", f"beta_per_{one.measure}", what, one.release, row["beta"], row["lower"],
               row["upper"],
               _side(row["lower"], row["upper"], "those behind grew faster", "those ahead grew faster",
                     "within the noise"))  # fmt: skip


def _selection(asked: Study) -> Iterator[tuple[object, ...]]:
    """Whether the gap between groups ranked at the end widened by more than that choice alone widens it."""
    if asked.size is None:
        return
    for one, panel in _over_windows(asked):
        if one.measure != "hour":
            continue  # of output per job there are no unsmoothed figures
        blocks = asked.area.districts(series.vintage(one.measure, one.release))["itl3"]
        single = unsmoothed.panel(asked.area).values
        found = selection.nulls(panel.values, single, blocks, asked.size, rules=("end",), seed=asked.seed)
        row = found[found["null"] == "exchangeability"].iloc[0]
        what = (
            f"Log gap of groups ranked at the end, change {_window(one)}; the interval is what such a choice "
            "alone gives, were each district's years to run either way"
        )
        yield ("03_divergence", "gap_ranked_at_the_end_beside_chance", what, one.release, row["observed"],
               row["lower"], row["upper"],
               "more than chance" if row["observed"] > row["upper"] else
               "less than chance" if row["observed"] < row["lower"] else "as chance has it")  # fmt: skip


def _window(one: Study) -> str:
    return f"from {one.first_year} to the last year"


def _side(lower: float, upper: float, below: str, above: str, neither: str) -> str:
    """On which side of zero an interval lies."""
    return below if upper < 0 else above if lower > 0 else neither


def _levels(asked: Study) -> Iterator[tuple[object, ...]]:
    """Who is ahead, who is behind, and how the area stands, in the last year that every release has."""
    nothing = float("nan")
    for measure in series.INDICATORS:
        panels = [series.panel(asked.area, measure, release) for release in series.releases(measure)]
        year = min(int(panel.values.dropna(axis=1, how="all").columns[-1]) for panel in panels)
        for panel in panels:
            values, uk = panel.values[year].dropna(), panel.uk_value[year]
            lead, below = float(panel.area_value[year] / uk - 1), float((values < uk).mean())
            highest, lowest = values.idxmax(), values.idxmin()
            results = (
                ("lead", "Area over UK less one", lead, "ahead" if lead > 0 else "behind"),
                ("below", "Share of districts below the UK", below, "most" if below > 0.5 else "not most"),
                ("highest", "District with most output", float(values[highest]), panel.names[highest]),
                ("lowest", "District with least output", float(values[lowest]), panel.names[lowest]),
            )
            for name, what, value, answer in results:
                yield ("02_productivity", f"{name}_per_{measure}", f"{what}, per {measure} in {year}",
                       panel.release, value, nothing, nothing, answer)  # fmt: skip


def _lagging(asked: Study) -> Iterator[tuple[object, ...]]:
    """Which districts an intervention would count as lagging, and how many of them an authority holds."""
    nothing = float("nan")
    for row in devolution.by_release(asked).itertuples(index=False):
        what = "Lagging districts; the value is how many of them lie in a combined authority"
        yield ("08_policy", "lagging", what, row.release, row.in_authorities, nothing, nothing, row.names)


def _claims() -> Iterator[tuple[object, ...]]:
    """What each release says of a claim, by the document's own definition."""
    from helpers.claims import run

    rows = run.measurements(run.outcomes())
    rows = rows[rows["stated"].astype(bool) & rows["release"].notna() & rows["value"].notna()]
    rows = rows.drop_duplicates(["id", "release"])
    several = rows.groupby("id")["release"].transform("nunique") > 1
    for row in rows[several].itertuples(index=False):
        answer = "gives the claim" if row.gives_the_claim else "does not give it"
        yield ("10_claims", row.id, f"{row.definition}: {row.part}, {row.unit}", int(row.release), row.value,
               row.lower, row.upper, answer)  # fmt: skip
