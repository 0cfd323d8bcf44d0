"""How many cases does a test of endurance try? Few when the suite runs, many when asked (`make torture`)."""

from __future__ import annotations

import os

TORTURE = os.environ.get("COMPENDIUM_TORTURE") == "1"


def scale(usual: int, torture: int) -> int:
    """The number of cases for this run."""
    return torture if TORTURE else usual
