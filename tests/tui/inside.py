"""Made-up records of what goes on inside a network: the same on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nntui.training.insights.network import Edges, LayerUnits, Network
from nntui.training.insights.neuron import Neuron
from nntui.training.insights.neuron_map import NeuronMap
from nntui.training.insights.trends import Trends
from nntui.training.snapshot import DEAD, OK, SATURATED, Snapshot
from tests.tui.fakes import STEPS

TICKS = 48
_DEVIATIONS = np.array([-1.6, -0.7, 0.0, 0.7, 1.6])


def _names(sizes: Sequence[int]) -> tuple[str, ...]:
    return (*(f"hidden {index + 1}" for index in range(len(sizes) - 1)), "output")


def _floats(values: Any) -> Any:
    return np.asarray(np.round(values, 4), np.float32)


def trends(sizes: Sequence[int] = (16, 8, 2), *, decay: float = 0.6, epochs: int = 60) -> Trends:
    """Layers whose weights fan out; the signal falls by ``decay`` a layer on its way back."""
    count = len(sizes)
    at = np.linspace(0, 1, TICKS)
    wide = 0.3 + at[None] * np.linspace(1.0, 0.5, count)[:, None]
    places = np.linspace(-2, 2, 40)
    bells = np.exp(-np.square(places / wide[..., None]))
    near = np.arange(count)[::-1, None]
    return Trends(
        _names(sizes),
        (*["tanh"] * (count - 1), "softmax"),
        np.round(at * epochs * STEPS).astype(np.int64),
        np.full(count, -2.0, np.float32),
        np.full(count, 2.0, np.float32),
        np.round(bells * 255).astype(np.uint8),
        _floats(wide[..., None] * _DEVIATIONS),
        _floats(wide[..., None] * _DEVIATIONS * 0.2 + at[:, None] * 0.1),
        np.asarray(0.5 * np.exp(-2 * at)[None] * decay**near, np.float32),
        np.asarray(10.0 ** (-2 - at[None] - near * 0.2), np.float32),
        _floats(np.sin(at * 3)[None] * 0.2 * np.ones((count, 1))),
        _floats(wide * 0.6),
        np.asarray(0.2 * np.exp(-at)[None] * decay**near, np.float32),
        np.full((count, TICKS), np.nan, np.float32),
        _floats(at[None] * 0.3 * np.ones((count, 1))),
        np.full(count, -0.1, np.float32),
        np.full(count, 0.1, np.float32),
        np.tile(np.round(np.exp(-np.square(places)) * 40).astype(np.int32), (count, 1)),
    )


def network(sizes: Sequence[int] = (16, 8, 2), inputs: int = 2) -> Network:
    """The second unit of every hidden layer is dead, the third stuck."""
    layers = []
    before = inputs
    for index, (name, units) in enumerate(zip(_names(sizes), sizes, strict=True)):
        state = np.full(units, OK, np.int8)
        if name != "output":
            state[1:2], state[2:3] = DEAD, SATURATED
        weights = np.round(np.cos(np.arange(before * units) * 2.3 + index), 4)
        order = np.argsort(np.abs(weights), kind="stable")[-240:]
        source, target = np.divmod(order, units)
        edges = Edges(
            source.astype(np.int32), target.astype(np.int32), weights[order].astype(np.float32), before * units
        )
        shares = np.linspace(0.1, 1.0, units, dtype=np.float32)
        outputs = _floats(np.sin(np.arange(units) * 1.7 + index))
        layers.append(LayerUnits(name, "tanh", outputs, outputs / 2, shares, 1 - shares, state, edges))
        before = units
    names = ("x1", "x2") if inputs == 2 else ()
    return Network(4, 1440, names, _floats(np.cos(np.arange(inputs))), "class 1", "class 2", tuple(layers))


def neuron(index: int = 0, unit: int = 3, inputs: int = 2, units: int = 16, outs: int = 8, **fields: Any) -> Neuron:
    z = np.linspace(-4, 4, 97)
    values, weights = _floats(np.cos(np.arange(inputs) + 1.0)), _floats(np.sin(np.arange(inputs) * 2 + 1.0))
    total = float(values @ weights) + 0.25
    record: dict[str, Any] = {
        "index": index, "unit": unit, "sample": 4, "layer": f"hidden {index + 1}", "activation": "tanh",
        "units": units, "before": f"hidden {index}" if index else "inputs", "after": f"hidden {index + 2}",
        "names": ("x1", "x2") if inputs == 2 else (), "inputs": values, "weights": weights, "bias": 0.25,
        "total": total, "output": float(np.tanh(total)), "slope": float(1 - np.tanh(total) ** 2),
        "out_weights": _floats(np.cos(np.arange(outs) * 1.3)), "curve_z": _floats(z), "curve_a": _floats(np.tanh(z)),
        "low": -2.0, "high": 3.0,
        "counts": np.round(30 * np.exp(-np.square(np.linspace(-2, 2, 40)))).astype(np.int32), "active": 0.86,
        "state": OK, "score_name": "accuracy", "score": 0.97, "score_without": 0.85,
        "steps": np.round(np.linspace(0, 60 * STEPS, 20)).astype(np.int64),
        "past_mean": _floats(np.linspace(0, 0.4, 20)), "past_active": _floats(np.linspace(1, 0.8, 20)),
        "past_norm": _floats(np.linspace(0.5, 1.5, 20)),
    }  # fmt: skip
    return Neuron(**{**record, **fields})


_NONE = np.zeros((0, 0), np.float32)
_EMPTY = np.zeros(0, np.float32)


def plane_map() -> NeuronMap:
    x, y = np.meshgrid(np.linspace(-1, 1, 24), np.linspace(1, -1, 24))
    values = _floats(np.tanh(2 * x - y))
    angle = np.arange(60) * 0.7
    return NeuronMap(
        "hidden 1", 3, "plane", False, ("x1", "x2"), (-1.1, -1.1), (1.1, 1.1), values,
        _floats(np.cos(angle) * angle / 45), _floats(np.sin(angle) * angle / 45),
        (np.arange(60) % 2).astype(np.int32), _NONE, _NONE[None], _EMPTY, (),
    )  # fmt: skip


def image_map() -> NeuronMap:
    y, x = np.mgrid[0:8, 0:8]
    pattern = _floats(np.sin(x) * np.cos(y))
    best = np.stack([np.asarray((x * (k + 1) + y) % 16, np.float32) for k in range(6)])
    return NeuronMap(
        "hidden 1", 3, "image", False, (), (0.0,), (16.0,), _NONE, _EMPTY, _EMPTY, np.zeros(0, np.int32), pattern,
        best, _floats(np.linspace(3, 1, 6)), ("4", "9", "4", "7", "1", "4"),
    )  # fmt: skip


def feature_map() -> NeuronMap:
    effect = _floats(np.sin(np.arange(10) * 2.0))[None]
    names = ("age", "sex", "body mass", "pressure", "s1", "s2", "s3", "s4", "s5", "s6")
    return NeuronMap(
        "hidden 2", 3, "features", True, names, (), (), _NONE, _EMPTY, _EMPTY, np.zeros(0, np.int32), effect,
        _NONE[None], _EMPTY, (),
    )  # fmt: skip


def looked_inside(**insights: Any) -> Snapshot:
    """A snapshot with these records; without any, with all of a small network's."""
    everything = {"trends": trends(), "network": network(), "neuron": neuron(), "neuron_map": plane_map()}
    return Snapshot(60, 60 * STEPS, insights=insights or everything)
