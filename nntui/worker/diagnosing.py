"""The doctor of the run under way, who looks as often as its share of the time allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from nntui.training.budget import Budget
from nntui.training.commands import Command
from nntui.training.diagnosis.engine import Doctor
from nntui.training.events import Diagnosed, Event, Refused
from nntui.training.session import Session

SHARE = 0.01  # of all time
OFTEN, SELDOM = 1 / 30, 10.0  # seconds between two looks


class Diagnosing:
    """Looks between slices of training: at the start, after every change, and else when it is due and affordable."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._doctor: Doctor | None = None
        self._budget = Budget(SHARE, OFTEN, SELDOM)
        self._looked_at = -1e9

    def begin(self, session: Session) -> list[Event]:
        """A run begins, or goes on from another place; what is wrong with it already."""
        self._budget = Budget(SHARE, OFTEN, SELDOM)
        self._doctor = Doctor(session)
        return [*self._look()]

    def commanded(self, command: Command, told: Sequence[Event]) -> list[Event]:
        """What changes with a command that the session obeyed."""
        if self._doctor is None or all(isinstance(event, Refused) for event in told):
            return []
        return [*self._doctor.notice(told, command), *self._look()]

    def trained(self, told: Sequence[Event]) -> list[Event]:
        """What begins or ceases to be wrong now that the session advanced."""
        if self._doctor is None:
            return []
        noticed = self._doctor.notice(told)
        if noticed or self._clock() - self._looked_at < self._budget.period:
            return [*noticed]
        return [*self._look()]

    def _look(self) -> list[Diagnosed]:
        assert self._doctor is not None
        begun = self._clock()
        told = self._doctor.look()
        self._looked_at = self._clock()
        self._budget.spent(self._looked_at - begun)
        return told
