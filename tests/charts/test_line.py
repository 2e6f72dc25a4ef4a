"""Curves: what may never be hidden, and what is said in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nntui.charts import GLYPH_LEVELS, GlyphLevel, Look, Mark, Series, line_chart
from nntui.charts.canvas import Canvas
from nntui.charts.legend import draw_legend

Array = npt.NDArray[np.float64]
X = np.arange(1.0, 101.0)
FALL = np.exp(-X / 20)


def rows(
    *series: Series, size: tuple[int, int] = (60, 16), glyphs: GlyphLevel = "braille", **options: object
) -> list[str]:
    return [strip.text for strip in line_chart(series, size, Look.plain(glyphs), **options)]  # type: ignore[arg-type]


def one(y: npt.ArrayLike, label: str = "train", x: npt.ArrayLike | None = None, **more: Any) -> Series:
    return Series(label, "train", np.arange(1.0, len(np.asarray(y)) + 1) if x is None else x, y, **more)


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
@pytest.mark.parametrize("size", [(26, 9), (60, 16), (80, 20)])
def test_marks_baseline_and_cursor_hide_no_data(size: tuple[int, int], glyphs: GlyphLevel) -> None:
    noisy = FALL + 0.1 * np.sin(X * 7)
    marks = [Mark(float(at), f"change {at}") for at in range(1, 101, 9)]
    bare = rows(one(noisy), size=size, glyphs=glyphs, y_range=(0, 1))
    full = rows(one(noisy), size=size, glyphs=glyphs, y_range=(0, 1), marks=marks, baseline=(0.5, "guessing"))
    pointed = rows(one(noisy), size=size, glyphs=glyphs, y_range=(0, 1), cursor=50)
    for other in (full, pointed):
        for bare_row, row in zip(bare[1:], other[1:], strict=True):
            assert all(cell == " " or cell == kept for cell, kept in zip(bare_row, row, strict=True))
    assert any("change" in row for row in full)


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
def test_series_differ_without_colour(glyphs: GlyphLevel) -> None:
    def plot(order: int) -> str:
        silent = [one([0.0, 0.0], f"{index}") for index in range(order)]
        return "\n".join(rows(*silent, one(FALL, "x"), glyphs=glyphs, y_range=(0.1, 1))[1:])

    assert len({plot(order) for order in range(3)}) == 3
    legend = rows(one(FALL, "train"), one(FALL, "test"), glyphs=glyphs)[0]
    train, test = legend.index("train"), legend.index("test")
    assert legend[train - 4 : train] != legend[test - 4 : test]


def test_a_spike_among_a_million_points_is_seen() -> None:
    y = np.full(1_000_000, 0.2)
    y[250_000] = 1.0
    picture = rows(one(y), y_range=(0, 1))
    column = next(index for index, cell in enumerate(picture[1]) if cell not in " ┤│1.0")
    assert column == pytest.approx(4 + 56 * 0.25, abs=1)


def test_as_many_points_as_you_like_draw_the_same_line() -> None:
    def picture(count: int) -> list[str]:
        x = np.linspace(0, 1, count)
        return rows(one(x**2, x=x), y_range=(0, 1), size=(40, 12))[1:]

    few, many = "".join(picture(400)), "".join(picture(1_000_000))
    assert sum(a != b and " " in (a, b) for a, b in zip(few, many, strict=True)) <= 8


def test_a_gap_stays_a_gap_and_is_marked() -> None:
    y = FALL.copy()
    y[40:60] = np.nan
    picture = rows(one(y))
    assert "×" in picture[12]
    assert "×" not in rows(one(FALL))[12]
    middle = [row[4 + 26 : 4 + 30] for row in picture[1:12]]
    assert set("".join(middle)) == {" "}


def test_a_point_that_hides_a_missing_value_is_a_gap_too() -> None:
    missing = np.arange(len(FALL)) == 50
    picture, whole = (rows(one(FALL, low=FALL, high=FALL, missing=wrong)) for wrong in (missing, None))
    assert "".join(picture).count("×") == 1
    assert "×" not in "".join(whole)
    everywhere = rows(one(FALL, low=FALL - 0.1, high=FALL + 0.1, missing=np.ones(len(FALL))))
    assert "×" in "".join(everywhere)
    assert set("".join(row[8:] for row in everywhere[2:11])) != {" "}  # what is known is still seen


def test_infinities_are_marked_at_their_edge() -> None:
    y = FALL.copy()
    y[80] = np.inf
    y[5] = -np.inf
    picture = rows(one(y))
    assert "▴" in picture[1]
    assert any("▾" in row for row in picture[2:])


def test_what_a_log_axis_cannot_show_is_marked() -> None:
    assert any("▾" in row for row in rows(one([1.0, 0.5, 0.0, 0.25, -1.0, 0.1]), log_y=True))


def test_legend_says_the_last_value_and_the_one_at_the_cursor() -> None:
    assert rows(one([3.0, 2.0, 1.5]))[0].split()[-2:] == ["train", "1.5"]
    exact = rows(one([3.0, 2.0, 1.5]), x_label="epoch", cursor=1.9)[0]
    assert exact.split()[:2] == ["epoch", "2"]
    assert exact.split()[-1] == "2"
    assert rows(one([1.0, np.nan]))[0].split()[-1] == "NaN"


def test_a_band_without_width_changes_nothing() -> None:
    flat = np.full(400, 0.5)
    silent = one([0.0, 0.0], "a")
    bare = rows(silent, one(flat, "b"), y_range=(0.1, 1))
    assert rows(silent, one(flat, "b", low=flat.copy(), high=flat.copy()), y_range=(0.1, 1)) == bare


def test_a_band_shows_its_extremes() -> None:
    middle = np.full(100, 0.5)
    picture = rows(one(middle, low=middle - 0.4, high=middle + 0.4), y_range=(0, 1))
    assert all(row[4:].strip() for row in picture[2:11])


def test_raw_curve_is_drawn_behind() -> None:
    raw = FALL + 0.3 * np.sin(X * 5)
    smooth_only, both = rows(one(FALL), y_range=(0, 1.5)), rows(one(FALL, raw=raw), y_range=(0, 1.5))
    for kept, row in zip(smooth_only[1:], both[1:], strict=True):
        assert all(cell == " " or cell == other for cell, other in zip(kept, row, strict=True))
    assert sum(row.count(" ") for row in both) < sum(row.count(" ") for row in smooth_only)


def test_empty_says_so() -> None:
    assert any("nothing yet" in row for row in rows(one([]), empty="nothing yet"))
    assert any("no data yet" in row for row in rows())


def test_unsorted_points_are_sorted() -> None:
    order = np.random.default_rng(0).permutation(100)
    assert rows(one(FALL[order], x=X[order]))[1:] == rows(one(FALL, x=X))[1:]


def test_a_range_out_of_the_data_is_empty_but_has_axes() -> None:
    picture = rows(one(FALL), x_range=(500, 600), y_range=(0, 1))
    assert "520" in picture[-1]
    assert "0.5" in "".join(row[:4] for row in picture)


def test_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"'train'.*differ in length"):
        rows(Series("train", "train", [1.0, 2.0], [1.0]))


@pytest.mark.parametrize("height", range(1, 12))
@pytest.mark.parametrize("width", range(1, 30, 4))
def test_small_sizes_lose_decorations_before_data(width: int, height: int) -> None:
    picture = rows(one(FALL), size=(width, height))
    assert any("⠀" < cell <= "⣿" for row in picture for cell in row)


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
def test_the_best_point_is_marked_where_it_lies(glyphs: GlyphLevel) -> None:
    x = np.arange(1.0, 41.0)
    series = Series("test", "test", x, (x - 30) ** 2 + 5, best=(30.0, 5.0))
    rows = [strip.text for strip in line_chart([series], (60, 14), Look.plain(glyphs))]
    sign = "@" if glyphs == "ascii" else "◆"
    found = [(row.index(sign), index) for index, row in enumerate(rows) if sign in row]
    assert len(found) == 1
    column, row = found[0]
    assert row == 11
    assert (column - 5) / 55 == pytest.approx(29 / 39, abs=0.05)
    beyond = line_chart([series], (60, 14), Look.plain(glyphs), x_range=(1.0, 20.0))
    assert not any(sign in strip.text for strip in beyond)


def test_at_the_cursor_the_legend_says_what_is_known_better_than_the_points_do() -> None:
    x = np.array([0.0, 10.0, 20.0])
    series = [Series("train", "train", x, x, exact=7.5), Series("test", "test", x, x + 1, exact=float("nan"))]
    legend = line_chart(series, (60, 10), Look.plain(), cursor=7, x_label="epoch")[0].text
    assert "epoch 7 " in legend
    assert "train 7.5" in legend
    assert "test NaN" in legend


def test_cursor_over_no_points_draws_its_place_alone() -> None:
    canvas, look = Canvas((20, 1)), Look.plain("ascii")
    draw_legend(canvas, [], look, 3.0, "", "epoch")
    assert [strip.text.rstrip() for strip in canvas.strips(look)] == ["epoch 3"]


@pytest.mark.parametrize(
    ("x", "said"), [(100 / 3, "epoch 33.3 "), (0.0555, "epoch 0.1 "), (123_456.0, "epoch 123.456k ")]
)
def test_place_of_the_cursor_is_read_with_no_more_digits_than_mean_something(x: float, said: str) -> None:
    series = [Series("loss", "train", np.array([0.0, x]), np.array([1.0, 0.5]))]
    rows = line_chart(series, (60, 8), Look.plain(), x_label="epoch", cursor=x)
    assert said in rows[0].text
