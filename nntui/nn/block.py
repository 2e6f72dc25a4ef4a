"""The next few batches of an epoch, gathered at fixed places in memory, so that recorded steps can read them there."""

from __future__ import annotations

import numpy as np

from nntui.nn.arrays import Array, IntArray
from nntui.nn.program import PLACES

_MOST_BYTES = 2**19  # of inputs: gathered shortly before they are read, they are still in the cache
_MOST_COPIED = 2**26  # bytes of all inputs up to which a copy with the ones is kept, which saves a pass when gathering


class Block:
    """Room for some batches: their inputs, targets, and the outputs that steps leave.

    Block by block, an epoch is gathered as fast as by one shuffled copy of all samples, without the memory for it.
    Steps are numbered from the start of the epoch; step s has its place at ``s % batches``. The last batch of an epoch
    may be smaller and has arrays of its own size, but for the inputs, of which it uses the first rows.

    Attributes:
        batches: number of places.
        steps: number of batches in an epoch.
        tail: size of the last batch of an epoch if it is smaller than the others, else 0.
    """

    def __init__(self, inputs: Array, targets: Array, batch_size: int) -> None:
        """inputs: (n, inputs), targets: (n, outputs); batch_size at most n."""
        self._targets = targets
        samples, width = inputs.shape
        outputs, dtype = targets.shape[1], inputs.dtype
        self.batch_size = batch_size
        self.steps = -(-samples // batch_size)
        self.tail = samples % batch_size
        fitting = _MOST_BYTES // (batch_size * (width + 1) * dtype.itemsize)
        self.batches = max(1, min(PLACES, fitting, self.steps))
        rows = self.batches * batch_size
        self._x: Array = np.ones((rows, width + 1), dtype)
        self._y: Array = np.empty((self.batches, outputs, batch_size), dtype)
        self._z: Array = np.empty_like(self._y)
        self._y_tail: Array = np.empty((outputs, self.tail), dtype)
        self._z_tail: Array = np.empty_like(self._y_tail)
        self._with_ones = inputs.nbytes <= _MOST_COPIED
        self._inputs: Array = inputs
        if self._with_ones:
            self._inputs = np.ones((samples, width + 1), dtype)
            self._inputs[:, :-1] = inputs
        self._gathered_x: Array = self._x if self._with_ones else np.empty((rows, width), dtype)
        self._gathered_y: Array = np.empty((rows, outputs), dtype)

    def batch(self, step: int) -> tuple[Array, Array, Array]:
        """Where a step finds x (inputs + 1, batch), its last row ones, and y (outputs, batch), and leaves z as y."""
        place = step % self.batches
        row = place * self.batch_size
        if self._is_tail(step):
            return self._x[row : row + self.tail].T, self._y_tail, self._z_tail
        return self._x[row : row + self.batch_size].T, self._y[place], self._z[place]

    def load(self, step: int, order: IntArray) -> None:
        """Gather the samples of the block that a step belongs to; order: (n,), all samples of the epoch."""
        first = step - step % self.batches
        chosen = order[first * self.batch_size : (first + self.batches) * self.batch_size]
        count = len(chosen)
        x, y = self._gathered_x[:count], self._gathered_y[:count]
        self._inputs.take(chosen, axis=0, out=x, mode="clip")
        self._targets.take(chosen, axis=0, out=y, mode="clip")
        if not self._with_ones:
            self._x[:count, :-1] = x
        full = count // self.batch_size
        cut = full * self.batch_size
        self._y[:full] = y[:cut].reshape(full, self.batch_size, len(y.T)).transpose(0, 2, 1)
        if cut < count:
            self._y_tail[...] = y[cut:].T

    def copy_outputs(self, first: int, stop: int, out: Array) -> None:
        """Copy the z of steps first … stop - 1, all of one block, to their place in the epoch; out: (outputs, n)."""
        if self._is_tail(stop - 1):
            out[:, -self.tail :] = self._z_tail
            stop -= 1
        if first == stop:
            return
        place, count = first % self.batches, stop - first
        cell = out[:, first * self.batch_size : stop * self.batch_size].reshape(len(out), count, self.batch_size)
        cell[...] = self._z[place : place + count].transpose(1, 0, 2)

    def _is_tail(self, step: int) -> bool:
        return bool(self.tail) and step == self.steps - 1
