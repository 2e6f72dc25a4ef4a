"""One unit from close by: what comes in, what it makes of it, where it goes, and how it came to be."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from textual.strip import Strip

from nntui.charts.frame import message
from nntui.charts.line import Series, line_chart
from nntui.charts.signed import signed_bars
from nntui.training.insights.neuron import Neuron
from nntui.training.snapshot import DEAD, SATURATED
from nntui.tui.drawings.chosen import insight, to_source, to_unit
from nntui.tui.drawings.pieces import axis_end, said_with_room, text_row, title_with_room, unmeasured
from nntui.tui.drawings.trends import holds_restored
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import Part, number, whole

WAYS = ("incoming w·x", "outgoing weights", "history")
ROOM_FOR_ALL = 20
ROOM_FOR_BAR = 6
ROOM_FOR_SAMPLES = 48


def draw(request: Request) -> Drawing:
    """The sum and its parts; below it the weights in, the weights out, or the unit's history."""
    model, (width, height), look = request.model, request.size, request.look
    neuron = insight(model, "neuron", Neuron)
    if neuron is None:
        return Drawing(message(unmeasured(model), request.size, look))
    head = [text_row(parts, width, look) for parts in _head(neuron, width)][: max(height - 1, 0)]
    room = height - len(head)
    rows = [*head, *_below(request, neuron, room)]
    short = f"{neuron.layer} · unit {neuron.unit + 1}"
    unit = f"{short} of {whole(neuron.units)}"
    way, said = WAYS[request.variant], _state(neuron)
    title = title_with_room(width, said, f"{unit} · {way}", f"{short} · {way}", unit, short)
    return Drawing(rows[:height], title, said_with_room(width, title, said), variants=len(WAYS))


def _state(neuron: Neuron) -> str:
    """Of an output neither: its activation belongs to the loss."""
    if not neuron.after:
        return "an output"
    return {DEAD: "dead", SATURATED: "saturated"}.get(neuron.state, f"active {neuron.active:.0%}")


def _head(neuron: Neuron, width: int) -> list[list[Part]]:
    """The sum with its numbers, and what the network would be without the unit."""
    weighted = neuron.total - neuron.bias
    sign = "−" if neuron.bias < 0 else "+"
    sums: list[Part] = [
        ("Σw·x ", "muted"), (number(weighted, 3), "text"), (f" {sign} b ", "muted"),
        (number(abs(neuron.bias), 3), "text"), (" = z ", "muted"), (number(neuron.total, 3), "title"),
        (f" → {neuron.activation} → ", "muted"), (number(neuron.output, 3), "activation"),
    ]  # fmt: skip
    if sum(len(text) for text, _ in sums) > width:
        sums = [("z ", "muted"), (number(neuron.total, 3), "title"), (f" → {neuron.activation} → ", "muted"),
                (number(neuron.output, 3), "activation")]  # fmt: skip
    return [sums, _without(neuron, width)]


def _without(neuron: Neuron, width: int) -> list[Part]:
    if math.isnan(neuron.score_without):
        text = "An output: the network is nothing without it."
        return [(text if len(text) <= width else "an output", "muted")]
    on = f" on {whole(neuron.probed)} samples" if neuron.probed and width >= ROOM_FOR_SAMPLES else ""
    lost = neuron.score - neuron.score_without
    percent = neuron.score_name == "accuracy"
    points = "points" if width >= ROOM_FOR_SAMPLES else "pp"
    size = f"{abs(lost) * 100:.2g} {points}" if percent else number(abs(lost), 2)
    verb = "drops" if lost > 0 else "rises"
    role = "warning" if lost > 0.02 else "text"
    if abs(lost) < 5e-4:
        return [(f"Without it {neuron.score_name}{on} stays as it is.", "muted")]
    return [("Without it ", "muted"), (f"{neuron.score_name}{on} {verb} {size}", role)]


