"""Statistical neighbours by hand on four invented districts, against SciPy, and on the shipped tables."""

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.spatial.distance import cdist

from helpers import geography
from helpers.comparisons import neighbours, structure
from helpers.errors import AreaError, ParameterError, TableError
from helpers.indicators import Observed, published

NAN = np.nan
TWO = np.array([1.0, 1.0])


def observed(values, kind="total", vintage="LAD21"):
    frame = pd.DataFrame({2021: values}, dtype=float)
    return Observed("x", "X", "", "district", vintage, kind, "", frame, frame, frame, {})


def test_distance_by_hand():
    """Differences of 3 and 1, the first counting three times: (3 x 9 + 1) / 4 = 7."""
    z = np.array([[0.0, 0], [3, 1]])
    found = neighbours.distances(z, np.array([3.0, 1]))
    assert found == pytest.approx(np.array([[0, 7**0.5], [7**0.5, 0]]))


def test_without_gaps_it_is_the_weighted_euclidean_distance():
    """SciPy's, over the root of the sum of the weights."""
    rng = np.random.default_rng(0)
    z, weights = rng.normal(size=(30, 7)), rng.uniform(0.2, 2, size=7)
    theirs = cdist(z, z, "euclidean", w=weights) / np.sqrt(weights.sum())
    assert neighbours.distances(z, weights) == pytest.approx(theirs, abs=1e-12)


def test_what_is_lacking_counts_as_chance_and_too_little_is_no_distance():
    """Two of three shared, differing by 1 and 0, and one lacking: (1 + 0 + 2) / 3. One of three: none."""
    z = np.array([[0.0, 0, 0], [1, 0, NAN], [0, NAN, NAN]])
    found = neighbours.distances(z, np.ones(3))
    assert found[0, 1] == pytest.approx(1) and found[1, 0] == pytest.approx(1)
    assert np.isnan(found[0, 2]) and np.isnan(found[2, 2])


def test_two_at_random_differ_by_two():
    column = structure.standardised(pd.Series(np.random.default_rng(1).gamma(2, size=400)), "x").to_numpy()
    assert ((column[:, None] - column[None, :]) ** 2).mean() == pytest.approx(neighbours.AT_RANDOM)


def test_nearest_by_hand():
    """On a line at 0, 1, 3, 3: ties by row; a district is not its own neighbour; no more than others."""
    at = np.array([0.0, 1, 3, 3])
    distance = np.abs(at[:, None] - at[None, :])
    assert neighbours.nearest(distance, 2).tolist() == [[1, 2], [0, 2], [3, 1], [2, 1]]
    assert neighbours.nearest(distance, 9).shape == (4, 3)
    distance[0, 1:] = NAN
    assert neighbours.nearest(distance, 2)[0].tolist() == [-1, -1]


def test_stability_by_hand():
    """One neighbour each. The first is at (0, 0), the second at (1, 0), the third at (0, 2): the second
    is nearer to the first. Without the first indicator too (0 against 2), without the second the third
    is (0 against 1): the second stays in half of the lists, the third comes into the other half."""
    z = np.array([[0.0, 0], [1, 0], [0, 2]])
    found = neighbours.stability(z, TWO, 1)
    assert found[0].tolist() == [0, 0.5, 0.5]
    assert (found.sum(axis=1) == 1).all() and (np.diag(found) == 0).all()


def test_a_merged_district_sums_totals_and_has_no_rate():
    """Cumberland was Allerdale, Carlisle and Copeland; a former district without a figure leaves none."""
    parts = {"E07000026": 1, "E07000028": 2, "E07000029": 4, "E06000001": 5}
    found = structure.present(observed(parts), 2021)
    assert (found["E06000063"], found["E06000001"], len(found)) == (7, 5, 361)
    assert np.isnan(structure.present(observed(parts, kind="rate"), 2021)["E06000063"])
    assert structure.present(observed(parts, kind="rate"), 2021)["E06000001"] == 5
    parts["E07000029"] = NAN
    assert np.isnan(structure.present(observed(parts), 2021)["E06000063"])


def test_a_recoded_district_keeps_its_figure():
    """Barnsley is E08000016 in 2024 and E08000038 in 2025."""
    found = structure.present(observed({"E08000038": 3}, kind="rate", vintage="LAD25"), 2021)
    assert found["E08000016"] == 3


def test_transforms_have_no_value_where_mathematics_has_none():
    figures = pd.Series([4.0, 0, -1])
    assert structure.TRANSFORMS["sqrt"](figures).tolist()[:2] == [2, 0]
    assert structure.TRANSFORMS["sqrt"](figures).isna().tolist() == [False, False, True]
    assert structure.TRANSFORMS["log"](figures).isna().tolist() == [False, True, True]


def test_every_column_is_standardised_over_the_uk():
    z = structure.standard()
    assert len(z) == 361 and (z.mean().abs() < 1e-12).all() and (z.std(ddof=0) - 1).abs().max() < 1e-12
    assert (z.notna().sum() >= 354).all()
    with pytest.raises(TableError, match="does not vary"):
        structure.standardised(pd.Series([1.0, 1, 1]), "x")


