"""Curves of what was abandoned, behind those of what goes on: they fill only cells that no live data needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nntui.charts.axes import Area, Scale, column_of, row_of
from nntui.charts.canvas import Canvas, clip_text, to_cells
from nntui.charts.curves import dot_rows, fill, line_spans, to_columns
from nntui.charts.look import Look, role_index
from nntui.charts.raster import ASCII_QUIET, Plot, dotted

Array = npt.NDArray[np.float64]

STROKE = 3  # the way of dotting: longer dashes than any of the first three series has
ROOM = 1.5  # times the live range by which an axis grows for ghosts on either side
FEW = 8  # fewer live points than this do without: the axis takes whatever the ghosts need
_HELD = "\N{NO-BREAK SPACE}"  # a label's own blanks, until `nntui.charts.marks.draw_decorations` has drawn its lines
_SHORTEST = 8  # cells of a label; a shorter one says nothing


@dataclass(frozen=True, eq=False)
class Ghost:
    """One such curve.

    Attributes:
        label: written beside it where nothing else is; several with the same one get it once.
        role: of its line, drawn quietly.
        x, y: (n,) points, x not falling.
    """

    label: str
    role: str
    x: npt.ArrayLike
    y: npt.ArrayLike


def grown(
    found: tuple[float, float] | None,
    ghosts: Sequence[Ghost],
    x_range: tuple[float, float] | None,
    log: bool,
    few: bool,
) -> tuple[float, float] | None:
    """The range of an axis that suits the live data, grown for the ghosts as far as the live data stay readable."""
    for ghost in ghosts:
        x, y = np.asarray(ghost.x, dtype=np.float64), np.asarray(ghost.y, dtype=np.float64)
        seen = np.isfinite(y) & ((y > 0) | (not log))
        if x_range is not None:
            seen &= (x >= x_range[0]) & (x <= x_range[1])
        if not seen.any():
            continue
        low, high = float(y[seen].min()), float(y[seen].max())
        if found is None:
            found = low, high
            continue
        if not few:
            room = _room(found, log)
            low, high = max(low, room[0]), min(high, room[1])
        found = min(found[0], low), max(found[1], high)
    return found


def _room(found: tuple[float, float], log: bool) -> tuple[float, float]:
    if log:
        by = (found[1] / found[0]) ** ROOM
        return found[0] / by, found[1] * by
    more = ROOM * (found[1] - found[0])
    return found[0] - more, found[1] + more


def add_ghosts(plot: Plot, ghosts: Sequence[Ghost], x: Scale, y: Scale) -> None:
    """Lay the ghosts on a plot that has nothing on it yet."""
    dots = plot.dots_down
    for ghost in ghosts:
        places = y.place(np.asarray(ghost.y, dtype=np.float64))
        columns = to_columns(x.place(np.asarray(ghost.x, dtype=np.float64)), places, places, places, plot.dots_across)
        low, high = line_spans(columns.middle, dots)
        low, high = np.fmin(low, dot_rows(columns.low, dots)), np.fmax(high, dot_rows(columns.high, dots))
        role = role_index(ghost.role, quiet=True)
        plot.add(dotted(fill(low, high, dots), plot.level, STROKE), role, ASCII_QUIET, background=True)


def label_ghosts(canvas: Canvas, area: Area, ghosts: Sequence[Ghost], x: Scale, y: Scale, look: Look) -> None:
    """Each name near the end of its curve, where the cells are still empty; cut where it must be, left out where it
    would say nothing."""
    done: set[str] = set()
    for ghost in reversed(ghosts):
        if ghost.label in done or not ghost.label:
            continue
        end = _end(ghost, area, x, y)
        if end is None:
            continue
        whole = len(to_cells(ghost.label))
        for cells in (whole, *(size for size in (whole * 2 // 3, whole // 2) if size >= _SHORTEST)):
            if _place(canvas, area, end, clip_text(ghost.label, cells, look), role_index(ghost.role, quiet=True)):
                done.add(ghost.label)
                break


def _end(ghost: Ghost, area: Area, x: Scale, y: Scale) -> tuple[int, int] | None:
    """Column and row of the last point that is seen."""
    xs, ys = x.place(np.asarray(ghost.x, dtype=np.float64)), y.place(np.asarray(ghost.y, dtype=np.float64))
    seen = np.flatnonzero((xs >= 0) & (xs <= 1) & (ys >= 0) & (ys <= 1))
    if not seen.size or not area.width or not area.height:
        return None
    last = seen[-1]
    column, row = column_of(float(xs[last]), area), row_of(float(ys[last]), area)
    return None if column is None or row is None else (column, row)


def _place(canvas: Canvas, area: Area, end: tuple[int, int], label: str, role: int) -> bool:
    """In the row above or below the curve's end, or a little further off."""
    cells = len(to_cells(label))
    column, row = end
    right = area.left + area.width
    for start in (column - cells + 1, column + 2, column - cells - 2):
        for off in (-1, 1, -2, 2, 0, -3, 3):
            at = row + off
            if not area.top <= at < area.bottom or start < area.left or start + cells > right:
                continue
            first, last = max(area.left, start - 1), min(right, start + cells + 1)
            if canvas.is_blank(first, at, last - first):
                canvas.put(start, at, label.replace(" ", _HELD), role)
                return True
    return False
