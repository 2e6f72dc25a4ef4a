"""What charts tell apart by color stays apart on terminals with 256 and with 16 colors."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from rich.color import Color, ColorSystem

from nntui.charts import Look, heat_map, matrix, spread
from nntui.charts.grounds import BETWEEN, BRIGHT, DARK, PALETTE, UNSURE, among_classes, class_color, class_ground
from nntui.charts.heat import DIVERGING, SEQUENTIAL
from nntui.charts.plane import Spots, plane_chart
from nntui.charts.sixteen import SIXTEEN, chart_color

RAMPS = {"sequential": SEQUENTIAL, "spread": spread._RAMP, "right": matrix._RIGHT, "wrong": matrix._WRONG}
USED = {
    *(number for shades in PALETTE for number in shades), *BETWEEN, UNSURE, BRIGHT, DARK, *SEQUENTIAL, *DIVERGING,
    *spread._RAMP, *spread._RAMP_ON_LIGHT, *spread._LINES, *spread._LINES_ON_LIGHT, *matrix._RIGHT, *matrix._WRONG,
}  # fmt: skip


def lab(color: Color) -> np.ndarray:
    """CIELAB (D65) after the standard's formulas (IEC 61966-2-1, CIE 15)."""
    rgb = np.array(color.get_truecolor()) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix_ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = matrix_ @ linear / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: Color, other: Color) -> float:
    return float(np.linalg.norm(lab(one) - lab(other)))


@pytest.mark.parametrize("sixteen", [False, True])
def test_every_two_classes_differ(sixteen: bool) -> None:
    for of in (class_ground, class_color):
        colors = [chart_color(of(label), sixteen) for label in range(len(PALETTE))]
        assert min(distance(one, other) for one, other in combinations(colors, 2)) > 10


@pytest.mark.parametrize("sixteen", [False, True])
def test_points_of_a_class_show_on_its_ground(sixteen: bool) -> None:
    for label in range(len(PALETTE)):
        ground, point = chart_color(class_ground(label), sixteen), chart_color(class_color(label), sixteen)
        assert distance(ground, point) > 20, label


@pytest.mark.parametrize("sixteen", [False, True])
def test_ground_between_two_classes_runs_from_one_to_the_other(sixteen: bool) -> None:
    colors = [chart_color(number, sixteen) for number in BETWEEN]
    assert (colors[0], colors[-1]) == tuple(chart_color(class_ground(label), sixteen) for label in (0, 1))
    assert distance(colors[0], colors[-1]) > 50


@pytest.mark.parametrize("sixteen", [False, True])
@pytest.mark.parametrize("ramp", ["sequential", "spread"])
def test_ramp_gets_no_darker(ramp: str, sixteen: bool) -> None:
    light = [lab(chart_color(number, sixteen))[0] for number in RAMPS[ramp]]
    assert all(after >= before - 1e-9 for before, after in pairwise(light))
    assert len({round(value, 3) for value in light}) >= (4 if sixteen else 7)


@pytest.mark.parametrize("sixteen", [False, True])
def test_ends_of_the_diverging_ramp_differ_from_each_other_and_from_the_middle(sixteen: bool) -> None:
    middle = len(DIVERGING) // 2
    below, center, above = (chart_color(DIVERGING[index], sixteen) for index in (0, middle, -1))
    assert min(distance(*pair) for pair in combinations((below, center, above), 2)) > 50
    one_below, one_above = (chart_color(DIVERGING[middle + step], sixteen) for step in (-1, 1))
    assert distance(one_below, one_above) > 20


@pytest.mark.parametrize("sixteen", [False, True])
def test_right_and_wrong_cells_differ_wherever_there_are_samples(sixteen: bool) -> None:
    for right, wrong in zip(matrix._RIGHT[1:], matrix._WRONG[1:], strict=True):
        if not (sixteen and SIXTEEN[wrong] == SIXTEEN[236]):
            assert distance(chart_color(right, sixteen), chart_color(wrong, sixteen)) > 20


def test_every_color_of_a_chart_has_its_place_among_sixteen() -> None:
    assert USED - {16} <= SIXTEEN.keys()
    assert all(0 <= place < 16 for place in SIXTEEN.values())


def test_charts_send_only_sixteen_colors_to_a_terminal_that_has_no_more() -> None:
    look = Look("braille", {}, sixteen=True)
    labels = np.arange(100, dtype=np.int16).reshape(10, 10) % 10
    plane = plane_chart(
        among_classes(labels, np.ones((10, 10)), look), [Spots([0.5], [0.5], "o", class_color(3))], (40, 20), look,
        x_range=(0, 1), y_range=(0, 1),
    )  # fmt: skip
    colors = {
        color
        for strip in [*plane, *heat_map(np.arange(100.0).reshape(10, 10), (40, 12), look)]
        for segment in strip
        if segment.style is not None
        for color in (segment.style.color, segment.style.bgcolor)
        if color is not None
    }
    assert len(colors) > 8
    assert all(color.downgrade(ColorSystem.STANDARD) == color for color in colors)
