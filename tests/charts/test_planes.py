"""Planes, tables, small images, points and bars by powers of ten, against the pictures somebody agreed to; and whatever
the data: as many rows of exactly that width as were asked for.

Written anew as `tests/charts/golden.py` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.strip import Strip

from nntui.charts import GLYPH_LEVELS, GlyphLevel, Look
from nntui.charts.canvas import Size
from nntui.charts.cells import nearest, smoothly
from nntui.charts.grounds import (
    PALETTE,
    among_classes,
    between_two,
    contours,
    height,
    legend_classes,
)
from nntui.charts.log_bars import log_bars
from nntui.charts.matrix import confusion_matrix, percent
from nntui.charts.picture import picture
from nntui.charts.plane import Entry, Spots, plane_chart
from nntui.charts.scatter import Dots, scatter
from tests.charts.golden import as_text, assert_size, check_golden

SIZES = ((26, 8), (60, 16), (120, 30))
Picture = Callable[[Size, Look], Sequence[Strip]]

_ROWS, _COLUMNS = np.mgrid[0:20, 0:20]
_RINGS = np.hypot(_ROWS - 9.5, _COLUMNS - 9.5) / 14
_WORDS = ("apple", "pear", "plum", "fig", "lime")


def _two(share: np.ndarray, smooth: bool = False) -> Picture:
    return lambda size, look: _plane(between_two(share, look, smooth=smooth), size, look, _WORDS[:2])


def _plane(ground: object, size: Size, look: Look, names: Sequence[str]) -> Sequence[Strip]:
    spots = [
        Spots([0.1, 0.5, 0.9, np.nan, 7], [0.1, 0.5, 0.9, 0.5, 0.5], "•", 153),
        Spots([0.3, 0.7], [0.2, 0.4], ["x", "X"]),
    ]
    return plane_chart(
        ground, spots, size, look, x_range=(0.0, 1.0), y_range=(0.0, 1.0), x_name="width", y_name="length",  # type: ignore[arg-type]
        legend=[Entry("x", "wrong"), *(Entry(*entry) for entry in legend_classes(names, look))],
    )  # fmt: skip


def _many(smooth: bool) -> Picture:
    labels = ((_ROWS // 5 + _COLUMNS // 7) % 5).astype(np.int16)
    return lambda size, look: _plane(among_classes(labels, 1 - _RINGS / 2, look, smooth=smooth), size, look, _WORDS)


def _heights(values: np.ndarray, low: float, high: float) -> Picture:
    return lambda size, look: _plane(height(values, look, low, high), size, look, ())


def _bands(values: np.ndarray) -> Picture:
    def draw(size: Size, look: Look) -> Sequence[Strip]:
        def ground(rows: int, columns: int) -> object:
            here = smoothly(values, rows, columns)
            return contours(np.where(np.isnan(here), -1, np.clip(here * 10, 0, 9)).astype(np.intp), 10, look)

        return _plane(ground, size, look, ())

    return draw


_SPOILT = _RINGS.copy()
_SPOILT[3:6, 4:9] = np.nan
_HUGE = _RINGS * 1e300

PLANES: Mapping[str, Mapping[str, Picture]] = {
    "plane_two_classes": {
        "normal": _two(1 - _RINGS),
        "smooth": _two(1 - _RINGS, smooth=True),
        "constant": _two(np.full((4, 4), 0.5)),
        "one point": _two(np.ones((1, 1))),
        "not a number": _two(_SPOILT),
        "infinite": _two(np.where(_RINGS > 0.5, np.inf, -np.inf)),
        "huge": _two(_HUGE),
        "tiny": _two(_RINGS * 1e-300),
    },
    "plane_classes": {"normal": _many(False), "smooth": _many(True)},
    "plane_heights": {
        "normal": _heights(_RINGS, 0.0, 1.0),
        "constant": _heights(np.zeros((3, 3)), 0.0, 0.0),
        "not a number": _heights(_SPOILT, 0.0, 1.0),
        "infinite": _heights(np.where(_RINGS > 0.5, np.inf, 0.2), 0.0, 1.0),
        "huge": _heights(_HUGE, 0.0, 1e300),
    },
    "plane_contours": {
        "normal": _bands(_RINGS),
        "one point": _bands(np.full((1, 1), 0.5)),
        "not a number": _bands(_SPOILT),
    },
}

_LINE = np.linspace(0, 1, 40)


def _dots(x: object, y: object, **more: object) -> Picture:
    def draw(size: Size, look: Look) -> Sequence[Strip]:
        groups = [
            Dots("train", "train", x, y, marker="•"),  # type: ignore[arg-type]
            Dots("curve", "now", _LINE, _LINE**2, line=True),
            Dots("other", "test", _LINE, 1 - _LINE, line=True),
        ]
        return scatter(groups[: 3 if more else 1], size, look, x_label="true", y_label="said", **more)  # type: ignore[arg-type]

    return draw


SCATTERS: Mapping[str, Picture] = {
    "normal": _dots(_LINE, np.sin(5 * _LINE), diagonal=True, note="R² 0.9"),
    "level": _dots(_LINE, np.sin(5 * _LINE), level=0.5),
    "logarithmic": _dots(10.0 ** (6 * _LINE - 3), _LINE, log_x=True),
    "empty": _dots([], []),
    "one point": _dots([3.0], [4.0]),
    "constant": _dots([1.0, 2.0, 3.0], [5.0, 5.0, 5.0]),
    "not a number": _dots([1.0, np.nan, 3.0], [5.0, 6.0, np.nan]),
    "infinite": _dots([1.0, np.inf, 3.0], [-np.inf, 6.0, 2.0]),
    "huge": _dots([1e300, 1e307], [-1e307, 1e307]),
    "tiny": _dots([1e-300, 1e-307], [0.0, 1e-306]),
}


def _table(counts: object, names: Sequence[str], first: int = 0) -> Picture:
    columns = (("recall", ["99%"] * len(names)), ("precision", ["100%"] * len(names)))
    return lambda size, look: confusion_matrix(counts, names, size, look, columns=columns, first=first)[0]  # type: ignore[arg-type]


_TEN = np.diag([40 + at for at in range(10)]) + (np.indices((10, 10)).sum(axis=0) == 9) * 3

MATRICES: Mapping[str, Picture] = {
    "normal": _table([[50, 0, 3], [1, 47, 0], [0, 20, 5]], ("setosa", "versicolor", "virginica")),
    "ten": _table(_TEN, [str(at) for at in range(10)]),
    "twenty": _table(np.eye(20, dtype=int) * 7, [f"class {at + 1}" for at in range(20)], first=6),
    "empty": _table(np.zeros((2, 2), int), ("a", "b")),
    "one": _table([[3]], ("only",)),
    "huge": _table([[2_000_000_000, 1], [7, 12345678]], ("no", "yes")),
}

PICTURES: Mapping[str, Picture] = {
    "normal": lambda size, look: picture(1 - _RINGS, size, look, low=0, high=1),
    "constant": lambda size, look: picture(np.full((8, 8), 3.0), size, look, low=3, high=3),
    "not a number": lambda size, look: picture(_SPOILT, size, look, low=0, high=1),
    "infinite": lambda size, look: picture(np.array([[np.inf, -np.inf]]), size, look, low=0, high=1),
    "empty": lambda size, look: picture(np.empty((0, 0)), size, look, low=0, high=1),
}


def _bars(values: Sequence[float], marked: int = -1, first: int = 0) -> Picture:
    names = [*(f"hidden {at + 1}" for at in range(len(values) - 1)), "output"][: len(values)]
    return lambda size, look: log_bars(names, values, size, look, marked=marked, first=first)


BARS: Mapping[str, Picture] = {
    "normal": _bars([1e-5, 3e-4, 2e-2, 0.11], marked=1),
    "many": _bars([10.0**-at for at in range(30)], first=20),
    "empty": _bars([]),
    "one point": _bars([0.5]),
    "constant": _bars([0.5, 0.5, 0.5]),
    "zero": _bars([0.0, 0.0, 1e-3]),
    "not a number": _bars([np.nan, np.inf, -1.0, 2.0]),
    "huge": _bars([1e300, 1e-300, 1e308]),
}

ALL: Mapping[str, Mapping[str, Picture]] = {
    **PLANES, "scatter": SCATTERS, "confusion_matrix": MATRICES, "picture": PICTURES, "log_bars": BARS,
}  # fmt: skip
USUAL = ("normal", "smooth", "ten", "level")


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
@pytest.mark.parametrize("chart", ALL)
def test_chart_is_the_picture_agreed_to(chart: str, glyphs: GlyphLevel) -> None:
    pictures = {}
    for kind, draw in ALL[chart].items():
        for size in SIZES:
            strips = draw(size, Look.plain(glyphs))
            assert_size(strips, size)
            assert_size(draw(size, Look(glyphs)), size)  # in colors
            if kind in USUAL or size == SIZES[0]:
                pictures[f"{kind} {size[0]}x{size[1]}"] = strips
    check_golden(f"{chart}.{glyphs}", pictures)


@pytest.mark.parametrize("chart", ALL)
def test_ascii_pictures_are_ascii_throughout(chart: str) -> None:
    for draw in ALL[chart].values():
        for size in SIZES:
            assert all(strip.text.isascii() for strip in draw(size, Look.plain("ascii")))


@pytest.mark.parametrize("chart", ALL)
@pytest.mark.parametrize("size", [(0, 0), (1, 1), (3, 2), (2, 9), (9, 1), (40, 3)])
def test_any_size(chart: str, size: Size) -> None:
    for draw in ALL[chart].values():
        for look in (Look.plain(), Look("block"), Look("ascii")):
            assert_size(draw(size, look), size)


NUMBERS = st.floats(width=64)
LISTS = st.lists(NUMBERS, max_size=12)


@settings(max_examples=150, deadline=None)
@given(LISTS, LISTS, st.booleans(), st.booleans(), st.booleans(), st.sampled_from(GLYPH_LEVELS))
def test_scatter_of_anything(
    x: list[float], y: list[float], log_x: bool, log_y: bool, line: bool, glyphs: GlyphLevel
) -> None:
    count = min(len(x), len(y))
    groups = [Dots("one", "train", x[:count], y[:count], line=line)]
    for size in ((30, 9), (12, 3)):
        assert_size(scatter(groups, size, Look.plain(glyphs), log_x=log_x, log_y=log_y, diagonal=True), size)


@settings(max_examples=100, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=9), st.sampled_from(GLYPH_LEVELS))
def test_bars_of_anything(values: list[float], glyphs: GlyphLevel) -> None:
    names = [f"layer {at}" for at in range(len(values))]
    for size in ((40, 7), (14, 3)):
        assert_size(log_bars(names, values, size, Look.plain(glyphs)), size)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=1, max_size=4), NUMBERS, NUMBERS)
def test_planes_of_anything(rows: list[list[float]], low: float, high: float) -> None:
    values = np.array(rows)
    for look in (Look.plain(), Look()):
        for ground in (between_two(values, look, smooth=True), height(values, look, low, high)):
            spots = [Spots(values[:, 0], values[:, 1])]
            strips = plane_chart(ground, spots, (31, 9), look, x_range=(low, high), y_range=(high, low))
            assert_size(strips, (31, 9))


def test_a_spot_lies_where_it_belongs() -> None:
    look = Look.plain()
    spots = [Spots([0.0, 1.0, 0.5], [0.0, 1.0, 0.25], ["s", "e", "m"])]
    rows = as_text(
        plane_chart(
            between_two(np.zeros((2, 2)), look), spots, (30, 12), look, x_range=(0, 1), y_range=(0, 1)
        )
    )  # fmt: skip
    data = [row[row.index("│") + 1 if "│" in row else row.index("┤") + 1 :] for row in rows[:-2]]
    assert data[0].rstrip().endswith("e")
    assert data[-1].startswith("s")
    middle = next(index for index, row in enumerate(data) if "m" in row)
    assert middle == round(len(data) * 0.75) - (0 if len(data) % 4 else 1) or middle == int(len(data) * 0.75)


def test_between_four_points_the_ground_is_linear() -> None:
    found = smoothly(np.array([[0.0, 1.0], [2.0, 3.0]]), 10, 10)
    np.testing.assert_allclose(found[0], 0.1 + (np.arange(10) + 0.5) / 10)
    np.testing.assert_allclose(np.diff(found[:, 3]), 0.2)
    np.testing.assert_array_equal(nearest(np.array([[1, 2], [3, 4]]), 4, 2), [[1, 2], [1, 2], [3, 4], [3, 4]])


def test_every_class_has_a_color_of_its_own() -> None:
    for tones in zip(*PALETTE, strict=True):
        assert len(set(tones)) == len(PALETTE)


def test_shares_are_percents() -> None:
    assert [percent(share) for share in (0.0, 0.123456, 1.0, np.nan)] == ["0%", "12.3%", "100%", "–"]


def test_in_colors_too_the_classes_are_told_apart_by_letters() -> None:
    labels = (np.indices((20, 20))[1] // 7).astype(np.int16)
    for smooth in (False, True):
        text = "\n".join(
            as_text(_plane(among_classes(labels, np.ones((20, 20)), Look(), smooth=smooth), (90, 20), Look(), ()))
        )
        assert {"a", "b", "c"} <= set(text)
    text = "\n".join(as_text(_plane(between_two(_COLUMNS / 19, Look()), (90, 20), Look(), ())))
    assert {"a", "b"} <= set(text)
