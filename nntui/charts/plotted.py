"""Plotext behind one door: curves in, a canvas out. Slow (milliseconds a hundred points), so for what changes seldom.

Plotext's colours carry the roles: each curve gets its role's number as colour, and reading the ANSI text turns the
number back into the role. The styles themselves stay ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.charts.canvas import Canvas, Size
from nntui.charts.curves import cells_at
from nntui.charts.look import GlyphLevel, role_index
from nntui.charts.raster import DOTS

Array = npt.NDArray[np.float64]

POINTS = 125  # a curve is thinned to so many, as a build's cost follows them
_ANSI = re.compile(r"\x1b\[([0-9;]*)m")
_LINES: dict[GlyphLevel, str] = {"braille": "braille", "block": "hd", "ascii": "*"}


@dataclass(frozen=True, eq=False)
class PlottedLine:
    """A curve with x and y from 0 to 1; what is not finite is a gap.

    Attributes:
        role: role of its cells.
    """

    x: Array
    y: Array
    role: str


class PlotextFigure:
    """One plotext figure, kept for one chart and cleared before each build."""

    def __init__(self) -> None:
        self._figure: Any = None

    def draw(self, lines: Sequence[PlottedLine], size: Size, glyphs: GlyphLevel) -> Canvas:
        """The curves without axes on a canvas of ``size``, x and y from 0 to 1 across the whole of it."""
        if size[0] < 1 or size[1] < 1:
            return Canvas(size)
        if self._figure is None:
            from textual_plotext import Plot

            self._figure = Plot()
        figure = self._figure
        figure.clear_figure()
        # plotext holds every figure to the size of the terminal it finds, and 5.3 has no public switch for one figure
        figure._limit_size(False, False)
        figure.plotsize(*size)
        figure.theme("clear")
        figure.xaxes(False, False)
        figure.yaxes(False, False)
        figure.xfrequency(0)
        figure.yfrequency(0)
        figure.xlim(0, 1)
        figure.ylim(0, 1)
        drawn, (across, down) = False, DOTS[glyphs]
        for line in lines:
            for x, y in _runs(line):
                places = _on_dots(x, size[0] * across).tolist(), _on_dots(y, size[1] * down).tolist()
                figure.plot(*places, marker=_LINES[glyphs], color=role_index(line.role))
                drawn = True
        return read_ansi(figure.build(), size) if drawn else Canvas(size)


def _on_dots(places: Array, dots: int) -> Array:
    """Places that plotext, which puts 0 on the first dot's middle and 1 on the last one's, draws where we would."""
    return cells_at(places, dots) / max(dots - 1, 1)


def _runs(line: PlottedLine) -> list[tuple[Array, Array]]:
    """The stretches without gaps, thinned."""
    finite = np.isfinite(line.x) & np.isfinite(line.y)
    x, y = line.x[finite], line.y[finite]
    if not x.size:
        return []
    breaks = np.flatnonzero(np.diff(np.flatnonzero(finite)) > 1) + 1
    kept = thin(x, y, POINTS)
    runs = np.searchsorted(breaks, kept, side="right")
    return [(x[kept[runs == run]], y[kept[runs == run]]) for run in np.unique(runs)]


def thin(x: Array, y: Array, points: int) -> npt.NDArray[np.int64]:
    """Indices of at most ``points`` points: the ends, and of each of equal stretches of x its lowest and highest point.

    Args:
        x: (n,) not falling; y: (n,); both finite. ``points`` ≥ 4.
    """
    count = len(x)
    if count <= points:
        return np.arange(count)
    stretches = (points - 2) // 2
    span = float(x[-1] - x[0])
    place = np.minimum((x - x[0]) / (span or 1.0) * stretches, stretches - 1).astype(np.int64)
    first = np.flatnonzero(np.diff(place, prepend=-1))
    kept = [0, count - 1]
    for start, stop in zip(first.tolist(), [*first[1:].tolist(), count], strict=True):
        kept += [start + int(np.argmin(y[start:stop])), start + int(np.argmax(y[start:stop]))]
    return np.unique(np.array(kept))


def read_ansi(text: str, size: Size) -> Canvas:
    """ANSI text in 256 colours as a canvas, a colour's number being the role; surplus is cut."""
    canvas = Canvas(size)
    role = role_index("text")
    for y, row in enumerate(text.split("\n")[: canvas.height]):
        x = 0
        for index, part in enumerate(_ANSI.split(row)):
            if index % 2 == 0:
                x = canvas.put(x, y, part, role)
            elif part.startswith("38;5;"):
                role = int(part[5:])
            else:
                role = role_index("text")
    return canvas
