"""Each layer's weights as a histogram, now against the start."""

from __future__ import annotations

import math

from textual.strip import Strip

from nntui.charts import histogram, message
from nntui.training.snapshot import LayerWeights
from nntui.tui.drawings.pieces import beside, split_width, text_row, unmeasured
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number

NARROWEST, LOWEST = 18, 4


def grid(width: int, height: int, count: int, narrowest: int, lowest: int, shape: float = 2.2) -> tuple[int, int]:
    """Columns and rows of equal pictures that ``count`` things get, none smaller than it can be read.

    Of those that show the most, the one with the pictures nearest to ``shape`` times as wide as high (in cells) and
    the fewest places without one.
    """
    best, result = (-1.0, 0.0), (1, 1)
    for columns in range(1, max((width + 1) // (narrowest + 1), 1) + 1):
        rows = min(max(height // lowest, 1), -(-count // columns))
        shown = min(columns * rows, count)
        got = ((width + 1) / columns - 1) / max(height / rows, 1)
        empty = (columns * rows - shown) / shown
        score = (float(shown), -abs(math.log(max(got, 0.01) / shape)) - 3.5 * empty)
        if score > best and columns <= count:
            best, result = score, (columns, rows)
    return result


def draw(request: Request) -> Drawing:
    """The weights panel."""
    model, (width, height), look = request.model, request.size, request.look
    layers = model.shown_snapshot.weights if model.shown_snapshot is not None else ()
    if not layers:
        return Drawing(message(unmeasured(model), request.size, look))
    columns, rows = grid(width, height, len(layers), NARROWEST, LOWEST)
    room = columns * rows
    pages = max(-(-(len(layers) - room) // columns), 0) + 1
    first = min(request.page, pages - 1) * columns
    shown = layers[first : first + room]
    widths = split_width(width, columns)
    strips = []
    for row in range(rows):
        top, bottom = height * row // rows, height * (row + 1) // rows
        line = shown[row * columns : (row + 1) * columns]
        blocks = [_layer(request, layer, w, bottom - top) for layer, w in zip(line, widths, strict=False)]
        blocks += [[]] * (columns - len(blocks))
        strips += beside(blocks, widths, bottom - top, look)
    title = "Weights · now over start"
    if pages > 1:
        title = f"Weights {first + 1}–{first + len(shown)} of {len(layers)} ↑↓"
    return Drawing(strips, title, pages=pages)


def _layer(request: Request, layer: LayerWeights, width: int, height: int) -> list[Strip]:
    """One layer: a line of words and the histogram."""
    return [
        text_row(caption(layer, width), width, request.look),
        *histogram(
            layer.counts, layer.low, layer.high, (width, height - 1), request.look,
            start_counts=layer.start_counts, role="weights",
        ),
    ]  # fmt: skip


def caption(layer: LayerWeights, width: int) -> list[tuple[str, str]]:
    """The layer's name and, where there is room, mean and spread."""
    parts = [(layer.layer, "title")]
    for text in (f"  σ {number(layer.std, 2)}", f"  μ {number(layer.mean, 2)}"):
        if sum(len(part) for part, _ in parts) + len(text) <= width:
            parts.append((text, "muted"))
    return parts
