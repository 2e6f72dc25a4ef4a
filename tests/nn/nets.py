"""Small networks, data and a plain optimizer for the tests of the numeric core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.layer import LayerSpec
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.nn.program import Call
from nntui.nn.registry import LOSSES
from nntui.nn.regularization import Regularization
from nntui.nn.trainer import Trainer


class PlainDescent:
    """w ← w - rate · g, with nothing kept."""

    def __init__(self, network: Network) -> None:
        self.parameters, self.gradient = network.parameters, network.gradient
        self.rate = 0.0
        self.calls: Callable[[int], list[Call]] = lambda place: [self._descend]

    def begin_steps(self, learning_rates: Array, place: int) -> int:
        """Take note of the rate of one step."""
        self.rate = learning_rates[0]
        return 1

    def _descend(self) -> None:
        self.parameters -= self.rate * self.gradient


def make_network(
    inputs: int,
    hidden: Sequence[int | LayerSpec],
    outputs: int,
    output: str = "identity",
    *,
    activation: str = "tanh",
    options: Mapping[str, Any] | None = None,
    dtype: Any = np.float64,
    seed: int = 0,
) -> Network:
    """A network with normal parameters, biases included, so that nothing is zero by chance."""
    specs = [
        spec if isinstance(spec, LayerSpec) else LayerSpec(spec, activation, dict(options or {})) for spec in hidden
    ]
    network = Network(inputs, specs, LayerSpec(outputs, output), dtype)
    network.parameters[:] = 0.6 * np.random.default_rng(seed).normal(size=network.parameters.size)
    return network


def make_data(
    samples: int, inputs: int, outputs: int, kind: str, *, dtype: Any = np.float64, seed: int = 1
) -> tuple[Array, Array]:
    """Inputs (samples, inputs), and targets (samples, outputs) of a kind: real, binary or classes."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(samples, inputs)).astype(dtype)
    if kind == "real":
        return x, rng.normal(size=(samples, outputs)).astype(dtype)
    if kind == "binary":
        return x, rng.integers(0, 2, size=(samples, outputs)).astype(dtype)
    return x, np.eye(outputs, dtype=dtype)[rng.integers(0, outputs, samples)]


def make_loss(name: str, output: str | None = None, targets: str | None = None, **options: float) -> Loss:
    """A loss of the registry on an output."""
    loss: Loss = LOSSES[name].load()(output, targets, **options)
    return loss


def make_trainer(
    network: Network, loss: Loss, x: Array, y: Array, batch_size: int, *,
    optimizer: Any = None, regularization: Regularization | None = None, seed: int = 2,
) -> Trainer:  # fmt: skip
    """A trainer with plain descent unless another optimizer is given."""
    return Trainer(
        network, loss, optimizer or PlainDescent(network), regularization or Regularization(), x, y, batch_size,
        np.random.default_rng(seed), np.random.default_rng(seed + 1),
    )  # fmt: skip


def batch_gradient(network: Network, loss: Loss, x: Array, y: Array, **regularization: float) -> Array:
    """The gradient that training leaves on the whole of the data, in a copy."""
    trainer = make_trainer(network, loss, x, y, len(x), regularization=Regularization(**regularization))
    trainer.run(0, 1, [0.0])
    return trainer.gradient.copy()
