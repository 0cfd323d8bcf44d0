"""The gap with the smoothing undone, sets of districts, moves beside neighbours: by hand and by simulation.

Tolerances: 1e-12 where the same sums are taken in another order; the published series is rounded to pennies,
so smoothing the unsmoothed averages returns it to half a penny.
"""

import numpy as np
import pandas as pd
import pytest

from helpers import divergence_tables, geography, movement_tables, neighbour_tables, study
from helpers.dynamics import clubs, smoothing, transitions, unsmoothed
from helpers.figures import clubs as club_figures
from helpers.figures import space
from helpers.figures import transitions as move_figures
from helpers.figures import unsmoothed as gap_figures
from helpers.prose import dynamics as prose
from helpers.prose import spread as telling

MIDLANDS = study.choose()
NAMES = geography.names()
GUIDE = {
    "top": ["Solihull", "Warwick", "Rushcliffe", "Bolsover", "South Derbyshire"],
    "bottom": ["Wyre Forest", "Oadby and Wigston", "Mansfield", "Bassetlaw", "Herefordshire"],
}


@pytest.fixture(scope="module")
def gaps():
    return divergence_tables.unsmoothed_gaps(MIDLANDS)


def of(gaps, series):
    return gaps[gaps["series"] == series].set_index("year")


def test_the_gap_of_the_guides_districts_by_hand(gaps):
    rows = unsmoothed.table()
    here = rows[(rows["variant"] == "current") & (rows["year"] == 2022)].set_index("name")["value"]
    top, bottom = (here[GUIDE[end]].sum() / 5 for end in ("top", "bottom"))
    found = of(gaps, "unsmoothed").loc[2022]
    assert found[["top", "bottom", "gap"]].tolist() == pytest.approx(
        [top, bottom, 1 - bottom / top], abs=1e-12
    )


@pytest.mark.parametrize("end", ["top", "bottom"])
def test_smoothing_the_averages_again_returns_the_published_ones(gaps, end):
    """Smoothing is linear, so it commutes with the mean of fixed groups."""
    again = smoothing.smooth(of(gaps, "unsmoothed")[end].to_numpy())
    assert again == pytest.approx(of(gaps, "smoothed")[end].to_numpy(), abs=0.005)


def test_only_the_published_series_has_bands_and_the_others_say_why(gaps):
    banded = gaps["series"] == "smoothed"
    assert gaps.loc[banded, ["lower", "upper"]].notna().all(axis=None)
    assert gaps.loc[~banded, ["lower", "upper"]].isna().all(axis=None)
    assert (gaps["reason"] == "").eq(banded).all()


def test_a_district_with_suppressed_rent_leaves_the_gap_blank_and_undrawn():
    asked = study.choose(area="South West")
    rows = divergence_tables.unsmoothed_gaps(asked)
    blank = rows[rows["series"] == "unsmoothed_without_rent"]
    assert blank["gap"].isna().all() and (blank["reason"] == "a district has no figure").all()
    (exhibit,) = gap_figures.gap_unsmoothed(asked, rows)
    assert set(exhibit.data["series"]) == {"smoothed", "unsmoothed"}
    assert "suppressed" in telling.unsmoothed_sentence(asked, rows)


def test_the_sentence_and_the_title_hold_the_tables_numbers(gaps):
    sentence = telling.unsmoothed_sentence(MIDLANDS, gaps)
    ours, published = of(gaps, "unsmoothed")["gap"], of(gaps, "smoothed")["gap"]
    for year in (2004, 2021, 2022, 2023):
        assert f"{ours[year] * 100:.1f} % instead of {published[year] * 100:.1f} % in {year}" in sentence
    apart = (ours - published).abs()
    assert f"at most {apart.loc[:2020].max() * 100:.1f} points ({apart.loc[:2020].idxmax()})" in sentence
    (exhibit,) = gap_figures.gap_unsmoothed(MIDLANDS, gaps)
    assert f"{apart.loc[2021:].max() * 100:.1f} points ({apart.loc[2021:].idxmax()})" in exhibit.alt


def test_a_window_before_output_per_hour_is_answered_over_all_its_years():
    asked = study.choose(measure="job", first_year=2002, last_year=2003)
    assert divergence_tables.window(asked) == (2004, 2023)
    assert divergence_tables.window(study.choose(last_year=2019)) == (2004, 2019)


def labelled(monkeypatch, labels):
    """Partitions with these clubs, one column per setting."""
    frame = pd.DataFrame(labels, index=list(NAMES.index[: len(labels)]))
    found = clubs.Partitions(frame, pd.DataFrame(), (), "")
    monkeypatch.setattr(movement_tables, "partitions", lambda area: found)
    movement_tables.together.cache_clear()
    found_sets = movement_tables.together(MIDLANDS.area)
    movement_tables.together.cache_clear()
    return found_sets


def test_sets_by_hand(monkeypatch):
    """Ten settings: 1 and 2 always together, 3 with 4 in nine of ten, 5 in no club half of the time."""
    low = [2] * 9
    found = labelled(monkeypatch, [[1] * 10, [1] * 10, [*low, 2], [*low, 3], [2] * 5 + [0] * 5])
    assert found["set"].tolist()[:2] == [1, 1] and found["size"].tolist() == [2, 2, 1, 2, 2]
    alone = found[found["set"] == 0]
    assert alone["area_code"].tolist() == [NAMES.index[4]] and alone["in_no_club"].tolist() == [0.5]
    pair = found[found["set"] == 2]
    assert pair["least_together"].tolist() == [0.9, 0.9]
    assert pair["place"].tolist() == pytest.approx([2.05, 2.05])


