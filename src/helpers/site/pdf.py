"""How does a page become a PDF? By the browser of this machine, where there is one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMED = "COMPENDIUM_CHROMIUM"  # variable of the environment that names a browser
NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 120  # more than a cold start takes on a busy machine
QUIET = (  # no request of the browser's own, no question to a first user
    "--headless",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
)
NO_BROWSER = (
    f"this machine has no Chromium: install {' or '.join(NAMES)}, or name one in {NAMED}, and build again"
)
# The moments of printing are all that differs between two prints of a page; a date of the same length in
# their place leaves the file's own table of offsets true
MOMENT = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}")
NO_MOMENT = b"20000101000000"
PAGE = re.compile(rb"/Type\s*/Page\b")


def browser() -> str | None:
    """Path of the browser: the one that `NAMED` names, else the system's; None without either."""
    return os.environ.get(NAMED) or next(filter(None, map(shutil.which, NAMES)), None)


def pages(pdf: Path) -> int:
    """Number of pages of a PDF that `write` wrote."""
    return len(PAGE.findall(pdf.read_bytes()))


def write(page: Path, pdf: Path) -> str:
    """Print a page as its style says, tagged and with its title.

    Parameters
    ----------
    page : Path
        An HTML file without parts elsewhere.
    pdf : Path
        Removed first, so that it is there only if it was printed now. Two prints of one page by one browser
        are the same bytes.

    Returns
    -------
    str
        Why there is no PDF; empty when there is one.
    """
    pdf.unlink(missing_ok=True)
    program = browser()
    if program is None:
        return NO_BROWSER
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # whom Chromium serves only without its sandbox
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
        command = [
            *(program, *QUIET, *(["--no-sandbox"] if root else []), f"--user-data-dir={profile}"),
            *("--no-pdf-header-footer", "--generate-pdf-document-outline", f"--print-to-pdf={pdf.resolve()}"),
            page.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{program} did not print it: {error}"
    if not pdf.is_file():
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it gave no reason"]
        return f"{program} did not print it: {last[0]}"
    pdf.write_bytes(MOMENT.sub(rb"\g<1>" + NO_MOMENT, pdf.read_bytes()))
    return ""
