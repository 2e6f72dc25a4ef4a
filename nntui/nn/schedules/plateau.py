"""The schedule that depends on the run: it waits for the loss to stop falling."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import numpy as np

from nntui.nn.schedules.base import Rates, Schedule

_SMALLEST_DROP = 1e-8  # of the rate; less is not worth a drop (torch's eps)


class ReduceOnPlateau(Schedule):
    """r, times factor whenever the loss has not fallen for more than ``patience`` epochs; never below r end_factor.

    A loss counts as lower where it is below (1 - threshold) times the lowest so far. After a drop, ``cooldown``
    epochs are not counted. As torch's ReduceLROnPlateau (mode min, relative). Past rates are known; of the future
    only that nothing happens before the next epoch ends.
    """

    name = "reduce_on_plateau"

    def __init__(self, learning_rate: float, total_steps: int, **options: Any) -> None:
        super().__init__(learning_rate, total_steps, **options)
        self._best = inf
        self._bad_epochs = 0
        self._cooling = 0
        self._observed = 0
        self._drops: list[tuple[int, float]] = [(0, 1.0)]  # (first step, factor on r)

    def _rates(self, t: Rates) -> Rates:
        steps, factors = np.array(self._drops).T
        number: Any = np.searchsorted(steps, t, side="right") - 1
        return np.asarray(self.learning_rate * factors[number])

    @property
    def unknown_from(self) -> int:
        """The step before which the last epoch heard of ended."""
        return self._observed

    def observe(self, loss: float, step: int) -> None:
        """Hear the loss of an epoch that ended before ``step``; a drop acts from ``step`` on."""
        self._observed = step
        if loss < self._best * (1.0 - self.options["threshold"]) or (self._best == inf and loss < inf):
            self._best, self._bad_epochs = loss, 0
        else:
            self._bad_epochs += 1
        if self._cooling:
            self._cooling -= 1
            self._bad_epochs = 0
        if self._bad_epochs > self.options["patience"]:
            lowered = max(self._drops[-1][1] * self.options["factor"], self.options["end_factor"])
            if self.learning_rate * (self._drops[-1][1] - lowered) > _SMALLEST_DROP:
                self._drops.append((step, lowered))
            self._bad_epochs, self._cooling = 0, self.options["cooldown"]

    def compare_anew(self) -> None:
        """Start to look for a plateau anew; the drops so far stay."""
        self._best, self._bad_epochs = inf, 0

    def state(self) -> dict[str, Any]:
        """The drops so far and what the next one depends on; ``best`` is None before the first loss."""
        return {
            "best": None if self._best == inf else self._best,
            "bad_epochs": self._bad_epochs,
            "cooling": self._cooling,
            "observed": self._observed,
            "drops": [list(drop) for drop in self._drops],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state`` returned."""
        self._best = inf if state["best"] is None else state["best"]
        self._bad_epochs, self._cooling = state["bad_epochs"], state["cooling"]
        self._observed = state["observed"]
        self._drops = [(int(step), float(factor)) for step, factor in state["drops"]]