def test_every_two_of_a_set_share_a_club_as_often_as_it_says():
    found = movement_tables.together(MIDLANDS.area)
    share = divergence_tables.co_membership(MIDLANDS.area).set_index(["area_code", "area_code_other"])
    for _, rows in found[found["set"] > 0].groupby("set"):
        codes = sorted(rows["area_code"])
        least = min(share["co_membership"][a, b] for i, a in enumerate(codes) for b in codes[i + 1 :])
        assert least == pytest.approx(rows["least_together"].iloc[0]) and least >= 0.9


def test_leaving_by_hand():
    """Two of eight moves leave; six districts alike give no width, and five no interval at all."""
    counts = np.zeros((8, 5, 5), dtype=int)
    counts[:, 0, 0], counts[:2, 0, 1] = 3, 3
    counts[2:, 0, 0] += 3
    assert movement_tables._leaving(counts, 1)[0] == pytest.approx(6 / 48)
    assert movement_tables._leaving(counts[:2].repeat(3, axis=0), 1) == pytest.approx((0.5, 0.5, 0.5))
    share, lower, upper = movement_tables._leaving(counts[:5], 1)
    assert share == pytest.approx(6 / 30) and np.isnan([lower, upper]).all()


def test_mobility_is_that_of_the_transition_table():
    """Shorrocks's index from the probabilities of the published table."""
    table = divergence_tables.chains(MIDLANDS.area, 1)
    found = movement_tables.mobility(MIDLANDS.area, 1)
    for (series, horizon), rows in table.groupby(["series", "horizon"]):
        kept = rows.loc[rows["from"] == rows["to"]]
        here = found[(found["series"] == series) & (found["horizon"] == horizon)].set_index("statistic")
        assert here["value"]["mobility"] == pytest.approx((5 - kept["probability"].sum()) / 4)
        stayed = (kept["probability"] * kept["n"]).sum() / kept["n"].sum()
        assert here["value"]["leaving"] == pytest.approx(1 - stayed)
        assert (here["lower"] < here["value"]).all() and (here["value"] < here["upper"]).all()


def test_moves_beside_neighbours_are_those_of_the_test():
    """The counts that `spatial_transitions` tests, taken there by another road."""
    found = neighbour_tables.moves_beside(MIDLANDS.area, 1)
    keys = ["neighbours", "from", "to"]
    for horizon in transitions.HORIZONS:
        theirs = neighbour_tables.beside_neighbours(MIDLANDS.area, horizon, 1).table.set_index(keys)
        ours = found[found["horizon"] == horizon].set_index(keys)
        assert (ours["n"] == theirs["n"]).all()
        pd.testing.assert_series_equal(ours["probability"], theirs["probability"])
        inside = ours["lower"].isna() | ours["probability"].between(ours["lower"], ours["upper"])
        assert inside.all()


def test_false_finds_among_the_years_by_hand():
    """Benjamini and Hochberg by their definition: the smallest p times years over rank, from the top down."""
    rows = neighbour_tables.moran_by_year(MIDLANDS.area, 1)
    rows = rows[rows["series"] == "unsmoothed"].sort_values("p")
    stepped = rows["p"].to_numpy() * len(rows) / np.arange(1, len(rows) + 1)
    assert np.minimum.accumulate(stepped[::-1])[::-1] == pytest.approx(
        rows["p_adjusted"].to_numpy(), rel=1e-9
    )
    assert set(rows["expected"].round(12)) == {round(-1 / 64, 12)}


def test_the_map_and_its_table_agree_on_who_stands_out():
    (exhibit,) = space.clusters(MIDLANDS.area, MIDLANDS.seed)
    drawn = set(exhibit.data.loc[exhibit.data["survives"].eq(True), "name"])
    table = neighbour_tables.local_finds(MIDLANDS.area, MIDLANDS.seed)
    assert drawn == set(table.loc[table["verdict"] == "stands out", "district"])
    assert (table["p_adjusted"] >= table["p"]).all() and table["p"].is_monotonic_increasing


@pytest.mark.parametrize("name", ["Tees Valley Combined Authority", "Isles of Scilly", "Northern Ireland"])
def test_small_areas_get_reasons_and_no_empty_picture(name):
    area = geography.resolve(name)
    told = [
        prose.answer(area, 1),
        prose.club_sentence(area),
        *(
            tell(area, 1)
            for tell in (
                prose.transition_sentence,
                prose.mobility_sentence,
                prose.neighbour_sentence,
                prose.moran_sentence,
                prose.cluster_sentence,
            )
        ),
    ]
    assert "nan" not in " ".join(told) and all(told)
    few = len(area.codes) < 6
    assert bool(club_figures.together(area)) is False  # none to look for, or all in one
    assert bool(space.moran(area, 1)) is not few and bool(space.clusters(area, 1)) is not few
    (exhibit,) = move_figures.moves(area, 1)
    assert exhibit.data["n"].sum() > 0
    rows = movement_tables.mobility(area, 1)
    blank = rows["lower"].isna()
    assert blank.eq(rows["reason"] != "").all() and (blank.all() or not few)


def test_no_district_matters_most_where_none_can_be_left_out():
    scilly = study.choose(area="Isles of Scilly")
    assert telling.without_each_sentence(divergence_tables.spread_without_each(scilly)) == ""
    assert telling.variance_sentence(divergence_tables.variance_tests(scilly)) == ""
    assert gap_figures.gap_unsmoothed(scilly, divergence_tables.unsmoothed_gaps(scilly)) == []
