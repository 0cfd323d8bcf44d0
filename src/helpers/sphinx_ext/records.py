"""Which raw files, corrections, assumptions and evidence stand behind the book? Their records, shown."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from docutils import nodes  # type: ignore[import-untyped]
from docutils.parsers.rst import directives  # type: ignore[import-untyped]
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from helpers import assumptions, catalogue, evidence, paths

if TYPE_CHECKING:
    from sphinx.application import Sphinx

RESULTS = paths.ROOT / "results_by_release.csv"


def table(head: list[str], rows: list[list[nodes.Node]], name: str) -> nodes.Node:
    """Table of the book inside a box that scrolls on a narrow screen.

    Parameters
    ----------
    head : list of str
        Column titles.
    rows : list of list of docutils.nodes.Node
        One inline node per cell.
    name : str
        What the table holds, for a screen reader.

    Returns
    -------
    docutils.nodes.Node
        A container with the table.
    """
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    title_row = nodes.row("", *(nodes.entry("", nodes.paragraph(text=title)) for title in head))
    group += nodes.thead("", title_row)
    group += nodes.tbody(
        "",
        *(nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in row)) for row in rows),
    )
    opening = f'<div class="table-scroll" tabindex="0" role="region" aria-label="{name}">'
    return nodes.container(
        "",
        nodes.raw("", opening, format="html"),
        nodes.table("", group, classes=["records"]),
        nodes.raw("", "</div>", format="html"),
    )


class CardTable(SphinxDirective):
    """Every raw file with its producer, release, licence and address, from ``data/catalogue``."""

    def run(self) -> list[nodes.Node]:
        """Read the cards of the book's own folder.

        Returns
        -------
        list of docutils.nodes.Node
            One table.
        """
        folder = Path(self.env.srcdir) / "data" / "catalogue"
        rows: list[list[nodes.Node]] = []
        for card in catalogue.load(folder).values():
            self.env.note_dependency(str(folder / f"{card.id}.yml"))
            title: nodes.Node = nodes.Text(card.title)
            if card.url is not None:
                title = nodes.reference("", card.title, refuri=card.url, internal=False)
            release = "" if card.release is None else str(card.release)
            details = (card.producer, release, card.years or "", card.licence)
            rows.append([title, *map(nodes.Text, details)])
        head = ["File", "Producer", "Release", "Years", "Licence"]
        return [table(head, rows, "Raw files")]


class AttributionList(SphinxDirective):
    """The attribution lines that the licences ask for, each once, from ``data/catalogue``."""

    def run(self) -> list[nodes.Node]:
        """Collect the lines.

        Returns
        -------
        list of docutils.nodes.Node
            One list.
        """
        cards = catalogue.load(Path(self.env.srcdir) / "data" / "catalogue")
        lines = sorted({card.attribution for card in cards.values()})
        items = (nodes.list_item("", nodes.paragraph(text=line)) for line in lines)
        return [nodes.bullet_list("", *items, bullet="-")]


class CorrectionTable(SphinxDirective):
    """Every known error of a source, from ``data/corrections.yml``."""

    def run(self) -> list[nodes.Node]:
        """Read the corrections of the book's own folder.

        Returns
        -------
        list of docutils.nodes.Node
            One table, or a sentence when nothing is known to be wrong.
        """
        path = Path(self.env.srcdir) / "data" / "corrections.yml"
        self.env.note_dependency(str(path))
        records: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        if not records:
            return [nodes.paragraph(text="No error of a source is known at present.")]
        rows: list[list[nodes.Node]] = [
            [nodes.Text(str(record[key])) for key in ("id", "provider", "reason", "status")]
            for record in records
        ]
        return [table(["Record", "Producer", "What is wrong", "Status"], rows, "Known errors")]


class AssumptionList(SphinxDirective):
    """What is taken for granted, each with where it is quoted, from ``data/assumptions.yml``."""

    def run(self) -> list[nodes.Node]:
        """Read the log, and who quotes it.

        Returns
        -------
        list of docutils.nodes.Node
            One list.
        """
        self.env.note_dependency(str(assumptions.FILE))
        quoted = assumptions.quoted()
        entries: list[nodes.Node] = []
        for one in assumptions.load().values():
            term = nodes.term("", f"{one.id}. {one.assumes}", ids=[one.id.lower()])
            where = nodes.paragraph("", "Used in ")
            for number, file in enumerate(quoted.get(one.id, [])):
                where += [nodes.Text(", " if number else ""), nodes.literal(text=Path(file).name)]
            where += nodes.Text(".")
            body = [
                nodes.paragraph(text=one.because),
                nodes.paragraph(text=f"On it rests: {one.matters}."),
                nodes.paragraph(text=f"Test: {one.test}."),
                nodes.paragraph(text=f"If it does not hold: {one.wrong}"),
                where,
            ]
            entries.append(nodes.definition_list_item("", term, nodes.definition("", *body)))
        return [nodes.definition_list("", *entries)]


class ReleaseTable(SphinxDirective):
    """Which results another release would have told otherwise, from ``results_by_release.csv``."""

    def run(self) -> list[nodes.Node]:
        """Read the results of the repository, those of the default area.

        Returns
        -------
        list of docutils.nodes.Node
            A sentence and one table.
        """
        self.env.note_dependency(str(RESULTS))
        with RESULTS.open(encoding="utf-8", newline="") as stream:
            lines = list(csv.DictReader(stream))
        releases = sorted({line["release"] for line in lines})
        results: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
        for line in lines:
            results.setdefault((line["notebook"], line["result"]), {})[line["release"]] = line
        moved = {
            key: by for key, by in results.items() if any(line["changed"] == "yes" for line in by.values())
        }
        rows: list[list[nodes.Node]] = []
        for (notebook, result), by in moved.items():
            about = (
                by[max(by)]["what"] if notebook != "10_claims" else f"Claim {result}: {by[max(by)]['what']}"
            )
            told = [by.get(release, {}).get("answer", "") for release in releases]
            rows.append([nodes.Text(about), *map(nodes.Text, told)])
        said = (
            f"{len(moved)} of {len(results)} results have another answer in a release than in the one before."
        )
        return [nodes.paragraph(text=said), table(["Result", *releases], rows, "Results by release")]


class EvidenceList(SphinxDirective):
    """The arguments of one kind and what the notebooks show of them, from ``data/evidence.yml``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Read the records of the kind that the argument names.

        Returns
        -------
        list of docutils.nodes.Node
            One list, with an anchor per record.
        """
        group = directives.choice(self.arguments[0], tuple(evidence.GROUPS))
        _note_evidence(self)
        findings = evidence.findings()
        entries = []
        for item in evidence.load():
            if item.group != group:
                continue
            judged = f": {evidence.VERDICTS[item.verdict]} (evidence: {evidence.STRENGTHS[item.strength]})"
            term = nodes.term("", item.title, nodes.inline(text=judged, classes=["verdict"]), ids=[item.id])
            body = [nodes.paragraph("", "", nodes.emphasis(text=item.says)), nodes.paragraph(text=item.shows)]
            if item.exhibits:
                body.append(self._exhibits(item, findings))
            if item.needs:
                body.append(nodes.paragraph(text=f"What would settle it: {item.needs}."))
            entries.append(nodes.definition_list_item("", term, nodes.definition("", *body)))
        return [nodes.definition_list("", *entries)]

    def _exhibits(self, item: evidence.Item, findings: dict[str, str]) -> nodes.Node:
        """One line per notebook: a link, then its exhibits with what each finds."""
        lines = nodes.bullet_list(bullet="-")
        for notebook in dict.fromkeys(name.partition("/")[0] for name in item.exhibits):
            line = nodes.paragraph("", "", self._link(notebook))
            for exhibit in item.exhibits:
                of, _, name = exhibit.partition("/")
                if of == notebook:
                    found = findings[exhibit]
                    before, after = (f" {found} (", ")") if found else (" Table ", ".")
                    line += [nodes.Text(before), nodes.literal(text=name), nodes.Text(after)]
            lines += nodes.list_item("", line)
        return lines

    def _link(self, notebook: str) -> nodes.Node:
        """Link to a notebook's page that shows the page's title; a missing page is a warning."""
        return addnodes.pending_xref(
            "",
            nodes.inline(text=notebook),
            refdomain="std",
            reftype="doc",
            reftarget=f"/notebooks/{notebook}",
            refexplicit=False,
            refwarn=True,
            refdoc=self.env.docname,
        )


class EvidenceCounts(SphinxDirective):
    """How many arguments of each kind have which verdict, from ``data/evidence.yml``."""

    def run(self) -> list[nodes.Node]:
        """Count the records.

        Returns
        -------
        list of docutils.nodes.Node
            One table.
        """
        _note_evidence(self)
        items = evidence.load()
        rows: list[list[nodes.Node]] = []
        for group, words in evidence.GROUPS.items():
            verdicts = [item.verdict for item in items if item.group == group]
            counts = [len(verdicts), *(verdicts.count(verdict) for verdict in evidence.VERDICTS)]
            rows.append([nodes.Text(words), *(nodes.Text(str(count)) for count in counts)])
        head = ["Kind", "All", *evidence.VERDICTS.values()]
        return [table(head, rows, "Verdicts by kind of argument")]


def _note_evidence(directive: SphinxDirective) -> None:
    """Have a page written anew when the evidence map changes."""
    for file in (evidence.FILE, evidence.MANIFEST):
        directive.env.note_dependency(str(file))


def setup(app: Sphinx) -> None:
    """Offer the directives to the pages.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application that builds the book.
    """
    app.add_directive("raw-files", CardTable)
    app.add_directive("attributions", AttributionList)
    app.add_directive("known-errors", CorrectionTable)
    app.add_directive("assumptions", AssumptionList)
    app.add_directive("by-release", ReleaseTable)
    app.add_directive("evidence", EvidenceList)
    app.add_directive("evidence-counts", EvidenceCounts)
