"""How many values lie where: bars for now, an outline for the start."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.axes import Area, Scale, column_of
from nntui.charts.canvas import BLANK, Canvas, Size, clip_text, to_cells
from nntui.charts.curves import cells_at
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.raster import Plot
from nntui.charts.ticks import format_number

Array = npt.NDArray[np.float64]


def histogram(
    counts: npt.ArrayLike,
    low: float,
    high: float,
    size: Size,
    look: Look,
    *,
    start_counts: npt.ArrayLike | None = None,
    role: str = "weights",
    log_counts: bool = False,
    caption: str = "",
    empty: str = "no values",
) -> list[Strip]:
    """Bars over the range, a label row with the ends and 0 beneath, a caption above where there is room.

    Bars and outline have one scale, so a distribution that spreads becomes lower.

    Args:
        counts: (bins,) numbers of values in equal bins from ``low`` to ``high``.
        start_counts: (bins,) the same bins at the start, drawn as an outline; inside a bar it is cut out of the bar.
        log_counts: heights are log(1 + count), so that rare values show.
        caption: a few words, for example mean and deviation.
    """
    now = usable_counts(counts)
    start = usable_counts(start_counts) if start_counts is not None else None
    if not now.any() and (start is None or not start.any()):
        return message(empty, size, look)
    canvas = Canvas(size)
    labels = canvas.height >= 2
    captioned = canvas.height >= 4 and bool(caption)
    area = Area(0, int(captioned), canvas.width, canvas.height - labels - captioned, captioned, False, labels)
    if not area.width or not area.height:
        return canvas.strips(look)
    bars = _columns(now, area.width)
    outline = None if start is None else _columns(start, area.width)
    most = max(float(bars.max()), 0.0 if outline is None else float(outline.max()))
    if log_counts:
        bars, outline, most = np.log1p(bars), None if outline is None else np.log1p(outline), float(np.log1p(most))
    heights = bars / most
    eighths = _draw_bars(canvas, area, heights, role_index(role), look)
    if outline is not None:
        _draw_outline(canvas, area, outline / most, eighths, role, look)
    if labels:
        _draw_range(canvas, area, low, high, look)
    if captioned:
        _draw_caption(canvas, caption, look)
    return canvas.strips(look)


def bars(heights: npt.ArrayLike, size: Size, look: Look, *, role: str = "weights") -> list[Strip]:
    """Bars alone, without labels; heights: (n,), of which the highest is as high as there is room."""
    canvas = Canvas(size)
    area = Area(0, 0, canvas.width, canvas.height, False, False, False)
    wanted = usable_counts(heights)
    if area.width and area.height and wanted.any():
        columns = _columns(wanted, area.width)
        _draw_bars(canvas, area, columns / columns.max(), role_index(role), look)
    return canvas.strips(look)


def usable_counts(counts: npt.ArrayLike) -> Array:
    """Counts that can be added up: what is no number, infinite or negative is 0."""
    values = np.atleast_1d(np.asarray(counts, dtype=np.float64))
    return (
        np.where(np.isfinite(values) & (values > 1e-300), np.clip(values, 0.0, 1e300), 0.0)
        if values.size
        else np.zeros(1)
    )


def _columns(counts: Array, width: int) -> Array:
    """Bins to cell columns: (bins,) → (width,). Wider bins are repeated, narrower ones added up."""
    bins = len(counts)
    if bins <= width:
        return counts[np.arange(width) * bins // width]
    total = np.concatenate(([0.0], np.cumsum(counts / bins)))
    edges = np.interp(np.arange(width + 1) * (bins / width), np.arange(bins + 1), total)
    return np.asarray(np.maximum(np.diff(edges), 0.0))


def _draw_bars(canvas: Canvas, area: Area, heights: Array, role: int, look: Look) -> npt.NDArray[np.int64]:
    """Returns each column's height in parts of a cell; a bar that is not 0 is at least one part high."""
    ramp = np.array([ord(character) for character in look.characters.bars], dtype=np.uint32)
    parts = len(ramp) - 1
    filled = np.maximum(np.floor(heights * area.height * parts + 0.5).astype(np.int64), heights > 0)
    rows = np.arange(area.height - 1, -1, -1)[:, None]
    levels = np.clip(filled - rows * parts, 0, parts)
    canvas.codes[area.top : area.bottom] = ramp[levels]
    canvas.roles[area.top : area.bottom][levels > 0] = role
    return filled * 8 // parts


