"""The learning rate in force at every step: schedule × scale, computed ahead in blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.nn.schedules import Schedule

Rates = npt.NDArray[np.float64]

_BLOCK = 512  # steps


class LearningRates:
    """Gives the rates of stretches of steps.

    The blocks begin at fixed steps, whatever stretches are asked for, so that a rate cannot depend, not even in its
    last bit, on how a run is cut into slices.
    """

    def __init__(self, schedule: Schedule, scale: float) -> None:
        self.revise(schedule, scale)

    def revise(self, schedule: Schedule, scale: float) -> None:
        """Go on with another schedule or scale. A schedule of the same kind keeps what it has learned from the run."""
        before: Schedule | None = getattr(self, "_schedule", None)
        if before is not None and _kind(before) is _kind(schedule):
            schedule.restore(before.state())
        self._schedule, self._scale = schedule, scale
        self._forget()

    def take(self, step: int, count: int) -> Rates:
        """The rates of ``count`` steps from ``step`` on: (count,)."""
        offset = step - self._first
        if 0 <= offset <= _BLOCK - count:
            return self._block[offset : offset + count]
        parts = []
        while count:
            self._load(step // _BLOCK * _BLOCK)
            part = self._block[step - self._first :][:count]
            parts.append(part)
            step, count = step + len(part), count - len(part)
        return np.concatenate(parts)

    def at(self, step: int) -> float:
        """The rate of one step."""
        return float(self.take(step, 1)[0])

    def observe(self, loss: float, step: int) -> None:
        """An epoch ended before ``step`` with this validation or test loss; a schedule may depend on it."""
        self._schedule.observe(loss, step)
        if self._schedule.unknown_from is not None:
            self._forget()

    def compare_anew(self) -> None:
        """The losses to come are not comparable with those heard so far."""
        self._schedule.compare_anew()

    def state(self) -> dict[str, Any]:
        """What the schedule has learned from the run, JSON-able."""
        return self._schedule.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state`` returned, under the same settings."""
        self._schedule.restore(state)
        self._forget()

    def _forget(self) -> None:
        self._first, self._block = -2 * _BLOCK, np.empty(0)

    def _load(self, first: int) -> None:
        if first != self._first:
            self._first, self._block = first, self._schedule.values(np.arange(first, first + _BLOCK)) * self._scale


def _kind(schedule: Schedule) -> type[object]:
    """The class of the schedule, a warm-up before it aside."""
    return type(getattr(schedule, "after", schedule))
