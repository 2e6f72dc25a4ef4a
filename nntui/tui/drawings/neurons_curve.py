"""The activation's curve of the chosen unit, and where on it the samples fall."""

from __future__ import annotations

import math

import numpy as np
from textual.strip import Strip

from nntui.charts.axes import Plotted
from nntui.charts.bars import bars
from nntui.charts.frame import message
from nntui.charts.line import Mark, Series, line_chart
from nntui.training.insights.neuron import Neuron
from nntui.tui.drawings.chosen import insight
from nntui.tui.drawings.chosen import move as move
from nntui.tui.drawings.pieces import beside, title_with_room, unmeasured
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number


def draw(request: Request) -> Drawing:
    """φ over z, the chosen sample marked, and below it how many samples have which z."""
    model, (width, height), look = request.model, request.size, request.look
    neuron = insight(model, "neuron", Neuron)
    if neuron is None:
        return Drawing(message(unmeasured(model), request.size, look))
    z, a = neuron.curve_z.astype(np.float64), neuron.curve_a.astype(np.float64)
    tall = 2 if height >= 10 else 1 if height >= 4 else 0
    unsaid = height - tall >= 3  # the row of the legend, which would say what the title says
    marks = [Mark(neuron.total, f"z {number(neuron.total, 3)}", "now")] if math.isfinite(neuron.total) else []
    chart = line_chart(
        [Series("φ(z)", "activation", z, a)], (width, height - tall + unsaid), look,
        x_range=(float(z[0]), float(z[-1])), x_label="z", marks=marks,
    )  # fmt: skip
    rows: list[Strip] = list(chart)[unsaid:]
    if tall and isinstance(chart, Plotted):
        counts = _over(neuron, chart.columns)
        left = width - chart.columns
        below = bars(counts, (chart.columns, tall), look, role="activation")
        rows = [*rows, *beside([[], below], [left, chart.columns], tall, look, gap=0)] if left else [*rows, *below]
    said = f"φ' {number(neuron.slope, 2)}"
    value = f"{neuron.activation}({number(neuron.total, 3)}) = {number(neuron.output, 3)}"
    title = title_with_room(width, said, f"{value} · where samples fall on it", value, neuron.activation)
    return Drawing(rows, title, said)


def _over(neuron: Neuron, columns: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """(columns,) how many samples of the probe set have a z under each column of the curve."""
    low, high = float(neuron.curve_z[0]), float(neuron.curve_z[-1])
    bins = len(neuron.counts)
    edges = neuron.low + (neuron.high - neuron.low) * np.arange(bins + 1) / bins
    below = np.concatenate(([0.0], np.cumsum(neuron.counts, dtype=np.float64)))
    places = np.linspace(low, high, columns + 1)
    return np.diff(np.interp(places, edges, below))


def facts(model: Model) -> dict[str, str]:
    """Where the sample falls."""
    neuron = insight(model, "neuron", Neuron)
    if neuron is None:
        return {}
    return {
        "z of the sample": number(neuron.total),
        "φ(z)": number(neuron.output),
        "slope φ'(z)": number(neuron.slope),
        "z of all samples": f"{number(neuron.low, 3)} … {number(neuron.high, 3)}",
    }
