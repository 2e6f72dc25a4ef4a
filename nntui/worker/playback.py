"""A recording that is played: to the main loop it is a session, but nothing is trained and nothing can be changed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from nntui.runs.catalogue import listed_run
from nntui.runs.errors import RunError
from nntui.runs.lock import is_locked
from nntui.runs.run import Run, open_run
from nntui.runs.scalars import Scalars
from nntui.runs.timeline import Timeline, timeline
from nntui.training.commands import Command, Pace, Pause, Restart, Resume, Rewind, Step, Value, Watch, snake_case
from nntui.training.events import (
    Changed,
    Diagnosed,
    Diverged,
    Edited,
    Event,
    Paused,
    Refused,
    Resumed,
    Rewound,
    RunEnded,
    RunStarted,
)
from nntui.training.scalars import INDEX, Rows
from nntui.training.session import Session, State
from nntui.training.snapshot import Snapshot
from nntui.worker.seeking import OvertakenError, Seeker

LONGEST = 60.0  # seconds that a recording takes until another pace is asked for
AGAIN_PERIOD = 0.5  # seconds between looks at a recording that still grows
LOST_AFTER = 5.0  # seconds in which a recording that nobody writes cannot be read; a trainer writes a removed one again
MEASURED = 0.05  # seconds of training again for one measurement; where that is not enough, it is gone on with
_END = "the recording ends here"
_SHOWN = (Changed, Edited, Diverged, Diagnosed)
REASON = "a recording is played; to change something, go on with it: nntui resume {run}"
FOLLOWING = "another program is training this run; to change something, do it there"


class Left(Enum):
    """How a program left a run that had not ended."""

    KILLED = "the program that trained this run was killed; resume it: nntui resume {run}"
    STOPPED = "the program that trained this run has stopped; resume it: nntui resume {run}"
    LOST = "the recording was removed or damaged; what was read of it stays on the screen"


_LEFT = {"interrupted": Left.KILLED, "stopped": Left.STOPPED}


class Playback:
    """Plays a recorded run, or follows one that another program trains.

    Attributes:
        state: as of a session.
        pace: epochs a second; 0 means no limit.
    """

    def __init__(self, folder: Path, *, follow: bool = False, clock: Callable[[], float] = time.perf_counter) -> None:
        """
        Args:
            follow: begin at the end, and go on with what comes.

        Raises:
            RunError: it is damaged.
        """
        self._clock, self._follows = clock, follow
        self._folder = folder
        self._looked_at = clock()
        self._unreadable_since: float | None = None
        self._run: Run = open_run(folder)
        self._scalars: Scalars = self._run.scalars()
        self._timeline: Timeline = timeline(self._scalars.rows, self._run.journal.entries)
        self._at = self._timeline.length if follow else 0
        self._told = self._taken = 0
        self._asked: int | None = None
        self._left: Left | None = None
        self.state: State = "running"
        self.pace = 0.0 if follow else self._first_pace()

    # ---- what the loop sees of a session

    @property
    def run(self) -> str:
        """Id of the recording."""
        return self._folder.name

    @property
    def words(self) -> str:
        """What the person should know: that this is no training."""
        if self._left:
            return f"read-only: {self._left.value.format(run=self.run)}"
        return "read-only: another program trains this run" if self._follows else "replaying, read-only"

    @property
    def step(self) -> int:
        """Optimizer steps done, at the place played."""
        return self._timeline.step_at(self._at)

    @property
    def epoch(self) -> int:
        """Epochs ended, at the place played."""
        done = self._done
        return int(self._timeline.rows[done - 1, INDEX["epoch"]]) if done else 0

    @property
    def restored_epoch(self) -> int:
        """As of a session, where the recording ends."""
        return self._ended().restored_epoch if self._at >= self._timeline.length else 0

    @property
    def steps_per_epoch(self) -> int:
        """Of the epoch that is played."""
        ends, done = self._timeline.ends, min(self._done, len(self._timeline.ends) - 1)
        if done < 0:
            return self._run.started.steps_per_epoch
        return int(ends[done] - (ends[done - 1] if done else 0))

    @property
    def learning_rate(self) -> float:
        """Of the epoch that is played."""
        rows = self._timeline.rows
        return float(rows[min(self._done, len(rows) - 1), INDEX["learning_rate"]]) if len(rows) else float("nan")

    @property
    def seconds(self) -> float:
        """Spent training, at the place played."""
        return float(self._timeline.rows[self._done - 1, INDEX["seconds"]]) if self._done else 0.0

    @property
    def train_samples(self) -> int:
        """Rows of the training part."""
        return self._run.started.train_samples

    @property
    def guessing_loss(self) -> float:
        """As recorded; not-a-number once the loss was changed."""
        told = (moment.event for moment in self._timeline.moments[: self._told])
        changed = any(isinstance(event, Changed) and event.name.startswith("loss.") for event in told)
        return math.nan if changed else self._run.started.guessing_loss

    def running_loss(self) -> float:
        """Of an epoch under way there is no recording."""
        return float("nan")

    def started(self) -> RunStarted:
        """The facts of the run's beginning."""
        return self._run.started

    def opening(self) -> list[Event]:
        """What there is to tell first."""
        return [self._run.started, *self._news()]

    def idle(self) -> float:
        """Seconds until there may be something new."""
        if self._at < self._timeline.length:
            return 0.0
        return max(0.0, self._looked_at + AGAIN_PERIOD - self._clock())

    def advance(self, max_steps: int) -> list[Event]:
        """Play up to so many steps; what happened in them."""
        if self.state != "running":
            return []
        if self._follows and self._at >= self._timeline.length and not self.idle():
            self._look_again()
        end = self._timeline.length if self._asked is None else min(self._asked, self._timeline.length)
        self._at = min(self._at + max_steps, end)
        told = self._news()
        if self._asked is not None and self._at >= self._asked:
            self.state, self._asked = "paused", None
            told.append(Paused(self.step, self.epoch))
        elif self._at >= self._timeline.length and not self._follows:
            self._asked = None
            self.state = "paused" if self._left else "finished"
            told.append(self._ended())
        return told

    def take_rows(self) -> Rows:
        """The rows of the epochs played since the last call."""
        first, self._taken = self._taken, self._done
        return self._timeline.rows[first : self._taken].copy()

    # ---- commands

    def obey(self, command: Command) -> list[Event]:
        """Play, pause or go elsewhere; anything else is refused."""
        match command:
            case Pause():
                return self._pause()
            case Resume():
                return self._resume()
            case Step(count, unit):
                return self._step(count, unit)
            case Pace(epochs_per_second):
                self.pace = epochs_per_second or 0.0
                return []
            case Rewind(epoch):
                return self._seek(epoch)
            case Restart():
                return self._restart()
            case Watch():
                return []
        reason = FOLLOWING if self._follows else REASON.format(run=self.run)
        value: Value = getattr(command, "value", "")
        return [Refused(getattr(command, "name", snake_case(type(command).__name__)), value, reason)]

    def _pause(self) -> list[Event]:
        if self.state != "running":
            return []
        self.state, self._asked = "paused", None
        return [Paused(self.step, self.epoch)]

    def _resume(self) -> list[Event]:
        self._asked = None
        if self.state == "finished":
            return [Refused("resume", "", _END)]
        if self.state != "paused":
            return []
        self.state = "running"
        return [Resumed(self.step, self.epoch)]

    def _step(self, count: int, unit: str) -> list[Event]:
        if self.state == "finished":
            return [Refused("step", count, _END)]
        if unit == "batch":
            self._asked = self._at + count
        else:
            ends = self._timeline.ends
            last = min(self._done + count, len(ends)) - 1
            self._asked = int(ends[last]) if last >= 0 else self._timeline.length
        self.state = "running"
        return []

    def _seek(self, epoch: int) -> list[Event]:
        at = self._timeline.end_of(epoch)
        if at is None:
            return [Refused("rewind", epoch, f"epoch {epoch:,} is not in the recording")]
        self._at, self._taken, self._told = at, 0, 0
        self.state, self._asked = "paused", None
        told = self._news()
        position = max((moment.position for moment in self._timeline.moments[: self._told]), default=0)
        experiment = self._run.tuned(position)
        rewound = Rewound(self.step, self.epoch, self.run, experiment.to_dict())
        return [
            rewound,
            *(event for event in told if isinstance(event, Changed | Edited)),
            Paused(self.step, self.epoch),
        ]

    def _restart(self) -> list[Event]:
        """From the start once more."""
        self._at = self._taken = self._told = 0
        self.state, self._asked = "running", None
        return [self._run.started]

    # ---- the recording

    @property
    def _done(self) -> int:
        return self._timeline.done_at(self._at)

    def _look_again(self) -> None:
        """Whether there is more by now; where nobody writes any more, that was all."""
        self._looked_at = self._clock()
        goes_on = is_locked(self._folder)
        try:
            run, scalars = self._run.read_on(), self._run.scalars(self._scalars)
        except RunError:  # perhaps it is being written just now; what there is already stays
            if goes_on or self._unreadable_since is None:
                self._unreadable_since = self._looked_at
            elif self._looked_at - self._unreadable_since >= LOST_AFTER:
                self._follows, self._left = False, Left.LOST
            return
        self._unreadable_since = None
        if run is not self._run or scalars.rows is not self._scalars.rows:
            self._timeline = timeline(scalars.rows, run.journal.entries)
        self._run, self._scalars = run, scalars
        self._follows = goes_on
        if not goes_on:
            known = listed_run(self._folder).summary
            self._left = _LEFT.get(known.state if known is not None else "interrupted")

    def _news(self) -> list[Event]:
        """The events since the last call."""
        moments = self._timeline.moments
        first = self._told
        while self._told < len(moments) and moments[self._told].at <= self._at:
            self._told += 1
        return [moment.event for moment in moments[first : self._told] if isinstance(moment.event, _SHOWN)]

    def _ended(self) -> RunEnded:
        events = [moment.event for moment in self._timeline.moments]
        ended = next((event for event in reversed(events) if isinstance(event, RunEnded)), None)
        if ended is None or ended.step != self.step:
            return RunEnded("stopped", self.epoch, self.step)
        edited = any(isinstance(event, Edited) for event in events[events.index(ended) :])
        return RunEnded(ended.reason, self.epoch, self.step, 0 if edited else ended.restored_epoch)

    def _first_pace(self) -> float:
        """As fast as it was trained, or faster where that would take long."""
        rows = self._timeline.rows
        if not len(rows):
            return 0.0
        seconds = min(LONGEST, max(1e-3, float(rows[-1, INDEX["seconds"]])))
        return float(f"{len(rows) / seconds:.2g}")


class Shadow:
    """Measures the network as it was where a playback is; where that takes long, it comes after it bit by bit.

    Attributes:
        is_behind: whether the last measurement is of an earlier epoch than the one played.
    """

    def __init__(self, playback: Playback, folder: Path, clock: Callable[[], float] = time.perf_counter) -> None:
        self._playback, self._folder, self._clock = playback, folder, clock
        self._seeker = Seeker(self._interrupt)
        self._until = 0.0
        self.is_behind = False

    def measure(self, watch: Watch) -> Snapshot | None:
        """What is asked for; None where it cannot be had."""
        self._until = self._clock() + MEASURED
        self.is_behind = False
        try:
            return self._seeker.look(self._folder, self._playback.restored_epoch or self._playback.epoch, watch)
        except OvertakenError:
            self.is_behind = True
            return self._seeker.measure(watch)
        except RunError:
            return None

    def follow(self, clock: Callable[[], float]) -> None:
        """Keeps no log."""

    def _interrupt(self, _: Session) -> None:
        if self._clock() > self._until:
            raise OvertakenError
