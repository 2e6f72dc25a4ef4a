"""A network of dense layers over one flat vector of parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from nntui.nn.activations import Activation
from nntui.nn.arrays import Array
from nntui.nn.initializers import Wanted
from nntui.nn.layer import Dense, LayerSpec
from nntui.nn.losses import OUTPUTS
from nntui.nn.registry import ACTIVATIONS, INITIALIZERS
from nntui.nn.registry.entry import Value

_OUTPUT_INITIALIZER = "glorot_uniform"


class Network:
    """Dense layers from inputs to outputs; none hidden makes a linear (or logistic) model.

    Attributes:
        inputs: number of input features.
        layers: hidden layers in order, then the output layer.
        parameters: (P,) all weights and biases; the layers' are views into it.
        gradient: (P,) where training puts the gradient of the last batch; lives as long as the network, so that an
            optimizer bound to both keeps its place when the batch size or anything else about training changes.
        dtype: float32 or float64.
    """

    def __init__(
        self, inputs: int, layers: Sequence[LayerSpec], outputs: LayerSpec, dtype: npt.DTypeLike = np.float32
    ) -> None:
        """``layers`` are the hidden ones. Parameters start at 0 until `initialize`.

        Raises:
            ValueError: a size is below 1, a dropout is not below 1, or the output layer has one or an activation that
                outputs do not take.
        """
        self.inputs = inputs
        self.dtype = np.dtype(dtype)
        specs = (*layers, outputs)
        sizes = [inputs, *(spec.size for spec in specs)]
        _check(sizes, specs)
        counts = [(fan_in + 1) * fan_out for fan_in, fan_out in pairwise(sizes)]
        ends = np.cumsum(counts).tolist()
        self.parameters: Array = np.zeros(ends[-1], self.dtype)
        self.gradient: Array = np.zeros(ends[-1], self.dtype)
        names = [*(f"hidden {number}" for number in range(1, len(specs))), "output"]
        self.layers = tuple(
            self._layer(name, spec, fan_in, slice(end - count, end))
            for name, spec, fan_in, count, end in zip(names, specs, sizes[:-1], counts, ends, strict=True)
        )

    def _layer(self, name: str, spec: LayerSpec, fan_in: int, where: slice) -> Dense:
        shape = (fan_in + 1, spec.size)
        activation = (
            OUTPUTS[spec.activation]()
            if name == "output"
            else make_activation(spec.activation, spec.activation_options)
        )
        matrix, gradient = self.parameters[where].reshape(shape), self.gradient[where].reshape(shape)
        return Dense(name, spec, activation, where, matrix, gradient)

    def initialize(self, rng: np.random.Generator) -> None:
        """Draw the weights of every layer, inputs first, and set its biases."""
        for layer in self.layers:
            spec = layer.spec
            layer.weights[...] = draw_weights(rng, layer, spec.initializer, spec.initializer_options)
            layer.bias[...] = spec.bias

    def set_activation(self, layer_index: int, name: str, options: Mapping[str, Value] | None = None) -> None:
        """Give a hidden layer (0-based) another activation; its parameters stay. Training has to be compiled anew.

        Raises:
            ValueError: the layer is not a hidden one.
        """
        if not 0 <= layer_index < len(self.layers) - 1:
            raise ValueError(f"there is no hidden layer {layer_index + 1}")
        layer = self.layers[layer_index]
        layer.activation = make_activation(name, options or {})
        layer.spec = replace(layer.spec, activation=name, activation_options=dict(options or {}))

    def forward(self, x: Array) -> Array:
        """The weighted sums of the output layer (the logits) in a new array, (n, outputs); x: (n, inputs)."""
        with np.errstate(all="ignore"):
            for layer in self.layers[:-1]:
                x = layer.activation(layer.sums(x))
            return self.layers[-1].sums(x)

    def trace(self, x: Array) -> list[tuple[Array, Array]]:
        """Weighted sums and outputs of every layer, each (n, units), without dropout; x: (n, inputs)."""
        found = []
        with np.errstate(all="ignore"):
            for layer in self.layers:
                z = layer.sums(x)
                x = layer.activation(z)
                found.append((z, x))
        return found


def make_activation(name: str, options: Mapping[str, Value]) -> Activation:
    """The activation of that name, with these options where not the default."""
    entry = ACTIVATIONS[name]
    activation: Activation = entry.load()(**{**entry.defaults(), **options})
    return activation


def draw_weights(rng: np.random.Generator, layer: Dense, initializer: str, options: Mapping[str, Value]) -> Array:
    """(inputs, units): starting weights for a layer by any initializer, with these options where not the default."""
    entry = INITIALIZERS[initializer if initializer != "auto" else suited_initializer(layer)]
    wanted = Wanted(layer.weights.dtype, layer.activation.gain, layer.activation.leak)
    weights: Array = entry.load()(rng, layer.weights.shape, wanted, **{**entry.defaults(), **options})
    return weights


def suited_initializer(layer: Dense) -> str:
    """Name of the initializer that suits a layer's activation; ``glorot_uniform`` for the output layer."""
    if layer.name == "output":
        return _OUTPUT_INITIALIZER
    return ACTIVATIONS[layer.spec.activation].traits["initializer"][0]


def _check(sizes: Sequence[int], specs: Sequence[LayerSpec]) -> None:
    if min(sizes) < 1:
        raise ValueError("every layer needs at least one unit, and the network at least one input")
    if not all(0 <= spec.dropout < 1 for spec in specs):
        raise ValueError("dropout must be at least 0 and below 1")
    if specs[-1].dropout:
        raise ValueError("the output layer takes no dropout")
    if specs[-1].activation not in OUTPUTS:
        raise ValueError(f"the output layer takes {', '.join(OUTPUTS)}, not {specs[-1].activation}")
