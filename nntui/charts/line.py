"""Curves over a common x: losses, accuracies, anything that is recorded an epoch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.axes import Area, Plotted, Scale, column_of, draw_x_axis, draw_y_axis, fit_scale, lay_out, row_of
from nntui.charts.canvas import Canvas, Size, to_cells
from nntui.charts.curves import Columns, Mask, dot_rows, fill, line_spans, to_columns
from nntui.charts.frame import message
from nntui.charts.ghosts import FEW, Ghost, add_ghosts, grown, label_ghosts
from nntui.charts.legend import Entry, draw_legend
from nntui.charts.look import Look, role_index
from nntui.charts.marks import Mark, draw_decorations
from nntui.charts.raster import ASCII_MARKERS, ASCII_QUIET, Plot, dotted
from nntui.charts.ticks import LARGEST, SMALLEST, finite_range

Array = npt.NDArray[np.float64]

__all__ = ["Mark", "Series", "line_chart"]


@dataclass(frozen=True, eq=False)
class Series:
    """One curve.

    Attributes:
        label: its name in the legend; empty: it is not named there.
        role: the role of its line.
        x, y: (n,) points, x not falling.
        low, high: (n,) the range that each point stands for, drawn as a band.
        raw: (n,) the curve before smoothing, drawn weaker behind.
        exact: its value at the chart's cursor or, without a cursor, its newest; None: what the nearest point says,
            which may be the mean of several values.
        best: (x, y) of a point of it that is marked.
        missing: (n,) where a point stands for several values, whether one of them is not a number: a gap, too.
    """

    label: str
    role: str
    x: npt.ArrayLike
    y: npt.ArrayLike
    low: npt.ArrayLike | None = None
    high: npt.ArrayLike | None = None
    raw: npt.ArrayLike | None = None
    exact: float | None = None
    best: tuple[float, float] | None = None
    missing: npt.ArrayLike | None = None


@dataclass(frozen=True)
class _Curve:
    series: Series
    x: Array
    y: Array
    low: Array
    high: Array
    raw: Array | None
    missing: Mask | None


def line_chart(
    series: Sequence[Series],
    size: Size,
    look: Look,
    *,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    log_y: bool = False,
    log_x: bool = False,
    x_label: str = "",
    y_unit: str = "",
    marks: Sequence[Mark] = (),
    cursor: float | None = None,
    baseline: tuple[float, str] | None = None,
    ghosts: Sequence[Ghost] = (),
    empty: str = "no data yet",
) -> list[Strip]:
    """Curves with axes, a legend above them, marks behind them.

    Not-a-number is a gap with a mark at the bottom, infinities are marked at the edge they lie beyond, and so is what a
    logarithmic axis cannot show. The first series is a solid line, the others are dotted, each in its own way.

    Args:
        size: (width, height) in cells; whatever it is, so many strips of that width come back.
        x_range, y_range: what is shown; by default all of the data, and y rounded outwards.
        x_label: what x counts, written at the end of the axis; whole x values get whole ticks.
        y_unit: what y is, written before the legend.
        marks: vertical lines; a label is written only where no data is.
        cursor: an x whose values replace the last ones in the legend.
        baseline: a value to compare with, and its label.
        ghosts: curves of what was abandoned, behind all others.
        empty: the sentence shown when no series has a point.

    Returns:
        A `Plotted`, which knows where its x axis lies, unless there is nothing to draw.
    """
    curves = [_read(one) for one in series]
    curves = [curve for curve in curves if curve.x.size]
    if not curves:
        return message(empty, size, look)
    x_scale, y_scale = _scales(curves, x_range, y_range, log_x, log_y, baseline, ghosts)
    whole = not log_x and all(bool((curve.x == np.floor(curve.x)).all()) for curve in curves)
    rows = max(1, size[1] - 2)
    y_ticks = y_scale.ticks(max(1, rows // 3 if rows > 8 else (rows + 1) // 2))
    label_width = max((len(to_cells(tick.label)) for tick in y_ticks), default=0)
    area = lay_out(size, label_width)
    canvas = Canvas(size)
    draw_y_axis(canvas, area, y_ticks, y_scale, look)
    draw_x_axis(canvas, area, x_scale, look, x_label, whole=whole)
    _draw_curves(canvas, area, curves, x_scale, y_scale, look, ghosts)
    label_ghosts(canvas, area, ghosts, x_scale, y_scale, look)
    for curve in curves:
        _draw_best(canvas, area, curve.series, x_scale, y_scale, look)
    draw_decorations(canvas, area, x_scale, y_scale, look, marks, cursor, baseline)
    if area.legend:
        named = [curve for curve in curves if curve.series.label]
        entries = [Entry(one.series.label, one.series.role, one.x, one.y, one.series.exact) for one in named]
        draw_legend(canvas, entries, look, cursor, y_unit, x_label)
    return Plotted(canvas.strips(look), area, x_scale, x_label)


def _read(series: Series) -> _Curve:
    x = np.atleast_1d(np.asarray(series.x, dtype=np.float64))
    y = np.atleast_1d(np.asarray(series.y, dtype=np.float64))
    low = y if series.low is None else np.asarray(series.low, dtype=np.float64)
    high = y if series.high is None else np.asarray(series.high, dtype=np.float64)
    raw = None if series.raw is None else np.asarray(series.raw, dtype=np.float64)
    missing = None if series.missing is None else np.asarray(series.missing, dtype=bool)
    if any(len(each) != len(x) for each in (y, low, high, raw, missing) if each is not None):
        raise ValueError(f"series {series.label!r}: x, y, low, high, raw and missing differ in length")
    placed = np.isfinite(x)
    order = None if placed.all() else np.flatnonzero(placed)
    kept = x if order is None else x[order]
    if not (kept[1:] >= kept[:-1]).all():
        order = np.argsort(x, kind="stable")[: int(placed.sum())]
    if order is None:
        return _Curve(series, x, y, low, high, raw, missing)
    same = low is y and high is y
    y = y[order]
    low, high = (y, y) if same else (low[order], high[order])
    raw = None if raw is None else raw[order]
    missing = None if missing is None else missing[order]
    return _Curve(series, x[order], y, low, high, raw, missing)


def _scales(
    curves: Sequence[_Curve],
    x_range: tuple[float, float] | None,
    y_range: tuple[float, float] | None,
    log_x: bool,
    log_y: bool,
    baseline: tuple[float, str] | None,
    ghosts: Sequence[Ghost],
) -> tuple[Scale, Scale]:
    xs = [curve.x[curve.x > 0] if log_x else curve.x for curve in curves]
    x_scale = fit_scale(_usable(x_range, log_x) or finite_range(*xs), log=log_x, rounded=False)
    wanted = _usable(y_range, log_y)
    if wanted:
        return x_scale, Scale(*wanted, log_y)
    seen: list[Array] = []
    for curve in curves:
        ys = [curve.y] + [one for one in (curve.low, curve.high, curve.raw) if one is not None and one is not curve.y]
        if x_range is not None:
            shown = (curve.x >= x_range[0]) & (curve.x <= x_range[1])
            ys = [values[shown] for values in ys]
        seen.extend(values[values > 0] if log_y else values for values in ys)
    found = finite_range(*seen)
    if found and baseline and _is_near(baseline[0], found, log_y):
        found = min(found[0], baseline[0]), max(found[1], baseline[0])
    found = grown(found, ghosts, x_range, log_y, few=max(len(curve.x) for curve in curves) < FEW)
    return x_scale, fit_scale(found, log=log_y, rounded=True)


def _is_near(value: float, found: tuple[float, float], log: bool) -> bool:
    """Whether an axis need grow by a quarter at most to show ``value`` too."""
    low, high = found
    if not high > low:
        low, high = low - abs(low) / 4, high + abs(high) / 4 + SMALLEST
    return abs(value) <= LARGEST and -0.25 <= Scale(low, high, log).place_one(value) <= 1.25


def _usable(given: tuple[float, float] | None, log: bool) -> tuple[float, float] | None:
    if given is None or not np.isfinite(given).all() or given[1] - given[0] < SMALLEST or (log and given[0] <= 0):
        return None
    return max(float(given[0]), -LARGEST), min(float(given[1]), LARGEST)


def _draw_curves(
    canvas: Canvas, area: Area, curves: Sequence[_Curve], x: Scale, y: Scale, look: Look, ghosts: Sequence[Ghost]
) -> None:
    plot = Plot((area.width, area.height), look.glyphs)
    if not plot.dots_across or not plot.dots_down:
        return
    add_ghosts(plot, ghosts, x, y)
    drawn = []
    for index, curve in enumerate(curves):
        places = x.place(curve.x)
        if curve.raw is not None:
            raw = y.place(curve.raw)
            columns = to_columns(places, raw, raw, raw, plot.dots_across)
            _add_line(plot, columns, role_index(curve.series.role, quiet=True), index, ASCII_QUIET, behind=True)
        middle = y.place(curve.y)
        low = middle if curve.low is curve.y else y.place(curve.low)
        high = middle if curve.high is curve.y else y.place(curve.high)
        drawn.append(to_columns(places, middle, low, high, plot.dots_across, curve.missing))
    for curve, columns in zip(curves, drawn, strict=True):
        if columns.band:
            _add_band(plot, columns, role_index(curve.series.role, quiet=True))
    for index, (curve, columns) in enumerate(zip(curves, drawn, strict=True)):
        marker = ASCII_MARKERS[index % len(ASCII_MARKERS)]
        _add_line(plot, columns, role_index(curve.series.role), index, marker)
    plot.draw(canvas, area.left, area.top)
    for index, (curve, columns) in enumerate(zip(curves, drawn, strict=True)):
        _draw_points(canvas, area, columns, role_index(curve.series.role), index, look)
    for columns in drawn:
        _draw_flags(canvas, area, columns, look)


def _add_line(plot: Plot, columns: Columns, role: int, style: int, marker: str, *, behind: bool = False) -> None:
    dots = plot.dots_down
    low, high = line_spans(columns.middle, dots)
    if behind or not columns.band:
        low, high = np.fmin(low, dot_rows(columns.low, dots)), np.fmax(high, dot_rows(columns.high, dots))
    plot.add(dotted(fill(low, high, dots), plot.level, style), role, marker, background=behind)


def _add_band(plot: Plot, columns: Columns, role: int) -> None:
    """Every second dot between a column's extremes, and the extremes themselves.

    Where they are next to each other the line says it all; a band would only fill a dotted line's gaps.
    """
    dots = plot.dots_down
    low, high = dot_rows(columns.low, dots), dot_rows(columns.high, dots)
    rows = np.arange(dots - 1, -1, -1.0)[:, None]
    every_second = (rows + np.arange(plot.dots_across)) % 2 == 0
    inside = (rows >= low) & (rows <= high) & (high - low >= 2)
    plot.add(inside & (every_second | (rows == low) | (rows == high)), role, ASCII_QUIET, background=True)


def _draw_points(canvas: Canvas, area: Area, columns: Columns, role: int, style: int, look: Look) -> None:
    """Points without neighbours, large enough to see."""
    across = len(columns.middle) // area.width
    for column in columns.lonely.tolist():
        row = row_of(float(columns.middle[column]), area)
        if row is not None:
            glyph = look.characters.hollow if style else look.characters.point
            canvas.put(area.left + column // across, row, glyph, role)


def _draw_best(canvas: Canvas, area: Area, series: Series, x: Scale, y: Scale, look: Look) -> None:
    if series.best is not None:
        column, row = column_of(x.place_one(series.best[0]), area), row_of(y.place_one(series.best[1]), area)
        if column is not None and row is not None:
            canvas.put(column, row, look.characters.best, role_index(series.role, bold=True))


def _draw_flags(canvas: Canvas, area: Area, columns: Columns, look: Look) -> None:
    """Where a value is not a number or lies beyond all numbers: a mark at the edge, in a cell that no data needs.

    A curve without a single number has none: its value in the legend says it.
    """
    if np.isnan(columns.low).all():
        return
    glyphs = look.characters
    across = len(columns.middle) // area.width
    upwards, downwards = range(area.bottom - 1, area.top - 1, -1), range(area.top, area.bottom)
    for flags, rows, glyph, role in (
        (columns.below, upwards, glyphs.below, role_index("warning")),
        (columns.above, downwards, glyphs.above, role_index("error")),
        (columns.missing, upwards, glyphs.nan, role_index("error")),
    ):
        for column in np.unique(np.flatnonzero(flags) // across).tolist():
            blank = (row for row in rows if canvas.is_blank(area.left + column, row, 1))
            canvas.put(area.left + column, next(blank, rows[0]), glyph, role)
