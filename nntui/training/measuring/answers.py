"""What the network answers to the rows of both parts: worked out once a moment, for every record that needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.nn.arrays import Array, BoolArray, IntArray
from nntui.nn.losses import Loss
from nntui.training.measuring import Context

MOST_ROWS = 2000
FEWEST_ROWS = 64
_PARAMETER_ROWS = 100_000_000  # a forward pass costs as parameters × rows

Labels = npt.NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Answered:
    """One part of the data, or of very many rows a sample spread evenly over them.

    Attributes:
        total: rows of the part.
        rows: (n,) those answered.
        z: (n, outputs) sums of the output layer.
        outputs: (n, outputs).
        targets: (n, outputs) as the loss takes them.
        losses: (n,) loss of each row.
        true, said: (n,) classes; empty for regression.
    """

    total: int
    rows: IntArray
    z: Array
    outputs: Array
    targets: Array
    losses: Array
    true: Labels
    said: Labels

    @property
    def wrong(self) -> BoolArray:
        """(n,): whether another class is said; all false for regression."""
        return self.true != self.said if len(self.true) else np.zeros(len(self.rows), np.bool_)


@dataclass(frozen=True, eq=False)
class Answers:
    """Every set; ``validation``: None without a validation set."""

    train: Answered
    test: Answered
    validation: Answered | None


def answers(context: Context) -> Answers:
    """Of the network as it is; the same object as long as nothing has changed."""
    session = context.session
    state = (session.experiment, session.step)
    kept = context.kept.get("answers")
    parameters = session.network.parameters
    if kept is not None and kept[0] == state and np.array_equal(kept[1], parameters):
        found: Answers = kept[2]
        return found
    prepared = session.prepared
    most = min(MOST_ROWS, max(FEWEST_ROWS, _PARAMETER_ROWS // len(parameters)))
    labels = prepared.split
    with np.errstate(all="ignore"):
        made = Answers(
            _answered(context, prepared.train_x, prepared.train_y, labels.train_labels, most),
            _answered(context, prepared.test_x, prepared.test_y, labels.test_labels, most),
            _answered(context, prepared.validation_x, prepared.validation_y, labels.validation_labels, most)
            if prepared.has_validation
            else None,
        )
    context.kept["answers"] = state, parameters.copy(), made
    return made


def _answered(context: Context, inputs: Array, targets: Array, labels: Any, most: int) -> Answered:
    rows = spread(len(inputs), most)
    x, y = (inputs, targets) if len(rows) == len(inputs) else (inputs[rows], targets[rows])
    loss = context.session.loss
    z = context.session.network.forward(x)
    none: Labels = np.empty(0, np.int16)
    true = none if labels is None else labels[rows].astype(np.int16)
    said = none if labels is None else classes(loss, z)
    return Answered(len(inputs), rows, z, loss.outputs(z), y, loss.per_sample(z, y), true, said)


def spread(total: int, most: int) -> IntArray:
    """(n,) row numbers, at most so many, evenly spread over all."""
    if total <= most:
        return np.arange(total)
    return np.linspace(0, total - 1, most).round().astype(np.int64)


def classes(loss: Loss, z: Array) -> Labels:
    """(n,): the class the network says: that of the largest output, or of a single one on which side it lies.

    What is not a number says the first class.
    """
    if z.shape[1] > 1:
        return np.asarray(np.where(np.isnan(z), -np.inf, z).argmax(axis=1), np.int16)
    return (z[:, 0] > threshold(loss)).astype(np.int16)


def threshold(loss: Loss) -> float:
    """The z above which a single output stands for the second class."""
    return 0.5 if loss.output == "identity" and loss.name != "hinge" else 0.0


def middle(loss: Loss) -> float:
    """The same as an output."""
    return 0.5 if loss.output == "sigmoid" else threshold(loss)


def for_each_class(loss: Loss, outputs: Array) -> Array:
    """(n, classes): the output for each class; of a single output what it leaves for the first class, and itself."""
    if outputs.shape[1] > 1:
        return outputs
    other = -outputs if loss.name == "hinge" else 1 - outputs
    return np.concatenate([other, outputs], axis=1)


def are_probabilities(loss: Loss) -> bool:
    """Whether the outputs are probabilities, and not just numbers that should come near them."""
    return loss.output in ("sigmoid", "softmax")
