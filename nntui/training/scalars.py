"""The numbers of an ended epoch, as columns: one row an epoch, kept and sent without an object for each."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from nntui.training.events import EpochEnded

COLUMNS = ("epoch", "step", "train_loss", "test_loss", "train_score", "test_score", "learning_rate", "seconds")
INDEX = {name: index for index, name in enumerate(COLUMNS)}

Rows = npt.NDArray[np.float64]  # (epochs, len(COLUMNS))


def epoch_ended(row: npt.NDArray[np.float64], task: Literal["classification", "regression"]) -> EpochEnded:
    """The event of one row: its score is the accuracy of a classifier, the R² of a regression."""
    epoch, step, train_loss, test_loss, train_score, test_score, learning_rate, seconds = row.tolist()
    common = (int(epoch), int(step), train_loss, test_loss, learning_rate, seconds)
    if task == "classification":
        return EpochEnded(*common, train_accuracy=train_score, test_accuracy=test_score)
    return EpochEnded(*common, train_r2=train_score, test_r2=test_score)
