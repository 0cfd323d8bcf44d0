"""What do the runs of a sweep say together? Shown by the notebook of comparison."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
from IPython.display import Image, display

from helpers import exhibits, paths
from helpers.figures import style
from helpers.sweeps import collect, plan, results
from helpers.sweeps.analyses import COLUMNS, FUNCTIONS

ROWS = 40  # a figure of more rows cannot be read


def table() -> pd.DataFrame:
    """The collected table of the sweep whose comparison is running."""
    return pd.read_parquet(paths.run_folder() / collect.TABLE)


def overview() -> str:
    """How many runs there are, of what, and which have no result, in sentences."""
    planned, _ = plan.read(paths.run_folder())
    failed = collect.failures(planned, results.of(paths.run_folder()))
    counts = pd.Series([run.analysis for run in planned.runs]).value_counts(sort=False)
    told = ", ".join(f"{count:,} of {name}" for name, count in counts.items())
    lost = "".join(f"\n- {line}" for line in failed)
    title = f"**{planned.title}**\n\n" if planned.title else ""
    first = f"{title}{len(planned.runs):,} runs: {told}."
    return f"{first} Without a result: {len(failed):,}.\n{lost}" if failed else f"{first} All have finished."


def choices(rows: pd.DataFrame) -> list[str]:
    """The parameters, and the scenario, that differ between rows."""
    columns = rows.columns[1 : rows.columns.get_loc(COLUMNS[0])]
    return [name for name in columns if name != "analysis" and rows[name].nunique(dropna=False) > 1]


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Each quantity over all runs: how many have it, the lowest, the median and the highest."""
    numbers = rows[rows["text"].isna()]
    grouped = numbers.groupby(["analysis", "quantity", "of", "unit"], sort=False)["value"]
    found = grouped.agg(runs="count", lowest="min", median="median", highest="max")
    return found.reset_index()


def by_choice(rows: pd.DataFrame) -> pd.DataFrame:
    """The headline of each analysis by each value of each choice that was varied.

    Returns
    -------
    DataFrame
        ``analysis, quantity, of, choice, option``, then ``runs, lowest, median, highest`` and
        ``verdicts`` with their counts. Each line is over all values of the other choices.
    """
    parts = []
    for name, one in _headlines(rows):
        for choice in choices(one):
            for (of, option), some in one.groupby(["of", choice], sort=False):
                counts = some.loc[some["verdict"] != "", "verdict"].value_counts()
                value = some["value"]
                parts.append(
                    {
                        **{"analysis": name, "quantity": FUNCTIONS[name].headline, "of": of},
                        **{"choice": choice, "option": str(option), "runs": int(value.count())},
                        **{"lowest": value.min(), "median": value.median(), "highest": value.max()},
                        "verdicts": ", ".join(f"{verdict}: {count}" for verdict, count in counts.items()),
                    }
                )
    numbers = ["runs", "lowest", "median", "highest", "verdicts"]
    return pd.DataFrame(parts, columns=["analysis", "quantity", "of", "choice", "option", *numbers])


def sentences(rows: pd.DataFrame) -> pd.DataFrame:
    """What the notebooks say in each run, beside the choices that differ."""
    told = rows[rows["text"].notna()]
    return told[[*choices(told), "quantity", "text"]]


def draw(rows: pd.DataFrame) -> None:
    """Show and save a figure for each analysis: every run's headline, by choice or by what it is of."""
    found = by_choice(rows)
    for name, one in _headlines(rows):
        headline, unit = FUNCTIONS[name].headline, one["unit"].iloc[0]
        several = one["of"].nunique() > 1
        lines = [("", of, one[one["of"] == of]) for of in one["of"].unique()]
        if not several:
            lines = [
                (choice, option, one[one[choice].astype(str) == option])
                for choice, option in found.loc[found["analysis"] == name, ["choice", "option"]].to_numpy()
            ] or lines
        shown = lines[:ROWS]
        figure, axes = style.canvas(height=0.26 * len(shown) + 0.6)
        for at, (_, _, some) in enumerate(shown):
            axes.plot(some["value"], np.full(len(some), at), "|", color=style.MIDDLE, ms=9, alpha=0.7)
            axes.plot(some["value"].median(), at, "o", color=style.TOP, ms=6)
        labels = [": ".join(filter(None, (choice.replace("_", " "), option))) for choice, option, _ in shown]
        axes.set_yticks(range(len(shown)), labels, fontsize=8)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.axvline(0, color=style.REFERENCE, lw=1)
        axes.set_xlabel(f"{headline}, {unit}")
        more = f" The first {ROWS} of {len(lines)} rows are drawn." if len(lines) > ROWS else ""
        runs = one["run"].nunique()
        low, high = one["value"].min(), one["value"].max()
        title = f"Over {runs:,} runs of {name}, {headline} lies between {low:.3g} and {high:.3g}"
        note = f"Each stroke is one run, each dot the median of its row.{more} All numbers: sweep.parquet."
        style.finish(figure, title, f"{FUNCTIONS[name].what[0].upper()}{FUNCTIONS[name].what[1:]}", [note])
        picture = io.BytesIO()
        figure.savefig(picture, format="png", metadata={"Software": None})
        file = paths.run_folder() / "figures" / f"{name}.png"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(picture.getvalue())
        display(Image(data=picture.getvalue(), format="png", alt=f"Strokes and dots by row. {title}."))


def show(frame: pd.DataFrame, name: str, caption: str) -> None:
    """Show a table of the comparison, if it has rows."""
    if len(frame):
        decimals = dict.fromkeys(("lowest", "median", "highest"), 4)
        exhibits.show_table(frame, name, caption, {k: v for k, v in decimals.items() if k in frame})


def _headlines(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The rows of the headline of each function; runs without a number are left out."""
    found = []
    for name, one in rows[rows["text"].isna()].groupby("analysis", sort=False):
        here = one[(one["quantity"] == FUNCTIONS[str(name)].headline) & one["value"].notna()]
        if len(here):
            found.append((str(name), here))
    return found
