"""What the chosen unit has learned to look for."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.data.features import derived_columns
from nntui.nn.arrays import Array
from nntui.training.insights.neuron_map import NeuronMap
from nntui.training.measuring import Context
from nntui.training.measuring.chosen import Looked, looked_at, traced

CELLS = 48  # a side of the plane in small networks
_FEWEST_CELLS = 20
_PARAMETER_CELLS = 16_000_000  # a forward pass costs as parameters × cells
_MARGIN = 0.06  # of the extent of the data, on every side
BEST = 6  # images

Values = npt.NDArray[Any]
_NOTHING: npt.NDArray[np.float32] = np.zeros((0, 0), np.float32)


def measure(context: Context) -> NeuronMap:
    """As things are now."""
    prepared = context.session.prepared
    dataset = prepared.split.dataset
    looked = looked_at(context)
    with np.errstate(all="ignore"):
        raw = dataset.inputs if dataset.plane is None else dataset.plane
        if raw.shape[1] == 2:
            return _plane(context, looked, raw)
        return _from_inputs(context, looked)


def _plane(context: Context, looked: Looked, raw: Values) -> NeuronMap:
    """Its output everywhere; raw: (all rows of the data set, 2)."""
    session = context.session
    split, features = session.prepared.split, session.experiment.data.features
    dataset = split.dataset
    low, high = raw.min(axis=0), raw.max(axis=0)
    room = np.where(high > low, (high - low) * _MARGIN, 0.5)
    low, high = low - room, high + room
    side = min(CELLS, max(_FEWEST_CELLS, int((_PARAMETER_CELLS / len(session.network.parameters)) ** 0.5)))
    x, y = np.meshgrid(np.linspace(low[0], high[0], side), np.linspace(high[1], low[1], side))
    grid = np.column_stack((x.ravel(), y.ravel()))
    inputs = derived_columns(grid, features) if dataset.plane is not None else grid
    value: Array = np.ascontiguousarray((inputs - split.mean) / split.std, session.network.dtype)
    layers = session.network.layers[: looked.index + 1]
    for layer in layers:
        value = layer.activation(layer.sums(value))
    rows = split.train_index[context.rows]
    names = dataset.plane_names if dataset.plane is not None else dataset.feature_names
    return NeuronMap(
        looked.layer.name,
        looked.unit,
        "plane",
        False,
        names,
        tuple(low.tolist()),
        tuple(high.tolist()),
        value[:, looked.unit].reshape(side, side).astype(np.float32),
        raw[rows, 0].astype(np.float32),
        raw[rows, 1].astype(np.float32),
        np.zeros(0, np.int32) if dataset.labels is None else dataset.labels[rows].astype(np.int32),
        _NOTHING,
        _NOTHING[None],
        _NOTHING[0:0, 0:0].ravel(),
        (),
    )


def _from_inputs(context: Context, looked: Looked) -> NeuronMap:
    """What every input does to it, and of images those that excite it most."""
    prepared = context.session.prepared
    shape = prepared.image_shape
    effect = _effect(context, looked).astype(np.float32)
    labels: tuple[str, ...] = ()
    if shape is None:
        ends: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
        best, outputs = _NOTHING[None], _NOTHING.ravel()
    else:
        ends, best, outputs, labels = _best(context, looked, shape)
    return NeuronMap(
        looked.layer.name,
        looked.unit,
        "features" if shape is None else "image",
        looked.index > 0,
        () if shape is not None else prepared.input_labels,
        *ends,
        _NOTHING,
        _NOTHING.ravel(),
        _NOTHING.ravel(),
        np.zeros(0, np.int32),
        effect.reshape(shape or (1, -1)),
        best,
        outputs,
        labels,
        len(context.rows),
    )


def _effect(context: Context, looked: Looked) -> Values:
    """(inputs,) ∂z/∂x: of a first layer its weights; of a later one at the chosen sample, by the chain rule."""
    layers = context.session.network.layers
    slope: Values = looked.layer.weights[:, looked.unit]
    for index in range(looked.index - 1, -1, -1):
        layer = layers[index]
        slope = layer.weights @ (slope * layer.activation.derivative(looked.traced[index][0])[0])
    return slope


def _best(context: Context, looked: Looked, shape: tuple[int, int]) -> tuple[Any, Values, Values, tuple[str, ...]]:
    """Ends of all pixels; the images of the probe set for which it puts out most, its outputs, what they show."""
    prepared = context.session.prepared
    dataset = prepared.split.dataset
    outputs = traced(context)[looked.index][1][:, looked.unit]
    order = np.argsort(-np.nan_to_num(outputs, nan=-np.inf), kind="stable")[:BEST]
    rows = prepared.split.train_index[context.rows[order]]
    if "pixel ends" not in context.kept:
        context.kept["pixel ends"] = (float(dataset.inputs.min()),), (float(dataset.inputs.max()),)
    labels = () if dataset.labels is None else tuple(dataset.class_names[int(dataset.labels[row])] for row in rows)
    images = dataset.inputs[rows].reshape(-1, *shape).astype(np.float32)
    return context.kept["pixel ends"], images, outputs[order].astype(np.float32), labels
