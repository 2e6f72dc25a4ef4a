"""A distribution over time: how many values lie where as colours or shades, with its percentiles as lines over it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nntui.charts.axes import Area, Plotted, Scale, column_of, draw_x_axis, draw_y_axis, fit_scale, lay_out
from nntui.charts.canvas import Canvas, Size, to_cells
from nntui.charts.curves import cells_at
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.sixteen import chart_color
from nntui.charts.ticks import LARGEST, SMALLEST, finite_range

Array = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int64]

# Few to many; nothing is the background itself. Steps of xterm's 256 colours, on a dark and on a light ground.
_RAMP = (23, 24, 25, 31, 32, 38, 44, 80)
_RAMP_ON_LIGHT = (152, 116, 110, 74, 67, 31, 25, 24)
_LINES = (250, 253, 231)  # outer percentiles, quartiles, median
_LINES_ON_LIGHT = (242, 238, 16)
_LINE = len(_RAMP) + 1  # the level of the first of them
_CURSOR = _LINE + len(_LINES)
_NO_COLOR_LINES = "·-=", ".-="


def spread_over_time(
    x: npt.ArrayLike,
    low: float,
    high: float,
    density: npt.ArrayLike,
    percentiles: npt.ArrayLike,
    size: Size,
    look: Look,
    *,
    x_range: tuple[float, float] | None = None,
    x_label: str = "",
    cursor: float | None = None,
    empty: str = "no values",
) -> list[Strip]:
    """Time runs to the right; a column shows the last moment that lies in it, and nothing where none does.

    With colors a cell shows two parts of the range, one above the other. The median is drawn in every column that
    shows a moment, the quartiles in two of three, the 5th and the 95th percentile in one of three.

    Args:
        x: (n,) moments, not falling.
        low, high: ends of the equal bins.
        density: (n, bins) from 0 to 255; nothing where there are no bins.
        percentiles: (n, 5) the 5th, 25th, 50th, 75th and 95th.
    """
    moments = np.atleast_1d(np.asarray(x, dtype=np.float64))
    if not moments.size:
        return message(empty, size, look)
    low, high = usable_ends(low, high)
    lines = np.asarray(percentiles, dtype=np.float64).reshape(len(moments), -1)
    x_scale = fit_scale(x_range or finite_range(moments), log=False, rounded=False)
    y_scale = Scale(low, high)
    ticks = y_scale.ticks(max(1, (size[1] - 1) // 3))
    area = lay_out(size, max((len(to_cells(tick.label)) for tick in ticks), default=0), legend=False)
    canvas = Canvas(size)
    draw_y_axis(canvas, area, ticks, y_scale, look)
    draw_x_axis(canvas, area, x_scale, look, x_label, whole=bool((moments == np.floor(moments)).all()))
    if not area.width or not area.height:
        return canvas.strips(look)
    index = _moments(moments, area.width, x_scale)
    colored = look.colors and look.glyphs != "ascii"
    rows = area.height * (2 if colored else 1)
    levels = _levels(np.asarray(density), index, rows)
    _add_lines(levels, lines, index, y_scale)
    at = None if cursor is None else column_of(x_scale.place_one(cursor), area)
    if at is not None:
        levels[:, at - area.left] = _CURSOR
    if colored:
        return Plotted(_joined(canvas, area, _half_blocks(levels, look), look), area, x_scale)
    _write_shades(canvas, area, levels, look)
    return Plotted(canvas.strips(look), area, x_scale)


def usable_ends(low: float, high: float) -> tuple[float, float]:
    """Ends of an axis that differ and can be reckoned with."""
    low, high = max(float(low), -LARGEST), min(float(high), LARGEST)
    return (low, high) if high - low >= SMALLEST else (-1.0, 1.0)


def _moments(moments: Array, width: int, scale: Scale) -> npt.NDArray[np.intp]:
    """(width,) which moment a column shows, the last that lies in it; -1 where none does."""
    places = scale.place(moments)
    shown = np.flatnonzero((places >= 0) & (places <= 1))
    columns = np.minimum((places[shown] * width).astype(np.intp), width - 1)
    index = np.full(width, -1, np.intp)
    np.maximum.at(index, columns, shown)
    return index


def _levels(density: npt.NDArray[np.uint8], index: npt.NDArray[np.intp], rows: int) -> Levels:
    """(rows, columns): 0 for nothing, then up to the fullest; row 0 on top."""
    if not density.size:
        return np.zeros((rows, len(index)), np.int64)
    bins = density.shape[1]
    shares = np.sqrt(density[index].astype(np.float64) / 255)  # so that few values show, too
    shares[index < 0] = 0.0
    edges = np.arange(rows + 1) * bins / rows
    if rows >= bins:
        places = np.minimum(edges[:-1].astype(np.intp), bins - 1)
        picked = shares[:, places]
    else:
        picked = np.maximum.reduceat(shares, edges[:-1].astype(np.intp), axis=1)
    found: Levels = np.ceil(picked * len(_RAMP) - 1e-9).astype(np.int64).T[::-1]
    return np.ascontiguousarray(found)


def _add_lines(levels: Levels, lines: Array, index: npt.NDArray[np.intp], scale: Scale) -> None:
    """Percentiles over the density: outer ones first, so that the median is on top."""
    rows, columns = levels.shape
    count = lines.shape[1]
    at, number = np.arange(columns), np.cumsum(index >= 0) - 1
    places = scale.place(lines[index])
    with np.errstate(invalid="ignore"):
        shown = (places >= 0) & (places <= 1) & (index >= 0)[:, None]
    row = rows - 1 - cells_at(np.where(shown, places, 0.0), rows).astype(np.int64)
    for which in sorted(range(count), key=lambda number: -abs(number - count // 2)):
        distance = abs(which - count // 2)
        kept = shown[:, which]
        if distance:
            kept = kept & (number % 3 < 2 if distance == 1 else number % 3 == 0)
        levels[row[kept, which], at[kept]] = _LINE + max(0, len(_LINES) - 1 - distance)


@lru_cache(maxsize=512)
def _style(upper: Color, lower: Color) -> Style:
    return Style(color=upper, bgcolor=lower)


def _is_light(ground: Color) -> bool:
    return not ground.is_default and sum(ground.get_truecolor()) > 3 * 127


def _half_blocks(levels: Levels, look: Look) -> list[Strip]:
    ground = look.style("text").bgcolor or Color.default()
    muted = look.style("now").color or Color.default()
    numbers = (*_RAMP_ON_LIGHT, *_LINES_ON_LIGHT) if _is_light(ground) else (*_RAMP, *_LINES)
    colors = [ground, *(chart_color(number, look.sixteen) for number in numbers), muted]
    count, width = len(colors), levels.shape[1]
    pairs = levels[0::2] * count + levels[1::2]
    blank, cache = look.style("text"), look.strip_cache
    strips = []
    for row in pairs:
        key = row.tobytes(), b"spread"
        if key in cache:
            strips.append(cache[key])
            continue
        starts = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), width]
        segments = []
        for start, stop, pair in zip(starts[:-1], starts[1:], row[starts[:-1]].tolist(), strict=True):
            if not pair:
                segments.append(Segment(" " * (stop - start), blank))
                continue
            upper, lower = divmod(pair, count)
            if not lower:
                segments.append(Segment("▀" * (stop - start), _style(colors[upper], ground)))
            else:
                segments.append(Segment("▄" * (stop - start), _style(colors[lower], colors[upper])))
        strips.append(Strip(segments, width))
        cache[key] = strips[-1]
    return strips


def _write_shades(canvas: Canvas, area: Area, levels: Levels, look: Look) -> None:
    """Without colours: shades from the second lightest on, lines by their own strokes."""
    shades = look.characters.shades[1:]
    strokes = _NO_COLOR_LINES[look.glyphs == "ascii"]
    steps = [shades[min(number * len(shades) // len(_RAMP), len(shades) - 1)] for number in range(len(_RAMP))]
    codes = np.array([ord(sign) for sign in (" ", *steps, *strokes, look.characters.cursor)], np.uint32)
    here = slice(area.top, area.bottom), slice(area.left, area.left + area.width)
    canvas.codes[here] = codes[levels]
    canvas.roles[here] = np.where(levels >= _LINE, role_index("now"), role_index("weights"))


def _joined(canvas: Canvas, area: Area, inner: list[Strip], look: Look) -> list[Strip]:
    """The axes with the picture in their place."""
    rows = canvas.strips(look)
    for number, strip in enumerate(inner):
        at = area.top + number
        parts = [rows[at].crop(0, area.left), strip] if area.left else [strip]
        rows[at] = Strip.join(parts)
    return rows
