"""A run trained again from its recording: to any epoch, to any moment, or to its end.

A session does the same thing again bit for bit when it is given the same commands at the same steps; so what was
recorded is enough to have any moment back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from nntui.runs.errors import RunError
from nntui.runs.journal import Entry
from nntui.training.commands import Stop
from nntui.training.events import Diverged, Event, RunEnded
from nntui.training.scalars import COLUMNS, Rows
from nntui.training.session import Session

MOST_STEPS = 20_000  # between two calls of ``progress``
PERIOD = 0.05  # seconds between them, about

Progress = Callable[[Session], None]


class Rerun:
    """Follows the entries of a journal with a session.

    Attributes:
        session: at the state reached.
        position: entries that have happened.
    """

    def __init__(
        self, name: str, session: Session, entries: Sequence[Entry], position: int = 0, progress: Progress | None = None
    ) -> None:
        """
        Args:
            name: of the journal, for what is said of it.
            session: in the state it had after the first ``position`` entries.
            progress: called now and then.
        """
        self._name, self._entries, self._progress = name, entries, progress
        self.session, self.position = session, position
        self._rows: list[Rows] = []
        self._slice = 50  # steps; how they are cut makes no difference to what is trained

    def to_epoch(self, epoch: int) -> None:
        """Go to where this epoch had just ended, for the last time where it was trained more than once.

        Raises:
            RunError: the recording does not lead there.
        """
        floor = floor_of(self._entries, epoch)
        session = self.session
        while session.epoch < epoch or self.position < floor:
            entry = self._entries[self.position] if self.position < len(self._entries) else None
            target = session.step_of_epoch(epoch)
            ahead = entry is None or target <= entry.step or isinstance(entry.event, Diverged)
            if self.position >= floor and session.state == "running" and ahead:
                self._train(target)
            elif entry is not None:
                self._take(entry)
            else:
                raise RunError(f"{self._name}: epoch {epoch:,} was not reached; the run has {session.epoch:,}")

    def to_point(self, position: int, step: int) -> None:
        """Go to where so many entries had happened and so many steps were done.

        Raises:
            RunError: the recording does not lead there.
        """
        while self.position < position:
            self._take(self._entries[self.position])
        self._train(step)

    def take_rows(self) -> Rows:
        """Of the epochs trained again since the last call; their seconds are not-a-number."""
        rows = np.concatenate([np.empty((0, len(COLUMNS))), *self._rows, self.session.take_rows()])
        self._rows.clear()
        return rows

    def _take(self, entry: Entry) -> None:
        """Let one entry happen."""
        session = self.session
        if entry.command is not None:
            self._train(entry.step)
            if not isinstance(entry.command, Stop):  # a run that was stopped can be gone on with
                session.apply(entry.command)
        elif isinstance(entry.event, Diverged):
            while session.state == "running":
                self._advance(MOST_STEPS)
            if session.state != "diverged" or session.step != entry.step:
                raise RunError(f"{self._name}: the run diverged at step {entry.event.step:,}, and does not any more")
        elif _stopped_early(entry.event):
            self._train(entry.step)
            if session.stops_now:
                session.advance(1)
            if session.state != "finished":
                raise RunError(f"{self._name}: the run stopped early at step {entry.step:,}, and now does not")
        self.position += 1

    def _train(self, step: int) -> None:
        session = self.session
        while session.step < step and session.state == "running":
            self._advance(step - session.step)
        if session.step != step:
            raise RunError(f"{self._name}: step {step:,} is not reached; training stands at {session.step:,}")

    def _advance(self, at_most: int) -> None:
        if self.session.stops_now:
            raise RunError(f"{self._name}: the run stops early at step {self.session.step:,}, and once went on")
        begun = time.perf_counter()
        self.session.advance(min(at_most, self._slice), stop_early=False)
        longer = time.perf_counter() - begun < PERIOD / 2
        self._slice = min(MOST_STEPS, self._slice * 2) if longer else max(1, self._slice // 2)
        self._rows.append(self.session.take_rows())
        if self._progress is not None:
            self._progress(self.session)


def _stopped_early(event: Event | None) -> bool:
    return isinstance(event, RunEnded) and event.reason == "early_stopped"


def floor_of(entries: Sequence[Entry], epoch: int) -> int:
    """How many entries happened at least before this epoch ended for the last time.

    All up to the last divergence that went back to before it.
    """
    positions = [
        position
        for position, entry in enumerate(entries, 1)
        if isinstance(entry.event, Diverged) and entry.epoch < epoch
    ]
    return positions[-1] if positions else 0
