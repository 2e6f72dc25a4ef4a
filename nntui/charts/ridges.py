"""A distribution over time as a row of ridges, the newest in front."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.axes import Area, Scale, draw_x_axis
from nntui.charts.canvas import Canvas, Size, to_cells
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.raster import DOTS, Plot
from nntui.charts.spread import usable_ends
from nntui.charts.ticks import format_number

_APART = 3  # dots from one ridge to the next, at least
_HIGH = 4.0  # times the distance between ridges: the highest of them


def ridgeline(
    x: npt.ArrayLike,
    low: float,
    high: float,
    density: npt.ArrayLike,
    size: Size,
    look: Look,
    *,
    x_label: str = "",
    empty: str = "no values",
) -> list[Strip]:
    """One ridge a moment, the oldest at the back (on top), the newest in front and drawn stronger; the moments of the
    ridges stand at the left. A ridge hides what lies behind it.

    Args:
        x: (n,) moments.
        low, high: ends of the equal bins.
        density: (n, bins) from 0 to 255.
        x_label: what the moments count.
    """
    moments = np.atleast_1d(np.asarray(x, dtype=np.float64))
    shares = np.asarray(density, dtype=np.float64) / 255
    if not shares.size:
        return message(empty, size, look)
    canvas = Canvas(size)
    scale = Scale(*usable_ends(low, high))
    labels = [format_number(moment, 2) for moment in moments.tolist()]
    widest = max(len(to_cells(labels[0])), len(to_cells(labels[-1])), len(to_cells(x_label)))
    left = widest + 1 if canvas.width >= widest + 12 else 0
    below = canvas.height >= 3
    area = Area(left, 0, canvas.width - left, canvas.height - below, False, False, below)
    if not area.width or not area.height:
        return canvas.strips(look)
    draw_x_axis(canvas, area, scale, look)
    down = DOTS[look.glyphs][1]
    dots = area.height * down
    apart = max(_APART, down) if down > 1 else 1
    count = max(1, min(len(moments), (dots - int(_HIGH * apart * 0.6)) // apart + 1))
    chosen = np.linspace(0, len(moments) - 1, count).round().astype(np.intp)
    tall = min(_HIGH * apart, dots - (count - 1) * apart - 1.0)
    plot = Plot((area.width, area.height), look.glyphs)
    mask, newest = _ridges(shares[chosen], plot.dots_across, dots, apart, max(1.0, tall))
    plot.add(mask & ~newest, role_index("weights", quiet=True), ".")
    plot.add(newest, role_index("weights", bold=True), "*")
    plot.draw(canvas, area.left, area.top)
    if left:
        for number, moment in enumerate(chosen.tolist()):
            row = (dots - 1 - (count - 1 - number) * apart) // down
            if canvas.is_blank(0, row, left) and (number in (0, count - 1) or (count - 1 - number) * apart % 8 == 0):
                canvas.put(left - 1 - len(labels[moment]), row, labels[moment][:widest], role_index("muted"))
        if below and x_label:
            canvas.put(0, canvas.height - 1, x_label[:widest], role_index("muted"))
    return canvas.strips(look)


def _ridges(
    shares: npt.NDArray[np.float64], across: int, down: int, apart: int, tall: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Dots of all ridges, and of the newest alone; shares: (ridges, bins) from 0 to 1, the oldest first."""
    bins = shares.shape[1]
    places = np.linspace(0, bins - 1, across)
    mask = np.zeros((down, across), dtype=bool)
    newest = np.zeros_like(mask)
    rows = np.arange(down)[:, None]
    count = len(shares)
    for number, ridge in enumerate(shares):
        base = down - 1 - (count - 1 - number) * apart
        top = base - np.round(np.interp(places, np.arange(bins), ridge) * tall)
        before = np.concatenate((top[:1], top[:-1]))
        line = (rows >= np.minimum(before, top)) & (rows <= np.maximum(before, top)) & (rows >= 0)
        mask[(rows > top) & (rows <= base)] = False
        mask |= line
        newest = line if number == count - 1 else newest
    return mask, newest
