"""Combined authorities: memberships and sums against the look-up's and the workbooks' own figures."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import devolution, geography, study, tables
from helpers.figures import devolution as figure
from helpers.prose import devolution as prose

MIDLANDS = study.choose()


def test_the_midlands_have_seven_seventeen_and_seven_of_nine():
    """Combined authorities in May 2025: WMCA 7 districts, EMCCA 17, Greater Lincolnshire 9, two in Humber."""
    rows = devolution.authorities(MIDLANDS).set_index("group")
    counts = rows[["districts", "districts_elsewhere"]]
    assert counts.loc["E47000007"].tolist() == [7, 0]
    assert counts.loc["E47000013"].tolist() == [17, 0]
    assert counts.loc["E47000017"].tolist() == [7, 2]
    assert counts["districts"].sum() == 65 and counts.loc["outside", "districts"] == 34


def test_shares_add_up_and_follow_the_tables():
    rows = devolution.authorities(MIDLANDS)
    for share in ("population_share", "hours_share", "gva_share"):
        assert rows[share].sum() == pytest.approx(1)
    own = rows.set_index("group").loc["E47000007"]
    people = tables.load("population_total")
    codes = geography.resolve("WMCA").codes
    here = people[people["area_code"].isin(codes) & (people["year"] == own["year"])]
    assert own["population"] == here.loc[here["release"] == here["release"].max(), "value"].sum()


def test_lagging_districts_have_the_lowest_mean_of_the_early_years():
    table = tables.load("productivity").query("indicator == 'gva_per_hour' and release == 2025")
    table = table[table["area_code"].isin(MIDLANDS.area.codes) & table["year"].between(2004, 2008)]
    lowest = table.groupby("area_code")["value"].mean().nsmallest(5)
    chosen = devolution.lagging(MIDLANDS)
    assert list(chosen.codes) == list(lowest.index) and chosen.reason == ""
    rows = devolution.membership(MIDLANDS)
    assert set(rows.loc[rows["lagging"], "area_code"]) == set(chosen.codes)


def test_the_choice_does_not_follow_the_groups_of_the_study():
    assert devolution.lagging(study.choose(grouping="end")) == devolution.lagging(MIDLANDS)


def test_more_lagging_districts_hold_fewer():
    sizes = devolution.by_size(MIDLANDS)
    assert sizes.groupby("size")["lagging"].sum().to_dict() == {3: 3, 5: 5, 10: 10, 21: 21}
    assert sizes.groupby("size")["expected"].sum().tolist() == pytest.approx([3, 5, 10, 21])
    # 31 of 65 districts lie in authorities
    inside = sizes[sizes["group"].str.startswith("E47")].groupby("size")["expected"].sum()
    assert inside[5] == pytest.approx(5 * 31 / 65)


@pytest.mark.parametrize(
    ("area", "group", "districts"), [("Wales", "W", 22), ("Scotland", "S", 32), ("Northern Ireland", "N", 11)]
)
def test_nations_have_no_combined_authorities(area, group, districts):
    asked = study.choose(area=area)
    rows = devolution.authorities(asked)
    assert rows["group"].tolist() == [group] and rows["districts"].tolist() == [districts]
    assert "has no combined authority" in prose.who_could_act(asked)
    assert "No combined authority could act" in prose.title(asked)


def test_london_is_not_taken_for_undevolved():
    rows = devolution.authorities(study.choose(area="London"))
    assert rows["kind"].tolist() == [devolution.LONDON] and rows["districts"].tolist() == [33]


def test_too_few_districts_give_a_reason_not_a_zero():
    asked = study.choose(area="Tees Valley Combined Authority")
    row = devolution.authorities(asked).iloc[0]
    assert pd.isna(row["lagging"]) and "need 6" in row["reason"]
    assert "need 6" in prose.where_they_lag(asked)
    assert devolution.by_size(asked).empty


def test_too_many_lagging_districts_give_a_reason():
    assert "need 80 districts" in devolution.lagging(MIDLANDS, 40).reason


def test_an_older_release_is_told_in_present_codes():
    """The release of 2022 still has the districts that became North and West Northamptonshire."""
    old = devolution.lagging(study.choose(release=2022))
    assert len(old.codes) == 5 and set(old.codes) <= set(MIDLANDS.area.codes)


def test_releases_may_name_other_districts():
    """Each release ranked by hand on its own table."""
    table = tables.load("productivity").query("indicator == 'gva_per_hour' and 2004 <= year <= 2008")
    rows = devolution.by_release(MIDLANDS).set_index("release")
    assert rows.index.tolist() == [2022, 2023, 2024, 2025]
    for release in (2023, 2025):
        own = table[(table["release"] == release) & table["area_code"].isin(MIDLANDS.area.codes)]
        lowest = geography.names()[own.groupby("area_code")["value"].mean().nsmallest(5).index]
        assert set(rows.loc[release, "names"].split(", ")) == set(lowest)


def test_the_map_draws_every_district_and_says_what_it_finds():
    exhibit = figure.atlas(MIDLANDS)
    assert len(exhibit.data) == 65 and exhibit.data["lagging"].sum() == 5
    inside = exhibit.data[exhibit.data["kind"] == devolution.AUTHORITY]["lagging"].sum()
    assert exhibit.alt.endswith(
        f"{inside} of the 5 lagging districts of the Midlands lie in a combined authority."
    )
