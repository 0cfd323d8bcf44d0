"""Neighbours on the shipped map, and Moran's statistics by hand on strips of squares and beside esda."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from esda.moran import Moran as Theirs
from esda.moran import Moran_Local
from libpysal.weights import Queen

from helpers import boundaries, geography
from helpers.errors import AreaError
from helpers.sources import ons_boundaries
from helpers.space import contiguity, spatial

UK = geography.resolve("UK")
NAMES = geography.names()


def code(name):
    return NAMES.index[NAMES.eq(name)][0]


def squares(monkeypatch, prefix, places):
    """Unit squares at (column, row) as the only districts on the map; their codes."""
    codes = [f"{prefix}{i:02d}" for i in range(len(places))]
    shapes = [shapely.box(x, y, x + 1, y + 1) for x, y in places]
    frame = gpd.GeoDataFrame({"code": codes, "geometry": shapes}, crs=27700).set_index("code", drop=False)
    monkeypatch.setattr(boundaries, "load", lambda: frame)
    return codes


def strip(monkeypatch, prefix, values):
    codes = squares(monkeypatch, prefix, [(i, 0) for i in range(len(values))])
    return pd.Series(values, index=codes, dtype=float)


def test_neighbours_of_leicester():
    """The four districts that surround the city."""
    beside = contiguity.among(UK.codes).weights.neighbors[code("Leicester")]
    assert {NAMES[c] for c in beside} == {"Blaby", "Charnwood", "Harborough", "Oadby and Wigston"}


def test_corners_touch(monkeypatch):
    codes = squares(monkeypatch, "corner", [(0, 0), (1, 1), (2, 1)])
    assert contiguity.among(tuple(codes)).matrix.toarray().tolist() == [[0, 1, 0], [0.5, 0, 0.5], [0, 1, 0]]


def test_islands_are_tied_to_the_nearest_border_and_said():
    beside = contiguity.among(UK.codes)
    assert sorted(contiguity.tie_words(beside, NAMES)) == [
        "Isle of Anglesey to Gwynedd",
        "Isle of Wight to New Forest",
        "Isles of Scilly to Cornwall",
        "Na h-Eileanan Siar to Highland",
        "Orkney Islands to Highland",
        "Shetland Islands to Orkney Islands",
    ]
    assert min(beside.weights.cardinalities.values()) >= 1
    assert (beside.matrix > 0).toarray().tolist() == (beside.matrix > 0).T.toarray().tolist()
    assert beside.matrix.sum(axis=1) == pytest.approx(1)
    ireland = [i for i, c in enumerate(UK.codes) if c.startswith("N09")]
    others = [i for i, c in enumerate(UK.codes) if not c.startswith("N09")]
    assert beside.matrix[ireland][:, others].nnz == 0


def test_districts_apart_within_a_list_are_tied_as_islands_are(monkeypatch):
    """The fourth square is two away from the third, five from the first."""
    codes = squares(monkeypatch, "apart", [(0, 0), (1, 0), (2, 0), (5, 0)])
    assert contiguity.among(tuple(codes)).tied == ((codes[3], codes[2]),)


def test_the_simplified_map_parts_three_pairs_across_water(mirror):
    raw = ons_boundaries.read(mirror / "geography" / "lad_dec_2024_buc.geojson")
    pairs = {}
    for name, shapes in (("raw", raw.sort_values("code")), ("shipped", boundaries.load())):
        touching = Queen.from_dataframe(shapes, ids=shapes["code"].tolist(), silence_warnings=True)
        pairs[name] = {frozenset((a, b)) for a, near in touching.neighbors.items() for b in near}
    assert pairs["shipped"] < pairs["raw"]
    assert {frozenset(NAMES[c] for c in pair) for pair in pairs["raw"] - pairs["shipped"]} == {
        frozenset(("Fylde", "South Ribble")),
        frozenset(("Greenwich", "Newham")),
        frozenset(("Greenwich", "Tower Hamlets")),
    }


def test_former_codes_are_recoded_or_left_out_by_name():
    """Allerdale became a part of Cumberland; Barnsley took a new code in April 2025."""
    former, left_out = contiguity.in_present_codes(
        pd.DataFrame({2020: [1.0, 2.0]}, index=["E07000026", "E06000001"]), "LAD21"
    )
    assert left_out == ("E07000026",) and former.index.tolist() == ["E06000001"]
    later, left_out = contiguity.in_present_codes(pd.DataFrame({2020: [3.0]}, index=["E08000038"]), "LAD25")
    assert later.loc["E08000016", 2020] == 3 and left_out == ()
    with pytest.raises(AreaError, match="E08000038"):
        contiguity.in_present_codes(pd.DataFrame({2020: [3.0]}, index=["E08000038"]), "LAD24")


def test_codes_without_a_boundary_are_refused_by_name():
    with pytest.raises(AreaError, match="E07000026"):
        contiguity.among(("E07000026", "E06000001"))
    with pytest.raises(AreaError, match="two or more"):
        contiguity.among(("E06000001",))


def test_moran_on_a_strip_by_hand(monkeypatch):
    """1 to 8: z z' = 42; inner lags equal z (sum 17.5), ends 2 x 3.5 x 2.5: I = 35 / 42."""
    found = spatial.moran(strip(monkeypatch, "rising", range(1, 9)))
    assert found.statistic == pytest.approx(35 / 42, abs=1e-12)
    assert found.expected == pytest.approx(-1 / 7)
    assert (found.districts, found.reason) == (8, "")
    assert found.p <= 0.01


