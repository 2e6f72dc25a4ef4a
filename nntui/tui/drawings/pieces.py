"""What several drawings are put together from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.line import Mark, Series
from nntui.charts.look import Look
from nntui.experiment import Value
from nntui.training.events import Changed
from nntui.tui.model import SCALE, Model
from nntui.tui.widgets.panel import Request
from nntui.tui.widgets.text import line, number

Floats = npt.NDArray[np.float64]

_ENDS = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0, 10.0)


def axis_end(epochs: float, total: int) -> float:
    """Where the epoch axis ends: ahead of the last epoch by a quarter at most, so that it moves seldom."""
    if epochs <= 1:
        return 1.0
    if epochs >= total * 0.8:
        return max(float(total), epochs)
    decade = 10.0 ** math.floor(math.log10(epochs))
    end = next((round(step * decade, 9) for step in _ENDS if step * decade >= epochs), epochs)
    return float(min(max(end, epochs), total))


def smoothed(x: Floats, y: Floats, weight: float) -> Floats:
    """Exponential moving average: each value keeps ``weight`` of the last, an epoch; over k epochs weight**k.

    Args:
        x: (n,) epochs, rising.
        y: (n,) values; gaps (not-a-number) stay gaps and the average starts again behind them.
    """
    result = np.empty_like(y)
    average = math.nan
    before = 0.0
    for index, (at, value) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        kept = weight ** (at - before) if math.isfinite(average) else 0.0
        average = kept * average + (1 - kept) * value if kept else value
        before = at
        result[index] = average
    return result


def curve(request: Request, column: str, label: str, role: str, end: float, factor: float = 1.0) -> Series:
    """A column of the history as a curve, thinned to the width with its extremes, smoothed as the person wants it."""
    history = request.model.history
    assert history is not None
    x, low, high, mean = history.window(column, 0, end, max(request.size[0] * 2, 8))
    at, values = np.asarray(x, dtype=np.float64), np.asarray(mean, dtype=np.float64) * factor
    if request.view.smoothing > 0:
        return Series(label, role, at, smoothed(at, values, request.view.smoothing), raw=values)
    return Series(label, role, at, values, low=np.asarray(low) * factor, high=np.asarray(high) * factor)


def change_marks(model: Model, end: float) -> list[Mark]:
    """A mark for every change; what was moved again at once gets one for the last value."""
    marks: list[tuple[str, Mark]] = []
    near = end * 0.02
    for change in model.changes:
        at = model.epoch_at(change.step)
        mark = Mark(at, change_label(change))
        if marks and marks[-1][0] == change.name and at - marks[-1][1].x <= near:
            marks.pop()
        marks.append((change.name, mark))
    return [mark for _, mark in marks]


def change_label(change: Changed) -> str:
    """``rate ×0.8``, ``batch_size 64``."""
    if change.name == SCALE:
        return f"rate ×{shown_value(change.new)}"
    return f"{change.name.rpartition('.')[2]} {shown_value(change.new)}"


def shown_value(value: Value) -> str:
    """A hyperparameter's value in few characters."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.5g}"
    if isinstance(value, tuple):
        return " ".join(str(item) for item in value)
    return str(value)


def pair(train: float, test: float, unit: str = "") -> str:
    """The latest values, for a frame."""
    return f"train {number(train, 3)}{unit}  test {number(test, 3)}{unit}"


def beside(
    blocks: Sequence[Sequence[Strip]], widths: Sequence[int], height: int, look: Look, gap: int = 1
) -> list[Strip]:
    """Blocks of rows next to each other, each filled up to ``height`` rows."""
    space = Strip.blank(gap, look.style("text"))
    rows = []
    for y in range(height):
        parts: list[Strip] = []
        for block, width in zip(blocks, widths, strict=True):
            if parts and gap:
                parts.append(space)
            parts.append(block[y] if y < len(block) else Strip.blank(width, look.style("text")))
        rows.append(Strip.join(parts))
    return rows


def text_row(parts: Sequence[tuple[str, str]], width: int, look: Look) -> Strip:
    """One row of words."""
    return line(parts, width, look.styles, look.glyphs)


def split_width(total: int, count: int, gap: int = 1) -> list[int]:
    """Widths of ``count`` columns with a gap between, together ``total``."""
    room = total - gap * (count - 1)
    edges = [room * index // count for index in range(count + 1)]
    return [end - start for start, end in pairwise(edges)]


def waiting(model: Model) -> str:
    """What to say where there is nothing to draw yet."""
    if model.state == "failed":
        return "no training process"
    if model.progress is not None:
        share = f" {model.progress.share:.0%}" if model.progress.share is not None else ""
        return f"{model.progress.what}{share}"
    return "starting"