def _draw_outline(
    canvas: Canvas, area: Area, heights: Array, eighths: npt.NDArray[np.int64], role: str, look: Look
) -> None:
    """Above the bars as a line of its own; within them cut out, readable without colour; at their top left away."""
    if look.glyphs == "braille":
        outline = _braille_outline(area, heights)
    else:
        outline = _line_outline(area, heights, "▁─▔" if look.glyphs == "block" else '_-"')
    codes, roles = canvas.codes[area.top : area.bottom], canvas.roles[area.top : area.bottom]
    rows = np.arange(area.height - 1, -1, -1)[:, None]
    drawn = outline != BLANK
    above = drawn & (codes == BLANK)
    within = drawn & (eighths[None, :] >= (rows + 1) * 8)
    codes[above], roles[above] = outline[above], role_index("start")
    if look.glyphs == "ascii":
        codes[within], roles[within] = ord("="), role_index("start")
    else:
        codes[within], roles[within] = outline[within], role_index(role, reverse=True)


def _braille_outline(area: Area, heights: Array) -> npt.NDArray[np.uint32]:
    plot = Plot((area.width, area.height), "braille")
    tops = cells_at(np.repeat(heights, 2), plot.dots_down)
    before = np.concatenate((tops[:1], tops[:-1]))
    rows = np.arange(plot.dots_down - 1, -1, -1.0)[:, None]
    mask = (rows >= np.minimum(before, tops)) & (rows <= np.maximum(before, tops)) & ((tops > 0) | (before > 0))
    plot.add(mask, 0)
    canvas = Canvas((area.width, area.height))
    plot.draw(canvas, 0, 0)
    return canvas.codes


def _line_outline(area: Area, heights: Array, levels: str) -> npt.NDArray[np.uint32]:
    """A horizontal stroke a column: low, middle or high in its cell."""
    codes = np.full((area.height, area.width), BLANK, dtype=np.uint32)
    thirds = np.minimum(np.floor(heights * area.height * 3).astype(np.int64), area.height * 3 - 1)
    for column in np.flatnonzero(heights > 0).tolist():
        row, level = divmod(int(thirds[column]), 3)
        codes[area.height - 1 - row, column] = ord(levels[level])
    return codes


def _draw_range(canvas: Canvas, area: Area, low: float, high: float, look: Look) -> None:
    """The two ends, and 0 at its place: a label, and a line through what is empty."""
    row, muted = canvas.height - 1, role_index("muted")
    left, right = format_number(low), format_number(high)
    cells = len(left), len(right)
    if sum(cells) + 1 > canvas.width:
        canvas.put(0, row, clip_text(f"{left}…{right}", canvas.width, look), muted)
        return
    canvas.put(0, row, left, muted)
    canvas.put(canvas.width - cells[1], row, right, muted)
    if not (np.isfinite([low, high]).all() and low < 0 < high):
        return
    column = column_of(Scale(low / 4, high / 4).place_one(0.0), area)  # a quarter, as the whole range may overflow
    if column is None:
        return
    if cells[0] < column < canvas.width - cells[1] - 1:
        canvas.put(column, row, "0", muted)
    codes = canvas.codes[area.top : area.bottom, column]
    blank = codes == BLANK
    codes[blank] = ord(look.characters.mark)
    canvas.roles[area.top : area.bottom, column][blank] = role_index("axis")


def _draw_caption(canvas: Canvas, caption: str, look: Look) -> None:
    text = clip_text(caption, canvas.width, look)
    canvas.put((canvas.width - len(to_cells(text))) // 2, 0, text, role_index("muted"))
