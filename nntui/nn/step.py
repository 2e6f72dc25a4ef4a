"""The formulas of one training step on one batch, recorded: forward, loss, backward, penalties, clipping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.layer import Dense
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.nn.program import Call, Program
from nntui.nn.regularization import Regularization

_LARGEST_AT_ONCE = 4096  # outputs of all hidden layers together whose slopes are calculated in the same calls


@dataclass(frozen=True)
class Pass:
    """What a hidden layer leaves for the way back: its inputs, sums, outputs, and factors of the dropout (or None).

    Where the activation works in place, the sums are gone: z is a. The slope φ'(z) may already be there.
    """

    layer: Dense
    x: Array
    z: Array
    a: Array
    dropped: Array | None
    slope: Array | None


@dataclass(frozen=True)
class StepRecorder:
    """Everything a step depends on but its batch."""

    network: Network
    loss: Loss
    regularization: Regularization
    dropout_rng: np.random.Generator
    noise_rng: np.random.Generator

    def record(self, do: Program, x: Array, y: Array, outputs: Array) -> list[Call]:
        """Record one step up to the gradient, which is left in the network's, and return its calls.

        Args:
            do: the program to record into.
            x: (inputs + 1, batch), ones in the last row.
            y: (outputs, batch), targets as the loss encodes them.
            outputs: (outputs, batch), gets the weighted sums of the output layer.
        """
        if self.regularization.input_noise:
            x = self._noisy(do, x)
        passes: list[Pass] = []
        *hidden, last = self.network.layers
        room, slopes = self._room(do, hidden, x)
        below = 0
        for layer in hidden:
            rows = slice(below, below + layer.size + 1)
            done, x = self._forward(do, layer, x, room[rows], None if slopes is None else slopes[rows][:-1])
            passes.append(done)
            below = rows.stop
        if slopes is not None:
            hidden[0].activation.record_slope(do, room, slopes)
        last.forward(do, x, outputs)
        delta = do.empty_like(outputs)
        self.loss.record_gradient(do, outputs, y, delta)
        if self.loss.maximise:
            do.negative(delta, out=delta)
        self._backward(do, passes, last, x, delta)
        self.regularization.record_penalties(do, self.network)
        self.regularization.record_clipping(do, self.network)
        return do.calls

    def _room(self, do: Program, hidden: Sequence[Dense], x: Array) -> tuple[Array, Array | None]:
        """Room for the outputs of all hidden layers, rows of ones below each, (units + layers, batch); and for slopes.

        In small networks, where a call costs more than what it computes, the slopes of all layers are calculated at
        once, if one formula has them all (the rows of ones do no harm).
        """
        room: Array = do.empty((sum(layer.size + 1 for layer in hidden), x.shape[1]), x.dtype)
        small = len(hidden) > 1 and room.size <= _LARGEST_AT_ONCE
        plain = not any(layer.spec.dropout for layer in hidden)
        if small and plain and len({type(layer.activation) for layer in hidden}) == 1:
            return room, do.empty_like(room) if hidden[0].activation.has_slope else None
        return room, None

    def _forward(
        self, do: Program, layer: Dense, x: Array, following: Array, slope: Array | None
    ) -> tuple[Pass, Array]:
        """z = Wᵀx + b, a = φ(z), then dropout; also returns what the next layer takes, with its row of ones."""
        following[-1] = 1.0
        a = following[:-1] if not layer.spec.dropout else do.empty_like(following[:-1])
        z = a if layer.activation.in_place else do.empty_like(a)  # fewer arrays, more of them in the cache
        layer.forward(do, x, z)
        layer.activation.forward(do, z, a)
        dropped = self._drop(do, layer.spec.dropout, a, following[:-1]) if layer.spec.dropout else None
        return Pass(layer, x, z, a, dropped, slope), following

    def _backward(self, do: Program, passes: list[Pass], last: Dense, x: Array, delta: Array) -> None:
        """∂L/∂W = x δᵀ from the last layer to the first that is trained, δ ← W δ ⊙ φ'(z) between them."""
        layers = self.network.layers
        lowest = next((i for i, layer in enumerate(layers) if not layer.spec.frozen), len(layers))
        layer = last
        for still in layers:
            if still.spec.frozen:  # whatever an optimizer adds to the gradient must not pile up
                do.call(still.matrix_gradient.fill, 0.0)
        for index in range(len(layers) - 1, lowest - 1, -1):
            if not layer.spec.frozen:
                layer.backward(do, x, delta)
            if index > lowest:
                below = passes[index - 1]
                error = do.empty_like(below.a)
                layer.back_to_inputs(do, delta, error)
                if below.dropped is not None:
                    do.multiply(error, below.dropped, out=error)
                if below.slope is not None:
                    do.multiply(error, below.slope, out=error)
                else:
                    below.layer.activation.backward(do, below.z, below.a, error)
                layer, x, delta = below.layer, below.x, error

    def _drop(self, do: Program, share: float, a: Array, out: Array) -> Array:
        """Inverted dropout: out = a ⊙ m, m = 1/(1 - share) where a uniform draw is at least the share, else 0."""
        draw: Any = do.empty(a.shape, np.float32)
        kept = do.empty(a.shape, np.bool_)
        factors: Array = do.empty_like(a)
        do.call(self.dropout_rng.random, dtype=np.float32, out=draw)
        do.greater_equal(draw, share, out=kept)
        do.call(np.copyto, factors, kept)
        do.multiply(factors, 1.0 / (1.0 - share), out=factors)
        do.multiply(a, factors, out=out)
        return factors

    def _noisy(self, do: Program, x: Array) -> Array:
        """x + s·ε with ε standard normal; the row of ones stays. Works on samples as rows, which lie without gaps."""
        samples = x.T
        noise: Array = do.empty_like(samples)
        noisy: Array = do.empty_like(samples)
        do.call(self.noise_rng.standard_normal, dtype=x.dtype, out=noise)
        do.multiply(noise, self.regularization.input_noise, out=noise)
        do.call(noise[:, -1].fill, 0.0)
        do.add(samples, noise, out=noisy)
        return noisy.T
