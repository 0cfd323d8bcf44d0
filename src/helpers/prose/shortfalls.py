"""What does each part of the account of divergence lack in this area? Sentences beside its results."""

from __future__ import annotations

import pandas as pd

from helpers import divergence_tables
from helpers.dynamics import clubs, convergence, dispersion, transitions
from helpers.gaps import choices, selection
from helpers.study import Study


def of_groups(study: Study) -> list[str]:
    """Ties at the edge of a group, and districts that could not be ranked."""
    if study.rule is None or study.size is None:
        return []
    return choices.ranking_notes(study.panel, study.rule, study.size)


def of_selection(study: Study) -> list[str]:
    """What the nulls of selection could not ask, whom they left out and which ties they broke."""
    return selection.notes(study.area, study.size)


def of_specifications(study: Study) -> list[str]:
    """In how many combinations a tie was broken or a district not ranked."""
    return choices.notes(study.area)


def of_spread(study: Study, changed: pd.DataFrame) -> list[str]:
    """Districts and intervals that the spread and the slopes do without."""
    slopes = convergence.estimates(divergence_tables.panels(study.area), *divergence_tables.window(study))
    return [*dispersion.notes(changed), *convergence.notes(slopes)]


def of_movement(study: Study) -> list[str]:
    """Districts that are in no club or class, and moves that are not counted."""
    unsmoothed = divergence_tables.panels(study.area)["unsmoothed"].values
    return [*clubs.notes(unsmoothed), *transitions.notes(study.area, divergence_tables.ratios_to_uk())]
