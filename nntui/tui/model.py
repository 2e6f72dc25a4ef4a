"""What the dashboard knows of the run: taken from batches, drawn by the panels, never computed from weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, get_args

from nntui.training.commands import Watch
from nntui.training.events import (
    Changed,
    Diagnosed,
    Diverged,
    Edited,
    Event,
    Failed,
    Paused,
    Progressed,
    RangeTested,
    Refused,
    Rescheduled,
    Resumed,
    Rewound,
    RunEnded,
    RunStarted,
    comparable_from,
)
from nntui.tui import stretches
from nntui.tui.branches import Ghosts, Left
from nntui.tui.recordings import Recordings
from nntui.tui.stretches import Stretch

if TYPE_CHECKING:
    from nntui.experiment import Experiment, Value
    from nntui.runs.summary import Summary
    from nntui.training.history import History
    from nntui.training.scalars import DecidingSet, Rows
    from nntui.training.snapshot import Snapshot
    from nntui.worker.client import Batch, Failure, Status

RunState = Literal["loading", "running", "paused", "diverged", "finished", "stopped", "failed"]
Topic: TypeAlias = Literal[
    "run", "state", "rows", "snapshot", "status", "settings", "asked", "view", "chosen", "time", "diagnosis", "branches"
]
"""What can be new: another run, what it is doing, ended epochs, measurements, step and speed, settings in force,
settings asked for, how it is to be seen, what is looked at closely, the epoch looked at, what was noticed, the runs."""
EVERYTHING: frozenset[Topic] = frozenset(get_args(Topic))

SCALE = "schedule.scale"
RATE = "optimizer.learning_rate"
OF_THE_WHOLE_RUN = frozenset(("trends",))
"""Quantities that tell of every epoch: they are measured now, whichever epoch is selected."""
Kept = TypeVar("Kept")


@dataclass
class Chosen:
    """What the person looks at closely, in every view alike: a layer, a unit of it, one of the unit's incoming weights
    (-1: its bias), all 0-based, and a row of the training part. Each may lie beyond what the network at hand has.

    ``pick``: no weight has been chosen yet; the view of one weight then opens on one that moves.
    """

    layer: int = 0
    unit: int = 0
    source: int = 0
    sample: int = 0
    pick: bool = True

    def weight(self, layer: int, unit: int, source: int) -> None:
        """Choose this weight."""
        self.layer, self.unit, self.source, self.pick = layer, unit, source, False

    def source_among(self, count: int) -> int:
        """The chosen one of ``count`` incoming weights, or the nearest one."""
        return min(max(self.source, -1), count - 1)


class Model:
    """The run as the dashboard knows it.

    ``preset`` is the experiment as it was read, ``experiment`` as it is now. ``serial`` counts the runs,
    ``settings_version`` everything that changes the schedule's curve, so that a drawing knows whether what it kept is
    still right.

    Attributes:
        cursor: the epoch looked at; None: the present.
        past: measurements of the selected epoch; None until they come.
        past_fault: why there is no measurement of the epoch looked at; empty where there is or may be.
        ghosts: the futures left behind by going back.
        diagnoses: what rules have noticed and is not over, by rule.
        recordings: the recorded runs, as far as they were read.
        offered: a run that was interrupted, until the person goes on with it or declines.
        is_starting: whether another run was asked for and has not begun: what is on the screen is the one before.
        forbids: why the challenge under way does not allow an action, by its id; empty where it does.
    """

    def __init__(self, preset: Experiment) -> None:
        self.preset = preset
        self.experiment = preset
        self.chosen = Chosen()
        self.recordings = Recordings()
        self.offered: Summary | None = None
        self.serial = 0
        self.settings_version = 0
        self.forbids: Callable[[str], str] = lambda action: ""
        self.clear()

    def clear(self) -> None:
        """Forget the run; the experiment stays, and so does whether it keeps its seed."""
        self.state: RunState = "loading"
        self.started: RunStarted | None = None
        self.history: History | None = None
        self.snapshot: Snapshot | None = None
        self.status: Status | None = None
        self.progress: Progressed | None = None
        self.range_tested: RangeTested | None = None
        self.diverged: Diverged | None = None
        self.ended: RunEnded | None = None
        self.failure: tuple[str, str] | None = None
        self.rescheduled: Rescheduled | None = None
        self.changes: list[Changed | Edited] = []
        self.cursor: int | None = None
        self.past: Snapshot | None = None
        self.past_fault = ""
        self.ghosts = Ghosts()
        self.diagnoses: dict[str, Diagnosed] = {}
        self.stretches: list[Stretch] = []
        self._asked: dict[str, list[Value]] = {}
        self.is_starting = False
        self.refusals: list[Refused] = []
        self._kept: dict[str, tuple[Hashable, Any]] = {}
        self.serial += 1
        self.settings_version += 1

    # -- what came in ---------------------------------------------------------------------------------------------

    def take(self, batch: Batch) -> set[Topic]:
        """Note everything in the batch; the answer says what there is to draw anew."""
        topics: set[Topic] = {"status"}
        for event in batch.events:
            topics |= self._note(event)
        if len(batch.rows) and self.history is not None:
            rows = _of_this_run(batch.rows, batch.status.epoch)
            if len(rows):
                self.history.append(rows)
                topics.add("rows")
                if batch.status.state == "finished":  # what is said of a run that ended names its last row
                    topics.add("state")
        if self.history is not None and self.ghosts.settle(self.history):
            topics.add("branches")
        if batch.snapshot is not None:
            self.snapshot = batch.snapshot
            chain = batch.snapshot.insights.get("chain")
            if chain is not None and self.chosen.pick:
                self.chosen.weight(chain.layer, chain.unit, chain.source)
                if batch.snapshot.watch is not None:  # it is of the weight that was picked
                    self.snapshot = replace(batch.snapshot, watch=self.watching(batch.snapshot.watch.quantities))
                topics.add("chosen")
            topics.add("snapshot")
        if batch.past is not None and self.cursor is not None:
            self.past, self.past_fault = batch.past, ""
            topics |= {"snapshot", "time"}
        self.status = batch.status
        if self.started is not None and self.state != "failed" and batch.status.state != self.state:
            self.state = batch.status.state
            topics.add("state")
        return topics

    def fail(self, failure: Failure) -> set[Topic]:
        """The training process is gone."""
        self.state = "failed"
        self.failure = (failure.reason, _last_line(failure.detail))
        return set(EVERYTHING)

    def _note(self, event: Event) -> set[Topic]:
        match event:
            case RunStarted():
                self._start(event)
                return set(EVERYTHING)
            case Changed():
                self._change(event)
                return {"settings", "rows"}
            case Rescheduled():
                self.rescheduled = event
                return {"state"}
            case Edited():
                self._edit(event)
                return {"settings", "rows"}
            case Rewound():
                self.is_starting = False
                self._rewind(event)
                return set(EVERYTHING)
            case Diagnosed():
                self.diagnoses.pop(event.rule, None)
                if event.on:
                    self.diagnoses[event.rule] = event
                return {"diagnosis"}
            case Refused(name="look"):
                self.past_fault = event.reason
                return {"snapshot", "time"}
            case Refused():
                self.is_starting = False
                self.forget(event.name)
                self.refusals.append(event)
                return {"settings"}
            case Paused():
                self.state = "paused"
            case Resumed():
                self.state = "running"
                self.diverged = self.ended = None
            case Diverged():
                self.state = "diverged"
                self.diverged = event
                return {"state", "rows"}
            case RunEnded():
                self.state = "diverged" if event.reason == "diverged" else _ended(event.reason)
                self.ended = event
            case Progressed():
                self.progress = event
                return {"run"}
            case RangeTested():
                self.range_tested = event
                return set()
            case Failed():
                self.state = "failed"
                self.failure = (event.message, _last_line(event.detail))
                return {"run"}
            case _:
                return set()
        return {"state"}

    def _start(self, event: RunStarted) -> None:
        from nntui.experiment import Experiment
        from nntui.training.history import History

        self.clear()
        self.state = "running"
        self.started = event
        self.experiment = Experiment.from_dict(event.experiment)
        self.history = History()
        self.history.append(_before_training(event))
        self._begin_stretches(event)

    def _begin_stretches(self, started: RunStarted) -> None:
        from nntui.experiment import Experiment

        self.stretches = [stretches.first(Experiment.from_dict(started.experiment), started.steps_per_epoch)]
        self.changes = []
        self.settings_version += 1

    def _change(self, event: Changed) -> None:
        if event.name == RATE or event.name.startswith("schedule."):
            self.rescheduled = None
        asked = self._asked.get(event.name, [])
        if event.new in asked:  # what was asked for since has its own answer
            self._asked[event.name] = asked[asked.index(event.new) + 1 :]
        self.experiment = self.stretches[-1].experiment.with_value(event.name, event.new)
        self.changes.append(event)
        samples = self.started.train_samples if self.started is not None else 1
        self.stretches.append(stretches.changed(self.stretches, event.step, self.experiment, samples))
        self.settings_version += 1

    def _edit(self, event: Edited) -> None:
        self.changes.append(event)
        self.stretches.append(stretches.edited(self.stretches, event.step))

    def _rewind(self, event: Rewound) -> None:
        """Its epochs and changes follow; what came after is kept as a ghost."""
        from nntui.experiment import Experiment
        from nntui.training.history import History

        if self.started is None or self.history is None:
            return
        if not self.is_replay:
            self.ghosts.leave(Left(self.history, self.run, tuple(self.changes), tuple(self.stretches)), event)
        self.history = History()
        self.history.append(_before_training(self.started))
        self._begin_stretches(self.started)
        self.experiment = Experiment.from_dict(event.experiment)
        self.snapshot = self.past = self.cursor = None
        self.diverged = self.ended = self.rescheduled = None
        self._asked.clear()
        self.diagnoses.clear()

    @property
    def rate_to_keep(self) -> Rescheduled | None:
        """The change of the run's length that moved the learning rate by more than 1%, if the old rate can be kept."""
        moved = self.rescheduled
        if moved is None or not (moved.old and moved.new) or abs(moved.new / moved.old - 1) <= 0.01:
            return None
        return moved

    @property
    def newest_group(self) -> int:
        """The highest number of a group of changes in this run; 0 where none has one."""
        return max((each.group for each in self.changes if isinstance(each.group, int)), default=0)

    # -- what follows from it -------------------------------------------------------------------------------------

    @property
    def run(self) -> str:
        """Id of the recording; empty where there is none."""
        return self.status.run if self.status is not None else ""

    @property
    def is_replay(self) -> bool:
        """Whether a recording is played, or one followed: nothing is trained here."""
        return self.status is not None and self.status.recording.startswith(("replaying", "read-only"))

    @property
    def decided_by(self) -> DecidingSet:
        """The set that picks the best epoch and stops early: the validation set if there is one."""
        return "validation" if self.started is not None and self.started.validation_samples else "test"

    @property
    def shown_snapshot(self) -> Snapshot | None:
        """What the panels draw: measurements of the epoch looked at, or the newest."""
        return self.snapshot if self.cursor is None else self.past

    def awaits(self, needs: frozenset[str]) -> bool:
        """Whether the run, or a measurement of these quantities, is on its way: of what is selected, and of the epoch
        looked at."""
        if self.started is None:
            return self.state == "loading"
        if not needs or self.state == "failed":
            return False
        past = self.cursor is not None and not needs <= OF_THE_WHOLE_RUN
        if past and (self.past_fault or not self.run):
            return False
        shown = self.past if past else self.snapshot
        return shown is None or not shown.answers(self.watching(tuple(needs)))

    @property
    def restored_epoch(self) -> int:
        """The epoch whose weights were put back when the run stopped early; 0: none were."""
        return self.status.restored_epoch if self.status is not None else 0

    @property
    def shown_epoch(self) -> int | None:
        """The epoch whose network is shown: the selected one, or the one that was restored; None: the newest."""
        return self.cursor if self.cursor is not None else self.restored_epoch or None

    @property
    def past_experiment(self) -> Experiment | None:
        """The settings that were in force after the epoch selected by the time cursor; None in the present."""
        if self.cursor is None or not self.stretches:
            return None
        return stretches.after(self.stretches, self.cursor).experiment

    @property
    def guessing_loss(self) -> float:
        """Of the best network that ignores its inputs, by the loss in force; not-a-number where that is not known."""
        if self.started is None:
            return math.nan
        if self.comparable_from and self.status is not None:
            return self.status.guessing_loss
        return self.started.guessing_loss

    @property
    def comparable_from(self) -> int:
        """The first epoch whose losses are of the loss in force; 0: all are."""
        return comparable_from(self.changes)

    @property
    def edited_now(self) -> bool:
        """Whether weights were set by hand after the last step: no recorded epoch has this network."""
        return any(isinstance(change, Edited) and change.step == self.steps_done for change in self.changes)

    @property
    def epochs(self) -> int:
        """How many epochs the run shall have."""
        return self.experiment.training.epochs

    @property
    def has_more_epochs(self) -> bool:
        """Whether a finished run has been given more epochs, or was stopped before its last."""
        if self.state != "finished" or self.status is None or self.is_replay:
            return False
        return self.status.epoch < self.epochs

    @property
    def steps_done(self) -> int:
        return self.status.step if self.status is not None else 0

    @property
    def epochs_done(self) -> float:
        """Epochs done, the present one counted by its share."""
        if self.status is None:
            return 0.0
        return min(max(self.epoch_at(self.status.step), self.status.epoch), self.status.epoch + 1)

    def epoch_at(self, step: int) -> float:
        """The epoch, with its fraction, at which an optimizer step is or will be."""
        return stretches.epoch_at(self.stretches, step)

    @property
    def pending(self) -> dict[str, Value]:
        """Values asked for and not yet answered, the newest of each setting."""
        return {name: values[-1] for name, values in self._asked.items() if values}

    def ask(self, name: str, value: Value) -> None:
        """A setting was asked to have another value than the last asked for; every such question has its own answer."""
        self._asked.setdefault(name, []).append(value)

    def forget(self, name: str) -> None:
        """No answer will come to what a setting was asked for."""
        self._asked.pop(name, None)

    def wanted(self, name: str) -> Value:
        """The value of a setting, or the one asked for where the answer is still out."""
        asked = self._asked.get(name)
        return asked[-1] if asked else self.experiment.value(name)

    def number(self, name: str) -> float:
        """As `wanted`, of a setting that is a number."""
        value = self.wanted(name)
        if isinstance(value, int | float):
            return value
        raise TypeError(f"{name} is not a number: {value!r}")

    def kept(self, name: str, version: Hashable, make: Callable[[], Kept]) -> Kept:
        """What ``make`` gave last time under this name, unless the version is another."""
        before = self._kept.get(name)
        if before is not None and before[0] == version:
            value: Kept = before[1]
            return value
        value = make()
        self._kept[name] = (version, value)
        return value

    def watching(self, quantities: tuple[str, ...]) -> Watch:
        """What to have measured for these quantities: of what is looked at."""
        return Watch(quantities, **vars(self.chosen))


def _ended(reason: str) -> RunState:
    return "finished" if reason in ("finished", "early_stopped") else "stopped"


def _last_line(detail: str) -> str:
    """Of a traceback: the one that says what went wrong."""
    return detail.strip().rpartition("\n")[2].strip()


def _of_this_run(rows: Rows, epoch: int) -> Rows:
    """Without the rows of a run that a restart put an end to: theirs are from epochs not yet reached."""
    return rows[rows[:, 0] <= epoch]


def _before_training(event: RunStarted) -> Rows:
    """The initial network as epoch 0, so that a curve begins where the training begins."""
    import numpy as np

    rate = float("nan")
    row = (0, 0, event.train_loss, event.test_loss, event.train_score, event.test_score, rate, 0.0,
           event.validation_loss, event.validation_score)  # fmt: skip
    return np.array([row], dtype=np.float64)
