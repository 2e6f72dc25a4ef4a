"""The doctor of a run that is trained without a screen: it looks at steps that follow from the run alone.

So two runs of the same experiment tell the same. Up to step 100 it looks every ten steps, later after every tenth of
the steps done: often enough for what happens by then, and too seldom to slow the training down.
"""

from __future__ import annotations

from collections.abc import Sequence

from nntui.training.commands import Command
from nntui.training.diagnosis.course import TICK
from nntui.training.diagnosis.engine import Doctor
from nntui.training.events import Event, Refused
from nntui.training.session import Session

PART = 10  # of the steps done


class Diagnoses:
    """What there is to tell of a run beyond what its session tells."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._doctor = Doctor(session)
        self._next = session.step

    @property
    def steps(self) -> int:
        """How many steps may be trained before the next look."""
        return max(1, self._next - self._session.step)

    def look(self) -> list[Event]:
        """What began or ceased to be wrong; nothing between two looks."""
        step = self._session.step
        if step < self._next:
            return []
        self._next = step + max(TICK, step // PART)
        return [*self._doctor.look()]

    def trained(self, told: Sequence[Event]) -> list[Event]:
        """After each advance."""
        return [*self._doctor.notice(told), *self.look()]

    def commanded(self, command: Command, told: Sequence[Event]) -> list[Event]:
        """After each command."""
        if all(isinstance(event, Refused) for event in told):
            return []
        noticed = self._doctor.notice(told, command)
        self._next = self._session.step
        return [*noticed, *self.look()]
