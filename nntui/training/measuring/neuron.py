"""The chosen unit, for the chosen sample."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.nn.arrays import Array
from nntui.training.bins import BINS, Range, counts, extent, finite
from nntui.training.insights.neuron import Neuron
from nntui.training.measuring import Context
from nntui.training.measuring.chosen import Looked, looked_at, source_names, traced, units
from nntui.training.trends import log_of

POINTS = 97  # of the curve
_REACH = 4.0  # the curve shows this much on both sides of 0 at least: there the common activations bend


def measure(context: Context) -> Neuron:
    """As things are now."""
    looked = looked_at(context)
    network = context.session.network
    with np.errstate(all="ignore"):
        over_probe = traced(context)
        z, _ = over_probe[looked.index]
        of_layer, _ = looked.traced[looked.index]
        before = looked.x if looked.index == 0 else looked.traced[looked.index - 1][1]
        total = float(of_layer[0, looked.unit])
        sums = finite(z[:, looked.unit])
        reach: Range = context.kept.setdefault(f"reach of {looked.index}.{looked.unit}", Range())
        low, high = reach.cover(*extent(sums))
        curve_z = _curve_range(low, high, total)
        score, without = _without(context, looked, over_probe)
        found = units(context)[looked.index]
        history = _history(context, looked)
        last = looked.index == len(network.layers) - 1
        return Neuron(
            looked.index,
            looked.unit,
            looked.sample,
            looked.layer.name,
            looked.layer.spec.activation,
            looked.layer.size,
            "inputs" if looked.index == 0 else network.layers[looked.index - 1].name,
            "" if last else network.layers[looked.index + 1].name,
            source_names(context) if looked.index == 0 else (),
            _single(before[0]),
            _single(looked.layer.weights[:, looked.unit]),
            float(looked.layer.bias[looked.unit]),
            total,
            float(looked.traced[looked.index][1][0, looked.unit]),
            _slope(looked),
            _single([] if last else network.layers[looked.index + 1].weights[looked.unit]),
            _single(curve_z),
            _single(_curve(looked, curve_z)),
            low,
            high,
            counts(sums, low, high) if sums.size else np.zeros(BINS, np.int32),
            float(found.active[looked.unit]),
            int(found.states[looked.unit]),
            "R²" if context.session.prepared.task == "regression" else "accuracy",
            score,
            without,
            *history,
            len(context.rows),
        )


def _curve_range(low: float, high: float, total: float) -> Array:
    """(POINTS,) z: all of the probe set's and the sample's, and where activations bend."""
    ends = min(low, -_REACH), max(high, _REACH)
    if math.isfinite(total):
        ends = min(ends[0], total), max(ends[1], total)
    return np.linspace(*ends, POINTS)


def _curve(looked: Looked, z: Array) -> Array:
    """φ at each z; where the units of a layer compete, with the others as they are."""
    sums, _ = looked.traced[looked.index]
    if looked.layer.spec.activation != "softmax":
        return looked.layer.activation(z.astype(sums.dtype)[:, None])[:, 0]
    rows = np.repeat(sums, len(z), axis=0)
    rows[:, looked.unit] = z
    return looked.layer.activation(rows)[:, looked.unit]


def _slope(looked: Looked) -> float:
    sums, outputs = looked.traced[looked.index]
    if looked.layer.spec.activation == "softmax":
        share = float(outputs[0, looked.unit])
        return share * (1.0 - share)
    return float(looked.layer.activation.derivative(sums)[0, looked.unit])


def _without(context: Context, looked: Looked, over_probe: list[tuple[Array, Array]]) -> tuple[float, float]:
    """Score on the probe set as it is, and with the unit's output replaced by its mean."""
    session = context.session
    layers, targets = session.network.layers, session.prepared.train_y[context.rows]
    score = session.loss.score(over_probe[-1][0], targets)
    if looked.index == len(layers) - 1:
        return score, math.nan
    z, a = over_probe[looked.index]
    mean = a[:, looked.unit].mean()
    following = layers[looked.index + 1]
    change = np.outer(mean - a[:, looked.unit], following.weights[looked.unit])
    z = over_probe[looked.index + 1][0] + change
    for layer, after in zip(layers[looked.index + 1 : -1], layers[looked.index + 2 :], strict=True):
        z = after.sums(layer.activation(z))
    return score, session.loss.score(z, targets)


def _history(context: Context, looked: Looked) -> tuple[Any, Any, Any, Any]:
    log = log_of(context)
    log.tick()
    found = log.of_unit(looked.index, looked.unit)
    return found["step"].astype(np.int64), found["mean"], found["active"], found["norm"]


def _single(values: Any) -> npt.NDArray[np.float32]:
    single: npt.NDArray[np.float32] = np.array(values, np.float32)
    return single
