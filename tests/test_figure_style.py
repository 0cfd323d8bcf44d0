"""Can figures be read in grey and at any area? Greys by ITU-R BT.601, widths as they are drawn."""

from __future__ import annotations

import itertools

from matplotlib.colors import to_rgb

from helpers import study
from helpers.figures import context, gap, spread, style


def grey(colour: str) -> float:
    """Grey level of a colour, 0 to 255."""
    red, green, blue = to_rgb(colour)
    return 255 * (0.299 * red + 0.587 * green + 0.114 * blue)


def test_the_two_groups_stay_apart_in_grey() -> None:
    levels = sorted(grey(colour) for colour in (style.TOP, style.BOTTOM, style.NO_DATA))
    assert min(later - earlier for earlier, later in itertools.pairwise(levels)) > 50


def test_each_verdict_has_a_grey_of_its_own() -> None:
    levels = sorted(map(grey, spread.COLOURS.values()))
    assert min(later - earlier for earlier, later in itertools.pairwise(levels)) > 20


def test_lines_that_cross_differ_in_more_than_colour() -> None:
    asked = study.choose()
    for exhibit in (gap.by_rule(asked), gap.by_release(asked), context.against_uk(asked)):
        axes = exhibit.figure.axes[0]
        named = [line for line in axes.lines if not line.get_label().startswith("_")]
        looks = {str(line._dash_pattern) for line in named}  # what is drawn has no public name
        assert len(named) > 3
        assert len(looks) == len(named), exhibit.name


def test_the_chosen_release_is_the_solid_line() -> None:
    asked = study.choose(release=2024)
    lines = {line.get_label(): line for line in gap.by_release(asked).figure.axes[0].lines}
    assert [name for name, line in lines.items() if line.get_linestyle() == "-"] == ["2024"]


def test_what_is_written_stays_inside_a_figure_whatever_the_area_is_called() -> None:
    figure, _ = style.canvas()
    long = "the Cambridgeshire and Peterborough Combined Authority"
    units = f"Gap as a share of the top group's GVA per hour in {long}, and points by which policy narrows it"
    style.finish(figure, f"The gap of {long} has moved. " * 3, units, ["A source"])
    figure.canvas.draw()
    edge = figure.get_size_inches()[0] * figure.dpi
    assert all(text.get_window_extent().x1 <= edge for text in figure.texts)
