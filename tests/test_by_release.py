"""Each result in each release: what is computed is what the notebooks show."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
import yaml

from helpers import divergence_tables, geography, paths, series, study, tables
from helpers.review import by_release

AREA = geography.resolve("Midlands")


@cache
def recorded() -> pd.DataFrame:
    return pd.read_csv(by_release.FILE)


def of(notebook: str, result: str) -> pd.DataFrame:
    rows = recorded()
    return rows[(rows["notebook"] == notebook) & (rows["result"] == result)].set_index("release")


@pytest.mark.parametrize("release", [2022, 2025])
def test_beta_is_the_line_through_growth_and_initial_level(release):
    """By numpy's own least squares, from the shipped table."""
    every = tables.wide("productivity", "gva_per_hour", release)
    logs = np.log(every.loc[list(AREA.codes)].dropna())
    first, last = 2004, int(series.panel(AREA, "hour", release).values.columns[-1])
    slope, _ = np.polyfit(logs[first], logs[last] - logs[first], 1)
    assert of("03_divergence", "beta_per_hour")["value"][release] == pytest.approx(slope, rel=1e-5)


def test_the_latest_release_gives_what_the_notebook_shows():
    betas = divergence_tables.betas(AREA).query("area == 'the Midlands' or area == 'Midlands'")
    betas = betas[(betas["series"] == "smoothed") & (betas["specification"] == "unconditional")]
    (shown,) = betas[betas["window"].str.startswith("2004-")]["beta"]
    assert of("03_divergence", "beta_per_hour")["value"][2025] == pytest.approx(shown, rel=1e-5)
    nulls = divergence_tables.selection_nulls(AREA, 5, study.choose().seed)
    (own,) = nulls[
        nulls["area"].eq(AREA.name)
        & nulls["rule"].eq("end")
        & nulls["null"].eq("exchangeability")
        & nulls["window"].str.startswith("2004-")
    ].to_dict("records")
    row = of("03_divergence", "gap_ranked_at_the_end_beside_chance").loc[2025]
    assert row[["value", "lower", "upper"]].tolist() == pytest.approx(
        [own["observed"], own["lower"], own["upper"]], rel=1e-5
    )


def test_the_sides_add_up_to_the_change_of_the_log_gap():
    """Of the guide's groups, by hand from the districts that it names."""
    named = yaml.safe_load((paths.DATA / "geography.yml").read_text(encoding="utf-8"))["guide_groups"]
    for release in (2022, 2025):
        values = series.panel(AREA, "hour", release).values
        ends = values[[2004, int(values.columns[-1])]]
        gap = np.diff(np.log(ends.loc[named["top"]].mean() / ends.loc[named["bottom"]].mean()))[0]
        top, bottom = (
            of("03_divergence", f"{side}_group_per_hour")["value"][release] for side in ("top", "bottom")
        )
        assert top - bottom == pytest.approx(gap, abs=1e-5)


@pytest.mark.parametrize(
    ("lower", "upper", "says"),
    [(-2, -1, "below"), (1, 2, "above"), (-1, 1, "neither"), (np.nan, np.nan, "neither")],
)
def test_an_answer_is_the_side_of_zero_on_which_the_interval_lies(lower, upper, says):
    assert by_release._side(lower, upper, "below", "above", "neither") == says


def test_each_answer_that_differs_from_the_release_before_is_marked():
    rows = recorded()
    for _, own in rows.groupby(["notebook", "result"]):
        said, before = [], None
        for answer in own.sort_values("release")["answer"]:
            said.append("first" if before is None else "no" if answer == before else "yes")
            before = answer if answer not in by_release.NO_FIGURES else before
        assert own.sort_values("release")["changed"].tolist() == said
