"""A matrix as colours (two rows a cell), or as shades where there are none."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nntui.charts.canvas import Canvas, Size, clip_text, to_cells
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.sixteen import chart_color
from nntui.charts.ticks import LARGEST, SMALLEST, finite_range, format_number

Array = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int64]

# xterm's 256 colours: fewer bytes than 24 bits, and enough. Dark to light after viridis (van der Walt and Smith 2015).
SEQUENTIAL = (53, 54, 55, 60, 61, 30, 31, 35, 36, 71, 77, 113, 149, 184, 220)
# Blue below, orange above, dark between: told apart by every common kind of colour blindness.
DIVERGING = (117, 75, 74, 68, 32, 25, 24, 237, 94, 130, 136, 172, 173, 215, 222)
_UNKNOWN = -1
_SHADES_BELOW_ABOVE = "=-·+#"


def heat_map(
    matrix: npt.ArrayLike,
    size: Size,
    look: Look,
    *,
    low: float | None = None,
    high: float | None = None,
    center: float | None = None,
    caption: str = "",
    scale: bool = True,
    empty: str = "no values",
) -> list[Strip]:
    """The matrix over the whole of ``size``, averaged or repeated to fit; not-a-number is a cross.

    With colours a cell shows two rows, one above the other; without them (``Look.colors``, or the ASCII level) one
    row as a shade from light to dark.

    Args:
        matrix: (rows, columns), row 0 on top.
        low, high: the values of the first and the last colour; by default the least and the greatest finite one.
        center: the value of the middle colour: below it blue or ``=``, above it orange or ``#``; the ends move apart
            to the same distance from it.
        caption: a row of words above, where there is room.
        scale: whether to show the colours with their values below, where there is room.
    """
    values = np.atleast_2d(np.asarray(matrix, dtype=np.float64))
    found = finite_range(values)
    if not values.size or found is None:
        return message(empty, size, look)
    low, high = _ends(found, low, high, center)
    width, height = max(0, size[0]), max(0, size[1])
    captioned, scaled = bool(caption) and height >= 4, scale and height >= 3 and width >= 8
    rows = height - captioned - scaled
    if not width or rows <= 0:
        return message("", size, look)
    half_blocks = look.colors and look.glyphs != "ascii"
    ramp = DIVERGING if center is not None else SEQUENTIAL
    shades = _shades(look, center is not None)
    count = len(ramp) if half_blocks else len(shades)
    levels = _levels(_resample(values, rows * 2 if half_blocks else rows, width, low, high), low, high, count)
    strips = _half_blocks(levels, ramp, look) if half_blocks else _shaded(levels, shades, look)
    if captioned:
        strips.insert(0, _row(clip_text(caption, width, look), width, look))
    if scaled:
        strips.append(_scale_row(width, look, low, high, ramp if half_blocks else None, shades))
    return strips


def _ends(
    found: tuple[float, float], low: float | None, high: float | None, center: float | None
) -> tuple[float, float]:
    low = found[0] if low is None or not np.isfinite(low) else float(low)
    high = found[1] if high is None or not np.isfinite(high) else float(high)
    if center is not None:
        reach = max(high - center, center - low)
        low, high = center - reach, center + reach
    if not high > low:
        room = max(abs(low) * 0.1, SMALLEST) if low else 1.0
        low, high = low - room, low + room
    return max(low, -LARGEST), min(high, LARGEST)


def _shades(look: Look, diverging: bool) -> str:
    if not diverging:
        return look.characters.shades
    return _SHADES_BELOW_ABOVE.replace("·", ".") if look.glyphs == "ascii" else _SHADES_BELOW_ABOVE


def _resample(values: Array, rows: int, columns: int, low: float, high: float) -> Array:
    """(R, C) → (rows, columns): means of the finite values where there are more than cells, else repeated."""
    known = ~np.isnan(values)
    held = np.where(known, np.clip(values, low, high) / 2, 0.0)  # halved, so that sums of two extremes stay finite
    weights = known.astype(np.float64)
    for axis, count in ((0, rows), (1, columns)):
        length = held.shape[axis]
        index = np.arange(count) * length // count
        if length > count:
            total = np.add.reduceat(weights, index, axis=axis)
            # running means instead of sums: the greatest values must not overflow
            shares = weights / np.maximum(np.repeat(total, np.diff(index, append=length), axis=axis), 1.0)
            held = np.add.reduceat(held * shares, index, axis=axis)
            weights = (total > 0).astype(np.float64)
        else:
            held, weights = np.take(held, index, axis=axis), np.take(weights, index, axis=axis)
    return np.asarray(np.where(weights > 0, held, np.nan))


def _levels(halves: Array, low: float, high: float, count: int) -> Levels:
    with np.errstate(invalid="ignore"):
        places = (halves - low / 2) / (high / 2 - low / 2) * count
        levels = np.where(np.isnan(places), _UNKNOWN, np.clip(places, 0, count - 1))
    return levels.astype(np.int64)


@lru_cache(maxsize=4096)
def _style(foreground: int, background: int, sixteen: bool) -> Style:
    return Style(color=chart_color(foreground, sixteen), bgcolor=chart_color(background, sixteen))


def _half_blocks(levels: Levels, ramp: tuple[int, ...], look: Look) -> list[Strip]:
    width = levels.shape[1]
    count = len(ramp)
    unknown = Segment(look.characters.nan, look.style("muted"))
    pairs = levels[0::2] * count + levels[1::2]
    pairs[(levels[0::2] == _UNKNOWN) | (levels[1::2] == _UNKNOWN)] = _UNKNOWN
    strips = []
    for row in pairs:
        starts = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), width]
        segments = []
        for start, stop, pair in zip(starts[:-1], starts[1:], row[starts[:-1]].tolist(), strict=True):
            if pair == _UNKNOWN:
                segments.append(Segment(unknown.text * (stop - start), unknown.style))
                continue
            upper, lower = divmod(pair, count)
            segments.append(Segment("▀" * (stop - start), _style(ramp[upper], ramp[lower], look.sixteen)))
        strips.append(Strip(segments, width))
    return strips


def _shaded(levels: Levels, shades: str, look: Look) -> list[Strip]:
    canvas = Canvas((levels.shape[1], levels.shape[0]))
    codes = np.array([ord(shade) for shade in (*shades, look.characters.nan)], dtype=np.uint32)
    canvas.codes[:] = codes[levels]  # _UNKNOWN is -1, the last
    canvas.roles[levels == _UNKNOWN] = role_index("muted")
    return canvas.strips(look)


def _row(text: str, width: int, look: Look) -> Strip:
    canvas = Canvas((width, 1))
    canvas.put((width - len(to_cells(text))) // 2, 0, text, role_index("muted"))
    return canvas.strips(look)[0]


def _scale_row(width: int, look: Look, low: float, high: float, ramp: tuple[int, ...] | None, shades: str) -> Strip:
    left, right = format_number(low), format_number(high)
    room = width - len(left) - len(right) - 2
    if room < 3:
        return _row(clip_text(f"{left} {look.characters.ellipsis} {right}", width, look), width, look)
    colors = [ramp[index * len(ramp) // min(room, 15)] for index in range(min(room, 15))] if ramp else []
    ground_style = look.style("text").background_style
    bar = [Segment("▄", Style(color=chart_color(color, look.sixteen)) + ground_style) for color in colors]
    if not ramp:
        bar = [Segment(shades[:room], look.style("text"))]
    used = sum(len(segment.text) for segment in bar)
    muted, ground = look.style("muted"), look.style("text")
    segments = [Segment(f"{left} ", muted), *bar, Segment(f" {right}", muted)]
    before = (width - used - len(left) - len(right) - 2) // 2
    after = width - used - len(left) - len(right) - 2 - before
    blanks = [Segment(" " * before, ground)] if before else []
    return Strip([*blanks, *segments, *([Segment(" " * after, ground)] if after else [])], width)