def test_figures_of_one_district_by_hand():
    """Mansfield, logarithm of its residents in 2022, the last year in which Northern Ireland has them."""
    residents = published("population_total").values[2022]
    assert residents.notna().all() and published("population_total").values[2023].isna().any()
    logs = np.log(residents)
    expected = (logs["E07000174"] - logs.mean()) / logs.std(ddof=0)
    assert structure.standard().at["E07000174", "population_total"] == pytest.approx(expected)
    assert structure.definition().set_index("indicator").at["population_total", "year"] == 2022


def test_density_as_published():
    """ONS, census of 2021: Mansfield has 10.3 residents on the area of a football pitch (7,140 square
    metres); Herefordshire, says its council, 86 per square kilometre. Mid-2022: within 5 %."""
    (rule,) = [one for one in structure.rules() if one.indicator == structure.DENSITY]
    found = structure._figures(rule)[0]
    assert found["E07000174"] == pytest.approx(10.3 / 0.00714, rel=0.05)
    assert found["E06000019"] == pytest.approx(86, rel=0.05)


def test_no_outcome_is_among_the_indicators():
    outcomes = ("gva_per", "pay", "gdhi", "housing", "rate", "imputed", "level3", "nvq", "rqf", "rd_")
    assert not [r.indicator for r in structure.rules() if any(word in r.indicator for word in outcomes)]


def test_tables_of_the_midlands():
    area = geography.resolve("Midlands")
    table = neighbours.table(area)
    assert table.groupby("area_code")["rank"].apply(list).map(lambda r: r == list(range(1, 11))).all()
    assert set(table["area_code"]) == set(area.codes)
    assert (table["neighbour_code"] != table["area_code"]).all()
    assert table["stability"].between(0, 1).all()
    by_district = table.groupby("area_code")
    assert all(by_district["distance"].apply(lambda d: d.is_monotonic_increasing))
    firm = neighbours.firmness(area).set_index("area_code")
    assert firm["mean_stability"].to_dict() == pytest.approx(by_district["stability"].mean().to_dict())
    assert (firm["always"] <= firm["neighbours"]).all()


def test_cities_resemble_cities_and_shires_shires():
    """Leeds and Sheffield among Birmingham's ten, Shropshire the first of Herefordshire's."""
    birmingham = set(neighbours.neighbours("Birmingham")["neighbour_name"])
    assert {"Leeds", "Sheffield"} <= birmingham
    assert neighbours.neighbours("E06000019")["neighbour_name"].iloc[0] == "Shropshire"


def test_suppressed_industries_do_not_make_a_neighbour_of_everyone():
    """North Ayrshire lacks six of the eighteen. Its gaps are told, and it is in no more lists than some
    districts without gaps are; with the mean over shared indicators alone it would lead them all."""
    everyone = neighbours.table(geography.resolve("UK"))
    lists = everyone["neighbour_code"].value_counts()
    whole = structure.standard().dropna().index
    assert 0 < lists["S12000021"] < lists.reindex(whole).max()
    told = everyone.loc[everyone["neighbour_code"] == "S12000021", "left_out"]
    assert (told.str.count(r"\|") >= 5).all()


def test_a_district_without_enough_in_common_is_listed(monkeypatch):
    frame = pd.DataFrame(
        {"a": [0.0, 1, -1, NAN], "b": [0.0, 1, -1, NAN], "c": [0.0, 1, -1, 1]},
        index=["E07000170", "E07000171", "E07000172", "E07000173"],
    )
    rules = tuple(structure.Rule(name, "latest", "none", 1, "") for name in frame)
    monkeypatch.setattr(structure, "standard", lambda: frame)
    monkeypatch.setattr(structure, "rules", lambda: rules)
    neighbours._everyone.cache_clear()
    firm = neighbours.firmness(geography.resolve(list(frame.index)), k=2).set_index("area_code")
    neighbours._everyone.cache_clear()
    assert firm["neighbours"].tolist() == [2, 2, 2, 0]
    assert np.isnan(firm.at["E07000173", "mean_stability"]) and firm.at["E07000173", "always"] == 0


def test_what_cannot_be_asked_is_refused(tmp_path):
    with pytest.raises(AreaError, match="65 districts"):
        neighbours.neighbours("Midlands")
    with pytest.raises(ParameterError, match="k=0"):
        neighbours.neighbours("Mansfield", k=0)
    row = {"indicator": "jobs", "year": "latest", "transform": "log", "weight": 1, "reason": "x"}
    for change in ({"transform": "cube"}, {"weight": 0}, {"why": "x"}):
        file = tmp_path / f"{next(iter(change))}.yml"
        file.write_text(yaml.safe_dump([row | change]))
        with pytest.raises(TableError, match="expected"):
            structure.rules(file)
    file.write_text(yaml.safe_dump([row, row]))
    structure.rules.cache_clear()
    with pytest.raises(TableError, match="twice"):
        structure.rules(file)
