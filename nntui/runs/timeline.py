"""A recording in the order in which it happened: epochs and events on one axis of steps as they were trained.

A divergence takes a run back to an earlier step, so the steps of the optimizer do not rise throughout; what is played
here does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nntui.runs.journal import Entry
from nntui.training.events import Diverged, Event
from nntui.training.scalars import INDEX, Rows

Steps = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Moment:
    """An event on the axis.

    Attributes:
        at: steps trained before, those trained twice counted twice.
        position: entries of the journal up to it, itself included.
    """

    at: int
    position: int
    event: Event


@dataclass(frozen=True)
class Timeline:
    """A recording to be played.

    Attributes:
        rows: of the epochs, in the order in which they were trained.
        begins: (epochs,) the optimizer step before the first of each epoch.
        ends: (epochs,) where on the axis each epoch ended, rising.
        moments: the events, in order.
    """

    rows: Rows
    begins: Steps
    ends: Steps
    moments: tuple[Moment, ...]

    @property
    def length(self) -> int:
        """Steps from the start to the end of all."""
        return max([0, *map(int, self.ends[-1:]), *(moment.at for moment in self.moments[-1:])])

    def done_at(self, at: int) -> int:
        """Rows that were there at this place of the axis."""
        return int(np.searchsorted(self.ends, at, "right"))

    def step_at(self, at: int) -> int:
        """Optimizer steps that were done at this place of the axis."""
        done = self.done_at(at)
        if done == len(self.rows):
            return at - int(self.ends[-1]) + int(self.rows[-1, INDEX["step"]]) if done else at
        return int(self.begins[done]) + at - (int(self.ends[done - 1]) if done else 0)

    def end_of(self, epoch: int) -> int | None:
        """Where on the axis this epoch ended, for the last time; None where it did not."""
        if epoch == 0:
            return 0
        found = np.flatnonzero(self.rows[:, INDEX["epoch"]] == epoch)
        return int(self.ends[found[-1]]) if len(found) else None


def timeline(rows: Rows, entries: Sequence[Entry]) -> Timeline:
    """The timeline of a recording's rows and the entries of its journal."""
    steps: Steps = rows[:, INDEX["step"]].astype(np.int64)
    begins = np.concatenate([np.zeros(1, np.int64), steps[:-1]])[: len(steps)]
    returns = [*(np.flatnonzero(np.diff(steps) <= 0) + 1).tolist(), len(steps)]  # first rows after going back
    placed: list[tuple[int, int, int, Event]] = []  # rows before, steps since the last of them, position, event
    first = 0
    for position, entry in enumerate(entries, 1):
        if entry.event is None:
            continue
        went_back = isinstance(entry.event, Diverged)
        step = entry.event.step if isinstance(entry.event, Diverged) else entry.step
        done = first + int(np.searchsorted(steps[first : returns[0]], step, "right"))
        placed.append((done, max(0, step - int(steps[done - 1] if done else 0)), position, entry.event))
        if went_back and done == returns[0] < len(steps):
            first = returns.pop(0)
            begins[first] = min(entry.step, int(steps[first]) - 1)
    ends = np.cumsum(np.maximum(1, steps - begins))
    return Timeline(rows, begins, ends, _moments(placed, ends))


def _moments(placed: list[tuple[int, int, int, Event]], ends: Steps) -> tuple[Moment, ...]:
    moments, latest = [], 0
    for done, since, position, event in placed:
        begin = int(ends[done - 1]) if done else 0
        end = int(ends[done]) - 1 if done < len(ends) else begin + since
        latest = max(latest, min(begin + since, end))
        moments.append(Moment(latest, position, event))
    return tuple(moments)
