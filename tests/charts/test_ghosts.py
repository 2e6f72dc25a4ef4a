"""Abandoned curves: seen where there is room, never in the way."""

from __future__ import annotations

import numpy as np
import pytest

from nntui.charts import GLYPH_LEVELS, Ghost, GlyphLevel, Look, Mark, Series, line_chart
from nntui.charts.axes import Plotted
from tests.charts.golden import assert_size

X = np.arange(0.0, 41.0)
LIVE = np.exp(-X / 20)
AFTER = np.arange(20.0, 101.0)
GONE = Ghost("lr 0.1 → 0.03 at 20", "train", AFTER, np.exp(-AFTER / 60))


def chart(
    *ghosts: Ghost, glyphs: GlyphLevel = "braille", size: tuple[int, int] = (60, 16), **more: object
) -> list[str]:
    options = {"x_range": (0.0, 100.0), **more}
    strips = line_chart([Series("train", "train", X, LIVE)], size, Look.plain(glyphs), ghosts=ghosts, **options)  # type: ignore[arg-type]
    assert_size(strips, size)
    return [strip.text for strip in strips]


def labels(rows: list[str]) -> list[float]:
    """What stands at the y axis."""
    return [float(row.split("┤")[0]) for row in rows if "┤" in row]


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
@pytest.mark.parametrize("size", [(26, 6), (38, 9), (60, 16), (120, 30)])
def test_a_ghost_takes_no_cell_of_live_data(size: tuple[int, int], glyphs: GlyphLevel) -> None:
    bare = chart(glyphs=glyphs, size=size, y_range=(0, 1))
    full = chart(GONE, glyphs=glyphs, size=size, y_range=(0, 1), marks=[Mark(20, "lr 0.1")], cursor=30)
    assert full != bare
    for one, other in zip(bare[1:], full[1:], strict=True):
        assert all(cell == " " or cell == kept for cell, kept in zip(one, other, strict=True))


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
def test_it_is_named_where_nothing_else_is(glyphs: GlyphLevel) -> None:
    said = "\n".join(chart(GONE, glyphs=glyphs))
    assert ("lr 0.1 → 0.03 at 20" if glyphs != "ascii" else "lr 0.1 > 0.03 at 20") in said.replace("->", ">")


def test_two_curves_of_one_name_are_named_once() -> None:
    other = Ghost(GONE.label, "test", AFTER, np.exp(-AFTER / 80))
    assert "\n".join(chart(GONE, other)).count("at 20") == 1


def test_the_axis_grows_for_a_ghost_but_not_so_far_that_the_live_data_vanish() -> None:
    exploded = Ghost("", "train", AFTER, np.linspace(0.3, 1e9, len(AFTER)))
    assert 1.5 <= max(labels(chart(exploded))) <= 3


def test_with_hardly_any_live_data_the_axis_is_the_ghosts() -> None:
    start = Series("train", "train", [0.0], [1.0])
    strips = line_chart([start], (60, 16), Look.plain(), ghosts=[GONE], x_range=(0, 100))
    assert min(labels([strip.text for strip in strips])) < 0.5


@pytest.mark.parametrize("y", [[], [np.nan], [np.nan, np.inf], [-1.0, 0.0], [1e300, -1e300]])
@pytest.mark.parametrize("log", [False, True])
def test_any_ghost_can_be_drawn(y: list[float], log: bool) -> None:
    chart(Ghost("ghost", "test", np.arange(float(len(y))), np.array(y)), log_y=log)


def test_a_chart_knows_the_x_under_a_cell() -> None:
    plotted = line_chart([Series("train", "train", X, LIVE)], (60, 16), Look.plain(), x_range=(0.0, 40.0))
    assert isinstance(plotted, Plotted)
    left = 60 - plotted.columns
    assert plotted.x_at(left, 5) == pytest.approx(20 / plotted.columns)
    assert plotted.x_at(59, 5) == pytest.approx(40 - 20 / plotted.columns)
    assert plotted.x_at(left - 1, 5) is None
    assert plotted.x_at(30, 15) is None
    assert plotted.x_at(30, 0) is None