def test_moran_of_a_strip_that_alternates(monkeypatch):
    """Every neighbour is the opposite: I = -1. Two of the 70 arrangements of four and four alternate."""
    found = spatial.moran(strip(monkeypatch, "wave", [1, -1] * 4), permutations=19999)
    assert found.statistic == pytest.approx(-1, abs=1e-12)
    assert found.p == pytest.approx(2 * 2 / 70, abs=0.006)  # three standard errors of 20,000 draws


def test_moran_agrees_with_esda_on_the_real_map():
    """Statistic to the last digits; p as twice theirs within Monte Carlo error."""
    codes = geography.resolve("Midlands").codes
    values = pd.Series(np.random.default_rng(8).normal(size=65), index=codes)
    values += 0.4 * (contiguity.among(codes).matrix @ values)
    found = spatial.moran(values, permutations=9999)
    np.random.seed(1)  # noqa: NPY002 (theirs knows no other)
    theirs = Theirs(values.to_numpy(), contiguity.among(codes).weights, permutations=9999)
    assert found.statistic == pytest.approx(theirs.I, abs=1e-12)
    assert found.p == pytest.approx(2 * theirs.p_sim, abs=0.02)
    assert 0.001 < found.p < 0.5  # a case in which p could be wrong


def test_moran_rejects_chance_as_often_as_it_says(monkeypatch):
    """400 random strips at 5 %: between 2 and 8 % (three standard errors)."""
    rng = np.random.default_rng(6)
    values = strip(monkeypatch, "chance", range(12))
    p = [spatial.moran(values * 0 + rng.normal(size=12), 99, seed).p for seed in range(400)]
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.08


def test_the_table_has_levels_by_year_and_growth(monkeypatch):
    """Levels are exp of 1 to 8 in 2004; all grow alike but the first, which doubles its pace."""
    logs = strip(monkeypatch, "table", range(1, 9))
    area = geography.Area("Strip", "list", tuple(logs.index), ())
    later = logs + 0.2 + 0.2 * (logs == 1)
    values = pd.DataFrame({2003: np.nan, 2004: np.exp(logs), 2005: np.nan, 2006: np.exp(later)})
    values.loc["elsewhere"] = 1.0
    table = spatial.moran_table(area, {"x": values}, 2004, 2006).set_index(["variable", "year"])
    assert list(table.index) == [("log_x", 2004), ("log_x", 2005), ("log_x", 2006), ("growth_x", 2006)]
    assert set(table["area"]) == {"Strip"}
    assert table.loc[("log_x", 2004), "statistic"] == pytest.approx(35 / 42)
    assert table.loc[("log_x", 2005)][["statistic", "p"]].isna().all()
    growth = pd.Series([0.2] + [0.1] * 7, index=logs.index)
    assert table.loc[("growth_x", 2006), "statistic"] == pytest.approx(spatial.moran(growth).statistic)


