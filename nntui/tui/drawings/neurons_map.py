"""What the chosen unit has learned to look for: over the plane, as an image, or feature by feature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.cells import OWN
from nntui.charts.frame import message
from nntui.charts.grounds import DARK, letter
from nntui.charts.heat import heat_map
from nntui.charts.leaning import leaning
from nntui.charts.look import Look
from nntui.charts.plane import Spots, plane_chart
from nntui.charts.signed import signed_bars
from nntui.training.insights.neuron_map import NeuronMap
from nntui.tui.drawings.chosen import insight
from nntui.tui.drawings.chosen import move as move
from nntui.tui.drawings.pieces import beside, said_with_room, text_row, title_with_room, unmeasured
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number, whole

SMALLEST_IMAGE = 8
"""Cells across; a narrower image shows nothing."""
CELLS_A_SAMPLE = 10
"""So many cells a sample, or the output behind could not be seen."""
ROOM_FOR_NAME = 10
"""Rows from which on the upright axis is named."""
DOTS = "•◦"


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
    """Its output from blue (or no shade) to orange, 0 in the middle where it takes both signs; samples by class."""
    known = found.values[np.isfinite(found.values)]
    if not known.size:
        return Drawing(message("the outputs are not finite", request.size, request.look))
    size, look = request.size, request.look
    low, high = float(known.min()), float(known.max())
    reach = max(-low, high) if low < 0 < high else 0.0
    ends = (-reach, reach) if reach else (low, high)
    rows = plane_chart(
        leaning(found.values, look, *ends),
        _samples(found, size[0] * size[1] // CELLS_A_SAMPLE, look), size, look,
        x_range=(found.low[0], found.high[0]), y_range=(found.low[1], found.high[1]),
        x_name=found.names[0], y_name=found.names[1] if size[1] >= ROOM_FOR_NAME else "",
    )  # fmt: skip
    said = f"{number(low, 2)} … {number(high, 2)}"
    titles = f"{_named(found)} over the plane", f"{_named(found)}"
    return Drawing(rows, title_with_room(size[0], said, *titles), said)


def _samples(found: NeuronMap, most: int, look: Look) -> list[Spots]:
    """At most so many, evenly taken; a filled and a hollow dot for the first two classes, letters for more."""
    count = len(found.x)
    kept = np.linspace(0, max(count - 1, 0), min(count, max(most, 1))).round().astype(np.intp)
    labels = found.label[kept] if len(found.label) else np.zeros(len(kept), np.int64)
    colored = look.colors and look.glyphs != "ascii"
    many = bool(len(labels)) and int(labels.max()) > 1
    signs = [letter(label) if many else DOTS[min(label, 1)] for label in labels.tolist()]
    return [Spots(found.x[kept], found.y[kept], signs, DARK if colored else OWN)]


def _images(request: Request, found: NeuronMap) -> Drawing:
    """What it looks for, and beside it the samples that excite it most."""
    width, look = request.size[0], request.look
    across, down, columns, lines = _grid(1 + len(found.best), request.size, found.effect.shape)
    reach = float(np.nanmax(np.abs(found.effect))) if np.isfinite(found.effect).any() else 1.0
    first = heat_map(found.effect, (across, down), look, center=0.0, low=-reach, high=reach, scale=down >= 9)
    head = text_row([("∂z/∂pixel" if found.of_sample else "weights", "title")], across, look)
    low, high = (found.low[0], found.high[0]) if found.low else (0.0, 1.0)
    blocks = [[head, *first]]
    blocks += [
        [_image_caption(label, output, across, look), *_image(image, (across, down), low, high, look)]
        for image, output, label in zip(found.best, found.best_outputs.tolist(), found.best_labels, strict=False)
    ]
    rows: list[Strip] = []
    for line in range(lines):
        shown = blocks[line * columns : (line + 1) * columns]
        spare = width - len(shown) * (across + 1)
        filled, widths = [*shown, *([[]] if spare >= 0 else [])], [across] * len(shown) + [spare] * (spare >= 0)
        rows += beside(filled, widths, down + 1, look) if len(filled) > 1 else filled[0]
    rows += [text_row([], width, look)] * (request.size[1] - len(rows))
    name = _named(found)
    of = (f"of {whole(found.samples)} samples", f"of {whole(found.samples)}") if found.samples else ()
    title = title_with_room(width, "", f"{name} · what excites it", name)
    filled_up = beside([rows], [width], request.size[1], look)
    return Drawing(filled_up, title, said_with_room(width, title, *of))


def _grid(images: int, size: tuple[int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """(columns and rows of one image, images in a line, lines): the largest images of which all, or the most, fit.

    Args:
        size: of the panel; every image has a row of words above and a blank column after it.
        shape: (height, width) of an image in pixels; a cell is twice as high as it is wide.
    """
    width, height = size
    best, shown = (min(width, SMALLEST_IMAGE), max(height - 1, 0), 1, 1), 0
    for down in range(height - 1, SMALLEST_IMAGE // 2 - 1, -1):
        across = min(width, max(2 * down * shape[1] // max(shape[0], 1), SMALLEST_IMAGE))
        columns = max((width + 1) // (across + 1), 1)
        here = min(images, columns * (height // (down + 1)))
        if here > shown:
            shown, best = here, (across, down, columns, -(-here // columns))
    return best


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
