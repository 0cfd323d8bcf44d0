"""Every parameter of the loop and the policies is taken by the notebooks and changes what they tell."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from accounts import PARAMETERS, declared

from helpers import geography, study
from helpers.causation import outcomes, scenarios, tornado
from helpers.causation.model import Loop
from helpers.causation.policy import Settings

FEW = {"draws": 300}  # enough to see a difference on common random numbers
LOOP = [field.name for field in dataclasses.fields(Loop)]
POLICY = [field.name for field in dataclasses.fields(Settings)]
OTHER = {
    "loop": "off",
    "rho": 0.5,
    "draws": 400,
    "horizon_year": 2040,
    "policy_budget": 1000,
    "policy_start": 2027,
    "policy_years": 5,
    "policy_targets": 3,
    "policy_pre_years": 3,
    "financing": "within",
    "infrastructure_delay": 6,
}


def other(name: str) -> object:
    """Another acceptable value: that of `OTHER`, or one and a half times the default."""
    return OTHER[name] if name in OTHER else PARAMETERS[name]["default"] * 1.5


def told(given: dict[str, object]) -> list[pd.DataFrame]:
    """The tables of 08_policy, and the loop's of 07."""
    asked = study.choose()
    one = scenarios.prepare(asked, {**FEW, **given})
    assert one is not None
    draws = one.settings.draws
    return [
        outcomes.by_year(one),
        outcomes.summary(one, scenarios.without_loop(one)),
        outcomes.by_district(one),
        tornado.table(one),
        outcomes.loop_table(scenarios.held(geography.resolve("Midlands"), given), draws, asked.seed),
    ]


@pytest.fixture(scope="module")
def defaults() -> list[pd.DataFrame]:
    return told({})


@pytest.mark.parametrize("name", [name for name, record in PARAMETERS.items() if "kind" in record])
def test_another_value_changes_a_table(name: str, defaults: list[pd.DataFrame]) -> None:
    changed = told({name: other(name)})
    assert any(not one.equals(before) for one, before in zip(changed, defaults, strict=True))


def test_the_notebooks_take_them_all() -> None:
    """08 takes every one; 07 those of the loop, which it estimates or holds against figures."""
    assert set(LOOP + POLICY) <= set(declared("08_policy"))
    assert set(LOOP) <= set(declared("07_cumulative_causation"))
