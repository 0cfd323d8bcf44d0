"""What a reader gets with each exhibit: picture, data, alternative text, origin."""

import pandas as pd
import pytest

from helpers import exhibits, paths, study, tables
from helpers.context import city_table
from helpers.figures import context, coverage, gap, groups, productivity
from helpers.prose import words

ASKED = study.choose()
FIGURES = [
    coverage.coverage,
    productivity.ranking,
    productivity.atlas,
    context.against_uk,
    context.cities,
    context.revised,
    groups.groups_over_time,
    gap.by_definition,
    gap.by_rule,
    gap.by_release,
]


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_a_figure_carries_finding_attribution_data_and_origin(draw):
    exhibit = draw(ASKED)
    written = [text.get_text() for text in exhibit.figure.texts]
    assert "Open Government Licence v.3.0" in " ".join(written)
    title = written[0].replace("\n", " ")
    assert title in exhibit.alt, "the alternative text tells the finding"
    assert not exhibit.data.empty
    module, name = exhibit.made_by.rsplit(".", 1)
    assert (module, name) == (draw.__module__, draw.__name__)
    origin = exhibits.origin(exhibit)
    assert "source cards: gva-per-hour" in origin or "els-gross" in origin
    source = (paths.NOTEBOOKS / f"{exhibit.notebook}.ipynb").read_text(encoding="utf-8")
    assert f"figures/{exhibit.name}.csv" in source, "the notebook named shows it"


def test_only_the_map_carries_the_line_for_boundaries():
    assert "Contains OS data" in " ".join(t.get_text() for t in productivity.atlas(ASKED).figure.texts)


def test_showing_writes_picture_and_data(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.RUN_FOLDER_VARIABLE, str(tmp_path))
    exhibit = context.cities(ASKED)
    exhibits.show(exhibit)
    assert (tmp_path / "figures/figure_cities.png").read_bytes().startswith(b"\x89PNG")
    back = pd.read_csv(tmp_path / "figures/figure_cities.csv")
    assert back["city"].tolist() == exhibit.data["city"].tolist()


def test_a_fingerprint_sees_the_sixth_digit_and_no_more():
    frame = pd.DataFrame({"x": [1.23456]})
    assert exhibits.fingerprint(frame) == exhibits.fingerprint(frame + 1e-9)
    assert exhibits.fingerprint(frame) != exhibits.fingerprint(frame + 1e-5)


def test_cities_are_the_printed_figures():
    """June 2025 release, 2023: Birmingham's authority 35.72, Greater Manchester 39.77, UK 41.87."""
    table = city_table(ASKED).set_index("city")
    assert round(table.loc["Birmingham", "city_region"], 2) == 35.72
    assert round(table.loc["Manchester", "city_region"], 2) == 39.77
    assert round(table.loc["Glasgow", "city_region"], 2) == 39.33
    assert table["uk"].iloc[0] == 41.87


def test_names_in_a_sentence():
    def name(area):
        return words.area_name(study.choose(area=area).area)

    assert name("Midlands") == "the Midlands"
    assert name("Wales") == "Wales"
    assert name("East Anglia") == "East Anglia"
    assert name("South Derbyshire") == "South Derbyshire"
    assert name("WMCA") == "the West Midlands Combined Authority"


def test_every_indicator_row_names_cards_that_build_its_tables():
    from helpers.building import build

    for row in tables.load("indicators").itertuples(index=False):
        built_from = {card for table in row.table.split("|") for card in build.NEEDS[table]}
        assert set(row.cards.split("|")) <= built_from


def test_a_table_without_rows_says_so_and_is_saved_all_the_same(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setenv(paths.RUN_FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(exhibits, "display", lambda content: shown.append(content.data))
    exhibits.show_table(pd.DataFrame({"rule": [], "group": []}), "membership", "Who is in which group")
    exhibits.show_table(pd.DataFrame({"rule": ["mean"], "group": ["top"]}), "other", "Who is in which group")
    assert "Nothing to list here" in shown[0] and "<table" not in shown[0]
    assert "<table" in shown[1] and "Nothing" not in shown[1]
    assert (tmp_path / "tables/membership.csv").read_text() == "rule,group\n"


@pytest.mark.parametrize("area", ["Cambridgeshire and Peterborough Combined Authority", "Midlands"])
def test_titles_of_panels_side_by_side_do_not_meet(area):
    figure = context.against_uk(study.choose(area=area)).figure
    figure.draw_without_rendering()
    left, right = (axes.get_window_extent() for axes in figure.axes)
    title = figure.axes[0].title if figure.axes[0].get_title() else figure.axes[0]._left_title
    assert title.get_window_extent().x1 < right.x0
    assert left.x1 < right.x0
