"""Training compiled for one network, loss, optimizer, regularization and batch size: steps over shuffled epochs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from nntui.nn.arrays import Array, IntArray
from nntui.nn.block import Block
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.nn.program import Call, Program, Scratch, compiled
from nntui.nn.regularization import Regularization
from nntui.nn.step import StepRecorder

__all__ = ["Optimizer", "Regularization", "Trainer"]


class Optimizer(Protocol):
    """What training needs of an optimizer: it was bound to the network's parameters and gradient before.

    Attributes:
        calls: what makes a step, in place, once it has begun, by its place among steps that begin together; another
            function when it has to be recorded anew.
    """

    calls: Callable[[int], list[Call]]

    def begin_steps(self, learning_rates: Array, place: int, /) -> int:
        """Set what differs from step to step, for as many steps as it returns."""


class Trainer:
    """Runs training steps. Its construction is cheap and changes nothing in the network or the optimizer.

    The optimizer must be bound to ``network.parameters`` and ``network.gradient``, both of which outlive the trainer.
    The batches of an epoch are gathered in blocks, so that a step reads slices at fixed places and its program is
    recorded once for each place in the block.

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
        self._columns: Array = np.ascontiguousarray(targets.T)
        self._block = Block(inputs, loss.encode(targets), min(batch_size, len(inputs)))
        self.steps_per_epoch = self._block.steps
        self.gradient = network.gradient
        self._frozen = [(layer.matrix, np.empty_like(layer.matrix)) for layer in network.layers if layer.spec.frozen]
        self._after = self._record_after(regularization)
        self._recorder = StepRecorder(network, loss, regularization, dropout_rng, noise_rng)
        self._scratch = Scratch()
        self._programs: list[Call] = []
        self._tail: list[Call] = []  # of one, or none yet
        self._update = optimizer.calls
        self._order: IntArray = np.arange(len(inputs))
        self._loaded = -1
        self._kept: Array = np.full(self._columns.shape, np.nan, network.dtype)

    def begin_epoch(self, order: IntArray) -> None:
        """Set the order of the samples, (n,), for the steps from here on."""
        self._order = order
        self._loaded = -1

    def run(self, first: int, stop: int, learning_rates: Array | Sequence[float]) -> None:
        """Train on batches first … stop - 1 of the epoch; ``learning_rates[i]`` is that of batch first + i."""
        rates = np.asarray(learning_rates, np.float64)
        for matrix, held in self._frozen:
            held[...] = matrix
        begin = first
        with np.errstate(all="ignore"):
            while begin < stop:
                place = begin % self._block.batches
                end = min(stop, begin - place + self._block.batches)
                if self._loaded != begin - place:
                    self._block.load(begin, self._order)
                    self._loaded = begin - place
                end = begin + self._optimizer.begin_steps(rates[begin - first : end - first], place)
                for step in self._steps(begin, end):
                    step()
                self._block.copy_outputs(begin, end, self._kept)
                begin = end

    def _steps(self, begin: int, end: int) -> list[Call]:
        """Steps begin … end - 1, all of one block; that of a place is recorded at its first use."""
        if self._update is not self._optimizer.calls:
            self._update = self._optimizer.calls
            self._programs, self._tail = [], []
        block, place = self._block, begin % self._block.batches
        with_tail = block.tail > 0 and end == block.steps
        full = end - begin - with_tail
        for step in range(len(self._programs), place + full):
            self._programs.append(self._record(Program(self._scratch), step))
        if with_tail and not self._tail:
            self._tail = [self._record(Program(), end - 1)]
        steps: list[Call] = self._programs[place : place + full] + self._tail * with_tail
        return steps

    def _record(self, do: Program, step: int) -> Call:
        """A whole step in one function: gradient, update, what follows."""
        gradient = self._recorder.record(do, *self._block.batch(step))
        return compiled([*gradient, *self._update(step % self._block.batches), *self._after])

    def epoch_metrics(self, first: int = 0, stop: int | None = None) -> tuple[float, float]:
        """Mean loss and score over batches first … stop - 1 as they were when trained in this epoch.

        The score is the accuracy, or R² where targets are real numbers. Both are NaN without a batch.
        """
        begin = first * self._block.batch_size
        end = len(self._order) if stop is None else min(stop * self._block.batch_size, len(self._order))
        if begin >= end:
            return math.nan, math.nan
        z, targets = self._kept[:, begin:end].T, self._columns.take(self._order[begin:end], axis=1).T
        return self._loss.value(z, targets), self._loss.score(z, targets)

    @property
    def batch_size(self) -> int:
        """Samples of a batch, the last of an epoch excepted."""
        return self._block.batch_size

    @property
    def outputs(self) -> Array:
        """(outputs, n): sums of the output layer as the steps of this epoch left them, in the epoch's order."""
        return self._kept

    def _record_after(self, regularization: Regularization) -> list[Call]:
        """What follows the optimizer's step: max-norm, and frozen layers put back whatever the optimizer did."""
        do = Program()
        regularization.record_max_norm(do, self._network)
        for matrix, held in self._frozen:
            do.call(np.copyto, matrix, held)
        return do.calls


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
