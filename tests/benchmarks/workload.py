"""What is trained in the benchmark: shapes, data, and the numbers every rival shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# Runs one epoch, shuffled, with the mean loss and the accuracy of the epoch measured on the way; returns the two.
Epoch = Callable[[], tuple[float, float]]

RATES = {"sgd": 0.01, "adam": 0.001}
MOMENTUM, BETA1, BETA2, EPSILON = 0.9, 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Workload:
    """One row of the table.

    Attributes:
        sizes: units of every layer, inputs first.
        samples: a multiple of the batch, so that no rival has to treat a last batch apart.
        activation: of the hidden layers.
    """

    name: str
    sizes: tuple[int, ...]
    batch: int
    samples: int
    activation: str

    @property
    def steps(self) -> int:
        """Optimizer steps of an epoch."""
        return self.samples // self.batch

    @property
    def binary(self) -> bool:
        """Whether the output is one sigmoid, rather than a softmax."""
        return self.sizes[-1] == 1


WORKLOADS = (
    Workload("2-8-8-1, batch 10", (2, 8, 8, 1), 10, 500, "tanh"),
    Workload("digits 64-128-64-10, batch 32", (64, 128, 64, 10), 32, 1408, "relu"),
    Workload("digits 64-128-64-10, batch 128", (64, 128, 64, 10), 128, 1408, "relu"),
    Workload("784-512-256-10, batch 128", (784, 512, 256, 10), 128, 1280, "relu"),
)


@dataclass(frozen=True)
class Problem:
    """A workload with data and starting weights: the same for every rival.

    Attributes:
        inputs: (samples, inputs).
        labels: (samples,), class numbers.
        weights: (inputs, outputs) of each layer.
    """

    workload: Workload
    optimizer: str
    inputs: Floats
    labels: npt.NDArray[np.int64]
    weights: tuple[Floats, ...]

    @property
    def targets(self) -> Floats:
        """(samples, outputs): 0 and 1 for a sigmoid, one-hot for a softmax."""
        if self.workload.binary:
            return self.labels[:, None].astype(np.float32)
        return np.eye(self.workload.sizes[-1], dtype=np.float32)[self.labels]

    @property
    def rate(self) -> float:
        """The learning rate."""
        return RATES[self.optimizer]


def make_problem(workload: Workload, optimizer: str) -> Problem:
    """Data with something to learn, and weights of the size that suits them."""
    rng = np.random.default_rng(7)
    inputs: Any = rng.normal(size=(workload.samples, workload.sizes[0])).astype(np.float32)
    classes = max(2, workload.sizes[-1])
    if workload.binary:
        labels: Any = (inputs[:, 0] * inputs[:, 1] > 0).astype(np.int64)
    else:
        labels = (inputs @ rng.normal(size=(workload.sizes[0], classes))).argmax(axis=1)
    weights = tuple(
        (rng.normal(size=(fan_in, fan_out)) * (2.0 / (fan_in + fan_out)) ** 0.5).astype(np.float32)
        for fan_in, fan_out in zip(workload.sizes, workload.sizes[1:], strict=False)
    )
    return Problem(workload, optimizer, inputs, labels, weights)
