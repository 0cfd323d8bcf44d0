"""Are the corrected components right on average? 200 draws of errors on fixed graphs, easy and hard.

The bias must be below 3.5 standard errors of the mean over draws. Over the hundred comparisons made here a
correct estimator passes with probability 0.95 before the seeds are fixed. The plug-in's bias is tested to be
there, so that the test can tell.
"""

import numpy as np
import pytest

from helpers.decomposition import (
    arrangement,
    components,
    connected,
    fixed_effects,
    leverages,
    place,
    projection,
    synthetic,
)
from helpers.decomposition.matches import subset

DRAWS = 200


@pytest.mark.parametrize("mobility", [0.1, 0.2, 0.4])
@pytest.mark.parametrize("graph", synthetic.GRAPHS)
def test_corrected_components_are_unbiased(graph, mobility):
    people = synthetic.population(synthetic.Country(400, 6, mobility, graph, places=6), seed=3)
    keep = connected.leave_match_out(people.matches).keep
    truth = synthetic.true_components(people, keep)
    arranged = arrangement.arrange(subset(people.matches, keep)[0])
    matches, order = arranged.matches, np.argsort(arranged.position)
    signal = (people.alpha + people.psi[people.matches.firm])[keep][order]
    match, year = people.match_variance[keep][order], people.year_variance[keep][order]
    how = projection.plan(arranged.graph, 0, 1)
    pulled = leverages.leverages(matches.moving, how)
    modules = (components, place) if matches.places > 1 else (components,)
    rng = np.random.default_rng(5)
    plain, found = [], []
    for _ in range(DRAWS):
        n = matches.weight
        mean = signal + rng.standard_normal(len(n)) * np.sqrt(match + year / n)
        within = np.where(n > 1, year * rng.chisquare(np.maximum(n - 1, 1)), 0.0)
        data = components.Outcome(mean, within, n.astype(int))
        effects = fixed_effects.fit(mean, matches, how.graph)
        errors = components.error_variances(matches, data, effects, pulled)
        tables = [
            components.table(
                module.plug_in(matches, data, effects),
                *(module.bias(matches, pulled, errors, how), errors),
            )
            for module in modules
        ]
        plain.append(tables[0]["plug_in"])
        # The residual between places is the mean errors of places, which the truth does not have
        found.append([*tables[0]["leave_out"], *(tables[1]["leave_out"][:3] if len(tables) > 1 else [])])
    expected = np.array(list(truth.values()))[: len(found[0])]
    found, plain = np.array(found), np.array(plain)
    error = found.std(axis=0, ddof=1) / np.sqrt(DRAWS)
    assert (np.abs(found.mean(axis=0) - expected) < 3.5 * error).all()
    raw = (plain.mean(axis=0) - expected[:4]) / (plain.std(axis=0, ddof=1) / np.sqrt(DRAWS))
    assert raw[0] > 5 and raw[3] < -5  # plug-in: worker variance too large, residual variance too small
