"""How large the signal is that goes back, layer by layer."""

from __future__ import annotations

import math

from nntui.charts.log_bars import log_bars
from nntui.training.insights.chain import Chain
from nntui.tui.drawings.pieces import said_with_room
from nntui.tui.drawings.predictions import nothing, record, too_large
from nntui.tui.drawings.selecting import move
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number

__all__ = ["draw", "move"]


def draw(request: Request) -> Drawing:
    """From the first hidden layer to the output, of the sample looked at."""
    found: Chain | None = record(request.model, "chain")
    if found is None:
        return nothing(request, too_large(request.model))
    names = [layer.layer for layer in found.layers]
    values = [layer.rms_delta for layer in found.layers]
    shown = max(request.size[1] - 1, 1)
    pages = max(len(names) - shown + 1, 1)
    rows = log_bars(names, values, request.size, request.look, marked=found.layer, first=min(request.page, pages - 1))
    title, ratio = "∂L/∂z on its way back", _ratio(values)
    said = said_with_room(request.size[0], title, f"first ÷ last {ratio}", f"1st÷last {ratio}") if ratio else ""
    return Drawing(rows, title, said, pages)


def _ratio(values: list[float]) -> str:
    """First ÷ last; empty where there is none."""
    if len(values) < 2 or not all(math.isfinite(value) for value in (values[0], values[-1])) or not values[-1]:
        return ""
    return number(values[0] / values[-1], 2)


def facts(model: Model) -> dict[str, str]:
    """The size in every layer."""
    found: Chain | None = record(model, "chain")
    if found is None:
        return {}
    return {layer.layer: number(layer.rms_delta, 4) for layer in found.layers}
