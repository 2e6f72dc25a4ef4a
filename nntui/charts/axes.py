"""The room a chart has, and what surrounds its data: ticks, labels, lines across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.canvas import Canvas, to_cells
from nntui.charts.curves import cells_at
from nntui.charts.look import Look, role_index
from nntui.charts.ticks import LARGEST, Tick, linear_ticks, log_ticks, round_range

Array = npt.NDArray[np.float64]
FAR = 1e6  # places further off than this are all the same to a chart


@dataclass(frozen=True)
class Scale:
    """From values to 0 … 1 along an axis, linear or logarithmic."""

    low: float
    high: float
    log: bool = False

    def place(self, values: Array) -> Array:
        """0 at ``low``, 1 at ``high``, held within ±FAR; infinities stay, and on a logarithmic axis so does what has no
        logarithm: it is -inf.
        """
        if self.log:
            low, high = np.log10(self.low), np.log10(self.high)
            scaled = np.full(values.shape, -np.inf)
            np.log10(values, out=scaled, where=values > 0)
            scaled[np.isnan(values)] = np.nan
        else:
            low, high = self.low, self.high
            scaled = np.where(np.isinf(values), values, np.clip(values, -LARGEST, LARGEST))
        with np.errstate(over="ignore"):
            places = (scaled - low) / (high - low)
        return np.where(np.isinf(scaled), scaled, np.clip(places, -FAR, FAR))

    def place_one(self, value: float) -> float:
        """As ``place``, of one number."""
        if not self.log and abs(value) <= LARGEST:
            return min(FAR, max(-FAR, (value - self.low) / (self.high - self.low)))
        return float(self.place(np.array([value], dtype=np.float64))[0])

    def ticks(self, count: int, *, whole: bool = False) -> list[Tick]:
        """At most about ``count`` ticks."""
        if self.log:
            return log_ticks(self.low, self.high, count)
        return linear_ticks(self.low, self.high, count, whole=whole)


def fit_scale(found: tuple[float, float] | None, *, log: bool, rounded: bool) -> Scale:
    """An axis for data from ``found[0]`` to ``found[1]`` (positive ones, when ``log``); 0 … 1 when there is none."""
    low, high = found or ((0.1, 1.0) if log else (0.0, 1.0))
    if log:
        low, high = max(low, 1e-306), max(high, 1e-306)
        if high <= low * (1 + 1e-9):
            low, high = low / 2, min(high * 2, LARGEST)
        if not rounded:
            return Scale(low, high, True)
        powers = np.floor(np.log10(low) * 4 + 1e-9) / 4, np.ceil(np.log10(high) * 4 - 1e-9) / 4
        return Scale(max(10.0 ** powers[0], 1e-307), min(10.0 ** powers[1], LARGEST), True)
    if rounded:
        return Scale(*round_range(low, high))
    if high - low <= max(abs(low), abs(high)) * 1e-9:
        room = max(abs(low) * 1e-3, 0.5)
        low, high = low - room, high + room
    return Scale(low, high)


@dataclass(frozen=True)
class Area:
    """The cells for the data: from (left, top) on, width × height; the rest is for decorations."""

    left: int
    top: int
    width: int
    height: int
    legend: bool
    axis_line: bool
    x_labels: bool

    @property
    def bottom(self) -> int:
        return self.top + self.height


class Plotted(list[Strip]):
    """The rows of a chart that know where its x axis lies, for a mouse that points at it.

    Attributes:
        x_label: what the axis counts.
    """

    def __init__(self, rows: Sequence[Strip], area: Area, x: Scale, x_label: str = "") -> None:
        super().__init__(rows)
        self._area, self._x = area, x
        self.x_label = x_label

    @property
    def columns(self) -> int:
        """Cells that the data have across."""
        return self._area.width

    def x_at(self, column: int, row: int) -> float | None:
        """The x in the middle of a cell's column; None where the cell is not among the data's."""
        area = self._area
        if not (0 <= column - area.left < area.width and area.top <= row < area.bottom):
            return None
        place = (column - area.left + 0.5) / area.width
        low, high = self._x.low, self._x.high
        return float(low * (high / low) ** place) if self._x.log else low + (high - low) * place


def lay_out(size: tuple[int, int], label_width: int, *, legend: bool = True, x_labels: bool = True) -> Area:
    """Share out ``size``: data first, then x labels, legend, y labels, and last a line for the x axis.

    Args:
        label_width: cells of the widest y label; 0 leaves the y axis away.
    """
    width, height = size
    x_labels = x_labels and height >= 3
    legend = legend and height >= 4
    axis_line = x_labels and height >= 12
    left = label_width + 1 if label_width and width >= label_width + 10 else 0
    rows = height - x_labels - legend - axis_line
    return Area(left, int(legend), max(0, width - left), max(0, rows), legend, axis_line, x_labels)


def draw_y_axis(canvas: Canvas, area: Area, ticks: Sequence[Tick], scale: Scale, look: Look) -> None:
    """Labels right-aligned before a vertical line, at the rows nearest to their values."""
    if not area.left:
        return
    glyphs, axis, muted = look.characters, role_index("axis"), role_index("muted")
    canvas.codes[area.top : area.bottom, area.left - 1] = ord(glyphs.vertical)
    canvas.roles[area.top : area.bottom, area.left - 1] = axis
    taken: set[int] = set()
    for tick in ticks:
        row = row_of(scale.place_one(tick.value), area)
        if row is None or row in taken:
            continue
        taken.add(row)
        cells = len(to_cells(tick.label))
        canvas.put(area.left - 1 - cells, row, tick.label, muted)
        canvas.put(area.left - 1, row, glyphs.tick_y, axis)


def draw_x_axis(canvas: Canvas, area: Area, scale: Scale, look: Look, unit: str = "", *, whole: bool = False) -> None:
    """As many labels as fit, centred under their places; ``unit`` at the right end where it leaves room for two."""
    if not area.x_labels or not area.width:
        return
    glyphs, axis, muted = look.characters, role_index("axis"), role_index("muted")
    row = canvas.height - 1
    if area.axis_line:
        if area.left:
            canvas.put(area.left - 1, row - 1, glyphs.corner, axis)
        canvas.put(area.left, row - 1, glyphs.horizontal * area.width, axis)
    room = area.width - len(to_cells(unit)) - 1 if unit else area.width
    labels = _fit_labels(scale, area.width, room, whole)
    if unit and len(labels) < 2:
        without = _fit_labels(scale, area.width, area.width, whole)
        if len(without) > len(labels) or room < 4:
            unit, labels = "", without
    for column, start, label in labels:
        canvas.put(area.left + start, row, label, muted)
        if area.axis_line:
            canvas.put(area.left + column, row - 1, glyphs.tick_x, axis)
    if unit:
        canvas.put(area.left + room + 1, row, unit, muted)


@lru_cache(256)
def _fit_labels(scale: Scale, width: int, room: int, whole: bool) -> tuple[tuple[int, int, str], ...]:
    """The most ticks whose labels do not touch: (column of the tick, first column of the label, label)."""
    best: list[tuple[int, int, str]] = []
    tried: set[int] = set()
    for count in range(max(1, min(12, width // 5)), 0, -1):
        ticks = scale.ticks(count, whole=whole)
        if len(ticks) in tried:
            continue
        tried.add(len(ticks))
        placed: list[tuple[int, int, str]] = []
        free = 0
        for tick in ticks:
            column = min(width - 1, max(0, int(cells_at(scale.place_one(tick.value), width))))
            cells = len(to_cells(tick.label))
            start = max(0, column - cells // 2)
            if room == width:
                start = min(start, width - cells)
            if start + cells > room:
                break
            if start < free:
                placed = []
                break
            placed.append((column, start, tick.label))
            free = start + cells + 2
        if len(placed) > len(best):
            best = placed
    return tuple(best)


def row_of(place: float, area: Area) -> int | None:
    """The canvas row of a place along the y axis (0 … 1); None outside."""
    if not 0 <= place <= 1 or not area.height:
        return None
    return area.bottom - 1 - int(cells_at(place, area.height))


def column_of(place: float, area: Area) -> int | None:
    """The canvas column of a place along the x axis (0 … 1); None outside."""
    if not 0 <= place <= 1 or not area.width:
        return None
    return area.left + int(cells_at(place, area.width))
