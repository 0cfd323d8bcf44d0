"""Which pages of districts have to be made? Those whose profile, template or figures have changed."""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from PIL import Image

from helpers import exhibits, tables
from helpers.exhibits import Exhibit
from helpers.figures import district as figures
from helpers.figures import style
from helpers.prose import words
from helpers.prose.words import count
from helpers.site import address, sentences, small_pictures, template
from helpers.site.profile import Profile
from helpers.site.template import FILES
from helpers.site.verdicts import Beside

INPUTS = "inputs"  # what each page was made from, beside the pages


@dataclass(frozen=True)
class Made:
    """Slugs of the pages of a folder: those made in this go, and those kept because nothing had changed."""

    made: tuple[str, ...]
    kept: tuple[str, ...]


def write(profiles: Sequence[Profile], folder: Path) -> Made:
    """Make the pages of some districts, those of other districts going from the folder.

    Parameters
    ----------
    profiles : sequence of Profile
    folder : Path
        Receives ``SLUG.md``, pictures and data in ``files/``, and in ``inputs/`` what each page was made
        from. A page whose inputs are there unchanged is kept.

    Returns
    -------
    Made
    """
    for part in (FILES, INPUTS):
        (folder / part).mkdir(parents=True, exist_ok=True)
    code = _code()
    made, kept = [], []
    for profile in profiles:
        slug = address.slug(profile.name)
        note, now = folder / INPUTS / f"{slug}.txt", f"{_hash(profile)} {code}\n"
        if note.is_file() and note.read_text(encoding="utf-8") == now and (folder / f"{slug}.md").is_file():
            kept.append(slug)
            continue
        note.unlink(missing_ok=True)  # a page that is made half is made again
        _make(profile, slug, folder)
        note.write_text(now, encoding="utf-8")
        made.append(slug)
    _tidy(folder, {*made, *kept})
    return Made(tuple(made), tuple(kept))


def _tidy(folder: Path, slugs: set[str]) -> None:
    """Remove pages of districts that are no longer asked for."""
    for note in (folder / INPUTS).glob("*.txt"):
        if note.stem not in slugs:
            for file in (folder / f"{note.stem}.md", *(folder / FILES / note.stem).glob("*"), note):
                file.unlink(missing_ok=True)
            shutil.rmtree(folder / FILES / note.stem, ignore_errors=True)


def _hash(profile: Profile) -> str:
    """Changes with any figure of a profile in its twelfth digit."""

    def plain(value: object) -> object:
        return float(f"{value:.12g}") if isinstance(value, float) else value

    def walk(value: object) -> object:
        if isinstance(value, dict):
            return {key: walk(inner) for key, inner in value.items()}
        return [walk(inner) for inner in value] if isinstance(value, list | tuple) else plain(value)

    text = json.dumps(walk(dataclasses.asdict(profile)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _code() -> str:
    """Changes with the template, the sentences, the figures, their style or the library that draws them."""
    sources = [
        inspect.getsource(module) for module in (template, sentences, words, figures, style, small_pictures)
    ]
    return hashlib.sha256("\n".join([matplotlib.__version__, *sources]).encode()).hexdigest()


def _make(profile: Profile, slug: str, folder: Path) -> None:
    """Write a page with its pictures and data."""
    files = folder / FILES / slug
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    drawn = {exhibit.name: exhibit for exhibit in figures.all_of(profile)}
    for exhibit in drawn.values():
        tables.write(exhibit.data, files / f"{slug}-{exhibit.name}.csv")
        (files / f"{slug}-{exhibit.name}.png").write_bytes(_png(exhibit))
    tables.write(facts_table(profile), files / f"{slug}-facts.csv")
    text = template.page(profile, {name: _shown(exhibit, slug) for name, exhibit in drawn.items()}, slug)
    (folder / f"{slug}.md").write_text(text, encoding="utf-8")


def _png(exhibit: Exhibit) -> bytes:
    """The picture with a palette."""
    raw = io.BytesIO()
    exhibit.figure.savefig(raw, format="png", metadata={"Software": None})
    with Image.open(raw) as picture:
        return small_pictures.reduced(picture)


def _shown(exhibit: Exhibit, slug: str) -> str:
    """A picture with its alt text, its data and its origin."""
    at = f"{FILES}/{slug}/{slug}-{exhibit.name}"
    # No notebook shows it, so its origin begins with the function
    _, _, origin = exhibits.origin(exhibit).partition(", function ")
    link = f"[Data of this figure (CSV)]({at}.csv), {count(len(exhibit.data), 'row')}."
    where = (
        f'<details class="origin"><summary>Where it comes from</summary><p>Function {origin}</p></details>'
    )
    return f"![{template.escape(exhibit.alt)}]({at}.png)\n\n{link}\n\n```{{raw}} html\n{where}\n```"


def facts_table(profile: Profile) -> pd.DataFrame:
    """Every fact of a profile, one row each, unrounded."""

    def beside(name: str, of: Beside) -> dict[str, object]:
        return {f"{name}_mean": of.mean, f"{name}_n": of.n, f"against_{name}": of.verdict}

    return pd.DataFrame(
        {
            "district": profile.code,
            "name": profile.name,
            **{
                key: getattr(fact, key)
                for key in (
                    "topic",
                    "indicator",
                    "label",
                    "unit",
                    "better",
                    "level",
                    "where",
                    "year",
                    "release",
                )
            },
            "value": fact.value,
            "lower": fact.lower,
            "upper": fact.upper,
            "interval": fact.interval if np.isfinite(fact.lower) else "",
            **beside("area", fact.area),
            **beside("neighbours", fact.neighbours),
        }
        for fact in profile.facts
    ).astype({"year": "Int64", "release": "Int64"})
