"""Weights set by hand between two optimizer steps: one weight, a unit's, or many drawn anew.

The same command at the same step gives the same weights bit for bit: whatever is drawn comes from a generator of its
own, so training's are left alone, and which units are dead is judged on the whole training set or, in recordings from
before that was so, on the fixed probe set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nntui.experiment.build import build_optimizer
from nntui.nn.arrays import Array, BoolArray
from nntui.nn.layer import Dense
from nntui.nn.network import draw_weights
from nntui.nn.registry import INITIALIZERS
from nntui.training.commands import Redraw, SetWeight, Silence
from nntui.training.loop import Loop
from nntui.training.probing import probe_rows
from nntui.training.units import dead_units

Surgery = SetWeight | Silence | Redraw
BIAS = -1  # the source that is the bias


class CannotEditError(ValueError):
    """There is nothing such as was asked for; the message is a sentence for the person who asked."""


def operate(loop: Loop, command: Surgery) -> str:
    """Do it, in force at the next step.

    Returns:
        What was done, in a few words; layers and units are counted from 1 as on the screen.

    Raises:
        CannotEditError: nothing was changed.
    """
    match command:
        case SetWeight():
            return _set(loop, command)
        case Silence():
            return _silence(loop, command)
        case Redraw():
            return _redraw(loop, command)


def source_name(loop: Loop, layer: int, source: int) -> str:
    """Where a weight comes from, in words: a feature's name, ``unit 3 of hidden 1``, ``bias``."""
    if source == BIAS:
        return "bias"
    if layer == 0:
        return loop.prepared.feature_names[source]
    return f"unit {source + 1} of {loop.network.layers[layer - 1].name}"


def _set(loop: Loop, command: SetWeight) -> str:
    layer = _layer(loop, command.layer)
    unit, source = _unit(layer, command.unit), command.source
    inputs = len(layer.weights)
    if not BIAS <= source < inputs:
        raise CannotEditError(f"a unit of {layer.name} has {inputs} inputs (0 to {inputs - 1}; {BIAS} is its bias)")
    with np.errstate(over="ignore"):
        new = layer.matrix.dtype.type(command.value)
    if not np.isfinite(new):
        raise CannotEditError(f"a weight must be a finite number in {layer.matrix.dtype}, not {command.value:g}")
    old = layer.matrix[source, unit]  # the biases are the last row
    layer.matrix[source, unit] = new
    return f"unit {unit + 1} of {layer.name}, {source_name(loop, command.layer, source)}: {old:.4g} → {new:.4g}"


def _silence(loop: Loop, command: Silence) -> str:
    layer = _layer(loop, command.layer)
    if layer is loop.network.layers[-1]:
        raise CannotEditError("only units of hidden layers can be silenced, not an output")
    unit = _unit(layer, command.unit)
    layer.matrix[:, unit] = 0.0
    _forget(loop, {command.layer: np.array([unit])})
    return f"silenced unit {unit + 1} of {layer.name}"


def _redraw(loop: Loop, command: Redraw) -> str:
    network = loop.network
    if command.initializer not in ("", "auto", *INITIALIZERS):
        raise CannotEditError(f"there is no initializer {command.initializer!r}; there are {', '.join(INITIALIZERS)}")
    if command.seed < 0:
        raise CannotEditError("the seed must be 0 or more")
    if command.layer is None and command.units is not None:
        raise CannotEditError("units are those of one layer; say which")
    layers = range(len(network.layers)) if command.layer is None else (command.layer,)
    redrawn = {index: _redrawn_units(_layer(loop, index), command.units) for index in layers}
    if command.dead:
        dead = _dead_units(loop, command.judged_on)
        redrawn = {index: units[dead[index][units]] for index, units in redrawn.items()}
        if not any(map(len, redrawn.values())):
            where = "" if command.layer is None else f" of {network.layers[command.layer].name}"
            which = "one of these units" if command.units is not None else "unit"
            samples = "all training samples" if command.judged_on == "training" else "the whole probe set"
            raise CannotEditError(f"no {which}{where} is dead for {samples}")
    rng = np.random.default_rng(command.seed)
    for index, units in redrawn.items():
        layer = network.layers[index]
        drawn = _drawn(layer, rng, command.initializer)  # whole, so that a unit's weights do not depend on the others
        layer.weights[:, units] = drawn[:, units]
        layer.bias[units] = layer.spec.bias
    _forget(loop, redrawn)
    return _words(loop, command, redrawn)


def _drawn(layer: Dense, rng: np.random.Generator, initializer: str) -> Array:
    """(inputs, units), by that initializer or else the layer's own."""
    spec = layer.spec
    name = initializer or spec.initializer
    return draw_weights(rng, layer, name, spec.initializer_options if name == spec.initializer else {})


def _dead_units(loop: Loop, judged_on: str) -> list[BoolArray]:
    """(units,) for every layer: which units are dead for every sample of the training set, or of the probe set."""
    inputs, layers = loop.prepared.train_x, loop.network.layers
    if judged_on == "probe":
        inputs = inputs[probe_rows(len(inputs), len(loop.network.parameters))]
    dead = dead_units(loop.network, inputs)
    return [np.zeros(layer.size, np.bool_) if off is None else off for layer, off in zip(layers, dead, strict=True)]


def _forget(loop: Loop, units: Mapping[int, Any]) -> None:
    """Let the optimizer begin anew with the weights and biases of these units, by layer."""
    fresh = build_optimizer(loop.experiment)
    nothing = np.zeros_like(loop.network.parameters)
    fresh.bind(nothing, nothing.copy())
    begun, state = fresh.state(), loop.optimizer.state()
    for name, vector in state.items():
        if not isinstance(vector, np.ndarray):
            continue
        for index, columns in units.items():
            layer = loop.network.layers[index]
            shape = layer.matrix.shape
            vector[layer.slice].reshape(shape)[:, columns] = begun[name][layer.slice].reshape(shape)[:, columns]
    loop.optimizer.restore(state)


def _words(loop: Loop, command: Redraw, redrawn: Mapping[int, Any]) -> str:
    layers = loop.network.layers
    by = f" by {command.initializer}" if command.initializer else ""
    by = " as suits the activations" if command.initializer == "auto" else by
    if command.dead:
        count = sum(map(len, redrawn.values()))
        where = f" of {layers[command.layer].name}" if command.layer is not None else ""
        units = "unit" if count == 1 else "units"
        return f"revived {count} dead {units}{where}{by}"
    if command.layer is None:
        return f"drew all weights anew{by}"
    name = layers[command.layer].name
    if command.units is None:
        return f"drew the weights of {name} anew{by}"
    shown = ", ".join(str(unit + 1) for unit in command.units[:6]) + (" …" if len(command.units) > 6 else "")
    return f"drew unit{'s' if len(command.units) > 1 else ''} {shown} of {name} anew{by}"


def _layer(loop: Loop, index: int) -> Dense:
    layers = loop.network.layers
    if not 0 <= index < len(layers):
        raise CannotEditError(f"there is no layer {index + 1}; the network has {len(layers)}, the output included")
    return layers[index]


def _unit(layer: Dense, unit: int) -> int:
    if not 0 <= unit < layer.size:
        raise CannotEditError(f"{layer.name} has no unit {unit + 1}; it has {layer.size}")
    return unit


def _redrawn_units(layer: Dense, units: tuple[int, ...] | None) -> Any:
    """(n,) which of the layer's units, each once."""
    if units is None:
        return np.arange(layer.size)
    if not units:
        raise CannotEditError("no units are named")
    return np.array(sorted({_unit(layer, unit) for unit in units}))
