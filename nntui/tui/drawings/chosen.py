"""What the panels of the view Neurons share: the records they draw, and how the selection moves."""

from __future__ import annotations

from typing import TypeVar

from nntui.tui.model import Model

Record = TypeVar("Record")


def insight(model: Model, name: str, kind: type[Record]) -> Record | None:
    """The record of this name, of the epoch looked at or of now; None where there is none yet."""
    snapshot = model.shown_snapshot
    found = snapshot.insights.get(name) if snapshot is not None else None
    return found if isinstance(found, kind) else None


def sizes(model: Model) -> tuple[int, ...]:
    """Units of every layer, the hidden ones first, then the output; empty before the run began."""
    return model.started.layer_sizes[1:] if model.started is not None else ()


def at(model: Model) -> tuple[int, int]:
    """The chosen layer and unit, or the nearest there are."""
    units = sizes(model) or (1,)
    layer = min(max(model.chosen.layer, 0), len(units) - 1)
    return layer, min(max(model.chosen.unit, 0), units[layer] - 1)


def choose(model: Model, layer: int, unit: int) -> None:
    """Look at this unit; within what there is."""
    units = sizes(model)
    if not units:
        return
    chosen = model.chosen
    layer = min(max(layer, 0), len(units) - 1)
    inputs = model.started.layer_sizes[layer] if model.started is not None else 1
    chosen.weight(layer, min(max(unit, 0), units[layer] - 1), chosen.source_among(inputs))


def to_layer(model: Model, by: int) -> None:
    """Look at a unit as far down the layer ``by`` layers on as the chosen one is down its own."""
    units = sizes(model)
    layer, unit = at(model)
    if not units or not 0 <= layer + by < len(units):
        return
    share = unit / max(units[layer] - 1, 1)
    choose(model, layer + by, round(share * (units[layer + by] - 1)))


def to_unit(model: Model, by: int) -> None:
    """Look at the unit ``by`` further in the layer."""
    layer, unit = at(model)
    choose(model, layer, unit + by)


def to_source(model: Model, by: int) -> None:
    """Look at another of the unit's incoming weights; the bias comes after the last."""
    if model.started is None:
        return
    layer, unit = at(model)
    count = model.started.layer_sizes[layer]
    order = [*range(count), -1]
    now = order.index(model.chosen.source_among(count))
    model.chosen.weight(layer, unit, order[min(max(now + by, 0), count)])


def move(model: Model, dx: int, dy: int) -> None:
    """Left and right in the layer, up and down to other layers."""
    if dx:
        to_unit(model, dx)
    if dy:
        to_layer(model, dy)
