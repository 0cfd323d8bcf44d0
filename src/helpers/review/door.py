"""Does everything come out again? All lines of the review, in order, each timed and none stopping another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml

from helpers import paths
from helpers.errors import CompendiumError, NotebookError, ParameterError, nearest
from helpers.review import by_release, environment, figures, runs, tables, texts
from helpers.review.line import FAIL, LEFT_OUT, PASS, Fault, Found, Line
from helpers.running import notebooks

OUT = paths.BUILD / "review"


@dataclass
class Review:
    """What is under review.

    Attributes
    ----------
    stems : tuple of str
        The notebooks.
    mirror : Path or None
        Folder of the raw files; where there is none, `data/raw` and the one beside the repository count.
    out : Path
        Receives the fresh runs and the report.
    made : Path or None
        Runs of an earlier review, to take where they still hold.
    tell : callable
        Receives a line of progress.
    """

    stems: tuple[str, ...]
    mirror: Path | None = None
    out: Path = OUT
    made: Path | None = None
    tell: Callable[[str], None] = field(default=lambda _: None)

    @cached_property
    def failed(self) -> dict[str, str]:
        """Run every notebook, once, however many lines ask; why each failed, or nothing."""
        kept = "" if self.made is None else f", but for runs in {self.made} that still hold"
        self.tell(f"Running {len(self.stems)} notebooks from fresh kernels{kept}")
        return runs.execute(self.stems, self.runs, self.made)

    @property
    def runs(self) -> Path:
        """Where the fresh runs are."""
        return self.out / "run"

    @cached_property
    def raw(self) -> Path | None:
        """Folder of the raw files, if any is at hand."""
        return tables.mirror(self.mirror)


Check = Callable[[Review], Found]


def _after_runs(check: Callable[[tuple[str, ...], Path], Found]) -> Check:
    """A check of fresh runs: they are made first; one that failed has nothing to show."""

    def looked(review: Review) -> Found:
        lost = [stem for stem, why in review.failed.items() if why]
        ran = tuple(stem for stem in review.stems if stem not in lost)
        found = check(ran, review.runs) if ran else Found(0)
        faults = tuple(Fault(f"notebooks/{stem}.ipynb", "does not run: nothing to compare") for stem in lost)
        return Found(found.count, found.faults + faults)

    return looked


# Name; which files; what is compared, and to which tolerance; the check
LINES: tuple[tuple[str, str, str, Check], ...] = (
    ("environment", "requirements.lock", "installed versions with the locked ones",
     lambda _: environment.check()),
    ("raw", "data/catalogue", "size and SHA-256 of raw files with their cards; two editions of a release",
     lambda r: tables.raw(r.raw)),
    ("tables", "data/tables", "SHA-256 of tables with datapackage.json, and that with tables and cards",
     lambda _: tables.hashes()),
    ("soundness", "data/tables", "keys, ranges, years, codes, and sums with published totals",
     lambda _: tables.soundness()),
    ("rebuild", "data/tables", "tables rebuilt from the raw files with the shipped ones, byte for byte",
     lambda r: tables.rebuilt(r.raw)),
    ("parameters", "notebooks", "tagged cells with data/parameters.yml", lambda r: runs.parameters(r.stems)),
    ("seeds", "notebooks, src", "seeds with the one on record; draws without a seed",
     lambda r: texts.seeds(r.stems)),
    ("gate", "notebooks", "execution counts with 1 to n; nothing shown of machines or beside outputs",
     lambda r: runs.gate(r.stems)),
    ("notebooks", "notebooks", "outputs of cells with a fresh run, by nbval, to the letter",
     lambda r: runs.compare(r.stems, r.failed, r.runs)),
    ("figures", "notebooks", "data drawn: fingerprints in cells, of a fresh run, in codecheck.yml",
     _after_runs(figures.data)),
    ("pictures", "notebooks",
     f"pictures with fresh ones, to {figures.MEAN_APART:g} of 256 greys, {figures.MOST_APART:g} anywhere",
     _after_runs(figures.pictures)),
    ("manifest", "codecheck.yml", "list of outputs with one of fresh runs alone, six digits",
     lambda r: figures.manifest(r.stems, r.runs, r.failed)),
    ("provenance", "provenance.json", "exhibits' cells, functions, tables, cards and hashes with fresh runs",
     _after_runs(figures.provenance_of)),
    ("prose", "book, README.md, notebooks", "figures in prose: none typed", lambda r: texts.typed(r.stems)),
    ("numbers", "book, README.md, notebooks", "numbers that pages name and notebooks carry with a fresh run",
     _after_runs(texts.traced)),
    ("claims", "data/claims.yml", "verdicts with the recorded ones", lambda _: texts.claims()),
    ("releases", "results_by_release.csv", "each result in each release with those on record, to six digits",
     lambda _: by_release.check()),
    ("licences", "data/catalogue, data/tables", "licences and attributions of cards, tables and code",
     lambda _: texts.licences()),
)  # fmt: skip
NAMES = tuple(name for name, *_ in LINES)


def review(
    only: Iterable[str] = (),
    stems: Sequence[str] = (),
    mirror: Path | None = None,
    out: Path = OUT,
    made: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Line]:
    """Look at everything, or at some lines and notebooks.

    Parameters
    ----------
    only : iterable of str
        Names of lines; all of them if none is given.
    stems : sequence of str
        Names of notebooks; all of them if none is given.
    mirror : Path, optional
        Folder of the raw files.
    out : Path
        Receives the fresh runs.
    made : Path, optional
        Runs of an earlier review (the folder ``run`` of its report): each that still holds, by the hashes
        in its record, is taken in place of a fresh one (`helpers.review.runs.holds`).
    tell : callable
        Receives a line of progress per line of the review.

    Returns
    -------
    list of Line

    Raises
    ------
    ParameterError
        There is no such line.
    NotebookError
        There is no such notebook, or no folder of runs.
    """
    if made is not None and not made.is_dir():
        raise NotebookError(f"--runs {made}: there is no such folder; name the `run` of an earlier review.")
    asked = set(only) or set(NAMES)
    for name in sorted(asked - set(NAMES)):
        hint = nearest(name, NAMES) or f"The lines are: {', '.join(NAMES)}."
        raise ParameterError(f"The review has no line {name!r}. {hint}")
    under = Review(tuple(path.stem for path in notebooks.find(stems)), mirror, out.resolve(), made, tell)
    lines = []
    for name, files, compared, check in LINES:
        if name in asked:
            lines.append(_look(name, files, compared, check, under))
            tell(f"{lines[-1].outcome:8} {name} ({lines[-1].seconds:.0f} s)")
    return lines


def _look(name: str, files: str, compared: str, check: Check, under: Review) -> Line:
    """One line: a file that is not there or cannot be read is a fault, told as the message of the error."""
    begin = time.perf_counter()
    try:
        found = check(under)
    except (CompendiumError, OSError, yaml.YAMLError) as error:
        found = Found(0, (Fault(files, str(error)),))
    seconds = round(time.perf_counter() - begin, 1)
    if found.left_out:
        return Line(name, LEFT_OUT, files, found.left_out, 0, seconds=seconds)
    return Line(name, FAIL if found.faults else PASS, files, compared, found.count, found.faults, seconds)
