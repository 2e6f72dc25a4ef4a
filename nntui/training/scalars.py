"""The numbers of an ended epoch, as columns: one row an epoch, kept and sent without an object for each."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from nntui.training.events import EpochEnded

COLUMNS = ("epoch", "step", "train_loss", "test_loss", "train_score", "test_score", "learning_rate", "seconds")
INDEX = {name: index for index, name in enumerate(COLUMNS)}

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


def best_epoch(rows: Rows, column: str = "test_loss") -> tuple[int, float] | None:
    """(epoch, loss) where the loss is lowest, the first of equals; None without any finite loss.

    Of an epoch that was trained more than once the last time counts.
    """
    _, last = np.unique(rows[::-1, INDEX["epoch"]], return_index=True)
    latest = rows[::-1][last]
    losses = latest[:, INDEX[column]]
    if not np.isfinite(losses).any():
        return None
    index = int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))
    return int(latest[index, INDEX["epoch"]]), float(losses[index])


def epoch_ended(row: npt.NDArray[np.float64], task: Literal["classification", "regression"]) -> EpochEnded:
    """The event of one row: its score is the accuracy of a classifier, the R² of a regression."""
    epoch, step, train_loss, test_loss, train_score, test_score, learning_rate, seconds = row.tolist()
    common = (int(epoch), int(step), train_loss, test_loss, learning_rate, seconds)
    if task == "classification":
        return EpochEnded(*common, train_accuracy=train_score, test_accuracy=test_score)
    return EpochEnded(*common, train_r2=train_score, test_r2=test_score)
