"""Loss and score of a network on data it is not training on at the moment."""

from __future__ import annotations

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.nn.program import Program, Scratch

_CHUNK = 512  # samples at a time: the outputs of a layer stay in the cache


class Evaluator:
    """Evaluates a network on the same samples again and again, with its arrays kept.

    It has to be made anew when an activation changes, as training has to be compiled anew.
    """

    def __init__(self, network: Network, loss: Loss, inputs: Array, targets: Array) -> None:
        """inputs: (n, inputs), targets: (n, outputs)."""
        self._loss, self._targets = loss, targets
        self._z: Array = np.empty((targets.shape[1], len(inputs)), network.dtype)
        self._program = Program()
        with_ones = np.ones((len(inputs), inputs.shape[1] + 1), network.dtype)
        with_ones[:, :-1] = inputs
        scratch: dict[int, Scratch] = {}
        for begin in range(0, len(inputs), _CHUNK):
            rows = with_ones[begin : begin + _CHUNK]
            do = Program(scratch.setdefault(len(rows), Scratch()))
            z = do.empty((targets.shape[1], len(rows)), network.dtype)
            record_forward(do, network, rows.T, z)
            do.call(np.copyto, self._z[:, begin : begin + _CHUNK], z)
            self._program.calls += do.calls

    def run(self) -> tuple[float, float]:
        """Mean loss, without penalties, and score: accuracy, or R² where targets are real numbers."""
        with np.errstate(all="ignore"):
            self._program.run()
        return self._loss.value(self._z.T, self._targets), self._loss.score(self._z.T, self._targets)


def record_forward(do: Program, network: Network, x: Array, outputs: Array) -> list[Array]:
    """Record the forward pass without dropout and return where the hidden layers' sums will be, (units, batch) each.

    Args:
        do: the program to record into.
        network: of which the parameters at the time of running count.
        x: (inputs + 1, batch), its last row ones.
        outputs: (outputs, batch), gets the sums of the output layer.
    """
    sums = []
    for layer in network.layers[:-1]:
        z = do.empty((layer.size, x.shape[1]), x.dtype)
        following = do.empty((layer.size + 1, x.shape[1]), x.dtype)
        following[-1] = 1.0
        layer.forward(do, x, z)
        layer.activation.forward(do, z, following[:-1])
        x = following
        sums.append(z)
    network.layers[-1].forward(do, x, outputs)
    return sums


def evaluate(network: Network, loss: Loss, inputs: Array, targets: Array) -> tuple[float, float]:
    """Mean loss, without penalties, and score of a network once; inputs: (n, inputs), targets: (n, outputs)."""
    return Evaluator(network, loss, inputs, targets).run()
