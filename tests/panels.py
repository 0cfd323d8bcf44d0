"""Panels of the Midlands with invented figures, for tests of how districts spread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import geography, series

MIDLANDS = geography.resolve("Midlands")
PANEL = series.panel(MIDLANDS, "hour", 2025)


def invented(values, panel=PANEL):
    """A panel of the Midlands' districts with other figures, for the years 2004 onwards."""
    years = range(2004, 2004 + values.shape[1])
    return replace(panel, values=pd.DataFrame(values, index=panel.values.index, columns=years))


def random_values(shape, seed=1, absent=0.0):
    """GBP per hour, some of them absent."""
    rng = np.random.default_rng(seed)
    values = np.exp(rng.normal(3.5, 0.3, size=shape))
    values[rng.random(shape) < absent] = np.nan
    return values
