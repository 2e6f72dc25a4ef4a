"""How large the signal is that goes back, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    title = "∂L/∂z on its way back"
    said = said_with_room(request.size[0], title, *in_words(values))
    return Drawing(rows, title, said, pages)


def in_words(values: Sequence[float]) -> list[str]:
    """What `first_to_last` gives, the longest first; nothing where there is none."""
    ratio = first_to_last(values)
    if not math.isfinite(ratio):
        return []
    shown = number(ratio, 2)
    return [f"first ÷ last hidden layer {shown}", f"first ÷ last hidden {shown}", f"h1÷h{len(values) - 1} {shown}"]


def first_to_last(values: Sequence[float]) -> float:
    """First ÷ last hidden layer, of one number per layer, the output's last; NaN with fewer than two hidden layers."""
    hidden = values[:-1]
    if len(hidden) < 2 or not hidden[-1] > 0:
        return math.nan
    return hidden[0] / hidden[-1]


def facts(model: Model) -> dict[str, str]:
    """The size in every layer."""
    found: Chain | None = record(model, "chain")
    if found is None:
        return {}
    return {layer.layer: number(layer.rms_delta, 4) for layer in found.layers}
