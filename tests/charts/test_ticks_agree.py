"""Ticks and data agree: a value is drawn in the row of the tick that names it, and in its column."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.strip import Strip

from nntui.charts import GLYPH_LEVELS, GlyphLevel, Look, Series, line_chart, schedule_chart
from nntui.charts.curves import cells_at
from nntui.charts.scatter import Dots, scatter
from nntui.charts.spread import spread_over_time

Size = tuple[int, int]
Ends = tuple[float, float]
Draw = Callable[[float, Ends, Size, Look, bool], list[Strip]]
X = np.arange(1.0, 41.0)
TOPS = (0.7, 3.0, 640.0)
SIZES = ((30, 7), (40, 13), (60, 24))


def _line(value: float, ends: Ends, size: Size, look: Look, log: bool) -> list[Strip]:
    return line_chart([Series("c", "train", X, np.full(40, value))], size, look, y_range=ends, log_y=log)


def _schedule(value: float, ends: Ends, size: Size, look: Look, log: bool, *, plotted: bool = False) -> list[Strip]:
    x, y = np.array([0.0, 0.0, 39.0, 40.0]), np.array([ends[1], value, value, value])
    return schedule_chart(x, y, 40.0, size, look, log_y=log, plotted=plotted)


def _plotted(value: float, ends: Ends, size: Size, look: Look, log: bool) -> list[Strip]:
    return _schedule(value, ends, size, look, log, plotted=True)


def _scatter(value: float, ends: Ends, size: Size, look: Look, log: bool) -> list[Strip]:
    return scatter([Dots("c", "train", X, np.full(40, value))], size, look, y_range=ends, log_y=log)


def _spread(value: float, ends: Ends, size: Size, look: Look, log: bool) -> list[Strip]:
    levels = np.full((40, 5), value)
    return spread_over_time(X, *ends, np.zeros((40, 8), np.uint8), levels, size, look)


CHARTS: dict[str, Draw] = {
    "line": _line, "schedule": _schedule, "plotted": _plotted, "scatter": _scatter, "spread": _spread
}  # fmt: skip

def ticks(rows: list[str]) -> dict[int, float]:
    """Row → value of every labeled tick of the y axis."""
    found = {}
    for row, text in enumerate(rows):
        label = re.match(r" *(-?[0-9.]+(?:e[-+]?[0-9]+)?[kM]?)[┤+]", text)
        if label:
            number = label[1].replace("k", "e3").replace("M", "e6")
            found[row] = float(number)
    return found


def data_rows(rows: list[str]) -> set[int]:
    """Rows with something drawn beyond the axis, the legend above and the labels below left out."""
    cells = {row: re.split(r"[┤│|+]", text, maxsplit=1) for row, text in enumerate(rows)}
    return {row for row, parts in cells.items() if len(parts) == 2 and parts[1].strip(" │|-─┬+")}


@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
@pytest.mark.parametrize("chart", CHARTS)
def test_constant_is_drawn_in_the_row_of_its_tick(chart: str, glyphs: GlyphLevel, log: bool) -> None:
    if chart == "spread" and log:
        return  # it has no logarithmic axis
    look, checked = Look.plain(glyphs), 0
    for top in TOPS:
        ends = (top / 1000 if log else 0.0, top)
        for size in SIZES:
            blank = [strip.text for strip in CHARTS[chart](top, ends, size, look, log)]
            for row, value in ticks(blank).items():
                rows = [strip.text for strip in CHARTS[chart](value, ends, size, look, log)]
                if ticks(rows).get(row) != value:
                    continue  # the axis is another for this value
                drawn = data_rows(rows)
                assert row in drawn, (size, value, rows)
                if chart in ("line", "scatter", "spread"):
                    assert drawn == {row}, (size, value, rows)
                checked += 1
    assert checked >= 8


@given(
    place=st.integers(0, 400).flatmap(lambda of: st.integers(0, of).map(lambda part: part / max(of, 1))),
    cells=st.integers(1, 200), dots=st.sampled_from([1, 2, 3, 4]),
)  # fmt: skip
def test_cell_of_a_dot_is_the_cell_of_its_place(place: float, cells: int, dots: int) -> None:
    assert cells_at(place, cells * dots) // dots == cells_at(place, cells)
    assert 0 <= cells_at(place, cells) < cells


def test_places_outside_stay_outside() -> None:
    assert cells_at([-0.01, 1.01, 3.0], 10).tolist() == [-1.0, 10.0, 30.0]
    assert np.isnan(cells_at(np.nan, 10))
