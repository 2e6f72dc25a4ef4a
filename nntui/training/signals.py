"""What comes back through the network: how much the loss would change with the sum of each unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.losses import Loss
from nntui.nn.network import Network


def signals(
    network: Network,
    loss: Loss,
    traced: Sequence[tuple[Array, Array]],
    targets: Array,
    slopes: Sequence[Array] | None = None,
) -> list[Array]:
    """δ = ∂L/∂z of every sample's own loss L, without penalties, for every layer, first to last, each (n, units).

    Of the output layer as the loss says, and below it δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ φ'(z_l): Rumelhart, Hinton &
    Williams 1986, and Nielsen, "Neural Networks and Deep Learning", chapter 2, equations BP1 and BP2.

    Args:
        traced: sums and outputs of every layer, as `Network.trace` gives them.
        targets: (n, outputs).
        slopes: φ'(z) of every layer, where they are known already.
    """
    layers = network.layers
    with np.errstate(all="ignore"):
        delta: Array = loss.gradient(traced[-1][0], targets) * len(targets)
        found = [delta]
        for index in range(len(layers) - 2, -1, -1):
            delta = delta @ layers[index + 1].weights.T
            delta *= layers[index].activation.derivative(traced[index][0]) if slopes is None else slopes[index]
            found.append(delta)
    return found[::-1]


def rms(values: Array) -> float:
    """Root mean square; not-a-number where there are no values."""
    if not values.size:
        return float("nan")
    flat = values.ravel()
    with np.errstate(over="ignore"):
        squares = float(flat.dot(flat))
    if not 1e-30 < squares < 1e30:  # single precision may have overflowed, or lost small ones
        wide = flat.astype(np.float64)
        squares = float(wide.dot(wide))
    return float(np.sqrt(squares / flat.size))
