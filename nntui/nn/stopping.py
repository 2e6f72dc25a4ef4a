"""Early stopping: end a run whose validation loss no longer falls, at the weights that were best (Prechelt 1998)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nntui.nn.arrays import Array


class EarlyStopping:
    """Remembers the lowest loss of an epoch and its weights, and counts the epochs since.

    Attributes:
        due: whether the run should stop now; the weights are still those of the last epoch.
        best_epoch: the epoch, counted from 1, whose weights are remembered; 0: none.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start anew: the next loss is the best so far."""
        self._best = math.inf
        self._waited = 0
        self._weights: Array | None = None
        self.due, self.best_epoch = False, 0

    def observe(self, loss: float, parameters: Array, patience: int, epoch: int) -> None:
        """Note an epoch's loss: the run is `due` to stop after ``patience`` epochs without a new best."""
        if loss < self._best:
            self._best, self._waited, self.best_epoch = loss, 0, epoch
            if self._weights is None:
                self._weights = parameters.copy()
            else:
                self._weights[...] = parameters
            return
        self._waited += 1
        self.due = self._waited >= patience

    def restore_best(self, parameters: Array) -> int:
        """Put the best weights back and return their epoch; 0: none are remembered."""
        if self._weights is not None:
            parameters[...] = self._weights
        return self.best_epoch

    def state(self) -> dict[str, Any]:
        """All that it remembers."""
        due = {"due": True} if self.due else {}
        if self._weights is None:
            return {"best": None, **due}
        return {"best": self._best, "waited": self._waited, "weights": self._weights.copy(),
                "epoch": self.best_epoch, **due}  # fmt: skip

    def restore(self, state: Mapping[str, Any], epoch: int) -> None:
        """Take over what ``state`` returned after this epoch; earlier versions did not note the best epoch."""
        self.forget()
        self.due = bool(state.get("due", False))
        if state["best"] is not None:
            self._best, self._waited = float(state["best"]), int(state["waited"])
            self._weights = state["weights"].copy()
            self.best_epoch = int(state.get("epoch", epoch - self._waited))
