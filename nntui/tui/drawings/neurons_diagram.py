"""The network as a diagram: units lit by what they put out for one sample, weights as lines between them."""

from __future__ import annotations

import numpy as np

from nntui.charts.frame import message
from nntui.charts.wiring import Column, Wires, Wiring
from nntui.training.insights.network import Network
from nntui.training.snapshot import DEAD
from nntui.tui.drawings.chosen import at, choose, insight, to_layer, to_unit
from nntui.tui.drawings.pieces import said_with_room, unmeasured
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import whole

ROOM_FOR_WORDS, ROOM_FOR_ALL_WORDS = 52, 72


def draw(request: Request) -> Drawing:
    """The diagram."""
    network = insight(request.model, "network", Network)
    if network is None:
        return Drawing(message(unmeasured(request.model), request.size, request.look))
    wiring = _wiring(request, network)
    rows = wiring.draw(request.look)
    width, title = request.size[0], _title(request, network)
    return Drawing(rows, title, said_with_room(width, title, *_subtitles(wiring, width)))


def _wiring(request: Request, network: Network) -> Wiring:
    columns = [Column("inputs", network.inputs, names=network.names, index=-1)]
    columns += [
        Column(
            layer.layer, layer.output, dead=layer.state == DEAD if (layer.state == DEAD).any() else None, index=index
        )
        for index, layer in enumerate(network.layers)
    ]
    wires = [
        Wires(layer.edges.source, layer.edges.target, layer.edges.weight, layer.edges.total) for layer in network.layers
    ]
    return Wiring(columns, wires, request.size, at(request.model)).with_dots(request.look)


def _title(request: Request, network: Network) -> str:
    number = f"sample {whole(network.sample + 1)}"
    verdict = "right" if network.said == network.right else f"is {network.right}"
    said = f"said {network.said}, {verdict}"
    if request.model.started is not None and request.model.started.task == "regression":
        said = f"{network.said} for {network.right}"
    where = f" ({network.place})" if network.place else ""
    ways = (f"{number} of {whole(network.samples)}{where} · {said}", f"{number}{where} · {said}", f"{number} · {said}")
    room = request.size[0] - (36 if request.size[0] >= ROOM_FOR_WORDS else 22)
    return next((f"Network · {way}" for way in ways if len(way) + 10 <= room), f"Network · {number}")


def _subtitles(wiring: Wiring, width: int) -> list[str]:
    """Which of the weights are drawn, the longest first."""
    if wiring.drawn >= wiring.total:
        counted = "1 weight" if wiring.total == 1 else f"all {whole(wiring.total)} weights"
        return [counted] if width >= ROOM_FOR_WORDS else []
    counted = f"{whole(wiring.drawn)} of {whole(wiring.total)}"
    short = f"top {counted}"
    if width < ROOM_FOR_WORDS:
        return [short]
    long = f"strongest {counted}"
    return [f"{long} weights", long, short] if width >= ROOM_FOR_ALL_WORDS else [long, short]


def move(model: Model, dx: int, dy: int) -> None:
    """Left and right to other layers, up and down in the layer."""
    if dx:
        to_layer(model, dx)
    if dy:
        to_unit(model, dy)


def click(request: Request, x: int, y: int) -> None:
    """The unit there."""
    network = insight(request.model, "network", Network)
    found = _wiring(request, network).unit_at(x, y) if network is not None else None
    if found is not None and found[0] >= 0:
        choose(request.model, *found)


def facts(model: Model) -> dict[str, str]:
    """The sample, and what came out for it."""
    network = insight(model, "network", Network)
    if network is None:
        return {}
    output = np.asarray(network.layers[-1].output)
    return {
        "sample": f"{whole(network.sample + 1)} of {whole(network.samples)} training samples; {network.place}",
        "should come out": network.right,
        "comes out": network.said,
        "outputs": ", ".join(f"{value:.3g}" for value in output[:8].tolist()),
        "weights": whole(sum(layer.edges.total for layer in network.layers)),
    }