def _below(request: Request, neuron: Neuron, height: int) -> Sequence[Strip]:
    """What was asked for; in a high panel all of it."""
    if height < 1:
        return []
    way = request.variant
    if height < ROOM_FOR_ALL or way:
        return (_incoming, _outgoing, _history)[way](request, neuron, height)
    width, look = request.size[0], request.look
    heading = [text_row([(text, "title")], width, look) for text in ("In: w·x", "Out", "History: mean output")]
    inward = min(len(neuron.weights) + 1, (height - 3) // 2)
    outward = min(max(len(neuron.out_weights), 1), (height - 3 - inward) // 2)
    rest = height - 3 - inward - outward
    return [
        heading[0], *_incoming(request, neuron, inward), heading[1], *_outgoing(request, neuron, outward),
        heading[2], *_history(request, neuron, rest),
    ]  # fmt: skip


def source_name(neuron: Neuron, source: int) -> str:
    """``x1``, ``row 2 column 5``, ``unit 3``, ``bias``."""
    if source < 0:
        return "bias"
    if source < len(neuron.names):
        return neuron.names[source]
    return f"{'input' if neuron.before == 'inputs' else 'unit'} {source + 1}"


def _incoming(request: Request, neuron: Neuron, height: int) -> list[Strip]:
    """A weight a row, its bar what it adds to the sum; of many, those that add most, and always the one looked at."""
    inputs = neuron.inputs.astype(np.float64)
    weights = neuron.weights.astype(np.float64)
    sources = np.append(np.arange(len(weights)), -1)
    with np.errstate(all="ignore"):
        added = np.append(weights * inputs, neuron.bias) + 0.0  # which makes -0 a 0
    chosen = request.model.chosen.source_among(len(weights))
    order = np.arange(len(sources))
    if len(sources) > height:
        order = np.argsort(-np.abs(np.nan_to_num(added)), kind="stable")
        mine = int(np.flatnonzero(sources == chosen)[0])
        kept = max(height - 1, 1)
        if mine not in order[:kept].tolist():
            order = np.concatenate((order[: kept - 1], [mine], order[kept - 1 :][order[kept - 1 :] != mine]))
    labels = [source_name(neuron, source) for source in sources[order].tolist()]
    products = [number(value, 2) for value in added[order].tolist()]
    words = [
        f"{number(float(weights[source]), 2)} × {number(float(inputs[source]), 2)} = {product}" if source >= 0 else
        f"b = {product}"
        for source, product in zip(sources[order].tolist(), products, strict=True)
    ]  # fmt: skip
    width, seen = request.size[0], slice(height if len(order) <= height else max(height - 1, 0))
    if max(map(len, labels[seen]), default=0) + max(map(len, words[seen]), default=0) + 2 + ROOM_FOR_BAR > width:
        words = [f"{'w·x' if source >= 0 else 'b'} {product}" for source, product in
                 zip(sources[order].tolist(), products, strict=True)]  # fmt: skip
    marked = int(np.flatnonzero(sources[order] == chosen)[0])
    return signed_bars(labels, added[order].tolist(), (width, height), request.look, words=words, marked=marked)


def _outgoing(request: Request, neuron: Neuron, height: int) -> list[Strip]:
    size = request.size[0], height
    values = neuron.out_weights.astype(np.float64)
    order = np.arange(len(values))
    if len(values) > height:
        order = np.argsort(-np.abs(np.nan_to_num(values)), kind="stable")
    labels = [f"to {'output' if neuron.after == 'output' else 'unit'} {unit + 1}" for unit in order.tolist()]
    return signed_bars(labels, values[order].tolist(), size, request.look, empty="an output goes nowhere")


def _history(request: Request, neuron: Neuron, height: int) -> list[Strip]:
    """Its mean output over the probe set and the length of its weights, over the epochs."""
    if height < 1:
        return []
    model = request.model
    at = np.array([model.epoch_at(int(step)) for step in neuron.steps], dtype=np.float64)
    end = len(at) - holds_restored(model, neuron.steps)
    series = [
        Series("mean output", "activation", at[:end], neuron.past_mean[:end].astype(np.float64)),
        Series("‖w‖", "weights", at[:end], neuron.past_norm[:end].astype(np.float64)),
    ]
    return line_chart(
        series, (request.size[0], height), request.look,
        x_range=(0.0, axis_end(model.epochs_done, model.epochs)), x_label="epoch", cursor=model.shown_epoch,
        empty="not kept for a network of this size",
    )  # fmt: skip


def move(model: Model, dx: int, dy: int) -> None:
    """Up and down: another of its weights; left and right: another unit."""
    if dy:
        to_source(model, dy)
    if dx:
        to_unit(model, dx)


def facts(model: Model) -> dict[str, str]:
    """The sum, the output, and what the network would be without the unit."""
    neuron = insight(model, "neuron", Neuron)
    if neuron is None:
        return {}
    source = model.chosen.source_among(len(neuron.weights))
    weight = neuron.bias if source < 0 else float(neuron.weights[source])
    return {
        "unit": f"{neuron.unit + 1} of {neuron.layer}",
        "z": number(neuron.total),
        "output": number(neuron.output),
        "slope φ'(z)": number(neuron.slope),
        "state": _state(neuron),
        f"weight of {source_name(neuron, source)}": number(weight),
        "without it": "".join(text for text, _ in _without(neuron, 200)).removeprefix("Without it "),
    }
