"""Heat maps: colours, shades, means."""

from __future__ import annotations

import numpy as np
import pytest
from rich.color import Color
from textual.strip import Strip

from nntui.charts import Look, heat_map
from nntui.charts.heat import DIVERGING, SEQUENTIAL
from tests.charts.golden import assert_size

COLORED = Look("braille")


def cell_colors(strip: Strip) -> list[tuple[int | None, int | None]]:
    def number(color: Color | None) -> int | None:
        return None if color is None else color.number

    return [
        (number(segment.style.color), number(segment.style.bgcolor))
        for segment in strip
        if segment.style
        for _ in segment.text
    ]


def test_two_rows_share_a_cell() -> None:
    (strip,) = heat_map([[0.0, 1.0], [1.0, 0.0]], (2, 1), COLORED)
    low, high = SEQUENTIAL[0], SEQUENTIAL[-1]
    assert strip.text == "▀▀"
    assert cell_colors(strip) == [(low, high), (high, low)]


def test_colours_are_of_the_256() -> None:
    strips = heat_map(np.random.default_rng(0).random((20, 40)), (40, 10), COLORED, scale=False)
    assert {color for strip in strips for pair in cell_colors(strip) for color in pair} == set(SEQUENTIAL)


def test_a_centre_parts_the_colours() -> None:
    (strip,) = heat_map([[-1.0, 0.0, 3.0]] * 2, (3, 1), COLORED, center=0.0)
    below, middle, above = (pair[0] for pair in cell_colors(strip))
    assert below in DIVERGING[:7]
    assert middle == DIVERGING[7]
    assert above == DIVERGING[-1]


@pytest.mark.parametrize("look", [Look.plain(), Look("ascii"), Look.plain("ascii"), Look.plain("block")])
def test_without_colours_there_are_shades(look: Look) -> None:
    (strip,) = heat_map([[0.0, 0.5, 1.0]], (3, 1), look)
    assert len(set(strip.text)) == 3
    (strip,) = heat_map([[-1.0, 0.0, 1.0]], (3, 1), look, center=0.0)
    assert len(set(strip.text)) == 3


def test_small_pictures_show_means() -> None:
    matrix = np.array([[0.0, 1.0, 1.0, 1.0], [0.0, 1.0, np.nan, 1.0]])
    (strip,) = heat_map(matrix, (2, 1), Look.plain(), low=0.0, high=1.0)
    assert strip.text == "▒█"


def test_not_a_number_is_a_cross() -> None:
    (strip,) = heat_map([[0.0, np.nan, 1.0]] * 2, (3, 1), COLORED)
    assert strip.text == "▀×▀"


def test_the_scale_says_the_ends() -> None:
    strips = heat_map([[0.0, 5.0]], (30, 5), COLORED, caption="hidden 1")
    assert_size(strips, (30, 5))
    assert strips[0].text.strip() == "hidden 1"
    assert strips[-1].text.split()[0] == "0"
    assert strips[-1].text.split()[-1] == "5"
