"""Industry mix by hand on three invented districts, and against published totals.

Published GVA is in whole GBP million, so sums of 18 sections differ from the total by a few million.
"""

import pandas as pd
import pytest

from helpers import derived, geography, tables
from helpers.comparisons import industries
from helpers.errors import AreaError
from helpers.geography import Area
from helpers.indicators import published

MIDLANDS = geography.resolve("Midlands")
EVERYONE = geography.resolve("UK")
NAN = float("nan")


@pytest.fixture
def invented(monkeypatch):
    """Three districts that make food, drive lorries and live in houses; c's food and lorries are withheld."""
    codes = list(geography.all_districts().index[:3])
    figures = {
        "gva_all": {1998: [100, 100, 50], 2023: [200, 100, 100]},
        "gva_manufacturing": {1998: [60, 20, NAN], 2023: [-20, 20, NAN]},
        "gva_transport_storage": {1998: [20, 50, NAN], 2023: [140, 30, NAN]},
        "gva_imputed_rent": {1998: [20, 30, 10], 2023: [80, 50, 20]},
        "gva_food_textiles": {1998: [10, 30, NAN], 2023: [40, -10, NAN]},
    }
    frames = {name: pd.DataFrame(own, index=codes, dtype=float) for name, own in figures.items()}
    monkeypatch.setattr(industries, "_gva", lambda name: frames[name])
    monkeypatch.setattr(industries, "SECTIONS", ("manufacturing", "transport_storage", "imputed_rent"))
    monkeypatch.setattr(industries, "CLUSTERS", {"share_food_textiles": "food"})
    monkeypatch.setattr(
        geography, "all_districts", lambda vintage="LAD24": pd.DataFrame({"name": list("abc")}, index=codes)
    )
    return codes


def test_mix_by_hand(invented):
    """All three in 1998: 80, 70 and 60 of 250 are published by section; 40 of c's 50 are not."""
    shares = industries.mix(Area("x", "list", tuple(invented), ()))
    own = shares[(shares["group"] == "area") & (shares["year"] == 1998)].set_index("section")
    assert own["share"].to_dict() == pytest.approx(
        {
            "manufacturing": 80 / 250,
            "transport_storage": 70 / 250,
            "imputed_rent": 60 / 250,
            "not_published": 40 / 250,
        }
    )
    assert own["n"].tolist() == [2, 2, 3, 1] and own["missing"].tolist() == [1, 1, 0, 0]


def test_a_loss_lowers_the_sum(invented):
    """In 2023 a's manufacturing lost 20 and b's made 20: together nothing, of 300."""
    shares = industries.mix(Area("x", "list", tuple(invented[:2]), ()))
    own = shares[(shares["group"] == "area") & (shares["year"] == 2023)].set_index("section")
    assert own["share"].to_dict() == pytest.approx(
        {"manufacturing": 0, "transport_storage": 170 / 300, "imputed_rent": 130 / 300}
    )


def test_structural_change_by_hand(invented):
    """a: from 0.6, 0.2, 0.2 to -0.1, 0.7, 0.4: half of 0.7 + 0.5 + 0.2. Without rent from 0.75, 0.25 to
    -1/6, 7/6: half of 2 x 11/12."""
    one = Area("a", "list", (invented[0],), ())
    row = industries.structural_change(industries.mix(one)).set_index("group").loc["area"]
    assert (row["first_year"], row["last_year"]) == (1998, 2023)
    assert row["index"] == pytest.approx(0.7)
    assert row["index_without_rent"] == pytest.approx(11 / 12)
    assert (row["risen"], row["fallen"]) == ("transport_storage", "manufacturing")
    assert (row["rise"], row["fall"], row["withheld"]) == (pytest.approx(0.5), pytest.approx(-0.7), 0)


def test_what_is_withheld_counts_as_one_section(invented):
    """c: rent 0.2 in both years, 0.8 withheld in both: no change that is known, which 0.8 could hide."""
    one = Area("c", "list", (invented[2],), ())
    row = industries.structural_change(industries.mix(one)).set_index("group").loc["area"]
    assert row["index"] == pytest.approx(0)
    assert row["withheld"] == pytest.approx(0.8)