@pytest.mark.parametrize(("values", "reason"), [([1, 2, 3, 4, 5, 6, 7], "needs 8"), ([2] * 9, "same value")])
def test_without_a_statistic_there_is_a_reason(monkeypatch, values, reason):
    known = strip(monkeypatch, f"none{len(values)}", values)
    found = spatial.moran(known)
    assert reason in found.reason and np.isnan([found.statistic, found.p, found.expected]).all()
    assert spatial.lisa(known).empty and list(spatial.lisa(known).columns) == spatial.LISA


def test_a_missing_district_is_left_out_and_its_neighbours_look_further(monkeypatch):
    """Nine in a strip, the last but one missing: the last is tied to the seventh, as on a strip of eight."""
    values = strip(monkeypatch, "missing", [1, 2, 3, 4, 5, 6, 7, np.nan, 8])
    found = spatial.moran(values)
    assert (found.statistic, found.districts) == (pytest.approx(35 / 42), 8)
    assert values.index[7] not in set(spatial.lisa(values)["area_code"])


def test_local_statistics_are_those_of_esda(monkeypatch):
    values = strip(monkeypatch, "local", [5, 6, 1, 2, 9, 8, 1, 7, 7, 3])
    local = spatial.lisa(values)
    theirs = Moran_Local(values.to_numpy(), contiguity.among(tuple(values.index)).weights, permutations=0)
    assert local["statistic"].to_numpy() == pytest.approx(theirs.Is)
    assert local["quadrant"].iloc[:3].tolist() == ["high beside high", "high beside low", "low beside low"]
    assert local["lag"].iloc[:2].tolist() == [6, 3]
    assert local["neighbours"].tolist() == [1, *[2] * 8, 1]


def test_local_p_by_counting_every_deal(monkeypatch):
    """Each district's neighbours could be any others: all pairs (any one, at the ends) counted by hand."""
    numbers = [5.0, 6, 1, 2, 9.5, 8, 1.5, 7]
    local = spatial.lisa(strip(monkeypatch, "deal", numbers), permutations=40000)
    z = np.array(numbers) - np.mean(numbers)
    for i in range(8):
        near = [j for j in (i - 1, i + 1) if 0 <= j < 8]
        others = [z[j] for j in range(8) if j != i]
        deals = [z[i] * np.mean(deal) for deal in itertools.combinations(others, len(near))]
        own = z[i] * np.mean(z[near])
        tail = min(np.mean([d >= own - 1e-9 for d in deals]), np.mean([d <= own + 1e-9 for d in deals]))
        assert local["p"].iloc[i] == pytest.approx(min(1, 2 * tail), abs=0.015)  # three standard errors


def test_false_discoveries_as_benjamini_and_hochberg_print_them(monkeypatch):
    """Their example of 15 p-values (1995, section 4.1): the four smallest survive at 5 %, 9 are below it."""
    printed = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    printed += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    monkeypatch.setattr(spatial, "_local_p", lambda *given: np.array(printed[::-1]))
    local = spatial.lisa(strip(monkeypatch, "false", range(15)))
    assert (local["p"] <= 0.05).sum() == 9
    assert local["survives"].tolist() == [False] * 11 + [True] * 4
    assert local["p_adjusted"].iloc[11] == pytest.approx(0.0095 * 15 / 4)


def test_the_same_seed_gives_the_same_p():
    values = pd.Series(np.random.default_rng(3).normal(size=65), index=geography.resolve("Midlands").codes)
    assert spatial.moran(values, seed=4) == spatial.moran(values, seed=4)
    one, same, other = (spatial.lisa(values, 199, seed)["p"] for seed in (1, 1, 2))
    assert one.tolist() == same.tolist() != other.tolist()
