"""The schedule chart and the door to plotext."""

from __future__ import annotations

import numpy as np
import pytest

from nntui.charts import GLYPH_LEVELS, GlyphLevel, Look, schedule_chart
from nntui.charts import schedule as module
from nntui.charts.canvas import Canvas, Size
from nntui.charts.plotted import POINTS, PlotextFigure, PlottedLine, read_ansi
from nntui.charts.raster import Plot, unpack
from tests.charts.golden import assert_size

X = np.linspace(0.0, 100.0, 300)
RATES = 0.01 + 0.09 * (1 + np.cos(X / 100 * np.pi)) / 2


def text(now: float, size: Size = (60, 16), glyphs: GlyphLevel = "braille", **options: object) -> list[str]:
    return [strip.text for strip in schedule_chart(X, RATES, now, size, Look.plain(glyphs), **options)]  # type: ignore[arg-type]


def dots(rows: list[str], glyphs: GlyphLevel) -> int:
    """How much ink the curve takes."""
    codes = np.array([[ord(cell) for cell in row] for row in rows], dtype=np.uint32)
    if glyphs == "ascii":
        return sum(row.count("*") + row.count(".") for row in rows)
    return int(unpack(codes, glyphs).sum())


@pytest.mark.parametrize("plotted", [False, True])
@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
def test_past_and_future_have_other_glyphs(glyphs: GlyphLevel, plotted: bool) -> None:
    picture = text(50.0, glyphs=glyphs, plotted=plotted)[1:-2]
    now = next(row.index("●" if glyphs != "ascii" else "@") for row in picture if "●" in row or "@" in row)
    assert now == pytest.approx(5 + 27, abs=1)
    past, future = [row[6:now] for row in picture], [row[now + 1 :] for row in picture]
    if glyphs == "ascii":
        assert {cell for row in past for cell in row} == {" ", "*"}
        assert {cell for row in future for cell in row} == {" ", "."}
    else:
        assert 0 < dots(future, glyphs) < 0.7 * dots(past, glyphs)


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
def test_at_both_ends_all_is_future_or_past(glyphs: GlyphLevel) -> None:
    past = [row[6:] for row in text(1000.0, glyphs=glyphs)[1:-2]]
    future = [row[6:] for row in text(-1.0, glyphs=glyphs)[1:-2]]
    if glyphs == "ascii":
        assert not any("." in row for row in past)
        assert not any("*" in row for row in future)
    else:
        assert 0 < dots(future, glyphs) < 0.7 * dots(past, glyphs)


@pytest.mark.parametrize("glyphs", ["braille", "block"])
def test_the_future_follows_the_curve_dot_by_dot(glyphs: GlyphLevel) -> None:
    past, future = (
        unpack(np.array([[ord(cell) for cell in row[5:]] for row in text(now, glyphs=glyphs)[1:-2]], np.uint32), glyphs)
        for now in (1000.0, -1.0)
    )
    assert not (future & ~past).any()
    flat = past.sum(axis=0) <= 2
    assert np.asarray(future.any(axis=0) | ~past.any(axis=0))[flat][::2].mean() > 0.4
    heights = {int(np.argmax(column)) for column in future.T if column.any()}
    assert len(heights) > 0.4 * len({int(np.argmax(column)) for column in past.T if column.any()})


@pytest.mark.parametrize("glyphs", ["braille", "block"])
def test_dots_can_be_read_back_from_cells(glyphs: GlyphLevel) -> None:
    plot = Plot((9, 7), glyphs)
    mask = np.random.default_rng(1).random((plot.dots_down, plot.dots_across)) < 0.4
    plot.add(mask, 0)
    canvas = Canvas((9, 7))
    plot.draw(canvas, 0, 0)
    assert (unpack(canvas.codes, glyphs) == mask).all()


def test_only_new_data_or_sizes_build_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Size] = []
    draw = PlotextFigure.draw

    def counted(self: PlotextFigure, lines: list[PlottedLine], size: Size, glyphs: GlyphLevel) -> Canvas:
        built.append(size)
        return draw(self, lines, size, glyphs)

    monkeypatch.setattr(PlotextFigure, "draw", counted)
    monkeypatch.setattr(module, "_CURVES", module._ScheduleCurves())
    for now in range(100):
        text(float(now), plotted=True)
    assert len(built) == 1
    text(50.0, size=(61, 16), plotted=True)
    assert len(built) == 2
    text(50.0, log_y=True, plotted=True)
    assert len(built) == 3
    text(7.0, plotted=True)
    text(7.0)
    assert len(built) == 3


def test_a_part_of_the_run_can_be_shown() -> None:
    rows = text(50.0, x_range=(40.0, 60.0))
    assert rows[-1].split()[0] == "40"
    assert any("●" in row for row in rows)
    assert not any("●" in row for row in text(70.0, x_range=(40.0, 60.0)))


def test_an_unknown_future_is_not_drawn() -> None:
    picture = text(50.0, unknown_from=60.0)
    beyond = {cell for row in picture[1:-2] for cell in row[5 + 35 :]}
    assert "?" in beyond
    assert not any("⠀" < cell <= "⣿" for cell in beyond)
    assert any("depends on the loss" in row for row in text(30.0, unknown_from=40.0))


def test_the_rate_in_force_is_said() -> None:
    assert text(0.0)[0].split()[-2:] == ["now", "0.1"]
    jump = schedule_chart([0, 10, 10, 20], [0.1, 0.1, 0.05, 0.05], 10, (60, 16), Look.plain())
    assert jump[0].text.split()[-1] == "0.05"


def test_the_rate_in_force_need_not_be_said() -> None:
    assert "now" not in text(0.0, say_now=False)[0]


def test_steps_and_rates_must_match() -> None:
    with pytest.raises(ValueError, match="2 steps but 1 rates"):
        schedule_chart([0, 1], [0.1], 0, (20, 5), Look.plain())


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (200, 60), (400, 150)])
def test_plotext_is_not_held_to_the_terminal(size: Size) -> None:
    line = PlottedLine(np.linspace(0, 1, 50), np.linspace(0, 1, 50), "past")
    canvas = PlotextFigure().draw([line], size, "braille")
    assert_size(canvas.strips(Look.plain()), size)
    assert canvas.codes[0, -1] != ord(" ")
    assert canvas.codes[-1, 0] != ord(" ")


def test_plotext_gets_few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual_plotext import Plot

    counts: list[int] = []
    plot = Plot.plot

    def counted(self: object, x: list[float], y: list[float], **options: object) -> None:
        counts.append(len(x))
        plot(self, x, y, **options)

    monkeypatch.setattr(Plot, "plot", counted)
    y = np.random.default_rng(0).random(100_000)
    y[::1000] = np.nan
    PlotextFigure().draw([PlottedLine(np.linspace(0, 1, len(y)), y, "past")], (80, 20), "braille")
    assert 0 < sum(counts) <= POINTS


def test_ansi_colours_become_roles() -> None:
    canvas = read_ansi("ab\x1b[38;5;3mcd\x1b[0me\nx", (4, 3))
    assert canvas.roles[0].tolist() == [0, 0, 3, 3]
    assert [strip.text for strip in canvas.strips(Look.plain())] == ["abcd", "x   ", "    "]
