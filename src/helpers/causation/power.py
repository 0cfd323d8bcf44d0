"""Could figures of this size have shown a loop of the size claimed, had there been one?

Districts are drawn from the model with loops of known strength (`helpers.causation.worlds`), and each test
is asked how often it sees them. Persistence and variances are the area's own (the covariance fit), those of
the stocks' yearly shocks come from public series.

Three tests, from the most to the least that one could know:

- `SEEN`: every stock is seen without error, and nothing but output per hour makes stocks differ for good.
  Wald test that no stock answers to last year's output per hour, by least squares on its own last year and
  that, around the mean of each year, clustered by district.
- `SEEN_EFFECTS`: the same where places may differ for good in their stocks for other reasons, so that only
  changes within places tell.
- `ALONE`: only output per hour is seen, with its noise; a loop is seen where the persistence of the
  covariance fit is long.

A test sees a loop where its statistic is beyond what 95 % of panels of the same kind without a loop give.
By the usual tables the first would cry wolf in about 7 % of panels of 65 districts, because a few districts
with large leads carry it, and the second in about 16 % of panels of 361, because it is biased in short panels
(Nickell 1981). No one has panels of the same kind without a loop, and real stocks are not seen without
error: what is found here is the most that could be hoped for.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import geography
from helpers.causation import covariance_fit, persistence
from helpers.causation.model import STOCKS, Loop
from helpers.causation.worlds import World, panels, stock_shocks, world
from helpers.dynamics.process import Process
from helpers.errors import ParameterError
from helpers.geography import Area

STRENGTHS = (0.0, 0.1, 0.3, 0.6, 0.9)
DISTRICTS = (65, 361)
YEARS = 20
LEVEL = 0.05
DRAWS = 300
CALIBRATION = 600  # panels without a loop that give critical values
CELLS = 5_000  # draws times districts worked on at once: what fits in a processor's cache
SEEN, SEEN_EFFECTS = "stocks seen", "stocks seen, lasting differences allowed"
ALONE = "output per hour alone"
TESTS = (SEEN, SEEN_EFFECTS, ALONE)
COLUMNS = ["loop_strength", "districts", "years", "power", "mc_se", "test", "level", "draws", "variances_of"]


def of_area(area: Area, loop: Loop, depreciation: float, seed: int, draws: int = DRAWS) -> pd.DataFrame:
    """Power with the variances of an area: table ``power``.

    Parameters
    ----------
    area : Area
    loop : Loop
        Plain numbers (`helpers.causation.priors.central`): b, d, and how the stocks share the loop.
    depreciation : float
        Of the stock of capital, as in `helpers.causation.states.capital`.
    seed, draws : int

    Returns
    -------
    DataFrame
        As from `table`; ``variances_of`` is the area, or the UK where its districts are too few.
    """
    country = geography.resolve("UK")
    for one in (area, country):
        process = persistence.preferred(one).process
        if process is not None and process.persistent > 0:
            shocks = stock_shocks(depreciation)
            return table(process, loop, shocks, seed, draws).assign(variances_of=one.name)[COLUMNS]
    raise ParameterError(f"area: no process can be fitted to {area.name} or {country.name}.")


def wald(seen: np.ndarray, effects: bool = False) -> np.ndarray:
    """Does any stock answer to last year's output per hour? One F statistic per panel.

    Parameters
    ----------
    seen : ndarray, shape (draws, n, T, 4)
        From `helpers.causation.worlds.panels`; n above 3.
    effects : bool
        Whether places may differ for good: figures are then also taken around each place's own mean.

    Returns
    -------
    ndarray, shape (draws,)
        Hotelling's, clustered by district: with many districts of like weight F with 3 and n - 3
        degrees of freedom where no stock answers.
    """
    values = np.ascontiguousarray(np.moveaxis(seen, -1, 0))
    values -= values.mean(axis=2, keepdims=True)
    now, before = values[1:, ..., 1:], values[..., :-1]
    if effects:
        now, before = (x - x.mean(axis=-1, keepdims=True) for x in (now, before))
    own, lead = before[1:], before[:1]
    lead = lead - (_dot(own, lead) / _dot(own, own))[..., None, None] * own
    weight = _dot(lead, lead)
    answer = _dot(lead, now) / weight
    error = now - answer[..., None, None] * lead
    error -= (_dot(own, error) / _dot(own, own))[..., None, None] * own
    influence = np.einsum("sdit,sdit->sdi", lead, error) / weight[..., None]
    n, g = seen.shape[1], answer.T
    variance = np.einsum("sdi,tdi->dst", influence, influence) * n / (n - 1)
    squared = (g * np.linalg.solve(variance, g[..., None])[..., 0]).sum(axis=1)
    return squared * (n - len(STOCKS)) / (len(STOCKS) * (n - 1))


def _dot(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Sums of products over districts and years, shape (stocks, draws)."""
    return np.einsum("sdit,sdit->sd", *np.broadcast_arrays(one, other))


