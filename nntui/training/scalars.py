"""The numbers of an ended epoch, as columns: one row an epoch, kept and sent without an object for each."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from nntui.training.events import EpochEnded

COLUMNS = (
    "epoch", "step", "train_loss", "test_loss", "train_score", "test_score", "learning_rate", "seconds",
    "validation_loss", "validation_score",
)  # fmt: skip
"""Not-a-number stands for what there is not: the validation figures without a validation set."""

INDEX = {name: index for index, name in enumerate(COLUMNS)}

DecidingSet = Literal["validation", "test"]

Rows = npt.NDArray[np.float64]  # (epochs, len(COLUMNS))

_FEWEST = 64


class RowBuffer:
    """Rows that wait to be taken: one array that grows when they are not, and shrinks when they are."""

    def __init__(self) -> None:
        self._rows: Rows = np.empty((_FEWEST, len(COLUMNS)))
        self._count = 0

    def add(self, row: tuple[float, ...]) -> None:
        """Put a row behind the others."""
        if self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self._count] = row
        self._count += 1

    def take(self) -> Rows:
        """All of them, a copy; they are gone from here."""
        taken = self._rows[: self._count].copy()
        if len(self._rows) > 4 * max(_FEWEST, self._count):
            self._rows = np.empty((_FEWEST, len(COLUMNS)))
        self._count = 0
        return taken


def best_epoch(rows: Rows) -> tuple[int, float] | None:
    """(epoch, loss) where the loss of the `deciding_set` is lowest, the first of equals; None if no loss is finite.

    Of an epoch that was trained more than once the last time counts.
    """
    row = best_row(rows)
    return None if row is None else (int(row[INDEX["epoch"]]), float(row[INDEX[f"{deciding_set(rows)}_loss"]]))


def best_row(rows: Rows) -> npt.NDArray[np.float64] | None:
    """The row of the `best_epoch`, (columns,)."""
    _, last = np.unique(rows[::-1, INDEX["epoch"]], return_index=True)
    latest = rows[::-1][last]
    losses = latest[:, INDEX[f"{deciding_set(rows)}_loss"]]
    if not np.isfinite(losses).any():
        return None
    row: npt.NDArray[np.float64] = latest[int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))]
    return row


def epoch_ended(row: npt.NDArray[np.float64], task: Literal["classification", "regression"]) -> EpochEnded:
    """The event of one row: its score is the accuracy of a classifier, the R² of a regression."""
    value = dict(zip(COLUMNS, row.tolist(), strict=True))
    score = "accuracy" if task == "classification" else "r2"
    named = {f"train_{score}": value["train_score"], f"test_{score}": value["test_score"]}
    if not math.isnan(value["validation_loss"]):
        named |= {"validation_loss": value["validation_loss"], f"validation_{score}": value["validation_score"]}
    figures = (value[name] for name in ("train_loss", "test_loss", "learning_rate", "seconds"))
    return EpochEnded(int(value["epoch"]), int(value["step"]), *figures, **named)


def deciding_set(rows: Rows) -> DecidingSet:
    """The set whose loss picks the best epoch: the validation set if these rows have figures of one."""
    return "validation" if np.isfinite(rows[:, INDEX["validation_loss"]]).any() else "test"


def known_columns(rows: Rows) -> tuple[str, ...]:
    """The columns without those of a validation set that there is not."""
    with_validation = deciding_set(rows) == "validation"
    return tuple(name for name in COLUMNS if with_validation or not name.startswith("validation"))
