"""Training compiled for one network, loss, optimizer, regularization and batch size: steps over shuffled epochs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np

from nntui.nn.arrays import Array, IntArray
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.nn.program import Call, Program, Scratch
from nntui.nn.regularization import Regularization
from nntui.nn.step import StepRecorder

_BLOCK_BATCHES = 64
_BLOCK_BYTES = 2**22


class Optimizer(Protocol):
    """What training needs of an optimizer: it was bound to the network's parameters and gradient before."""

    def update(self, learning_rate: float, /) -> None:
        """Take one step, in place."""


class Trainer:
    """Runs training steps. Its construction is cheap and changes nothing in the network or the optimizer.

    The optimizer must be bound to ``network.parameters`` and ``network.gradient``, both of which outlive the trainer. The
    batches of an epoch are gathered in blocks, so that a step reads slices at fixed places and its program is recorded
    once for each place in the block.

    Attributes:
        steps_per_epoch: number of batches, the last of which may be smaller.
        gradient: (P,) of the last batch, after penalties and clipping.
    """

    def __init__(
        self, network: Network, loss: Loss, optimizer: Optimizer, regularization: Regularization,
        inputs: Array, targets: Array, batch_size: int,
        dropout_rng: np.random.Generator, noise_rng: np.random.Generator,
    ) -> None:  # fmt: skip
        """inputs: (n, inputs), targets: (n, outputs), both of the network's dtype; a batch larger than n is n.

        Raises:
            ValueError: shapes, dtypes, or the network's output and the loss's do not fit together.
        """
        _check(network, loss, inputs, targets, batch_size)
        self._network, self._loss, self._optimizer = network, loss, optimizer
        self._inputs, self._targets = inputs, targets
        self._encoded = loss.encode(targets)
        self._recorder = StepRecorder(network, loss, regularization, dropout_rng, noise_rng)
        self._samples = len(inputs)
        self._batch = min(batch_size, self._samples)
        self.steps_per_epoch = -(-self._samples // self._batch)
        self.gradient = network.gradient
        for layer in network.layers:
            if layer.spec.frozen:
                layer.matrix_gradient[...] = 0.0
        self._frozen = [(layer.matrix, np.empty_like(layer.matrix)) for layer in network.layers if layer.spec.frozen]
        self._after = self._record_after(regularization)
        self._make_block()
        self._order: IntArray = np.arange(self._samples)
        self._kept: Array = np.full((targets.shape[1], self._samples), np.nan, network.dtype)

    def _make_block(self) -> None:
        """Memory for the batches of a block, and places for their programs."""
        width, outputs, dtype = self._inputs.shape[1], self._targets.shape[1], self._network.dtype
        fitting = _BLOCK_BYTES // (self._batch * (width + 1) * dtype.itemsize)
        self._slots = max(1, min(_BLOCK_BATCHES, fitting, self.steps_per_epoch))
        rows = self._slots * self._batch
        self._x: Array = np.ones((rows, width + 1), dtype)
        self._y: Array = np.empty(rows * outputs, dtype)
        self._z: Array = np.empty(rows * outputs, dtype)
        self._gathered_x: Array = np.empty((rows, width), dtype)
        self._gathered_y: Array = np.empty((rows, outputs), dtype)
        self._scratch: dict[int, Scratch] = {}
        self._programs: dict[tuple[int, int], list[Call]] = {}
        self._loaded = -1

    def begin_epoch(self, order: IntArray) -> None:
        """Set the order of the samples, (n,), for the steps from here on."""
        self._order = order
        self._loaded = -1

    def run(self, first: int, stop: int, learning_rates: Array | Sequence[float]) -> None:
        """Train on batches first … stop - 1 of the epoch; ``learning_rates[i]`` is that of batch first + i."""
        rates = learning_rates.tolist() if isinstance(learning_rates, np.ndarray) else learning_rates
        for matrix, held in self._frozen:
            held[...] = matrix
        begin = first
        with np.errstate(all="ignore"):
            while begin < stop:
                block = begin // self._slots
                end = min(stop, (block + 1) * self._slots)
                self._load(block)
                programs = [self._program(step) for step in range(begin, end)]
                _repeat(programs, rates[begin - first : end - first], self._optimizer.update, self._after)
                self._keep(begin, end)
                begin = end

    def epoch_metrics(self, first: int = 0, stop: int | None = None) -> tuple[float, float]:
        """Mean loss and score over batches first … stop - 1 as they were trained; only batches trained this epoch count.

        The score is the accuracy, or R² where targets are real numbers.
        """
        begin = first * self._batch
        end = self._samples if stop is None else min(stop * self._batch, self._samples)
        z, targets = self._kept[:, begin:end].T, self._targets.take(self._order[begin:end], axis=0)
        return self._loss.value(z, targets), self._loss.score(z, targets)

    def _size(self, step: int) -> int:
        """Number of samples of a batch."""
        return min(self._batch, self._samples - step * self._batch)

    def _load(self, block: int) -> None:
        """Gather the samples of a block, unless they are there."""
        if block == self._loaded:
            return
        begin = block * self._slots * self._batch
        chosen = self._order[begin : begin + self._slots * self._batch]
        count = len(chosen)
        self._inputs.take(chosen, axis=0, out=self._gathered_x[:count], mode="clip")
        self._encoded.take(chosen, axis=0, out=self._gathered_y[:count], mode="clip")
        self._x[:count, :-1] = self._gathered_x[:count]
        for y, rows in zip(self._columns(self._y, count), self._columns_of_rows(count), strict=True):
            y[...] = rows
        self._loaded = block

    def _columns(self, flat: Array, count: int) -> Iterable[Array]:
        """The first samples of a block as (batches, outputs, batch), then those of a smaller last batch alike."""
        outputs, full = self._targets.shape[1], count // self._batch
        cut = full * self._batch * outputs
        yield flat[:cut].reshape(full, outputs, self._batch)
        yield flat[cut : count * outputs].reshape(1, outputs, count - full * self._batch)

    def _columns_of_rows(self, count: int) -> Iterable[Array]:
        """The gathered targets as `_columns` has them."""
        outputs, full = self._targets.shape[1], count // self._batch
        cut = full * self._batch
        yield self._gathered_y[:cut].reshape(full, self._batch, outputs).transpose(0, 2, 1)
        yield self._gathered_y[cut:count].reshape(1, count - cut, outputs).transpose(0, 2, 1)

    def _program(self, step: int) -> list[Call]:
        """The calls of a step, recorded when a batch of its size first stands at its place in the block."""
        slot, size = step % self._slots, self._size(step)
        if (slot, size) not in self._programs:
            outputs = self._targets.shape[1]
            row = slot * self._batch
            cell = slice(row * outputs, (row + size) * outputs)
            do = Program(self._scratch.setdefault(size, Scratch()))
            self._recorder.record(
                do, self._x[row : row + size].T, self._y[cell].reshape(outputs, size), self._z[cell].reshape(outputs, size)
            )
            self._programs[slot, size] = do.calls
        return self._programs[slot, size]

    def _keep(self, first: int, stop: int) -> None:
        """Copy the outputs of the steps just done to their place in the epoch."""
        block = first // self._slots * self._slots
        outputs = self._targets.shape[1]
        for step in range(first, stop):
            row, size = (step - block) * self._batch, self._size(step)
            begin = step * self._batch
            self._kept[:, begin : begin + size] = self._z[row * outputs : (row + size) * outputs].reshape(outputs, size)

    def _record_after(self, regularization: Regularization) -> list[Call]:
        """What follows the optimizer's step: max-norm, and frozen layers put back whatever the optimizer did."""
        do = Program()
        regularization.record_max_norm(do, self._network)
        for matrix, held in self._frozen:
            do.call(np.copyto, matrix, held)
        return do.calls


def _repeat(
    programs: Sequence[list[Call]], rates: Sequence[float], update: Callable[[float], None], after: Sequence[Call]
) -> None:
    """The innermost loop: gradient, update, what follows."""
    for program, rate in zip(programs, rates, strict=True):
        for call in program:
            call()
        update(rate)
        for call in after:
            call()


def _check(network: Network, loss: Loss, inputs: Array, targets: Array, batch_size: int) -> None:
    if loss.output != network.layers[-1].spec.activation:
        raise ValueError(
            f"the loss is for {loss.output} outputs, the network's are {network.layers[-1].spec.activation}"
        )
    if inputs.shape != (len(targets), network.inputs) or targets.shape[1:] != (network.layers[-1].size,):
        raise ValueError(f"inputs {inputs.shape} and targets {targets.shape} do not fit the network")
    if not len(inputs) or batch_size < 1:
        raise ValueError("there must be at least one sample, and one in a batch")
    if inputs.dtype != network.dtype or targets.dtype != network.dtype:
        raise ValueError(f"inputs and targets must be {network.dtype}")
