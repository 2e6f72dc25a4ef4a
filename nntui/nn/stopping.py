"""Early stopping: end a run whose test loss no longer falls, at the weights that were best (Prechelt 1998)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nntui.nn.arrays import Array


class EarlyStopping:
    """Remembers the lowest test loss and its weights, and counts the epochs since."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start anew: the next loss is the best so far."""
        self._best = math.inf
        self._waited = 0
        self._weights: Array | None = None

    def observe(self, test_loss: float, parameters: Array, patience: int) -> bool:
        """Hear of an ended epoch; True where ``patience`` epochs in a row were not better than the best."""
        if test_loss < self._best:
            self._best, self._waited = test_loss, 0
            if self._weights is None:
                self._weights = parameters.copy()
            else:
                self._weights[...] = parameters
            return False
        self._waited += 1
        return self._waited >= patience

    def restore_best(self, parameters: Array) -> None:
        """Put the best weights back."""
        if self._weights is not None:
            parameters[...] = self._weights

    def state(self) -> dict[str, Any]:
        """All that it remembers."""
        if self._weights is None:
            return {"best": None}
        return {"best": self._best, "waited": self._waited, "weights": self._weights.copy()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state`` returned."""
        self.forget()
        if state["best"] is not None:
            self._best, self._waited = float(state["best"]), int(state["waited"])
            self._weights = state["weights"].copy()
