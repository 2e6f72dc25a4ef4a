"""Cells with colors of their own, on a ground of their own: for pictures whose colors are the data."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nntui.charts.look import Look
from nntui.charts.sixteen import chart_color
from nntui.charts.ticks import LARGEST

Codes = npt.NDArray[np.uint32]
Colors = npt.NDArray[np.int16]

OWN = -1
"""The color of the look's own text or ground, where a cell has none."""


def colored_rows(codes: Codes, fore: Colors, back: Colors, look: Look) -> list[Strip]:
    """One strip a row.

    Args:
        codes: (height, width) code points of one cell each.
        fore, back: (height, width) of xterm's 256 colors, or OWN.
    """
    cache = look.strip_cache
    strips = []
    for row in range(len(codes)):
        key = codes[row].tobytes(), fore[row].tobytes() + back[row].tobytes()
        strip = cache.get(key)
        if strip is None:
            strip = cache[key] = _strip(codes[row], fore[row], back[row], look)
        strips.append(strip)
    return strips


def _strip(codes: Codes, fore: Colors, back: Colors, look: Look) -> Strip:
    width = len(codes)
    if not width:
        return Strip([], 0)
    text = codes.tobytes().decode("utf-32-le")
    changes = (fore[1:] != fore[:-1]) | (back[1:] != back[:-1])
    starts = [0, *(np.flatnonzero(changes) + 1).tolist(), width]
    plain = look.style("text")
    segments = []
    for start, stop, front, ground in zip(
        starts[:-1], starts[1:], fore[starts[:-1]].tolist(), back[starts[:-1]].tolist(), strict=True
    ):
        own = front == OWN or ground == OWN
        style = _style(front, ground, look.sixteen)
        segments.append(Segment(text[start:stop], plain + style if own else style))
    return Strip(segments, width)


@lru_cache(maxsize=8192)
def _style(fore: int, back: int, sixteen: bool) -> Style:
    return Style(
        color=None if fore == OWN else chart_color(fore, sixteen),
        bgcolor=None if back == OWN else chart_color(back, sixteen),
    )


def nearest(values: npt.NDArray[np.generic], rows: int, columns: int) -> npt.NDArray[np.generic]:
    """(R, C) → (rows, columns): of every place the value that lies there; nothing is averaged."""
    down = (np.arange(rows) * 2 + 1) * values.shape[0] // (2 * rows)
    across = (np.arange(columns) * 2 + 1) * values.shape[1] // (2 * columns)
    found: npt.NDArray[np.generic] = values[down[:, None], across[None, :]]
    return found


def smoothly(values: npt.NDArray[np.float64], rows: int, columns: int) -> npt.NDArray[np.float64]:
    """(R, C) → (rows, columns): between four neighbors, linear both ways. The values are those of the points of a grid
    that reaches from edge to edge; the result is that of the middles of the cells."""
    values = np.clip(values, -LARGEST, LARGEST)
    down, across = _places(values.shape[0], rows), _places(values.shape[1], columns)
    top, left = np.floor(down).astype(np.intp), np.floor(across).astype(np.intp)
    below, right = np.minimum(top + 1, values.shape[0] - 1), np.minimum(left + 1, values.shape[1] - 1)
    lower, side = (down - top)[:, None], (across - left)[None, :]
    upper_row = values[top][:, left] * (1 - side) + values[top][:, right] * side
    lower_row = values[below][:, left] * (1 - side) + values[below][:, right] * side
    mixed: npt.NDArray[np.float64] = upper_row * (1 - lower) + lower_row * lower
    return mixed


def _places(points: int, cells: int) -> npt.NDArray[np.float64]:
    places: npt.NDArray[np.float64] = (np.arange(cells) + 0.5) / cells * (points - 1)
    return places
