"""What does a run on linked records cost, and what may leave the lab? Tables for the manual."""

from __future__ import annotations

import csv
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes  # type: ignore[import-untyped]
from sphinx.util.docutils import SphinxDirective

from helpers import paths
from helpers.decomposition.disclosure import Rules
from helpers.sphinx_ext.records import table

if TYPE_CHECKING:
    from sphinx.application import Sphinx

BENCHMARK = paths.ROOT / "benchmarks" / "akm.csv"
WHOLE = "estimate, whole command"  # how the benchmark calls its lines of whole runs
OPTIONS = {
    "least_workers": ("--least-workers", "fewest workers behind a place, and moves behind a row of events"),
    "least_firms": ("--least-firms", "fewest firms behind a place"),
    "largest_share": ("--largest-share", "most of a place's worker-years that one firm may have"),
    "round_to": ("--round-to", "counts are rounded to a multiple of this"),
    "decimals": ("none", "decimals of means"),
}


def costs(benchmark: Path) -> list[list[str]]:
    """Lines of whole runs: records, minutes of one core, memory used and needed and disk in GB, how known.

    Parameters
    ----------
    benchmark : Path
        ``benchmarks/akm.csv``.
    """
    rows = []
    with benchmark.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if not line["what"].startswith(WHOLE):
                continue
            minutes = float(line["cpu_seconds"]) / 60
            sizes = (line["peak_mb_so_far"], line.get("own_mb", ""), line.get("disk_mb", ""))
            how = "measured" if line["what"] == WHOLE else "extrapolated"
            records = line["size"].removesuffix(" records")
            rows.append(
                [records, f"{minutes:.1f}", *(f"{float(mb) / 1e3:.1f}" if mb else "" for mb in sizes), how]
            )
    return rows


class PlanTable(SphinxDirective):
    """Time, memory and disk by number of records, from the committed benchmark."""

    def run(self) -> list[nodes.Node]:
        """Read the committed benchmark.

        Returns
        -------
        list of docutils.nodes.Node
            One table.
        """
        self.env.note_dependency(str(BENCHMARK))
        head = [
            *("Records", "Minutes of one core", "Memory used, GB", "Memory needed, GB", "Disk, GB"),
            "How known",
        ]
        rows = [[nodes.Text(cell) for cell in row] for row in costs(BENCHMARK)]
        return [table(head, rows, "Cost by number of records")]


class RuleTable(SphinxDirective):
    """The rules of disclosure with their defaults, from the code."""

    def run(self) -> list[nodes.Node]:
        """Read the defaults.

        Returns
        -------
        list of docutils.nodes.Node
            One table.
        """
        rows = [
            [nodes.literal(text=option), nodes.Text(meaning), nodes.Text(f"{getattr(Rules(), field.name):g}")]
            for field in fields(Rules)
            for option, meaning in [OPTIONS[field.name]]
        ]
        return [table(["Option", "What it asks", "Default"], rows, "Rules of disclosure")]


def setup(app: Sphinx) -> None:
    """Register the tables.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application that builds the book.
    """
    app.add_directive("akm-plan", PlanTable)
    app.add_directive("akm-rules", RuleTable)
