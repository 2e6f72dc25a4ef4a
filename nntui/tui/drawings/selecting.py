"""Choosing a weight by the arrow keys: up and down through the units of all layers, left and right through what comes
into the unit, its bias first."""

from __future__ import annotations

from nntui.tui.model import Model


def move(model: Model, dx: int, dy: int) -> None:
    """Change what is chosen; it stops at the first and the last."""
    if model.started is None:
        return
    sizes, chosen = model.started.layer_sizes, model.chosen
    layers = sizes[1:]
    layer = min(max(chosen.layer, 0), len(layers) - 1)
    unit = min(max(chosen.unit, 0), layers[layer] - 1)
    if dy:
        place = min(max(sum(layers[:layer]) + unit + dy, 0), sum(layers) - 1)
        layer = 0
        while place >= layers[layer]:
            place -= layers[layer]
            layer += 1
        unit = place
    chosen.weight(layer, unit, min(max(chosen.source_among(sizes[layer]) + dx, -1), sizes[layer] - 1))
