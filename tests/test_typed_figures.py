"""Does the text of the book hold a result that somebody typed?

What is a figure and what is not is written here by hand, sentence by sentence. Then every page and
every markdown cell is read. Outputs of cells are not: what stands there is computed.
"""

from __future__ import annotations

import re

import pytest

from helpers import paths
from helpers.running import notebooks
from helpers.typed_figures import ALLOWED, typed_figures

PAGES = [*sorted(paths.BOOK.glob("*.md")), paths.ROOT / "README.md"]
NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))


def figures(text: str) -> list[str]:
    return [found.figure for found in typed_figures(text)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # money
        ("worth £41 an hour", ["£41"]),
        ("worth £ 1,234.50 an hour", ["£ 1,234.50"]),
        ("an award of $20 million", ["$20"]),
        ("from $5 and $6", ["$5", "$6"]),
        ("GBP 1 becomes GBP 1.60", ["GBP 1", "GBP 1.60"]),
        ("it costs 41 pounds", ["41 pounds"]),
        ("about £17bn", ["£17"]),
        ("£2010 a head", ["£2010"]),
        # shares
        ("The gap is 35% now.", ["35%"]),
        ("The gap is 35 % now.", ["35 %"]),
        ("It fell by 3 per cent.", ["3 per cent"]),
        ("It fell by 2.9 points.", ["2.9 points"]),
        ("A 3-per-cent fall", ["3-per-cent"]),
        ("More than 2000 % of it", ["2000 %"]),
        ("in 95 % of districts", ["95 %"]),
        # decimals
        ("a ratio of 1.9", ["1.9"]),
        ("It moved by -2.9, not +2.9.", ["2.9", "2.9"]),
        ("at level 40.1 it stops", ["40.1"]),
        ("Derby 38.02 in 2023", ["38.02"]),
        # counts
        ("65 districts", ["65"]),
        ("56 of 65 districts lie below", ["56", "65"]),
        ("11,223 specifications", ["11,223"]),
        ("33 million people", ["33"]),
        ("They lie 165 km apart.", ["165 km"]),
        ("They lie 165km apart.", ["165km"]),
        ("a 5-year average", ["5"]),
        ("It rose (by 12).", ["12"]),
        ("| Derby | 38 |", ["38"]),
        ("**14** more", ["14"]),
        ("level 3 in 12 districts", ["12"]),
        ("twice as many in 1998 as the 3 of 2004", ["3"]),
    ],
)
def test_a_figure_is_found(sentence: str, expected: list[str]) -> None:
    assert figures(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        # years and dates
        "from 2004 to 2023, and in 2018-19",
        "the mean of 2004–2008",
        "the release of 19 June 2025",
        "In 2022, in the release of 2024.",
        # names
        "as Figure 2 and Scheme 1 of Thematic Guide 4 show",
        "Figures 1, 2 and 3",
        "NVQ level 3 or above, RQF level 4",
        "ITL3 areas, ITL1 regions, LAD23 codes, E07000174",
        "SIC 16-25",
        "SHA-256 and UTF-8",
        "the MIT licence, CC BY 4.0 and v3.0",
        "[](../notebooks/03_divergence.ipynb) and 07_cumulative_causation",
        "residents aged 16 to 64, and those aged 50 to 64",
        # definitions
        "the middle 95 % of draws",
        "a 95 % interval of half-width",
        "premises below 30 Mbit/s",
        # numbers in words
        "five districts, half a per cent, twice as much",
        # not prose
        "a gap of `0.35` in code",
        "```python\nshare = 0.35\n```",
        "```{list-table}\n| 35 % |\n```",
        "the term $0.5\\,x_{it}$ and the rest",
        "$$\np = \\frac{1}{9} (1 + 2)\n$$ (label)",
        "{eq}`smoothing`, {cite:p}`ons2025productivity`",
        "computed: {{ gap_35 }}",
        "<https://example.org/report-35%>",
        "1. First\n2. Second",
        "## 2. Divergence",
        ":::{grid} 1 1 3 3\n:gutter: 3\ntext\n:::",
        # somebody else's words
        "The guide says that it “widened from 35% in 2010 to nearly 50% in 2023”.",
        'It "widened from 35% to nearly 50%" {cite:p}`guide2025`.',
        "<!-- finding: by machine -->\nIt was 34.0 % less.\n<!-- end of finding -->",
    ],
)
def test_no_figure_is_found(sentence: str) -> None:
    assert figures(sentence) == []


def test_a_quotation_without_a_speaker_is_no_quotation() -> None:
    assert figures("It “widened to 50%”.") == ["50%"]
    # the speaker of one paragraph does not speak in the next
    assert figures("The guide asks.\n\nIt “widened to 50%”.") == ["50%"]


def test_words_beside_a_quotation_are_ours() -> None:
    assert figures("The guide says “nearly 50%”; it is 34 %.") == ["34 %"]


def test_the_content_of_a_box_is_read() -> None:
    assert figures(":::{admonition} Finding\nThe gap is 35 %.\n:::") == ["35 %"]


def test_a_figure_is_told_with_its_line_and_surroundings() -> None:
    (found,) = typed_figures("# Title\n\n$$\nx = 1\n$$\n\nThe gap is 35 % now.")
    assert found.line == 7
    assert found.around == "The gap is 35 % now."


def test_every_allowance_has_a_reason_and_is_needed() -> None:
    texts = [path.read_text(encoding="utf-8") for path in PAGES] + [
        cell for path in NOTEBOOKS for cell in markdown(path)
    ]
    for pattern, reason in ALLOWED.items():
        assert len(reason.split()) > 3
        assert any(re.search(pattern, text) for text in texts), f"{pattern} is allowed and never used"


def markdown(path) -> list[str]:
    return [cell.source for cell in notebooks.read(path).cells if cell.cell_type == "markdown"]


def told(text: str, place: str) -> list[str]:
    return [f"{place}, line {found.line}: …{found.around}…" for found in typed_figures(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_page_holds_a_typed_figure(page) -> None:
    assert told(page.read_text(encoding="utf-8"), page.name) == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_notebook_holds_a_typed_figure(notebook) -> None:
    cells = markdown(notebook)
    assert cells, "a notebook without text"
    assert [line for n, cell in enumerate(cells, 1) for line in told(cell, f"text {n}")] == []
