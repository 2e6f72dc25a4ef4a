"""A plane seen from above: a painted ground with axes, and spots on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.axes import Area, Scale, draw_x_axis, draw_y_axis, fit_scale, lay_out
from nntui.charts.canvas import Canvas, Size, clip_text, to_cells
from nntui.charts.cells import OWN, Codes, Colors, colored_rows
from nntui.charts.curves import cells_at
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.ticks import SMALLEST, Tick, finite_range

Array = npt.NDArray[np.float64]
Cells = tuple[Codes, Colors, Colors]
"""Code points, colors and grounds, (rows, columns) each."""
Ground = Callable[[int, int], Cells]
"""Paints so many rows and columns."""


@dataclass(frozen=True, eq=False)
class Spots:
    """Things on the ground, later ones over earlier ones.

    Attributes:
        x, y: (n,) where they are; those outside the axes, or not finite, are left out.
        glyph: one character a cell wide, for all or (n,) for each.
        color: of xterm's 256 or OWN; for all or (n,) for each.
        ground: the same of the cell behind; None leaves what is there.
    """

    x: npt.ArrayLike
    y: npt.ArrayLike
    glyph: str | Sequence[str] = "•"
    color: int | npt.ArrayLike = OWN
    ground: int | npt.ArrayLike | None = None


@dataclass(frozen=True)
class Entry:
    """A word of the legend: the sign before it has these colors."""

    sign: str
    words: str
    color: int = OWN
    ground: int = OWN


def plane_chart(
    ground: Ground,
    spots: Sequence[Spots],
    size: Size,
    look: Look,
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    x_name: str = "",
    y_name: str = "",
    legend: Sequence[Entry] = (),
    empty: str = "no data yet",
) -> list[Strip]:
    """The ground over the whole of the axes' ranges, the spots over it, the legend above.

    Where the legend is too long its last entries go.

    Args:
        ground: paints the cells between the axes.
        x_range, y_range: what the ground stands for, edge to edge.
        empty: said where a range is no range.
    """
    if not np.isfinite([*x_range, *y_range]).all():
        return message(empty, size, look)
    x, y = (_scale(*ends) for ends in (x_range, y_range))
    y_ticks, area = _lay_out(y, size, bool(legend or y_name))
    canvas = Canvas(size)
    draw_y_axis(canvas, area, y_ticks, y, look)
    draw_x_axis(canvas, area, x, look, x_name)
    strips = canvas.strips(look)
    if area.legend:
        strips[0] = legend_row(legend, canvas.width, look, y_name)
    if not area.width or not area.height:
        return strips
    codes, fore, back = ground(area.height, area.width)
    for group in spots:
        _put(codes, fore, back, group, area, x, y)
    painted = colored_rows(_plain(codes, look), fore, back, look)
    for row, strip in enumerate(painted, area.top):
        strips[row] = Strip.join([strips[row].crop(0, area.left), strip]) if area.left else strip
    return strips


def place_at(
    cell: tuple[int, int],
    size: Size,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    *,
    legend: bool = True,
) -> tuple[float, float] | None:
    """What the middle of a cell of such a chart stands for; None beside the ground."""
    x, y = (_scale(*ends) for ends in (x_range, y_range))
    _, area = _lay_out(y, size, legend)
    column, row = cell[0] - area.left, cell[1] - area.top
    if not (0 <= column < area.width and 0 <= row < area.height):
        return None
    across, up = (column + 0.5) / area.width, 1 - (row + 0.5) / area.height
    return x.low + across * (x.high - x.low), y.low + up * (y.high - y.low)


def _lay_out(y: Scale, size: Size, legend: bool) -> tuple[list[Tick], Area]:
    ticks = y.ticks(max(1, (size[1] - 2) // 4))
    label_width = max((len(to_cells(tick.label)) for tick in ticks), default=0)
    return ticks, lay_out(size, label_width, legend=legend)


def _scale(low: float, high: float) -> Scale:
    found = finite_range(np.array([low, high]))
    if found is not None and high > low and found[1] - found[0] > SMALLEST:
        return Scale(*found)
    return fit_scale(found and (found[0], found[0]), log=False, rounded=False)


def _put(codes: Codes, fore: Colors, back: Colors, group: Spots, area: Area, x: Scale, y: Scale) -> None:
    across, up = (
        scale.place(np.atleast_1d(np.asarray(values, np.float64))) for scale, values in ((x, group.x), (y, group.y))
    )
    with np.errstate(invalid="ignore"):
        inside = (across >= 0) & (across <= 1) & (up >= 0) & (up <= 1)
    columns = cells_at(across[inside], area.width).astype(np.intp)
    rows = area.height - 1 - cells_at(up[inside], area.height).astype(np.intp)
    if isinstance(group.glyph, str):
        codes[rows, columns] = ord(group.glyph)
    else:
        codes[rows, columns] = np.array([ord(glyph) for glyph in group.glyph], np.uint32)[inside]
    fore[rows, columns] = _each(group.color, inside)
    if group.ground is not None:
        back[rows, columns] = _each(group.ground, inside)


def _each(value: int | npt.ArrayLike, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.int16]:
    return np.broadcast_to(np.asarray(value, np.int16), inside.shape)[inside]


def _plain(codes: Codes, look: Look) -> Codes:
    """In ASCII, where that is all there is."""
    if look.glyphs != "ascii":
        return codes
    plain = codes.copy()
    for code, instead in _ASCII:
        plain[codes == code] = instead
    return plain


_ASCII = tuple((ord(one), ord(other)) for one, other in zip("•◦·░▒▓█▀●○◆×", "*o.:-=@#@o+x", strict=True))


def legend_row(entries: Sequence[Entry], width: int, look: Look, head: str = "") -> Strip:
    """The head, then as many entries as fit, in one row."""
    canvas = Canvas((width, 1))
    column = canvas.put(0, 0, clip_text(head, width, look), role_index("muted")) + 2 if head else 0
    signs: list[tuple[int, Strip]] = []
    for entry in entries:
        sign = to_cells(entry.sign)[None, :].copy()
        words = column + len(sign[0]) + bool(entry.sign)
        if words + len(to_cells(entry.words)) > width:
            break
        fore, back = np.full(sign.shape, entry.color, np.int16), np.full(sign.shape, entry.ground, np.int16)
        signs.append((column, colored_rows(_plain(sign, look), fore, back, look)[0]))
        column = canvas.put(words, 0, entry.words, role_index("text")) + 2
    row = canvas.strips(look)[0]
    parts, done = [], 0
    for column, strip in signs:
        parts += [row.crop(done, column), strip]
        done = column + strip.cell_length
    return Strip.join([*parts, row.crop(done, width)])
