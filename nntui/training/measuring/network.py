"""The network with the chosen sample in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.nn.arrays import Array
from nntui.nn.layer import Dense
from nntui.training.insights.network import Edges, LayerUnits, Network
from nntui.training.measures import states
from nntui.training.measuring import Context
from nntui.training.measuring.chosen import in_words, input_names, looked_at, traced

MOST_EDGES = 240  # of a layer; more would not be told apart on any screen


def measure(context: Context) -> Network:
    """As things are now."""
    session = context.session
    looked = looked_at(context)
    with np.errstate(all="ignore"):
        layers = tuple(
            _units(layer, z, a, one[1][0])
            for layer, (z, a), one in zip(session.network.layers, traced(context), looked.traced, strict=True)
        )
    right, said = in_words(context, layers[-1].output, looked.sample)
    return Network(
        looked.sample, session.train_samples, input_names(context), _single(looked.x[0]), right, said, layers
    )


def _units(layer: Dense, z: Array, a: Array, output: Array) -> LayerUnits:
    activation = layer.activation
    flat, dead = activation.saturated(z, a), activation.dead_units(z, a)
    return LayerUnits(
        layer.name,
        layer.spec.activation,
        _single(output),
        _single(a.mean(axis=0)),
        activation.responsive(z, a).mean(axis=0, dtype=np.float32),
        np.full(layer.size, np.nan, np.float32) if flat is None else flat.mean(axis=0, dtype=np.float32),
        states(layer.size, flat, dead),
        edges_of(layer.weights),
    )


def edges_of(weights: Array) -> Edges:
    """All weights, (inputs, units), or the largest, in the order of their size."""
    sizes = np.abs(weights.ravel())
    sizes[np.isnan(sizes)] = np.inf
    if sizes.size > MOST_EDGES:
        chosen = np.argpartition(sizes, sizes.size - MOST_EDGES)[-MOST_EDGES:]
    else:
        chosen = np.arange(sizes.size)
    chosen = chosen[np.argsort(sizes[chosen], kind="stable")]
    source, target = np.divmod(chosen, weights.shape[1])
    return Edges(source.astype(np.int32), target.astype(np.int32), _single(weights.ravel()[chosen]), int(sizes.size))


def _single(values: Any) -> npt.NDArray[np.float32]:
    with np.errstate(over="ignore"):
        single: npt.NDArray[np.float32] = np.asarray(values, np.float32)
    return single
