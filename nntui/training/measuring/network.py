"""The network with the chosen sample in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.nn.arrays import Array
from nntui.nn.layer import Dense
from nntui.training.insights.network import Edges, LayerUnits, Network
from nntui.training.measuring import Context, place_of
from nntui.training.measuring.chosen import in_words, input_names, looked_at, traced, units
from nntui.training.units import Units, judged_on

MOST_EDGES = 240  # of a layer; more would not be told apart on any screen


def measure(context: Context) -> Network:
    """As things are now."""
    session = context.session
    looked = looked_at(context)
    with np.errstate(all="ignore"):
        layers = tuple(
            _units(layer, a, one[1][0], found)
            for layer, (_, a), one, found in zip(
                session.network.layers, traced(context), looked.traced, units(context), strict=True
            )
        )
    right, said = in_words(context, layers[-1].output, looked.sample)
    return Network(
        looked.sample, session.train_samples, input_names(context), _single(looked.x[0]), right, said, layers,
        place_of(context, looked.sample), len(context.rows),
        judged_on(session.network, session.prepared.train_x, len(context.rows)),
    )  # fmt: skip


def _units(layer: Dense, a: Array, output: Array, units: Units) -> LayerUnits:
    flat = units.flat
    return LayerUnits(
        layer.name,
        layer.spec.activation,
        _single(output),
        _single(a.mean(axis=0)),
        units.active,
        np.full(layer.size, np.nan, np.float32) if flat is None else flat.mean(axis=0, dtype=np.float32),
        units.states,
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
