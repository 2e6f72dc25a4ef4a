"""Points of two quantities against each other, and lines among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.axes import Scale, draw_x_axis, draw_y_axis, fit_scale, lay_out
from nntui.charts.canvas import Canvas, Size, to_cells
from nntui.charts.curves import cells_at
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.raster import ASCII_MARKERS, Plot, dotted, sample
from nntui.charts.ticks import finite_range, format_number

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dots:
    """Points that belong together, or a line.

    Attributes:
        label: in the legend.
        role: their color.
        x, y: (n,); what is not finite is left out and counted in the legend.
        line: joined to a line, the second and further ones dotted, each in its own way.
        marker: what stands for one in ASCII and in the legend.
    """

    label: str
    role: str
    x: npt.ArrayLike
    y: npt.ArrayLike
    line: bool = False
    marker: str = ""


def scatter(
    groups: Sequence[Dots],
    size: Size,
    look: Look,
    *,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    x_label: str = "",
    y_label: str = "",
    diagonal: bool = False,
    level: float | None = None,
    log_x: bool = False,
    log_y: bool = False,
    note: str = "",
    empty: str = "no data yet",
) -> list[Strip]:
    """Points in braille, blocks or ASCII, with axes and a legend above; later groups lie over earlier ones.

    Args:
        x_range, y_range: what is shown; by default all there is.
        diagonal: a dotted line where x and y are equal.
        level: a dotted line across at this y.
        note: at the end of the legend, where there is room.
    """
    read = [(group, *_finite(group)) for group in groups]
    if not any(len(x) for _, x, _, _ in read):
        return message(empty, size, look)
    x = _axis(x_range, [x for _, x, _, _ in read], log_x)
    levels = [np.array([level])] if level is not None else []
    y = _axis(y_range, [y for _, _, y, _ in read] + levels, log_y)
    y_ticks = y.ticks(max(1, (size[1] - 2) // 3))
    label_width = max((len(to_cells(tick.label)) for tick in y_ticks), default=0)
    area = lay_out(size, label_width)
    canvas = Canvas(size)
    draw_y_axis(canvas, area, y_ticks, y, look)
    draw_x_axis(canvas, area, x, look, x_label)
    plot = Plot((area.width, area.height), look.glyphs)
    if plot.dots_across and plot.dots_down:
        _guides(plot, x, y, diagonal, level)
        for index, (group, across, up, _) in enumerate(read):
            style = sum(other.line for other in groups[:index])
            _add(plot, group, index, style, x.place(across), y.place(up))
        plot.draw(canvas, area.left, area.top)
    if area.legend:
        _legend(canvas, [(group, missing) for group, _, _, missing in read], y_label, note, look)
    return canvas.strips(look)


def _finite(group: Dots) -> tuple[Array, Array, int]:
    x, y = (np.atleast_1d(np.asarray(values, np.float64)) for values in (group.x, group.y))
    if len(x) != len(y):
        raise ValueError(f"{group.label!r}: {len(x)} x but {len(y)} y")
    known = np.isfinite(x) & np.isfinite(y)
    return x[known], y[known], int(np.count_nonzero(~known))


def _axis(given: tuple[float, float] | None, values: Sequence[Array], log: bool = False) -> Scale:
    if given is not None and np.isfinite(given).all() and given[1] > given[0]:
        return fit_scale((float(given[0]), float(given[1])), log=log, rounded=False)
    if log:
        return fit_scale(finite_range(*(array[array > 0] for array in values)), log=True, rounded=False)
    found = finite_range(*values)
    if found is None or found[1] <= found[0]:
        return fit_scale(found, log=False, rounded=False)
    room = (found[1] / 2 - found[0] / 2) * 0.06
    return fit_scale((found[0] - room, found[1] + room), log=False, rounded=False)


def _guides(plot: Plot, x: Scale, y: Scale, diagonal: bool, level: float | None) -> None:
    if diagonal:
        ends = max(x.low, y.low), min(x.high, y.high)
        if ends[1] > ends[0]:
            at = np.linspace(*ends, 4 * plot.dots_across)
            mask = _mask(plot, x.place(at), y.place(at))
            plot.add(dotted(mask, plot.level, 1), role_index("muted"), ".", background=True)
    if level is not None:
        at = np.linspace(0, 1, 2 * plot.dots_across)
        mask = _mask(plot, at, np.full(len(at), y.place_one(level)))
        plot.add(dotted(mask, plot.level, 1), role_index("muted"), "-", background=True)


def _add(plot: Plot, group: Dots, index: int, style: int, across: Array, up: Array) -> None:
    joined = group.line and len(across) > 1
    if joined:
        across, up = _joined(across, up, plot)
    mask = _mask(plot, across, up)
    marker = group.marker or ASCII_MARKERS[index % len(ASCII_MARKERS)]
    plot.add(dotted(mask, plot.level, style) if joined else mask, role_index(group.role), _ascii(marker))


def _joined(across: Array, up: Array, plot: Plot) -> tuple[Array, Array]:
    """Points so near to one another, along the way through all, that no dot is left out."""
    across, up = np.clip(across, -1.0, 2.0), np.clip(up, -1.0, 2.0)
    way = np.hypot(np.diff(across) * plot.dots_across, np.diff(up) * plot.dots_down)
    along = np.concatenate(([0.0], np.cumsum(way)))
    at = np.linspace(0.0, along[-1], min(int(along[-1] * 1.5) + 2, 20_000))
    return np.interp(at, along, across), np.interp(at, along, up)


def _mask(plot: Plot, across: Array, up: Array) -> npt.NDArray[np.bool_]:
    mask = np.zeros((plot.dots_down, plot.dots_across), dtype=bool)
    inside = (across >= 0) & (across <= 1) & (up >= 0) & (up <= 1)
    columns = cells_at(across[inside], plot.dots_across).astype(np.intp)
    rows = plot.dots_down - 1 - cells_at(up[inside], plot.dots_down).astype(np.intp)
    mask[rows, columns] = True
    return mask


def _legend(canvas: Canvas, groups: Sequence[tuple[Dots, int]], y_label: str, note: str, look: Look) -> None:
    column = canvas.put(0, 0, y_label, role_index("muted")) + 2 if y_label else 0
    for index, (group, missing) in enumerate(groups):
        marker = group.marker or ("•" if look.glyphs != "ascii" else ASCII_MARKERS[index % len(ASCII_MARKERS)])
        style = sum(other.line for other, _ in groups[:index])
        sign = sample(look.glyphs, style if look.glyphs != "ascii" else index) if group.line else marker
        words = group.label + (f" ({format_number(missing)} not finite)" if missing else "")
        if column + len(to_cells(sign)) + 1 + len(to_cells(words)) > canvas.width:
            break
        column = canvas.put(column, 0, sign, role_index(group.role)) + 1
        column = canvas.put(column, 0, words, role_index("text")) + 2
    if note and column + len(to_cells(note)) <= canvas.width:
        canvas.put(canvas.width - len(to_cells(note)), 0, note, role_index("muted"))


def _ascii(marker: str) -> str:
    return {"•": "*", "◦": "o"}.get(marker, marker)
