"""Groups by hand on a panel small enough to rank by eye."""

import numpy as np
import pandas as pd
import pytest

from helpers import geography, groups
from helpers.errors import ParameterError

YEARS = range(2004, 2013)


def panel(**rows):
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(YEARS), dtype=float)


def flat(*values):
    return {chr(97 + i): [value] * len(YEARS) for i, value in enumerate(values)}


def members(values, rule, size, year):
    return groups.members(groups.choose(values, rule, size), values.index, year)


def test_each_rule_ranks_by_its_own_years():
    rows = flat(10, 20, 30, 40, 50, 60)
    rows["a"] = [10.0] * 6 + [99.0] + [10.0] * 2  # highest in 2010 only
    rows["b"] = [20.0] * 8 + [98.0]  # highest in 2012 only
    values = panel(**rows)
    assert members(values, "start", 2, 2004) == (["a", "f"], ["b", "c"])
    assert members(values, "end", 2, 2004) == (["b", "f"], ["a", "c"])
    assert members(values, "mean", 2, 2012) == (["f", "e"], ["a", "b"])
    assert members(values, "rechosen", 2, 2010) == (["a", "f"], ["b", "c"])
    assert members(values, "rechosen", 2, 2004) == (["f", "e"], ["a", "b"])


def test_a_tie_at_the_edge_is_broken_by_code_and_reported():
    values = panel(**flat(30, 20, 20, 20, 10, 5))
    chosen = groups.choose(values, "end", 2)
    assert groups.members(chosen, values.index, 2012) == (["a", "b"], ["f", "e"])
    assert chosen.ties == tuple(YEARS)
    assert groups.choose(panel(**flat(6, 5, 4, 3, 2, 1)), "end", 2).ties == ()


def test_a_district_without_a_figure_is_not_ranked():
    rows = flat(10, 20, 30, 40, 50, 60, 70)
    rows["g"] = [np.nan] + [70.0] * 8  # no figure in 2004
    values = panel(**rows)
    assert members(values, "mean", 2, 2012)[0] == ["f", "e"]
    assert members(values, "end", 2, 2012)[0] == ["g", "f"]
    assert members(values, "rechosen", 2, 2004)[0] == ["f", "e"]


def test_groups_may_not_overlap():
    with pytest.raises(ParameterError, match="at most 3"):
        groups.choose(panel(**flat(1, 2, 3, 4, 5, 6, 7)), "end", 4)


@pytest.mark.parametrize(("districts", "size"), [(5, None), (6, 2), (7, 2), (14, 4), (15, 5), (65, 5)])
def test_the_automatic_size_is_the_smaller_of_five_and_a_third(districts, size):
    assert groups.auto_size(districts) == size


def test_the_guide_names_its_ten_districts():
    """Thematic Guide 4, note to Figure 2."""
    named, names = geography.guide_groups(), geography.names()
    assert {names[c] for c in named["top"]} == {
        "Solihull",
        "Warwick",
        "Rushcliffe",
        "Bolsover",
        "South Derbyshire",
    }
    assert {names[c] for c in named["bottom"]} == {
        "Wyre Forest",
        "Oadby and Wigston",
        "Mansfield",
        "Bassetlaw",
        "Herefordshire",
    }


def test_the_guide_is_for_the_midlands_only():
    assert groups.has_guide(geography.resolve("TLF+TLG"))
    assert not groups.has_guide(geography.resolve("West Midlands"))
    with pytest.raises(ParameterError, match="Midlands"):
        groups.choose(panel(**flat(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)), "guide", 5)


def test_first_middle_and_split_rank_by_their_own_years():
    """Figures begin in 2005: eight years, of which 2008 is the earlier of the two in the middle."""
    rows = flat(10, 20, 30, 40, 50, 60)
    for row in rows.values():
        row[0] = np.nan
    rows["a"][1] = 99.0  # 2005
    rows["b"][4] = 98.0  # 2008
    rows["c"][1:] = [30.0, 500.0] * 4  # even years only
    values = panel(**rows)
    assert members(values, "first", 2, 2012)[0] == ["a", "f"]
    assert members(values, "middle", 2, 2012)[0] == ["c", "b"]
    assert members(values, "split", 2, 2012)[0] == ["f", "e"]
    rows["c"][1:] = [500.0, 30.0] * 4  # odd years only
    assert members(panel(**rows), "split", 2, 2012)[0] == ["c", "f"]


def test_a_split_sample_measures_in_the_years_that_do_not_choose():
    assert groups.measured("split", YEARS) == [2004, 2006, 2008, 2010, 2012]
    assert groups.measured("first", YEARS) == list(YEARS)
