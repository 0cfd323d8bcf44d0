"""Which figures in a text has somebody typed? Results in prose must be computed, so that they stay true.

A figure is an amount of money, a share, a decimal or a count, written in digits. Years, dates, ages and
identifiers are not figures, nor are numbers in words (*five districts*), which here only define.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A typed figure: itself, its line in the text (the first is 1) and what that line says around it."""

    figure: str
    line: int
    around: str


# What is not prose. Three backticks hold code or a directive whose content is no sentence; of a block in
# colons only the fences and options go, because its content is read.
_NOT_PROSE = re.compile(
    r"^(?P<fence>```+|~~~+).*?^(?P=fence)[ \t]*$"
    r"|<!-- finding:.*?<!-- end of finding -->"  # written by machine from a notebook (`running.readme`)
    r"|<!--.*?-->"
    r"|\$\$.*?\$\$(?:[ \t]*\(\w+\))?"  # an equation, with its label
    r"|(?<![\\$\w])\$(?=[^\s$])[^$\n]*(?<=[^\s$\\])\$(?!\d)"  # an equation in a line; "$5 and $6" is money
    r"|(?P<ticks>`+).+?(?P=ticks)"  # code, and what a role holds: a citation, a reference to an equation
    r"|\{\{.*?\}\}"  # a number of the run
    r"|\{[a-z:]+\}"  # the name of a role
    r"|\]\([^)\s]*\)|<https?://[^>]*>|https?://[^\s)>]+"  # addresses
    r"|^:::+.*?$|^:[\w-]+:.*?$",  # fences and options of a directive
    re.DOTALL | re.MULTILINE,
)

# Words in quotation marks are somebody else's where their paragraph says whose: by a citation, or by the
# name of one of the documents that this book is about.
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_SPEAKER = re.compile(r"\{cite|\b(?:guide|briefing|essay|six lessons|research project)\b", re.I)

_YEAR = r"(?:1[5-9]|20)\d\d"
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_LABEL = (
    r"figures?|fig\.|tables?|schemes?|(?:thematic )?guide|sections?|chapters?|equations?|notes?|editions?"
    r"|no\.|levels?|steps?|parts?|case stud(?:y|ies)|SIC|notebooks?|versions?|volumes?|pages?|rows?|columns?"
    r"|challenges?|lessons?"
)
_NUMBER = r"\d{1,3}(?!\d|[.,]\d)"
# Numbers that name or date something
_NAMES = re.compile(
    rf"\b\d{{1,2}} {_MONTH}\b|\b{_MONTH} \d{{1,2}}\b(?!\s*%)"
    rf"|\b(?:{_LABEL}) {_NUMBER}(?:(?:,| and| or| to|[-–]) ?{_NUMBER})*(?!\s?%| per cent)"
    rf"|(?<![\d.,£€$]){_YEAR}[-–/]\d\d(?!\d|\s?%)"  # 2018-19, a year of accounts or of school
    r"|\b(?:aged?|ages) \d\d(?: (?:to|and) \d\d|[-–]\d\d)?\b|\b16 to (?:24|64)\b"
    r"|^[ \t]*#* ?\d+\.(?=\s)",  # the number of a heading or of an item in a list
    re.I | re.MULTILINE,
)

# Allowed by hand, each with its reason; nothing enters here that data could change.
ALLOWED = {
    r"95 % (?:of draws|(?:confidence )?intervals?|bands?)": "a confidence level is a choice, not a result",
    r"\bv3\.0": "version of the Open Government Licence",
    r"\bBY 4\.0": "version of the Creative Commons licence",
    r"\bPython 3\.\d+": "the oldest version of Python that it runs on",
    r"\b90/10\b": "name of a measure of spread, the ninth decile over the first",
    r"\b30 Mbit/s": "speed that defines an indicator of the regulator",
}

_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_FIGURE = re.compile(
    # money: £5, GBP 1.60, 41 pounds, 20p
    rf"(?:[£€$]|\b(?:GBP|EUR|USD) ?)[ \u00a0]?[-+−]?{_DIGITS}"
    rf"|(?<![\w.,]){_DIGITS}[ \u00a0]?(?:pounds|pence|euros?|dollars?|p|m|bn|k|km|pp)\b"
    # a share: 35%, 3 per cent, 2.9 points
    rf"|(?<![\w.,]){_DIGITS}[ \u00a0-]?(?:%|per[ -]cent|percent\w*|(?:percentage )?points?\b)"
    # a decimal, or a count: any other number that stands alone and is no year
    rf"|(?<![\w.,:/])(?<![A-Za-z][-–/])(?!{_YEAR}(?![\w%]|[.,]\d)){_DIGITS}(?![\w]|[/:]\w)",
    re.I,
)


def typed_figures(text: str) -> list[Found]:
    """Figures that somebody typed into a text.

    Parameters
    ----------
    text : str
        Markdown, as in a page of the book or a cell of a notebook.

    Returns
    -------
    list of Found
        In order of appearance; empty for a text without typed figures.
    """
    prose = _blank(_NOT_PROSE, _without_quotations(text))
    for pattern in ALLOWED:
        prose = _blank(re.compile(pattern), prose)
    prose = _blank(_NAMES, prose)
    return [
        Found(match.group(), text.count("\n", 0, match.start()) + 1, _around(text, *match.span()))
        for match in _FIGURE.finditer(prose)
    ]


def _around(text: str, start: int, end: int) -> str:
    """Some words before and after a figure on its line."""
    before = text[:start].rpartition("\n")[2][-40:]
    after = text[end:].partition("\n")[0][:40]
    return f"{before}{text[start:end]}{after}".strip()


def _without_quotations(text: str) -> str:
    """Blank what stands in quotation marks where the paragraph says whose words they are."""
    paragraphs = re.split(r"(\n[ \t]*\n)", text)
    return "".join(_blank(_QUOTED, part) if _SPEAKER.search(part) else part for part in paragraphs)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """Put blanks where a pattern matches, so that places and lines stay what they were."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
