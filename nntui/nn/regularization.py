"""What keeps a network from fitting too closely or jumping too far, as recorded calls on its flat vectors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.network import Network
from nntui.nn.program import Program


@dataclass(frozen=True)
class Regularization:
    """Penalties and limits; 0 is off. Decoupled weight decay is the optimizer's, dropout the layer's.

    Penalties are on weights, not on biases, and not part of the losses that are shown. The gradient gets the penalties
    first and is clipped afterwards, by value, then by norm.

    Attributes:
        l1: adds l1·Σ|w| to the loss, l1·sign(w) to the gradient.
        l2: adds l2/2·Σw² to the loss, l2·w to the gradient.
        clip_value: every component of the gradient is kept within ±clip_value.
        clip_norm: a gradient of a larger L2 norm is scaled down to it, all layers together (Pascanu et al. 2013).
        max_norm: after a step, the vector of a unit's incoming weights is scaled down to this length if it is longer,
            in every layer (Srivastava et al. 2014, section 5.1, for hidden layers).
        input_noise: standard deviation of normal noise added to every input of a training step (Bishop 1995).
    """

    l1: float = 0.0
    l2: float = 0.0
    clip_value: float = 0.0
    clip_norm: float = 0.0
    max_norm: float = 0.0
    input_noise: float = 0.0

    def penalty(self, network: Network) -> float:
        """l1·Σ|w| + l2/2·Σw² over the weights of the layers that are not frozen."""
        weights = [layer.weights for layer in network.layers if not layer.spec.frozen]
        return sum(
            self.l1 * float(np.abs(w).sum(dtype=np.float64)) + 0.5 * self.l2 * float(np.square(w).sum(dtype=np.float64))
            for w in weights
        )

    def record_penalties(self, do: Program, network: Network) -> None:
        """Record g ← g + l1·sign(w) + l2·w."""
        w, g = network.parameters, network.gradient
        if self.l1:
            term = do.empty_like(g)
            do.sign(w, out=term)
            do.multiply(term, on_weights(network, self.l1), out=term)
            do.add(g, term, out=g)
        if self.l2:
            term = do.empty_like(g)
            do.multiply(w, on_weights(network, self.l2), out=term)
            do.add(g, term, out=g)

    def record_clipping(self, do: Program, network: Network) -> None:
        """Record g ← max(-c, min(c, g)), then g ← g · min(1, c / ‖g‖)."""
        g = network.gradient
        if self.clip_value:
            do.minimum(g, self.clip_value, out=g)
            do.maximum(g, -self.clip_value, out=g)
        if self.clip_norm:
            do.call(shorten, g, self.clip_norm)

    def record_max_norm(self, do: Program, network: Network) -> None:
        """Record w ← w · min(1, c / ‖w‖) for the column of weights of every unit."""
        if not self.max_norm:
            return
        for layer in network.layers:
            if layer.spec.frozen:
                continue
            everywhere, factor = do.empty_like(layer.weights), do.empty((1, layer.size), network.dtype)
            do.multiply(layer.weights, layer.weights, out=everywhere)
            do.total(everywhere, out=factor)
            do.sqrt(factor, out=factor)
            do.divide(self.max_norm, factor, out=factor)
            do.minimum(factor, 1.0, out=factor)
            do.spread(factor, out=everywhere)
            do.multiply(layer.weights, everywhere, out=layer.weights)


def shorten(vector: Array, limit: float) -> None:
    """Scale a vector, (n,), down to a length, in place, if it is longer; one with a part that is not finite is left.

    Where the sum of squares is too large for the type, the vector is measured in units of its largest component.
    """
    length = math.sqrt(vector.dot(vector))
    if math.isinf(length):
        largest = float(np.abs(vector).max())
        if math.isinf(largest):
            return
        scaled = vector / largest
        length = largest * math.sqrt(scaled.dot(scaled))
    if length > limit:
        np.multiply(vector, limit / length, out=vector)


def on_weights(network: Network, strength: float) -> Array:
    """(P,): the strength at every weight that is trained, 0 at biases and frozen layers."""
    vector = np.zeros_like(network.parameters)
    for layer in network.layers:
        if not layer.spec.frozen:
            vector[layer.slice][: layer.weights.size] = strength
    return vector
