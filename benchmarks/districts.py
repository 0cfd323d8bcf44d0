"""What do the pages of districts cost? Time per page for more and more districts: it should not grow."""

from __future__ import annotations

import tempfile
from pathlib import Path

import measure  # first: one thread for linear algebra

from helpers import geography
from helpers.site import district, profile

CLAIM_PER_PAGE = 1.0  # seconds
SIZES = (20, 40, 65, 361)


def main() -> None:
    """Make pages of the first districts of the UK, once afresh and once with nothing to do."""
    uk = geography.resolve("UK")
    seed = 1
    profile.profile(uk.codes[0], uk, seed)  # reads the tables and finds everyone's neighbours, once
    rows = []
    for size in SIZES:
        codes = uk.codes[:: len(uk.codes) // size][:size]
        known, seconds, peak = measure.cost(
            lambda codes=codes: [profile.profile(c, uk, seed) for c in codes], 1
        )
        rows.append(measure.row("facts of districts", f"{size} districts", seconds, None, peak))
        with tempfile.TemporaryDirectory() as folder:
            work = lambda known=known, folder=folder: district.write(known, Path(folder))  # noqa: E731
            _, making, peak = measure.cost(work, 1)
            rows.append(
                measure.row("pages with three figures", f"{size} pages", making, CLAIM_PER_PAGE * size, peak)
            )
            _, keeping, peak = measure.cost(work)
            rows.append(measure.row("nothing has changed", f"{size} pages", keeping, None, peak))
        per_page = (seconds + making) / size
        rows.append(measure.row("facts and page", "each", per_page, CLAIM_PER_PAGE, peak))
    measure.write(rows, Path(__file__).with_suffix(".csv"))


if __name__ == "__main__":
    main()