def test_quotients_by_hand(invented):
    """Food in 1998 is 40 of the 200 of those who publish it: 0.2. a has 0.1, b has 0.3, c is withheld;
    in 2023 it is 30 of 300, of which b has -10 of 100."""
    table = industries.location_quotients(
        Area("x", "list", tuple(invented), ()), {"two": invented[1:], "none": invented[2:]}
    ).set_index(["area_code", "group", "year"])
    found = table["location_quotient"]
    a, b, c = invented
    assert (found[a, "", 1998], found[b, "", 1998]) == (pytest.approx(0.5), pytest.approx(1.5))
    assert (found["", "two", 1998], found["", "uk", 1998]) == (pytest.approx(1.5), 1)
    assert found[b, "", 2023] == pytest.approx(-1)
    assert pd.isna(found[c, "", 1998]) and pd.isna(found["", "none", 1998])
    assert table.loc[("", "two", 1998), ["n", "missing"]].tolist() == [1, 1]


def test_sections_sum_to_all_of_gva():
    """Every Midlands district, both years: within 6 (20 figures, each rounded by up to a half)."""
    sections = sum(published(f"gva_{name}").values for name in industries.SECTIONS)
    apart = (sections - published("gva_all").values).loc[list(MIDLANDS.codes)]
    assert apart.notna().all().all() and apart.abs().max().max() <= 6
    shares = industries.mix(MIDLANDS)
    sums = shares.groupby(["group", "year"])["share"].sum()
    assert len(sums) == 4 and (sums - 1).abs().max() < 2e-4
    assert industries.WITHHELD not in set(shares.loc[shares["group"] == "area", "section"])


def test_gva_of_the_midlands_is_that_of_the_regional_accounts():
    """Districts of April 2025 and regions of the accounts of the same month: within rounding."""
    release = tables.load("regions").query("indicator == 'gva_current'")["release"].max()
    regions = tables.wide("regions", "gva_current", release).loc[["TLF", "TLG"], [1998, 2023]].sum()
    districts = published("gva_all").values.loc[list(MIDLANDS.codes), [1998, 2023]].sum()
    assert (districts - regions).abs().max() <= 65 / 2


def test_quotients_average_to_one():
    """Weighted by the GVA of the districts that publish the cluster, over the UK; and the UK has one."""
    table = industries.location_quotients(EVERYONE)
    whole = published("gva_all").values
    single = table[table["group"] == ""].dropna(subset="location_quotient")
    weights = [whole.at[c, y] for c, y in zip(single["area_code"], single["year"], strict=True)]
    single = single.assign(weight=weights, product=single["location_quotient"] * weights)
    sums = single.groupby(["cluster", "year"])[["weight", "product"]].sum()
    assert len(sums) == 2 * len(industries.CLUSTERS)
    assert (sums["product"] / sums["weight"] - 1).abs().max() < 1e-9
    assert (table.loc[table["group"] == "uk", "location_quotient"] - 1).abs().max() < 1e-12


def test_shares_of_districts_are_the_derived_indicators():
    table = industries.location_quotients(MIDLANDS)
    for cluster in industries.CLUSTERS:
        own = table[(table["cluster"] == cluster) & (table["group"] == "") & (table["year"] == 2023)]
        theirs = derived.observe(cluster).values[2023][own["area_code"]] / 100
        assert own["share"].to_numpy() == pytest.approx(theirs.to_numpy())
    assert set(industries.clusters()["cluster"]) == set(industries.CLUSTERS)


def test_groups_must_be_present_districts():
    with pytest.raises(AreaError, match="group north"):
        industries.mix(MIDLANDS, {"north": ["E07000027"]})  # Barrow, part of Westmorland and Furness
    with pytest.raises(AreaError, match="group empty"):
        industries.mix(MIDLANDS, {"empty": []})
