"""Areas are the districts they should be: counts from the ONS look-ups and the law, by hand."""

import pytest

from helpers import geography, series
from helpers.errors import AreaError


@pytest.mark.parametrize(
    ("name", "districts"),
    [
        ("Midlands", 65),  # 35 in the East Midlands, 30 in the West Midlands
        ("East Midlands", 35),
        ("West Midlands", 30),
        ("WMCA", 7),
        ("West Midlands Combined Authority", 7),
        ("EMCCA", 17),
        ("East Midlands Combined Authority", 17),
        ("Greater Lincolnshire Combined County Authority", 9),
        ("Northern Ireland", 11),
        ("Wales", 22),
        ("Scotland", 32),
        ("London", 33),
        ("East of England", 45),
        ("East", 45),
        ("East (England)", 45),
        ("E12000004", 35),  # the East Midlands as a region of England
        ("East Anglia", 18),  # Peterborough, 5 in Cambridgeshire, 7 in Norfolk, 5 in Suffolk
        ("Yorks, Humber & North East", 27),
        ("yorks, humber and north east", 27),
        ("United Kingdom", 361),
        ("Great Britain", 350),
        ("England", 296),
        ("E92000001", 296),
        ("Derbyshire", 8),  # the county council's districts, without Derby
        ("E10000008", 8),  # Devon, without Plymouth and Torbay
        ("Kent", 12),  # without Medway
        ("Cumbria", 2),  # Cumberland, and Westmorland and Furness, since 2023
        ("CÔTSWOLD", 1),
    ],
)
def test_an_area_has_its_districts(name, districts):
    assert len(geography.resolve(name).codes) == districts


def test_the_forums_share_out_the_whole_country_once():
    forums = ["Scotland", "Wales", "Northern Ireland", "North West", "Yorks, Humber & North East"]
    forums += ["Midlands", "East Anglia", "London and the South"]
    codes = [code for forum in forums for code in geography.resolve(forum).codes]
    assert len(codes) == len(set(codes)) == 361


def test_east_anglia_is_the_four_counties():
    names = set(geography.resolve("East Anglia").districts()["name"])
    assert {"Peterborough", "Cambridge", "Norwich", "Ipswich", "King's Lynn and West Norfolk"} <= names
    assert not {"Luton", "Southend-on-Sea", "Braintree"} & names


def test_north_lincolnshire_is_yorkshire_though_its_authority_is_greater_lincolnshire():
    assert "E06000013" in geography.resolve("Yorkshire and The Humber").codes
    assert "E06000013" not in geography.resolve("Midlands").codes
    assert "E06000013" in geography.resolve("GLCCA").codes


@pytest.mark.parametrize("asked", ["TLF+TLG", "East Midlands; West Midlands", ["TLF", "West Midlands"]])
def test_a_set_of_regions_is_their_union(asked):
    assert geography.same_districts(geography.resolve(asked), geography.resolve("Midlands"))


def test_a_list_of_districts_takes_codes_names_and_later_codes():
    area = geography.resolve(["E06000019", "Birmingham", "E08000038"])  # the last is Barnsley's of 2025
    assert area.codes == ("E06000019", "E08000016", "E08000025")
    assert area.name == "Herefordshire, Birmingham and Barnsley"


def test_before_2023_the_north_west_has_the_six_cumbrian_districts():
    then = set(geography.resolve("North West").districts("LAD21")["name"])
    now = set(geography.resolve("North West").districts("LAD24")["name"])
    assert then - now == {"Allerdale", "Barrow-in-Furness", "Carlisle", "Copeland", "Eden", "South Lakeland"}
    assert now - then == {"Cumberland", "Westmorland and Furness"}


def test_only_names_that_are_turned_round_are_shortened():
    names = geography.names()
    assert names["E06000023"] == "Bristol"
    assert names["N09000010"] == "Newry, Mourne and Down"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Wles", "Wales"),
        ("Greater Manchester", "GMCA"),
        ("Allerdale", "Cumberland"),
        ("Kettering", "merged in 2021 into North Northamptonshire"),
        ("Forest Heath", "West Suffolk"),
        ("Taunton Deane", "Somerset"),  # merged twice
        ("E07000026", "E06000063"),
        ([], "nothing"),
        ("Nowhere at all", "not known"),
        ("Derbyshyre", "Derbyshire"),
        (["Wales", "Atlantis"], "Atlantis"),
    ],
)
def test_what_is_no_area_is_refused_with_what_would_be_right(asked, said):
    with pytest.raises(AreaError, match=said):
        geography.resolve(asked)


def test_a_region_has_the_published_figure_and_the_midlands_lie_between_its_two():
    """Published per hour in 2022, June 2025 release: East Midlands 35.01, West Midlands 35.36."""
    value = {
        a: series.panel(geography.resolve(a), "hour", 2025).area_value[2022]
        for a in ("TLF", "TLG", "Midlands")
    }
    assert value["TLF"] == 35.01
    assert value["TLG"] == 35.36
    assert 35.01 < value["Midlands"] < 35.36


def test_districts_average_to_their_region_when_weighted_by_hours():
    """Not exactly: ONS smooths the ratio, hours are not smoothed. Half a per cent holds for every
    region and year but Northern Ireland, where hours are published that no district is given."""
    for region in geography.resolve("UK").regions:
        if region == "TLN":
            continue
        panel = series.panel(geography.resolve(region), "hour", 2025)
        mean = (panel.values * panel.hours).sum() / panel.hours.sum()
        assert (mean / panel.area_value - 1).abs().max() < 0.005