def table(
    process: Process,
    loop: Loop,
    shocks: np.ndarray,
    seed: int,
    draws: int = DRAWS,
    calibration: int = CALIBRATION,
) -> pd.DataFrame:
    """How often each test sees loops of each strength.

    Parameters
    ----------
    process : Process
    loop : Loop
    shocks : ndarray, shape (3,)
        From `helpers.causation.worlds.stock_shocks`.
    seed : int
    draws : int
        Panels per strength and number of districts.
    calibration : int
        Further panels without a loop, for the critical values.

    Returns
    -------
    DataFrame
        Columns `COLUMNS` but the last. ``power`` at strength 0 is the size of the test, which should be
        near ``level``. ``mc_se`` is the standard error of the share of draws, half a draw counted as
        seen and half as not so that shares of 0 and 1 have one too; at strength 0 it allows for the
        critical value, which is drawn as well, elsewhere not.
    """
    rows = []
    worlds = {strength: world(process, loop, shocks, strength) for strength in STRENGTHS}
    for number in DISTRICTS:
        rng = np.random.default_rng([seed, number])
        without = world(process, loop, shocks, 0.0)
        usual = statistics(without, calibration, number, rng)
        critical = {test: float(np.quantile(found, 1 - LEVEL)) for test, found in usual.items()}
        for strength, one in worlds.items():
            for test, found in statistics(one, draws, number, rng).items():
                hits = int((found > critical[test]).sum())
                share = (hits + 0.5) / (draws + 1)
                drawn = LEVEL * (1 - LEVEL) / calibration if strength == 0 else 0.0
                mc_se = float(np.sqrt(share * (1 - share) / draws + drawn))
                rows.append((strength, number, YEARS, hits / draws, mc_se, test, LEVEL, draws))
    frame = pd.DataFrame(rows, columns=COLUMNS[:-1])
    order = frame["test"].map(TESTS.index)
    return frame.iloc[np.lexsort((frame["loop_strength"], frame["districts"], order))].reset_index(drop=True)


def statistics(one: World, draws: int, number: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Each test's statistic in panels drawn from a world; large where a loop is seen."""
    plain, within, covariances = [], [], []
    for start in range(0, draws, step := max(1, CELLS // number)):
        seen = panels(one, min(step, draws - start), number, YEARS, rng)
        plain.append(wald(seen))
        within.append(wald(seen, effects=True))
        output = seen[..., 0] + np.sqrt(one.noise) * rng.standard_normal(seen.shape[:3])
        output -= output.mean(axis=1, keepdims=True)
        covariances.append(np.swapaxes(output, 1, 2) @ output / (number - 1))
    return {
        SEEN: np.concatenate(plain),
        SEEN_EFFECTS: np.concatenate(within),
        ALONE: np.array(
            [process.rho for process in covariance_fit.likeliest(np.concatenate(covariances))[0]]
        ),
    }
