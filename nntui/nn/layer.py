"""One dense layer: what it is made of, and the formulas of its forward and backward pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from nntui.nn.activations import Activation
from nntui.nn.arrays import Array
from nntui.nn.program import Program
from nntui.nn.registry.entry import Value


@dataclass(frozen=True)
class LayerSpec:
    """What a layer should be.

    Attributes:
        size: number of units.
        activation: its name; of the output layer ``identity``, ``sigmoid`` or ``softmax``.
        activation_options: the numbers the activation takes, where not the default.
        initializer: its name; ``auto`` is the one that suits the activation.
        initializer_options: the numbers the initializer takes, where not the default.
        bias: initial value of every bias.
        dropout: share of the units switched off at each training step, 0 ≤ dropout < 1.
        frozen: the layer's parameters never change.
    """

    size: int
    activation: str = "identity"
    activation_options: Mapping[str, Value] = field(default_factory=dict)
    initializer: str = "auto"
    initializer_options: Mapping[str, Value] = field(default_factory=dict)
    bias: float = 0.0
    dropout: float = 0.0
    frozen: bool = False


@dataclass
class Dense:
    """A layer of a network, its parameters and gradient being views into the network's flat vectors.

    The biases are the last row of the matrix: with a row of ones below the inputs, one product does weights and biases
    at once, forward and backward.

    Attributes:
        name: ``hidden 1`` … ``hidden n``, ``output``.
        slice: where the layer lies in the flat vectors.
        matrix: (inputs + 1, units), weights above biases.
        matrix_gradient: the same shape, gradient of the last batch.
    """

    name: str
    spec: LayerSpec
    activation: Activation
    slice: slice
    matrix: Array
    matrix_gradient: Array

    @property
    def weights(self) -> Array:
        """(inputs, units), a view."""
        return self.matrix[:-1]

    @property
    def bias(self) -> Array:
        """(units,), a view."""
        bias: Array = self.matrix[-1]
        return bias

    @property
    def size(self) -> int:
        """Number of units."""
        return self.spec.size

    def sums(self, x: Array) -> Array:
        """z = x W + b in a new array; x: (batch, inputs)."""
        z: Array = np.empty((len(x), self.size), x.dtype)
        np.matmul(x, self.weights, out=z)
        np.add(z, self.bias, out=z)
        return z

    def forward(self, do: Program, x: Array, z: Array) -> None:
        """Record z = Wᵀ x + b; x: (inputs + 1, batch) with ones as its last row, z: (units, batch)."""
        do.dot(self.matrix.T, x, out=z)

    def backward(self, do: Program, x: Array, delta: Array) -> None:
        """Record ∂L/∂W = x δᵀ, and with it ∂L/∂b; x: as in ``forward``, delta: ∂L/∂z, (units, batch)."""
        do.dot(x, delta.T, out=self.matrix_gradient)

    def back_to_inputs(self, do: Program, delta: Array, out: Array) -> None:
        """Record ∂L/∂x = W δ; delta: (units, batch), out: (inputs, batch)."""
        do.dot(self.weights, delta, out=out)
