"""What does the two-page brief look like? One HTML page, complete in itself, for two sheets of A4.

Each sheet has the height of the paper; its picture takes what the text leaves. Letters are as large as
`SIZES` allow, because long names need room.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

SIZES = (10.4, 9.8, 9.2, 8.6, 8.0)  # points; the first at which the text takes two sheets is taken

PAGE = Template(
    """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<meta name="description" content="$description">
<style>
@page { size: A4; margin: 14mm 16mm; }
* { box-sizing: border-box; }
body {
  color: #111;
  background: #fff;
  font: ${size}pt/1.36 "Liberation Sans", Arial, Helvetica, sans-serif;
  font-variant-ligatures: none; /* so that words can be searched for */
  margin: 0 auto;
  max-width: 178mm;
}
header { border-bottom: 2pt solid #004e82; margin-bottom: 2.5mm; }
header p { color: #444; margin: 0 0 1mm; }
h1 { font-size: 1.9em; line-height: 1.15; margin: 0 0 2mm; }
h2 { font-size: 1.2em; margin: 2.5mm 0 1mm; }
p { margin: 0 0 1.6mm; }
ul { margin: 0; padding-left: 4.5mm; }
li { margin-bottom: 1mm; }
.answer { background: #eef4f9; border-left: 3pt solid #004e82; margin-bottom: 1.6mm; padding: 2.5mm 3mm; }
.answer p:last-child, .small p:last-child { margin: 0; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 6mm; }
figure { margin: 1mm 0; min-height: 0; text-align: center; }
figure img { height: auto; max-width: 100%; }
.small { border-top: 0.75pt solid #888; color: #333; font-size: 0.8em; line-height: 1.3; padding-top: 1.5mm; }
.small p { margin-bottom: 0.8mm; }
a { color: #0a558c; }
@media screen { body { font-size: 1rem; padding: 1rem; max-width: 52rem; } }
@media screen and (max-width: 600px) {
  .two { display: block; }
  figure { overflow-x: auto; }
  figure img { max-width: none; width: 40rem; }
}
@media print {
  main > section { display: flex; flex-direction: column; height: 268mm; }
  main > section + section { break-before: page; }
  main > section > * { flex: none; }
  main > section > figure { display: flex; flex: 1 1 0; justify-content: center; min-height: 52mm; }
  figure img { height: 100%; object-fit: contain; object-position: top; width: 100%; }
}
</style>
</head>
<body>
<main>
<section>
<header><p>Policy brief · $area · $release</p><h1>$title</h1></header>
<div class="answer">$answer</div>
<p>$whom</p>
$first
<div class="two">
<div><h2>What is certain</h2>$certain</div>
<div><h2>What cannot be known from public figures</h2>$unknown</div>
</div>
</section>
<section>
<h2>Would targeted policy narrow the gap?</h2>
$policy
$second
<p>$assumed</p>
<h2>What would settle it</h2>
$settle
<div class="small">$small</div>
</section>
</main>
</body>
</html>
"""
)


@dataclass(frozen=True)
class Picture:
    """A figure of the run: its SVG, and what a reader who cannot see it is told."""

    file: Path
    alt: str


@dataclass(frozen=True)
class Brief:
    """What the brief says; texts may hold ``**stressed**`` words, and an empty one is left out."""

    title: str
    area: str
    release: str
    answer: str
    whom: str
    first: Picture
    certain: Sequence[str]
    unknown: Sequence[str]
    policy: Sequence[str]
    second: Picture
    assumed: str
    settle: Sequence[str]
    small: Sequence[str]


def page(brief: Brief, size: float) -> str:
    """The brief as HTML, with letters of a size in points."""
    text = PAGE.substitute(
        title=html.escape(brief.title),
        description=html.escape(plain(brief.answer)),
        size=f"{size:g}",
        area=html.escape(brief.area),
        release=html.escape(brief.release),
        answer=paragraphs([brief.answer]),
        whom=stressed(brief.whom),
        first=_figure(brief.first),
        certain=_list(brief.certain),
        unknown=_list(brief.unknown),
        policy=_list(brief.policy),
        second=_figure(brief.second),
        assumed=stressed(brief.assumed),
        settle=_list(brief.settle),
        small=paragraphs(brief.small),
    )
    return text.replace("<p></p>\n", "")


def paragraphs(texts: Sequence[str]) -> str:
    """One paragraph each."""
    return "\n".join(f"<p>{stressed(text)}</p>" for text in texts)


def _list(texts: Sequence[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{stressed(text)}</li>" for text in texts) + "\n</ul>"


def stressed(text: str) -> str:
    """Text as HTML shows it; a figure and its unit stay on one line."""
    marked = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html.escape(text, quote=False))
    return marked.replace(" %", "&nbsp;%")


def plain(text: str) -> str:
    """Text without its marks."""
    return text.replace("**", "")


def _figure(picture: Picture) -> str:
    """The picture inside the page itself, as lines and not dots."""
    content = base64.b64encode(picture.file.read_bytes()).decode()
    return (
        f'<figure><img src="data:image/svg+xml;base64,{content}" alt="{html.escape(picture.alt)}"></figure>'
    )
