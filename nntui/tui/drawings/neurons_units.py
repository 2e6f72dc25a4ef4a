"""Every unit in one cell: how often it is active, and which are dead or stuck."""

from __future__ import annotations

import numpy as np

from nntui.charts.frame import message
from nntui.charts.unit_rows import Row, UnitRows
from nntui.training.insights.network import LayerUnits, Network
from nntui.training.snapshot import DEAD, SATURATED, Floats
from nntui.tui.drawings.chosen import at, choose, insight, to_layer, to_unit
from nntui.tui.drawings.pieces import judged, said_with_room, title_with_room, unmeasured
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number

OUTPUT = "output"


def draw(request: Request) -> Drawing:
    """The unit maps."""
    network = insight(request.model, "network", Network)
    if network is None:
        return Drawing(message(unmeasured(request.model), request.size, request.look))
    map_ = _map(request, network)
    layer, unit = at(request.model)
    units = network.layers[layer]
    title = title_with_room(request.size[0], _told(units, unit)[0], *(
        f"Units {words}" for words in judged(network.probed, network.dead_samples)), "Units")  # fmt: skip
    if map_.shown < len(network.layers):
        title = f"Units · layers {map_.first + 1}–{map_.first + map_.shown} of {len(network.layers)}"
    return Drawing(map_.draw(request.look), title, said_with_room(request.size[0], title, *_told(units, unit)))


def _map(request: Request, network: Network) -> UnitRows:
    rows = [Row(layer.layer, _shares(layer), layer.state, _words(layer)) for layer in network.layers]
    return UnitRows(rows, request.size, at(request.model))


def _shares(layer: LayerUnits) -> Floats:
    """How bright each unit is: how often it is active; of an output its mean, or not-a-number if that is no share."""
    if layer.layer != OUTPUT:
        return layer.active
    return layer.mean if layer.activation in ("sigmoid", "softmax") else np.full_like(layer.mean, np.nan)


def _words(layer: LayerUnits) -> str:
    """``tanh  2 dead  1 always saturated  active 62%  saturated 12%``; of an output its activation alone."""
    if layer.layer == OUTPUT:
        return layer.activation
    dead, always = int((layer.state == DEAD).sum()), int((layer.state == SATURATED).sum())
    counted = ((dead, "dead"), (always, "always saturated"))
    parts = [layer.activation, *(f"{count} {word}" for count, word in counted if count)]
    if len(layer.active):
        parts.append(f"active {float(layer.active.mean()):.0%}")
    if np.isfinite(layer.flat).any():
        parts.append(f"saturated {float(np.nanmean(layer.flat)):.0%}")
    return "  ".join(parts)


def _told(layer: LayerUnits, unit: int) -> list[str]:
    """Of the unit looked at, the longest first."""
    if unit >= len(layer.state):
        return [""]
    state = {DEAD: "dead", SATURATED: "saturated"}.get(int(layer.state[unit]))
    said = state or f"active {layer.active[unit]:.0%}"
    if layer.layer == OUTPUT:
        said = f"mean {number(float(layer.mean[unit]), 2)}"
    return [f"unit {unit + 1}: {said}", said]


def move(model: Model, dx: int, dy: int) -> None:
    """Left and right in the layer, up and down to other layers."""
    if dx:
        to_unit(model, dx)
    if dy:
        to_layer(model, dy)


def click(request: Request, x: int, y: int) -> None:
    """The unit there."""
    network = insight(request.model, "network", Network)
    found = _map(request, network).unit_at(x, y) if network is not None else None
    if found is not None:
        choose(request.model, *found)


def facts(model: Model) -> dict[str, str]:
    """Each layer's shares."""
    network = insight(model, "network", Network)
    return {layer.layer: _words(layer).replace("  ", ", ") for layer in network.layers} if network is not None else {}
