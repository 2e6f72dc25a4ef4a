"""The learning rate over the whole run: as it was up to now, as it will be after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.axes import Area, Plotted, Scale, column_of, draw_x_axis, draw_y_axis, fit_scale, lay_out, row_of
from nntui.charts.canvas import BLANK, Canvas, Size, to_cells
from nntui.charts.curves import dot_rows, fill, line_spans, to_columns
from nntui.charts.frame import message
from nntui.charts.look import GlyphLevel, Look, role_index
from nntui.charts.marks import Mark, draw_decorations
from nntui.charts.plotted import PlotextFigure, PlottedLine
from nntui.charts.raster import FINELY, Plot, dotted, sample, unpack
from nntui.charts.ticks import finite_range, format_number

Array = npt.NDArray[np.float64]
_Key = tuple[bytes, bytes, Size, GlyphLevel, bool]

_CACHED = 8


class _ScheduleCurves:
    """The whole curve drawn once as past and once as future; where the one becomes the other is decided a frame."""

    def __init__(self) -> None:
        self._figure = PlotextFigure()
        self._kept: dict[_Key, tuple[Canvas, Canvas]] = {}

    def draw(self, x: Array, y: Array, size: Size, glyphs: GlyphLevel, *, plotted: bool) -> tuple[Canvas, Canvas]:
        key = x.tobytes(), y.tobytes(), size, glyphs, plotted
        if key not in self._kept:
            if len(self._kept) >= _CACHED:
                del self._kept[next(iter(self._kept))]
            draw = self._figure.draw if plotted else _own_cells
            past = draw([PlottedLine(x, y, "past")], size, glyphs)
            self._kept[key] = past, _as_future(past, glyphs)
        return self._kept[key]


def _own_cells(lines: Sequence[PlottedLine], size: Size, glyphs: GlyphLevel) -> Canvas:
    """As plotext would draw them, in a twentieth of the time."""
    canvas = Canvas(size)
    plot = Plot((canvas.width, canvas.height), glyphs)
    if plot.dots_across and plot.dots_down:
        for line in lines:
            columns = to_columns(line.x, line.y, line.y, line.y, plot.dots_across)
            low, high = line_spans(columns.middle, plot.dots_down)
            low = np.fmin(low, dot_rows(columns.low, plot.dots_down))
            high = np.fmax(high, dot_rows(columns.high, plot.dots_down))
            plot.add(fill(low, high, plot.dots_down), role_index(line.role))
        plot.draw(canvas, 0, 0)
    return canvas


def _as_future(past: Canvas, glyphs: GlyphLevel) -> Canvas:
    """The same curve with gaps, dot by dot, so that it follows the curve as closely as the past does."""
    future = Canvas((past.width, past.height))
    drawn = past.codes != BLANK
    future.roles[drawn] = role_index("future")
    if glyphs == "ascii":
        future.codes[drawn] = ord(".")
    else:
        dots = dotted(unpack(past.codes, glyphs), glyphs, FINELY)
        plot = Plot((past.width, past.height), glyphs)
        plot.add(dots, role_index("future"))
        plot.draw(future, 0, 0)
    return future


_CURVES = _ScheduleCurves()


def schedule_chart(
    steps: npt.ArrayLike,
    rates: npt.ArrayLike,
    now: float,
    size: Size,
    look: Look,
    *,
    marks: Sequence[Mark] = (),
    cursor: float | None = None,
    log_y: bool = False,
    x_range: tuple[float, float] | None = None,
    plotted: bool = False,
    unknown_from: float | None = None,
    x_label: str = "",
    say_now: bool = True,
    unknown: str = "depends on the loss",
    empty: str = "no schedule yet",
) -> list[Strip]:
    """The schedule with its past solid, its future dotted, and a line where the run is now.

    Only a change of data, size or glyphs builds the curve anew; ``now`` may move with every frame.

    Args:
        steps: (n,) steps or epochs over the whole run, not falling.
        rates: (n,) learning rates in force at them.
        now: in the unit of ``steps``.
        marks: changes made.
        cursor: a moment looked at: the upright line, the point and the value are there instead of at ``now``.
        x_range: what is shown; by default all of it.
        plotted: the curve is plotext's (some 10 ms).
        unknown_from: where the future stops being known (a schedule that follows the loss); after it ``?`` is drawn.
        x_label: the unit of ``steps``.
        say_now: whether the legend says the rate in force.
        unknown: words for the unknown future.
        empty: the sentence shown when there is nothing to draw.
    """
    x, y = np.atleast_1d(np.asarray(steps, dtype=np.float64)), np.atleast_1d(np.asarray(rates, dtype=np.float64))
    if len(x) != len(y):
        raise ValueError(f"{len(x)} steps but {len(y)} rates")
    order = np.argsort(x, kind="stable")[: int(np.isfinite(x).sum())]
    x, y = x[order], y[order]
    shown = np.isfinite(y) & ((y > 0) if log_y else np.isfinite(y))
    if not shown.any():
        return message(empty, size, look)
    x_scale = fit_scale(x_range or finite_range(x), log=False, rounded=False)
    seen = shown & (x >= x_scale.low) & (x <= x_scale.high)
    y_scale = _rate_scale(y[seen if seen.any() else shown], log_y)
    rows = max(1, size[1] - 2)
    ticks = y_scale.ticks(max(1, rows // 3 if rows > 8 else (rows + 1) // 2))
    area = lay_out(size, max((len(to_cells(tick.label)) for tick in ticks), default=0))
    canvas = Canvas(size)
    draw_y_axis(canvas, area, ticks, y_scale, look)
    draw_x_axis(canvas, area, x_scale, look, x_label, whole=True)
    places = np.where(shown, y_scale.place(y), np.nan)
    column = _draw_curve(canvas, area, x_scale.place(x), places, x_scale.place_one(now), look, plotted=plotted)
    if unknown_from is not None:
        _draw_unknown(canvas, area, x_scale.place_one(unknown_from), unknown)
    at = now if cursor is None else cursor
    column = column if cursor is None else column_of(x_scale.place_one(at), area)
    value = _value_at(x, y, at)
    draw_decorations(canvas, area, x_scale, y_scale, look, marks, at if column is not None else None, None)
    if column is not None and np.isfinite(value):
        _mark_now(canvas, area, column, row_of(y_scale.place_one(value), area), look)
    if area.legend:
        _draw_legend(canvas, value if say_now else None, look)
    return Plotted(canvas.strips(look), area, x_scale, x_label)


def _rate_scale(rates: Array, log_y: bool) -> Scale:
    found = finite_range(rates)
    if found is None or log_y:
        return fit_scale(found, log=log_y, rounded=True)
    low, high = min(found[0], 0.0), max(found[1], 0.0)
    if low == high:
        return Scale(0.0, 1.0)
    if found[0] == found[1]:
        high *= 1.25
    return fit_scale((low, high), log=False, rounded=True)


def _mark_now(canvas: Canvas, area: Area, column: int, row: int | None, look: Look) -> None:
    """A point on the curve: the rate's row, or the curve's cell next to it, as plotext rounds in its own way."""
    if row is None:
        return
    roles = canvas.roles[area.top : area.bottom, column]
    on_curve = np.flatnonzero(np.isin(roles, (role_index("past"), role_index("future")))) + area.top
    if on_curve.size:
        row = int(on_curve[np.argmin(np.abs(on_curve - row))])
    canvas.put(column, row, "@" if look.glyphs == "ascii" else "●", role_index("now"))


def _value_at(x: Array, y: Array, now: float) -> float:
    """The rate in force; at a change both sides have the same x, and the later one counts."""
    if not np.isfinite(now):
        return float("nan")
    return float(np.interp(now, x, y)) if now not in x else float(y[np.searchsorted(x, now, side="right") - 1])


def _draw_curve(
    canvas: Canvas, area: Area, x: Array, y: Array, now: float, look: Look, *, plotted: bool
) -> int | None:
    """Returns the column of ``now``; None outside the chart."""
    past, future = _CURVES.draw(x, y, (area.width, area.height), look.glyphs, plotted=plotted)
    column = column_of(now, area)
    split = area.left if now < 0 else area.left + area.width
    if column is not None:
        split = column
    cut = split - area.left
    rows = slice(area.top, area.bottom)
    for source, columns in ((past, slice(0, cut)), (future, slice(cut, area.width))):
        target = slice(area.left + columns.start, area.left + columns.stop)
        drawn = source.codes[:, columns] != BLANK
        canvas.codes[rows, target][drawn] = source.codes[:, columns][drawn]
        canvas.roles[rows, target][drawn] = source.roles[:, columns][drawn]
    return column


def _draw_unknown(canvas: Canvas, area: Area, start: float, words: str) -> None:
    """Question marks where the curve's last known height was, and why."""
    if not start < 1 or not area.height:
        return
    first = int(max(0.0, start) * area.width)
    codes = canvas.codes[area.top : area.bottom, area.left + first : area.left + area.width]
    before = canvas.codes[area.top : area.bottom, area.left : area.left + first]
    filled = np.argwhere(before.T != BLANK)
    if not len(filled):
        filled = np.argwhere(codes.T != BLANK)
    row = int(filled[-1][1]) if len(filled) else area.height // 2
    codes[:] = BLANK
    role = role_index("future")
    for column in range(area.left + first, area.left + area.width, 2):
        canvas.put(column, area.top + row, "?", role)
    cells = len(to_cells(words))
    room = area.width - first
    if cells <= room and area.height >= 2:
        beside = row + 1 if row + 1 < area.height else row - 1
        canvas.put(area.left + first + (room - cells) // 2, area.top + beside, words, role_index("muted"))


def _draw_legend(canvas: Canvas, value: float | None, look: Look) -> None:
    points = "..." if look.glyphs == "ascii" else sample(look.glyphs, FINELY)
    now = [] if value is None else [[("now", "text"), (format_number(value), "now")]]
    names = [[(sample(look.glyphs, 0), "past"), ("was", "text")], [(points, "future"), ("will be", "text")]]
    for parts in ([*names, *now], names, now):
        if sum(sum(len(text) + 1 for text, _ in part) + 1 for part in parts) - 2 <= canvas.width:
            column = 0
            for part in parts:
                for text, role in part:
                    column = canvas.put(column, 0, text, role_index(role)) + 1
                column += 1
            return
