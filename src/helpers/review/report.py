"""How is the review told? One page for a terminal, the same as HTML, and all of it as JSON."""

from __future__ import annotations

import dataclasses
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from helpers import writing
from helpers.review.line import FAIL, LEFT_OUT, Line
from helpers.running import record

MOST = 5  # faults told per line; the JSON has all
WIDTH = 160


def text(lines: Sequence[Line], made: Path | None = None) -> str:
    """The review for a terminal; `made` as for `verdict`."""
    wide = max(len(line.name) for line in lines)
    told = []
    for line in lines:
        count = f"{line.count:,} compared: " if line.outcome != LEFT_OUT else ""
        told.append(f"{line.outcome:8} {line.name:{wide}}  {count}{line.compared} [{line.files}]")
        told += [
            f"         {'':{wide}}  {_shortened(fault.file, fault.what)}" for fault in line.faults[:MOST]
        ]
        if len(line.faults) > MOST:
            told.append(f"         {'':{wide}}  and {len(line.faults) - MOST} more, in review.json")
    return "\n".join([*told, "", verdict(lines, made)])


def verdict(lines: Sequence[Line], made: Path | None = None) -> str:
    """The last sentence; it says so where runs of an earlier review, in `made`, were taken for fresh ones."""
    failed = [line.name for line in lines if line.outcome == FAIL]
    left = [line.name for line in lines if line.outcome == LEFT_OUT]
    minutes = sum(line.seconds for line in lines) / 60
    said = f"{len(lines)} lines in {minutes:.1f} minutes: "
    said += f"{len(failed)} failed ({', '.join(failed)})" if failed else "none failed"
    said += f", {len(left)} left out" + (f" ({', '.join(left)})." if left else ".")
    return said if made is None else f"{said} Runs in {made} count as fresh where they still hold."


def write(lines: Sequence[Line], out: Path, made: Path | None = None) -> None:
    """Write `review.json` and `review.html` into a folder, each whole or not at all."""
    about = record.environment()
    said = verdict(lines, made)
    whole: dict[str, Any] = {
        "verdict": said,
        "failed": sum(line.outcome == FAIL for line in lines),
        "lines": [dataclasses.asdict(line) for line in lines],
        **about,
    }
    writing.text(out / "review.json", json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    writing.text(out / "review.html", _page(lines, said, about))


STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #ccc; }
td.count, th.count { text-align: right; }
.pass { color: #0b6b3a; } .FAIL { color: #b00020; font-weight: bold; } .left { color: #555; }
li { overflow-wrap: anywhere; }
"""


def _page(lines: Sequence[Line], said: str, about: dict[str, Any]) -> str:
    """The review as one HTML page that needs no other file."""
    git = about["git"] or {"revision": "unknown revision", "dirty": False}
    state = f"{git['revision'][:12]}{', with changes' if git['dirty'] else ''}"
    rows = "\n".join(_row(line) for line in lines)
    return f"""<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>Review</title><style>{STYLE}</style></head>
<body>
<h1>Review</h1>
<p><strong>{html.escape(said)}</strong></p>
<p>{html.escape(state)}; Python {html.escape(about["python"])}; {html.escape(about["platform"])}.</p>
<table>
<thead><tr><th>Line</th><th>Outcome</th><th class="count">Compared</th>
<th>What with what</th><th>Files</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def _row(line: Line) -> str:
    faults = "".join(f"<li>{html.escape(f'{f.file}: {f.what}'.removeprefix(': '))}</li>" for f in line.faults)
    told = html.escape(line.compared) + (f"<ul>{faults}</ul>" if faults else "")
    return (
        f'<tr><th scope="row">{line.name}</th><td class="{line.outcome}">{line.outcome}</td>'
        f'<td class="count">{line.count:,}</td><td>{told}</td><td>{html.escape(line.files)}</td></tr>'
    )


def _shortened(file: str, what: str) -> str:
    said = " ".join(f"{file}: {what}".removeprefix(": ").split())
    return said if len(said) <= WIDTH else said[: WIDTH - 1] + "…"
