"""Does every area get a whole book? Builds the books of all forums and regions, and visits every page.

Without arguments: the eight forums and twelve regions, those of the same districts once, and the log of it
in `everywhere.csv`. With names of areas, as every push has it: these alone, with no log. A book that is up to
date, and was visited, is not made again. Exit code 1 when a book was not built or a page was not clean.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import chromium  # noqa: E402
import visitor  # noqa: E402

from helpers import geography  # noqa: E402
from helpers.area_names import choosable  # noqa: E402
from helpers.geography import Area  # noqa: E402
from helpers.site import address  # noqa: E402

LOG = Path(__file__).with_suffix(".csv")
VISITED = "visited.json"  # in the folder of a book: its row of the log
COLUMNS = (
    *("area", "kind", "districts", "notebooks", "pages", "district_pages", "warnings", "dead_links"),
    *("faults_in_browser", "unwritten_figures", "seconds_to_build", "seconds_to_visit", "megabytes"),
)


def areas() -> list[Area]:
    """Forums and regions, those that consist of the same districts once, small ones first."""
    found: dict[tuple[str, ...], Area] = {}
    for area, _ in choosable():
        if area.kind in ("itl1", "forum"):
            found.setdefault(area.codes, area)
    return sorted(found.values(), key=lambda area: (len(area.codes), area.name))


def build(area: Area, out: Path) -> tuple[bool, int, float]:
    """Bring a book up to date: whether anything was to be done, warnings, and seconds."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "helpers.cli", "book", "--area", area.name, "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = done.stdout + done.stderr
    (out / "build.log").write_text(told, encoding="utf-8")
    warnings = len(re.findall(r"\b(?:WARNING|CRITICAL)\b", told))
    if done.returncode:
        print(told[-3000:], file=sys.stderr)
        warnings = max(warnings, 1)  # the site that is there, if any, is an older one
    return "Nothing to be done" not in told, warnings, time.perf_counter() - began


def book_of(area: Area, out: Path, browser: Any) -> dict[str, Any]:
    """Build the book of an area, visit its pages, and say what was found."""
    out.mkdir(parents=True, exist_ok=True)
    made, warnings, building = build(area, out)
    record = out / VISITED
    if not made and record.is_file():
        return json.loads(record.read_text(encoding="utf-8"))
    record.unlink(missing_ok=True)
    began = time.perf_counter()
    site = out / "html"
    found = visitor.Visit() if warnings else visitor.visit(browser, site)
    for line in [*found.faults, *found.dead_links, *found.unwritten]:
        print(f"{area.name}: {line}", file=sys.stderr)
    files = [path for path in site.rglob("*") if path.is_file()]
    row = {
        "area": area.name,
        "kind": area.kind,
        "districts": len(area.codes),
        "notebooks": len(list((out / "run").glob("*/run.json"))),
        "pages": found.pages,
        "district_pages": len(list((site / "book" / address.FOLDER).glob("*.html"))),
        "warnings": warnings,
        "dead_links": len(found.dead_links),
        "faults_in_browser": len(found.faults),
        "unwritten_figures": len(found.unwritten),
        "seconds_to_build": round(building),
        "seconds_to_visit": round(time.perf_counter() - began),
        "megabytes": round(sum(path.stat().st_size for path in files) / 1e6),
    }
    if not warnings:
        record.write_text(json.dumps(row), encoding="utf-8")
    return row


def main() -> int:
    """Build and visit, one book after the other: each uses every core by itself."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("areas", nargs="*", metavar="AREA")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "areas", metavar="DIR")
    asked = parser.parse_args()
    chosen = [geography.resolve(name) for name in asked.areas] or areas()
    os.environ["COMPENDIUM_REQUIRE_BROWSER"] = "1"
    rows = []
    with chromium.launched() as browser:
        for area in chosen:
            rows.append(book_of(area, asked.out / address.slug(area.name), browser))
            print(", ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
            if not asked.areas:
                with LOG.open("w", newline="", encoding="utf-8") as file:
                    table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                    table.writeheader()
                    table.writerows(rows)
    checked = ("warnings", "dead_links", "faults_in_browser", "unwritten_figures")
    return int(any(row[name] for row in rows for name in checked))


if __name__ == "__main__":
    raise SystemExit(main())
