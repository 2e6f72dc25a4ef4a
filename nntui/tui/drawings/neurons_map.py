"""What the chosen unit has learned to look for: over the plane, as an image, or feature by feature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.frame import message
from nntui.charts.heat import heat_map
from nntui.charts.look import Look
from nntui.charts.signed import signed_bars
from nntui.training.insights.neuron_map import NeuronMap
from nntui.tui.drawings.chosen import insight, to_layer, to_unit
from nntui.tui.drawings.pieces import beside, text_row, unmeasured
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number

SMALLEST_IMAGE = 8
"""Cells across; a narrower image shows nothing."""


def draw(request: Request) -> Drawing:
    """The map that suits the data."""
    found = insight(request.model, "neuron_map", NeuronMap)
    if found is None:
        return Drawing(message(unmeasured(request.model), request.size, request.look))
    if found.kind == "plane":
        return _plane(request, found)
    if found.kind == "image":
        return _images(request, found)
    return _features(request, found)


def _named(found: NeuronMap) -> str:
    return f"{found.layer} unit {found.unit + 1}"


def _plane(request: Request, found: NeuronMap) -> Drawing:
    """As square as the room allows: a cell is about twice as high as wide."""
    (width, height), look = request.size, request.look
    known = found.values[np.isfinite(found.values)]
    centered = bool(known.size) and float(known.min()) < 0 < float(known.max())
    across = min(width, max(2 * height, 8))
    picture = heat_map(found.values, (across, height), look, center=0.0 if centered else None, scale=across >= 24)
    rows: Sequence[Strip] = picture
    if across < width:
        room = width - across - 1
        rows = beside([picture, _beside_the_plane(found, room, height, look)], [across, room], height, look)
    return Drawing(rows, f"{_named(found)} over the plane")


def _beside_the_plane(found: NeuronMap, width: int, height: int, look: Look) -> list[Strip]:
    known = found.values[np.isfinite(found.values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (float("nan"),) * 2
    lines = [
        [("its output", "title")],
        [(f"{number(low, 2)} … {number(high, 2)}", "text")],
        [(f"→ {found.names[0]}", "muted")],
        [(f"  {number(found.low[0], 2)} … {number(found.high[0], 2)}", "muted")],
        [(f"↑ {found.names[1]}", "muted")],
        [(f"  {number(found.low[1], 2)} … {number(found.high[1], 2)}", "muted")],
    ]
    return [text_row(parts, width, look) for parts in lines[:height]]


def _images(request: Request, found: NeuronMap) -> Drawing:
    """What it looks for, and beside it the samples that excite it most."""
    (width, height), look = request.size, request.look
    pixels_high, pixels_wide = found.effect.shape
    across = min(width, max(2 * (height - 1) * pixels_wide // max(pixels_high, 1), SMALLEST_IMAGE))
    reach = float(np.nanmax(np.abs(found.effect))) if np.isfinite(found.effect).any() else 1.0
    first = heat_map(found.effect, (across, height - 1), look, center=0.0, low=-reach, high=reach, scale=height >= 10)
    head = text_row([("∂z/∂pixel" if found.of_sample else "weights", "title")], across, look)
    blocks, widths = [[head, *first]], [across]
    left = width - across - 1
    low, high = (found.low[0], found.high[0]) if found.low else (0.0, 1.0)
    for image, output, label in zip(found.best, found.best_outputs.tolist(), found.best_labels, strict=False):
        if left < across:
            break
        blocks.append(
            [_image_caption(label, output, across, look), *_image(image, (across, height - 1), low, high, look)]
        )
        widths.append(across)
        left -= across + 1
    spare = width - sum(widths) - len(widths)
    if spare > 0:
        blocks.append([])
        widths.append(spare)
    rows = beside(blocks, widths, height, look) if len(blocks) > 1 else blocks[0]
    return Drawing(rows, f"{_named(found)} · what excites it")


def _image(
    image: npt.NDArray[np.float32], size: tuple[int, int], low: float, high: float, look: Look
) -> Sequence[Strip]:
    return heat_map(image, size, look, low=low, high=high, scale=False)


def _image_caption(label: str, output: float, width: int, look: Look) -> Strip:
    parts = [(f"{label}", "title")]
    said = f" {number(output, 2)}"
    if len(label) + len(said) <= width:
        parts.append((said, "muted"))
    return text_row(parts, width, look)


def _features(request: Request, found: NeuronMap) -> Drawing:
    """The features by what they do to it, the strongest first."""
    effect = found.effect.astype(np.float64).ravel()
    order = np.argsort(-np.abs(np.nan_to_num(effect)), kind="stable")
    names = [found.names[index] if index < len(found.names) else f"input {index + 1}" for index in order.tolist()]
    rows = signed_bars(names, effect[order].tolist(), request.size, request.look)
    what = "∂z/∂x" if found.of_sample else "weights by feature"
    return Drawing(rows, f"{_named(found)} · {what}")


def move(model: Model, dx: int, dy: int) -> None:
    """Left and right in the layer, up and down to other layers."""
    if dx:
        to_unit(model, dx)
    if dy:
        to_layer(model, dy)


def facts(model: Model) -> dict[str, str]:
    """What is drawn, and its ends."""
    found = insight(model, "neuron_map", NeuronMap)
    if found is None:
        return {}
    values = found.values if found.kind == "plane" else found.effect
    known = values[np.isfinite(values)]
    ends = f"{number(float(known.min()), 3)} … {number(float(known.max()), 3)}" if known.size else "no finite value"
    told = {"unit": _named(found), "from … to": ends}
    if found.best_labels:
        told["excited most by"] = ", ".join(found.best_labels)
    return told
