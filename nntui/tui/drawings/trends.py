"""What the drawings of the layers over time are put together from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from textual.strip import Strip

from nntui.charts.line import Series
from nntui.training.insights.trends import Trends
from nntui.tui.drawings.pieces import axis_end, beside, said_with_room, split_width
from nntui.tui.drawings.weights import grid
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request

Floats = npt.NDArray[np.float64]

TOGETHER = ("train", "test", "activation", "mark")
"""The roles of curves in one chart; more would not be told apart."""

MOST_PICTURES, CELLS_A_PICTURE = 6, 300
"""More pictures at once would be too small to compare, and too dear to draw."""


def trends_of(model: Model) -> Trends | None:
    """The newest log; also while an earlier epoch is looked at, for it is in there."""
    found = model.snapshot.insights.get("trends") if model.snapshot is not None else None
    return found if isinstance(found, Trends) else None


def over_time(model: Model) -> Trends | None:
    """That log for what is drawn over the epochs: without the tick of weights that were put back from an earlier one.

    It was taken at the run's last step, which had other weights.
    """
    found = trends_of(model)
    if found is None or not holds_restored(model, found.steps):
        return found
    arrays = {field.name: getattr(found, field.name) for field in fields(found)}
    shape = (len(found.layers), len(found.steps))
    kept = {name: value[:, :-1] for name, value in arrays.items() if getattr(value, "shape", ())[:2] == shape}
    return replace(found, **kept, steps=found.steps[:-1])


def holds_restored(model: Model, steps: npt.NDArray[np.int64]) -> bool:
    """Whether the last of several ticks is of weights that were put back from an earlier epoch."""
    return bool(model.restored_epoch and len(steps) > 1 and steps[-1] == model.steps_done)


def epochs_of(model: Model, trends: Trends) -> Floats:
    """(T,) when each tick was taken, in epochs with their fractions."""
    steps = np.asarray(trends.steps, dtype=np.float64)
    found = np.zeros(len(steps))
    for stretch in model.stretches:
        later = steps >= stretch.step
        found[later] = stretch.epoch + (steps[later] - stretch.step) / stretch.steps_per_epoch
    return np.maximum.accumulate(found) if len(found) else found


def end_of(model: Model, at: Floats) -> float:
    """Where the epoch axis ends."""
    return axis_end(max(model.epochs_done, float(at[-1]) if len(at) else 0.0), model.epochs)


def window(request: Request, count: int, shown: int) -> tuple[int, int, int]:
    """The first of the layers shown, the one after the last, and the number of pages, where ``shown`` fit at once."""
    pages = max(count - shown, 0) + 1
    first = min(request.page, pages - 1)
    return first, min(first + shown, count), pages


def curves(width: int, trends: Trends, at: Floats, values: Floats, first: int, stop: int) -> list[Series]:
    """One curve a layer, from its first number on, in a chart so wide; values: (L, T) of steps.

    A tick before which no step was taken since the weights were put there has no values of steps, which is no fault.
    """
    measured = ~(np.isnan(values).all(axis=0) & np.isfinite(trends.std).all(axis=0))
    at, values = at[measured], values[:, measured]
    names = trends.layers[first:stop]
    if sum(map(len, names)) + 6 * len(names) > width:
        names = tuple(short(name) for name in names)
    found = []
    for index, name in enumerate(names):
        line = np.asarray(values[first + index], dtype=np.float64)
        begin = int((~np.isnan(line)).argmax()) if line.size else 0
        found.append(Series(name, TOGETHER[index], at[begin:], line[begin:]))
    return found


def short(name: str) -> str:
    """``h3`` for ``hidden 3``, ``out`` for ``output``."""
    last = name.rpartition(" ")[2]
    return f"h{last}" if last.isdecimal() else name[:3]


class Moment(NamedTuple):
    """A log, the place in it of the moment that is shown, and the epoch of that if it is not now."""

    trends: Trends
    tick: int
    epoch: float | None

    def dated(self, title: str) -> str:
        """The title of numbers that are of this moment."""
        return title if self.epoch is None else f"{title} · epoch {self.epoch:.4g}"


def moment_of(model: Model, trends: Trends) -> Moment:
    """Of the selected epoch, if that was measured; until then of the last in the log before it."""
    if model.cursor is None:
        return Moment(trends_of(model) or trends, -1, None)
    then = model.past.insights.get("trends") if model.past is not None else None
    if model.past is not None and isinstance(then, Trends):
        exact = np.flatnonzero(then.steps == model.past.step)
        if exact.size:
            return Moment(then, int(exact[-1]), model.cursor)
    at = epochs_of(model, trends)
    tick = max(int(np.searchsorted(at, model.cursor, side="right")) - 1, 0)
    return Moment(trends, tick, float(at[tick]))


AROUND_TITLE = 4
"""Cells of a frame's upper edge that its title cannot have."""


def tiled(
    request: Request,
    names: Sequence[str],
    one: Callable[[int, int, int], Sequence[Strip]],
    titles: Sequence[str],
    *,
    narrowest: int,
    lowest: int,
    shape: float = 2.6,
    variants: int = 1,
    said: Sequence[str] = (),
) -> Drawing:
    """A picture a layer, as many as can be read at once; ``one(index, width, height)`` draws it.

    The first of ``titles`` that fits is the title, and then the first of ``said`` that fits the subtitle.
    """
    (width, height), look = request.size, request.look
    most = max(MOST_PICTURES, width * height // CELLS_A_PICTURE)
    columns, rows = grid(width, height, min(len(names), most), narrowest, lowest, shape)
    room = columns * rows
    pages = max(-(-(len(names) - room) // columns), 0) + 1
    first = min(request.page, pages - 1) * columns
    stop = min(first + room, len(names))
    widths = split_width(width, columns)
    strips: list[Strip] = []
    for row in range(rows):
        top, bottom = height * row // rows, height * (row + 1) // rows
        line = range(first + row * columns, min(first + (row + 1) * columns, stop))
        blocks = [one(index, w, bottom - top) for index, w in zip(line, widths, strict=False)]
        blocks += [[]] * (columns - len(blocks))
        strips += beside(blocks, widths, bottom - top, look)
    windows = [with_window(title, first, stop, len(names), width) for title in titles]
    title = next((title for title in windows if cell_len(title) + AROUND_TITLE <= width), windows[-1])
    return Drawing(strips, title, said_with_room(width, title, *said), pages, variants)


def with_window(title: str, first: int, stop: int, count: int, width: int) -> str:
    """The title, and which of the layers are shown where it is not all; short where there is little room."""
    if stop - first >= count:
        return title
    said = f"{first + 1}–{stop} of {count} ↑↓"
    return f"{title} · {said}" if cell_len(title) + cell_len(said) + 9 <= width else f"{title} {first + 1}–{stop} ↑↓"
