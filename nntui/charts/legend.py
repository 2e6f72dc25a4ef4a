"""The row above a chart that says which line is which, and their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nntui.charts.canvas import Canvas, clip_text, to_cells
from nntui.charts.look import Look, role_index
from nntui.charts.raster import sample
from nntui.charts.ticks import format_number

Array = npt.NDArray[np.float64]
_Part = list[tuple[str, int]]


@dataclass(frozen=True, eq=False)
class Entry:
    """A line of the chart; ``exact`` is its value at the cursor or its newest, where known."""

    label: str
    role: str
    x: Array
    y: Array
    exact: float | None = None


def draw_legend(
    canvas: Canvas, entries: Sequence[Entry], look: Look, cursor: float | None, y_unit: str, x_label: str
) -> None:
    """The unit, then each series' line, name and last value; with a cursor the x there and the values at it.

    Where the row is short the unit goes first, then the values (with a cursor its place instead), then names are cut.
    """
    head, role = y_unit, role_index("muted")
    values = [float(one.y[-1]) if one.exact is None else one.exact for one in entries]
    if cursor is not None:
        places = [_nearest(one.x, cursor) for one in entries]
        at = float(entries[0].x[places[0]]) if entries and entries[0].exact is None else cursor
        head = f"{x_label} {format_number(round(at, 1), 6)}".strip()
        role = role_index("now")
        values = [
            float(one.y[place]) if one.exact is None else one.exact
            for one, place in zip(entries, places, strict=True)
        ]
    for head_kept, detail in ((True, 0), (False, 0), (True, 1), (False, 1), (False, 2), (False, 3)):
        if cursor is not None:
            head_kept = head_kept or detail == 0
        parts = _parts(entries, values, look, detail, values_kept=cursor is not None)
        if head and head_kept:
            parts.insert(0, [(head, role)])
        if sum(sum(len(to_cells(text)) + 1 for text, _ in part) + 1 for part in parts) - 2 <= canvas.width:
            break
    column = 0
    for part in parts:
        for text, text_role in part:
            column = canvas.put(column, 0, text, text_role) + 1
        column += 1


def _parts(
    entries: Sequence[Entry], values: Sequence[float], look: Look, detail: int, *, values_kept: bool
) -> list[_Part]:
    """The legend's entries: 0 in full, 1 without values (or lines), 2 with one cell of line, 3 with cut names."""
    parts: list[_Part] = []
    for index, (entry, value) in enumerate(zip(entries, values, strict=True)):
        label, role = entry.label, entry.role
        part: _Part = []
        if not (values_kept and detail):
            line = sample(look.glyphs, index)
            part.append((line if detail < 2 else line[:1], role_index(role)))
        part.append((label if detail < 3 else clip_text(label, 3, look), role_index("text")))
        if detail == 0 or values_kept:
            part.append((format_number(value), role_index(role, bold=True)))
        parts.append(part)
    return parts


def _nearest(x: Array, at: float) -> int:
    after = int(np.clip(np.searchsorted(x, at), 0, len(x) - 1))
    if after and abs(float(x[after - 1]) - at) <= abs(float(x[after]) - at):
        return after - 1
    return after
