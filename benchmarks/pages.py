"""How soon does a page show something, and what does it weigh? The built book, in this machine's browser."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

import measure

from helpers import paths

sys.path.insert(0, str(paths.ROOT / "tests"))  # how the tests open the book is how it is measured
import built_book
import chromium
import visitor

TIMES = 5
GOAL = 1.0  # seconds to the first contentful paint
HEAVIEST = 1500  # kB, packed
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
KEY = (
    "book/index",
    "book/districts",
    "book/explorer",
    "book/gap_explorer",
    "book/policy_explorer",
    "notebooks/03_divergence",
    "notebooks/06_skills_and_people",
    "notebooks/10_claims",
    "book/evidence_map",
    "book/methods",
    "book/reviewers_guide",
)


def main() -> None:
    """Open each key page with an empty cache, several times."""
    slugs = built_book.districts_of_site()
    pages = [*KEY, *(f"book/districts/{slug}" for slug in (slugs[0], slugs[-1]))]
    rows = []
    with visitor.served(built_book.SITE) as address, chromium.launched() as browser:
        for name in pages:
            seconds = []
            for _ in range(TIMES):
                context = browser.new_context(viewport=built_book.DESKTOP)
                page = context.new_page()
                page.goto(f"{address}{name}.html", wait_until="networkidle")
                page.wait_for_function(f"({PAINT}) !== null")
                seconds.append(page.evaluate(PAINT) / 1000)
                weight = built_book.weight(page) / 1000
                context.close()
            told = {
                "page": name,
                "first_paint_seconds": f"{statistics.median(seconds):.2f}",
                "least": f"{min(seconds):.2f}",
                "most": f"{max(seconds):.2f}",
                "goal_seconds": f"{GOAL:g}",
                "kb_packed": f"{weight:.0f}",
                "most_kb": HEAVIEST,
            }
            rows.append(told)
    measure.write(rows, Path(__file__).with_suffix(".csv"))


if __name__ == "__main__":
    main()
