"""One pass over the training data: it may be interrupted, changed underneath, and taken up again from a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nntui.nn.arrays import Array, IntArray
from nntui.nn.losses import Loss
from nntui.nn.trainer import Trainer
from nntui.training.rates import Rates

Compile = Callable[[IntArray | None], Trainer]
"""Compiles training on these rows of the training data, (m,), or on all of them."""


class Lap:
    """Where in an epoch training is, and the compiled steps of the rest of it.

    Steps are compiled for one batch size and one set of formulas. When either changes in the middle of an epoch, the
    rows that are left, in the order drawn for this epoch, are trained as the changed settings say; so no row is left
    out and none comes twice. What the earlier rows gave as outputs is kept for the figures of the epoch.

    Attributes:
        order: (n,) rows in the order of this epoch; None between epochs.
    """

    def __init__(self, compile_: Compile, loss: Loss, targets: Array) -> None:
        """targets: (n, outputs) of the whole training part."""
        self._targets: Array = np.ascontiguousarray(targets.T)  # (outputs, n), as the trainer judges its outputs
        self.order: IntArray | None = None
        self._earlier: Array | None = None  # (outputs, m) of the first m rows of the order
        self._start = 0  # rows of the order before the trainer's first
        self._index = 0  # batches done since there
        self.compile(compile_, loss)

    @property
    def remaining(self) -> int:
        """Steps that are left of the epoch under way; between epochs those of a whole one."""
        left: int = self._trainer.steps_per_epoch - self._index
        return left

    @property
    def done(self) -> int:
        """Rows trained on in this epoch."""
        done: int = self._start + self._index * self._trainer.batch_size
        return min(done, len(self._targets[0]))

    def compile(self, compile_: Compile, loss: Loss) -> None:
        """Go on with other formulas, or another batch size."""
        self._compile, self._loss = compile_, loss
        if self.order is None or not self.done:
            self._begin(0)
        else:
            self._earlier = self._outputs()
            self._begin(self.done)

    def begin(self, order: IntArray) -> None:
        """Start an epoch; order: (n,), not to be written to any more."""
        partial = self._start > 0
        self.order, self._earlier = order, None
        if partial:
            self._begin(0)
        else:
            self._index = 0
            self._trainer.begin_epoch(order)

    def run(self, count: int, rates: Rates) -> None:
        """Train ``count`` steps, at most those remaining; rates: (count,)."""
        self._trainer.run(self._index, self._index + count, rates)
        self._index += count

    def figures(self) -> tuple[float, float]:
        """Mean loss and score of the batches trained in this epoch; not-a-number before the first."""
        if not self.done or self.order is None:
            return float("nan"), float("nan")
        if self._earlier is None:
            return self._trainer.epoch_metrics(0, self._index)
        z = self._outputs().T
        targets = self._targets.take(self.order[: self.done], axis=1).T
        return self._loss.value(z, targets), self._loss.score(z, targets)

    def last_loss(self) -> float:
        """Mean loss of the batch trained last."""
        return self._trainer.epoch_metrics(self._index - 1, self._index)[0]

    def end(self) -> None:
        """The epoch is over."""
        self.order, self._earlier = None, None
        if self._start:
            self._begin(0)
        self._index = 0

    def state(self) -> dict[str, Any]:
        """All that `restore` needs besides the settings."""
        if self.order is None:
            return {"order": None}
        return {"order": self.order, "start": self._start, "index": self._index, "outputs": self._outputs()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go to where ``state`` was taken, under the same settings."""
        order = state["order"]
        if order is None:
            self.end()
            return
        order, start, index = np.asarray(order), int(state["start"]), int(state["index"])
        outputs, samples = np.asarray(state["outputs"]), self._targets.shape[1]
        if order.shape != (samples,) or order.min() < 0 or order.max() >= samples or not 0 <= start < samples:
            raise ValueError("the order of the epoch does not fit the data")
        self.order = order
        self._begin(start)
        if not 0 <= index < self._trainer.steps_per_epoch:
            raise ValueError("the epoch has fewer steps than were done of it")
        self._index = index
        if outputs.shape != (len(self._targets), self.done):
            raise ValueError("the outputs of the epoch do not fit what was done of it")
        self._earlier = outputs if self.done else None

    def _begin(self, start: int) -> None:
        """Compile for the rows of the order from ``start`` on."""
        self._start, self._index = start, 0
        if start and self.order is not None:
            rest = self.order[start:]
            self._trainer = self._compile(rest)
            self._trainer.begin_epoch(np.arange(len(rest)))
        else:
            self._trainer = self._compile(None)
            if self.order is not None:
                self._trainer.begin_epoch(self.order)

    def _outputs(self) -> Array:
        """(outputs, done): of all rows trained in this epoch, a copy."""
        earlier = self._earlier
        known = 0 if earlier is None else earlier.shape[1]
        fresh: Array = self._trainer.outputs[:, known - self._start if known else 0 : self.done - self._start]
        return fresh.copy() if earlier is None else np.concatenate([earlier, fresh], axis=1)
