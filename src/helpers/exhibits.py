"""How does a result reach the reader? Figures, tables and sentences, each with its data and origin."""

from __future__ import annotations

import hashlib
import html
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from IPython.display import HTML, Image, Markdown, display
from matplotlib.figure import Figure

from helpers import paths, tables, writing
from helpers.building import build


@dataclass(frozen=True)
class Exhibit:
    """A figure with everything a reader needs to trust it.

    Attributes
    ----------
    name : str
        File name without ending.
    figure : Figure
    data : DataFrame
        What the figure draws, one row per mark.
    alt : str
        What a reader who cannot see the figure is told.
    made_by : str
        The function that drew it, dotted.
    notebook : str
        The notebook that shows it.
    sources : tuple of (str, str)
        What it shows: table of ``data/tables`` and indicator.
    """

    name: str
    figure: Figure
    data: pd.DataFrame
    alt: str
    made_by: str
    notebook: str
    sources: tuple[tuple[str, str], ...]


def show(exhibit: Exhibit) -> None:
    """Show a figure, save it with its data, and say where it comes from.

    Writes ``figures/NAME.png``, the same as ``NAME.svg`` for print, and ``NAME.csv`` in the run folder.
    """
    folder = paths.run_folder() / "figures"
    tables.write(exhibit.data, folder / f"{exhibit.name}.csv")
    picture = io.BytesIO()
    exhibit.figure.savefig(picture, format="png", metadata={"Software": None})
    (folder / f"{exhibit.name}.png").write_bytes(picture.getvalue())
    exhibit.figure.savefig(folder / f"{exhibit.name}.svg", metadata={"Date": None})
    display(Image(data=picture.getvalue(), format="png", alt=exhibit.alt))
    where = origin(exhibit)
    _note(
        exhibit.name,
        files=[f"figures/{exhibit.name}.{kind}" for kind in ("png", "svg", "csv")],
        what=exhibit.alt,
        rows=len(exhibit.data),
        fingerprint=fingerprint(exhibit.data),
        made_by=exhibit.made_by,
        sources=[list(pair) for pair in exhibit.sources],
    )
    link = f'<a href="figures/{exhibit.name}.csv" download>data of this figure (CSV)</a>'
    count = f"{len(exhibit.data):,} rows, fingerprint {fingerprint(exhibit.data)}"
    display(HTML(f'<p class="origin">{link}, {count}. {where}</p>'))


def save(frame: pd.DataFrame, name: str) -> Path:
    """Save a result table as ``tables/NAME.csv`` in the run folder.

    Returns
    -------
    Path
        Where it is.
    """
    path = paths.run_folder() / "tables" / f"{name}.csv"
    tables.write(_rounded(frame), path)
    return path


def publish(frame: pd.DataFrame, name: str, what: str) -> None:
    """Save a result table and tell the reader what it holds and how to get it."""
    save(frame, name)
    _note(f"{name}.table", [f"tables/{name}.csv"], what, len(frame), fingerprint(frame))
    link = f'<a href="tables/{name}.csv" download>{name}.csv</a>'
    count = f"{len(frame):,} rows, fingerprint {fingerprint(frame)}"
    display(HTML(f'<p class="origin">{link}: {html.escape(what)} ({count}).</p>'))


def show_table(frame: pd.DataFrame, name: str, caption: str, decimals: dict[str, int] | None = None) -> None:
    """Show a small table with a caption and save it whole; of one without rows say that there are none.

    Parameters
    ----------
    frame : DataFrame
        What is shown; saved unrounded.
    name : str
        File name without ending, under ``tables/``.
    caption : str
        What the table shows, as a sentence.
    decimals : dict of str to int, optional
        Decimals shown by column.
    """
    save(frame, name)
    _note(f"{name}.table", [f"tables/{name}.csv"], caption, len(frame), fingerprint(frame))
    shown = frame.astype(object).where(frame.notna(), "")
    for column, places in (decimals or {}).items():
        shown[column] = [_fixed(value, places) for value in frame[column]]
    shown.columns = [str(column).replace("_", " ") for column in shown.columns]
    body = shown.to_html(index=False, na_rep="", border=0, justify="left", classes="exhibit")
    if frame.empty:
        body = "<p>Nothing to list here.</p>"
    link = f'<a href="tables/{name}.csv" download>data of this table (CSV)</a>'
    display(HTML(f"<p><strong>{html.escape(caption)}</strong></p>{body}<p class='origin'>{link}</p>"))


def say(*paragraphs: str) -> None:
    """Show sentences with their computed numbers; empty ones are left out."""
    told = [paragraph for paragraph in paragraphs if paragraph]
    if told:
        display(Markdown("\n\n".join(told)))


def record(**texts: str) -> None:
    """Keep texts with computed numbers for the pages of the book, in ``numbers.json``."""
    path = paths.run_folder() / "numbers.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    writing.text(path, json.dumps(known | texts, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def fingerprint(frame: pd.DataFrame) -> str:
    """Eight characters that change when a figure's data change in the sixth digit."""
    text = frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def origin(exhibit: Exhibit) -> str:
    """Where an exhibit comes from: notebook, function, tables, cards."""
    known = tables.load("indicators").set_index("indicator")["cards"]
    from_cards = {
        card
        for table, indicator in exhibit.sources
        for card in known[indicator].split("|")
        if card in build.NEEDS[table]
    }
    names = sorted({f"{table}.csv" for table, _ in exhibit.sources})
    return (
        f"Notebook {exhibit.notebook}, function <code>{exhibit.made_by}</code>, table "
        f"{' and '.join(names)}, source cards: {', '.join(sorted(from_cards))}."
    )


def _note(name: str, files: list[str], what: str, rows: int, fingerprint: str, **origin: object) -> None:
    """Keep a machine-readable account of an exhibit, ``exhibits/NAME.json`` in the run folder.

    That of a table is ``NAME.table.json``: a figure may have the same name.
    """
    path = paths.run_folder() / "exhibits" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    account = {"files": files, "what": what, "rows": rows, "fingerprint": fingerprint, **origin}
    path.write_text(json.dumps(account, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Twelve significant digits: more than is known, fewer than machines may differ in."""
    floats = frame.select_dtypes("float").columns
    return frame.assign(**{c: [x if pd.isna(x) else float(f"{x:.12g}") for x in frame[c]] for c in floats})


def _fixed(value: object, places: int) -> str:
    return "" if pd.isna(value) else f"{value:,.{places}f}"
