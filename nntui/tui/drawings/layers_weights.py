"""Each layer's weights over the whole run: where they lie as colours, as ridges; and its biases as percentiles."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from textual.strip import Strip

from nntui.charts.frame import message
from nntui.charts.ridges import ridgeline
from nntui.charts.spread import spread_over_time
from nntui.training.insights.trends import MOST_WEIGHTS, Trends
from nntui.tui.drawings.curves import epochs_shown
from nntui.tui.drawings.pieces import text_row, unmeasured
from nntui.tui.drawings.trends import Floats, end_of, epochs_of, moment_of, over_time, tiled, trends_of
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number, whole

NARROWEST, LOWEST = 18, 5
TITLES = (("Weights over epochs", "Weights"), ("Weights · ridges", "Ridges"), ("Biases over epochs", "Biases"))
"""Of each variant, the shorter for where there is little room."""


def draw(request: Request) -> Drawing:
    """The weights over time."""
    trends = over_time(request.model)
    if trends is None:
        return Drawing(message(unmeasured(request.model), request.size, request.look))
    at = epochs_of(request.model, trends)
    end = end_of(request.model, at)

    def one(index: int, width: int, height: int) -> Sequence[Strip]:
        return _layer(request, trends, at, end, index, (width, height))

    return tiled(
        request, trends.layers, one,
        [moment_of(request.model, trends).dated(title) for title in TITLES[request.variant]],
        narrowest=NARROWEST, lowest=LOWEST, variants=len(TITLES), said=_measured_on(request),
    )  # fmt: skip


def _measured_on(request: Request) -> list[str]:
    """How many weights of a layer are sampled, where a layer has more."""
    started = request.model.started
    if request.variant == 2 or started is None:
        return []
    largest = max(into * units for into, units in pairwise(started.layer_sizes))
    return [f"on {whole(MOST_WEIGHTS)} weights a layer", f"on {whole(MOST_WEIGHTS)}"] if largest > MOST_WEIGHTS else []


def _layer(
    request: Request, trends: Trends, at: Floats, end: float, index: int, size: tuple[int, int]
) -> Sequence[Strip]:
    look, (width, height) = request.look, size
    biases = request.variant == 2
    percentiles = (trends.bias_percentiles if biases else trends.percentiles)[index]
    seen, tick, _ = moment_of(request.model, trends)
    shown = (seen.bias_percentiles if biases else seen.percentiles)[index, tick]
    head = text_row(_caption(trends.layers[index], shown, width), width, look)
    inside = width, height - 1
    if request.variant == 1:
        return [head, *ridgeline(at, trends.low[index], trends.high[index], trends.density[index], inside, look,
                                 x_label="epoch")]  # fmt: skip
    low, high = _reach(percentiles) if biases else (float(trends.low[index]), float(trends.high[index]))
    density = np.zeros((len(at), 0), np.uint8) if biases else trends.density[index]
    return [
        head,
        *spread_over_time(
            at, low, high, density, percentiles, inside, look,
            x_range=epochs_shown(request, end, linear=True), x_label="epoch", cursor=request.model.shown_epoch,
        ),
    ]  # fmt: skip


def _reach(percentiles: Floats) -> tuple[float, float]:
    known = percentiles[np.isfinite(percentiles)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    room = max((high - low) * 0.08, abs(high) * 1e-3, abs(low) * 1e-3, 1e-6)
    return low - room, high + room


def _caption(name: str, percentiles: Floats, width: int) -> list[tuple[str, str]]:
    low, _, middle, _, high = percentiles.tolist()
    parts = [(name, "title")]
    for text in (f"  median {number(middle, 2)}", f"  5–95% {number(low, 2)} … {number(high, 2)}"):
        if sum(len(part) for part, _ in parts) + len(text) <= width:
            parts.append((text, "muted"))
    return parts


def facts(model: Model) -> dict[str, str]:
    """The median and the middle nine tenths of every layer at the moment shown."""
    trends = trends_of(model)
    if trends is None:
        return {}
    seen, tick, _ = moment_of(model, trends)
    found = {}
    for index, name in enumerate(trends.layers):
        low, _, middle, _, high = seen.percentiles[index, tick].tolist()
        found[name] = f"median {number(middle, 3)}, 90% between {number(low, 3)} and {number(high, 3)}"
    return found
