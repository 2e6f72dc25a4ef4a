"""What each hidden layer puts out: its distribution, how much is saturated or dead, and every unit in one cell."""

from __future__ import annotations

import math

import numpy as np
from textual.strip import Strip

from nntui.charts import Look, histogram, message, share_bar, unit_map
from nntui.training.snapshot import LayerActivations
from nntui.tui.drawings.pieces import beside, judged, said_with_room, split_width, text_row, unmeasured
from nntui.tui.drawings.weights import grid
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import counted, number

NARROWEST, LOWEST = 34, 5


def draw(request: Request) -> Drawing:
    """The activations panel."""
    model, (width, height), look = request.model, request.size, request.look
    every = model.shown_snapshot.activations if model.shown_snapshot is not None else ()
    layers = [layer for layer in every if layer.layer != "output"] or list(every)
    if not layers:
        return Drawing(message(unmeasured(model), request.size, look))
    columns, rows = grid(width, height, len(layers), NARROWEST, LOWEST, shape=3.0)
    room = columns * rows
    pages = max(-(-(len(layers) - room) // columns), 0) + 1
    first = min(request.page, pages - 1) * columns
    shown = layers[first : first + room]
    widths = split_width(width, columns, gap=2)
    strips: list[Strip] = []
    for row in range(rows):
        top, bottom = height * row // rows, height * (row + 1) // rows
        line = shown[row * columns : (row + 1) * columns]
        blocks = [layer_rows(layer, w, bottom - top, look) for layer, w in zip(line, widths, strict=False)]
        blocks += [[]] * (columns - len(blocks))
        strips += beside(blocks, widths, bottom - top, look, gap=2)
    title = "Activations"
    if pages > 1:
        title = f"Activations {first + 1}–{first + len(shown)} of {len(layers)} ↑↓"
    said = said_with_room(width, title, *judged(layers[0].samples, layers[0].dead_samples))
    return Drawing(strips, title, said, pages)


def layer_rows(layer: LayerActivations, width: int, height: int, look: Look) -> list[Strip]:
    """One layer: words above, the histogram left, the shares and the units right."""
    left = max(width * 11 // 20, width - 42)
    right = width - left - 1
    head = text_row(_caption(layer, width), width, look)
    below = height - 1
    shares = [
        _share(layer.saturated, right, look, "saturated", "saturated"),
        _share(layer.dead, right, look, "dead", "dead"),
    ]
    active = np.nan_to_num(layer.unit_active, nan=1.0)
    units = unit_map(active, layer.unit_state, (right, max(below - len(shares), 1)), look)
    picture = histogram(layer.counts, layer.low, layer.high, (left, below), look, role="activation")
    return [head, *beside([picture, [*shares, *units]], [left, right], below, look)]


def _caption(layer: LayerActivations, width: int) -> list[tuple[str, str]]:
    parts = [(layer.layer, "title"), (f"  {layer.activation}", "text")]
    units = counted(len(layer.unit_state), "unit")
    for text in (f"  {units}", f"  mean {number(layer.mean, 2)}", f"  σ {number(layer.std, 2)}"):
        if sum(len(part) for part, _ in parts) + len(text) <= width:
            parts.append((text, "muted"))
    return parts


def _share(share: float, width: int, look: Look, role: str, label: str) -> Strip:
    if math.isnan(share):
        gap = max(width - len(label) - 3, 1)
        return text_row([(label, "muted"), (" " * gap, "muted"), ("n/a", "muted")], width, look)
    return share_bar(share, width, look, role, label)
