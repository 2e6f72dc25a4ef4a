"""What the person looks at closely, or the nearest there is; and the probe set's way through the network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.layer import Dense
from nntui.training.measuring import Context
from nntui.training.units import Units, dead_units, units_of

MOST_NAMES = 64
MOST_SENT = 4096


@dataclass(frozen=True)
class Looked:
    """A unit and a sample.

    Attributes:
        index, unit, sample: layer, unit and row of the training part.
        layer: that layer.
        x: (1, inputs) the sample.
        traced: sums and outputs of every layer for it, each (1, units).
    """

    index: int
    unit: int
    sample: int
    layer: Dense
    x: Array
    traced: list[tuple[Array, Array]]


def looked_at(context: Context) -> Looked:
    """As chosen, within what there is."""
    session, chosen = context.session, context.chosen
    layers = session.network.layers
    index = min(max(chosen.layer, 0), len(layers) - 1)
    unit = min(max(chosen.unit, 0), layers[index].size - 1)
    sample = min(max(chosen.sample, 0), session.train_samples - 1)
    x = session.prepared.train_x[sample : sample + 1]
    return Looked(index, unit, sample, layers[index], x, session.network.trace(x))


def traced(context: Context) -> list[tuple[Array, Array]]:
    """Sums and outputs of every layer over the probe set; worked out once while nothing changes."""
    session = context.session
    parameters = session.network.parameters
    kept = context.kept.get("traced")
    state = (session.step, session.experiment)
    if kept is None or kept[0] != state or not np.array_equal(kept[1], parameters):
        kept = state, parameters.copy(), session.network.trace(context.inputs)
        context.kept["traced"] = kept
    found: list[tuple[Array, Array]] = kept[2]
    return found


def units(context: Context) -> list[Units]:
    """The units of every layer over the probe set; computed once while nothing changes."""
    over_probe = traced(context)
    kept = context.kept.get("units")
    if kept is None or kept[0] is not over_probe:
        network = context.session.network
        dead = dead_units(network, context.session.prepared.train_x, over_probe)
        kept = context.kept["units"] = over_probe, units_of(network, over_probe, dead)
    found: list[Units] = kept[1]
    return found


def input_names(context: Context) -> tuple[str, ...]:
    """Of the inputs, where they have names worth telling."""
    prepared = context.session.prepared
    few = prepared.image_shape is None and prepared.inputs <= MOST_NAMES
    return prepared.input_labels if few else ()


def source_names(context: Context) -> tuple[str, ...]:
    """Of every input, pixels as well, as the chain rule names them; none of very many."""
    names = context.session.prepared.input_labels
    return names if len(names) <= MOST_SENT else ()


def in_words(context: Context, outputs: Array, row: int) -> tuple[str, str]:
    """What should come out for this row of the training part, and what does; outputs: (outputs,)."""
    prepared, loss = context.session.prepared, context.session.loss
    if prepared.task == "regression":
        split, right = prepared.split, prepared.train_y[row]
        values = [each * split.target_std[0] + split.target_mean[0] for each in (right[0], outputs[0])]
        return f"{values[0]:.4g}", f"{values[1]:.4g}"
    names, labels = prepared.class_names, prepared.split.train_labels
    right_one = names[int(labels[row])] if labels is not None else ""
    if not np.isfinite(outputs).all():
        return right_one, "not a number"
    if len(outputs) > 1:
        return right_one, names[int(outputs.argmax())]
    middle = 0.5 if loss.output in ("sigmoid", "identity") and loss.name != "hinge" else 0.0
    return right_one, names[int(outputs[0] > middle)]
